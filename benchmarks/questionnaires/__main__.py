"""Run with `python -m benchmarks.questionnaires [--seed N] [--schools N] [--layout NAME] [--format NAME]`."""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from benchmarks.questionnaires.book import Book
from benchmarks.questionnaires.clerk import Clerk
from benchmarks.questionnaires.formats import FORMATS, Format, write_all
from benchmarks.questionnaires.layouts import LAYOUTS
from benchmarks.questionnaires.schools import invent
from benchmarks.questionnaires.scores import EXACT, Mark, Score, marks, read

HEADING = f"{'':28} {'fields':>7} {'exact':>10} {'wrong':>6} {'':>10} {'missing':>8} {'cell':>6}"


def main() -> None:
    """Make the books, write and read them, print the tables."""
    options = _options()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}, {options.schools} schools a layout")
    books = _books(seed, options)
    score = Score()
    tables: dict[str, dict[str, Score]] = {
        name: defaultdict(Score) for name in ("layout", "format", "field")
    }
    errors: list[str] = []
    started, files = time.monotonic(), 0
    for kind, form in FORMATS.items():
        if options.format and options.format not in kind:
            continue
        for key, content in write_all(books, form).items():
            files += 1
            _keep(options.keep, f"{key} {kind}", content, form)
            found = read(content, f"Анкета.{form.suffix}")
            for mark in marks(books[key], found, cells=form.cells):
                score.add(mark)
                tables["layout"][books[key].layout].add(mark)
                tables["format"][kind].add(mark)
                tables["field"][mark.field.value].add(mark)
                if mark.kind != EXACT:
                    errors.append(_line(key, kind, mark))
    for name, table in tables.items():
        _print_table(name, table)
    print(f"\n{'all':28} {score.line}")
    print(f"{files} files, {time.monotonic() - started:.0f} s with their writing\n")
    print(*errors[: options.errors], sep="\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questionnaires")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--schools", type=int, default=3, help="for each layout")
    parser.add_argument("--layout", default="", help="only this one")
    parser.add_argument("--format", default="", help="only those that contain this")
    parser.add_argument("--errors", type=int, default=40, help="how many are listed")
    parser.add_argument("--keep", type=Path, help="a directory for the files")
    return parser.parse_args()


def _books(seed: int, options: argparse.Namespace) -> dict[str, Book]:
    books = {}
    for name, draw in LAYOUTS.items():
        if options.layout in ("", name):
            for number in range(options.schools):
                rng = random.Random(f"{seed} {name} {number}")
                books[f"{name}-{number}"] = draw(Clerk(rng, invent(rng)))
    return books


def _keep(directory: Path | None, name: str, content: bytes, form: Format) -> None:
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{name}.{form.suffix}").write_bytes(content)


def _line(key: str, kind: str, mark: Mark) -> str:
    return (
        f"{mark.kind:10} {key} {kind}: {mark.field.value}: {mark.expected!r} read as {mark.found!r}"
    )


def _print_table(name: str, table: Mapping[str, Score]) -> None:
    print(f"\nby {name}\n{HEADING}")
    for key, score in table.items():
        print(f"{key:28} {score.line}")


if __name__ == "__main__":
    main()
