"""The layouts that schools send: where labels and answers stand. Labels beside or over their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.questionnaires.book import Book, Item, Page
from benchmarks.questionnaires.clerk import ADMINISTRATOR, HEAD, ORGANIZATION, Clerk
from benchmarks.questionnaires.tables import TABLES
from parsers.facts import Field


def sections(clerk: Clerk) -> Book:
    """Labels and values under headings; «ФИО» and «Телефон» stand more than once."""
    page = Page("Анкета")
    page.row(clerk.words("title"), merge=3)
    page.skip()
    parts = (("organization", ORGANIZATION), ("head", HEAD), ("administrator", ADMINISTRATOR))
    for whose, fields in parts:
        page.row(clerk.section(whose), merge=3)
        for name in clerk.asked(fields):
            page.row(clerk.label(name, "short"), clerk.answer(name))
        if whose == "head":
            page.row(clerk.label(Field.ADMINISTRATOR_PHONE, "short"), clerk.other_phone())
            page.row(clerk.label(Field.EMAIL, "short"), clerk.school.head_email)
    page.skip()
    page.row(clerk.words("signed"))
    return clerk.book("sections", page)


def plain(clerk: Clerk) -> Book:
    """Labels that say everything, and values; nothing else."""
    page = Page("Лист1")
    for label, answer in clerk.pairs(clerk.asked()):
        page.row(label, answer)
    return clerk.book("plain", page)


def comments(clerk: Clerk) -> Book:
    """«№ | Поле | Значение | Комментарий», with a remark beside many answers, and sections."""
    page = Page("Анкета ОО")
    page.row(clerk.words("title"), merge=4)
    page.row(*map(clerk.words, ("number", "field", "value", "comment")))
    number = 0
    for whose, fields in (("organization", ORGANIZATION), ("administrator", ADMINISTRATOR)):
        page.row(clerk.section(whose), merge=4)
        for name in clerk.asked(fields):
            number += 1
            page.row(number, clerk.label(name, "short"), clerk.answer(name), clerk.hint(name))
    return clerk.book("comments", page)


def numbered(clerk: Clerk) -> Book:
    """«№ п/п | Показатель | Значение» with items «1.1», and instructions under the table."""
    page = Page("Форма 1")
    page.row(clerk.words("title"), merge=3)
    page.row(*map(clerk.words, ("number", "field", "value")))
    for number, (label, answer) in enumerate(clerk.pairs(clerk.asked()), start=1):
        page.row(f"{number // 10 + 1}.{number % 10 + 1}.", label, answer)
    page.row(Item("* Анкета заполняется в электронном виде, сканировать её не нужно", faint=True))
    return clerk.book("numbered", page)


def template(clerk: Clerk) -> Book:
    """A workbook with instructions, the form and hidden lists; the name is in three cells."""
    guide = Page("Инструкция")
    guide.row("Порядок заполнения анкеты")
    guide.row("1. Заполните лист «Анкета». Поля со звёздочкой обязательны.")
    guide.row("2. Телефон администратора указывается в формате +7XXXXXXXXXX.")
    guide.row("3. Сохраните файл и отправьте его с адреса организации.")
    page = Page("Анкета", left=1)
    page.skip()
    page.row(clerk.words("title"), merge=2)
    page.row(clerk.words("legend"), merge=2)
    page.skip()
    for whose, fields in (("organization", ORGANIZATION), ("head", HEAD)):
        page.row(clerk.section(whose), merge=2)
        for name in clerk.asked(fields):
            page.row(clerk.label(name, "short"), clerk.answer(name))
    page.row(clerk.section("administrator"), merge=2)
    clerk.answered[Field.ADMINISTRATOR_NAME] = clerk.school.values[Field.ADMINISTRATOR_NAME]
    for label, part in zip(("Фамилия", "Имя", "Отчество"), clerk.school.parts, strict=True):
        page.row(label + clerk.mark, Item(part, Field.ADMINISTRATOR_NAME))
    for name in clerk.asked(ADMINISTRATOR[1:]):
        page.row(clerk.label(name, "short"), clerk.answer(name))
    lists = Page("Справочники", hidden=True)
    lists.row("Регион", "Тип организации", "Да/Нет")
    lists.row("Республика Адыгея", "общеобразовательная организация", "Да")
    lists.row("Республика Башкортостан", "дошкольная образовательная организация", "Нет")
    return clerk.book("template", guide, page, lists)


def several_sheets(clerk: Clerk) -> Book:
    """The organization on one sheet, the people on another."""
    first = Page("Организация")
    first.row(clerk.words("title"), merge=2)
    for label, answer in clerk.pairs(clerk.asked(ORGANIZATION)):
        first.row(label, answer)
    second = Page("Администратор")
    for name in clerk.asked((*HEAD, *ADMINISTRATOR, Field.DATE)):
        second.row(clerk.label(name), clerk.answer(name))
    return clerk.book("several_sheets", first, second)


def side_by_side(clerk: Clerk) -> Book:
    """Two blocks of labels and values beside each other, under headings."""
    page = Page("Анкета")
    page.row(clerk.words("title"), merge=5)
    top = page.next_row
    page.put(top, 0, clerk.group("organization"))
    page.put(top, 3, clerk.group("administrator"))
    page.merge(top, 0, top, 1)
    page.merge(top, 3, top, 4)
    for row, name in enumerate(clerk.asked(ORGANIZATION), start=top + 1):
        page.put(row, 0, clerk.label(name))
        page.put(row, 1, clerk.answer(name))
    for row, name in enumerate(clerk.asked((*ADMINISTRATOR, *HEAD, Field.DATE)), start=top + 1):
        page.put(row, 3, clerk.label(name))
        page.put(row, 4, clerk.answer(name))
    return clerk.book("side_by_side", page)


def blocks(clerk: Clerk) -> Book:
    """Three blocks beside each other, whose short labels only the heading over each tells apart."""
    page = Page("Анкета")
    page.row(clerk.words("title"), merge=8)
    top = page.next_row
    parts = (("organization", ORGANIZATION), ("head", HEAD), ("administrator", ADMINISTRATOR))
    for column, (whose, fields) in zip((0, 3, 6), parts, strict=True):
        page.put(top, column, clerk.group(whose))
        page.merge(top, column, top, column + 1)
        row = top
        for row, name in enumerate(clerk.asked(fields), start=top + 1):
            page.put(row, column, clerk.label(name, "short"))
            page.put(row, column + 1, clerk.answer(name))
        if whose == "head":
            page.put(row + 1, column, clerk.label(Field.ADMINISTRATOR_PHONE, "short"))
            page.put(row + 1, column + 1, clerk.other_phone())
    return clerk.book("blocks", page)


def below(clerk: Clerk) -> Book:
    """Each answer under its label, with an empty row behind it."""
    page = Page("Опросный лист")
    page.row(clerk.words("title"), merge=4)
    for name in clerk.asked():
        label = clerk.label(name)
        page.row(Item(label.value, bold=True), merge=4)
        page.row(clerk.answer(name), merge=4)
        if clerk.mark:
            page.skip()
    return clerk.book("below", page)


def inline(clerk: Clerk) -> Book:
    """Label and answer in one cell, parted by a colon."""
    page = Page("Лист1")
    page.row(clerk.words("title"))
    clerk.mark = ""
    for name in clerk.asked():
        label = clerk.label(name)
        page.row(Item(f"{label.value}: {clerk.text(name)}", name))
    return clerk.book("inline", page)


def merged(clerk: Clerk) -> Book:
    """Everything merged: labels over three columns, answers over four, headings over all of them."""
    page = Page("анкета", left=1)
    page.skip(2)
    page.row(clerk.words("title"), merge=7)
    parts = (("organization", ORGANIZATION), ("head", HEAD), ("administrator", ADMINISTRATOR))
    for whose, fields in parts:
        page.row(clerk.section(whose), merge=7)
        for name in clerk.asked(fields):
            row = page.row(clerk.label(name, "short"), merge=3)
            page.put(row, 4, clerk.answer(name))
            page.merge(row, 4, row, 7)
    return clerk.book("merged", page)


LAYOUTS: Final[Mapping[str, Callable[[Clerk], Book]]] = {
    one.__name__: one
    for one in (
        sections,
        plain,
        comments,
        numbered,
        template,
        several_sheets,
        side_by_side,
        blocks,
        below,
        inline,
        merged,
        *TABLES,
    )
}
