"""Makes the files beside it: `python tests/data/documents/make.py`.

One document written by python-docx and saved anew by LibreOffice (`soffice`) as DOC and RTF: what a person does not
see, header and footer, a table with cells merged both ways, an empty cell and a table within, a page break.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import docx
from docx.shared import Pt, RGBColor

HERE = Path(__file__).parent


def write(path: Path) -> None:
    """Write the document."""
    document: Any = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "Школа № 7"
    section.footer.paragraphs[0].text = "Исполнитель"
    paragraph = document.add_paragraph("Видно ")
    paragraph.add_run("скрыто ").font.hidden = True
    paragraph.add_run("белое ").font.color.rgb = RGBColor(255, 255, 255)
    paragraph.add_run("мелкое ").font.size = Pt(2)
    paragraph.add_run("зачёркнуто ").font.strike = True
    paragraph.add_run("всем\nв две строки\tтаб")
    table = document.add_table(4, 4)
    for row in range(4):
        for column in range(4):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 0).merge(table.cell(0, 3))
    table.cell(0, 0).text = "шапка"
    table.cell(1, 0).merge(table.cell(3, 0))
    table.cell(1, 0).text = "сбоку"
    table.cell(2, 1).text = ""
    inner = table.cell(3, 3).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "а", "б"
    document.add_paragraph("После ёж 😀")
    document.add_page_break()
    document.add_paragraph("Вторая страница")
    document.save(path)


def main() -> None:
    """Write the document and have LibreOffice save it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "look.docx")
        for kind in ("doc:MS Word 97", "rtf"):
            command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
            command += ["--convert-to", kind, "--outdir", str(HERE), "look.docx"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)


if __name__ == "__main__":
    main()
