"""The second look at what recognition has read of a letter: name and number, each by another network.

A number that two different networks read alike is certain; where they differ it stays as the first has it, and is a
doubt: neither the questionnaire nor a third look may settle it. What the first look has not found is looked for in
other ways, and then checked in the same manner.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from parsers.facts import Box, Cutout, Evidence, Found, How, Letter, PersonName, Phone, PhoneKind
from parsers.images.digits import read_digits, second_name
from parsers.images.recognition import look_again
from parsers.images.upright import Upright
from parsers.layout import Page, Word, bounding_box
from parsers.names.folding import fold_look_alikes
from parsers.reading.cutouts import cut_out
from parsers.reading.recognizer import Leaf, Recognizer

FindLetter = Callable[[Sequence[Page]], Letter | None]

NUMBER_DIGITS: Final = 10  # of a Russian number without its trunk prefix
STRAY_DIGITS: Final = 3  # beside them: the prefix, and letters that the network takes for digits
UNREAD: Final = 7  # digits of what is meant as a number
NAME_SURE: Final = (
    0.85  # a word read with at least this confidence is not doubted for a slip of the other network
)
NAME_LOST: Final = 0.4  # below this a name is doubted even if the other network reads it alike

DATE_SURE: Final = 0.93  # nine of ten printed dates are read with more; by hand, 0.62-0.86

_NOT_DIGITS: Final = re.compile(r"\D+")
_NOT_LETTERS: Final = re.compile(r"[^а-я]+")


@dataclass(frozen=True, slots=True)
class Look:
    """A letter as found on `leaves`; `further` are other readings of their pages."""

    letter: Letter
    leaves: tuple[Leaf, ...]
    further: tuple[Page, ...] = ()


def looked_closer(look: Look, find: FindLetter, recognizer: Recognizer) -> Letter:
    """Complete and check what was recognized; a number that fails is no value. Raises OcrUnavailableError."""
    look = _completed(look, find, recognizer)
    letter = look.letter
    names = [_checked_name(found, look, recognizer) for found in letter.administrators]
    phones = [
        _checked_phone(found, look, recognizer)
        if not _is_behind_doubt(found, look)
        else (_without_digits(found, look), found.evidence[0])
        for found in letter.phones
    ]
    checked = {place for name in letter.administrators for place in name.evidence}
    checked |= {place for phone in letter.phones for place in phone.evidence}
    return replace(
        letter,
        administrators=tuple(found for found, _ in names if found),
        phones=tuple(found for found, _ in phones),
        unreadable=letter.unreadable or any(found is None for found, _ in names),
        date=letter.date if letter.date and _is_date(letter.date, look, recognizer) else None,
        name_cutout=_cutout([doubt for found, doubt in names if found is None], look, recognizer),
        doubts=(
            *(doubt for doubt in letter.doubts if doubt not in checked),
            *(doubt for _, doubt in names if doubt),
            *(doubt for _, doubt in phones if doubt),
        ),
    )


def _checked_name(
    found: Found[PersonName], look: Look, recognizer: Recognizer
) -> tuple[Found[PersonName] | None, Evidence | None]:
    """Return a name and its doubt; doubtful, it stands without a nominative, hardly legible not at all."""
    places = _recognized(found.evidence)
    if not places:
        return found, None
    alike = any(_is_name(place, look, recognizer) for place in places)
    lost = max(place.confidence for place in places) < NAME_LOST
    if alike:
        return found, places[0] if lost else None
    if lost or not _is_first(places[0], look):
        return None, places[0]
    return replace(found, value=replace(found.value, nominatives=())), places[0]


def _checked_phone(
    found: Found[Phone], look: Look, recognizer: Recognizer
) -> tuple[Found[Phone], Evidence | None]:
    """Return a number and its doubt; doubtful, it stands without its digits."""
    places = _recognized(found.evidence)
    if not places or not is_usable(found):
        return found, None
    if any(_is_number(found.value, place, look, recognizer) for place in places):
        return found, None
    return _without_digits(found, look), places[0]


def _without_digits(found: Found[Phone], look: Look) -> Found[Phone]:
    kind = found.value.kind if _is_first(found.evidence[0], look) else PhoneKind.UNREADABLE
    return replace(found, value=replace(found.value, kind=kind, e164=None))


def _is_behind_doubt(found: Found[Phone], look: Look) -> bool:
    """Whether a number that could not be read stands between the administrator's name and this one."""
    names = [place for name in look.letter.administrators for place in name.evidence]
    unread = [place for place in look.letter.doubts if sum(map(str.isdigit, place.raw)) >= UNREAD]
    for leaf in look.leaves if unread and _recognized(found.evidence) else ():
        text = leaf.page.text
        at = text.find(found.evidence[0].raw)
        before = [text.find(place.raw) for place in names]
        if any(
            start >= 0 and start < text.find(one.raw) < at for start in before for one in unread
        ):
            return True
    return False


def _is_date(found: Found[dt.date], look: Look, recognizer: Recognizer) -> bool:
    """Whether the digits of a date were read with certainty, or alike by the digit network.

    Dates are filled in by hand, and handwriting is read wrong: «2075» for «2025».
    """
    for place in _recognized(found.evidence):
        upright, words = _at(place, look, recognizer)
        for word in words:
            digits = _NOT_DIGITS.sub("", word.text)
            if not digits or word.confidence >= DATE_SURE or word.box is None:
                continue
            if (
                upright is None
                or _NOT_DIGITS.sub("", read_digits(upright, word.box) or "") != digits
            ):
                return False
    return True


def _cutout(unread: Sequence[Evidence | None], look: Look, recognizer: Recognizer) -> Cutout | None:
    """Return the picture of the first name that could not be read, None where there is no such name."""
    place = next(filter(None, unread), None)
    if place is None:
        return None
    upright, words = _at(place, look, recognizer)
    return cut_out(upright, words, place) if upright is not None else None


def _recognized(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the places of a value that was recognized everywhere; none if it stands in a text as well."""
    places = [place for place in evidence if place.how is How.OCR]
    return places if len(places) == len(evidence) else []


def _is_first(place: Evidence, look: Look) -> bool:
    """Whether the first look has seen what stands there."""
    return any(words_of(leaf.page, place) for leaf in look.leaves)


def contradicted(look: Look, recognizer: Recognizer) -> Evidence | None:
    """Return a number whose text says other digits than its glyphs show, as a font's map can lie.

    Only what the network reads clearly is a contradiction. Raises OcrUnavailableError.
    """
    for found in look.letter.phones:
        for place in found.evidence if is_usable(found) else ():
            upright, words = _at(place, look, recognizer) if place.how is How.TEXT else (None, ())
            if upright is None:
                continue
            digits, wanted = _digits_at(upright, words), _wanted(found.value)
            if wanted not in digits and len(digits) >= len(wanted):
                return place
    return None


def is_usable(found: Found[Phone]) -> bool:
    """Whether the digits of a number were all read."""
    return found.value.kind is not PhoneKind.UNREADABLE


def _completed(look: Look, find: FindLetter, recognizer: Recognizer) -> Look:
    """Look again in other ways for a name, patronymic or number that the first look has not found."""
    leaf = next((leaf for leaf in look.leaves if _is_of(leaf, look.letter)), None)
    if leaf is None or not leaf.is_recognized or not _lacks(look.letter):
        return look
    upright = recognizer.upright(leaf)
    if upright is None or recognizer.deadline.expired:
        return look
    read = ""
    if look.letter.administrators:  # else the first look could tie no number to anybody
        read = "".join(_NOT_DIGITS.sub("", other.page.text) for other in look.leaves)
    given: set[str] = set()
    for page in look_again(
        upright,
        recognizer.engine,
        document=leaf.page.document,
        number=leaf.page.number,
        timeout=recognizer.page_seconds,
    ):
        pages = [page if other.source is leaf.source else other.page for other in look.leaves]
        again = find(pages)
        if again is not None:
            others = frozenset(number for number in map(_number, again.phones) if number in read)
            letter = _merged(look.letter, again, others - given)
            look = replace(look, letter=letter, further=(*look.further, page))
            given |= others
        if not _lacks(look.letter):
            break
    return look


def _is_of(leaf: Leaf, letter: Letter) -> bool:
    return leaf.page.document == letter.attachment and leaf.page.number == letter.page


def _lacks(letter: Letter) -> bool:
    return (
        not letter.administrators
        or any(_is_short(found.value) for found in letter.administrators)
        or _has_initials_only(letter)
        or not any(map(is_usable, letter.phones))
    )


def _has_initials_only(letter: Letter) -> bool:
    """Whether nobody is named in full: where a line was lost, somebody else's initials pass for the administrator's."""
    return bool(letter.administrators) and all(one.value.initials for one in letter.administrators)


def _is_short(name: PersonName) -> bool:
    return not name.initials and len(name.raw.split()) < 3


def _merged(letter: Letter, again: Letter, others: frozenset[str]) -> Letter:
    """Take from another look what is missing, and nothing else; of names only full ones, initials are the head's.

    `others` are numbers that seem to be somebody else's.
    """
    is_full = bool(again.administrators) and not any(
        found.value.initials or _is_short(found.value) for found in again.administrators
    )
    if is_full and _has_initials_only(letter):
        # the same person's full name, or somebody else: then nobody is certain
        both = (*letter.administrators, *again.administrators)
        letter = replace(letter, administrators=both)
    elif is_full and (
        not letter.administrators or _goes_on(letter.administrators, again.administrators)
    ):
        letter = replace(
            letter,
            administrators=again.administrators,
            self_appointed=again.self_appointed,
        )
    if not any(map(is_usable, letter.phones)) and _fills(letter.phones, again.phones, others):
        letter = replace(letter, phones=again.phones)
    return replace(
        letter,
        head=letter.head or again.head,
        organization_name=letter.organization_name or again.organization_name,
    )


def _fills(
    phones: Sequence[Found[Phone]], again: Sequence[Found[Phone]], others: frozenset[str]
) -> bool:
    """Whether another look's numbers are what is missing, and not those of somebody else.

    A look that has lost other lines takes the school's landline or the head's mobile for it. A number that was seen,
    but could not be read, is where it was. One that the first look read, and did not take, is somebody else's, unless
    two further looks give it. Where the beginning of a number is lost, so may be the words that say whose it is.
    """
    mobiles = [found for found in again if found.value.kind is PhoneKind.MOBILE]
    seen = [place for found in phones for place in found.evidence]
    if not seen:
        numbers = {_number(found) for found in mobiles}
        return bool(numbers) and not numbers & others and all(map(_is_whole, mobiles))
    places = [place for found in mobiles for place in found.evidence]
    return bool(places) and all(any(_meet(place, one) for one in seen) for place in places)


def _number(found: Found[Phone]) -> str:
    return _wanted(found.value)


def _is_whole(found: Found[Phone]) -> bool:
    """Whether a number stands there with its trunk prefix."""
    return len(_NOT_DIGITS.sub("", found.value.raw)) > NUMBER_DIGITS


def _meet(place: Evidence, other: Evidence) -> bool:
    if place.box is None or other.box is None or place.page != other.page:
        return False
    across = min(place.box[2], other.box[2]) - max(place.box[0], other.box[0])
    down = min(place.box[3], other.box[3]) - max(place.box[1], other.box[1])
    return across > 0 and down > 0


def _goes_on(names: Sequence[Found[PersonName]], again: Sequence[Found[PersonName]]) -> bool:
    """Whether another look has the same one person with a patronymic that this one has not."""
    if len(names) != 1 or len(again) != 1 or not _is_short(names[0].value):
        return False
    short, long = (_letters(found[0].value.raw) for found in (names, again))
    return len(long) > len(short) and long.startswith(short)


def _is_number(phone: Phone, place: Evidence, look: Look, recognizer: Recognizer) -> bool:
    """Whether the digit network reads the same number in that place."""
    upright, words = _at(place, look, recognizer)
    if upright is None:
        return False
    digits, wanted = _digits_at(upright, words), _wanted(phone)
    return wanted in digits and len(digits) <= len(wanted) + STRAY_DIGITS


def _digits_at(upright: Upright, words: Iterable[Word]) -> str:
    """Read the digits of some words by the digit network, line by line."""
    return "".join(
        _NOT_DIGITS.sub("", read_digits(upright, box) or "") for box in _line_boxes(words)
    )


def _wanted(phone: Phone) -> str:
    return _NOT_DIGITS.sub("", phone.e164 or phone.raw)[-NUMBER_DIGITS:]


def _is_name(place: Evidence, look: Look, recognizer: Recognizer) -> bool:
    """Whether the name in that place was read with certainty, or alike by the second network."""
    upright, words = _at(place, look, recognizer)
    if upright is None:
        return False
    unsure = [word for word in words if word.confidence < NAME_SURE and word.box]
    again = second_name(
        upright,
        [word.box for word in unsure if word.box],
        recognizer.engine,
        timeout=recognizer.page_seconds,
    )
    return all(
        _letters(word.text) == _letters(other) for word, other in zip(unsure, again, strict=True)
    )


def _at(
    place: Evidence, look: Look, recognizer: Recognizer
) -> tuple[Upright | None, tuple[Word, ...]]:
    """Return the picture of a place and the words that stand there."""
    for leaf in look.leaves:
        if (leaf.page.document, leaf.page.number) != (place.document, place.page):
            continue
        for page in (leaf.page, *look.further):
            words = words_of(page, place)
            if words:
                return recognizer.upright(leaf), words
    return None, ()


def words_of(page: Page, place: Evidence) -> tuple[Word, ...]:
    """Return the words of a page that `place` quotes, none where it quotes another page."""
    start = page.text.find(place.raw)
    while start >= 0:
        words = page.words_at(start, start + len(place.raw))
        if bounding_box(word.box for word in words) == place.box:
            return words
        start = page.text.find(place.raw, start + 1)
    return _scattered(page, place)


def _scattered(page: Page, place: Evidence) -> tuple[Word, ...]:
    """Return the words of a value that goes on under itself in a table's cell, other cells between them."""
    words: list[Word] = []
    wanted = place.raw.split()
    for word in page.words:
        if len(words) < len(wanted) and wanted[len(words)] in word.text and _lies_in(word, place):
            words.append(word)
    is_all = len(words) == len(wanted) and bounding_box(each.box for each in words) == place.box
    return tuple(words) if is_all else ()


def _lies_in(word: Word, place: Evidence) -> bool:
    return bounding_box((word.box, place.box)) == place.box


def _line_boxes(words: Iterable[Word]) -> Iterator[Box]:
    """Return the box around the digits of each line."""
    numbered = [word for word in words if any(map(str.isdigit, word.text))]
    for _, line in groupby(numbered, key=lambda word: word.line):
        box = bounding_box(word.box for word in line)
        if box is not None:
            yield box


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", fold_look_alikes(text).lower().replace("ё", "е"))
