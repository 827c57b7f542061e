"""Sections of the settings that stand by themselves: retention, antivirus, tables of others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from config.accounts import ConfigurationError, Seconds, Section, secret_of


def _words(value: object) -> object:
    """Read a list that stands in a variable: as JSON, or parted by commas."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [one.strip() for one in value.split(",") if one.strip()]


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]


def _by_field(value: object, prefix: str = "") -> object:
    """Lay tables in tables out flat: a dot in a key that stands without quotes makes one."""
    if not isinstance(value, dict):
        return value
    flat: dict[str, object] = {}
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if isinstance(inner, dict):
            further = _by_field(inner, f"{name}.")
            flat |= further if isinstance(further, dict) else {}
        else:
            flat[name] = inner
    return flat


class Questionnaire(Section):
    """How the questionnaire is read."""

    labels: Annotated[dict[str, Words], BeforeValidator(_by_field)] = Field(default_factory=dict)


Days = Annotated[float, Field(ge=0, le=36_500)]


class Retention(Section):
    """How many days the persons in an application are kept after its end; 0: for ever."""

    completed_days: Days = 365.0
    rejected_days: Days = 180.0
    expired_days: Days = 180.0
    joined_days: Days = 180.0
    ignored_days: Days = (
        90.0  # after arrival: who wrote a message that was left alone, and about what
    )


class Antivirus(Section):
    """Who looks for harmful contents: ClamAV's daemon, by its local socket."""

    socket: Path | None = None
    timeout_seconds: Seconds = 30.0  # of silence


class Metrics(Section):
    """Where figures for Prometheus are written."""

    textfile: Path | None = None


class RegisterColumns(Section):
    """Headers of a register's columns, beside the usual ones; they are looked for first."""

    inn: Words = ()
    ogrn: Words = ()
    kpp: Words = ()
    full_name: Words = ()
    short_name: Words = ()
    region: Words = ()
    address: Words = ()
    head: Words = ()
    status: Words = ()
    email: Words = ()
    site: Words = ()


class Register(Section):
    """How a register of organizations is read."""

    columns: RegisterColumns = RegisterColumns()


def _https(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("ожидается адрес, который начинается с https://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("в адресе нет места имени, паролю и параметрам: ключ — в token_file")
    _ = parts.port
    return value


class Provisioner(Section):
    """What creates the organization and grants the rights."""

    kind: Literal["registry", "scim", "http"] = "registry"
    url: Annotated[str, AfterValidator(_https)] | None = None
    token: SecretStr | None = None
    token_file: Path | None = None
    timeout_seconds: Seconds = 30.0

    def secret(self) -> str:
        """Return the token. Raises `ConfigurationError` where there is none."""
        token = secret_of(self.token, self.token_file, "token_file")
        if token is None:
            raise ConfigurationError("token_file: не задан ключ доступа")
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ConfigurationError(
                "token_file: ключ доступа — одно слово из латинских букв и цифр"
            )
        return token

    def check(self) -> None:
        """See that a service of somebody else's has an address and a key. Raises `ConfigurationError`."""
        if self.kind == "registry":
            return
        if self.url is None:
            raise ConfigurationError("[provisioner] url: не задан адрес службы")
        try:
            self.secret()
        except ConfigurationError as error:
            raise ConfigurationError(f"[provisioner] {error}") from None
