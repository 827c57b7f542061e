"""What the name of a file says: its tidy form, its ending, the paper it was meant to be, and danger.

A name never decides what a file is, only what a person (or Windows) would take it for.
"""

from __future__ import annotations

import re
from typing import Final

from parsers.facts import Role
from parsers.files.filekinds import MACROS
from parsers.mail import charsets

_NAME_SIGNS: Final = 200

# what Windows runs, mounts or follows when its name is clicked: programs, scripts, shortcuts, disk
# images, macros.
# Source: the list of blocked attachments of Outlook and Gmail, and the contract's classes.
_PROGRAMS: Final = frozenset({
    "exe", "scr", "pif", "com", "cpl", "dll", "sys", "ocx", "msi", "msp", "mst", "msix", "appx", "jar", "apk",
    "gadget", "application", "appref-ms", "chm", "hlp", "xll", "wll", "deb", "rpm", "run", "appimage", "dmg", "pkg",
})  # fmt: skip
_SCRIPTS: Final = frozenset({
    "js", "jse", "mjs", "vbs", "vbe", "vb", "wsf", "wsh", "wsc", "ws", "sct", "hta", "bat", "cmd", "btm", "ps1",
    "ps1xml", "ps2", "psm1", "psd1", "psc1", "sh", "bash", "csh", "ksh", "zsh", "command", "py", "pyw", "pyc", "pl",
    "php", "rb", "lua", "reg", "inf", "msc", "ade", "adp", "settingcontent-ms",
})  # fmt: skip
_SHORTCUTS: Final = frozenset({
    "lnk", "url", "scf", "desktop", "website", "webloc", "library-ms", "search-ms", "searchconnector-ms", "diagcab",
})  # fmt: skip
_DISKS: Final = frozenset(
    {"iso", "img", "vhd", "vhdx", "vmdk", "vdi", "qcow2", "udf", "nrg", "mdf"}
)
_PAGES_OF_WEB: Final = frozenset({"htm", "html", "xhtml", "xht", "shtml", "mht", "mhtml", "svgz"})
_MACROS: Final = frozenset({"xlsm", "xltm", "xlam", "docm", "dotm", "pptm", "potm", "ppsm", "ppam"})

_DANGERS: Final = (
    (_PROGRAMS, "программа"),
    (_SCRIPTS, "сценарий (скрипт)"),
    (_SHORTCUTS, "ярлык"),
    (_DISKS, "образ диска"),
    (_MACROS, MACROS),
)
SHEET_ENDINGS: Final = frozenset({
    "xls", "xlsx", "xlsm", "xlsb", "xlt", "xltx", "ods", "ots", "fods", "csv", "tsv", "tab", "numbers", "xods",
})  # fmt: skip
SIGNATURE_ENDINGS: Final = frozenset({"sig", "sgn", "sign", "p7s", "p7b", "asc"})

# the override that turns the direction of what follows: «Приказ‮fdp.exe»
_OVERRIDE: Final = "\u202e"
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ENDING: Final = re.compile(r"\.([A-Za-z0-9_-]{1,20})[\s.]*$")
_SEPARATORS: Final = re.compile(r"[/\\]")

# words of file names by which a person knows the paper
_LETTER: Final = re.compile(
    r"приказ|распоряж|письм|назначен|ответствен|prikaz|pismo|rasporya|naznach", re.IGNORECASE
)
_QUESTIONNAIRE: Final = re.compile(r"анкет|опрос|anket|opros|questionn", re.IGNORECASE)


def tidy_name(name: str) -> str:
    """Return a file's name without directories, controls and invisible signs, "" for nothing left."""
    bare = _SEPARATORS.split(charsets.one_line(name).rstrip("/\\"))[-1]
    tidy = charsets.compose(_INVISIBLE.sub("", bare)).strip()[-_NAME_SIGNS:]
    return "" if not tidy.strip(".") else tidy


def ending(name: str) -> str:
    """Return the ending of a name in lower case without its dot, as Windows would take it."""
    found = _ENDING.search(name)
    return found[1].lower() if found else ""


def without_ending(name: str) -> str:
    """Return a name without its ending."""
    return _ENDING.sub("", name)


def dangerous_name(name: str) -> str:
    """Say in Russian what is dangerous about a raw name, "" where nothing is."""
    if _OVERRIDE in name:
        return "имя файла скрывает его настоящий тип"
    last = ending(_INVISIBLE.sub("", charsets.one_line(name)))
    for endings, what in _DANGERS:
        if last in endings:
            return what
    return ""


def is_web_page_name(name: str) -> bool:
    """Whether a browser would open a file of this name."""
    return ending(name) in _PAGES_OF_WEB


def role_by_name(name: str) -> Role | None:
    """Return the paper that a file was meant to be, None where its name does not say."""
    if _QUESTIONNAIRE.search(name):
        return Role.QUESTIONNAIRE
    if _LETTER.search(name):
        return Role.LETTER
    return Role.QUESTIONNAIRE if ending(name) in SHEET_ENDINGS else None
