"""What is done in the cage while files are fuzzed: messages read by an engine that sees nothing, files opened alone."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from parsers.documents.pages import read_pages
from parsers.facts import DocumentKind, Reading
from parsers.files.attachments import open_attachments
from parsers.images.ocr import Pixels, RecognizedWord
from parsers.limits import Limits
from parsers.mail.message import parse_headers
from parsers.mail.mime import Part
from parsers.names.declension import parses
from parsers.questionnaire.questionnaire import find_questionnaires
from parsers.reading.reader import read_message
from parsers.sheets.sheets import read_sheets
from tests.spoiling import spoilt

parses("школа")  # has the dictionary loaded once, for all children


class Blind:
    """An engine that sees nothing."""

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> tuple[RecognizedWord, ...]:
        return ()

    def probe(self) -> None:
        """Nothing to look for."""


def read(raw: bytes) -> Reading:
    return read_message(raw, ocr=Blind(), limits=Limits())


def open_many(raw: bytes) -> Reading:
    """Spoil and open as many files as the request says, one after another."""
    request = json.loads(raw)
    for number in range(request["first"], request["first"] + request["count"]):
        open_alone(*chosen(request, number))
    return Reading(headers=parse_headers(b""))


def chosen(request: dict[str, Any], number: int) -> tuple[str, bytes]:
    """Return the spoilt file of that number, the same each time."""
    chance = random.Random(f"{request['seed']}-{number}")
    name = chance.choice(sorted(request["files"]))
    return name, spoilt(Path(request["files"][name]).read_bytes(), chance)


def open_alone(name: str, content: bytes) -> None:
    """Open a file as a message's is opened, and what is in it, without looking what it says."""
    limits = Limits(pages=2)
    part = Part(name=name, media_type="application/octet-stream", content=content)
    for file in open_attachments([part], limits):
        if file.trouble is not None or not file.content:
            continue
        if file.kind is DocumentKind.SHEET:
            found = read_sheets(
                file.content, media_type=file.media_type, name=file.name, limits=limits
            )
            find_questionnaires(found.sheets, attachment=file.name)
        elif file.kind is DocumentKind.PAGES:
            pages = read_pages(file.content, file.name, limits=limits, expired=lambda: False)
            for page in pages.pages[:1]:
                if page.raster is not None:
                    page.raster()
