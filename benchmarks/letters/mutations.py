"""False accepts: good pairs of papers made to disagree in one thing; the real comparison must accept none of them.

Most mutations change the facts of the questionnaire, which costs a millisecond; some are whole messages, drawn anew.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from benchmarks.letters.drafts import Draft
from benchmarks.letters.kinds import Made
from benchmarks.letters.measure import assess, is_accepted
from benchmarks.letters.messages import message
from benchmarks.letters.people import Forms, Person, Word, invented_phone, spelled, with_part
from parsers.facts import Field, Found, Questionnaire
from parsers.names.names import Case, parse_person
from parsers.names.phones import parse_phone
from workflow.case import ReadMessage, lay_together
from workflow.matching import examine

_ALIKE: Final = {
    "0": "8",
    "1": "7",
    "2": "7",
    "3": "8",
    "4": "1",
    "5": "6",
    "6": "5",
    "7": "1",
    "8": "3",
    "9": "0",
}
_NEAR: Final = {
    "о": "а",
    "а": "о",
    "и": "е",
    "е": "и",
    "н": "к",
    "к": "н",
    "л": "п",
    "п": "л",
    "т": "г",
    "р": "с",
}

Change = Callable[[Draft, random.Random], tuple[Person, str]]
"""The administrator as the other paper names them, and the number there."""


def _digit(draft: Draft, chance: random.Random) -> tuple[Person, str]:
    at = chance.randint(3, 11)
    phone = draft.administrator.phone
    other = chance.choice([digit for digit in "0123456789" if digit != phone[at]])
    return draft.administrator, phone[:at] + other + phone[at + 1 :]


def _digit_alike(draft: Draft, chance: random.Random) -> tuple[Person, str]:
    at, phone = chance.randint(3, 11), draft.administrator.phone
    return draft.administrator, phone[:at] + _ALIKE[phone[at]] + phone[at + 1 :]


def _swapped(draft: Draft, chance: random.Random) -> tuple[Person, str]:
    phone = draft.administrator.phone
    places = [at for at in range(3, 11) if phone[at] != phone[at + 1]]
    if not places:
        return _digit(draft, chance)
    at = chance.choice(places)
    return draft.administrator, phone[:at] + phone[at + 1] + phone[at] + phone[at + 2 :]


def _digit_lost(draft: Draft, chance: random.Random) -> tuple[Person, str]:
    at, phone = chance.randint(3, 11), draft.administrator.phone
    return draft.administrator, phone[:at] + phone[at + 1 :]


def _digit_more(draft: Draft, chance: random.Random) -> tuple[Person, str]:
    at, phone = chance.randint(3, 11), draft.administrator.phone
    return draft.administrator, phone[:at] + chance.choice("0123456789") + phone[at:]


def _other_number(draft: Draft, chance: random.Random) -> tuple[Person, str]:
    role = chance.choice(
        [role for role in draft.people if draft.people[role] != draft.administrator]
    )
    return draft.administrator, draft.people[role].phone


def _part(part: str) -> Change:
    def change(draft: Draft, chance: random.Random) -> tuple[Person, str]:
        person = draft.administrator
        if part == "patronymic" and person.patronymic is None:
            return with_part(person, "given", chance), person.phone
        return with_part(person, part, chance), person.phone

    return change


def _surname_alike(draft: Draft, chance: random.Random) -> tuple[Person, str]:
    """One letter of the surname's stem another."""
    person = draft.administrator
    stem = _common(person.surname.forms)
    places = [at for at in range(1, len(stem)) if stem[at] in _NEAR]
    if not places:
        return with_part(person, "surname", chance), person.phone
    return replace(person, surname=_changed(person.surname, chance.choice(places))), person.phone


def _patronymic_alike(draft: Draft, chance: random.Random) -> tuple[Person, str]:
    """«Андреевна» for «Алексеевна» and the like: one letter of the father's name another."""
    person = draft.administrator
    if person.patronymic is None:
        return with_part(person, "given", chance), person.phone
    stem = person.patronymic.forms[0][:-4]
    places = [at for at in range(1, len(stem)) if stem[at] in _NEAR]
    if not places:
        return with_part(person, "patronymic", chance), person.phone
    return replace(
        person, patronymic=_changed(person.patronymic, chance.choice(places))
    ), person.phone


def _no_patronymic(draft: Draft, chance: random.Random) -> tuple[Person, str]:
    person = draft.administrator
    if person.patronymic is None:
        return with_part(person, "given", chance), person.phone
    return replace(person, patronymic=None), person.phone


def _another_colleague(draft: Draft, chance: random.Random) -> tuple[Person, str]:
    role = chance.choice(
        [role for role in draft.people if draft.people[role] != draft.administrator]
    )
    return draft.people[role], draft.administrator.phone


def _brother(draft: Draft, chance: random.Random) -> tuple[Person, str]:
    """The other sex's given name, the surname as it is."""
    person = draft.administrator
    return with_part(replace(person, female=not person.female), "given", chance), person.phone


CHANGES: Final[Mapping[str, Change]] = {
    "one digit": _digit,
    "one digit alike": _digit_alike,
    "two digits swapped": _swapped,
    "a digit lost": _digit_lost,
    "a digit more": _digit_more,
    "a colleague's number": _other_number,
    "another number": lambda draft, chance: (draft.administrator, invented_phone(chance)),
    "another surname": _part("surname"),
    "another given name": _part("given"),
    "another patronymic": _part("patronymic"),
    "a letter of the surname": _surname_alike,
    "a letter of the patronymic": _patronymic_alike,
    "no patronymic": _no_patronymic,
    "a colleague": _another_colleague,
    "a given name of the other sex": _brother,
}


def _common(forms: Forms) -> str:
    length = min(map(len, forms))
    return next(
        (forms[0][:at] for at in range(length, 0, -1) if len({f[:at] for f in forms}) == 1), ""
    )


def _changed(word: Word, at: int) -> Word:
    a, b, c, d, e, f = (form[:at] + _NEAR[form[at]] + form[at + 1 :] for form in word.forms)
    return Word((a, b, c, d, e, f))


def in_facts(
    draft: Draft, read: ReadMessage, chance: random.Random, rounds: int
) -> Iterator[tuple[str, bool]]:
    """Yield, for each change of the questionnaire, its name and whether it was accepted."""
    for _ in range(rounds):
        for name, change in CHANGES.items():
            person, phone = change(draft, chance)
            form = _with(read.reading.questionnaires[0], person.full_name, phone)
            reading = replace(read.reading, questionnaires=(form,))
            yield name, is_accepted(examine(lay_together([replace(read, reading=reading)])))


def _with(form: Questionnaire, name: str, phone: str) -> Questionnaire:
    """Return the questionnaire with another administrator and number, read as its cells are."""
    person, number = parse_person(name, governing=Case.NOMINATIVE), parse_phone(phone)
    places = form.administrators[0].evidence, form.administrator_phones[0].evidence
    return replace(
        form,
        administrators=(Found(person, places[0]),) if person else (),
        administrator_phones=(Found(number, places[1]),),
        fields={
            **form.fields,
            Field.ADMINISTRATOR_NAME: Found(name, places[0]),
            Field.ADMINISTRATOR_PHONE: Found(number.e164 or phone, places[1]),
        },
    )


def in_messages(
    draft: Draft, make: Callable[[Draft], Made], chance: random.Random
) -> tuple[str, bool]:
    """Draw the letter of one change, send it with the questionnaire as it was; return what was changed, if accepted."""
    name = chance.choice(list(CHANGES))
    person, phone = CHANGES[name](draft, chance)
    role = "h" if draft.wording.named == "head" else "a"
    changed = replace(
        draft,
        people={**draft.people, role: replace(person, phone=phone)},
        printed_phone=spelled(phone, chance.randint(0, 11)),
    )
    content, extension = make(changed)
    # the questionnaire stays that of the draft
    _, assessment = assess(message(draft, content, extension))
    return name, is_accepted(assessment)


def bound(tried: int) -> float:
    """Return the rate of false accepts that `tried` trials without one exclude with 95 % certainty (rule of three)."""
    return 3 / tried if tried else 1.0


def counted(results: Iterator[tuple[str, bool]]) -> tuple[Counter[str], Counter[str]]:
    """Return how often each change was tried and accepted."""
    tried: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    for name, wrong in results:
        tried[name] += 1
        accepted[name] += wrong
    return tried, accepted
