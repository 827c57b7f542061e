"""A simulated school completes in one round, whatever its first message lacked.

It sees nothing but the bytes that went over SMTP, and does exactly what each reply says: fills in the forms that came
along, or puts right on its own paper what the reply names.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import itertools
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import pikepdf
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from stdnum.ru import inn as stdnum_inn

from mailbot.samples import (
    ADMINISTRATORS,
    SCHOOLS,
    Answers,
    Case,
    Draft,
    File,
    Letter,
    Person,
    School,
    compose_message,
    draw_letter,
    letter_docx,
    questionnaire_picture,
    questionnaire_xlsx,
)
from mailbot.samples.people import initials_first
from tests.acceptance.house import SENDER, House, parsed, text_of
from tests.acceptance.papers import PDF, WRITTEN, XLSX
from tests.clerk import Clerk
from tests.integration.mail_servers import Authority, free_port
from tests.office import saved_as

LANDLINE: Final = "8 (34399) 5-17-42"
LETTER_TITLE: Final = "ПИСЬМО (ИЛИ ПРИКАЗ)"
FORM_TITLE: Final = "АНКЕТА"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """A school with its administrator, and what is wrong with each of its papers."""

    school: School
    person: Person
    letter: str
    form: str

    @classmethod
    def number(cls, index: int, letter: str, form: str) -> Applicant:
        """The one of that number: no two share an ИНН, a mobile number or an address."""
        school, person = SCHOOLS[index % len(SCHOOLS)], ADMINISTRATORS[index % len(ADMINISTRATORS)]
        first = f"{school.inn[:4]}{20_000 + index}"
        inn = next(one for digit in "0123456789" if stdnum_inn.is_valid(one := first + digit))
        return cls(
            school=dataclasses.replace(school, inn=inn),
            person=dataclasses.replace(
                person, phone=f"+7912{5_550_000 + 137 * index}", mailbox=f"school{index}"
            ),
            letter=letter,
            form=form,
        )

    @property
    def sender(self) -> str:
        return f"{self.person.mailbox}@mail.example"

    @property
    def clerk(self) -> Clerk:
        return Clerk(school=self.school, administrator=self.person)

    def paper(self, **changes: Any) -> Letter:
        usual = Letter(
            school=self.school,
            administrator=self.person,
            date=(WRITTEN - dt.timedelta(days=3)).date(),
            number="45-ОД",
        )
        return dataclasses.replace(usual, **changes)

    def answers(self, **changes: Any) -> Answers:
        return Answers(school=self.school, administrator=self.person, **changes)

    def first_message(self) -> bytes:
        files = [*LETTERS[self.letter](self), *FORMS[self.form](self)]
        text = "Здравствуйте! Направляем документы."
        if "link" in (self.letter, self.form):
            text += "\nФайлы здесь: https://disk.yandex.ru/d/abcDEF123456"
        return self.message(text, files)

    def message(self, text: str, files: Sequence[File], **changes: Any) -> bytes:
        draft = Draft(sender=self.sender, sender_name="Школа", date=WRITTEN, text=text, files=files)
        return compose_message(dataclasses.replace(draft, **changes))


def pdf(content: bytes) -> list[File]:
    return [File(name="Приказ.pdf", content=content, media_type=PDF)]


def xlsx(content: bytes) -> list[File]:
    return [File(name="Анкета.xlsx", content=content, media_type=XLSX)]


def locked(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(buffer, encryption=pikepdf.Encryption(owner="secret", user="secret"))
    return buffer.getvalue()


def blank_of(school: Applicant) -> bytes:
    return questionnaire_xlsx(school.answers(), empty=[label for label, _ in every_label(school)])


def every_label(school: Applicant) -> Iterator[tuple[str, str]]:
    for _, rows in school.answers().sections():
        yield from rows


LETTERS: Final[Mapping[str, Callable[[Applicant], list[File]]]] = {
    "good": lambda one: pdf(draw_letter(one.paper())),
    "missing": lambda one: [],
    "link": lambda one: [],
    "without number": lambda one: pdf(draw_letter(one.paper(phone=""))),
    "landline": lambda one: pdf(draw_letter(one.paper(phone=LANDLINE))),
    "initials": lambda one: pdf(
        draw_letter(one.paper(name=initials_first(one.person.name.in_case(Case.ACCUSATIVE))))
    ),
    "unsigned": lambda one: pdf(draw_letter(one.paper(signature=False))),
    "unsealed": lambda one: pdf(draw_letter(one.paper(seal=False))),
    "bare": lambda one: pdf(draw_letter(one.paper(signature=False, seal=False))),
    "no letterhead": lambda one: pdf(draw_letter(one.paper(letterhead=False))),
    "old": lambda one: pdf(draw_letter(one.paper(date=dt.date(2022, 3, 14)))),
    "sample": lambda one: pdf(
        draw_letter(one.paper(name="_" * 30, phone="_" * 14, signature=False, seal=False))
    ),
    "word": lambda one: [
        File(name="Приказ.docx", content=letter_docx(one.paper()), media_type="application/msword")
    ],
    "locked": lambda one: pdf(locked(draw_letter(one.paper()))),
}
FORMS: Final[Mapping[str, Callable[[Applicant], list[File]]]] = {
    "good": lambda one: xlsx(questionnaire_xlsx(one.answers())),
    "missing": lambda one: [],
    "blank": lambda one: xlsx(blank_of(one)),
    "picture": lambda one: [
        File(
            name="Анкета.png", content=questionnaire_picture(one.answers()), media_type="image/png"
        )
    ],
    "without inn": lambda one: xlsx(questionnaire_xlsx(one.answers(), empty=["ИНН"])),
    "wrong inn": lambda one: xlsx(
        questionnaire_xlsx(one.answers(inn=f"{int(one.school.inn) - 1:010}"))
    ),
    "landline": lambda one: xlsx(questionnaire_xlsx(one.answers(phone=LANDLINE))),
    "initials": lambda one: xlsx(questionnaire_xlsx(one.answers(name=one.person.initials_last))),
    "broken": lambda one: xlsx(questionnaire_xlsx(one.answers())[:2000]),
}

EVERY: Final = [pair for pair in itertools.product(LETTERS, FORMS) if pair != ("good", "good")]
A_DOZEN: Final = [
    ("missing", "good"),
    ("good", "missing"),
    ("missing", "missing"),
    ("link", "blank"),
    ("without number", "good"),
    ("landline", "wrong inn"),
    ("initials", "initials"),
    ("bare", "good"),
    ("no letterhead", "picture"),
    ("old", "landline"),
    ("word", "without inn"),
    ("locked", "broken"),
    ("sample", "missing"),
]


class Letterbox:
    """Takes in what comes over SMTP."""

    def __init__(self) -> None:
        self.delivered: dict[str, list[EmailMessage]] = {}

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        (recipient,) = envelope.rcpt_tos
        self.delivered.setdefault(recipient, []).append(parsed(envelope.content))
        return "250 OK"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a school takes from one mail."""

    mail: EmailMessage

    @property
    def text(self) -> str:
        return text_of(self.mail)

    def enclosed(self, suffix: str) -> bytes | None:
        for part in self.mail.iter_attachments():
            if str(part.get_filename()).endswith(suffix):
                return bytes(part.get_content())
        return None

    def asks_for(self, title: str) -> bool:
        return any(line.startswith(title) for line in self.text.splitlines())


class Correspondence:
    """All schools' mail with one program."""

    def __init__(self, directory: Path, applicants: Sequence[Applicant]) -> None:
        self.applicants = applicants
        self.box = Letterbox()
        self.authority = Authority()
        self.authority.write(directory)
        self.trusted = str(directory / "ca.pem")
        self.port = free_port()
        self.house = House.make(directory / "house")
        self.house.config.write_text(
            f'[mailbox]\nurl = "maildir://{self.house.box}"\n'
            f'[outgoing]\nurl = "smtps://localhost:{self.port}"\nsender = "{SENDER}"\n'
        )

    def exchange(self, messages: Mapping[Applicant, bytes]) -> dict[Applicant, Reply]:
        """Let a message of each arrive; return the one mail that answered it."""
        before = {one: len(self.box.delivered.get(one.sender, ())) for one in self.applicants}
        for one, raw in messages.items():
            self.house.put(f"{before[one]}.{one.person.mailbox}", raw)
        with server(self.authority, self.box, self.port):
            self.house.once(SSL_CERT_FILE=self.trusted)
        new = {one: self.box.delivered.get(one.sender, [])[before[one] :] for one in messages}
        assert {len(mails) for mails in new.values()} == {1}, self.states()
        return {one: Reply(mails[0]) for one, mails in new.items()}

    def states(self) -> dict[tuple[str, str], str]:
        """Return what has become of each, by what its first message lacked."""
        listed = {one["sender"]: one for one in self.house.applications()}
        assert len(listed) == len(self.applicants)
        found = {}
        for one in self.applicants:
            application = listed[one.sender]
            why = ""
            if application["state"] in {"in_review", "failed"}:
                shown = self.house.show(application["id"])
                why = " ".join(found["code"] for found in shown["findings"])
            found[one.letter, one.form] = f"{application['state']} {why}".strip()
        return found


@contextmanager
def server(authority: Authority, box: Letterbox, port: int) -> Iterator[None]:
    """The SMTP server of the schools' provider."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.server.configure_cert(context)
    controller = Controller(box, hostname="localhost", port=port, ssl_context=context)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def answers(replies: Mapping[Applicant, Reply]) -> dict[Applicant, bytes]:
    """Return what each school sends back: what it is asked for, and nothing else."""
    ready = {
        one: docx
        for one, reply in replies.items()
        if reply.asks_for(LETTER_TITLE) and (docx := reply.enclosed(".docx")) is not None
    }
    filled = {f"{one.sender}.docx": one.clerk.fill_in_letter(docx) for one, docx in ready.items()}
    printed = saved_as(filled, "pdf") if filled else {}
    sent = {}
    for one, reply in replies.items():
        files: list[File] = []
        if one in ready:
            signed = one.clerk.sign(printed[f"{one.sender}.docx"])
            files += [File(name="Письмо.pdf", content=one.clerk.scan(signed), media_type=PDF)]
        elif reply.asks_for(LETTER_TITLE):
            assert re.search(r"нет подписи|нет печати|без пароля", reply.text), reply.text
            files += pdf(one.clerk.scan(draw_letter(one.paper())))
        if reply.asks_for(FORM_TITLE):
            workbook = reply.enclosed(".xlsx")
            assert workbook is not None
            files += xlsx(one.clerk.fill_in_workbook(workbook))
        assert files, reply.text
        ours = str(reply.mail["Message-ID"])
        thread = (("In-Reply-To", ours), ("References", ours))
        subject = str(reply.mail["Subject"])
        sent[one] = one.message("Направляем.", files, subject=subject, headers=thread)
    return sent


def completes_in_one_round(directory: Path, pairs: Sequence[tuple[str, str]]) -> None:
    """Play the correspondence of schools that lack what `pairs` say."""
    applicants = [Applicant.number(index, *pair) for index, pair in enumerate(pairs)]
    mail = Correspondence(directory, applicants)
    asked = mail.exchange({one: one.first_message() for one in applicants})
    assert mail.states() == dict.fromkeys(pairs, "awaiting_applicant")
    for one, reply in asked.items():
        assert one.person.phone[2:] not in re.sub(r"\D", "", reply.text)
        assert reply.asks_for(LETTER_TITLE) == (one.letter != "good"), (one.letter, one.form)
        assert reply.asks_for(FORM_TITLE) == (one.form != "good"), (one.letter, one.form)
    welcomed = mail.exchange(answers(asked))
    assert mail.states() == dict.fromkeys(pairs, "completed")
    for one, reply in welcomed.items():
        last = f"{one.person.phone[-4:-2]}-{one.person.phone[-2:]}"
        assert last in reply.text
        assert not list(reply.mail.iter_attachments())


def test_a_school_completes_in_one_round_for_some_combinations(tmp_path: Path) -> None:
    completes_in_one_round(tmp_path, A_DOZEN[:5])


@pytest.mark.slow
def test_a_school_completes_in_one_round_for_a_dozen_combinations(tmp_path: Path) -> None:
    completes_in_one_round(tmp_path, A_DOZEN)


@pytest.mark.slow
@pytest.mark.parametrize("letter", LETTERS)
def test_a_school_completes_in_one_round_for_every_combination(letter: str, tmp_path: Path) -> None:
    completes_in_one_round(tmp_path, [pair for pair in EVERY if pair[0] == letter])
