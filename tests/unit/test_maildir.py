"""Maildirs: looking changes nothing, and a reply is written once under its own name."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.maildir import MaildirMailbox, MaildirSender
from workflow.application import OutboxRow, ReplyKind
from workflow.ports import Entry, ServiceUnavailableError

RAW = b"Subject: one\r\nFrom: a@example.org\r\n\r\nbody\r\n\r\nmore\r\n"
NOW = dt.datetime(2026, 9, 14, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def box(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


def reply(key: str = "1-welcome-00ff", content: bytes = RAW) -> OutboxRow:
    return OutboxRow(
        key=key,
        application_id=1,
        kind=ReplyKind.WELCOME,
        recipient="a@example.org",
        message_id=f"<{key}@example.ru>",
        subject="Re",
        content=content,
        due_at=NOW,
        created_at=NOW,
    )


def state(box: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(box)): path.read_bytes() for path in box.rglob("*") if path.is_file()
    }


def test_a_message_is_known_by_its_name_up_to_the_colon_and_its_files_time(box: Path) -> None:
    path = box / "cur" / "1700.x:2,FS"
    path.write_bytes(RAW)
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    (entry,) = MaildirMailbox(box, name="m").entries()
    assert (entry.key, entry.received_at) == ("1700.x", NOW)


def test_looking_changes_nothing(box: Path) -> None:
    (box / "new" / "a").write_bytes(RAW)
    (box / "cur" / "b:2,S").write_bytes(RAW)
    (box / "tmp" / "c").write_bytes(b"half")
    before = state(box)
    mailbox = MaildirMailbox(box, name="m")
    entries = list(mailbox.entries())
    assert [header for _, header in mailbox.headers(entries)] == [
        RAW[: RAW.index(b"\r\n\r\n") + 2]
    ] * 2
    assert [mailbox.message(entry) for entry in entries] == [RAW, RAW]
    assert state(box) == before


def test_a_message_whose_flags_have_changed_meanwhile_is_still_found(box: Path) -> None:
    (box / "new" / "a").write_bytes(RAW)
    mailbox = MaildirMailbox(box, name="m")
    (entry,) = mailbox.entries()
    (box / "new" / "a").rename(box / "cur" / "a:2,S")
    assert mailbox.message(entry) == RAW


OTHER = RAW.replace(b"one", b"two")


@pytest.mark.parametrize(
    ("first", "second"), [("new/a", "cur/a:2,S"), ("cur/a:2,", "cur/a:2,S"), ("new/a", "new/a:2,S")]
)
def test_two_files_of_one_name_are_two_messages(box: Path, first: str, second: str) -> None:
    (box / first).write_bytes(RAW)
    (box / second).write_bytes(OTHER)
    (box / "cur" / "b:2,S").write_bytes(RAW)
    mailbox = MaildirMailbox(box, name="m")
    entries = list(mailbox.entries())
    assert len({entry.key for entry in entries}) == 3
    assert sorted(mailbox.message(entry) or b"" for entry in entries) == [RAW, RAW, OTHER]
    by_key = [replace(entry, hint="") for entry in entries]  # as an operator takes one
    assert [mailbox.message(one) for one in by_key] == [mailbox.message(one) for one in entries]
    assert {entry.key for entry in mailbox.entries()} == {entry.key for entry in entries}
    (box / first).rename(box / "cur" / "a:2,RST")  # what each is known by outlives its flags
    assert {entry.key for entry in mailbox.entries()} == {entry.key for entry in entries}


def test_a_file_under_two_names_is_one_message(box: Path) -> None:
    """Some programs move a file by a link and an unlink."""
    (box / "new" / "a").write_bytes(RAW)
    os.link(box / "new" / "a", box / "cur" / "a:2,S")
    assert [entry.key for entry in MaildirMailbox(box, name="m").entries()] == ["a"]


def test_many_names_are_each_told_once_however_their_marks_collide(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailbot.maildir._MARKS", 64)
    for number in range(300):
        (box / "new" / str(number)).write_bytes(RAW)
    found = [entry.key for entry in MaildirMailbox(box, name="m").entries()]
    assert sorted(found, key=int) == [str(number) for number in range(300)]


def test_the_newest_messages_are_those_that_arrived_last(box: Path) -> None:
    for number in range(5):
        (box / "new" / str(number)).write_bytes(RAW)
        os.utime(box / "new" / str(number), (number, number))
    newest = MaildirMailbox(box, name="m").newest(2)
    assert [entry.key for entry in newest] == ["4", "3"]


def test_a_message_that_has_vanished_is_none(box: Path) -> None:
    entry = Entry(key="gone", received_at=NOW)
    mailbox = MaildirMailbox(box, name="m")
    assert list(mailbox.headers([entry])) == [(entry, None)]
    assert mailbox.message(entry) is None


def test_a_header_without_a_body_and_with_bare_line_feeds_is_read(box: Path) -> None:
    (box / "new" / "a").write_bytes(b"Subject: x\n\nbody")
    (box / "new" / "b").write_bytes(b"Subject: y")
    mailbox = MaildirMailbox(box, name="m")
    found = {entry.key: header for entry, header in mailbox.headers(list(mailbox.entries()))}
    assert found == {"a": b"Subject: x\n\n", "b": b"Subject: y"}


def test_a_mailbox_that_is_not_there_is_one_line_with_the_path(tmp_path: Path) -> None:
    with pytest.raises(ServiceUnavailableError, match="nowhere"):
        list(MaildirMailbox(tmp_path / "nowhere", name="m").entries())


def test_a_reply_is_written_once_under_its_own_name(tmp_path: Path) -> None:
    sender = MaildirSender(tmp_path / "out")
    sender.send(reply())
    sender.send(reply(content=b"other"))
    assert state(tmp_path / "out") == {"new/1-welcome-00ff": RAW}


def test_a_reply_that_somebody_has_read_already_is_sent(tmp_path: Path) -> None:
    sender = MaildirSender(tmp_path / "out")
    sender.send(reply())
    (tmp_path / "out/new/1-welcome-00ff").rename(tmp_path / "out/cur/1-welcome-00ff:2,S")
    sender.send(reply())
    assert state(tmp_path / "out") == {"cur/1-welcome-00ff:2,S": RAW}


def test_a_half_written_reply_of_a_crash_is_overwritten(tmp_path: Path) -> None:
    sender = MaildirSender(tmp_path / "out")
    sender.probe()
    (tmp_path / "out/tmp/1-welcome-00ff").write_bytes(b"half")
    sender.send(reply())
    assert state(tmp_path / "out") == {"new/1-welcome-00ff": RAW}


def test_a_place_where_nothing_can_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ServiceUnavailableError, match="out"):
        MaildirSender(tmp_path / "out").send(reply())
