"""The mailbox of the demonstration: a dozen and a half invented messages of all kinds that arrive there.

Nothing here says what should become of them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from mailbot.samples.archives import zip_from_windows
from mailbot.samples.letters import Letter
from mailbot.samples.mail import (
    MAIL_RU,
    OUTLOOK,
    PHONE,
    SUBJECT,
    THE_BAT,
    YANDEX,
    Draft,
    File,
    Mailer,
    compose_message,
)
from mailbot.samples.marks import BLACK_INK, VIOLET_INK
from mailbot.samples.papers import draw_letter, letter_docx
from mailbot.samples.people import ADMINISTRATORS, Person
from mailbot.samples.questionnaires import (
    Answers,
    FormLayout,
    questionnaire_picture,
    questionnaire_xlsx,
)
from mailbot.samples.scans import Scanner, photo_jpeg, scan_pdf
from mailbot.samples.schools import SCHOOLS, School
from mailbot.samples.wordings import Form

PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP: Final = "application/zip"
APART: Final = dt.timedelta(minutes=7)  # between the arrivals of two messages
EARLIER: Final = dt.timedelta(days=3)  # a letter is dated before the message
MOSCOW_SCHOOL: Final = 5  # its ИНН begins with 9, as mobile numbers do


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One message of the mailbox: a short name for its file, its bytes, and in Russian what it is."""

    name: str
    raw: bytes
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A school, its administrator, and when and how it writes."""

    school: School
    person: Person
    date: dt.datetime
    number: int

    def letter(self, form: Form, **changes: object) -> Letter:
        letter = Letter(
            school=self.school,
            administrator=self.person,
            date=(self.date - EARLIER).date(),
            number=f"{37 + 11 * self.number}-ОД",
            form=form,
        )
        return dataclasses.replace(letter, **changes)  # type: ignore[arg-type]

    def order(self, form: Form = Form.APPOINT, **changes: object) -> File:
        return File(
            name="Приказ.pdf", content=draw_letter(self.letter(form, **changes)), media_type=PDF
        )

    def form(self, layout: FormLayout = FormLayout.LABELS, *, empty: Sequence[str] = ()) -> File:
        answers = Answers(school=self.school, administrator=self.person)
        return File(
            name="Анкета.xlsx",
            content=questionnaire_xlsx(answers, layout, empty=empty),
            media_type=XLSX,
        )

    def message(self, *files: File, mailer: Mailer = MAIL_RU, **changes: object) -> bytes:
        draft = Draft(
            sender=f"{self.person.mailbox}@mail.example",
            sender_name=f"{self.person.full_name.split()[1]} {self.person.full_name.split()[0]}",
            date=self.date,
            text=f"Здравствуйте!\nНаправляем документы для регистрации. {self.school.short_name}\n"
            f"\nС уважением, {self.person.full_name}",
            files=files,
            mailer=mailer,
        )
        return compose_message(dataclasses.replace(draft, **changes))  # type: ignore[arg-type]


def demo_messages(now: dt.datetime) -> tuple[Sample, ...]:
    """Return the messages of the demonstration, as if they had arrived shortly before `now` (aware).

    The same `now` gives the same bytes. Raises FontsMissingError.
    """
    cases = [
        _Case(school=school, person=person, date=now - APART * (len(TABLE) - number), number=number)
        for number, (school, person) in enumerate(zip(SCHOOLS, ADMINISTRATORS, strict=True))
    ]
    return tuple(
        Sample(name=f"{number:02d}-{name}", raw=make(case), title=title)
        for number, ((name, title, make), case) in enumerate(zip(TABLE, cases, strict=True), 1)
    )


def _text_order(case: _Case) -> bytes:
    return case.message(case.order(), case.form())


def _text_letter(case: _Case) -> bytes:
    letter = case.order(Form.GRANT, as_lines=True, seal_ink=VIOLET_INK)
    return case.message(letter, case.form(FormLayout.TABLE), mailer=YANDEX)


def _colour_scan(case: _Case) -> bytes:
    pdf = draw_letter(case.letter(Form.CHARGE))
    scan = File(name="Скан приказа.pdf", content=scan_pdf(pdf, Scanner(dpi=200)), media_type=PDF)
    return case.message(scan, case.form(), mailer=THE_BAT)


def _grey_scan(case: _Case) -> bytes:
    pdf = draw_letter(case.letter(Form.LISTED, signature_ink=BLACK_INK))
    scanner = Scanner(dpi=300, colour=False, skew_degrees=-0.8, quality=60, seed=4)
    scan = File(name="scan0001.pdf", content=scan_pdf(pdf, scanner), media_type=PDF)
    text = "Добрый день. Письмо и анкета во вложении."
    return case.message(scan, case.form(FormLayout.TABLE), mailer=OUTLOOK, text=text)


def _photo(case: _Case) -> bytes:
    photo = photo_jpeg(draw_letter(case.letter(Form.DUTIES)), seed=5)
    picture = File(name="IMG_20241118_101502.jpg", content=photo, media_type=JPEG)
    return case.message(picture, case.form(), mailer=PHONE)


def _moscow(case: _Case) -> bytes:
    return case.message(case.order(Form.INFORM, phone=""), case.form(), mailer=YANDEX)


def _phone_mismatch(case: _Case) -> bytes:
    phone = case.person.phone
    return case.message(
        case.order(phone=f"8 ({phone[2:5]}) {phone[5:8]}-{phone[8:10]}-17"), case.form()
    )


def _name_mismatch(case: _Case) -> bytes:
    other = ADMINISTRATORS[case.number - 1].name
    return case.message(case.order(name=other.accusative), case.form(), mailer=THE_BAT)


def _no_questionnaire(case: _Case) -> bytes:
    return case.message(case.order(Form.DUTIES), mailer=PHONE)


def _questionnaire_picture(case: _Case) -> bytes:
    answers = Answers(school=case.school, administrator=case.person)
    picture = File(name="анкета.png", content=questionnaire_picture(answers), media_type=PNG)
    return case.message(case.order(), picture)


def _word_file(case: _Case) -> bytes:
    content = letter_docx(case.letter(Form.APPOINT))
    letter = File(name="Приказ о назначении.docx", content=content, media_type=DOCX)
    return case.message(letter, case.form(), mailer=YANDEX)


def _no_phone(case: _Case) -> bytes:
    letter = case.order(Form.ASSIGNED, phone="", executor="Лисицына Т. А., тел. 8 (912) 555-77-12")
    return case.message(letter, case.form())


def _zip(case: _Case) -> bytes:
    members = {file.name: file.content for file in (case.order(Form.CHARGE), case.form())}
    archive = File(name="Документы.zip", content=zip_from_windows(members), media_type=ZIP)
    return case.message(archive, mailer=THE_BAT)


def _cloud(case: _Case) -> bytes:
    text = (
        "Здравствуйте! Приказ не поместился, ссылка на него:\n"
        "https://disk.yandex.ru/d/a1B2c3D4e5F6g7\nАнкета во вложении."
    )
    return case.message(case.form(), mailer=YANDEX, text=text)


def _near_miss(case: _Case) -> bytes:
    return case.message(case.order(), case.form(), subject="Сфэрум регистрация организаци")


def _foreign(case: _Case) -> bytes:
    text = "Коллеги, направляю график пробных экзаменов. Прошу ознакомить педагогов."
    return case.message(subject="График пробных экзаменов", text=text, mailer=OUTLOOK)


def _automatic(case: _Case) -> bytes:
    return case.message(
        subject=f"Автоответ: {SUBJECT}",
        text="Спасибо за письмо! Я в отпуске, отвечу после возвращения.",
        headers=(("Auto-Submitted", "auto-replied"), ("X-Autoreply", "yes")),
    )


def _forwarded(case: _Case) -> bytes:
    inner = case.message(case.order(Form.DUTIES), case.form(), subject="Документы на подпись")
    return case.message(
        forwarded=inner,
        subject=f"Fwd: {SUBJECT}",
        sender=case.school.email,
        sender_name=case.school.short_name,
        text="Пересылаю документы нашей школы.",
        mailer=YANDEX,
    )


TABLE: Final[tuple[tuple[str, str, Callable[[_Case], bytes]], ...]] = (
    ("order", "приказ в PDF с текстом и анкета", _text_order),
    ("letter", "письмо в PDF с текстом, анкета таблицей", _text_letter),
    ("scan", "цветной скан приказа и анкета", _colour_scan),
    ("grey-scan", "серый скан письма с таблицей и анкета", _grey_scan),
    ("photo", "фотография приказа с телефона и анкета", _photo),
    ("moscow", "письмо без номера телефона, ИНН школы начинается с 9", _moscow),
    ("phones-differ", "в приказе и анкете разные номера", _phone_mismatch),
    ("names-differ", "в приказе и анкете разные люди", _name_mismatch),
    ("no-questionnaire", "приказ без анкеты", _no_questionnaire),
    ("questionnaire-picture", "анкета снимком экрана", _questionnaire_picture),
    ("word-file", "приказ файлом Word, без подписи и печати", _word_file),
    ("no-phone", "письмо без номера администратора, но с номером исполнителя", _no_phone),
    ("zip", "приказ и анкета в архиве ZIP", _zip),
    ("cloud-link", "вместо приказа ссылка на облако", _cloud),
    ("near-miss", "тема письма с ошибками", _near_miss),
    ("foreign", "обычное письмо с другой темой", _foreign),
    ("automatic", "автоматический ответ", _automatic),
    ("forwarded", "пересланное письмо с приказом и анкетой", _forwarded),
)
