"""Surnames whose last vowel comes and goes: «Журавель» and «Журавля», «Заяц» and «Зайца», «Орёл» and «Орла»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parsers.names.patronymics import Case

# Endings of a masculine form, hard and soft, that leave the stem without its fleeting vowel.
_ENDINGS: Final = {
    Case.GENITIVE: (("а", ""), ("я", "ь")),
    Case.ACCUSATIVE: (("а", ""), ("я", "ь")),
    Case.DATIVE: (("у", ""), ("ю", "ь")),
    Case.INSTRUMENTAL: (("ом", ""), ("ём", "ь"), ("ем", "ь"), ("ем", "")),
    Case.PREPOSITIONAL: (("е", ""), ("е", "ь")),
}

# The end of a stem without its vowel, and the ends that the nominative may have instead (before -ь or nothing).
_HARD: Final = (
    (re.compile(r"зайц$"), ("заяц",)),
    (re.compile(r"(?<!за)йц$"), ("ец",)),  # Боец
    (re.compile(r"льц$"), ("лец",)),  # Гулец
    (re.compile(r"([бвдзлмнпрст])ц$"), (r"\1ец",)),  # Кравец, Скопец, Отец
    (re.compile(r"([жчшщ])к$"), (r"\1ок", r"\1ек")),  # Сверчок, Горшок, Орешек
    (re.compile(r"ьк$"), ("ек", "ёк")),  # Конёк, Огонёк
    (re.compile(r"([бвгдзлмнпрстх])к$"), (r"\1ок",)),  # Чирок, Голубок, Песок
    (re.compile(r"([гкх])л$"), (r"\1ол",)),  # Щегол, Хохол
    (re.compile(r"([бвдзпрст])л$"), (r"\1ел", r"\1ол")),  # Козёл, Орёл, Посол
    (re.compile(r"([бвдт])р$"), (r"\1ер", r"\1ёр")),  # Бобёр, Ковёр, Шатёр
    (re.compile(r"льв$"), ("лев",)),  # Лев
    (re.compile(r"([вкрт])н$"), (r"\1ен",)),  # Овен
)
_SOFT: Final = (
    (re.compile(r"([бвмпркшт])л$"), (r"\1ел",)),  # Журавель, Стебель, Кашель
    (re.compile(r"([бмвдрст])н$"), (r"\1ен",)),  # Гребень, Ремень, Кистень
    (re.compile(r"([гкх])т$"), (r"\1от",)),  # Ноготь
)

# Endings after a soft sign, where the nominative has -ей («Соловья», «Воробью»).
_AFTER_SIGN: Final = re.compile(r"ь(?:я|ю|[её]м|е)$")

# Two consonants that close a word without a vowel between them («Волк», «Шварц», «Франк»).
_NATURAL: Final = re.compile(r"(?:[рлн][кц]|[рл]н)$")

# Ends that no nominative has without a vowel between them: only the table's variant can be meant.
_IMPOSSIBLE: Final = re.compile(
    r"(?:[жчшщ]к|[бвдзмпт]ц|йц|льв|ьк|[гкх]ть|[бвгдзмпстхк]к|[бвдзпт]нь|[шк]ль)$", re.IGNORECASE
)
# Ends that look so and are whole all the same («Волк» has no entry, «Фальк»).
_POSSIBLE: Final = re.compile(r"(?:ск|хк|кк|тц|дц|пк|льк)$", re.IGNORECASE)


def fleeting_nominatives(form: str, case: Case) -> Iterator[str]:
    """Yield the nominatives with a fleeting vowel that the masculine `form` may come from, as it stands in `case`."""
    low = form.lower()
    if case in _ENDINGS and len(low) >= 5 and _AFTER_SIGN.search(low):
        yield form[0] + _AFTER_SIGN.sub("ей", low)[1:]
    for ending, soft in _ENDINGS.get(case, ()):
        if not low.endswith(ending):
            continue
        stem = low[: len(low) - len(ending)]
        for pattern, ends in _SOFT if soft else _HARD:
            if len(stem) >= 3 and pattern.search(stem):
                yield from (form[0] + (pattern.sub(end, stem) + soft)[1:] for end in ends)


def has_natural_end(nominative: str) -> bool:
    """Say whether the last two consonants of `nominative` need no vowel between them («Волк»)."""
    return _NATURAL.search(nominative) is not None


def needs_fleeting_vowel(nominative: str) -> bool:
    """Say whether `nominative` cannot be spoken without a vowel that its form has lost («Зайц», «Сверчк»)."""
    if _POSSIBLE.search(nominative):
        return False
    return _IMPOSSIBLE.search(nominative) is not None
