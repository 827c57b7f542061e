"""Log lines and explanations: nobody is named, nothing is quoted that a stranger may have written."""

from __future__ import annotations

import threading

import pytest
import structlog

from mailbot.logs import configure, explained, frames_of, log, masked
from workflow.ports import ServiceUnavailableError


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    with pytest.raises(type(error)) as caught:
        raise error from cause
    return caught.value


def test_a_foreseen_error_is_its_own_line() -> None:
    assert explained(raised(ServiceUnavailableError("никто не отвечает"))) == "никто не отвечает"


def test_of_an_error_that_nobody_foresaw_only_kind_and_place_are_told() -> None:
    line = explained(raised(ValueError("Рощина Вера Андреевна, +79120000147")))
    assert line.startswith("внутренняя ошибка ValueError (test_logs.py:")
    assert "Рощина" not in line
    assert explained(KeyError("Рощина")) == "внутренняя ошибка KeyError"


def test_where_an_error_arose_is_told_without_its_words() -> None:
    text = frames_of(raised(ValueError("Рощина"), cause=raised(KeyError("+79120000147"))))
    assert text.count("Traceback") == 2
    assert text.splitlines()[-1] == "ValueError"
    assert "KeyError\n" in text
    assert "raise error from cause" in text
    assert "Рощина" not in text.replace('ValueError("Рощина")', "")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("письмо от <info@school.example>: нет", "письмо от <адрес>: нет"),
        ("позвоните +7 (912) 000-01-47", "позвоните +• (•••) •••-01-47"),
        ("a\nb", "a b"),
        ("почта imap.example.ru:993", "почта imap.example.ru:993"),
    ],
)
def test_numbers_and_addresses_are_masked_and_lines_folded(text: str, wanted: str) -> None:
    assert masked(text) == wanted


def test_every_value_of_an_event_is_masked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    configure()
    log.warning("x", why="от info@school.example, 89120000147", mailbox="main")
    (line,) = capsys.readouterr().err.splitlines()
    assert "school.example" not in line
    assert "8912" not in line
    assert "mailbox=main" in line
    structlog.reset_defaults()
