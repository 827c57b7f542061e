"""The work that is done in the cage. Importing this loads what every reading needs, to be shared by the children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parsers.facts import Field, Reading
from parsers.images.memory import memory_told
from parsers.images.tesseract import Tesseract
from parsers.limits import Limits
from parsers.names.declension import parses
from parsers.questionnaire.labels import LabelReader
from parsers.reading.reader import read_message

parses("школа")  # has the dictionary loaded: 40 MB and 0.15 s, needed by every letter
LabelReader().read("школа")  # and the words of labels, 0.03 s, needed by every questionnaire
Tesseract().warm_up()  # and the model of letters, 0.02 s, needed by every scan


def read(
    raw: bytes, labels: Mapping[str, Sequence[str]] | None = None, *, with_views: bool = False
) -> Reading:
    """Read one message with the real engine and the usual limits.

    `labels` are further labels of the questionnaire, by the names of their fields; `with_views` adds the pages as
    pictures.
    """
    extra = {Field(name): phrases for name, phrases in (labels or {}).items()}
    with memory_told():
        return read_message(
            raw, ocr=Tesseract(), limits=Limits(), extra_labels=extra, with_views=with_views
        )
