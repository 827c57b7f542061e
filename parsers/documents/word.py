"""DOCX → pages: paragraphs, tables, headers, footers and text boxes as a person sees them, and the pictures in them.

What is deleted under change tracking, hidden, white or too small to be read is no text. Macros and links are never
followed.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn

from parsers.documents.flow import Flow, Lines
from parsers.documents.paper import DocumentPages
from parsers.documents.pasted import Pasted, with_pictures
from parsers.facts import Trouble
from parsers.limits import Limits

XML_BYTES: Final = 12_000_000  # of one part, unpacked; 200 pages of text have 5 MB
EMU_PER_POINT: Final = 12_700
MOST_COLUMNS: Final = 64  # that one cell may take; Word allows 63
TINY_HALF_POINTS: Final = 7  # type below 4 points is not meant to be read
NEAR_WHITE: Final = 224  # of 255, each of the three colours
BROKEN: Final = (
    OpcError,
    SyntaxError,  # of XML
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    OSError,
    EOFError,
    RuntimeError,  # zipfile's word for a password
)
"""What python-docx and what it stands on raise on broken files."""

_SKIPPED: Final = frozenset(
    qn(name) for name in ("w:del", "w:moveFrom", "w:instrText", "w:delText", "w:pPr", "w:rPr")
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_CONTAINERS: Final = frozenset(
    qn(name) for name in ("w:sdt", "w:sdtContent", "w:customXml", "w:smartTag", "w:ins", "w:moveTo")
)
_PICTURES: Final = frozenset({qn("w:drawing"), qn("w:pict"), qn("w:object")})
_VML_PICTURE: Final = "{urn:schemas-microsoft-com:vml}imagedata"
_BREAKS: Final = frozenset({qn("w:br"), qn("w:cr")})
_TEXT_BOX: Final = qn("w:txbxContent")
_PAGE: Final = "\f"
_MARKS: Final = {
    qn("w:tab"): "\t",
    qn("w:noBreakHyphen"): "-",
    qn("w:lastRenderedPageBreak"): _PAGE,
}


def read_docx(content: bytes, name: str, *, limits: Limits) -> DocumentPages:
    """Read a Word document's text and pictures; what is broken or too large is said in the result."""
    try:
        if is_inflated(content):
            return DocumentPages(
                name=name, trouble=Trouble.TOO_LARGE, detail="документ слишком велик"
            )
        document = docx.Document(io.BytesIO(content))
        reader = _Reader()
        reader.read(document)
    except BROKEN:
        return DocumentPages(name=name, trouble=Trouble.MALFORMED, detail="документ Word повреждён")
    return with_pictures(name, reader.flow, reader.pasted, limits)


def is_inflated(content: bytes) -> bool:
    """Whether a part of an office package is too large to be read. Raises one of BROKEN."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return any(
            part.file_size > XML_BYTES and part.filename.endswith((".xml", ".rels"))
            for part in package.infolist()
        )


class _Reader:
    """Walks a document's XML in reading order; `part` is where its pictures are looked up."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.pasted: list[Pasted] = []

    def read(self, document: Any) -> None:
        """Read header, body, footer."""
        section = document.sections[0] if len(document.sections) else None
        first = section is not None and section.different_first_page_header_footer
        if section is not None:
            self._margin(section.first_page_header if first else section.header)
        self._blocks(document.element.body, document.part)
        if section is not None:
            self._margin(section.first_page_footer if first else section.footer)

    def _margin(self, margin: Any) -> None:
        """Read a header or footer; its pictures are the letterhead's, never a seal."""
        if not margin.is_linked_to_previous:
            pasted = len(self.pasted)
            self._blocks(margin._element, margin.part)
            del self.pasted[pasted:]

    def _blocks(self, parent: Any, part: Any) -> None:
        for child in parent:
            if child.tag == qn("w:p"):
                self._paragraph(child, part)
            elif child.tag == qn("w:tbl"):
                self._table(child, part)
            elif child.tag in _CONTAINERS:
                self._blocks(child, part)

    def _paragraph(self, paragraph: Any, part: Any) -> None:
        if paragraph.find(f"{qn('w:pPr')}/{qn('w:pageBreakBefore')}") is not None:
            self.flow.turn_page()
        boxes: list[Any] = []
        text = "".join(self._texts(paragraph, part, boxes))
        before, found, after = text.partition(_PAGE)
        if found and not before.strip():
            self.flow.turn_page()
        self.flow.add((before + after).replace(_PAGE, ""))
        if found and before.strip():
            self.flow.turn_page()
        for box in boxes:
            self._blocks(box, part)

    def _texts(self, node: Any, part: Any, boxes: list[Any]) -> Iterator[str]:
        for child in node:
            tag = child.tag
            if tag in _SKIPPED or (tag == qn("w:r") and _is_unseen(child)):
                continue
            if tag == qn("w:t"):
                yield child.text or ""
            elif tag in _MARKS:
                yield _MARKS[tag]
            elif tag in _BREAKS:
                yield _PAGE if child.get(qn("w:type")) == "page" else "\n"
            elif tag == _TEXT_BOX:
                boxes.append(child)
            else:
                if tag in _PICTURES:
                    self.pasted.extend(_pictures(child, part, len(self.flow.lines())))
                yield from self._texts(child, part, boxes)

    def _table(self, table: Any, part: Any) -> None:
        for row in table.iter(qn("w:tr")):
            if next(row.iterancestors(qn("w:tbl"))) is not table:
                continue  # of a table within: it is read with its cell
            cells: list[Lines] = []
            for cell in row.iter(qn("w:tc")):
                if next(cell.iterancestors(qn("w:tr"))) is row:
                    cells += [self._cell(cell, part), *[[]] * (_width(cell) - 1)]
            self.flow.add_row(cells)

    def _cell(self, cell: Any, part: Any) -> Lines:
        outer, self.flow = self.flow, Flow()
        try:
            self._blocks(cell, part)
            return self.flow.lines()
        finally:
            self.flow = outer


def _width(cell: Any) -> int:
    """Return how many columns a cell takes."""
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    return min(max(int(span.get(qn("w:val"), 1)), 1), MOST_COLUMNS) if span is not None else 1


def _pictures(drawing: Any, part: Any, line: int) -> Iterator[Pasted]:
    """Find the pictures of one drawing, with their size on paper where it says so."""
    extent = drawing.find(f".//{qn('wp:extent')}")
    width = height = None
    if extent is not None:
        width = int(extent.get("cx", 0)) / EMU_PER_POINT or None
        height = int(extent.get("cy", 0)) / EMU_PER_POINT or None
    links = [blip.get(qn("r:embed")) for blip in drawing.iter(qn("a:blip"))]
    links += [data.get(qn("r:id")) for data in drawing.iter(_VML_PICTURE)]
    for link in links:
        relation = part.rels.get(link)
        if relation is not None and not relation.is_external:
            yield Pasted(relation.target_part.blob, width, height, line)


def _is_unseen(run: Any) -> bool:
    """Whether a run is hidden, struck out, tiny, or white on white."""
    look = run.find(qn("w:rPr"))
    if look is None:
        return False
    if any(_is_on(look.find(qn(name))) for name in ("w:vanish", "w:strike", "w:dstrike")):
        return True
    size = look.find(qn("w:sz"))
    if size is not None and float(size.get(qn("w:val"), TINY_HALF_POINTS + 1)) <= TINY_HALF_POINTS:
        return True
    colour = look.find(qn("w:color"))
    return colour is not None and _is_white(colour.get(qn("w:val"), "")) and not _is_shaded(run)


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(qn("w:val"), "1") not in ("0", "false", "off")


def _is_white(colour: str) -> bool:
    """Whether a person sees nothing of this colour on white paper (an RRGGBB; «auto» is black)."""
    try:
        return min(bytes.fromhex(colour)[:3], default=0) >= NEAR_WHITE
    except ValueError:
        return False


def _is_shaded(run: Any) -> bool:
    """Whether a run, its paragraph or its cell has a ground of its own."""
    for node in (run, *run.iterancestors(qn("w:p"), qn("w:tc"))):
        for shade in node.iterfind(f"*/{qn('w:shd')}"):
            fill = shade.get(qn("w:fill"), "auto")
            if fill != "auto" and not _is_white(fill):
                return True
    return False
