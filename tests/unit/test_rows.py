"""Recognized words put in rows and cells."""

from __future__ import annotations

from parsers.images.ocr import RecognizedWord
from parsers.images.recognition import arranged

HEIGHT = 20


def row(line: int, *words: tuple[str, int, int]) -> list[RecognizedWord]:
    """Words of one line: text, left edge, right edge."""
    top = 40 * line
    return [
        RecognizedWord(text, (left, top, right, top + HEIGHT), 0.95, line)
        for text, left, right in words
    ]


def cells(words: list[RecognizedWord]) -> list[str]:
    lines: dict[tuple[int, int], list[str]] = {}
    for word in arranged(words, 1.0):
        lines.setdefault((word.line, word.cell), []).append(word.text)
    return [" ".join(texts) for texts in lines.values()]


def test_a_line_justified_with_wide_gaps_is_one_sentence() -> None:
    words = row(
        0, ("1.", 0, 20), ("Возложить", 80, 280), ("обязанности", 340, 600), ("на", 660, 700)
    )
    words += row(1, ("Иванову", 0, 150), ("Марию", 160, 270), ("Петровну", 280, 440))
    assert cells(words) == ["1. Возложить обязанности на", "Иванову Марию Петровну"]


def test_columns_and_a_date_far_from_its_number_stay_apart() -> None:
    words = row(0, ("02.09.2024", 0, 150), ("г.", 160, 180), ("№", 600, 620), ("15", 630, 700))
    words += row(1, ("Директор", 0, 150), ("П.П.", 500, 560), ("Петров", 570, 700))
    assert cells(words) == ["02.09.2024 г.", "№ 15", "Директор", "П.П. Петров"]


def test_a_table_of_single_words_is_no_justified_line() -> None:
    words = row(0, ("Иванова", 0, 120), ("учитель", 200, 300), ("89161234567", 560, 700))
    assert cells(words) == ["Иванова", "учитель", "89161234567"]


def test_dashes_that_are_hardly_seen_in_wide_gaps_are_left_out() -> None:
    words = row(0, ("Оксану", 0, 100), ("Денисовну", 200, 330))
    words.insert(1, RecognizedWord("—", (120, 8, 180, 12), 0.4, 0))
    assert "—" not in " ".join(cells(words))
