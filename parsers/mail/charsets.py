r"""Bytes of unknown or wrongly named charset → well-formed text without control characters.

Russian mail labels its charsets carelessly: cp1251 called iso-8859-1, UTF-8 called cp1251, nothing
at all. A label is one candidate among several; the reading that looks most like Russian wins, a
label wins a tie. Bytes that no reading explains stand as `\xFF`: a backslash, an x and two
hexadecimal digits.
"""

from __future__ import annotations

import codecs
import functools
import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

MAIL_CHARSETS: Final = ("cp1251", "koi8-r", "cp866", "iso8859-5")
NAME_CHARSETS: Final = ("cp866", "cp1251", "koi8-r")
"""What file names in archives are written in, the likeliest first."""

# occurrences of each letter in a thousand letters of Russian text (rounded, general knowledge)
_FREQUENCY: Final = {
    "о": 110, "е": 85, "а": 80, "и": 74, "н": 67, "т": 63, "с": 55, "р": 47, "в": 45, "л": 44,
    "к": 35, "м": 32, "д": 30, "п": 28, "у": 26, "я": 20, "ы": 19, "ь": 17, "г": 17, "з": 16,
    "б": 16, "ч": 14, "й": 12, "х": 10, "ж": 9, "ш": 7, "ю": 6, "ц": 5, "щ": 4, "э": 3,
    "ф": 3, "ъ": 0.4, "ё": 0.4,
}  # fmt: skip
_LETTER: Final = {
    char: math.log(often) for low, often in _FREQUENCY.items() for char in (low, low.upper())
}
_PUNCTUATION: Final = frozenset("«»№–—“”„’…\u00a0§")
_SIGN: Final = 2.5  # score of «№», a dash, a quotation mark
_FOREIGN: Final = -4.0  # score of a sign that Russian text does not have
_BROKEN_CASE: Final = 6.0  # cost of a capital after a small letter, or of Cyrillic glued to Latin
_PLAUSIBLE: Final = (
    2.2  # mean score of Russian words is 3.2-4.1, of other bytes mostly below 0 (measured)
)
_LABEL_BONUS: Final = 0.5
_FEW_SIGNS: Final = 3  # fewer signs than this prove nothing about a charset

# a small letter before a capital inside a word, or letters of two alphabets side by side
_ODD_PAIR: Final = re.compile(r"[а-яё][А-ЯЁ]|[А-Яа-яЁё][A-Za-z]|[A-Za-z][А-Яа-яЁё]")
# names of charsets as mailers spell them
_LABEL_NOISE: Final = re.compile(r"[^a-z0-9]+")
_ALIASES: Final = {
    "win1251": "cp1251",
    "windows1251": "cp1251",
    "cp1251": "cp1251",
    "xcp1251": "cp1251",
    "ansi1251": "cp1251",
    "1251": "cp1251",
    "koi8r": "koi8-r",
    "koi8": "koi8-r",
    "koi8u": "koi8-u",
    "xmaccyrillic": "mac-cyrillic",
    "cp866": "cp866",
    "ibm866": "cp866",
    "dos866": "cp866",
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
}
# labels that say "unknown" in practice: Cyrillic under them is common
_VAGUE: Final = frozenset({"ascii", "iso8859-1", "cp1252", "latin-1", "iso8859-15"})
_UNUSABLE: Final = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)

# signs that never belong into a string of ours: controls, line and paragraph separators
_CONTROLS: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))
_ONE_LINE: Final = {**_CONTROLS, **dict.fromkeys((9, 10, 0x2028, 0x2029), " ")}
_MANY_LINES: Final = {**_CONTROLS, 9: "\t", 10: "\n", 0x2028: "\n", 0x2029: "\n"}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def decode(data: bytes, label: str | None = None, candidates: Sequence[str] = MAIL_CHARSETS) -> str:
    """Decode `data`; `label` is what the message calls its charset, None where it says nothing."""
    codec = _codec(label)
    if codec in ("utf-7", "utf-16", "utf-32", "utf-16-le", "utf-16-be") or codec.startswith(
        ("iso2022", "hz")
    ):
        return _escaped(data, codec)
    if data.isascii():
        return data.decode("ascii")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and len(data) % 2 == 0:
        return _escaped(data, "utf-16")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_eight_bit(data, codec, candidates)


def one_line(text: str) -> str:
    """Return `text` as one well-formed line: no control characters, inner line breaks as spaces."""
    return _well_formed(text).translate(_ONE_LINE).strip()


def many_lines(text: str) -> str:
    """Return `text` well-formed, with line feeds and tabs as its only control characters."""
    return _well_formed(text.replace("\r\n", "\n")).translate(_MANY_LINES)


def compose(text: str) -> str:
    """Return `text` with «й» and «ё» as one sign each, however they were typed."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _well_formed(text: str) -> str:
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04X}", text)


def _decode_eight_bit(data: bytes, codec: str, candidates: Sequence[str]) -> str:
    mended = data.decode("utf-8", "replace")
    broken = mended.count("\ufffd")
    if sum(char in _LETTER for char in mended) >= 4 * broken:  # UTF-8 that was cut or damaged
        return _escaped(data, "utf-8")
    sample = data[:4000]
    named = "" if codec in _VAGUE or codec == "utf-8" else codec
    ranked = [
        (_likeness(_escaped(sample, name)) + (_LABEL_BONUS if name == named else 0), -at, name)
        for at, name in enumerate(dict.fromkeys((*filter(None, (named,)), *candidates)))
    ]
    score, _, best = max(ranked)
    if score >= _PLAUSIBLE and sum(byte > 0x7F for byte in sample) >= _FEW_SIGNS:
        return _escaped(data, best)
    return _escaped(data, codec or "utf-8")


def _likeness(text: str) -> float:
    """Return how much the non-ASCII signs of `text` look like Russian: their mean score."""
    signs = [char for char in text if not char.isascii()]
    if not signs:
        return _FOREIGN
    total = sum(_LETTER.get(char, _SIGN if char in _PUNCTUATION else _FOREIGN) for char in signs)
    odd = len(_ODD_PAIR.findall(text)) * _BROKEN_CASE + text.count("\\x") * -_FOREIGN
    return (total - odd) / len(signs)


@functools.lru_cache(maxsize=256)
def _codec(label: str | None) -> str:
    """Return Python's name of the charset `label`, "" where it names none that is usable."""
    plain = (label or "").strip().strip("\"'").lower()
    try:
        wanted = _ALIASES.get(_LABEL_NOISE.sub("", plain), plain)
        name = codecs.lookup(wanted).name if plain and plain.isascii() else ""
    except (LookupError, ValueError):
        return ""
    if not name or name.replace("-", "_") in _UNUSABLE or not _is_text(name):
        return ""
    return name


def _is_text(name: str) -> bool:
    """Whether a codec makes text of bytes; Python has others («base64») under the same roof."""
    try:
        return isinstance(b"A".decode(name), str)
    except UnicodeError:  # one byte is too few
        return True
    except LookupError:
        return False


def _escaped(data: bytes, codec: str) -> str:
    return data.decode(codec, "mailbot_escape")


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(f"\\x{byte:02X}" for byte in lost), error.end


codecs.register_error("mailbot_escape", _escape)
