"""`mailbot parse`: one object a file, exactly as promised, and not a trace of having run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.house import (
    Outcome,
    clean_environment,
    finish,
    single_line,
    snapshot,
    start,
    strings,
    unfit,
)
from tests.acceptance.papers import (
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

OBJECT: Final = {
    "file",
    "message_id",
    "sender",
    "subject",
    "verdict",
    "findings",
    "letter",
    "questionnaire",
    "documents",
}
LETTER: Final = {
    "attachment": None,
    "page": None,
    "source": None,
    "administrator": {"full_name", "phone"},
    "head": {"full_name"},
    "signature": None,
    "seal": None,
    "letterhead": None,
    "organization": {"name", "inn"},
    "date": None,
    "number": None,
    "evidence": None,
}
QUESTIONNAIRE: Final = {
    "attachment": None,
    "organization": {
        "full_name",
        "short_name",
        "inn",
        "ogrn",
        "kpp",
        "region",
        "locality",
        "address",
        "email",
        "phone",
    },
    "head": {"full_name"},
    "administrator": {"full_name", "phone", "email"},
    "evidence": None,
}
NASTY: Final = "Сферум: Регистрация организации \x1b[31mсрочно\u202eлсп.exe\x07\x00"


class Desk:
    """A directory with message files and nothing to configure."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "files"
        self.directory.mkdir()
        self.home = directory / "home"
        self.environment = clean_environment(self.home)

    def write(self, name: str, raw: bytes) -> str:
        (self.directory / name).write_bytes(raw)
        return name

    def parse(self, *arguments: str | Path, **environment: str) -> Outcome:
        process = start(
            "parse",
            *arguments,
            cwd=self.directory,
            environment={**self.environment, **environment},
        )
        return finish(process)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class Parsed:
    """All kinds of messages, read by one call."""

    def __init__(self, directory: Path) -> None:
        self.desk = Desk(directory)
        absolute = self.desk.directory / "good.eml"
        self.files = {
            str(absolute): good(0),
            "incomplete.eml": incomplete(1),
            "./doubtful.eml": doubtful(2),
            "foreign.eml": message(3, subject="График пробных экзаменов"),
            "automatic.eml": message(4, headers=[("Auto-Submitted", "auto-replied")]),
            "only-form.eml": message(5, form(5)),
            "empty.eml": b"",
            "garbage.eml": bytes(range(256)) * 40,
            "nasty.eml": with_header(
                message(6, subject="Другая тема"),
                b"X-Note: \xff\xfe\r\nSubject: " + NASTY.encode().replace(b"\x00", b""),
            ),
            "undecodable.eml": with_header(
                without_header(message(8), "Subject"),
                b"Subject: =?utf-8?B?0KHRhNC10YDRg9C8OiDQoNC10LPQuNGB0YLRgNCw0YbQuNGP?=\r\n"
                b" =?utf-8?Q?_=D0=BE=D1=80=D0=B3=D0=B0=D0=BD=D0=B8=D0=B7=D0=B0=D1=86=D0=B8?=\r\n"
                b" =?utf-8?Q?=D0=B8_=FF=FE?=",
            ),
        }
        for name, raw in self.files.items():
            (self.desk.directory / name).write_bytes(raw)
        self.before = snapshot(self.desk.directory, self.desk.home)
        self.outcome = self.desk.parse("--json", *self.files)
        self.after = snapshot(self.desk.directory, self.desk.home)
        self.objects: list[dict[str, Any]] = self.outcome.json

    def __getitem__(self, name: str) -> dict[str, Any]:
        (found,) = [one for one in self.objects if one["file"].endswith(name)]
        return found


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    return Parsed(tmp_path_factory.mktemp("parse"))


def codes(one: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in one["findings"]}


def test_there_is_one_object_a_file_in_the_order_given_under_the_name_given(read: Parsed) -> None:
    assert [one["file"] for one in read.objects] == list(read.files)


def test_a_review_among_the_verdicts_makes_the_status_one(read: Parsed) -> None:
    assert read.outcome.status == 1
    assert read.outcome.err == ""


def test_each_kind_of_message_has_its_verdict(read: Parsed) -> None:
    verdicts = {one["file"].rpartition("/")[2]: one["verdict"] for one in read.objects}
    assert verdicts == {
        "good.eml": "accept",
        "incomplete.eml": "ask",
        "doubtful.eml": "review",
        "foreign.eml": "ignore",
        "automatic.eml": "ignore",
        "only-form.eml": "ask",
        "empty.eml": "ignore",
        "garbage.eml": "ignore",
        "nasty.eml": "review",
        "undecodable.eml": "ask",
    }


def test_every_key_is_in_every_object(read: Parsed) -> None:
    for one in read.objects:
        assert one.keys() >= OBJECT
        for found, shape in ((one["letter"], LETTER), (one["questionnaire"], QUESTIONNAIRE)):
            if found is None:
                continue
            assert found.keys() >= shape.keys()
            for key, inner in shape.items():
                assert inner is None or found[key].keys() >= inner


def test_documents_have_a_name_a_role_and_a_media_type(read: Parsed) -> None:
    documents = [
        {key: one[key] for key in ("name", "role", "media_type")}
        for one in read["good.eml"]["documents"]
    ]
    assert documents == [
        {"name": "Приказ.pdf", "role": "letter", "media_type": "application/pdf"},
        {
            "name": "Анкета.xlsx",
            "role": "questionnaire",
            "media_type": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        },
    ]


def test_both_papers_of_a_good_application_are_read(read: Parsed) -> None:
    one = read["good.eml"]
    letter, questionnaire = one["letter"], one["questionnaire"]
    who = {"full_name": person(0).full_name, "phone": person(0).phone}
    assert one["message_id"] == parsed_id(good(0))
    assert one["sender"] == "ivanova.mp@mail.example"
    assert one["subject"] == "Сферум: Регистрация организации"
    assert not [found for found in one["findings"] if found["severity"] != "info"]
    assert letter["administrator"] == who
    assert (letter["attachment"], letter["page"], letter["source"]) == ("Приказ.pdf", 1, "text")
    assert (letter["signature"], letter["seal"], letter["letterhead"]) == ("present",) * 3
    assert (letter["date"], letter["number"]) == ("2024-11-15", "40-ОД")
    assert questionnaire["administrator"] == {**who, "email": "ivanova.mp@mail.example"}
    assert questionnaire["organization"]["inn"] == school(0).inn
    assert questionnaire["head"] == {"full_name": school(0).head}


def test_values_carry_where_they_were_read(read: Parsed) -> None:
    one = read["good.eml"]
    (place, *_) = one["letter"]["evidence"]["administrator.full_name"]
    left, top, right, bottom = place["box"]
    assert 0 <= left < right <= 596
    assert 0 <= top < bottom <= 842
    assert (place["document"], place["page"], place["how"]) == ("Приказ.pdf", 1, "text")
    assert place["raw"] == "Иванову Марию Петровну"
    assert 0 < place["confidence"] <= 1
    (cell, *_) = one["questionnaire"]["evidence"]["administrator.phone"]
    assert re.fullmatch(r"Анкета![A-Z]+\d+", cell["cell"])
    assert cell["how"] == "cell"
    assert "box" not in cell


def test_what_is_not_there_is_null(read: Parsed) -> None:
    assert read["incomplete.eml"]["questionnaire"] is None
    assert read["incomplete.eml"]["letter"] is not None
    assert read["only-form.eml"]["letter"] is None
    assert read["only-form.eml"]["questionnaire"] is not None
    for name in ("foreign.eml", "automatic.eml", "empty.eml", "garbage.eml"):
        assert (read[name]["letter"], read[name]["questionnaire"]) == (None, None)
        assert read[name]["findings"] == []
    assert (read["empty.eml"]["message_id"], read["empty.eml"]["sender"]) == (None, None)


def test_findings_say_what_how_grave_and_why(read: Parsed) -> None:
    assert codes(read["incomplete.eml"]) == {"questionnaire_missing"}
    assert codes(read["only-form.eml"]) == {"letter_missing"}
    assert codes(read["undecodable.eml"]) >= {"letter_missing", "questionnaire_missing"}
    assert "header_ambiguous" in codes(read["nasty.eml"])
    (found,) = read["doubtful.eml"]["findings"]
    assert (found["code"], found["severity"]) == ("phone_mismatch", "block")
    assert re.search("[а-я]", found["message"])
    assert len({place["document"] for place in found["evidence"]}) == 2


def test_strings_are_well_formed_and_without_control_characters(read: Parsed) -> None:
    for text in strings(read.objects):
        assert not unfit(text.replace("\n", "\r")), ascii(text)


def test_bytes_that_cannot_be_decoded_are_shown_as_such(read: Parsed) -> None:
    assert read["undecodable.eml"]["subject"].endswith(r"\xFF\xFE")


def test_nothing_is_written_anywhere(read: Parsed) -> None:
    assert read.after == read.before


def test_accept_ask_and_ignore_end_with_zero(desk: Desk) -> None:
    files = [
        desk.write("1.eml", good(0)),
        desk.write("2.eml", incomplete(1)),
        desk.write("3.eml", message(3, subject="Другое")),
    ]
    outcome = desk.parse("--json", *files)
    assert outcome.status == 0
    assert [one["verdict"] for one in outcome.json] == ["accept", "ask", "ignore"]


def test_people_read_it_in_80_columns_and_in_any_locale(desk: Desk) -> None:
    raw = with_header(doubtful(2), b"X-Other: 1").replace(
        b"\r\nSubject: ", b"\r\nSubject: =?utf-8?B?G1szMW0=?= ", 1
    )
    for language in ("C.UTF-8", "C"):
        outcome = desk.parse(desk.write("[bold]odd name.eml", raw), LANG=language, LC_ALL=language)
        assert outcome.status == 1
        assert outcome.err == ""
        assert "phone_mismatch" in outcome.out
        assert "[bold]odd name.eml" in outcome.out
        assert max(map(len, outcome.out.splitlines())) <= 80


@pytest.mark.parametrize("name", ["absent.eml", "directory", "a\nb\x1b[31m\x07.eml", ""])
def test_a_file_that_cannot_be_read_is_refused_in_one_line(desk: Desk, name: str) -> None:
    (desk.directory / "directory").mkdir()
    present = desk.write("1.eml", good(0))
    before = snapshot(desk.directory, desk.home)
    outcome = desk.parse("--json", present, name)
    assert outcome.status == 2
    line = single_line(outcome)
    assert name.partition("\n")[0] in line
    assert snapshot(desk.directory, desk.home) == before


def test_without_a_file_the_usage_is_refused(desk: Desk) -> None:
    outcome = desk.parse()
    assert outcome.status == 2
    assert "parse" in single_line(outcome)


def test_settings_count_though_none_are_needed(desk: Desk) -> None:
    file = desk.write("1.eml", good(0))
    (one,) = desk.parse("--json", file, MAILBOT_RULES__LETTER_MAX_AGE_DAYS="1").json
    assert codes(one) == {"letter_outdated"}
    desk.write("mailbot.toml", b"[rules]\nletter_max_age_days = 1\n")
    (one,) = desk.parse("--json", file).json
    assert codes(one) == {"letter_outdated"}


def test_a_wrong_setting_is_refused_before_anything_is_read(desk: Desk) -> None:
    file = desk.write("1.eml", good(0))
    for arguments, environment in (
        (["--config", "absent.toml", file], {}),
        ([file], {"MAILBOT_CONFIG": "absent.toml"}),
        ([file], {"MAILBOT_RULES__NONSENSE": "1"}),
    ):
        outcome = desk.parse("--json", *arguments, **environment)
        assert outcome.status == 2
        assert re.search("absent.toml|NONSENSE", single_line(outcome))


def test_the_daemons_own_mail_is_left_alone(desk: Desk) -> None:
    config = desk.write(
        "own.toml", b'[outgoing]\nurl = "maildir:///nowhere"\nsender = "info@platform.example"\n'
    )
    raw = message(0, order(0), form(0), sender="Info@Platform.example")
    outcome = desk.parse("--json", "--config", config, desk.write("own.eml", raw))
    assert (outcome.status, outcome.json[0]["verdict"]) == (0, "ignore")
