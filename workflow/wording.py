"""Russian words of the workflow that operators read: states, events, reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from workflow.application import Fate, ReplyKind, ReplyStatus
from workflow.findings import Finding, Severity, Verdict, deciding
from workflow.states import State

PROGRAM: Final = "program"
"""Who a step of the program is attributed to."""

STATES: Final = {
    State.RECEIVED: "получена",
    State.PARSED: "прочитана",
    State.ACCEPTED: "принята",
    State.PROVISIONING: "регистрируется",
    State.PROVISIONED: "зарегистрирована",
    State.COMPLETED: "завершена",
    State.AWAITING_APPLICANT: "ждёт ответа школы",
    State.IN_REVIEW: "у оператора",
    State.REJECTED: "отклонена",
    State.EXPIRED: "истекла",
    State.JOINED: "присоединена",
    State.FAILED: "сбой",
}

VERDICTS: Final = {
    Verdict.ACCEPT: "принять",
    Verdict.ASK: "спросить школу",
    Verdict.REVIEW: "оператору",
    Verdict.IGNORE: "не заявка",
}


def verdict_with_reasons(verdict: Verdict, findings: Iterable[Finding]) -> str:
    """Return a verdict's word and the codes that it rests on: «оператору: phone_mismatch»."""
    codes = ", ".join(code.value for code in deciding(findings))
    return f"{VERDICTS[verdict]}: {codes}" if codes else VERDICTS[verdict]


DECISIONS: Final = {
    "approve": "одобрить",
    "reject": "отклонить",
    "ask": "спросить школу",
    "retry": "попробовать ещё раз",
    "join": "присоединить к другой",
}

AGREED_VALUES: Final = {
    "administrator.full_name": "Администратор (фамилия, имя, отчество)",
    "administrator.phone": "Мобильный номер, который получит права",
    "organization.inn": "ИНН организации",
}

SEVERITIES: Final = {
    Severity.BLOCK: "решает оператор",
    Severity.ASK: "исправит школа",
    Severity.INFO: "к сведению",
}

FATES: Final = {Fate.TAKEN: "взято", Fate.IGNORED: "оставлено", Fate.REPEATED: "повтор"}

REASONS: Final = {
    "application": "заявка",
    "same_bytes": "то же письмо ещё раз",
    "other_subject": "другая тема",
    "before_start_date": "пришло до начала работы",
    "own_mail": "письмо самой программы",
    "auto_reply": "автоматический ответ",
    "bounce": "сообщение о недоставке",
    "list": "рассылка",
    "bulk": "массовая рассылка",
    "read_receipt": "уведомление о прочтении",
    "taken_by_operator": "взято оператором",
}

REPLY_KINDS: Final = {
    ReplyKind.RECEIPT: "расписка",
    ReplyKind.ASK: "запрос",
    ReplyKind.WELCOME: "приветствие",
    ReplyKind.REJECTION: "отказ",
    ReplyKind.REMINDER: "напоминание",
    ReplyKind.EXPIRY: "закрытие",
    ReplyKind.CHANGE_NOTICE: "уведомление о смене",
}

REPLY_STATUSES: Final = {
    ReplyStatus.PENDING: "ждёт отправки",
    ReplyStatus.SENDING: "отправляется",
    ReplyStatus.SENT: "отправлен",
    ReplyStatus.DROPPED: "не понадобился",
    ReplyStatus.STOPPED: "остановлен",
    ReplyStatus.UNDELIVERABLE: "не доставлен",
}
