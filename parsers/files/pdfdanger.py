"""JavaScript and launch actions in a PDF (ISO 32000-1, 12.6.4), and whether it opens without a password."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Final

from parsers.files.pdfbomb import is_bomb

if TYPE_CHECKING:
    import pikepdf

_OBJECTS: Final = 200_000  # of one document that are looked at

# Where the objects stand in plain sight and none of these names does (not even with escaped
# letters), nothing is
# hidden: neither compressed objects nor encryption nor an action.
_SUSPECT: Final = re.compile(
    rb"/(?:ObjStm|Encrypt|JavaScript|JS|Launch)\b|/[A-Za-z]{0,9}#[0-9A-Fa-f]{2}[A-Za-z#0-9]{0,30}"
)
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAMES: Final = (b"/ObjStm", b"/Encrypt", b"/JavaScript", b"/JS", b"/Launch")


# an action in the one spelling that the library writes
_JAVASCRIPT: Final = re.compile(rb"/S /JavaScript\b|/JS[\s(<\[]")
_LAUNCH: Final = re.compile(rb"/S /Launch\b")

# the same in a file that is too broken for the library, though perhaps not for others
_PLAIN_ACTION: Final = re.compile(rb"/S\s*/(?:JavaScript|Launch)\b")


class PdfState(Enum):
    """What can be said of a PDF before its pages are read."""

    HARMLESS = "harmless"
    JAVASCRIPT = "javascript"
    LAUNCH = "launch"
    BOMB = "bomb"  # unpacks to more than it may
    ENCRYPTED = "encrypted"
    UNKNOWN = "unknown"  # too broken or too large to say


def inspect_pdf(content: bytes) -> PdfState:
    """Look for what a PDF would run; nothing of it is run. One with an owner's password only is readable."""
    if not any(_is_suspect(found[0]) for found in _SUSPECT.finditer(content)):
        return PdfState.HARMLESS
    if is_bomb(content):
        return PdfState.BOMB
    import pikepdf  # costs 0.1 s; most messages need none

    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            return _state(_dictionaries(document))
    except pikepdf.PasswordError:
        return PdfState.ENCRYPTED
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError, OverflowError):
        return PdfState.JAVASCRIPT if _PLAIN_ACTION.search(content) else PdfState.UNKNOWN


def _dictionaries(document: pikepdf.Pdf) -> Iterator[bytes]:
    """Yield every object as PDF source, a stream by its dictionary alone."""
    import pikepdf

    for found in document.objects:
        if isinstance(found, pikepdf.Stream):
            yield found.stream_dict.unparse(resolved=True)
        elif isinstance(found, pikepdf.Dictionary | pikepdf.Array):
            yield found.unparse(resolved=True)


def _state(sources: Iterator[bytes]) -> PdfState:
    for count, source in enumerate(sources):
        if _JAVASCRIPT.search(source):
            return PdfState.JAVASCRIPT
        if _LAUNCH.search(source):
            return PdfState.LAUNCH
        if count > _OBJECTS:
            return PdfState.UNKNOWN
    return PdfState.HARMLESS


def _is_suspect(name: bytes) -> bool:
    return _ESCAPE.sub(lambda code: bytes((int(code[1], 16),)), name).startswith(_NAMES)
