"""The questionnaire that is no spreadsheet: read in a word processor's file, as a picture only known for what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from parsers.facts import Questionnaire
from parsers.layout import Page
from parsers.limits import Limits
from parsers.questionnaire.likeness import looks_like_questionnaire
from parsers.questionnaire.questionnaire import ExtraLabels, find_questionnaires
from parsers.reading.papers import Paper
from parsers.reading.recognizer import Recognizer
from parsers.sheets.grid import Cell, GridBuilder, Sheet
from parsers.sheets.sheets import read_sheets

FURTHER_PAGES: Final = 2  # behind the letter, in each scan

_PACKAGE: Final = b"PK"  # DOCX and ODT, whose tables are read as they are
_RICH: Final = (b"\xd0\xcf\x11\xe0", b"{\\rtf")  # DOC and RTF, of which only text is known


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
    elif content.lstrip().startswith(_RICH):
        sheets = [_sheet(paper.text_pages, limits)]
    else:
        return ()
    return find_questionnaires(sheets, attachment=paper.name, extra_labels=extra_labels)


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


def _sheet(pages: Sequence[Page], limits: Limits) -> Sheet:
    """Lay lines and cells of text out as a table."""
    grid = GridBuilder("Текст", limits)
    lines = [line for page in pages for line in page.text.split("\n")]
    for row, line in enumerate(lines):
        for column, text in enumerate(line.split("\t")):
            grid.put(row, column, Cell(text))
    return grid.build()
