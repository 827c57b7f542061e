"""Reading as the workflow wants it: in the cage, with its errors translated."""

from __future__ import annotations

from typing import Final

from mailbot.cage import Cage, CageBrokenError, LimitReachedError, ReaderDiedError
from parsers.facts import Evidence, How, Reading
from parsers.images.faults import OcrUnavailableError
from parsers.mail.message import parse_headers
from workflow.ports import ReadingDiedError, ServiceUnavailableError

_LIMITS: Final = {
    "time": "письмо читалось слишком долго",
    "memory": "письму не хватило отведённой памяти",
    "disk": "письму не хватило отведённого места на диске",
    "depth": "вложения слишком глубоко вложены друг в друга",
    "output": "в письме слишком много данных",
}


class CagedReader:
    """Reads a message in a child process; a limit that was reached is a finding about it."""

    def __init__(self, cage: Cage) -> None:
        self._cage = cage

    def __call__(self, raw: bytes) -> Reading:
        """Return what the message says; see `workflow.ports.Reader`."""
        try:
            return self._cage.read(raw)
        except LimitReachedError as error:
            text = _LIMITS.get(error.which, error.which)
            limit = Evidence(document="", raw=text, how=How.HEADER)
            return Reading(headers=parse_headers(raw), limits=(limit,))
        except ReaderDiedError as error:
            raise ReadingDiedError(str(error)) from error
        except (OcrUnavailableError, CageBrokenError) as error:
            raise ServiceUnavailableError(str(error)) from error
