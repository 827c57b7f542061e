"""Comma-separated values and their kin: the encoding and the delimiter are told by the content."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from typing import Final

from parsers.limits import Limits
from parsers.sheets.grid import EMPTY_RUN, Cell, GridBuilder, Sheet

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY: Final = ("cp1251", "koi8-r", "cp866", "mac-cyrillic")
_FREQUENT: Final = frozenset("оеаинтсрвлкмдпу")  # nine in ten letters of a Russian text
_DELIMITERS: Final = (";", "\t", ",", "|")
_SAMPLE_LINES: Final = 60

# A mark of punctuation in a text: programs put no space behind a delimiter
_IN_TEXT: Final = {mark: re.compile(re.escape(mark) + r"[^\S\r\n\t]") for mark in ";,"}
_QUOTED: Final = re.compile(r'"[^"]*"')

# Excel's first line naming the delimiter: «sep=;»
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
# What no text holds: control characters other than tab, line feed, form feed, carriage return
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# A value that Excel was told to keep as text: ="0542000120"
_QUOTED_FORMULA: Final = re.compile(r'="(.*)"', re.DOTALL)


def is_binary(content: bytes) -> bool:
    """Tell whether the bytes cannot be text in any encoding that is read here."""
    head = content[:4096]
    return _unicode(head) is None and bool(_CONTROL.search(head))


def decode(content: bytes) -> str:
    """Return the text of a file whose encoding is not known; never raises."""
    encoding = _unicode(content[:4096])
    if encoding is not None:
        return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        head = content[:20_000]
        best = max(_LEGACY, key=lambda name: _likelihood(head.decode(name, "replace")))
        return content.decode(best, "replace")


def read(content: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """Read a file of delimited values as one sheet named «Лист1».

    Raises: ValueError where the bytes are no text.
    """
    text = decode(content).replace("\x00", "")
    named = _SEPARATOR_LINE.match(text)
    if named is not None:
        text = text[named.end() :]
    delimiter = named[1] if named is not None else _delimiter(text)
    grid = GridBuilder("Лист1", limits)
    empty = 0
    for row, values in enumerate(_rows(text, delimiter)):
        if not grid.within(row):
            grid.cut = True
            break
        for column, value in enumerate(values[: limits.columns]):
            grid.put(row, column, Cell(_unquoted(value)))
        empty = 0 if any(value.strip() for value in values) else empty + 1
        if empty > EMPTY_RUN:
            break
    return (grid.build(),)


def _unicode(head: bytes) -> str | None:
    """Return the encoding that a byte order mark or the zero bytes of UTF-16 give away."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    if len(head) >= 8:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        pairs = Counter(head[1::2])
        if odd > len(head) / 16 and even == 0 and pairs[0] + pairs[4] > len(head) * 0.4:
            return "utf-16-le"
    return None


def _likelihood(text: str) -> float:
    """Score a decoding: frequent small letters speak for it, capitals inside words against."""
    small = sum(text.count(letter) for letter in _FREQUENT)
    wrong = len(re.findall(r"[а-яё][А-ЯЁ]", text)) + len(
        re.findall(r"[^\x00-\x7fА-Яа-яЁё№«»–— ]", text)
    )
    return small - 3 * wrong


def _rows(text: str, delimiter: str) -> csv._reader:  # type: ignore[name-defined]
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the first lines into the most even rows."""
    sample = "".join(text.splitlines(keepends=True)[:_SAMPLE_LINES])
    return max(_DELIMITERS, key=lambda mark: (_evenness(sample, mark), -_DELIMITERS.index(mark)))


def _evenness(sample: str, delimiter: str) -> float:
    """Return the share of rows that a delimiter cuts alike; 0.0 for punctuation in a list of one column."""
    if delimiter in _IN_TEXT:
        plain = _QUOTED.sub("", sample)
        if len(_IN_TEXT[delimiter].findall(plain)) * 2 > plain.count(delimiter):
            return 0.0
    try:
        widths = [len(row) for row in _rows(sample, delimiter) if row]
    except csv.Error:
        return 0.0
    cut = Counter(width for width in widths if width > 1)
    if not cut:
        return 0.0
    _, rows = cut.most_common(1)[0]
    return rows / len(widths)


def _unquoted(value: str) -> str:
    match = _QUOTED_FORMULA.fullmatch(value.strip())
    return match[1] if match is not None else value
