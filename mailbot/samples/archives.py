"""Zip archives: office files whose bytes do not depend on the clock, and archives as Windows makes them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Final

FIXED_TIME: Final = (2024, 1, 1, 0, 0, 0)
_TIMES: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")  # of an office file


def with_fixed_times(archive: bytes) -> bytes:
    """Return an office file with the times in it set to one and the same."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "docProps/core.xml":
                content = _TIMES.sub(rb"\g<1>2024-01-01T00:00:00Z", content)
            target.writestr(_entry(member.filename), content)
    return buffer.getvalue()


def zip_from_windows(members: Mapping[str, bytes]) -> bytes:
    """Return an archive whose member names are written in cp866, without saying so."""
    buffer = io.BytesIO()
    stand_ins = {f"{number:x<{len(name)}}": name for number, name in enumerate(members)}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for stand_in, name in stand_ins.items():
            archive.writestr(_entry(stand_in), members[name])
    packed = buffer.getvalue()
    for stand_in, name in stand_ins.items():
        packed = packed.replace(stand_in.encode(), name.encode("cp866"))
    return packed


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIXED_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
