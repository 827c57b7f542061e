"""What a school's office suite does with a file: LibreOffice opens it and saves it in another format."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

SECONDS: Final = 240
"""More than many files take on a busy machine."""

CSV_OF_WINDOWS: Final = "csv:Text - txt - csv (StarCalc):59,34,34,1"
"""Semicolons, quotes, windows-1251: what a Russian Excel saves."""


def saved_as(files: Mapping[str, bytes], kind: str) -> dict[str, bytes]:
    """Have LibreOffice save each file as `kind` («pdf», «xls» ...); the results by the given names."""
    with tempfile.TemporaryDirectory(prefix="mailbot-office-") as home:
        source, target = Path(home, "in"), Path(home, "out")
        source.mkdir()
        paths = []
        for number, (name, content) in enumerate(files.items()):
            path = source / f"{number}{Path(name).suffix}"
            path.write_bytes(content)
            paths.append(path)
        _run(Path(home), ["--convert-to", kind, "--outdir", str(target), *map(str, paths)])
        suffix = kind.partition(":")[0]
        return {
            name: (target / f"{number}.{suffix}").read_bytes() for number, name in enumerate(files)
        }


def _run(home: Path, arguments: Sequence[str]) -> None:
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--norestore", *arguments],
        check=True,
        timeout=SECONDS,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=home,
    )
