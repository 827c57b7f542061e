"""Places in a letter: where its letterhead ends, where the head takes the role, where a sample is unfilled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from parsers.letter.anchors import PersonRole, anchors
from parsers.letter.structure import Segment
from parsers.letter.text import Span
from parsers.names.morphology import is_finite_verb, is_first_person
from parsers.names.names import FoundPerson

# How the body of a letter or order begins, at the beginning of a line.
_BODY: Final = re.compile(
    r"^[ ]*(?:1[.)][ ]+[А-ЯЁ]|(?:[0-9]{1,2}[.)]?[ ]*)?(?:приказываю|п[ ]?р[ ]?и[ ]?к[ ]?а[ ]?з[ ]?ы[ ]?в[ ]?а[ ]?ю|"
    r"настоящ(?:им|ее)|назнач(?!ени)|возлож|возлаг|поруч|"
    r"в[ ]соответствии|в[ ]целях|на[ ]основании|уважаем|прошу|просим|во[ ]исполнение|для[ ]|в[ ]связи|сообща|информиру|"
    r"направля|довод|я,|обязанност|администратор(?:ом|а)?[ ]+(?:назнач|явля|\S+[ ]+(?:назнач|явля))|"
    r"администратор[^\n]{0,60}[:\t]))",
    re.IGNORECASE | re.MULTILINE,
)

# The same inside a line: «МБОУ СОШ № 5 сообщает …».
_BODY_INSIDE: Final = re.compile(
    r"\b(?:сообща(?:ет|ем)|информирует|просит|назнача(?:ет|ю)|направляет|уведомляет|приказываю|гарантирует)\b",
    re.IGNORECASE,
)

# The head takes the role: «возлагаю на себя», «оставляю за собой», «назначаю себя», «буду являться я».
_UPON_HIMSELF: Final = re.compile(
    r"(?:возлага|возлож|оставля|остав|бер|принима|закрепл|закреп|исполн|выполн)\w*\s+(?:\w+\s+){0,4}?(?:на\s+себя|"
    r"за\s+собой)|"
    r"(?:на\s+себя|за\s+собой)\s+(?:\w+\s+){0,3}?(?:возлага|оставля|бер|принима)\w*|назнача\w+\s+себя|"
    r"себя\s+(?:\w+\s+){0,3}назнача\w+|"
    r"являюсь|буду\s+(?:являться|выполнять|исполнять|осуществлять)|(?:выполняю|исполняю|осуществляю)\s+(?:лично|сам)",
    re.IGNORECASE,
)
_MYSELF: Final = re.compile(r"на\s+себя|за\s+собой|себя|являюсь|буду|лично|сам", re.IGNORECASE)
_CONTROL: Final = re.compile(r"\bконтрол\w+", re.IGNORECASE)

# A heading that calls the paper a sample.
_SAMPLE: Final = re.compile(
    r"^[ ]*\(?(?:образец|шаблон|пример|форма письма|примерная форма)\b[^\n]{0,40}$",
    re.IGNORECASE | re.MULTILINE,
)

# What an unfilled sample has in the place of a name and of a number.
_BLANK_NAME: Final = re.compile(
    r"[\[(<{][ ]*(?:указать[ ]+)?(?:Ф\.?[ ]?И\.?[ ]?О\.?|фамилия[, ]+имя)[^\])>}\n]{0,40}[\])>}]|"
    r"фамилия[, ]+имя[, ]+отчество(?![^\n]{0,3}:)|"
    r"_{4,}|\.{6,}|…{2,}|(?<![А-Яа-яA-Za-z])[XХ]{3,}",
    re.IGNORECASE,
)
_BLANK_NUMBER: Final = re.compile(
    r"\+?[78]?[ ]?[-(]?[ ]?(?:[_XХ]{2,}[ )-]*){2,}|(?:телефон\w*|номер\w*|тел\.|моб\w*\.?)[ :]*(?:_{3,}|\.{4,}|"
    r"[\[(<][^\])>\n]{3,40}[\])>])",
    re.IGNORECASE,
)


# A title that names the role or even the person, above the body.
_TITLE: Final = re.compile(
    r"^[ ]*(?:(?:[А-ЯЁа-яё]+[ ]+){0,3}об?[ ]+[а-яё]{4,}|назначение\b)",
    re.IGNORECASE | re.MULTILINE,
)

# A line's capitalized first word.
_FIRST_WORD: Final = re.compile(r"^[ ]*([А-ЯЁ][а-яё]{3,})", re.MULTILINE)

# Words in small letters, and how many a sentence has.
_SMALL_WORD: Final = re.compile(r"(?<![\w.-])[а-яё]{4,}(?![\w.-])")
_SENTENCE_WORDS: Final = 3

_ROLE: Final = PersonRole.ADMINISTRATOR


def header_end(text: str, pieces: Sequence[Segment], people: Sequence[FoundPerson]) -> int:
    """Return where the letterhead, the addressee and the heading end and the body begins."""
    starts = [found.start() for found in [_BODY.search(text)] if found]
    spoken = (word.start() for word in _FIRST_WORD.finditer(text) if is_first_person(word[1]))
    starts += [found for found in [next(spoken, None)] if found is not None]
    starts += [one.start for one in pieces if _is_prose(one.text)][:1]
    inside = _BODY_INSIDE.search(text)
    if inside:
        starts.append(text.rfind("\n", 0, inside.start()) + 1)
    untitled = [
        one for one in pieces if _has_role(one) and (":" in one.text or not _TITLE.search(one.text))
    ]
    for piece in untitled:
        here = [one.start for one in people if piece.start <= one.start < piece.end]
        if here or ":" in piece.text:
            roles = [piece.start + one.start for one in anchors(piece.text) if one.role is _ROLE]
            starts.append(text.rfind("\n", 0, min(here + roles)) + 1)
            break
    return min(starts, default=untitled[0].start if untitled else 0)


def _is_prose(text: str) -> bool:
    """Say whether a piece is a sentence, as letterheads, addressees and titles have none: it has a finite verb."""
    words = _SMALL_WORD.findall(text)
    return len(words) >= _SENTENCE_WORDS and any(map(is_finite_verb, words))


def self_appointment(pieces: Sequence[Segment]) -> Segment | None:
    """Return the clause by which the signer becomes the administrator, None where there is none.

    «Контроль … оставляю за собой» is none, whatever is controlled.
    """
    for piece in pieces:
        for found in _UPON_HIMSELF.finditer(piece.text):
            roles = [one for one in anchors(piece.text) if one.role is _ROLE]
            control = _CONTROL.search(piece.text, 0, found.end())
            if (
                roles
                and _MYSELF.search(found[0])
                and (control is None or roles[0].start < control.start())
            ):
                return piece
    return None


def draft_span(text: str, pieces: Sequence[Segment], *, named: bool, numbered: bool) -> Span | None:
    """Return the blank that stands in the place of the name or number, or the heading «Образец».

    `named` and `numbered` say what was found: a hint under a filled line («(ФИО)») makes no sample.
    """
    heading = _SAMPLE.search(text)
    if heading:
        return heading.span()
    for piece in pieces:
        if not _has_role(piece):
            continue
        if not named and (blank := _BLANK_NAME.search(piece.text)):
            return piece.start + blank.start(), piece.start + blank.end()
    if not numbered and (number := _BLANK_NUMBER.search(text)):
        return number.span()
    return None


def _has_role(piece: Segment) -> bool:
    return any(one.role is _ROLE for one in anchors(piece.text))
