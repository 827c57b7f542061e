"""One page's text layer, as pdfplumber gives it: judged, and if it is believed, as words in lines and cells."""

from __future__ import annotations

import struct
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pdfminer.pdfexceptions import PDFException
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException
from pdfplumber.utils.text import extract_words

from parsers.documents.arrangement import Table, arranged
from parsers.documents.pdfframe import Frame, level
from parsers.documents.pdfobjects import characters_of, has_edges, pictures_of
from parsers.documents.textlayer import HIDDEN_CHARACTERS, Sight, find_flaw, is_stacked, seen
from parsers.facts import Box, Evidence, How
from parsers.layout import Page, bounding_box

MAX_CHARACTERS: Final = 20_000  # of one page; a page full of small print has 8,000
STREAM_BYTES: Final = 8_000_000  # of drawing operators of one page, unpacked: 10 s of pdfminer
WORD_GAP: Final = 0.2  # of the type's size; a space has 0.25 and more, kerning at most 0.1
STAMP_SHARE: Final = 0.25  # of the page: a picture up to this size may be a seal laid over words
STAMPED_CHARACTERS: Final = 60  # so many may lie under it (a post, «М.П.», a date)
STAMPED_DIGITS: Final = 4  # but no number
QUOTED: Final = 200  # characters of a refused layer that are kept as evidence
TABLE_EDGES: Final = 6  # a table of two cells has three lines across it and two along it, at least
MAX_EDGES: Final = 2_000  # a table of 100 rows has 1,000; a drawing has no end of them

PDFMINER_ERRORS: Final = (
    PDFException,
    PSException,
    PdfminerException,
    MalformedPDFException,
    ValueError,  # UnicodeError too
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RecursionError,
    NotImplementedError,
    OSError,
    struct.error,
    zlib.error,
)
"""What pdfminer is known to raise on files that are not as the standard says; it has no common base class."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What a page's text layer gave: a page that is believed, or a quotation of what is not.

    `turn` is by how many degrees clockwise the page must be turned for its words to be where `page` has them.
    """

    page: Page | None
    refused: Evidence | None
    turn: int = 0


def read_layer(layer: Any, sight: Sight, name: str) -> Layer | None:
    """Read the text layer of pdfplumber's page `layer`; None where there is none, or none that can be read."""
    try:
        if _stream_bytes(layer) > STREAM_BYTES:
            return None
        characters = characters_of(layer)
        if _has_doubles(characters):
            characters = layer.dedupe_chars().chars
        characters = level(characters)
        if len(characters) > MAX_CHARACTERS or not any(_counts(c) for c in characters):
            return None
        return _judged(layer, characters, sight, name)
    except PDFMINER_ERRORS:
        return None


def _judged(layer: Any, characters: Sequence[dict[str, Any]], sight: Sight, name: str) -> Layer:
    frame = Frame.of(layer, characters)
    shifted = frame.shifted(characters)
    for character, is_seen in zip(shifted, seen(shifted, sight), strict=True):
        character["seen"] = bool(is_seen)
    characters = frame.turned(shifted)
    words = extract_words(characters, return_chars=True, x_tolerance_ratio=WORD_GAP)
    shown = [word for word in words if _is_seen(word)]
    lost = [word for word in words if not _is_seen(word)]
    pictures = frame.turned(frame.shifted(pictures_of(layer)))
    number = layer.page_number
    outside = sum(_counts(c) and not c["seen"] for word in lost for c in word["chars"])
    if outside >= HIDDEN_CHARACTERS and not _is_under_a_stamp(lost, pictures, frame):
        return Layer(None, _quotation(lost, name, number))
    if is_stacked(characters) or find_flaw([word["text"] for word in shown]):
        return Layer(None, _quotation(shown, name, number))
    if not shown:
        return Layer(None, None)
    page = Page(
        document=name,
        number=number,
        how=How.TEXT,
        words=tuple(arranged(_texts(shown), _tables(layer, frame))),
        width=frame.width,
        height=frame.height,
    )
    return Layer(page, None, frame.turn)


def _stream_bytes(layer: Any) -> int:
    streams = map(resolve1, layer.page_obj.contents)
    return sum(len(each.get_data()) for each in streams if isinstance(each, PDFStream))


def _is_seen(word: dict[str, Any]) -> bool:
    """Whether all of a word is seen; punctuation alone counts as seen, a ruling line may run through it."""
    return all(c["seen"] for c in word["chars"] if _counts(c))


def _is_under_a_stamp(
    lost: Sequence[dict[str, Any]], pictures: Sequence[dict[str, Any]], frame: Frame
) -> bool:
    """Whether all that is out of sight touches small pictures and holds no number: a seal over «М.П.»."""
    area = STAMP_SHARE * frame.width * frame.height
    stamps = [p for p in pictures if (p["x1"] - p["x0"]) * (p["bottom"] - p["top"]) <= area]
    text = "".join(word["text"] for word in lost)
    if len(text) > STAMPED_CHARACTERS or sum(map(str.isdigit, text)) > STAMPED_DIGITS:
        return False
    return all(
        any(
            word["x0"] < stamp["x1"]
            and stamp["x0"] < word["x1"]
            and word["top"] < stamp["bottom"]
            and stamp["top"] < word["bottom"]
            for stamp in stamps
        )
        for word in lost
    )


def _texts(words: Iterable[dict[str, Any]]) -> Iterator[tuple[str, Box]]:
    for word in words:
        text = _clean(word["text"])
        if text:
            yield text, _box(word)


def _quotation(words: Sequence[dict[str, Any]], name: str, number: int) -> Evidence:
    return Evidence(
        document=name,
        raw=" ".join(_clean(word["text"]) for word in words)[:QUOTED],
        how=How.TEXT,
        page=number,
        box=bounding_box(_box(word) for word in words),
    )


def _tables(layer: Any, frame: Frame) -> list[Table]:
    """Return the cells of every ruled table; none where the page has no grid, or too many lines to be one."""
    if frame.turn or not has_edges(layer, TABLE_EDGES):
        return []
    if not TABLE_EDGES <= len(layer.edges) <= MAX_EDGES:
        return []
    return [
        [[None if cell is None else frame.placed(cell) for cell in row.cells] for row in table.rows]
        for table in layer.find_tables()
    ]


def _has_doubles(characters: Sequence[dict[str, Any]]) -> bool:
    """Whether characters are printed twice in a place, as old drivers do to make type bold."""
    places = {(c["text"], round(c["x0"] / 2), round(c["top"] / 2)) for c in characters}
    return len(places) < len(characters)


def _counts(character: dict[str, Any]) -> bool:
    return any(map(str.isalnum, character["text"]))


def _box(word: dict[str, Any]) -> Box:
    return float(word["x0"]), float(word["top"]), float(word["x1"]), float(word["bottom"])


def _clean(text: str) -> str:
    """Drop what has no look of its own; a soft hyphen at a word's end is a hyphen."""
    if text.endswith("\xad"):
        text = text[:-1] + "-"
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Cn"))
