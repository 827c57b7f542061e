"""What a school is asked for: findings → sections of a numbered list, each thing once, nothing contradictory.

A paper that was sent and failed and the paper that is missing are one item: the school mends both at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mailbot.ask_failures import (
    FAILURE_CODES,
    Failure,
    Paper,
    cures,
    find_failures,
    missing_papers,
    problems,
)
from mailbot.forms.given import given_answers
from mailbot.forms.words import words
from mailbot.mailtext import day_in_words, last_digits, only_digits, plain
from mailbot.wording import Wording
from parsers.facts import Field, How, PhoneKind
from workflow.application import Assessment
from workflow.findings import Code, Finding, Severity

# ten or eleven digits that may as well be a telephone number
_PHONE_DIGITS: Final = re.compile(r"[78]\d{10}|9\d{9}")
# a word of the paper's own language, as against rules of underscores and garbage of a recognition
_RUSSIAN: Final = re.compile(r"[А-Яа-яЁё]")

_MISSING_CODES: Final = {
    Paper.LETTER: Code.LETTER_MISSING,
    Paper.QUESTIONNAIRE: Code.QUESTIONNAIRE_MISSING,
}
_LETTER_CODES: Final = (
    Code.LETTER_UNREADABLE,
    Code.LETTER_IS_DRAFT,
    Code.LETTER_NO_LETTERHEAD,
    Code.ADMINISTRATOR_NAME_MISSING,
    Code.ADMINISTRATOR_NAME_INCOMPLETE,
    Code.ADMINISTRATOR_PHONE_MISSING,
    Code.PHONE_NOT_MOBILE,
    Code.LETTER_OUTDATED,
    Code.LETTER_NOT_SIGNED,
    Code.LETTER_NOT_SEALED,
)
"""In the order in which a clerk does it: words first, then ink."""

_QUESTIONNAIRE_CODES: Final = (
    Code.QUESTIONNAIRE_IS_SCAN,
    Code.QUESTIONNAIRE_UNREADABLE,
    Code.QUESTIONNAIRE_INCOMPLETE,
    Code.INN_INVALID,
    Code.PHONE_NOT_MOBILE,
)
_FORM_IS_NEEDED_WHOLE: Final = frozenset(_QUESTIONNAIRE_CODES[:2])
_PLACED: Final = frozenset(
    {*FAILURE_CODES, *_LETTER_CODES, *_QUESTIONNAIRE_CODES, *_MISSING_CODES.values()}
)
_NAMES_AND_NUMBERS: Final = frozenset(
    {
        Code.ADMINISTRATOR_NAME_MISSING,
        Code.ADMINISTRATOR_NAME_INCOMPLETE,
        Code.ADMINISTRATOR_PHONE_MISSING,
        Code.PHONE_NOT_MOBILE,
    }
)
_NEEDLESS_BESIDE: Final = {
    Code.LETTER_IS_DRAFT: _NAMES_AND_NUMBERS,
    Code.ADMINISTRATOR_NAME_MISSING: frozenset({Code.ADMINISTRATOR_NAME_INCOMPLETE}),
    Code.ADMINISTRATOR_PHONE_MISSING: frozenset({Code.PHONE_NOT_MOBILE}),
    Code.QUESTIONNAIRE_IS_SCAN: frozenset(_QUESTIONNAIRE_CODES[1:]),
    Code.QUESTIONNAIRE_UNREADABLE: frozenset(_QUESTIONNAIRE_CODES[2:]),
}
"""What is not said beside a code of the same paper, which asks for it too or makes it pointless."""

_MENDED_BY_NEW_PAPER: Final = _NAMES_AND_NUMBERS | {
    Code.LETTER_MISSING,
    Code.LETTER_IS_DRAFT,
    Code.LETTER_NO_LETTERHEAD,
    Code.LETTER_OUTDATED,
}
"""Where a ready letter helps: the words or the sheet are wrong; ink and a better copy need the old one."""

_WITH_EXAMPLE: Final = _NAMES_AND_NUMBERS | {Code.LETTER_IS_DRAFT, Code.LETTER_MISSING}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do."""

    text: str
    details: tuple[str, ...] = ()
    picture: bool = False  # the cut-out of the name stands below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What is to be done about one paper, and how."""

    paper: Paper
    title: str
    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()
    example_hint: str = ""
    example: str = ""
    enclosed: bool = False  # the form of the paper goes with the reply


def sections_of(
    findings: Iterable[Finding],
    *,
    assessment: Assessment | None,
    wording: Wording,
    required_fields: Sequence[Field],
    has_blank: bool,
    has_picture: bool = False,
) -> tuple[Section, ...]:
    """Lay out what the school is asked for: letter, questionnaire, files; () where it is nothing.

    Files that failed stand first where both papers are missing and may have been in them. `has_blank` says whether
    there is a link to the blank questionnaire, `has_picture` whether a cut-out of a name that could not be read goes
    with the reply. Raises `TemplateError` where a sentence cannot be filled in.
    """
    asking = tuple(one for one in findings if one.severity is Severity.ASK)
    layout = _Layout(asking, assessment, wording, has_picture=has_picture)
    letter = layout.letter()
    form = layout.questionnaire(required_fields, has_blank=has_blank)
    files = layout.files()
    both_missing = len(missing_papers(asking)) == len(_MISSING_CODES)
    ordered = (files, letter, form) if both_missing else (letter, form, files)
    return tuple(section for section in ordered if section is not None)


class _Layout:
    """The findings of one reply, sorted by paper."""

    def __init__(
        self,
        findings: Sequence[Finding],
        assessment: Assessment | None,
        wording: Wording,
        *,
        has_picture: bool,
    ) -> None:
        self._has_picture = has_picture
        self._findings = findings
        self._assessment = assessment
        self._form = assessment.questionnaire if assessment else None
        self._wording = wording
        self._missing = missing_papers(findings)
        self._failures = find_failures(findings, assessment)

    def letter(self) -> Section | None:
        """What is to be done about the letter."""
        say = self._wording
        if Paper.LETTER in self._missing:
            items, codes = [self._missing_item(Paper.LETTER)], {Code.LETTER_MISSING}
            notes = [say.say("letter", "whole")]
        else:
            chosen = self._chosen(Paper.LETTER, _LETTER_CODES)
            items, codes = [self._item(one) for one in chosen], {one.code for one in chosen}
            unchanged = codes <= {Code.LETTER_UNREADABLE}
            notes = [] if unchanged else [say.say("letter", "mended")]
        if not items:
            return None
        enclosed = bool(codes & _MENDED_BY_NEW_PAPER)
        if enclosed:
            notes.append(say.say("letter", "enclosed", file=words("letter")["file"]))
        with_example = bool(codes & _WITH_EXAMPLE)
        if with_example:
            names = ("same_as_form", "not_in_mail")
            notes += [say.say("letter", name) for name in names]
        return Section(
            paper=Paper.LETTER,
            title=say.say("letter", "title"),
            items=tuple(items),
            notes=(*notes, say.say("letter", "photo")),
            example_hint=say.say("letter", "example_hint") if with_example else "",
            example=say.say("letter", "example") if with_example else "",
            enclosed=enclosed,
        )

    def questionnaire(self, required: Sequence[Field], *, has_blank: bool) -> Section | None:
        """What is to be done about the questionnaire."""
        say = self._wording
        whole = Paper.QUESTIONNAIRE in self._missing
        if whole:
            items = [self._missing_item(Paper.QUESTIONNAIRE)]
        else:
            chosen = self._chosen(Paper.QUESTIONNAIRE, _QUESTIONNAIRE_CODES)
            items = [self._item(one) for one in chosen]
            whole = any(one.code in _FORM_IS_NEEDED_WHOLE for one in chosen)
        if not items:
            return None
        notes = [say.say("questionnaire", "form" if whole else "mended")]
        given = bool(given_answers(self._assessment))
        kind = "enclosed" if whole else "enclosed_too"
        file = words("questionnaire")["file"]
        notes.append(say.say("questionnaire", kind, file=file, given=given))
        if whole:
            names = "; ".join(say.say("fields", name) for name in required)
            notes += [say.say("questionnaire", "blank_at")] if has_blank else []
            notes += [say.say("questionnaire", "required", required=names)] if names else []
        return Section(
            paper=Paper.QUESTIONNAIRE,
            title=say.say("questionnaire", "title"),
            items=tuple(items),
            notes=tuple(notes),
            enclosed=True,
        )

    def files(self) -> Section | None:
        """What is to be done about files that belong to neither paper, and about codes without a place."""
        say = self._wording
        items = [Item(plain(one.message)) for one in self._findings if one.code not in _PLACED]
        failures = self._failures.get(Paper.FILES, ())
        if failures:
            again = say.say("files", "again", cures=cures(failures, Paper.FILES, say))
            items.insert(0, Item(f"{problems(failures, say)} {again}"))
        if not items:
            return None
        return Section(paper=Paper.FILES, title=say.say("files", "title"), items=tuple(items))

    def _missing_item(self, paper: Paper) -> Item:
        """A paper that is missing, with what was sent in its place and failed."""
        say = self._wording
        failures: tuple[Failure, ...] = self._failures.get(paper, ())
        if not failures:
            others = bool(self._failures)
            return Item(say.say("asks", _MISSING_CODES[paper], "text", others=others))
        again = say.say(paper, "missing_again", cures=cures(failures, paper, say))
        return Item(f"{problems(failures, say)} {again}")

    def _chosen(self, paper: Paper, order: Sequence[Code]) -> list[Finding]:
        """The findings about a paper that was read, one a code, in `order`, without the needless."""
        first: dict[Code, Finding] = {}
        for one in self._findings:
            is_elsewhere = one.code is Code.PHONE_NOT_MOBILE and self._paper_of(one) is not paper
            if one.code in order and not is_elsewhere:
                first.setdefault(one.code, one)
        needless = {code for one in first for code in _NEEDLESS_BESIDE.get(one, ())}
        unreadable = first.get(Code.LETTER_UNREADABLE)
        if unreadable is not None:
            about_number = _is_about_number(unreadable)
            needless |= (
                {Code.ADMINISTRATOR_PHONE_MISSING, Code.PHONE_NOT_MOBILE}
                if about_number
                else _NAMES_AND_NUMBERS | {Code.LETTER_IS_DRAFT}
            )
        chosen = [first[code] for code in order if code in first and code not in needless]
        return [one for one in chosen if not self._asks_nothing_more(one)]

    def _asks_nothing_more(self, one: Finding) -> bool:
        """Whether every empty field of the questionnaire is asked about by another item."""
        if one.code is not Code.QUESTIONNAIRE_INCOMPLETE:
            return False
        return bool(self._fields_asked_elsewhere() & _fields_of(one).keys()) and not self._empty(
            one
        )

    def _item(self, one: Finding) -> Item:
        """One item about a paper that was read."""
        raw = one.evidence[0].raw if one.evidence else ""
        names = dict.fromkeys(plain(place.document, limit=80) for place in one.evidence)
        details = tuple(self._detail(name) for name in self._empty(one))
        text = self._wording.say(
            "asks",
            one.code,
            self._variant(one, raw),
            files=", ".join(f"«{name}»" for name in names if name),
            digits=last_digits(raw),
            quote=self._quote(one.code, raw),
            date=self._letter_date(),
            details=details,
        )
        return Item(text, details, picture=self._is_pictured(one))

    def _is_pictured(self, one: Finding) -> bool:
        is_name = one.code is Code.LETTER_UNREADABLE and not _is_about_number(one)
        return is_name and self._has_picture

    def _variant(self, one: Finding, raw: str) -> str:
        if one.code is Code.LETTER_UNREADABLE and _is_about_number(one):
            return "number"
        if self._is_pictured(one):
            return "name"
        if one.code is Code.ADMINISTRATOR_PHONE_MISSING and raw.strip():
            return "spoiled"
        is_of_form = one.code is Code.PHONE_NOT_MOBILE and self._paper_of(one) is not Paper.LETTER
        return "questionnaire" if is_of_form else "text"

    def _quote(self, code: Code, raw: str) -> str:
        """What stood on the paper, where it helps: never underscores alone, never a number to call."""
        if code is Code.ADMINISTRATOR_NAME_INCOMPLETE:
            raw = (self._assessment.letter_name if self._assessment else None) or raw
        if code is Code.INN_INVALID:
            digits = only_digits(raw)
            return "" if _PHONE_DIGITS.fullmatch(digits) else digits
        return plain(raw, limit=80).strip("_ ") if _RUSSIAN.search(raw) else ""

    def _letter_date(self) -> str:
        letter = self._assessment.letter if self._assessment else None
        return day_in_words(letter.date.value) if letter and letter.date else ""

    def _paper_of(self, phone: Finding) -> Paper:
        """Which of the two papers a finding about a number is about."""
        attachment = self._form.attachment if self._form else None
        on_form = any(
            place.how is How.CELL or place.document == attachment for place in phone.evidence
        )
        return Paper.QUESTIONNAIRE if on_form else Paper.LETTER

    def _empty(self, one: Finding) -> list[Field]:
        elsewhere = self._fields_asked_elsewhere()
        return [name for name in _fields_of(one) if name not in elsewhere]

    def _fields_asked_elsewhere(self) -> set[Field]:
        fields = set()
        for one in self._findings:
            if one.code is Code.INN_INVALID:
                fields.add(Field.INN)
            elif one.code is Code.PHONE_NOT_MOBILE and self._paper_of(one) is Paper.QUESTIONNAIRE:
                fields.add(Field.ADMINISTRATOR_PHONE)
        return fields

    def _detail(self, name: Field) -> str:
        people = self._form.administrators if self._form else ()
        phones = self._form.administrator_phones if self._form else ()
        if name is Field.ADMINISTRATOR_NAME and any(one.value.initials for one in people):
            return self._wording.say("details", "initials")
        if name is Field.ADMINISTRATOR_PHONE and any(
            one.value.kind is PhoneKind.UNREADABLE for one in phones
        ):
            return self._wording.say("details", "phone_spoiled")
        return self._wording.say("fields", name)


def _fields_of(one: Finding) -> dict[Field, None]:
    """The fields that a finding about the questionnaire names, in order."""
    if one.code is not Code.QUESTIONNAIRE_INCOMPLETE:
        return {}
    known = {name.value: name for name in Field}
    return dict.fromkeys(known[place.raw] for place in one.evidence if place.raw in known)


def _is_about_number(one: Finding) -> bool:
    """Whether a letter was read but for the number that the evidence quotes."""
    return any(
        place.how is not How.HEADER and any(char.isdigit() for char in place.raw)
        for place in one.evidence
    )
