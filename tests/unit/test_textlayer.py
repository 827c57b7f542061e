from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from parsers.documents.textlayer import Flaw, Sight, find_flaw, is_stacked, seen

PARAGRAPH = (
    "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 12 "
    "города Заречного» приказываю назначить администратором платформы Иванову Марию Петровну учителя "
    "информатики контроль за исполнением приказа оставляю за собой"
)
TEXT = PARAGRAPH.split()
LOOK_ALIKES = str.maketrans("аоер", "aoep")


def character(text: str, left: float, top: float = 10, *, size: float = 10) -> dict[str, Any]:
    return {"text": text, "x0": left, "x1": left + size / 2, "top": top, "bottom": top + size}


def sight(*, text_at: tuple[int, int, int, int] | None) -> Sight:
    bare = np.full((842, 595), 255, np.uint8)
    whole = bare.copy()
    if text_at:
        left, top, right, bottom = text_at
        whole[top:bottom, left:right] = 0
    return Sight(whole, bare, 1.0)


def test_ordinary_russian_text_is_believed() -> None:
    assert find_flaw(TEXT) is None


def test_a_text_in_capitals_is_believed() -> None:
    assert find_flaw([word.upper() for word in TEXT]) is None


def test_a_text_too_short_to_judge_is_believed() -> None:
    assert find_flaw(["Директор", "П.", "П."]) is None


@pytest.mark.parametrize(
    ("words", "flaw"),
    [
        (" ".join(TEXT).encode("cp1251").decode("latin-1").split(), Flaw.FOREIGN),
        (" ".join(TEXT).encode().decode("cp1251", "replace").split(), Flaw.GARBLED),
        (" ".join(TEXT).encode("koi8-r", "replace").decode("cp1251").split(), Flaw.GARBLED),
        (["MyHHyunanbHoe", "6Ioø»KeTHoe", "o6ueo6pa30BaTeJ1bHoe", "yHpe»geHHe"], Flaw.FOREIGN),
        (list("".join(TEXT)), Flaw.SPACED),
        (["".join(TEXT[:6]), "".join(TEXT[6:14]), "".join(TEXT[14:])], Flaw.GLUED),
        (["(cid:12)(cid:7)(cid:33)"] * 9, Flaw.UNMAPPED),
        (["\ue012\ue013\ue014"] * 9, Flaw.UNMAPPED),
        ([word.translate(LOOK_ALIKES) for word in TEXT], Flaw.GARBLED),
    ],
)
def test_a_layer_that_is_no_russian_text_is_refused(words: list[str], flaw: Flaw) -> None:
    assert find_flaw(words) is flaw


def test_a_character_that_leaves_ink_is_seen() -> None:
    assert seen([character("А", 100)], sight(text_at=(100, 12, 104, 18))).all()


def test_a_character_that_leaves_no_ink_is_not_seen() -> None:
    assert not seen([character("А", 100)], sight(text_at=None)).any()


def test_a_character_beyond_the_page_is_not_seen() -> None:
    boxes = [character("А", 700), character("А", -90), character("А", 100, 2000)]
    assert not seen(boxes, sight(text_at=(0, 0, 595, 842))).any()


def test_type_of_one_point_is_not_seen_though_it_leaves_ink() -> None:
    assert not seen([character("А", 100, size=1)], sight(text_at=(100, 10, 101, 11))).any()


def test_a_space_counts_as_seen() -> None:
    assert seen([character(" ", 100)], sight(text_at=None)).all()


def test_two_different_texts_in_one_place_cannot_both_be_seen() -> None:
    first = [character(letter, 5 * at) for at, letter in enumerate("1234567")]
    second = [character(letter, 5 * at + 0.3) for at, letter in enumerate("7654321")]
    assert is_stacked([*first, *second])


def test_text_with_a_line_of_underscores_below_it_is_not_stacked() -> None:
    first = [character(letter, 5 * at) for at, letter in enumerate("Петрова")]
    second = [character("_", 5 * at) for at in range(7)]
    assert not is_stacked([*first, *second])


def test_a_large_watermark_over_text_is_not_stacked() -> None:
    first = [character(letter, 5 * at) for at, letter in enumerate("Петрова")]
    second = [character(letter, 20 * at, 0, size=40) for at, letter in enumerate("ОБРАЗЕЦ")]
    assert not is_stacked([*first, *second])


def test_the_share_of_ink_that_is_no_text_is_told() -> None:
    whole = np.full((100, 100), 255, np.uint8)
    whole[:10, :10] = 0
    bare = whole.copy()
    bare[:5, :10] = 255
    assert Sight(whole, bare, 1.0).drawn == pytest.approx(0.5)
