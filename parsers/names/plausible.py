"""Which of the nominatives that the endings allow somebody can be called: «Иванов», not «Ивановый»."""

from __future__ import annotations

from typing import Final

from parsers.facts import Sex
from parsers.names.fleeting import has_natural_end
from parsers.names.morphology import UNKNOWN, is_adjective, is_common_noun, strangeness
from parsers.names.patronymics import Case
from parsers.wordlists import words

# Adjectives' endings that possessive surnames (-ов, -ин) would have too; nobody is called so.
_POSSESSIVE_ADJECTIVE: Final = ("овый", "евый", "ёвый", "иный", "ыный", "овий")
_STRESSED: Final = ("овой", "евой", "ёвой", "ской", "цкой", "иной", "ыной")
_FEMININE: Final = ("овая", "евая", "ёвая", "иная", "ыная")

# Endings by which a feminine surname is an adjective where no dictionary knows its noun («Забродская», «Осадчая»).
_ADJECTIVAL: Final = ("ная", "ская", "цкая", "чая", "щая", "жая", "шая")

# Endings that adjectival surnames commonly have; the stressed variant beside them is rare.
_REGULAR: Final = ("ский", "цкий", "ный", "чий", "жий", "ший")


def plausible(candidates: list[str], case: Case) -> list[str]:
    """Return the candidates of a surname in `case` without the adjectives that nobody is called by."""
    kept = [one for one in candidates if not _is_odd(one, case, candidates)]
    if not kept:  # «Лозового» can be of nothing but an adjective, though no dictionary has it
        kept = [one for one in candidates if one.lower().endswith(_STRESSED)]
    return _without_noun(_without_doubled_adjective(kept))


def known_first(candidates: list[str]) -> list[str]:
    """Return the candidates that a dictionary has, all where it has none."""
    known = [one for one in candidates if strangeness(one) < UNKNOWN]
    return known or candidates


def with_fleeting(plain: list[str], fleeting: list[str]) -> list[str]:
    """Lay together what keeps its consonants and what has a fleeting vowel, without those that only rules allow.

    «Волк» needs no vowel, «Козл» would be no word beside «Козел»; «Журавль» and «Журавель» both stand.
    """
    fleeting = known_first(fleeting)
    if any(has_natural_end(one) for one in plain):
        best = min(map(strangeness, plain))
        fleeting = [one for one in fleeting if strangeness(one) < best or best == UNKNOWN]
    elif any(strangeness(one) < UNKNOWN for one in fleeting):
        plain = [one for one in plain if strangeness(one) < UNKNOWN]
    return plain + fleeting


def _is_odd(one: str, case: Case, candidates: list[str]) -> bool:
    low = one.lower()
    if low.endswith(("скай", "цкай")):
        return True
    if low.endswith(_POSSESSIVE_ADJECTIVE):
        return not is_adjective(low) or (one[:-2] in candidates and len(low) > _NO_POSSESSIVE)
    if low.endswith(_STRESSED):
        possessive = one[:-2] in candidates
        return low not in words("adjectival_surnames") if possessive else not is_adjective(low)
    if low.endswith(_FEMININE):
        possessive = one[:-1] in candidates and len(low) > _NO_POSSESSIVE
        return possessive and low[:-2] + "ой" not in words("adjectival_surnames")
    if low.endswith("я") and one[:-1] + "а" in candidates:
        hard = one[:-1] + "а"
        return strangeness(one) == UNKNOWN and (strangeness(hard) == 0 or is_common_noun(hard))
    if low.endswith("а") and low + "я" in map(str.lower, candidates):
        adjectival = low.endswith(("ска", "цка", "на", "ча")) or is_adjective(low + "я")
        possessive = low.endswith(("ова", "ева", "ёва", "ина", "ына"))
        return adjectival and not possessive and strangeness(one) == UNKNOWN
    beside_noun = case is Case.INSTRUMENTAL and one[:-1] in candidates
    if not beside_noun or is_adjective(low):
        return False
    return strangeness(one[:-1]) < UNKNOWN or not low.endswith(_ADJECTIVAL)


_NO_POSSESSIVE: Final = 5  # letters up to which an adjective on -овый or -овая is one («Новый»)


def _without_doubled_adjective(candidates: list[str]) -> list[str]:
    """Of «Осадчий» and «Осадчой» keep the usual one, unless the other is a word or a known surname."""
    unusual = [
        one
        for one in candidates
        if one.lower().endswith("ой") and not is_adjective(one) and strangeness(one) > 0
    ]
    usual = [one for one in candidates if one not in unusual]
    regular = any(one.lower().endswith(_REGULAR) for one in usual)
    known = any(is_adjective(one) for one in usual)
    return usual if regular or known else candidates


def _without_noun(candidates: list[str]) -> list[str]:
    """Beside «Осадчий» leave out «Осадчем», which the dative «Осадчему» would give too."""
    adjectives = [one for one in candidates if one.lower().endswith(("ый", "ий", "ой"))]
    if not adjectives:
        return candidates
    return [
        one
        for one in candidates
        if one in adjectives or not one.lower().endswith(("ем", "ом")) or strangeness(one) < UNKNOWN
    ]


def stays_beside(form: str, others: list[str], sex: Sex) -> bool:
    """Say whether `form` may be an undeclined surname although a declined one would give it too."""
    if strangeness(form) == 0:
        return True
    undeclined = form.lower().endswith("ей") and form[-3:-2] not in "жшчщн"
    if others and sex is Sex.FEMALE and undeclined:
        return strangeness(others[0]) > 0  # «Водолей», as women have it in every case
    if others:
        strange = all(strangeness(one) == UNKNOWN for one in others)
        if form.lower().endswith(("у", "ю")):  # «Неру», where nobody is known to be called «Нера»
            named = any(strangeness(one) == 0 or is_common_noun(one) for one in others)
            usual = all(one.lower().endswith(_SLAVIC) for one in others)
            foreign = len(form) <= _SHORT or form.lower().endswith(_ROMANIAN)
            return not named and (foreign or not usual)
        return form.lower().endswith(("и", "ия", "ая", "уя", "ея")) and strange
    return len(form) <= _SHORT or not form.lower().endswith(("у", "ю"))


# Ends of surnames that are declined although no dictionary has them («Шевчуку», «Гайдаку», «Вольперту»).
_SLAVIC: Final = (
    *(
        "ов",
        "ев",
        "ёв",
        "ин",
        "ын",
        "ук",
        "юк",
        "ик",
        "ак",
        "як",
        "ок",
        "ек",
        "ец",
        "ач",
        "ич",
        "ыч",
        "уч",
        "ян",
        "ер",
    ),
    *("ель", "аль", "оль", "ань", "ень", "ман", "берг", "ов", "ий", "ый", "ой", "ей", "ай"),
    *(
        "ка",
        "ха",
        "ша",
        "ча",
        "ла",
        "на",
        "га",
        "ба",
        "да",
        "та",
        "ра",
        "ва",
        "жа",
        "ая",
        "яя",
        "ия",
        "ля",
        "ня",
    ),
)

_ROMANIAN: Final = ("ану", "яну", "ару")  # «Мунтяну», «Ротару»: not declined

_SHORT: Final = 4  # letters of foreign surnames on -у and -ю that are not declined: «Лю», «Чжоу»
