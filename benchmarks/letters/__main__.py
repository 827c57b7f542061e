"""`python -m benchmarks.letters`: how exactly letters are read, what fails, whether a wrong pair is accepted."""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.letters import mutations, office, tables
from benchmarks.letters.drafts import Draft, Wording, invented_draft, wordings
from benchmarks.letters.kinds import FAULTS, KINDS, Made, with_fault
from benchmarks.letters.layers import LAYERS
from benchmarks.letters.measure import Outcome, measured
from benchmarks.letters.papers import Look, draw
from workflow.case import ReadMessage

LAST_RUN: Final = Path(__file__).parent / "last_run.json"  # and its tables beside it, as .txt
GOOD: Final = "accept"


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments say and print the tables; 1 where a wrong pair was accepted."""
    options = _options(arguments)
    seed = [f"seed {options.seed}, wordings: {options.wordings or 'all'}"]
    text = _section("Benchmark of letters", seed)
    choice = wordings(options.wordings)
    kinds = _kinds(options.kinds)
    run = _Run(options.seed, choice, Path(options.keep) if options.keep else None)
    outcomes = run.letters(kinds, options.count) if options.count else []
    if outcomes:
        text += _section("Letters", tables.main_table(outcomes))
        text += _section("Other fields and marks", tables.further_table(outcomes))
        text += _section("Not exact, or stopped without need", tables.wrong_table(outcomes))
    faults = run.faults(_chosen(options.faults, FAULTS), options.per_fault)
    if faults:
        text += _section("One fault at a time, 200 dpi in colour", tables.main_table(faults))
        text += _section("Of these not exact, or stopped", tables.wrong_table(faults))
    layers = run.layers(_chosen(options.layers, LAYERS), options.per_layer)
    if layers:
        text += _section("Text layers that lie", tables.main_table(layers))
        text += _section("Of these not exact, or stopped", tables.wrong_table(layers))
    tried, accepted = run.mutated(options.mutations, options.mutated_messages)
    if tried:
        text += _section("Wrong pairs", tables.mutation_table(tried, accepted))
    if options.save:
        _save(
            options.seed, {"letters": outcomes, "faults": faults, "layers": layers}, tried, accepted
        )
        LAST_RUN.with_suffix(".txt").write_text("\n".join(text), encoding="utf-8")
    return 1 if sum(accepted.values()) else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.letters")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300, help="letters, over all kinds")
    parser.add_argument("--kinds", default="", help=f"of {', '.join(KINDS)}; default: all")
    parser.add_argument("--wordings", default="", help="one file of wordings; default: all")
    parser.add_argument("--faults", default="all", help="names with commas between, «all» or «no»")
    parser.add_argument("--per-fault", type=int, default=8)
    parser.add_argument("--layers", default="all", help="likewise, of text layers that lie")
    parser.add_argument("--per-layer", type=int, default=3)
    parser.add_argument("--mutations", type=int, default=3000, help="in facts, at least")
    parser.add_argument("--mutated-messages", type=int, default=60, help="whole messages")
    parser.add_argument("--keep", default="", help="a folder for the papers that were drawn")
    parser.add_argument("--save", action="store_true", help=f"write {LAST_RUN.name}")
    return parser.parse_args(arguments)


def _kinds(chosen: str) -> list[str]:
    names = [name.strip() for name in chosen.split(",") if name.strip()] or list(KINDS)
    if not office.has_office() and "doc" in names:
        print("doc left out: LibreOffice is not installed")
        names.remove("doc")
    return names


def _chosen(chosen: str, known: Iterable[str]) -> list[str]:
    if chosen in {"all", "no"}:
        return list(known) if chosen == "all" else []
    return [name.strip() for name in chosen.split(",")]


class _Run:
    """The letters of one seed; keeps the pairs that were accepted, to make wrong ones of them."""

    def __init__(self, seed: int, choice: Sequence[Wording], keep: Path | None) -> None:
        self._seed, self._choice, self._keep = seed, choice, keep
        self._good: list[tuple[Draft, ReadMessage]] = []

    def letters(self, kinds: Sequence[str], count: int) -> list[Outcome]:
        """Measure `count` letters, of each kind as many as its share."""
        total = sum(KINDS[kind][0] for kind in kinds)
        outcomes = []
        for kind in kinds:
            for number in range(max(1, round(count * KINDS[kind][0] / total))):
                chance = random.Random(f"{self._seed}/{kind}/{number}")
                draft = invented_draft(chance, self._choice)
                made = KINDS[kind][1](draft, chance)
                outcomes.append(self._measured(draft, made, kind, number))
        return outcomes

    def faults(self, names: Iterable[str], count: int) -> list[Outcome]:
        """Measure the same `count` letters with each fault."""
        whole = [one for one in self._choice if one.phone and one.named == "a"]
        outcomes = []
        for name in names:
            for number in range(count):
                draft = invented_draft(random.Random(f"{self._seed}/fault/{number}"), whole)
                made = with_fault(draft, name, number)
                outcomes.append(self._measured(draft, made, name, number))
        return outcomes

    def layers(self, names: Iterable[str], count: int) -> list[Outcome]:
        """Measure the same `count` letters with each text layer."""
        whole = [one for one in self._choice if one.phone and one.named == "a"]
        outcomes = []
        for name in names:
            for number in range(count):
                chance = random.Random(f"{self._seed}/layer/{number}")
                draft = invented_draft(chance, whole)
                pdf = draw(draft, Look(seed=number))
                made = LAYERS[name](pdf, draft, chance), "pdf"
                outcomes.append(self._measured(draft, made, name, number))
        return outcomes

    def _measured(self, draft: Draft, made: Made, kind: str, number: int) -> Outcome:
        if self._keep:
            self._keep.mkdir(parents=True, exist_ok=True)
            name = f"{kind.replace(' ', '-')}-{number:03d}-{draft.wording.name}.{made[1]}"
            (self._keep / name).write_bytes(made[0])
        outcome, read = measured(draft, made, kind)
        if outcome.verdict == GOOD:
            self._good.append((draft, read))
        if sys.stderr.isatty():
            print(f"\r{kind} {number}   ", end="", file=sys.stderr)
        return outcome

    def mutated(self, least: int, messages: int) -> tuple[Counter[str], Counter[str]]:
        """Make wrong pairs of the good ones: at least so many in facts, so many whole messages."""
        chance = random.Random(f"{self._seed}/mutations")

        def results() -> Iterator[tuple[str, bool]]:
            if not self._good:
                return
            rounds = -(-least // (len(self._good) * len(mutations.CHANGES)))
            for draft, read in self._good:
                yield from mutations.in_facts(draft, read, chance, rounds)
            kind = KINDS["pdf"][1]
            for draft, _ in (self._good * messages)[:messages]:
                yield mutations.in_messages(draft, lambda one: kind(one, chance), chance)

        return mutations.counted(results())


def _section(title: str, lines: Iterable[str]) -> list[str]:
    section = [title, *lines, ""]
    print("\n".join(section))
    return section


def _save(
    seed: int, runs: dict[str, list[Outcome]], tried: Counter[str], accepted: Counter[str]
) -> None:
    content = {
        "seed": seed,
        **{name: tables.as_json(outcomes) for name, outcomes in runs.items()},
        "mutations": {name: {"tried": tried[name], "accepted": accepted[name]} for name in tried},
    }
    LAST_RUN.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
