"""The letters among a message's papers: found, completed, checked, with their marks.

Text is read first, since it costs nothing; pictures are recognized as far as is needed and allowed. Photographs may be
the pages of one letter. Knows nothing of the questionnaire.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from parsers.documents.paper import SourcePage
from parsers.facts import Evidence, How, Letter, Mark, Role
from parsers.images.recognition import look_again
from parsers.layout import Page
from parsers.letter.letter import find_letter
from parsers.marks.marks import Marks, combined, find_marks
from parsers.marks.stamps import find_stamp_marks
from parsers.reading.papers import Paper, in_order, natural
from parsers.reading.recognizer import Leaf, Recognizer
from parsers.reading.secondlook import Look, contradicted, is_usable, looked_closer

FURTHER_PAGES: Final = (
    1  # of each other scan that are recognized when a complete letter is there already
)
PICTURED_INK: Final = (
    0.05  # share of a page's ink that may hide what its text lacks; ruling lines have 0.02
)
BARE_INK: Final = 0.001  # with less of it there is nothing on the page but text
READABLE: Final = 0.75  # mean confidence of a page on which what is missing was not written either
WINDOW: Final = 2  # pages that a letter in a long document may take
MARKED: Final = 3  # pages of one letter that are looked at for marks


@dataclass(frozen=True, slots=True)
class FoundLetter:
    """A letter and the papers that it stands on."""

    letter: Letter
    papers: tuple[Paper, ...]
    leaves: tuple[Leaf, ...]


def find_letters(papers: Sequence[Paper], recognizer: Recognizer) -> tuple[Letter, ...]:
    """Read papers until the letter is found; return every different letter, the likeliest first.

    Marks each paper's role and whether something in it was left unread. Raises OcrUnavailableError.
    """
    found: list[FoundLetter] = []
    ordered = in_order(papers)
    for at, paper in enumerate(ordered):
        settled = any(is_complete(one.letter) for one in found)
        recognizer.ahead(_next_pages(ordered[at:]))
        found += _read(paper, recognizer, most=FURTHER_PAGES if settled else None)
    found = _joined(found, papers) or list(_under_seals(papers, recognizer))
    for one in found:
        for paper in one.papers:
            paper.role = Role.LETTER
    checked = [_checked(one, recognizer) for one in found]
    return _without_twins(checked)


def _next_pages(papers: Sequence[Paper]) -> Iterator[tuple[str, SourcePage]]:
    """Yield the page of each scan that is recognized whatever the others say."""
    for paper in papers:
        if paper.is_pictures and paper.pages.pages:
            yield paper.name, paper.pages.pages[0]


def is_complete(letter: Letter) -> bool:
    """Whether the letter names somebody and a number."""
    return bool(letter.administrators) and any(map(is_usable, letter.phones))


def _is_whole(letter: Letter) -> bool:
    """Whether it has been read to its end, where the head signs."""
    return is_complete(letter) and (letter.head is not None or letter.self_appointed)


def _merit(letter: Letter) -> tuple[bool, ...]:
    return (
        bool(letter.administrators) and not letter.unreadable,
        any(map(is_usable, letter.phones)),
        letter.draft is None,
        letter.signature is Mark.PRESENT,
        letter.seal is Mark.PRESENT,
        letter.head is not None,
        letter.letterhead is Mark.PRESENT,
        letter.date is not None,
        letter.number is not None,
    )


def _read(paper: Paper, recognizer: Recognizer, *, most: int | None) -> list[FoundLetter]:
    """Read a paper's pages as far as is needed; `most` bounds those recognized while it shows no letter."""
    texts = [page for page in paper.pages.pages if page.text is not None]
    leaves = [leaf for page in texts if (leaf := paper.read(page, recognizer)) is not None]
    found = _with_pictures(_find(paper, leaves), paper, recognizer) if leaves else None
    if paper.is_noise or len(texts) == len(paper.pages.pages):
        return [found] if found else []
    if texts and all(page.raster is None for page in texts):
        # a word processor's text has no marks; the scan pasted behind it is a letter of its own
        scanned = _recognize(paper, recognizer, None, [], most)
        return [one for one in (found, scanned) if one is not None]
    found = _recognize(paper, recognizer, found, leaves, most)
    return [found] if found else []


def _recognize(
    paper: Paper,
    recognizer: Recognizer,
    found: FoundLetter | None,
    leaves: Sequence[Leaf],
    most: int | None,
) -> FoundLetter | None:
    """Recognize the pages that have no text until the letter is read to its end."""
    known = list(leaves)
    sources = [source for source in paper.pages.pages if source.text is None]
    for at, source in enumerate(sources):
        if found is not None and _is_whole(found.letter):
            break
        if most is not None and at >= most and found is None:
            break
        if most is None:
            recognizer.ahead((paper.name, each) for each in sources[at:])
        leaf = paper.read(source, recognizer)
        if leaf is not None:
            known = sorted([*known, leaf], key=lambda leaf: leaf.source.number)
            found = _better(found, _find(paper, known))
    return found


def _find(paper: Paper, leaves: Sequence[Leaf]) -> FoundLetter | None:
    """Find the letter on some of a paper's pages: on all, or where that gives less, on a few of them."""
    best = _found(paper, leaves)
    if best is None:
        # with another paper on the page before or behind it, a filled form say, it looks like none
        for leaf in leaves if len(leaves) > 1 else ():
            best = _better(best, _found(paper, [leaf]))
    if len(leaves) <= WINDOW:
        return best
    firsts: Iterable[int] = range(len(leaves))
    if best is not None and _is_whole(best.letter):
        # the letter alone, without what pages before it say
        firsts = [at for at, leaf in enumerate(leaves) if leaf.page.number == best.letter.page]
    for first in firsts:
        best = _better(best, _found(paper, leaves[first : first + WINDOW]))
    return best


def _found(paper: Paper, leaves: Sequence[Leaf]) -> FoundLetter | None:
    letter = find_letter([leaf.page for leaf in leaves], attachment=paper.name)
    if letter is None:
        return None
    refused = next((leaf.source.refused for leaf in leaves if leaf.source.refused), None)
    return FoundLetter(replace(letter, untrusted_layer=refused), (paper,), tuple(leaves))


def _better(one: FoundLetter | None, other: FoundLetter | None) -> FoundLetter | None:
    if one is None or other is None:
        return one or other
    return other if _merit(other.letter) > _merit(one.letter) else one


def _with_pictures(
    found: FoundLetter | None, paper: Paper, recognizer: Recognizer
) -> FoundLetter | None:
    """Recognize a page of text whose picture may say more than its text, or says something else."""
    if found is None:
        return None
    leaf = _leaf(found.leaves, found.letter.attachment, found.letter.page)
    if leaf is None or leaf.source.raster is None or not recognizer.may_recognize:
        return found
    lie = contradicted(Look(found.letter, found.leaves), recognizer)
    if lie is None and (is_complete(found.letter) or leaf.source.drawn < PICTURED_INK):
        return found
    recognized = recognizer.recognize(paper.name, leaf.source)
    if recognized is None:
        return found
    other = _found(paper, [recognized if each is leaf else each for each in found.leaves])
    if lie is not None and other is not None:
        other = replace(other, letter=replace(other.letter, untrusted_layer=lie))
    elif lie is not None:
        return replace(found, letter=replace(found.letter, doubts=(*found.letter.doubts, lie)))
    elif other is None or _merit(other.letter) <= _merit(found.letter):
        return found
    paper.replace(leaf, recognized)
    return other


def _joined(found: list[FoundLetter], papers: Sequence[Paper]) -> list[FoundLetter]:
    """Take single pictures together as pages of one letter, where that gives more than each alone."""
    pictures = [paper for paper in papers if paper.is_picture and paper.leaves]
    parts = [one for one in found if set(one.papers) <= set(pictures)]
    if len(pictures) < 2 or any(_is_whole(one.letter) for one in parts):
        return found
    pictures.sort(key=lambda paper: (natural(paper.name), paper.file.content))
    leaves = [leaf for paper in pictures for leaf in paper.leaves]
    letter = find_letter([leaf.page for leaf in leaves], attachment=pictures[0].name)
    if letter is None or any(_merit(one.letter) >= _merit(letter) for one in parts):
        return found
    names = {letter.attachment} | {place.document for place in _places(letter)}
    used = tuple(paper for paper in pictures if paper.name in names)
    refused = next((leaf.source.refused for leaf in leaves if leaf.source.refused), None)
    whole = FoundLetter(replace(letter, untrusted_layer=refused), used, tuple(leaves))
    return [*(one for one in found if one not in parts), whole]


def _under_seals(papers: Sequence[Paper], recognizer: Recognizer) -> Iterator[FoundLetter]:
    """Look again at sealed pages where no letter was found: the seal may lie on the lines that make it one."""
    for paper in papers:
        for leaf in paper.leaves if paper.is_scan else ():
            upright = recognizer.upright(leaf) if leaf.is_recognized else None
            if upright is None or upright.seal is None or recognizer.deadline.expired:
                continue
            for page in look_again(
                upright,
                recognizer.engine,
                document=leaf.page.document,
                number=leaf.page.number,
                timeout=recognizer.page_seconds,
            ):
                again = Leaf(leaf.source, page, leaf.lie)
                found = _found(paper, [again])
                if found is not None:
                    paper.replace(leaf, again)
                    yield found
                    return


def _places(letter: Letter) -> Iterator[Evidence]:
    """Yield where everything of weight stands."""
    for person in letter.administrators:
        yield from person.evidence
    for phone in letter.phones:
        yield from phone.evidence
    for one in (letter.head, letter.organization_name, letter.date):
        yield from one.evidence if one else ()


def _leaf(leaves: Sequence[Leaf], document: str, number: int | None) -> Leaf | None:
    for leaf in leaves:
        if leaf.page.document == document and leaf.page.number == number:
            return leaf
    return None


def _checked(found: FoundLetter, recognizer: Recognizer) -> Letter:
    """Look closer at what was recognized, and look for the marks."""
    letter, leaves = found.letter, found.leaves

    def find(pages: Sequence[Page]) -> Letter | None:
        return find_letter(pages, attachment=letter.attachment)

    if any(leaf.is_recognized for leaf in leaves):
        pages = tuple(leaf.page for leaf in leaves)
        letter = looked_closer(Look(letter, leaves), find, recognizer)
        if letter.unreadable and not _is_bad(letter, pages):
            letter = replace(letter, unreadable=False)
    marks = combined(_marks(letter, found, recognizer))
    return replace(letter, signature=marks.signature, seal=marks.seal, letterhead=marks.letterhead)


def _is_bad(letter: Letter, pages: Sequence[Page]) -> bool:
    """Whether what is missing may well stand on the paper: a name was seen but not read, or all is read badly."""
    if letter.doubts:
        return True
    certain = [word.confidence for page in pages if page.how is How.OCR for word in page.words]
    return not certain or statistics.fmean(certain) < READABLE


def _marks(letter: Letter, found: FoundLetter, recognizer: Recognizer) -> list[Marks]:
    """Look for the marks where the letter begins, where it names the administrator and where it ends."""
    result: list[Marks] = []
    for leaf in _marked_leaves(letter, found.leaves):
        bare = not leaf.is_recognized and leaf.source.drawn < BARE_INK
        upright = None if bare else recognizer.upright(leaf)
        if upright is not None:
            result.append(find_marks(upright, leaf.page))
        else:
            stamps = [raster for stamp in found.papers[0].pages.stamps if (raster := stamp())]
            result.append(find_stamp_marks(stamps, leaf.page))
    return result


def _marked_leaves(letter: Letter, leaves: Sequence[Leaf]) -> list[Leaf]:
    """Return the letter's leaves, from its first evidence to the head's name, or one further where that is missing."""
    places = [(place.document, place.page) for place in _places(letter)]
    places.append((letter.attachment, letter.page))
    at = [
        number
        for number, leaf in enumerate(leaves)
        if (leaf.page.document, leaf.page.number) in places
    ]
    if not at:
        return list(leaves[:1])
    last = max(at) + (0 if letter.head else 1)
    return list(leaves[min(at) : last + 1][:MARKED])


def _without_twins(letters: Sequence[Letter]) -> tuple[Letter, ...]:
    """Leave out letters that say nothing else than a better one: drafts and copies of it."""
    kept: list[Letter] = []
    for letter in sorted(letters, key=_merit, reverse=True):
        if not any(_says_all(better, letter) for better in kept):
            kept.append(letter)
    return tuple(kept)


def _says_all(better: Letter, letter: Letter) -> bool:
    """Whether everybody and every number of a letter are in the better one too."""
    names = [set(found.value.nominatives) or {found.value.raw} for found in better.administrators]
    numbers = {found.value.e164 for found in better.phones}
    return all(
        any(name & (set(found.value.nominatives) or {found.value.raw}) for name in names)
        for found in letter.administrators
    ) and all(
        found.value.e164 in numbers for found in letter.phones if found.value.e164 is not None
    )
