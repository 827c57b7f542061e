"""`mailbot parse FILE...`: what would be extracted and decided; touches nothing, writes nothing."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from config.settings import ConfigurationError, Settings
from config.values import FIRST_MAILBOX
from mailbot import documents
from mailbot.app import (
    cage_of,
    own_addresses,
    reader_of,
    rule_settings,
    schema_of,
    store_of,
)
from mailbot.cli import OK, PERSON_NEEDED
from mailbot.commands.common import config_option, json_option, settings_if_any
from mailbot.reading import CagedReader
from mailbot.screen import console, print_json, safe, severity_word
from mailbot.storage import SchemaState
from mailbot.storage.registertables import register_entries
from parsers.facts import Evidence, Field, Headers, How, Reading, SubjectMatch
from parsers.limits import Limits
from parsers.mail.message import parse_headers
from workflow.application import Assessment, Known, RegisterEntry
from workflow.case import ReadMessage, RuleSettings, lay_together
from workflow.findings import Code, Verdict, finding
from workflow.intake import unread
from workflow.matching import examine
from workflow.ports import Reader, ReadingDiedError
from workflow.progress import FAULTS_TO_FAIL
from workflow.wording import SEVERITIES, verdict_with_reasons

LARGEST_BYTES: Final = Limits().message_bytes


@click.command("parse")
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="ФАЙЛ...")
@json_option
@config_option
def parse_command(files: tuple[str, ...], as_json: bool) -> int:
    """Прочитать файлы писем (.eml) и показать, что в них и каким было бы решение."""
    loaded = settings_if_any()
    rules = _rules(loaded) if loaded else RuleSettings()
    own = own_addresses(loaded) if loaded else frozenset()
    for name in files:
        _require_readable(name)
    printed: list[dict[str, Any]] = []
    verdicts: list[Verdict] = []
    with _register(loaded) as look_up, cage_of(loaded, 1) as cage:
        read = reader_of(loaded, cage) if loaded else CagedReader(cage)
        for name in files:
            raw, arrived = _content(name)
            headers = parse_headers(raw)
            if _is_ours(headers, own):
                reading, assessment = _assess(
                    raw, headers, read=read, rules=rules, arrived=arrived, look_up=look_up
                )
            else:
                reading, assessment = Reading(headers=headers), Assessment(verdict=Verdict.IGNORE)
            verdicts.append(assessment.verdict)
            if as_json:
                printed.append(documents.parsed_message(name, reading, assessment))
            else:
                _show(name, reading, assessment)
    if as_json:
        print_json(printed)
    return PERSON_NEEDED if Verdict.REVIEW in verdicts else OK


def _rules(loaded: Settings) -> RuleSettings:
    """The configured rules; what a file came from is taken to be `[mailbox]`."""
    rules = rule_settings(loaded)
    return replace(
        rules, trusted_services={FIRST_MAILBOX: rules.trusted_services.get(FIRST_MAILBOX)}
    )


LookUp = Callable[[str], tuple[RegisterEntry, ...] | None]
"""Returns what the register says under an ИНН, None where no register is loaded."""


@contextmanager
def _register(loaded: Settings | None) -> Iterator[LookUp]:
    """Open the register of a configured database for looking; applications and rights are not looked at.

    They may know this very message already, and what is printed is about the message alone.
    """
    if loaded is None or schema_of(loaded) is not SchemaState.CURRENT:
        yield lambda inn: None
        return
    store = store_of(loaded)

    def look_up(inn: str) -> tuple[RegisterEntry, ...] | None:
        with store.database.transaction(write=False) as connection:
            return register_entries(connection, inn)

    try:
        yield look_up
    finally:
        store.close()


def _require_readable(name: str) -> None:
    """Refuse a file that cannot be read before anything is printed of the others."""
    try:
        if not Path(name).is_fifo():
            Path(name).open("rb").close()
    except OSError as error:
        raise ConfigurationError(f"{name}: файл не читается ({error.strerror})") from None


def _content(name: str) -> tuple[bytes, dt.datetime]:
    """Return a file's bytes and its time, which stands for the message's arrival.

    Of one that is too large to be read as many as show it.
    """
    try:
        with Path(name).open("rb") as file:
            arrived = dt.datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, dt.UTC)
            return file.read(LARGEST_BYTES + 1), arrived
    except OSError as error:
        raise ConfigurationError(f"{name}: файл не читается ({error.strerror})") from None


def _is_ours(headers: Headers, own: frozenset[str]) -> bool:
    senders = {sender.casefold() for sender in headers.senders}
    return (
        headers.automatic is None
        and headers.subject_match is not SubjectMatch.FOREIGN
        and not senders & own
    )


def _assess(
    raw: bytes,
    headers: Headers,
    *,
    read: Reader,
    rules: RuleSettings,
    arrived: dt.datetime,
    look_up: LookUp,
) -> tuple[Reading, Assessment]:
    for _ in range(FAULTS_TO_FAIL):
        try:
            reading = read(raw) if len(raw) <= LARGEST_BYTES else unread(headers)
        except ReadingDiedError:
            continue
        message = ReadMessage(reading=reading, received_at=arrived, mailbox=FIRST_MAILBOX)
        case = lay_together([message], rules=rules)
        form = case.questionnaire
        inn = form.text(Field.INN) if form else None
        known = Known(register=look_up(inn) if inn else None)
        return reading, examine(replace(case, known=known))
    place = Evidence(document=headers.message_id or "", raw=headers.subject, how=How.HEADER)
    failed = finding(Code.READING_FAILED, [place])
    return Reading(headers=headers), Assessment(verdict=Verdict.REVIEW, findings=(failed,))


def _show(name: str, reading: Reading, assessment: Assessment) -> None:
    out = console()
    letter, form = assessment.letter, assessment.questionnaire
    verdict = verdict_with_reasons(assessment.verdict, assessment.findings)
    out.print(f"[bold]{safe(name)}[/bold]  {verdict}")
    out.print(f"  от {safe(reading.headers.sender)}: {safe(reading.headers.subject)}")
    if letter is not None:
        who = safe(assessment.letter_name or "имя не определено")
        number = safe(assessment.letter_phone or "номер не определён")
        out.print(f"  письмо   {safe(letter.attachment)}, с. {letter.page}: {who}, {number}")
    if form is not None:
        who = safe(form.administrators[0].value.raw if form.administrators else "имени нет")
        phones = form.administrator_phones
        number = safe(phones[0].value.e164 or phones[0].value.raw if phones else "номера нет")
        out.print(f"  анкета   {safe(form.attachment)}: {who}, {number}")
    for one in assessment.findings:
        word = severity_word(one.severity, SEVERITIES[one.severity])
        out.print(f"  - {safe(one.message)} ({word}, {one.code.value})")
