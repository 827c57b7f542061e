from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import zipfile
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from pathlib import Path

import docx
import numpy as np
import openpyxl
import phonenumbers
import pypdfium2
import pytest
from PIL import Image
from stdnum.ru import inn, ogrn

from mailbot.samples import (
    ADMINISTRATORS,
    SCHOOLS,
    Answers,
    Case,
    Draft,
    File,
    FontsMissingError,
    Form,
    FormLayout,
    Letter,
    Mailer,
    Person,
    Sample,
    Scanner,
    compose_message,
    demo_messages,
    draw_letter,
    fonts,
    letter_docx,
    photo_jpeg,
    questionnaire_picture,
    questionnaire_xlsx,
    scan_jpeg,
    scan_pdf,
)
from mailbot.samples.archives import zip_from_windows
from mailbot.samples.mail import MAIL_RU, OUTLOOK, PHONE, SUBJECT, THE_BAT, YANDEX
from mailbot.samples.scans import page_pixels

NOW = dt.datetime(2026, 11, 25, 9, 0, tzinfo=dt.UTC)


def a_letter(**changes: object) -> Letter:
    plain = {
        "school": SCHOOLS[0],
        "administrator": ADMINISTRATORS[0],
        "date": dt.date(2026, 9, 2),
        "number": "132",
    }
    return Letter(**(plain | changes))  # type: ignore[arg-type]


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(document[0].get_textpage().get_text_range().split())


def coloured_pixels(pdf: bytes) -> int:
    pixels = page_pixels(pdf, dpi=60).astype(int)
    return int((pixels.max(axis=2) - pixels.min(axis=2) > 60).sum())


def files_of(message: Message) -> dict[str, bytes]:
    files = {}
    for part in message.walk():
        name = part.get_param("filename", None, "content-disposition")
        if name is not None:
            plain = collapse_rfc2231_value(name)
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            files[str(make_header(decode_header(plain)))] = content
    return files


@pytest.fixture(scope="module")
def samples() -> dict[str, Sample]:
    return {sample.name.partition("-")[2]: sample for sample in demo_messages(NOW)}


def test_every_school_has_identifiers_with_right_check_digits() -> None:
    assert all(inn.is_valid(school.inn) and ogrn.is_valid(school.ogrn) for school in SCHOOLS)
    assert all(school.kpp[:2] == school.inn[:2] == school.ogrn[3:5] for school in SCHOOLS)


def test_no_two_schools_and_no_two_people_share_what_identifies_them() -> None:
    assert len({school.inn for school in SCHOOLS}) == len(SCHOOLS)
    assert len({person.phone for person in ADMINISTRATORS}) == len(ADMINISTRATORS)
    assert len({person.full_name for person in ADMINISTRATORS}) == len(ADMINISTRATORS)


@pytest.mark.parametrize("person", ADMINISTRATORS, ids=lambda person: person.mailbox)
def test_every_administrator_has_a_valid_mobile_number(person: Person) -> None:
    number = phonenumbers.parse(person.phone)
    assert phonenumbers.is_valid_number(number)
    assert phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE


@pytest.mark.parametrize("person", ADMINISTRATORS, ids=lambda person: person.mailbox)
def test_the_case_forms_of_a_name_have_the_same_number_of_words(person: Person) -> None:
    forms = [person.name.in_case(case) for case in Case]
    assert len({len(form.split()) for form in forms}) == 1
    assert len({form[:2] for form in forms}) == 1


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("number", [0, 5, 11])
def test_a_letter_names_the_administrator_in_the_case_of_its_wording(
    form: Form, number: int
) -> None:
    letter = a_letter(form=form, administrator=ADMINISTRATORS[number])
    text = text_of(draw_letter(letter))
    assert letter.administrator.name.in_case(letter.wording.case) in text
    assert letter.printed_phone in text
    assert letter.number in text


def test_a_letter_shows_its_school_only_if_it_has_a_letterhead() -> None:
    assert SCHOOLS[0].inn in text_of(draw_letter(a_letter()))
    assert SCHOOLS[0].inn not in text_of(draw_letter(a_letter(letterhead=False)))


def test_name_number_and_telephone_can_be_changed_or_left_out() -> None:
    text = text_of(draw_letter(a_letter(name="Кого-то другого", phone="", number="7-К")))
    assert "Кого-то другого" in text
    assert "№ 7-К" in text
    assert "телефона" not in text


@pytest.mark.parametrize("as_lines", [False, True])
def test_signature_and_seal_are_coloured_ink_and_each_can_be_left_out(as_lines: bool) -> None:
    both, seal, signature, none = (
        coloured_pixels(draw_letter(a_letter(signature=a, seal=b, as_lines=as_lines)))
        for a, b in ((True, True), (False, True), (True, False), (False, False))
    )
    assert both > seal > signature > none == 0


def test_different_heads_sign_differently() -> None:
    one, other = (draw_letter(a_letter(school=SCHOOLS[n], seal=False)) for n in (0, 1))
    assert coloured_pixels(one) != coloured_pixels(other)


def test_a_letter_is_always_drawn_alike() -> None:
    assert draw_letter(a_letter()) == draw_letter(a_letter())


def test_a_scan_is_a_picture_without_text() -> None:
    assert text_of(scan_pdf(draw_letter(a_letter()), Scanner(dpi=100))) == ""


def test_a_grey_scan_has_no_colour_and_a_coloured_one_has() -> None:
    page = draw_letter(a_letter())
    assert coloured_pixels(scan_pdf(page, Scanner(dpi=100, colour=False))) == 0
    assert coloured_pixels(scan_pdf(page, Scanner(dpi=100, colour=True))) > 0
    assert Image.open(io.BytesIO(scan_jpeg(page, Scanner(dpi=100, colour=False)))).mode == "L"


def test_scans_of_another_seed_have_another_grain() -> None:
    page = draw_letter(a_letter())
    assert scan_jpeg(page, Scanner(dpi=50)) == scan_jpeg(page, Scanner(dpi=50))
    assert scan_jpeg(page, Scanner(dpi=50)) != scan_jpeg(page, Scanner(dpi=50, seed=2))


def test_a_photo_shows_the_sheet_on_a_darker_desk_in_uneven_light() -> None:
    picture = Image.open(io.BytesIO(photo_jpeg(draw_letter(a_letter())))).convert("L")
    grey = np.asarray(picture, float)
    height, width = grey.shape
    middle = grey[height // 2, width // 3]
    assert middle > 150
    assert grey[:20].mean() < 120
    assert abs(grey[height // 8, width // 3] - grey[height * 7 // 8, width * 3 // 4]) > 20


def test_a_word_file_has_the_words_and_no_picture() -> None:
    content = letter_docx(a_letter())
    document = docx.Document(io.BytesIO(content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert ADMINISTRATORS[0].name.accusative in text
    assert "П. П. Петров" in text
    assert not document.inline_shapes
    assert content == letter_docx(a_letter())


@pytest.mark.parametrize("layout", FormLayout)
def test_a_questionnaire_holds_every_answer(layout: FormLayout) -> None:
    answers = Answers(school=SCHOOLS[0], administrator=ADMINISTRATORS[0])
    content = questionnaire_xlsx(answers, layout)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    values = {cell for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {SCHOOLS[0].inn, SCHOOLS[0].full_name, ADMINISTRATORS[0].full_name} <= values
    assert content == questionnaire_xlsx(answers, layout)


def test_answers_can_be_changed_or_left_blank() -> None:
    answers = Answers(school=SCHOOLS[0], administrator=ADMINISTRATORS[0], phone="нет", inn="1")
    sheet = openpyxl.load_workbook(
        io.BytesIO(questionnaire_xlsx(answers, empty=["ФИО администратора"]))
    ).active
    rows = {row[1]: row[2] for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert rows["ИНН"] == "1"
    assert rows["Мобильный телефон администратора"] == "нет"
    assert rows["ФИО администратора"] in (None, "")


def test_a_picture_of_the_questionnaire_is_a_picture() -> None:
    answers = Answers(school=SCHOOLS[0], administrator=ADMINISTRATORS[0])
    assert Image.open(io.BytesIO(questionnaire_picture(answers))).format == "PNG"


@pytest.mark.parametrize("mailer", [MAIL_RU, YANDEX, OUTLOOK, THE_BAT, PHONE], ids=lambda m: m.name)
def test_a_message_keeps_its_subject_text_and_files_in_every_mailers_encoding(
    mailer: Mailer,
) -> None:
    file = File(name="Приказ о назначении.pdf", content=b"%PDF", media_type="application/pdf")
    draft = Draft(
        sender="a@mail.example",
        sender_name="Мария",
        date=NOW,
        text="Добрый день",
        files=[file],
        mailer=mailer,
    )
    raw = compose_message(draft)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = email.message_from_bytes(raw)
    assert str(make_header(decode_header(message["Subject"]))) == SUBJECT
    assert parsedate_to_datetime(message["Date"]) == NOW
    assert files_of(message) == {"Приказ о назначении.pdf": b"%PDF"}
    modern = email.message_from_bytes(raw, policy=email.policy.default)
    body = modern.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Добрый день"
    assert raw == compose_message(draft)


def test_an_archive_of_windows_has_names_in_cp866_and_does_not_say_so() -> None:
    packed = zip_from_windows({"Приказ.pdf": b"one", "Анкета.xlsx": b"two"})
    with zipfile.ZipFile(io.BytesIO(packed), metadata_encoding="cp866") as archive:
        assert archive.namelist() == ["Приказ.pdf", "Анкета.xlsx"]
        assert archive.read("Анкета.xlsx") == b"two"
        assert all(member.flag_bits & 0x800 == 0 for member in archive.infolist())


def test_the_demonstration_is_the_same_for_the_same_time_and_near_it(
    samples: dict[str, Sample],
) -> None:
    assert {sample.raw for sample in demo_messages(NOW)} == {s.raw for s in samples.values()}
    for sample in samples.values():
        date = parsedate_to_datetime(email.message_from_bytes(sample.raw)["Date"])
        assert dt.timedelta(0) < NOW - date < dt.timedelta(hours=3)


def test_every_message_of_the_demonstration_has_an_id_of_its_own(
    samples: dict[str, Sample],
) -> None:
    ids = {email.message_from_bytes(sample.raw)["Message-ID"] for sample in samples.values()}
    assert len(ids) == len(samples) == 18


def test_a_message_has_the_papers_that_its_title_speaks_of(samples: dict[str, Sample]) -> None:
    names = {
        name: set(files_of(email.message_from_bytes(sample.raw)))
        for name, sample in samples.items()
    }
    assert names["order"] == {"Приказ.pdf", "Анкета.xlsx"}
    assert names["no-questionnaire"] == {"Приказ.pdf"}
    assert names["cloud-link"] == {"Анкета.xlsx"}
    assert names["zip"] == {"Документы.zip"}
    assert names["forwarded"] == {"Приказ.pdf", "Анкета.xlsx"}
    assert names["foreign"] == names["automatic"] == set()


def test_the_forwarded_papers_lie_in_a_message_of_their_own(samples: dict[str, Sample]) -> None:
    message = email.message_from_bytes(samples["forwarded"].raw)
    assert "message/rfc822" in [part.get_content_type() for part in message.walk()]


def test_a_system_without_the_fonts_is_told_which_package_has_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "DIRECTORY", tmp_path)
    with pytest.raises(FontsMissingError, match="fonts-dejavu-core"):
        fonts.font_path(fonts.SERIF)
