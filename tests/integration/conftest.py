"""Mail servers for tests: started when first asked for, one of each kind a session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.mail_servers import Authority, Dovecot, Postfix, Pymap


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Who has issued the certificates of all these servers, for «localhost»."""
    return Authority()


@pytest.fixture(scope="session")
def authority_file(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority's certificate in a file."""
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.ca.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def trusted(authority_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that `SSL_CERT_FILE` names in this test: whatever verifies certificates trusts it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority_file))
    return authority_file


@pytest.fixture(scope="session")
def dovecot(authority: Authority) -> Iterator[Dovecot]:
    """An IMAP server that demands TLS."""
    server = Dovecot(authority)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def clear_dovecot(authority: Authority) -> Iterator[Dovecot]:
    """An IMAP server that knows no TLS at all."""
    server = Dovecot(authority, tls=False)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def pymap(authority: Authority) -> Iterator[Pymap]:
    """An IMAP server of another make, with STARTTLS."""
    server = Pymap(authority)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postfix(authority: Authority, dovecot: Dovecot) -> Iterator[Postfix]:
    """An SMTP server that demands TLS and a password; it can only be started by root."""
    if os.geteuid() != 0:
        pytest.fail("Postfix can only be started by root")
    server = Postfix(authority, dovecot)
    yield server
    server.stop()
