"""Figures for Prometheus, read back by its own parser. On a real store, with a clock of its own."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mailbot.metrics import Meter, write
from mailbot.storage import SqlStore
from mailbot.storage.figures import figures
from parsers.facts import Reading, SubjectMatch
from tests.integration.test_life import START, Mail, World, form, good, letter
from workflow.intake import looked_at
from workflow.ports import ReadingDiedError, ServiceUnavailableError

OTHER = Mail(
    "half", sender="half@example.org", papers=(letter("Ким Олег Игоревич", "+79120000121"),)
)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


def measured(world: World, file: Path, meter: Meter | None = None) -> dict[str, float]:
    """What stands in the file, by name and labels."""
    with world.store.database.transaction(write=False) as connection:
        found = figures(connection)
    with world.store.begin(write=False) as work:
        looked = {"mailbox": looked_at(work, ["mailbox"])}
    write(file, meter or Meter(), found, looked=looked, now=world.clock)
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(file.read_text())
        for sample in family.samples
    }


def test_states_verdicts_fates_and_replies_are_counted(world: World, tmp_path: Path) -> None:
    world.run(good(), OTHER)
    bad = Mail("bad", sender="bad@example.org", papers=(letter(number="+79120000174"), form()))
    world.run(bad, Mail("other", subject_match=SubjectMatch.FOREIGN))
    said = measured(world, tmp_path / "a.prom")
    assert said["mailbot_applications completed"] == 1
    assert said["mailbot_applications awaiting_applicant"] == 1
    assert said["mailbot_applications in_review"] == 1
    assert said["mailbot_applications rejected"] == 0
    assert [said[f"mailbot_verdicts_total {one}"] for one in ("accept", "ask", "review")] == [1] * 3
    assert (said["mailbot_messages taken"], said["mailbot_messages ignored"]) == (3, 1)
    assert said["mailbot_replies sent"] == 3
    assert said["mailbot_mailbox_looked_timestamp_seconds mailbox"] > START.timestamp()
    assert said["mailbot_written_timestamp_seconds"] == world.clock.timestamp()


def test_what_waits_grows_old_and_nothing_that_waits_is_zero(world: World, tmp_path: Path) -> None:
    ages = ("queue_oldest", "unread_oldest", "work_oldest", "outbox_due_oldest")

    def old() -> list[float]:
        said = measured(world, tmp_path / "a.prom")
        return [said[f"mailbot_{name}_seconds"] for name in ages]

    assert old() == [0] * 4
    world.arrives(good(), OTHER)
    world.take()
    world.clock += HOUR
    queue, _, work, outbox = old()
    assert (queue, outbox) == (0, 0)
    assert work >= 3600
    world.work()
    world.clock += HOUR
    assert old()[3] >= 3600
    world.deliver()
    assert old() == [0] * 4
    world.run(Mail("bad", sender="bad@example.org", papers=(letter(number="+79120000174"), form())))
    world.clock += HOUR
    assert old()[0] >= 3600


def test_a_mailbox_that_was_never_looked_through_says_zero(world: World, tmp_path: Path) -> None:
    said = measured(world, tmp_path / "a.prom")
    assert said["mailbot_mailbox_looked_timestamp_seconds mailbox"] == 0


def test_readings_are_timed_and_failures_counted(world: World, tmp_path: Path) -> None:
    meter = Meter()

    def dies(raw: bytes) -> Reading:
        raise ReadingDiedError("сигнал 11")

    with pytest.raises(ReadingDiedError):
        meter.timed(dies)(b"")
    meter.failed("delivery")
    said = measured(world, tmp_path / "a.prom", meter)
    assert said["mailbot_reading_seconds_count"] == 1
    assert said["mailbot_failures_total reading"] == 1
    assert said["mailbot_failures_total delivery"] == 1
    assert said["mailbot_failures_total intake"] == 0


def test_the_file_is_readable_to_others_and_nothing_is_left_beside_it(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "a.prom"
    for _ in range(2):
        measured(world, file)
    assert list(tmp_path.glob("*.prom*")) == [file]
    assert not list(tmp_path.glob(".a.prom*"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_a_file_that_cannot_be_written_is_one_line(world: World, tmp_path: Path) -> None:
    with pytest.raises(ServiceUnavailableError, match=r"\[metrics\] textfile"):
        measured(world, tmp_path / "nowhere" / "a.prom")
