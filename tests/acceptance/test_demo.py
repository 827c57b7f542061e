"""The demonstration: nothing to configure, and a directory with which every other command works."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.acceptance.house import MAILBOT, Outcome, clean_environment, finish, start


class Demonstration:
    """A demonstration that has run."""

    def __init__(self, directory: Path) -> None:
        self.cwd = directory / "somewhere"
        self.cwd.mkdir()
        self.environment = clean_environment(directory / "home")
        self.directory = directory / "демо [b] 1"
        other = {"MAILBOT_MAILBOX__URL": "maildir:///real/mailbox", "MAILBOT_NONSENSE": "1"}
        self.outcome = self.run("demo", str(self.directory), **other)

    def run(self, *arguments: str, **environment: str) -> Outcome:
        """Run a command in a directory that has nothing to do with the demonstration."""
        whole = {**self.environment, **environment}
        return finish(start(*arguments, cwd=self.cwd, environment=whole))

    @property
    def commands(self) -> list[list[str]]:
        """What it says to type next, without the program's name."""
        lines = [line.strip() for line in self.outcome.out.splitlines()]
        typed = [shlex.split(line) for line in lines if line.startswith(str(MAILBOT))]
        return [words[1:] for words in typed]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return Demonstration(tmp_path_factory.mktemp("demo"))


def test_it_ends_well_and_says_nothing_on_standard_error(demonstration: Demonstration) -> None:
    assert (demonstration.outcome.status, demonstration.outcome.err) == (0, "")


def test_applications_of_all_kinds_go_all_the_way_through(demonstration: Demonstration) -> None:
    config = ["--config", str(demonstration.directory / "mailbot.toml"), "--json"]
    applications = demonstration.run("applications", *config).json
    assert len(applications) >= 12
    assert {one["state"] for one in applications} == {
        "completed",
        "awaiting_applicant",
        "in_review",
    }
    assert len(demonstration.run("messages", "--ignored", *config).json) >= 2
    assert demonstration.run("outbox", "list", *config).json == []
    sent = list((demonstration.directory / "outgoing" / "new").iterdir())
    assert len(sent) == len(applications)


def test_the_commands_that_it_prints_work_as_printed(demonstration: Demonstration) -> None:
    commands = demonstration.commands
    assert len(commands) >= 6
    named = {" ".join(words[:2]) for words in commands}
    assert named >= {"queue list", "outbox list", "run --once"}
    for words in commands:
        outcome = demonstration.run(*words)
        assert (outcome.status, outcome.err) == (0, ""), words


def test_what_it_prints_fits_the_screen(demonstration: Demonstration) -> None:
    lines = demonstration.outcome.out.splitlines()
    assert max(len(line) for line in lines if str(demonstration.directory) not in line) <= 80


def test_it_leaves_nothing_but_its_directory(demonstration: Demonstration) -> None:
    assert list(demonstration.cwd.iterdir()) == []
    assert list((Path(demonstration.environment["TMPDIR"])).iterdir()) == []


def test_a_directory_that_is_in_use_is_refused(demonstration: Demonstration) -> None:
    before = sorted(demonstration.directory.rglob("*"))
    outcome = demonstration.run("demo", str(demonstration.directory))
    assert outcome.status == 2
    assert len(outcome.err.splitlines()) == 1
    assert sorted(demonstration.directory.rglob("*")) == before
