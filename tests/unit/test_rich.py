"""DOC and RTF: what a person sees, tables with their cells (`tests/data/documents/make.py`), and broken bytes."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from parsers.documents.pages import read_pages
from parsers.documents.rich import doc_blocks, rtf_blocks
from parsers.facts import Trouble
from parsers.limits import Limits
from parsers.sheets import rich_tables

DATA = Path(__file__).parent.parent / "data" / "documents"
TEXT = (
    "Школа № 7\nВидно всем\nв две строки\tтаб\nшапка\nсбоку\t11\t12\t13\n\t\t22\t23\n\t31\t32\t33 а б\nПосле ёж",
    "Вторая страница\nИсполнитель",
)
GRID = [
    ["шапка", "шапка", "шапка", "шапка"],
    ["сбоку", "11", "12", "13"],
    ["сбоку", "", "22", "23"],
    ["сбоку", "31", "32", "33\nа\tб"],
]


def pages(content: bytes, name: str) -> tuple[str, ...]:
    found = read_pages(content, name, limits=Limits(), expired=lambda: False)
    return tuple(page.text.text for page in found.pages if page.text is not None)


def grid(content: bytes) -> list[list[list[str]]]:
    blocks = rtf_blocks(content) if content.startswith(b"{") else doc_blocks(content)
    assert blocks is not None
    sheets = rich_tables.read(blocks, Limits())
    return [[[cell.text for cell in row] for row in sheet.rows] for sheet in sheets]


def rtf(body: str) -> bytes:
    coded = "".join(one if ord(one) < 128 else rf"\u{ord(one)}?" for one in body)
    return rf"{{\rtf1\ansi\ansicpg1251{{\colortbl;\red255\green255\blue255;}}{coded}}}".encode()


@pytest.mark.parametrize("ending", ["doc", "rtf"])
def test_what_a_person_sees_is_read_and_nothing_else(ending: str) -> None:
    content = (DATA / f"look.{ending}").read_bytes()
    assert pages(content, f"п.{ending}") == TEXT


@pytest.mark.parametrize("ending", ["doc", "rtf"])
def test_cells_stand_where_their_edges_say(ending: str) -> None:
    (found,) = grid((DATA / f"look.{ending}").read_bytes())
    assert found[-4:] == GRID


def test_a_broken_doc_is_read_by_the_command_that_knows_no_tables() -> None:
    content = bytearray((DATA / "look.doc").read_bytes())
    start = content.index(b"\xec\xa5")
    content[start + 2 : start + 4] = b"\x68\x00"  # of Word 95, as it claims
    if shutil.which("catdoc"):
        assert "Видно" in "".join(pages(bytes(content), "п.doc"))
    else:
        found = read_pages(bytes(content), "п.doc", limits=Limits(), expired=lambda: False)
        assert found.trouble is Trouble.MALFORMED


@pytest.mark.parametrize("ending", ["doc", "rtf"])
def test_bytes_changed_at_random_do_no_harm(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)  # the command is not what is tried here
    whole = (DATA / f"look.{ending}").read_bytes()
    rng = random.Random(20)
    unread = 0
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(rng.choice((1, 5, 40))):
            content[rng.randrange(len(content))] = rng.choice((0, 255, rng.randrange(256)))
        blocks = rtf_blocks(bytes(content)) if ending == "rtf" else doc_blocks(bytes(content))
        unread += blocks is None
        rich_tables.read(blocks or (), Limits())
    assert unread < 150


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (r"а\b б\b0 в", "абв"),
        (r"{\v а}б", "б"),
        (r"\v а\v0 б", "б"),
        (r"{\strike а}{\deleted б}в", "в"),
        (r"{\fs6 а}б", "б"),
        (r"{\cf1 а}б", "б"),
        (r"{\cf1\highlight2 а}б", "аб"),
        (r"\trowd\clcbpat2\cellx900\intbl{\cf1 а}\cell\row", "а"),
        (r"{\*\unknown а}б", "б"),
        (r"{\field{\*\fldinst HYPERLINK а}{\fldrslt б}}", "б"),
        (r"{\fonttbl{\f0\fcharset204 а;}}{\f0 \'e1}", "б"),
        (r"{\f9\'e1}\'e2", "бв"),
        (r"{\uc2\u1073 ??}в", "бв"),
        (r"\bin3 x}{б", "б"),
        (r"а{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt б\par}}}в", "ав\nб"),
        (r"{\footer б\par}{\headerf а\par}в\par", "а\nв\nб"),
        (r"а\cell б\cell", "а\nб"),
    ],
)
def test_rich_text_is_read_as_word_shows_it(body: str, seen: str) -> None:
    assert "\n".join(pages(rtf(body), "п.rtf")) == seen


def test_a_table_that_only_frames_another_is_left_out() -> None:
    inner = r"\itap2 а\nestcell б\nestcell{\*\nesttableprops\trowd\cellx900\cellx1800\nestrow}"
    (found,) = grid(rtf(rf"\trowd\cellx2000\pard\intbl {inner}\pard\intbl\cell\row\pard х\par"))
    assert found == [["а", "б"]]


def test_text_without_a_table_is_one_sheet_of_its_lines() -> None:
    assert grid(rtf(r"ИНН:\tab 1\par Сайт\par")) == [[["ИНН:", "1"], ["Сайт", ""]]]
