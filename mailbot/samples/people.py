"""Invented people, with the case forms of their names and posts written by hand.

Nothing here is made by a rule, so that what declines names can be tested against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Case(StrEnum):
    """The grammatical cases that letters of appointment put a name in."""

    NOMINATIVE = "nominative"
    GENITIVE = "genitive"
    DATIVE = "dative"
    ACCUSATIVE = "accusative"
    INSTRUMENTAL = "instrumental"


@dataclass(frozen=True, slots=True)
class Forms:
    """A phrase in its five cases."""

    nominative: str
    genitive: str
    dative: str
    accusative: str
    instrumental: str

    def in_case(self, case: Case) -> str:
        """Return the phrase in `case`."""
        forms: dict[Case, str] = {
            Case.NOMINATIVE: self.nominative,
            Case.GENITIVE: self.genitive,
            Case.DATIVE: self.dative,
            Case.ACCUSATIVE: self.accusative,
            Case.INSTRUMENTAL: self.instrumental,
        }
        return forms[case]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may become an administrator."""

    name: Forms  # «Фамилия Имя Отчество»
    post: Forms
    female: bool
    phone: str  # E.164, mobile
    mailbox: str  # the local part of an address

    @property
    def full_name(self) -> str:
        """«Фамилия Имя Отчество» in the nominative."""
        return self.name.nominative

    @property
    def initials_first(self) -> str:
        """«И. О. Фамилия»."""
        return initials_first(self.full_name)

    @property
    def initials_last(self) -> str:
        """«Фамилия И. О.»."""
        surname, *others = self.full_name.split()
        return f"{surname} {' '.join(word[0] + '.' for word in others[:2])}"


def initials_first(full_name: str) -> str:
    """Return «И. О. Фамилия» for «Фамилия Имя Отчество»."""
    surname, *others = full_name.split()
    return f"{' '.join(word[0] + '.' for word in others[:2])} {surname}"


DEPUTY: Final = Forms(
    "заместитель директора по воспитательной работе",
    "заместителя директора по воспитательной работе",
    "заместителю директора по воспитательной работе",
    "заместителя директора по воспитательной работе",
    "заместителем директора по воспитательной работе",
)
TEACHER: Final = Forms(
    "учитель информатики",
    "учителя информатики",
    "учителю информатики",
    "учителя информатики",
    "учителем информатики",
)
ORGANIZER: Final = Forms(
    "педагог-организатор",
    "педагога-организатора",
    "педагогу-организатору",
    "педагога-организатора",
    "педагогом-организатором",
)
EDUCATOR: Final = Forms(
    "старший воспитатель",
    "старшего воспитателя",
    "старшему воспитателю",
    "старшего воспитателя",
    "старшим воспитателем",
)
METHODIST: Final = Forms("методист", "методиста", "методисту", "методиста", "методистом")


def _person(  # one row of the table below
    forms: tuple[str, str, str, str, str], post: Forms, sex: str, *, phone: str, mailbox: str
) -> Person:
    return Person(name=Forms(*forms), post=post, female=sex == "ж", phone=phone, mailbox=mailbox)


ADMINISTRATORS: Final = (
    _person(
        (
            "Иванова Мария Петровна",
            "Ивановой Марии Петровны",
            "Ивановой Марии Петровне",
            "Иванову Марию Петровну",
            "Ивановой Марией Петровной",
        ),
        DEPUTY,
        "ж",
        phone="+79125550147",
        mailbox="ivanova.mp",
    ),
    _person(
        (
            "Кузнецов Алексей Викторович",
            "Кузнецова Алексея Викторовича",
            "Кузнецову Алексею Викторовичу",
            "Кузнецова Алексея Викторовича",
            "Кузнецовым Алексеем Викторовичем",
        ),
        TEACHER,
        "м",
        phone="+79225550238",
        mailbox="kuznetsov-av",
    ),
    _person(
        (
            "Осадчая Наталья Ильинична",
            "Осадчей Натальи Ильиничны",
            "Осадчей Наталье Ильиничне",
            "Осадчую Наталью Ильиничну",
            "Осадчей Натальей Ильиничной",
        ),
        EDUCATOR,
        "ж",
        phone="+79615550365",
        mailbox="osadchaya",
    ),
    _person(
        (
            "Мельник Оксана Олеговна",
            "Мельник Оксаны Олеговны",
            "Мельник Оксане Олеговне",
            "Мельник Оксану Олеговну",
            "Мельник Оксаной Олеговной",
        ),
        DEPUTY,
        "ж",
        phone="+79185550491",
        mailbox="o.melnik",
    ),
    _person(
        (
            "Хасанова Гульнара Рашитовна",
            "Хасановой Гульнары Рашитовны",
            "Хасановой Гульнаре Рашитовне",
            "Хасанову Гульнару Рашитовну",
            "Хасановой Гульнарой Рашитовной",
        ),
        ORGANIZER,
        "ж",
        phone="+79875550526",
        mailbox="khasanova_gr",
    ),
    _person(
        (
            "Заяц Павел Львович",
            "Зайца Павла Львовича",
            "Зайцу Павлу Львовичу",
            "Зайца Павла Львовича",
            "Зайцем Павлом Львовичем",
        ),
        TEACHER,
        "м",
        phone="+79515550672",
        mailbox="zayats.pavel",
    ),
    _person(
        (
            "Шевченко Инна Валерьевна",
            "Шевченко Инны Валерьевны",
            "Шевченко Инне Валерьевне",
            "Шевченко Инну Валерьевну",
            "Шевченко Инной Валерьевной",
        ),
        METHODIST,
        "ж",
        phone="+79035550718",
        mailbox="inna.shevchenko",
    ),
    _person(
        (
            "Соловьёв Илья Фомич",
            "Соловьёва Ильи Фомича",
            "Соловьёву Илье Фомичу",
            "Соловьёва Илью Фомича",
            "Соловьёвым Ильёй Фомичом",
        ),
        TEACHER,
        "м",
        phone="+79275550843",
        mailbox="soloviev.if",
    ),
    _person(
        (
            "Седых Любовь Фёдоровна",
            "Седых Любови Фёдоровны",
            "Седых Любови Фёдоровне",
            "Седых Любовь Фёдоровну",
            "Седых Любовью Фёдоровной",
        ),
        DEPUTY,
        "ж",
        phone="+79135550954",
        mailbox="sedyh.lf",
    ),
    _person(
        (
            "Яровой Никита Кузьмич",
            "Ярового Никиты Кузьмича",
            "Яровому Никите Кузьмичу",
            "Ярового Никиту Кузьмича",
            "Яровым Никитой Кузьмичом",
        ),
        ORGANIZER,
        "м",
        phone="+79645551069",
        mailbox="yarovoy_nk",
    ),
    _person(
        (
            "Рыжикова Юлия Игоревна",
            "Рыжиковой Юлии Игоревны",
            "Рыжиковой Юлии Игоревне",
            "Рыжикову Юлию Игоревну",
            "Рыжиковой Юлией Игоревной",
        ),
        METHODIST,
        "ж",
        phone="+79265551173",
        mailbox="ryzhikova",
    ),
    _person(
        (
            "Гусейнов Эльдар Мамед оглы",
            "Гусейнова Эльдара Мамед оглы",
            "Гусейнову Эльдару Мамед оглы",
            "Гусейнова Эльдара Мамед оглы",
            "Гусейновым Эльдаром Мамед оглы",
        ),
        TEACHER,
        "м",
        phone="+79285551286",
        mailbox="guseynov.em",
    ),
    _person(
        (
            "Коваль Андрей Саввич",
            "Коваля Андрея Саввича",
            "Ковалю Андрею Саввичу",
            "Коваля Андрея Саввича",
            "Ковалем Андреем Саввичем",
        ),
        DEPUTY,
        "м",
        phone="+79145551397",
        mailbox="koval-as",
    ),
    _person(
        (
            "Лебедева Анна Сергеевна",
            "Лебедевой Анны Сергеевны",
            "Лебедевой Анне Сергеевне",
            "Лебедеву Анну Сергеевну",
            "Лебедевой Анной Сергеевной",
        ),
        EDUCATOR,
        "ж",
        phone="+79525551408",
        mailbox="lebedeva.as",
    ),
    _person(
        (
            "Громова Екатерина Дмитриевна",
            "Громовой Екатерины Дмитриевны",
            "Громовой Екатерине Дмитриевне",
            "Громову Екатерину Дмитриевну",
            "Громовой Екатериной Дмитриевной",
        ),
        TEACHER,
        "ж",
        phone="+79055551511",
        mailbox="gromova-ed",
    ),
    _person(
        (
            "Бондарь Сергей Николаевич",
            "Бондаря Сергея Николаевича",
            "Бондарю Сергею Николаевичу",
            "Бондаря Сергея Николаевича",
            "Бондарем Сергеем Николаевичем",
        ),
        DEPUTY,
        "м",
        phone="+79805551626",
        mailbox="bondar.sn",
    ),
    _person(
        (
            "Тихонравова Вера Никитична",
            "Тихонравовой Веры Никитичны",
            "Тихонравовой Вере Никитичне",
            "Тихонравову Веру Никитичну",
            "Тихонравовой Верой Никитичной",
        ),
        METHODIST,
        "ж",
        phone="+79505551734",
        mailbox="tihonravova",
    ),
    _person(
        (
            "Абдуллаев Руслан Магомедович",
            "Абдуллаева Руслана Магомедовича",
            "Абдуллаеву Руслану Магомедовичу",
            "Абдуллаева Руслана Магомедовича",
            "Абдуллаевым Русланом Магомедовичем",
        ),
        TEACHER,
        "м",
        phone="+79635551842",
        mailbox="abdullaev-rm",
    ),
)
