"""Calling a person: one mail to `[alerts] to` by the same way as the replies, and a line in the log.

What has stopped the replies does not stop it: it is handed over at once and is no row of the outbox.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

import structlog
from jinja2 import BaseLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from config.settings import Settings
from mailbot import reply_mail
from mailbot.app import App
from mailbot.mailtext import plural
from mailbot.replies import our_source
from mailbot.screen import local
from mailbot.workdays import add_working_days
from workflow.alerts import Alarm, Watch, new_alarms, untell
from workflow.ports import DeliveryRefusedError, DeliveryUnknownError, ServiceUnavailableError

SUBJECT: Final = "mailbot: нужна помощь"
_POLLS: Final = 3  # so many visits to a mailbox may fail, where they are rare
_RANDOM_BYTES: Final = 8

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Call:
    """An alert in its final form; see `workflow.ports.Parcel`."""

    key: str
    recipient: str
    content: bytes


def call_a_person(app: App) -> int:
    """Tell what a person has to know and has not been told yet; returns how many causes.

    Raises `ServiceUnavailableError`; they are told later then.
    """
    with app.store.begin() as work:
        alarms = new_alarms(work, _watch(app.settings), now=app.desk.now())
    if not alarms:
        return 0
    for alarm in alarms:
        log.error("нужна помощь", cause=alarm.cause.value, about=alarm.about, count=alarm.count)
    to = app.settings.alerts.to
    if to is None or app.sender is None:
        return len(alarms)
    try:
        app.sender.send(_call(app.settings, alarms, to=to, now=app.desk.now()))
    except DeliveryUnknownError as error:
        log.warning("оповещение", why=str(error))
    except DeliveryRefusedError as error:
        log.error("оповещение не принято", why=str(error))
    except ServiceUnavailableError:
        with app.store.begin() as work:
            untell(work, alarms)
        raise
    return len(alarms)


def alert_text(settings: Settings, alarms: Sequence[Alarm]) -> str:
    """Return what a person reads."""
    environment = ImmutableSandboxedEnvironment(
        loader=BaseLoader(),
        autoescape=False,  # plain text, and nothing in it is a stranger's
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(plural=plural, local=local)
    return environment.from_string(our_source("alert.txt.j2") or "").render(
        alarms=alarms,
        sender=settings.outgoing.sender if settings.outgoing else "",
        queue_days=settings.alerts.queue_old_after_working_days,
    )


def _call(settings: Settings, alarms: Sequence[Alarm], *, to: str, now: dt.datetime) -> Call:
    sender = settings.outgoing.sender if settings.outgoing else ""
    key = f"alert-{now:%Y%m%d}-{secrets.token_hex(_RANDOM_BYTES)}"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = reply_mail.address(sender, "mailbot")
    mail["To"] = reply_mail.address(to)
    mail["Subject"] = SUBJECT
    mail["Date"] = now
    mail["Message-ID"] = reply_mail.message_id_of(key, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(alert_text(settings, alarms), charset="utf-8", cte="base64")
    return Call(key=key, recipient=to, content=mail.as_bytes())


def _watch(settings: Settings) -> Watch:
    patience = dt.timedelta(minutes=settings.alerts.stalled_after_minutes)
    return Watch(
        mailboxes={
            name: max(patience, _POLLS * dt.timedelta(seconds=box.poll_seconds))
            for name, box in settings.all_mailboxes().items()
        },
        work=patience,
        queue_working_days=settings.alerts.queue_old_after_working_days,
        add_working_days=add_working_days,
    )
