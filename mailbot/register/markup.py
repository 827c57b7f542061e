"""Registers as XML: any file whose records have the ИНН as an attribute or as a child without children.

The records of the education supervision lie one in another (a certificate, the organization, its
branches), each with its own ИНН: every one is a record. A record of the tax service (СвЮЛ) has its
ИНН as an attribute; the organizations in it are its founders and keepers, and no records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

from mailbot.register.columns import Columns, fold_header
from mailbot.register.lines import Advance, Line, RegisterFileError

_CHUNK: Final = 1 << 16
_LONGEST_VALUE: Final = 4_000
_MOST_VALUES: Final = 1_000
"""So many different paths of one record are kept in mind; more is no register."""


def read_markup(path: Path, columns: Columns, advance: Advance) -> Iterator[Line]:
    """Yield the records of an XML file in constant memory. Raises `RegisterFileError`."""
    parser: Any = make_parser()
    records = _Records(columns, parser.getLineNumber)
    parser.setContentHandler(records)
    found = False
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                parser.feed(chunk)
                advance(file.tell())
                found = found or bool(records.lines)
                yield from records.taken()
        parser.close()
        yield from records.taken()
    except SAXParseException as error:
        raise RegisterFileError(
            f"XML повреждён: строка {error.getLineNumber()}: {error.getMessage()}"
        ) from None
    except DefusedXmlException:
        raise RegisterFileError("в XML есть сущности; такие файлы не читаются") from None
    if not found:
        raise RegisterFileError(
            "нет записей с ИНН; если он назван необычно, впишите путь к нему: "
            '[register.columns] inn = ["…"]'
        )


@dataclass(slots=True)
class _Element:
    name: str
    line: int
    inside: bool  # in an element that has its ИНН as an attribute
    keyed: bool = False  # has its ИНН as an attribute, or is inside of one
    text: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)  # path from here -> text
    is_leaf: bool = True


class _Records(ContentHandler):
    """Gathers the values of elements, and gives a record's away when it ends."""

    def __init__(self, columns: Columns, line: Callable[[], int]) -> None:
        super().__init__()
        self._line = line
        self._columns = columns
        self._open: list[_Element] = []
        self._folded: dict[str, str] = {}
        self.lines: list[Line] = []

    def taken(self) -> list[Line]:
        """Return the records that have ended since the last call."""
        lines, self.lines = self.lines, []
        return lines

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802  a name of SAX
        """Begin an element with its attributes as values."""
        values = {self._fold(key): str(text).strip() for key, text in attrs.items()}
        above = self._open[-1] if self._open else None
        if above is not None:
            above.is_leaf = False
        element = _Element(
            self._fold(name),
            self._line(),
            inside=above is not None and above.keyed,
            values={key: text for key, text in values.items() if text},
        )
        element.keyed = element.inside or self._is_record(element)
        self._open.append(element)

    def characters(self, content: str) -> None:
        """Gather an element's text."""
        if len(self._open[-1].text) < _LONGEST_VALUE:
            self._open[-1].text.append(content[:_LONGEST_VALUE])

    def endElement(self, name: str) -> None:  # noqa: N802  a name of SAX
        """Give a record away, else hand the values up."""
        element = self._open.pop()
        if not element.inside and self._is_record(element):
            paths = self._columns.paths(tuple(element.values))
            values = {
                key: " ".join(" ".join(element.values[path] for path in some).split())
                for key, some in paths.items()
            }
            self.lines.append(Line(element.line, values))
        elif self._open and len(self._open[-1].values) < _MOST_VALUES:
            above = self._open[-1].values
            text = " ".join("".join(element.text).split())[:_LONGEST_VALUE]
            if element.is_leaf and text:
                above.setdefault(element.name, text)
            for path, value in element.values.items():
                above.setdefault(f"{element.name}/{path}", value)

    def _is_record(self, element: _Element) -> bool:
        return not self._columns.keys.isdisjoint(element.values)

    def _fold(self, name: str) -> str:
        folded = self._folded.get(name)
        if folded is None:
            folded = self._folded[name] = fold_header(name.rpartition(":")[2]).replace("/", " ")
        return folded
