r"""RTF → blocks: the text that a person sees, with its tables ([Rich Text Format Specification 1.9.1]).

Groups nest, and a group's settings end with it. Left out: hidden, struck out, white and tiny text, instructions of
fields, notes, and every destination that is not known. Headers stand before the text, footers and text boxes behind it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from parsers.documents.blocks import Block, Shape, Story

TINY_HALF_POINTS: Final = 7  # type below 4 points is not meant to be read
NEAR_WHITE: Final = 224  # of 255, each of the three colours
DEEPEST_GROUP: Final = 1_000
CYRILLIC: Final = "cp1251"

# A control word with its number and the space that ends it; a byte; a control symbol; a brace; text
_TOKEN: Final = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n]+)", re.DOTALL
)
# A font's number and character set in the table of fonts
_FONT: Final = re.compile(r"\\f(\d{1,5})(?!\d)[^{};]{0,200}?\\fcharset(\d{1,3})")
# One colour of the table of colours, which may be left empty: black or white as paper has it
_COLOUR: Final = re.compile(
    r"(?:\\red(\d{1,3})\s*\\green(\d{1,3})\s*\\blue(\d{1,3}))?[^;{}]{0,200};"
)
_TABLE_START: Final = r"\{{\\(?:\*\\)?{name}(?![a-z])"
_FONT_TABLE: Final = re.compile(_TABLE_START.format(name="fonttbl"))
_COLOUR_TABLE: Final = re.compile(r"\{\\colortbl(?![a-z])([^{}]{0,20000})\}")
_CODE_PAGE: Final = re.compile(r"\\ansicpg(\d{1,5})")
_FONT_TABLE_CHARACTERS: Final = 100_000

# Character sets of fonts to Python's names of them; 0 is whatever the document says, as programs use it
_CHARSETS: Final = {
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: CYRILLIC, 238: "cp1250",
}  # fmt: skip

# What a control word or symbol stands for in the text
_CHARACTERS: Final = {
    "line": "\n", "tab": "\t", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ",
    "qmspace": " ", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "page": "\f", "~": "\xa0", "{": "{", "}": "}", "\\": "\\", "_": "-",
    "\n": "\n", "\r": "\n",
}  # fmt: skip
_NEWLINES: Final = frozenset({"\n", "\r"})  # as control symbols they end a paragraph

# Groups whose text is not the document's; one marked `\*` is left out too, unless it is a frame of text
_LEFT_OUT: Final = frozenset({
    "annotation", "atnauthor", "atndate", "atnicn", "atnid", "atnparent", "atnref", "atntime", "atrfend",
    "atrfstart", "author", "bkmkend", "bkmkstart", "buptim", "category", "colortbl", "comment", "company",
    "creatim", "datafield", "do", "doccomm", "docvar", "falt", "fchars", "ffdeftext", "ffentrymcr",
    "ffexitmcr", "ffformat", "ffhelptext", "ffl", "ffname", "ffstattext", "file", "filetbl", "fldinst",
    "fldtype", "fname", "fontemb", "fontfile", "fonttbl", "footnote", "formfield", "ftncn", "ftnsep",
    "ftnsepc", "generator", "hlinkbase", "info", "keycode", "keywords", "latentstyles", "lchars",
    "levelnumbers", "leveltext", "list", "listlevel", "listname", "listoverride", "listoverridetable",
    "listtable", "manager", "mmathPr", "nextfile", "nonesttables", "objalias", "objclass", "objdata",
    "objname", "objsect", "objtime", "operator", "panose", "password", "pict", "printim", "private",
    "propname", "revtbl", "revtim", "rsidtbl", "rxe", "shprslt", "sn", "sp", "staticval", "stylesheet",
    "subject", "sv", "tc", "template", "themedata", "title", "txe", "userprops", "vern", "wgrffmtfilter",
    "windowcaption", "writereservation", "xe", "xmlattrname", "xmlattrvalue", "xmlname", "xmlnstbl",
})  # fmt: skip
_FRAMES: Final = frozenset({"shpinst", "shptxt", "nesttableprops"})
_MARGINS: Final = {
    "header": "header", "headerl": "header", "headerr": "header", "headerf": "header",
    "footer": "footer", "footerl": "footer", "footerr": "footer", "footerf": "footer",
}  # fmt: skip
_STRUCK: Final = frozenset({"v", "strike", "striked", "deleted"})
_GROUNDS: Final = frozenset({"highlight", "cb", "chcbpat", "chshdng"})


@dataclass(frozen=True, slots=True)
class _Look:
    """The settings that a group inherits and that end with it."""

    left_out: bool = False
    unseen: frozenset[str] = frozenset()
    tiny: bool = False
    white: bool = False
    ground: bool = False  # there is a colour behind the text
    font: int = -1
    unicode_tail: int = 1  # characters that stand for a \u where Unicode is not known
    story: str = "body"
    nested: bool = False  # in the definition of a nested table's row


@dataclass(slots=True)
class _Cells:
    """The row's definition as it is read: the places of the cells so far, and the flags of the next."""

    shapes: list[Shape] = field(default_factory=list)
    left: int = 0
    flags: set[str] = field(default_factory=set)
    ground: bool = False  # a cell has a colour behind it

    def begin(self) -> None:
        self.shapes, self.left, self.flags, self.ground = [], 0, set(), False

    def add(self, right: int) -> None:
        below, beside = "clvmrg" in self.flags, "clmrg" in self.flags
        self.shapes.append(Shape(self.left, right, beside=beside, below=below))
        self.left, self.flags = right, set()


@dataclass(slots=True)
class _Text:
    """One run of the text: the body, a header, a footer or the text boxes, with its open paragraph."""

    story: Story = field(default_factory=Story)
    open: list[str] = field(default_factory=list)
    depth: int = 0
    ground: bool = False  # the paragraph has a colour behind it

    def take(self) -> str:
        text = "".join(self.open)
        self.open.clear()
        return text


def read_blocks(text: str) -> tuple[Block, ...]:
    """Read the blocks of an RTF file, of whose bytes each is a character of Latin-1. Never raises."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._source = text
        page = _CODE_PAGE.search(text, 0, 2_000)
        self._encoding = _known(f"cp{page[1]}") if page else CYRILLIC
        self._fonts = _fonts(text)
        self._white = _white_colours(text)
        self._look = _Look()
        self._outer: list[_Look] = []
        self._cells = {False: _Cells(), True: _Cells()}  # of ordinary rows and of nested ones
        self._texts = {name: _Text() for name in ("header", "body", "footer", "box")}
        self._bytes = bytearray()
        self._tail = 0  # characters still to be passed over behind a \u
        self._starred = False

    def read(self) -> tuple[Block, ...]:
        for token in self._tokens():
            word, number, byte, symbol, brace, plain = token.groups()
            if byte is not None:
                self._byte(int(byte, 16))
                continue
            if plain is not None:
                self._plain(plain)
                continue
            self._decode()
            if brace is not None:
                self._tail = 0
                self._brace(brace)
            elif symbol is not None:
                self._symbol(symbol)
            else:
                self._tail = 0
                self._word(word, None if number is None else int(number))
        self._decode()
        return tuple(block for name in self._texts for block in self._finished(name))

    def _tokens(self) -> Iterator[re.Match[str]]:
        """Yield tokens; binary data is passed over, and the document ends with its outer group."""
        at = 0
        while (token := _TOKEN.search(self._source, at)) is not None:
            at = token.end()
            if token[1] == "bin":
                at += max(int(token[2] or 0), 0)
                continue
            yield token
            if token[5] == "}" and not self._outer:
                return

    def _finished(self, name: str) -> tuple[Block, ...]:
        text = self._texts[name]
        if text.open:
            text.story.end_paragraph(text.take(), text.depth)
        return text.story.blocks()

    def _brace(self, brace: str) -> None:
        self._starred = False
        if brace == "{":
            if len(self._outer) < DEEPEST_GROUP:
                self._outer.append(self._look)
        elif self._outer:
            inner, self._look = self._look, self._outer.pop()
            if inner.story != self._look.story and self._texts[inner.story].open:
                text = self._texts[inner.story]
                text.story.end_paragraph(text.take(), text.depth)

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._starred = True
        elif symbol in _NEWLINES:
            self._end("par")
        elif symbol in _CHARACTERS:
            self._plain(_CHARACTERS[symbol])

    def _byte(self, value: int) -> None:
        if self._tail:
            self._tail -= 1
        else:
            self._bytes.append(value)

    def _plain(self, text: str) -> None:
        passed = min(self._tail, len(text))
        self._tail -= passed
        text = text[passed:]
        if text.isascii():
            self._decode()
            self._put(text)
            return
        for character in text:
            if ord(character) > 127:
                self._bytes.append(ord(character) & 255)
            else:
                self._decode()
                self._put(character)

    def _decode(self) -> None:
        """Turn the bytes gathered into text, in the character set of their font."""
        if self._bytes:
            encoding = self._fonts.get(self._look.font, self._encoding)
            self._put(bytes(self._bytes).decode(encoding, "replace"))
            self._bytes.clear()

    def _put(self, text: str) -> None:
        look, place = self._look, self._texts[self._look.story]
        ground = look.ground or place.ground or (place.depth > 0 and self._cells[False].ground)
        if not (look.left_out or look.unseen or look.tiny or (look.white and not ground)):
            place.open.append(text)

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word in _LEFT_OUT or (starred and word not in _FRAMES):
            self._look = replace(self._look, left_out=True)
        elif self._look.left_out:
            return
        elif word in _MARGINS:
            self._look = replace(self._look, story=_MARGINS[word])
        elif word == "shptxt":
            self._look = replace(self._look, story="box")
        elif word == "nesttableprops":
            self._look = replace(self._look, nested=True)
        elif word == "u" and number is not None:
            self._put(_character(number))
            self._tail = self._look.unicode_tail
        elif word in _CHARACTERS:
            self._put(_CHARACTERS[word])
        elif not self._end(word) and not self._row(word, number or 0):
            self._style(word, number)

    def _end(self, word: str) -> bool:
        """Close a paragraph, cell or row."""
        text = self._texts[self._look.story]
        if word in ("par", "sect"):
            text.story.end_paragraph(text.take(), text.depth)
        elif word == "cell":
            text.story.end_cell(text.take(), 1)
        elif word == "nestcell":
            text.story.end_cell(text.take(), max(text.depth, 2))
        elif word == "row":
            text.story.end_row(self._cells[False].shapes, 1)
        elif word == "nestrow":
            text.story.end_row(self._cells[True].shapes, max(text.depth, 2))
        else:
            return False
        return True

    def _row(self, word: str, number: int) -> bool:
        """Note what the definition of a row says, or in which table the paragraph stands."""
        cells, text = self._cells[self._look.nested], self._texts[self._look.story]
        if word == "trowd":
            cells.begin()
        elif word == "trleft":
            cells.left = number
        elif word == "cellx":
            cells.add(number)
        elif word in ("clvmrg", "clmrg"):
            cells.flags.add(word)
        elif word == "pard":
            text.depth, text.ground = 0, False
        elif word == "cbpat":
            text.ground = number > 0
        elif word == "clcbpat":
            cells.ground = cells.ground or number > 0
        elif word == "pagebb":
            text.open.insert(0, "\f")
        elif word == "intbl":
            text.depth = max(text.depth, 1)
        elif word == "itap":
            text.depth = number
        else:
            return False
        return True

    def _style(self, word: str, number: int | None) -> None:
        look, on = self._look, number is None or number > 0
        if word == "plain":
            self._look = replace(look, unseen=frozenset(), tiny=False, white=False, ground=False)
        elif word in _STRUCK:
            self._look = replace(look, unseen=look.unseen | {word} if on else look.unseen - {word})
        elif word == "fs":
            self._look = replace(look, tiny=number is not None and number <= TINY_HALF_POINTS)
        elif word == "cf":
            self._look = replace(look, white=number in self._white)
        elif word in _GROUNDS:
            self._look = replace(look, ground=on)
        elif word == "f" and number is not None:
            self._look = replace(look, font=number)
        elif word == "uc" and number is not None:
            self._look = replace(look, unicode_tail=min(max(number, 0), 8))


def _character(number: int) -> str:
    """Return the character that a signed number of 16 bits stands for; halves of pairs are none."""
    code = number & 0xFFFF
    return "" if 0xD800 <= code < 0xE000 else chr(code)


def _known(encoding: str) -> str:
    try:
        "".encode(encoding)
        codecs.lookup(encoding)
    except LookupError:
        return CYRILLIC
    return encoding


def _fonts(text: str) -> dict[int, str]:
    """Return the encoding of each font that names a character set."""
    start = _FONT_TABLE.search(text)
    if start is None:
        return {}
    fonts = text[start.start() : start.start() + _FONT_TABLE_CHARACTERS]
    end = re.search(r"\}\s*\}", fonts)
    found = _FONT.finditer(fonts[: end.end()] if end else fonts)
    return {int(font[1]): _CHARSETS[int(font[2])] for font in found if int(font[2]) in _CHARSETS}


def _white_colours(text: str) -> frozenset[int]:
    """Return the numbers of the colours that nobody sees on paper."""
    table = _COLOUR_TABLE.search(text)
    if table is None:
        return frozenset()
    return frozenset(
        number
        for number, colour in enumerate(_COLOUR.finditer(table[1]))
        if colour[1] and min(map(int, colour.groups())) >= NEAR_WHITE
    )
