"""The replies that ask, with every pair of findings (and, slowly, every three), wherever they were found."""

from __future__ import annotations

import html as markup
import itertools
import re
from collections.abc import Iterator
from typing import Final

import pytest
from jinja2 import FunctionLoader

from mailbot.replies import Rendered, ReplySettings, ReplyTemplates, our_source
from mailbot.reply_samples import sample_orders
from parsers.facts import Evidence, Field, How
from workflow.application import ReplyKind, ReplyOrder
from workflow.findings import CATALOGUE, Code, Finding, Severity, finding

ASKING: Final = sorted(
    code for code, (severity, _) in CATALOGUE.items() if severity is Severity.ASK
)
PLACES: Final = {
    "nowhere": (),
    "in the letter": (Evidence(document="Приказ.pdf", raw="8 916 555-45-67", how=How.OCR, page=1),),
    "in the form": (
        Evidence(document="Анкета.xlsx", raw=Field.INN.value, how=How.CELL, cell="Анкета!C4"),
        Evidence(document="Анкета.xlsx", raw=Field.ADMINISTRATOR_NAME.value, how=How.CELL),
    ),
    "in two files": (
        Evidence(document="Скан 1.pdf", raw="", how=How.HEADER),
        Evidence(document="Скан 2.pdf", raw="https://disk.yandex.ru/d/x", how=How.HEADER),
    ),
}
ASKS: Final = (ReplyKind.ASK, ReplyKind.REMINDER, ReplyKind.EXPIRY)
TEMPLATES: Final = ReplyTemplates(
    ReplySettings(sender="sferum@example.org"), loader=FunctionLoader(our_source)
)

NUMBERED: Final = re.compile(r"^(\d+)\. (.*)$", re.MULTILINE)
# a list's sign with nothing behind it; two empty lines; what a template or a program leaves behind
WRONG: Final = {
    "an empty bullet": re.compile(r"^\s*(?:–|\d+\.)\s*$", re.MULTILINE),
    "a gap": re.compile(r"\n[ \t]*\n[ \t]*\n"),
    "markup": re.compile(r"\{\{|\{%|\{#|&[a-z]+;|</?\w"),
    "a word of the program": re.compile(
        r"\b(?:None|null|Undefined|True|False)\b|(?<![\w/@.])[a-z]+_[a-z_]+\b"
    ),
    "an empty quotation": re.compile(r"«\s*»"),
    "a space too many": re.compile(r"(?<=\S) {2,}(?=\S)|\s[.,;:!?](?=\s|$)|\(\s|\s\)"),
    "two full stops": re.compile(r"(?<!\.)\.\.(?!\.)|[,;:]\."),
    "an unmasked number": re.compile(r"916\D?555"),
}


def orders(kind: ReplyKind, codes: tuple[Code, ...]) -> Iterator[ReplyOrder]:
    usual, _, nothing = sample_orders(kind)
    for place in PLACES.values():
        found: tuple[Finding, ...] = tuple(finding(code, place) for code in codes)
        for order in (usual, nothing):
            yield ReplyOrder(
                kind=kind,
                application_id=17,
                recipient=order.recipient,
                subject=order.subject,
                in_reply_to=None,
                references=(),
                findings=found,
                assessment=order.assessment,
                agreed=order.agreed,
                deadline=order.deadline,
            )


def check(rendered: Rendered) -> None:
    text = rendered.text
    for what, pattern in WRONG.items():
        found = pattern.search(text.replace("+7 9__ ___-__-__", ""))
        assert found is None, f"{what}: {text[max(found.start() - 60, 0) : found.end() + 40]!r}"
    numbers = [int(number) for number, _ in NUMBERED.findall(text)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers
    items = [item for _, item in NUMBERED.findall(text)]
    assert len(set(items)) == len(items), "nothing is asked for twice"
    assert all(item[0].isupper() and item[-1] in ".:" for item in items)
    said = [line for line in text.splitlines() if len(line) > 60]
    assert len(set(said)) == len(said), "no sentence stands twice"
    shown = markup.unescape(re.sub(r"<[^>]+>", "", rendered.html))
    assert all(item in shown for item in items), "HTML and text say the same"


@pytest.mark.parametrize("first", ASKING)
def test_every_pair_of_findings_gives_a_clean_list(first: Code) -> None:
    for second in ASKING[ASKING.index(first) + 1 :]:
        for order in orders(ReplyKind.ASK, (first, second)):
            check(TEMPLATES.render(order))


@pytest.mark.parametrize("kind", ASKS)
def test_every_single_finding_gives_a_clean_list(kind: ReplyKind) -> None:
    for code in ASKING:
        for order in orders(kind, (code,)):
            check(TEMPLATES.render(order))


@pytest.mark.slow
def test_every_triple_of_findings_gives_a_clean_list() -> None:
    for codes in itertools.combinations(ASKING, 3):
        for order in orders(ReplyKind.ASK, codes):
            check(TEMPLATES.render(order))


def test_all_findings_at_once_give_a_clean_list() -> None:
    for kind in ASKS:
        for order in orders(kind, tuple(ASKING)):
            check(TEMPLATES.render(order))


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "1 рабочего дня"), (2, "2 рабочих дней"), (5, "5 рабочих дней"), (21, "21 рабочего дня")],
)
def test_the_promise_of_an_answer_is_declined(days: int, words: str) -> None:
    settings = ReplySettings(sender="sferum@example.org", answer_working_days=days)
    templates = ReplyTemplates(settings, loader=FunctionLoader(our_source))
    text = templates.render(sample_orders(ReplyKind.RECEIPT)[0]).text
    assert f"в течение {words}." in text


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 пункт"), (2, "2 пункта"), (4, "4 пункта"), (5, "5 пунктов")]
)
def test_the_number_of_things_to_send_is_declined(count: int, words: str) -> None:
    codes = (
        Code.LETTER_NOT_SIGNED,
        Code.LETTER_NOT_SEALED,
        Code.LETTER_OUTDATED,
        Code.LETTER_NO_LETTERHEAD,
        Code.ADMINISTRATOR_NAME_MISSING,
    )
    order = next(orders(ReplyKind.ASK, codes[:count]))
    assert f"Нужно прислать недостающее: {words}." in TEMPLATES.render(order).html
