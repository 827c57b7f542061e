"""The school's name as a letter has it: in the letterhead or heading, else in the body."""

from __future__ import annotations

import re
from typing import Final

from parsers.letter.structure import lines

Span = tuple[int, int]

# What begins an institution's full name, or its abbreviated legal form.
_FULL: Final = re.compile(
    r"(?:муниципальн|государственн|областн|краев|федеральн|частн|автономн|негосударственн|бюджетн|"
    r"республиканск)[а-яё]+[ ]+"
    r"(?:[а-яё-]+[\s]+){0,7}?(?:учреждени[а-яё]+|организаци[а-яё]+)",
    re.IGNORECASE,
)
_SHORT: Final = re.compile(
    r"(?<![А-Яа-яЁё])(?:СПб[ ]+)?(?:[МГЧФ][БАК]?О?[БАК]?Д?О?ОУ|[МГЧФ][БАК]?ДОУ|ФГК[ОД]?О?У|ФГКОУ|ГБПОУ|ГАПОУ|ГПОУ|"
    r"АНОО|НОУ|ЧНДОУ|МБУ[ ]?ДО|МАУ[ ]?ДО|"
    r"ГБУ[ ]?ДО|МКУ[ ]?ДО|МОУ|МБОУ|МАОУ|МКОУ|МОАУ|МОБУ|ГБОУ|ГКОУ|ГОУ|ЧОУ|МБДОУ|МАДОУ|МКДОУ|ГБДОУ)(?![А-Яа-яЁё])"
)

# A school without any legal form («Средняя школа № 5 города Твери», «Лицей № 3»).
_PLAIN: Final = re.compile(
    r"(?<![А-Яа-яЁё])(?:(?:средн|основн|начальн)[а-яё]+[ ]+(?:общеобразовательн[а-яё]+[ ]+)?школ[а-яё]*|СОШ|ООШ|НОШ|"
    r"гимнази[а-яё]+|"
    r"лице[а-яё]+|школ[а-яё]+(?:-интернат[а-яё]*)?|детск[а-яё]+[ ]+сад[а-яё]*|техникум[а-яё]*|"
    r"колледж[а-яё]*)[ ]*\"?[ ]*(?:№|N)[ ]*[0-9]+",
    re.IGNORECASE,
)

# What a name goes on with: kind, number, quotes, place, memorial name.
_TAIL: Final = re.compile(
    r"[\s]*(?:\"[^\"\n]{2,120}(?:\n[^\"\n]{2,120}){0,3}\"|"
    r"(?:[А-Яа-яЁё.-]+[ ]+){0,4}?(?:школ[а-яё]*|СОШ|ООШ|НОШ|СШ|гимнази[а-яё]*|лице[а-яё]*|сад[а-яё]*|интернат[а-яё]*|"
    r"колледж[а-яё]*|техникум[а-яё]*)|"
    r"(?:№|N)[ ]*[0-9]+|-[ ]?[0-9]+|"
    r"(?:им\.?|имени)[ ]*(?:[А-ЯЁ][\w.-]*[ ]?|[гп]еро[а-яё]+[ ]|советск[а-яё]+[ ]|союза[ ]){1,7}|"
    r"(?:г|гор|с|п|пос|пгт|ст|х|д|р\.п|г\.о)\.[ ]?[А-ЯЁ][а-яё-]+(?:[ ]+[А-ЯЁ][а-яё-]+)?|"
    r"(?:города|города-курорта|села|пос[её]лка|деревни|станицы|хутора|аула|"
    r"городского округа)[ ]+[А-ЯЁ\"][\w-]+\"?(?:[ ]+[А-ЯЁ][а-яё-]+)?|"
    r"[А-ЯЁ][а-яё-]+(?:ского|ской|цкого|цкой)[ ]+(?:муниципальн[а-яё]+[ ]+)?(?:района|округа|области|края|"
    r"городского[ ]округа)|"
    r"республики[ ]+[А-ЯЁ][\w-]+|общеразвивающего[ ]вида|комбинированного[ ]вида|"
    r"с[ ]углубл[её]нным[ ]изучением[ ]отдельных[ ]предметов|"
    r"муниципального[ ]образования[^\n,;]{3,40})[,]?",
    re.IGNORECASE,
)
_LINE_NAME: Final = re.compile(
    r"школ|сош\b|оош\b|гимнази|лице[йя]|детск\w+\s+сад|интернат|колледж|техникум|училищ|\bим\.|имени|центр|№|\bг\.|"
    r"город|район|округ|област|\bсел|пос",
    re.IGNORECASE,
)
_FOUNDER: Final = re.compile(
    r"управлени|министерств|департамент|комитет|отдел[ ]образован|администраци", re.IGNORECASE
)
_ENDS_NAME: Final = re.compile(
    r"приказ|ИНН|ОГРН|\bтел|e-?mail|@|\bул\.|улица|[0-9]{6}|исх|\bот[ ]|адрес|р/с|уважаем|распоряжен|"
    r"[0-9]{2}\.[0-9]{2}\.[0-9]{4}|^\s*\(|_{3}|сайт",
    re.IGNORECASE,
)

# An address: an index or a street in its line; and a line that is nothing but a place («г. Тверь»).
_ADDRESS: Final = re.compile(
    r"(?<![0-9])[0-9]{6}(?![0-9])|(?<![А-Яа-яЁё])(?:ул|пр-т|пр-кт|просп|пер|б-р|мкр|наб)\.|"
    r"(?<![А-Яа-яЁё])(?:улица|проспект|переулок|бульвар|микрорайон)(?![А-Яа-яЁё])",
    re.IGNORECASE,
)
_PLACE_ALONE: Final = re.compile(
    r"[ ]*(?:г|гор|с|п|пос|пгт|ст|ст-ца|х|д|р\.[ ]?п|город|село|пос[её]лок|деревня|станица|хутор|аул)(?:\.[ ]?|[ ]+)"
    r"[А-ЯЁ][а-яё]+(?:[ -][А-ЯЁа-яё][а-яё]*){0,3}[ .]*"
)

# What an institution does in a sentence that its name begins.
_VERB: Final = re.compile(
    r"(?<![А-Яа-яЁё])(?:назнача|прос|сообща|информиру|направля|уведомля|утвержда|ходатайству|гарантиру|возлага|поруча|довод)"
    r"(?:ет|ит|ют|ят)(?![А-Яа-яЁё])"
)
_CELL: Final = re.compile(r"[^\t\n]+")

# A settlement's second word on the next line of an address: «п. Сосновый / Мыс, ул. Новая»
_REST_OF_PLACE: Final = re.compile(r"(?<=[а-яё])\n[ ]*[А-ЯЁ][а-яё-]+(?=[ ]*,)")

_MOST_LINES: Final = 6


def find_organization(text: str, header_end: int) -> Span | None:
    """Return the span of the school's name: the letterhead's before `header_end`, else the first in the body."""
    for pattern in (_FULL, _SHORT, _PLAIN):
        for found in pattern.finditer(text, 0, header_end):
            if _of_founder(text, found):
                continue
            start, end = _trim(text, found.start(), _head_end(text, found.end(), header_end))
            if "\t" not in text[start:end]:  # else two columns run through one another
                return start, end
    for pattern in (_SHORT, _FULL, _PLAIN):
        found_in_body = pattern.search(text, header_end)
        if found_in_body:
            return _trim(text, found_in_body.start(), _grown(text, found_in_body.end()))
    return None


def find_place(text: str, header_end: int) -> Span | None:
    """Return the span of the letterhead's address before `header_end`, else of a cell that only names a place."""
    header = text[:header_end]
    address = next((span for span in lines(header) if _ADDRESS.search(header[slice(*span)])), None)
    if address and (rest := _REST_OF_PLACE.match(header, address[1])):
        address = address[0], rest.end()
    cells = (cell for cell in _CELL.finditer(header) if _PLACE_ALONE.fullmatch(cell[0]))
    return address or next((cell.span() for cell in cells), None)


def _of_founder(text: str, found: re.Match[str]) -> bool:
    first = text.rfind("\n", 0, found.start()) + 1
    return _FOUNDER.search(text[first : found.end()]) is not None


def _head_end(text: str, at: int, limit: int) -> int:
    """Take in the lines of a letterhead that go on with the name: centred, each with a part of it."""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    rest = text[at:end]
    stop = _ENDS_NAME.search(rest)
    if stop:
        return _grown(text, at)
    if "\t" in rest:
        return at + rest.index("\t")
    for _ in range(_MOST_LINES):
        if end >= limit:
            break
        following = text.find("\n", end + 1)
        following = len(text) if following < 0 else following
        line = text[end + 1 : following]
        if not line.strip() or "\t" in line or _ENDS_NAME.search(line) or _is_short_name(line):
            break
        open_quote = text[at:end].count('"') % 2 == 1
        if not (_LINE_NAME.search(line) or open_quote):
            break
        end = following
    return end


def _is_short_name(line: str) -> bool:
    """Say whether the abbreviated name begins on a line of its own."""
    return _SHORT.match(line.strip(' ("')) is not None


def _grown(text: str, end: int) -> int:
    while tail := _TAIL.match(text, end):
        if tail.end() == end:
            break
        end = tail.end()
    return end


def _trim(text: str, start: int, end: int) -> Span:
    verb = _VERB.search(text, start, end)
    end = verb.start() if verb else end
    while end > start:
        name = text[start:end]
        idle = name[-1] in " ,;:\n\t.-" and not re.search(r"\b\w\.$", name)
        if not idle and not (name.endswith(")") and name.count("(") < name.count(")")):
            break
        end -= 1
    return start, end
