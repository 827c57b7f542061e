"""The parts of a message → every file in them, archives and messages inside opened, each file once.

Exactly one `File` for each leaf: what cannot be opened is a file with its trouble. Nothing is
executed, written or fetched; recursion, sizes and counts are bounded by `Limits`.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from parsers.facts import DocumentKind, Role, Trouble
from parsers.files.archives import Budget, Member, read_archive, read_zip
from parsers.files.cms import signed_content, to_der
from parsers.files.filekinds import NOT_READ, Container, FileType
from parsers.files.filenames import role_by_name, tidy_name, without_ending
from parsers.files.filetypes import identify
from parsers.files.tnef import SIGNATURE as TNEF_SIGNATURE
from parsers.files.tnef import read_tnef
from parsers.limits import Limits
from parsers.mail.headerfields import parse_header_block
from parsers.mail.mime import Part, read_parts

_ENDINGS: Final = {"image/jpeg": ".jpg", "image/tiff": ".tif", "text/plain": ".txt"}
_PICTURES: Final = "image/"

# a message part begins with its header
_ENTITY: Final = re.compile(rb"\s*(?:mime-version|content-[a-z-]+)[ \t]*:", re.IGNORECASE)

TOO_DEEP: Final = "вложено слишком глубоко"
TOO_MANY: Final = "вложенных файлов больше допустимого"
EMPTY_ARCHIVE: Final = "архив пуст"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file that came with a message."""

    name: str
    media_type: str  # by content; as declared where there is no content
    content: bytes = field(repr=False)
    kind: DocumentKind
    trouble: Trouble | None = None
    detail: str = ""  # for people, in Russian: what exactly is wrong
    looks_like: Role | None = None  # by its name, where it cannot be read
    inline: bool = False  # a picture inside the text of the mail


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A file as it comes out of a message or an archive."""

    name: str  # raw: with directories and invisible signs
    content: bytes
    declared: str = "application/octet-stream"
    inline: bool = False
    trouble: Trouble | None = None
    detail: str = ""


def open_attachments(parts: Iterable[Part], limits: Limits) -> tuple[File, ...]:
    """Return every file of a message in order; the same content a second time is left out."""
    budget = Budget(limits)
    opener = _Opener(budget)
    for part in parts:
        budget.used_files += 1
        budget.used_bytes += len(part.content)
        opener.open(_from_part(part), depth=0)
    return tuple(opener.files)


def _from_part(part: Part) -> _Item:
    return _Item(
        name=part.name,
        content=part.content,
        declared=part.media_type,
        inline=part.inline,
        trouble=part.trouble,
        detail=part.detail,
    )


@dataclass(slots=True)
class _Opener:
    """Collects the files of one message."""

    budget: Budget
    files: list[File] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    def open(self, item: _Item, *, depth: int) -> None:
        """Add a file, or the files that it holds."""
        if item.trouble:
            kind = FileType(item.declared, trouble=item.trouble, detail=item.detail)
            self._add(item, kind)
            return
        digest = hashlib.sha256(item.content).digest()
        if item.content and digest in self.seen:
            return
        self.seen.add(digest)
        limits = self.budget.limits
        kind = identify(item.content, item.name, declared=item.declared, limits=limits)
        if kind.container is None:
            self._add(item, kind)
        elif depth >= limits.depth:
            self._add(item, kind.with_trouble(Trouble.TOO_LARGE, TOO_DEEP))
        else:
            self._open_container(item, kind, depth)

    def _open_container(self, item: _Item, kind: FileType, depth: int) -> None:
        count = 0
        signed = kind.container is Container.SIGNED
        for inner in _inner(item, kind, self.budget):
            count += 1
            if not inner.name and inner.trouble:  # the container itself
                self._add(item, kind.with_trouble(inner.trouble, inner.detail))
                continue
            if self.budget.is_spent:
                self._add(item, kind.with_trouble(Trouble.TOO_LARGE, TOO_MANY))
                return
            self.budget.used_files += 1
            self.budget.used_bytes += len(inner.content)
            self.open(inner, depth=depth + 1)
        if signed or (not count and kind.container is Container.MESSAGE):
            self._add(item, kind)
        elif not count:
            self._add(item, kind.with_trouble(Trouble.MALFORMED, EMPTY_ARCHIVE))

    def _add(self, item: _Item, kind: FileType) -> None:
        name = tidy_name(item.name) or self._default_name(kind.media_type)
        kind = _meant_as_paper(kind, name)
        self.files.append(
            File(
                name=name,
                media_type=kind.media_type,
                content=item.content,
                kind=kind.kind,
                trouble=kind.trouble,
                detail=kind.detail,
                looks_like=role_by_name(name) if kind.trouble else None,
                inline=item.inline and kind.media_type.startswith(_PICTURES),
            )
        )

    def _default_name(self, media_type: str) -> str:
        suffix = _ENDINGS.get(media_type) or mimetypes.guess_extension(media_type) or ""
        return f"вложение {len(self.files) + 1}{suffix}"


def _meant_as_paper(kind: FileType, name: str) -> FileType:
    """A film or a presentation is nothing to read, unless its name says that it is the paper."""
    unread = kind.kind is DocumentKind.UNKNOWN and kind.trouble is None and name[:2] != "._"
    if unread and role_by_name(name):
        return kind.with_trouble(Trouble.MALFORMED, NOT_READ)
    return kind


def _inner(item: _Item, kind: FileType, budget: Budget) -> Iterator[_Item]:
    """Yield what lies in a container; one without a name tells the trouble of the container."""
    if kind.container is Container.ZIP:
        yield from map(_from_member, read_zip(item.content, budget))
    elif kind.container is Container.ARCHIVE:
        name = without_ending(tidy_name(item.name)) or "файл"
        yield from map(_from_member, read_archive(item.content, name, budget))
    elif kind.container is Container.MESSAGE:
        yield from _from_message(item.content, budget.limits)
    elif kind.container is Container.SIGNED:
        yield from _from_signature(item, budget.limits)
    else:
        yield from _from_tnef(item.content)


def _from_member(member: Member) -> _Item:
    return _Item(
        name=member.name, content=member.content, trouble=member.trouble, detail=member.detail
    )


def _from_message(content: bytes, limits: Limits) -> Iterator[_Item]:
    body = read_parts(content, parse_header_block(content), limits)
    yield from map(_from_part, body.parts)


def _from_signature(item: _Item, limits: Limits) -> Iterator[_Item]:
    """Yield what a signature encloses: a file, or with signed mail (S/MIME) a message's parts."""
    content = signed_content(to_der(item.content))
    if content is None:
        return
    if _ENTITY.match(content):
        yield from _from_message(content, limits)
    else:
        yield _Item(name=without_ending(tidy_name(item.name)), content=content)


def _from_tnef(content: bytes) -> Iterator[_Item]:
    files = read_tnef(content)
    if files is None:
        yield _Item(name="", content=b"", trouble=Trouble.MALFORMED, detail="winmail.dat повреждён")
        return
    for file in files:
        inner_message = file.content.startswith(TNEF_SIGNATURE)
        yield _Item(
            name=file.name,
            content=file.content,
            declared="application/ms-tnef" if inner_message else "application/octet-stream",
        )
