"""In what order the files of a message are taken for pages of one letter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parsers.reading.papers import natural


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["стр10.jpg", "стр2.jpg", "стр1.jpg", "стр09.jpg"]
    assert sorted(names, key=natural) == ["стр1.jpg", "стр2.jpg", "стр09.jpg", "стр10.jpg"]


@given(one=st.text(), other=st.text() | st.just("9" * 5000) | st.just("²"))
def test_any_two_names_have_an_order(one: str, other: str) -> None:
    assert (natural(one) < natural(other)) != (natural(one) >= natural(other))
