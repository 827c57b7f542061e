"""Files of plain text: tables, web pages, scripts, shortcuts, signatures and ordinary text."""

from __future__ import annotations

import codecs
import re
from typing import Final

from parsers.facts import DocumentKind
from parsers.files.filekinds import Container, FileType, unread
from parsers.files.filenames import SHEET_ENDINGS, ending, is_web_page_name
from parsers.mail.mime import is_message

_HEAD: Final = 8192
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# control characters that no text has; a form feed and an escape may stand in old ones
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# how a web page begins, after declarations and comments
_WEB_PAGE: Final = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*|<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|script|meta|title|table|div|iframe|style|center|font|p|h[1-6]|img|form)"
    rb"[\s>/]",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_DRAWING: Final = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*|<!--.{0,2000}?-->\s*|<!doctype\s+svg[^>]{0,2000}>\s*)*<svg[\s>]",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_WEB_TAG: Final = re.compile(rb"<(?:html|script|iframe|body)[\s>]", re.IGNORECASE)
_TABLE: Final = re.compile(rb"<table[\s>]", re.IGNORECASE)
# what makes a page or a drawing do something
_ACTIVE: Final = re.compile(
    rb"<(?:script|iframe|object|embed|applet|form)[\s/>]|javascript:|vbscript:|<[^<>]{0,2000}\son[a-z]{3,20}\s*=",
    re.IGNORECASE,
)  # fmt: skip
_SHORTCUT: Final = re.compile(rb"\s*\[(?:InternetShortcut|Desktop Entry)\]", re.IGNORECASE)
# an interpreter named in the first line, or what scripts of Windows do and letters never say
_SCRIPT: Final = re.compile(
    rb"\A#!\s*/|^\s*@?echo\s+off\b|\bWScript\.|\bCreateObject\s*\(|\bActiveXObject\b|\bpowershell(?:\.exe)?\s+-"
    rb"|\bcmd(?:\.exe)?\s+/c\b|\bInvoke-Expression\b|^\s*Windows Registry Editor",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_SIGNATURE: Final = re.compile(
    rb"\s*-----BEGIN (?:PKCS ?#?7|CMS|PGP SIGNATURE|SIGNATURE|SIGNED MESSAGE|CERTIFICATE)", re.IGNORECASE
)  # fmt: skip
_LOCKED: Final = re.compile(rb"\s*-----BEGIN PGP MESSAGE")
_WEB_ARCHIVE: Final = re.compile(
    rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE
)
_CARD: Final = re.compile(rb"\s*BEGIN:(VCARD|VCALENDAR)", re.IGNORECASE)
_WORD_XML: Final = re.compile(rb"mso-application[^>]*Word\.Document|<w:wordDocument")
_EXCEL_XML: Final = re.compile(
    rb"mso-application[^>]*Excel\.Sheet|urn:schemas-microsoft-com:office:spreadsheet"
)
_FLAT_ODF: Final = re.compile(rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet)")

_PAGES: Final = DocumentKind.PAGES
_SHEET: Final = DocumentKind.SHEET
_WEB: Final = FileType("text/html").dangerous("веб-страница (HTML)")


def is_text(content: bytes) -> bool:
    """Whether `content` is text of any charset."""
    head = content[:_HEAD]
    return head.startswith(_WIDE) or not _BINARY.search(head)


def inspect_text(content: bytes, name: str, declared: str) -> FileType:
    """Tell the files of plain text apart; `declared` is the media type that the mail gives it."""
    plain = _plain(content)
    head = plain[:_HEAD]
    return (
        _active(plain, head, name)
        or _markup(plain, head)
        or _mail(head, name, declared)
        or _table(plain, name, declared)
        or FileType("text/plain", DocumentKind.TEXT)
    )


def _plain(content: bytes) -> bytes:
    """Return `content` without its mark; text of two bytes a sign as UTF-8."""
    if content.startswith(_WIDE):
        return content.decode("utf-16", "replace").encode("utf-8", "replace")
    return content.removeprefix(codecs.BOM_UTF8)


def _active(plain: bytes, head: bytes, name: str) -> FileType | None:
    if _WEB_PAGE.match(head) or is_web_page_name(name) or _WEB_TAG.search(head[:2048]):
        table = ending(name) == "xls" and _TABLE.search(plain) and not _ACTIVE.search(plain)
        return FileType("text/html", _SHEET) if table else _WEB
    if _DRAWING.match(head):
        drawing = FileType("image/svg+xml")
        return drawing.dangerous("рисунок со скриптом") if _ACTIVE.search(plain) else drawing
    if _SHORTCUT.match(head):
        return FileType("application/x-mswinurl").dangerous("ярлык")
    if _SCRIPT.search(head):
        return FileType("text/x-script").dangerous("сценарий (скрипт)")
    return None


def _markup(plain: bytes, head: bytes) -> FileType | None:
    if plain.lstrip()[:5].startswith(b"{\\rt"):
        return FileType("application/rtf", _PAGES)
    if head.lstrip().startswith(b"<?xml") or head.lstrip().startswith(b"<office:document"):
        flat = _FLAT_ODF.search(head)
        if _EXCEL_XML.search(head) or (flat and flat[1] == b"spreadsheet"):
            return unread("application/xml", _SHEET)
        if _WORD_XML.search(head) or flat:
            return unread("application/xml", _PAGES)
        return FileType("application/xml")
    return None


def _mail(head: bytes, name: str, declared: str) -> FileType | None:
    if _SIGNATURE.match(head):
        return FileType("application/pkcs7-signature", DocumentKind.SIGNATURE)
    if _LOCKED.match(head):
        return unread("application/pgp-encrypted")
    if is_message(head):
        if _WEB_ARCHIVE.search(head) and ending(name) in ("doc", "docx", "xls", "mht"):
            return FileType("multipart/related").dangerous("веб-страница (HTML)")
        if ending(name) == "eml" or declared.startswith("message/"):
            return FileType("message/rfc822", DocumentKind.TEXT, Container.MESSAGE)
    card = _CARD.match(head)
    if card:
        kind = "text/vcard" if card[1].upper() == b"VCARD" else "text/calendar"
        return FileType(kind, DocumentKind.TEXT)
    return None


def _table(plain: bytes, name: str, declared: str) -> FileType | None:
    named = ending(name) in SHEET_ENDINGS or declared in ("text/csv", "text/tab-separated-values")
    if not named and not _has_columns(plain[: _HEAD * 2]):
        return None
    tabs = plain[:_HEAD].count(b"\t") > plain[:_HEAD].count(b";")
    return FileType("text/tab-separated-values" if tabs else "text/csv", _SHEET)


def _has_columns(head: bytes) -> bool:
    """Whether every line has the same number of tabs or semicolons, at least two; prose has not."""
    lines = [line for line in head.splitlines()[:-1] if line.strip()][:50]
    return len(lines) > 1 and any(
        lines[0].count(sign) > 1 and len({line.count(sign) for line in lines}) == 1
        for sign in (b"\t", b";")
    )
