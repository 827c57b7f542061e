from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from mailbot.cage import Cage, CageBrokenError, ReaderDiedError, network_isolation
from mailbot.netless import Isolation

JOB = "misbehaviour:run"
HERE = Path(__file__).parent
MEMORY = 400 * 2**20

# A process that becomes an ordinary user's where it is root's, and then takes the network from itself.
STEP_DOWN = """
import ctypes, os, pwd, pyseccomp
from mailbot.netless import forbid_network
if os.getuid() == 0:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
ctypes.CDLL(None).prctl(4, 1)  # PR_SET_DUMPABLE: what is in /proc/self is one's own again
print(*forbid_network(), os.getuid())
"""


@pytest.fixture(autouse=True)
def _misbehaviour_can_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"])
def test_a_filtered_child_gets_no_socket(family: str) -> None:
    isolation = (Isolation.FILTER,)
    with (
        Cage(1, seconds=3, memory_bytes=MEMORY, job=JOB, isolation=isolation) as cage,
        pytest.raises(ReaderDiedError, match="PermissionError in socket"),
    ):
        cage.read(f"connect {family}".encode())


def test_a_child_in_a_namespace_of_its_own_has_no_way_out() -> None:
    isolation = (Isolation.NAMESPACE,)
    with Cage(1, seconds=3, memory_bytes=MEMORY, job=JOB, isolation=isolation) as cage:
        if "namespace" not in (network_isolation() or ""):  # a kernel, or container, without
            with pytest.raises(CageBrokenError, match="namespace"):
                cage.read(b"nothing")
            return
        cage.read(b"connect AF_INET")
        with pytest.raises(ReaderDiedError, match="OSError in misbehaviour"):
            cage.read(b"make_socket_and_reach_out")


def test_where_the_network_cannot_be_taken_away_nothing_is_read() -> None:
    with (
        Cage(1, seconds=3, memory_bytes=MEMORY, job=JOB, isolation=()) as cage,
        pytest.raises(CageBrokenError, match="namespace"),
    ):
        cage.read(b"nothing")


def test_the_isolation_that_holds_here_can_be_asked_for() -> None:
    assert set((network_isolation() or "").split(" and ")) <= {"namespace", "filter"}
    assert network_isolation() is not None


def test_a_user_without_rights_is_isolated_as_well() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STEP_DOWN],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    *ways, user = done.stdout.split()
    assert "filter" in ways
    assert user == str(os.getuid() or pwd.getpwnam("nobody").pw_uid)
