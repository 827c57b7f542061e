from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mailbot.replies import JinjaReplyWriter, ReplySettings
from mailbot.reply_samples import check_templates, preview, sample_orders
from parsers.facts import Cutout, Document, Evidence, How, Letter, Role, Source, Trouble
from workflow.application import (
    Agreed,
    Assessment,
    ReplyKind,
    ReplyOrder,
    WrittenReply,
)
from workflow.findings import CATALOGUE, Code, Severity, Verdict, finding
from workflow.ports import ServiceUnavailableError

SETTINGS = ReplySettings(sender="sferum@example.org")
NOW = dt.datetime(2024, 9, 2, 10, 15, tzinfo=dt.UTC)
ASKING = sorted(code for code, (severity, _) in CATALOGUE.items() if severity is Severity.ASK)
ENGLISH = re.compile(r"\b[a-z]+_[a-z_]+\b|\b(?:None|null|Undefined|True|False)\b")
LINKS = re.compile(r"https://sferum\.ru/?\S*|[\w.]+@[\w.]+")


def order(kind: ReplyKind = ReplyKind.ASK, **changes: object) -> ReplyOrder:
    usual = ReplyOrder(
        kind=kind,
        application_id=17,
        recipient="school5@example.ru",
        subject="Сферум: Регистрация организации",
        in_reply_to="<2@example.ru>",
        references=("<1@example.ru>",),
        findings=(finding(Code.LETTER_MISSING),),
        assessment=Assessment(verdict=Verdict.ASK),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def write(what: ReplyOrder, settings: ReplySettings = SETTINGS) -> WrittenReply:
    return JinjaReplyWriter(settings, now=lambda: NOW).write(what)


def parsed(written: WrittenReply) -> EmailMessage:
    mail = message_from_bytes(written.content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content


def text_of(what: ReplyOrder, settings: ReplySettings = SETTINGS) -> str:
    return body(parsed(write(what, settings)), "plain")


def html_of(what: ReplyOrder, settings: ReplySettings = SETTINGS) -> str:
    return body(parsed(write(what, settings)), "html")


class _Words(HTMLParser):
    """The words that a reader of the HTML sees after the greeting."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def words_of(html: str) -> list[str]:
    reader = _Words()
    reader.feed(html[html.index("Здравствуйте!") :])
    return " ".join(reader.words).casefold().split()


def squeezed(words: list[str]) -> str:
    return "".join(words)


@pytest.mark.parametrize("kind", list(ReplyKind))
@pytest.mark.parametrize("which", range(3))
def test_text_and_html_say_the_same(kind: ReplyKind, which: int) -> None:
    mail = parsed(write(sample_orders(kind)[which]))
    text = body(mail, "plain").casefold().split()
    assert squeezed(words_of(body(mail, "html"))) == squeezed(text)


@pytest.mark.parametrize("code", ASKING)
def test_an_ask_about_a_single_thing_is_whole_and_clean(code: Code) -> None:
    place = Evidence(document="Файл.pdf", raw="", how=How.HEADER)
    text = text_of(order(findings=(finding(code, [place]),)))
    assert "\n1. " in text
    assert "\n2. " not in text
    assert "заявку № 17" in text
    assert not re.search(r"^\s*(?:–|\d+\.)\s*$", text, re.MULTILINE), "an empty bullet"
    assert "{{" not in text
    assert "{%" not in text
    assert not ENGLISH.search(LINKS.sub("", text))


def test_the_mail_has_exactly_the_headers_of_an_automatic_answer() -> None:
    written = write(order())
    mail = parsed(written)
    assert sorted(name.lower() for name in mail.keys()) == sorted(  # noqa: SIM118 - repeats count
        [
            "from",
            "to",
            "subject",
            "date",
            "message-id",
            "in-reply-to",
            "references",
            "auto-submitted",
            "x-auto-response-suppress",
            "mime-version",
            "content-type",
        ]
    )
    assert mail["From"].addresses[0].addr_spec == "sferum@example.org"
    assert mail["To"] == "school5@example.ru"
    assert mail["Subject"] == "Re: Сферум: Регистрация организации (заявка № 17)"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == written.message_id
    assert re.fullmatch(rf"<{written.key}\.[a-z2-7]{{20}}@example\.org>", written.message_id)
    assert mail["In-Reply-To"] == "<2@example.ru>"
    assert mail["References"] == "<1@example.ru> <2@example.ru>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    body_part, *enclosed = mail.iter_parts()
    assert [part.get_content_type() for part in body_part.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert [part.get_filename() for part in enclosed] == [
        "Письмо о назначении администратора (заготовка).docx"
    ]
    assert all(part.get_content_disposition() == "attachment" for part in enclosed)


def test_the_platforms_name_may_hold_anything() -> None:
    settings = replace(SETTINGS, platform_name="{0} <\x07Сферум> {{ x }}")
    missing = (finding(Code.LETTER_MISSING), finding(Code.QUESTIONNAIRE_MISSING))
    mail = parsed(write(order(findings=missing), settings))
    assert len(list(mail.iter_attachments())) == 2


@pytest.mark.parametrize("kind", ReplyKind)
def test_forms_go_with_the_replies_that_say_what_is_missing_and_no_others(kind: ReplyKind) -> None:
    missing = (finding(Code.LETTER_MISSING), finding(Code.QUESTIONNAIRE_MISSING))
    mail = parsed(write(order(kind, findings=missing)))
    names = [part.get_filename() for part in mail.iter_attachments()]
    asks = kind in {ReplyKind.ASK, ReplyKind.REMINDER, ReplyKind.EXPIRY}
    assert len(names) == (2 if asks else 0)
    assert ("К этому сообщению прилож" in body(mail, "plain")) == asks


def test_a_key_is_unique_and_fit_for_a_file_name() -> None:
    keys = {write(order()).key for _ in range(20)}
    assert len(keys) == 20
    assert all(re.fullmatch(r"17-ask-[0-9a-f]{16}", key) for key in keys)


@pytest.mark.parametrize(
    "bad", [None, "no-brackets@x", "<no-at>", "<a b@c>", "<a@b>\r\nBcc: x@y", "<я@b>", "<>"]
)
def test_a_malformed_message_id_is_not_answered_by_id(bad: str | None) -> None:
    mail = parsed(write(order(in_reply_to=bad, references=("<1@example.ru>", bad or ""))))
    assert mail["In-Reply-To"] is None
    assert mail["References"] == "<1@example.ru>"
    assert mail["Bcc"] is None


def test_long_ids_stay_whole_and_lines_stay_short() -> None:
    ids = tuple(f"<{'x' * 300}{number}@example.ru>" for number in range(60))
    written = write(order(in_reply_to=ids[-1], references=ids))
    references = parsed(written)["References"].split()
    assert references[0] == ids[0]
    assert references[-1] == ids[-1]
    assert len(references) == 20
    assert max(map(len, written.content.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: RE: Ответ: Сферум: Регистрация организации", "Re: Сферум: Регистрация организации"),
        ("Сферум (заявка № 17)", "Re: Сферум"),
        ("", "Re: Сферум: Регистрация организации"),
        ("Сферум\r\nBcc: evil@example.com", "Re: Сферум Bcc: evil@example.com"),
        ("Сферум, тел. 89165554567", "Re: Сферум, тел. •••••••4567"),
        ("С\u202eферум", "Re: Сферум"),
    ],
)
def test_the_subject_is_the_schools_made_harmless_with_our_number(
    subject: str, expected: str
) -> None:
    mail = parsed(write(order(subject=subject)))
    assert mail["Subject"] == f"{expected} (заявка № 17)"
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("a..b@example.ru", "a..b@example.ru"),
        ('"a b,c"@example.ru', '"a b,c"@example.ru'),
        ("89165554567@example.ru", "89165554567@example.ru"),
        ("info@школа.рф", "info@xn--80atdl2c.xn--p1ai"),
        ("a@example.ru\r\nBcc: b@example.com", None),
        ("a@example.ru>, <b@example.com", None),
    ],
)
def test_there_is_one_recipient_whatever_the_address(recipient: str, expected: str | None) -> None:
    mail = parsed(write(order(recipient=recipient)))
    assert len(mail["To"].addresses) == 1
    assert mail["Bcc"] is None
    if expected is not None:
        assert mail["To"] == expected


def test_a_name_beyond_ascii_before_the_at_is_kept() -> None:
    written = write(order(recipient="школа@example.ru"))
    assert "To: школа@example.ru\r\n".encode() in written.content


def test_what_a_school_wrote_is_neither_markup_nor_template() -> None:
    hostile = "<script>alert(1)</script>{{ 7*7 }}{% raw %}"
    assessment = Assessment(
        verdict=Verdict.ASK,
        documents=(Document(name=hostile, media_type="", role=Role.LETTER),),
        letter_name=hostile,
    )
    agreed = Agreed(full_name=hostile, organization_name=hostile, phone="+79165554567")
    place = Evidence(document=hostile, raw=hostile, how=How.HEADER)
    for kind in ReplyKind:
        what = order(
            kind,
            assessment=assessment,
            agreed=agreed,
            subject=hostile,
            findings=(finding(Code.ATTACHMENT_ENCRYPTED, [place]),),
        )
        html = html_of(what)
        assert "<script" not in html
        assert "49" not in html.replace("#49", "")
        assert "{{ 7*7 }}" in text_of(what) or hostile not in text_of(what)


def test_an_operators_text_stands_word_for_word_and_escaped() -> None:
    words = "Пришлите <b>устав</b> & позвоните +7 916 555-45-67.\n\n\n\nС {{ уважением }}"
    for kind in (ReplyKind.ASK, ReplyKind.REJECTION, ReplyKind.REMINDER):
        what = order(kind, text=words)
        assert words in text_of(what).replace("\r\n", "\n")
        assert "&lt;b&gt;устав&lt;/b&gt; &amp; позвоните +7 916 555-45-67.<br>" in html_of(what)


@pytest.mark.parametrize("kind", ReplyKind)
def test_every_cell_with_text_states_its_font(kind: ReplyKind) -> None:
    """Outlook hands no font down into a table."""
    for sample in sample_orders(kind):
        shown = re.sub(r"<!--.*?-->", "", html_of(sample), flags=re.DOTALL)
        cells = re.findall(r"<td\b[^>]*>", shown)
        bare = [cell for cell in cells if "font-family:Arial" not in cell]
        assert all('align="center"' in cell for cell in bare), bare


def test_an_ask_of_an_operator_alone_has_no_list() -> None:
    text = text_of(order(findings=(), text="Пришлите, пожалуйста, устав."))
    assert "Пришлите, пожалуйста, устав." in text
    assert "1." not in text
    assert "пунктам" not in text


def test_the_welcome_names_the_number_and_every_persons_next_step() -> None:
    agreed = Agreed(
        full_name="Ерёмина Ольга Викторовна", phone="+79165554567", organization_name="МБОУ СОШ № 5"
    )
    text = text_of(order(ReplyKind.WELCOME, agreed=agreed))
    assert "+7 ••• •••-45-67" in text
    assert "9165554567" not in text.replace(" ", "").replace("-", "")
    assert "с любым другим номером, права не появятся" in text
    assert "Код из СМС никому не сообщайте" in text
    for word in (
        "АДМИНИСТРАТОР",
        "РУКОВОДИТЕЛЬ",
        "УЧИТЕЛЯ",
        "УЧЕНИКИ",
        "РОДИТЕЛИ",
        "структуру организации",
        "роль «учитель»",
        "https://sferum.ru/?p=instructions",
        "https://sferum.ru/?p=parents_students",
        "VK Мессенджер",
        "электронную почту родителя",
        "педагогические советы",
    ):
        assert word in text


def test_the_platform_and_its_places_are_settings() -> None:
    settings = replace(
        SETTINGS,
        variant="max",
        platform_name="Школа",
        site_url="https://example.org/in",
        instructions_url="https://example.org/how",
        parents_url="https://example.org/parents",
        support="help@example.org",
    )
    text = text_of(order(ReplyKind.WELCOME), settings)
    assert "MAX" in text
    assert "help@example.org" in text
    assert "https://example.org/how" in text
    assert not re.search("VK|sferum.ru|«Сферум»", text)
    html = html_of(order(ReplyKind.WELCOME), settings)
    assert '<a href="https://example.org/parents"' in html


def test_the_receipt_says_what_came_and_when_the_answer_comes() -> None:
    documents = (
        Document(name="Устав.rar", media_type="", trouble=Trouble.ENCRYPTED),
        Document(name="Приказ 89165554567.pdf", media_type="", role=Role.LETTER),
    )
    what = order(
        ReplyKind.RECEIPT, assessment=Assessment(verdict=Verdict.REVIEW, documents=documents)
    )
    text = text_of(what, replace(SETTINGS, answer_working_days=1))
    assert "– «Приказ •••••••4567.pdf»: письмо о назначении администратора" in text
    assert "– «Устав.rar»: защищён паролем, открыть не удалось" in text
    assert "в течение 1 рабочего дня" in text
    assert "2 рабочих дней" in text_of(what, replace(SETTINGS, answer_working_days=2))
    assert "рабоч" not in text_of(what, replace(SETTINGS, answer_working_days=0))


def test_the_receipt_names_the_day_by_the_production_calendar() -> None:
    moment = dt.datetime(2026, 12, 30, 9, tzinfo=dt.UTC)
    writer = JinjaReplyWriter(replace(SETTINGS, answer_working_days=2), now=lambda: moment)
    text = body(parsed(writer.write(order(ReplyKind.RECEIPT))), "plain")
    assert "в течение 2 рабочих дней, до 12 января 2027 года." in text


def test_a_receipt_before_the_reading_lists_nothing() -> None:
    text = text_of(order(ReplyKind.RECEIPT, assessment=None, findings=()))
    assert "Что мы получили" not in text
    assert "Номер заявки: 17" in text


@pytest.mark.parametrize("kind", [ReplyKind.ASK, ReplyKind.REMINDER, ReplyKind.EXPIRY])
def test_the_day_until_which_is_waited_is_written_in_words(kind: ReplyKind) -> None:
    assert "до 16 сентября 2024 года" in text_of(order(kind, deadline=dt.date(2024, 9, 16)))


def test_an_expiry_says_how_to_apply_anew() -> None:
    text = text_of(order(ReplyKind.EXPIRY))
    assert "темой «Сферум: Регистрация организации» на адрес sferum@example.org" in text
    assert "нет письма о назначении" in text


@pytest.mark.parametrize("kind", list(ReplyKind))
def test_every_reply_can_be_previewed(kind: ReplyKind) -> None:
    mail = parsed(preview(kind, SETTINGS))
    assert "№ 17" in mail["Subject"]


def test_our_own_templates_are_found_to_be_good() -> None:
    assert check_templates(SETTINGS) == []
    assert check_templates(replace(SETTINGS, variant="max")) == []


def test_a_template_of_the_operators_replaces_ours_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "receipt.txt.j2").write_text("Тема {{ number }}\n\nСвой текст\n", encoding="utf-8")
    settings = replace(SETTINGS, override_directory=tmp_path)
    written = write(order(ReplyKind.RECEIPT), settings)
    assert written.subject == "Тема 17"
    assert body(parsed(written), "plain").strip() == "Свой текст"
    assert "нет письма о назначении" in text_of(order(), settings)
    assert check_templates(settings) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ask.txt.j2", "Тема\n{{ nothing }}"),
        ("ask.html.j2", "{% if %}"),
        ("ask.txt.j2", "{{ ''.__class__.__mro__ }}"),
        ("ask.txt.j2", "Тема\n{{ number / 0 }}"),
        ("ask.txt.j2", ""),
        ("wording.toml", "[asks"),
        ("wording.toml", "[asks]"),
    ],
)
def test_a_broken_template_is_reported_and_the_school_gets_ours(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    settings = replace(SETTINGS, override_directory=tmp_path)
    problems = check_templates(settings)
    assert problems
    assert any("«ask»" in problem for problem in problems)
    assert all("\n" not in problem for problem in problems)
    assert "нет письма о назначении" in text_of(order(), settings)


def test_a_template_that_is_no_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "ask.txt.j2").write_bytes(b"\xff\xfe\x00")
    settings = replace(SETTINGS, override_directory=tmp_path)
    assert check_templates(settings)
    assert "нет письма о назначении" in text_of(order(), settings)


CUTOUT = Cutout(document="Приказ.pdf", page=1, digest="ab" * 32)
PNG = b"\x89PNG\r\n\x1a\n of a name"


def unreadable(**changes: object) -> ReplyOrder:
    letter = Letter(attachment="Приказ.pdf", page=1, source=Source.OCR, name_cutout=CUTOUT)
    usual = {
        "findings": (finding(Code.LETTER_UNREADABLE, [PLACE_OF_NAME]),),
        "assessment": Assessment(verdict=Verdict.ASK, letter=letter),
    }
    return order(**(usual | changes))  # type: ignore[arg-type]


PLACE_OF_NAME = Evidence(document="Приказ.pdf", raw="", how=How.OCR, page=1)


def pictured(what: ReplyOrder, picture: Callable[[str], bytes] | None) -> EmailMessage:
    writer = JinjaReplyWriter(SETTINGS, now=lambda: NOW, picture=picture)
    return parsed(writer.write(what))


def related(mail: EmailMessage) -> list[EmailMessage]:
    return [part for part in mail.walk() if part.get_content_maintype() == "image"]


def test_a_name_that_could_not_be_read_is_shown_inside_the_html() -> None:
    asked: list[str] = []

    def kept(digest: str) -> bytes:
        asked.append(digest)
        return PNG

    mail = pictured(unreadable(), kept)
    (image,) = related(mail)
    assert asked == [CUTOUT.digest]
    assert image.get_content() == PNG
    assert image.get_content_disposition() == "inline"
    assert f'src="cid:{image["Content-ID"].strip("<>")}"' in body(mail, "html")
    assert "не удалось разобрать фамилию" in body(mail, "plain")
    assert not list(mail.iter_attachments()), "a picture in the text is no enclosure"


def test_a_number_is_never_a_picture_but_its_last_digits_in_words() -> None:
    number = Evidence(document="Приказ.pdf", raw="8 916 12 45-67", how=How.OCR, page=1)
    mail = pictured(
        unreadable(findings=(finding(Code.LETTER_UNREADABLE, [number]),)), lambda _: PNG
    )
    assert not related(mail)
    assert "виден номер, который кончается, по-видимому, на 45-67" in body(mail, "plain")


@pytest.mark.parametrize("kind", [ReplyKind.RECEIPT, ReplyKind.WELCOME, ReplyKind.REJECTION])
def test_no_picture_goes_with_what_asks_for_nothing(kind: ReplyKind) -> None:
    assert not related(pictured(unreadable(kind=kind), lambda _: PNG))


def test_a_picture_that_is_gone_does_not_keep_the_answer_back() -> None:
    def gone(digest: str) -> bytes:
        raise ServiceUnavailableError("файла нет")

    for picture in (gone, None):
        mail = pictured(unreadable(), picture)
        assert not related(mail)
        assert "cid:" not in body(mail, "html")
        assert "рисунке" not in body(mail, "plain")
