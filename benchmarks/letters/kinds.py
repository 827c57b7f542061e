"""The kinds of paper that letters are measured on, and the single faults that are measured apart."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from benchmarks.letters import marks, office
from benchmarks.letters.drafts import Draft
from benchmarks.letters.papers import Look, draw, invented_look
from benchmarks.letters.scans import Capture, capture, phone_photo

Made = tuple[bytes, str]
"""A file's content and its extension."""

Maker = Callable[[Draft, random.Random], Made]


def _text_pdf(draft: Draft, chance: random.Random) -> Made:
    return draw(draft, invented_look(chance)), "pdf"


def _office(make: Callable[[Draft], bytes], extension: str) -> Maker:
    return lambda draft, _: (make(draft), extension)


def _scan(*choices: Capture) -> Maker:
    def make(draft: Draft, chance: random.Random) -> Made:
        pdf = draw(draft, invented_look(chance))
        how = replace(
            chance.choice(choices), seed=chance.getrandbits(31), skew=chance.uniform(-1.2, 1.2)
        )
        return capture(pdf, how)

    return make


def _photo(draft: Draft, chance: random.Random) -> Made:
    return capture(draw(draft, invented_look(chance)), phone_photo(chance))


KINDS: Final[Mapping[str, tuple[int, Maker]]] = {
    # how many of a hundred letters, and how they are made
    "pdf": (22, _text_pdf),
    "docx": (12, _office(office.docx_file, "docx")),
    "odt": (4, _office(office.odt_file, "odt")),
    "rtf": (4, _office(office.rtf_file, "rtf")),
    "doc": (2, _office(office.doc_file, "doc")),
    "scan-300": (12, _scan(Capture(dpi=300), Capture(dpi=300, tone="grey"), Capture(dpi=300, container="jpg"))),
    "scan-200": (16, _scan(Capture(dpi=200), Capture(dpi=200, tone="grey"), Capture(dpi=200, container="tiff"))),
    "scan-150": (6, _scan(Capture(dpi=150), Capture(dpi=150, tone="grey", quality=60))),
    "scan-600": (2, _scan(Capture(dpi=600, tone="grey"))),
    "scan-bw": (8, _scan(Capture(dpi=300, tone="bw"), Capture(dpi=200, tone="bw"))),
    "photo": (12, _photo),
}  # fmt: skip

_CLEAN: Final = Capture(dpi=200, seed=7)

FAULTS: Final[Mapping[str, tuple[Mapping[str, object], Capture]]] = {
    # what is changed of the layout, and how the page is taken; everything else is as in «none»
    "none": ({}, _CLEAN),
    "seal over number": ({"seal_over": "number"}, _CLEAN),
    "grey seal over number": ({"seal_over": "number", "seal_ink": marks.GREY}, replace(_CLEAN, tone="grey")),
    "seal over name": ({"seal_over": "name"}, _CLEAN),
    "number over two lines": ({"broken": "number"}, _CLEAN),
    "name over two lines": ({"broken": "name"}, _CLEAN),
    "grey seal": ({"seal_ink": marks.GREY, "pen": marks.BLACK}, replace(_CLEAN, tone="grey")),
    "black and white": ({}, replace(_CLEAN, dpi=300, tone="bw")),
    "black and white 200 dpi": ({}, replace(_CLEAN, tone="bw")),
    "150 dpi": ({}, replace(_CLEAN, dpi=150)),
    "100 dpi": ({}, replace(_CLEAN, dpi=100)),
    "600 dpi": ({}, replace(_CLEAN, dpi=600, tone="grey")),
    "skewed 3 degrees": ({}, replace(_CLEAN, skew=3.0)),
    "skewed 7 degrees": ({}, replace(_CLEAN, skew=-7.0)),
    "turned 90": ({}, replace(_CLEAN, turn=1)),
    "turned 180": ({}, replace(_CLEAN, turn=2)),
    "turned 270": ({}, replace(_CLEAN, turn=3)),
    "noise": ({}, replace(_CLEAN, noise=22.0)),
    "blur": ({}, replace(_CLEAN, blur=1.1)),
    "JPEG 25": ({}, replace(_CLEAN, quality=25)),
    "faded print": ({}, replace(_CLEAN, fade=0.6)),
    "shadow": ({}, replace(_CLEAN, shadow=0.5, container="jpg")),
    "perspective": ({}, replace(_CLEAN, perspective=0.035, container="jpg")),
    "crease": ({}, replace(_CLEAN, crease=True)),
    "small print": ({"size": 9.5}, _CLEAN),
    "typewriter": ({"face": 4, "size": 11}, _CLEAN),
}  # fmt: skip


def with_fault(draft: Draft, fault: str, seed: int) -> Made:
    """Return the letter with that one fault, all else as plain as can be."""
    layout, how = FAULTS[fault]
    look = replace(Look(seed=seed), **layout)  # type: ignore[arg-type]
    return capture(draw(draft, look), how)
