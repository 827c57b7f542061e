from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.facts import PersonName
from parsers.layout import Page, Word
from parsers.letter.letter import find_letter, letter_likeness
from parsers.letter.text import letter_text
from parsers.names.identifiers import find_identifiers
from parsers.names.names import find_people, parse_person
from parsers.names.phones import find_phones, parse_phone
from workflow.comparison import Agreement, choose_nominative, same_organization, same_person

PIECES = (
    "Назначить", "администратором", "администратора", "платформы", "«Сферум»",
    "Иванову", "Марию", "Петровну", "И.И.",
    "Ли", "оглы", "тел.", "8 916 234-56-78", "+7", "8(4822)34-56-78", "ИНН", "7707083893", "№", "5", "от", "31.02.2024",
    "12 марта 2024 г.", "Директор", "____", "/Сомов П.П./", "Исп.",
    "контроль", "возлагаю", "на себя", "ПРИКАЗ", "1.",
    "-",
    ":", ";", "(ФИО)", "им.", "Героя", "МБОУ", "СОШ",
    "Документ подписан электронной подписью", "ё", "\u00ad", "\u202e", "٣",
    "ознакомлен", "вместо", "E", "Ё-", "я", "О" * 40, "б/н", "«", "»", "а-", "İ", "ß", "ŉ",
)  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=30).map(
    lambda pieces: " ".join(pieces)
)


def pages(texts: list[str]) -> list[Page]:
    return [
        Page(
            document="a",
            number=number,
            how="text",  # type: ignore[arg-type]
            words=tuple(
                Word(word, line=line, cell=at % 2)
                for line, row in enumerate(text.split("\n"))
                for at, word in enumerate(row.split())
            ),
        )
        for number, text in enumerate(texts, start=1)
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(TEXT, max_size=6).map("\n".join), max_size=3))
def test_no_text_makes_the_reader_raise_and_every_value_is_quoted_from_its_page(
    texts: list[str],
) -> None:
    made = pages(texts)
    assert 0.0 <= letter_likeness(made) <= 1.0
    letter = find_letter(made, attachment="a")
    for found in letter.administrators if letter else ():
        assert found.value.raw == found.evidence[0].raw
        page = made[(found.evidence[0].page or 1) - 1]
        # the cells of a wrapped row are put together again: other words may stand between
        assert all(word in page.text for word in found.evidence[0].raw.split())


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXT, max_size=4).map("\n".join))
def test_every_character_of_the_folded_text_has_its_place(text: str) -> None:
    made = pages([text, text])
    folded = letter_text(made)
    assert len(folded.text) == len(folded.origin)
    assert all(place < max(len(made[page].text), 1) for page, place in folded.origin)


@settings(max_examples=200, deadline=None)
@given(TEXT)
def test_any_text_at_all_is_searched_and_quoted_exactly(text: str) -> None:
    for person in find_people(text, bare=True):
        assert text[person.start : person.end] == person.raw
    for phone in find_phones(text):
        assert text[phone.start : phone.end] == phone.phone.raw
    for one in find_identifiers(text):
        assert 0 <= one.start < one.end <= len(text)
    assert parse_phone(text).raw == text
    name = parse_person(text)
    assert name is None or name.raw == text


NAMES = st.lists(
    st.sampled_from(
        ("Иванова Мария Петровна", "Иванова М. П.", "Иванов Мария", "Ли", "", "Семёнов Пётр")
    ),
    max_size=3,
).map(lambda texts: PersonName(raw="", nominatives=tuple(texts)))


@given(NAMES, NAMES)
def test_agreement_does_not_depend_on_the_side_and_nothing_is_added(
    one: PersonName, other: PersonName
) -> None:
    assert same_person(one, other) is same_person(other, one)
    chosen = choose_nominative(one, other)
    assert chosen is None or chosen in {*one.nominatives, *other.nominatives}
    if not one.nominatives:
        assert same_person(one, other) is Agreement.UNSURE
        assert chosen is None


@given(TEXT, TEXT, TEXT)
def test_any_two_names_of_organizations_are_compared(one: str, other: str, place: str) -> None:
    assert same_organization(one, [other], [place]) in set(Agreement)
