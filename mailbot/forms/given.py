"""What a school has given already, for the forms that it gets back.

Only what a person typed is put into a form, and what a check digit proves. A value that was recognized on a picture
may be wrong; printed on the other paper it would confirm itself. The administrator's number goes from the
questionnaire into the questionnaire alone, never from one paper into the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mailbot.mailtext import one_line
from parsers.facts import Evidence, Field, Found, How, Letter, PersonName, PhoneKind, Questionnaire
from parsers.questionnaire.regions import find_region
from workflow.application import Assessment
from workflow.rules.questionnaire import is_organization_inn

_LONGEST: Final = 300  # characters of an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """What the letter says already; "" leaves a blank."""

    organization: str = ""
    administrator: str = ""  # in the nominative
    head: str = ""  # initials and surname, as it stands beside a signature
    head_post: str = ""


def given_answers(assessment: Assessment | None) -> dict[Field, str]:
    """Return the questionnaire's answers that can stand as they are."""
    if assessment is None:
        return {}
    found = _typed_in_letter(assessment.letter) if assessment.letter else {}
    form = assessment.questionnaire
    if form is not None and len(form.schools) <= 1:
        found |= {name: text for name, text in _typed_in_form(form).items() if text}
    return {name: text for name, text in found.items() if text}


def given_appointment(assessment: Assessment | None) -> Appointment:
    """Return what the letter can say already; the two papers must not differ about it."""
    if assessment is None:
        return Appointment()
    answers = given_answers(assessment)
    return Appointment(
        organization=answers.get(Field.FULL_NAME) or answers.get(Field.SHORT_NAME, ""),
        administrator=_administrator(assessment),
        head=_signing(answers.get(Field.HEAD_NAME, "")),
        head_post=answers.get(Field.HEAD_POST, ""),
    )


def _typed_in_form(form: Questionnaire) -> dict[Field, str]:
    answers = {name: _clean(found.value) for name, found in form.fields.items()}
    region = find_region(answers.get(Field.REGION, ""))
    if region is not None:
        answers[Field.REGION] = region.name
    if not is_organization_inn(answers.get(Field.INN, "")):
        answers.pop(Field.INN, None)
    answers[Field.ADMINISTRATOR_NAME] = _one_name(form.administrators)
    phones = {one.value.e164: one.value.kind for one in form.administrator_phones}
    is_usable = set(phones.values()) == {PhoneKind.MOBILE} and len(phones) == 1
    answers[Field.ADMINISTRATOR_PHONE] = next(iter(phones)) or "" if is_usable else ""
    return answers


def _typed_in_letter(letter: Letter) -> dict[Field, str]:
    """What a letter says of the school and its head; the administrator is the questionnaire's to name."""
    inn = letter.inn.value if letter.inn else ""
    head = letter.head if letter.head and _is_typed(letter.head.evidence) else None
    school = letter.organization_name
    return {
        Field.INN: inn if is_organization_inn(inn) else "",
        Field.FULL_NAME: _clean(school.value) if school and _is_typed(school.evidence) else "",
        Field.HEAD_NAME: _one_name((head,)) if head else "",
    }


def _administrator(assessment: Assessment) -> str:
    form, letter = assessment.questionnaire, assessment.letter
    on_form = _one_name(form.administrators) if form and len(form.schools) <= 1 else ""
    people = letter.administrators if letter else ()
    in_letter = _one_name(people) if all(_is_typed(one.evidence) for one in people) else ""
    seen = assessment.letter_name or in_letter
    if on_form and seen and _folded(on_form) != _folded(seen):
        return ""
    return on_form or in_letter


def _signing(name: str) -> str:
    """Return «П. И. Петров» of «Петров Пётр Ильич»: a full name at the foot would be one more person named."""
    surname, *others = name.split() or [""]
    if not others or any("." in word for word in others):
        return name
    return " ".join([*(f"{word[0]}." for word in others[:2]), surname])


def _one_name(people: tuple[Found[PersonName], ...]) -> str:
    """Return the one full name in the nominative, "" where there are several, or initials."""
    if len(people) != 1 or people[0].value.initials:
        return ""
    nominatives = people[0].value.nominatives
    return _clean(nominatives[0]) if len(nominatives) == 1 else ""


def _is_typed(evidence: Sequence[Evidence]) -> bool:
    return bool(evidence) and all(place.how is How.TEXT for place in evidence)


def _clean(text: str) -> str:
    return one_line(text)[:_LONGEST]


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")
