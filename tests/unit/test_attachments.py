"""Specification of attachments: opened, told by content, each accounted for, danger named."""

from __future__ import annotations

import gzip
import io
import locale
import os
import struct
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pytest
from PIL import Image

from parsers.facts import DocumentKind, Role, Trouble
from parsers.files import pdfdanger
from parsers.files.attachments import File, open_attachments
from parsers.limits import Limits
from parsers.mail.mime import Part


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, *, user: str | None = None) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    if user is None:
        return saved(document.save)
    encryption = pikepdf.Encryption(owner="owner", user=user)
    return saved(lambda buffer: document.save(buffer, encryption=encryption))


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    def write(buffer: io.BytesIO) -> None:
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name, content in members.items():
                archive.writestr(name, content)

    return saved(write)


def raw_named_zip(name: bytes, content: bytes) -> bytes:
    place = "X" * len(name)
    return zipped({place: content}, zipfile.ZIP_STORED).replace(place.encode(), name)


def ooxml(*names: str, types: bytes = b"<Types/>") -> bytes:
    return zipped({"[Content_Types].xml": types, **dict.fromkeys(names, b"<x/>")})


def odf(media: str, manifest: bytes = b"", extra: Iterable[str] = ()) -> bytes:
    start = {"mimetype": media.encode()} if media else {}
    rest = dict.fromkeys(("content.xml", *extra), b"<x/>")
    return zipped({**start, **rest, "META-INF/manifest.xml": manifest})


def compound(*names: str, stream: bytes = b"") -> bytes:
    """An OLE file with one sector of directory and, behind it, the stream of the first name."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", *[0xFFFFFFFE] * 128)
    directory = bytearray(512)
    for at, name in enumerate(names):
        coded = name.encode("utf-16-le")
        entry = coded.ljust(64, b"\0") + struct.pack("<HB", len(coded) + 2, 2)
        entry = entry.ljust(116, b"\0") + struct.pack("<III", 2, 4096, 0)
        directory[at * 128 : at * 128 + 128] = entry
    return bytes(header) + table + bytes(directory) + stream.ljust(4096, b"\0")


def tnef(*attributes: tuple[int, bytes]) -> bytes:
    body = b"".join(
        struct.pack("<BHHI", 2, kind, 0, len(data)) + data + b"\0\0" for kind, data in attributes
    )
    return b"\x78\x9f\x3e\x22\x01\0" + body


def tnef_properties(*properties: tuple[int, int, bytes]) -> bytes:
    packed = struct.pack("<I", len(properties))
    for kind, tag, data in properties:
        packed += struct.pack("<HH", kind, tag)
        fixed = kind in (0x03, 0x40)
        packed += (
            data if fixed else struct.pack("<II", 1, len(data)) + data + b"\0" * (-len(data) % 4)
        )
    return packed


PDF = pdf()
XLSX = saved(openpyxl.Workbook().save)
DOCX = saved(docx.Document().save)
JPEG = saved(lambda buffer: Image.new("RGB", (20, 20)).save(buffer, "JPEG"))
PNG = saved(lambda buffer: Image.new("RGB", (20, 20)).save(buffer, "PNG"))
EML = (
    b"From: a@b.ru\r\nTo: c@d.ru\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
    b"--q\r\nContent-Type: text/plain\r\n\r\nhi\r\n--q\r\nContent-Type: application/pdf; name=in.pdf\r\n\r\n"
    + PDF
    + b"\r\n--q--\r\n"
)


def part(
    content: bytes,
    name: str = "a.bin",
    declared: str = "application/octet-stream",
    *,
    inline: bool = False,
) -> Part:
    return Part(name=name, media_type=declared, content=content, inline=inline)


def opened(
    content: bytes, name: str = "a.bin", declared: str = "x/y", limits: Limits | None = None
) -> tuple[File, ...]:
    return open_attachments([part(content, name, declared)], limits or Limits())


def one(content: bytes, name: str = "a.bin", declared: str = "x/y") -> File:
    (file,) = opened(content, name, declared)
    return file


@pytest.mark.parametrize(
    ("content", "name", "kind", "ending"),
    [
        (PDF, "Приказ.pdf", DocumentKind.PAGES, "pdf"),
        (b"\n\n" + PDF, "Приказ.pdf", DocumentKind.PAGES, "pdf"),
        (b"printer header\n" + PDF, "Приказ.pdf", DocumentKind.PAGES, "pdf"),
        (pdf(user=""), "Приказ.pdf", DocumentKind.PAGES, "pdf"),
        (DOCX, "Приказ.docx", DocumentKind.PAGES, "wordprocessingml.document"),
        (odf("application/vnd.oasis.opendocument.text"), "а.odt", DocumentKind.PAGES, ".text"),
        (
            odf("", b'<x media-type="application/vnd.oasis.opendocument.spreadsheet"/>'),
            "а.ods",
            DocumentKind.SHEET,
            ".spreadsheet",
        ),
        (
            odf("application/vnd.oasis.opendocument.graphics"),
            "а.odg",
            DocumentKind.UNKNOWN,
            "graphics",
        ),
        (b"{\\rtf1 x}", "а.rtf", DocumentKind.PAGES, "rtf"),
        (compound("WordDocument"), "а.doc", DocumentKind.PAGES, "msword"),
        (compound("Workbook"), "а.xls", DocumentKind.SHEET, "ms-excel"),
        (compound("PowerPoint Document"), "а.ppt", DocumentKind.UNKNOWN, "powerpoint"),
        (JPEG, "скан.jpg", DocumentKind.PAGES, "jpeg"),
        (PNG, "скан.png", DocumentKind.PAGES, "png"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "IMG_1.HEIC", DocumentKind.PAGES, "heic"),
        (b"\0\0\0\x18ftypavif" + bytes(20), "a.avif", DocumentKind.PAGES, "avif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", DocumentKind.PAGES, "webp"),
        (b"BM\0\0\0\0\0\0\0\0" + bytes(40), "a.bmp", DocumentKind.PAGES, "bmp"),
        (XLSX, "Анкета.xlsx", DocumentKind.SHEET, "spreadsheetml.sheet"),
        (ooxml("xl/workbook.bin"), "а.xlsb", DocumentKind.SHEET, "binary.macroenabled.12"),
        ("Поле;Значение\nИНН;7707083893".encode("cp1251"), "Анкета.csv", DocumentKind.SHEET, "csv"),
        (b"a\tb\n1\t2\n", "Анкета.xls", DocumentKind.SHEET, "tab-separated-values"),
        (b"a\tb\tc\n1\t2\t3\n4\t5\t6\n", "a.txt", DocumentKind.SHEET, "tab-separated-values"),
        (b"a;b\n1;2", "export", DocumentKind.TEXT, "plain"),
        (
            b"<html><body><table><tr><td>1</td></tr></table>",
            "Анкета.xls",
            DocumentKind.SHEET,
            "html",
        ),
        ("Добрый день".encode(), "письмо.txt", DocumentKind.TEXT, "plain"),
        ("Добрый день".encode("utf-16"), "письмо.txt", DocumentKind.TEXT, "plain"),
        (b"BEGIN:VCARD\nEND:VCARD", "a.vcf", DocumentKind.TEXT, "vcard"),
        (b"<?xml version='1.0'?><a/>", "a.xml", DocumentKind.UNKNOWN, "xml"),
        (
            b"<?xml version='1.0'?><svg xmlns='x'><path/></svg>",
            "logo.svg",
            DocumentKind.UNKNOWN,
            "svg+xml",
        ),
        (b"\0\0\0\x18ftypmp42" + bytes(20), "film.mp4", DocumentKind.UNKNOWN, "mp4"),
        (b"RIFF\0\0\0\0WAVE", "a.wav", DocumentKind.UNKNOWN, "wav"),
        (ooxml("ppt/presentation.xml"), "a.pptx", DocumentKind.UNKNOWN, "presentation"),
        (b"-----BEGIN PGP SIGNATURE-----\nabc", "a.asc", DocumentKind.SIGNATURE, "signature"),
        (b"-----BEGIN PGP SIGNATURE-----\nabc", "a.txt", DocumentKind.SIGNATURE, "signature"),
        (b"MIIabc", "Приказ.pdf.sig", DocumentKind.SIGNATURE, "signature"),
    ],
)
def test_a_file_is_told_by_its_content(
    content: bytes, name: str, kind: DocumentKind, ending: str
) -> None:
    file = one(content, name)
    assert (file.kind, file.trouble, file.name) == (kind, None, name)
    assert file.media_type.endswith(ending)
    assert file.content == content


@pytest.mark.parametrize(
    ("content", "name"),
    [(JPEG, "Приказ.pdf"), (XLSX, "Анкета.xls"), (PDF, "Приказ.jpg"), (DOCX, "а.doc")],
)
def test_a_harmless_mismatch_of_name_and_content_is_no_trouble(content: bytes, name: str) -> None:
    assert one(content, name).trouble is None


def javascript(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)")


def launch(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name("/Launch"), F="cmd.exe")
    document.pages[0].obj.AA = pikepdf.Dictionary(O=action)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ" + bytes(100), "Приказ.pdf"),
        (b"MZ" + b"a" * 58 + struct.pack("<I", 0x41414141 & 0x40) + b"PE", "Приказ.pdf"),
        (b"\x7fELF" + bytes(20), "a"),
        (b"\xcf\xfa\xed\xfe" + bytes(20), "a"),
        (b"#!/bin/sh\nrm x", "Приказ.txt"),
        (b"@echo off\r\ndel x", "a.txt"),
        (b"var s = new ActiveXObject('WScript.Shell')", "a.pdf"),
        (b"L\0\0\0\x01\x14\x02\0" + bytes(90), "Приказ"),
        (b"[InternetShortcut]\nURL=http://x", "Приказ.txt"),
        (bytes(0x8001) + b"CD001" + bytes(90), "a.bin"),
        (b"x" * 2000 + b"koly".ljust(512, b"\0"), "a.bin"),
        (b"<html>x</html>", "a.html"),
        (b"<html>x</html>", "Приказ.doc"),
        (b"text", "a.htm"),
        (b"<html><script>x</script><table></table></html>", "Анкета.xls"),
        (b"<html><p onclick=x><table></table></html>", "Анкета.xls"),
        (b"<html><table></table></html>", "Анкета.xlsx"),
        (b"<svg xmlns='x'><script/></svg>", "logo.svg"),
        (b"MIME-Version: 1.0\nSubject: x\nContent-Type: multipart/related\nFrom: a\n\nPGh0bWw+", "a.doc"),
        (pdf(javascript), "Приказ.pdf"),
        (pdf(launch), "Приказ.pdf"),
        (pdf(javascript, user=""), "Приказ.pdf"),
        (b"%PDF-1.4 broken /S /JavaScript", "Приказ.pdf"),
        (ooxml("xl/workbook.xml", "xl/vbaProject.bin"), "Анкета.xlsx"),
        (ooxml("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "Анкета.xlsx"),
        (ooxml("xl/workbook.xml", types=b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "a.xlsx"),
        (XLSX, "Анкета.xlsm"),
        (odf("application/vnd.oasis.opendocument.text", extra=["Basic/Standard/Module1.xml"]), "a.odt"),
        (compound("Workbook", "_VBA_PROJECT_CUR"), "Анкета.xls"),
        (compound("WordDocument", "Macros"), "Приказ.doc"),
        (compound("x"), "a.msi"),
        (zipped({"META-INF/MANIFEST.MF": b"", "A.class": b"x"}), "a.zip"),
        (PDF, "Приказ.pdf.exe"),
        (PDF, "Приказ.pdf          .scr"),
        (PDF, "Приказ.exe. "),
        (b"x", "Приказ\u202efdp.exe"),
        (PDF, "Приказ\u202efdp.jpg"),
        (b"x", "a.js"),
        (b"x", "a.lnk"),
        (bytes(600), "disk.img"),
    ],
)  # fmt: skip
def test_what_could_do_harm_is_dangerous(content: bytes, name: str) -> None:
    file = one(content, name)
    assert file.trouble is Trouble.DANGEROUS
    assert file.detail
    assert "\u202e" not in file.name


def test_a_workbook_with_macros_is_given_to_be_read_all_the_same() -> None:
    file = one(ooxml("xl/workbook.xml", "xl/vbaProject.bin"), "Анкета.xlsm")
    assert file.kind is DocumentKind.SHEET
    assert file.content
    assert "macroenabled" in file.media_type


@pytest.mark.parametrize(
    "content",
    [
        pdf(lambda document: document.Root.__setattr__("OpenAction", pikepdf.Array([0]))),
        b"%PDF-1.4 no objects, /ObjStm",
        "MZ — марка завода".encode(),
        b"MZ" + b"text " * 20,
    ],
)
def test_what_only_looks_dangerous_is_not(content: bytes) -> None:
    assert one(content).trouble is None


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (pdf(user="secret"), "Приказ.pdf"),
        (compound("EncryptedPackage"), "Приказ.docx"),
        (compound("WordDocument", stream=bytes(10) + b"\0\x01" + bytes(10)), "Приказ.doc"),
        (
            compound("Workbook", stream=struct.pack("<HHIHH", 0x0809, 4, 0, 0x2F, 2)),
            "Анкета.xls",
        ),
        (odf("application/vnd.oasis.opendocument.text", b"<manifest:encryption-data/>"), "a.odt"),
        (b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03" + bytes(90), "smime.p7m"),
    ],
)
def test_what_wants_a_password_is_encrypted(content: bytes, name: str) -> None:
    assert one(content, name).trouble is Trouble.ENCRYPTED


def test_a_workbook_without_a_password_is_not_encrypted() -> None:
    records = struct.pack("<HHIHHHH", 0x0809, 4, 0, 0x42, 2, 0, 0x0A) + bytes(2)
    for stream in (records, b"\x01" * 20, struct.pack("<HHI", 0x0809, 9999, 0)):
        assert one(compound("Workbook", stream=stream), "Анкета.xls").trouble is None


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "Приказ.pdf"),
        (DOCX[: len(DOCX) // 2], "Приказ.docx"),
        (XLSX[: len(XLSX) // 2], "Анкета.xlsx"),
        (b"PK\x03\x04 broken", "a.zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "Анкета.xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9999), "Приказ.doc"),
        (b"\x01\x02\x03" * 50, "Приказ.pdf"),
        (b"AT&TFORM" + bytes(50), "Приказ.djvu"),
        (compound("__substg1.0_0037001F"), "письмо.msg"),
        (compound("Something"), "a.wps"),
        (zipped({"Index/Document.iwa": b"x"}), "a.pages"),
        (ooxml("customXml/item.xml"), "a.bin"),
        (odf("application/epub+zip"), "a.epub"),
        (b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook/>", "Анкета.xls"),
        (b"<?xml version='1.0'?><?mso-application progid='Word.Document'?><w/>", "Приказ.doc"),
        (b"-----BEGIN PGP MESSAGE-----\nabc", "a.asc1"),
        (zipped({}), "a.zip"),
        (b"Rar!\x1a\x07\x00 broken", "a.rar"),
        (b"\x1f\x8b\x08 broken", "a.gz"),
        (b"\x78\x9f\x3e\x22\x01\0" + b"\x02\x10\x80\0\0\xff\xff\0\0", "winmail.dat"),
        (b"\0\0\0\x18ftypmp42" + bytes(20), "Анкета.mp4"),
    ],
)  # fmt: skip
def test_what_is_broken_or_not_read_is_malformed(content: bytes, name: str) -> None:
    file = one(content, name)
    assert file.trouble is Trouble.MALFORMED
    assert file.detail


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Приказ №5.pdf", Role.LETTER),
        ("Письмо о назначении.docx", Role.LETTER),
        ("anketa.zip", Role.QUESTIONNAIRE),
        ("Опросный лист к приказу.doc", Role.QUESTIONNAIRE),
        ("Лист1.xlsx", Role.QUESTIONNAIRE),
        ("scan001.pdf", None),
    ],
)
def test_what_cannot_be_read_is_known_by_its_name(name: str, role: Role | None) -> None:
    assert one(b"", name).looks_like is role


def test_a_part_that_a_limit_kept_out_is_accounted_for() -> None:
    kept_out = Part(
        name="Приказ.pdf", media_type="application/pdf", content=b"", trouble=Trouble.TOO_LARGE, detail="велик"
    )  # fmt: skip
    (file,) = open_attachments([kept_out], Limits())
    assert (file.trouble, file.detail, file.looks_like) == (Trouble.TOO_LARGE, "велик", Role.LETTER)


def test_a_file_without_a_name_gets_one() -> None:
    assert one(JPEG, "").name == "вложение 1.jpg"
    assert one(PDF, "../").name.endswith(".pdf")


def test_only_pictures_are_inline() -> None:
    files = open_attachments([part(JPEG, inline=True), part(PDF, inline=True)], Limits())
    assert [file.inline for file in files] == [True, False]


def test_the_same_content_a_second_time_is_left_out() -> None:
    files = open_attachments(
        [part(PDF, "a.pdf"), part(PDF, "b.pdf"), part(b""), part(b"")], Limits()
    )
    assert [file.name for file in files] == ["a.pdf", "a.bin", "a.bin"]


@pytest.mark.parametrize("charset", ["cp866", "utf-8", "cp1251"])
def test_names_in_a_zip_are_read_in_every_charset(charset: str) -> None:
    archive = raw_named_zip("Приказ.pdf".encode(charset), PDF)
    assert [file.name for file in opened(archive, "a.zip")] == ["Приказ.pdf"]


def test_the_unicode_name_beside_an_old_one_is_preferred() -> None:
    def write(buffer: io.BytesIO) -> None:
        info = zipfile.ZipInfo("x.pdf")
        name = "Приказ.pdf".encode()
        info.extra = struct.pack("<HH", 1, 2) + b"ab"
        info.extra += struct.pack("<HHBI", 0x7075, 5 + len(name), 1, 0) + name
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(info, PDF)

    assert one(saved(write), "a.zip").name == "Приказ.pdf"


def test_archives_messages_and_signatures_are_opened_inside_one_another() -> None:
    inner = zipped({"папка/": b"", "folder\\": b"", "папка/Анкета.xlsx": XLSX, "письмо.eml": EML})
    files = opened(zipped({"inner.zip": inner, "Приказ.docx": DOCX}), "a.zip")
    assert [file.name for file in files] == ["Анкета.xlsx", "in.pdf", "Приказ.docx"]


def test_what_archivers_of_other_systems_add_is_accounted_for_and_no_trouble() -> None:
    archive = zipped({"Приказ.pdf": PDF, "__MACOSX/._Приказ.pdf": b"\0\x05\x16\x07" + bytes(20)})
    assert [(file.name, file.trouble) for file in opened(archive, "a.zip")] == [
        ("Приказ.pdf", None),
        ("._Приказ.pdf", None),
    ]


def test_names_from_other_archives_are_read_in_the_locale_c() -> None:
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    try:
        archive = saved(lambda buffer: _tar(buffer, "Приказ.pdf", "utf-8"))
        assert [file.name for file in opened(archive, "a.tar")] == ["Приказ.pdf"]
        assert locale.setlocale(locale.LC_CTYPE) == "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def test_names_from_other_archives_are_read_in_the_charset_of_windows() -> None:
    archive = saved(lambda buffer: _tar(buffer, "Приказ.pdf", "cp866"))
    assert [file.name for file in opened(archive, "a.tar")] == ["Приказ.pdf"]


def test_a_mail_kept_as_a_file_is_told_from_a_text() -> None:
    assert [file.name for file in opened(EML, "a.eml")] == ["in.pdf"]
    text_only = b"From: a\r\nTo: b\r\nSubject: c\r\n\r\nhi"
    assert one(text_only, "a.eml").kind is DocumentKind.TEXT
    assert one(EML.replace(PDF, b""), "a.txt").kind is DocumentKind.TEXT
    assert one(b"BEGIN:VCALENDAR\nEND:VCALENDAR").media_type == "text/calendar"


def test_an_archive_that_is_cut_off_gives_what_is_whole() -> None:
    archive = saved(lambda buffer: _tar(buffer, "a.pdf", "utf-8", extra=os.urandom(90_000)))
    files = opened(gzip.decompress(archive)[:50_000], "a.tar")
    assert [(file.name, file.trouble) for file in files][:1] == [("a.pdf", None)]
    assert files[-1].trouble is Trouble.MALFORMED


def _tar(buffer: io.BytesIO, name: str, charset: str, extra: bytes = b"") -> None:
    with tarfile.open(
        fileobj=buffer, mode="w:gz", format=tarfile.GNU_FORMAT, encoding=charset
    ) as archive:
        for member, content in ((name, PDF), ("extra.bin", extra)):
            info = tarfile.TarInfo(member)
            info.size = len(content)
            if content:
                archive.addfile(info, io.BytesIO(content))


def test_links_in_archives_are_never_followed() -> None:
    def write_zip(buffer: io.BytesIO) -> None:
        info = zipfile.ZipInfo("Приказ.pdf")
        info.external_attr = 0o120777 << 16
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(info, "/etc/passwd")

    def write_tar(buffer: io.BytesIO) -> None:
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            link = tarfile.TarInfo("Приказ.pdf")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
            archive.addfile(_directory("папка"))

    for archive in (saved(write_zip), saved(write_tar)):
        file = one(archive, "a.zip")
        assert (file.name, file.trouble, file.content) == ("Приказ.pdf", Trouble.MALFORMED, b"")


def _directory(name: str) -> tarfile.TarInfo:
    directory = tarfile.TarInfo(name)
    directory.type = tarfile.DIRTYPE
    return directory


@pytest.fixture
def seven_zip(tmp_path: Path) -> Callable[..., bytes]:
    """Pack files with the 7z program, as Windows users do."""

    def pack(files: dict[str, bytes], *options: str, name: str = "a.7z") -> bytes:
        for file, content in files.items():
            (tmp_path / file).write_bytes(content)
        subprocess.run(
            ["7z", "a", "-bd", *options, name, *files],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        return (tmp_path / name).read_bytes()

    return pack


def test_other_archives_are_opened(seven_zip: Callable[..., bytes]) -> None:
    files = {"Анкета.xlsx": XLSX, "Приказ.pdf": PDF}
    for archive in (
        seven_zip(files),
        seven_zip(files, "-tzip", "-mm=LZMA", name="a.zip"),
        seven_zip(files, "-tzip", "-mm=PPMd", name="b.zip"),
    ):
        assert [file.name for file in opened(archive, "a.7z")] == ["Анкета.xlsx", "Приказ.pdf"]


def test_a_compressed_single_file_has_the_name_before_the_ending(
    seven_zip: Callable[..., bytes],
) -> None:
    archive = seven_zip({"Приказ.pdf": PDF}, "-tgzip", name="a.gz")
    assert [(file.name, file.content) for file in opened(archive, "Приказ.pdf.gz")] == [
        ("Приказ.pdf", PDF)
    ]


def test_a_password_in_an_archive_is_named_for_each_file(seven_zip: Callable[..., bytes]) -> None:
    files = {"Анкета.xlsx": XLSX, "Приказ.pdf": PDF}
    for archive in (
        seven_zip(files, "-psecret"),
        seven_zip(files, "-tzip", "-psecret", name="a.zip"),
        seven_zip(files, "-tzip", "-psecret", "-mem=AES256", name="b.zip"),
    ):
        assert [(file.trouble, file.looks_like) for file in opened(archive, "a.7z")] == [
            (Trouble.ENCRYPTED, Role.QUESTIONNAIRE),
            (Trouble.ENCRYPTED, Role.LETTER),
        ]
    (whole,) = opened(seven_zip(files, "-psecret", "-mhe=on", name="c.7z"), "Документы.7z")
    assert (whole.name, whole.trouble) == ("Документы.7z", Trouble.ENCRYPTED)


def test_a_bomb_is_dangerous_and_stops_early(seven_zip: Callable[..., bytes]) -> None:
    zeros = bytes(60 * 2**20)
    for archive in (zipped({"a": zeros, "b": b"x"}), seven_zip({"z": zeros})):
        assert [file.trouble for file in opened(archive)] == [Trouble.DANGEROUS]
    sheet = zipped({"[Content_Types].xml": b"", "xl/workbook.xml": zeros})
    assert one(sheet, "Анкета.xlsx").trouble is Trouble.DANGEROUS


def test_a_bomb_inside_a_pdf_is_dangerous() -> None:
    def bomb(document: pikepdf.Pdf) -> None:
        document.Root.Bomb = document.make_stream(bytes(70 * 2**20))

    document = pikepdf.new()
    document.add_blank_page()
    bomb(document)
    content = saved(
        lambda buffer: document.save(
            buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True
        )
    )
    assert one(content, "Приказ.pdf").trouble is Trouble.DANGEROUS


def test_a_pdf_with_objects_without_end_is_not_searched_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdfdanger, "_OBJECTS", 1)
    assert pdfdanger.inspect_pdf(pdf(user="")) is pdfdanger.PdfState.UNKNOWN


def test_limits_of_size_count_and_depth_are_facts() -> None:
    small = Limits(file_bytes=1000, parts=3, depth=1)
    large = zipped({"a.txt": os.urandom(2000), "b.txt": b"text"})
    assert [file.trouble for file in opened(large, limits=small)] == [Trouble.TOO_LARGE, None]
    many = zipped({f"{number}.txt": str(number).encode() for number in range(9)})
    files = opened(many, "many.zip", limits=small)
    assert [file.name for file in files] == ["0.txt", "1.txt", "many.zip"]
    assert files[-1].trouble is Trouble.TOO_LARGE
    packed = gzip.compress(os.urandom(2000))
    assert [file.trouble for file in opened(packed, limits=small)] == [Trouble.TOO_LARGE]
    deep = zipped({"a.zip": zipped({"b.txt": b"text"})})
    assert [(file.name, file.trouble) for file in opened(deep, limits=small)] == [
        ("a.zip", Trouble.TOO_LARGE)
    ]
    crowded = zipped({}) + b"PK\x01\x02" * 10_001
    assert one(b"PK\x03\x04" + crowded).trouble is Trouble.TOO_LARGE


def test_a_member_with_a_wrong_checksum_is_malformed() -> None:
    archive = bytearray(raw_named_zip(b"a.txt", b"hello"))
    archive[archive.index(b"hello")] ^= 1
    assert [file.trouble for file in opened(bytes(archive), "a.zip")] == [Trouble.MALFORMED]


def test_winmail_dat_is_opened() -> None:
    long_name = "Приказ о назначении.pdf\0".encode("utf-16-le")
    properties = tnef_properties(
        (0x03, 0x0E20, bytes(4)), (0x40, 0x3007, bytes(8)), (0x1F, 0x3707, long_name)
    )
    content = tnef(
        (0x9007, struct.pack("<I", 1251)),
        (0x9002, bytes(14)),
        (0x8010, "ПРИКАЗ~1.PDF\0".encode("cp1251")),
        (0x800F, PDF),
        (0x9005, properties),
        (0x8010, b"ignored\0"),
        (0x9002, bytes(14)),
        (0x8010, "Анкета.xlsx\0".encode("cp1251")),
        (0x800F, XLSX),
    )
    files = opened(content, "winmail.dat", "application/ms-tnef")
    assert [(file.name, file.content) for file in files] == [
        ("Приказ о назначении.pdf", PDF),
        ("Анкета.xlsx", XLSX),
    ]


def test_a_message_inside_winmail_dat_is_opened() -> None:
    inner = tnef((0x9002, bytes(14)), (0x8010, b"a.pdf\0"), (0x800F, PDF))
    marked = b"\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + inner
    properties = tnef_properties((0x0D, 0x3701, marked), (0x1E, 0x3704, b"message\0"))
    content = tnef((0x9002, bytes(14)), (0x9005, properties))
    assert [file.name for file in opened(content, "winmail.dat")] == ["a.pdf"]


def test_odd_properties_of_winmail_dat_do_no_harm() -> None:
    named = struct.pack("<IHH", 1, 0x03, 0x8001) + bytes(16) + struct.pack("<II", 0, 5) + bytes(4)
    texted = (
        struct.pack("<IHH", 1, 0x03, 0x8001)
        + bytes(16)
        + struct.pack("<II", 1, 3)
        + b"ab\0\0"
        + bytes(4)
    )
    many = struct.pack("<IHHI", 1, 0x1003, 0x0E20, 2) + bytes(8)
    unknown = struct.pack("<IHH", 2, 0x77, 0x3707)
    endless = struct.pack("<I", 0xFFFFFFFF)
    for properties in (named, texted, many, unknown, endless):
        content = tnef(
            (0x9002, bytes(14)), (0x8010, b"a.pdf\0"), (0x9005, properties), (0x800F, PDF)
        )
        assert [file.name for file in opened(content, "winmail.dat")] == ["a.pdf"]


def der(tag: int, *content: bytes) -> bytes:
    body = b"".join(content)
    size = len(body).to_bytes(3, "big")
    return bytes((tag, 0x83)) + size + body


SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"


def signature(*enclosed: bytes) -> bytes:
    inner = der(0x30, DATA, *enclosed)
    body = der(0x30, b"\x02\x01\x01", der(0x31), inner, der(0xA0, b"\x30\x00"), der(0x31))
    return der(0x30, SIGNED_DATA, der(0xA0, body))


def streamed_signature(*pieces: bytes) -> bytes:
    octets = b"\x24\x80" + b"".join(der(0x04, piece) for piece in pieces) + b"\0\0"
    inner = b"\x30\x80" + DATA + b"\xa0\x80" + octets + b"\0\0\0\0"
    body = b"\x30\x80\x02\x01\x01" + b"\x31\x80\x30\x80\0\0\0\0" + inner + b"\0\0"
    return b"\x30\x80" + SIGNED_DATA + b"\xa0\x80" + body + b"\0\0\0\0"


@pytest.mark.parametrize(
    "content",
    [signature(der(0xA0, der(0x04, PDF))), streamed_signature(PDF[:100], PDF[100:])],
)
def test_a_file_inside_its_signature_is_taken_out(content: bytes) -> None:
    files = opened(content, "Приказ.pdf.sig")
    assert [(file.name, file.kind) for file in files] == [
        ("Приказ.pdf", DocumentKind.PAGES),
        ("Приказ.pdf.sig", DocumentKind.SIGNATURE),
    ]
    assert files[0].content == PDF


def test_signed_mail_is_opened() -> None:
    entity = b"Content-Type: application/pdf; name=a.pdf\r\n\r\n" + PDF
    files = opened(signature(der(0xA0, der(0x04, entity))), "smime.p7m")
    assert [file.name for file in files] == ["a.pdf", "smime.p7m"]


@pytest.mark.parametrize(
    "content",
    [
        signature(),
        signature(der(0xA0, der(0x0C, b"x"))),
        signature(der(0xA0, der(0x04, PDF)))[:60],
        signature(b"\xa0\x80\x24\x80"),
        der(0x30, DATA, SIGNED_DATA, der(0xA0)),
        der(0x30, SIGNED_DATA, der(0x31)),
    ],
)  # fmt: skip
def test_a_detached_or_broken_signature_is_a_signature(content: bytes) -> None:
    assert [file.kind for file in opened(content, "a.sig")] == [DocumentKind.SIGNATURE]
