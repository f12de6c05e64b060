"""机构 — names of bodies that are on no list: a run of nouns that ends like an organisation (双清公安分局, 市反诈中心)."""

import re
from functools import cache
from typing import NamedTuple

import rjieba

from luoshi.reports.textcheck.lexicon import words

LONGEST = 24
# Parts of speech that a name may be made of. 第一 is an m, 某 an r; both only so.
_NAMING = frozenset(
    ["n", "ns", "nr", "nt", "nz", "nrt", "nrfg", "nw", "j", "b", "vn", "zg", "ng", "eng", "an", "s", "tg", "g"]
)
_NUMBERED = re.compile("第.{1,3}|[一二三四五六七八九十]{1,3}[局厂院中校处]?")  # 第一, 十二局, 三中
_JOINED_HEADS = frozenset(["局", "厅", "委", "委员会", "党组", "党委"])
_LEVELS = frozenset("省市州盟县区旗镇乡村")


class Body(NamedTuple):
    """机构 — where its name ends, its head noun, and whether words before the head tell it from others."""

    end: int
    head: str
    named: bool


@cache
def _longest_head() -> int:
    return max(map(len, words("departments", "head")))


def body_at(text: str, place: int) -> Body | None:
    """The longest name of a body that begins at `place`: nouns only, the last of them a head."""
    end, found = place, None
    before: list[str] = []
    for word, tag in rjieba.tag(text[place : place + LONGEST]):
        joins = word == "和" and bool(before)
        if not joins and not _may_name(word, tag, first=not before):
            break
        end += len(word)
        head = _head_of(text[place:end])
        if head and "和" in before and head not in _JOINED_HEADS:  # 文化和旅游局, but not 公司和学校
            break
        if head:
            own = text[place : end - len(head)]
            modifiers = [*before, word[: len(word) - len(head)]] if len(word) > len(head) else before
            found = Body(end, head, named=bool(own) and own not in _LEVELS and not _vague(modifiers, head))
        before.append(word)
    return found


def _may_name(word: str, tag: str, *, first: bool) -> bool:
    if tag == "m":
        return bool(_NUMBERED.fullmatch(word))
    if tag == "r":
        return word == "某"
    if tag == "l":
        return _head_of(word) is not None
    if tag == "v" and not first and len(word) > 1:  # 救援, 服务, 执法 inside a name
        return word in words("departments", "deed")
    if tag == "n" and word[0] in "从由把将被" and len(word) > 1:  # 从市 is no word
        return False
    return tag in _NAMING and not (first and word in words("verbs", "verb"))


def _head_of(name: str) -> str | None:
    heads = words("departments", "head")
    for length in range(min(_longest_head(), len(name)), 0, -1):
        if name[-length:] in heads:
            return name[-length:]
    return None


def _vague(modifiers: list[str], head: str) -> bool:
    """Do the words before the head leave open which one it is (各学校, 基层法院)? 民政部门 is one of its place."""
    if head in ("部门", "机关") and "".join(modifiers) in words("departments", "stem"):
        return False
    vague = words("departments", "vague") | words("departments", "bare")
    return all(word in vague or not word for word in modifiers)
