"""Cells that hold their own answer, line by line: «ИНН: 7707083893»; and what shape an answer must have."""

from __future__ import annotations

import re
from typing import Final

from parsers.questionnaire.answers import fits, is_answer, is_typed
from parsers.questionnaire.forms import own_label
from parsers.questionnaire.labels import Attribute, Label, LabelReader

# A label and its answer in one line of a cell: «ИНН: 7707083893», «ФИО – Иванова М. П.»
_INLINE: Final = re.compile(r"(.{2,150}?)\s*(?::|\s[–—-]\s|\t|_{3,})\s*(\S.*)")

_WORDED: Final = (Attribute.KIND, Attribute.POST)  # whose answers have the words of labels


def read_inline(line: str, reader: LabelReader) -> tuple[Label, str] | None:
    """Return the label and the answer of one line; None where it does not hold both."""
    match = _INLINE.match(line.strip())
    if match is None or not is_answer(match[2]):
        return None
    label = reader.read(match[1])
    if label.heading and label.owners and len(match[1].split()) < 5:
        label = own_label(label)
    if not label.asks or reader.read(match[2]).asks:
        return None
    attribute = wanted_of(label)
    if is_typed(attribute):
        return (label, match[2]) if fits(attribute, match[2]) else None
    worded = attribute in _WORDED  # «Адрес: индекс, город, улица» holds no answer
    return (label, match[2]) if worded or not reader.is_known(match[2]) else None


def wanted_of(label: Label) -> Attribute:
    """Return the one thing whose shape an answer must have; what asks for several has none."""
    asked = own_label(label).attributes
    if len(asked) == 1 or Attribute.INN in asked:
        return asked[0]
    return Attribute.IGNORED
