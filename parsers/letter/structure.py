"""A letter's text cut into the pieces that a role and a name must share: clauses, list entries, table rows, labels."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from parsers.names.morphology import is_first_person
from parsers.names.names import FoundPerson
from parsers.names.tokens import may_be_name

# The number of a clause or the mark of a list's entry at the beginning of a line.
MARKER: Final = re.compile(
    r"[ ]*(?:([0-9]{1,2}(?:\.[0-9]{1,2})*\)?)(?:(?<=\))[ ]*|\.[ ]*|[ ]+(?=[А-ЯЁ][а-яё]))|"
    r"([-•*▪])[ ]*|([а-яa-z])\)[ ]*)(?![0-9])"
)

# A line that begins something new whatever the line before it ended with.
_BEGINNING: Final = re.compile(
    r"[ ]*(?:Контроль|Исп(?:олнитель)?[.:]|Исполнитель\b|Директор\b|Заведующ|И\.?[ ]?о\.|ВрИО|Врио|Руководитель\b|"
    r"Начальник\b|"
    r"С[ ]приказом|С[ ]настоящим|Ознакомлен|ОЗНАКОМЛЕН|Основание|Приложени|П[ ]?Р[ ]?И[ ]?К[ ]?А[ ]?З|приказываю|"
    r"Приказываю|"
    r"Телефон|Тел\.|Тел:|Моб|Контактн|Сотов|Администратор[ ]*[:(-]|Ф\.?[ ]?И\.?[ ]?О\b|Фамилия|Должность|E-?mail|Эл\.|"
    r"Номер[ ](?:моб|тел)|"
    r"Электронн|ИНН|ОГРН|М\.?[ ]?П\.?[ ]*$|_{4,}|Назначить|Возложить|Поручить|Уважаем|Настоящ|В[ ]соответствии|"
    r"В[ ]целях|"
    r"Обязанности|Копия|Верно|УТВЕРЖД|Утвержд|Сообща|Информир|Направля|Уведомля|Доводим|Прос(?:им|ит)[ ]|Прошу|"
    r"Администратор(?:ом|а|ами)?[ ]|(?:Предыдущ|Прежн|Бывш|Нов)[а-яё]{2,3}[ ]администратор|"
    r"Об?[ ][а-яё]{4,}|Исх|На[ ]№|В[ ]связи|На[ ]основании|Закрепить|Утвердить|Определить|Считать|Снять|Освободить|"
    r"Сведения|Данные|[А-ЯЁ][а-яё]+[ ](?:подготовил|составил|заполнил))"
)

# A line that is nothing but the document's date and number: what follows begins anew.
_DATE_LINE: Final = re.compile(
    r"[ ]*(?:исх|приказ|распоряжен|от[ ]+[\"0-9]|№|на[ ]+№|дата|[\"]?[ ]?[0-9]{1,2}[\"]?[ ]*(?:\.[0-9]{2}\.|"
    r"[а-яё]{3,}[ ]+20))[^\n]{0,60}$",
    re.IGNORECASE,
)

# The end of a line whose word goes on with a proper name: «… МБОУ СОШ № 9 г.».
_PLACE_AHEAD: Final = re.compile(r"(?:№|\b(?:г|гор|с|п|пос|пгт|ст|д|дер|х|им|ул|обл|р)\.)[ ]*$")

# A letter's title up to the line's end, and how the body begins: an institution's abbreviation, a word and a small one.
_TITLE: Final = re.compile(
    r"[ ]*(?:[А-ЯЁ][а-яё-]+[ ]+){0,2}[Оо]б?[ ]+[а-яё]{4,}[^.:;!?\n]{0,90}$(?<![ ][а-яё])(?<![ ][а-яё]{2})"
)
_PROSE: Final = re.compile(r"[ ]*(?:(?:[А-ЯЁ]{3,}|СПб)[ ]|[А-ЯЁ][а-яё]+[ ]+[а-яё]{3})")

# A label and its colon at the beginning of a line.
LABEL: Final = re.compile(r"[ ]*[А-ЯЁA-Z][А-Яа-яЁёA-Za-z.,/() -]{1,60}:(?![ ]?//)")

# A number that stands under its label.
_NUMBER_LINE: Final = re.compile(r"[ ]*[+(]?[0-9][ ().-]*[0-9]{2}")

# A line that closes with a telephone number.
_NUMBER_END: Final = re.compile(r"[0-9]{2}[ ]*\)?[ ]*$")

# What a list's entries, marked by dashes, follow: a closed line or another entry.
_DASH: Final = re.compile(r"[ ]*[-•*▪]")
_LIST_BEFORE: Final = re.compile(r"[.:;,][ ]*$")

# A line that begins with a small letter, but for the order's own «приказываю».
_SMALL: Final = re.compile(r"[ ]*(?!п[ ]?р[ ]?и[ ]?к[ ]?а[ ]?з|тел|моб|сот|исп|и\.?[ ]?о\.)[а-яё]")
_LONGEST_BRACKET: Final = 400  # signs before a line that an open bracket holds together

_FIRST_WORD: Final = re.compile(r"[ ]*([А-ЯЁ][а-яё]+)")
# A word in capitals with which a line begins.
_CAPITALS: Final = re.compile(r"([ ]*[А-ЯЁ])([А-ЯЁ]{3,})(?![а-яё])")

_LONGEST: Final = 1500  # signs of a piece; no clause is longer, and what never ends costs too much

# The end of a line that closes a piece.
_CLOSED: Final = re.compile(r"[.;:!?]['\")]?[ ]*$")

# What ends in a dot and closes nothing: abbreviations and initials.
_ABBREVIATED: Final = re.compile(
    r"(?:\b(?:г|гг|гор|ул|д|им|т|тел|моб|сот|раб|дом|доб|вн|п|пп|пр|просп|обл|р|с|пос|ст|стр|кв|корп|х|зам|зав|и\.?о|"
    r"исп|тыс|руб|др|"
    r"см|ч|м|эл|напр|т\.е|т\.д|т\.п|рег|исх|вх|тов|гр|кл|рп|мкр|пер)|(?<![А-Яа-яЁё])[А-ЯЁ])\.[ ]*$",
    re.IGNORECASE,
)
_INITIAL_END: Final = re.compile(r"(?<![А-Яа-яЁё])[А-ЯЁ]\.[ ]*$")

# A possible end of a sentence inside a line.
_SENTENCE: Final = re.compile(r"[.!?][ ]+(?=[А-ЯЁ0-9\"(-])|;[ ]*")

# A word that begins a sentence also behind initials («… Иванову М.П. Контроль за …»).
_STARTER: Final = re.compile(
    r"[А-ЯЁ][а-яё]+(?:ить|ать|ять|ести|аю|яю|ую|ен[аыо]?|ым|ой|ому)\b|Контроль|Телефон|Тел\b|Тел\.|Контактн|Мобильн|"
    r"Номер|Моб|"
    r"Настоящ|Приказ|Обязанност|Ее\b|Её\b|Его\b|Основани|Просим|Прошу|[0-9]{1,2}\.[ ]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of the text: `start`..`end`, the number that it bears, whether it is a table's row."""

    start: int
    end: int
    text: str
    marker: str = ""  # «1», «2.1», «-»; empty where there is none
    row: bool = False

    @property
    def depth(self) -> int:
        """How deep a numbered clause lies: «2.» is 1 deep, «2.1» and «1)» are 2, an entry without a number 9."""
        if not self.marker:
            return 0
        if not self.marker[0].isdigit():
            return 9
        return self.marker.count(".") + self.marker.count(")") + 1


def segments(text: str, people: Sequence[FoundPerson] = ()) -> tuple[Segment, ...]:
    """Return the pieces of `text` in reading order; together they cover every line that is not blank.

    No piece ends inside the name of one of the `people`.
    """
    found: list[Segment] = []
    names = {one.start for one in people}, {one.end for one in people}
    torn = {
        one.start + at
        for one in people
        for at, sign in enumerate(text[one.start : one.end])
        if sign == "\n"
    }
    for start, end in _paragraphs(text, torn, names):
        marker = MARKER.match(text, start, end)
        number = (marker[1] or marker[2] or marker[3]) if marker else ""
        for first, last in _sentences(text, start, end, people):
            found.append(
                Segment(
                    start=first, end=last, text=text[first:last],
                    marker=number if first == start else "", row="\t" in text[first:last],
                )
            )  # fmt: skip
    return tuple(found)


def lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the lines of `text`, without their line feeds."""
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _paragraphs(
    text: str, torn: Container[int], names: tuple[Container[int], Container[int]]
) -> Iterator[tuple[int, int]]:
    start = end = -1
    for first, last in lines(text):
        line = text[first:last]
        if not line.strip():
            if end > start >= 0:
                yield start, end
            start = end = -1
        elif start < 0:
            start, end = first, last
        elif end - start > _LONGEST or (
            first - 1 not in torn
            and _begins_new(
                text[start:end],
                line,
                named=any(at in names[0] for at in range(first, last)),
                behind_name=end in names[1],
            )
        ):
            yield start, end
            start, end = first, last
        else:
            end = last
    if end > start >= 0:
        yield start, end


def _begins_new(before: str, line: str, *, named: bool, behind_name: bool) -> bool:
    """Say whether `line` begins a piece behind `before`: with a name in it (`named`) it is no label."""
    last = before.rsplit("\n", 1)[-1]
    if "\t" in line or "\t" in last:
        return True
    if _DASH.match(line):
        return bool(_DASH.match(before) or _LIST_BEFORE.search(last))
    if not MARKER.match(line) and _goes_on(before, last, line):
        return False
    if MARKER.match(line) and not last.rstrip().endswith((" №", " N", ",")):
        return True
    if last.rstrip().endswith(":") and _NUMBER_LINE.match(line):
        return False
    word = _FIRST_WORD.match(line)
    if word and is_first_person(word[1]):
        return True
    label = LABEL.match(line) is not None and not named and not _PLACE_AHEAD.search(last)
    if label or _BEGINNING.match(_in_small(line)) or _DATE_LINE.match(last):
        return True
    if _NUMBER_END.search(last) and _DATE_LINE.match(line):
        return True
    if _TITLE.match(before) and (_PROSE.match(line) or _capitalized_no_name(line)):
        return True
    ended = behind_name or LABEL.match(before) or _NUMBER_END.search(last)
    if ended and _capitalized_no_name(line):
        return True
    return _CLOSED.search(last) is not None and _ABBREVIATED.search(last) is None


def _goes_on(before: str, last: str, line: str) -> bool:
    """Say whether a sentence or a bracket that is open goes on in a line that begins with a small letter or a digit."""
    if before.count("(") > before.count(")") and len(before) < _LONGEST_BRACKET:
        return True
    return _SMALL.match(line) is not None and _CLOSED.search(last) is None


def _in_small(line: str) -> str:
    """Return a line with its first word as it is written in small letters («ДИРЕКТОР И.И. ВЫДРА»)."""
    return _CAPITALS.sub(lambda word: word[1] + word[2].lower(), line, count=1)


def _capitalized_no_name(line: str) -> bool:
    """Say whether a line begins with a capitalized word that goes on with no name: what follows a label's value."""
    word = _FIRST_WORD.match(line)
    return word is not None and not may_be_name(word[1])


def _sentences(
    text: str, start: int, end: int, people: Sequence[FoundPerson]
) -> Iterator[tuple[int, int]]:
    first = start
    starts = [one.start for one in people]
    for stop in _SENTENCE.finditer(text, start, end):
        at = bisect_left(starts, stop.start()) - 1
        if at >= 0 and stop.start() < people[at].end - 1:  # the dot of an initial inside a name
            continue
        head = text[first : stop.start() + 1]
        if stop[0][0] == ";" and head.count("(") > head.count(")"):
            continue
        if stop[0][0] != ";" and _ABBREVIATED.search(head):
            if stop.end() in starts:  # «… от Ким Ф.В. Дорофеевой М.Р.»
                continue
            follows = _STARTER.match(text, stop.end(), end)
            if not (_INITIAL_END.search(head) and follows):
                continue
        if MARKER.fullmatch(head.split("\n")[-1] + " ") or not head.strip(" 0123456789.)-"):
            continue
        yield first, stop.start() + 1
        first = stop.end()
    if text[first:end].strip():
        yield first, end
