"""`trusted_authserv_id`: who wrote is what the mailbox's own mail service says, in every command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.house import House
from tests.acceptance.papers import address, good, parsed_id, with_header

KEY = 'trusted_authserv_id = "*.platform.example"'
MX = b"Authentication-Results: mx1.platform.example;"


def confirmed(number: int) -> bytes:
    return with_header(good(number), MX + b"\r\n\tspf=fail; dkim=pass header.d=mail.example")


def forged(number: int) -> bytes:
    """Our service says no; what the forger wrote himself stands below."""
    claim = MX + b" dmarc=pass header.from=mail.example\r\nReceived: from here by there"
    return with_header(with_header(good(number), claim), MX + b" dmarc=fail")


def codes(found: list[dict[str, object]]) -> list[object]:
    return [one["code"] for one in found]


def test_a_pass_accepts_whom_the_service_has_confirmed_and_nobody_else(house: House) -> None:
    house.configure(mailbox=KEY)
    house.put("1.confirmed", confirmed(0))
    house.put("2.forged", forged(1))
    house.put("3.silent", good(2))
    assert house.once().status == 1
    states = {one["id"]: one["state"] for one in house.applications()}
    assert states == {1: "completed", 2: "in_review", 3: "in_review"}
    assert codes(house.show(2)["findings"]) == ["sender_unverified"]
    assert codes(house.show(3)["findings"]) == ["sender_unverified"]
    for application_id in ("2", "3"):  # the mailbox that it came from is remembered
        assert house.run("queue", "retry", application_id).status == 0
    house.once()
    assert {one["id"]: one["state"] for one in house.applications()} == states


def test_without_the_key_nothing_is_looked_at(house: House) -> None:
    house.put("2.forged", forged(1))
    assert house.once().status == 0
    assert [one["state"] for one in house.applications()] == ["completed"]


def test_a_dry_run_says_the_same(house: House) -> None:
    house.configure(mailbox=KEY)
    house.put("1.confirmed", confirmed(0))
    house.put("2.forged", forged(1))
    listed = house.json("run", "--once", "--dry-run")
    assert [one["findings"] for one in listed] == [[], ["sender_unverified"]]


def test_parse_takes_the_key_of_the_first_mailbox_where_there_is_a_configuration(
    house: House,
) -> None:
    house.configure(f'[mailboxes.second]\nurl = "maildir:///nowhere"\n{KEY}')
    files = {"confirmed.eml": confirmed(0), "forged.eml": forged(1), "silent.eml": good(2)}
    for name, raw in files.items():
        (house.directory / name).write_bytes(raw)
    verdicts = {False: ["accept", "accept", "accept"], True: ["accept", "review", "review"]}
    for asked, wanted in verdicts.items():
        if asked:
            house.configure(mailbox=KEY)
        outcome = house.run("parse", "--json", *files)
        assert [one["verdict"] for one in outcome.json] == wanted
        assert outcome.status == ("review" in wanted)


def test_each_mailbox_trusts_its_own_service(house: House) -> None:
    second = house.directory / "second"
    shutil.copytree(house.box, second)
    settings = f'[mailboxes.second]\nurl = "maildir://{second}"\ntrusted_authserv_id = "mx.other"'
    house.configure(settings, mailbox=KEY)
    house.put("1.ours", confirmed(0))
    (second / "new" / "1.theirs").write_bytes(confirmed(1))
    assert house.once().status == 1
    assert house.application_of(good(0))["state"] == "completed"
    assert house.application_of(good(1))["state"] == "in_review"


def test_an_operator_who_approves_settles_it(house: House) -> None:
    house.configure(mailbox=KEY)
    house.put("1.silent", good(0))
    house.once()
    assert house.run("queue", "approve", "1").status == 0
    assert house.once().status == 0
    assert house.show(1)["state"] == "completed"
    assert parsed_id(good(0)) in house.show(1)["message_ids"]
    assert address(0) in {one["To"] for one in house.replies().values()}


@pytest.mark.parametrize("value", ["", "*", "*.", "a b", "mx;", "*.a*"])
def test_a_key_that_names_no_service_is_refused(house: House, value: str) -> None:
    house.configure(mailbox=f'trusted_authserv_id = "{value}"')
    outcome = house.run("messages")
    assert outcome.status == 2
    assert "[mailbox] trusted_authserv_id" in outcome.err


def doctor(house: House) -> tuple[bool, str]:
    checks = house.run("doctor", "--json").json
    (found,) = [one for one in checks if one["name"] == "отправители в «mailbox»"]
    return found["ok"], found["message"]


def test_doctor_says_whether_the_service_signs_what_lies_in_the_mailbox(
    house: House, tmp_path: Path
) -> None:
    assert doctor(house) == (True, "не проверяются: trusted_authserv_id не задан")
    house.configure(mailbox=KEY)
    ok, told = doctor(house)
    assert ok
    assert "ящик пуст" in told
    house.put("1.other", with_header(good(0), b"Authentication-Results: mx.other.example; none"))
    ok, told = doctor(house)
    assert not ok
    assert "mx.other.example" in told
    house.put("2.confirmed", confirmed(1))
    ok, told = doctor(house)
    assert ok
    assert "подписал 1 из 2 последних писем, подтвердил 1" in told
    assert "удалять из входящих" in told
