"""量词 — which words may stand after a numeral, and what kind of quantity they make."""

import re
from functools import cache
from typing import NamedTuple

from luoshi.reports.textcheck.lexicon import words
from luoshi.reports.textcheck.statement import Kind


class Classifier(NamedTuple):
    """量词 — a unit as the text writes it, its kind, and whether it needs more than a small Chinese numeral before it."""

    word: str
    kind: Kind
    narrow: bool = False


@cache
def _table() -> dict[str, Classifier]:
    table = {word: Classifier(word, "count", narrow=True) for word in words("classifiers", "narrow")}
    table |= {word: Classifier(word, "count") for word in words("classifiers", "count")}
    table |= {"个" + word: Classifier("个" + word, "count") for word in words("classifiers", "after_ge")}
    table |= {word: Classifier(word, "duration") for word in words("classifiers", "duration")}
    table |= {word: Classifier(word, "money") for word in words("classifiers", "money")}
    table["个百分点"] = Classifier("个百分点", "percent")
    for mark in "%‰":
        table[mark] = Classifier(mark, "percent")
    return table


@cache
def _longest() -> int:
    return max(map(len, _table()))


def classifier_at(text: str, place: int) -> Classifier | None:
    """The longest classifier that begins at `place` of the folded text."""
    table = _table()
    for length in range(min(_longest(), len(text) - place), 0, -1):
        found = table.get(text[place : place + length])
        if found and not _swallowed(text, place, length):
            return found
    return None


# 3市17县, but 省市, 市民, 省级.
_BREAK_AFTER = re.compile(r"[\d、，。；,;和与的均已未共）)]|$")


_COUNTED = tuple("0123456789一二两三四五六七八九十百千万几余多")


def _swallowed(text: str, place: int, length: int) -> bool:
    """Is the classifier only the first half of a word (件套, 名单, 个性)?"""
    if text[place : place + length] in ("省", "市"):
        return not _BREAK_AFTER.match(text, place + length)
    if text.startswith("个人", place) and text[place - 1 : place] in _COUNTED:  # 83个人民法院, 一个人
        return False
    return text[place : place + length + 1] in words("classifiers", "not")
