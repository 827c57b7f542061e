"""What the engine's words become on a page: borders, scrawls and noise told from print."""

from __future__ import annotations

from parsers.images.ocr import RecognizedWord
from parsers.images.recognition import arranged

PRINT = [
    RecognizedWord("Назначить", (60, 10, 160, 34), 0.95, 0),
    RecognizedWord("администратором", (170, 10, 350, 34), 0.95, 0),
    RecognizedWord("платформы", (360, 10, 480, 34), 0.95, 0),
]


def texts(*words: RecognizedWord) -> list[tuple[str, int]]:
    return [(word.text, word.cell) for word in arranged([*PRINT, *words], 0.5) if word.line]


def row(text: str, left: int, *, confidence: float = 0.95, height: int = 24) -> RecognizedWord:
    return RecognizedWord(text, (left, 80, left + 90, 80 + height), confidence, 1)


def test_a_border_glued_to_a_word_parts_cells() -> None:
    found = texts(row("1", 60), row("|Администратор", 155), row("|+79161234567", 250))
    assert found == [("1", 0), ("Администратор", 1), ("+79161234567", 2)]


def test_a_border_glued_behind_a_word_parts_cells_too() -> None:
    assert texts(row("учитель|", 60), row("Иванова", 155)) == [("учитель", 0), ("Иванова", 1)]


def test_a_tall_word_hardly_read_is_a_signature() -> None:
    assert texts(row("Мммм", 60, confidence=0.4, height=60), row("Чирок", 155)) == [("Чирок", 0)]


def test_a_tall_word_read_well_is_a_heading() -> None:
    assert texts(row("ПРИКАЗ", 60, height=60)) == [("ПРИКАЗ", 0)]
