"""The operators' screen, worked with keys, over a database that the program itself has filled."""

from __future__ import annotations

import asyncio
import contextlib
import html
import os
import pty
import re
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, TextArea

from config.settings import load
from mailbot.review.desk import ReviewDesk
from mailbot.review.dialogs import DecisionDialog
from mailbot.review.screen import ReviewApp
from tests.acceptance.house import MAILBOT, House, text_of
from tests.acceptance.papers import address, doubtful, good

PATIENCE = 60.0  # seconds

# the marks of a picture around its text
_TAG = re.compile(r"<style>.*?</style>|<[^>]+>", re.DOTALL)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with two applications before operators."""
    house = House.make(tmp_path_factory.mktemp("review") / "house")
    house.put("1.doubtful", doubtful(0))
    house.put("2.near", good(1, subject="Сфэрум: Регистрация организаци"))
    house.once()
    assert [one["state"] for one in house.applications()] == ["in_review", "in_review"]
    return house


@pytest.fixture
def desk(prepared: House, tmp_path: Path) -> House:
    return prepared.copy(tmp_path / "copy")


def number_of(house: House, sender: int) -> int:
    (found,) = [one["id"] for one in house.applications() if one["sender"] == address(sender)]
    assert isinstance(found, int)
    return found


def decided(house: House) -> list[str]:
    """Everything that is stored but for who has looked at what."""
    return [line for line in house.stored() if "viewing" not in line and "sqlite_s" not in line]


@asynccontextmanager
async def screen_of(house: House) -> AsyncIterator[tuple[ReviewApp, Pilot[None]]]:
    app = ReviewApp(ReviewDesk(load(house.config), "Анна"))
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await until(pilot, lambda: app.query_one(DataTable).row_count == 2)
        yield app, pilot


async def until(pilot: Pilot[None], reached: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end
        await pilot.pause(0.05)


async def choose(app: ReviewApp, pilot: Pilot[None], number: int) -> None:
    """Move to an application and wait until it is shown."""
    table = app.query_one(DataTable)
    while str(table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value) != str(number):
        await pilot.press("down" if table.cursor_row == 0 else "up")
    await until(pilot, lambda: f"Заявка № {number}" in shown(app))


def shown(app: ReviewApp) -> str:
    """The text on the screen, line by line."""
    picture = app.export_screenshot(simplify=True)
    return html.unescape(_TAG.sub("", picture)).replace("\N{NO-BREAK SPACE}", " ")


def run(steps: Coroutine[Any, Any, None]) -> None:
    asyncio.run(steps)


def test_the_queue_and_both_papers_of_the_chosen_application_are_seen(desk: House) -> None:
    async def steps() -> None:
        async with screen_of(desk) as (app, pilot):
            await choose(app, pilot, number_of(desk, 0))
            await until(pilot, lambda: "анкета" in shown(app) and "phone_mismatch" in shown(app))

    run(steps())


def test_a_rejection_is_written_and_carried_out_by_keys(desk: House) -> None:
    number = number_of(desk, 0)

    async def steps() -> None:
        async with screen_of(desk) as (app, pilot):
            await choose(app, pilot, number)
            await pilot.press("r")
            await until(pilot, lambda: isinstance(app.screen, DecisionDialog))
            app.screen.query_one(TextArea).text = "Номера не совпадают [b]."
            app.screen.query_one("#note", Input).value = "звонила"
            await pilot.click("Button.-primary")
            await until(pilot, lambda: app.query_one(DataTable).row_count == 1)

    run(steps())
    rejected = desk.show(number)
    assert rejected["state"] == "rejected"
    last = rejected["history"][-1]
    assert (last["who"], last["note"]) == ("Анна", "звонила")
    desk.once()
    (reply,) = [one for one in desk.replies().values() if "Номера не совпадают" in text_of(one)]
    assert reply["To"] == address(0)


def test_keys_work_in_the_russian_layout_and_values_are_those_on_the_screen(desk: House) -> None:
    number = number_of(desk, 1)

    async def steps() -> None:
        async with screen_of(desk) as (app, pilot):
            await choose(app, pilot, number)
            await pilot.press("ф")
            await until(pilot, lambda: isinstance(app.screen, DecisionDialog))
            assert app.screen.query_one("#value-1", Input).value.startswith("+79")
            await pilot.click("Button.-primary")
            await until(pilot, lambda: app.query_one(DataTable).row_count == 1)

    run(steps())
    desk.once()
    assert desk.show(number)["state"] == "completed"


def test_a_refused_decision_changes_nothing_and_says_why(desk: House) -> None:
    before = decided(desk)

    async def steps() -> None:
        async with screen_of(desk) as (app, pilot):
            await choose(app, pilot, number_of(desk, 0))
            await pilot.press("a")
            await until(pilot, lambda: isinstance(app.screen, DecisionDialog))
            await pilot.click("Button.-primary")
            await until(pilot, lambda: "administrator.phone" in shown(app))

    run(steps())
    assert decided(desk) == before


def test_a_case_that_has_changed_meanwhile_is_not_decided(desk: House) -> None:
    number = number_of(desk, 0)

    async def steps() -> None:
        async with screen_of(desk) as (app, pilot):
            await choose(app, pilot, number)
            await pilot.press("r")
            await until(pilot, lambda: isinstance(app.screen, DecisionDialog))
            note = ("--note", "Пётр", "--message", "Не та школа?")
            await asyncio.to_thread(desk.run, "queue", "ask", str(number), *note)
            await pilot.click("Button.-primary")
            await until(pilot, lambda: app.query_one(DataTable).row_count == 1)

    run(steps())
    assert desk.show(number)["state"] == "awaiting_applicant"


def test_escape_decides_nothing(desk: House) -> None:
    before = decided(desk)

    async def steps() -> None:
        async with screen_of(desk) as (app, pilot):
            await choose(app, pilot, number_of(desk, 1))
            await pilot.press("t")
            await until(pilot, lambda: isinstance(app.screen, DecisionDialog))
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, DecisionDialog))

    run(steps())
    assert decided(desk) == before


def test_without_a_terminal_it_says_so(prepared: House) -> None:
    outcome = prepared.run("review")
    assert outcome.status == 2
    assert "терминал" in outcome.err


def test_on_a_terminal_it_opens_and_leaves(prepared: House) -> None:
    terminal, side = pty.openpty()
    process = subprocess.Popen(
        [MAILBOT, "review"],
        cwd=prepared.directory,
        env={**prepared.environment, "TERM": "xterm-256color"},
        stdin=side,
        stdout=side,
        stderr=side,
        start_new_session=True,
    )
    os.close(side)
    seen = b""
    while "одобрить".encode() not in seen:
        seen += os.read(terminal, 65_536)
    os.write(terminal, b"q")
    with contextlib.suppress(OSError):  # the terminal's other side is closed
        while os.read(terminal, 65_536):
            pass
    os.close(terminal)
    assert process.wait(PATIENCE) == 0
