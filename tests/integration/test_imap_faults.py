from __future__ import annotations

import random
import threading
import time
from itertools import count
from pathlib import Path

import pytest
import trustme

from mailbot.imap import ImapMailbox
from tests.integration.mail_account import TIMEOUT, fault_of, mailbox_at
from tests.integration.mail_client import MailClient
from tests.integration.mail_peers import THINKING, Peer, Proxy
from tests.integration.mail_servers import PASSWORD, Authority, Dovecot, free_port
from workflow.ports import ServiceUnavailableError

LETTER = b"From: school@example.ru\r\nSubject: application\r\n\r\ntext\r\n"
NEARLY_ALL = 0.97  # a pass is some bytes shorter at times: the server tells in it how long it took

_numbers = count(1)


@pytest.fixture
def client(dovecot: Dovecot, trusted: Path) -> MailClient:
    """A mailbox of its own with three messages."""
    made = MailClient(dovecot, f"fault{next(_numbers)}", trusted=trusted)
    made.add(LETTER, LETTER + b"2\r\n", LETTER + b"3\r\n")
    return made


def whole_pass(mailbox: ImapMailbox) -> list[bytes | None]:
    entries = list(mailbox.entries(None))
    assert all(header for _, header in mailbox.headers(entries))
    return [mailbox.message(entry) for entry in entries]


def test_a_wrong_password_is_one_line_that_tells_the_mend(dovecot: Dovecot, trusted: Path) -> None:
    with mailbox_at(dovecot.imaps, secret=lambda: "wrong-word") as mailbox:
        line = fault_of(mailbox.probe)
    assert f"localhost:{dovecot.imaps}" in line
    assert "password_file" in line
    assert "wrong-word" not in line


def test_a_folder_that_is_not_there_is_named(dovecot: Dovecot, trusted: Path) -> None:
    with mailbox_at(dovecot.imaps, folder="Нет такой") as mailbox:
        assert "Нет такой" in fault_of(mailbox.probe)


def test_nobody_there(trusted: Path) -> None:
    with mailbox_at(free_port()) as mailbox:
        assert "никто не отвечает" in fault_of(mailbox.probe)
    with mailbox_at(993, host="nowhere.invalid") as mailbox:
        assert "nowhere.invalid:993" in fault_of(mailbox.probe)


@pytest.mark.parametrize("way", ["imaps", "imap"])
def test_somebody_who_says_nothing_at_all_is_given_up(way: str, trusted: Path) -> None:
    with (
        Peer(None, b"", lambda: lambda line: THINKING) as silent,
        mailbox_at(silent.port, tls=way == "imaps") as mailbox,
    ):
        began = time.monotonic()
        assert "не отвечает" in fault_of(mailbox.probe)
        assert time.monotonic() - began < 3


@pytest.mark.parametrize("way", ["imaps", "imap"])
def test_a_certificate_of_an_unknown_issuer_is_refused(
    way: str, dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    with mailbox_at(getattr(dovecot, way), tls=way == "imaps") as mailbox:
        assert "SSL_CERT_FILE" in fault_of(mailbox.probe)


@pytest.mark.parametrize("way", ["imaps", "imap"])
def test_a_certificate_for_another_name_is_refused(
    way: str, dovecot: Dovecot, trusted: Path
) -> None:
    with mailbox_at(getattr(dovecot, way), tls=way == "imaps", host="127.0.0.1") as mailbox:
        assert "другое имя" in fault_of(mailbox.probe)


def test_a_server_without_tls_gets_no_password(clear_dovecot: Dovecot, trusted: Path) -> None:
    with Proxy(clear_dovecot.imap, None, None) as proxy:
        with mailbox_at(proxy.port, tls=False) as mailbox:
            assert "STARTTLS" in fault_of(mailbox.probe)
        with mailbox_at(proxy.port, tls=True) as mailbox:
            assert "шифр" in fault_of(mailbox.probe)
        assert b"LOGIN" not in proxy.sent
        assert PASSWORD.encode() not in proxy.sent


@pytest.mark.parametrize(
    "change",
    [
        (b"STARTTLS", b"XTARTTLS"),
        (b"* OK [", b"* PREAUTH ["),
    ],
    ids=["stripped", "said to be logged in already"],
)
def test_starttls_cannot_be_taken_out_on_the_way(
    change: tuple[bytes, bytes], dovecot: Dovecot, trusted: Path
) -> None:
    with Proxy(dovecot.imap, None, None) as proxy:
        proxy.change = lambda data: data.replace(*change)
        with mailbox_at(proxy.port, tls=False) as mailbox:
            fault_of(mailbox.probe)
        assert b"LOGIN" not in proxy.sent
        assert PASSWORD.encode() not in proxy.sent


@pytest.fixture(scope="module")
def whole_length(authority: Authority, dovecot: Dovecot, authority_file: Path) -> int:
    """How many bytes the server says in a whole pass over three messages."""
    client = MailClient(dovecot, "length", trusted=authority_file)
    client.add(LETTER, LETTER + b"2\r\n", LETTER + b"3\r\n")
    with (
        pytest.MonkeyPatch.context() as patch,
        Proxy(dovecot.imaps, authority, authority_file) as p,
    ):
        patch.setenv("SSL_CERT_FILE", str(authority_file))
        with mailbox_at(p.port, username="length") as mailbox:
            whole_pass(mailbox)
            return p.passed


@pytest.mark.parametrize("then", ["stall", "cut"])
@pytest.mark.parametrize(
    "share",
    [pytest.param(step / 16, marks=[pytest.mark.slow] if step % 5 else []) for step in range(16)]
    + [NEARLY_ALL],
)
def test_a_server_that_falls_silent_in_the_middle_of_any_reply_is_one_fault_and_no_loss(
    share: float,
    then: str,
    whole_length: int,
    authority: Authority,
    dovecot: Dovecot,
    trusted: Path,
    client: MailClient,
) -> None:
    before = client.look()
    with Proxy(dovecot.imaps, authority, trusted) as proxy:
        proxy.then = "stall" if then == "stall" else "cut"
        proxy.budget = int(whole_length * share)
        with mailbox_at(proxy.port, username=client.user) as mailbox:
            began = time.monotonic()
            fault_of(lambda: whole_pass(mailbox))
            assert time.monotonic() - began < 5 * TIMEOUT
            assert mailbox.position() is None or share > 0.4
            proxy.budget = None
            assert whole_pass(mailbox) == [held.content for held in before.values()]
    assert client.look() == before


@pytest.mark.parametrize("then", ["stall", "cut"])
@pytest.mark.parametrize("letters", [0, 5, 24 + 10], ids=["silent", "in the news", "in the end"])
def test_a_server_that_goes_away_during_idle_is_noticed_without_spinning(
    letters: int,
    then: str,
    authority: Authority,
    dovecot: Dovecot,
    trusted: Path,
    client: MailClient,
) -> None:
    with Proxy(dovecot.imaps, authority, trusted) as proxy:
        proxy.then = "stall" if then == "stall" else "cut"
        with mailbox_at(proxy.port, username=client.user) as mailbox:
            list(mailbox.entries(None))

            def go_away() -> None:
                proxy.budget = proxy.passed + letters
                client.add(LETTER)

            timer = threading.Timer(0.3, go_away)
            timer.start()
            began, busy = time.monotonic(), time.process_time()
            fault_of(lambda: mailbox.wait(1.5, threading.Event()))
            assert time.monotonic() - began < 1.5 + 3 * TIMEOUT
            assert time.process_time() - busy < 0.5
            timer.join()
            proxy.budget = None
            assert len(list(mailbox.entries(None))) == 4


def test_a_corrupted_reply_is_a_fault_or_harmless_and_nothing_of_a_letter_gets_into_a_line(
    authority: Authority,
    dovecot: Dovecot,
    trusted: Path,
    client: MailClient,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rng = random.Random(11)
    client.add(LETTER + b"canary\r\n" * 30)
    lines = []
    with Proxy(dovecot.imaps, authority, trusted) as proxy:

        def spoil(data: bytes) -> bytes:
            spoilt = bytearray(data)
            if spoilt and rng.random() < 0.4:
                spoilt[rng.randrange(len(spoilt))] = rng.choice(b'\r\n(){} "*+0A\x00\xff')
            return bytes(spoilt)

        proxy.change = spoil
        for _ in range(80):
            with mailbox_at(proxy.port, username=client.user, timeout_seconds=0.2) as mailbox:
                try:
                    entries = list(mailbox.entries(None))
                    list(mailbox.headers(entries))
                    for entry in entries:
                        mailbox.message(entry)
                    mailbox.wait(0.05, threading.Event())
                except ServiceUnavailableError as error:
                    lines.append(str(error))
    assert lines
    told = " ".join([*lines, *capsys.readouterr()])
    assert not any(word in told for word in ("canary", "text", "From:", "application"))
