"""HTML → the text that a reader sees, and the addresses behind its links.

One pass over the tags; nothing is rendered or fetched. What is hidden (`display:none`) stays out.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

_HTML_SIGNS: Final = 1_000_000  # of one body that are looked at

# a comment or declaration, or a tag with its name and attributes; an unclosed one ends at the next
# «<»
_MARKUP: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^<>]*>?|<(/?)([a-zA-Z][a-zA-Z0-9:]*)([^<>]*)>?", re.DOTALL
)
_HREF: Final = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
_BLANK_LINES: Final = re.compile(r"\s*\n\s*\n\s*")

_SILENT: Final = frozenset({"script", "style", "head", "title", "template", "noscript"})
_BREAKS: Final = frozenset({
    "br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "hr", "pre", "section", "article", "dd", "dt",
})  # fmt: skip
_VOID: Final = frozenset(
    ("br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr")
)


@dataclass(frozen=True, slots=True)
class PlainText:
    """What stands in an HTML document: all, and without what it quotes from an earlier mail."""

    text: str
    own_text: str
    all_links: tuple[str, ...]  # addresses behind its links
    own_links: tuple[str, ...]  # those outside quotations


@dataclass(slots=True)
class _State:
    silent: str = ""  # the element whose content is not shown
    depth: int = 0  # of that element inside itself
    quoted: int = 0  # open quotations


def html_to_text(source: str) -> PlainText:
    """Return what a reader sees of `source`, lines parted where the page parts them."""
    source = source[:_HTML_SIGNS]
    state = _State()
    shown: list[str] = []
    own: list[str] = []
    links: list[tuple[str, bool]] = []
    at = 0
    for tag in _MARKUP.finditer(source):
        _add(source[at : tag.start()], state, shown, own)
        at = tag.end()
        name = (tag[2] or "").lower()
        if name in _BREAKS and not state.silent:
            shown.append("\n")
            own.append("\n")
        elif name in ("td", "th") and not state.silent:
            shown.append(" ")
            own.append(" ")
        if name:
            _follow(state, name, closing=bool(tag[1]), attributes=tag[3])
        if name == "a" and not state.silent:
            quoted = state.quoted > 0
            links += ((html.unescape("".join(href)), quoted) for href in _HREF.findall(tag[3]))
    _add(source[at:], state, shown, own)
    return PlainText(
        _tidy(shown),
        _tidy(own),
        tuple(link for link, _ in links),
        tuple(link for link, quoted in links if not quoted),
    )


def _add(text: str, state: _State, shown: list[str], own: list[str]) -> None:
    if not text or state.silent:
        return
    plain = _SPACES.sub(" ", html.unescape(text))
    shown.append(plain)
    if not state.quoted:
        own.append(plain)


def _follow(state: _State, name: str, *, closing: bool, attributes: str) -> None:
    """Note that an element that hides or quotes its content begins or ends."""
    if state.silent:
        if name == state.silent:
            state.depth += -1 if closing else 1
            state.silent = state.silent if state.depth else ""
    elif name == "blockquote":
        state.quoted = max(state.quoted + (-1 if closing else 1), 0)
    elif (
        not closing
        and name not in _VOID
        and not attributes.endswith("/")
        and (name in _SILENT or _HIDDEN.search(attributes))
    ):
        state.silent, state.depth = name, 1


def _tidy(pieces: list[str]) -> str:
    lines = (line.strip() for line in "".join(pieces).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
