"""Whole messages, with an engine that sees what the test says; real recognition is tested in integration."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from parsers.facts import How, Letter, Mark, Reading, Role, Source, Trouble
from parsers.images.faults import OcrFailedError, OcrUnavailableError
from parsers.images.ocr import Pixels, RecognizedWord
from parsers.limits import Limits
from parsers.reading.reader import read_message

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")
ORDER = (
    "Муниципальное бюджетное общеобразовательное учреждение",
    "«Средняя общеобразовательная школа № 12 города Заречного»",
    "ПРИКАЗ",
    "02.09.2024 № 132",
    "О назначении администратора платформы «Сферум»",
    "ПРИКАЗЫВАЮ:",
    "1. Назначить администратором платформы «Сферум» Иванову Марию Петровну,",
    "учителя информатики, мобильный телефон +7 (916) 123-45-67.",
    "2. Контроль за исполнением приказа оставляю за собой.",
    "Директор П. П. Петров",
)
CHARTER = ("Устав школы определяет порядок управления и компетенцию её органов.",) * 6


class Engine:
    """Sees the lines that it was given; of several pages those whose picture has as much ink as what it is shown."""

    def __init__(self, *pages: Sequence[str], missing: bool = False) -> None:
        self.pages = [(ink(np.asarray(picture(lines).convert("L"))), lines) for lines in pages]
        self.missing = missing
        self.calls = 0

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> tuple[RecognizedWord, ...]:
        if self.missing:
            raise OcrUnavailableError("the command tesseract is not there")
        self.calls += 1
        if min(image.shape) < 600:  # a closer look at a part of a page
            return ()
        lines = min(self.pages, key=lambda page: abs(page[0] - ink(image)), default=(0, ()))[1]
        return tuple(
            RecognizedWord(
                word, (60 + 110 * at, 60 + 30 * row, 160 + 110 * at, 80 + 30 * row), 0.95, row
            )
            for row, line in enumerate(lines)
            for at, word in enumerate(line.split())
        )

    def probe(self) -> None:
        """Nothing to look for."""


def ink(image: Pixels) -> float:
    return float(np.mean(255 - image))


def pdf(*pages: Sequence[str], mode: int = 0) -> bytes:
    pdfmetrics.registerFont(TTFont("Serif", FONT))
    target = io.BytesIO()
    sheet = canvas.Canvas(target, pagesize=A4)
    for lines in pages:
        text = sheet.beginText(60, 780)
        text.setFont("Serif", 11)
        text.setTextRenderMode(mode)
        for line in lines:
            text.textLine(line)
        sheet.drawText(text)
        sheet.showPage()
    sheet.save()
    return target.getvalue()


def picture(lines: Sequence[str] = (), *, side: int = 1754) -> Image.Image:
    image = Image.new("RGB", (side * 1240 // 1754, side), "white")
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        draw.text((60, 60 + 30 * row), line, font=ImageFont.truetype(FONT, 20), fill="black")
    return image


def jpeg(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG")
    return target.getvalue()


def scan(*pages: Sequence[str]) -> bytes:
    first, *others = (picture(lines) for lines in pages)
    target = io.BytesIO()
    first.save(target, "PDF", resolution=150, save_all=True, append_images=others)
    return target.getvalue()


def word(lines: Sequence[str]) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def form() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Полное наименование организации", "МБОУ «СОШ № 12»"),
        ("ИНН", "7707083893"),
        ("ФИО руководителя", "Петров Пётр Петрович"),
        ("ФИО администратора", "Иванова Мария Петровна"),
        ("Мобильный телефон администратора", "+7 916 123-45-67"),
    ):
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def message(*files: tuple[str, bytes]) -> bytes:
    mail = EmailMessage()
    mail["From"] = "school@example.ru"
    mail["Subject"] = "Сферум: Регистрация организации"
    mail.set_content("Высылаем документы.")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def read(
    *files: tuple[str, bytes], engine: Engine | None = None, limits: Limits | None = None
) -> Reading:
    return read_message(message(*files), ocr=engine or Engine(), limits=limits or Limits())


def only(reading: Reading) -> Letter:
    [letter] = reading.letters
    return letter


def who(letter: Letter) -> tuple[list[tuple[str, ...]], list[str | None]]:
    names = [found.value.nominatives for found in letter.administrators]
    return names, [found.value.e164 for found in letter.phones]


IVANOVA = ([("Иванова Мария Петровна",)], ["+79161234567"])


def test_letter_and_questionnaire_are_read_and_every_file_has_its_role() -> None:
    engine = Engine()
    found = read(("Приказ.pdf", pdf(ORDER)), ("Анкета.xlsx", form()), engine=engine)
    letter = only(found)
    assert who(letter) == IVANOVA
    assert (letter.source, letter.page) == (Source.TEXT, 1)
    assert (letter.signature, letter.seal) == (Mark.ABSENT, Mark.ABSENT)
    assert letter.letterhead is Mark.PRESENT
    assert [one.role for one in found.documents] == [Role.LETTER, Role.QUESTIONNAIRE]
    assert len(found.questionnaires) == 1
    assert engine.calls == 0  # a page whose visible text is good is never recognized


def test_a_scan_is_recognized() -> None:
    found = read(("скан.pdf", scan(ORDER)), engine=Engine(ORDER))
    letter = only(found)
    assert letter.source is Source.OCR
    assert who(letter)[0] == IVANOVA[0]
    assert letter.administrators[0].evidence[0].how is How.OCR
    assert found.documents[0].scan


def test_a_number_that_the_second_network_does_not_see_is_a_doubt_and_no_value() -> None:
    [found] = only(read(("скан.pdf", scan(())), engine=Engine(ORDER))).phones
    assert found.value.e164 is None
    doubts = only(read(("скан.pdf", scan(())), engine=Engine(ORDER))).doubts
    assert found.evidence[0] in doubts


def test_a_hidden_layer_is_refused_and_what_is_seen_is_read() -> None:
    forged = [line.replace("123-45-67", "999-99-99") for line in ORDER]
    letter = only(read(("п.pdf", pdf(forged, mode=3)), engine=Engine(ORDER)))
    assert letter.source is Source.OCR
    assert letter.untrusted_layer is not None
    assert "999-99-99" not in str(letter.phones)


def test_a_font_whose_map_lies_about_the_digits_is_found_out() -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(ORDER))) as document:
        for font in document.objects:
            if isinstance(font, pikepdf.Dictionary) and "/ToUnicode" in font:
                told = font.ToUnicode.read_bytes().decode("latin-1")
                told = told.replace("0036", "????").replace("0031", "0036").replace("????", "0031")
                font.ToUnicode.write(told.encode("latin-1"))
        document.save(target)
    letter = only(read(("п.pdf", target.getvalue()), engine=Engine(ORDER)))
    assert letter.source is Source.OCR
    assert letter.untrusted_layer is not None
    assert letter.untrusted_layer.raw == "+7 (961) 623-45-17"


def test_the_letter_is_found_on_any_page() -> None:
    letter = only(read(("всё.pdf", pdf(CHARTER, CHARTER, CHARTER, ORDER, CHARTER))))
    assert letter.page == 4
    assert who(letter) == IVANOVA


def test_photographs_are_pages_of_one_letter_in_the_order_of_their_names() -> None:
    first, second = ORDER[:8], ORDER[8:]
    engine = Engine(first, second)
    found = read(
        ("IMG_1.jpg", jpeg(picture(first))), ("IMG_2.jpg", jpeg(picture(second))), engine=engine
    )
    letter = only(found)
    assert who(letter)[0] == IVANOVA[0]
    assert letter.head is not None
    assert [one.role for one in found.documents] == [Role.LETTER, Role.LETTER]


def test_an_unsigned_draft_of_the_same_letter_is_left_out() -> None:
    found = read(("Приказ.docx", word(ORDER)), ("Приказ.pdf", pdf(ORDER)))
    assert who(only(found)) == IVANOVA
    assert [one.role for one in found.documents] == [Role.LETTER, Role.LETTER]


def test_two_letters_that_contradict_one_another_are_both_there() -> None:
    other = [line.replace("123-45-67", "123-45-76") for line in ORDER]
    found = read(("а.pdf", pdf(ORDER)), ("б.docx", word(other)))
    assert {who(letter)[1][0] for letter in found.letters} == {"+79161234567", "+79161234576"}


def test_the_text_of_the_mail_is_no_letter() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Сферум: Регистрация организации"
    mail.set_content("\n".join(ORDER))
    assert not read_message(mail.as_bytes(), ocr=Engine(), limits=Limits()).letters


def test_a_questionnaire_in_a_word_file_is_read() -> None:
    document = docx.Document()
    table = document.add_table(0, 2)
    for label, value in (
        ("Полное наименование организации", "МБОУ «СОШ № 12»"),
        ("ИНН", "7707083893"),
        ("ФИО руководителя", "Петров Пётр Петрович"),
        ("ФИО администратора", "Иванова Мария Петровна"),
        ("Мобильный телефон администратора", "8 916 123-45-67"),
    ):
        row = table.add_row()
        row.cells[0].text, row.cells[1].text = label, value
    target = io.BytesIO()
    document.save(target)
    found = read(("Анкета.docx", target.getvalue()))
    assert not found.letters
    assert found.documents[0].role is Role.QUESTIONNAIRE
    assert found.questionnaires[0].administrator_phones[0].value.e164 == "+79161234567"


FORM_LINES = (
    "АНКЕТА",
    "Полное наименование организации: МБОУ СОШ № 12",
    "ИНН: 7707083893",
    "ОГРН: 1027700132195",
    "Адрес: г. Заречный",
    "ФИО руководителя: Петров Пётр Петрович",
    "ФИО администратора: Иванова Мария Петровна",
    "Мобильный телефон администратора: 8 916 123-45-67",
    "E-mail: a@example.ru",
)


@pytest.mark.parametrize("content", [pdf(FORM_LINES), scan(FORM_LINES)])
def test_a_printed_or_scanned_questionnaire_is_known_for_what_it_is(content: bytes) -> None:
    [document] = read(("Анкета.pdf", content), engine=Engine(FORM_LINES)).documents
    assert (document.looks_like, document.scan) == (Role.QUESTIONNAIRE, True)


def test_a_form_scanned_behind_the_letter_is_noticed() -> None:
    engine = Engine(ORDER, FORM_LINES)
    found = read(("всё.pdf", scan(ORDER, FORM_LINES)), engine=engine)
    [document] = found.documents
    assert document.role is Role.LETTER
    assert (document.looks_like, document.scan) == (Role.QUESTIONNAIRE, True)


@pytest.mark.parametrize("pages", [(FORM_LINES, ORDER), (ORDER, FORM_LINES)])
@pytest.mark.parametrize("make", [pdf, scan])
def test_the_letter_is_found_beside_a_filled_form_in_one_file(
    make: Callable[..., bytes], pages: tuple[Sequence[str], ...]
) -> None:
    found = read(("всё.pdf", make(*pages)), engine=Engine(*pages))
    assert found.documents[0].role is Role.LETTER
    assert only(found).page == pages.index(ORDER) + 1
    assert who(only(found))[0] == [("Иванова Мария Петровна",)]


def test_a_blank_page_stands_in_the_letters_place() -> None:
    [document] = read(("пусто.jpg", jpeg(picture()))).documents
    assert document.blank
    assert document.looks_like is Role.LETTER


def test_a_small_picture_is_noise_and_is_not_recognized() -> None:
    engine = Engine(ORDER)
    found = read(("логотип.png", jpeg(picture(side=300))), engine=engine)
    assert engine.calls == 0
    assert not found.letters
    assert not found.documents[0].blank


def test_what_recognition_cannot_spend_is_a_limit_unless_the_letter_is_there() -> None:
    engine = Engine(CHARTER)
    found = read(
        ("скан.pdf", scan(*[CHARTER] * 3)), engine=engine, limits=Limits(recognized_pages=2)
    )
    assert [limit.document for limit in found.limits] == ["скан.pdf"]
    with_letter = read(
        ("Приказ.pdf", pdf(ORDER)),
        ("устав.pdf", scan(*[CHARTER] * 3)),
        engine=Engine(CHARTER),
        limits=Limits(recognized_pages=0),
    )
    assert with_letter.limits == ()


def test_nothing_is_recognized_when_time_is_up() -> None:
    hands = iter([0.0] + [1_000.0] * 1_000)
    engine = Engine(ORDER)
    found = read_message(
        message(("скан.pdf", scan(ORDER))), ocr=engine, limits=Limits(), clock=lambda: next(hands)
    )
    assert engine.calls == 0
    assert found.limits


def test_a_page_that_recognition_gives_up_is_a_limit() -> None:
    class Slow(Engine):
        def recognize(
            self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
        ) -> tuple[RecognizedWord, ...]:
            raise OcrFailedError("recognition took longer than 20 s")

    found = read(("скан.pdf", scan(ORDER)), engine=Slow())
    assert [limit.raw for limit in found.limits] == ["на распознавание страницы не хватило времени"]
    assert [document.trouble for document in found.documents] == [None]


@pytest.mark.parametrize(
    "files",
    [
        [("скан.pdf", scan(CHARTER, ORDER))],
        [("1.jpg", jpeg(picture(CHARTER))), ("2.jpg", jpeg(picture(ORDER)))],
    ],
    ids=["pages of one scan", "two photos"],
)
def test_two_pages_are_recognized_beside_one_another(
    files: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    both = threading.Barrier(2, timeout=30)  # broken, it raises, where one page waits in vain

    class Together(Engine):
        def recognize(
            self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
        ) -> tuple[RecognizedWord, ...]:
            if psm == 3 and self.calls < 2:
                both.wait()
            return super().recognize(image, dpi=dpi, timeout=timeout, psm=psm, language=language)

    [letter] = read(*files, engine=Together(CHARTER, ORDER)).letters
    assert letter.phones[0].value.raw == "+7 (916) 123-45-67"


def test_a_missing_engine_is_our_fault() -> None:
    with pytest.raises(OcrUnavailableError):
        read(("скан.pdf", scan(ORDER)), engine=Engine(missing=True))


def test_a_missing_engine_does_not_matter_where_nothing_is_recognized() -> None:
    assert read(("Приказ.pdf", pdf(ORDER)), engine=Engine(missing=True)).letters


@pytest.mark.parametrize(
    ("name", "content", "trouble"),
    [
        ("п.pdf", pdf(ORDER)[:900], Trouble.MALFORMED),
        ("п.pdf", b"", Trouble.MALFORMED),
        ("п.docx", b"PK\x03\x04 broken", Trouble.MALFORMED),
        ("п.jpg", jpeg(picture(ORDER))[:4_000], Trouble.MALFORMED),
    ],
)
def test_a_broken_file_is_a_fact_about_it_and_the_rest_is_read(
    name: str, content: bytes, trouble: Trouble
) -> None:
    found = read((name, content), ("Анкета.xlsx", form()))
    assert found.documents[0].trouble is trouble
    assert len(found.questionnaires) == 1


def test_the_order_of_files_changes_nothing_of_what_is_read() -> None:
    files = [("а.pdf", pdf(ORDER)), ("б.xlsx", form()), ("в.docx", word(CHARTER))]
    one, other = read(*files), read(*reversed(files))
    assert one.letters == other.letters
    assert one.questionnaires == other.questionnaires
    assert set(one.documents) == set(other.documents)


class Hidden(Engine):
    """Loses the lines under a seal but at another resolution than the first look's."""

    def recognize(
        self, image: Pixels, *, dpi: float, timeout: float, psm: int = 3, language: str = "rus"
    ) -> tuple[RecognizedWord, ...]:
        words = super().recognize(image, dpi=dpi, timeout=timeout, psm=psm, language=language)
        return words if dpi == 150.0 else tuple(one for one in words if one.line not in (4, 5, 6))


@pytest.mark.parametrize("sealed", [True, False])
def test_a_sealed_page_without_a_letter_is_looked_at_again(*, sealed: bool) -> None:
    image = picture(ORDER)
    for radius in (118, 109, 71) if sealed else ():
        box = (400 - radius, 700 - radius, 400 + radius, 700 + radius)
        ImageDraw.Draw(image).ellipse(box, outline=(45, 60, 165), width=4)
    reading = read(("IMG_1.jpg", jpeg(image)), engine=Hidden(ORDER))
    assert [one.administrators[0].value.raw for one in reading.letters] == (
        ["Иванову Марию Петровну"] if sealed else []
    )
