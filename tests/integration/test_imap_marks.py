from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from mailbot.imap import ImapAccount, ImapMailbox
from tests.integration.mail_client import Held, MailClient
from tests.integration.mail_peers import Proxy
from tests.integration.mail_servers import PASSWORD, Authority, Dovecot
from workflow.ports import ServiceUnavailableError

LETTER = b"From: school@example.ru\r\nSubject: application\r\n\r\ntext\r\n"
KEYWORD = b"$MailbotProcessed"

_numbers = count(1)


@pytest.fixture
def client(dovecot: Dovecot, trusted: Path) -> MailClient:
    """A mailbox of its own with five messages, whose \\Recent is gone: opening it for writing takes it."""
    made = MailClient(dovecot, f"mark{next(_numbers)}", trusted=trusted)
    made.add(LETTER, LETTER + b"2\r\n", flags="\\Flagged")
    made.add(LETTER + b"3\r\n", flags="\\Seen \\Deleted Work")
    made.add(LETTER + b"4\r\n", LETTER + b"5\r\n")
    with made.session(write=True):
        pass
    return made


def mailbox_of(client: MailClient, port: int) -> ImapMailbox:
    account = ImapAccount(
        host="localhost",
        port=port,
        tls=True,
        folder=client.folder,
        username=client.user,
        secret=lambda: PASSWORD,
        timeout_seconds=5.0,
    )
    return ImapMailbox(account, name="main")


def keys_of(mailbox: ImapMailbox) -> list[str]:
    keys = [entry.key for entry in mailbox.entries(None)]
    mailbox.close()
    return keys


def with_keyword(held: Held) -> Held:
    return held._replace(flags=held.flags | {KEYWORD})


def test_only_the_named_messages_get_the_keyword_and_only_that(
    client: MailClient, dovecot: Dovecot
) -> None:
    before = client.look()
    mailbox = mailbox_of(client, dovecot.imaps)
    keys = keys_of(mailbox)
    for _ in range(2):  # again is harmless
        mailbox.mark([keys[0], keys[3]], "keyword")
        wanted = {1, 4}
        assert client.look() == {
            uid: with_keyword(held) if uid in wanted else held for uid, held in before.items()
        }


def test_only_the_named_messages_are_moved_and_nothing_is_expunged(
    client: MailClient, dovecot: Dovecot, trusted: Path
) -> None:
    target = MailClient(dovecot, client.user, trusted=trusted, folder="&BBcEMARPBDIEOgQ4-")
    target.create()
    before = client.look()
    mailbox = mailbox_of(client, dovecot.imaps)
    keys = keys_of(mailbox)
    for _ in range(2):
        mailbox.mark([keys[0], keys[3]], "move:Заявки")
        assert client.look() == {uid: held for uid, held in before.items() if uid not in {1, 4}}
        moved = [held.content for held in target.look().values()]
        assert moved == [before[1].content, before[4].content]


def test_nothing_is_the_default_and_opens_no_connection(client: MailClient) -> None:
    mailbox = mailbox_of(client, port=1)
    mailbox.mark(["1/1"], "nothing")
    mailbox.mark([], "keyword")


def test_after_a_renumbering_no_message_is_marked(client: MailClient, dovecot: Dovecot) -> None:
    before = client.look()
    mailbox = mailbox_of(client, dovecot.imaps)
    stale = [f"1/{key.partition('/')[2]}" for key in keys_of(mailbox)]
    mailbox.mark(stale, "keyword")
    assert client.look() == before


def test_where_moving_is_unknown_nothing_is_copied_or_deleted_instead(
    authority: Authority, trusted: Path, client: MailClient, dovecot: Dovecot
) -> None:
    before = client.look()
    with Proxy(dovecot.imaps, authority, trusted) as proxy:
        proxy.change = lambda data: data.replace(b" MOVE", b" LOVE")
        mailbox = mailbox_of(client, proxy.port)
        keys = keys_of(mailbox)
        with pytest.raises(ServiceUnavailableError, match="MOVE"):
            mailbox.mark(keys[:1], "move:Trash")
        assert not {"UID COPY", "UID STORE", "EXPUNGE", "CLOSE", "CREATE"} & set(proxy.commands())
    assert client.look() == before


def test_a_folder_that_is_not_there_is_named_and_not_made(
    client: MailClient, dovecot: Dovecot
) -> None:
    before = client.look()
    mailbox = mailbox_of(client, dovecot.imaps)
    with pytest.raises(ServiceUnavailableError, match="«Обработано»"):
        mailbox.mark(keys_of(mailbox)[:1], "move:Обработано")
    assert client.look() == before


def test_where_keywords_do_not_last_the_setting_to_change_is_named(
    authority: Authority, trusted: Path, client: MailClient, dovecot: Dovecot
) -> None:
    with Proxy(dovecot.imaps, authority, trusted) as proxy:
        proxy.change = lambda data: data.replace(rb" \*)", b")")
        mailbox = mailbox_of(client, proxy.port)
        with pytest.raises(ServiceUnavailableError, match="mark_processed"):
            mailbox.mark(keys_of(mailbox)[:1], "keyword")
        assert "UID STORE" not in proxy.commands()
