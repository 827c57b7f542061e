"""Office documents and archives that share a packaging: ZIP (OOXML, OpenDocument) and OLE (Word, Excel 97).

Told apart by what lies inside; macros, encryption and bombs are seen before any reader opens the
document.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Final

from parsers.facts import DocumentKind, Trouble
from parsers.files.compound import CompoundFile, read_compound
from parsers.files.filekinds import BROKEN, BURSTING, CLOSED, MACROS, Container, FileType, unread
from parsers.limits import Limits

_PAGES: Final = DocumentKind.PAGES
_SHEET: Final = DocumentKind.SHEET

_OOXML: Final = "application/vnd.openxmlformats-officedocument"
_DOCX: Final = FileType(f"{_OOXML}.wordprocessingml.document", _PAGES)
_XLSX: Final = FileType(f"{_OOXML}.spreadsheetml.sheet", _SHEET)
_PPTX: Final = FileType(f"{_OOXML}.presentationml.presentation")
_XLSB: Final = FileType("application/vnd.ms-excel.sheet.binary.macroenabled.12", _SHEET)
_WITH_MACROS: Final = {
    _DOCX.media_type: "application/vnd.ms-word.document.macroenabled.12",
    _XLSX.media_type: "application/vnd.ms-excel.sheet.macroenabled.12",
    _PPTX.media_type: "application/vnd.ms-powerpoint.presentation.macroenabled.12",
}
_ODF: Final = "application/vnd.oasis.opendocument."
_ODF_KINDS: Final = {"text": _PAGES, "spreadsheet": _SHEET}
_DOC: Final = FileType("application/msword", _PAGES)
_XLS: Final = FileType("application/vnd.ms-excel", _SHEET)
_ARCHIVE: Final = FileType("application/zip", container=Container.ZIP)

_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_ENTRIES: Final = 10_000
_SMALL_PART: Final = 2**20  # bytes of a part that tells about the others
_SMALL: Final = 10 * 2**20  # what unpacks to less than this is no bomb, however well it packs
# a module of macros in an OpenDocument file; the library index beside it is harmless
_ODF_MODULE: Final = re.compile(
    r"(?:Basic/[^/]+/(?!script-l[bc]\.xml|dialog-)[^/]+|Scripts/.+[^/])"
)
_PROGRAM_PARTS: Final = re.compile(r"AndroidManifest\.xml|classes\.dex|.+\.class", re.IGNORECASE)
_UNREAD_PARTS: Final = re.compile(
    r"Index/Document\.iwa|Index\.zip|index\.(?:apxl|xml)\.gz|FixedDocSeq\.fdseq|FixedDocumentSequence\.fdseq"
    r"|visio/document\.xml|META-INF/container\.xml",
    re.IGNORECASE,
)  # fmt: skip
_ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,  # NotImplementedError is one
    ValueError,
    struct.error,
    KeyError,
    OverflowError,
)


def inspect_zip(content: bytes, limits: Limits) -> FileType:
    """Tell office documents, programs and plain archives apart."""
    if content.count(_DIRECTORY_ENTRY) > _ENTRIES:
        return FileType("application/zip", trouble=Trouble.TOO_LARGE, detail=BURSTING)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _inspect_package(package, len(content), limits)
    except _ZIP_ERRORS:
        kind = _broken_kind(content)
        return kind.with_trouble(Trouble.MALFORMED, BROKEN)


def inspect_compound(content: bytes, name_ending: str) -> FileType:
    """Tell Word, Excel and other OLE files apart; `name_ending` decides where the directory cannot."""
    found = read_compound(content)
    if found is None:
        kind = _XLS if name_ending.startswith("xl") else _DOC
        return kind.with_trouble(Trouble.MALFORMED, BROKEN)
    kind = _compound_kind(found, name_ending)
    if found.is_encrypted:
        return kind.with_trouble(Trouble.ENCRYPTED, CLOSED)
    if kind.media_type == "application/x-msi":
        return kind.dangerous("программа")
    return kind.dangerous(MACROS) if found.has_macros else kind


def _inspect_package(package: zipfile.ZipFile, packed: int, limits: Limits) -> FileType:
    names = {info.filename.replace("\\", "/") for info in package.infolist()}
    kind = _package_kind(package, names)
    if kind is _ARCHIVE:
        return kind
    unpacked = sum(info.file_size for info in package.infolist())
    if unpacked > max(packed * limits.expansion, _SMALL):
        return kind.dangerous(BURSTING)
    if kind.trouble is None and _has_macros(package, names, kind):
        return FileType(_WITH_MACROS.get(kind.media_type, kind.media_type), kind.kind).dangerous(
            MACROS
        )
    return kind


def _package_kind(package: zipfile.ZipFile, names: set[str]) -> FileType:
    if "[Content_Types].xml" in names:
        return _ooxml_kind(names)
    if "mimetype" in names or {"content.xml", "META-INF/manifest.xml"} <= names:
        return _odf_kind(package, names)
    if any(_PROGRAM_PARTS.fullmatch(name) for name in names):
        return FileType("application/java-archive").dangerous("программа")
    if any(_UNREAD_PARTS.fullmatch(name) for name in names):
        return unread("application/zip", _PAGES)
    return _ARCHIVE


def _ooxml_kind(names: set[str]) -> FileType:
    tests: tuple[tuple[Callable[[str], bool], FileType], ...] = (
        (lambda name: name == "xl/workbook.bin", _XLSB),
        (lambda name: name.startswith("xl/"), _XLSX),
        (lambda name: name.startswith("word/"), _DOCX),
        (lambda name: name.startswith("ppt/"), _PPTX),
    )
    for test, kind in tests:
        if any(map(test, names)):
            return kind
    return unread("application/zip", _PAGES)


def _odf_kind(package: zipfile.ZipFile, names: set[str]) -> FileType:
    manifest = _part(package, "META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
    media = _part(package, "mimetype") if "mimetype" in names else b""
    if not media:
        stated = re.search(
            rb'media-type="(application/vnd\.oasis\.opendocument\.[a-z-]+)"', manifest
        )
        media = stated[1] if stated else b""
    media_type = media.strip().decode("ascii", "replace").lower()
    if not media_type.startswith(_ODF):
        return unread("application/zip", _PAGES)
    family = media_type.removeprefix(_ODF).removesuffix("-template")
    kind = FileType(media_type, _ODF_KINDS.get(family, DocumentKind.UNKNOWN))
    if b"encryption-data" in manifest:
        return kind.with_trouble(Trouble.ENCRYPTED, CLOSED)
    return kind


def _has_macros(package: zipfile.ZipFile, names: set[str], kind: FileType) -> bool:
    if kind.media_type.startswith(_ODF):
        return any(_ODF_MODULE.fullmatch(name) for name in names)
    parts = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in parts):
        return True
    return kind is not _XLSB and b"macroenabled" in _part(package, "[Content_Types].xml").lower()


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        return part.read(_SMALL_PART)


def _broken_kind(content: bytes) -> FileType:
    """Return what a ZIP that cannot be opened seems to have been."""
    head = content[:_SMALL_PART]
    if b"word/" in head:
        return _DOCX
    if b"xl/" in head:
        return _XLSX
    return FileType("application/zip")


def _compound_kind(found: CompoundFile, name_ending: str) -> FileType:
    names = found.names
    if "EncryptedPackage" in names:
        return FileType(
            "application/x-ole-storage", _SHEET if name_ending.startswith("xl") else _PAGES
        )
    if "WordDocument" in names:
        return _DOC
    if names & {"Workbook", "Book"}:
        return _XLS
    if "PowerPoint Document" in names:
        return FileType("application/vnd.ms-powerpoint")
    if any(name.startswith("__substg1.0_") for name in names):
        return unread("application/vnd.ms-outlook")
    if name_ending == "msi" or any("\u4840" in name for name in names):
        return FileType("application/x-msi")
    return unread("application/x-ole-storage", _PAGES)
