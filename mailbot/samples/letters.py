"""The content of one appointing paper, before it is drawn."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from mailbot.samples.marks import BLUE_INK, Ink, SealText
from mailbot.samples.people import Person
from mailbot.samples.schools import School
from mailbot.samples.wordings import WORDINGS, Form, Wording

MONTHS: Final = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
DEADLINE: Final = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An order or letter of appointment, with what may be left out or changed.

    `name` and `phone` are printed instead of the administrator's own; a `phone` of "" leaves the
    number out.
    """

    school: School
    administrator: Person
    date: dt.date
    number: str
    form: Form = Form.APPOINT
    name: str | None = None  # as printed, in the wording's case
    phone: str | None = None  # as printed
    letterhead: bool = True
    signature: bool = True
    seal: bool = True
    seal_ink: Ink = BLUE_INK
    signature_ink: Ink = BLUE_INK
    executor: str = ""  # the line at the foot of a letter
    as_lines: bool = False  # marks drawn as vectors, not put in as pictures

    @property
    def wording(self) -> Wording:
        """The text that its form has."""
        return WORDINGS[self.form]

    @property
    def seal_text(self) -> SealText:
        """What stands on the school's seal."""
        return SealText(
            rim=self.school.full_name, inner=self.school.short_name, ogrn=self.school.ogrn
        )

    @property
    def printed_phone(self) -> str:
        """The number as it is printed, "" where there is none."""
        return spelled(self.administrator.phone) if self.phone is None else self.phone

    @property
    def appointment(self) -> str:
        """The sentence that names the administrator, with the number where there is one."""
        clause = self._filled(self.wording.clause)
        if self.printed_phone:
            clause += self.wording.phone.format(phone=self.printed_phone)
        return clause if clause.endswith(".") else f"{clause}."

    @property
    def printed_name(self) -> str:
        """The administrator's name in the case of the wording."""
        return self.name or self.administrator.name.in_case(self.wording.case)

    @property
    def preamble(self) -> str:
        """The sentence before the appointment."""
        return self._filled(self.wording.preamble)

    @property
    def others(self) -> tuple[str, ...]:
        """What follows the appointment."""
        return tuple(map(self._filled, self.wording.others))

    def _filled(self, text: str) -> str:
        return text.format(
            name=self.printed_name,
            post=self.administrator.post.in_case(self.wording.case),
            short=self.school.short_name,
            deadline=f"{self.date + DEADLINE:%d.%m.%Y}",
        )


def spelled(phone: str) -> str:
    """Return an E.164 number as Russian papers print it, in a manner that depends on the number."""
    code, first, second, third = phone[2:5], phone[5:8], phone[8:10], phone[10:]
    manners = (
        f"8 ({code}) {first}-{second}-{third}",
        f"+7 {code} {first}-{second}-{third}",
        f"8-{code}-{first}-{second}-{third}",
        f"8{phone[2:]}",
    )
    return manners[int(third) % len(manners)]


def in_words(date: dt.date) -> str:
    """«02 сентября 2024 г.»."""
    return f"{date:%d} {MONTHS[date.month - 1]} {date.year} г."
