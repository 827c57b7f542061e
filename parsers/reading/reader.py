"""The whole reading of one message: its header, its files, the letter and the questionnaire. Nothing is decided here.

Every file is accounted for. What is broken, closed, too large or out of time is a fact about it; only an engine of
ours that is missing is an error. Letter and questionnaire are read without knowledge of each other.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from parsers.facts import (
    Automatic,
    Document,
    DocumentKind,
    Evidence,
    How,
    Letter,
    Questionnaire,
    Reading,
    Role,
    Trouble,
)
from parsers.files.attachments import File, open_attachments
from parsers.files.filekinds import MACROS
from parsers.images.ocr import OcrEngine
from parsers.letter.letter import letter_likeness
from parsers.letter.likeness import LETTER_LIKENESS
from parsers.limits import Limits
from parsers.mail.bounces import find_bounce
from parsers.mail.message import parse_message
from parsers.questionnaire.questionnaire import ExtraLabels, find_questionnaires
from parsers.reading.formpages import find_forms, find_plain_forms, look_for_form, shows_form
from parsers.reading.letters import find_letters, is_complete
from parsers.reading.papers import Paper, open_paper
from parsers.reading.recognizer import Deadline, Recognizer
from parsers.reading.views import views_of
from parsers.sheets.sheets import SheetsReading, read_sheets


def read_message(
    raw: bytes,
    *,
    ocr: OcrEngine,
    limits: Limits,
    clock: Callable[[], float] = time.monotonic,
    extra_labels: ExtraLabels | None = None,
    with_views: bool = False,
) -> Reading:
    """Read one message: its parts, its documents, and what the two papers say.

    `extra_labels` are further wordings of the questionnaire's labels; `with_views` adds the pages and the mail's text
    for a person to look at. Raises OcrUnavailableError.
    """
    deadline = Deadline.after(limits.seconds, clock)
    message = parse_message(raw, limits)
    if message.headers.automatic is Automatic.BOUNCE and (bounce := find_bounce(raw)) is not None:
        return Reading(headers=message.headers, limits=message.limits, bounce=bounce)
    files = open_attachments(message.parts, limits)
    sheets = {file: _read_sheets(file, limits) for file in files if _is_sheet(file)}
    papers = {
        file: open_paper(file, limits, deadline) for file in files if _is(file, DocumentKind.PAGES)
    }
    recognizer = Recognizer(ocr, limits, deadline)
    forms = {
        file: find_plain_forms(paper, limits, extra_labels=extra_labels)
        for file, paper in papers.items()
    }
    letters = find_letters([paper for file, paper in papers.items() if not forms[file]], recognizer)
    questionnaires = {
        file: forms.get(file) or _find(file, sheets, papers, limits, extra_labels) for file in files
    }
    if not any(questionnaires.values()):
        look_for_form(papers.values(), recognizer)
    return Reading(
        headers=message.headers,
        documents=tuple(_documents(files, sheets, papers, questionnaires)),
        letters=letters,
        questionnaires=_different(
            form for file in sorted(files, key=_key) for form in questionnaires[file]
        ),
        cloud_links=message.cloud_links,
        limits=(*message.limits, *_limits(papers.values(), letters, recognizer)),
        views=views_of(papers.values(), letters, recognizer) if with_views else (),
        text=message.text if with_views else "",
    )


def _is(file: File, kind: DocumentKind) -> bool:
    return file.kind is kind and file.trouble is None and bool(file.content)


def _is_sheet(file: File) -> bool:
    """Tell whether a file is a spreadsheet to be read; macros are a danger told of, and are never run."""
    return _is(file, DocumentKind.SHEET) or (
        file.kind is DocumentKind.SHEET and file.detail == MACROS and bool(file.content)
    )


def _key(file: File) -> tuple[str, bytes]:
    """An order of files that does not depend on the order in which they came."""
    return file.name, file.content


def _read_sheets(file: File, limits: Limits) -> SheetsReading:
    return read_sheets(file.content, media_type=file.media_type, name=file.name, limits=limits)


def _find(
    file: File,
    sheets: dict[File, SheetsReading],
    papers: dict[File, Paper],
    limits: Limits,
    extra_labels: ExtraLabels | None,
) -> tuple[Questionnaire, ...]:
    """Return the questionnaire of a spreadsheet, or of a word processor's file that is no letter."""
    if file in sheets:
        return find_questionnaires(
            sheets[file].sheets, attachment=file.name, extra_labels=extra_labels
        )
    paper = papers.get(file)
    if paper is None or paper.role is Role.LETTER:
        return ()
    return find_forms(paper, limits, extra_labels=extra_labels)


def _documents(
    files: Iterable[File],
    sheets: dict[File, SheetsReading],
    papers: dict[File, Paper],
    questionnaires: dict[File, tuple[Questionnaire, ...]],
) -> Iterator[Document]:
    for file in files:
        yield _document(file, sheets.get(file), papers.get(file), questionnaires[file])


def _document(
    file: File,
    sheets: SheetsReading | None,
    paper: Paper | None,
    questionnaires: Sequence[Questionnaire],
) -> Document:
    trouble, detail = file.trouble, file.detail
    if sheets is not None and trouble is None:
        trouble, detail = sheets.trouble, sheets.detail
    if paper is not None:
        trouble, detail = _trouble(paper)
    role = Role.QUESTIONNAIRE if questionnaires else paper.role if paper else Role.OTHER
    is_form = paper is not None and not questionnaires and shows_form(paper)
    return Document(
        name=file.name,
        media_type=file.media_type,
        role=role,
        kind=file.kind,
        trouble=trouble,
        detail=detail,
        looks_like=Role.QUESTIONNAIRE if is_form else _looks_like(file, paper, role),
        blank=paper is not None and role is Role.OTHER and paper.is_blank and not paper.is_noise,
        scan=is_form or (paper is not None and paper.is_scan),
        digest=hashlib.sha256(file.content).hexdigest() if file.content else "",
    )


def _trouble(paper: Paper) -> tuple[Trouble | None, str]:
    if paper.pages.trouble is not None:
        return paper.pages.trouble, paper.pages.detail
    if paper.failed and not paper.leaves:
        return Trouble.MALFORMED, "страницы не открываются"
    return None, ""


def _looks_like(file: File, paper: Paper | None, role: Role) -> Role | None:
    """Return the role that a file was meant to have, where it failed; pages that give nothing stand for the letter."""
    if paper is None or role is not Role.OTHER or paper.is_noise:
        return file.looks_like
    if paper.is_blank or (paper.leaves and letter_likeness(paper.text_pages) >= LETTER_LIKENESS):
        return Role.LETTER
    return file.looks_like


def _different(questionnaires: Iterable[Questionnaire]) -> tuple[Questionnaire, ...]:
    """Leave out copies of the same form; the fullest comes first."""
    kept: list[Questionnaire] = []
    for form in sorted(questionnaires, key=lambda form: len(form.fields), reverse=True):
        values = _values(form)
        if not any(values and values.items() <= _values(better).items() for better in kept):
            kept.append(form)
    return tuple(kept)


def _values(form: Questionnaire) -> dict[str, object]:
    values: dict[str, object] = {name.value: found.value for name, found in form.fields.items()}
    values |= {found.value.raw: "administrator" for found in form.administrators}
    return values | {found.value.raw: "phone" for found in form.administrator_phones}


def _limits(
    papers: Iterable[Paper], letters: Sequence[Letter], recognizer: Recognizer
) -> Iterator[Evidence]:
    """Yield what was left unread and may matter: beside a complete letter other papers do not."""
    settled = any(map(is_complete, letters))
    for paper in papers:
        if settled and paper.role is not Role.LETTER:
            continue
        if paper.unread and recognizer.limit:
            yield Evidence(document=paper.name, raw=recognizer.limit, how=How.HEADER)
        elif paper.pages.limit:
            yield Evidence(document=paper.name, raw=paper.pages.limit, how=How.HEADER)
