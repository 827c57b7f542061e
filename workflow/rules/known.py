"""What the database knows already about the organization and the number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workflow.case import Case
from workflow.findings import Code, Finding, finding
from workflow.rules import Rule


def duplicate_application(case: Case) -> Iterator[Finding]:
    """An earlier application for the same ИНН is open."""
    if case.known.open_applications:
        numbers = ", ".join(map(str, case.known.open_applications))
        yield finding(
            Code.DUPLICATE_APPLICATION,
            message=f"По этой организации уже есть открытая заявка: № {numbers}.",
        )


def already_registered(case: Case) -> Iterator[Finding]:
    """The organization is registered; with another administrator it is a change as well."""
    if (registered := case.known.registered) is None:
        return
    yield finding(Code.ALREADY_REGISTERED)
    number = case.letter_number
    if number and number not in {one.phone for one in registered.administrators}:
        yield finding(Code.ADMINISTRATOR_CHANGE)


def phone_in_use(case: Case) -> Iterator[Finding]:
    """The number holds the rights of another organization, or is about to."""
    if case.known.phone_holders:
        inns = ", ".join(case.known.phone_holders)
        yield finding(
            Code.PHONE_IN_USE,
            message=f"На этот номер выданы или выдаются права в другой организации (ИНН {inns}).",
        )


RULES: Final[tuple[Rule, ...]] = (duplicate_application, already_registered, phone_in_use)
