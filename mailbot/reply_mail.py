"""One reply as a mail: RFC 5322 and MIME, in the thread of the message that it answers (RFC 3834, section 3)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, Message
from email.policy import Policy
from typing import Final

from mailbot.forms.enclosures import Enclosure
from mailbot.mailtext import one_line, plain

# an id of RFC 5322 without comments, quoted strings or spaces; longer ones do not fit a line of 998 octets
_MESSAGE_ID: Final = re.compile(r"<[!-;=?A-~]{1,450}@[!-;=?A-~]{1,450}>")
# what an address's domain may hold; everything else would change the header's meaning
_NOT_OF_A_DOMAIN: Final = re.compile(r"[^\w.\-\[\]:]")
# a character of a quoted string behind a backslash
_QUOTED_PAIR: Final = re.compile(r"\\(.)")
# «Re: », «Ответ: », «FW: » in front of a subject, repeated
_PREFIXES: Final = re.compile(
    r"^(?:\s*(?:re|fwd?|ha|на|отв|ответ|пер|пересл|tr|aw|wg)(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE
)
# our own mark at the end of a subject
_OWN_MARK: Final = re.compile(r"\s*\(\s*заявка\s*№\s*\d+\s*\)", re.IGNORECASE)

_KEPT_REFERENCES: Final = 20  # the first and the newest; RFC 5322 sets no bound, servers do
_SUBJECT_LIMIT: Final = 140  # characters
PICTURE_ID: Final = "name@cutout"
USUAL_SUBJECT: Final = "Сферум: Регистрация организации"


class _IdsHeader(UnstructuredHeader, BaseHeader):
    """Message ids, one a line: the usual folding would turn a long one into an encoded word."""

    def fold(self, *, policy: Policy[Message[str, str]]) -> str:
        """Return the header with its line ends."""
        return f"{self.name}: {f'{policy.linesep} '.join(self.split())}{policy.linesep}"


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in ("message-id", "in-reply-to", "references"):
        registry.map_to_type(name, _IdsHeader)
    return registry


_SMTP: Final = policy.SMTP.clone(header_factory=_registry())
_SMTP_UTF8: Final = policy.SMTPUTF8.clone(header_factory=_registry())


def is_message_id(text: str | None) -> bool:
    """Whether `text` is a message id that a header can carry."""
    return text is not None and _MESSAGE_ID.fullmatch(text) is not None


def reply_subject(subject: str, *, answers: bool) -> str:
    """Return «Re: …» of a school's subject without our own mark; the usual subject where it has none."""
    base = _OWN_MARK.sub("", plain(subject, limit=4 * _SUBJECT_LIMIT))
    base = plain(_PREFIXES.sub("", base), limit=_SUBJECT_LIMIT) or USUAL_SUBJECT
    return f"Re: {base}" if answers else base


def thread_of(in_reply_to: str | None, references: Sequence[str]) -> tuple[str, ...]:
    """Return the References of an answer, oldest first: well-formed ones, each once, not too many."""
    ids = [one for one in dict.fromkeys(references) if is_message_id(one) and one != in_reply_to]
    if in_reply_to is not None and is_message_id(in_reply_to):
        ids.append(in_reply_to)
    return (*ids[:1], *ids[1:][-(_KEPT_REFERENCES - 1) :])


def message_id_of(key: str, sender: str) -> str:
    """Return the Message-ID of the reply that is named `key`, under the sender's domain."""
    return f"<{key}@{domain_of(sender)}>"


def domain_of(sender: str) -> str:
    """Return the domain of an address as a message id can carry it."""
    return _ascii_domain(sender.rpartition("@")[2]) or "localhost"


def address(text: str, display_name: str = "") -> Address:
    """Return exactly one mailbox, whatever `text` holds.

    A domain with letters beyond ASCII is written in its ASCII form, where there is one.
    """
    local, _, domain = one_line(text).rpartition("@")
    domain = _ascii_domain(domain)
    if len(local) > 1 and local.startswith('"') and local.endswith('"'):
        local = _QUOTED_PAIR.sub(r"\1", local[1:-1])
    return Address(display_name=display_name, username=local, domain=domain)


def compose(
    *,
    sender: Address,
    recipient: Address,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    in_reply_to: str | None,
    references: Sequence[str],
    date: dt.datetime,
    picture: bytes | None = None,
    enclosures: Sequence[Enclosure] = (),
) -> bytes:
    """Return the mail with CRLF line ends: text and HTML, and the files that go with them.

    `picture` is a PNG that the HTML shows as `cid:` and `PICTURE_ID` (RFC 2392).

    Only a recipient whose name before the @ is not ASCII makes headers that need SMTPUTF8.
    """
    mail = EmailMessage(policy=_SMTP if str(recipient).isascii() else _SMTP_UTF8)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = one_line(subject)
    mail["Date"] = date
    mail["Message-ID"] = message_id
    thread = thread_of(in_reply_to, references)
    if in_reply_to is not None and is_message_id(in_reply_to):
        mail["In-Reply-To"] = in_reply_to
    if thread:
        mail["References"] = " ".join(thread)
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(text, charset="utf-8", cte="base64")
    mail.add_alternative(html, subtype="html", charset="utf-8", cte="base64")
    if picture is not None:
        shown = mail.get_body(("html",))
        if isinstance(shown, EmailMessage):
            shown.add_related(picture, "image", "png", cid=f"<{PICTURE_ID}>", disposition="inline")
    for one in enclosures:
        main, _, sub = one.media_type.partition("/")
        mail.add_attachment(one.content, maintype=main, subtype=sub, filename=one.name)
    return mail.as_bytes()


def _ascii_domain(domain: str) -> str:
    clean = _NOT_OF_A_DOMAIN.sub("", domain)
    try:
        return clean if clean.isascii() else clean.encode("idna").decode("ascii")
    except UnicodeError:
        return clean
