"""The folding of subjects holds for every combination, and so does the count of typing errors."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from parsers.facts import SubjectMatch
from parsers.mail.subject import match_subject

LATIN = str.maketrans("СЕРТАОНасеорху", "CEPTAOHaceopxy")
WORDS = ("Сферум", "Регистрация", "организации")
PREFIXES = st.lists(
    st.sampled_from(["Re: ", "Fwd: ", "HA:", "Отв.: ", "Re[3]: ", "«", ""]), max_size=4
)
ENDS = st.sampled_from(["", ".", " МБОУ СОШ № 5", ", г. Омск", "»", "!", " (повторно)"])
CASES = st.sampled_from([str.lower, str.upper, str.title, str.swapcase])
LETTERS = "абвгдежзиклмнопрстуфхцчшщыэюя"


@given(
    PREFIXES,
    st.sampled_from([":", ".", "", " :", " . "]),
    ENDS,
    CASES,
    st.booleans(),
    st.integers(0, 3),
)
def test_every_combination_of_what_is_folded_is_ours(
    prefixes: list[str], sign: str, end: str, case: object, latin: bool, spaces: int
) -> None:
    assert callable(case)
    brand, *action = (case(word) for word in WORDS)
    gap = " " * spaces
    subject = f"{brand}{sign}{gap}{(' ' + gap).join(action)}{end}"
    subject = "".join(prefixes) + (subject.translate(LATIN) if latin else subject)
    assert match_subject(subject) is SubjectMatch.OURS


@given(st.integers(1, 3), st.integers(0, 10_000), st.booleans())
def test_up_to_two_typing_errors_are_a_near_miss_and_three_are_not(
    errors: int, seed: int, swapped: bool
) -> None:
    draw = random.Random(seed)
    words = list(WORDS)
    text = " ".join(words)
    places = draw.sample(
        [at for at, sign in enumerate(text) if sign.isalpha() and at % 4 == 1], errors
    )
    for at in places:
        others = [sign for sign in LETTERS if sign != text[at].lower()]
        text = text[:at] + draw.choice(others) + text[at + 1 :]
    brand, action, organization = text.split(" ")
    subject = f"{action} {organization} {brand}" if swapped else text
    wanted = SubjectMatch.NEAR_MISS if errors <= 2 else SubjectMatch.FOREIGN
    assert match_subject(subject) is wanted


@given(st.text(max_size=200))
def test_any_text_is_compared(text: str) -> None:
    assert match_subject(text) in SubjectMatch
