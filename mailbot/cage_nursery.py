"""The process that reading children are forked from, and that watches over them.

It has loaded all that reading needs, once, so that a child costs milliseconds; it is
single-threaded, so that forking is safe. It has no network and no file of the program that started
it but its ends of two sockets. It enforces what no `rlimit` can: time on the wall, the memory of a
child together with its helpers, the sum of temporary files. When its parent is gone, however that
came about, it kills its children, removes their directory, and ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import gc
import json
import os
import pkgutil
import select
import shutil
import signal
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Final

from mailbot.cage_child import ERRORS, Confinement, live
from mailbot.cage_watch import (
    children_of,
    lock_directory,
    occupied_bytes,
    proportional_bytes,
    resident_bytes,
    says_out_of_memory,
)
from mailbot.netless import Isolation, forbid_network

TICK_SECONDS: Final = 0.1  # between two looks at memory and temporary files
TEMPORARY_BYTES: Final = (
    160 * 2**20
)  # of one child; two of them, and what a tick lets through, stay below 512 MiB
DEADLINE: Final = struct.Struct("d")  # the message of a request: by the system's monotonic clock
PR_SET_CHILD_SUBREAPER: Final = 36  # linux/prctl.h
IGNORED_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What the nursery is told at its start, as JSON on the command line."""

    job: str  # «module:function»
    control: int  # number of the socket that requests come on
    directory: str  # that it makes for the children's temporary files
    memory_bytes: int  # of one child with its helpers
    isolation: list[str]
    options: dict[str, Any]  # keyword arguments of every call of the job


@dataclass(slots=True)
class _Child:
    pid: int
    watched: int  # a pidfd
    channel: socket.socket
    deadline: float
    directory: Path
    limit: str | None = None  # the limit for which it was killed


def main(text: str) -> None:
    """Be the nursery; `text` is a Spec. Returns when the parent is gone."""
    spec = Spec(**json.loads(text))
    _end_with_parent(spec.directory)
    Path(spec.directory).mkdir(mode=0o700)
    held = lock_directory(Path(spec.directory))
    control = socket.socket(fileno=spec.control)
    for number in IGNORED_SIGNALS:  # the parent answers to them, and its end is noticed
        signal.signal(number, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    if not forbid_network(tuple(map(Isolation, spec.isolation))):
        raise SystemExit("the kernel allows neither a network namespace nor a seccomp filter")
    job = partial(pkgutil.resolve_name(spec.job), **spec.options)
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    gc.collect()
    gc.freeze()  # pages of what is loaded stay shared with the children
    _Nursery(control, job, spec).serve()
    os.close(held)


def _end_with_parent(directory: str) -> None:
    """While libraries are loaded and nothing looks at the socket, have a signal tell that the parent is gone."""

    def end(_number: int, _frame: FrameType | None) -> None:
        shutil.rmtree(directory, ignore_errors=True)
        os._exit(1)

    signal.signal(signal.SIGIO, end)
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:  # it is gone already: nothing is ever written there
        os.kill(os.getpid(), signal.SIGIO)


class _Nursery:
    def __init__(self, control: socket.socket, job: Callable[[bytes], object], spec: Spec) -> None:
        self._control = control
        self._job = job
        self._spec = spec
        self._children: dict[int, _Child] = {}  # by pid
        self._count = 0
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def serve(self) -> None:
        while self._turn():
            self._enforce()
            self._sweep()
        for child in tuple(self._children.values()):
            self._kill(child)
            self._finish(child)
        self._sweep()
        shutil.rmtree(self._spec.directory, ignore_errors=True)

    def _turn(self) -> bool:
        """Wait for something to happen and see to it; False when the parent is gone."""
        happened = dict(self._poll.poll(TICK_SECONDS * 1000 if self._children else None))
        for child in tuple(self._children.values()):
            if child.channel.fileno() in happened:  # nobody waits for the answer any more
                self._kill(child)
            if child.watched in happened:
                self._finish(child)
        return self._control.fileno() not in happened or self._begin()

    def _begin(self) -> bool:
        message, files, _, _ = socket.recv_fds(self._control, DEADLINE.size, 3)
        if not message:
            return False
        channel, request, answer = files
        self._count += 1
        child = _Child(
            pid=0,
            watched=-1,
            channel=socket.socket(fileno=channel),
            deadline=DEADLINE.unpack(message)[0],
            directory=Path(self._spec.directory, str(self._count)),
        )
        child.directory.mkdir()
        bounds = Confinement(
            seconds=max(child.deadline - time.monotonic(), 0),
            memory_bytes=self._spec.memory_bytes,
            directory=child.directory,
            nursery=os.getpid(),
        )
        child.pid = os.fork()
        if child.pid == 0:
            live(self._job, request, answer, bounds=bounds)
        os.close(request)
        os.close(answer)
        self._watch(child)
        return True

    def _watch(self, child: _Child) -> None:
        child.watched = os.pidfd_open(child.pid)
        self._children[child.pid] = child
        self._poll.register(child.watched, select.POLLIN)
        self._poll.register(child.channel, 0)  # only that the other end was closed

    def _enforce(self) -> None:
        for child in self._children.values():
            if child.limit is None:
                child.limit = self._limit_reached(child)
                if child.limit is not None:
                    self._kill(child)

    def _limit_reached(self, child: _Child) -> str | None:
        if time.monotonic() >= child.deadline:
            return "time"
        if self._too_big(child.pid):
            return "memory"
        return "disk" if occupied_bytes(child.directory) > TEMPORARY_BYTES else None

    def _too_big(self, pid: int) -> bool:
        most = self._spec.memory_bytes
        return resident_bytes(pid) > most and proportional_bytes(pid) > most

    def _kill(self, child: _Child) -> None:
        for pid in (-child.pid, child.pid):  # its group, and itself where it has none yet
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _finish(self, child: _Child) -> None:
        """See out a child that has ended, and what it started; tell the parent how it ended."""
        self._kill(child)  # its helpers; the number is its own until it was waited for
        _, status = os.waitpid(child.pid, 0)
        self._poll.unregister(child.watched)
        self._poll.unregister(child.channel)
        os.close(child.watched)
        del self._children[child.pid]
        self._sweep()
        end = _end(child, os.waitstatus_to_exitcode(status))
        shutil.rmtree(child.directory, ignore_errors=True)
        with contextlib.suppress(OSError):  # nobody waits for it any more
            child.channel.send(json.dumps(end).encode())
        child.channel.close()

    def _sweep(self) -> None:
        """End whatever a child left behind: the kernel gives orphans to this process."""
        for pid in tuple(children_of(os.getpid())):
            if pid not in self._children:
                with contextlib.suppress(ProcessLookupError, ChildProcessError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)


def _end(child: _Child, code: int) -> dict[str, str | None]:
    """How a child ended: by a limit, by itself («died» is None), or otherwise."""
    if child.limit is not None:
        return {"limit": child.limit, "died": None}
    if code == 0:
        return {"limit": None, "died": None}
    if code == -signal.SIGXCPU:
        return {"limit": "time", "died": None}
    if code < 0 and says_out_of_memory(child.directory / ERRORS):
        return {"limit": "memory", "died": None}
    names = {-number: number.name for number in signal.Signals}
    return {"limit": None, "died": names.get(code, f"exit {code}")}
