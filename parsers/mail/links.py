"""Links to files that lie in a cloud instead of in the mail. They are found, never followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from parsers.mail import charsets

_LINKS: Final = 20  # of one message that are kept
_LINK_SIGNS: Final = 500  # of one link that are kept
_TOKEN_SIGNS: Final = 5000  # of one word of a text that are looked at

# Where the services put what their users share; a host alone is an advertisement, so each needs a
# path.
# Sources: the services' own help pages; the list holds those that schools are known to use.
_SERVICES: Final = (
    r"(?:disk|docs)(?:\.360)?\.yandex\.[a-z.]{2,6}/(?:d|i|a|public|mail|edit|view|docs|client)\b",
    r"disk\.yandex\.[a-z.]{2,6}/\?",
    r"yadi\.sk/(?!$)\w",
    r"(?:360|telemost360)\.yandex\.[a-z.]{2,6}/disk",
    r"cloud\.mail\.ru/(?:public|stock|attaches|home)",
    r"(?:files|filin)\.mail\.ru/\w",
    r"(?:drive|docs)\.google\.com/(?:file|open|uc|drive|folders|document|spreadsheets|forms|presentation|u/)",
    r"photos\.(?:app\.goo\.gl|google\.com)/\w",
    r"(?:m\.)?vk\.(?:com|ru)/(?:doc-?\d|s/v1/doc|docs\b)",
    r"1drv\.ms/\w",
    r"onedrive\.live\.com/\S",
    r"[a-z0-9-]+\.sharepoint\.com/\S",
    r"(?:www\.)?dropbox\.com/(?:s|sh|scl|l|t|transfer)/",
    r"(?:www\.)?icloud\.com/(?:iclouddrive|attachment|photos)",
    r"(?:www\.)?mega(?:\.co)?\.nz/(?:file|folder|#)",
    r"(?:www\.)?(?:wetransfer\.com/downloads|we\.tl)/\w",
    r"(?:www\.)?dropmefiles\.(?:com|net)/\w",
    r"(?:www\.)?(?:files\.fm|fex\.net|transfiles\.ru|my-files\.su|ru\.files\.me|file\.io|sendspace\.com"
    r"|fastupload\.io|transfernow\.net|mediafire\.com|webfile\.ru|rgho\.st|ifolder\.ru|cloud\.sber\.ru"
    r"|sberdisk\.ru|disk\.sberbank\.ru|workdisk\.ru|biz\.mail\.ru/disk|myoffice\.ru/s|pcloud\.link"
    r"|e\.pcloud\.link)/\w",
    r"[a-z0-9.-]+/(?:nextcloud/|owncloud/)?(?:index\.php/)?s/[A-Za-z0-9]{15}\b",
)  # fmt: skip
# an address with or without its scheme, from the service's host on
_LINK: Final = re.compile(rf"(?<![\w@.-])(?:https?://)?(?:{'|'.join(_SERVICES)}).*", re.IGNORECASE)
_TAIL: Final = ".,;:!?)]}»\"'"

# what parts an address from its surroundings
_GAP: Final = re.compile(r"[\s<>\"'«»|]+")

# a quoted line of an earlier mail, and what says that a mail is passed on instead
_QUOTED_LINE: Final = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_FORWARDED: Final = re.compile(
    r"пере(?:сыла|сла|адрес|направ)\w+\s+(?:сообщени|письм)|начало\s+переадрес"
    r"|forwarded\s+message",
    re.IGNORECASE,
)


def find_cloud_links(text: str) -> tuple[str, ...]:
    """Return every link in `text` to a file in a cloud, each once, in order.

    Links behind redirecting services (`…?to=https%3A%2F%2F…`) are seen too.
    """
    return tuple(dict.fromkeys(_links(text)))[:_LINKS]


def without_quotations(text: str) -> str:
    """Return plain text without the quoted lines of an earlier mail; a forward is none."""
    return text if _FORWARDED.search(text) else _QUOTED_LINE.sub("", text)


def is_forward(text: str) -> bool:
    """Whether the text says that what it quotes is a mail that is passed on."""
    return _FORWARDED.search(text) is not None


def _links(text: str) -> Iterator[str]:
    plain = [text]
    if "%2F" in text or "%2f" in text:
        plain.append(unquote(text))
    for source in plain:
        for token in _GAP.split(source):
            if "/" in token:
                for found in _LINK.finditer(token[:_TOKEN_SIGNS]):
                    yield charsets.one_line(found[0].rstrip(_TAIL))[:_LINK_SIGNS]
