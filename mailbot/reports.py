"""Counts and times of all applications, and a spreadsheet of them."""

from __future__ import annotations

import csv
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from config.settings import ConfigurationError
from mailbot import documents
from mailbot.mailtext import one_line
from parsers.facts import Field
from workflow.application import Application, HistoryRow
from workflow.ports import Work
from workflow.states import ENDS, State
from workflow.wording import STATES

COLUMNS: Final = (
    "№",
    "состояние",
    "пришла",
    "изменена",
    "регион",
    "организация",
    "ИНН",
    "администратор",
    "телефон",
    "отправитель",
    "замечания",
)

# what a spreadsheet program would take for the beginning of a formula (OWASP, «CSV Injection»)
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
Writer = Callable[[Path, Iterable[list[str]]], int]

_UNKNOWN_REGION: Final = "не указан"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How many applications there are, and how long they took."""

    states: dict[str, int]
    regions: dict[str, int]
    reasons: dict[str, int]  # codes of the findings that ask or block, of all applications
    median_hours: float | None  # from arrival to the end, of those that have ended

    def document(self) -> dict[str, Any]:
        """Return the report as a JSON document."""
        return {
            "states": self.states,
            "regions": self.regions,
            "reasons": self.reasons,
            "median_hours": self.median_hours,
        }


def report(work: Work) -> Report:
    """Count every application."""
    states: Counter[str] = Counter()
    regions: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    hours: list[float] = []
    for one in work.applications():
        states[one.state.value] += 1
        regions[_region(one) or _UNKNOWN_REGION] += 1
        reasons.update(documents.reasons(one))
        if one.state in ENDS:
            last = max(row.at for row in work.history(one.id))
            hours.append((last - one.received_at).total_seconds() / 3_600)
    return Report(
        states=dict(states.most_common()),
        regions=dict(regions.most_common()),
        reasons=dict(reasons.most_common()),
        median_hours=round(statistics.median(hours), 2) if hours else None,
    )


def check_target(file: Path) -> Writer:
    """Return what writes such a file. Raises `ConfigurationError` where it cannot be a new one."""
    writers = {".xlsx": _write_xlsx, ".csv": _write_csv}
    writer = writers.get(file.suffix.lower())
    if writer is None:
        raise ConfigurationError(f"{file}: имя файла должно кончаться на .xlsx или .csv")
    if file.exists():
        raise ConfigurationError(f"{file}: файл уже есть, он не изменён")
    return writer


def export(work: Work, file: Path) -> int:
    """Write every application as a row of a new .xlsx or .csv file; returns how many.

    Raises `ConfigurationError` where the file is there already, cannot be written, or is neither.
    """
    writer = check_target(file)
    try:
        return writer(file, _rows(work))
    except OSError as error:
        raise ConfigurationError(f"{file}: не записать ({error.strerror})") from None


def _rows(work: Work) -> Iterator[list[str]]:
    for one in work.applications():
        document = documents.application(one, work.messages(one.id))
        yield [
            str(one.id),
            STATES[State(one.state)],
            documents.moment(one.received_at),
            documents.moment(_changed(one, work.history(one.id))),
            _inert(_region(one)),
            _inert(document["organization"]["name"]),
            _inert(document["organization"]["inn"]),
            _inert(document["administrator"]["full_name"]),
            _inert(document["administrator"]["phone"]),
            _inert(document["sender"]),
            ", ".join(documents.reasons(one)),
        ]


def _write_xlsx(file: Path, rows: Iterable[list[str]]) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Заявки")
    sheet.append(list(COLUMNS))
    count = 0
    for row in rows:
        sheet.append(row)
        count += 1
    book.save(file)
    return count


def _write_csv(file: Path, rows: Iterable[list[str]]) -> int:
    # the mark at the beginning tells spreadsheet programs that this is UTF-8
    with file.open("x", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target, delimiter=";")
        writer.writerow(COLUMNS)
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _inert(text: str | None) -> str:
    """Return a stranger's text as a cell that no program takes for a formula."""
    line = one_line(text or "")
    return "'" + line if line.startswith(_FORMULA_STARTS) else line


def _region(one: Application) -> str | None:
    form = one.assessment.questionnaire if one.assessment else None
    return form.text(Field.REGION) if form else None


def _changed(one: Application, history: Iterable[HistoryRow]) -> Any:
    return max((row.at for row in history), default=one.received_at)
