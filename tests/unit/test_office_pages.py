"""Word processors' files → pages: DOCX by python-docx, ODT and RTF by hand, DOC by a stub of the command."""

from __future__ import annotations

import io
import shutil
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.shared import Inches, Pt, RGBColor
from PIL import Image, ImageDraw

from parsers.documents.pages import read_pages
from parsers.documents.paper import DocumentPages
from parsers.facts import Trouble
from parsers.limits import Limits

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns"
NUMBER = "+7 999 000-11-22"


def read(content: bytes, name: str = "п.docx") -> DocumentPages:
    return read_pages(content, name, limits=Limits(), expired=lambda: False)


def text_of(found: DocumentPages) -> str:
    return "\n".join(page.text.text for page in found.pages if page.text is not None)


def saved(document: docx.document.Document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def jpeg(width: int, height: int) -> io.BytesIO:
    target = io.BytesIO()
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).ellipse((10, 10, width - 10, height - 10), outline="blue", width=8)
    image.save(target, "JPEG")
    target.seek(0)
    return target


def odt(body: str, styles: str = "", manifest: str = "", **parts: str | bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for part, content in parts.items():
            package.writestr(part.replace("__", ".").replace("_", "/"), content)
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        package.writestr(
            "content.xml",
            f'<o:document-content xmlns:o="{ODF}:office:1.0" xmlns:text="{ODF}:text:1.0"'
            f' xmlns:table="{ODF}:table:1.0" xmlns:style="{ODF}:style:1.0"'
            f' xmlns:fo="{ODF}:xsl-fo-compatible:1.0" xmlns:draw="{ODF}:drawing:1.0"'
            f' xmlns:svg="{ODF}:svg-compatible:1.0" xmlns:x="http://www.w3.org/1999/xlink"><o:automatic-styles>{styles}'
            f"</o:automatic-styles><o:body><o:text>{body}</o:text></o:body></o:document-content>",
        )
    return target.getvalue()


def test_header_paragraphs_tables_and_footer_are_read_in_order() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "МБОУ СОШ № 12"
    document.sections[0].footer.paragraphs[0].text = "Исп. Сидорова"
    document.add_paragraph("Директор\t\tП. П. Петров")
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "Администратор"
    table.cell(0, 1).text = "Иванова\nМария Петровна"
    assert text_of(read(saved(document))) == (
        "МБОУ СОШ № 12\nДиректор\tП. П. Петров\nАдминистратор\tИванова Мария Петровна\nИсп. Сидорова"
    )


def test_columns_of_running_text_are_read_one_after_the_other() -> None:
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "слово " * 30
    table.cell(0, 1).text = "Главе города"
    assert text_of(read(saved(document))).endswith("слово\nГлаве города")


def test_text_in_a_text_box_is_read_once() -> None:
    document = docx.Document()
    box = "<w:txbxContent><w:p><w:r><w:t>Угловой штамп</w:t></w:r></w:p></w:txbxContent>"
    run = document.add_paragraph("Текст").add_run()
    run._r.append(
        parse_xml(
            f'<mc:AlternateContent xmlns:w="{WORD}"'
            ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
        )
    )
    assert text_of(read(saved(document))) == "Текст\nУгловой штамп"


@pytest.mark.parametrize("look", ["hidden", "white", "tiny", "struck"])
def test_text_that_a_person_does_not_see_or_that_is_struck_out_is_none(look: str) -> None:
    document = docx.Document()
    run = document.add_paragraph("видно ").add_run(NUMBER)
    run.font.hidden = look == "hidden"
    run.font.strike = look == "struck"
    if look == "white":
        run.font.color.rgb = RGBColor(255, 255, 255)
    if look == "tiny":
        run.font.size = Pt(1)
    assert text_of(read(saved(document))) == "видно"


def test_white_text_on_a_dark_ground_is_read() -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run("Шапка")
    run.font.color.rgb = RGBColor(255, 255, 255)
    run._r.get_or_add_rPr().append(parse_xml(f'<w:shd xmlns:w="{WORD}" w:fill="003366"/>'))
    assert text_of(read(saved(document))) == "Шапка"


def test_what_was_deleted_under_change_tracking_is_no_text_and_what_was_inserted_is() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Назначить ")
    for tag, text in (("del", "<w:delText>Абрамову</w:delText>"), ("ins", "<w:t>Иванову</w:t>")):
        paragraph._p.append(
            parse_xml(f'<w:{tag} xmlns:w="{WORD}" w:id="1"><w:r>{text}</w:r></w:{tag}>')
        )
    assert text_of(read(saved(document))) == "Назначить Иванову"


def test_a_scan_pasted_into_the_text_is_a_page_to_be_recognized() -> None:
    document = docx.Document()
    document.add_paragraph("Приказ")
    document.add_picture(jpeg(1240, 1754), width=Inches(6))
    text, scan = read(saved(document)).pages
    assert text.text is not None
    assert (scan.number, scan.text) == (2, None)
    assert scan.raster is not None
    assert scan.raster() is not None


def test_a_small_picture_at_the_end_may_be_a_seal_and_an_emblem_at_the_top_is_none() -> None:
    document = docx.Document()
    document.add_picture(jpeg(300, 300), width=Inches(1))
    for number in range(9):
        document.add_paragraph(f"Строка {number}")
    document.add_picture(jpeg(320, 320), width=Inches(1.6))
    [stamp] = read(saved(document)).stamps
    raster = stamp()
    assert raster is not None
    assert raster.dpi == pytest.approx(200)


def test_a_part_that_is_too_large_when_unpacked_is_not_read() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 20_000_000)
    assert read(target.getvalue()).trouble is Trouble.TOO_LARGE


def test_a_package_that_is_no_document_is_malformed() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/document.xml", b"<w:document")
    assert read(target.getvalue()).trouble is Trouble.MALFORMED


def test_an_odt_is_read_with_its_tables_tabs_and_line_breaks() -> None:
    body = (
        "<text:p>Директор<text:tab/>П.<text:s/>П. Петров</text:p><text:p>раз<text:line-break/>два"
        "</text:p><table:table><table:table-row><table:table-cell><text:p>Телефон</text:p>"
        "</table:table-cell><table:table-cell><text:p>8 916</text:p><text:p>123-45-67</text:p>"
        "</table:table-cell></table:table-row></table:table>"
    )
    found = read(odt(body), "п.odt")
    assert text_of(found) == "Директор\tП. П. Петров\nраз\nдва\nТелефон\t8 916 123-45-67"


def test_hidden_white_and_deleted_text_of_an_odt_is_none() -> None:
    styles = "".join(
        f'<style:style style:name="{name}"><style:text-properties {look}/></style:style>'
        for name, look in (("a", 'text:display="none"'), ("b", 'fo:color="#ffffff"'))
    )
    body = (
        f"<text:tracked-changes><text:p>{NUMBER}</text:p></text:tracked-changes><text:p>видно "
        f'<text:span text:style-name="a">{NUMBER}</text:span>'
        f'<text:span text:style-name="b">{NUMBER}</text:span> всем</text:p>'
    )
    assert text_of(read(odt(body, styles), "п.odt")) == "видно всем"


def test_header_text_boxes_and_pictures_of_an_odt_are_read() -> None:
    styles = (
        f'<o:document-styles xmlns:o="{ODF}:office:1.0" xmlns:style="{ODF}:style:1.0"'
        f' xmlns:text="{ODF}:text:1.0"><style:header><text:p>Школа</text:p></style:header>'
        "</o:document-styles>"
    )
    body = (
        "<text:p>Приказ<draw:frame><draw:text-box><text:p>Штамп</text:p></draw:text-box>"
        '</draw:frame></text:p><draw:frame svg:width="17cm" svg:height="24cm">'
        '<draw:image x:href="Pictures/scan.jpg"/></draw:frame><text:soft-page-break/>'
        "<text:p>Приложение</text:p>"
    )
    scan = jpeg(1240, 1754).getvalue()
    found = read(odt(body, styles__xml=styles, Pictures_scan__jpg=scan), "п.odt")
    assert text_of(found) == "Школа\nПриказ\nШтамп\nПриложение"
    assert [page.text is None for page in found.pages] == [False, False, True]


def test_an_odt_with_a_password_is_encrypted() -> None:
    found = read(odt("", manifest="<encryption-data/>"), "п.odt")
    assert found.trouble is Trouble.ENCRYPTED


def test_an_rtf_in_cp1251_is_read_with_its_header_and_without_hidden_text() -> None:
    russian = {
        name: "".join(f"\\'{byte:02x}" for byte in text.encode("cp1251"))
        for name, text in (("head", "Школа"), ("text", "Приказ"), ("secret", "тайно"))
    }
    content = (
        r"{\rtf1\ansi\ansicpg1251{\header " + russian["head"] + r"\par}" + russian["text"] + "{"
        r"\v " + russian["secret"] + r"}\par 8 916\cell 12\cell\row}"
    )
    lines = text_of(read(content.encode("ascii"), "п.rtf")).split("\n")
    assert lines[0] == "Школа"
    assert "Приказ" in lines
    assert "8 916\t12" in lines
    assert "тайно" not in "".join(lines)


def test_a_picture_in_an_rtf_is_a_page() -> None:
    scan = jpeg(1240, 1754).getvalue().hex()
    content = r"{\rtf1 {\pict\jpegblip\picwgoal9000\pichgoal12700 " + scan + "}}"
    [page] = read(content.encode("ascii"), "п.rtf").pages
    assert page.text is None


@pytest.mark.parametrize("broken", [b"{\\rtf1 {{{{ \\'zz \\u999999999999?", b"{\\rtf"])
def test_a_broken_rtf_does_no_harm(broken: bytes) -> None:
    assert not text_of(read(broken, "п.rtf")).startswith("{")


def test_a_doc_that_the_command_cannot_read_is_malformed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000)
    assert read(content, "п.doc").trouble is Trouble.MALFORMED


def test_a_doc_with_a_password_is_encrypted() -> None:
    stream = b"\xec\xa5" + bytes(8) + b"\x00\x01" + bytes(500)
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream
    assert read(content, "п.doc").trouble is Trouble.ENCRYPTED
