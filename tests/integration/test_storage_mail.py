"""Mail in the store, coming in and going out, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from mailbot.storage import SqlStore, SqlWork
from mailbot.storage.rows import PAGE_ROWS
from parsers.facts import (
    Evidence,
    Headers,
    How,
    Reading,
    SubjectMatch,
)
from workflow.application import (
    Fate,
    HistoryRow,
    Message,
    OutboxRow,
    ReplyKind,
    ReplyStatus,
    Seen,
)
from workflow.states import Actor, State

NOW = dt.datetime(2024, 9, 2, 12, 30, 15, 123456, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def opened(work: SqlWork) -> int:
    first = HistoryRow(
        source=None,
        target=State.RECEIVED,
        event=None,
        actor=Actor.APPLICANT,
        who="program",
        at=NOW,
    )
    return work.add_application(received_at=NOW, row=first)


def a_message(
    text: str = "письмо", *, sender: str = "school@example.ru", to: int | None
) -> Message:
    return Message(
        digest=hashlib.sha256(text.encode()).hexdigest(),
        size=len(text),
        message_id="<1@example.ru>",
        sender=sender,
        subject="Сферум: Регистрация организации",
        references=("<a@b>", "<c@d>"),
        received_at=NOW,
        application_id=to,
    )


def a_seen(key: str = "k1", *, mailbox: str = "mailbox") -> Seen:
    return Seen(
        mailbox=mailbox,
        key=key,
        message_id=None,
        sender="a@example.ru",
        subject="тема",
        received_at=NOW,
        fate=Fate.IGNORED,
        reason="other_subject",
    )


def a_reply(key: str = "r1", *, to: int, due_at: dt.datetime = NOW) -> OutboxRow:
    return OutboxRow(
        key=key,
        application_id=to,
        kind=ReplyKind.ASK,
        recipient="School@Example.ru",
        message_id=f"<{key}@ours>",
        subject="Re: Сферум",
        content=b"\x00\xff raw",
        due_at=due_at,
        created_at=NOW,
    )


def a_reading() -> Reading:
    headers = Headers(
        message_id=None,
        senders=("a@b",),
        sender_name="Школа",
        subject="тема",
        subject_match=SubjectMatch.OURS,
        automatic=None,
        date=NOW,
        in_reply_to=(),
        references=(),
        doubled=("from",),
        authentication_results=(),
        return_path="",
        envelope_to=(),
    )
    link = Evidence(document="тело письма", raw="https://disk.example/\x00", how=How.TEXT)
    return Reading(headers=headers, cloud_links=(link,))


def test_a_message_comes_back_as_it_was_stored(store: SqlStore) -> None:
    with store.begin() as work:
        application_id = opened(work)
        message = replace(a_message(to=None), sent_at=NOW - HOUR)
        message = replace(message, id=work.add_message(message))
    with store.begin() as work:
        assert work.message_by_digest(message.digest) == message
        assert work.unplaced_messages(5) == (message,)
        read = replace(
            message,
            application_id=application_id,
            reading=a_reading(),
            faults=2,
            noted="thanks",
            settled=True,
        )
        work.update_message(read)
        assert work.messages(application_id) == (read,)
        assert work.unplaced_messages(5) == ()
        assert work.message_by_digest("0" * 64) is None


def test_the_same_bytes_are_one_message(store: SqlStore) -> None:
    with store.begin() as work:
        first = work.add_message(a_message(to=None))
        assert work.add_message(a_message(to=None, sender="other@example.ru")) == first
        assert len(work.unplaced_messages(5)) == 1


def test_two_threads_that_take_in_the_same_bytes_make_one_application(store: SqlStore) -> None:
    both = threading.Barrier(2)

    def take(_: int) -> None:
        both.wait()
        with store.begin() as work:
            if work.message_by_digest(a_message(to=None).digest) is None:
                work.add_message(a_message(to=opened(work)))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(take, range(2)))
    with store.begin() as work:
        assert len(list(work.applications())) == 1


def test_senders_are_compared_in_lower_case(store: SqlStore) -> None:
    with store.begin() as work:
        one, other = opened(work), opened(work)
        work.add_message(a_message("1", sender="Школа@Example.RU", to=one))
        work.add_message(a_message("2", sender="школа@example.ru", to=one))
        work.add_message(a_message("3", sender="", to=other))
        work.add_message(a_message("4", sender="школа@example.ru", to=None))
        assert work.senders(one) == {"школа@example.ru"}
        assert work.senders(other) == frozenset()
        assert [it.id for it in work.applications_of_sender("ШКОЛА@example.ru")] == [one]
        assert work.applications_of_sender("") == ()


def test_a_place_of_a_mailbox_is_accounted_for_once(store: SqlStore) -> None:
    with store.begin() as work:
        first = work.add_seen(a_seen())
        assert work.add_seen(replace(a_seen(), fate=Fate.TAKEN)) == first
        assert work.seen(first) == replace(a_seen(), id=first)
        assert work.add_seen(a_seen(mailbox="other")) != first
        keys = [f"k{number}" for number in range(1500, -1, -1)]
        assert work.unseen("mailbox", keys) == [key for key in keys if key != "k1"]
        assert work.unseen("mailbox", []) == []


def test_a_fate_can_change_and_rows_are_listed_by_it(store: SqlStore) -> None:
    with store.begin() as work:
        application_id = opened(work)
        ids = [work.add_seen(a_seen(str(number))) for number in range(PAGE_ROWS + 1)]
        work.set_fate(
            ids[0], fate=Fate.TAKEN, reason="taken", digest="d", application_id=application_id
        )
        assert [one.id for one in work.seen_rows()] == ids
        assert [one.id for one in work.seen_rows(Fate.IGNORED)] == ids[1:]
        taken = list(work.seen_rows(Fate.TAKEN))
        assert [(one.reason, one.digest, one.application_id) for one in taken] == [
            ("taken", "d", application_id)
        ]


def test_a_reply_comes_back_as_it_was_written_and_once(store: SqlStore) -> None:
    with store.begin() as work:
        application_id = opened(work)
        reply = a_reply(to=application_id)
        reply_id = work.add_reply(reply)
        assert work.add_reply(reply) == reply_id
        assert work.reply(reply_id) == replace(reply, id=reply_id)
        assert work.reply(reply_id + 1) is None
        assert work.replies(application_id) == work.outbox([ReplyStatus.PENDING])
        assert work.outbox([ReplyStatus.SENT]) == ()


def test_due_replies_are_pending_or_left_in_sending(store: SqlStore) -> None:
    with store.begin() as work:
        application_id = opened(work)
        ids = [
            work.add_reply(a_reply(str(number), to=application_id, due_at=NOW + number * HOUR))
            for number in range(4)
        ]
        for number, status in ((1, ReplyStatus.SENDING), (2, ReplyStatus.DROPPED)):
            reply = work.reply(ids[number])
            assert reply is not None
            assert work.mark_reply(replace(reply, status=status), expected=ReplyStatus.PENDING)
        assert work.due_replies(now=NOW + 2 * HOUR, limit=9) == ids[:2]
        assert work.due_replies(now=NOW + 2 * HOUR, limit=1) == ids[:1]
        assert work.due_replies(now=NOW + 9 * HOUR, limit=9) == [ids[0], ids[1], ids[3]]


def test_a_reply_that_is_no_longer_where_it_was_is_not_marked(store: SqlStore) -> None:
    with store.begin() as work:
        reply = a_reply(to=opened(work))
        reply = replace(reply, id=work.add_reply(reply))
        sent = replace(reply, status=ReplyStatus.SENT, attempts=1, sent_at=NOW, error="нет")
        assert not work.mark_reply(sent, expected=ReplyStatus.SENDING)
        assert work.reply(reply.id) == reply
        assert work.mark_reply(sent, expected=ReplyStatus.PENDING)
        assert work.reply(reply.id) == sent


def test_sent_replies_are_counted_in_all_and_to_one_address(store: SqlStore) -> None:
    with store.begin() as work:
        reply = a_reply(to=opened(work))
        reply = replace(reply, id=work.add_reply(reply))
        assert work.sent_since(NOW) == 0
        sent = replace(reply, status=ReplyStatus.SENT, sent_at=NOW)
        work.mark_reply(sent, expected=ReplyStatus.PENDING)
        assert work.sent_since(NOW) == 1
        assert work.sent_since(NOW + HOUR) == 0
        assert work.sent_since(NOW, "school@EXAMPLE.ru") == 1
        assert work.sent_since(NOW, "other@example.ru") == 0


def test_our_own_message_ids_lead_to_the_application(store: SqlStore) -> None:
    with store.begin() as work:
        first, second = opened(work), opened(work)
        work.add_reply(a_reply("a", to=first))
        work.add_reply(a_reply("b", to=second))
        strangers = [f"<{number}@x>" for number in range(1200)]
        assert work.application_of_reply([*strangers, "<a@ours>"]) == first
        assert work.application_of_reply(["<b@ours>", *strangers, "<a@ours>"]) == second
        assert work.application_of_reply(strangers) is None
        assert work.application_of_reply([]) is None


def test_a_switch_is_set_changed_and_cleared(store: SqlStore) -> None:
    with store.begin() as work:
        assert work.switch("outbox_hold") is None
        work.set_switch("outbox_hold", "да")
        work.set_switch("outbox_hold", "предел")
        assert work.switch("outbox_hold") == "предел"
        work.set_switch("outbox_hold", None)
        work.set_switch("outbox_hold", None)
        assert work.switch("outbox_hold") is None


def test_text_that_no_database_can_hold_is_stored_all_the_same(store: SqlStore) -> None:
    hostile = "a\0b\udcffc\ud800d"
    with store.begin() as work:
        application_id = opened(work)
        message = replace(
            a_message(to=application_id, sender=hostile),
            subject=hostile,
            message_id=hostile,
            references=(hostile,),
        )
        work.add_message(message)
        seen = work.add_seen(replace(a_seen(hostile), subject=hostile))
        assert work.unseen("mailbox", [hostile]) == []
        assert work.application_of_reply([hostile]) is None
        assert len(work.applications_of_sender(hostile)) == 1
        (stored,) = work.messages(application_id)
        row = work.seen(seen)
    assert row is not None
    assert row.subject == stored.subject == "a\ufffdb\\xFFc\ufffdd"
    assert stored.references == ("a\0b\\xFFc\ufffdd",)  # JSON can hold a NUL


def test_a_sender_longer_than_an_index_can_hold_is_stored_and_found(store: SqlStore) -> None:
    sender = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(200))
    with store.begin() as work:
        application_id = opened(work)
        work.add_message(a_message(sender=sender.upper(), to=application_id))
        assert [one.id for one in work.applications_of_sender(sender)] == [application_id]
        assert work.senders(application_id) == {sender}
