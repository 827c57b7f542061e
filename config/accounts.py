"""Sections of the settings, and accounts: who logs in to a mail server, and by what secret.

A secret comes from the file, from a variable or from a file of its own; it shows in no `repr` and in
no error.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class ConfigurationError(Exception):
    """A setting is wrong; one Russian line says which, where and what is expected."""


Seconds = Annotated[float, Field(gt=0, le=30 * 86_400)]


class Section(BaseModel):
    """A part of the tree: unknown keys are refused, nothing changes after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Account(Section):
    """Who logs in, and by what secret; the secret never shows in a `repr`."""

    username: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    authentication: Literal["password", "xoauth2"] = "password"
    timeout_seconds: Seconds = 30.0

    def secret(self) -> str | None:
        """Return the password. Raises `ConfigurationError` where its file cannot be read."""
        return secret_of(self.password, self.password_file, "password_file")

    def check(self, section: str, *, log_in: bool) -> None:
        """See that name and password are there: both, or where nobody has to `log_in`, neither.

        Raises `ConfigurationError` that names the section and the key.
        """
        try:
            secret = self.secret()
        except ConfigurationError as error:
            raise ConfigurationError(f"[{section}] {error}") from None
        if self.username is None and (log_in or secret is not None):
            raise ConfigurationError(f"[{section}] username: не задано имя для входа")
        if secret is None and (log_in or self.username is not None):
            raise ConfigurationError(f"[{section}] password_file: не задан пароль")


def secret_of(value: SecretStr | None, file: Path | None, key: str) -> str | None:
    """Return a secret that stands in a setting, or in the file that the setting `key` names.

    None where there is neither. Raises `ConfigurationError` where the file cannot be read.
    """
    if value is not None:
        return value.get_secret_value()
    if file is None:
        return None
    try:
        text = file.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except OSError as error:
        raise ConfigurationError(f"{key}: не читается {file} ({error.strerror})") from None
    except UnicodeDecodeError:  # whose words would quote the secret
        raise ConfigurationError(f"{key}: в файле {file} не текст в UTF-8") from None
    if not text:
        raise ConfigurationError(f"{key}: файл {file} пуст")
    return text
