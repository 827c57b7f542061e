"""Subjects of the Russian Federation: which one a text or an ИНН points to. The list is `wordlists/regions.txt`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from parsers.names.folding import fold_look_alikes, fold_punctuation, fold_yo

_WORD: Final = re.compile(r"[a-zа-я]+|\d+")
_CODE: Final = re.compile(r"(?:код\s+)?0?(\d\d)(?:\s*[-–—.]?\s*регион)?", re.IGNORECASE)

# A street, which may be named after any place: up to the next comma
_STREET: Final = re.compile(
    r"\b(?:ул|улица|пр|пр-т|пр-кт|просп|проспект|пер|переулок|пл|площадь|ш|шоссе|б-р|бульвар|"
    r"наб|набережная|проезд|тракт)\b\.?\s*[^,;\n]*"
)
# «ОБЛАСТЬ ТВЕРСКАЯ», «край Пермский», as the tax service writes: the endings that agree with either
_KIND_FIRST: Final = ("обл", "кра")
_AGREEING: Final = {"обл": ("ая", "ой"), "кра": ("ий", "ого")}

# Offices whose code is no subject's own: joined subjects, and the second one of Moscow
_OTHER_OFFICES: Final = {
    "80": "75",
    "81": "59",
    "82": "41",
    "84": "24",
    "85": "38",
    "88": "24",
    "97": "77",
}


@dataclass(frozen=True, slots=True)
class Region:
    """A subject of the federation by its code and official name."""

    code: str
    name: str
    spellings: tuple[tuple[str, ...], ...]


@cache
def regions() -> tuple[Region, ...]:
    """Return all 89 subjects in the order of their codes."""
    text = (files("parsers") / "wordlists" / "regions.txt").read_text(encoding="utf-8")
    found = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, name, spellings = line.split("\t")
            words = tuple(tuple(one.split()) for one in spellings.split(";"))
            found.append(Region(code, name, words))
    return tuple(found)


def find_region(text: str) -> Region | None:
    """Return the subject that a text names first: a region's name, an address, or a bare code."""
    code = _CODE.fullmatch(text.strip())
    if code is not None:
        return _by_code().get(code[1])
    words = _WORD.findall(
        _STREET.sub(" ", fold_yo(fold_look_alikes(fold_punctuation(text)).casefold()))
    )
    for at in range(len(words)):
        if words[at].startswith(_KIND_FIRST) and (region := _kind_first(words[at : at + 2])):
            return region
        for region in _starting(words[at]):
            if any(_matches(one, words, at) for one in region.spellings):
                return region
    return None


def region_of_inn(inn: str) -> Region | None:
    """Return the subject whose tax office gave an ИНН; it need not be where the school is."""
    code = inn[:2]
    return _by_code().get(_OTHER_OFFICES.get(code, code)) if len(inn) in (10, 12) else None


@cache
def _by_code() -> dict[str, Region]:
    return {region.code: region for region in regions()}


def _kind_first(words: list[str]) -> Region | None:
    if len(words) < 2 or not words[1].endswith(_AGREEING[words[0][:3]]):
        return None
    turned = [words[1], words[0]]
    for region in _starting(words[1]):
        if any(len(one) == 2 and _matches(one, turned, 0) for one in region.spellings):
            return region
    return None


@cache
def _by_letters() -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = {}
    for region in regions():
        for spelling in region.spellings:
            some = found.setdefault(spelling[0].rstrip("*")[:1], [])
            if region not in some:
                some.append(region)
    return {letter: tuple(some) for letter, some in found.items()}


def _starting(word: str) -> tuple[Region, ...]:
    return _by_letters().get(word[:1], ())


def _matches(spelling: tuple[str, ...], words: list[str], at: int) -> bool:
    if at + len(spelling) > len(words):
        return False
    return all(
        word.startswith(stem[:-1]) if stem.endswith("*") else word == stem
        for stem, word in zip(spelling, words[at:], strict=False)
    )
