"""Which of a message's files is the questionnaire, in whatever program it was filled in, and what is none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from typing import NoReturn

import docx
import openpyxl
import pytest

from parsers.facts import Field, Reading, Role, Trouble
from parsers.images.ocr import Pixels
from parsers.limits import Limits
from parsers.reading.reader import read_message

INN, PHONE = "1646001875", "+79172345678"
HEAD, ADMINISTRATOR = "Петров Сергей Ильич", "Мельникова Ольга Викторовна"
FORM = (
    ("Полное наименование организации", "МБОУ «СШ № 12» г. Елабуги"),
    ("ИНН", INN),
    ("Регион", "Республика Татарстан"),
    ("ФИО директора", HEAD),
    ("ФИО назначенного администратора платформы «Сферум»", ADMINISTRATOR),
    ("Должность администратора", "методист"),
    ("Мобильный телефон администратора", PHONE),
    ("Кол-во обучающихся", "643"),
)
ORDER = (
    "МБОУ «СШ № 12» г. Елабуги",
    "ПРИКАЗ",
    "02.09.2024 № 132",
    "О назначении администратора платформы «Сферум»",
    "ПРИКАЗЫВАЮ:",
    f"Назначить администратором платформы «Сферум» Мельникову Ольгу Викторовну, {PHONE}.",
    "Директор С. И. Петров",
)
STAFF = (
    ("№", "ФИО", "Должность", "Телефон", "E-mail"),
    (1, "Орлова Нина Павловна", "учитель", "89051112244", "orlova@pochta.example"),
    (2, "Ким Вера Олеговна", "педагог-психолог", "89051112255", "kim@pochta.example"),
    (3, "Лапшин Глеб Ильич", "лаборант", "89051112266", "lapshin@pochta.example"),
)
PRICES = (("Наименование", "Цена, руб.", "Кол-во"), ("Парта", 4500, 12), ("Стул", 1200, 24))

Rows = Sequence[Sequence[str | int]]


class NoEngine:
    """An engine that nothing here may need."""

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> NoReturn:
        raise AssertionError("nothing is to be recognized")

    def probe(self) -> None:
        """Nothing to look for."""


def book(rows: Rows) -> bytes:
    file = openpyxl.Workbook()
    for row in rows:
        file["Sheet"].append(list(row))
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def table(rows: Rows, *lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if rows:
        grid = document.add_table(len(rows), len(rows[0]))
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                grid.cell(row, column).text = str(value)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def rich(rows: Rows, *, width: int = 12_000) -> bytes:
    """A table in RTF, as word processors write it: each row as wide as the paper, unless `width` is 0."""
    cells = "".join(
        r"\trowd"
        + "".join(rf"\cellx{width * (at + 1) // len(row)}" for at in range(len(row)) if width)
        + "".join(rf"\pard\intbl {escaped(str(value))}\cell " for value in row)
        + r"\row "
        for row in rows
    )
    return rf"{{\rtf1\ansi\ansicpg1251 {cells}\pard\par}}".encode("ascii")


def escaped(text: str) -> str:
    return "".join(one if ord(one) < 128 else rf"\u{ord(one)}?" for one in text)


def with_macros(content: bytes) -> bytes:
    """Add a program to a workbook."""
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return stream.getvalue()


def read(files: Mapping[str, bytes]) -> Reading:
    message = EmailMessage()
    message["Subject"] = "Сферум: Регистрация организации"
    message["From"] = "school@edu.example"
    message.set_content("Направляем документы.")
    for name, content in files.items():
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return read_message(message.as_bytes(), ocr=NoEngine(), limits=Limits())


def roles(reading: Reading) -> dict[str, Role]:
    return {document.name: document.role for document in reading.documents}


def test_a_form_in_a_word_file_without_a_title_is_no_letter() -> None:
    found = read({"Документ.docx": table(FORM)})
    assert roles(found) == {"Документ.docx": Role.QUESTIONNAIRE}
    assert found.letters == ()
    assert found.questionnaires[0].text(Field.ADMINISTRATOR_PHONE) == PHONE


def test_a_letter_with_the_same_table_is_a_letter() -> None:
    asking = "Прошу зарегистрировать школу и предоставить права администратору:"
    found = read({"Документ.docx": table(FORM, *ORDER[:3], asking)})
    assert roles(found) == {"Документ.docx": Role.LETTER}
    assert found.questionnaires == ()


def test_both_papers_may_be_word_files() -> None:
    found = read({"1.docx": table((), *ORDER), "2.docx": table(FORM)})
    assert roles(found) == {"1.docx": Role.LETTER, "2.docx": Role.QUESTIONNAIRE}


@pytest.mark.parametrize("name", ["Анкета.xlsm", "Анкета.xlsx"])
def test_a_form_with_macros_is_read_and_dangerous(name: str) -> None:
    found = read({name: with_macros(book(FORM))})
    assert [one.text(Field.INN) for one in found.questionnaires] == [INN]
    (document,) = found.documents
    assert (document.role, document.trouble) == (Role.QUESTIONNAIRE, Trouble.DANGEROUS)


def test_a_form_called_xlsm_without_macros_is_read_and_dangerous() -> None:
    (document,) = read({"Анкета.xlsm": book(FORM)}).documents
    assert (document.role, document.trouble) == (Role.QUESTIONNAIRE, Trouble.DANGEROUS)


def test_a_form_in_a_rich_text_file_is_read() -> None:
    (found,) = read({"Анкета.rtf": rich(FORM)}).questionnaires
    assert found.text(Field.INN) == INN
    assert [one.value.nominatives for one in found.administrators] == [(ADMINISTRATOR,)]


LABELS = ("ИНН", "Регион", "Сайт", "ФИО директора", "ФИО администратора", "Телефон")
ANSWERS = (INN, "Республика Татарстан", "", HEAD, ADMINISTRATOR, PHONE)
GROUPS = ("Школа", "Руководитель и администратор")


@pytest.mark.parametrize("rows", [[LABELS, ANSWERS], [GROUPS, LABELS, ANSWERS]])
def test_a_table_in_a_rich_text_file_is_read_with_its_empty_cells(rows: Rows) -> None:
    (found,) = read({"Анкета.rtf": rich(rows)}).questionnaires
    assert found.text(Field.INN) == INN
    assert found.text(Field.SITE) is None
    assert [one.value.nominatives for one in found.administrators] == [(ADMINISTRATOR,)]
    assert [one.value.e164 for one in found.administrator_phones] == [PHONE]
    assert found.head is not None
    assert found.head.value.nominatives == (HEAD,)


@pytest.mark.parametrize("rows", [[LABELS, ANSWERS], [GROUPS, LABELS, ANSWERS]])
def test_a_table_whose_columns_cannot_be_told_gives_no_value_rather_than_another(
    rows: Rows,
) -> None:
    assert read({"Анкета.rtf": rich(rows, width=0)}).questionnaires == ()


@pytest.mark.parametrize(
    "other",
    [
        {"Список сотрудников.xlsx": book(STAFF)},
        {"Прайс.xlsx": book(PRICES)},
        {"Список.docx": table(STAFF)},
        {"Книга.xlsx": book([("Класс", "Учеников"), ("5А", 24), ("5Б", 26)])},
    ],
    ids=["staff", "prices", "staff in a word file", "classes"],
)
def test_a_table_of_another_kind_beside_the_form_is_nothing(other: dict[str, bytes]) -> None:
    files = {"Приказ.docx": table((), *ORDER), "Анкета.xlsx": book(FORM), **other}
    found = read(files)
    assert roles(found) == {
        "Приказ.docx": Role.LETTER,
        "Анкета.xlsx": Role.QUESTIONNAIRE,
        **dict.fromkeys(other, Role.OTHER),
    }
    assert len(found.questionnaires) == 1
    assert len(found.letters) == 1


def test_an_order_in_a_workbook_is_no_questionnaire() -> None:
    found = read({"Приказ.xlsx": book([[line] for line in ORDER])})
    assert roles(found) == {"Приказ.xlsx": Role.OTHER}
    assert found.questionnaires == ()


def test_blocks_beside_each_other_in_rich_text_give_each_their_own() -> None:
    blocks = [
        ("Организация", "Директор", "Администратор"),
        ("Название", "Школа № 5", "ФИО", HEAD, "ФИО", ADMINISTRATOR),
        ("ИНН", INN, "Телефон", "8 905 111-22-44", "Телефон", PHONE),
    ]
    (found,) = read({"Анкета.rtf": rich(blocks)}).questionnaires
    assert [one.value.nominatives for one in found.administrators] == [(ADMINISTRATOR,)]
    assert [one.value.e164 for one in found.administrator_phones] == [PHONE]
    assert read({"Анкета.rtf": rich(blocks, width=0)}).questionnaires == ()
