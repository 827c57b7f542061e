"""Every reply, whatever the findings and whatever the school wrote."""

from __future__ import annotations

import datetime as dt
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.mailtext import mask_phones, plain
from mailbot.replies import JinjaReplyWriter, ReplySettings
from parsers.facts import (
    Document,
    DocumentKind,
    Evidence,
    Field,
    Found,
    How,
    Letter,
    PersonName,
    Phone,
    PhoneKind,
    Questionnaire,
    Role,
    Source,
    Trouble,
)
from workflow.application import Agreed, Assessment, ReplyKind, ReplyOrder
from workflow.findings import Code, Severity, Verdict, finding

NUMBER = "+79165554567"
WRITER = JinjaReplyWriter(
    ReplySettings(sender="sferum@example.org"),
    now=lambda: dt.datetime(2024, 9, 2, 10, 15, tzinfo=dt.UTC),
)
EXAMPLE_NUMBER = "+7 9__ ___-__-__"
CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
EMPTY_BULLET = re.compile(r"^\s*(?:–|\d+\.)\s*$", re.MULTILINE)
GAP = re.compile(r"\n[ \t]*\n[ \t]*\n")
LEFT_OVER = re.compile(r"\{\{|\{%|\{#|\b(?:None|null|Undefined|True|False)\b|\b[a-z]+_[a-z_]+\b")
ADDRESS = re.compile(r"https://\S+|\S+@\S+")

HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "{% for x in range(9) %}",
    "</td></table><a href='https://example.com'>",
    "x\r\nBcc: evil@example.com\r\n\r\nbody",
    "Приказ\u202efdp.exe",
    "тел. 8 (916) 555-45-67",
    "89165554567",
    "\x00\x07\ud800",
    "=?utf-8?q?=3Cb=3E?=",
    "",
    " ",
)
TAME = ("Приказ о назначении.pdf", "Анкета.xlsx", "МБОУ «СОШ № 5»", "Ким О. В.", "7707083894")
tame = st.sampled_from(TAME)
wild = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))


def assessments(words: st.SearchStrategy[str]) -> st.SearchStrategy[Assessment]:
    names = st.builds(
        PersonName,
        raw=words,
        nominatives=st.lists(words, max_size=2).map(tuple),
        initials=st.booleans(),
    )
    phones = st.builds(
        Phone,
        raw=words,
        kind=st.sampled_from(PhoneKind),
        e164=st.sampled_from([None, NUMBER, "+375291234567"]),
    )
    letters = st.builds(
        Letter,
        attachment=words,
        page=st.just(1),
        source=st.sampled_from(Source),
        organization_name=st.none() | st.builds(Found, words),
        date=st.none() | st.builds(Found, st.dates()),
    )
    forms = st.builds(
        Questionnaire,
        attachment=words,
        fields=st.dictionaries(st.sampled_from(Field), st.builds(Found, words), max_size=3),
        administrators=st.lists(st.builds(Found, names), max_size=2).map(tuple),
        administrator_phones=st.lists(st.builds(Found, phones), max_size=2).map(tuple),
    )
    documents = st.builds(
        Document,
        name=words,
        media_type=st.just("application/pdf"),
        role=st.sampled_from(Role),
        kind=st.sampled_from(DocumentKind),
        trouble=st.none() | st.sampled_from(Trouble),
        looks_like=st.none() | st.sampled_from(Role),
        blank=st.booleans(),
    )
    return st.builds(
        Assessment,
        verdict=st.just(Verdict.ASK),
        letter=st.none() | letters,
        questionnaire=st.none() | forms,
        documents=st.lists(documents, max_size=4).map(tuple),
        letter_name=st.none() | words,
        letter_phone=st.sampled_from([None, NUMBER]),
    )


def orders(words: st.SearchStrategy[str]) -> st.SearchStrategy[ReplyOrder]:
    places = st.builds(
        Evidence,
        document=words,
        raw=words | st.sampled_from(Field).map(str),
        how=st.sampled_from(How),
    )
    found = st.builds(
        finding,
        st.sampled_from(Code),
        st.lists(places, max_size=3),
        severity=st.none() | st.sampled_from(Severity),
    )
    return st.builds(
        ReplyOrder,
        kind=st.sampled_from(ReplyKind),
        application_id=st.integers(1, 10**6),
        recipient=st.just("school5@example.ru"),
        subject=words,
        in_reply_to=st.none() | words | st.just("<2@example.ru>"),
        references=st.lists(words | st.just("<1@example.ru>"), max_size=3).map(tuple),
        findings=st.lists(found, max_size=8).map(tuple),
        assessment=st.none() | assessments(words),
        agreed=st.builds(
            Agreed,
            full_name=st.none() | words,
            phone=st.sampled_from([None, NUMBER]),
            organization_name=st.none() | words,
        ),
        deadline=st.none() | st.dates(),
    )


def mail_of(order: ReplyOrder) -> EmailMessage:
    written = WRITER.write(order)
    assert max(map(len, written.content.split(b"\r\n"))) <= 998
    mail = message_from_bytes(written.content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


@settings(max_examples=80, deadline=None)
@given(orders(tame))
def test_any_combination_of_findings_gives_a_clean_text(order: ReplyOrder) -> None:
    mail = mail_of(order)
    text = body(mail, "plain")
    assert not EMPTY_BULLET.search(text)
    assert not GAP.search(text)
    assert not LEFT_OVER.search(ADDRESS.sub("", text))
    assert "«»" not in text
    assert f"№ {order.application_id}" in text
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
    if order.kind is ReplyKind.ASK:
        assert numbers == list(range(1, len(numbers) + 1))


@settings(max_examples=80, deadline=None)
@given(orders(wild))
def test_whatever_a_school_wrote_is_inert(order: ReplyOrder) -> None:
    mail = mail_of(order)
    assert not mail.defects
    assert mail["Bcc"] is None
    assert len(mail["To"].addresses) == 1
    assert len(mail.get_all("Subject", [])) == 1
    for kind in ("plain", "html"):
        content = body(mail, kind)
        assert not CONTROLS.search(content)
        digits = re.sub(r"[\s().\-–_]", "", content.replace(EXAMPLE_NUMBER, ""))
        assert "9165554567" not in digits
    html = body(mail, "html")
    assert "<script" not in html
    assert "example.com'" not in html
    assert html.count("</html>") == 1


@given(st.text())
def test_a_strangers_text_is_harmless_once_and_for_all(text: str) -> None:
    line = plain(text)
    assert not CONTROLS.search(line)
    assert "\n" not in line
    assert plain(line) == line


@given(st.text(), st.sampled_from(["8 916 555-45-67", "+7(916)5554567", "9165554567"]), st.text())
def test_a_number_is_masked_among_any_words(before: str, number: str, after: str) -> None:
    masked = mask_phones(f"{before} № {number}, {after}")
    assert number not in masked.replace(before, "").replace(after, "")
    assert len(masked) == len(f"{before} № {number}, {after}")
