"""The case that the words around a name ask for: what a name without a patronymic is read by."""

from __future__ import annotations

import re
from typing import Final

from parsers.names.patronymics import Case

# Words that govern a case, wherever before the name they stand; the nearest decides.
_GOVERNORS: Final = (
    (
        Case.ACCUSATIVE,
        re.compile(
            r"\b(?:назнач(?:ить|ил\w*|ив|ьте)|назнача(?:ю|ем|ет)|утвердить|утверждаю|утверждает|определить|"
            r"определя(?:ю|ет)|"
            r"считать|возлож(?:ить|ен)\w*|возлага\w+|избрать|выбрать|надел(?:ить|яю|яет)|закрепить|уполномоч(?:ить|"
            r"ива\w+)|"
            r"принять|включить|указать)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Case.DATIVE,
        re.compile(
            r"\b(?:поруч\w+|предостав\w+|переда(?:ть|ю|на|ны|ет)\w*|выдать|выдайте|присво\w+|разреш\w+|делегир\w+|"
            r"доверить|доверя\w+|вменить|открыть|принадлеж\w+)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Case.NOMINATIVE,
        re.compile(
            r"\b(?:назначен[аоы]?|назнача(?:ется|ются)|является|являются|выступает|будет|определ[её]н[аоы]?|"
            r"определяется|"
            r"утвержд[её]н[аоы]?|утверждается|избран[аоы]?|исполняет|выполняет|осуществляет|исполняющ\w+|отвечает)\b|"
            r"(?:^|[\n\t])[^:\n\t]{0,80}:\s*$|\t$",
            re.IGNORECASE,
        ),
    ),
    (
        Case.GENITIVE,
        re.compile(
            r"\b(?:назначени[еяию]\w*|в[ ]лице|кандидатур\w+|в[ ]отношении|данные|сведения|для|вместо|взамен|кроме|"
            r"увольнени\w+|назначенн(?:ого|ой))\b",
            re.IGNORECASE,
        ),
    ),
    (
        Case.INSTRUMENTAL,
        re.compile(
            r"\b(?:осуществля[ею]тся|исполня[ею]тся|выполня[ею]тся|назначенным)\b", re.IGNORECASE
        ),
    ),
)

# A preposition right before the name, or with only a post between.
_ON: Final = re.compile(r"\bна\s+(?:[а-яё-]+[\s,]+){0,8}$")
_WITH: Final = re.compile(r"\bза\s+(?:[а-яё-]+(?:ом|ем|ой|ей|им|ым|ою)\s+(?:[а-яё-]+\s+){0,4})?$")
_FROM: Final = re.compile(r"\b(?:с|со|от|у)\s+(?:[а-яё-]+(?:а|я|ы|и|ого|его|ой|ей)\s+){0,4}$")
_ABOUT: Final = re.compile(r"\bо(?:б)?\s+$")

_ASSIGNING: Final = re.compile(r"\b(?:возлож|возлага|перелож|налож)", re.IGNORECASE)
_FIXING: Final = re.compile(r"\b(?:закреп|оставить|сохран)", re.IGNORECASE)

# A colon after the verb: an entry of a list, in the verb's case or in the nominative.
_LISTED: Final = re.compile(r"(?::|\s-)\s*$")

# «Ивановой М.П. обеспечить …»: the infinitive stands behind.
_TOLD: Final = re.compile(r"^\s*(?:\([^)]*\)|,[^,]*,)?\s*:?\s*[а-яё]+(?:ить|ать|ять|ести|еть)\b")


def governing_cases(before: str, behind: str, lead: str = "") -> tuple[Case, ...]:
    """Return the cases that a name between `before` and `behind` of one piece of text may stand in.

    `lead` is the header over the list that the piece is an entry of; entries stand in the case of its verb or in the
    nominative. Empty where the words leave it open: then the name's own form decides.
    """
    if _ON.search(before) and _ASSIGNING.search(before):
        return (Case.ACCUSATIVE,)
    if _WITH.search(before) and _FIXING.search(before):
        return (Case.INSTRUMENTAL,)
    if _FROM.search(before):
        return (Case.GENITIVE,)
    if _ABOUT.search(before):
        return (Case.PREPOSITIONAL,)
    nearest = _nearest(before)
    if nearest is not None:
        listed = _LISTED.search(before) and nearest is not Case.NOMINATIVE
        return (nearest, Case.NOMINATIVE) if listed else (nearest, *_under(before, nearest))
    if not re.search(r"[А-Яа-яё]{3}", before) and _TOLD.match(behind):
        return (Case.DATIVE,)
    over = _nearest(lead.rstrip(" :-\n"))
    if over is not None:
        return tuple(dict.fromkeys((over, Case.NOMINATIVE)))
    return (Case.NOMINATIVE,) if _LISTED.search(before) or "\t" in before else ()


def _under(before: str, nearest: Case) -> tuple[Case, ...]:
    """Return the verb's case where the nominative is a label's alone («Назначить администратором: …»)."""
    if nearest is not Case.NOMINATIVE or not before.rstrip().endswith(":"):
        return ()
    verb = _nearest(before.rstrip().rstrip(":"))
    return (verb,) if verb is not None and verb is not Case.NOMINATIVE else ()


def _nearest(before: str) -> Case | None:
    ends = [
        (found.end(), case) for case, pattern in _GOVERNORS for found in pattern.finditer(before)
    ]
    return max(ends, key=lambda end: end[0])[1] if ends else None
