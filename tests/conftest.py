"""Databases for tests: an SQLite file, and a real PostgreSQL that the session starts for itself."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import hypothesis
import psycopg
import pytest

from mailbot.storage import SqlStore, open_store, upgrade

# Two cores are shared by many: how long an example takes says nothing. A change is judged by the same
# examples each time; new ones are looked for by `./run slow`.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.register_profile("exploring", deadline=None)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)


class Cluster:
    """A PostgreSQL server of the test run (each worker of xdist has one), reached by a socket."""

    def __init__(self, binaries: Path) -> None:
        # the server refuses to run as root, and pytest's own directories are closed to others
        self.binaries = binaries
        names = {user.pw_name for user in pwd.getpwall()}
        wanted = pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            wanted = "postgres" if "postgres" in names else "nobody"
        self._user = pwd.getpwnam(wanted)
        self.home = Path(tempfile.mkdtemp(prefix="mailbot-test-", dir="/tmp"))
        shutil.chown(self.home, self._user.pw_name, grp.getgrgid(self._user.pw_gid).gr_name)
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the cluster's files."""
        command = [self.binaries / "initdb", "-D", "data", "-U", "mailbot", "-A", "trust"]
        command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(
            command, check=True, cwd=self.home, stdout=subprocess.DEVNULL, **self._as_user()
        )

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = [self.binaries / "postgres", "-D", "data", "-k", self.home]
        command += ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=50"]
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.home, stdout=log, stderr=log, **self._as_user()
            )
        ready = [self.binaries / "pg_isready", "-q", "-h", self.home]
        while subprocess.run(ready, check=False).returncode:
            assert self._process.poll() is None, (self.home / "log").read_text()
            time.sleep(0.05)

    def stop(self, how: int = 2) -> None:
        """Stop the server: 2 disconnects everybody in order, 3 is as good as a power cut."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(20)

    def url(self, database: str) -> str:
        """Return the URL of a database."""
        return f"postgresql://mailbot@/{database}?host={self.home}"

    def create(self, template: str = "template0") -> str:
        """Make a database of its own, a copy of `template`, and return its name."""
        name = f"test{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever still uses it."""
        self.run(f"DROP DATABASE {database} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run one statement in the database `postgres`."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _as_user(self) -> dict[str, object]:
        if os.geteuid():
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running server."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    if not found:
        pytest.fail("the tests need PostgreSQL: apt-get install postgresql")
    cluster = Cluster(found[-1])
    cluster.make()
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.home)


@pytest.fixture(scope="session")
def _migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """Give a migrated database of each kind that is only ever copied; made when first asked for."""
    made: dict[str, str] = {}

    def give(kind: str) -> str:
        if kind not in made and kind == "sqlite":
            made[kind] = str(tmp_path_factory.mktemp("migrated") / "template.sqlite")
            upgrade(f"sqlite:///{made[kind]}")
        elif kind not in made:
            cluster: Cluster = request.getfixturevalue("postgres")
            made[kind] = cluster.create()
            upgrade(cluster.url(made[kind]))
        return made[kind]

    return give


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without anything in it; of SQLite, of a file that is not there yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'mailbot.sqlite'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.create()
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(
    request: pytest.FixtureRequest, tmp_path: Path, _migrated: Callable[[str], str]
) -> Iterator[str]:
    """The URL of a database of one's own with the schema in it and nothing else."""
    template = _migrated(request.param)
    if request.param == "sqlite":
        path = tmp_path / "mailbot.sqlite"
        shutil.copy(template, path)
        path.chmod(0o600)
        yield f"sqlite:///{path}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.create(template)
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def store(store_url: str) -> Iterator[SqlStore]:
    """An open store on a database of one's own."""
    opened = open_store(store_url)
    yield opened
    opened.close()
