"""What a bounce says about the mail that it returns: never delivered, late, or delivered.

Sources: RFC 3464 and RFC 6533 (delivery status), and for what keeps to neither the collected
formats of flufl.bounce. What names itself a bounce and says no more counts as a failure: a person
looks at it. Which mail it is about is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, message_from_string
from email.message import Message
from typing import Final

from flufl.bounce import all_failures

from parsers.facts import Bounce, Delivery
from parsers.mail import charsets
from parsers.mail.addresses import parse_mailboxes
from parsers.mail.automatic import is_bounce_by_name
from parsers.mail.headerfields import HeaderBlock, decode_words, parse_header_block

_DETAIL_LIMIT: Final = 200  # characters
# RFC 3464, 2.3.3; OpenSMTPD writes «error»
_ACTIONS: Final = {
    "failed": Delivery.FAILED,
    "error": Delivery.FAILED,
    "delayed": Delivery.DELAYED,
    "delivered": Delivery.DELIVERED,
    "relayed": Delivery.DELIVERED,
    "expanded": Delivery.DELIVERED,
}
_CLASSES: Final = {"5": Delivery.FAILED, "4": Delivery.DELAYED, "2": Delivery.DELIVERED}
# the first word of an Action field, behind which some servers put comments
_ACTION: Final = re.compile(r"\s*([a-z]+)", re.IGNORECASE)
# an enhanced status code (RFC 3463)
_STATUS: Final = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
# the type in front of a diagnostic code: «smtp; 550 …»
_DIAGNOSTIC_TYPE: Final = re.compile(r"\A\s*[\w.-]+\s*;\s*")
# subjects of warnings: the mail is still on its way
_LATE: Final = re.compile(
    r"\b(?:delay|warning|still\s+being\s+retried)|задерж|отложен|откладыва|временно", re.IGNORECASE
)
# subjects of delivery notices: the mail has arrived
_ARRIVED: Final = re.compile(
    r"\A\s*(?:(?:delivered|relayed|доставлено)\s*:|successful\s+mail\s+delivery)", re.IGNORECASE
)
_STATUS_TYPES: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})

# what the libraries may raise over what a stranger wrote
_BREAKAGES: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def find_bounce(raw: bytes) -> Bounce | None:
    """Return what a message says about the fate of another, None where it is no bounce."""
    block = parse_header_block(raw)
    subject = charsets.one_line(decode_words(block.first("subject")))
    try:
        message: Message = message_from_bytes(raw)
        return (
            _by_status(message)
            or (_by_words(block, subject) if _names_itself(block, subject) else None)
            or _by_format(message)
            or (Bounce(outcome=Delivery.FAILED) if _names_itself(block, subject) else None)
        )
    except _BREAKAGES:
        return Bounce(outcome=Delivery.FAILED) if _names_itself(block, subject) else None


def _names_itself(block: HeaderBlock, subject: str) -> bool:
    senders = tuple(
        box.address for value in block.all("from") for box in parse_mailboxes(value, None)
    )
    return is_bounce_by_name(block, subject=subject, senders=senders)


def _by_status(message: Message) -> Bounce | None:
    """The per-recipient fields of a delivery status; a failure counts more than a delay."""
    found = [one for block in _status_blocks(message) if (one := _of_recipient(block)) is not None]
    for outcome in (Delivery.FAILED, Delivery.DELAYED, Delivery.DELIVERED):
        for one in found:
            if one.outcome is outcome:
                return one
    return None


def _status_blocks(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_type() not in _STATUS_TYPES:
            continue
        payload = part.get_payload()
        blocks = payload if isinstance(payload, list) else [message_from_string(str(payload))]
        for block in blocks:
            if not isinstance(block, Message):
                continue
            yield block
            rest = block.get_payload()
            if isinstance(
                rest, str
            ):  # of the international form only the first block is taken apart
                yield from map(message_from_string, rest.replace("\r\n", "\n").split("\n\n"))


def _of_recipient(block: Message) -> Bounce | None:
    action = _ACTION.match(str(block.get("action", "")))
    status = _STATUS.search(str(block.get("status", "")))
    outcome = _ACTIONS.get(action[1].lower()) if action else None
    if outcome is None and status is not None:
        outcome = _CLASSES[status[1]]
    if outcome is None:
        return None
    diagnostic = _DIAGNOSTIC_TYPE.sub("", str(block.get("diagnostic-code", "")))
    words = [status[0] if status else "", " ".join(diagnostic.split())]
    return Bounce(outcome=outcome, detail=" ".join(filter(None, words))[:_DETAIL_LIMIT])


def _by_words(block: HeaderBlock, subject: str) -> Bounce | None:
    if _LATE.search(subject):
        return Bounce(outcome=Delivery.DELAYED)
    if _ARRIVED.match(subject):
        return Bounce(outcome=Delivery.DELIVERED)
    return Bounce(outcome=Delivery.FAILED) if block.has("x-failed-recipients") else None


def _by_format(message: Message) -> Bounce | None:
    late, failed = all_failures(message)
    if failed:
        return Bounce(outcome=Delivery.FAILED)
    return Bounce(outcome=Delivery.DELAYED) if late else None
