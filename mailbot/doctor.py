"""`doctor`: is everything there and fit? One line a check, each fault with its mend."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final, NamedTuple

from config.settings import ConfigurationError, Settings
from mailbot.app import (
    antivirus_of,
    mailboxes_of,
    provisioner_of,
    reply_settings,
    schema_of,
    sender_of,
    store_of,
    token_key,
)
from mailbot.cage import network_isolation
from mailbot.reply_samples import check_templates
from mailbot.screen import local
from mailbot.senders import judge_senders
from mailbot.storage import SchemaState
from mailbot.storage.registertables import register_state
from parsers.images.faults import OcrUnavailableError
from workflow.ports import ServiceUnavailableError

MIN_FREE_BYTES: Final = 2**30

_ISOLATION: Final = {
    "namespace": "отдельное пространство имён",
    "filter": "фильтр системных вызовов",
    "namespace and filter": "отдельное пространство имён и фильтр системных вызовов",
}

_OWN_NAMES: Final = ("mailbot", "parsers", "workflow", "templates", "config")


class Check(NamedTuple):
    """One thing that was looked at."""

    name: str
    ok: bool
    message: str  # what was found; of a fault, how to mend it


def examine(settings: Settings) -> list[Check]:
    """Look at everything that the program needs; no check stops the others."""
    checks: list[tuple[str, Callable[[Settings], str]]] = [
        ("распознавание", _ocr),
        ("база данных", _database),
        ("регистрация", _provisioner),
        ("реестр организаций", _register),
        ("шаблоны ответов", _templates),
        ("диск", _disk),
        ("изоляция чтения", _cage),
        ("антивирус", _antivirus),
        ("установка", _installation),
        ("оповещения", _alerts),
        ("ключ подписи", _token_key),
        ("счётчики", _metrics),
    ]
    return [*(_check(name, look, settings) for name, look in checks), *_mail(settings)]


class _FaultError(Exception):
    """A check found something wrong; the message says how to mend it."""


def _check(name: str, look: Callable[[Settings], str], settings: Settings) -> Check:
    try:
        return Check(name, True, look(settings))
    except (_FaultError, ServiceUnavailableError, OcrUnavailableError) as error:
        return Check(name, False, str(error))


def _mail(settings: Settings) -> Iterator[Check]:
    if not settings.all_mailboxes():
        yield Check("почтовый ящик", False, "не задан; впишите [mailbox] url в файл настроек")
    for mailbox, _ in mailboxes_of(settings):
        try:
            mailbox.probe()
            yield Check(f"почтовый ящик «{mailbox.name}»", True, "открывается")
            service = settings.all_mailboxes()[mailbox.name].trusted_authserv_id
            yield Check(f"отправители в «{mailbox.name}»", *judge_senders(mailbox, service))
        except ServiceUnavailableError as error:
            yield Check(f"почтовый ящик «{mailbox.name}»", False, str(error))
        finally:
            mailbox.close()
    sender = sender_of(settings)
    if sender is None:
        yield Check("исходящая почта", False, "не задана; впишите [outgoing] url и sender")
        return
    try:
        sender.probe()
        yield Check("исходящая почта", True, "принимает письма")
    except ServiceUnavailableError as error:
        yield Check("исходящая почта", False, str(error))


def _alerts(settings: Settings) -> str:
    to, outgoing = settings.alerts.to, settings.outgoing
    if to is None:
        return "адрес не задан ([alerts] to): об остановках говорит только журнал"
    if outgoing is not None and to.casefold() == outgoing.sender.casefold():
        raise _FaultError(
            "[alerts] to — тот же адрес, что [outgoing] sender: письма с него программа считает "
            "своими; впишите адрес того, кто поможет"
        )
    return f"об остановках узнает {to}"


def _token_key(settings: Settings) -> str:
    known = token_key(settings).known()
    return "на месте" if known else "ключа ещё нет, его создаст первый ответ"


def _metrics(settings: Settings) -> str:
    file = settings.metrics.textfile
    if file is None:
        return "не заданы ([metrics] textfile)"
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise _FaultError(f"{file.parent}: нет папки или права записи; создайте её или дайте право")
    return f"пишутся в {file}"


def _ocr(settings: Settings) -> str:
    from parsers.images.tesseract import Tesseract  # loads numpy, 0.2 s that `init` need not wait

    Tesseract().probe()
    return "tesseract и русская модель на месте"


def _database(settings: Settings) -> str:
    state = schema_of(settings)
    if state is SchemaState.MISSING:
        if settings.database.url.startswith("sqlite"):
            return "базы ещё нет, её создаст первый запуск mailbot run"
        raise _FaultError("схемы в базе нет; создайте её: mailbot db upgrade")
    if state is SchemaState.OLD:
        raise _FaultError("схема базы устарела; обновите её: mailbot db upgrade")
    if state is SchemaState.NEWER:
        raise _FaultError("схема базы новее программы; обновите программу")
    return "схема нынешней версии"


def _provisioner(settings: Settings) -> str:
    kind = settings.provisioner.kind
    store = store_of(settings)
    try:
        target = provisioner_of(settings, store)
        if kind != "registry" or schema_of(settings) is SchemaState.CURRENT:
            target.probe()
    except ConfigurationError as error:
        raise _FaultError(str(error)) from None
    finally:
        store.close()
    if kind == "registry":
        return "встроенный реестр в той же базе"
    return f"{kind}: {settings.provisioner.url} отвечает"


def _register(settings: Settings) -> str:
    """Say what applications are checked against: two papers alone may come from one forger."""
    absent = "не загружен: письмо и анкета сверяются только между собой"
    if schema_of(settings) is not SchemaState.CURRENT:
        return absent
    store = store_of(settings)
    try:
        with store.database.transaction(write=False) as connection:
            state = register_state(connection)
    finally:
        store.close()
    if state is None:
        return absent
    if state.is_cut_off:
        raise _FaultError(
            f"загрузка {state.file} не закончена; если её никто не ведёт, повторите: "
            "mailbot register import ФАЙЛ"
        )
    when = local(state.loaded_at) if state.loaded_at else ""
    return f"записей: {state.entries}, загружен {when} из {state.file}"


def _templates(settings: Settings) -> str:
    problems = check_templates(reply_settings(settings))
    if problems:
        raise _FaultError("; ".join(problems))
    return "все заполняются"


def _disk(settings: Settings) -> str:
    directory = settings.storage.directory or Path()
    existing = next(path for path in (directory, *directory.parents) if path.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        raise _FaultError(f"{existing}: нет права записи; дайте его пользователю программы")
    free = shutil.disk_usage(existing).free
    if free < MIN_FREE_BYTES:
        raise _FaultError(f"{existing}: свободно меньше 1 ГиБ; освободите место")
    return f"{directory}: свободно {free // 2**30} ГиБ"


def _cage(settings: Settings) -> str:
    how = network_isolation()
    if how is None:
        raise _FaultError("чтение нельзя отрезать от сети; нужно ядро с namespaces или seccomp")
    return f"сеть отрезана: {_ISOLATION.get(how, how)}"


def _antivirus(settings: Settings) -> str:
    clamd = antivirus_of(settings)
    return clamd.version() if clamd else "не задан ([antivirus] socket)"


def _installation(settings: Settings) -> str:
    owners = packages_distributions()
    foreign = sorted(
        {
            owner
            for name in _OWN_NAMES
            for owner in owners.get(name, ())
            if owner != "sferum-mailbot"
        }
    )
    if foreign:
        raise _FaultError(f"чужие пакеты заняли наши имена: {', '.join(foreign)}; удалите их")
    return "имена пакетов только наши"
