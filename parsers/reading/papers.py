"""A message's papers: each file that may hold the letter, opened, and read as far as is needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from parsers.documents.pages import read_pages
from parsers.documents.paper import DocumentPages, SourcePage
from parsers.facts import Role, Trouble
from parsers.files.attachments import File
from parsers.images.recognition import makes_sense
from parsers.layout import Page
from parsers.limits import Limits
from parsers.reading.recognizer import Deadline, Leaf, Recognizer

NOISE_SIDE: Final = (
    500  # pixels, the longer side: smaller pictures are logos, icons, signatures of a mail
)
INLINE_PIXELS: Final = (
    400_000  # a picture inside the mail's text is as large as this if it is a letter
)

# Names that clerks give to the letter, and to what is sent beside it.
_LETTER_NAME: Final = re.compile(
    r"приказ|письм|назнач|админ|сферум|распоряж|prikaz|pismo|naznach|sferum", re.IGNORECASE
)
_OTHER_NAME: Final = re.compile(
    r"устав|лиценз|свидетельств|аккредит|выписк|согласи|паспорт|логотип|положени|анкет|карточк|"
    r"ustav|licen|logo|anket",
    re.IGNORECASE,
)
# Digits and what is between them, to count «2» before «10».
_DIGITS: Final = re.compile(r"(\d+)")


@dataclass(slots=True, eq=False)
class Paper:
    """A file of pages and what has been read of it so far; `unread` says that more might be there."""

    file: File
    pages: DocumentPages
    leaves: list[Leaf] = field(default_factory=list)
    unread: bool = False
    failed: int = 0  # pages whose picture cannot be read
    role: Role = Role.OTHER

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file.name

    @property
    def text_pages(self) -> list[Page]:
        """The pages read so far."""
        return [leaf.page for leaf in self.leaves]

    @property
    def is_noise(self) -> bool:
        """Whether it is a small picture, as signatures of mails are full of."""
        if self.pages.size is None:
            return False
        width, height = self.pages.size
        least = INLINE_PIXELS if self.file.inline else 0
        return max(width, height) < NOISE_SIDE or width * height < least

    @property
    def is_picture(self) -> bool:
        """Whether it is one picture of one page."""
        return len(self.pages.pages) == 1 and self.pages.pages[0].text is None

    @property
    def is_scan(self) -> bool:
        """Whether its pages are pictures."""
        return any(page.text is None for page in self.pages.pages)

    @property
    def is_blank(self) -> bool:
        """Whether pages were looked at, and none has anything on it that can be read."""
        return bool(self.leaves or self.failed) and not any(
            leaf.page.words if not leaf.is_recognized else makes_sense(leaf.page)
            for leaf in self.leaves
        )

    @property
    def is_pictures(self) -> bool:
        """Whether all its pages are pictures that have to be recognized."""
        return not self.is_noise and all(page.text is None for page in self.pages.pages)

    def replace(self, old: Leaf, new: Leaf) -> None:
        """Take another reading of a page."""
        self.leaves[self.leaves.index(old)] = new

    def read(self, source: SourcePage, recognizer: Recognizer) -> Leaf | None:
        """Read one page; None where that was not possible. Raises OcrUnavailableError."""
        if source.text is not None:
            leaf: Leaf | None = Leaf(source, source.text)
        elif source.raster is None:
            return None
        elif not recognizer.is_ready(source) and not recognizer.may_recognize:
            self.unread = True
            return None
        else:
            leaf = recognizer.recognize(self.name, source)
            self.unread = self.unread or recognizer.gave_up
        if leaf is None:
            self.failed += not recognizer.gave_up  # then it is not the page's fault
        else:
            self.leaves.append(leaf)
        return leaf


def open_paper(file: File, limits: Limits, deadline: Deadline) -> Paper:
    """Open a file; what is wrong with it is said in its pages."""
    try:
        pages = read_pages(file.content, file.name, limits=limits, expired=lambda: deadline.expired)
    except MemoryError:
        detail = "документ не уместился в память"
        pages = DocumentPages(name=file.name, trouble=Trouble.LIMIT, detail=detail)
    return Paper(file, pages)


def in_order(papers: Sequence[Paper]) -> list[Paper]:
    """Order papers by how likely and how cheaply they give the letter, whatever order they came in."""
    return sorted(papers, key=_rank)


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Return a key by which «2.jpg» comes before «10.jpg»."""
    parts = _DIGITS.split(name.lower())
    # numbers by length, then digit by digit: they may be longer than `int` takes
    return tuple(
        (len(digits := part.lstrip("0")), digits) if part.isdecimal() else (0, part)
        for part in parts
    )


def _rank(paper: Paper) -> tuple[object, ...]:
    name = paper.name
    hint = 0 if _LETTER_NAME.search(name) else 2 if _OTHER_NAME.search(name) else 1
    return paper.is_scan, hint, len(paper.pages.pages), natural(name), paper.file.content
