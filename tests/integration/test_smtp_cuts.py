"""A line between us and a real SMTP server that cuts, stalls and corrupts at every step."""

from __future__ import annotations

import random
import time
from itertools import count
from typing import Literal

import pytest

from tests.integration.mail_account import reply, sender_at
from tests.integration.mail_peers import Proxy
from tests.integration.mail_servers import Authority
from tests.integration.test_smtp_servers import Real, real
from workflow.ports import DeliveryRefusedError, DeliveryUnknownError, ServiceUnavailableError

__all__ = ["real"]

# of aiosmtpd, whose port for TLS from the first byte does not count as TLS
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

STEPS = 24
_numbers = count(1)


def attempt(proxy: Proxy, user: str) -> str:
    """Send once; returns what the program makes of it."""
    try:
        sender_at(proxy.port).send(reply(f"{user}@example.org"))
    except DeliveryUnknownError:
        return "unknown"
    except ServiceUnavailableError:
        return "later"
    return "sent"


def held(real: Real, user: str) -> int:
    return len(list(real.folder(user).glob("new/*")))


@pytest.mark.parametrize("then", ["cut", pytest.param("stall", marks=pytest.mark.slow)])
def test_wherever_the_servers_words_end_no_mail_is_lost_and_none_is_called_undeliverable(
    then: Literal["cut", "stall"], real: Real, authority: Authority, trusted: object
) -> None:
    user = f"cuts{next(_numbers)}"
    with Proxy(real.smtps, authority, trusted) as proxy:
        assert attempt(proxy, user) == "sent"
        whole, proxy.then = proxy.passed, then
        outcomes = []
        last_words = range(whole - 60, whole + 1, 4)  # what is said after the data, and goodbye
        for budget in [*range(0, whole, max(1, whole // STEPS)), *last_words]:
            proxy.budget = budget
            outcomes.append(attempt(proxy, user))
        proxy.budget = None
        assert attempt(proxy, user) == "sent"
    taken = outcomes.count("sent") + 2
    assert {"later", "unknown"} <= set(outcomes)
    end = time.monotonic() + 20
    while held(real, user) < taken and time.monotonic() < end:
        time.sleep(0.2)
    assert taken <= held(real, user) <= taken + outcomes.count("unknown")


def test_corrupted_words_never_make_a_mail_count_as_sent_that_was_not(
    real: Real, authority: Authority, trusted: object
) -> None:
    rng = random.Random(5)
    user = f"corrupt{next(_numbers)}"
    with Proxy(real.smtps, authority, trusted) as proxy:

        def spoil(data: bytes) -> bytes:
            spoilt = bytearray(data)
            if spoilt and rng.random() < 0.3:
                spoilt[rng.randrange(len(spoilt))] = rng.choice(b"\r\n -0\x00\xffA")
            return bytes(spoilt)

        proxy.change = spoil
        outcomes = []
        for _ in range(30):
            try:
                outcomes.append(attempt(proxy, user))
            except DeliveryRefusedError:  # a digit became another: what was said was 5yz
                outcomes.append("refused")
    end = time.monotonic() + 20
    while held(real, user) < outcomes.count("sent") and time.monotonic() < end:
        time.sleep(0.2)
    assert held(real, user) >= outcomes.count("sent")
