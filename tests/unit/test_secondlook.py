"""What a second network's reading makes of a first one's; the networks' answers are given by the test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest
from PIL import Image

from parsers.documents.paper import Raster, SourcePage
from parsers.facts import Box, Letter, PhoneKind
from parsers.images.ocr import Pixels, RecognizedWord
from parsers.images.recognition import arranged
from parsers.layout import Page
from parsers.letter.letter import find_letter
from parsers.limits import Limits
from parsers.reading import secondlook
from parsers.reading.recognizer import Deadline, Leaf, Recognizer
from parsers.reading.secondlook import Look, looked_closer

ORDER = (
    "МБОУ «Средняя общеобразовательная школа № 12»",
    "ПРИКАЗ",
    "Назначить администратором платформы «Сферум» Иванову Марию Петровну,",
    "учителя информатики, мобильный телефон +7 (916) 123-45-67.",
    "Директор П. П. Петров",
)
NAME, NUMBER = "Иванову Марию Петровну", "89161234567"


class Engine:
    """Sees nothing by itself."""

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> tuple[RecognizedWord, ...]:
        return ()

    def probe(self) -> None:
        """Nothing to look for."""


def words(lines: Sequence[str], unsure: dict[str, float]) -> Iterator[RecognizedWord]:
    for row, line in enumerate(lines):
        for at, text in enumerate(line.split()):
            box = (60 + 110 * at, 60 + 40 * row, 160 + 110 * at, 84 + 40 * row)
            yield RecognizedWord(text, box, unsure.get(text.strip(",."), 0.95), row)


def page(lines: Sequence[str] = ORDER, **unsure: float) -> Page:
    boxes = tuple(arranged(words(lines, unsure), 0.5))
    return Page("скан.pdf", 1, secondlook.How.OCR, boxes, 595.0, 842.0)


def find(pages: Sequence[Page]) -> Letter | None:
    return find_letter(pages, attachment="скан.pdf")


def look(
    monkeypatch: pytest.MonkeyPatch,
    first: Page,
    *,
    digits: str | None = NUMBER,
    name: str = NAME,
    further: Iterable[Page] = (),
) -> Letter:
    """Return what a closer look makes of `first`, the networks reading `digits` and the words of `name`."""
    told = dict(zip(NAME.split(), name.split(), strict=True))
    asked: list[str] = []

    def second_name(_: Any, boxes: Sequence[Box], __: Any, *, timeout: float) -> tuple[str, ...]:
        every = [word for one in (first, *rest) for word in one.words]
        asked.extend(word.text.strip(",") for box in boxes for word in every if word.box == box)
        return tuple(told[text] for text in asked[-len(boxes) :]) if boxes else ()

    rest = list(further)
    monkeypatch.setattr(secondlook, "read_digits", lambda *_: digits)
    monkeypatch.setattr(secondlook, "second_name", second_name)
    monkeypatch.setattr(secondlook, "look_again", lambda *_, **__: iter(rest))
    source = SourcePage(
        number=1, raster=lambda: Raster(Image.new("RGB", (1240, 1754), "white"), 150.0)
    )
    recognizer = Recognizer(Engine(), Limits(), Deadline.after(60, lambda: 0.0))
    recognized = recognizer.recognize("скан.pdf", source)
    assert recognized is not None
    leaf = Leaf(source, first, recognized.lie)
    letter = find([first])
    assert letter is not None
    return looked_closer(Look(letter, (leaf,)), find, recognizer)


def numbers(letter: Letter) -> list[str | None]:
    return [found.value.e164 for found in letter.phones]


def names(letter: Letter) -> list[tuple[str, ...]]:
    return [found.value.nominatives for found in letter.administrators]


def test_a_name_that_could_not_be_read_is_cut_out_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = look(monkeypatch, page(Иванову=0.1, Марию=0.1, Петровну=0.1), name="Иванко Мария Петро")
    assert lost.unreadable
    assert lost.name_cutout is not None
    assert lost.name_cutout.picture
    assert look(monkeypatch, page()).name_cutout is None
    assert look(monkeypatch, page(), digits=None).name_cutout is None, "a number is no picture"


def test_name_and_number_read_alike_are_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = look(monkeypatch, page())
    assert names(letter) == [("Иванова Мария Петровна",)]
    assert numbers(letter) == ["+79161234567"]
    assert letter.doubts == ()


@pytest.mark.parametrize("digits", ["89161234568", "8916123456", None, "8916123456789161"])
def test_a_number_read_differently_is_a_doubt_without_digits(
    monkeypatch: pytest.MonkeyPatch, digits: str | None
) -> None:
    letter = look(monkeypatch, page(), digits=digits)
    assert numbers(letter) == [None]
    assert letter.phones[0].value.kind is PhoneKind.MOBILE
    assert letter.doubts == letter.phones[0].evidence[:1]


def test_a_word_of_the_name_read_unsurely_is_certain_if_read_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = look(monkeypatch, page(Марию=0.5))
    assert names(letter) == [("Иванова Мария Петровна",)]
    assert letter.doubts == ()


def test_a_word_read_unsurely_and_differently_leaves_the_name_without_a_nominative(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = look(monkeypatch, page(Марию=0.5), name="Иванову Дарию Петровну")
    assert names(letter) == [()]
    assert letter.doubts == letter.administrators[0].evidence[:1]


def test_a_name_hardly_legible_and_read_differently_is_unreadable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = look(monkeypatch, page(Марию=0.2), name="Иванову Дарию Петровну")
    assert names(letter) == []
    assert letter.unreadable


def test_a_word_read_with_confidence_is_not_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = look(monkeypatch, page(), name="Сидорову Дарью Ильиничну")
    assert letter.doubts == ()


def test_what_the_first_look_has_lost_is_taken_from_a_further_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = page([line for line in ORDER if "телефон" not in line])
    letter = look(monkeypatch, lost, further=[lost, page()])
    assert numbers(letter) == ["+79161234567"]
    assert letter.doubts == ()


def test_a_number_that_only_a_further_look_has_seen_must_be_read_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = page([line for line in ORDER if "телефон" not in line])
    letter = look(monkeypatch, lost, digits="123", further=[page()])
    assert [found.value.kind for found in letter.phones] == [PhoneKind.UNREADABLE]


def test_a_lost_patronymic_is_taken_from_a_further_look_and_another_name_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = page([line.replace(" Петровну", "") for line in ORDER])
    assert names(look(monkeypatch, short, further=[page()])) == [("Иванова Мария Петровна",)]
    other = page([line.replace("Марию", "Дарию") for line in ORDER])
    found = look(monkeypatch, short, further=[other])
    assert "Петровну" not in found.administrators[0].value.raw


def test_a_landline_of_a_further_look_is_not_the_administrators(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = page([line for line in ORDER if "телефон" not in line])
    other = page([line.replace("+7 (916) 123-45-67", "8 (495) 123-45-67") for line in ORDER])
    assert not numbers(look(monkeypatch, lost, further=[other]))


def in_cells() -> Page:
    """A table whose cells run over two lines, as recognition sees it."""
    heading = "ПРИКАЗ О назначении администратора «Сферум»"
    rows = (
        ("ФИО", "Роль", "Телефон"),
        ("Иванову Марию", "администратор", "+7 (916) 123-45-67"),
        ("Петровну", "«Сферум»"),
    )
    table = [
        RecognizedWord(word, box, 0.8, 1 + number)
        for number, row in enumerate(rows)
        for column, cell in enumerate(row)
        for at, word in enumerate(cell.split())
        for left in (60 + 380 * column + 110 * at,)
        for box in ((left, 100 + 40 * number, left + 100, 124 + 40 * number),)
    ]
    every = (*words([heading], {}), *table)
    return Page("скан.pdf", 1, secondlook.How.OCR, tuple(arranged(every, 0.5)), 595.0, 842.0)


def test_a_name_that_goes_on_under_itself_in_a_cell_is_looked_at_where_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = look(monkeypatch, in_cells())
    assert letter.administrators[0].value.raw == NAME
    assert letter.administrators[0].value.nominatives
    assert letter.doubts == ()


@pytest.mark.parametrize(
    ("confidence", "digits", "is_known"),
    [(0.95, "1", True), (0.7, "02.09.2025", True), (0.7, "02.09.2075", False), (0.7, None, False)],
)
def test_a_date_read_unsurely_stands_only_if_read_alike(
    monkeypatch: pytest.MonkeyPatch, confidence: float, digits: str | None, is_known: bool
) -> None:
    dated = [ORDER[0], "ПРИКАЗ от 02.09.2025 № 132", *ORDER[2:]]
    first = page(dated, **{"02.09.2025": confidence})
    assert (look(monkeypatch, first, digits=digits).date is not None) is is_known


INITIALS = [line.replace("Иванову Марию Петровну", "Сидорову А. Б.") for line in ORDER]


def test_initials_of_somebody_whom_another_look_does_not_name_are_ambiguous(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = look(monkeypatch, page(INITIALS), further=[page()])
    assert [found.value.raw for found in letter.administrators] == ["Сидорову А. Б.", NAME]


def test_initials_that_every_look_has_stay_initials(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = look(monkeypatch, page(INITIALS), further=[page(INITIALS)])
    assert [found.value.initials for found in letter.administrators] == [True]


DAMAGED = [
    *ORDER[:3],
    "учителя информатики, мобильный телефон +7 (916) 123-45-6%.",
    "Заместитель директора Сидорова Анна Борисовна, мобильный телефон +7 (926) 765-43-21.",
    ORDER[-1],
]


def test_a_number_behind_one_that_could_not_be_read_is_not_taken_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = look(monkeypatch, page(DAMAGED), digits="89267654321", further=[page(DAMAGED)])
    assert not any(numbers(letter))


def test_another_look_gives_a_number_only_where_the_unreadable_one_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = [line.replace("123-45-67", "123-45-6") for line in ORDER]
    elsewhere = [*ORDER[:3], "учителя информатики,", "мобильный телефон +7 (926) 765-43-21."]
    assert numbers(look(monkeypatch, page(first), further=[page()])) == ["+79161234567"]
    assert not any(numbers(look(monkeypatch, page(first), further=[page(elsewhere)])))


def test_a_number_that_the_first_look_read_and_did_not_take_is_somebody_elses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    controls = "Контроль возложить на Сидорову Анну Борисовну, телефон +7 (926) 765-43-21."
    lost = [*ORDER[:3], "учителя информатики.", controls, ORDER[-1]]
    other = [*ORDER[:3], "учителя информатики, телефон +7 (926) 765-43-21.", ORDER[-1]]
    assert not any(numbers(look(monkeypatch, page(lost), further=[page(other)])))


def test_a_number_is_taken_where_the_first_look_had_lost_whose_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = [line.replace("администратором", "нистрат") for line in ORDER]
    assert numbers(look(monkeypatch, page(lost), further=[page(ORDER)])) == ["+79161234567"]


def test_a_number_that_the_first_look_read_and_two_others_tie_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    misread = "Исп. Лях О.Ю., тел. +7 (916) 123-45-67."
    untied = [*ORDER[:3], "учителя информатики.", misread, ORDER[-1]]
    assert not any(numbers(look(monkeypatch, page(untied), further=[page(ORDER)])))
    twice = [page(ORDER), page(ORDER)]
    assert numbers(look(monkeypatch, page(untied), further=twice)) == ["+79161234567"]


def test_a_number_whose_beginning_another_look_has_lost_is_nobodys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = [line.replace("+7 (916) 123-45-67", "") for line in ORDER]
    torn = [line.replace("+7 (916) 123-45-67", "916 123-45-67") for line in ORDER]
    assert not any(numbers(look(monkeypatch, page(lost), further=[page(torn)])))
