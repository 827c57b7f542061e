"""DOC (Word 97-2003) → blocks: the text that a person sees, with its tables ([MS-DOC]).

A file's text lies in pieces (2.8.35 PlcPcd) of its main stream. What a paragraph or a run of text looks like is said
in pages of 512 bytes (2.9.32 ChpxFkp, 2.9.175 PapxFkp) by «sprms» (2.6). A cell ends with the character 7, a row with a
paragraph of its own whose properties hold the places of the cells.
"""

from __future__ import annotations

import bisect
import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import olefile

from parsers.documents.blocks import Block, Row, Shape, Story

CHARACTERS: Final = 3_000_000
PROPERTIES: Final = 400_000  # paragraphs and runs that are told apart in one document
TINY_HALF_POINTS: Final = 7  # type below 4 points is not meant to be read
NEAR_WHITE: Final = 224  # of 255, each of the three colours

DOC_ERRORS: Final = (OSError, ValueError, LookupError, struct.error, TypeError, AttributeError)
"""What a broken file raises in olefile and here."""

_MAGIC: Final = 0xA5EC
_WORD_97: Final = 0x00C1  # FibBase.nFib; what is older is laid out otherwise
_TABLE_FLAG: Final = 0x0200  # FibBase.fWhichTblStm
_PAGE_BYTES: Final = 512
_RUSSIAN: Final = 0x0419  # FibBase.lid

# Where the FIB of Word 97 and later has the lengths of its texts, and pairs of offset and length
_LENGTHS: Final = 0x4C  # main text, footnotes, headers, macros, comments, endnotes, text boxes
_CHPX_TABLE, _PAPX_TABLE, _HEADERS, _CLX = 0xFA, 0x102, 0xF2, 0x1A2

# Which stories of a section are its header and its footer: of the first page, of odd and of even pages
_HEADER_STORIES, _FOOTER_STORIES = (10, 7, 6), (11, 9, 8)

# Single property modifiers (2.6.1 character, 2.6.2 paragraph, 2.6.3 table)
_DELETED, _STRUCK, _HIDDEN, _STRUCK_TWICE = 0x0800, 0x0837, 0x083C, 0x2A53
_HALF_POINTS, _COLOUR_NUMBER, _COLOUR = 0x4A43, 0x2A42, 0x6870
_GROUNDS: Final = frozenset({0x2A0C, 0x4866, 0xCA71, 0x442D, 0xC64D})
_IN_TABLE, _ROW_END, _DEPTH, _INNER_CELL, _INNER_ROW = 0x2416, 0x2417, 0x6649, 0x244B, 0x244C
_CELLS, _MERGED_DOWN = 0xD608, 0xD62B
_NEW_PAGE: Final = 0x2407
_HUGE: Final = (0x6646, 0x6645)
_CELL_GROUNDS: Final = frozenset({0xD609, 0xD612, 0xD670})
_LONG: Final = frozenset({_CELLS, 0xD606})  # their length takes two bytes
_OPERAND_BYTES: Final = (
    1,
    1,
    2,
    4,
    2,
    2,
    0,
    3,
)  # by the three upper bits of a sprm; 6 tells its own
_WHITE_NUMBER: Final = 8  # of the sixteen old colours

_CELL_MARK, _PARAGRAPH_MARK = "\x07", "\r"
_FIELD_START, _FIELD_RESULT, _FIELD_END = "\x13", "\x14", "\x15"
_SHOWN: Final = {"\x0b": "\n", "\x0c": "\f", "\x0e": "\n", "\x1e": "-", "\t": "\t"}

Sprms = dict[int, bytes]
"""The operand of each sprm; of one given twice the last."""

_PropertiesAt = Callable[[bytes, int], bytes]
"""Returns the list of sprms that lies at an offset of a page of properties."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters `start`..`end` of the text lie at the byte `at` of the main stream, `width` bytes each."""

    start: int
    end: int
    at: int
    width: int


@dataclass(frozen=True, slots=True)
class _Properties:
    """Sprms by the byte of the main stream at which what they apply to begins, and at which it ends."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sprms: list[Sprms] = field(default_factory=list)

    def place(self, byte: int) -> int:
        """Return the number of the properties that apply to a byte, -1 where there are none."""
        place = bisect.bisect_right(self.starts, byte) - 1
        return place if place >= 0 and byte < self.ends[place] else -1

    def at(self, byte: int) -> Sprms:
        place = self.place(byte)
        return self.sprms[place] if place >= 0 else {}


def read_blocks(content: bytes) -> tuple[Block, ...]:
    """Read the blocks of a document. Raises one of DOC_ERRORS where it is broken or older than Word 97."""
    with olefile.OleFileIO(io.BytesIO(content)) as package:
        main = _stream(package, "WordDocument", len(content))
        magic, version, _, lid, _, flags = struct.unpack_from("<6H", main)
        if magic != _MAGIC or version < _WORD_97:
            raise ValueError("not of Word 97 or later")
        table = _stream(package, "1Table" if flags & _TABLE_FLAG else "0Table", len(content))
        more = _stream(package, "Data", len(content)) if package.exists("Data") else b""
    return _Document(main, table, more, "cp1251" if lid == _RUSSIAN else "cp1252").read()


def _stream(package: olefile.OleFileIO, name: str, most: int) -> bytes:
    if package.get_size(name) > most:
        raise ValueError("a stream longer than its file")
    content: bytes = package.openstream(name).read()
    return content


class _Document:
    def __init__(self, main: bytes, table: bytes, more: bytes, narrow: str) -> None:
        self._main = main
        self._table = table
        self._more = more  # properties too long for a page of them
        self._narrow = narrow  # encoding of the pieces with a byte a character
        self._pieces = list(self._read_pieces())
        self._paragraphs = self._read_properties(_PAPX_TABLE, 13, _paragraph_properties)
        self._runs = self._read_properties(_CHPX_TABLE, 1, _run_properties)
        self._shaded_cells = any(_CELL_GROUNDS & one.keys() for one in self._paragraphs.sprms)
        self._unseen = [
            self._is_unseen(*run) for run in zip(self._runs.starts, self._runs.sprms, strict=True)
        ]

    def read(self) -> tuple[Block, ...]:
        """Read the first section's header, the text, the footer, and the text boxes."""
        lengths = struct.unpack_from("<7i", self._main, _LENGTHS)
        if min(lengths) < 0 or sum(lengths) > CHARACTERS:
            raise ValueError("impossible lengths")
        text, notes, headers = lengths[:3]
        boxes = sum(lengths[:6])
        return (
            *self._margin(_HEADER_STORIES, text + notes, headers),
            *self._story(0, text),
            *self._margin(_FOOTER_STORIES, text + notes, headers),
            *self._story(boxes, boxes + lengths[6]),
        )

    def _pair(self, at: int) -> bytes:
        start, length = struct.unpack_from("<II", self._main, at)
        return self._table[start : start + length]

    def _read_pieces(self) -> Iterator[_Piece]:
        clx, at = self._pair(_CLX), 0
        while clx[at] == 1:  # Prc: properties that a quickly saved file adds
            at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
        (length,) = struct.unpack_from("<I", clx, at + 1)
        plc = clx[at + 5 : at + 5 + length]
        count = (len(plc) - 4) // 12
        borders = struct.unpack_from(f"<{count + 1}I", plc)
        if list(borders) != sorted(borders):
            raise ValueError("pieces that overlap")
        for number in range(count):
            (place,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)
            narrow, place = place & 0x40000000, place & 0x3FFFFFFF
            start, end = borders[number : number + 2]
            if start < end:
                yield _Piece(start, end, place // 2 if narrow else place, 1 if narrow else 2)

    def _read_properties(self, pair: int, width: int, properties: _PropertiesAt) -> _Properties:
        """Read what is said of all paragraphs, or of all runs; `width` is of an entry in a page's index."""
        plc = self._pair(pair)
        count = (len(plc) - 4) // 8
        pages = struct.unpack_from(f"<{count}I", plc, 4 * (count + 1)) if count > 0 else ()
        found: list[tuple[int, int, Sprms]] = []
        for page in dict.fromkeys(number & 0x3FFFFF for number in pages):
            block = self._main[page * _PAGE_BYTES : (page + 1) * _PAGE_BYTES]
            if len(block) == _PAGE_BYTES and len(found) < PROPERTIES:
                found += _page_properties(block, width, properties)
        found.sort(key=lambda one: one[:2])
        return _Properties(
            [start for start, _, _ in found],
            [end for _, end, _ in found],
            [one for *_, one in found],
        )

    def _margin(self, numbers: tuple[int, ...], start: int, length: int) -> tuple[Block, ...]:
        """Read the first section's header or footer: the first of its kinds that has any text."""
        plc = self._pair(_HEADERS)
        borders = struct.unpack(f"<{len(plc) // 4}I", plc[: len(plc) // 4 * 4])
        for at in numbers:
            if at + 1 < len(borders) and borders[at] < borders[at + 1] <= length:
                blocks = self._story(start + borders[at], start + borders[at + 1])
                if any(isinstance(block, Row) or block.strip() for block in blocks):
                    return blocks
        return ()

    def _characters(self, start: int, end: int) -> Iterator[tuple[str, int]]:
        """Yield each character with the byte at which it lies."""
        for piece in self._pieces:
            first, last = max(start, piece.start), min(end, piece.end)
            if first >= last:
                continue
            at = piece.at + (first - piece.start) * piece.width
            raw = self._main[at : at + (last - first) * piece.width]
            if piece.width == 1:
                text = raw.decode(self._narrow, "replace")
            else:  # unit by unit: a pair of surrogates is two characters here
                text = "".join(map(chr, memoryview(raw[: len(raw) // 2 * 2]).cast("H")))
            for number, character in enumerate(text):
                yield character, at + number * piece.width

    def _story(self, start: int, end: int) -> tuple[Block, ...]:
        story = Story()
        open_: list[str] = []
        fields: list[bool] = []  # of each open field, whether its result is being read
        for character, byte in self._characters(start, end):
            if character in (_PARAGRAPH_MARK, _CELL_MARK):
                self._end(story, "".join(open_), character, byte)
                open_.clear()
            elif character == _FIELD_START:
                fields.append(False)
            elif character == _FIELD_RESULT and fields:
                fields[-1] = True
            elif character == _FIELD_END and fields:
                fields.pop()
            elif all(fields) and _is_text(character):
                run = self._runs.place(byte)
                if run < 0 or not self._unseen[run]:
                    open_.append(_SHOWN.get(character, character))
        if open_:
            story.end_paragraph("".join(open_), 0)
        return story.blocks()

    def _end(self, story: Story, text: str, mark: str, byte: int) -> None:
        """Close a paragraph, a cell or a row, as the properties of its mark say."""
        sprms = self._with_more(self._paragraphs.at(byte))
        depth = int.from_bytes(sprms.get(_DEPTH, b""), "little") or int(_is_on(sprms, _IN_TABLE))
        if mark == _CELL_MARK and _is_on(sprms, _ROW_END):
            story.end_row(_shapes(sprms), 1)
        elif mark == _CELL_MARK:
            story.end_cell(text, 1)
        elif _is_on(sprms, _INNER_ROW):
            story.end_row(_shapes(sprms), max(depth, 2))
        elif _is_on(sprms, _INNER_CELL):
            story.end_cell(text, max(depth, 2))
        else:
            story.end_paragraph("\f" * _is_on(sprms, _NEW_PAGE) + text, depth)

    def _with_more(self, sprms: Sprms) -> Sprms:
        """Add the sprms that lie in the stream of data (2.6.2 sprmPHugePapx)."""
        places = [sprms[huge] for huge in _HUGE if len(sprms.get(huge, b"")) == 4]
        if not places:
            return sprms
        at = int.from_bytes(places[0], "little")
        length = int.from_bytes(self._more[at : at + 2], "little")
        return sprms | dict(_sprms(self._more[at + 2 : at + 2 + length]))

    def _is_unseen(self, byte: int, sprms: Sprms) -> bool:
        """Whether a run that begins at `byte` is hidden, struck out, tiny, or white on white."""
        if any(_is_on(sprms, one) for one in (_DELETED, _STRUCK, _HIDDEN, _STRUCK_TWICE)):
            return True
        size = sprms.get(_HALF_POINTS)
        if size is not None and int.from_bytes(size, "little") <= TINY_HALF_POINTS:
            return True
        paragraph = self._paragraphs.at(byte)
        if not _is_white(sprms) or _GROUNDS & (sprms.keys() | paragraph.keys()):
            return False
        return not (self._shaded_cells and _is_on(paragraph, _IN_TABLE))


def _is_text(character: str) -> bool:
    return character in _SHOWN or (character >= " " and not "\ud800" <= character < "\ue000")


def _is_on(sprms: Sprms, switch: int) -> bool:
    return sprms.get(switch, b"\0")[:1] == b"\1"


def _is_white(sprms: Sprms) -> bool:
    colour = sprms.get(_COLOUR)
    if colour is not None:
        return colour[3:4] == b"\0" and min(colour[:3]) >= NEAR_WHITE
    return sprms.get(_COLOUR_NUMBER, b"\0")[0] == _WHITE_NUMBER


def _page_properties(
    page: bytes, width: int, properties: _PropertiesAt
) -> Iterator[tuple[int, int, Sprms]]:
    """Yield the spans of bytes that a page of properties tells of, with their sprms."""
    count = page[_PAGE_BYTES - 1]
    if 4 * (count + 1) + width * count >= _PAGE_BYTES:
        return
    borders = struct.unpack_from(f"<{count + 1}I", page)
    for number in range(count):
        at = 2 * page[4 * (count + 1) + width * number]
        sprms = dict(_sprms(properties(page, at))) if at else {}
        yield borders[number], borders[number + 1], sprms


def _run_properties(page: bytes, at: int) -> bytes:
    return page[at + 1 : at + 1 + page[at]]


def _paragraph_properties(page: bytes, at: int) -> bytes:
    """Return a paragraph's sprms, which stand behind the number of its style."""
    length = 2 * page[at] - 1
    if page[at] == 0:
        at, length = at + 1, 2 * page[at + 1]
    return page[at + 3 : at + 1 + length]


def _sprms(properties: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 < len(properties):
        (sprm,) = struct.unpack_from("<H", properties, at)
        at += 2
        length = _OPERAND_BYTES[sprm >> 13]
        if sprm in _LONG:
            length = int.from_bytes(properties[at : at + 2], "little") - 1
            at += 2
        elif not length:
            length = properties[at]
            at += 1
        if length < 0:
            return
        yield sprm, properties[at : at + length]
        at += length


def _shapes(sprms: Sprms) -> list[Shape]:
    """Return the places of a row's cells (2.9.327 TDefTableOperand); none where the row does not tell."""
    operand = sprms.get(_CELLS, b"")
    count = operand[0] if operand else 0
    if len(operand) < 1 + 2 * (count + 1):
        return []
    edges = struct.unpack_from(f"<{count + 1}h", operand, 1)
    flags = [0] * count
    for number in range(count):
        at = 1 + 2 * (count + 1) + 20 * number
        if at + 2 <= len(operand):
            (flags[number],) = struct.unpack_from("<H", operand, at)
    down = sprms.get(_MERGED_DOWN, b"")
    if len(down) >= 2 and down[0] < count:
        flags[down[0]] = (flags[down[0]] & ~0x60) | (down[1] & 3) << 5
    return [
        Shape(left, right, beside=bool(flag & 2), below=flag & 0x60 == 0x20)
        for (left, right), flag in zip(pairwise(edges), flags, strict=True)
    ]
