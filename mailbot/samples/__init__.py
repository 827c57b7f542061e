"""Invented papers and messages, drawn by code: what `mailbot demo` and the tests send.

People, schools and numbers do not exist. The same arguments always give the same bytes.
"""

from __future__ import annotations

from mailbot.samples.demo import Sample, demo_messages
from mailbot.samples.fonts import FontsMissingError
from mailbot.samples.letters import Letter
from mailbot.samples.mail import Draft, File, Mailer, compose_message
from mailbot.samples.papers import draw_letter, letter_docx
from mailbot.samples.people import ADMINISTRATORS, Case, Person
from mailbot.samples.questionnaires import (
    Answers,
    FormLayout,
    questionnaire_picture,
    questionnaire_xlsx,
)
from mailbot.samples.scans import Scanner, photo_jpeg, scan_jpeg, scan_pdf
from mailbot.samples.schools import SCHOOLS, School
from mailbot.samples.wordings import Form

__all__ = [
    "ADMINISTRATORS",
    "SCHOOLS",
    "Answers",
    "Case",
    "Draft",
    "File",
    "FontsMissingError",
    "Form",
    "FormLayout",
    "Letter",
    "Mailer",
    "Person",
    "Sample",
    "Scanner",
    "School",
    "compose_message",
    "demo_messages",
    "draw_letter",
    "letter_docx",
    "photo_jpeg",
    "questionnaire_picture",
    "questionnaire_xlsx",
    "scan_jpeg",
    "scan_pdf",
]
