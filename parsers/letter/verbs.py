"""The verbs of a letter that give a role and take it away, and the lines by which its signature begins."""

from __future__ import annotations

import re
from typing import Final

# What appoints, and what takes a role away; a name belongs to the nearer before it, else to the first behind it.
APPOINTS: Final = re.compile(
    r"\bназнач(?!ени)\w+|\b(?:за)?регистрир(?:овать|у)\w*|\bвозлож(?:ить|ен)\w*|\bвозлага\w+|\bпоруч(?:ить|аю|аем|ен(?!и))\w*|\bпереда(?:ть|ю|н|ны)\w*|"
    r"\bпредостав\w+|\bутверд\w+|\bутвержда\w+|\bопредел\w+|\bзакреп\w+|(?<!\bне )\bявля\w+|"
    r"\bдобавить\b|\bдобавля\w+|\bсчитать\b(?!\s+утратив)|\bвыда\w+|"
    r"\bприсво\w+|"
    r"\bзаменить\s+(?:на|словами)\b|\bнаделить\b|\bнаделя\w+|\bуполномоч\w+|\bдовер(?:ить|я)\w*|\bизбра\w+|\bвыбра\w+",
    re.IGNORECASE,
)
DISMISSES: Final = re.compile(
    r"\bосвобо[дж]\w+|\bсня(?:ть|в|т)\w*|\bснима\w+|\bпрекра[тщ]\w+|\bотозва\w+|\bлиши\w+|\bлишен\w*|\bисключ\w+|"
    r"\bсложи\w+|\bсложени\w+|\bотказа(?:ть|но)\b|\bотклон\w+|\bне\s+(?:явля|назнача|утвержда)\w+|"
    r"\bаннулир\w+|\bотмен\w+|\bутратив\w+|\bувольнени\w+|\bувол\w+|\bпереход\w+|\bперевод\w+|"
    r"\bотпуск\w*|"
    r"\bранее\b(?!\s+(?:(?:на|от)правл|указан|пред[ао]?ст|высла|подан))|\bпрежн\w+|\bбывш\w+|\bпредыдущ\w+|\bдекрет\w*|\bвыбыти\w+|\bудалить\b|"
    r"\bслов[ао]\b(?=[^.;]{0,80}\bзамен)|\bзамен(?:ить|а|е|у)\b",
    re.IGNORECASE,
)
TAKEN_FROM: Final = re.compile(
    r"\b(?:с|со|от|у|вместо|взамен)\s+(?:[а-яё-]+\s+){0,3}$", re.IGNORECASE
)

# «вместо …»: whom somebody replaces, with a post and a reason between.
INSTEAD: Final = re.compile(r"\b(?:вместо|взамен)\s+(?:[^\s.;:]+\s+){0,8}$", re.IGNORECASE)

# A line of the signature: the head's post at its beginning.
HEAD_LINE: Final = re.compile(
    r"[ ]*(?:и\.?[ ]?о\.?|врио|за|исполняющ\w+[ ]обязанности|временно[ ]исполняющ\w+[ ]обязанности)?[ ]*"
    r"(?:директор|заведующ|руководител|начальник|ректор)",
    re.IGNORECASE,
)

# The executor, at the beginning of a line: who has typed the letter, with a telephone of their own.
EXECUTOR: Final = re.compile(
    r"^[ ]*(?:исп(?:олнитель|олнил[а-я]*|олн)?[.: ]|(?:[а-яё]+[ ])?(?:подготовил|составил|заполнил|оформил)|"
    r"отв\.?[ ]исп)",
    re.IGNORECASE,
)
