"""The figures of a run as tables for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from benchmarks.letters.measure import FIELDS, MARKS, Outcome
from benchmarks.letters.mutations import bound

_WITHOUT_MARKS: Final = frozenset({"docx", "odt", "rtf", "doc"})


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Group outcomes by their kind, in the order of their first."""
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(one.kind, []).append(one)
    return groups


def main_table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the rows of the main table: exact rates, wrong values and nulls, straight through."""
    yield (
        f"{'kind':<26}{'letters':>8}{'exact':>8}{'name':>19}{'number':>19}{'straight':>12}{'CPU s':>8}"
    )
    yield f"{'':<26}{'':>8}{'':>8}{'right/wrong/null':>19}{'right/wrong/null':>19}{'':>12}{'median':>8}"
    groups = by_kind(outcomes)
    for kind, group in (*groups.items(), *([("all", list(outcomes))] if len(groups) > 1 else [])):
        exact = sum(one.exact for one in group)
        yield (
            f"{kind:<26}{len(group):>8}{exact / len(group):>8.1%}"
            f"{_scores(group, 'name'):>19}{_scores(group, 'phone'):>19}{_straight(group):>12}{_median(group):>8.2f}"
        )


def _scores(group: Sequence[Outcome], field: str) -> str:
    scores = Counter(one.fields[field] for one in group)
    return f"{scores['right']}/{scores['wrong']}/{scores['null']}"


def _straight(group: Sequence[Outcome]) -> str:
    """Of those that a careful person would accept, how many went through without one."""
    good = [one for one in group if one.whole and one.kind not in _WITHOUT_MARKS]
    return f"{sum(one.verdict == 'accept' for one in good)}/{len(good)}" if good else "-"


def _median(group: Sequence[Outcome]) -> float:
    return sorted(one.seconds for one in group)[len(group) // 2]


def further_table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield how the other fields and the marks were read."""
    for field in FIELDS[2:]:
        yield f"{field:<12} right/wrong/null {_scores(outcomes, field)}"
    paper = [one for one in outcomes if one.kind not in _WITHOUT_MARKS]
    for mark in MARKS:
        found = Counter(one.marks[mark] for one in paper)
        yield f"{mark:<12} present/unsure/absent {found['present']}/{found['unsure']}/{found['absent']}"


def wrong_table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield every letter that was not read exactly, or that a person has to look at without need."""
    for one in outcomes:
        missed = [name for name in FIELDS if one.fields[name] != "right"]
        stopped = one.whole and one.kind not in _WITHOUT_MARKS and one.verdict != "accept"
        if not missed and not stopped:
            continue
        details = "; ".join(
            f"{name} {one.fields[name]}: {one.values[name]!r}, not {one.expected[name]!r}"
            for name in missed
        )
        yield f"{one.kind:<24} {one.wording:<12} {one.verdict:<7} {','.join(one.findings)}  {details}"


def mutation_table(tried: Mapping[str, int], accepted: Mapping[str, int]) -> Iterator[str]:
    """Yield how often each change was tried and accepted, and the bound that follows."""
    for name, count in tried.items():
        yield f"{name:<32} tried {count:>6}  accepted {accepted.get(name, 0)}"
    total, wrong = sum(tried.values()), sum(accepted.values())
    yield f"{'all':<32} tried {total:>6}  accepted {wrong}"
    if total and not wrong:
        yield f"rate of false accepts below {bound(total):.4%} (95 %, rule of three)"


def as_json(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """Return the raw outcomes; of values only those that were missed."""
    return [
        {
            "kind": one.kind, "wording": one.wording, "verdict": one.verdict, "findings": list(one.findings),
            "seconds": round(one.seconds, 2), "marks": one.marks,
            "missed": {
                name: {"score": one.fields[name], "read": one.values[name], "expected": one.expected[name]}
                for name in FIELDS
                if one.fields[name] != "right"
            },
        }
        for one in outcomes
    ]  # fmt: skip
