"""Tab in a real shell: what it offers."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.house import MAILBOT, House
from tests.acceptance.papers import doubtful, good, incomplete

# what bash does when Tab is pressed at the end of a line: it calls the function that is named for
# the command, and takes COMPREPLY for the answer
_TAB = """
eval "$(mailbot completion bash)"
read -ra COMP_WORDS <<< "$LINE"
[[ $LINE == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
"$(complete -p mailbot | sed -E 's/.*-F ([^ ]+).*/\\1/')" mailbot 2> /dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with one application that has ended, one that waits, one before operators."""
    house = House.make(tmp_path_factory.mktemp("completion") / "house")
    for name, raw in {"1": good(0), "2": incomplete(1), "3": doubtful(2)}.items():
        house.put(name, raw)
    house.once()
    return house


def offered(house: House, line: str) -> list[str]:
    """What bash offers at the end of a line."""
    path = f"{MAILBOT.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", _TAB],
        cwd=house.directory,
        env={**house.environment, "PATH": path, "LINE": line},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_commands_are_offered(prepared: House) -> None:
    assert offered(prepared, "mailbot queu") == ["queue"]
    assert {"approve", "reject", "ask", "retry", "join"} <= set(offered(prepared, "mailbot queue "))


def test_every_application_can_be_shown(prepared: House) -> None:
    assert offered(prepared, "mailbot show ") == ["3", "2", "1"]


def test_a_decision_is_offered_where_one_waits(prepared: House) -> None:
    assert offered(prepared, "mailbot queue approve ") == ["3"]


def test_papers_can_be_joined_to_whoever_waits_for_them(prepared: House) -> None:
    assert offered(prepared, "mailbot queue join 3 ") == ["3", "2"]


def test_the_configuration_that_the_line_names_counts(prepared: House, tmp_path: Path) -> None:
    empty = House.make(tmp_path / "empty")
    empty.run("db", "upgrade")
    line = f"mailbot --config {empty.config} show "
    assert offered(prepared, line) == []


def test_without_a_database_nothing_is_offered_and_nothing_is_said(house: House) -> None:
    assert offered(house, "mailbot show ") == []
