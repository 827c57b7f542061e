"""Which names next to one another in a text are one person's: by lines, cells and the dictionary."""

from __future__ import annotations

from parsers.names.morphology import is_given_name, is_surname
from parsers.names.tokens import Token, may_be_name


def is_behind_surname(tokens: list[Token], at: int) -> bool:
    """Say whether a given name follows a surname on its line: it begins no name of its own."""
    one, before = tokens[at], tokens[at - 1] if at else None
    if before is None or not (before.word and one.follows) or one.newline:
        return False
    return is_given_name(one.text) and not is_surname(one.text) and is_surname(before.text)


def may_be_given(word: str) -> bool:
    """Say whether `word` can be a given name, a month's too («Марту Ивановну»)."""
    return may_be_name(word) or is_given_name(word)


def is_given_first(tokens: list[Token], at: int) -> bool:
    """Say whether «Слово Мария Петровна Иванова» begins with a word that belongs to no name."""
    given, last = tokens[at], tokens[at + 2]
    patronymic = tokens[at + 1]
    if last.newline and not (given.newline or patronymic.newline):
        return False  # «Мельник Оксану Олеговну», and in the next line of the list somebody else
    if last.cell and not (given.cell or patronymic.cell):
        return False  # likewise in the next column
    return is_given_name(given.text) and may_be_name(last.text) and is_surname(last.text)


def belongs_to_next(before: Token, initials: Token, after: Token) -> bool:
    """Of «Петров П.П. Иванова» and «Слово И.И. Иванов» say whether the initials are the second's."""
    if not may_be_name(after.text):
        return False
    if initials.cell and not (after.cell or after.newline):
        return True  # «МБОУ СОШ х. Камышный | О.С. Щукина»
    if after.newline or initials.newline:
        return initials.newline and not after.newline
    if after.cell or initials.cell:
        return initials.cell and not after.cell
    return not is_surname(before.text) and is_surname(after.text)


def goes_on(token: Token | None) -> bool:
    """Say whether a third name follows on the line («Ким Ен Сун»)."""
    if token is None or not token.word or not token.follows or token.newline:
        return False
    return may_be_name(token.text)
