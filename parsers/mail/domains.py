"""Which domains belong together: the organizational domain of RFC 7489, 3.2, as DMARC aligns by it.

The Public Suffix List comes with the package `publicsuffixlist`, whose releases follow the list week by
week; nothing is ever fetched, and a list that has grown old errs for one new suffix at a time. (The
tree walk of later drafts asks the DNS, which no parser may.)
"""

from __future__ import annotations

import functools
from typing import Final

from publicsuffixlist import PublicSuffixList

_DOMAIN_CHARACTERS: Final = 255


def normal_domain(domain: str) -> str:
    """Return `domain` in lower-case ASCII form without the final dot, "" where it is none."""
    text = domain.strip().rstrip(".").lower()
    if not text or len(text) > _DOMAIN_CHARACTERS:
        return ""
    try:
        return text.encode("ascii" if text.isascii() else "idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def are_aligned(one: str, other: str) -> bool:
    """Whether two normal domains have one organizational domain (relaxed alignment)."""
    if not one or not other:
        return False
    if one == other:
        return True
    if one.split(".")[-2:] != other.split(".")[-2:]:
        return False  # an organizational domain has two labels at least
    organization = _suffixes().privatesuffix(one)
    return organization is not None and organization == _suffixes().privatesuffix(other)


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()  # 0.2 s and 10,000 suffixes: only for those who need it
