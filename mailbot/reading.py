"""Reading as the workflow wants it: in the cage, with its errors translated."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Final

from mailbot.cage import Cage, CageBrokenError, LimitReachedError, ReaderDiedError
from parsers.facts import Cutout, Evidence, How, Reading
from parsers.images.faults import OcrUnavailableError
from parsers.limits import CUTOUT_BYTES
from parsers.mail.message import parse_headers
from workflow.ports import Blobs, ReadingDiedError, ServiceUnavailableError

_PNG: Final = b"\x89PNG\r\n\x1a\n"

_LIMITS: Final = {
    "time": "письмо читалось слишком долго",
    "memory": "письму не хватило отведённой памяти",
    "disk": "письму не хватило отведённого места на диске",
    "depth": "вложения слишком глубоко вложены друг в друга",
    "output": "в письме слишком много данных",
}


class CagedReader:
    """Reads a message in a child process; a limit that was reached is a finding about it."""

    def __init__(self, cage: Cage, *, pictures: Blobs | None = None) -> None:
        """Take the cage, and where the pictures are kept that a reading brings; None drops them."""
        self._cage = cage
        self._pictures = pictures

    def __call__(self, raw: bytes) -> Reading:
        """Return what the message says; see `workflow.ports.Reader`."""
        try:
            return self._kept(self._cage.read(raw))
        except LimitReachedError as error:
            text = _LIMITS.get(error.which, error.which)
            limit = Evidence(document="", raw=text, how=How.HEADER)
            return Reading(headers=parse_headers(raw), limits=(limit,))
        except ReaderDiedError as error:
            raise ReadingDiedError(str(error)) from error
        except (OcrUnavailableError, CageBrokenError) as error:
            raise ServiceUnavailableError(str(error)) from error

    def _kept(self, reading: Reading) -> Reading:
        """Put the pictures of a reading where they are kept, durably, before anything refers to them."""
        letters = tuple(
            replace(letter, name_cutout=self._kept_cutout(letter.name_cutout))
            for letter in reading.letters
        )
        return replace(reading, letters=letters)

    def _kept_cutout(self, cutout: Cutout | None) -> Cutout | None:
        if cutout is None or self._pictures is None:
            return None
        try:
            picture = base64.b64decode(cutout.picture, validate=True)
        except ValueError:
            return None
        if not picture.startswith(_PNG) or len(picture) > CUTOUT_BYTES:
            return None
        return replace(cutout, picture="", digest=self._pictures.put(picture))
