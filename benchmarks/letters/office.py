"""Drafts as files of word processors: DOCX, RTF, ODT, and DOC by LibreOffice where it is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import docx

from benchmarks.letters.drafts import Draft, Table

_ODT_TYPE: Final = "application/vnd.oasis.opendocument.text"
_NAMESPACES: Final = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (("office", "office"), ("text", "text"), ("table", "table"))
)


def _paper(draft: Draft) -> Iterator[str | Table]:
    """Yield the paper from its letterhead to its foot."""
    school = draft.school
    yield school.founder
    yield school.full_name
    yield f"{school.address}, тел. {school.phone}"
    if draft.shows_inn:
        yield f"ИНН {school.inn} ОГРН {school.ogrn}"
    yield ""
    if draft.wording.heading == "order":
        yield "ПРИКАЗ"
    yield f"от {draft.printed_date} № {draft.number}"
    yield draft.title
    yield from draft.blocks
    yield ""
    yield f"{draft.post}\t\t\t{draft.people['h']:nom.sign}"
    yield from draft.tail


def docx_file(draft: Draft) -> bytes:
    """Return the letter as DOCX."""
    document = docx.Document()
    for block in _paper(draft):
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(len(block), len(block[0]))
        for number, row in enumerate(block):
            for column, text in enumerate(row):
                table.cell(number, column).text = text
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def rtf_file(draft: Draft) -> bytes:
    """Return the letter as RTF in the manner of WordPad: cp1251, characters beyond it as Unicode."""
    parts = [r"{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fcharset204 Times New Roman;}}\f0\fs24 "]
    for block in _paper(draft):
        if isinstance(block, str):
            parts.append(_rtf(block) + "\\par\n")
            continue
        for row in block:
            cells = "".join(rf"\cellx{2400 * (at + 1)}" for at in range(len(row)))
            texts = "".join(rf"{_rtf(text)}\intbl\cell " for text in row)
            parts.append(rf"\trowd{cells} {texts}\row" + "\n")
        parts.append(r"\pard ")
    return "".join((*parts, "}")).encode("ascii")


def _rtf(text: str) -> str:
    made = []
    for sign in text:
        if sign in "\\{}":
            made.append("\\" + sign)
        elif sign == "\t":
            made.append(r"\tab ")
        elif ord(sign) < 128:
            made.append(sign)
        else:
            try:
                made += [f"\\'{byte:02x}" for byte in sign.encode("cp1251")]
            except UnicodeEncodeError:
                made.append(f"\\u{ord(sign)}?")
    return "".join(made)


def odt_file(draft: Draft) -> bytes:
    """Return the letter as ODT."""
    parts: list[str] = []
    for block in _paper(draft):
        if isinstance(block, str):
            text = escape(block).replace("\t", "<text:tab/>")
            parts.append(f"<text:p>{text}</text:p>")
            continue
        rows = "".join(
            "<table:table-row>"
            + "".join(
                f"<table:table-cell><text:p>{escape(cell)}</text:p></table:table-cell>"
                for cell in row
            )
            + "</table:table-row>"
            for row in block
        )
        parts.append(f"<table:table>{rows}</table:table>")
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.2">'
        f"<office:body><office:text>{''.join(parts)}</office:text></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", _ODT_TYPE)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODT_TYPE}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        )
    return buffer.getvalue()


def has_office() -> bool:
    """Say whether LibreOffice can make DOC files here."""
    return shutil.which("soffice") is not None


def doc_file(draft: Draft) -> bytes:
    """Return the letter as DOC; some seconds each, by LibreOffice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "letter.docx").write_bytes(docx_file(draft))
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
             "--convert-to", "doc:MS Word 97", "--outdir", name, str(folder / "letter.docx")],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return (folder / "letter.doc").read_bytes()
