"""What a file is by its content: media type, kind of document, container, and what is dangerous.

The name is consulted only where content cannot tell (a table in plain text) or where a person would
be misled by it. A harmless mismatch (a photo called `.pdf`) is nobody's fault and no trouble.
"""

from __future__ import annotations

import struct
from typing import Final

from parsers.facts import DocumentKind, Trouble
from parsers.files import cms, compound, tnef
from parsers.files.filekinds import BURSTING, CLOSED, Container, FileType, unread
from parsers.files.filenames import SIGNATURE_ENDINGS, dangerous_name, ending
from parsers.files.officefiles import inspect_compound, inspect_zip
from parsers.files.pdfdanger import PdfState, inspect_pdf
from parsers.files.textfiles import inspect_text, is_text
from parsers.limits import Limits

_PDF_MARK: Final = b"%PDF-"
_PDF_WITHIN: Final = 1024  # bytes in which a PDF's mark stands (readers allow junk before it)
_BEFORE_PDF: Final = b"\xef\xbb\xbf \t\r\n"
_ISO_MARK: Final = 0x8001
_TAR_MARK: Final = 257
_CMS_WITHIN: Final = 60  # bytes in which the object identifier of a signature stands

_PAGES: Final = DocumentKind.PAGES
_SIGNATURE: Final = DocumentKind.SIGNATURE
_ARCHIVE: Final = Container.ARCHIVE
_PDF: Final = FileType("application/pdf", _PAGES)

# how binary files begin; offset, signature, type
_BEGINNINGS: Final = (
    (0, b"\xff\xd8\xff", FileType("image/jpeg", _PAGES)),
    (0, b"\x89PNG\r\n\x1a\n", FileType("image/png", _PAGES)),
    (0, b"GIF8", FileType("image/gif", _PAGES)),
    (0, b"II*\0", FileType("image/tiff", _PAGES)),
    (0, b"MM\0*", FileType("image/tiff", _PAGES)),
    (0, b"II+\0", FileType("image/tiff", _PAGES)),
    (0, b"MM\0+", FileType("image/tiff", _PAGES)),
    (0, b"Rar!\x1a\x07", FileType("application/vnd.rar", container=_ARCHIVE)),
    (0, b"7z\xbc\xaf\x27\x1c", FileType("application/x-7z-compressed", container=_ARCHIVE)),
    (0, b"\x1f\x8b\x08", FileType("application/gzip", container=_ARCHIVE)),
    (0, b"BZh", FileType("application/x-bzip2", container=_ARCHIVE)),
    (0, b"\xfd7zXZ\0", FileType("application/x-xz", container=_ARCHIVE)),
    (0, b"(\xb5/\xfd", FileType("application/zstd", container=_ARCHIVE)),
    (0, b"MSCF", FileType("application/vnd.ms-cab-compressed", container=_ARCHIVE)),
    (2, b"-lh", FileType("application/x-lzh", container=_ARCHIVE)),
    (_TAR_MARK, b"ustar", FileType("application/x-tar", container=_ARCHIVE)),
    (0, tnef.SIGNATURE, FileType("application/ms-tnef", container=Container.TNEF)),
    (0, b"\x7fELF", FileType("application/x-executable").dangerous("программа")),
    (0, b"\xfe\xed\xfa\xce", FileType("application/x-mach-binary").dangerous("программа")),
    (0, b"\xfe\xed\xfa\xcf", FileType("application/x-mach-binary").dangerous("программа")),
    (0, b"\xce\xfa\xed\xfe", FileType("application/x-mach-binary").dangerous("программа")),
    (0, b"\xcf\xfa\xed\xfe", FileType("application/x-mach-binary").dangerous("программа")),
    (0, b"\xca\xfe\xba\xbe", FileType("application/x-mach-binary").dangerous("программа")),
    (0, b"dex\n", FileType("application/x-dex").dangerous("программа")),
    (0, b"ITSF", FileType("application/vnd.ms-htmlhelp").dangerous("справка с программой (CHM)")),
    (0, b"L\0\0\0\x01\x14\x02\0", FileType("application/x-ms-shortcut").dangerous("ярлык")),
    (_ISO_MARK, b"CD001", FileType("application/x-iso9660-image").dangerous("образ диска")),
    (_ISO_MARK, b"BEA01", FileType("application/x-iso9660-image").dangerous("образ диска")),
    (0, b"conectix", FileType("application/x-vhd").dangerous("образ диска")),
    (0, b"vhdxfile", FileType("application/x-vhdx").dangerous("образ диска")),
    (0, b"KDMV", FileType("application/x-vmdk").dangerous("образ диска")),
    (0, b"QFI\xfb", FileType("application/x-qemu-disk").dangerous("образ диска")),
    (0, b"AT&TFORM", unread("image/vnd.djvu", _PAGES)),
    (0, b"%!PS", unread("application/postscript", _PAGES)),
    (0, b"8BPS", unread("image/vnd.adobe.photoshop", _PAGES)),
    (0, b"\0\0\0\x0cjP  ", unread("image/jp2", _PAGES)),
    (0, b"\x00\x05\x16\x07", FileType("application/applefile")),
    (0, b"\xd7\xcd\xc6\x9a", FileType("image/wmf")),
    (40, b" EMF", FileType("image/emf")),
    (0, b"\0\0\x01\0", FileType("image/x-icon")),
    (0, b"ActiveMime", FileType("application/x-mso")),
    (0, b"ID3", FileType("audio/mpeg")),
    (0, b"\xff\xfb", FileType("audio/mpeg")),
    (0, b"OggS", FileType("audio/ogg")),
    (0, b"fLaC", FileType("audio/flac")),
    (0, b"#!AMR", FileType("audio/amr")),
    (0, b"\x1aE\xdf\xa3", FileType("video/x-matroska")),
    (0, b"FLV\x01", FileType("video/x-flv")),
    (0, b"\0\0\x01\xba", FileType("video/mpeg")),
    (0, b"0&\xb2u\x8ef\xcf\x11", FileType("video/x-ms-wmv")),
    (0, b"\0\x01\0\0\0", FileType("font/ttf")),
    (0, b"OTTO", FileType("font/otf")),
    (0, b"SQLite format 3", FileType("application/vnd.sqlite3")),
)  # fmt: skip
_RIFF: Final = {b"WEBP": FileType("image/webp", _PAGES), b"AVI ": FileType("video/x-msvideo")}
_HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
)
_PDF_TROUBLES: Final = {
    PdfState.JAVASCRIPT: (Trouble.DANGEROUS, "в PDF есть программа (JavaScript или запуск)"),
    PdfState.LAUNCH: (Trouble.DANGEROUS, "PDF запускает программу"),
    PdfState.BOMB: (Trouble.DANGEROUS, BURSTING),
    PdfState.ENCRYPTED: (Trouble.ENCRYPTED, CLOSED),
}


def identify(content: bytes, name: str, *, declared: str, limits: Limits) -> FileType:
    """Say what `content` is; `name` and `declared` media type are what the sender calls it."""
    if not content:
        return FileType(declared, trouble=Trouble.MALFORMED, detail="файл пуст")
    found = _by_content(content, name, declared, limits)
    if found.trouble is Trouble.DANGEROUS:
        return found
    danger = dangerous_name(name)
    return found.dangerous(danger) if danger else found


def _by_content(content: bytes, name: str, declared: str, limits: Limits) -> FileType:
    if _is_program(content):
        return FileType("application/x-msdownload").dangerous("программа")
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK00PK", b"PK\x07\x08")):
        return inspect_zip(content, limits)
    if content.startswith(compound.SIGNATURE):
        return inspect_compound(content, ending(name))
    if content.lstrip(_BEFORE_PDF).startswith(_PDF_MARK):
        return _pdf(content)
    for offset, signature, kind in _BEGINNINGS:
        if content.startswith(signature, offset):
            return kind
    return (
        _by_structure(content)
        or _signature(content, name)
        or _text(content, name, declared)
        or (_pdf(content) if _PDF_MARK in content[:_PDF_WITHIN] else _unknown(name))
    )


def _is_program(content: bytes) -> bool:
    """Whether it is a program of DOS or Windows: its header says where the newer header stands."""
    if content[:2] not in (b"MZ", b"ZM"):
        return False
    if not is_text(content):
        return True
    if len(content) < 64:
        return False
    start = struct.unpack_from("<I", content, 60)[0]
    return content[start : start + 2] in (b"PE", b"NE", b"LE", b"LX")


def _pdf(content: bytes) -> FileType:
    trouble = _PDF_TROUBLES.get(inspect_pdf(content))
    return _PDF.with_trouble(*trouble) if trouble else _PDF


def _text(content: bytes, name: str, declared: str) -> FileType | None:
    """Return the kind of text; a PDF behind a few lines of prose is a PDF to its readers."""
    if not is_text(content):
        return None
    kind = inspect_text(content, name, declared)
    is_prose = kind.trouble is None and kind.container is None
    return None if is_prose and _PDF_MARK in content[:_PDF_WITHIN] else kind


def _by_structure(content: bytes) -> FileType | None:
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12], FileType("audio/x-wav"))
    if content[4:8] == b"ftyp":
        brand = content[8:12].lower()
        if brand in _HEIF_BRANDS:
            return FileType("image/heic", _PAGES)
        return FileType("image/avif", _PAGES) if brand == b"avif" else FileType("video/mp4")
    if content.startswith(b"BM") and content[6:10] == b"\0\0\0\0" and len(content) > 30:
        return FileType("image/bmp", _PAGES)
    if content[-512:].startswith((b"conectix", b"koly")):
        return FileType("application/x-vhd").dangerous("образ диска")
    return None


def _signature(content: bytes, name: str) -> FileType | None:
    head = cms.to_der(content)[:_CMS_WITHIN]
    if head.startswith(b"0") and cms.ENVELOPED in head:
        kind = FileType("application/pkcs7-mime", _PAGES)
        return kind.with_trouble(Trouble.ENCRYPTED, "файл зашифрован")
    if head.startswith(b"0") and cms.SIGNED in head:
        return FileType("application/pkcs7-signature", _SIGNATURE, container=Container.SIGNED)
    if ending(name) in SIGNATURE_ENDINGS:
        return FileType("application/pkcs7-signature", _SIGNATURE)
    return None


def _unknown(name: str) -> FileType:
    """Name what nothing above knows; what was meant to be a paper cannot be read."""
    kind = _PAGES if ending(name) in ("pdf", "doc", "docx", "odt", "rtf") else DocumentKind.UNKNOWN
    return unread("application/octet-stream", kind)
