"""What a reading may do at worst: jobs for the cage. A message names the act and its argument."""

from __future__ import annotations

import ctypes
import mmap
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from parsers.facts import Evidence, Headers, How, Reading, SubjectMatch
from parsers.images.faults import OcrUnavailableError

MIB = 2**20


def run(raw: bytes) -> object:
    name, _, argument = raw.decode().partition(" ")
    result = globals()[name](argument)
    return _reading("done") if result is None else result


def _reading(subject: str, limits: tuple[Evidence, ...] = ()) -> Reading:
    headers = Headers(
        message_id=None,
        senders=(),
        sender_name="",
        subject=subject,
        subject_match=SubjectMatch.OURS,
        automatic=None,
        date=None,
        in_reply_to=(),
        references=(),
        doubled=(),
        authentication_results=(),
        return_path=None,
        envelope_to=(),
    )
    return Reading(headers=headers, limits=limits)


def measure(raw: bytes) -> Reading:
    return _reading(str(len(raw)))


def nothing(_: str) -> None:
    return


def say(text: str) -> Reading:
    return _reading(text, (Evidence(document="a", raw="b", how=How.OCR, box=(1.0, 2.0, 3.0, 4.0)),))


def loop(_: str) -> None:
    while True:
        pass


def backtrack(_: str) -> None:
    re.match("(a+)+$", "a" * 40 + "b")


def sleep(path: str) -> None:
    if path:
        Path(path).write_text(str(os.getpid()))
    time.sleep(1000)


def nap(_: str) -> None:
    time.sleep(0.5)


def allocate(_: str) -> None:
    bytearray(500 * MIB)


def share_memory(_: str) -> None:
    pages = mmap.mmap(-1, 900 * MIB)
    for _turn in range(900):
        pages.write(bytes(MIB))


def let_helpers_allocate(_: str) -> None:
    code = "import time; held = bytes(bytearray(b'x') * (150 << 20)); time.sleep(1000)"
    helpers = [subprocess.Popen([sys.executable, "-I", "-c", code]) for _ in range(4)]
    for helper in helpers:
        helper.wait()


def abort_without_memory(_: str) -> None:
    os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\n")
    os.abort()


def crash(_: str) -> None:
    ctypes.string_at(0)


def be_killed(_: str) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(_: str) -> None:
    sys.exit(3)


def recurse(_: str) -> None:
    recurse(_)


def raise_fault(_: str) -> None:
    raise ValueError("Иванова Мария Петровна +79161234567")


def lack_engine(_: str) -> None:
    raise OcrUnavailableError("install it")


def connect(family: str) -> None:
    socket.socket(getattr(socket, family))


def make_socket_and_reach_out(_: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("192.0.2.1", 9))  # a route is all that it takes


def write_huge_file(_: str) -> None:
    with Path("huge").open("wb") as file:
        for _turn in range(100):
            file.write(bytes(MIB))


def write_many_files(_: str) -> None:
    for number in range(40):
        Path(str(number)).write_bytes(bytes(50 * MIB))


def answer_too_much(_: str) -> Reading:
    return _reading("x" * 20 * MIB)


def answer_unpicklably(_: str) -> object:
    return lambda: None


def answer_with_foreign_class(_: str) -> object:
    return Path("/")


def start_helpers(path: str) -> None:
    helpers = [
        subprocess.Popen(["sleep", "1000"]),
        subprocess.Popen(["sleep", "1000"], start_new_session=True),
    ]
    Path(path).write_text(" ".join(str(helper.pid) for helper in helpers))


def start_helpers_and_sleep(path: str) -> None:
    helper = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "sleep", "1000"])
    Path(path).write_text(f"{os.getpid()} {os.getppid()} {helper.pid}")
    time.sleep(1000)


def list_files(path: str) -> None:
    targets = []
    for number in Path("/proc/self/fd").iterdir():
        try:
            targets.append(str(number.readlink()))
        except OSError:
            continue
    Path(path).write_text("\n".join(targets))


def show_environment(path: str) -> None:
    Path(path).write_text(f"{os.environ}\n{Path.cwd()}\n{os.environ['TMPDIR']}")


def shout(_: str) -> None:
    print("to standard output")  # noqa: T201
    os.write(2, b"to standard error\n")
