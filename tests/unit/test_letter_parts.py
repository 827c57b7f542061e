from __future__ import annotations

import datetime as dt

import pytest

from parsers.facts import How, PhoneKind, Source
from parsers.layout import Page, Word
from parsers.letter.cases import governing_cases
from parsers.letter.dates import dates, find_numbering
from parsers.letter.letter import CERTAIN_WORD, find_letter, letter_likeness
from parsers.letter.organizations import find_organization
from parsers.letter.stamp import find_stamps
from parsers.letter.structure import segments
from parsers.letter.text import letter_text
from parsers.names.names import Case


def page(text: str, *, number: int = 1, how: How = How.TEXT, unsure: tuple[str, ...] = ()) -> Page:
    words = [
        Word(
            word,
            box=(10.0 * at, 12.0 * line, 10.0 * at + 9, 12.0 * line + 10),
            confidence=0.3 if word in unsure else 0.95,
            line=line,
            cell=cell,
        )
        for line, row in enumerate(text.strip("\n").split("\n"))
        for cell, column in enumerate(row.split("\t"))
        for at, word in enumerate(column.split())
    ]
    return Page(document="Приказ.pdf", number=number, how=how, words=tuple(words))


ORDER = """МБОУ СОШ № 5
ПРИКАЗ № 7 от 12.03.2025
Назначить администратором платформы «Сферум» Иванову Марию
Петровну, тел. 8 916 234-56-78.
Директор П.П. Сомов"""


def test_every_value_is_led_back_to_its_place_and_quoted_as_it_stood() -> None:
    letter = find_letter([page(ORDER)], attachment="Приказ.pdf")
    assert letter is not None
    (name,) = letter.administrators
    assert name.value.raw == name.evidence[0].raw == "Иванову Марию\nПетровну"
    assert name.evidence[0].box == (0.0, 24.0, 59.0, 46.0)
    assert letter.phones[0].evidence[0].raw == "8 916 234-56-78"
    assert letter.head is not None
    assert letter.head.evidence[0].raw == "П.П. Сомов"
    assert letter.date is not None
    assert letter.date.evidence[0].raw == "12.03.2025"
    assert letter.source is Source.TEXT
    assert not letter.doubts


def test_a_letter_may_begin_on_one_page_and_name_its_administrator_on_the_next() -> None:
    first = page("МБОУ СОШ № 5\nПРИКАЗ № 7 от 12.03.2025\nО назначении администратора Сферум")
    second = page("\n".join(ORDER.split("\n")[2:]), number=2)
    letter = find_letter([first, second], attachment="Приказ.pdf")
    assert letter is not None
    assert letter.page == 2
    assert letter.administrators[0].evidence[0].page == 2
    assert letter.date is not None
    assert letter.date.evidence[0].page == 1


def test_a_name_may_be_torn_by_the_end_of_a_page() -> None:
    lines = ORDER.split("\n")
    pages = [page("\n".join(lines[:3])), page("\n".join(lines[3:]), number=2)]
    letter = find_letter(pages, attachment="Приказ.pdf")
    assert letter is not None
    assert letter.administrators[0].value.nominatives == ("Иванова Мария Петровна",)
    assert letter.administrators[0].evidence[0].raw == "Иванову Марию"


@pytest.mark.parametrize(("word", "doubts"), [("Петровну,", 1), ("234-56-78.", 1), ("ПРИКАЗ", 0)])
def test_an_uncertain_word_of_name_or_number_is_a_doubt(word: str, doubts: int) -> None:
    letter = find_letter([page(ORDER, how=How.OCR, unsure=(word,))], attachment="Приказ.pdf")
    assert letter is not None
    assert len(letter.doubts) == doubts
    assert letter.source is Source.OCR
    assert CERTAIN_WORD > 0.3


def test_an_uncertain_date_is_none() -> None:
    letter = find_letter([page(ORDER, how=How.OCR, unsure=("12.03.2025",))], attachment="a")
    assert letter is not None
    assert letter.date is None
    assert letter.impossible_date is None


def test_pages_of_text_and_of_recognition_together_are_mixed() -> None:
    pages = [page(ORDER), page("Приложение", number=2, how=How.OCR)]
    letter = find_letter(pages, attachment="a")
    assert letter is not None
    assert letter.source is Source.MIXED


def test_a_recognized_letter_without_name_and_number_is_unreadable() -> None:
    text = "ПРИКАЗ\nНазначить администратором платформы «Сферум» ~~~ ~~~\nДиректор"
    letter = find_letter([page(text, how=How.OCR)], attachment="a")
    assert letter is not None
    assert letter.unreadable
    typed = find_letter([page(text)], attachment="a")
    assert typed is not None
    assert not typed.unreadable


def test_a_broken_number_beside_a_whole_one_is_a_doubt() -> None:
    text = ORDER.replace("8 916 234-56-78", "8 916 234-56-78, 8 926 234-56-7")
    letter = find_letter([page(text)], attachment="a")
    assert letter is not None
    assert [one.value.kind for one in letter.phones] == [PhoneKind.MOBILE]
    assert [one.raw for one in letter.doubts] == ["8 926 234-56-7"]


@pytest.mark.parametrize("pages", [[], [Page(document="a", number=1, how=How.TEXT)]])
def test_nothing_is_no_letter(pages: list[Page]) -> None:
    assert find_letter(pages, attachment="a") is None
    assert letter_likeness(pages) == 0.0


@pytest.mark.parametrize(
    ("text", "is_letter"),
    [
        (ORDER, True),
        ("Прошу предоставить права администратора ИКОП Сферум Ивановой Марии Петровне", True),
        ("АНКЕТА образовательной организации\nИНН: 1\nРегион: 2\nАдминистратор Сферум: 3", False),
        ("СОГЛАСИЕ на обработку персональных данных администратора «Сферум»", False),
        ("Приглашаем на платформу «Сферум» родителей", False),
        ("Анкета прилагается.\nНазначить администратором «Сферум» Иванову М.П.", True),
    ],
)
def test_likeness_parts_letters_from_other_papers(text: str, is_letter: bool) -> None:
    assert (letter_likeness([page(text)]) >= 0.5) is is_letter


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("Ивано-\nву", "Иванову"),
        ("Петрова-\nВодкина", "Петрова-Водкина"),
        ("Кан-\nооловна", "Кан-ооловна"),
        ("П Р И К А З", "ПРИКАЗ"),
        ("1.\tНазначить", "1. Назначить"),
        ("адмнистратором", "администратором"),
        ("НАЗНАЧИТЪ", "НАЗНАЧИТЬ"),
        ("Aдминистратор", "Администратор"),
        ("B.B. Щеглов", "В.В. Щеглов"),
        ("Ha время", "На время"),
        ("e-mail: abc@mail.ru", "e-mail: abc@mail.ru"),
        ("Ди\u00adректор", "Директор"),
    ],
)
def test_the_text_is_folded_and_key_words_are_set_right(raw: str, folded: str) -> None:
    assert letter_text([page(raw)]).text == folded


def test_a_surname_is_never_set_right() -> None:
    assert letter_text([page("Назначенко Директорова Контролёв")]).text == (
        "Назначенко Директорова Контролёв"
    )


@pytest.mark.parametrize(
    "stamp",
    [
        "Документ подписан электронной подписью\nСертификат 00D1A2B3C4E5F607182989161234\n"
        "Владелец: Сомова Алла\nПетровна\nДействителен: с 01.01.2025 до 01.04.2026",
        "ДОКУМЕНТ ПОДПИСАН\nЭЛЕКТРОННОЙ ПОДПИСЬЮ\nСертификат: 01D78E5F\nВладелец Сомова Алла Петровна",
        "Подписано цифровой подписью: Сомова Алла Петровна\nДата: 2025.02.20 16:55:51 +03'00'",
        "Digitally signed by Сомова Алла Петровна\nDate: 2025.02.20 16:55:51 +03'00'",
    ],
)
def test_an_electronic_signatures_stamp_is_found_whole(stamp: str) -> None:
    letter = letter_text([page(f"Текст\n{stamp}\nДиректор П.П. Сомов")])
    ((start, end),) = find_stamps(letter)
    assert letter.text[start:end].count("\n") == stamp.count("\n")
    assert letter.text[end:].strip() == "Директор П.П. Сомов"


@pytest.mark.parametrize(
    ("before", "behind", "lead", "cases"),
    [
        ("Назначить администратором ", "", "", (Case.ACCUSATIVE,)),
        ("Администратором назначена ", "", "", (Case.NOMINATIVE,)),
        ("Администратором назначается ", "", "", (Case.NOMINATIVE,)),
        ("Поручить ", " выполнение", "", (Case.DATIVE,)),
        ("администратора в лице ", "", "", (Case.GENITIVE,)),
        ("Возложить обязанности на учителя физики ", "", "", (Case.ACCUSATIVE,)),
        ("Закрепить обязанности за ", "", "", (Case.INSTRUMENTAL,)),
        ("снять полномочия с ", "", "", (Case.GENITIVE,)),
        ("2. ", " обеспечить регистрацию", "", (Case.DATIVE,)),
        ("- ", "", "Назначить администраторами:", (Case.ACCUSATIVE, Case.NOMINATIVE)),
        ("Администратор: ", "", "", (Case.NOMINATIVE,)),
        ("Назначить администратором: ", "", "", (Case.NOMINATIVE, Case.ACCUSATIVE)),
        ("", "", "", ()),
    ],
)
def test_the_words_around_a_name_say_its_case(
    before: str, behind: str, lead: str, cases: tuple[Case, ...]
) -> None:
    assert governing_cases(before, behind, lead) == cases


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("08 ноября 2024 года", dt.date(2024, 11, 8)),
        ("« 23» августа 2021 г.", dt.date(2021, 8, 23)),
        ("«9» мая 2025", dt.date(2025, 5, 9)),
        ("28.08.2025 г", dt.date(2025, 8, 28)),
        ("28. 08. 2025", dt.date(2025, 8, 28)),
        ("28/08/25", dt.date(2025, 8, 28)),
        ("2025-08-28", dt.date(2025, 8, 28)),
        ("31.02.2025", None),
    ],
)
def test_dates_are_read_in_every_form(text: str, value: dt.date | None) -> None:
    folded = letter_text([page(text)]).text
    (found,) = dates(folded, 0, len(folded))
    assert found.value == value


@pytest.mark.parametrize("text", ["№ 01-15/33", "8.916.234.56.78", "12/2024", "2024-2025"])
def test_other_digits_are_no_date(text: str) -> None:
    assert find_numbering(text, len(text), len(text)).date is None


@pytest.mark.parametrize(
    ("text", "date", "number"),
    [
        ("ПРИКАЗ\nот 25.03.2025 № 132", dt.date(2025, 3, 25), "132"),
        ("№ 134 – ОД от 25.03.2025", dt.date(2025, 3, 25), "134-ОД"),
        ("Исх. № 01-04/242\n25.03.2025", dt.date(2025, 3, 25), "01-04/242"),
        ("25.03.2025 № 40/1\nНа № 12 от 01.02.2025", dt.date(2025, 3, 25), "40/1"),
        ("МБОУ СОШ № 5\n25.03.2025", dt.date(2025, 3, 25), None),
        ("25.03.2025 № б/н", dt.date(2025, 3, 25), None),
        ("лицензия № 15 от 01.02.2015\nПриказ № 9 от 25.03.2025", dt.date(2025, 3, 25), "9"),
    ],
)
def test_the_letters_own_date_and_number_are_told_from_others(
    text: str, date: dt.date, number: str | None
) -> None:
    folded = letter_text([page(text)]).text
    found = find_numbering(folded, len(folded), len(folded))
    assert found.date is not None
    assert (found.date.value, found.number) == (date, number)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("МБОУ «СОШ № 5» г. Твери\nтел. 8", 'МБОУ "СОШ № 5" г. Твери'),
        ("Управление образования\nМАДОУ детский сад № 3\nПРИКАЗ", "МАДОУ детский сад № 3"),
        ("Муниципальное бюджетное общеобразовательное учреждение\n«Лицей № 7»\n(МБОУ «Лицей № 7»)",
         'Муниципальное бюджетное общеобразовательное учреждение\n"Лицей № 7"'),
        ("Средняя школа № 9 города Твери", "Средняя школа № 9 города Твери"),
        ("(МБОУ «Гимназия № 2»)\nПРИКАЗ", 'МБОУ "Гимназия № 2"'),
        ("Муниципальное казённое\tОператору образовательной\nобщеобразовательное учреждение\tплатформы\n"
         "«Берёзовская школа»\n(МКОУ «Берёзовская ООШ»)", 'МКОУ "Берёзовская ООШ"'),
        ("Прошу назначить", None),
    ],
)  # fmt: skip
def test_the_schools_name_is_that_of_the_letterhead(text: str, name: str | None) -> None:
    folded = letter_text([page(text)]).text
    span = find_organization(folded, len(folded))
    assert (folded[slice(*span)] if span else None) == name


def test_clauses_entries_and_labels_are_pieces_of_their_own() -> None:
    text = (
        "1. Назначить Иванову М.П. Контроль оставляю за собой.\n2. Телефон:\n- один\n- два;\n"
        "в том числе г. Тверь и\nобласть"
    )
    assert [one.text for one in segments(text)] == [
        "1. Назначить Иванову М.П.",
        "Контроль оставляю за собой.",
        "2. Телефон:",
        "- один",
        "- два;",
        "в том числе г. Тверь и\nобласть",
    ]


TABLE = """МБОУ СОШ № 5
ПРИКАЗ № 7 от 12.03.2025
Назначить ответственных за работу в «Сферум»:
Администратор\tРогова Ирина\t8 905 222-
платформы\tСергеевна\t33-44
Модератор\tЗимин Олег\t8 905 222-
чатов\tПавлович\t33-55
Директор\tП.П. Сомов"""


def test_cells_that_run_over_lines_are_read_together_and_quoted_apart() -> None:
    letter = find_letter([page(TABLE, how=How.OCR)], attachment="a")
    assert letter is not None
    (name,) = letter.administrators
    assert name.value.nominatives == ("Рогова Ирина Сергеевна",)
    assert name.evidence[0].raw == "Рогова Ирина Сергеевна"
    assert [one.value.e164 for one in letter.phones] == ["+79052223344"]
    assert letter.head is not None
    assert letter.head.value.nominatives == ("Сомов П. П.",)


def test_a_shorter_line_goes_on_in_the_columns_where_it_fits() -> None:
    text = TABLE.replace("платформы\tСергеевна\t33-44", "Сергеевна\t33-44")
    letter = find_letter([page(text)], attachment="a")
    assert letter is not None
    assert letter.administrators[0].value.nominatives == ("Рогова Ирина Сергеевна",)
    assert [one.value.e164 for one in letter.phones] == ["+79052223344"]


def test_rows_with_whole_names_stay_rows() -> None:
    text = "Рогова Ирина Сергеевна\t1\nЗимин Олег Павлович\t2\nДиректор\tП.П. Сомов"
    assert letter_text([page(text)]).text == text


def test_a_name_in_latin_letters_is_named_without_a_reading() -> None:
    text = ORDER.replace("Иванову Марию\nПетровну", "Ivanova Maria Petrovna")
    letter = find_letter([page(text)], attachment="a")
    assert letter is not None
    (name,) = letter.administrators
    assert name.value.nominatives == ()
    assert name.value.raw == "Ivanova Maria Petrovna"


@pytest.mark.parametrize(
    "clause",
    [
        "2. Зимину О.П. (тел. 8 905 222-33-55) помогать администратору.",
        "2. Зимину О.П. (тел. 8 905 222-33-55) проверить работу администратора.",
        "2. Зимина О.П. (тел. 8 905 222-33-55) замещает администратора в отпуске.",
    ],
)
def test_who_only_has_to_do_with_the_administrator_is_not_one(clause: str) -> None:
    text = ORDER.replace("\nДиректор", f"\n{clause}\nДиректор")
    letter = find_letter([page(text)], attachment="a")
    assert letter is not None
    assert [one.value.nominatives for one in letter.administrators] == [("Иванова Мария Петровна",)]
    assert [one.value.e164 for one in letter.phones] == ["+79162345678"]


def test_a_signature_whose_post_was_lost_is_no_second_administrator() -> None:
    text = "Исх. № 7\nНазначенным администратором платформы «Сферум» сведения сообщаем.\n"
    text += "Администратор: Мельник Оксана Олеговна, 8 918 555-04-91\n"
    text += "Просим предоставить указанному сотруднику права администратора.\nД. Ю. Белоусов"
    letter = find_letter([page(text)], attachment="a")
    assert letter is not None
    assert [one.value.nominatives for one in letter.administrators] == [
        ("Мельник Оксана Олеговна",)
    ]


def test_a_list_with_initials_in_it_still_names_two_administrators() -> None:
    text = "ПРИКАЗ\nНазначить администраторами платформы «Сферум»:\nМельник Оксану Олеговну\n"
    text += "Белоусова Д. Ю.\nДиректор П. П. Сомов"
    letter = find_letter([page(text)], attachment="a")
    assert letter is not None
    assert len(letter.administrators) == 2


@pytest.mark.parametrize("word", ["администрато", "администрат."])
def test_a_role_whose_last_letters_a_seal_has_taken_is_still_the_role(word: str) -> None:
    found = find_letter([page(ORDER.replace("администратором", word))], attachment="Приказ.pdf")
    assert found is not None
    assert [one.value.nominatives for one in found.administrators] == [("Иванова Мария Петровна",)]


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        (
            "МБОУ СОШ № 5\n170000, г. Тверь, ул. Новая, 1\nтел. 21-1-81",
            "170000, г. Тверь, ул. Новая, 1",
        ),
        ("МБОУ СОШ № 5\nПРИКАЗ\nс. Верхние Ключи\t№ 4\t12.09.2024", "с. Верхние Ключи"),
        ("МБОУ СОШ № 5\n174647, п. Сосновый\nМыс, ул. Новая, 1", "174647, п. Сосновый Мыс"),
        ("МБОУ СОШ № 5\nПРИКАЗ\n12.09.2024 № 4", None),
    ],
)
def test_a_letterhead_says_where_the_school_is(heading: str, place: str | None) -> None:
    text = f"{heading}\nНазначить администратором «Сферума» Иванову Марию Петровну.\n"
    letter = find_letter([page(text)], attachment="Приказ.pdf")
    assert letter is not None
    found = letter.organization_place
    assert (found.value if found else None) == place


def test_a_signer_read_with_little_certainty_is_nobody() -> None:
    certain, unsure = (
        find_letter([page(ORDER, how=How.OCR, unsure=words)], attachment="Приказ.pdf")
        for words in ((), ("П.П.",))
    )
    assert certain is not None
    assert unsure is not None
    assert certain.head is not None
    assert unsure.head is None
    assert unsure.administrators == certain.administrators


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("МБОУ «СОШ № 5» назначает администратором «Сферума»", "МБОУ «СОШ № 5»"),
        (
            "МБОУ СОШ № 5 им. И.И. Петрова назначает администратором «Сферума»",
            "МБОУ СОШ № 5 им. И.И. Петрова",
        ),
        (
            "МБОУ СОШ № 5 г. Твери просит назначить администратором «Сферума»",
            "МБОУ СОШ № 5 г. Твери",
        ),
    ],
)
def test_a_schools_name_ends_before_what_the_school_does(sentence: str, name: str) -> None:
    letter = find_letter([page(f"{sentence} Дятлову Анну Марковну.")], attachment="Приказ.pdf")
    assert letter is not None
    assert letter.organization_name is not None
    assert letter.organization_name.value == name


@pytest.mark.parametrize(
    "former",
    [
        "Права прежнего администратора, тел. 8-915-111-00-11, прошу отозвать.",
        "Прошу отозвать права у предыдущего администратора Лапшиной Г.К. (8-915-111-00-11).",
        "Бывшего школьного администратора (8-915-111-00-11) исключить.",
        "Номер 8-915-111-00-11 принадлежит бывшему администратору.",
    ],
)
def test_the_former_administrators_number_is_nobodys(former: str) -> None:
    text = ORDER.replace(", тел. 8 916 234-56-78.", ".\n" + former)
    letter = find_letter([page(text)], attachment="Приказ.pdf")
    assert letter is not None
    assert [one.value.nominatives for one in letter.administrators] == [("Иванова Мария Петровна",)]
    assert not letter.phones


def test_a_number_behind_both_the_former_and_the_new_administrator_is_the_new_ones() -> None:
    text = ORDER.replace("Назначить", "Вместо прежнего администратора назначить")
    letter = find_letter([page(text)], attachment="Приказ.pdf")
    assert letter is not None
    assert [one.value.e164 for one in letter.phones] == ["+79162345678"]


@pytest.mark.parametrize(
    "former",
    [
        "Сизова Анна Юрьевна больше не является администратором «Сферума».",
        "Отказать Сизовой Анне Юрьевне (8-915-111-00-11) в назначении администратором «Сферума».",
        "Кандидатуру Сизовой Анны Юрьевны, 8-915-111-00-11, отклонить.",
    ],
)
def test_who_is_refused_the_role_does_not_have_it(former: str) -> None:
    text = ORDER.replace("Назначить", former + " Назначить")
    letter = find_letter([page(text)], attachment="Приказ.pdf")
    assert letter is not None
    assert [one.value.nominatives for one in letter.administrators] == [("Иванова Мария Петровна",)]
    assert [one.value.e164 for one in letter.phones] == ["+79162345678"]


def test_an_index_that_recognition_has_made_a_nought_makes_the_number_uncertain() -> None:
    order = ORDER.replace("№ 7", "№ 7-0")
    printed = find_letter([page(order)], attachment="Приказ.pdf")
    recognized = find_letter([page(order, how=How.OCR)], attachment="Приказ.pdf")
    assert printed is not None
    assert recognized is not None
    assert printed.number is not None
    assert printed.number.value == "7-0"
    assert recognized.number is None
