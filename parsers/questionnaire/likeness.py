"""How much a file is like the questionnaire: a spreadsheet by what it asks, pages by the labels on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from parsers.facts import Field
from parsers.layout import Page
from parsers.questionnaire.form_sheets import LETTER_WORDS, TITLE, FormSheet
from parsers.questionnaire.forms import Entry
from parsers.questionnaire.labels import FIELDS, NAME_PARTS, PERSONAL, Attribute, LabelReader, Owner

LEAST_LIKENESS: Final = 0.5
"""From here on a workbook is a questionnaire."""

_ADMINISTRATORS: Final = frozenset(
    {
        Field.ADMINISTRATOR_NAME,
        Field.ADMINISTRATOR_PHONE,
        Field.ADMINISTRATOR_EMAIL,
        Field.ADMINISTRATOR_POST,
    }
)
_SCHOOLS: Final = frozenset({Field.INN, Field.FULL_NAME, Field.SHORT_NAME})
# What stands in the head of a letter as well
_LETTERHEAD: Final = frozenset(
    {
        Field.INN,
        Field.KPP,
        Field.OGRN,
        Field.PHONE,
        Field.EMAIL,
        Field.ADDRESS,
        Field.SITE,
        Field.DATE,
    }
)

_SIGNED: Final = re.compile(r"\bм\.\s?п\.|\bподпись\b", re.IGNORECASE)

_LEAST_FIELDS: Final = 6  # on pages: fewer labels are no form
_MOST_IN_LETTER: Final = 8  # with as many labels beside answers a table is a form, whatever it says
_LEAST_OWN: Final = 3  # of them such as no letterhead has
_LONGEST_LABEL: Final = 12  # words


def form_likeness(forms: Sequence[FormSheet], *, titled: bool = False) -> float:
    """Return 0.0-1.0, by the different fields that the sheets ask for; `titled`, the file is called «Анкета»."""
    asked = fields_asked(entry for form in forms for entry in form.asked if not entry.inline)
    inline = fields_asked(entry for form in forms for entry in form.asked if entry.inline) - asked
    every = asked | inline
    count = len(asked) + len(inline) / 2
    score = min(count, 6) * 0.05
    titled = titled or any(form.title for form in forms)
    named = every & _ADMINISTRATORS
    if named and every & _SCHOOLS:
        score = 0.9 if count >= 4 else 0.6 if count >= 3 or titled else 0.4
    elif len(named) >= 2 or (len(every) >= 5 and titled):
        score = 0.6
    letter = any(form.letter for form in forms) and len(every) < _MOST_IN_LETTER
    return score * 0.3 if letter else score


def fields_asked(entries: Iterable[Entry]) -> frozenset[Field]:
    """Return the fields that labels ask for."""
    found: set[Field] = set()
    for entry in entries:
        for attribute in entry.label.attributes:
            owner = entry.owner if attribute in PERSONAL else Owner.ORGANIZATION
            whole = Attribute.FIO if attribute in NAME_PARTS else attribute
            if owner is Owner.RESPONSIBLE:
                owner = Owner.ADMINISTRATOR
            if owner is not None and (name := FIELDS.get((whole, owner))):
                found.add(name)
    return frozenset(found)


def looks_like_questionnaire(pages: Sequence[Page]) -> bool:
    """Tell whether pages of text are the form, printed or scanned; a letter never is.

    Labels are looked for where lines and cells begin. What a letterhead has too does not count by
    itself.
    """
    text = "\n".join(page.text for page in pages)
    if LETTER_WORDS.search(text):
        return False
    reader = LabelReader()
    found: set[tuple[Attribute, Owner | None]] = set()
    named = False
    for line in text.splitlines():
        for cell in line.split("\t"):
            attributes, owner = _label_at_start(cell, reader)
            named = named or owner is Owner.ADMINISTRATOR
            found.update(
                (one, owner if one in PERSONAL else Owner.ORGANIZATION) for one in attributes
            )
    titled = bool(TITLE.search(text))
    if not titled and _SIGNED.search(text):
        return False  # a table under a letterhead, with places for signature and seal
    return _is_form(found, named=named, titled=titled)


def _is_form(found: set[tuple[Attribute, Owner | None]], *, named: bool, titled: bool) -> bool:
    letterhead = {
        one for one in found if FIELDS.get((one[0], one[1] or Owner.ORGANIZATION)) in _LETTERHEAD
    }
    own = found - letterhead
    return (named or titled) and len(found) >= _LEAST_FIELDS and len(own) >= _LEAST_OWN


def _label_at_start(text: str, reader: LabelReader) -> tuple[tuple[Attribute, ...], Owner | None]:
    """Return what the longest label at the beginning of a text asks for, and whose it is."""
    words = text.split()[:_LONGEST_LABEL]
    owner: Owner | None = None
    for length in range(len(words), 0, -1):
        label = reader.read(" ".join(words[:length]))
        if label.owner is not None and owner is None:
            owner = label.owner
        wanted = tuple(one for one in label.attributes if one is not Attribute.IGNORED)
        if wanted:
            return wanted, label.owner
    return (), owner
