"""One batch pass over a mailbox that holds everything a shared mailbox holds."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from typing import Any, Final

import pytest

from mailbot.samples import File
from tests.acceptance.house import SENDER, House, parsed, snapshot, text_of, unfit
from tests.acceptance.papers import (
    address,
    doubtful,
    form,
    good,
    incomplete,
    message,
    order,
    parsed_id,
    person,
    school,
    with_header,
    without_header,
)

START: Final = dt.datetime(2024, 11, 1, tzinfo=dt.UTC)
ARRIVED: Final = dt.datetime(2024, 11, 18, 10, 16, tzinfo=dt.UTC)
EARLY: Final = dt.datetime(2024, 10, 31, 12, 0, tzinfo=dt.UTC)
BIDI: Final = "=?utf-8?B?w5HigK4=?="  # «Ñ» and a right-to-left override


def broken() -> bytes:
    """An application whose papers are torn: a PDF that ends early, a workbook of noise, a bad boundary."""
    torn = File(name="Приказ.pdf", content=order(5).content[:900], media_type="application/pdf")
    noise = File(
        name="Анкета.xlsx", content=b"PK\x03\x04" + bytes(range(256)), media_type="application/zip"
    )
    return message(5, torn, noise)[:-60]


class Full:
    """A mailbox after one pass and after a second one."""

    def __init__(self, house: House) -> None:
        self.house = house
        house.configure(mailbox="start_date = 2024-11-01T00:00:00Z")
        self.good = good(0)
        self.incomplete = incomplete(1)
        self.doubtful = doubtful(2)
        same_id = re.search(rb"Message-ID: (.*)\r\n", self.good)
        assert same_id is not None
        self.same_id = with_header(
            without_header(good(3), "Message-ID"), b"Message-ID: " + same_id.group(1)
        )
        self.without_id = without_header(good(4), "Message-ID")
        self.malformed_id = with_header(
            without_header(good(6), "Message-ID"), b"Message-ID: <not an id\x01@@> \xd0"
        )
        self.broken = broken()
        self.two_senders = good(8).replace(b"\r\nFrom: ", b"\r\nFrom: other@school.example, ", 1)
        self.foreign = with_header(
            message(9, subject="Прочее"), f"Subject: {BIDI} =?utf-8?B?G1szMW0H?=".encode()
        )
        self.others = {
            ("cur", "1.foreign:2,FS"): message(10, subject="График пробных экзаменов"),
            ("new", "2.foreign"): self.foreign,
            ("new", "3.auto"): message(11, headers=[("Auto-Submitted", "auto-replied")]),
            ("new", "4.own"): good(9, sender=SENDER),
            ("new", "5.empty"): b"",
            ("new", "6.noise"): bytes(range(256)) * 64,
            ("new", "7.list"): message(10, headers=[("List-Id", "<news.example>")]),
        }
        self.ours = {
            ("new", "good"): self.good,
            ("cur", "incomplete:2,S"): self.incomplete,
            ("cur", "doubtful:2,"): self.doubtful,
            ("cur", "good-again:2,RS"): self.good,
            ("new", "same-id"): self.same_id,
            ("new", "without-id"): self.without_id,
            ("new", "malformed-id"): self.malformed_id,
            ("new", "broken"): self.broken,
            ("new", "two-senders"): self.two_senders,
        }
        for (folder, name), raw in {**self.ours, **self.others}.items():
            house.put(name, raw, folder=folder, arrived=ARRIVED)
        house.put("early", good(10), arrived=EARLY)
        (house.box / "tmp" / "not-yet").write_bytes(good(13))
        self.box = snapshot(house.box)
        self.first = house.once()
        self.box_after = snapshot(house.box)
        self.applications = house.applications()
        self.messages = house.json("messages")
        self.replies = house.replies()
        self.second = house.once()
        self.applications_after = house.applications()
        self.replies_after = house.replies()

    def application(self, inn: str) -> dict[str, Any]:
        (found,) = [one for one in self.applications if one["organization"]["inn"] == inn]
        return found

    def answers(self, raw: bytes) -> list[Any]:
        return [one for one in self.replies.values() if one["In-Reply-To"] == parsed_id(raw)]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Full:
    return Full(House.make(tmp_path_factory.mktemp("full") / "house"))


def test_something_new_before_operators_makes_the_status_one(full: Full) -> None:
    assert full.first.status == 1
    assert full.first.err == ""
    assert full.first.out


def test_a_good_application_is_completed_in_one_pass(full: Full) -> None:
    one = full.application(school(0).inn)
    assert (one["state"], one["verdict"]) == ("completed", "accept")
    assert one["message_ids"] == [parsed_id(full.good)]
    assert one["administrator"] == {"full_name": person(0).full_name, "phone": person(0).phone}
    assert one["organization"]["name"] == school(0).full_name
    assert dt.datetime.fromisoformat(one["received_at"]) == ARRIVED


def test_each_application_is_where_its_verdict_leads(full: Full) -> None:
    states = {one["organization"]["inn"]: one["state"] for one in full.applications}
    assert states == {
        school(0).inn: "completed",
        school(1).inn: "awaiting_applicant",
        school(2).inn: "in_review",
        school(3).inn: "completed",  # the same Message-ID on other bytes
        school(4).inn: "completed",  # no Message-ID
        school(6).inn: "completed",  # a malformed one
        None: "awaiting_applicant",  # the torn papers
        school(8).inn: "in_review",  # two senders
    }


def test_every_message_has_its_fate(full: Full) -> None:
    fates = {one["key"]: (one["fate"], one["reason"]) for one in full.messages}
    assert len(fates) == len(full.messages)
    for folder, name in full.ours:
        fate = "repeated" if name.startswith("good-again") else "taken"
        assert fates.pop(name.partition(":")[0])[0] == fate, (folder, name)
    assert {fate for fate, _ in fates.values()} == {"ignored"}
    assert fates.keys() == {name.partition(":")[0] for _, name in full.others} | {"early"}
    assert all(reason for _, reason in fates.values())
    assert fates["early"][1] == "before_start_date"


def test_the_list_of_ignored_messages_has_only_those_with_the_reason(full: Full) -> None:
    ignored = full.house.json("messages", "--ignored")
    assert {one["key"] for one in ignored} == {
        *(name.partition(":")[0] for _, name in full.others),
        "early",
    }
    for one in ignored:
        assert one.keys() >= {"id", "message_id", "sender", "subject", "fate", "reason"}


def test_all_mail_keeps_its_bytes_names_and_flags(full: Full) -> None:
    assert full.box_after == full.box
    assert snapshot(full.house.box) == full.box


def test_the_same_bytes_twice_are_one_message(full: Full) -> None:
    repeated, original = (
        next(one for one in full.messages if one["key"] == key) for key in ("good-again", "good")
    )
    assert repeated["application"] == original["application"]
    assert len(full.answers(full.good)) == 2  # good, and the other message under its id
    assert len(full.house.show(original["application"])["message_ids"]) == 1


def test_one_reply_an_application_goes_to_its_sender_and_nobody_else(full: Full) -> None:
    recipients = sorted(one["To"] for one in full.replies.values())
    assert recipients == sorted(address(number) for number in (0, 1, 2, 3, 4, 5, 6))
    for reply in full.replies.values():
        assert (reply["Cc"], reply["Bcc"], reply["Reply-To"]) == (None, None, None)
        assert parsed_id(full.two_senders) not in (reply["References"] or "")


def test_the_welcome_stands_in_the_thread_and_says_that_nobody_wrote_it(full: Full) -> None:
    (welcome,) = [one for one in full.answers(full.good) if one["To"] == address(0)]
    assert welcome["In-Reply-To"] == parsed_id(full.good)
    assert (parsed_id(full.good) or "?") in welcome["References"].split()
    assert welcome["Auto-Submitted"] == "auto-replied"
    assert email.utils.parseaddr(welcome["From"])[1] == SENDER
    assert re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", welcome["Message-ID"])
    assert email.utils.parsedate_to_datetime(welcome["Date"]).tzinfo is not None
    assert welcome["Subject"].startswith("Re: Сферум: Регистрация организации")
    assert welcome.get_content_type() == "multipart/alternative"
    assert welcome["MIME-Version"] == "1.0"


def test_the_welcome_says_what_everybody_does_next(full: Full) -> None:
    (welcome,) = [one for one in full.answers(full.good) if one["To"] == address(0)]
    number = full.application(school(0).inn)["id"]
    for kind in ("plain", "html"):
        text = " ".join(text_of(welcome, kind).split())
        assert "01-47" in text
        assert str(number) in text
        for words in (
            "https://sferum.ru/?p=instructions",
            "https://sferum.ru/?p=parents_students",
            "VK Мессенджер",
        ):
            assert words.casefold() in text.casefold(), words
        assert re.search(r"учебн\w+ профил", text)
        assert re.search(r"роль «учитель»", text)
        for word in ("администратор", "руководител", "учител", "ученик", "родител"):
            assert word in text.casefold(), word


def test_no_reply_shows_a_whole_telephone_number(full: Full) -> None:
    for reply in full.replies.values():
        for kind in ("plain", "html"):
            digits = re.sub(r"[\s()\-–‑.]|&nbsp;", "", text_of(reply, kind))
            for number in range(9):
                assert person(number).phone[2:] not in digits


def test_the_question_says_what_to_send(full: Full) -> None:
    (ask,) = full.answers(full.incomplete)
    text = text_of(ask).casefold()
    assert "анкет" in text
    assert ask["Auto-Submitted"] == "auto-replied"


def test_what_waits_for_an_operator_is_receipted(full: Full) -> None:
    (receipt,) = full.answers(full.doubtful)
    assert str(full.application(school(2).inn)["id"]) in text_of(receipt)


def test_without_a_well_formed_message_id_nothing_is_answered_to(full: Full) -> None:
    for number in (4, 6):
        (reply,) = [one for one in full.replies.values() if one["To"] == address(number)]
        assert reply["In-Reply-To"] is None


def test_torn_papers_are_named_and_stop_nobody(full: Full) -> None:
    (one,) = [one for one in full.applications if one["organization"]["inn"] is None]
    found = {finding["code"]: finding for finding in full.house.show(one["id"])["findings"]}
    assert found.keys() >= {"attachment_malformed", "letter_missing", "questionnaire_missing"}


def test_a_second_pass_changes_nothing(full: Full) -> None:
    assert (full.second.status, full.second.err) == (0, "")
    assert full.applications_after == full.applications
    assert {name: bytes(one) for name, one in full.replies_after.items()} == {
        name: bytes(one) for name, one in full.replies.items()
    }
    assert len({one["Message-ID"] for one in full.replies.values()}) == len(full.replies)


def test_neither_temporary_files_nor_half_delivered_replies_are_left(full: Full) -> None:
    assert list((full.house.home / "tmp").iterdir()) == []
    assert list((full.house.outgoing / "tmp").iterdir()) == []


def test_applications_are_listed_with_the_promised_keys(full: Full) -> None:
    for one in full.applications:
        assert one.keys() >= {
            "id",
            "state",
            "verdict",
            "message_ids",
            "organization",
            "administrator",
            "received_at",
        }
        assert one["organization"].keys() >= {"inn", "name"}
        assert one["administrator"].keys() >= {"full_name", "phone"}


def test_who_is_not_agreed_upon_is_null(full: Full) -> None:
    administrator = full.application(school(2).inn)["administrator"]
    assert administrator == {"full_name": person(2).full_name, "phone": None}


def test_one_application_is_shown_with_all_that_belongs_to_it(full: Full) -> None:
    listed = full.application(school(0).inn)
    shown = full.house.show(listed["id"])
    assert shown.keys() >= {*listed, "history", "findings", "documents", "messages"}
    assert {key: shown[key] for key in listed} == listed
    steps = [(row["from"], row["to"]) for row in shown["history"]]
    assert [target for _, target in steps] == [
        "received",
        "parsed",
        "accepted",
        "provisioning",
        "provisioned",
        "completed",
    ]
    assert all(source == before for (source, _), (_, before) in zip(steps[1:], steps, strict=False))
    for row in shown["history"]:
        assert row.keys() >= {"from", "to", "who", "at", "why", "note"}
        assert dt.datetime.fromisoformat(row["at"]).tzinfo is not None
    assert [one["direction"] for one in shown["messages"]] == ["in", "out"]
    assert {one["role"] for one in shown["documents"]} == {"letter", "questionnaire"}


def test_the_queue_has_the_same_objects_with_reasons(full: Full) -> None:
    queue = full.house.json("queue", "list")
    listed = [one for one in full.applications if one["state"] == "in_review"]
    assert [{key: one[key] for key in listed[0]} for one in queue] == listed
    reasons = {one["organization"]["inn"]: one["reasons"] for one in queue}
    assert reasons == {school(2).inn: ["phone_mismatch"], school(8).inn: ["header_ambiguous"]}


@pytest.mark.parametrize(
    "arguments",
    [
        ["applications"],
        ["messages"],
        ["messages", "--ignored"],
        ["queue", "list"],
        ["outbox", "list"],
        ["show", "1"],
        ["queue", "show", "3"],
    ],
)
def test_listings_fit_80_columns(full: Full, arguments: list[str]) -> None:
    listing = full.house.run(*arguments)
    assert (listing.status, listing.err) == (0, "")
    assert max(map(len, listing.out.splitlines())) <= 80


def test_a_terminal_that_knows_no_cyrillic_is_no_reason_to_crash(full: Full) -> None:
    poor = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"}
    for arguments in (["applications"], ["queue", "show", "3"], ["applications", "--nonsense"]):
        outcome = full.house.run(*arguments, **poor)
        assert outcome.status == (2 if "--nonsense" in arguments else 0)
    assert full.house.run("applications", "--json", **poor).json == full.applications


def test_a_strangers_subject_does_nothing_to_json_either(full: Full) -> None:
    assert not [one for one in full.messages if unfit(one["subject"] or "")]


def test_the_form_alone_and_its_twin_in_another_mailbox_do_not_collide(house: House) -> None:
    other = House.make(house.directory / "other")
    house.configure(f'[mailboxes.second]\nurl = "maildir://{other.box}"')
    house.put("1.same-name", message(0, form(0)))
    other.put("1.same-name", message(1, form(1)))
    assert house.once().status == 0
    assert sorted(one["To"] for one in house.replies().values()) == [address(0), address(1)]


def test_the_parts_of_a_reply_are_readable_by_any_mailer(full: Full) -> None:
    for reply in full.replies.values():
        raw = bytes(reply)
        assert max(map(len, raw.splitlines())) <= 998
        assert raw.isascii()
        for kind in ("plain", "html"):
            assert not unfit(text_of(reply, kind).replace("\r\n", "\n"))
        assert parsed(raw).defects == []
