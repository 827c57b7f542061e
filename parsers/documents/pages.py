"""A file that may hold a letter → its pages, whatever its format, told by content and never by name.

Text is what a person sees. A page whose text cannot be believed, or has none, comes as a picture to be recognized. No
bytes make this raise: what is broken, closed by a password or too large is said in the result.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Final

from parsers.documents.opendocument import read_odt
from parsers.documents.paper import DocumentPages
from parsers.documents.pdf import read_pdf
from parsers.documents.pictures import read_picture
from parsers.documents.rich import read_doc, read_rtf
from parsers.documents.word import read_docx
from parsers.facts import Trouble
from parsers.limits import Limits

_PDF_WITHIN: Final = 1024  # bytes; readers accept «%PDF-» anywhere in them
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The stream that a closed office file consists of, as OLE directories spell it.
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")


def read_pages(
    content: bytes, name: str, *, limits: Limits, expired: Callable[[], bool]
) -> DocumentPages:
    """Read a document's pages; `expired` tells when to stop, and is asked after each page of a PDF."""
    if len(content) > limits.file_bytes:
        return DocumentPages(name=name, trouble=Trouble.TOO_LARGE, detail="файл слишком велик")
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return read_pdf(content, name, limits=limits, expired=expired)
    if content.startswith(b"PK"):
        return _read_package(content, name, limits)
    if content.startswith(_OLE):
        if _ENCRYPTED_STREAM in content:
            return DocumentPages(name=name, trouble=Trouble.ENCRYPTED, detail="файл закрыт паролем")
        return read_doc(content, name, limits=limits)
    if content.lstrip()[:5] == b"{\\rtf":
        return read_rtf(content, name, limits=limits)
    return read_picture(content, name, limits=limits)


def _read_package(content: bytes, name: str, limits: Limits) -> DocumentPages:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
            unpacked = sum(part.file_size for part in package.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return DocumentPages(name=name, trouble=Trouble.MALFORMED, detail="документ повреждён")
    if unpacked > limits.total_bytes:
        return DocumentPages(
            name=name, trouble=Trouble.DANGEROUS, detail="файл многократно раздувается"
        )
    if "word/document.xml" in names:
        return read_docx(content, name, limits=limits)
    if "content.xml" in names:
        return read_odt(content, name, limits=limits)
    return DocumentPages(name=name, trouble=Trouble.MALFORMED, detail="формат не читается")
