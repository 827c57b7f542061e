"""What the engine's words become on a page: borders, scrawls and noise told from print."""

from __future__ import annotations

from parsers.images.ocr import RecognizedWord
from parsers.images.recognition import arranged
from parsers.images.rings import Ring

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


def test_words_missing_within_a_seal_end_no_cell() -> None:
    words = [
        RecognizedWord("администраторо", (60, 80, 220, 104), 0.95, 1),
        RecognizedWord("колы", (320, 80, 380, 104), 0.95, 1),
    ]
    seal = Ring(x=135.0, y=60.0, radius=56.0, score=1.5, strength=0.9)
    assert [word.cell for word in arranged(words, 0.5)] == [0, 1]
    assert [word.cell for word in arranged(words, 0.5, seal=seal)] == [0, 0]


def test_pieces_of_lines_that_rise_on_a_photo_come_to_the_line_that_they_stand_next_to() -> None:
    words = [
        RecognizedWord("Назначается", (60, 80, 200, 104), 0.95, 1),
        RecognizedWord("Ли", (210, 84, 260, 108), 0.95, 1),
        RecognizedWord("информатизации,", (60, 112, 240, 136), 0.95, 2),
        RecognizedWord("Сергей", (280, 92, 380, 116), 0.95, 3),
        RecognizedWord("Васильевич,", (390, 98, 540, 122), 0.95, 3),
        RecognizedWord("директор", (550, 104, 660, 128), 0.95, 3),
    ]
    lines = {word.text: word.line for word in arranged(words, 0.5)}
    assert lines["Сергей"] == lines["Ли"] != lines["информатизации,"]


def test_a_border_that_stands_alone_parts_cells_and_is_no_word() -> None:
    found = texts(row("Телефон", 60), row("|", 155), row("8-916-123-45-67", 250))
    assert found == [("Телефон", 0), ("8-916-123-45-67", 1)]


def test_a_bar_among_digits_may_be_one_of_them() -> None:
    found = texts(row("8-916", 60), row("|", 155), row("23-45-67", 250))
    assert [text for text, _ in found] == ["8-916", "|", "23-45-67"]
