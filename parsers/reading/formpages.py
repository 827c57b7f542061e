"""The questionnaire that is no spreadsheet: read in a word processor's file, as a picture only known for what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from parsers.documents.rich import doc_blocks, rtf_blocks
from parsers.facts import Questionnaire
from parsers.layout import Page
from parsers.limits import Limits
from parsers.questionnaire.likeness import looks_like_questionnaire
from parsers.questionnaire.questionnaire import ExtraLabels, find_questionnaires
from parsers.reading.papers import Paper
from parsers.reading.recognizer import Recognizer
from parsers.sheets import rich_tables
from parsers.sheets.grid import Sheet
from parsers.sheets.sheets import read_sheets

FURTHER_PAGES: Final = 2  # behind the letter, in each scan

_PACKAGE: Final = b"PK"  # DOCX and ODT, whose tables are read as they are
_OLE: Final = b"\xd0\xcf\x11\xe0"  # DOC
_RTF: Final = b"{\\rtf"

# What a letter says to whom it is sent, and a form never does
_ADDRESSED: Final = re.compile(
    r"\b(?:прошу|просим|направля(?:ем|ю|ет)|уведомля|информируем|доводим|ходатайств)", re.IGNORECASE
)


def find_plain_forms(
    paper: Paper, limits: Limits, *, extra_labels: ExtraLabels | None = None
) -> tuple[Questionnaire, ...]:
    """Return the questionnaire of a word processor's file that nobody would take for a letter.

    It names the administrator too, so that it is looked for before the letter.
    """
    pages = _worded(paper)
    if len(pages) < len(paper.pages.pages) or not looks_like_questionnaire(pages):
        return ()
    if any(_ADDRESSED.search(page.text) for page in pages):
        return ()
    return find_forms(paper, limits, extra_labels=extra_labels)


def find_forms(
    paper: Paper, limits: Limits, *, extra_labels: ExtraLabels | None = None
) -> tuple[Questionnaire, ...]:
    """Return the questionnaire that a word processor's file holds; none for a PDF or a picture."""
    content = paper.file.content
    if content.startswith(_PACKAGE):
        reading = read_sheets(
            content, media_type=paper.file.media_type, name=paper.name, limits=limits
        )
        sheets: Sequence[Sheet] = reading.sheets
    elif content.startswith(_OLE):
        sheets = rich_tables.read(doc_blocks(content) or (), limits)
    elif content.lstrip().startswith(_RTF):
        sheets = rich_tables.read(rtf_blocks(content) or (), limits)
    else:
        return ()
    return find_questionnaires(sheets, attachment=paper.name, extra_labels=extra_labels)


def _worded(paper: Paper) -> list[Page]:
    """Return the pages whose text the file itself has, read for a letter already or not."""
    return [page.text for page in paper.pages.pages if page.text is not None]


def look_for_form(papers: Iterable[Paper], recognizer: Recognizer) -> None:
    """Recognize a few pages behind the letter in scans: the form may have been scanned with it.

    For a message without any other questionnaire. Raises OcrUnavailableError.
    """
    for paper in papers:
        if paper.is_noise or not paper.leaves or shows_form(paper):
            continue
        read = {leaf.source.number for leaf in paper.leaves}
        rest = [page for page in paper.pages.pages if page.number not in read]
        for page in rest[:FURTHER_PAGES]:
            if recognizer.may_recognize and not shows_form(paper):
                paper.read(page, recognizer)


def shows_form(paper: Paper) -> bool:
    """Whether a paper is the questionnaire printed or scanned, or one of its pages is."""
    pages = [page for page in paper.text_pages if page.words]
    if not pages or paper.is_noise:
        return False
    return looks_like_questionnaire(pages) or any(
        looks_like_questionnaire([page]) for page in pages
    )
