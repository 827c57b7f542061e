"""A label is read by its meaning: wording, abbreviation, misspelling and position do not matter."""

from __future__ import annotations

import pytest

from parsers.facts import Field
from parsers.questionnaire.labels import NOTHING, Attribute, Column, LabelReader, Owner
from parsers.questionnaire.regions import find_region, region_of_inn, regions

READER = LabelReader()
ADMINISTRATOR, HEAD, ORGANIZATION = Owner.ADMINISTRATOR, Owner.HEAD, Owner.ORGANIZATION


@pytest.mark.parametrize(
    ("text", "attribute", "owner"),
    [
        ("ФИО администратора", Attribute.FIO, ADMINISTRATOR),
        ("Ф. И. О. администратора*", Attribute.FIO, ADMINISTRATOR),
        ("Фамилия, имя, отчество (при наличии) администратора", Attribute.FIO, ADMINISTRATOR),
        ("Администратор (ФИО полностью)", Attribute.FIO, ADMINISTRATOR),
        ("Ф.И.О. админестратора", Attribute.FIO, ADMINISTRATOR),
        ("Укажите номер мобильного телефона администратора", Attribute.PHONE, ADMINISTRATOR),
        ("Моб. тел. админ-ра", Attribute.PHONE, ADMINISTRATOR),
        ("Телефон администратора (в формате +79001234567)", Attribute.PHONE, ADMINISTRATOR),
        (
            "Номер мобильного телефона, на который будут оформлены права администратора в "
            "информационно-коммуникационной образовательной платформе «Сферум»",
            Attribute.PHONE,
            ADMINISTRATOR,
        ),
        ("Кто назначен администратором? (ФИО)", Attribute.FIO, ADMINISTRATOR),
        ("ФИО ответственного за Сферум", Attribute.FIO, ADMINISTRATOR),
        ("3.2. Тилефон админестратора", Attribute.PHONE, ADMINISTRATOR),
        ("ФИО директора школы", Attribute.FIO, HEAD),
        ("Телефон руководителя ОО", Attribute.PHONE, HEAD),
        ("Должность руководителя организации", Attribute.POST, HEAD),
        ("ФИО заместителя директора", Attribute.FIO, Owner.OTHER),
        ("Телефон исполнителя", Attribute.PHONE, Owner.OTHER),
        ("Телефон приёмной", Attribute.PHONE, ORGANIZATION),
        ("Телефон/факс организации", Attribute.PHONE, ORGANIZATION),
        ("E-mail ОО", Attribute.EMAIL, ORGANIZATION),
        ("Адрес эл. почты", Attribute.EMAIL, None),
        ("Электронный адрес", Attribute.EMAIL, None),
        ("Емейл", Attribute.EMAIL, None),
        ("И Н Н", Attribute.INN, None),
        ("Основной государственный регистрационный номер", Attribute.OGRN, None),
        ("Полное наименование (по Уставу)", Attribute.NAME, None),
        ("Как называется ваша школа?", Attribute.NAME, ORGANIZATION),
        ("Полное наименовение организации", Attribute.NAME, ORGANIZATION),
        ("Сокращённое наименование по ЕГРЮЛ", Attribute.SHORT_NAME, None),
        ("Тип образовательной организации", Attribute.KIND, ORGANIZATION),
        ("Субъект РФ", Attribute.REGION, None),
        ("В каком регионе находится школа?", Attribute.REGION, ORGANIZATION),
        ("Наименование муниципального образования", Attribute.MUNICIPALITY, None),
        ("Населённый пункт", Attribute.LOCALITY, None),
        ("Место нахождения (адрес)", Attribute.ADDRESS, None),
        ("Адрес сайта", Attribute.SITE, None),
        ("Кол-во обучающихся", Attribute.PUPILS, None),
        ("Дата заполнения", Attribute.DATE, None),
        ("Область (край, республика)", Attribute.REGION, None),
        ("Наименование (краткое)", Attribute.SHORT_NAME, None),
        ("Наименование (без сокращений)", Attribute.NAME, None),
        ("Занимаемая должность", Attribute.POST, None),
        ("Должность администратора в организации", Attribute.POST, ADMINISTRATOR),
        ("Должность в организации", Attribute.POST, None),
        ("Укажите дату заполнения формы", Attribute.DATE, None),
        ("К какому типу относится ваша организация?", Attribute.KIND, ORGANIZATION),
        ("Номер администратора", Attribute.PHONE, ADMINISTRATOR),
        ("Имя, отчество администратора", Attribute.GIVEN, ADMINISTRATOR),
        ("Сайт учредителя", Attribute.IGNORED, Owner.OTHER),
        ("Админи-\nстратор (ФИО)", Attribute.FIO, ADMINISTRATOR),
        ("Дата рождения", Attribute.IGNORED, None),
        ("Численность педагогических работников", Attribute.IGNORED, None),
        ("СНИЛС администратора", Attribute.IGNORED, ADMINISTRATOR),
        ("ИНН руководителя", Attribute.IGNORED, HEAD),
    ],
)
def test_a_label_says_what_it_asks_for_and_of_whom(
    text: str, attribute: Attribute, owner: Owner | None
) -> None:
    label = READER.read(text)
    assert label.attributes == (attribute,)
    assert label.owner is owner


@pytest.mark.parametrize(
    "text",
    [
        "МБОУ СШ № 12",
        "Муниципальное бюджетное общеобразовательное учреждение «Средняя школа № 12»",
        "Общеобразовательная организация",
        "Городской округ город Казань",
        "Верхнеуслонский муниципальный район",
        "Республика Татарстан",
        "г. Елабуга, ул. Школьная, д. 5",
        "Мельникова Ольга Викторовна",
        "Директор",
        "Заместитель директора по УВР",
        "учитель информатики",
        "school12@example.ru",
        "Телефон: 8 (917) 234-56-78",
        "",
    ],
)
def test_an_answer_asks_for_nothing(text: str) -> None:
    assert not READER.read(text).asks


@pytest.mark.parametrize(
    "text",
    [
        "Первомайский район",
        "Западный район",
        "Будённовский муниципальный округ",
        "Днепровский район",
        "Должанский район",
        "Приволжский район",
        "город Верный",
    ],
)
def test_the_name_of_a_place_is_no_wording_of_a_label(text: str) -> None:
    assert not READER.read(text).asks


def test_no_region_is_taken_for_a_label() -> None:
    assert [region.name for region in regions() if READER.read(region.name) != NOTHING] == []


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("1. Сведения об организации", ORGANIZATION),
        ("Раздел 2. Руководитель", HEAD),
        ("III. Данные администратора образовательной организации", ADMINISTRATOR),
        ("Администратор", ADMINISTRATOR),
    ],
)
def test_a_heading_has_an_owner_and_asks_for_nothing(text: str, owner: Owner) -> None:
    label = READER.read(text)
    assert (label.attributes, label.owner, label.heading) == ((), owner, True)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("№ п/п", Column.NUMBER),
        ("№", Column.NUMBER),
        ("Наименование показателя", Column.LABEL),
        ("Поле", Column.LABEL),
        ("Значение", Column.VALUE),
        ("Заполняется организацией", Column.VALUE),
        ("Примечание", Column.COMMENT),
        ("Пример заполнения", Column.EXAMPLE),
        ("Образец", Column.EXAMPLE),
    ],
)
def test_the_heading_of_a_column_says_what_the_column_is_for(text: str, column: Column) -> None:
    assert READER.read(text).column is column


def test_a_label_may_ask_for_several_things() -> None:
    assert READER.read("ИНН / КПП").attributes == (Attribute.INN, Attribute.KPP)
    asked = READER.read("Адрес, телефон, e-mail").attributes
    assert asked == (Attribute.ADDRESS, Attribute.PHONE, Attribute.EMAIL)


def test_a_legal_address_comes_before_an_actual_one() -> None:
    legal, actual = READER.read("Юридический адрес"), READER.read("Фактический адрес")
    assert legal.weight > READER.read("Адрес").weight > actual.weight


def test_a_hint_does_not_make_a_post_the_heads() -> None:
    assert READER.read("Должность (директор, учитель)").owner is None


def test_an_administrator_of_the_mailbox_may_add_wordings() -> None:
    further = LabelReader({Field.ADMINISTRATOR_NAME: ["Хозяин кабинета школы"]})
    label = further.read("Хозяин  кабинета  школы:")
    assert (label.attributes, label.owner) == ((Attribute.FIO,), ADMINISTRATOR)
    assert READER.read("Хозяин кабинета школы") == NOTHING


def test_there_are_89_regions() -> None:
    assert len({region.code for region in regions()}) == 89
    for region in regions():
        found = find_region(region.name)
        assert found is not None
        assert found.code == region.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("РТ", "16"),
        ("Респ. Татарстан", "16"),
        ("16", "16"),
        ("Московская обл.", "50"),
        ("г. Москва, ул. Тверская", "77"),
        ("423600, Республика Татарстан, г. Елабуга, ул. Московская", "16"),
        ("ХМАО – Югра", "86"),
        ("Ямало-Ненецкий АО", "89"),
        ("г. Казань, ул. Петербургская", None),
        ("г. Елабуга", None),
        ("ОБЛАСТЬ ТВЕРСКАЯ, ГОРОД ТВЕРЬ", "69"),
        ("614000, КРАЙ ПЕРМСКИЙ", "59"),
        ("обл. Самарская, р-н Волжский", "63"),
        ("Гомельская область, Орловский район", None),
        ("г. Тверь, ул. Москва, 3", None),
        ("ул. Республики Коми, 4, г. Казань, Республика Татарстан", "16"),
    ],
)
def test_a_region_is_known_by_its_spellings(text: str, code: str | None) -> None:
    found = find_region(text)
    assert (found.code if found else None) == code


def test_the_second_office_of_moscow_is_moscow() -> None:
    found = region_of_inn("9710085439")
    assert found is not None
    assert found.code == "77"
