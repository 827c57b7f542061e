"""Names of schools compared: by kind, number, memorial name and place, in full or abbreviated, in any case.

Sources of the abbreviations: the usual names in ЕГРЮЛ and on schools' letterheads. The legal form (муниципальное,
бюджетное, казённое) is not compared: it changes more often than the letterhead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

# Kinds of institutions, each under what names or abbreviations show it; a name may show several.
_KINDS: Final = {
    "kindergarten": re.compile(r"детск\w+ сад|\bд/с\b|\b\w{0,3}доу\b|\bдс\b|дошкольн|\bцрр\b|ясли"),
    "gymnasium": re.compile(r"гимнази"),
    "lyceum": re.compile(r"\bлице[йяюе]"),
    "boarding": re.compile(r"интернат|\bши\b"),
    "college": re.compile(r"колледж"),
    "technical": re.compile(r"техникум|училищ"),
    "cadet": re.compile(r"кадет"),
    "further": re.compile(
        r"дополнительного образовани|\b[мг][бак]у до\b|дюсш|\bдши\b|\bсшор\b|творчества|спортивн\w+ школ|"
        r"школ\w+ искусств|музыкальн\w+ школ"
    ),
    "school": re.compile(r"\bшкол|\bсош\b|\bоош\b|\bнош\b|\bсш\b|общеобразовательн\w+ школ"),
}

# How far a school leads; two that are both said and differ are two schools.
_LEVELS: Final = {
    "средняя": re.compile(r"\bсош\b|\bсш\b|средн\w+ (?:общеобразовательн\w+ )?школ"),
    "основная": re.compile(r"\bоош\b|основн\w+ (?:общеобразовательн\w+ )?школ"),
    "начальная": re.compile(r"\bнош\b|начальн\w+ (?:общеобразовательн\w+ )?школ"),
}

# Numbers in words, as after «номер».
_WORDS: Final = dict(
    zip(
        [
            "один",
            "два",
            "три",
            "четыре",
            "пять",
            "шесть",
            "семь",
            "восемь",
            "девять",
            "десять",
            "одиннадцать",
            "двенадцать",
            "тринадцать",
            "четырнадцать",
            "пятнадцать",
            "шестнадцать",
            "семнадцать",
            "восемнадцать",
            "девятнадцать",
            "двадцать",
        ],
        range(1, 21),
        strict=True,
    )
)

# «№5», «№ 5», «N 5», «номер пять»; «СОШ-5», «школа 5».
_NUMBER: Final = re.compile(rf"(?:№|\bn[o°]?\.?|\bномер\w*)\s*(\d+|{'|'.join(_WORDS)})\b")
_BARE_NUMBER: Final = re.compile(
    r"\b(?:[сон]ош|сш|школ\w+|гимнази\w+|лице\w+|сад\w*|интернат\w*|д/с)\s*-?\s*(\d{1,3}\b|\d{4}\b(?!\s*(?:года|г\.)))"
)

# «им. Героя Советского Союза И.И. Иванова», «имени А.С. Пушкина»: the words behind, up to a comma, quote or place.
_MEMORIAL: Final = re.compile(
    r"\bим(?:ени|\.)\s*((?:(?!\b(?:г|гор|города|с|села|п|пос|пгт|станицы|муниципального|района)\b)[^,;\"()\n]){3,80})"
)
_TITLES: Final = re.compile(
    r"геро\w+|советск\w+|союз\w*|росси\w+|федераци\w+|дважды|трижды|маршал\w*|генерал\w*|адмирал\w*|полн\w+|кавалер\w*|"
    r"орден\w*|слав\w+|академик\w*|л[её]тчик\w*|космонавт\w*|гвардии|майор\w*|капитан\w*|лейтенант\w*|полковник\w*|"
    r"старш\w+|младш\w+|сержант\w*|рядов\w+|труда|социалистическ\w+|народн\w+|поэт\w*|писател\w*|заслуженн\w+|учител\w+"
)

# «г. Твери», «город Тверь», «с. Верхнее», «станица Полевая», «г. Нижний Тагил»: a second word only behind an
# adjective; not «с углублённым изучением», «с кадетскими классами», «с УИОП».
_SETTLEMENT: Final = re.compile(
    r"\b(?!с\s+(?:уиоп|угл|[а-яё-]+(?:ым|им|ыми|ими|ами|ями)\b))"
    r"(?:г|гор|город\w{0,2}|с|сел[оае]|п|пос|пос[её]л\w{1,3}|пгт|д|дер|деревн\w|ст|ст-ц[аы]|станиц\w|х|хутор\w?|"
    r"аул\w?|р\.?п)"
    r"(?:\.\s*|\s+)([а-яё]{3,}(?:-[а-яё]+)*)(?:\s+([а-яё]{3,}(?:-[а-яё]+)*))?"
)
_ADJECTIVE: Final = re.compile(r"[а-яё]+(?:[ыио]й|ая|яя|[оеиы]е|[ое]го|[ое]му?|ей|[иы][хм]и?)")
# A second word that is none: a street, a hero, a region, an adjective of a region or district
_NO_PLACE: Final = re.compile(
    r"ул|улица|просп\w*|пер|переул\w*|им|имени|обл\w*|рес\w*|кра[йя]|"
    r"[а-яё]+(?:[сц]к(?:ий|ой|ая|ую|ого|ому|ом|им)|н(?:ого|ому|ой))"
)
_DISTRICT: Final = re.compile(
    r"\b([а-яё-]{4,}(?:ск|цк)(?:ого|ом|ий|ой|ая|ому))\s+(?:муниципальн\w+\s+|городск\w+\s+)*(?:район|округ|р-н)"
)
_REGION: Final = re.compile(
    r"\b([а-яё-]{4,}(?:ск|цк)(?:ой|ая|ого|ий|ую))\s+(?:област|обл|кра[йяю])"
)

_QUOTES: Final = re.compile(r"[«»„“”\"'()]")
_WORD: Final = re.compile(r"[а-яё]{3,}(?:-[а-яё]+)*")
_ENDING: Final = re.compile(
    r"(?:ского|ской|ская|ский|ское|скому|ским|скую|ого|его|ой|ей|ая|яя|ый|ий|ое|ее|ому|ему|ым|им|ую|юю|ом|ем|ами|ях|ах"
    r"|ов|ев|а|у|ы|и|е|о|я|ю|ь)$"
)

# Words that tell no two schools apart.
_COMMON: Final = re.compile(
    r"(?:муниципальн|бюджетн|автономн|казенн|государственн|областн|краев|республиканск|частн|негосударственн|федеральн|"
    r"общеобразовательн|образовательн|общего|общее|образовани|учрежден|организаци|дошкольн|средн|основн|начальн|школ|"
    r"гимнази|лице|детск|сад|комбинированн|общеразвивающ|присмотр|оздоровлен|компенсирующ|вида?$|интернат|колледж|"
    r"техникум|кадетск|корпус|дополнительн|творчеств|имени|город|сел[оае]|посел|деревн|станиц|хутор|район|округ|област|"
    r"край|края|республик|муниципалитет|администраци|управлен|центр|развити|ребенк|углубленн|изучени|отдельн|предмет|"
    r"номер|[мгчф]?[бак]?о?д?оу|сош|оош|нош|мбу|мау|мку|гбу|филиал|структурн|подразделен)\w*"
)

# A vowel, or the sign in its place, that comes and goes before the last consonant: «Орёл», «Орла»; «Елец», «Ельца»
_FLEETING: Final = re.compile(r"[еоь](?=[бвгджзйклмнпрстфхцчшщ]$)")

_SHORTEST_STEM: Final = 3  # letters that two words must share to be forms of one

_Place = tuple[str, ...]
"""A settlement's name as the stems of its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Organization:
    kinds: frozenset[str]
    levels: frozenset[str]
    numbers: frozenset[int]
    memorial: frozenset[str]
    settlements: frozenset[_Place]
    districts: frozenset[str]
    own: frozenset[str]  # words that belong to this school's name only («Кашинская»)


def same_organization(
    letter: str, names: Sequence[str], places: Sequence[str], *, letter_place: str = ""
) -> bool | None:
    """Return whether the letter's organization is the one of `names` at `places`; None where nothing proves it.

    `letter_place` is where the letterhead says that the organization is, beside its name.
    """
    one = _placed(_understand(letter), letter_place)
    others = [_understand(name) for name in names if name.strip()]
    if not others or not one.kinds | one.numbers | one.own:
        return None
    if any(_contradict(one, other) for other in others) or _other_name(one, others):
        return False
    around = _stems(" ".join((*names, *places)).lower())
    other_settlements = frozenset[_Place]().union(
        *(_settlements(text) for text in (*names, *places))
    )
    settled = any(_lies_in(place, other_settlements, around) for place in one.settlements)
    if one.settlements and other_settlements and not settled:
        return False
    numbers = frozenset[int]().union(*(other.numbers for other in others))
    proved_name = _proved_name(one, others, numbers)
    placed = settled or _any_of(one.districts, around)
    return True if proved_name and (placed or _own_name(one, others)) else None


def _placed(one: _Organization, place: str) -> _Organization:
    """Return the organization with the places of its letterhead, where its name has none."""
    text = place.lower().replace("ё", "е")
    return replace(
        one,
        settlements=one.settlements or _settlements(text),
        districts=one.districts | _places(_DISTRICT, text) | _places(_REGION, text),
    )


def _contradict(one: _Organization, other: _Organization) -> bool:
    if one.numbers and other.numbers and not one.numbers & other.numbers:
        return True
    if one.kinds and other.kinds and not one.kinds & other.kinds:
        return True
    if one.levels and other.levels and not one.levels & other.levels:
        return True
    return bool(one.memorial and other.memorial and not _any_of(one.memorial, other.memorial))


def _other_name(one: _Organization, others: Sequence[_Organization]) -> bool:
    """Say whether schools without numbers have names of their own with nothing in common («Кашинская»)."""
    own = frozenset[str]().union(*(other.own for other in others))
    numbered = one.numbers or any(other.numbers for other in others)
    return bool(not numbered and one.own and own and not _any_of(one.own, own))


def _proved_name(
    one: _Organization, others: Sequence[_Organization], numbers: frozenset[int]
) -> bool:
    if one.numbers and numbers:
        return bool(one.numbers & numbers)
    if one.numbers or numbers:
        return False
    same_kind = any(one.kinds & other.kinds for other in others)
    return _own_name(one, others) or (same_kind and bool(one.settlements))


def _own_name(one: _Organization, others: Sequence[_Organization]) -> bool:
    """Say whether a name of its own («Кашинская», «им. Пушкина») stands in both."""
    places = frozenset(stem for place in one.settlements for stem in place)
    words = one.own - places | one.memorial
    return any(_any_of(words, other.own | other.memorial) for other in others)


def _understand(name: str) -> _Organization:
    text = " ".join(_QUOTES.sub(" ", name.lower().replace("ё", "е")).split())
    memorial = _MEMORIAL.search(name.lower().replace("ё", "е"))
    remembered = memorial[1] if memorial else ""
    numbers = [*_NUMBER.findall(text), *_BARE_NUMBER.findall(text)]
    return _Organization(
        kinds=frozenset(kind for kind, pattern in _KINDS.items() if pattern.search(text)),
        levels=frozenset(level for level, pattern in _LEVELS.items() if pattern.search(text)),
        numbers=frozenset(_WORDS.get(one) or int(one) for one in numbers),
        memorial=_stems(_TITLES.sub(" ", remembered)),
        settlements=_settlements(text),
        districts=_places(_DISTRICT, text) | _places(_REGION, text),
        own=_stems(text),
    )


def _settlements(text: str) -> frozenset[_Place]:
    found: set[_Place] = set()
    for match in _SETTLEMENT.finditer(_QUOTES.sub(" ", text.lower().replace("ё", "е"))):
        first, second = match[1], match[2]
        is_double = (
            second is not None
            and _ADJECTIVE.fullmatch(first)
            and not _COMMON.fullmatch(second)
            and not _NO_PLACE.fullmatch(second)
        )
        found.add((_stem(first), _stem(second)) if is_double else (_stem(first),))
    return frozenset(found)


def _lies_in(place: _Place, others: frozenset[_Place], around: frozenset[str]) -> bool:
    """Say whether a settlement is one of the others', or is named among their words.

    «Сосновый» is not «Сосновый Бор»: a name that another one goes on from is no mention of it.
    """
    if any(len(place) == len(other) and all(map(_alike, place, other)) for other in others):
        return True
    if any(len(place) < len(other) and _alike(place[0], other[0]) for other in others):
        return False
    return all(_any_of(frozenset({stem}), around) for stem in place)


def _places(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    return frozenset(_stem(found[1]) for found in pattern.finditer(text.lower().replace("ё", "е")))


def _stems(text: str) -> frozenset[str]:
    words = _WORD.findall(text.replace("ё", "е"))
    return frozenset(_stem(word) for word in words if not _COMMON.fullmatch(word))


def _stem(word: str) -> str:
    """Return a word without its ending; «Верхне-Ивановская» is one word, «Каменск-Уральский» two."""
    first, _, rest = word.partition("-")
    if rest and not first.endswith(("о", "е")):
        return _stem(first) + (_ENDING.sub("", rest) or rest)
    word = first + rest.replace("-", "")
    stem = _ENDING.sub("", word)
    return stem if len(stem) >= _SHORTEST_STEM else word


def _any_of(some: frozenset[str], others: frozenset[str]) -> bool:
    return any(_alike(one, other) for one in some for other in others)


def _alike(one: str, other: str) -> bool:
    """Say whether two stems are of one word: equal, or the one goes on where the other ends («кашин», «кашинск»)."""
    shorter, longer = sorted((one, other), key=len)
    if _FLEETING.sub("", one) == _FLEETING.sub("", other) and len(shorter) >= _SHORTEST_STEM:
        return True
    return longer == shorter or (
        len(shorter) >= _SHORTEST_STEM + 1
        and longer.startswith(shorter)
        and len(longer) - len(shorter) <= 2
    )
