"""What is written as JSON is read back equal, whatever the papers say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.storage.columns import clean, from_json, index_key, to_json, well_formed
from parsers.facts import Document, Evidence, Field, Found, Headers, Letter, Questionnaire, Reading
from workflow.application import Agreed, Assessment
from workflow.findings import Finding

TEXT = st.text(max_size=20)
NUMBER = st.floats(allow_nan=False)
UTC_MOMENT = st.datetimes(timezones=st.just(dt.UTC))
EVIDENCE = st.builds(
    Evidence, confidence=NUMBER, box=st.none() | st.tuples(NUMBER, NUMBER, NUMBER, NUMBER)
)


def found(kind: Any) -> st.SearchStrategy[Found[Any]]:
    (value,) = get_args(kind)
    return st.builds(Found, st.from_type(value), st.lists(EVIDENCE, max_size=2).map(tuple))


st.register_type_strategy(Evidence, EVIDENCE)
st.register_type_strategy(Headers, st.builds(Headers, date=st.none() | UTC_MOMENT))
st.register_type_strategy(Found, found)
FORMS = st.builds(
    Questionnaire,
    fields=st.dictionaries(st.sampled_from(Field), st.from_type(Found[str]), max_size=3),
)


def few(kind: type[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.from_type(kind), max_size=2).map(tuple)


VALUES = {
    Reading: st.builds(
        Reading,
        documents=few(Document),
        letters=few(Letter),
        questionnaires=st.lists(FORMS, max_size=1).map(tuple),
        cloud_links=few(Evidence),
        limits=few(Evidence),
    ),
    Assessment: st.builds(
        Assessment,
        findings=few(Finding),
        letter=st.none() | st.from_type(Letter),
        questionnaire=st.none() | FORMS,
        documents=few(Document),
    ),
    Agreed: st.builds(Agreed),
    tuple[Finding, ...]: few(Finding),
    tuple[str, ...]: few(str),
    Mapping[str, str]: st.dictionaries(TEXT, TEXT, max_size=3),
}


@pytest.mark.parametrize("kind", VALUES, ids=str)
@given(data=st.data())
@settings(max_examples=40)
def test_what_is_written_is_read_back_equal(kind: Any, data: st.DataObject) -> None:
    value = data.draw(VALUES[kind])
    text = to_json(kind, value)
    again = from_json(kind, text)
    assert again == value
    assert type(again) is type(value)
    assert "\0" not in text
    assert text.encode().decode() == text


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_at_all_becomes_one_that_a_database_can_hold(text: str) -> None:
    for result in (clean(text), index_key(text)):
        assert "\0" not in result
        assert result.encode().decode() == result
    (again,) = from_json(tuple[str, ...], to_json(tuple[str, ...], (text,)))
    assert again == well_formed(text)
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_well_formed_text_stays_as_it_is(text: str) -> None:
    assert well_formed(text) == text
    assert clean(text) == text.replace("\0", "\ufffd")


@given(st.binary())
def test_bytes_that_cannot_be_decoded_stand_as_their_numbers(raw: bytes) -> None:
    shown = "".join(chr(byte) if byte < 128 else f"\\x{byte:02X}" for byte in raw)
    assert well_formed(raw.decode("ascii", "surrogateescape")) == shown


@given(st.text(min_size=1), st.integers(1, 2000))
def test_a_key_is_short_enough_for_every_index(text: str, times: int) -> None:
    assert len(index_key(text * times).encode()) <= 512


def test_a_value_that_is_not_of_its_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="verdict"):
        from_json(Assessment, "{}")
