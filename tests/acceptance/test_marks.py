"""Signature, seal and letterhead: each, erased from the page, changes the verdict, and nothing else does."""

from __future__ import annotations

import dataclasses

import pytest

from mailbot.samples import scan_pdf
from tests.acceptance.house import House
from tests.acceptance.papers import form, message, order

ERASED = {
    None: None,
    "signature": "letter_not_signed",
    "seal": "letter_not_sealed",
    "letterhead": "letter_no_letterhead",
}


@pytest.mark.parametrize("scanned", [False, True], ids=["text", "scan"])
def test_a_mark_that_is_erased_is_asked_for(house: House, scanned: bool) -> None:
    files = []
    for number, mark in enumerate(ERASED):
        paper = order(4, **({mark: False} if mark else {}))
        if scanned:
            paper = dataclasses.replace(paper, content=scan_pdf(paper.content))
        path = house.directory / f"{number}.eml"
        path.write_bytes(message(4, paper, form(4)))
        files.append(path)
    outcome = house.run("parse", "--json", *files)
    assert (outcome.status, outcome.err) == (0, "")
    for one, (mark, code) in zip(outcome.json, ERASED.items(), strict=True):
        asked = [found["code"] for found in one["findings"] if found["severity"] != "info"]
        assert (one["verdict"], asked) == (("ask", [code]) if code else ("accept", [])), mark
        for name in ("signature", "seal", "letterhead"):
            assert one["letter"][name] == ("absent" if name == mark else "present")
