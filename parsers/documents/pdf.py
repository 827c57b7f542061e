"""PDF → pages: the visible text with its geometry, and a way to the page's picture.

pdfium opens, draws and tells what is drawn; pdfplumber gives the words; pikepdf mends what neither can open. What
annotations and form fields show is drawn into the page first, as a person sees it. Nothing in a file is executed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any, Final

import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from parsers.documents.paper import DocumentPages, SourcePage
from parsers.documents.pdflayer import PDFMINER_ERRORS, read_layer
from parsers.documents.pdfraster import MAX_OBJECTS, PageDrawer, look_at, text_objects
from parsers.facts import Trouble
from parsers.files.pdfbomb import is_bomb
from parsers.limits import Limits

# Annotations that show nothing of their own.
_WITHOUT_LOOK: Final = frozenset({pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP})
_PASSWORD: Final = (Trouble.ENCRYPTED, "файл закрыт паролем")
_BROKEN: Final = (Trouble.MALFORMED, "файл PDF повреждён")


class _UnopenableError(Exception):
    """A file that is no PDF, or one with a password: its arguments are the trouble and its detail."""


def read_pdf(
    content: bytes, name: str, *, limits: Limits, expired: Callable[[], bool]
) -> DocumentPages:
    """Read a PDF's pages; what cannot be opened or is beyond the limits is said in the result."""
    if is_bomb(content):
        return DocumentPages(
            name=name, trouble=Trouble.DANGEROUS, detail="файл многократно раздувается"
        )
    try:
        content, document = _open(content, limits.pages)
    except _UnopenableError as error:
        trouble, detail = error.args
        return DocumentPages(name=name, trouble=trouble, detail=detail)
    pages: list[SourcePage] = []
    with document:
        count = len(document)
        for page in _pages(content, document, name, limits):
            pages.append(page)
            if expired():
                break
    limit = f"прочитано страниц: {len(pages)} из {count}" if count > len(pages) else ""
    return DocumentPages(name=name, pages=tuple(pages), limit=limit)


def _open(content: bytes, wanted: int) -> tuple[bytes, pdfium.PdfDocument]:
    """Open a PDF with annotations drawn into its first pages; return the bytes that were opened in the end."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            raise _UnopenableError(*_PASSWORD) from error
        content = _mended(content)
        document = _opened(content)
    count = min(len(document), wanted)
    if any(_has_annotations(document, index) for index in range(count)):
        with document:
            content = _flattened(document, count)
        document = _opened(content)
    return content, document


def _opened(content: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise _UnopenableError(*_BROKEN) from error


def _mended(content: bytes) -> bytes:
    import pikepdf  # costs 0.1 s; few files need it

    mended = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            document.save(mended)
    except pikepdf.PasswordError as error:
        raise _UnopenableError(*_PASSWORD) from error
    except (pikepdf.PdfError, ValueError, RuntimeError, OSError) as error:
        raise _UnopenableError(*_BROKEN) from error
    return mended.getvalue()


def _has_annotations(document: pdfium.PdfDocument, index: int) -> bool:
    """Whether the page shows what is not in its own content: a stamp, a comment, a filled-in field."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return False
    for at in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), MAX_OBJECTS)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, at)
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if kind not in _WITHOUT_LOOK:
            return True
    return False


def _flattened(document: pdfium.PdfDocument, count: int) -> bytes:
    flat = io.BytesIO()
    try:
        document.init_forms()
        for index in range(count):
            document[index].flatten()
    except pdfium.PdfiumError:
        pass  # the pages that could not be flattened stay as they are, no worse than before
    document.save(flat)
    return flat.getvalue()


def _layers(content: bytes, count: int) -> dict[int, Any]:
    """Return pdfplumber's pages by number; none where it cannot open the file, which can be recognized all the same."""
    for mend in (False, True):
        try:
            source = io.BytesIO(_mended(content) if mend else content)
            plumber = pdfplumber.open(source, pages=list(range(1, count + 1)))
            pages = {page.page_number: page for page in plumber.pages}
        except (*PDFMINER_ERRORS, _UnopenableError):
            continue
        if pages:
            return pages
    return {}


def _pages(
    content: bytes, document: pdfium.PdfDocument, name: str, limits: Limits
) -> Iterator[SourcePage]:
    count = min(len(document), limits.pages)
    layers = _layers(content, count)
    for number in range(1, count + 1):
        draw = PageDrawer(content, number, limits.pixels)
        scan = SourcePage(number=number, raster=draw, drawn=1.0)
        layer = layers.get(number)
        try:
            page = document[number - 1]
            texts = text_objects(page)
            if layer is None or not texts:
                yield scan
                continue
            sight = look_at(page, texts)
        except pdfium.PdfiumError:
            yield SourcePage(number=number)
            continue
        read = read_layer(layer, sight, name)
        layer.close()
        if read is None:
            yield scan
            continue
        yield SourcePage(
            number=number,
            text=read.page,
            refused=read.refused,
            raster=draw,
            turn=read.turn,
            drawn=sight.drawn,
            inked=sight.inked,
            part=draw.part,
        )
