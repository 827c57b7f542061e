"""Invented schools: what each field of the questionnaire holds, and how a clerk may type it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from parsers.facts import Field

CellValue = str | int | float | dt.date | None

PERSONS: Final[Mapping[bool, tuple[tuple[str, ...], ...]]] = {
    False: (
        (
            "Кудрявцев",
            "Ржевский",
            "Лапшин",
            "Нестеренко",
            "Шульга",
            "Гаврилов",
            "Хабибуллин",
            "Орлов",
            "Тен",
            "Сухоруков",
        ),
        (
            "Олег",
            "Артём",
            "Рустам",
            "Семён",
            "Вячеслав",
            "Глеб",
            "Денис",
            "Пётр",
            "Аркадий",
            "Марат",
        ),
        (
            "Олегович",
            "Ильич",
            "Рустамович",
            "Семёнович",
            "Андреевич",
            "Глебович",
            "Фёдорович",
            "Маратович",
        ),
    ),
    True: (
        (
            "Кудрявцева",
            "Ржевская",
            "Лапшина",
            "Нестеренко",
            "Шульга",
            "Гаврилова",
            "Хабибуллина",
            "Орлова",
            "Ким",
            "Чёрных",
        ),
        (
            "Алёна",
            "Гульнара",
            "Ксения",
            "Наталья",
            "Вера",
            "Зинаида",
            "Любовь",
            "Эльвира",
            "Римма",
            "Тамара",
        ),
        (
            "Олеговна",
            "Ильинична",
            "Рустамовна",
            "Семёновна",
            "Андреевна",
            "Глебовна",
            "Фёдоровна",
            "Маратовна",
        ),
    ),
}
PLACES: Final = (
    ("54", "Новосибирская область", "Искитимский район", "р.п. Линёво", "633216"),
    ("02", "Республика Башкортостан", "Белебеевский район", "г. Белебей", "452000"),
    ("23", "Краснодарский край", "Ейский район", "ст-ца Должанская", "353635"),
    ("05", "Республика Дагестан", "городской округ «город Дербент»", "г. Дербент", "368600"),
    ("76", "Ярославская область", "Рыбинский муниципальный округ", "пос. Песочное", "152963"),
    ("97", "г. Москва", "муниципальный округ Бутово", "г. Москва", "117042"),
    ("14", "Республика Саха (Якутия)", "Мирнинский район", "г. Мирный", "678170"),
)
KINDS: Final = (
    ("общеобразовательная организация", "МБОУ", "Средняя общеобразовательная школа", "СОШ"),
    ("гимназия", "МАОУ", "Гимназия", "Гимназия"),
    ("лицей", "МБОУ", "Лицей", "Лицей"),
    ("дошкольная образовательная организация", "МБДОУ", "Детский сад", "ДС"),
)
FORMS: Final = {
    "МБОУ": "Муниципальное бюджетное общеобразовательное учреждение",
    "МАОУ": "Муниципальное автономное общеобразовательное учреждение",
    "МБДОУ": "Муниципальное бюджетное дошкольное образовательное учреждение",
}
HEAD_POSTS: Final = ("Директор", "Заведующий", "И.о. директора")
POSTS: Final = (
    "учитель информатики",
    "заместитель директора по УВР",
    "Зам. директора по ВР",
    "Педагог-организатор",
    "методист",
    "секретарь",
    "лаборант",
    "учитель начальных классов",
)
STREETS: Final = (
    "ул. Школьная, д. 4",
    "пер. Садовый, д. 12А",
    "пр-кт Мира, 7/1",
    "ул. Ленина, зд. 35",
)
_SOILED: Final = 0.1  # of the texts, by spaces of other kinds, line feeds, apostrophes, «.0»
_INN_WEIGHTS: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)


@dataclass(frozen=True, slots=True)
class School:
    """One school: the true value of every field, and of some things that the form also asks."""

    values: Mapping[Field, str]
    head_phone: str
    head_email: str
    parts: tuple[str, ...]  # the administrator's surname, given name, patronymic


def invent(rng: random.Random) -> School:
    """Return a school whose identifiers hold their check digits."""
    code, region, municipality, town, postal = rng.choice(PLACES)
    kind, form, title, short = rng.choice(KINDS)
    number = rng.randint(1, 98)
    inn = _inn(f"{code}{rng.randint(0, 9_999_999):07}")
    ogrn = _ogrn(f"10{rng.randint(20, 24)}{code}{rng.randint(0, 999_999):06}")
    head, admin = person(rng), person(rng)
    while admin[0] == head[0]:
        admin = person(rng)
    mailbox = rng.choice(["school", "sosh", "ou", "mail.shkola"])
    own = f"{rng.choice(['admin', 'kab12', 'teacher', 'zam.uvr'])}{rng.randint(2, 99)}"
    day = dt.date(2024, 9, 1) + dt.timedelta(days=rng.randint(0, 80))
    values = {
        Field.REGION: region,
        Field.MUNICIPALITY: municipality,
        Field.LOCALITY: town,
        Field.FULL_NAME: f"{FORMS[form]} «{title} № {number}» {town}",
        Field.SHORT_NAME: f"{form} «{short} № {number}»",
        Field.KIND: kind,
        Field.INN: inn,
        Field.KPP: f"{code}{rng.randint(1, 99):02}01001",
        Field.OGRN: ogrn,
        Field.ADDRESS: f"{postal}, {region}, {town}, {rng.choice(STREETS)}",
        Field.SITE: f"https://{mailbox.split('.')[-1]}{number}.edu-{code}.example",
        Field.EMAIL: f"{mailbox}{number}@edu-{code}.example",
        Field.PHONE: f"+7{rng.choice(['3834345', '3478641', '8613256', '8724042', '4855256'])}{rng.randint(100, 999)}",
        Field.HEAD_NAME: " ".join(head),
        Field.HEAD_POST: rng.choice(HEAD_POSTS),
        Field.ADMINISTRATOR_NAME: " ".join(admin),
        Field.ADMINISTRATOR_POST: rng.choice(POSTS),
        Field.ADMINISTRATOR_PHONE: mobile(rng),
        Field.ADMINISTRATOR_EMAIL: f"{own}@pochta.example",
        Field.PUPILS: str(rng.randint(18, 1890)),
        Field.DATE: day.isoformat(),
    }
    return School(values, mobile(rng), f"director{number}@pochta.example", admin)


def shown(school: School, name: Field, rng: random.Random) -> CellValue:
    """Return what a clerk types for a field; it always says the true value to a person."""
    typed = _typed(school, name, rng)
    if not isinstance(typed, str) or rng.random() > _SOILED:
        return typed
    soiled = [f" {typed}", f"{typed}\n", typed.replace(" ", "\u00a0")]
    return rng.choice([*soiled, f"'{typed}", f"{typed}.0"] if typed.isdecimal() else soiled)


def _typed(school: School, name: Field, rng: random.Random) -> CellValue:
    value = school.values[name]
    if name is Field.PHONE:
        return rng.choice([_landline(value), _landline(value), f"8{value[2:]}"])
    if name is Field.ADMINISTRATOR_PHONE:
        return mobile_shown(value, rng)
    if name in (Field.INN, Field.KPP, Field.OGRN):
        keeps = not value.startswith("0") or name is Field.INN
        return int(value) if keeps and rng.random() < 0.33 else value
    if name is Field.PUPILS:
        return int(value) if rng.random() < 0.66 else value
    if name is Field.DATE:
        day = dt.date.fromisoformat(value)
        written = rng.choice([f"{day:%d.%m.%Y}", f"{day:%d.%m.%Y} г."])
        return day if rng.random() < 0.33 else written
    if name in (Field.HEAD_NAME, Field.ADMINISTRATOR_NAME):
        return rng.choice([value, value, value, value.upper(), value.replace(" ", "  ", 1)])
    if name in (Field.EMAIL, Field.ADMINISTRATOR_EMAIL):
        return rng.choice([value, value, value + " "])
    return value


def mobile_shown(value: str, rng: random.Random) -> CellValue:
    """Return a mobile number as people type it."""
    digits = value[2:]
    grouped = f"{digits[:3]}", f"{digits[3:6]}", f"{digits[6:8]}", f"{digits[8:]}"
    ways: list[CellValue] = [
        value,
        f"8{digits}",
        int(f"8{digits}"),
        int(f"7{digits}"),
        "8 ({}) {}-{}-{}".format(*grouped),
        "+7 {} {} {} {}".format(*grouped),
        "8-{}-{}-{}-{}".format(*grouped),
        "+7({}){}-{}-{}".format(*grouped),
    ]
    return rng.choice(ways)


def _landline(value: str) -> str:
    return f"8 ({value[2:7]}) {value[7]}-{value[8:10]}-{value[10:]}"


def mobile(rng: random.Random) -> str:
    """Return an invented mobile number, E.164."""
    return (
        f"+79{rng.choice(['13', '17', '24', '61', '05', '88'])}{rng.randint(1_000_001, 9_899_989)}"
    )


def person(rng: random.Random) -> tuple[str, ...]:
    """Return a surname, given name and patronymic."""
    return tuple(rng.choice(words) for words in PERSONS[rng.random() < 0.7])


def _inn(first: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(first, _INN_WEIGHTS, strict=True))
    return f"{first}{total % 11 % 10}"


def _ogrn(first: str) -> str:
    return f"{first}{int(first) % 11 % 10}"
