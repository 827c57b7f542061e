"""The schema, step by step, against the tables that the code declares, on both databases."""

from __future__ import annotations

import json
import re
import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.engine.interfaces import ReflectedIndex

from mailbot.storage import Database, SchemaState, SqlStore, schema_state, upgrade
from mailbot.storage.schema import REVISIONS, alembic_config
from mailbot.storage.tables import metadata
from parsers.facts import AuthenticationResults
from workflow.ports import ServiceUnavailableError


def state_of(url: str) -> SchemaState:
    database = Database(url)
    try:
        return schema_state(database.engine)
    finally:
        database.close()


def described(connection: sa.Connection) -> dict[str, object]:
    """Everything that the database says about its tables, in a form that can be compared."""
    inspector = sa.inspect(connection)
    tables = sorted(set(inspector.get_table_names()) - {"alembic_version"})
    return {
        name: {
            "columns": [
                (one["name"], str(one["type"]), one["nullable"], one["default"])
                for one in inspector.get_columns(name)
            ],
            "primary": inspector.get_pk_constraint(name),
            "foreign": sorted(inspector.get_foreign_keys(name), key=str),
            "unique": sorted(inspector.get_unique_constraints(name), key=str),
            "indexes": sorted(_index(one) for one in inspector.get_indexes(name)),
            "options": inspector.get_table_options(name),
        }
        for name in tables
    }


def _index(index: ReflectedIndex) -> str:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return f"{index['name']} {index['column_names']} {index['unique']} {options}"


def test_the_migrated_schema_is_the_declared_one(empty_url: str) -> None:
    upgrade(empty_url)
    database = Database(empty_url)
    with database.transaction() as connection:
        migrated = described(connection)
        if database.is_sqlite:
            sql = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' ORDER BY name"
            migrated_sql = [tuple(row) for row in connection.exec_driver_sql(sql)]
        metadata.drop_all(connection)
        metadata.create_all(connection)
        assert described(connection) == migrated
        if database.is_sqlite:  # its own words, AUTOINCREMENT too
            declared_sql = [tuple(row) for row in connection.exec_driver_sql(sql)]
            assert [_plain(row) for row in declared_sql] == [_plain(row) for row in migrated_sql]
    database.close()


def _plain(row: tuple[str | None, ...]) -> list[str]:
    """The words of a statement: constraints may stand in another order."""
    return sorted(re.findall(r"[^\s,\"()]+", " ".join(map(str, row))))


def test_alembic_finds_nothing_to_do_after_the_last_step(empty_url: str) -> None:
    upgrade(empty_url)
    database = Database(empty_url)
    with database.transaction() as connection:
        command.check(alembic_config(connection))
    database.close()


def test_a_schema_goes_from_missing_to_current_and_stays_there(empty_url: str) -> None:
    assert state_of(empty_url) is SchemaState.MISSING
    upgrade(empty_url)
    assert state_of(empty_url) is SchemaState.CURRENT
    upgrade(empty_url)
    assert state_of(empty_url) is SchemaState.CURRENT


def test_looking_at_the_schema_makes_no_file(tmp_path: Path) -> None:
    assert state_of(f"sqlite:///{tmp_path}/none.sqlite") is SchemaState.MISSING
    assert list(tmp_path.iterdir()) == []


def test_what_is_stored_outlives_an_upgrade(empty_url: str) -> None:
    upgrade(empty_url)
    database = Database(empty_url)
    with database.transaction() as connection:
        connection.execute(metadata.tables["switch"].insert().values(name="a", value="b"))
    upgrade(empty_url)
    with database.transaction() as connection:
        assert connection.scalar(sa.text("SELECT value FROM switch")) == "b"
    database.close()


def test_a_schema_of_a_later_release_is_left_alone(empty_url: str) -> None:
    upgrade(empty_url)
    database = Database(empty_url)
    with database.transaction() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    assert state_of(empty_url) is SchemaState.NEWER
    with pytest.raises(ServiceUnavailableError, match="более новая программа"):
        upgrade(empty_url)


def test_the_last_step_can_be_taken_back(empty_url: str) -> None:
    upgrade(empty_url)
    database = Database(empty_url)
    with database.transaction() as connection:
        command.downgrade(alembic_config(connection), "base")
    with database.transaction() as connection:
        assert described(connection) == {}
    database.close()


def test_a_step_that_fails_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("in the middle")

    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", fail)  # the first table is made by then
        with pytest.raises(RuntimeError, match="in the middle"):
            upgrade(empty_url)
    assert state_of(empty_url) is SchemaState.MISSING
    upgrade(empty_url)
    assert state_of(empty_url) is SchemaState.CURRENT


def test_two_upgrades_at_once_come_one_after_the_other(empty_url: str) -> None:
    failures: list[Exception] = []

    def run() -> None:
        try:
            upgrade(empty_url)
        except Exception as error:  # noqa: BLE001  whatever it is, the assertion shows it
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert state_of(empty_url) is SchemaState.CURRENT


def test_the_program_knows_every_revision_in_the_directory(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mailbot.sqlite"
    upgrade(url)
    database = Database(url)
    with database.transaction() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
        known = [script.revision for script in scripts.walk_revisions()]
    database.close()
    assert tuple(reversed(known)) == REVISIONS


def test_the_file_is_closed_to_others_even_if_it_was_open(tmp_path: Path) -> None:
    path = tmp_path / "data" / "mailbot.sqlite"
    upgrade(f"sqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    upgrade(f"sqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_where_no_file_can_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServiceUnavailableError, match="файл базы данных не создаётся"):
        upgrade(f"sqlite:///{tmp_path}/file/mailbot.sqlite")


def test_messages_of_the_first_schema_get_their_mailbox_and_keep_their_readings(
    empty_url: str,
) -> None:
    """Fields about the sender that were kept as text confirm nobody."""
    upgrade(empty_url)
    database = Database(empty_url)
    with database.transaction() as connection:
        command.downgrade(alembic_config(connection), "0001")
        _old_message(connection, digest="a" * 64, fields=["mx.example.ru; dkim=pass"])
        _old_message(connection, digest="b" * 64, fields=[])
        _old_seen(connection, digest="a" * 64, mailbox="second")
    upgrade(empty_url)
    store = SqlStore(database)
    with store.begin(write=False) as work:
        found = [work.message_by_digest(letter * 64) for letter in "ab"]
    assert [one.mailbox for one in found if one] == ["second", ""]
    fields = [one.reading.headers.authentication_results for one in found if one and one.reading]
    assert fields == [
        (AuthenticationResults(service="", passed=False, raw="mx.example.ru; dkim=pass"),),
        (),
    ]
    database.close()


def _old_message(connection: sa.Connection, *, digest: str, fields: list[str]) -> None:
    headers = {"message_id": None, "senders": ["a@b.ru"], "sender_name": "", "subject": "тема"}
    headers |= {"subject_match": "ours", "automatic": None, "date": None, "in_reply_to": []}
    headers |= {"references": [], "doubled": [], "authentication_results": fields}
    headers |= {"return_path": None, "envelope_to": []}
    connection.execute(
        sa.text(
            'INSERT INTO message (digest, size, sender, subject, "references", received_at,'
            " reading, faults, noted, settled, sender_key) VALUES (:digest, 1, '', '', '[]',"
            " '2026-09-01 00:00:00', :reading, 0, '', false, '')"
        ),
        {"digest": digest, "reading": json.dumps({"headers": headers}, ensure_ascii=False)},
    )


def _old_seen(connection: sa.Connection, *, digest: str, mailbox: str) -> None:
    connection.execute(
        sa.text(
            "INSERT INTO seen (mailbox, key, sender, subject, received_at, fate, reason, digest)"
            " VALUES (:mailbox, '1', '', '', '2026-09-01 00:00:00', 'taken', '', :digest)"
        ),
        {"digest": digest, "mailbox": mailbox},
    )
