"""The sentences of the replies: strings of `templates/wording.toml`, each a template of plain text."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Final

from jinja2 import Template, TemplateError

WORDING_FILE: Final = "wording.toml"


class WordingError(TemplateError):
    """A sentence is not there, or not of the shape it must have; the message says which, in Russian."""


class Wording:
    """Looks sentences up and fills them in. What comes out is text, to be escaped where it is shown."""

    def __init__(self, source: str, compiled: Callable[[str], Template], **always: object) -> None:
        """Take the text of the file, what makes a template of a sentence, and the values for every one.

        Raises `WordingError` where it is no TOML.
        """
        try:
            self._tree: dict[str, Any] = tomllib.loads(source)
        except tomllib.TOMLDecodeError as error:
            raise WordingError(f"{WORDING_FILE}: это не TOML ({error})") from None
        self._compiled = compiled
        self._always = always

    def say(self, *path: str, **values: object) -> str:
        """Return the sentence at `path`, filled in.

        Raises `WordingError` where there is none, `TemplateError` where it cannot be filled in.
        """
        sentence = self._at(path)
        if not isinstance(sentence, str):
            raise WordingError(f"{WORDING_FILE}: «{'.'.join(path)}» должно быть строкой")
        return self._fill(sentence, values)

    def parts(
        self, name: str, variant: str, **values: object
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return title and steps of every part of the list of tables `name`; raises as `say` does.

        Steps that are named after `variant` go before those for every variant.
        """
        tables = self._at((name,))
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            raise WordingError(f"{WORDING_FILE}: «{name}» должно быть списком таблиц")
        return tuple(
            (
                self._fill(str(table.get("title", "")), values),
                self._fill_all(table.get(variant, table.get("steps")), (name, "steps"), values),
            )
            for table in tables
        )

    def _at(self, path: tuple[str, ...]) -> object:
        place: object = self._tree
        for key in path:
            if not isinstance(place, Mapping) or key not in place:
                raise WordingError(f"{WORDING_FILE}: нет строки «{'.'.join(path)}»")
            place = place[key]
        return place

    def _fill_all(
        self, sentences: object, path: tuple[str, ...], values: Mapping[str, object]
    ) -> tuple[str, ...]:
        if not isinstance(sentences, list) or not all(isinstance(one, str) for one in sentences):
            raise WordingError(f"{WORDING_FILE}: «{'.'.join(path)}» должно быть списком строк")
        return tuple(self._fill(one, values) for one in sentences)

    def _fill(self, sentence: str, values: Mapping[str, object]) -> str:
        return self._compiled(sentence).render({**self._always, **values}).strip()
