"""Where a letter is signed, told from the words of its page."""

from __future__ import annotations

import pytest

from parsers.facts import How
from parsers.layout import Page, Word
from parsers.marks.signature_lines import SignatureLine, find_signature_line

CHARACTER = 5.0  # points
WIDTH = 595.0


def page(*lines: str) -> Page:
    """A page of lines from the middle down; «|» parts cells, the last of which stands at the right."""
    words: list[Word] = []
    for number, line in enumerate(lines):
        top = 300.0 + 18 * number
        for cell, text in enumerate(line.split("|")):
            left = 80.0 if (cell == 0 and "|" in line) or "|" not in line else 430.0
            for word in text.split():
                right = left + CHARACTER * len(word)
                words.append(Word(word, (left, top, right, top + 9), 0.95, number, cell))
                left = right + 3
    return Page("Приказ.pdf", 1, How.OCR, tuple(words), WIDTH, 842.0)


def place(*lines: str) -> SignatureLine:
    found = find_signature_line(page(*lines))
    assert found is not None
    return found


BODY = (
    "1. Назначить администратором платформы Иванову Марию Петровну,",
    "2. Секретарю ознакомить работников с настоящим приказом.",
    "3. Контроль за исполнением приказа оставляю за собой.",
)


def test_the_head_signs_between_title_and_name() -> None:
    found = place(*BODY, "Директор|П.П. Петров")
    assert found.title is not None
    assert found.name is not None
    assert found.zone[1] < found.title[1] < found.title[3] < found.zone[3]


def test_a_name_alone_at_the_right_shows_the_place_when_a_seal_hides_the_title() -> None:
    found = place(*BODY, "|П.П. Петров")
    assert found.is_known
    assert found.name is not None
    assert found.name[0] >= 430


def test_the_first_initial_may_have_lost_its_dot() -> None:
    assert place(*BODY, "|ПП. Петров").name is not None


def test_a_name_within_a_sentence_is_no_signature_line() -> None:
    found = place(
        "Администратором назначена Иванова Мария Петровна", "мобильный телефон 89161234567 звонить"
    )
    assert not found.is_known


def test_who_is_acquainted_does_not_sign_for_the_head() -> None:
    found = place(*BODY, "С приказом ознакомлена:", "|М.П. Иванова")
    assert not found.is_known


def test_a_name_does_not_begin_in_the_cell_before() -> None:
    found = place(*BODY, "Заведующий", "МБОУ СОШ х. Камышный|П.П. Петров")
    assert found.name is not None
    assert found.name[0] >= 430


@pytest.mark.parametrize("title", ["Директо", "Циректор", "иректор школы"])
def test_a_title_that_has_lost_a_letter_to_a_seal_is_no_part_of_the_name(title: str) -> None:
    found = place(*BODY, f"{title}|П. П. Петров")
    assert found.title is not None
    assert found.name is not None
    assert found.name[0] >= 430


def test_a_head_named_with_a_telephone_signs_elsewhere() -> None:
    found = place(*BODY, "Директор Петров Пётр Петрович, 8-914-319-03-91", "", "|П.П. Петров")
    assert found.title is None
    assert found.name is not None
    assert found.name[0] >= 430


def test_a_telephone_in_the_body_makes_it_no_line_that_others_sign() -> None:
    body = "1. Назначить администратором платформы Иванову Марию Петровну, учителя, тел. 8-914"
    found = place(body, "319-03-91.", "|П.П. Петров")
    assert found.is_known


def test_where_no_line_is_known_the_room_does_not_end_before_a_name() -> None:
    found = place(*BODY, "Дирек П. П. Петров и К", "С приказом ознакомлена ____ Иванова М. П.")
    assert not found.is_known
    name_line, next_line = 300.0 + 18 * 3, 300.0 + 18 * 4
    assert name_line < found.zone[3] <= next_line


def test_what_is_read_under_a_seal_beside_the_title_is_no_part_of_it() -> None:
    found = place(*BODY, "Директор|7”|П.П. Петров")
    assert found.title is not None
    assert found.title[2] < 200


def test_a_long_title_ends_before_the_name_in_its_own_cell() -> None:
    found = place(*BODY, "Руководитель", "МБУ ДО «ДДТ» с. Светлая Долина|С.И. Сухая")
    assert found.title is not None
    assert found.name is not None
    assert found.name[0] >= 430
