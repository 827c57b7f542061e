"""Specification of the subject: what is ours, what nearly is, what is not."""

from __future__ import annotations

import pytest

from parsers.facts import SubjectMatch
from parsers.mail.subject import match_subject, without_prefixes

# Latin letters in the place of Cyrillic ones that look the same
LATIN = str.maketrans("СЕРТАОНасеорху", "CEPTAOHaceopxy")


@pytest.mark.parametrize(
    "subject",
    [
        "Сферум: Регистрация организации",
        "сферум: регистрация организации",
        "СФЕРУМ РЕГИСТРАЦИЯ ОРГАНИЗАЦИИ",
        "Сферум:Регистрация организации",
        "Сферум. Регистрация организации.",
        "Сферум : Регистрация  организации",
        "СферумРегистрацияорганизации",
        "С ф е р у м : Регистрация организации",
        "Сферум:\u00a0Регистрация\u00a0организации",
        "«Сферум»: «Регистрация организации»",
        '"Сферум: Регистрация организации"',
        "Сфёрум: Регистрация организации",
        "Сферум: Регистрация организации МБОУ СОШ № 5",
        "Сферум: Регистрация организации, МБОУ СОШ № 5",
        "Сферум: Регистрация организацииМБОУ СОШ № 5",
        "Сферум:\u200b Регистрация организации",
        "СФЕРУМ: РЕГИСТРАЦИЯ ОРГАНИЗАЦИИ".translate(LATIN),
        "Сферум: Регистрация организации".translate(LATIN),
    ],
)
def test_a_subject_is_ours_after_folding(subject: str) -> None:
    assert match_subject(subject) is SubjectMatch.OURS


@pytest.mark.parametrize(
    "prefix",
    [
        "Re: ", "RE:", "re : ", "Fwd: ", "FW: ", "HA: ", "НА: ", "Отв: ", "Отв.: ", "Ответ: ", "Пересл.: ",
        "Пересланное сообщение: ", "Re[2]: ", "Re(3): ", "Re2: ", "Re^2: ", "Re: Fwd: Отв: ", "[Fwd: ", "AW: ",
    ],
)  # fmt: skip
def test_prefixes_of_replies_and_forwards_do_not_count(prefix: str) -> None:
    assert match_subject(prefix + "Сферум: Регистрация организации") is SubjectMatch.OURS


@pytest.mark.parametrize(
    "subject",
    [
        "Сферум: Регистрация организаций",
        "Сферум: Регистрация организаци",
        "Сфэрум: Регистрация организаци",
        "Сфреум: Регистрация организациии",
        "Регистрация организации в Сферум",
        "Регистрация организации: Сферум",
        "Сферум Регестрация органезации",
        "Сферум - Регистрация организации",
        "Сферум, регистрация организации",
        "Заявка. Сферум: Регистрация организации",
        "[SPAM] Сферум: Регистрация организации",
        "Sferum: Регистрация организации",
        "СФЕРУМРЕГИСТРАЦИЯОРГАНИЗАЦИИМБОУ",
        "сферумрегистрацияорганизаци",
    ],
)
def test_both_phrases_with_at_most_two_typing_errors_are_a_near_miss(subject: str) -> None:
    assert match_subject(subject) is SubjectMatch.NEAR_MISS


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "Сферум",
        "Регистрация организации",
        "Сферум: Регистрация",
        "Сферум: Регистрация пользователя",
        "Сферум: Регстрация органзаци",
        "Сфрм: Регистрация органзации",
        "Регистрация нашей организации в Сферум",
        "Sferum: Registraciya organizacii",
        "Отчёт о регистрации участников олимпиады по школам района",
    ],
)
def test_everything_else_is_foreign(subject: str) -> None:
    assert match_subject(subject) is SubjectMatch.FOREIGN


def test_prefixes_are_taken_off() -> None:
    assert without_prefixes("Re: Ответ: «Тема»") == "Тема"
