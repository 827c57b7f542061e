"""A word processor's running text → pages of words: lines and cells without places on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from parsers.facts import How
from parsers.layout import Page, Word

ROW_WORDS: Final = (
    25  # a cell with more is running text: a column of a letterhead, not a table's row
)

# What sets columns apart in a line: a tab, or a row of spaces.
_GAP: Final = re.compile(r"\t+|[ \xa0]{4,}")

Lines = list[list[str]]
"""Lines of cells of text."""


@dataclass(slots=True)
class Flow:
    """Gathers text in reading order; `turn_page` begins a new page."""

    pages: list[Lines] = field(default_factory=lambda: [[]])

    def add(self, text: str) -> None:
        """Add a paragraph; line feeds in it break its lines, tabs and wide gaps its cells."""
        for line in text.split("\n"):
            cells = [cell for cell in map(str.strip, _GAP.split(line)) if cell]
            if cells:
                self.pages[-1].append(cells)

    def add_row(self, cells: Sequence[Lines]) -> None:
        """Add a table's row; cells of running text stay lines of their own, one column after another.

        Empty cells count, and a wide cell is followed by empty ones, so that a column keeps its place.
        """
        filled = [cell for cell in cells if cell]
        texts = [" ".join(part for line in cell for part in line) for cell in cells]
        if len(filled) > 1 and all(len(text.split()) <= ROW_WORDS for text in texts):
            self.pages[-1].append(texts)
        else:
            self.pages[-1].extend(line for cell in filled for line in cell)

    def turn_page(self) -> None:
        """Begin a new page, unless this one is empty."""
        if self.pages[-1]:
            self.pages.append([])

    def lines(self) -> Lines:
        """All lines so far, whatever page they are on."""
        return [line for page in self.pages for line in page]

    def read(self, name: str) -> Iterator[Page]:
        """Make the pages that have any text, numbered from 1."""
        full = [page for page in self.pages if page]
        for number, lines in enumerate(full, start=1):
            yield Page(document=name, number=number, how=How.TEXT, words=tuple(_words(lines)))


def _words(lines: Lines) -> Iterator[Word]:
    for number, line in enumerate(lines):
        for column, cell in enumerate(line):
            for text in cell.split():
                clean = "".join(c for c in text if c.isprintable() and c != "\xad")
                if clean:
                    yield Word(clean, line=number, cell=column)
