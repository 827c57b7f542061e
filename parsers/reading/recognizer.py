"""Recognition within the bounds of one message: so many pages, seconds, and pictures in memory at a time."""

from __future__ import annotations

import itertools
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from parsers.documents.paper import SourcePage
from parsers.images.drawn import Drawn
from parsers.images.faults import OcrFailedError
from parsers.images.memory import memory_told
from parsers.images.ocr import OcrEngine
from parsers.images.raster import Matrix, Pictured, PictureError, load_pixels, rendered
from parsers.images.recognition import read_picture
from parsers.images.upright import Upright
from parsers.layout import Page
from parsers.limits import Limits

PAGE_SECONDS: Final = (
    30.0  # for one page at most; a good one takes 1, a turned one 5, on a busy machine 20
)
LEAST_SECONDS: Final = 2.0  # with less left no page is begun
AT_ONCE: Final = (
    2  # pages recognized beside one another, on as many processors; each holds some 150 MB
)
KEPT: Final = 2  # upright pictures in memory; one of A4 at 300 dpi in colour has 26 MB


@dataclass(frozen=True, slots=True)
class Deadline:
    """When reading a message must stop; `clock` counts seconds."""

    clock: Callable[[], float]
    end: float

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float]) -> Deadline:
        """Return the deadline that many seconds from now."""
        return cls(clock, clock() + seconds)

    @property
    def left(self) -> float:
        """Seconds that are left, negative afterwards."""
        return self.end - self.clock()

    @property
    def expired(self) -> bool:
        """Whether no time is left."""
        return self.left <= 0


@dataclass(frozen=True, slots=True, eq=False)
class Lie:
    """How an upright page lies in its picture: enough to bring it upright again without thinking."""

    matrix: Matrix
    width: float
    height: float
    is_colour: bool


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A page whose words are known; `lie` is where recognition has found it in its picture."""

    source: SourcePage
    page: Page
    lie: Lie | None = None

    @property
    def is_recognized(self) -> bool:
        """Whether the words were recognized, not read from text."""
        return self.lie is not None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What recognizing one page has given; `limit` tells, in Russian, at which bound it was given up."""

    leaf: Leaf | None = None
    upright: Pictured | None = None
    limit: str = ""


class Recognizer:
    """Reads pages and remembers what that has cost; `limit` tells, in Russian, what bound was reached."""

    def __init__(self, engine: OcrEngine, limits: Limits, deadline: Deadline) -> None:
        self.engine = engine
        self.deadline = deadline
        self.limit = ""
        self.gave_up = False
        self._left = limits.recognized_pages
        self._ready: dict[SourcePage, _Attempt] = {}
        self._kept: OrderedDict[tuple[SourcePage, Lie | None], Upright] = OrderedDict()

    @property
    def may_recognize(self) -> bool:
        """Whether another page may be recognized; says in `limit` why not."""
        if self._left <= 0:
            self.limit = "распознано наибольшее допустимое число страниц"
        elif self.deadline.left < LEAST_SECONDS:
            self.limit = "время на чтение письма истекло"
        return self._left > 0 and self.deadline.left >= LEAST_SECONDS

    def ahead(self, pages: Iterable[tuple[str, SourcePage]]) -> None:
        """Recognize the first of these pages (with their documents' names) beside one another, for `recognize` to find.

        They are those that will be asked for next; where there is but one, or one processor, nothing is done. Raises
        OcrUnavailableError.
        """
        most = min(AT_ONCE, len(os.sched_getaffinity(0)), self._left)
        wanted = [each for each in itertools.islice(pages, most) if each[1] not in self._ready]
        if len(wanted) < 2 or self.deadline.left < LEAST_SECONDS:
            return
        self._left -= len(wanted)
        with ThreadPoolExecutor(len(wanted)) as pool:
            attempts = pool.map(lambda each: self._attempt(*each), wanted)
            self._ready |= dict(zip((source for _, source in wanted), attempts, strict=True))

    def recognize(self, name: str, source: SourcePage) -> Leaf | None:
        """Recognize a page; None where that failed, `gave_up` tells whether at a bound. Raises OcrUnavailableError."""
        attempt = self._ready.pop(source, None)
        if attempt is None:
            self._left -= 1
            attempt = self._attempt(name, source)
        self.gave_up = bool(attempt.limit)
        self.limit = attempt.limit or self.limit
        if attempt.leaf is not None and attempt.upright is not None:
            self._keep(attempt.leaf, attempt.upright)
        return attempt.leaf

    def is_ready(self, source: SourcePage) -> bool:
        """Whether a page has been recognized ahead."""
        return source in self._ready

    def _attempt(self, name: str, source: SourcePage) -> _Attempt:
        raster = source.raster() if source.raster else None
        if raster is None:
            return _Attempt()
        try:
            with memory_told():
                upright, page = read_picture(
                    raster.image,
                    dpi=raster.dpi,
                    engine=self.engine,
                    document=name,
                    number=source.number,
                    timeout=self.page_seconds,
                )
        except PictureError:
            return _Attempt()
        except (OcrFailedError, MemoryError) as error:
            lacked = "памяти" if isinstance(error, MemoryError) else "времени"
            return _Attempt(limit=f"на распознавание страницы не хватило {lacked}")
        lie = Lie(upright.matrix, upright.width, upright.height, upright.is_colour)
        return _Attempt(Leaf(source, page, lie), upright)

    @property
    def page_seconds(self) -> float:
        """Seconds that one page may take from now."""
        return max(min(PAGE_SECONDS, self.deadline.left), LEAST_SECONDS)

    def upright(self, leaf: Leaf) -> Upright | None:
        """Return a page's picture as its words lie on it; None where it has none."""
        kept = self._kept.get((leaf.source, leaf.lie))
        if kept is not None:
            return kept
        upright = _made_again(leaf)
        if upright is not None:
            self._keep(leaf, upright)
        return upright

    def _keep(self, leaf: Leaf, upright: Upright) -> None:
        self._kept[leaf.source, leaf.lie] = upright
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def _made_again(leaf: Leaf) -> Upright | None:
    source, lie = leaf.source, leaf.lie
    if lie is None and source.part is not None and not source.turn:
        return Drawn(leaf.page.width, leaf.page.height, source.part, source.inked)
    raster = source.raster() if source.raster else None
    if raster is None:
        return None
    try:
        if lie is not None:
            pixels = load_pixels(raster.image)
            return Pictured(lie.width, lie.height, pixels, lie.matrix, lie.is_colour)
        drawn = rendered(raster.image, dpi=raster.dpi or 72.0)
    except PictureError:
        return None
    return drawn.turned(source.turn // 90) if source.turn else drawn
