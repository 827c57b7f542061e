"""Who has signed a letter: the name beside the head's post at the end, not the acquainted, not the executor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from parsers.letter.structure import lines
from parsers.names.names import FoundPerson

# The head's post, at the beginning of a line of the signature; in the genitive behind «и.о.», «за».
_HEAD: Final = re.compile(
    r"[ ]*(?:с[ ]уважением,?[ ]*)?(?:"
    r"(?P<acting>и\.?[ ]?о\.?|врио\b|вр\.?[ ]?и\.?[ ]?о\.?|(?:временно[ ]+)?исполняющ\w+[ ]+обязанности|за\b)[ ]*"
    r"(?:директор\w*|заведующ\w+|руководител\w+|начальник\w*|ректор\w*)|"
    r"(?:директор|заведующ(?:ий|ая)|руководитель|начальник|ректор|президент|председатель)\b)",
    re.IGNORECASE,
)
# Others than the head whose post begins so, and those who only agree.
_NOT_HEAD: Final = re.compile(r"профком|профсоюз|совета|родительск|комисси", re.IGNORECASE)
_AGREED: Final = re.compile(r"согласован", re.IGNORECASE)
_DEPUTY: Final = re.compile(r"[ ]*зам(?:еститель|\.)", re.IGNORECASE)

# Lines behind or between which no signer stands.
_NOT_SIGNED: Final = re.compile(
    r"ознаком|^[ ]*исп(?:олнитель|[.:])|верн[оа]\b|согласован|подготовил|обязанност|назнач|возлож|возлаг|контрол|"
    r"приказыва",
    re.IGNORECASE,
)

# The ruling line or slashes that a signer's name stands beside, without a post.
_RULED: Final = re.compile(r"_{3,}|/[^/\n]{5,40}/")

_WORD: Final = re.compile(r"[А-Яа-яЁё]{3,}(?<!подпись)(?<!года)")

_REACH: Final = 4  # lines under the post on which the name may still stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The person who has signed, where the signature begins, and whether in the head's stead."""

    person: FoundPerson | None
    start: int
    acting: bool = False


def find_signer(text: str, people: Sequence[FoundPerson], starts: Sequence[int]) -> Signer | None:
    """Return who signs `text`, None where no signature is.

    It is looked for behind each of the offsets `starts` in turn. The last line that begins with the head's post counts;
    without one a deputy's, else a name beside a ruling line.
    """
    found = [_signer_after(text, people, start) for start in dict.fromkeys(starts)]
    named = (one for one in found if one is not None and one.person is not None)
    return next(named, None) or next((one for one in found if one is not None), None)


def _signer_after(text: str, people: Sequence[FoundPerson], after: int) -> Signer | None:
    spans = [span for span in lines(text) if span[1] > after]
    best: Signer | None = None
    for number, (start, end) in enumerate(spans):
        post = _HEAD.match(text, start, end)
        line = text[start:end]
        if post is None or _NOT_SIGNED.search(line) or _NOT_HEAD.search(line) or _sentence(line):
            continue
        if number and _AGREED.search(text[slice(*spans[number - 1])]):
            continue
        below = [span for span in spans[number + 1 :] if text[slice(*span)].strip()][:_REACH]
        person = _named(text, people, (start, end), below)
        if person is not None or best is None:
            best = Signer(person=person, start=start, acting=post["acting"] is not None)
    if best is not None and best.person is not None:
        return best
    return _deputy_or_ruled(text, people, spans) or best or _bare_line(text, people, spans)


def _sentence(line: str) -> bool:
    """Say whether a line that begins with the post goes on as prose («Директор школы сообщает, что …»)."""
    return (
        re.search(
            r"\b(?:сообща|назнача|просит|гарантир|должен|обязан|обеспеч)\w*", line, re.IGNORECASE
        )
        is not None
    )


def _named(
    text: str,
    people: Sequence[FoundPerson],
    line: tuple[int, int],
    below: Sequence[tuple[int, int]],
) -> FoundPerson | None:
    """Return the person on the post's line or under it, the last on that line, before anything else begins."""
    for number, (start, end) in enumerate((line, *below)):
        if number and (_NOT_SIGNED.search(text[start:end]) or _HEAD.match(text, start, end)):
            return None
        here = [
            one
            for one in people
            if start <= one.start < end and not _of_school(text, start, one, people)
        ]
        if here:
            return here[-1]
    return None


def _of_school(text: str, line: int, person: FoundPerson, people: Sequence[FoundPerson]) -> bool:
    """Say whether the name is the school's («МБОУ СОШ им. И.И. Иванова»)."""
    since = max((one.end for one in people if one.end <= person.start), default=0)
    before = text[max(line - 80, since) : person.start]
    return re.search(r"(?i)\b(?:им(?:\.|\b)|имени)\s*(?:[\w.,-]+\s+){0,6}$", before) is not None


def _deputy_or_ruled(
    text: str, people: Sequence[FoundPerson], spans: Sequence[tuple[int, int]]
) -> Signer | None:
    for pattern, at_start in ((_DEPUTY, True), (_RULED, False)):
        for number, (start, end) in enumerate(spans):
            found = (
                pattern.match(text, start, end) if at_start else pattern.search(text, start, end)
            )
            if found is None or _NOT_SIGNED.search(text[start:end]):
                continue
            person = _named(text, people, (start, end), spans[number + 1 : number + 2])
            if person is not None:
                return Signer(person=person, start=start)
    return None


def _bare_line(
    text: str, people: Sequence[FoundPerson], spans: Sequence[tuple[int, int]]
) -> Signer | None:
    """Return who signs on the last line, if it holds nothing but a name and a date."""
    filled = [span for span in spans if text[slice(*span)].strip()]
    for start, end in filled[-1:]:
        here = [one for one in people if start <= one.start and one.end <= end]
        if len(here) == 1 and not _WORD.search(
            text[start : here[0].start] + text[here[0].end : end]
        ):
            return Signer(person=here[0], start=start)
    return None
