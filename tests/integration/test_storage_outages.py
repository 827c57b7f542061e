"""What the store says when its database cannot be used: one line with what, where and the mend."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from mailbot.storage import SqlStore, open_store, upgrade
from mailbot.storage.errors import explain, public_url
from workflow.ports import ServiceUnavailableError


def complaint(url: str) -> str:
    store = open_store(url)
    try:
        with pytest.raises(ServiceUnavailableError) as caught, store.begin() as work:
            work.counts()
    finally:
        store.close()
    line = str(caught.value)
    assert "\n" not in line
    assert "; " in line  # … the mend
    return line


def test_a_database_without_a_schema_names_the_command(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "mailbot.sqlite").touch()
    assert "mailbot db upgrade" in complaint(empty_url)


def test_a_file_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.sqlite"
    line = complaint(f"sqlite:///{path}")
    assert str(path) in line
    assert "mailbot db upgrade" in line
    assert not path.exists()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("не база данных " * 100)
    assert "повреждён или это не база" in complaint(f"sqlite:///{path}")


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    upgrade(url)
    store = open_store(url)

    def fill() -> None:
        with store.database.transaction() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with store.begin() as work:  # on the same connection: the pool has no other
            work.set_switch("x", "y" * 100_000)

    with pytest.raises(ServiceUnavailableError, match="нет места"):
        fill()
    with store.begin() as work:
        assert work.switch("x") is None
    store.close()


def test_a_lock_that_another_program_keeps_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    upgrade(url)
    other = sqlite3.connect(tmp_path / "mailbot.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("mailbot.storage.engine.LOCK_WAIT_SECONDS", 0)
    assert "занята другой программой" in complaint(url)
    other.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:geheim@127.0.0.1:1/d", "нет связи"),
        ("postgresql://u@/d?host=/nonexistent&password=geheim", "нет связи"),
        ("postgresql://u:geheim@host.invalid/d", "нет связи"),
    ],
)
def test_a_server_that_is_not_there_is_told_without_the_password(url: str, words: str) -> None:
    line = complaint(url)
    assert words in line
    assert "geheim" not in line


def test_a_database_that_is_not_on_the_server_is_told(postgres: Any) -> None:
    assert "нет такой базы" in complaint(postgres.url("none"))


def test_a_refused_password_is_told(postgres: Any) -> None:
    hba = postgres.home / "data" / "pg_hba.conf"
    before = hba.read_text()
    hba.write_text("local all stranger scram-sha-256\n" + before)
    postgres.run("CREATE ROLE stranger LOGIN PASSWORD 'right'")
    postgres.run("SELECT pg_reload_conf()")
    try:
        url = postgres.url("postgres").replace("mailbot@", "stranger:wrong@")
        line = complaint(url)
        assert "имя или пароль" in line
        assert "wrong" not in line
        assert "имя или пароль" in complaint(url.replace(":wrong", ""))
    finally:
        hba.write_text(before)
        postgres.run("SELECT pg_reload_conf()")
        postgres.run("DROP ROLE stranger")


def test_a_store_outlives_a_crash_of_its_server(postgres: Any) -> None:
    name = postgres.create()
    upgrade(postgres.url(name))
    store = open_store(postgres.url(name))
    with store.begin() as work:
        work.set_switch("x", "kept")

    def crash_in_a_transaction() -> None:
        with store.begin() as work:
            work.set_switch("x", "lost")
            postgres.stop(3)

    try:
        with pytest.raises(ServiceUnavailableError):
            crash_in_a_transaction()
        assert "нет связи" in complaint(postgres.url(name))
    finally:
        postgres.start()
    with store.begin() as work:
        assert work.switch("x") == "kept"
    store.close()
    postgres.drop(name)


def test_a_connection_that_the_server_has_closed_is_replaced(postgres: Any) -> None:
    name = postgres.create()
    upgrade(postgres.url(name))
    store = open_store(postgres.url(name))
    with store.begin() as work:
        work.set_switch("x", "y")
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
    with store.begin() as work:
        assert work.switch("x") == "y"
    store.close()
    postgres.drop(name)


def test_a_fault_of_the_program_is_not_called_an_outage(store: SqlStore) -> None:
    with pytest.raises(sa.exc.IntegrityError), store.database.transaction() as connection:
        connection.execute(sa.text("INSERT INTO switch (name) VALUES ('x')"))


def test_secrets_are_not_shown() -> None:
    url = sa.make_url("postgresql+psycopg://u:a@h:1/d?password=b&sslmode=require&passfile=c")
    assert public_url(url) == "postgresql://u@h:1/d?sslmode=require"


def test_a_long_complaint_of_the_driver_becomes_one_short_line() -> None:
    error = sa.exc.OperationalError("SELECT", {}, sqlite3.OperationalError("a\n\x1b[31m" * 500))
    line = explain(error, sa.make_url("sqlite:////x"))
    assert line is not None
    assert len(line) < 400
    assert line.isprintable()
