"""ODT → pages: text, tables, text boxes, headers and footers as a person sees them, and the pictures in them.

Deleted text of change tracking, hidden and white text are none.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element

import defusedxml.ElementTree as DefusedTree
from defusedxml import DefusedXmlException

from parsers.documents.flow import Flow, Lines
from parsers.documents.paper import DocumentPages
from parsers.documents.pasted import Pasted, with_pictures
from parsers.documents.word import BROKEN, is_inflated
from parsers.facts import Trouble
from parsers.limits import Limits

_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FORMAT: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_SVG: Final = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"

_PARAGRAPHS: Final = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_SKIPPED: Final = frozenset(
    {f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_TEXT}note", f"{_TEXT}sequence-decls"}
)
_CELLS: Final = (
    f"{_TABLE}table-cell",
    f"{_TABLE}covered-table-cell",
)  # what another covers is empty
_POINTS: Final = {"cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pt": 1.0, "px": 0.75}
_SPACES: Final = 200  # of one text:s element at most; a file can claim billions
_ODF_ERRORS: Final = (*BROKEN, DefusedXmlException)


def read_odt(content: bytes, name: str, *, limits: Limits) -> DocumentPages:
    """Read an ODT's text and pictures; what is broken, closed or too large is said in the result."""
    try:
        if is_inflated(content):
            return DocumentPages(
                name=name, trouble=Trouble.TOO_LARGE, detail="документ слишком велик"
            )
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if b"encryption-data" in package.read("META-INF/manifest.xml"):
                return DocumentPages(
                    name=name, trouble=Trouble.ENCRYPTED, detail="файл закрыт паролем"
                )
            reader = _Reader(package, limits)
            reader.read()
    except _ODF_ERRORS:
        return DocumentPages(name=name, trouble=Trouble.MALFORMED, detail="документ ODT повреждён")
    return with_pictures(name, reader.flow, reader.pasted, limits)


class _Reader:
    """Walks content.xml in reading order, the page style's header before it and its footer after."""

    def __init__(self, package: zipfile.ZipFile, limits: Limits) -> None:
        self.flow = Flow()
        self.pasted: list[Pasted] = []
        self._package = package
        self._limits = limits
        self._unseen: frozenset[str] = frozenset()

    def read(self) -> None:
        """Read the whole document."""
        styles = self._xml("styles.xml") if "styles.xml" in self._package.namelist() else None
        content = self._xml("content.xml")
        self._unseen = frozenset(
            name for tree in (styles, content) if tree is not None for name in _unseen(tree)
        )
        self._margin(styles, f"{_STYLE}header")
        for body in content.iter(f"{_OFFICE}text"):
            self._blocks(body)
        self._margin(styles, f"{_STYLE}footer")

    def _xml(self, part: str) -> Element:
        tree: Element = DefusedTree.fromstring(self._package.read(part))
        return tree

    def _margin(self, styles: Element | None, tag: str) -> None:
        """Read a header or footer; its pictures are the letterhead's, never a seal."""
        margin = next(styles.iter(tag), None) if styles is not None else None
        if margin is not None:
            pasted = len(self.pasted)
            self._blocks(margin)
            del self.pasted[pasted:]

    def _blocks(self, parent: Element) -> None:
        for child in parent:
            if child.tag in _PARAGRAPHS:
                boxes: list[Element] = []
                self.flow.add("".join(self._texts(child, boxes)))
                for box in boxes:
                    self._blocks(box)
            elif child.tag == f"{_TABLE}table":
                self._table(child)
            elif child.tag == f"{_DRAW}frame":
                boxes = []
                self._frame(child, boxes)
                for box in boxes:
                    self._blocks(box)
            elif child.tag == f"{_TEXT}soft-page-break":
                self.flow.turn_page()
            elif child.tag not in _SKIPPED:
                self._blocks(child)

    def _texts(self, node: Element, boxes: list[Element]) -> Iterator[str]:
        if node.get(f"{_TEXT}style-name") not in self._unseen:
            yield node.text or ""
            for child in node:
                yield from self._inline(child, boxes)
                yield child.tail or ""

    def _inline(self, child: Element, boxes: list[Element]) -> Iterator[str]:
        if child.tag == f"{_TEXT}s":
            yield " " * min(int(child.get(f"{_TEXT}c", 1)), _SPACES)
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag == f"{_DRAW}frame":
            self._frame(child, boxes)
        elif child.tag not in _SKIPPED:
            yield from self._texts(child, boxes)

    def _frame(self, frame: Element, boxes: list[Element]) -> None:
        """Note the picture of a frame, or its text box for later."""
        boxes.extend(frame.iter(f"{_DRAW}text-box"))
        for image in frame.iter(f"{_DRAW}image"):
            link = image.get(_LINK, "").removeprefix("./")
            if link not in self._package.namelist():
                continue
            if self._package.getinfo(link).file_size <= self._limits.file_bytes:
                width, height = _length(frame, "width"), _length(frame, "height")
                content = self._package.read(link)
                self.pasted.append(Pasted(content, width, height, len(self.flow.lines())))

    def _table(self, table: Element) -> None:
        for row in _own(table, f"{_TABLE}table-row"):
            cells = [self._cell(cell) for cell in _own(row, *_CELLS)]
            self.flow.add_row(cells)

    def _cell(self, cell: Element) -> Lines:
        outer, self.flow = self.flow, Flow()
        try:
            self._blocks(cell)
            return self.flow.lines()
        finally:
            self.flow = outer


def _own(parent: Element, *tags: str) -> Iterator[Element]:
    """Descendants with one of `tags` that are not in another table within."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag not in (f"{_TABLE}table", *_CELLS):
            yield from _own(child, *tags)


def _unseen(tree: Element) -> Iterator[str]:
    """Names of the styles whose text a person does not see."""
    for style in tree.iter(f"{_STYLE}style"):
        for look in style.iter(f"{_STYLE}text-properties"):
            white = look.get(f"{_FORMAT}color", "").lower() in ("#ffffff", "#fefefe")
            ground = look.get(f"{_FORMAT}background-color", "transparent")
            struck = look.get(f"{_STYLE}text-line-through-style", "none") != "none"
            hidden = look.get(f"{_TEXT}display") == "none"
            if struck or hidden or (white and ground == "transparent"):
                yield style.get(f"{_STYLE}name", "")


def _length(frame: Element, side: str) -> float | None:
    value: Any = frame.get(f"{_SVG}{side}", "")
    factor = _POINTS.get(value[-2:])
    try:
        return float(value[:-2]) * factor if factor else None
    except ValueError:
        return None
