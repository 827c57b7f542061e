from __future__ import annotations

from parsers.documents.arrangement import arranged
from parsers.facts import Box, How
from parsers.layout import Page


def text_of(
    words: list[tuple[str, Box]], tables: list[list[list[Box | None]]] | None = None
) -> str:
    return Page("x", 1, How.TEXT, tuple(arranged(words, tables or []))).text


def word(text: str, left: float, top: float) -> tuple[str, Box]:
    return text, (left, top, left + 6.0 * len(text), top + 10)


def test_words_are_put_in_lines_from_left_to_right_and_top_to_bottom() -> None:
    words = [word("два", 130, 50), word("три", 100, 70), word("раз", 100, 51)]
    assert text_of(words) == "раз два\nтри"


def test_a_wide_gap_in_a_line_begins_another_cell() -> None:
    assert text_of([word("Директор", 100, 50), word("Петров", 400, 50)]) == "Директор\tПетров"


def test_a_row_of_a_ruled_table_is_one_line_whatever_its_cells_are_broken_into() -> None:
    words = [
        word("Иванова", 110, 110),
        word("Мария", 110, 125),
        word("89161234567", 310, 118),
        word("Итого", 100, 300),
    ]
    row: list[Box | None] = [(100.0, 100.0, 300.0, 140.0), (300.0, 100.0, 500.0, 140.0)]
    assert text_of(words, [[row]]) == "Иванова Мария\t89161234567\nИтого"


def test_columns_of_running_text_in_a_table_are_read_one_after_the_other() -> None:
    left = [word(f"а{at}", 100 + 30 * (at % 3), 100 + 12 * (at // 3)) for at in range(30)]
    right = [word("Главе", 310, 100), word("города", 310, 112)]
    row: list[Box | None] = [(90.0, 90.0, 300.0, 240.0), (300.0, 90.0, 500.0, 240.0)]
    assert text_of([*left, *right], [[row]]).endswith("а27 а28 а29\nГлаве\nгорода")


def test_no_words_make_no_words() -> None:
    assert text_of([]) == ""
