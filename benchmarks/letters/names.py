"""`python -m benchmarks.letters.names`: rare surnames in every case and of both sexes, back to the nominative.

A reading is exact where it is one and right, open where the right one is among several that the form admits (then the
questionnaire chooses), none where the program says nothing or several of which none is right, wrong where it says one.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from typing import Final

from benchmarks.letters.people import CASES, Person, invented_person, named_lists, with_surname
from parsers.names.names import Case, find_people

_CASES: Final = dict(zip(CASES, (Case.NOMINATIVE, Case.GENITIVE, Case.DATIVE, Case.ACCUSATIVE,
                                 Case.INSTRUMENTAL, Case.PREPOSITIONAL), strict=True))  # fmt: skip


def main() -> int:
    """Print the figures and every wrong reading; 1 where there is one."""
    wrong: list[str] = []
    for patronymic in (True, False):
        scores: Counter[str] = Counter()
        for person in _people(patronymic=patronymic):
            for case in CASES:
                score, found = _score(person, case)
                scores[score] += 1
                if score == "wrong":
                    wrong.append(f"{format(person, case)} ({case}): {', '.join(found)}")
        kind = "with a patronymic" if patronymic else "without one, the case known"
        figures = ", ".join(f"{name} {scores[name]}" for name in ("exact", "open", "none", "wrong"))
        print(f"{kind}: {sum(scores.values())} forms; {figures}")
    print("\n".join(wrong))
    return 1 if wrong else 0


def _people(*, patronymic: bool) -> list[Person]:
    chance = random.Random(1)
    people = []
    for word, paradigm in named_lists("surnames.txt")["surnames"]:
        for female in (False, True):
            person = invented_person(chance, female=female, bare=0 if patronymic else 1)
            people.append(with_surname(person, word, paradigm))
    return people


def _score(person: Person, case: str) -> tuple[str, tuple[str, ...]]:
    written = format(person, case)
    found = find_people(written, bare=True)
    if len(found) != 1 or found[0].raw != written:
        return "none", ()
    names = found[0].name(*(() if person.patronymic else (_CASES[case],))).nominatives
    folded = tuple(_folded(name) for name in names)
    if _folded(person.full_name) not in folded:
        return ("wrong" if len(names) == 1 else "none"), names
    return ("exact" if len(set(folded)) == 1 else "open"), names


def _folded(name: str) -> str:
    return name.replace("ё", "е").replace("Ё", "Е")


if __name__ == "__main__":
    sys.exit(main())
