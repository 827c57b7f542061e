"""The heading of an organization above a letter, from its words alone."""

from __future__ import annotations

import pytest

from parsers.facts import How, Mark
from parsers.layout import Page, Word
from parsers.marks.letterheads import find_letterhead

BODY = "Назначить администратором платформы Юшину Инну Карповну"


def page_of(*lines: str) -> Page:
    words = [Word(word, line=at) for at, line in enumerate(lines) for word in line.split()]
    return Page(document="Письмо.pdf", number=1, how=How.TEXT, words=tuple(words))


@pytest.mark.parametrize(
    "name",
    [
        "МБОУ «Луговская СОШ № 3»",
        "МБУ ДО «Дом детского творчества» г. Заречный",
        "МАУ ДО ДЮСШ № 2",
        "ГБПОУ «Полевской колледж»",
        "Центр развития творчества детей г. Заречный",
        "Муниципальное казённое дошкольное образовательное учреждение детский сад «Лучик»",
        "Частное учреждение профессиональная образовательная организация «Вектор»",
    ],
)
def test_the_name_of_an_organization_as_a_heading_is_a_letterhead(name: str) -> None:
    assert find_letterhead(page_of(name, "ПРИКАЗ", BODY)).mark is Mark.PRESENT
    assert find_letterhead(page_of("ПРИКАЗ", BODY)).mark is Mark.ABSENT


def test_a_heading_without_the_organizations_name_leaves_a_doubt_at_most() -> None:
    contacts = "тел. 8 (49200) 2-11-33, e-mail: mail@example.ru, ул. Лесная, 4"
    assert find_letterhead(page_of(contacts, "ПРИКАЗ", BODY)).mark is Mark.UNSURE


def test_the_name_in_the_letters_own_sentence_is_no_letterhead() -> None:
    text = "Просим зарегистрировать МБУ ДО «Дом детского творчества»"
    assert find_letterhead(page_of(text, BODY)).mark is Mark.ABSENT
