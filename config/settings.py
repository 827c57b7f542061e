"""Every setting in one typed tree, from a TOML file and from `MAILBOT_<SECTION>__<KEY>` variables.

A wrong value, an unknown key and a variable that names no setting are `ConfigurationError`s with one
Russian line: what, where, and what is expected. Relative paths count from the configuration file.
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote, unquote, urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from config.accounts import Account, Seconds, Section
from config.accounts import ConfigurationError as ConfigurationError
from config.sections import (
    Antivirus,
    Metrics,
    Provisioner,
    Questionnaire,
    Register,
    Retention,
    Words,
)
from config.values import FIRST_MAILBOX, mail_service, mailbox_names, moment

PREFIX: Final = "MAILBOT_"
FILE_VARIABLE: Final = "MAILBOT_CONFIG"
DEFAULT_FILE: Final = Path("mailbot.toml")


def _mail_url(value: str, *, schemes: tuple[str, ...]) -> str:
    parts = urlsplit(value)
    expected = ", ".join(f"{scheme}://" for scheme in schemes)
    if parts.scheme not in schemes:
        raise ValueError(f"ожидается адрес, который начинается с {expected}")
    if parts.username or parts.password:
        raise ValueError("имя и пароль не пишут в адрес: для них есть username и password_file")
    if parts.scheme == "maildir":
        if parts.netloc or not unquote(parts.path).startswith("/"):
            raise ValueError("ожидается полный путь: maildir:///путь/к/ящику")
    elif not parts.hostname:
        raise ValueError("в адресе нет имени сервера")
    _ = parts.port
    return value


def _incoming(value: str) -> str:
    return _mail_url(value, schemes=("imaps", "imap", "maildir"))


def _outgoing(value: str) -> str:
    return _mail_url(value, schemes=("smtps", "smtp", "maildir"))


def _address(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not (local and at and domain) or any(character.isspace() for character in value):
        raise ValueError("ожидается адрес вида info@example.ru")
    return value


def _marking(value: str) -> str:
    if value in {"nothing", "keyword"} or (value.startswith("move:") and len(value) > len("move:")):
        return value
    raise ValueError("ожидается nothing, keyword или move:<папка>")


Count = Annotated[int, Field(gt=0, le=1_000_000)]
WorkingDays = Annotated[int, Field(ge=0, le=250)]  # a year has some 247


class Mailbox(Account):
    """Where mail comes from."""

    url: Annotated[str, AfterValidator(_incoming)]
    folder: str | None = None
    poll_seconds: Seconds = 60.0
    start_date: Annotated[dt.datetime | None, BeforeValidator(moment)] = None
    mark_processed: Annotated[str, AfterValidator(_marking)] = "nothing"
    trusted_authserv_id: Annotated[str, AfterValidator(mail_service)] | None = None


class Outgoing(Account):
    """Where replies go to."""

    url: Annotated[str, AfterValidator(_outgoing)]
    sender: Annotated[str, AfterValidator(_address)]


class Database(Section):
    """Where the truth is."""

    url: str = "sqlite:///mailbot.db"


class Storage(Section):
    """Where the messages' bytes lie; by default beside the SQLite file or the configuration."""

    directory: Path | None = None
    token_key_file: Path | None = None  # signs our Message-IDs; by default made in the directory


class Retry(Section):
    """Wait after a failed attempt, doubling up to the maximum."""

    first_seconds: Seconds = 30.0
    max_seconds: Seconds = 3_600.0


class Worker(Section):
    """How many messages are read at once, and how long a dead process's work stays taken."""

    processes: Annotated[int, Field(ge=1, le=64)] = 2
    lease_seconds: Seconds = 30.0


class Rules(Section):
    """What the verdict depends on."""

    required_fields: Words = (
        "organization.full_name",
        "organization.inn",
        "administrator.full_name",
        "administrator.phone",
    )
    letter_max_age_days: Count = 365
    change_needs_two: bool = True


class Replies(Section):
    """What schools are told, and how often."""

    receipt_after_seconds: Seconds = 600.0
    per_thread: Count = 4
    per_address_per_day: Count = 10
    per_hour: Count = 2_000
    platform_name: str = "Сферум"
    messenger: Literal["vk", "max"] = "vk"
    messenger_name: str | None = None  # the name of that messenger
    site_url: str = "https://sferum.ru"
    instructions_url: str = "https://sferum.ru/?p=instructions"
    parents_url: str = "https://sferum.ru/?p=parents_students"
    questionnaire_url: str | None = None
    support: str | None = None
    sender_name: str | None = None
    answer_working_days: WorkingDays = 3
    remind_after_working_days: WorkingDays = 5
    expire_after_working_days: WorkingDays = 15
    templates_directory: Path | None = None


class Alerts(Section):
    """Whom the program calls when it has stopped sending, intake stalls or the queue grows old."""

    to: Annotated[str, AfterValidator(_address)] | None = None
    stalled_after_minutes: Annotated[int, Field(ge=1, le=43_200)] = 60
    queue_old_after_working_days: WorkingDays = 3


# the library's metaclass happens to have a method of this name
warnings.filterwarnings("ignore", r'Field name "register" in "Settings" shadows', UserWarning)


class Settings(BaseSettings):
    """The whole tree."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        validate_default=True,
    )

    mailbox: Mailbox | None = None
    mailboxes: Annotated[dict[str, Mailbox], BeforeValidator(mailbox_names)] = Field(
        default_factory=dict
    )
    outgoing: Outgoing | None = None
    database: Database = Database()
    storage: Storage = Storage()
    retry: Retry = Retry()
    worker: Worker = Worker()
    rules: Rules = Rules()
    replies: Replies = Replies()
    retention: Retention = Retention()
    antivirus: Antivirus = Antivirus()
    alerts: Alerts = Alerts()
    metrics: Metrics = Metrics()
    questionnaire: Questionnaire = Questionnaire()
    register: Register = Register()
    provisioner: Provisioner = Provisioner()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then the file that `load` was given."""
        return (env_settings, TomlConfigSettingsSource(settings_cls, toml_file=_file.path))

    def check_accounts(self) -> None:
        """See that every server can be logged in to. Raises `ConfigurationError`."""
        first = {"mailbox": self.mailbox} if self.mailbox else {}
        named = {f"mailboxes.{name}": box for name, box in self.mailboxes.items()}
        for section, box in (first | named).items():
            if not box.url.startswith("maildir:"):
                box.check(section, log_in=True)
        if self.outgoing and not self.outgoing.url.startswith("maildir:"):
            self.outgoing.check("outgoing", log_in=False)
        self.provisioner.check()

    def all_mailboxes(self) -> dict[str, Mailbox]:
        """Return every configured mailbox by its name; `[mailbox]` is called «mailbox»."""
        first = {FIRST_MAILBOX: self.mailbox} if self.mailbox else {}
        return first | self.mailboxes


class _File:
    """The file that is being loaded: the library asks for it by a class method without arguments."""

    path: Path | None = None


_file = _File()


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from `path`, else `MAILBOT_CONFIG`, else `./mailbot.toml`.

    Without a file the environment alone may hold them. Raises `ConfigurationError`.
    """
    environment = os.environ if environment is None else environment
    named = path or (Path(environment[FILE_VARIABLE]) if environment.get(FILE_VARIABLE) else None)
    file = named or DEFAULT_FILE
    variables = [name for name in environment if name.startswith(PREFIX) and name != FILE_VARIABLE]
    if not file.is_file():
        if named is not None or not variables:
            raise ConfigurationError(
                f"{file}: файла настроек нет; создайте его: mailbot init {file.parent}"
            )
        file = None  # type: ignore[assignment]  # the environment alone
    _refuse_unknown(variables)
    _file.path = _readable(file)
    try:
        settings = Settings()
    except ValidationError as error:
        raise ConfigurationError(_explain(error, file)) from None
    except SettingsError as error:
        raise ConfigurationError(f"переменные окружения: {error}") from None
    finally:
        _file.path = None
    base = (file.parent if file else Path()).resolve()
    return _rooted(settings, base)


def _readable(file: Path | None) -> Path | None:
    """Return the file if it is TOML; the library is silent about one that is missing."""
    if file is None:
        return None
    try:
        tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: это не TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: файл не читается: {error}") from None
    return file


def _refuse_unknown(variables: list[str]) -> None:
    """Refuse a variable whose section is misspelt: the library would ignore it."""
    for name in variables:
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        if section not in Settings.model_fields or not key or not _names_key(section, key):
            raise ConfigurationError(
                f"{name}: такой настройки нет; имена вида {PREFIX}MAILBOX__URL"
            )


def _names_key(section: str, key: str) -> bool:
    if section == "mailboxes":
        name, _, key = key.partition("__")
        return bool(name) and key in Mailbox.model_fields
    return key in set(_keys(_SECTIONS[section], "__"))


def _keys(section: type[Section], separator: str, prefix: str = "") -> Iterator[str]:
    """Return every key of a section; those of a section in it behind its name and `separator`."""
    for key, field in section.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Section):
            yield from _keys(inner, separator, f"{prefix}{key}{separator}")
        else:
            yield prefix + key


_SECTIONS: Final[dict[str, type[Section]]] = {
    "mailbox": Mailbox,
    "outgoing": Outgoing,
    "database": Database,
    "storage": Storage,
    "retry": Retry,
    "worker": Worker,
    "rules": Rules,
    "replies": Replies,
    "retention": Retention,
    "antivirus": Antivirus,
    "alerts": Alerts,
    "metrics": Metrics,
    "questionnaire": Questionnaire,
    "register": Register,
    "provisioner": Provisioner,
}

_REASONS: Final = {
    "extra_forbidden": "такой настройки нет",
    "missing": "обязательная настройка не задана",
}


def _explain(error: ValidationError, file: Path | None) -> str:
    """Say the first problem in one line: where, which key, what is expected."""
    first = error.errors(include_url=False, include_input=False)[0]
    path = [str(part) for part in first["loc"]]
    key = f"[{path[0]}] {'.'.join(path[1:])}".strip() if path else "настройки"
    reason = _REASONS.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    return f"{file or 'переменные окружения'}: {key}: {reason}"


def _rooted(settings: Settings, base: Path) -> Settings:
    """Make every relative path count from the configuration file."""

    def rooted(path: Path | None) -> Path | None:
        return base / path.expanduser() if path is not None else None

    def account(box: Any) -> Any:
        return box.model_copy(update={"password_file": rooted(box.password_file)}) if box else None

    url = settings.database.url
    for prefix in ("sqlite:///", "sqlite+pysqlite:///"):
        name = url.removeprefix(prefix)
        if url.startswith(prefix) and name and not name.startswith(("/", ":memory:", "file:")):
            url = f"{prefix}{quote(str(base))}/{name}"
    directory = rooted(settings.storage.directory)
    if directory is None:
        name = unquote(url.partition(":///")[2])
        beside = Path(name).parent if url.startswith("sqlite") and name.startswith("/") else base
        directory = beside / "mailbot-data"
    templates = rooted(settings.replies.templates_directory)
    return settings.model_copy(
        update={
            "mailbox": account(settings.mailbox),
            "mailboxes": {name: account(box) for name, box in settings.mailboxes.items()},
            "outgoing": account(settings.outgoing),
            "database": Database(url=url),
            "storage": Storage(
                directory=directory, token_key_file=rooted(settings.storage.token_key_file)
            ),
            "antivirus": settings.antivirus.model_copy(
                update={"socket": rooted(settings.antivirus.socket)}
            ),
            "metrics": Metrics(textfile=rooted(settings.metrics.textfile)),
            "replies": settings.replies.model_copy(update={"templates_directory": templates}),
            "provisioner": settings.provisioner.model_copy(
                update={"token_file": rooted(settings.provisioner.token_file)}
            ),
        }
    )


def documented_keys() -> Iterator[str]:
    """Return every key as «section.key», for the test that the commented file names each."""
    for name, section in _SECTIONS.items():
        for key in _keys(section, "."):
            yield f"{name}.{key}"
