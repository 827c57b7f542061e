"""How schools word the paper that appoints their administrator, by layout and grammatical case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mailbot.samples.people import Case


class Layout(StrEnum):
    """How the paper is laid out."""

    ORDER = "order"  # «ПРИКАЗ», clauses
    LETTER = "letter"  # corner letterhead, addressee, «Исх. №»
    TABLE = "table"  # a letter with a table of people


class Form(StrEnum):
    """The wordings that there are."""

    APPOINT = "appoint"
    DUTIES = "duties"
    CHARGE = "charge"
    INFORM = "inform"
    GRANT = "grant"
    ASSIGNED = "assigned"
    LISTED = "listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The text of one paper.

    `{name}` and `{post}` stand in `case`, `{short}` is the school's short name. `clause` names the
    administrator, `phone` follows it where there is a number.
    """

    layout: Layout
    case: Case
    title: str
    preamble: str
    clause: str
    phone: str
    others: tuple[str, ...] = ()


_PURPOSE: Final = (
    "В целях организации работы на информационно-коммуникационной образовательной платформе "
    "«Сферум», в соответствии с Федеральным законом от 29.12.2012 № 273-ФЗ «Об образовании в "
    "Российской Федерации»"
)
_ORDER_CLAUSES: Final = (
    "Администратору создать структуру организации на платформе и обеспечить регистрацию "
    "административных и педагогических работников в срок до {deadline}.",
    "Контроль за исполнением настоящего приказа оставляю за собой.",
)

WORDINGS: Final = {
    Form.APPOINT: Wording(
        layout=Layout.ORDER,
        case=Case.ACCUSATIVE,
        title="О назначении администратора образовательной организации на платформе «Сферум»",
        preamble=_PURPOSE,
        clause="Назначить администратором {short} на платформе «Сферум» {name}, {post}",
        phone=" (номер мобильного телефона: {phone})",
        others=_ORDER_CLAUSES,
    ),
    Form.DUTIES: Wording(
        layout=Layout.ORDER,
        case=Case.ACCUSATIVE,
        title="О возложении обязанностей администратора платформы «Сферум»",
        preamble=_PURPOSE,
        clause="Возложить обязанности администратора образовательной организации на платформе "
        "«Сферум» на {post} {name}",
        phone=", контактный мобильный телефон {phone}",
        others=_ORDER_CLAUSES,
    ),
    Form.CHARGE: Wording(
        layout=Layout.ORDER,
        case=Case.DATIVE,
        title="Об администрировании учебного профиля «Сферум»",
        preamble="В связи с переходом на использование платформы «Сферум» в образовательном "
        "процессе",
        clause="Поручить выполнение функций администратора {short} на платформе «Сферум» {post} "
        "{name}",
        phone=" (моб. тел. {phone})",
        others=_ORDER_CLAUSES[1:],
    ),
    Form.INFORM: Wording(
        layout=Layout.LETTER,
        case=Case.NOMINATIVE,
        title="О назначении администратора",
        preamble="Настоящим {short} сообщает, что в учреждении определён администратор "
        "образовательной организации на платформе «Сферум».",
        clause="Администратор: {name}, {post}.",
        phone=" Номер мобильного телефона администратора: {phone}.",
        others=("Просим зарегистрировать организацию и предоставить администратору доступ.",),
    ),
    Form.GRANT: Wording(
        layout=Layout.LETTER,
        case=Case.DATIVE,
        title="О предоставлении прав администратора",
        preamble="Просим Вас зарегистрировать {short} на платформе «Сферум».",
        clause="Права администратора просим предоставить {post} {name}",
        phone=", мобильный телефон {phone}",
        others=("Анкета образовательной организации прилагается.",),
    ),
    Form.ASSIGNED: Wording(
        layout=Layout.LETTER,
        case=Case.INSTRUMENTAL,
        title="О регистрации на платформе «Сферум»",
        preamble="{short} просит зарегистрировать организацию на платформе «Сферум».",
        clause="Обязанности администратора закреплены за {post} {name}",
        phone=" (тел. моб.: {phone})",
        others=("Достоверность сведений подтверждаем.",),
    ),
    Form.LISTED: Wording(
        layout=Layout.TABLE,
        case=Case.NOMINATIVE,
        title="Сведения об администраторе",
        preamble="В ответ на Ваш запрос {short} направляет сведения о сотруднике, назначенном "
        "администратором образовательной организации на платформе «Сферум»:",
        clause="{name}",
        phone="{phone}",
        others=("Просим предоставить указанному сотруднику права администратора.",),
    ),
}
