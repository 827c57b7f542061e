"""What happens by itself as time goes by: reminders, expiry, calls for help, the list of jobs."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailbot.workdays import add_working_days
from tests.acceptance.house import House, text_of
from tests.acceptance.papers import address, form, incomplete, message

pytestmark = pytest.mark.slow  # whole passes, one after another

TODAY = dt.datetime.now(dt.UTC)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House.make(tmp_path / "house")


def let_pass(house: House, days: int) -> None:
    """Make everything that is stored so many days older."""
    with closing(sqlite3.connect(house.directory / "mailbot.db")) as connection, connection:
        for table, column in (("outbox", "sent_at"), ("message", "received_at")):
            connection.execute(
                f"UPDATE {table} SET {column} = datetime({column}, '-{days} days') || '.000000'"  # noqa: S608
            )
        connection.execute(f"UPDATE outbox SET deadline = date(deadline, '-{days} days')")  # noqa: S608


def subjects(house: House, number: int) -> list[str]:
    """The kinds of the replies to a school, by the names of their files."""
    return [
        name.split("-")[1] for name, one in house.replies().items() if one["To"] == address(number)
    ]


def reply(house: House, kind: str) -> EmailMessage:
    (found,) = [one for name, one in house.replies().items() if f"-{kind}-" in name]
    return found


def test_a_silent_school_is_reminded_and_then_told_that_its_application_is_closed(
    house: House,
) -> None:
    house.put("1", incomplete(1))
    assert house.once().status == 0
    let_pass(house, 12)
    assert house.once().status == 0
    assert house.once().status == 0
    assert sorted(subjects(house, 1)) == ["ask", "reminder"]
    let_pass(house, 60)
    assert house.once().status == 0
    assert house.once().status == 0
    assert sorted(subjects(house, 1)) == ["ask", "expiry", "reminder"]
    (one,) = house.applications()
    assert one["state"] == "expired"
    last = house.show(one["id"])["history"][-1]
    assert (last["from"], last["to"], last["who"]) == ("awaiting_applicant", "expired", "program")
    reminder = reply(house, "reminder")
    assert reminder["In-Reply-To"] == reply(house, "ask")["In-Reply-To"]
    assert "Анкета" in text_of(reminder) or "анкет" in text_of(reminder)


def test_the_question_names_the_day_of_the_production_calendar(house: House) -> None:
    house.configure("[replies]\nexpire_after_working_days = 7")
    house.put("1", incomplete(1))
    house.once()
    zone = dt.timezone(dt.timedelta(hours=2))
    days = {
        add_working_days(moment.astimezone(zone).date(), 7)
        for moment in (TODAY, dt.datetime.now(dt.UTC))
    }
    text = text_of(reply(house, "ask"))
    assert any(
        f"Мы ждём ответа до {day.day} " in text and f"{day.year} года" in text for day in days
    )


def test_an_answer_that_lies_in_the_mailbox_is_not_reminded_of(house: House) -> None:
    house.put("1", incomplete(1))
    house.once()
    let_pass(house, 60)
    asked = reply(house, "ask")
    house.put("2", message(1, form(1), headers=(("In-Reply-To", asked["Message-ID"]),)))
    house.once()
    assert sorted(subjects(house, 1)) == ["ask", "welcome"]


def test_a_dry_run_shows_the_reminder_and_writes_none(house: House) -> None:
    house.put("1", incomplete(1))
    house.once()
    let_pass(house, 12)
    before = house.stored()
    rows = house.json("run", "--once", "--dry-run")
    assert [row["action"] for row in rows] == ["remind"]
    assert house.stored() == before
    let_pass(house, 60)
    rows = house.json("run", "--once", "--dry-run")
    assert [row["action"] for row in rows] == ["expire"]


def jobs(house: House) -> dict[str, dict[str, Any]]:
    return {job["name"]: job for job in house.json("jobs")}


def test_jobs_say_when_they_ran_and_each_runs_by_hand(house: House) -> None:
    fresh = jobs(house)
    assert {job["last_run"] for job in fresh.values()} == {None}
    assert {"receipts", "reminders", "expiry", "alerts"} <= set(fresh)
    assert not (house.directory / "mailbot.db").exists()
    house.put("1", incomplete(1))
    house.once()
    let_pass(house, 12)
    for name in fresh:
        outcome = house.run("jobs", "run", name)
        assert outcome.status == 0, outcome
    ran = jobs(house)
    assert all(job["last_run"] and job["next_run"] > job["last_run"] for job in ran.values())
    assert house.run("jobs").status == 0
    house.run("jobs", "run", "reminders")
    assert house.once().status == 0
    assert sorted(subjects(house, 1)) == ["ask", "reminder"]


def test_an_unknown_job_is_refused(house: House) -> None:
    assert house.run("jobs", "run", "dinner").status == 2


def test_a_person_is_called_once_when_sending_has_stopped(house: House) -> None:
    house.configure('[replies]\nper_hour = 1\n[alerts]\nto = "admin@platform.example"')
    for number in (1, 2, 3):
        house.put(str(number), incomplete(number))
    house.once()
    house.once()
    replies = house.replies().values()
    (call,) = [one for one in replies if one["To"] == "admin@platform.example"]
    assert len(replies) == 2
    assert call["Auto-Submitted"] == "auto-generated"
    text = call.get_content()
    assert "Отправка ответов остановлена: предел 1 писем в час" in text
    assert "mailbot outbox release" in text
    for number in (1, 2, 3):
        assert address(number) not in text


def test_an_answer_to_the_call_is_left_alone(house: House) -> None:
    house.configure('[replies]\nper_hour = 1\n[alerts]\nto = "admin@platform.example"')
    for number in (1, 2):
        house.put(str(number), incomplete(number))
    house.once()
    (call,) = [one for one in house.replies().values() if one["To"] == "admin@platform.example"]
    answer = message(
        3,
        sender="admin@platform.example",
        subject=f"Re: {call['Subject']}",
        headers=(("In-Reply-To", call["Message-ID"]),),
    )
    house.put("answer", answer)
    house.run("outbox", "release")
    house.once()
    assert len(house.applications()) == 2
    assert [one["reason"] for one in house.json("messages", "--ignored")] == ["other_subject"]


def test_a_mailbox_that_cannot_be_reached_is_told_by_a_batch_pass_too(house: House) -> None:
    house.configure('[alerts]\nto = "admin@platform.example"\nstalled_after_minutes = 1')
    house.once()
    (house.box).rename(house.directory / "away")
    assert house.once().status == 3
    assert not house.replies()
    with closing(sqlite3.connect(house.directory / "mailbot.db")) as connection, connection:
        earlier = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)).isoformat()
        connection.execute("UPDATE switch SET value = ? WHERE name LIKE 'looked:%'", (earlier,))
    assert house.once().status == 3
    (call,) = house.replies().values()
    assert "Ящик «mailbox» не просматривается" in call.get_content()


def test_doctor_says_who_is_called_and_refuses_an_address_of_its_own(house: House) -> None:
    house.configure('[alerts]\nto = "admin@platform.example"')
    checks = {one["name"]: one for one in house.run("doctor", "--json").json}
    assert "admin@platform.example" in checks["оповещения"]["message"]
    house.configure('[alerts]\nto = "INFO@platform.example"')
    outcome = house.run("doctor", "--json")
    checks = {one["name"]: one for one in outcome.json}
    assert (outcome.status, checks["оповещения"]["ok"]) == (1, False)
