"""Whatever says who somebody is: names, numbers and addresses of the sample people, in all forms.

What is looked for in files and in output is looked for as text in any letter case, in UTF-8 and UTF-16,
and in the escapes of JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tests.acceptance.papers import address, person, school

_FORMS: Final = ("nominative", "genitive", "dative", "accusative", "instrumental")


def names_of(number: int) -> set[str]:
    """The surnames and full names of the school's administrator and head, in all cases."""
    cases = [getattr(person(number).name, form) for form in _FORMS]
    head = school(number).head
    names = {*cases, head}
    return names | {name.split()[0] for name in names}


def numbers_of(number: int) -> set[str]:
    """The administrator's number as E.164, as people write it, and as digits alone."""
    digits = person(number).phone.removeprefix("+7")
    a, b, c, d = digits[:3], digits[3:6], digits[6:8], digits[8:]
    return {
        digits,
        f"{a} {b}-{c}-{d}",
        f"({a}) {b}-{c}-{d}",
        f"{a}-{b}-{c}-{d}",
        f"{a} {b} {c} {d}",
        f"{a}{b}-{c}-{d}",
    }


def addresses_of(number: int) -> set[str]:
    """Addresses and what stands before their sign."""
    return {address(number), person(number).mailbox, school(number).email}


def everything_of(number: int) -> set[str]:
    return names_of(number) | numbers_of(number) | addresses_of(number)


def found_in_text(text: str, words: Iterable[str]) -> set[str]:
    """Which of `words` stand in a text, as they are or escaped, whatever the letter case."""
    plain = " ".join(text.split()).casefold()
    return {word for word in words if any(form in plain for form in _written(word))}


def found_in_files(directory: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """Which of `words` stand in the bytes or the name of which file."""
    wanted = set(words)
    found: dict[str, set[str]] = {}
    for path in _files(directory):
        raw = path.read_bytes()
        texts = [path.name, raw.decode("utf-8", "ignore")]
        texts += [
            raw[start:].decode(f"utf-16-{end}e", "ignore") for start in (0, 1) for end in "lb"
        ]
        if hits := set().union(*(found_in_text(text, wanted) for text in texts)):
            found[str(path.relative_to(directory))] = hits
    return found


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in sorted(directory.rglob("*")) if path.is_file())


def _written(word: str) -> set[str]:
    escaped = json.dumps(word)[1:-1]
    quoted = re.sub(r"\\u(....)", lambda match: match[0].lower(), escaped)
    return {word.casefold(), escaped.casefold(), quoted.casefold()}
