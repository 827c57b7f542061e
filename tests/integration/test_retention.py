"""Retention on both databases: what is deleted, when, and what stays."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from mailbot.blobs import FileBlobs
from mailbot.maildir import MaildirSender
from mailbot.storage import SqlStore, open_store, upgrade
from mailbot.storage.tables import metadata
from parsers.facts import Cutout, Letter, Reading, Source
from parsers.mail.message import parse_headers
from workflow.application import (
    Agreed,
    Fate,
    HistoryRow,
    Message,
    OutboxRow,
    ReplyKind,
    ReplyStatus,
    Seen,
    View,
)
from workflow.findings import Code, finding
from workflow.retention import Periods, count_ignored, overdue, purge
from workflow.states import Actor, State

NOW = dt.datetime(2026, 9, 14, 8, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WHO = "Рощина Вера Андреевна"
NUMBER = "+79120000147"
SENDER = "roshchina@school.example"
SECRETS = (WHO, "Рощин", NUMBER, SENDER, "Кукушкина")

ALL = (State.COMPLETED, State.REJECTED, State.EXPIRED, State.JOINED)


def periods(**days: int) -> Periods:
    return Periods(
        ends={State(name): count * DAY for name, count in days.items() if name != "ignored"},
        ignored=days["ignored"] * DAY if "ignored" in days else None,
    )


def open_case(store: SqlStore, blobs: FileBlobs, state: State, *, ended: dt.datetime) -> int:
    """An application in `state` that is full of persons; returns its id."""
    raw = f"{WHO} {state} {ended}".encode()
    digest = blobs.put(raw)
    first = HistoryRow(
        source=None,
        target=State.RECEIVED,
        event=None,
        actor=Actor.APPLICANT,
        who="program",
        at=ended - 2 * DAY,
        why=f"пришло письмо от {WHO}",
    )
    with store.begin() as work:
        id_ = work.add_application(received_at=ended - 2 * DAY, row=first)
        application = work.application(id_)
        assert application is not None
        work.save(application)
        common = {"sender": SENDER, "subject": f"Re: {WHO}", "message_id": f"<{SENDER}>"}
        work.add_message(
            Message(
                digest=digest,
                size=len(raw),
                references=(f"<{SENDER}>",),
                received_at=ended,
                application_id=id_,
                **common,
            )
        )
        for name in ("new", "again"):
            work.add_seen(
                Seen(
                    mailbox=name,
                    key=f"k{id_}",
                    received_at=ended,
                    fate=Fate.TAKEN if name == "new" else Fate.REPEATED,
                    reason="application",
                    digest=digest,
                    **common,
                )
            )
        work.add_reply(
            OutboxRow(
                key=f"reply-{id_}",
                application_id=id_,
                kind=ReplyKind.WELCOME,
                recipient=SENDER,
                message_id=f"<reply-{id_}@platform.example>",
                subject=f"Re: {WHO}",
                content=f"{WHO} {NUMBER}".encode(),
                status=ReplyStatus.SENT,
                due_at=ended,
                created_at=ended,
                sent_at=ended,
                error=f"<{SENDER}>: later",
            )
        )
        work.add_view(View(at=ended, who="Кукушкина", what="show", application_id=id_))
    change(
        store,
        "application",
        id_,
        state=state,
        agreed=Agreed(full_name=WHO, phone=NUMBER, inn="7707083893", organization_name="Школа № 4"),
        findings=(finding(Code.ADMINISTRATOR_IS_HEAD, message=WHO),),
        corrections={"administrator.full_name": WHO},
    )
    with store.database.transaction() as connection:
        connection.execute(
            sa.insert(metadata.tables["history"]).values(
                application_id=id_,
                source=State.IN_REVIEW,
                target=state,
                actor=Actor.OPERATOR,
                who="Кукушкина",
                at=ended,
                why="отклонена",
                note=f"позвонили {NUMBER}",
            )
        )
    return id_


def change(store: SqlStore, table: str, id_: int, **values: object) -> None:
    found = metadata.tables[table]
    with store.database.transaction() as connection:
        connection.execute(sa.update(found).where(found.c.id == id_).values(**values))


def everything(store: SqlStore) -> str:
    """Every value of every row, as the database holds it."""
    lines = []
    with store.database.transaction(write=False) as connection:
        for name in metadata.tables:
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'):  # noqa: S608
                values = [
                    bytes(one).decode() if isinstance(one, bytes | memoryview) else str(one)
                    for one in row
                ]
                lines.append(f"{name}: {values}")
    return "\n".join(lines)


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path / "kept")


def test_each_end_has_its_own_period_and_what_has_none_is_kept(
    store: SqlStore, blobs: FileBlobs
) -> None:
    ids = {
        (state, age): open_case(store, blobs, state, ended=NOW - age * DAY)
        for state in (*ALL, State.IN_REVIEW, State.FAILED)
        for age in (5, 50)
    }
    found = overdue(periods(completed=10, rejected=3), store=store, now=NOW, who="")
    wanted = {
        ids[State.COMPLETED, 50],
        ids[State.REJECTED, 5],
        ids[State.REJECTED, 50],
    }
    assert {act.application_id for act, _ in found} == wanted
    done = purge(
        periods(completed=10, rejected=3),
        store=store,
        blobs=blobs,
        pictures=blobs,
        now=NOW,
        who="archivist",
    )
    assert {act.application_id for act in done} == wanted
    assert not list(overdue(periods(completed=10, rejected=3), store=store, now=NOW, who=""))
    with store.begin(write=False) as work:
        whole = {
            id_: (one := work.application(id_)) is not None and one.agreed.full_name == WHO
            for id_ in ids.values()
        }
    assert {id_ for id_, is_whole in whole.items() if not is_whole} == wanted
    assert len(list(blobs.digests())) == len(ids) - len(wanted)


def test_nothing_of_a_person_is_left_in_any_row(store: SqlStore, blobs: FileBlobs) -> None:
    for state in ALL:
        open_case(store, blobs, state, ended=NOW - 5 * DAY)
    assert all(secret in everything(store) for secret in SECRETS)
    done = purge(
        periods(completed=1, rejected=1, expired=1, joined=1),
        store=store,
        blobs=blobs,
        pictures=blobs,
        now=NOW,
        who="archivist",
    )
    assert [(act.messages, act.replies, act.places) for act in done] == [(1, 1, 2)] * 4
    assert not [secret for secret in SECRETS if secret in everything(store)]
    assert list(blobs.digests()) == []
    store.database.scrub()
    with store.begin(write=False) as work:
        assert [act.application_id for act in work.deletions()] == [1, 2, 3, 4]
        completed, rejected = work.application(1), work.application(2)
        assert completed is not None
        assert rejected is not None
        assert completed.agreed == Agreed(inn="7707083893", organization_name="Школа № 4")
        assert rejected.agreed == Agreed()
        assert [one.code for one in completed.findings] == [Code.ADMINISTRATOR_IS_HEAD]
        assert [row.who for row in work.history(1)] == ["program", "operator"]
        assert work.application_of_reply(["<reply-1@platform.example>"]) == 1
        assert work.replies(1)[0].status is ReplyStatus.SENT
        (message,) = work.messages(1)
        assert work.is_forgotten(message.digest)
        assert work.kept([message.digest]) == frozenset()


def test_cutouts_of_papers_go_with_their_application(
    store: SqlStore, blobs: FileBlobs, tmp_path: Path
) -> None:
    pictures = FileBlobs(tmp_path / "crops")
    gone, stays = pictures.put(b"a name"), pictures.put(b"another name")
    for digest, age in ((gone, 50), (stays, 5)):
        id_ = open_case(store, blobs, State.REJECTED, ended=NOW - age * DAY)
        cutout = Cutout(document="Приказ.pdf", page=1, digest=digest)
        letter = Letter(attachment="Приказ.pdf", page=1, source=Source.OCR, name_cutout=cutout)
        with store.begin() as work:
            (message,) = work.messages(id_)
            reading = Reading(headers=parse_headers(b""), letters=(letter,))
            work.update_message(replace(message, reading=reading))
    purge(
        periods(rejected=10), store=store, blobs=blobs, pictures=pictures, now=NOW, who="archivist"
    )
    assert list(pictures.digests()) == [stays]


def test_a_message_that_came_to_a_purged_application_goes_with_the_next_purge(
    store: SqlStore, blobs: FileBlobs
) -> None:
    id_ = open_case(store, blobs, State.COMPLETED, ended=NOW - 5 * DAY)
    everywhere = periods(completed=1)
    purge(everywhere, store=store, blobs=blobs, pictures=blobs, now=NOW, who="archivist")
    with store.begin() as work:
        late = Message(
            digest=blobs.put(b"thanks"),
            size=6,
            message_id=None,
            sender=SENDER,
            subject="",
            references=(),
            received_at=NOW,
            application_id=id_,
            noted="no_papers",
        )
        work.add_message(late)
    (act,) = purge(everywhere, store=store, blobs=blobs, pictures=blobs, now=NOW, who="archivist")
    assert (act.application_id, act.messages, act.size) == (id_, 1, 6)
    assert SENDER not in everything(store)
    assert list(blobs.digests()) == []


@pytest.mark.parametrize("status", [ReplyStatus.PENDING, ReplyStatus.SENDING])
def test_a_reply_on_its_way_keeps_its_application(
    store: SqlStore, blobs: FileBlobs, status: ReplyStatus
) -> None:
    id_ = open_case(store, blobs, State.COMPLETED, ended=NOW - 5 * DAY)
    change(store, "outbox", 1, status=status)
    assert (
        purge(periods(completed=1), store=store, blobs=blobs, pictures=blobs, now=NOW, who="a")
        == ()
    )
    change(store, "outbox", 1, status=ReplyStatus.UNDELIVERABLE)
    (act,) = purge(periods(completed=1), store=store, blobs=blobs, pictures=blobs, now=NOW, who="a")
    assert act.application_id == id_


def test_mail_that_was_left_alone_is_forgotten_by_its_arrival(
    store: SqlStore, blobs: FileBlobs
) -> None:
    with store.begin() as work:
        for number in range(1_203):
            work.add_seen(
                Seen(
                    mailbox="main",
                    key=f"k{number}",
                    message_id=f"<{number}@example.org>",
                    sender=SENDER,
                    subject=WHO,
                    received_at=NOW - (5 if number else 1) * DAY,
                    fate=Fate.IGNORED,
                    reason="other_subject",
                )
            )
    assert count_ignored(periods(), store=store, now=NOW) == 0
    assert count_ignored(periods(ignored=3), store=store, now=NOW) == 1_202
    (act,) = purge(
        periods(ignored=3), store=store, blobs=blobs, pictures=blobs, now=NOW, who="archivist"
    )
    assert (act.application_id, act.places) == (None, 1_202)
    assert (
        purge(
            periods(ignored=3), store=store, blobs=blobs, pictures=blobs, now=NOW, who="archivist"
        )
        == ()
    )
    with store.begin(write=False) as work:
        rows = list(work.seen_rows())
    assert [row.subject for row in rows] == [WHO, *[""] * 1_202]
    assert {row.key for row in rows} == {f"k{number}" for number in range(1_203)}
    assert {row.reason for row in rows} == {"other_subject"}


def test_who_has_exported_everything_is_forgotten_after_the_longest_period(
    store: SqlStore, blobs: FileBlobs
) -> None:
    with store.begin() as work:
        for age in (5, 50):
            view = View(at=NOW - age * DAY, who="Кукушкина", what="export", application_id=None)
            work.add_view(view)
    some = periods(completed=10, rejected=1, expired=1)
    purge(
        some, store=store, blobs=blobs, pictures=blobs, now=NOW, who="archivist"
    )  # joined ones stay for ever
    with store.begin(write=False) as work:
        assert [view.who for view in work.views(1)] == ["Кукушкина", "Кукушкина"]
    every = periods(completed=10, rejected=1, expired=1, joined=1)
    purge(every, store=store, blobs=blobs, pictures=blobs, now=NOW, who="archivist")
    with store.begin(write=False) as work:
        assert [view.who for view in work.views(1)] == ["Кукушкина", "operator"]


def test_bytes_that_are_stored_again_while_they_are_removed_stay(blobs: FileBlobs) -> None:
    digest = blobs.put(b"a letter")
    stored = blobs.stored_at(digest)
    assert not blobs.delete_stale(digest, before=stored)
    assert blobs.get(digest) == b"a letter"
    assert blobs.delete_stale(digest, before=stored + 1)
    assert list(blobs.digests()) == []
    assert not blobs.delete_stale(digest, before=stored + 1)
    blobs.delete(digest)
    assert blobs.put(b"a letter") == digest
    assert blobs.get(digest) == b"a letter"


def test_our_mail_in_an_outgoing_maildir_goes_with_its_application(
    store: SqlStore, blobs: FileBlobs, tmp_path: Path
) -> None:
    sender = MaildirSender(tmp_path / "out")
    old = open_case(store, blobs, State.COMPLETED, ended=NOW - 10 * DAY)
    new = open_case(store, blobs, State.COMPLETED, ended=NOW - DAY)
    with store.begin(write=False) as work:
        rows = [row for id_ in (old, new) for row in work.replies(id_)]
    for row in rows:
        sender.send(row)
    name = tmp_path / "out" / "new" / f"reply-{old}"
    name.rename(tmp_path / "out" / "cur" / f"{name.name}:2,S")
    (tmp_path / "out" / "new" / f"reply-{old}0").write_text("somebody else's")
    purge(
        periods(completed=5),
        store=store,
        blobs=blobs,
        pictures=blobs,
        now=NOW,
        who="program",
        withdraw=sender.withdraw,
    )
    left = sorted(path.name for path in (tmp_path / "out").rglob("*/*"))
    assert left == sorted([f"reply-{new}", f"reply-{old}0"])


def test_after_the_scrub_no_file_of_the_servers_tables_holds_a_person(
    postgres: Any, blobs: FileBlobs
) -> None:
    name = postgres.create()
    upgrade(postgres.url(name))
    with closing(open_store(postgres.url(name))) as store:
        open_case(store, blobs, State.COMPLETED, ended=NOW - 10 * DAY)
        assert found_in_tables(postgres)
        purge(
            periods(completed=5), store=store, blobs=blobs, pictures=blobs, now=NOW, who="program"
        )
        assert found_in_tables(postgres)
        assert store.database.scrub()
    assert not found_in_tables(postgres)
    postgres.drop(name)


def test_a_scrub_that_others_are_in_the_way_of_is_still_due(
    postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = postgres.create()
    upgrade(postgres.url(name))
    monkeypatch.setattr("mailbot.storage.engine._POSTGRESQL_SESSION", ["SET lock_timeout = '50ms'"])
    with closing(open_store(postgres.url(name))) as store:
        with psycopg.connect(postgres.url(name)) as other:
            other.execute("LOCK TABLE message")
            assert not store.database.scrub()
        assert store.database.scrub()
    postgres.drop(name)


def found_in_tables(server: Any) -> set[str]:
    """Which of the names stand in the files of the server's databases, once all is written to them."""
    server.run("CHECKPOINT")
    files = [path.read_bytes() for path in (server.home / "data" / "base").rglob("*/*")]
    return {word for word in SECRETS if any(word.encode() in content for content in files)}
