"""The filled-in form, as a spreadsheet of labels and values, as a table of one row a school, and as a picture of it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image, ImageDraw

from mailbot.samples import fonts
from mailbot.samples.archives import with_fixed_times
from mailbot.samples.letters import spelled
from mailbot.samples.people import Person
from mailbot.samples.schools import School

TITLE: Final = "Анкета образовательной организации для регистрации на платформе «Сферум»"
SHADE: Final = PatternFill("solid", fgColor="DDE6F3")
THIN: Final = Side(style="thin", color="808080")
GRID: Final = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


class FormLayout(StrEnum):
    """How the form is laid out."""

    LABELS = "labels"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What is filled in; None takes the school's and the administrator's own."""

    school: School
    administrator: Person
    name: str | None = None
    phone: str | None = None
    inn: str | None = None

    def sections(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """Every section with its labels and values."""
        school, person = self.school, self.administrator
        phone = spelled(person.phone) if self.phone is None else self.phone
        return (
            (
                "Образовательная организация",
                (
                    ("Субъект Российской Федерации", school.region),
                    ("Муниципальное образование", school.municipality),
                    ("Населённый пункт", school.town),
                    ("Полное наименование организации (по уставу)", school.full_name),
                    ("Сокращённое наименование", school.short_name),
                    ("ИНН", school.inn if self.inn is None else self.inn),
                    ("ОГРН", school.ogrn),
                    ("КПП", school.kpp),
                    ("Юридический адрес", school.address),
                    ("Адрес электронной почты организации", school.email),
                    ("Телефон организации", school.phone),
                ),
            ),
            (
                "Руководитель",
                (("ФИО руководителя", school.head), ("Должность руководителя", school.head_post)),
            ),
            (
                "Администратор",
                (
                    ("ФИО администратора", person.full_name if self.name is None else self.name),
                    ("Должность администратора", person.post.nominative),
                    ("Мобильный телефон администратора", phone),
                    ("Электронная почта администратора", f"{person.mailbox}@mail.example"),
                ),
            ),
        )


def questionnaire_xlsx(
    answers: Answers, layout: FormLayout = FormLayout.LABELS, *, empty: Sequence[str] = ()
) -> bytes:
    """Return the form as a workbook; the fields labelled as in `empty` are left blank."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Анкета"
    fill = _fill_labels if layout is FormLayout.LABELS else _fill_table
    fill(sheet, answers, empty)
    buffer = io.BytesIO()
    book.save(buffer)
    return with_fixed_times(buffer.getvalue())


def _fill_labels(sheet: Worksheet, answers: Answers, empty: Sequence[str]) -> None:
    sheet.append([TITLE])
    sheet.merge_cells("A1:C1")
    sheet["A1"].font = Font(bold=True, size=13)
    sheet.append(["№", "Наименование показателя", "Значение"])
    for number, (section, fields) in enumerate(answers.sections(), 1):
        sheet.append([f"{number}. {section}"])
        sheet.merge_cells(
            start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=3
        )
        sheet.cell(sheet.max_row, 1).fill = SHADE
        sheet.cell(sheet.max_row, 1).font = Font(bold=True)
        for item, (label, value) in enumerate(fields, 1):
            sheet.append([f"{number}.{item}", label, "" if label in empty else value])
    for row in sheet.iter_rows(min_row=2, max_col=3):
        for cell in row:
            cell.border = GRID
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, width in zip("ABC", (6, 42, 70), strict=True):
        sheet.column_dimensions[column].width = width


def _fill_table(sheet: Worksheet, answers: Answers, empty: Sequence[str]) -> None:
    sections = answers.sections()
    columns = 1 + sum(len(fields) for _, fields in sections)
    sheet.append([TITLE])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=columns)
    groups, labels, values = [""], ["№ п/п"], ["1"]
    for section, fields in sections:
        start = len(labels) + 1
        groups += [section] + [""] * (len(fields) - 1)
        labels += [label for label, _ in fields]
        values += ["" if label in empty else value for label, value in fields]
        sheet.merge_cells(start_row=2, end_row=2, start_column=start, end_column=len(labels))
    for number, row in enumerate((groups, labels, values), 2):
        for column, text in enumerate(row, 1):
            if text:
                sheet.cell(number, column, text)
    for row in sheet.iter_rows(min_row=2, max_row=4, max_col=columns):
        for cell in row:
            cell.border = GRID
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
            cell.font = Font(bold=cell.row < 4)
            if cell.row == 2:
                cell.fill = SHADE


def questionnaire_picture(answers: Answers) -> bytes:
    """Return a PNG that shows the form on a screen."""
    width, line = 1240, 34
    rows = list(_picture_rows(answers))
    picture = Image.new("RGB", (width, line * (len(rows) + 2)), "white")
    draw = ImageDraw.Draw(picture)
    plain, bold = fonts.picture_font(fonts.SANS, 19), fonts.picture_font(fonts.SANS_BOLD, 19)
    draw.rectangle((0, 0, width, line), fill="#217346")
    draw.text((12, 6), "Анкета.xlsx – Excel", font=plain, fill="white")
    for number, (label, value) in enumerate(rows, 1):
        top = line * number
        draw.rectangle((0, top, 46, top + line), fill="#e6e6e6", outline="#c0c0c0")
        draw.text((14, top + 6), str(number), font=plain, fill="#444444")
        draw.rectangle((46, top, width - 1, top + line), outline="#c0c0c0")
        if not value:
            draw.rectangle((47, top + 1, width - 2, top + line - 1), fill="#dde6f3")
        draw.line((500, top, 500, top + line), fill="#c0c0c0")
        draw.text((54, top + 6), label, font=plain if value else bold, fill="black")
        draw.text((508, top + 6), _cut(value, 76), font=plain, fill="black")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _picture_rows(answers: Answers) -> Iterator[tuple[str, str]]:
    yield "Анкета образовательной организации", ""
    for section, fields in answers.sections():
        yield section, ""
        yield from ((_cut(label, 44), value) for label, value in fields)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
