"""What goes with a reply so that the answer is easy: the forms of those papers about which something is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mailbot.ask_failures import Paper
from mailbot.asks import Section
from mailbot.forms.given import given_answers, given_appointment
from mailbot.forms.words import words
from mailbot.mailtext import one_line
from parsers.facts import Field
from workflow.application import Assessment

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
LETTER_TYPE: Final = f"{_OFFICE}wordprocessingml.document"
WORKBOOK_TYPE: Final = f"{_OFFICE}spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes with a reply."""

    name: str
    media_type: str
    content: bytes


def enclosures_of(
    sections: Iterable[Section],
    assessment: Assessment | None,
    *,
    platform: str,
    required: Sequence[Field],
) -> tuple[Enclosure, ...]:
    """Return the forms that the sections speak of, with what the school has given already."""
    platform = one_line(platform)
    papers = {section.paper for section in sections if section.enclosed}
    # loaded only where they are used: most commands write no forms
    from mailbot.forms.letter import appointment_letter
    from mailbot.forms.workbook import questionnaire_workbook

    found = []
    if Paper.LETTER in papers:
        content = appointment_letter(given_appointment(assessment), platform=platform)
        found.append(
            Enclosure(name=words("letter")["file"], media_type=LETTER_TYPE, content=content)
        )
    if Paper.QUESTIONNAIRE in papers:
        content = questionnaire_workbook(
            platform=platform, required=required, given=given_answers(assessment)
        )
        name = words("questionnaire")["file"]
        found.append(Enclosure(name=name, media_type=WORKBOOK_TYPE, content=content))
    return tuple(found)
