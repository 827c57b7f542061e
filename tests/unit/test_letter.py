from __future__ import annotations

import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest

from parsers.facts import How, Letter, PhoneKind
from parsers.layout import Page, Word
from parsers.letter.letter import find_letter

SAMPLES = Path(__file__).parent.parent / "data" / "letters"
LETTERS: list[dict[str, Any]] = [
    letter
    for file in sorted(SAMPLES.glob("*.toml"))
    for letter in tomllib.loads(file.read_text(encoding="utf-8"))["letter"]
]


_NOT_READ = {"title", "text", "how", "none"}


def page(text: str, *, number: int = 1, how: How = How.TEXT, confidence: float = 1.0) -> Page:
    words = [
        Word(
            word,
            box=(10.0 * at, 12.0 * line, 10.0 * at + 9, 12.0 * line + 10),
            confidence=confidence,
            line=line,
            cell=cell,
        )
        for line, row in enumerate(text.strip("\n").split("\n"))
        for cell, column in enumerate(row.split("\t"))
        for at, word in enumerate(column.split())
    ]
    return Page(document="Приказ.pdf", number=number, how=how, words=tuple(words))


def read(text: str, **how: Any) -> Letter:
    letter = find_letter([page(text, **how)], attachment="Приказ.pdf")
    assert letter is not None
    return letter


def seen(letter: Letter) -> dict[str, Any]:
    """What was read, in the terms of the samples."""
    return {
        "administrators": [" | ".join(one.value.nominatives) for one in letter.administrators],
        "phones": [
            (one.value.e164 or "")
            if one.value.kind is PhoneKind.MOBILE
            else f"{one.value.kind}:{one.value.e164 or ''}"
            for one in letter.phones
        ],
        "head": letter.head.value.nominatives[0] if letter.head else "",
        "acting_head": letter.acting_head,
        "self_appointed": letter.self_appointed,
        "organization": letter.organization_name.value if letter.organization_name else "",
        "inn": letter.inn.value if letter.inn else "",
        "ogrn": letter.ogrn.value if letter.ogrn else "",
        "date": letter.date.value.isoformat() if letter.date else "",
        "impossible": letter.impossible_date is not None,
        "number": letter.number.value if letter.number else "",
        "electronic": letter.electronic_signature is not None,
        "draft": letter.draft is not None,
    }


CONSTRUCTIONS: list[dict[str, Any]] = tomllib.loads(
    (SAMPLES / "constructions.toml").read_text(encoding="utf-8")
)["letter"]


@pytest.mark.parametrize("width", [42, 58, 110])
@pytest.mark.parametrize("sample", CONSTRUCTIONS, ids=lambda sample: sample["title"])
def test_where_lines_are_broken_changes_nobody_and_no_number(
    sample: dict[str, Any], width: int
) -> None:
    lines = sample["text"].strip().split("\n")
    wrapped = [
        part
        for line in lines
        for part in ([line] if "\t" in line else textwrap.wrap(line, width, break_on_hyphens=False))
    ]
    found = seen(read("\n".join(wrapped)))
    assert found["administrators"] == sample["administrators"]
    assert found["phones"] == sample["phones"]


@pytest.mark.parametrize("sample", LETTERS, ids=lambda sample: sample["title"])
def test_a_letter_says_what_it_says(sample: dict[str, Any]) -> None:
    pages = [page(sample["text"], how=How(sample.get("how", "text")), confidence=0.9)]
    letter = find_letter(pages, attachment="Приказ.pdf")
    assert (letter is None) is sample.get("none", False)
    found = seen(letter) if letter else {}
    expected = {key: value for key, value in sample.items() if key not in _NOT_READ}
    assert {key: found[key] for key in expected} == expected
