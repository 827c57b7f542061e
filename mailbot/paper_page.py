"""An application's papers as one page of HTML: each value beside the place that it was read from.

It stands alone: its pictures lie within it, it has no script and fetches nothing. What strangers wrote is escaped.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from mailbot.mailtext import one_line, plain_lines
from mailbot.replies import our_source
from mailbot.screen import local
from mailbot.wording import WORDING_FILE
from parsers.facts import (
    Document,
    Evidence,
    Field,
    Found,
    Letter,
    PageView,
    PersonName,
    Phone,
    Questionnaire,
    Reading,
)
from workflow.application import Application, Message
from workflow.wording import STATES, verdict_with_reasons

_TEMPLATE: Final = "paper_page.html.j2"
_COMPARED: Final = (Field.ADMINISTRATOR_NAME, Field.ADMINISTRATOR_PHONE, Field.HEAD_NAME)


@dataclass(frozen=True, slots=True)
class Shown:
    """A value, where it stands, and a picture (a JPEG in base64) of that place, or ""."""

    text: str
    where: str
    picture: str


@dataclass(frozen=True, slots=True)
class Row:
    """What the papers say of one thing."""

    label: str
    letter: tuple[Shown, ...] | None  # None where a letter need not say it
    form: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A place on a page, in percent of its sides from the top left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page that was read, with what was taken from it framed."""

    title: str
    picture: str
    text: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """One message of the application."""

    title: str
    text: str
    documents: tuple[str, ...]
    leaves: tuple[Leaf, ...]


def paper_page(one: Application, mails: Sequence[tuple[Message, Reading]]) -> str:
    """Return the page of an application; the readings are those with views, newest message first."""
    views = [view for _, reading in mails for view in reading.views]
    assessment = one.assessment
    reasons = verdict_with_reasons(assessment.verdict, assessment.findings) if assessment else ""
    environment = Environment(
        loader=PackageLoader("templates", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(_TEMPLATE).render(
        number=one.id,
        state=STATES[one.state],
        reasons=reasons,
        findings=[
            (one_line(found.message), found.code.value, [_where(place) for place in found.evidence])
            for found in one.findings
        ],
        rows=list(_rows(assessment.letter, assessment.questionnaire, views)) if assessment else [],
        mails=[_mail(message, reading) for message, reading in mails],
    )


def _rows(
    letter: Letter | None, form: Questionnaire | None, views: Sequence[PageView]
) -> Iterator[Row]:
    """Yield first what is compared, then what the questionnaire says beside it."""

    def row(label: str, ours: Iterable[Found[str]], theirs: Iterable[Found[str]]) -> Row:
        return Row(label, _shown(ours, views), _shown(theirs, views))

    yield row(
        "администратор",
        _names(letter.administrators if letter else ()),
        _names(form.administrators if form else ()),
    )
    yield row(
        "номер администратора",
        _phones(letter.phones if letter else ()),
        _phones(form.administrator_phones if form else ()),
    )
    yield row("руководитель", _head(letter), _head(form))
    pairs = (
        ("ИНН", letter.inn if letter else None, Field.INN),
        ("ОГРН", letter.ogrn if letter else None, Field.OGRN),
        ("организация", letter.organization_name if letter else None, Field.FULL_NAME),
    )
    for label, ours, name in pairs:
        yield row(label, _one(ours), _one(form.fields.get(name) if form else None))
    labels = tomllib.loads(our_source(WORDING_FILE) or "")["fields"]
    compared = {*(name for _, _, name in pairs), *_COMPARED}
    for name, found in sorted(form.fields.items()) if form else ():
        if name not in compared:
            yield Row(labels.get(name.value, name.value), None, _shown(_one(found), views))


def _one(found: Found[str] | None) -> tuple[Found[str], ...]:
    return (found,) if found else ()


def _head(paper: Letter | Questionnaire | None) -> tuple[Found[str], ...]:
    return _names((paper.head,) if paper and paper.head else ())


def _names(found: Iterable[Found[PersonName]]) -> tuple[Found[str], ...]:
    return tuple(
        Found(" / ".join(one.value.nominatives) or one.value.raw, one.evidence) for one in found
    )


def _phones(found: Iterable[Found[Phone]]) -> tuple[Found[str], ...]:
    return tuple(Found(one.value.e164 or one.value.raw, one.evidence) for one in found)


def _shown(found: Iterable[Found[str]], views: Sequence[PageView]) -> tuple[Shown, ...]:
    return tuple(
        Shown(
            one_line(one.value),
            "; ".join(_where(place) for place in one.evidence),
            next((picture for place in one.evidence if (picture := _cut(place, views))), ""),
        )
        for one in found
    )


def _cut(place: Evidence, views: Sequence[PageView]) -> str:
    """Return the picture of a place, "" where there is none."""
    wanted = (place.document, place.page, place.box)
    if place.box is None:
        return ""
    return next(
        (view.picture for view in views if (view.document, view.page, view.box) == wanted), ""
    )


def _where(place: Evidence) -> str:
    page = f"с. {place.page}" if place.page else ""
    quoted = f"«{place.raw}»" if place.raw else ""
    return one_line(" ".join(part for part in (place.document, page, place.cell, quoted) if part))


def _mail(message: Message, reading: Reading) -> Mail:
    pages = [view for view in reading.views if view.box is None]
    return Mail(
        title=one_line(f"{local(message.received_at)}, {message.sender}: {message.subject}"),
        text=plain_lines(reading.text),
        documents=tuple(map(_document, reading.documents)),
        leaves=tuple(_leaf(view, reading.views) for view in pages),
    )


def _document(document: Document) -> str:
    trouble = f", {document.detail}" if document.detail else ""
    return one_line(f"{document.name} ({document.media_type}{trouble})")


def _leaf(page: PageView, views: Sequence[PageView]) -> Leaf:
    here = [
        view.box
        for view in views
        if (view.document, view.page) == (page.document, page.page) and view.box is not None
    ]
    frames = [
        Frame(
            left=100 * box[0] / page.width,
            top=100 * box[1] / page.height,
            width=100 * (box[2] - box[0]) / page.width,
            height=100 * (box[3] - box[1]) / page.height,
        )
        for box in here
    ]
    return Leaf(
        title=one_line(f"{page.document}, страница {page.page}"),
        picture=page.picture,
        text=plain_lines(page.text),
        frames=tuple(frames),
    )
