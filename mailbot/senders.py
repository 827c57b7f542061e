"""Does the mail service that is to vouch for senders do so? Judged by the newest messages of a mailbox."""

from __future__ import annotations

from collections import Counter
from typing import Final

from mailbot.mailtext import plain
from parsers.mail.message import parse_headers
from workflow.ports import Mailbox
from workflow.rules.message import fields_of

_LOOKED_AT: Final = 30  # messages
_NAMED: Final = 3  # services that are told, the most frequent ones

_STRIP: Final = (
    "почтовый сервер должен удалять из входящих писем чужие Authentication-Results с этим именем,"
    " проверить это отсюда нельзя"
)


def judge_senders(mailbox: Mailbox, service: str | None) -> tuple[bool, str]:
    """Return whether the setting does its work, and one line of what was seen.

    A service that has put its name on none of the messages is a fault: each would wait for an
    operator. Raises `ServiceUnavailableError`.
    """
    if service is None:
        return True, "не проверяются: trusted_authserv_id не задан"
    vouched = passed = looked_at = 0
    others: Counter[str] = Counter()
    for _, header in mailbox.headers(mailbox.newest(_LOOKED_AT)):
        if header is None:
            continue
        results = parse_headers(header).authentication_results
        own = fields_of(service, results)
        looked_at += 1
        vouched += bool(own)
        passed += bool(own) and own[0].passed
        others.update({one.service for one in results if one.service})
    if not looked_at:
        return True, f"ящик пуст, проверить {service} не на чем; {_STRIP}"
    if not vouched:
        seen = (
            ", ".join(plain(name, limit=80) for name, _ in others.most_common(_NAMED))
            or "ни одного"
        )
        return False, (
            f"ни в одном из {looked_at} последних писем нет Authentication-Results от {service}"
            f" (есть: {seen}); исправьте trusted_authserv_id или уберите: каждую заявку увидит"
            " оператор"
        )
    return True, (
        f"{service}: подписал {vouched} из {looked_at} последних писем, подтвердил {passed};"
        f" {_STRIP}"
    )
