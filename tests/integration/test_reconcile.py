"""`mailbot reconcile`: server against database, on IMAP and Maildir, looking only."""

from __future__ import annotations

import datetime as dt
from itertools import count
from pathlib import Path

import pytest

from mailbot.maildir import MaildirMailbox
from mailbot.storage import SqlStore
from tests.acceptance.house import House, snapshot
from tests.acceptance.papers import message
from tests.integration.mail_account import mailbox_at
from tests.integration.mail_client import MailClient
from tests.integration.mail_peers import Proxy
from tests.integration.mail_servers import PASSWORD, Authority, Dovecot
from tests.integration.test_marking import renumber
from workflow.application import Fate, Seen
from workflow.reconciliation import EXAMPLES, Comparison, compare

LETTER = b"From: someone@example.org\r\nSubject: lunch\r\n\r\ntext\r\n"
LONG_AGO = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)

_numbers = count(1)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House.make(tmp_path / "house")


@pytest.fixture
def client(dovecot: Dovecot, trusted: Path) -> MailClient:
    return MailClient(dovecot, f"reconcile{next(_numbers)}", trusted=trusted)


def noted(store: SqlStore, *keys: str) -> None:
    with store.begin() as work:
        for key in keys:
            seen = Seen(
                mailbox="main",
                key=key,
                message_id=None,
                sender="",
                subject="",
                received_at=LONG_AGO,
                fate=Fate.IGNORED,
                reason="other_subject",
            )
            work.add_seen(seen)


def counts(one: Comparison) -> tuple[int, int, int, int]:
    return one.there, one.rows, one.without_row, one.gone


def test_a_folder_of_a_server_is_compared_by_uid_and_only_looked_at(
    store: SqlStore,
    client: MailClient,
    dovecot: Dovecot,
    authority: Authority,
    trusted: Path,
) -> None:
    client.add(LETTER, LETTER + b"2\r\n", LETTER + b"3\r\n")
    client.add(LETTER + b"4\r\n", arrived=LONG_AGO)
    before = client.look()
    with (
        Proxy(dovecot.imaps, authority, trusted) as proxy,
        mailbox_at(proxy.port, username=client.user, timeout_seconds=5.0) as mailbox,
    ):
        keys = [entry.key for entry in mailbox.entries(None)]
        validity = keys[0].partition("/")[0]
        noted(store, *keys[:2], f"{validity}/900", "1/1")
        found = compare(mailbox, store=store, progress=lambda count: None)
        assert counts(found) == (4, 4, 2, 1)
        assert [entry.key for entry in found.unexamined] == keys[2:]
        assert [row.key for row in found.lost] == [f"{validity}/900"]
        assert found.oldest == LONG_AGO
        assert not {"SELECT", "UID STORE", "UID MOVE"} & set(proxy.commands())
    assert client.look() == before


def test_places_of_an_earlier_numbering_are_no_difference(
    store: SqlStore, client: MailClient, dovecot: Dovecot
) -> None:
    client.add(LETTER, LETTER + b"2\r\n")
    with mailbox_at(dovecot.imaps, username=client.user, timeout_seconds=5.0) as mailbox:
        noted(store, *(entry.key for entry in mailbox.entries(None)))
        assert compare(mailbox, store=store, progress=lambda count: None).difference == 0
    renumber(client)
    with mailbox_at(dovecot.imaps, username=client.user, timeout_seconds=5.0) as mailbox:
        found = compare(mailbox, store=store, progress=lambda count: None)
        assert counts(found) == (2, 2, 2, 0)


def test_what_was_moved_away_by_the_program_is_not_missed(store: SqlStore, tmp_path: Path) -> None:
    for folder in ("new", "cur", "tmp"):
        (tmp_path / "box" / folder).mkdir(parents=True)
    noted(store, "a", "b", "c")
    with store.begin() as work:
        work.set_marked([1], "move:Done")
        work.set_marked([2], "keyword")
    mailbox = MaildirMailbox(tmp_path / "box", name="main")
    found = compare(mailbox, store=store, progress=lambda count: None)
    assert counts(found) == (0, 2, 0, 2)
    assert [row.key for row in found.lost] == ["b", "c"]


def test_many_differences_are_counted_and_the_first_named(store: SqlStore, tmp_path: Path) -> None:
    for folder in ("new", "cur", "tmp"):
        (tmp_path / "box" / folder).mkdir(parents=True)
    for number in range(1_200):
        (tmp_path / "box" / "cur" / f"m{number}:2,S").write_bytes(LETTER)
    noted(store, *(f"gone{number}" for number in range(700)))
    told: list[int] = []
    mailbox = MaildirMailbox(tmp_path / "box", name="main")
    found = compare(mailbox, store=store, progress=told.append)
    assert counts(found) == (1_200, 700, 1_200, 700)
    assert len(found.unexamined) == len(found.lost) == EXAMPLES
    assert told == sorted(told)
    assert told[-1] == 1_900


def test_after_a_pass_there_is_no_difference_and_afterwards_it_is_named(house: House) -> None:
    house.put("1.foreign", message(0, subject="Расписание"))
    house.put("2.foreign", message(1, subject="Расписание"))
    assert house.once().status == 0
    same = house.run("reconcile")
    assert (same.status, same.err) == (0, "")
    assert "Разница: 0." in same.out
    (house.box / "new" / "2.foreign").rename(house.box / "cur" / "2.foreign:2,S")
    assert house.run("reconcile").status == 0
    (house.box / "cur" / "2.foreign:2,S").unlink()
    house.put("3.late", message(2), arrived=LONG_AGO)
    before = snapshot(house.box)
    stored = house.stored()
    other = house.run("reconcile", "--json")
    assert (other.status, other.err) == (1, "")
    assert other.json["difference"] == 2
    (box,) = other.json["mailboxes"]
    age = box.pop("oldest_unexamined_seconds")
    assert age > (dt.datetime.now(dt.UTC) - LONG_AGO).total_seconds() - 3_600
    assert box == {
        "mailbox": "mailbox",
        "messages": 2,
        "rows": 2,
        "without_row": 1,
        "gone": 1,
        "oldest_unexamined": "2026-03-01T09:30:00Z",
        "unexamined": [{"key": "3.late", "received_at": "2026-03-01T09:30:00Z"}],
        "lost": [{"id": 2, "key": "2.foreign", "fate": "ignored"}],
    }
    assert house.run("reconcile").status == 1
    assert snapshot(house.box) == before
    assert house.stored() == stored


def test_a_mailbox_that_cannot_be_used_does_not_hide_the_others(house: House) -> None:
    second = House.make(house.directory / "second")
    house.configure(f'[mailboxes.second]\nurl = "maildir://{second.box}"')
    second.put("1.foreign", message(0, subject="Расписание"))
    assert house.once().status == 0
    house.box.rename(house.directory / "elsewhere")
    outcome = house.run("reconcile", "--json")
    assert outcome.status == 3
    assert [one["mailbox"] for one in outcome.json["mailboxes"]] == ["second"]
    (line,) = outcome.err.splitlines()
    assert str(house.box) in line


def test_a_server_is_compared_by_the_command(
    house: House, client: MailClient, dovecot: Dovecot, trusted: Path
) -> None:
    client.add(LETTER)
    house.config.write_text(
        f'[mailbox]\nurl = "imaps://localhost:{dovecot.imaps}/INBOX"\nusername = "{client.user}"\n'
        f'password = "{PASSWORD}"\n[outgoing]\nurl = "maildir://{house.outgoing}"\n'
        'sender = "info@platform.example"\n',
        encoding="utf-8",
    )
    ca = {"SSL_CERT_FILE": str(trusted)}
    assert house.run("reconcile", **ca).status == 3  # no database yet
    assert house.once(**ca).status == 0
    assert house.run("reconcile", **ca).status == 0
    client.add(LETTER)
    assert house.run("reconcile", **ca).status == 1
