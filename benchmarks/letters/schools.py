"""Invented schools, kindergartens, colleges: names in full and short, identifiers with right check digits."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from benchmarks.letters.people import Person, invented_person, invented_phone, spelled

_INN_WEIGHTS: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)

# Region, its code, municipality, the kind of place and the place (nominative and genitive), a telephone code.
_PLACES: Final = (
    ("Кировская область", "43", "Уржумский район", "г. Верхошижск", "города Верхошижска", "83363"),
    ("Республика Татарстан", "16", "Заинский муниципальный район", "с. Большие Ключи", "села Большие Ключи", "85558"),
    ("Иркутская область", "38", "Тулунский район", "п. Сосновый Мыс", "посёлка Сосновый Мыс", "39530"),
    ("Краснодарский край", "23", "Приморско-Кубанский район", "ст. Новодонецкая", "станицы Новодонецкой", "86146"),
    ("Московская область", "50", "городской округ Верхнереченск", "г. Верхнереченск", "города Верхнереченска", "49654"),
    ("город Москва", "97", "Северный округ", "г. Москва", "города Москвы", "495"),
    ("Пермский край", "59", "Кизеловский городской округ", "г. Камнегорск", "города Камнегорска", "34255"),
    ("Республика Крым", "91", "Белогорский район", "с. Светлая Долина", "села Светлая Долина", "36559"),
    ("Алтайский край", "22", "Залесовский район", "с. Малая Речка", "села Малая Речка", "38592"),
    ("Республика Саха (Якутия)", "14", "Намский улус", "с. Хатын-Арыы", "села Хатын-Арыы", "41162"),
    ("Ростовская область", "61", "Зимовниковский район", "х. Камышный", "хутора Камышного", "86376"),
    ("Архангельская область", "29", "Пинежский округ", "п. Лесозаводский", "посёлка Лесозаводский", "81856"),
)  # fmt: skip

# The full name, the short one, the head's post; {n} a number, {of} the place in the genitive, {at} its kind and name,
# {m} somebody whom the school is named after.
_KINDS: Final = (
    ("Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № {n}» {of}",
     "МБОУ СОШ № {n} {at}", "Директор"),
    ("Муниципальное автономное общеобразовательное учреждение «Гимназия № {n}» {of}", "МАОУ «Гимназия № {n}»",
     "Директор"),
    ("Муниципальное казённое общеобразовательное учреждение «Основная общеобразовательная школа {of}»",
     "МКОУ ООШ {at}", "Директор школы"),
    ("Муниципальное бюджетное дошкольное образовательное учреждение «Детский сад № {n} «Росинка» {of}",
     "МБДОУ «Детский сад № {n}»", "Заведующий"),
    ("Муниципальное автономное дошкольное образовательное учреждение детский сад комбинированного вида № {n}",
     "МАДОУ д/с № {n} {at}", "Заведующая"),
    ("Государственное бюджетное профессиональное образовательное учреждение «{of_adj} аграрный техникум»",
     "ГБПОУ «{of_adj} аграрный техникум»", "Директор"),
    ("Муниципальное общеобразовательное учреждение «Лицей № {n} имени Героя Советского Союза {m:gen.sign}»",
     "МОУ «Лицей № {n}»", "Директор"),
    ("Муниципальное бюджетное учреждение дополнительного образования «Дом детского творчества» {of}",
     "МБУ ДО «ДДТ» {at}", "Руководитель"),
    ("Государственное казённое общеобразовательное учреждение «Кадетская школа-интернат № {n}»",
     "ГКОУ КШИ № {n}", "Начальник"),
    ("Частное общеобразовательное учреждение «Школа «Росток»", "ЧОУ «Школа «Росток»", "Директор"),
)  # fmt: skip

_FOUNDERS: Final = (
    "Управление образования администрации муниципального образования",
    "Отдел образования администрации района",
    "Министерство образования и молодёжной политики",
    "Комитет по образованию администрации города",
)
_STREETS: Final = (
    "ул. Школьная, д. 1", "ул. Садовая, 14", "пер. Речной, 3а", "пр-т Победы, д. 27", "ул. Маршала Жукова, 8",
    "ул. 50 лет Октября, 112",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """An organization with everything that its papers say of it."""

    full_name: str
    short_name: str
    region: str
    municipality: str
    town: str
    address: str
    founder: str
    inn: str
    ogrn: str
    kpp: str
    phone: str  # as it is printed; now and then a mobile
    email: str
    head: Person
    head_post: str


def invented_school(chance: random.Random) -> School:
    """Return a school and its head."""
    region, code, municipality, town, of, dialling = chance.choice(_PLACES)
    full, short, post = chance.choice(_KINDS)
    number, hero = chance.randint(2, 98), invented_person(chance, bare=0)
    adjective = chance.choice(("Верхошижский", "Камнегорский", "Залесовский", "Светлодольский"))
    filled = {"n": number, "of": of, "at": town, "m": hero, "of_adj": adjective}
    inn = _inn(chance, code)
    rest = "".join(chance.choice("0123456789") for _ in range(10 - len(dialling)))
    landline = f"8 ({dialling}) {rest[:-4]}-{rest[-4:-2]}-{rest[-2:]}"
    return School(
        full_name=full.format(**filled), short_name=short.format(**filled), region=region,
        municipality=municipality, town=town, founder=chance.choice(_FOUNDERS),
        address=f"{chance.randint(100000, 690000)}, {region}, {town}, {chance.choice(_STREETS)}",
        inn=inn, ogrn=_ogrn(chance, code), kpp=inn[:4] + "01001",
        phone=spelled(invented_phone(chance), chance.randint(0, 3)) if chance.random() < 0.12 else landline,
        email=f"shkola{number}-{code}@mail.example", head=invented_person(chance, bare=0), head_post=post,
    )  # fmt: skip


def _inn(chance: random.Random, code: str) -> str:
    nine = code + "".join(chance.choice("0123456789") for _ in range(7))
    total = sum(int(digit) * weight for digit, weight in zip(nine, _INN_WEIGHTS, strict=True))
    return nine + str(total % 11 % 10)


def _ogrn(chance: random.Random, code: str) -> str:
    twelve = f"10{chance.randint(2, 23):02d}{code}" + "".join(
        chance.choice("0123456789") for _ in range(6)
    )
    return twelve + str(int(twelve) % 11 % 10)
