"""The application and what belongs to it, as frozen values: what is kept, what rules work on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from parsers.facts import Document, Letter, PersonName, Questionnaire, Reading
from workflow.findings import Finding, Verdict
from workflow.states import Actor, Event, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """The values that both papers agree on, or that an operator has given; None where there is none."""

    full_name: str | None = None
    phone: str | None = None  # E.164
    inn: str | None = None
    organization_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What was concluded from everything that the school has sent."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    letter: Letter | None = None
    questionnaire: Questionnaire | None = None
    documents: tuple[Document, ...] = ()
    letter_name: str | None = None  # the administrator's name as the letter gives it, or None
    letter_phone: str | None = None
    agreed: Agreed = field(default_factory=Agreed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One school's request to be registered."""

    id: int
    state: State
    version: int  # the fence: a result computed from another version is dropped whole
    received_at: dt.datetime  # of its first message
    assessment: Assessment | None = None
    findings: tuple[Finding, ...] = ()  # the assessment's and those that arose since
    agreed: Agreed = field(default_factory=Agreed)  # agreed, corrected or granted
    corrections: Mapping[str, str] = field(default_factory=dict)  # given by operators with --set
    linked_to: int | None = None
    due_at: dt.datetime | None = None  # not to be tried before
    faults: int = 0  # readings whose child died
    attempts: int = 0  # failed attempts of the present step, for the back-off
    settled: bool = False  # an operator took, joined or answered it
    asked: str = ""  # what the last question was about: its codes, sorted
    asked_times: int = 0  # how often that question was put in a row

    @property
    def verdict(self) -> Verdict | None:
        """What the program concluded, None before it was read."""
        return self.assessment.verdict if self.assessment else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One change of state, or one decision that was recorded: from, to, who, when, why."""

    source: State | None
    target: State
    event: Event | None
    actor: Actor
    who: str  # "program", or the operator's name
    at: dt.datetime
    why: str = ""
    note: str | None = None  # of an operator, for operators


class Fate(StrEnum):
    """What became of a message seen in a mailbox."""

    TAKEN = "taken"
    IGNORED = "ignored"
    REPEATED = "repeated"  # the same bytes were taken before


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One place of a mailbox and what became of the message there; `id` is 0 until stored."""

    id: int = 0
    mailbox: str
    key: str  # a Maildir file's name up to the colon; «UIDVALIDITY/UID»
    message_id: str | None
    sender: str
    subject: str
    received_at: dt.datetime
    fate: Fate
    reason: str  # a code: "application", "other_subject", "auto_reply", "before_start_date" ...
    digest: str | None = None  # SHA-256 of the bytes, where they were read
    application_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message that was taken; its bytes lie in the store under `digest`. `id` is 0 until stored."""

    id: int = 0
    digest: str
    mailbox: str = ""  # which of the configured ones it was taken from
    size: int  # bytes
    message_id: str | None
    sender: str  # whom a reply goes to; "" where nobody may be answered
    subject: str
    references: tuple[str, ...]  # In-Reply-To and References, oldest first
    received_at: dt.datetime
    sent_at: dt.datetime | None = None  # the Date field
    application_id: int | None = None  # None while its place is not known
    reading: Reading | None = None  # None until it was read
    faults: int = 0
    noted: str = ""  # why it counts for nothing in its application: "repeat", "thanks"
    settled: bool = (
        False  # an operator took or joined it: its subject and sender raise no doubt again
    )


class ReplyKind(StrEnum):
    """The mails that the program writes."""

    RECEIPT = "receipt"
    ASK = "ask"
    WELCOME = "welcome"
    REJECTION = "rejection"
    REMINDER = "reminder"
    EXPIRY = "expiry"
    CHANGE_NOTICE = "change_notice"  # to the administrator who was replaced


class ReplyStatus(StrEnum):
    """Where a reply stands."""

    PENDING = "pending"
    SENDING = "sending"  # handed over, and it is not known yet with what outcome
    SENT = "sent"
    DROPPED = "dropped"  # became needless before it was sent
    STOPPED = "stopped"  # a ceiling was reached
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyOrder:
    """Everything that the text of a reply depends on."""

    kind: ReplyKind
    application_id: int
    recipient: str
    subject: str  # of the message that is answered
    in_reply_to: str | None
    references: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    assessment: Assessment | None = None
    agreed: Agreed = field(default_factory=Agreed)
    text: str | None = None  # of an operator, word for word
    deadline: dt.date | None = (
        None  # until when the application waits; of an expiry, the day passed; of a receipt, ours
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReply:
    """A reply in its final form."""

    key: str  # unique for ever; names the outgoing file
    message_id: str  # with angle brackets
    subject: str
    content: bytes  # RFC 5322


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One reply on its way; `id` is 0 until stored."""

    id: int = 0
    key: str
    application_id: int
    kind: ReplyKind
    recipient: str
    message_id: str
    subject: str
    content: bytes
    status: ReplyStatus = ReplyStatus.PENDING
    attempts: int = 0
    due_at: dt.datetime
    created_at: dt.datetime
    sent_at: dt.datetime | None = None
    error: str = ""
    deadline: dt.date | None = None  # the last day for an answer, as the reply names it


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """Who holds the rights of an organization, on what number."""

    full_name: str
    phone: str  # E.164


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A registered organization as the provisioning target knows it."""

    inn: str
    name: str
    administrators: tuple[Administrator, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionOrder:
    """What the target is asked for; the same key asked again must change nothing more."""

    key: str
    inn: str
    organization_name: str
    administrator: Administrator
    replaces: bool = False  # the rights move from whoever holds them


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """What a loaded register says of an organization or of one branch of it."""

    names: tuple[str, ...] = ()  # full and short
    places: tuple[str, ...] = ()  # region and address
    region: str | None = None  # code of the subject that region or address points to
    head: PersonName | None = None
    ended: str = ""  # the register's words for that it is no more: «Ликвидирована»


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known already about the organization and the number of an application."""

    registered: Organization | None = None
    phone_holders: tuple[str, ...] = ()  # ИНН of other organizations where the number has rights
    open_applications: tuple[int, ...] = ()  # earlier ones for the same ИНН that have not ended
    register: tuple[RegisterEntry, ...] | None = (
        None  # what stands there under the ИНН; None where no register is loaded, or no ИНН is known
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What an application still holds of persons."""

    ended_at: dt.datetime
    digests: tuple[str, ...]  # of messages whose bytes are kept
    size: int  # bytes of these
    replies: int
    places: int  # of mailboxes where these messages were seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """One row of the act of deletion: what was deleted, without saying whose it was."""

    at: dt.datetime
    who: str
    application_id: int | None  # None: places of messages that were left alone
    state: State | None = None
    ended_at: dt.datetime | None = None
    messages: int = 0
    replies: int = 0
    places: int = 0
    size: int = 0  # bytes of messages


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One look of an operator at personal data."""

    at: dt.datetime
    who: str
    what: str  # the command: «show», «queue show», «export»
    application_id: int | None  # None: all of them
