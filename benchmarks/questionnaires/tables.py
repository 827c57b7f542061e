"""The layouts that schools send: tables with rows or columns of answers."""

from __future__ import annotations

from typing import Final

from benchmarks.questionnaires.book import Book, Item, Page
from benchmarks.questionnaires.clerk import ADMINISTRATOR, HEAD, ORGANIZATION, Clerk
from benchmarks.questionnaires.schools import invent
from parsers.facts import Field

_PARTS: Final = ("Фамилия", "Имя", "Отчество")
_ORDER: Final = (*ORGANIZATION, *HEAD, *ADMINISTRATOR, Field.DATE)


def one_row(clerk: Clerk) -> Book:
    """One row a school under one row of headings that say everything."""
    page = Page("Анкета")
    page.row(clerk.words("title"), merge=6)
    fields = clerk.asked(_ORDER)
    page.row(clerk.words("number"), *(clerk.label(name) for name in fields))
    page.row(1, *(clerk.answer(name) for name in fields))
    return clerk.book("one_row", page)


def grouped_row(clerk: Clerk) -> Book:
    """One row a school under merged groups and short headings."""
    page = Page("Сведения")
    page.row(clerk.words("title"), merge=8)
    top, column = page.next_row, 1
    page.put(top, 0, clerk.words("number"))
    page.merge(top, 0, top + 1, 0)
    page.put(top + 2, 0, 1)
    parts = (("organization", ORGANIZATION), ("head", HEAD), ("administrator", ADMINISTRATOR))
    for whose, some in parts:
        fields = clerk.asked(some)
        page.put(top, column, clerk.group(whose))
        page.merge(top, column, top, column + len(fields) - 1)
        for at, name in enumerate(fields, start=column):
            page.put(top + 1, at, clerk.label(name, "short"))
            page.put(top + 2, at, clerk.answer(name))
        column += len(fields)
    return clerk.book("grouped_row", page)


def web_form(clerk: Clerk) -> Book:
    """The export of a web form: whole questions as headings, one row."""
    page = Page("Ответы на форму (1)")
    fields = clerk.asked(_ORDER)
    clerk.rng.shuffle(fields)
    consent = "Даю согласие на обработку персональных данных"
    page.row("Отметка времени", *(clerk.label(name, "question") for name in fields), consent)
    page.row("12.09.2024 9:41:07", *(clerk.answer(name) for name in fields), "Да")
    return clerk.book("web_form", page)


def three_cells(clerk: Clerk) -> Book:
    """One row a school; the administrator's name stands in three cells."""
    page = Page("Лист1")
    before, after = clerk.asked((*ORGANIZATION, *HEAD)), clerk.asked(ADMINISTRATOR[1:])
    clerk.answered[Field.ADMINISTRATOR_NAME] = clerk.school.values[Field.ADMINISTRATOR_NAME]
    page.row(
        *(clerk.label(name) for name in before),
        *(f"{part} администратора" for part in _PARTS),
        *(clerk.label(name) for name in after),
    )
    page.row(
        *(clerk.answer(name) for name in before),
        *(Item(part, Field.ADMINISTRATOR_NAME) for part in clerk.school.parts),
        *(clerk.answer(name) for name in after),
    )
    return clerk.book("three_cells", page)


def example_row(clerk: Clerk) -> Book:
    """A filled example stands above the school's own row, and is marked as one."""
    page = Page("Форма")
    page.row(clerk.words("title"), merge=5)
    fields = clerk.asked(_ORDER)
    sample = Clerk(clerk.rng, invent(clerk.rng))
    page.row(clerk.words("number"), *(clerk.label(name) for name in fields))
    shown = [sample.answer(name).value for name in fields]
    page.row(clerk.words("example").value, *(Item(value, faint=True) for value in shown))
    page.row(1, *(clerk.answer(name) for name in fields))
    return clerk.book("example_row", page)


def people_columns(clerk: Clerk) -> Book:
    """The people of the form as columns: «Показатель | Руководитель | Администратор»."""
    page = Page("Анкета")
    page.row(clerk.words("title"), merge=3)
    for name in clerk.asked(ORGANIZATION):
        page.row(clerk.label(name), clerk.answer(name))
    page.skip()
    page.row(clerk.words("field"), clerk.group("head"), clerk.group("administrator"))
    label = clerk.label(Field.HEAD_NAME, "short")
    page.row(label, clerk.answer(Field.HEAD_NAME), clerk.answer(Field.ADMINISTRATOR_NAME))
    label = clerk.label(Field.HEAD_POST, "short")
    page.row(label, clerk.answer(Field.HEAD_POST), clerk.answer(Field.ADMINISTRATOR_POST))
    label = clerk.label(Field.ADMINISTRATOR_PHONE, "short")
    page.row(label, clerk.other_phone(), clerk.answer(Field.ADMINISTRATOR_PHONE))
    label = clerk.label(Field.ADMINISTRATOR_EMAIL, "short")
    page.row(label, clerk.school.head_email, clerk.answer(Field.ADMINISTRATOR_EMAIL))
    return clerk.book("people_columns", page)


def people_rows(clerk: Clerk) -> Book:
    """The organization as labels and values, the people as rows of a table under it."""
    page = Page("Анкета")
    for name in clerk.asked((*ORGANIZATION, Field.DATE)):
        page.row(clerk.label(name), clerk.answer(name))
    page.skip()
    labels = (clerk.label(name, "short") for name in ADMINISTRATOR)
    page.row("Роль", *labels)
    head = [clerk.answer(name) for name in HEAD]
    page.row(clerk.group("head"), *head, clerk.other_phone(), clerk.school.head_email)
    page.row(clerk.group("administrator"), *(clerk.answer(name) for name in ADMINISTRATOR))
    return clerk.book("people_rows", page)


TABLES: Final = (
    one_row,
    grouped_row,
    web_form,
    three_cells,
    example_row,
    people_columns,
    people_rows,
)
