"""Figures for Prometheus: a file for the textfile collector of its node exporter.

Counts, ages and moments only: nothing in it says whose they are. What is counted from the database
outlives the program; how long readings took and what failed counts from the start of this process.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mailbot.storage.figures import Figures
from parsers.facts import Reading
from workflow.ports import Reader, ReadingDiedError, ServiceUnavailableError

FAILURES: Final = ("intake", "work", "delivery", "reading")
_BUCKETS: Final = (0.5, 1, 2, 5, 10, 20, 30, 45, 60)  # seconds; a message may cost 60
Name = TypeVar("Name", bound=str)

_MODE: Final = 0o644  # the exporter is another user


class Meter:
    """What this process has measured of its own work; threads may share it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "mailbot_reading_seconds",
            "How long messages were read",
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._failures = Counter(
            "mailbot_failures", "What could not be done", ["step"], registry=self.registry
        )
        for step in FAILURES:
            self._failures.labels(step)

    def failed(self, step: str) -> None:
        """Count a failure of one of `FAILURES`."""
        self._failures.labels(step).inc()

    def timed(self, read: Reader) -> Reader:
        """Return a reader whose readings are measured."""

        def measured(raw: bytes) -> Reading:
            began = time.monotonic()
            try:
                return read(raw)
            except ReadingDiedError:
                self.failed("reading")
                raise
            finally:
                self._seconds.observe(time.monotonic() - began)

        return measured


class _Stored(Collector):
    """The figures of the database as metrics."""

    def __init__(
        self, found: Figures, looked: Mapping[str, dt.datetime | None], now: dt.datetime
    ) -> None:
        self._found = found
        self._looked = looked
        self._now = now

    def collect(self) -> Iterator[Metric]:
        found = self._found
        yield _counts("mailbot_applications", "Applications by state", "state", found.states)
        yield _counts("mailbot_messages", "Messages seen, by fate", "fate", found.fates)
        yield _counts("mailbot_replies", "Replies by status", "status", found.replies)
        verdicts = CounterMetricFamily(
            "mailbot_verdicts", "Verdicts reached, those of later papers too", labels=["verdict"]
        )
        for verdict, count in found.verdicts.items():
            verdicts.add_metric([verdict.value], count)
        yield verdicts
        ages = {
            "mailbot_queue_oldest_seconds": ("Longest wait for an operator", found.queued_since),
            "mailbot_unread_oldest_seconds": (
                "Age of the oldest message that was taken and not examined",
                found.unread_since,
            ),
            "mailbot_work_oldest_seconds": (
                "Longest standstill of an application that the program should advance",
                found.standing_since,
            ),
            "mailbot_outbox_due_oldest_seconds": ("Longest delay of a reply", found.unsent_since),
        }
        for name, (title, since) in ages.items():
            yield GaugeMetricFamily(name, title, value=self._age(since))
        looked = GaugeMetricFamily(
            "mailbot_mailbox_looked_timestamp_seconds",
            "When the last complete look began: no older message is unexamined; 0: never",
            labels=["mailbox"],
        )
        for name, moment in self._looked.items():
            looked.add_metric([name], moment.timestamp() if moment else 0.0)
        yield looked
        yield GaugeMetricFamily(
            "mailbot_written_timestamp_seconds",
            "When this file was written",
            value=self._now.timestamp(),
        )

    def _age(self, since: dt.datetime | None) -> float:
        return max((self._now - since).total_seconds(), 0.0) if since else 0.0


def write(
    file: Path,
    meter: Meter,
    found: Figures,
    *,
    looked: Mapping[str, dt.datetime | None],
    now: dt.datetime,
) -> None:
    """Write the file whole, in one step. Raises `ServiceUnavailableError`."""
    stored = CollectorRegistry(auto_describe=False)
    stored.register(_Stored(found, looked, now))
    content = generate_latest(stored) + generate_latest(meter.registry)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as target:
                target.write(content)
                os.fchmod(target.fileno(), _MODE)
            Path(name).replace(file)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise ServiceUnavailableError(
            f"[metrics] textfile: {file} не записывается ({error.strerror}); проверьте папку и права"
        ) from error


def _counts(name: str, title: str, label: str, counts: Mapping[Name, int]) -> Metric:
    family = GaugeMetricFamily(name, title, labels=[label])
    for key, count in counts.items():
        family.add_metric([key], count)
    return family
