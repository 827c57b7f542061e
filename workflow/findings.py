"""Every observation that an application can carry: its code, its severity, its Russian sentence.

A code once published keeps its meaning. A finding blocks (an operator decides), asks (the school can mend it) or
informs (it changes nothing).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from parsers.facts import Evidence


class Severity(StrEnum):
    """What a finding does to the verdict."""

    BLOCK = "block"
    ASK = "ask"
    INFO = "info"


class Verdict(StrEnum):
    """What the program concludes."""

    ACCEPT = "accept"
    ASK = "ask"
    REVIEW = "review"
    IGNORE = "ignore"


class Code(StrEnum):
    """The machine-readable name of a finding."""

    # the message
    SUBJECT_NEAR_MISS = "subject_near_miss"
    SENDER_UNVERIFIED = "sender_unverified"
    HEADER_AMBIGUOUS = "header_ambiguous"
    FOLLOW_UP_FROM_OTHER_SENDER = "follow_up_from_other_sender"
    MESSAGE_WITHOUT_DOCUMENTS = "message_without_documents"
    CLOUD_LINK_INSTEAD_OF_FILE = "cloud_link_instead_of_file"
    JOINED_BY_CONTENT = "joined_by_content"
    # any file
    ATTACHMENT_DANGEROUS = "attachment_dangerous"
    ATTACHMENT_ENCRYPTED = "attachment_encrypted"
    ATTACHMENT_TOO_LARGE = "attachment_too_large"
    ATTACHMENT_MALFORMED = "attachment_malformed"
    # the letter as a paper
    LETTER_SIGNED_ELECTRONICALLY = "letter_signed_electronically"
    MARK_UNSURE = "mark_unsure"
    LETTER_DATE_DOUBTFUL = "letter_date_doubtful"
    LOW_CONFIDENCE = "low_confidence"
    LETTER_MISSING = "letter_missing"
    LETTER_UNREADABLE = "letter_unreadable"
    LETTER_NOT_SIGNED = "letter_not_signed"
    LETTER_NOT_SEALED = "letter_not_sealed"
    LETTER_NO_LETTERHEAD = "letter_no_letterhead"
    LETTER_IS_DRAFT = "letter_is_draft"
    LETTER_OUTDATED = "letter_outdated"
    TEXT_LAYER_UNTRUSTED = "text_layer_untrusted"
    # whom it names
    ADMINISTRATOR_AMBIGUOUS = "administrator_ambiguous"
    PHONE_FOREIGN = "phone_foreign"
    ADMINISTRATOR_NAME_MISSING = "administrator_name_missing"
    ADMINISTRATOR_NAME_INCOMPLETE = "administrator_name_incomplete"
    ADMINISTRATOR_PHONE_MISSING = "administrator_phone_missing"
    PHONE_NOT_MOBILE = "phone_not_mobile"
    ADMINISTRATOR_IS_HEAD = "administrator_is_head"
    # the questionnaire
    SEVERAL_ORGANIZATIONS = "several_organizations"
    QUESTIONNAIRE_MISSING = "questionnaire_missing"
    QUESTIONNAIRE_UNREADABLE = "questionnaire_unreadable"
    QUESTIONNAIRE_IS_SCAN = "questionnaire_is_scan"
    QUESTIONNAIRE_INCOMPLETE = "questionnaire_incomplete"
    INN_INVALID = "inn_invalid"
    OGRN_INVALID = "ogrn_invalid"
    KPP_INVALID = "kpp_invalid"
    REGION_DIFFERS = "region_differs"
    INN_ZERO_RESTORED = "inn_zero_restored"
    EMAIL_INVALID = "email_invalid"
    # the two together
    NAME_MISMATCH = "name_mismatch"
    PHONE_MISMATCH = "phone_mismatch"
    ORGANIZATION_MISMATCH = "organization_mismatch"
    SIGNER_MISMATCH = "signer_mismatch"
    # the program
    READING_FAILED = "reading_failed"
    LIMIT_REACHED = "limit_reached"
    PROVISIONING_REFUSED = "provisioning_refused"
    REPLY_UNDELIVERABLE = "reply_undeliverable"
    DELIVERY_UNKNOWN = "delivery_unknown"
    REPLY_CEILING_REACHED = "reply_ceiling_reached"
    ASKED_TOO_OFTEN = "asked_too_often"
    # what is known already
    DUPLICATE_APPLICATION = "duplicate_application"
    ALREADY_REGISTERED = "already_registered"
    ADMINISTRATOR_CHANGE = "administrator_change"
    PHONE_IN_USE = "phone_in_use"
    ORGANIZATION_UNKNOWN = "organization_unknown"


_B, _Q, _I = Severity.BLOCK, Severity.ASK, Severity.INFO

CATALOGUE: Final[dict[Code, tuple[Severity, str]]] = {
    Code.SUBJECT_NEAR_MISS: (_B, "Тема письма похожа на тему заявки, но написана с ошибками."),
    Code.SENDER_UNVERIFIED: (_B, "Почтовая служба не подтвердила подлинность отправителя."),
    Code.HEADER_AMBIGUOUS: (
        _B,
        "В письме несколько отправителей или повторяются заголовки, которые бывают только по одному.",
    ),
    Code.FOLLOW_UP_FROM_OTHER_SENDER: (
        _B,
        "Письмо ссылается на другую заявку, но пришло с неизвестного для неё адреса.",
    ),
    Code.MESSAGE_WITHOUT_DOCUMENTS: (_B, "По заявке пришло письмо без документов."),
    Code.CLOUD_LINK_INSTEAD_OF_FILE: (
        _Q,
        "Вместо файла в письме ссылка на облачное хранилище; такие ссылки не открываются.",
    ),
    Code.JOINED_BY_CONTENT: (
        _I,
        "Письмо присоединено к заявке по содержанию: в нём именно то, чего не хватало.",
    ),
    Code.ATTACHMENT_DANGEROUS: (_B, "Вложение может быть опасным."),
    Code.ATTACHMENT_ENCRYPTED: (_Q, "Вложение защищено паролем."),
    Code.ATTACHMENT_TOO_LARGE: (_Q, "Вложение слишком большое."),
    Code.ATTACHMENT_MALFORMED: (_Q, "Вложение повреждено или такого формата, который не читается."),
    Code.LETTER_SIGNED_ELECTRONICALLY: (
        _B,
        "Письмо подписано электронной подписью; её должен проверить оператор.",
    ),
    Code.MARK_UNSURE: (_B, "Не вполне ясно, есть ли на письме подпись, печать и бланк."),
    Code.LETTER_DATE_DOUBTFUL: (_B, "Дата письма сомнительна."),
    Code.LOW_CONFIDENCE: (_B, "Имя или номер прочитаны недостаточно уверенно."),
    Code.LETTER_MISSING: (_Q, "Нет письма о назначении администратора."),
    Code.LETTER_UNREADABLE: (_Q, "Письмо о назначении администратора не удалось прочитать."),
    Code.LETTER_NOT_SIGNED: (_Q, "На письме нет подписи руководителя."),
    Code.LETTER_NOT_SEALED: (_Q, "На письме нет печати организации."),
    Code.LETTER_NO_LETTERHEAD: (_Q, "Письмо не на бланке организации."),
    Code.LETTER_IS_DRAFT: (_Q, "Письмо — незаполненный образец."),
    Code.LETTER_OUTDATED: (_Q, "Письмо устарело."),
    Code.TEXT_LAYER_UNTRUSTED: (
        _I,
        "Текстовому слою файла нельзя доверять; страница распознана по изображению.",
    ),
    Code.ADMINISTRATOR_AMBIGUOUS: (
        _B,
        "В письме администратором названы несколько человек или указано несколько номеров.",
    ),
    Code.PHONE_FOREIGN: (_B, "Номер администратора иностранный."),
    Code.ADMINISTRATOR_NAME_MISSING: (
        _Q,
        "В письме не названы фамилия, имя и отчество администратора.",
    ),
    Code.ADMINISTRATOR_NAME_INCOMPLETE: (
        _Q,
        "В письме вместо полного имени администратора только инициалы.",
    ),
    Code.ADMINISTRATOR_PHONE_MISSING: (_Q, "В письме нет мобильного номера администратора."),
    Code.PHONE_NOT_MOBILE: (_Q, "Номер администратора в письме не мобильный."),
    Code.ADMINISTRATOR_IS_HEAD: (_I, "Администратором назначен сам руководитель."),
    Code.SEVERAL_ORGANIZATIONS: (_B, "В анкете несколько организаций."),
    Code.QUESTIONNAIRE_MISSING: (_Q, "Нет анкеты."),
    Code.QUESTIONNAIRE_UNREADABLE: (_Q, "Анкету не удалось прочитать."),
    Code.QUESTIONNAIRE_IS_SCAN: (
        _Q,
        "Анкета прислана изображением или PDF, а нужна электронная таблица; сканировать её не нужно.",
    ),
    Code.QUESTIONNAIRE_INCOMPLETE: (_Q, "В анкете заполнены не все обязательные поля."),
    Code.INN_INVALID: (_Q, "ИНН организации в анкете указан с ошибкой."),
    Code.OGRN_INVALID: (_I, "ОГРН в анкете указан с ошибкой."),
    Code.KPP_INVALID: (_I, "КПП в анкете указан с ошибкой."),
    Code.REGION_DIFFERS: (_I, "Регион в анкете не совпадает с регионом по ИНН или адресу."),
    Code.INN_ZERO_RESTORED: (_I, "Таблица потеряла первый ноль номера; он восстановлен."),
    Code.EMAIL_INVALID: (_I, "Адрес электронной почты в анкете указан с ошибкой."),
    Code.NAME_MISMATCH: (_B, "Имя администратора в письме и в анкете разное."),
    Code.PHONE_MISMATCH: (_B, "Номер администратора в письме и в анкете разный."),
    Code.ORGANIZATION_MISMATCH: (_B, "Организация в письме и в анкете разная."),
    Code.SIGNER_MISMATCH: (_B, "Письмо подписал не тот руководитель, который указан в анкете."),
    Code.READING_FAILED: (
        _B,
        "Письмо не удалось обработать: программа чтения трижды остановилась.",
    ),
    Code.LIMIT_REACHED: (
        _B,
        "Письмо прочитано не целиком: достигнут предел времени, памяти или объёма.",
    ),
    Code.PROVISIONING_REFUSED: (_B, "Система-получатель отказала в регистрации."),
    Code.REPLY_UNDELIVERABLE: (_B, "Ответ школе не удалось доставить."),
    Code.DELIVERY_UNKNOWN: (_B, "Неизвестно, дошёл ли ответ до школы."),
    Code.REPLY_CEILING_REACHED: (_B, "Достигнут предел числа ответов."),
    Code.ASKED_TOO_OFTEN: (_B, "Школе трижды подряд задан один и тот же вопрос."),
    Code.DUPLICATE_APPLICATION: (_B, "По этой организации уже есть открытая заявка."),
    Code.ALREADY_REGISTERED: (_B, "Организация уже зарегистрирована."),
    Code.ADMINISTRATOR_CHANGE: (_B, "Организация уже зарегистрирована с другим администратором."),
    Code.PHONE_IN_USE: (_B, "На этот номер уже выданы права в другой организации."),
    Code.ORGANIZATION_UNKNOWN: (_B, "Организации нет в загруженном реестре."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation about an application, with its evidence."""

    code: Code
    severity: Severity
    message: str  # one Russian sentence for people
    evidence: tuple[Evidence, ...] = ()


def finding(
    code: Code,
    evidence: Iterable[Evidence] = (),
    *,
    message: str | None = None,
    severity: Severity | None = None,
) -> Finding:
    """Make a finding as the catalogue has it, or with a more exact sentence or a milder severity."""
    usual, sentence = CATALOGUE[code]
    return Finding(code, severity or usual, message or sentence, tuple(evidence))


def deciding(findings: Iterable[Finding]) -> tuple[Code, ...]:
    """Return the codes that the verdict rests on: those that block, else those that ask."""
    findings = tuple(findings)
    for severity in (Severity.BLOCK, Severity.ASK):
        if codes := dict.fromkeys(one.code for one in findings if one.severity is severity):
            return tuple(codes)
    return ()


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Conclude: anything that blocks is reviewed, else anything that asks is asked, else accepted."""
    severities = {one.severity for one in findings}
    if Severity.BLOCK in severities:
        return Verdict.REVIEW
    return Verdict.ASK if Severity.ASK in severities else Verdict.ACCEPT
