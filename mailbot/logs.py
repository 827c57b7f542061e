"""Logs: one line an event on standard error, no names, numbers masked, no traceback."""

from __future__ import annotations

import logging
import sys

import structlog

from mailbot.mailtext import mask_phones


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


def _one_line(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Fold values to one line and mask telephone numbers."""
    return {
        key: mask_phones(" ".join(value.split())) if isinstance(value, str) else value
        for key, value in event.items()
    }
