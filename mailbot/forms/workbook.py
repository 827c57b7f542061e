"""The blank questionnaire as a workbook, and the same with what a school has given already.

Every answer is a cell of text, so that leading zeros and «+7» survive whatever program saves it. What is typed is
checked by the cell itself; nothing is computed, no macro is used.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import openpyxl
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.forms.words import Row, sections, words
from parsers.facts import Field
from parsers.questionnaire.regions import regions
from workflow.case import REQUIRED_FIELDS

_WIDTHS: Final = (5.0, 34.0, 44.0, 34.0)  # of the columns, in characters
_HELP_WIDTH: Final = 100.0
_ROW: Final = 24.0  # points: the height of a row with one line of text
_LINE: Final = 14.0  # points: of every further line
_LONG_ANSWERS: Final = {Field.FULL_NAME: 3, Field.ADDRESS: 2}  # lines that are kept free
_FONT: Final = "Arial"
_DARK: Final = "14325C"
_EDGE: Final = Side(style="thin", color="9AA5B4")
_GRID: Final = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_HEAD: Final = PatternFill("solid", fgColor=_DARK)
_SECTION: Final = PatternFill("solid", fgColor="DDE6F3")
_EMPTY: Final = PatternFill("solid", bgColor="FFF2B3")
_MARGIN: Final = 0.5  # inch
_ANSWER: Final = 3
_TEXT: Final = "@"
_LONGEST: Final = 255  # characters of a check: what Excel takes
_INN_WEIGHTS: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)  # see `stdnum.ru.inn`


def questionnaire_workbook(
    *,
    platform: str,
    required: Sequence[Field] = REQUIRED_FIELDS,
    given: Mapping[Field, str] | None = None,
) -> bytes:
    """Return the questionnaire as .xlsx: blank, or with the answers `given`.

    A question that is not asked usually is put where its answer is `required`.
    """
    book = openpyxl.Workbook()
    sheet: Worksheet = book.active
    names = words("questionnaire")
    sheet.title = names["sheet"]
    cells = _fill(sheet, frozenset(required), given or {}, platform=platform)
    _set_page(sheet, names["page"])
    _explain(book.create_sheet(names["help_sheet"]))
    _list_regions(book.create_sheet(names["regions_sheet"]))
    _check_answers(sheet, cells)
    _mark_empty(sheet, [cells[name] for name in cells if name in required])
    book.properties.creator = platform
    book.properties.title = names["title"]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill(
    sheet: Worksheet, required: frozenset[Field], given: Mapping[Field, str], *, platform: str
) -> dict[Field, str]:
    """Write every row; return the cell of each answer."""
    names = words("questionnaire")
    _write_top(sheet, platform)
    sheet.append(names["columns"])
    top = sheet.max_row
    for cell in sheet[top]:
        cell.font, cell.fill, cell.border = _font(bold=True, color="FFFFFF"), _HEAD, _GRID
        cell.alignment = Alignment(vertical="center", horizontal="center")
    sheet.row_dimensions[top].height = _ROW
    sheet.freeze_panes = f"A{top + 1}"
    sheet.print_title_rows = f"{top}:{top}"
    cells: dict[Field, str] = {}
    for section in sections():
        rows = [row for row in section.rows if not row.extra or row.field in required]
        _write_section(sheet, section.title)
        number = section.title.partition(".")[0]
        for item, row in enumerate(rows, 1):
            mark = names["required_mark"] if row.field in required else ""
            cells[row.field] = _write_row(sheet, f"{number}.{item}", row, mark=mark)
            text = given.get(row.field, "")
            _answer(sheet, cells[row.field], text)
            sheet.row_dimensions[sheet.max_row].height = _height(row, text)
    return cells


def _write_top(sheet: Worksheet, platform: str) -> None:
    names = words("questionnaire")
    lines = (
        (names["title"], _font(bold=True, size=15, color=_DARK), 26),
        (names["purpose"].format(platform=platform), _font(size=11, color=_DARK), 18),
        (names["lead"], _font(size=10, color="444444"), 20),
    )
    for number, (text, font, height) in enumerate(lines, 1):
        sheet.append([text])
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=4)
        cell = sheet.cell(number, 1)
        cell.font, cell.alignment = font, Alignment(vertical="center", wrap_text=True)
        sheet.row_dimensions[number].height = height
    for column, width in zip("ABCD", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width


def _write_section(sheet: Worksheet, title: str) -> None:
    sheet.append([title])
    row = sheet.max_row
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
    for cell in sheet[row]:
        cell.fill, cell.border = _SECTION, _GRID
    sheet.cell(row, 1).font = _font(bold=True, color=_DARK)
    sheet.cell(row, 1).alignment = Alignment(vertical="center")
    sheet.row_dimensions[row].height = _ROW


def _write_row(sheet: Worksheet, number: str, row: Row, *, mark: str) -> str:
    sheet.append([number, row.label + mark, None, row.hint])
    for cell in sheet[sheet.max_row]:
        cell.border, cell.font = _GRID, _font()
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    hint = sheet.cell(sheet.max_row, 4)
    hint.font = _font(size=9, color="5A6069")
    return str(sheet.cell(sheet.max_row, _ANSWER).coordinate)


def _height(row: Row, answer: str) -> float:
    """Return the height in points that a row needs: not every program finds it out by itself."""
    lines = (
        *(
            math.ceil(len(text) / width)
            for text, width in zip((row.label, answer, row.hint), _WIDTHS[1:], strict=True)
        ),
        _LONG_ANSWERS.get(row.field, 1),
    )
    return _ROW + _LINE * (max(lines) - 1)


def _answer(sheet: Worksheet, place: str, text: str) -> None:
    """Make a cell one to type in; what looks like a formula stays text."""
    cell = sheet[place]
    cell.number_format = _TEXT
    cell.protection = Protection(locked=False)
    cell.font = _font(size=11)
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(("=", "+", "-", "@", "'"))


def _check_answers(sheet: Worksheet, cells: Mapping[Field, str]) -> None:
    """Put a check on every answer that has a shape; the message says what is expected."""
    says = words("questionnaire")["check"]
    place = f"'{words('questionnaire')['regions_sheet']}'!$A$1:$A${len(regions())}"
    mobile, mail = (Field.ADMINISTRATOR_PHONE,), (Field.EMAIL, Field.ADMINISTRATOR_EMAIL)
    checks = (
        (says["region"], (Field.REGION,), lambda cell: place),
        (says["inn"], (Field.INN,), _inn_formula),
        (says["ogrn"], (Field.OGRN,), lambda cell: f"AND(LEN({cell})=13,ISNUMBER(VALUE({cell})))"),
        (says["kpp"], (Field.KPP,), lambda cell: f"LEN({cell})=9"),
        (says["mobile"], mobile, _mobile_formula),
        (says["email"], mail, _email_formula),
    )
    for message, fields, formula in checks:
        for field in fields:
            if field in cells:
                kind = "list" if field is Field.REGION else "custom"
                _add_check(
                    sheet, cells[field], kind=kind, formula=formula(cells[field]), message=message
                )


def _add_check(sheet: Worksheet, cell: str, *, kind: str, formula: str, message: str) -> None:
    if len(formula) > _LONGEST:
        raise ValueError(f"the check of {cell} is too long for Excel")
    check = DataValidation(type=kind, formula1=formula, allow_blank=True, errorStyle="stop")
    check.error, check.showErrorMessage = message, True
    check.errorTitle = words("questionnaire")["check"]["title"]
    check.add(cell)
    sheet.add_data_validation(check)


def _inn_formula(cell: str) -> str:
    """Ten digits, and the last follows from the others."""
    terms = "+".join(
        f"{weight}*MID({cell},{place},1)" for place, weight in enumerate(_INN_WEIGHTS, 1)
    )
    return f"AND(LEN({cell})=10,MOD(MOD({terms},11),10)=VALUE(RIGHT({cell},1)))"


def _mobile_formula(cell: str) -> str:
    """Eleven digits that begin with 79 or 89, whatever parts them: a thousand millions are cut off."""
    digits = cell
    for sign in (" ", "-", "(", ")", "+", "\u00a0"):
        digits = f'SUBSTITUTE({digits},"{sign}","")'
    return f"ABS(INT({digits}/10^9)-84)=5"


def _email_formula(cell: str) -> str:
    at = f'FIND("@",{cell},2)'
    return f'AND(ISNUMBER(FIND(".",{cell},{at}+2)),ISERROR(FIND(" ",{cell})))'


def _mark_empty(sheet: Worksheet, cells: Sequence[str]) -> None:
    """Have the cells that must be filled in and are not shown in another colour."""
    for cell in cells:
        rule = FormulaRule(formula=[f"LEN(TRIM({cell}))=0"], fill=_EMPTY)
        sheet.conditional_formatting.add(cell, rule)


def _set_page(sheet: Worksheet, page: str) -> None:
    """Print on A4, as wide as the page; lock what is not to be typed in, without a password."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = _MARGIN
    sheet.page_margins.top = sheet.page_margins.bottom = _MARGIN
    sheet.oddFooter.right.text, sheet.oddFooter.right.size = page, 8
    sheet.sheet_view.showGridLines = False
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def _explain(sheet: Worksheet) -> None:
    """The sheet that says how to fill the form in and send it."""
    names = words("questionnaire")
    sheet.column_dimensions["A"].width = 4.0
    sheet.column_dimensions["B"].width = _HELP_WIDTH
    sheet["A1"] = names["help_title"]
    sheet["A1"].font = _font(bold=True, size=15, color=_DARK)
    sheet.row_dimensions[1].height = 28
    for number, line in enumerate(names["help"], 1):
        sheet.append([f"{number}.", line])
        for cell in sheet[sheet.max_row]:
            cell.font = _font(size=11)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.row_dimensions[sheet.max_row].height = 34
    _set_page(sheet, names["page"])


def _list_regions(sheet: Worksheet) -> None:
    for region in regions():
        sheet.append([region.name])
    sheet.sheet_state = "hidden"


def _font(*, size: float = 10, bold: bool = False, color: str = "1F2328") -> Any:
    return Font(name=_FONT, size=size, bold=bold, color=color)
