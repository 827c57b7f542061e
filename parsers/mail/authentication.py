"""What a mail service found out about a message's sender: `Authentication-Results` (RFC 8601).

A field says of the From domain: DMARC decides where it has an opinion; else a DKIM signature of an
aligned domain; else SPF of an aligned envelope sender. Whose field may be believed is decided
elsewhere: anybody can write one.

A field is read strictly or not at all: it quotes what strangers chose (the envelope sender, the
signer), and whoever reads on behind a broken quotation reads what the stranger wants. The library
for this (authres, of 2019) splits on what it does not know.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from parsers.facts import AuthenticationResults
from parsers.mail import charsets
from parsers.mail.domains import are_aligned, normal_domain
from parsers.mail.headerfields import HeaderBlock

_FIELDS: Final = 50  # of one message that are read, the topmost ones
_VALUE_BYTES: Final = 16 * 2**10  # longer ones are not believed; real ones have up to 3 kB
_SHOWN: Final = 600  # signs of a field that are kept for people

# RFC 5322, 3.2.2: what a comment consists of
_IN_COMMENT: Final = re.compile(rb'[^()\\"]+|\\.|["()\\]', re.DOTALL)
# a quoted string and a run of signs that are neither space, quotation nor separator
_QUOTED: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PLAIN: Final = re.compile(rb'[^\s"();\\]+')
_SPACE: Final = re.compile(rb"[ \t\r\n]+")
_QUOTED_PAIR: Final = re.compile(rb"\\(.)", re.DOTALL)
# what no field of a mail service holds: controls, a bare CR among them
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0A-\x1F\x7F]")
# who speaks: a token or a quoted string before all else, comments apart
_SERVICE: Final = re.compile(
    rb'[ \t]*(?:\([^()\\"]*\)[ \t]*)*(?:"([^"\\]{1,255})"|([^\s"();\\=/]{1,255}))(?=[\s;(]|\Z)'
)
# a method, with its version; the name of a property or of a reason
_METHOD: Final = re.compile(r"([a-z0-9][a-z0-9-]*)(?:/\d{1,4})?", re.IGNORECASE)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]*", re.IGNORECASE)
_VERSION: Final = re.compile(r"\d{1,4}")

_DECIDES: Final = frozenset({"pass", "fail"})  # of DMARC: any other result leaves it to the rest
_DKIM_FAILURES: Final = frozenset({"fail", "policy"})
_MAIL_FROM: Final = ("smtp.mailfrom", "smtp.mail")  # the latter is what Yandex writes


class _BrokenFieldError(Exception):
    """The field does not follow its grammar."""


@dataclass(frozen=True, slots=True)
class _Result:
    """One method's result with its properties; names in lower case, the topmost of doubled ones."""

    method: str
    result: str
    properties: Mapping[str, str]


def find_authentication(
    block: HeaderBlock, senders: Sequence[str]
) -> tuple[AuthenticationResults, ...]:
    """Return what each field of the header says of the one address in From, topmost first."""
    domains = {normal_domain(sender.rpartition("@")[2]) for sender in senders}
    author = domains.pop() if len(set(senders)) == 1 else ""
    return tuple(
        AuthenticationResults(
            service=_service(value),
            passed=bool(author) and _passes(value, author),
            raw=charsets.one_line(charsets.decode(value[:_SHOWN])),
        )
        for value in block.all("authentication-results")[:_FIELDS]
    )


def _service(value: bytes) -> str:
    """Return who says so, also of a field that is broken further on; "" where nobody is named.

    Microsoft's cloud names nobody: its first word is a result.
    """
    found = _SERVICE.match(value[:_VALUE_BYTES])
    name = (found[1] or found[2]).decode("utf-8", "replace") if found else ""
    return charsets.one_line(name).lower()


def _passes(value: bytes, author: str) -> bool:
    if len(value) > _VALUE_BYTES or _CONTROL.search(value):
        return False
    try:
        results = tuple(_results(value))
    except _BrokenFieldError:
        return False
    return _is_confirmed(results, author)


def _is_confirmed(results: Iterable[_Result], author: str) -> bool:
    """Whether DMARC, else aligned DKIM, else aligned SPF confirms the domain `author`."""
    results = tuple(results)
    policies = {
        one.result
        for one in results
        if one.method == "dmarc" and one.result in _DECIDES and _concerns(one, author)
    }
    if policies:
        return policies == {"pass"}
    signatures = {
        one.result for one in results if one.method == "dkim" and are_aligned(_signer(one), author)
    }
    if "pass" in signatures:
        return True
    if signatures & _DKIM_FAILURES:
        return False
    paths = {
        one.result
        for one in results
        if one.method == "spf" and are_aligned(_property(one, _MAIL_FROM), author)
    }
    return paths == {"pass"}


def _concerns(result: _Result, author: str) -> bool:
    """Whether DMARC looked at our From; a pass for anybody else's says nothing, a failure does."""
    named = _property(result, ("header.from",))
    if result.result == "pass":
        return not named or are_aligned(named, author)
    return True


def _signer(result: _Result) -> str:
    """The domain that answers for a signature: `header.d`, else that of the identity."""
    return _property(result, ("header.d", "header.i"))


def _property(result: _Result, names: Sequence[str]) -> str:
    """The domain in the first of these properties that is there, "" where there is none."""
    for name in names:
        if name in result.properties:
            return normal_domain(result.properties[name].rpartition("@")[2])
    return ""


def _results(value: bytes) -> Iterator[_Result]:
    """Yield every result of a field. Raises `_BrokenFieldError`."""
    sections = list(_sections(value))
    head = sections[0]
    if not head or len(head) > 2 or (len(head) == 2 and not _VERSION.fullmatch(head[1])):
        raise _BrokenFieldError
    said = [section for section in sections[1:] if section]
    if said == [["none"]]:
        return
    for section in said:
        yield _result(section)


def _result(words: Sequence[str]) -> _Result:
    pairs = list(_pairs(words))
    name, result = pairs[0]
    method = _METHOD.fullmatch(name)
    if method is None:
        raise _BrokenFieldError
    properties: dict[str, str] = {}
    for key, text in pairs[1:]:
        properties.setdefault(key.lower(), text)
    return _Result(method[1].lower(), result.lower(), properties)


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield names and values, whatever spaces stand around the equals sign."""
    rest = deque(words)
    while rest:
        name, sign, text = rest.popleft().partition("=")
        if not sign and rest and rest[0].startswith("="):
            sign, text = "=", rest.popleft()[1:]
        if not text and rest:
            text = rest.popleft()
        named = _METHOD.fullmatch(name) or _NAME.fullmatch(name)
        if not sign or not text or named is None:
            raise _BrokenFieldError
        yield name, text


def _sections(value: bytes) -> Iterator[list[str]]:
    """Yield the words between semicolons, without comments, quoted strings unquoted."""
    words: list[str] = []
    at, touches = 0, False
    while at < len(value):
        sign = value[at : at + 1]
        if sign == b";":
            yield words
            words, at, touches = [], at + 1, False
        elif sign == b"(":
            at, touches = _behind_comment(value, at), False
        elif space := _SPACE.match(value, at):
            at, touches = space.end(), False
        else:
            text, at = _piece(value, at)
            if touches:
                words[-1] += text
            else:
                words.append(text)
            touches = True
    yield words


def _piece(value: bytes, at: int) -> tuple[str, int]:
    """Return the quoted string or the run of plain signs that begins here, and where it ends."""
    quoted = _QUOTED.match(value, at)
    found = quoted or _PLAIN.match(value, at)
    if found is None:
        raise _BrokenFieldError
    if quoted is None:
        return found[0].decode("utf-8", "replace"), found.end()
    text = _QUOTED_PAIR.sub(rb"\1", quoted[1]).decode("utf-8", "replace")
    return text.replace("=", "\0"), found.end()  # what is quoted never parts a name from a value


def _behind_comment(value: bytes, at: int) -> int:
    """Return where the comment that begins here ends.

    A quotation mark without its fellow is refused: a service that puts the envelope sender into a
    comment as it stands would let `"x) dkim=pass header.d=…"@…` speak in its name.
    """
    depth, marks = 0, 0
    for piece in _IN_COMMENT.finditer(value, at):
        depth += {b"(": 1, b")": -1}.get(piece[0], 0)
        marks += piece[0] == b'"'
        if not depth:
            if marks % 2:
                break
            return piece.end()
    raise _BrokenFieldError
