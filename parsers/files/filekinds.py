"""The words in which the type of a file is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from parsers.facts import DocumentKind, Trouble

NOT_READ: Final = "файл такого вида не читается"
CLOSED: Final = "файл закрыт паролем"
BURSTING: Final = "файл распаковывается в недопустимо большой объём"
MACROS: Final = "в файле есть макросы"
BROKEN: Final = "файл повреждён"


class Container(StrEnum):
    """What has files inside that are documents of their own."""

    ZIP = "zip"
    ARCHIVE = "archive"
    TNEF = "tnef"
    MESSAGE = "message"
    SIGNED = "signed"  # a signature that may enclose the file


@dataclass(frozen=True, slots=True)
class FileType:
    """What a file is by its content."""

    media_type: str
    kind: DocumentKind = DocumentKind.UNKNOWN
    container: Container | None = None
    trouble: Trouble | None = None
    detail: str = ""  # for people, in Russian: what exactly is wrong

    def with_trouble(self, trouble: Trouble, detail: str) -> FileType:
        """The same file, of which this is wrong."""
        return replace(self, trouble=trouble, detail=detail)

    def dangerous(self, detail: str) -> FileType:
        """The same file, called dangerous and not opened."""
        return replace(self, container=None, trouble=Trouble.DANGEROUS, detail=detail)


def unread(media_type: str, kind: DocumentKind = DocumentKind.UNKNOWN) -> FileType:
    """A document in a format that is not read."""
    return FileType(media_type, kind, trouble=Trouble.MALFORMED, detail=NOT_READ)
