"""What was read and where: the frozen values that `parsers` hands to `workflow`.

A value here is something that stood on a paper or in a header, together with its evidence. Nothing is decided:
a broken document, a missing seal or two candidates are facts like any other. Every value pickles and can be
written as JSON.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points (1/72 inch) from the top left corner of the upright page."""


class How(StrEnum):
    """By what means a value was read."""

    TEXT = "text"  # a text layer or a word processor's text
    OCR = "ocr"
    CELL = "cell"
    HEADER = "header"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a value stood, so that a person can check it at a glance."""

    document: str
    raw: str  # as it stood, before any correction
    how: How
    confidence: float = 1.0  # 0.0-1.0, of the least certain word
    page: int | None = None  # counted from 1
    box: Box | None = None
    cell: str | None = None  # «Анкета!C12»


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value and every place that it was read from; the best place first."""

    value: T
    evidence: tuple[Evidence, ...] = ()

    @property
    def confidence(self) -> float:
        """0.0-1.0, of the best place."""
        return max((place.confidence for place in self.evidence), default=1.0)


class Sex(StrEnum):
    """The grammatical sex that a name's form or its governing word fixes."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """A person's name as a paper has it, and what it is in the nominative.

    `nominatives` holds every reading that the form admits, «Фамилия Имя Отчество», the likeliest first: one where the
    form is unambiguous, several for a form like «Журавля», none where no nominative can be said. Names with initials
    stay so («Иванова М. П.»).
    """

    raw: str
    nominatives: tuple[str, ...]
    initials: bool = False  # a given name or patronymic is only an initial
    sex: Sex | None = None


class PhoneKind(StrEnum):
    """What a telephone number is good for."""

    MOBILE = "mobile"  # Russian mobile number
    FIXED = "fixed"  # landline, 8-800, or a local number without a code
    FOREIGN = "foreign"  # +375, +7 7xx ...
    UNREADABLE = "unreadable"  # meant as a number, but a digit is missing, doubtful or too many


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A telephone number; `e164` is None where the digits do not make one («21-1-81», «8,9161E+10»)."""

    raw: str
    kind: PhoneKind
    e164: str | None


class Mark(StrEnum):
    """Whether a person would take it for a signature, a seal, a letterhead."""

    PRESENT = "present"
    ABSENT = "absent"
    UNSURE = "unsure"


class Source(StrEnum):
    """Where the text of a letter came from."""

    TEXT = "text"
    OCR = "ocr"
    MIXED = "mixed"


class Role(StrEnum):
    """What a document is for the application."""

    LETTER = "letter"
    QUESTIONNAIRE = "questionnaire"
    OTHER = "other"


class Trouble(StrEnum):
    """Why a document could not be read, or must not be."""

    DANGEROUS = "dangerous"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"  # bytes, pages, pixels, members or expansion beyond the limit
    MALFORMED = "malformed"  # broken, or of a format that is not read
    LIMIT = "limit"  # a limit of time or memory was reached while reading it


class DocumentKind(StrEnum):
    """What a document looks like from outside, before anything in it is understood."""

    PAGES = "pages"  # PDF, picture, word processor: may hold a letter
    SHEET = "sheet"  # spreadsheet, CSV
    SIGNATURE = "signature"  # detached .sig, .p7s
    TEXT = "text"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One attachment or member of an archive, accounted for."""

    name: str
    media_type: str
    role: Role = Role.OTHER
    kind: DocumentKind = DocumentKind.UNKNOWN
    trouble: Trouble | None = None
    detail: str = ""  # for people, in Russian: what exactly is wrong
    looks_like: Role | None = (
        None  # the role that it was meant to have, where it failed or is of the wrong kind
    )
    blank: bool = False  # pages, and nothing on them that could be read
    scan: bool = False  # pages that are a picture, not text
    digest: str = ""  # SHA-256 of the content, hex: the same paper sent again


class SubjectMatch(StrEnum):
    """How a subject compares with «Сферум: Регистрация организации»."""

    OURS = "ours"
    NEAR_MISS = "near_miss"
    FOREIGN = "foreign"


class Automatic(StrEnum):
    """Why a message is no person's own letter to us."""

    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    BULK = "bulk"
    READ_RECEIPT = "read_receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationResults:
    """What one `Authentication-Results` field says of the From address, whoever has written it."""

    service: str  # its authserv-id in lower case, "" where it names none
    passed: bool  # DMARC, else aligned DKIM, else aligned SPF confirms the domain of From
    raw: str  # as it stood, one line, cut where it is long


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """The header fields of a message that anything depends on, decoded."""

    message_id: str | None  # with angle brackets; None where absent or malformed
    senders: tuple[str, ...]  # the address of every mailbox in every From field
    sender_name: str
    subject: str  # the first that is ours, else the first; "" where there is none
    subject_match: SubjectMatch
    automatic: Automatic | None
    date: dt.datetime | None  # aware, UTC
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    doubled: tuple[
        str, ...
    ]  # lower-case names of fields that RFC 5322 allows once and that stand more often
    authentication_results: tuple[AuthenticationResults, ...]  # topmost first
    return_path: str | None  # "" is the null path
    envelope_to: tuple[str, ...]  # addresses of To and Cc

    @property
    def sender(self) -> str:
        """The one address that may be answered, or "" where there is none or several."""
        return self.senders[0] if len(set(self.senders)) == 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutout:
    """A piece of a page as a picture: what stood in a place that could not be read.

    `picture` (a PNG in base64) only travels from the reading to whoever keeps it; `digest` is the SHA-256 (hex) that it
    is kept under.
    """

    document: str
    page: int
    picture: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page, or with `box` a place on it, as an operator looks at it: a picture, or text that has no picture.

    Asked for by whoever shows them; a reading that is kept has none. Sizes and boxes are in points.
    """

    document: str
    page: int
    width: float = 0.0
    height: float = 0.0
    box: Box | None = None
    picture: str = ""  # a JPEG in base64
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the paper that appoints the administrator says.

    `administrators` are the different people named in the role, `phones` the different numbers tied to them; more than
    one of either is an ambiguity, none is a gap. Neither ever holds the signer, the executor, a substitute or the
    school's own number.
    """

    attachment: str
    page: int
    source: Source
    administrators: tuple[Found[PersonName], ...] = ()
    phones: tuple[Found[Phone], ...] = ()
    head: Found[PersonName] | None = None
    acting_head: bool = False  # signed by «и.о.», «врио», «за директора»
    self_appointed: bool = False  # «возлагаю на себя»: the signer is the administrator
    organization_name: Found[str] | None = None
    inn: Found[str] | None = None
    ogrn: Found[str] | None = None
    date: Found[dt.date] | None = None
    impossible_date: Evidence | None = None  # «31.02.2024»
    number: Found[str] | None = None
    signature: Mark = Mark.UNSURE
    seal: Mark = Mark.UNSURE
    letterhead: Mark = Mark.UNSURE
    electronic_signature: Evidence | None = (
        None  # the stamp of an electronic signature in the place of ink
    )
    draft: Evidence | None = (
        None  # an unfilled sample: the blank that stands in the place of name or number
    )
    untrusted_layer: Evidence | None = (
        None  # a text layer that was refused, the page was recognized instead
    )
    doubts: tuple[
        Evidence, ...
    ] = ()  # what was read with too little certainty, or twice and differently
    unreadable: bool = False  # recognized as the letter, but neither name nor number can be read
    name_cutout: Cutout | None = None  # the place of a name that could not be read


class Field(StrEnum):
    """The fields of the questionnaire, by the paths that results, evidence and settings use."""

    FULL_NAME = "organization.full_name"
    SHORT_NAME = "organization.short_name"
    KIND = "organization.kind"
    INN = "organization.inn"
    OGRN = "organization.ogrn"
    KPP = "organization.kpp"
    REGION = "organization.region"
    MUNICIPALITY = "organization.municipality"
    LOCALITY = "organization.locality"
    ADDRESS = "organization.address"
    SITE = "organization.site"
    EMAIL = "organization.email"
    PHONE = "organization.phone"
    HEAD_NAME = "head.full_name"
    HEAD_POST = "head.post"
    ADMINISTRATOR_NAME = "administrator.full_name"
    ADMINISTRATOR_POST = "administrator.post"
    ADMINISTRATOR_PHONE = "administrator.phone"
    ADMINISTRATOR_EMAIL = "administrator.email"
    PUPILS = "pupils"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """What the filled-in form says of one school.

    `fields` holds the cleaned text of every field that was found: names as they stand, ИНН, ОГРН and КПП as digits with
    a lost leading zero restored, telephone numbers as E.164 where they make one. `administrator_phones` has more than
    one entry where the cell holds several numbers.
    """

    attachment: str
    fields: Mapping[Field, Found[str]] = field(default_factory=dict)
    administrators: tuple[Found[PersonName], ...] = ()
    administrator_phones: tuple[Found[Phone], ...] = ()
    head: Found[PersonName] | None = None
    schools: tuple[Evidence, ...] = ()  # one entry a school; more than one is a list of schools
    zero_restored: tuple[Field, ...] = ()
    doubts: tuple[Evidence, ...] = ()  # cells whose value cannot be used («8,9161E+10», «#Н/Д»)
    doubtful: tuple[Field, ...] = ()  # of each doubt, the field that the cell would fill
    regions: Mapping[Field, str] = field(
        default_factory=dict
    )  # code of the subject that region, address and ИНН point to, where they do

    def text(self, name: Field) -> str | None:
        """The value of a field, or None where it was not found."""
        found = self.fields.get(name)
        return found.value if found else None


class Delivery(StrEnum):
    """What a bounce says about the mail that it is about."""

    FAILED = "failed"  # for good
    DELAYED = "delayed"  # the server goes on trying
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a mail server reports about another mail."""

    outcome: Delivery
    detail: str = ""  # one line: the status and the server's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that one message says: its headers, its documents, and what the two papers say."""

    headers: Headers
    documents: tuple[Document, ...] = ()
    letters: tuple[Letter, ...] = ()  # the likeliest first
    questionnaires: tuple[Questionnaire, ...] = ()
    cloud_links: tuple[Evidence, ...] = ()
    limits: tuple[
        Evidence, ...
    ] = ()  # limits of the whole reading that were reached: something was left unread
    bounce: Bounce | None = None  # where the message is one: then nothing else in it is read
    infections: tuple[Evidence, ...] = ()  # what an antivirus found in the message
    views: tuple[PageView, ...] = ()  # where they were asked for
    text: str = ""  # what a reader of the mail sees, where that was asked for
