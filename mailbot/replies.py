"""Application and template → the mail that the school reads.

A reply is text and HTML with the same words. Everything that a school wrote is data: one line, without control
characters, its telephone numbers masked, escaped in HTML, never a template. An operator's own text stands word for
word.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

import structlog
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    FunctionLoader,
    StrictUndefined,
    TemplateError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from mailbot import reply_mail
from mailbot.asks import Section, sections_of
from mailbot.forms.enclosures import enclosures_of
from mailbot.mailtext import day_in_words, last_digits, masked_phone, plain, plain_lines, plural
from mailbot.reply_facts import documents_of, kept_papers, read_values
from mailbot.tokens import KEY_BYTES, FixedKey, SignedIds
from mailbot.wording import WORDING_FILE, Wording
from mailbot.workdays import add_working_days
from parsers.facts import Field
from workflow.application import ReplyKind, ReplyOrder, WrittenReply
from workflow.case import REQUIRED_FIELDS
from workflow.deadlines import ZONE
from workflow.findings import Code
from workflow.ports import ServiceUnavailableError

BREAKAGES: Final = (
    TemplateError,
    OSError,
    UnicodeError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)
"""What a template of somebody else's may raise while it is loaded or rendered."""

_ASKING: Final = frozenset({ReplyKind.ASK, ReplyKind.REMINDER, ReplyKind.EXPIRY})
"""Replies that say what is missing, and so bring the forms."""

_MESSENGERS: Final = {"vk": "VK Мессенджер", "max": "MAX"}
_TOKEN_BYTES: Final = 8
_SUBJECT_LIMIT: Final = 200
_KEPT_SENTENCES: Final = 512

# the name of a template or of the file of sentences: no path
_TEMPLATE_NAME: Final = re.compile(r"[a-z_]+(\.(txt|html)\.j2|\.toml)")

# more than one empty line
_EMPTY_LINES: Final = re.compile(r"\n(?:[ \t]*\n){2,}")

_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySettings:
    """Whose name the replies bear, and what they call the platform and its places."""

    sender: str  # an address
    sender_name: str | None = None
    platform_name: str = "Сферум"
    messenger_name: str | None = None  # None: the variant's own
    variant: Literal["vk", "max"] = "vk"
    site_url: str = "https://sferum.ru"
    instructions_url: str = "https://sferum.ru/?p=instructions"
    parents_url: str = "https://sferum.ru/?p=parents_students"
    questionnaire_url: str | None = None  # of the blank questionnaire
    support: str | None = None  # whom to ask: a number or an address, as it shall be shown
    answer_working_days: int = 3  # promised in the receipt; 0 promises nothing
    required_fields: tuple[Field, ...] = REQUIRED_FIELDS
    override_directory: Path | None = None  # templates there replace ours one by one

    @property
    def messenger(self) -> str:
        """The messenger's name."""
        return self.messenger_name or _MESSENGERS[self.variant]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A reply before it is a mail."""

    subject: str
    text: str
    html: str
    sections: tuple[Section, ...] = ()  # what it asks for


class JinjaReplyWriter:
    """Writes replies from the templates: the operator's own where there is one that works, else ours."""

    def __init__(
        self,
        settings: ReplySettings,
        *,
        now: Callable[[], dt.datetime] | None = None,
        ids: SignedIds | None = None,
        picture: Callable[[str], bytes] | None = None,
    ) -> None:
        """Write in the name of `settings`; without `ids` nobody will know the mails as ours again.

        `picture` gives the PNG that is kept under a digest; it may raise `ServiceUnavailableError`.
        """
        self._settings = settings
        self._ids = ids or SignedIds(settings.sender, FixedKey(secrets.token_bytes(KEY_BYTES)))
        self._picture = picture
        self._now = now or _utc_now
        self._ours = ReplyTemplates(settings, loader=FunctionLoader(our_source))
        self._theirs: ReplyTemplates | None = None
        if settings.override_directory is not None:
            self._theirs = ReplyTemplates(
                settings, loader=override_loader(settings.override_directory)
            )

    def write(self, order: ReplyOrder) -> WrittenReply:
        """Return the mail in its final form, with a key and a Message-ID that are unique for ever.

        A template of the operator's that does not render is named in the log, and ours takes its place: the school
        gets its answer.
        """
        if order.kind is ReplyKind.RECEIPT and self._settings.answer_working_days:
            today = self._now().astimezone(ZONE).date()
            answered = add_working_days(today, self._settings.answer_working_days)
            order = replace(order, deadline=answered)
        picture = self._cutout(order)
        return self.mail(order, self._render(order, has_picture=picture is not None), picture)

    def mail(
        self, order: ReplyOrder, rendered: Rendered, picture: bytes | None = None
    ) -> WrittenReply:
        """Return the rendered reply as a mail to the order's recipient, in its thread."""
        settings = self._settings
        key = f"{order.application_id}-{order.kind}-{secrets.token_hex(_TOKEN_BYTES)}"
        message_id = self._ids.message_id(key)
        name = settings.sender_name
        content = reply_mail.compose(
            sender=reply_mail.address(
                settings.sender,
                f"Регистрация на платформе «{settings.platform_name}»" if name is None else name,
            ),
            recipient=reply_mail.address(order.recipient),
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            picture=picture if _shows_picture(rendered.sections) else None,
            enclosures=enclosures_of(
                rendered.sections,
                order.assessment,
                platform=settings.platform_name,
                required=settings.required_fields,
            ),
            message_id=message_id,
            in_reply_to=order.in_reply_to,
            references=order.references,
            date=self._now(),
        )
        return WrittenReply(
            key=key, message_id=message_id, subject=rendered.subject, content=content
        )

    def _cutout(self, order: ReplyOrder) -> bytes | None:
        """Return the picture of a name that could not be read, where one is kept and the reply speaks of it."""
        letter = order.assessment.letter if order.assessment else None
        cutout = letter.name_cutout if letter else None
        if self._picture is None or cutout is None or order.kind not in _ASKING:
            return None
        try:
            return self._picture(cutout.digest)
        except (ServiceUnavailableError, ValueError):
            _log.warning("cutout_missing", application=order.application_id)
            return None

    def _render(self, order: ReplyOrder, *, has_picture: bool) -> Rendered:
        if self._theirs is not None:
            try:
                return self._theirs.render(order, has_picture=has_picture)
            except BREAKAGES as error:
                _log.warning("reply_template_broken", kind=order.kind, error=type(error).__name__)
        return self._ours.render(order, has_picture=has_picture)


class ReplyTemplates:
    """The templates of one place, and what they are rendered with."""

    def __init__(self, settings: ReplySettings, *, loader: BaseLoader) -> None:
        self._settings = settings
        self._loader = loader
        self._environment = ImmutableSandboxedEnvironment(
            loader=loader,
            autoescape=lambda name: name is not None and ".html" in name,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters.update(
            plural=plural, linked=_linker(settings), lines=_escaped_lines
        )
        self._compiled = lru_cache(_KEPT_SENTENCES)(self._environment.from_string)

    def render(self, order: ReplyOrder, *, has_picture: bool = False) -> Rendered:
        """Return the reply; `has_picture` says that the cut-out of a name goes with it.

        Raises one of `BREAKAGES` where a template is broken.
        """
        names = _names(self._settings, order)
        source = self._loader.get_source(self._environment, WORDING_FILE)[0]
        wording = Wording(source, self._compiled, **names)
        sections = self._sections(order, wording, has_picture=has_picture)
        values = names | self._values(order, wording, sections)
        whole = self._environment.get_template(f"{order.kind}.txt.j2").render(values)
        first, _, text = whole.lstrip("\n").partition("\n")
        subject = plain(first, limit=_SUBJECT_LIMIT)
        html = self._environment.get_template(f"{order.kind}.html.j2").render(
            values, mail_subject=subject
        )
        tidy = _tidied(text, kept=plain_lines(order.text or ""))
        if not (subject and tidy.strip() and html.strip()):
            raise TemplateError("тема или текст пусты")
        asks = order.kind in _ASKING
        return Rendered(subject=subject, text=tidy, html=html, sections=sections if asks else ())

    def _sections(
        self, order: ReplyOrder, wording: Wording, *, has_picture: bool
    ) -> tuple[Section, ...]:
        assessment = order.assessment
        return sections_of(
            order.findings or (assessment.findings if assessment else ()),
            assessment=assessment,
            wording=wording,
            required_fields=self._settings.required_fields,
            has_blank=self._settings.questionnaire_url is not None,
            has_picture=has_picture,
        )

    def _values(
        self, order: ReplyOrder, wording: Wording, sections: tuple[Section, ...]
    ) -> dict[str, object]:
        """Return what every template may use: text, numbers and lists of them, nothing with methods of ours."""
        settings, assessment = self._settings, order.assessment
        is_answer = order.kind is not ReplyKind.CHANGE_NOTICE
        is_welcome = order.kind is ReplyKind.WELCOME
        asked = sum(len(section.items) for section in sections)
        return {
            "reply_subject": reply_mail.reply_subject(order.subject, answers=is_answer),
            "sections": sections,
            "picture_id": reply_mail.PICTURE_ID,
            "asked": asked,
            "answer_steps": wording.say("answer", "steps", asked=asked),
            "documents": documents_of(assessment, wording),
            "kept": kept_papers(assessment, sections, wording),
            "read": read_values(assessment, order.agreed),
            "parts": wording.parts("welcome", settings.variant) if is_welcome else (),
            "message": plain_lines(order.text or ""),
            "was_read": assessment is not None,
            "without_files": any(
                one.code is Code.MESSAGE_WITHOUT_DOCUMENTS for one in order.findings
            ),
        }


def _shows_picture(sections: tuple[Section, ...]) -> bool:
    return any(item.picture for section in sections for item in section.items)


def override_loader(directory: Path) -> BaseLoader:
    """Return the loader of an operator's directory, behind which ours stands, template by template."""
    return ChoiceLoader([FileSystemLoader(directory), FunctionLoader(our_source)])


def _names(settings: ReplySettings, order: ReplyOrder) -> dict[str, object]:
    """Return the single values of a reply; whatever came from a school is one harmless line."""
    agreed, phone = order.agreed, order.agreed.phone or ""
    return {
        "platform": settings.platform_name,
        "messenger": settings.messenger,
        "variant": settings.variant,
        "site_url": settings.site_url,
        "instructions_url": settings.instructions_url,
        "parents_url": settings.parents_url,
        "questionnaire_url": settings.questionnaire_url or "",
        "sender": settings.sender,
        "support": settings.support or "",
        "answer_days": settings.answer_working_days,
        "usual_subject": reply_mail.USUAL_SUBJECT,
        "number": order.application_id,
        "organization": plain(agreed.organization_name or ""),
        "administrator": plain(agreed.full_name or ""),
        "phone": masked_phone(phone),
        "digits": last_digits(phone),
        "deadline": day_in_words(order.deadline) if order.deadline else "",
    }


def our_source(name: str) -> str | None:
    """Read one of the templates that come with the program; None where there is none of that name."""
    place = files("templates").joinpath(name)
    return (
        place.read_text(encoding="utf-8")
        if _TEMPLATE_NAME.fullmatch(name) and place.is_file()
        else None
    )


def _linker(settings: ReplySettings) -> Callable[[str], Markup]:
    """Return the filter that escapes a text and makes links of the settings' addresses, of no others."""
    urls = {
        settings.site_url,
        settings.instructions_url,
        settings.parents_url,
        settings.questionnaire_url or "",
    }
    ordered = sorted(filter(None, urls), key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, ordered)) or r"(?!)")

    def linked(text: str) -> Markup:
        result, last = Markup(""), 0
        for match in known.finditer(text):
            url = match.group()
            link = Markup('<a href="{0}" style="color:#0b57d0">{0}</a>').format(url)
            result += escape(text[last : match.start()]) + link
            last = match.end()
        return result + escape(text[last:])

    return linked


def _tidied(text: str, *, kept: str) -> str:
    """Return the text with at most one empty line at a place; `kept` stays as it is."""
    pieces = text.split(kept) if kept else [text]
    tidy = kept.join(_EMPTY_LINES.sub("\n\n", piece) for piece in pieces)
    return tidy.strip("\n") + "\n"


def _escaped_lines(text: str) -> Markup:
    return Markup("<br>\n").join(text.split("\n"))


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
