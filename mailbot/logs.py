"""Logs: one line an event on standard error, nobody named, numbers and addresses masked, no traceback."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from pathlib import Path
from typing import Final

import structlog

from mailbot.mailtext import mask_phones
from workflow.ports import ServiceUnavailableError

# an address of mail, anywhere in a text
_ADDRESS: Final = re.compile(r"[^\s<>\"'(),;:=/]+@[^\s<>\"'(),;:=/]+")
_ADDRESS_MASK: Final = "адрес"

log = structlog.get_logger()


def configure() -> None:
    """Send every log line of the program to standard error, one line an event."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _one_line,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # libraries say nothing on their own: what matters of theirs is translated into our events
    logging.getLogger().addHandler(logging.NullHandler())
    threading.excepthook = _thread_ended


def masked(text: str) -> str:
    """Return a text as one line whose telephone numbers and addresses cannot be read."""
    return mask_phones(_ADDRESS.sub(_ADDRESS_MASK, " ".join(text.split())))


def explained(error: BaseException) -> str:
    """Return a foreseen error's own line; of any other its kind and place.

    The words of an error that nobody foresaw may be anything, a school's letter too.
    """
    if isinstance(error, ServiceUnavailableError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"внутренняя ошибка {type(error).__name__}{place}"


def frames_of(error: BaseException) -> str:
    """Return where in the program an error arose, and its cause: lines of code and kinds, no values."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = frames_of(cause) + "\n" if cause else ""
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{before}Traceback (most recent call last):\n{lines}{type(error).__name__}\n"


def _thread_ended(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        log.error("поток прервался", why=explained(arguments.exc_value))


def _one_line(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Fold values to one line and mask telephone numbers and addresses."""
    return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}
