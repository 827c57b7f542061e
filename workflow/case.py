"""Everything that an application's messages say, laid together: what the rules look at.

Documents of a later message supersede those of the same role, the rest is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from parsers.facts import (
    Document,
    Evidence,
    Field,
    Headers,
    Letter,
    PersonName,
    Phone,
    PhoneKind,
    Questionnaire,
    Reading,
    Role,
    Trouble,
)
from workflow.application import Known

REQUIRED_FIELDS: Final = (
    Field.FULL_NAME,
    Field.INN,
    Field.ADMINISTRATOR_NAME,
    Field.ADMINISTRATOR_PHONE,
)
"""Without one of these the questionnaire is incomplete, unless the settings say otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """What an administrator of the server may change about the rules."""

    required_fields: tuple[Field, ...] = REQUIRED_FIELDS
    letter_max_age: dt.timedelta = dt.timedelta(days=365)
    trusted_services: Mapping[str, str | None] = field(default_factory=dict)
    """For each mailbox whose word about senders counts: an authserv-id, or `*.` and its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMessage:
    """One message of an application and what it says."""

    reading: Reading
    received_at: dt.datetime
    mailbox: str = ""  # which of the configured ones it came from
    settled: bool = False  # an operator has dealt with it: its subject and sender raise no doubt

    @property
    def reference(self) -> dt.datetime:
        """When the message was sent: what the age of a letter is measured by.

        Its Date, but its arrival where there is none, or where Date is later than that.
        """
        sent = self.reading.headers.date
        return sent if sent is not None and sent <= self.received_at else self.received_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One application as the rules see it."""

    messages: tuple[ReadMessage, ...]  # oldest first
    documents: tuple[Document, ...]  # of all messages, without the superseded ones
    letters: tuple[Letter, ...]  # of the newest message that has one
    letter_reference: dt.datetime | None  # when that message was sent
    questionnaires: tuple[Questionnaire, ...]
    cloud_links: tuple[Evidence, ...]
    limits: tuple[Evidence, ...]
    infections: tuple[Evidence, ...] = ()
    known: Known = field(default_factory=Known)
    rules: RuleSettings = field(default_factory=RuleSettings)

    @property
    def letter(self) -> Letter | None:
        """The letter that counts."""
        return self.letters[0] if self.letters else None

    @property
    def questionnaire(self) -> Questionnaire | None:
        """The questionnaire that counts."""
        return self.questionnaires[0] if self.questionnaires else None

    @property
    def unsettled(self) -> tuple[ReadMessage, ...]:
        """The messages that no operator has dealt with."""
        return tuple(one for one in self.messages if not one.settled)

    @property
    def unsettled_headers(self) -> tuple[Headers, ...]:
        """Their headers."""
        return tuple(one.reading.headers for one in self.unsettled)

    @property
    def letter_name(self) -> PersonName | None:
        """The one person whom the letter names, or None."""
        people = distinct_people(self.letters)
        return people[0] if len(people) == 1 else None

    @property
    def questionnaire_name(self) -> PersonName | None:
        """The one person whom the questionnaire names, or None."""
        form = self.questionnaire
        return form.administrators[0].value if form and len(form.administrators) == 1 else None

    @property
    def letter_phone(self) -> Phone | None:
        """The one mobile number that the letter ties to the administrator, or None."""
        return _only_mobile([found.value for one in self.letters for found in one.phones])

    @property
    def letter_number(self) -> str | None:
        """The one number of the letter as E.164, of whatever kind, whose digits make a number."""
        numbers = {
            found.value.e164
            for one in self.letters
            for found in one.phones
            if found.value.kind is not PhoneKind.UNREADABLE
        }
        return numbers.pop() if len(numbers) == 1 else None

    @property
    def questionnaire_phone(self) -> Phone | None:
        """The one mobile number of the administrator in the questionnaire, or None."""
        form = self.questionnaire
        return _only_mobile([found.value for found in form.administrator_phones]) if form else None


def lay_together(
    messages: Sequence[ReadMessage],
    *,
    known: Known | None = None,
    rules: RuleSettings | None = None,
) -> Case:
    """Lay the messages of one application together, oldest first."""
    newest_letter = _newest(messages, Role.LETTER)
    newest_form = _newest(messages, Role.QUESTIONNAIRE)
    documents: list[Document] = []
    for index, message in enumerate(messages):
        for document in message.reading.documents:
            superseded = (_role(document) is Role.LETTER and index < newest_letter) or (
                _role(document) is Role.QUESTIONNAIRE and index < newest_form
            )
            if not superseded:
                documents.append(document)
    has_both = newest_letter >= 0 and newest_form >= 0
    return Case(
        messages=tuple(messages),
        documents=tuple(documents),
        letters=messages[newest_letter].reading.letters if newest_letter >= 0 else (),
        letter_reference=messages[newest_letter].reference if newest_letter >= 0 else None,
        questionnaires=messages[newest_form].reading.questionnaires if newest_form >= 0 else (),
        cloud_links=()
        if has_both
        else tuple(link for one in messages for link in one.reading.cloud_links),
        limits=tuple(limit for one in messages for limit in one.reading.limits),
        infections=tuple(found for one in messages for found in one.reading.infections),
        known=known or Known(),
        rules=rules or RuleSettings(),
    )


def distinct_people(letters: Iterable[Letter]) -> tuple[PersonName, ...]:
    """Return the different people named in the role, over all letters."""
    people: dict[frozenset[str] | str, PersonName] = {}
    for letter in letters:
        for found in letter.administrators:
            key: frozenset[str] | str = (
                frozenset(name.replace("ё", "е").casefold() for name in found.value.nominatives)
                or found.value.raw.casefold()
            )
            people.setdefault(key, found.value)
    return tuple(people.values())


def distinct_numbers(phones: Iterable[Phone]) -> tuple[Phone, ...]:
    """Return the different numbers."""
    return tuple({phone.e164 or phone.raw: phone for phone in phones}.values())


def _only_mobile(phones: Sequence[Phone]) -> Phone | None:
    numbers = distinct_numbers(phones)
    if len(numbers) == 1 and numbers[0].kind is PhoneKind.MOBILE:
        return numbers[0]
    return None


def _role(document: Document) -> Role | None:
    """The role that a document has, or was meant to have."""
    return document.looks_like if document.role is Role.OTHER else document.role


def _newest(messages: Sequence[ReadMessage], role: Role) -> int:
    """The index of the newest message that holds a readable paper of `role`, -1 without one."""
    for index in range(len(messages) - 1, -1, -1):
        reading = messages[index].reading
        if reading.letters if role is Role.LETTER else reading.questionnaires:
            return index
    return -1


def is_failed(document: Document) -> bool:
    """Whether a document was sent and could not be used."""
    return document.trouble not in {None, Trouble.DANGEROUS} or document.blank
