"""The composition root: the one place where an adapter meets a port."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from config.settings import ConfigurationError, Settings
from config.settings import Mailbox as MailboxSettings
from mailbot.blobs import FileBlobs
from mailbot.cage import Cage
from mailbot.maildir import MaildirMailbox, MaildirSender
from mailbot.reading import CagedReader
from mailbot.registry import RegistryProvisioner
from mailbot.replies import JinjaReplyWriter, ReplySettings
from mailbot.storage import SchemaState, SqlStore, open_store, schema_state
from parsers.facts import Field
from workflow.case import RuleSettings
from workflow.delivery import Ceilings, PostOffice
from workflow.intake import IntakeRules
from workflow.ports import Blobs, Mailbox, Sender
from workflow.progress import Desk

READING_SECONDS: Final = 55.0  # of the 60 s that one message may cost
READING_BYTES: Final = 400 * 2**20  # of memory for one reading child (contract, «Limits»)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The program, wired."""

    settings: Settings
    store: SqlStore
    blobs: Blobs
    cage: Cage
    desk: Desk
    mailboxes: tuple[tuple[Mailbox, IntakeRules], ...]
    sender: Sender | None
    post: PostOffice | None


def utc_now() -> dt.datetime:
    """The present moment, aware, UTC."""
    return dt.datetime.now(dt.UTC)


@contextmanager
def build(settings: Settings, *, keep_pictures: bool = True) -> Iterator[App]:
    """Wire the program and take it apart again. Raises `ConfigurationError`; opens nothing yet.

    Without `keep_pictures` the readings' pictures are dropped: reading writes nothing.
    """
    store = store_of(settings)
    directory = settings.storage.directory
    if directory is None:
        raise ConfigurationError("[storage] directory: не задана папка для писем")
    pictures = FileBlobs(directory / "crops")
    writer = JinjaReplyWriter(reply_settings(settings), picture=pictures.get)
    cage = Cage(settings.worker.processes, seconds=READING_SECONDS, memory_bytes=READING_BYTES)
    sender = sender_of(settings)
    try:
        with cage:
            desk = Desk(
                store=store,
                blobs=FileBlobs(directory / "messages"),
                read=CagedReader(cage, pictures=pictures if keep_pictures else None),
                provisioner=RegistryProvisioner(store.database, now=utc_now),
                write=writer,
                now=utc_now,
                rules=rule_settings(settings),
                retry=lambda attempts: back_off(settings, attempts),
                change_needs_two=settings.rules.change_needs_two,
            )
            yield App(
                settings=settings,
                store=store,
                blobs=desk.blobs,
                cage=cage,
                desk=desk,
                mailboxes=tuple(mailboxes_of(settings)),
                sender=sender,
                post=_post_office(settings, desk, sender) if sender else None,
            )
    finally:
        store.close()


def _post_office(settings: Settings, desk: Desk, sender: Sender) -> PostOffice:
    replies = settings.replies
    return PostOffice(
        store=desk.store,
        send=sender,
        write=desk.write,
        now=desk.now,
        retry=desk.retry,
        ceilings=Ceilings(
            per_thread=replies.per_thread,
            per_address_per_day=replies.per_address_per_day,
            per_hour=replies.per_hour,
        ),
        unknown_wait=_unknown_wait(settings, sender),
    )


def store_of(settings: Settings) -> SqlStore:
    """Return the store that the settings name. Raises `ConfigurationError`."""
    try:
        return open_store(settings.database.url)
    except ValueError as error:
        raise ConfigurationError(f"[database] url: {error}") from None


def schema_of(settings: Settings) -> SchemaState:
    """Return how the database's schema compares with the one that the program wants."""
    store = store_of(settings)
    try:
        return schema_state(store.database.engine)
    finally:
        store.close()


def mailboxes_of(settings: Settings) -> Iterator[tuple[Mailbox, IntakeRules]]:
    """Return every configured mailbox with what counts as ours in it."""
    own = own_addresses(settings)
    for name, box in settings.all_mailboxes().items():
        yield mailbox_of(name, box), IntakeRules(own_addresses=own, start_date=box.start_date)


def own_addresses(settings: Settings) -> frozenset[str]:
    """Return the addresses whose mail is the daemon's own, in lower case."""
    return frozenset({settings.outgoing.sender.casefold()} if settings.outgoing else ())


def mailbox_of(name: str, box: MailboxSettings) -> Mailbox:
    """Return the adapter for one mailbox."""
    url = urlsplit(box.url)
    if url.scheme == "maildir":
        return MaildirMailbox(Path(unquote(url.path)), name=name)
    # loaded only where it is used: most commands open no mail server
    from mailbot.imap import IMAP_PORT, IMAPS_PORT, ImapAccount, ImapMailbox

    tls = url.scheme == "imaps"
    account = ImapAccount(
        host=url.hostname or "",
        port=url.port or (IMAPS_PORT if tls else IMAP_PORT),
        tls=tls,
        folder=unquote(url.path.lstrip("/")) or box.folder or "INBOX",
        username=box.username,
        secret=box.secret,
        token=box.authentication == "xoauth2",
        timeout_seconds=box.timeout_seconds,
    )
    return ImapMailbox(account, name=name)


def sender_of(settings: Settings) -> Sender | None:
    """Return the adapter that hands replies over, None where none is configured."""
    outgoing = settings.outgoing
    if outgoing is None:
        return None
    url = urlsplit(outgoing.url)
    if url.scheme == "maildir":
        return MaildirSender(Path(unquote(url.path)))
    from mailbot.smtp import SMTPS_PORT, SUBMISSION_PORT, SmtpAccount, SmtpSender

    tls = url.scheme == "smtps"
    account = SmtpAccount(
        host=url.hostname or "",
        port=url.port or (SMTPS_PORT if tls else SUBMISSION_PORT),
        tls=tls,
        sender=outgoing.sender,
        username=outgoing.username,
        secret=outgoing.secret,
        token=outgoing.authentication == "xoauth2",
        timeout_seconds=outgoing.timeout_seconds,
    )
    return SmtpSender(account)


def rule_settings(settings: Settings) -> RuleSettings:
    """Return what the verdict depends on. Raises `ConfigurationError` for an unknown field."""
    required: list[Field] = []
    for name in settings.rules.required_fields:
        try:
            required.append(Field(name.strip()))
        except ValueError:
            known = ", ".join(Field)
            raise ConfigurationError(
                f"[rules] required_fields: поля «{name}» нет; есть: {known}"
            ) from None
    return RuleSettings(
        required_fields=tuple(required),
        letter_max_age=dt.timedelta(days=settings.rules.letter_max_age_days),
    )


def reply_settings(settings: Settings) -> ReplySettings:
    """Return what the replies depend on."""
    replies = settings.replies
    return ReplySettings(
        sender=settings.outgoing.sender if settings.outgoing else "mailbot@localhost.invalid",
        sender_name=replies.sender_name,
        platform_name=replies.platform_name,
        messenger_name=replies.messenger_name,
        variant=replies.messenger,
        site_url=replies.site_url,
        instructions_url=replies.instructions_url,
        parents_url=replies.parents_url,
        questionnaire_url=replies.questionnaire_url,
        support=replies.support,
        answer_working_days=replies.answer_working_days,
        required_fields=rule_settings(settings).required_fields,
        override_directory=replies.templates_directory,
    )


def _unknown_wait(settings: Settings, sender: Sender) -> dt.timedelta:
    """Return the wait before an interrupted mail goes out once more: a Maildir knows it by name."""
    known_by_name = isinstance(sender, MaildirSender)
    return dt.timedelta(seconds=0 if known_by_name else settings.retry.max_seconds)


def back_off(settings: Settings, attempts: int) -> dt.timedelta:
    """Return the wait after so many failed attempts: doubling up to the maximum."""
    seconds = settings.retry.first_seconds * 2 ** min(max(attempts - 1, 0), 30)
    return dt.timedelta(seconds=min(seconds, settings.retry.max_seconds))
