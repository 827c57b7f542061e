"""The letter by itself: as a paper, and whom it names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from parsers.facts import Evidence, How, Letter, Mark, PhoneKind, Source
from workflow.case import Case, distinct_numbers, distinct_people
from workflow.comparison import Agreement, choose_nominative, same_person
from workflow.findings import Code, Finding, Severity, finding
from workflow.rules import Rule

DATE_TOLERANCE: Final = dt.timedelta(days=3)
"""A letter may be dated this much after its message (contract, `letter_date_doubtful`)."""


def letter_unreadable(case: Case) -> Iterator[Finding]:
    """It is the letter, but name and number cannot be read at all."""
    if (letter := case.letter) and letter.unreadable:
        yield finding(Code.LETTER_UNREADABLE, [_whole(letter)])


def letter_is_draft(case: Case) -> Iterator[Finding]:
    """An unfilled sample."""
    if (letter := case.letter) and letter.draft:
        yield finding(Code.LETTER_IS_DRAFT, [letter.draft])


def letter_signed_electronically(case: Case) -> Iterator[Finding]:
    """The mark of an electronic signature; beside ink it says nothing more."""
    if (letter := case.letter) and letter.electronic_signature:
        beside_ink = letter.signature is Mark.PRESENT and letter.seal is Mark.PRESENT
        yield finding(
            Code.LETTER_SIGNED_ELECTRONICALLY,
            [letter.electronic_signature],
            severity=Severity.INFO if beside_ink else None,
        )


def letter_not_signed(case: Case) -> Iterator[Finding]:
    """No ink where the head signs."""
    if (letter := case.letter) and letter.signature is Mark.ABSENT and _on_paper(letter):
        yield finding(Code.LETTER_NOT_SIGNED, [_whole(letter)])


def letter_not_sealed(case: Case) -> Iterator[Finding]:
    """No seal."""
    if (letter := case.letter) and letter.seal is Mark.ABSENT and _on_paper(letter):
        yield finding(Code.LETTER_NOT_SEALED, [_whole(letter)])


def letter_no_letterhead(case: Case) -> Iterator[Finding]:
    """Nothing above the text says whose letter it is."""
    if (letter := case.letter) and letter.letterhead is Mark.ABSENT:
        yield finding(Code.LETTER_NO_LETTERHEAD, [_whole(letter)])


def mark_unsure(case: Case) -> Iterator[Finding]:
    """A signature, seal or letterhead that may or may not be there."""
    if (letter := case.letter) is None:
        return
    marks = [("бланк", letter.letterhead)]
    if _on_paper(letter):
        marks += [("подпись", letter.signature), ("печать", letter.seal)]
    unsure = [name for name, mark in marks if mark is Mark.UNSURE]
    if unsure:
        yield finding(
            Code.MARK_UNSURE,
            [_whole(letter)],
            message=f"Не вполне ясно, есть ли на письме: {', '.join(unsure)}.",
        )


def letter_outdated(case: Case) -> Iterator[Finding]:
    """Dated too long before its message."""
    letter, sent = case.letter, case.letter_reference
    if (
        letter
        and sent
        and letter.date
        and sent.date() - letter.date.value > case.rules.letter_max_age
    ):
        yield finding(Code.LETTER_OUTDATED, letter.date.evidence)


def letter_date_doubtful(case: Case) -> Iterator[Finding]:
    """Dated after its message, or on a day that does not exist."""
    letter, sent = case.letter, case.letter_reference
    if letter is None:
        return
    if letter.impossible_date:
        yield finding(Code.LETTER_DATE_DOUBTFUL, [letter.impossible_date])
    elif letter.date and sent and letter.date.value - sent.date() > DATE_TOLERANCE:
        yield finding(Code.LETTER_DATE_DOUBTFUL, letter.date.evidence)


def text_layer_untrusted(case: Case) -> Iterator[Finding]:
    """The file's text layer was refused, the page recognized instead."""
    if (letter := case.letter) and letter.untrusted_layer:
        yield finding(Code.TEXT_LAYER_UNTRUSTED, [letter.untrusted_layer])


def administrator_ambiguous(case: Case) -> Iterator[Finding]:
    """Several people, or several mobile numbers."""
    people = distinct_people(case.letters)
    phones = [found for one in case.letters for found in one.phones]
    numbers = distinct_numbers(found.value for found in phones)
    form = case.questionnaire
    form_people = form.administrators if form else ()
    form_phones = form.administrator_phones if form else ()
    if len(people) > 1 or len(numbers) > 1 or len(form_people) > 1 or len(form_phones) > 1:
        names = [found for one in case.letters for found in one.administrators]
        every = [*(names if len(people) > 1 else ()), *(phones if len(numbers) > 1 else ())]
        every += [*(form_people if len(form_people) > 1 else ())]
        every += [*(form_phones if len(form_phones) > 1 else ())]
        places = [place for found in every for place in found.evidence[:1]]
        yield finding(Code.ADMINISTRATOR_AMBIGUOUS, places)


def administrator_name_missing(case: Case) -> Iterator[Finding]:
    """Nobody is named in the role."""
    letter = case.letter
    if letter and not letter.administrators and not (letter.unreadable or letter.draft):
        yield finding(Code.ADMINISTRATOR_NAME_MISSING, [_whole(letter)])


def administrator_name_incomplete(case: Case) -> Iterator[Finding]:
    """Only initials."""
    name = case.letter_name
    if name and name.initials:
        yield finding(Code.ADMINISTRATOR_NAME_INCOMPLETE, _name_places(case))


def name_not_certain(case: Case) -> Iterator[Finding]:
    """The form admits several nominatives, or none, and the questionnaire does not choose."""
    name = case.letter_name
    if name and not name.initials and choose_nominative(name, case.questionnaire_name) is None:
        yield finding(Code.LOW_CONFIDENCE, _name_places(case))


def low_confidence(case: Case) -> Iterator[Finding]:
    """Name or number were read with too little certainty, or twice and differently."""
    doubts = [doubt for one in case.letters for doubt in one.doubts]
    if doubts:
        yield finding(Code.LOW_CONFIDENCE, doubts)


def administrator_phone_missing(case: Case) -> Iterator[Finding]:
    """No number is tied to the administrator."""
    letter = case.letter
    if letter and not letter.phones and not (letter.unreadable or letter.draft):
        yield finding(Code.ADMINISTRATOR_PHONE_MISSING, [_whole(letter)])


def phone_kind(case: Case) -> Iterator[Finding]:
    """A number that cannot hold the rights: fixed, foreign, or with a digit amiss."""
    letter = case.letter
    if letter is None or len(distinct_numbers(found.value for found in letter.phones)) != 1:
        return
    found = letter.phones[0]
    if found.value.kind is PhoneKind.FIXED:
        yield finding(Code.PHONE_NOT_MOBILE, found.evidence)
    elif found.value.kind is PhoneKind.FOREIGN:
        yield finding(Code.PHONE_FOREIGN, found.evidence)
    elif found.value.kind is PhoneKind.UNREADABLE:
        recognized = letter.source is not Source.TEXT
        code = Code.LETTER_UNREADABLE if recognized else Code.ADMINISTRATOR_PHONE_MISSING
        message = None if recognized else "В мобильном номере администратора не хватает цифр."
        yield finding(code, found.evidence, message=message)


def administrator_is_head(case: Case) -> Iterator[Finding]:
    """The head appoints themselves."""
    letter, name = case.letter, case.letter_name
    if letter is None or name is None:
        return
    same = letter.head and same_person(name, letter.head.value) in _NOT_ANOTHER
    if letter.self_appointed or same:
        yield finding(Code.ADMINISTRATOR_IS_HEAD, _name_places(case))


RULES: Final[tuple[Rule, ...]] = (
    letter_unreadable,
    letter_is_draft,
    letter_signed_electronically,
    letter_not_signed,
    letter_not_sealed,
    letter_no_letterhead,
    mark_unsure,
    letter_outdated,
    letter_date_doubtful,
    text_layer_untrusted,
    administrator_ambiguous,
    administrator_name_missing,
    administrator_name_incomplete,
    name_not_certain,
    low_confidence,
    administrator_phone_missing,
    phone_kind,
    administrator_is_head,
)

_NOT_ANOTHER: Final = frozenset({Agreement.SAME, Agreement.PARTIAL})


def _on_paper(letter: Letter) -> bool:
    """Whether ink is to be expected: an electronic signature needs neither ink nor seal."""
    return letter.electronic_signature is None


def _whole(letter: Letter) -> Evidence:
    how = How.TEXT if letter.source is Source.TEXT else How.OCR
    return Evidence(document=letter.attachment, raw="", how=how, page=letter.page)


def _name_places(case: Case) -> list[Evidence]:
    return [
        place for one in case.letters for found in one.administrators for place in found.evidence
    ]
