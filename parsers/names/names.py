"""Names of people: where they stand in a text, and what a name in any case is in the nominative.

A name is a surname with a given name and a patronymic, or with initials, in either order. Which case it stands in is
said by the patronymic, a closed system; without one by the word that governs it («назначить», «поручить»), which the
caller knows. Nothing is corrected but letters of the Latin script that look like Cyrillic ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from parsers.facts import PersonName, Sex
from parsers.names.declension import given_nominatives, surname_nominatives
from parsers.names.folding import fold_look_alikes, fold_punctuation
from parsers.names.morphology import declines_given, is_given_name, is_surname
from parsers.names.neighbours import (
    belongs_to_next,
    goes_on,
    is_behind_surname,
    is_given_first,
    may_be_given,
)
from parsers.names.patronymics import Case, read_patronymic, turkic_sex
from parsers.names.tokens import Token, is_role_word, may_be_name, name_tokens

__all__ = ["Case", "FoundPerson", "find_people", "parse_person"]

# The order in which cases are tried where nothing says which it is.
_CASES: Final = (
    Case.NOMINATIVE,
    Case.ACCUSATIVE,
    Case.DATIVE,
    Case.GENITIVE,
    Case.INSTRUMENTAL,
    Case.PREPOSITIONAL,
)

# More readings than this say nothing any more.
_MOST_READINGS: Final = 8

# Surname, given name and patronymic, each behind its label.
_WORD: Final = r"[А-ЯЁ][А-Яа-яЁё-]+"
_PARTS: Final = re.compile(
    rf"фамилия[ ]*[:\t-][ ]*(?P<surname>{_WORD})[\s,;]+имя[ ]*[:\t-][ ]*(?P<given>{_WORD})"
    rf"(?:[\s,;]+отчество(?:[ ]*\([^)\n]*\))?[ ]*[:\t-][ ]*(?P<patronymic>{_WORD}))?",
    re.IGNORECASE,
)

_CYRILLIC: Final = re.compile(r"[А-Яа-яЁё]")

# Two or three capitalized words in Latin letters.
_LATIN: Final = re.compile(r"\b[A-Z][a-z]+[ ][A-Z][a-z]+(?:[ ][A-Z][a-z]+)?\b")

_SPACES: Final = re.compile(r"\s+")
_TITLES: Final = re.compile(r"^(?:г-н|г-жа|господин|госпожа|гр\.?|тов\.?|т\.)\s+", re.IGNORECASE)
_LAST_INITIAL: Final = re.compile(r"(?<![^\W\d_])[А-ЯЁ]\.$")
_LETTERS: Final = re.compile(r"[^\W\d_]")

# The word before the name of a settlement, at the end of what stands before two words; in small letters, as «С.» may
# be an initial: «с.», «г.», «пос.», «станица».
_SETTLEMENT: Final = re.compile(
    r"(?<![^\W\d_])(?:(?:г|с|п|х|д|ст|пос|пгт|дер|гор|р\.\s?п)\.|пгт|город\w?|сел[оае]|хутор\w?|"
    r"станиц\w|деревн\w|посёл\w{1,3}|посел\w{1,3})\s*\Z"
)
_LONGEST_SETTLEMENT: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """A person's name as it stands in a text: its span and its parts, each in the case of the text."""

    start: int
    end: int
    raw: str
    surname: str
    given: str  # a whole name, or an initial with its dot
    patronymic: str | None = None  # likewise; with оглы, кызы behind it
    assumed: bool = False  # no dictionary or patronymic vouches for it: two capitalized words

    @property
    def initials(self) -> bool:
        """Whether a given name or patronymic is only an initial."""
        return self.given.endswith(".") or (self.patronymic or "").endswith(".")

    def name(self, *governing: Case) -> PersonName:
        """Return the name in the nominative, `governing` being the cases that the text around it leaves."""
        if not _CYRILLIC.search(self.surname):
            return PersonName(raw=self.raw, nominatives=(), initials=self.initials)
        readings = _readings(self, governing)
        sexes = {sex for _, sex in readings}
        return PersonName(
            raw=self.raw,
            nominatives=tuple(dict.fromkeys(text for text, _ in readings))[:_MOST_READINGS],
            initials=self.initials,
            sex=sexes.pop() if len(sexes) == 1 else None,
        )


def parse_person(text: str, *, governing: Case | None = None) -> PersonName | None:
    """Return the one name that `text` (a cell, an answer) consists of, None where it is none or holds several.

    Give the nominative as `governing` for a form's cell; a patronymic in another case overrules it.
    """
    plain = _TITLES.sub("", fold_look_alikes(fold_punctuation(text)).strip(" \t\n,;:'\""))
    if not _LAST_INITIAL.search(plain):
        plain = plain.rstrip(". ")
    found = find_people(plain, bare=True)
    if len(found) == 1 and not _LETTERS.search(plain[: found[0].start] + plain[found[0].end :]):
        name = found[0].name(governing) if governing else found[0].name()
        return PersonName(
            raw=text, nominatives=name.nominatives, initials=name.initials, sex=name.sex
        )
    return None


def find_people(text: str, *, bare: bool = False) -> tuple[FoundPerson, ...]:
    """Return the people named in `text`, in reading order.

    With `bare`, two or three capitalized words that no dictionary vouches for are a name too («Ван Лин»).
    """
    folded = fold_look_alikes(fold_punctuation(text))
    tokens = name_tokens(folded)
    found = list(_labelled(text, folded))
    found += _vouched(text, _free(tokens, found))
    found += _no_places(folded, _pairs(text, _free(tokens, found)))
    if bare:
        found += _no_places(folded, _bare(text, _free(tokens, found)))
        found += _latin(text, folded)
    return tuple(sorted(found, key=lambda one: one.start))


def _no_places(folded: str, people: Iterable[FoundPerson]) -> Iterator[FoundPerson]:
    """Leave out two words behind «с.» or «город»: they are a place («с. Верхний Дон»)."""
    for one in people:
        if not _SETTLEMENT.search(folded[max(one.start - _LONGEST_SETTLEMENT, 0) : one.start]):
            yield one


def _free(tokens: list[Token], found: list[FoundPerson]) -> list[Token]:
    """Return the tokens that belong to none of the names found."""
    taken = {at for one in found for at in range(one.start, one.end)}
    return [token for token in tokens if token.start not in taken]


def _labelled(text: str, folded: str) -> Iterator[FoundPerson]:
    """Yield the names whose three parts stand each behind its label («Фамилия: …», «Имя: …», «Отчество: …»)."""
    for label in _PARTS.finditer(folded):
        surname, given, patronymic = (
            label[part] and _title(label[part]) for part in ("surname", "given", "patronymic")
        )
        yield FoundPerson(
            start=label.start("surname"), end=label.end(), raw=text[label.start("surname") : label.end()],
            surname=surname, given=given, patronymic=patronymic,
        )  # fmt: skip


def _vouched(text: str, tokens: list[Token]) -> Iterator[FoundPerson]:
    """Yield the names that a patronymic or initials make certain."""
    at = 0
    while at < len(tokens):
        found = _with_patronymic(text, tokens, at) or _with_initials(text, tokens, at)
        if found is None:
            at += 1
            continue
        person, taken = found
        yield person
        at += taken


def _with_patronymic(text: str, tokens: list[Token], at: int) -> tuple[FoundPerson, int] | None:
    one, two, three, four = (*tokens[at : at + 4], None, None, None, None)[:4]
    if one is None or two is None or not (one.word and two.word and two.follows):
        return None
    if not (may_be_name(one.text) or (one.inside and not is_role_word(one.text))):
        return None
    if is_behind_surname(tokens, at):
        return None  # «Цыренова Баира Доржи-Ханды Бадмаевича»: more names than three
    turkic = _turkic(tokens, at)
    if turkic is not None:
        return _found(
            text, tokens[at : at + turkic], (one, two, *tokens[at + 2 : at + turkic])
        ), turkic
    surname_first = (
        three is not None and three.word and three.follows and read_patronymic(three.text) != ()
    )
    given_first = (
        three is not None and three.word and three.follows
        and read_patronymic(two.text) != () and may_be_name(three.text)
        and not (three.cell and not two.cell)
    )  # fmt: skip
    if surname_first and given_first:
        given_first = is_given_name(one.text) and not is_given_name(two.text)
        surname_first = not given_first
    if surname_first and three is not None and may_be_given(two.text):
        if four is not None and four.word and four.follows and not is_surname(one.text):
            return None if is_given_first(tokens, at + 1) else _three(text, tokens, at)
        return _three(text, tokens, at)
    vouched = is_given_name(one.text) or (three is not None and not is_surname(one.text))
    if given_first and three is not None and vouched:
        return _found(text, tokens[at : at + 3], (three, one, two)), 3
    return None


def _three(text: str, tokens: list[Token], at: int) -> tuple[FoundPerson, int]:
    return _found(text, tokens[at : at + 3], tuple(tokens[at : at + 3])), 3


def _turkic(tokens: list[Token], at: int) -> int | None:
    """Return how many tokens a name with оглы or кызы has, hyphenated to the father's name or apart."""
    third, fourth = (*tokens[at + 2 : at + 4], None, None)[:2]
    if third is None or not third.follows:
        return None
    if turkic_sex(third.text.rsplit("-", 1)[-1]) and "-" in third.text:
        return 3
    if fourth is not None and fourth.follows and turkic_sex(fourth.text):
        return 4
    return None


def _with_initials(text: str, tokens: list[Token], at: int) -> tuple[FoundPerson, int] | None:
    first = tokens[at]
    rest = tokens[at + 1 :]
    second = rest[0] if rest and rest[0].follows else None
    if second is None:
        return None
    third = rest[1] if len(rest) > 1 and rest[1].follows else None
    if first.word and not second.word and may_be_name(first.text):
        if third is not None and third.word and belongs_to_next(first, second, third):
            return None
        return _found(text, [first, second], (first, second)), 2
    if first.word and second.word and third is not None and not third.word:
        known = is_given_name(second.text) and may_be_name(first.text)
        if known and third.text.count(".") == 1:
            return _found(text, [first, second, third], (first, second, third)), 3
        return None
    if not first.word and second.word and may_be_name(second.text):
        return _found(text, [first, second], (second, first)), 2
    return None


def _pairs(text: str, tokens: list[Token]) -> Iterator[FoundPerson]:
    """Yield surnames with a given name that the dictionary has, and no patronymic."""
    at = 0
    while at + 1 < len(tokens):
        one, two = tokens[at], tokens[at + 1]
        at += 1
        if not (one.word and two.word and two.follows and not two.newline):
            continue
        if not (may_be_name(one.text) and may_be_name(two.text)):
            continue
        three = tokens[at + 1] if at + 1 < len(tokens) else None
        if read_patronymic(two.text) and is_given_name(one.text):
            continue  # «Олега Игоревича» whose surname was not known for one
        if goes_on(three) and not (is_given_name(two.text) and declines_given(two.text)):
            yield _found(text, [one, two, tokens[at + 1]], (one, two, tokens[at + 1]), assumed=True)
            at += 2
            continue
        if is_given_name(two.text) and not (is_given_name(one.text) and is_surname(two.text)):
            parts = (one, two)
        elif is_given_name(one.text):
            parts = (two, one)
        else:
            continue
        yield _found(text, [one, two], parts)
        at += 1


def _bare(text: str, tokens: list[Token]) -> Iterator[FoundPerson]:
    """Yield two or three capitalized words beside each other that may be a name."""
    at = 0
    while at < len(tokens):
        run: list[Token] = []
        for token in tokens[at : at + 3]:
            if not token.word or not may_be_name(token.text) or (run and not token.follows):
                break
            run.append(token)
        at += max(len(run), 1)
        if len(run) > 1:
            yield _found(text, run, tuple(run), assumed=True)


def _latin(text: str, folded: str) -> Iterator[FoundPerson]:
    """Yield names in Latin letters: nobody can say them in the nominative, but they stand there."""
    for found in _LATIN.finditer(folded):
        parts = found[0].split(" ")
        yield FoundPerson(
            start=found.start(), end=found.end(), raw=text[found.start() : found.end()],
            surname=parts[0], given=parts[1], patronymic=" ".join(parts[2:]) or None, assumed=True,
        )  # fmt: skip


def _found(
    text: str, span: list[Token], parts: tuple[Token, ...], *, assumed: bool = False
) -> FoundPerson:
    start, end = span[0].start, span[-1].end
    given, patronymic = parts[1].text, " ".join(one.text for one in parts[2:]) or None
    if not parts[1].word:
        given, patronymic = (*re.findall(r"[А-ЯЁ]", given), None)[:2]
        given, patronymic = given + ".", patronymic and patronymic + "."
    return FoundPerson(
        start=start, end=end, raw=text[start:end], assumed=assumed,
        surname=_title(parts[0].text), given=_title(given),
        patronymic=patronymic and " ".join(map(_title, patronymic.split())),
    )  # fmt: skip


def _title(word: str) -> str:
    """Return a name with its capitals, whatever capitals the text had: «Петрова-Водкина», «Кан-ооловна», «оглы»."""
    parts = word.split("-")
    made = []
    for number, part in enumerate(parts):
        low = part.lower()
        small = turkic_sex(low) or low.startswith("оол") or (number and part[:1].islower())
        made.append(low if small else low[:1].upper() + low[1:])
    return "-".join(made)


def _readings(person: FoundPerson, governing: tuple[Case, ...]) -> list[tuple[str, Sex]]:
    options = _options(person)
    wanted = [one for one in options if one[1] in governing] or options
    found = list(_agreeing(person, wanted))
    if not found and len(wanted) < len(options):
        found = list(_agreeing(person, options))
    return found or list(_disagreeing(person, wanted))


def _options(person: FoundPerson) -> list[tuple[Sex, Case]]:
    """Return the sexes and cases that the patronymic leaves, likeliest first."""
    if person.patronymic and not person.patronymic.endswith("."):
        readings = read_patronymic(person.patronymic)
        if readings:
            return [(one.sex, one.case) for one in readings]
        sex = turkic_sex(re.split(r"[ -]", person.patronymic)[-1])
        if sex:
            return [(sex, case) for case in _CASES]
    return [(sex, case) for case in _CASES for sex in (Sex.MALE, Sex.FEMALE)]


def _agreeing(person: FoundPerson, options: list[tuple[Sex, Case]]) -> Iterator[tuple[str, Sex]]:
    """Yield the names whose parts all stand in one case and are of one sex."""
    for sex, case in options:
        surnames = surname_nominatives(person.surname, sex, case)
        for surname, given in product(surnames, _given(person, sex, case)):
            yield _written(person, surname, given), sex


def _disagreeing(person: FoundPerson, options: list[tuple[Sex, Case]]) -> Iterator[tuple[str, Sex]]:
    """Yield what the parts say each by itself, where the paper broke their agreement («Мельник Ивана Петровича»)."""
    fitting = sorted(options[:2], key=lambda option: not _given(person, *option))
    for sex, case in fitting:
        cases = dict.fromkeys((case, Case.NOMINATIVE, *_CASES))
        surnames = next(
            filter(None, (surname_nominatives(person.surname, sex, c) for c in cases)), ()
        )
        givens = next(filter(None, (tuple(_given(person, sex, c)) for c in cases)), ())
        for surname, given in product(surnames, givens):
            yield _written(person, surname, given), sex
        if surnames and givens:
            return


def _given(person: FoundPerson, sex: Sex, case: Case) -> tuple[str, ...]:
    if person.given.endswith("."):
        return (person.given,)
    return given_nominatives(person.given, sex, case)


def _written(person: FoundPerson, surname: str, given: str) -> str:
    parts = [surname, given]
    if person.patronymic:
        readings = read_patronymic(person.patronymic)
        parts.append(readings[0].nominative if readings else person.patronymic)
    return _SPACES.sub(" ", " ".join(parts))
