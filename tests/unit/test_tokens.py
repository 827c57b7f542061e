"""The signed token in our Message-IDs, and the file of its key."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.tokens import FixedKey, KeyFile, SignedIds
from workflow.ports import ServiceUnavailableError, Token

IDS = SignedIds("info@platform.example", FixedKey(b"sixteen bytes, or more"))
KEY = "17-ask-0123456789abcdef"


def test_an_id_that_we_made_is_known_as_ours() -> None:
    assert IDS.read(IDS.message_id(KEY)) == Token(17, genuine=True)
    assert IDS.message_id(KEY).startswith(f"<{KEY}.")
    assert IDS.message_id(KEY).endswith("@platform.example>")


@given(st.integers(0, 60), st.sampled_from("0123456789abcdefghijklmnopqrstuvwxyz-._"))
def test_no_changed_character_is_taken_for_ours(at: int, character: str) -> None:
    true = IDS.message_id(KEY)
    end = true.index("@")
    at = 1 + at % (end - 1)
    changed = true[:at] + character + true[at + 1 :]
    token = IDS.read(changed)
    assert changed == true or token is None or not token.genuine


@pytest.mark.parametrize(
    "claimed",
    [
        "<17-ask-0123456789abcdef@platform.example>",  # without a signature, as they were at first
        "<18-ask-0123456789abcdef.aaaaaaaaaaaaaaaaaaaa@platform.example>",
        "<17-ask-0123456789abcdef.a@platform.example>",
    ],
)
def test_what_only_looks_like_ours_is_a_claim_and_not_genuine(claimed: str) -> None:
    token = IDS.read(claimed)
    assert token is not None
    assert not token.genuine


def test_another_key_signs_otherwise() -> None:
    other = SignedIds("info@platform.example", FixedKey(b"another key of theirs"))
    assert IDS.read(other.message_id(KEY)) == Token(17, genuine=False)


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "<17@platform.example>",
        "<17-ask-0123456789abcdef.aaaaaaaaaaaaaaaaaaaa@other.example>",
        "<alert-20261125-0123456789abcdef@platform.example>",
        "<17-ask-0123456789abcdeF0@platform.example>",
        "<١٧-ask-0123456789abcdef@platform.example>",
    ],
)
def test_other_ids_claim_nothing(foreign: str) -> None:
    assert IDS.read(foreign) is None


@given(st.text(max_size=80))
def test_no_text_makes_it_raise(text: str) -> None:
    IDS.read(text)
    IDS.read(f"<17-ask-0123456789abcdef.{text}@platform.example>")


def test_the_key_is_made_once_by_the_first_reply_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "token-key"
    keys = KeyFile(path)
    ids = SignedIds("info@platform.example", keys)
    assert ids.read(IDS.message_id(KEY)) == Token(17, genuine=False)
    assert not path.parent.exists()
    made = ids.message_id(KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    again = SignedIds("info@platform.example", KeyFile(path))
    assert again.message_id(KEY) == made
    assert again.read(made) == Token(17, genuine=True)
    assert [one.name for one in path.parent.iterdir()] == ["token-key"]


def test_several_that_make_it_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: KeyFile(tmp_path / "key").made(), range(16)))
    assert len(keys) == 1


def test_a_key_that_is_too_short_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("short\n")
    with pytest.raises(ServiceUnavailableError, match="короче 16 байт"):
        KeyFile(tmp_path / "key").made()


def test_a_place_where_no_key_can_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServiceUnavailableError, match="ключ подписи не читается"):
        KeyFile(tmp_path / "file" / "key").made()
    os.mkdir(tmp_path / "directory")  # noqa: PTH102
    with pytest.raises(ServiceUnavailableError, match="ключ подписи не читается"):
        KeyFile(tmp_path / "directory").known()
