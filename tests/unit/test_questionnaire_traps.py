"""What spreadsheets and people do to values, and what of it can still be used."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl
import pytest
from openpyxl.styles import Font

from parsers.facts import Field, PhoneKind, Questionnaire
from parsers.limits import Limits
from parsers.questionnaire.questionnaire import find_questionnaires
from parsers.sheets.sheets import read_sheets

NAME = "МБОУ СШ № 12 г. Елабуги"
INN, OTHER_INN, SHORT_INN = "1646001875", "1646002131", "0542000120"
ADMINISTRATOR, OTHER = "Мельникова Ольга Викторовна", "Сидорова Анна Павловна"
PHONE, OTHER_PHONE = "+79172345678", "+79051112244"
HEADINGS = ["Регион", "Полное наименование", "ИНН", "ФИО администратора", "Сотовый телефон"]
SCHOOL = ["Республика Татарстан", NAME, INN, ADMINISTRATOR, PHONE]
EXAMPLE = ["Тверская область", "МБОУ СШ № 1 г. Твери", OTHER_INN, OTHER, OTHER_PHONE]

Value = str | int | float | None
Rows = Sequence[Sequence[Value]]


def read(rows: Rows, *, faint: Sequence[int] = (), **more: Rows) -> Questionnaire:
    file = openpyxl.Workbook()
    page = file["Sheet"]
    page.title = "Анкета"
    for row in rows:
        page.append(list(row))
    for number in faint:
        for cell in page[number]:
            cell.font = Font(italic=True, color="FF808080")
    for name, further in more.items():
        sheet = file.create_sheet(name)
        for row in further:
            sheet.append(list(row))
    stream = io.BytesIO()
    file.save(stream)
    reading = read_sheets(stream.getvalue(), media_type="", name="Анкета.xlsx", limits=Limits())
    (found,) = find_questionnaires(reading.sheets, attachment="Анкета.xlsx")
    return found


def filled(**values: Value) -> Questionnaire:
    """Read a form with some of its answers replaced."""
    return read(
        [
            ["Полное наименование организации", values.get("name", NAME)],
            ["ИНН", values.get("inn", INN)],
            ["КПП", values.get("kpp")],
            ["ОГРН", values.get("ogrn")],
            ["Регион", values.get("region")],
            ["Юридический адрес", values.get("address")],
            ["Сайт", values.get("site")],
            ["Кол-во обучающихся", values.get("pupils")],
            ["Дата заполнения", values.get("date")],
            ["ФИО руководителя", values.get("head")],
            ["ФИО администратора", values.get("administrator", ADMINISTRATOR)],
            ["Мобильный телефон администратора", values.get("phone", PHONE)],
            ["E-mail администратора", values.get("email")],
        ]
    )


def people(one: Questionnaire) -> list[tuple[str, ...]]:
    return [found.value.nominatives for found in one.administrators]


def numbers(one: Questionnaire) -> list[str | None]:
    return [found.value.e164 for found in one.administrator_phones]


@pytest.mark.parametrize(
    "value",
    [
        "8 (917) 234-56-78",
        "+7 917 234 56 78",
        "8-917-234-56-78 (моб.)",
        "'89172345678",
        "89172345678.0",
        "8\u00a0917\u00a0234‑56‑78\n",
        89172345678,
        89172345678.0,
        9172345678,
        "8 917 234-56-78, раб. 8 (85557) 3-21-45",
    ],
)
def test_a_number_is_read_however_it_is_written(value: Value) -> None:
    found = filled(phone=value)
    assert numbers(found) == [PHONE]
    assert found.text(Field.ADMINISTRATOR_PHONE) == PHONE
    assert found.doubts == ()


@pytest.mark.parametrize(
    "value", ["8,91723E+10", "8.91723E+10", "8,9E+10", 89172300000, "8917234567"]
)
def test_a_number_that_lost_its_digits_is_a_doubt_and_no_value(value: Value) -> None:
    found = filled(phone=value)
    assert [one.value.kind for one in found.administrator_phones] == [PhoneKind.UNREADABLE]
    assert found.text(Field.ADMINISTRATOR_PHONE) is None
    assert [doubt.cell for doubt in found.doubts] == ["Анкета!B12"]
    assert found.doubtful == (Field.ADMINISTRATOR_PHONE,)


def test_two_numbers_in_a_cell_are_two_numbers() -> None:
    assert numbers(filled(phone="89172345678, 8 905 111-22-44")) == [PHONE, OTHER_PHONE]
    assert numbers(filled(phone="89172345678\n89051112244")) == [PHONE, OTHER_PHONE]


def test_a_landline_is_kept_for_what_it_is() -> None:
    (found,) = filled(phone="8 (85557) 3-21-45").administrator_phones
    assert found.value.kind is PhoneKind.FIXED


@pytest.mark.parametrize(
    "value",
    ["нет", "Нет.", "-", "—", "б/н", "н/д", "xxx", "ХХХ", "отсутствует", "____", "?", " ", "."],
)
def test_a_blank_in_words_is_no_value(value: str) -> None:
    found = filled(phone=value, site=value, head=value)
    assert (found.administrator_phones, found.head, found.text(Field.SITE)) == ((), None, None)
    assert found.doubts == ()


@pytest.mark.parametrize("value", ["#Н/Д", "#REF!", "=VLOOKUP(A1;B1:C9;2)"])
def test_a_failed_formula_is_a_doubt_and_no_value(value: str) -> None:
    found = filled(administrator=value)
    assert found.administrators == ()
    assert found.text(Field.ADMINISTRATOR_NAME) is None
    assert [(doubt.cell, doubt.raw) for doubt in found.doubts] == [("Анкета!B11", value)]
    assert found.doubtful == (Field.ADMINISTRATOR_NAME,)


@pytest.mark.parametrize("value", [542000120, 542000120.0, "542000120", "542000120.0"])
def test_a_lost_nought_is_restored_where_the_check_digit_then_holds(value: Value) -> None:
    found = filled(inn=value)
    assert found.text(Field.INN) == SHORT_INN
    assert found.zero_restored == (Field.INN,)


def test_a_nought_is_not_restored_where_the_check_digit_does_not_hold() -> None:
    found = filled(inn=542000121)
    assert (found.text(Field.INN), found.zero_restored) == ("542000121", ())


def test_a_nought_of_the_kpp_is_restored_by_the_region_of_the_inn() -> None:
    assert filled(inn=542000120, kpp=54201001).text(Field.KPP) == "054201001"
    assert filled(inn=INN, kpp=54201001).text(Field.KPP) == "54201001"


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        ("1646001875.0", INN),
        (" 1646 001 875 ", INN),
        ("'1646001875", INN),
        ("ИНН 1646001875", INN),
        ("1646001875/164601001", INN),
        ("164600187501", "164600187501"),
        ("16460018", "16460018"),
        ("1646001876", "1646001876"),
    ],
)
def test_an_inn_is_its_digits_right_or_wrong(value: str, digits: str) -> None:
    found = filled(inn=value)
    assert found.text(Field.INN) == digits
    assert found.fields[Field.INN].evidence[0].raw == value


def test_an_ogrn_stored_as_a_number_is_whole() -> None:
    assert filled(ogrn=1021600881235).text(Field.OGRN) == "1021600881235"
    assert filled(ogrn="1,0216E+12").text(Field.OGRN) is None


@pytest.mark.parametrize(
    "value",
    [
        "МЕЛЬНИКОВА ОЛЬГА ВИКТОРОВНА",
        "Мельниковой Ольги Викторовны",
        "Meльникoва Oльга Bиктoрoвна",
        "Мельникова\u00a0 Ольга\nВикторовна ",
        "Мельникова Ольга Викторовна, учитель информатики",
        "Ольга Викторовна Мельникова",
    ],
)
def test_a_name_is_the_same_in_capitals_in_the_genitive_and_with_latin_letters(value: str) -> None:
    assert people(filled(administrator=value)) == [(ADMINISTRATOR,)]


def test_a_name_with_initials_keeps_them() -> None:
    (found,) = filled(administrator="Мельникова О. В.").administrators
    assert found.value.initials


def test_an_answer_that_is_no_name_is_a_doubt() -> None:
    found = filled(administrator="см. приказ 12")
    assert found.administrators == ()
    assert len(found.doubts) == 1


def test_cyrillic_letters_in_an_address_of_mail_are_folded() -> None:
    assert filled(email="mеlnikоvа@еxаmplе.ru").text(Field.ADMINISTRATOR_EMAIL) == (
        "melnikova@example.ru"
    )


def test_an_address_of_mail_is_otherwise_kept_as_read() -> None:
    assert filled(email="melnikova@mail").text(Field.ADMINISTRATOR_EMAIL) == "melnikova@mail"
    assert filled(email="школа@елабуга.рф").text(Field.ADMINISTRATOR_EMAIL) == "школа@елабуга.рф"


def test_odd_spaces_and_line_feeds_are_cleaned_and_quoted_as_they_stand() -> None:
    raw = "МБОУ\u00a0СШ\n№ 12"
    found = filled(name=raw)
    assert found.text(Field.FULL_NAME) == "МБОУ СШ № 12"
    assert found.fields[Field.FULL_NAME].evidence[0].raw == raw


def test_a_date_and_a_count_are_plain() -> None:
    found = filled(date="02.09.2024", pupils="643.0")
    assert (found.text(Field.DATE), found.text(Field.PUPILS)) == ("2024-09-02", "643")


def test_region_address_and_inn_each_say_their_subject() -> None:
    found = filled(region="Респ. Татарстан", address="г. Москва, ул. Новая, д. 1")
    assert found.regions == {Field.REGION: "16", Field.ADDRESS: "77", Field.INN: "16"}


def test_a_legal_address_is_preferred_and_an_actual_one_serves() -> None:
    rows = [["Школа", NAME], ["ИНН", INN], ["ФИО администратора", ADMINISTRATOR]]
    both = [["Фактический адрес", "ул. Новая, 5"], ["Юридический адрес", "ул. Старая, 1"]]
    assert read([*rows, *both]).text(Field.ADDRESS) == "ул. Старая, 1"
    assert read([*rows, both[0]]).text(Field.ADDRESS) == "ул. Новая, 5"


def test_a_blank_form_is_a_questionnaire_without_fields() -> None:
    found = read(
        [
            ["Поле", "Значение", "Комментарий"],
            ["1. Сведения об организации"],
            ["Полное наименование", None, "как в уставе"],
            ["ИНН", None, "10 цифр"],
            ["2. Администратор"],
            ["ФИО", None, "Иванов Иван Иванович"],
            ["Телефон", None, "+79001234567"],
        ]
    )
    assert (found.fields, found.administrators, found.administrator_phones) == ({}, (), ())
    assert (found.schools, found.doubts) == ((), ())


def test_a_label_is_never_the_answer_to_another_one() -> None:
    found = read([["ИНН", "КПП", "ОГРН"], ["ФИО администратора", "Телефон администратора", "Сайт"]])
    assert found.fields == {}


EXAMPLES: dict[str, tuple[Rows, Sequence[int]]] = {
    "marked in its first cell": ([["Пример", *EXAMPLE]], ()),
    "under a marker": ([["Пример заполнения:"], ["", *EXAMPLE], ["Ваши данные:"]], ()),
    "grey": ([["", *EXAMPLE]], (2,)),
    "of well-known people": (
        [["", "Москва", "Школа № 1", "1234567890", "Иванов Иван Иванович", "+79001234567"]],
        (),
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_row_is_never_the_school(name: str) -> None:
    rows, faint = EXAMPLES[name]
    found = read([["№", *HEADINGS], *rows, [1, *SCHOOL]], faint=faint)
    assert (found.text(Field.INN), people(found), numbers(found)) == (
        INN,
        [(ADMINISTRATOR,)],
        [PHONE],
    )
    assert len(found.schools) == 1


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "grey"])
def test_an_example_row_alone_leaves_the_form_blank(name: str) -> None:
    assert read([["№", *HEADINGS], *EXAMPLES[name][0]]).fields == {}


def test_a_sheet_of_samples_beside_the_form_is_not_read() -> None:
    found = read(
        [HEADINGS, SCHOOL], Образец=[HEADINGS, EXAMPLE], Справочник=[["Регион"], ["Тверь"]]
    )
    assert (len(found.schools), people(found)) == (1, [(ADMINISTRATOR,)])


def test_a_list_of_schools_names_each() -> None:
    third = ["Тверская область", "МБОУ СШ № 3", "7707083893", OTHER, OTHER_PHONE]
    found = read([HEADINGS, SCHOOL, EXAMPLE, third, ["Итого", "3"]])
    assert [place.cell for place in found.schools] == ["Анкета!B2", "Анкета!B3", "Анкета!B4"]


def test_schools_in_columns_are_several_too() -> None:
    rows = [[label, *pair] for label, *pair in zip(HEADINGS, SCHOOL, EXAMPLE, strict=True)]
    assert len(read([["Поле", "Школа 1", "Школа 2"], *rows]).schools) == 2


def test_forms_below_each_other_are_several_schools() -> None:
    first = [list(pair) for pair in zip(HEADINGS[1:], SCHOOL[1:], strict=True)]
    second = [list(pair) for pair in zip(HEADINGS[1:], EXAMPLE[1:], strict=True)]
    found = read([*first, [], *second])
    assert (len(found.schools), people(found)) == (2, [(ADMINISTRATOR,)])


def test_two_sheets_of_different_schools_are_several() -> None:
    assert len(read([HEADINGS, SCHOOL], Вторая=[HEADINGS, EXAMPLE]).schools) == 2


@pytest.mark.parametrize("key", [[None, None, None], ["Республика Татарстан", NAME, INN]])
def test_further_administrators_of_one_school_are_no_further_schools(key: list[Value]) -> None:
    found = read([HEADINGS, SCHOOL, [*key, OTHER, OTHER_PHONE]])
    assert len(found.schools) == 1
    assert people(found) == [(ADMINISTRATOR,), (OTHER,)]
    assert numbers(found) == [PHONE, OTHER_PHONE]


def test_the_same_form_twice_is_one_school_with_one_administrator() -> None:
    found = read([HEADINGS, SCHOOL], Копия=[HEADINGS, SCHOOL])
    assert (len(found.schools), people(found), numbers(found)) == (
        1,
        [(ADMINISTRATOR,)],
        [PHONE],
    )


def test_the_responsible_person_is_the_administrator_where_nobody_is_called_so() -> None:
    rows = [["Школа", NAME], ["ИНН", INN]]
    responsible = [["ФИО ответственного лица", OTHER], ["Телефон ответственного", OTHER_PHONE]]
    named = [["ФИО администратора", ADMINISTRATOR], ["Телефон администратора", PHONE]]
    assert people(read([*rows, *responsible])) == [(OTHER,)]
    assert people(read([*rows, *responsible, *named])) == [(ADMINISTRATOR,)]


def test_a_work_number_does_not_stand_in_for_an_empty_mobile_one() -> None:
    rows = [["Школа", NAME], ["ИНН", INN], ["ФИО администратора", ADMINISTRATOR]]
    work = ["Рабочий телефон администратора", OTHER_PHONE]
    assert numbers(read([*rows, ["Мобильный телефон администратора", None], work])) == []
    assert numbers(read([*rows, ["Мобильный телефон администратора", PHONE], work])) == [PHONE]


@pytest.mark.parametrize(
    "whose", ["Предыдущий", "Прежний", "Бывший", "Системный", "Сетевой", "Резервный", "Замещающий"]
)
def test_an_administrator_of_another_kind_or_time_is_not_the_administrator(whose: str) -> None:
    genitive = {"ий": "его", "ый": "ого", "ой": "ого"}[whose[-2:]]
    found = read(
        [
            ["Школа", NAME],
            ["ИНН", INN],
            [f"{whose} администратор", OTHER],
            [f"Телефон {whose[:-2].lower()}{genitive} администратора", OTHER_PHONE],
            ["Новый администратор", ADMINISTRATOR],
            ["Мобильный телефон нового администратора", PHONE],
        ]
    )
    assert (people(found), numbers(found)) == ([(ADMINISTRATOR,)], [PHONE])


def test_the_day_of_an_appointment_is_not_the_day_of_the_form() -> None:
    rows = [["Школа", NAME], ["ИНН", INN], ["ФИО администратора", ADMINISTRATOR]]
    assert read([*rows, ["Дата назначения администратора", "02.09.2024"]]).text(Field.DATE) is None


def test_the_telephones_of_school_and_head_are_never_the_administrators() -> None:
    found = read(
        [
            ["Школа", NAME],
            ["ИНН", INN],
            ["Телефон школы", PHONE],
            ["ФИО директора", OTHER],
            ["Телефон директора", OTHER_PHONE],
            ["ФИО администратора", ADMINISTRATOR],
            ["Мобильный телефон администратора", None],
        ]
    )
    assert found.administrator_phones == ()
    assert Field.ADMINISTRATOR_PHONE not in found.fields


def test_a_schools_own_addresses_do_not_make_its_row_an_example() -> None:
    headings = [*HEADINGS, "E-mail организации", "E-mail администратора"]
    one = read([headings, [*SCHOOL, "mail@school12.example", "email@school12.example"]])
    assert one.text(Field.INN) == INN
    assert numbers(one) == [PHONE]


def test_the_only_row_is_a_schools_where_its_inn_can_be() -> None:
    sample = ["Тверская область", NAME, INN, "Петров Пётр Петрович", "+79161234567"]
    assert read([HEADINGS, sample]).text(Field.INN) == INN
    assert read([HEADINGS, [*sample[:2], "1234567890", *sample[3:]]]).text(Field.INN) is None


def test_the_headings_of_groups_are_no_answers() -> None:
    groups = ["Образовательная организация", None, None, "Администратор", None]
    one = read([groups, HEADINGS, SCHOOL])
    assert one.text(Field.FULL_NAME) == NAME
    assert read([groups, HEADINGS]).text(Field.FULL_NAME) is None


def test_an_answer_in_its_labels_cell_may_have_the_words_of_labels() -> None:
    one = read(
        [
            ["ИНН организации: " + INN],
            ["Полное наименование школы: " + NAME],
            ["Муниципальный район / городской округ: Елабужский район"],
            ["Тип образовательной организации: общеобразовательная организация"],
            ["Должность администратора: директор школы"],
            ["ФИО администратора: " + ADMINISTRATOR],
            ["Адрес: индекс, город, улица"],
        ]
    )
    assert one.text(Field.MUNICIPALITY) == "Елабужский район"
    assert one.text(Field.KIND) == "общеобразовательная организация"
    assert one.text(Field.ADMINISTRATOR_POST) == "директор школы"
    assert one.text(Field.ADDRESS) is None


def test_a_district_called_like_a_label_is_an_answer_beside_one() -> None:
    rows = [["Школа", NAME], ["ИНН", INN], ["ФИО администратора", ADMINISTRATOR]]
    assert read([*rows, ["Район", "Школьный район"]]).text(Field.MUNICIPALITY) == "Школьный район"


def test_the_headings_of_two_blocks_are_no_answers_to_each_other() -> None:
    one = read(
        [
            ["ОО", None, None, "Сведения об администраторе"],
            ["Регион РФ", "Республика Татарстан", None, "ФИО администратора", ADMINISTRATOR],
            ["ИНН", INN, None, "Должность администратора", "методист"],
            ["Название школы", NAME, None, "Сотовый администратора", PHONE],
        ]
    )
    assert one.text(Field.FULL_NAME) == NAME
    assert people(one) == [(ADMINISTRATOR,)]
