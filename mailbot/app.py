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
from mailbot.antivirus import Clamd, ScannedReader
from mailbot.blobs import FileBlobs
from mailbot.cage import Cage
from mailbot.maildir import MaildirMailbox, MaildirSender
from mailbot.metrics import Meter
from mailbot.reading import CagedReader
from mailbot.registry import RegistryProvisioner
from mailbot.replies import JinjaReplyWriter, ReplySettings
from mailbot.storage import SchemaState, SqlStore, open_store, schema_state
from mailbot.tokens import KeyFile, SignedIds
from mailbot.workdays import add_working_days
from parsers.facts import Field
from parsers.limits import Limits
from workflow.case import RuleSettings
from workflow.deadlines import Terms
from workflow.delivery import Ceilings, PostOffice
from workflow.intake import IntakeRules
from workflow.marking import NOTHING
from workflow.ports import Blobs, Mailbox, Provisioner, Reader, Sender
from workflow.progress import Desk

READING_SECONDS: Final = 55.0  # of the 60 s that one message may cost
KEY_NAME: Final = "token-key"  # in the directory of messages, where no setting names another file
LONGEST_LABEL: Final = 150
MOST_LABELS: Final = 100
"""So many further labels go to the reading children on a command line, which is bounded."""
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
    meter: Meter


def utc_now() -> dt.datetime:
    """The present moment, aware, UTC."""
    return dt.datetime.now(dt.UTC)


@contextmanager
def build(settings: Settings, *, keep_pictures: bool = True) -> Iterator[App]:
    """Wire the program and take it apart again. Raises `ConfigurationError`; opens nothing yet.

    Without `keep_pictures` the readings' pictures are dropped: reading writes nothing.
    """
    store = store_of(settings)
    pictures = pictures_of(settings)
    ids = signed_ids(settings)
    writer = JinjaReplyWriter(reply_settings(settings), ids=ids, picture=pictures.get)
    cage = cage_of(settings, settings.worker.processes)
    sender = sender_of(settings)
    meter = Meter()
    read = reader_of(settings, cage, pictures=pictures if keep_pictures else None)
    try:
        with cage:
            desk = Desk(
                store=store,
                blobs=blobs_of(settings),
                read=meter.timed(read),
                provisioner=provisioner_of(settings, store),
                write=writer,
                tokens=ids,
                now=utc_now,
                rules=rule_settings(settings),
                terms=Terms(
                    add_working_days=add_working_days,
                    remind_after=settings.replies.remind_after_working_days,
                    expire_after=settings.replies.expire_after_working_days,
                ),
                retry=lambda attempts: back_off(settings, attempts),
                change_needs_two=settings.rules.change_needs_two,
                largest_bytes=Limits().message_bytes,
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
                meter=meter,
            )
    finally:
        store.close()


def cage_of(settings: Settings | None, workers: int, *, with_views: bool = False) -> Cage:
    """Return the cage that messages are read in, as the settings say; `with_views` brings pictures of the pages."""
    labels = extra_labels(settings) if settings else {}
    return Cage(
        workers,
        seconds=READING_SECONDS,
        memory_bytes=READING_BYTES,
        options={"labels": labels, "with_views": with_views},
    )


def reader_of(settings: Settings, cage: Cage, *, pictures: Blobs | None = None) -> Reader:
    """Return who reads messages: a child in the cage, beside it the antivirus where one is set.

    `pictures` keeps the cut-outs that a reading brings; None drops them.
    """
    read = CagedReader(cage, pictures=pictures)
    clamd = antivirus_of(settings)
    return ScannedReader(read, clamd) if clamd else read


def antivirus_of(settings: Settings) -> Clamd | None:
    """Return the adapter for clamd, None where none is configured."""
    path = settings.antivirus.socket
    return Clamd(path, timeout_seconds=settings.antivirus.timeout_seconds) if path else None


def provisioner_of(settings: Settings, store: SqlStore) -> Provisioner:
    """Return who registers and grants. Raises `ConfigurationError`."""
    registry = RegistryProvisioner(store.database, now=utc_now)
    wanted = settings.provisioner
    if wanted.kind == "registry":
        return registry
    wanted.check()
    # loaded only where it is used, as the mail servers are
    from mailbot.provisioning.line import Target
    from mailbot.provisioning.post import PostProvisioner
    from mailbot.provisioning.recorded import RecordedProvisioner
    from mailbot.provisioning.scim import MEDIA_TYPE, ScimProvisioner

    target = Target(
        url=wanted.url or "",
        token=wanted.secret,
        timeout_seconds=wanted.timeout_seconds,
        **({"media_type": MEDIA_TYPE} if wanted.kind == "scim" else {}),
    )
    remote = ScimProvisioner(target) if wanted.kind == "scim" else PostProvisioner(target)
    return RecordedProvisioner(remote, registry)


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


def blobs_of(settings: Settings) -> FileBlobs:
    """Return where the messages' bytes lie. Raises `ConfigurationError`."""
    return FileBlobs(_directory(settings) / "messages")


def pictures_of(settings: Settings) -> FileBlobs:
    """Return where the cut-outs of papers lie. Raises `ConfigurationError`."""
    return FileBlobs(_directory(settings) / "crops")


def _directory(settings: Settings) -> Path:
    if settings.storage.directory is None:
        raise ConfigurationError("[storage] directory: не задана папка для писем")
    return settings.storage.directory


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
    own, ids = own_addresses(settings), signed_ids(settings)
    for name, box in settings.all_mailboxes().items():
        rules = IntakeRules(
            own_addresses=own,
            tokens=ids,
            start_date=box.start_date,
            largest_bytes=Limits().message_bytes,
        )
        yield mailbox_of(name, box), rules


def marking_of(settings: Settings, name: str) -> str:
    """Return how messages of ours are marked in a mailbox: in a Maildir not at all."""
    box = settings.all_mailboxes()[name]
    return NOTHING if urlsplit(box.url).scheme == "maildir" else box.mark_processed


def own_addresses(settings: Settings) -> frozenset[str]:
    """Return the addresses whose mail is the daemon's own, in lower case."""
    return frozenset({settings.outgoing.sender.casefold()} if settings.outgoing else ())


def signed_ids(settings: Settings) -> SignedIds:
    """Return what makes and knows the Message-IDs of the replies. Raises `ConfigurationError`."""
    return SignedIds(reply_settings(settings).sender, token_key(settings))


def token_key(settings: Settings) -> KeyFile:
    """Return the key that they are signed with. Raises `ConfigurationError`."""
    storage = settings.storage
    if storage.token_key_file is not None and not storage.token_key_file.is_file():
        raise ConfigurationError(f"[storage] token_key_file: файла нет: {storage.token_key_file}")
    return KeyFile(storage.token_key_file or (storage.directory or Path()) / KEY_NAME)


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
        trusted_services={
            name: box.trusted_authserv_id for name, box in settings.all_mailboxes().items()
        },
    )


def extra_labels(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return further labels of the questionnaire by field. Raises `ConfigurationError`."""
    labels = settings.questionnaire.labels
    where: dict[str, str] = {}
    for name, phrases in labels.items():
        if name not in set(Field):
            known = ", ".join(Field)
            raise ConfigurationError(f"[questionnaire] labels: поля «{name}» нет; есть: {known}")
        for phrase in phrases:
            words = " ".join(phrase.casefold().split())
            if not words or len(words) > LONGEST_LABEL or where.setdefault(words, name) != name:
                raise ConfigurationError(
                    f"[questionnaire] labels: {name}: «{phrase}»: надпись пуста, длиннее "
                    f"{LONGEST_LABEL} знаков или указана ещё и для {where.get(words, name)}"
                )
    if len(where) > MOST_LABELS:
        raise ConfigurationError(f"[questionnaire] labels: надписей больше {MOST_LABELS}")
    return labels


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
