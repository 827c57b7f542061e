"""Taking the network away from a process, for good: for everything that it starts as well.

Two ways, each enough against a connection to anywhere, and both are taken where both are to be had.
A network namespace of its own (unshare(2)) has no interfaces that lead out; root may make one,
others within a user namespace, where the kernel lets them. A seccomp filter (libseccomp) refuses to
make sockets of any family, those of local services too.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import Final

# linux/sched.h
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWNET: Final = 0x40000000

# Ways to a socket: the call itself, and the queue that would make the call for one.
FORBIDDEN_CALLS: Final = ("socket", "io_uring_setup")


class Isolation(StrEnum):
    """A way in which the network was taken away."""

    NAMESPACE = "namespace"
    FILTER = "filter"


def forbid_network(ways: Collection[Isolation] = tuple(Isolation)) -> tuple[Isolation, ...]:
    """Take the network from this process and all that it starts; return the ways that hold.

    Must be called while the process has one thread. Connections that are open stay open.
    """
    holding = []
    if Isolation.NAMESPACE in ways and _enter_namespace():
        holding.append(Isolation.NAMESPACE)
    if Isolation.FILTER in ways and _refuse_sockets():
        holding.append(Isolation.FILTER)
    return tuple(holding)


def _enter_namespace() -> bool:
    """Leave the network namespace of the machine for an empty one; whether that worked."""
    here = Path("/proc/self/ns/net")
    try:
        before = here.readlink()
        unshare = ctypes.CDLL(None, use_errno=True).unshare
        user, group = os.getuid(), os.getgid()
        if unshare(CLONE_NEWNET):
            if unshare(CLONE_NEWUSER | CLONE_NEWNET):
                return False
            _keep_identity(user, group)
        return here.readlink() != before
    except (OSError, AttributeError):  # no /proc, or a C library without unshare
        return False


def _keep_identity(user: int, group: int) -> None:
    """Be the same user within the new user namespace; nobody would be isolated as well."""
    with contextlib.suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def _refuse_sockets() -> bool:
    """Let the kernel answer "not permitted" to whoever wants a socket; whether that worked."""
    try:
        import pyseccomp  # says at import that the machine has no libseccomp

        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        for call in FORBIDDEN_CALLS:
            rules.add_rule(pyseccomp.ERRNO(errno.EPERM), call)
        rules.load()
    except (ImportError, RuntimeError, OSError, AttributeError):
        return False
    return True
