"""The questionnaire that is no spreadsheet: read in a word processor's file, as a picture only known for what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from parsers.facts import Questionnaire
from parsers.layout import Page
from parsers.limits import Limits
from parsers.questionnaire.labels import PERSONAL, LabelReader
from parsers.questionnaire.likeness import looks_like_questionnaire
from parsers.questionnaire.questionnaire import ExtraLabels, find_questionnaires
from parsers.reading.papers import Paper
from parsers.reading.recognizer import Recognizer
from parsers.sheets.grid import Cell, GridBuilder, Sheet
from parsers.sheets.sheets import read_sheets

FURTHER_PAGES: Final = 2  # behind the letter, in each scan

PAIR_CELLS: Final = 3  # a number, a label and its answer

_PACKAGE: Final = b"PK"  # DOCX and ODT, whose tables are read as they are
_RICH: Final = (b"\xd0\xcf\x11\xe0", b"{\\rtf")  # DOC and RTF, of which only text is known


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
    elif content.lstrip().startswith(_RICH):
        sheets = [_sheet(_worded(paper), limits)]
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


def _sheet(pages: Sequence[Page], limits: Limits) -> Sheet:
    """Lay lines and cells of text out as a table; rows whose columns cannot be told are left out.

    Such text does not say where cells were empty or merged, so rows of more cells than a label and
    its answer count only beside rows of just as many, and headings over several columns not at all.
    """
    grid = GridBuilder("Текст", limits)
    reader = LabelReader()
    lines = [line.split("\t") for page in pages for line in page.text.split("\n")]
    side_by_side = any(_heads_blocks(*two, reader) for two in pairwise(lines))
    widths = [0, *map(len, lines), 0]
    row = 0
    for number, cells in enumerate(lines, start=1):
        width, before, after = widths[number], widths[number - 1], widths[number + 1]
        lonely = width > PAIR_CELLS and width not in (before, after)
        grouping = 1 < width < after and after > PAIR_CELLS and not _asks(cells, reader)
        beside = side_by_side or width > PAIR_CELLS
        if lonely or grouping or (beside and _is_ownerless(cells, reader)):
            row += 1
            continue
        row += width > PAIR_CELLS and width != before
        for column, text in enumerate(cells):
            grid.put(row, column, Cell(text))
        row += 1
    return grid.build()


def _heads_blocks(first: Sequence[str], second: Sequence[str], reader: LabelReader) -> bool:
    """Tell whether two lines are headings without anything between: of blocks that stood in one row."""
    owners = [[reader.read(text).owner for text in cells] for cells in (first, second)]
    if _asks([*first, *second], reader) or None in owners[0] + owners[1]:
        return False
    return owners[0] != owners[1]


def _is_ownerless(cells: Sequence[str], reader: LabelReader) -> bool:
    """Tell whether labels stand among answers that only a heading over them tells apart: «ФИО», «Телефон»."""
    labels = [label for label in map(reader.read, cells) if label.asks]
    return len(labels) < len(cells) and any(
        PERSONAL & set(one.attributes) and not one.owners for one in labels
    )


def _asks(cells: Sequence[str], reader: LabelReader) -> bool:
    return any(reader.read(text).asks for text in cells)
