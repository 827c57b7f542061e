"""A service that cannot be used: status 3, one line, nothing lost, and a later pass goes on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from mailbot.samples import File, scan_pdf
from tests.acceptance.house import House, snapshot
from tests.acceptance.papers import form, good, incomplete, message, order


def path_without(program: str, directory: Path) -> str:
    """A directory of links to everything on PATH but one program."""
    directory.mkdir()
    for folder in reversed(os.environ["PATH"].split(os.pathsep)):
        for file in Path(folder).iterdir() if Path(folder).is_dir() else ():
            if file.name != program and not (directory / file.name).is_symlink():
                (directory / file.name).symlink_to(file)
    return str(directory)


def one_line_each(text: str) -> list[str]:
    lines = text.splitlines()
    assert lines
    assert all(line.strip() for line in lines)
    return lines


def test_a_reply_that_cannot_be_handed_over_goes_out_in_a_later_pass(house: House) -> None:
    house.put("1.good", good(0))
    house.put("2.incomplete", incomplete(1))
    shutil.rmtree(house.outgoing)
    house.outgoing.write_text("a file in the way")
    first = house.once()
    assert first.status == 3
    assert "outgoing" in " ".join(one_line_each(first.err))
    states = [one["state"] for one in house.applications()]
    assert states == ["provisioned", "awaiting_applicant"]
    assert len(house.json("outbox", "list")) == 2
    assert house.once().status == 3
    house.outgoing.unlink()
    for folder in ("new", "cur", "tmp"):
        (house.outgoing / folder).mkdir(parents=True)
    second = house.once()
    assert (second.status, second.err) == (0, "")
    assert len(house.replies()) == 2
    assert [one["state"] for one in house.applications()] == ["completed", "awaiting_applicant"]
    assert house.json("outbox", "list") == []


def test_a_service_that_fails_comes_before_what_operators_see(house: House) -> None:
    house.put("1.near", good(0, subject="Сфэрум: Регистрация организаци"))
    shutil.rmtree(house.outgoing)
    house.outgoing.write_text("a file in the way")
    assert house.once().status == 3
    assert [one["state"] for one in house.applications()] == ["in_review"]


def test_a_mailbox_that_is_not_there_is_a_service_that_cannot_be_used(house: House) -> None:
    second = House.make(house.directory / "second")
    house.configure(f'[mailboxes.second]\nurl = "maildir://{second.box}"')
    second.put("1.incomplete", incomplete(0))
    house.box.rename(house.directory / "elsewhere")
    first = house.once()
    assert first.status == 3
    assert str(house.box) in first.err
    one_line_each(first.err)
    assert [one["state"] for one in house.applications()] == ["awaiting_applicant"]
    assert not house.box.exists()


def test_without_the_recognizer_a_scan_waits_and_everything_else_goes_on(
    house: House, tmp_path: Path
) -> None:
    scan = File(name="Скан.pdf", content=scan_pdf(order(0).content), media_type="application/pdf")
    house.put("1.scan", message(0, scan, form(0)))
    house.put("2.good", good(1))
    path = path_without("tesseract", tmp_path / "bin")
    for _ in range(2):
        outcome = house.once(PATH=path)
        assert outcome.status == 3
        assert "tesseract" in " ".join(one_line_each(outcome.err)).casefold()
        assert [one["state"] for one in house.applications()] == ["received", "completed"]
    parsed = house.run("parse", "--json", house.box / "new" / "1.scan", PATH=path)
    assert (parsed.status, parsed.out) == (3, "")
    one_line_each(parsed.err)
    doctor = house.run("doctor", PATH=path)
    assert doctor.status == 1
    assert "tesseract" in doctor.out
    later = house.once()
    assert (later.status, later.err) == (0, "")
    assert [one["state"] for one in house.applications()] == ["completed", "completed"]
    assert len(house.replies()) == 2


@pytest.mark.parametrize("content", [b"", b"this is no database at all" * 400])
def test_a_file_that_is_no_database_is_not_touched(house: House, content: bytes) -> None:
    house.put("1.good", good(0))
    database = house.directory / "mailbot.db"
    database.write_bytes(content)
    if content:
        before = snapshot(house.box)
        outcome = house.once()
        assert outcome.status == 3
        assert "mailbot.db" in " ".join(one_line_each(outcome.err))
        assert database.read_bytes() == content
        assert snapshot(house.box) == before
        assert house.run("applications").status == 3
    else:
        assert house.run("applications").status == 3


def test_commands_before_the_first_pass_say_what_to_do(house: House) -> None:
    before = snapshot(house.directory)
    for arguments in (["applications"], ["messages"], ["queue", "list"], ["queue", "retry", "1"]):
        outcome = house.run(*arguments)
        assert outcome.status == 3
        (line,) = one_line_each(outcome.err)
        assert "db upgrade" in line
    assert snapshot(house.directory) == before


def test_a_storage_that_cannot_be_written_loses_nothing(house: House) -> None:
    house.put("1.good", good(0))
    (house.directory / "mailbot-data").write_text("a file in the way")
    first = house.once()
    assert first.status == 3
    assert "mailbot-data" in " ".join(one_line_each(first.err))
    (house.directory / "mailbot-data").unlink()
    assert house.once().status == 0
    assert [one["state"] for one in house.applications()] == ["completed"]


def test_doctor_has_one_line_a_check_with_the_mend(house: House) -> None:
    assert house.run("db", "upgrade").status == 0
    well = house.run("doctor")
    assert (well.status, well.err) == (0, ""), well.out
    lines = well.out.splitlines()
    assert len(lines) >= 8
    assert all(": " in line for line in lines)
    checks = house.json("doctor")
    assert len(checks) == len(lines)
    shutil.rmtree(house.outgoing)
    house.outgoing.write_text("a file in the way")
    house.box.rename(house.directory / "elsewhere")
    ill = house.run("doctor", MAILBOT_REPLIES__TEMPLATES_DIRECTORY="absent")
    assert (ill.status, ill.err) == (1, "")
    # who wrote cannot be judged in a mailbox that cannot be opened
    assert len(ill.out.splitlines()) == sum("отправители" not in line for line in lines)
    assert str(house.box) in ill.out
    assert str(house.outgoing) in ill.out
    assert house.outgoing.is_file()
