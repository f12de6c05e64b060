"""主语 — of whom a clause speaks by its own words: the name that it begins with, a person described, several places at once."""

import re
from functools import lru_cache

import rjieba

from luoshi.reports.textcheck.clauses import Clause
from luoshi.reports.textcheck.mentions import Mention
from luoshi.reports.textcheck.organisations import lead_in, listed_at, mention_at
from luoshi.reports.textcheck.persons import person_within
from luoshi.reports.textcheck.windows import Window

# 在…指导下, 在…中: a circumstance, not the subject.
_CIRCUMSTANCE = re.compile(r"^(?:[^，]{0,6})?在.*(?:下|中|后|时|期间|过程中|基础上|上|前)$")
_NO_SUBJECT = re.compile(
    r"精神|部署要求|部署|要求|反馈|交办的|移送的|关于(?!.*(?:通报|报告|汇报|总结|公告|情况|函|说明|公报)$)|会议精神|规定|安排，|统一"
)
_HANDS_DOWN = re.compile(r"(?:共?向|给)?(?:交办|移交|转办|转交|转送|转来|反馈|下达|通报|分配)(?:给)?[我全本]")
# A list of examples, or the parts of a sum: 天津、山西等8省区市.
_BEGINS_LIST = re.compile(
    r"[\u4e00-\u9fff]{2,8}等(?:\d+|[一二三四五六七八九十]+)(?:个|家)?(?:省|市|县|区|地|州|乡|镇|村|部门|单位)"
)
_JOINT = re.compile(
    r"(?:[两二三四五六七八九十\d]{1,2}个?)?(?:(?:省|市|县|区|州|旗|地|镇|乡|村)区?市?)?"
    r"(?:公安机关|检察机关|法院|纪委监委|纪检监察机关|警方)?(?![\d一二三四五六七八九十两等的、和])(?=[\u4e00-\u9fffA-Za-z，])"
)
_COUNTS = re.compile(r"(?<![公总])共(?![同享产识])|累计|已(?!经)|各级|先后")
_OBJECT_BEFORE = re.compile(r"[对向与给往赴到于和、按据]$")
_DESCRIBES = re.compile(r"在|来自|家住|住在|出生|从|今年|年[近过逾]|\d{2}岁")


def subject(clause: Clause, times: list[Window]) -> Mention | None:
    """The name that a clause begins with, after time words and 在, 由, 其中."""
    if _CIRCUMSTANCE.match(clause.text) and len(clause.text) > 8:
        return None
    return _subject_from(clause.text, after_lead(clause, times))


@lru_cache(maxsize=256)
def _subject_from(text: str, place: int) -> Mention | None:
    """Asked for when a clause is entered, when its numbers are read, and by the clause before it."""
    if listed := listed_at(text, place):
        return _joint(text, listed)
    if _BEGINS_LIST.match(text, place):
        return None
    mention = mention_at(text, place)
    if mention and (_NO_SUBJECT.match(text, mention.end) or _HANDS_DOWN.match(text, mention.end)):
        return None
    return mention or _after_time(text)


def person_of(clause: Clause, named: Mention | None) -> Mention | None:
    """在临沂大学读大二的小王, 供电公司员工老张: a person whom the words before only describe."""
    found = person_within(clause.text)
    if found is None or (found.start < 3 and named is None):
        return None
    described = _DESCRIBES.match(clause.text) or (named is not None and found.start - named.end in (0, 1))
    return found if described else None


def _joint(text: str, listed: list[Mention]) -> Mention | None:
    """耒阳、常宁两市公安机关 排查…: several places as one subject; not the examples of a list, nor the parts of a sum."""
    m = _JOINT.match(text, listed[-1].end)
    if m is None or len({mention.kind for mention in listed}) > 1 or len(listed) > 6:
        return None
    first = listed[0]
    end = listed[-1].end if re.search(r"\d", m.group()) else m.end()
    return Mention(first.start, m.end(), text[first.start : end], "joint", max(mention.rank for mention in listed))


def _after_time(text: str) -> Mention | None:
    """今年“五一”假期大河省共接待 …: a name further in, right before an adverb of counting."""
    for m in _COUNTS.finditer(text[:40]):
        edges = _edges(text[: m.start()])
        for begin in range(max(0, m.start() - 12), m.start() - 1):
            if begin not in edges:
                continue
            mention = mention_at(text, begin)
            if mention is None or mention.end != m.start() or _OBJECT_BEFORE.search(text[:begin]):
                continue
            if mention.kind in ("place", "department", "organ", "wide"):
                return mention
    return None


def _edges(text: str) -> set[int]:
    """Where words begin."""
    return {start for _, start, _ in rjieba.tokenize(text)}


def after_lead(clause: Clause, times: list[Window]) -> int:
    """The first place of a clause that is neither list mark, time nor connective."""
    place = 0
    while True:
        step = place + lead_in(clause.text[place:])
        for time in times:
            if time.start - clause.start == step:
                step = time.end - clause.start
        if step == place:
            return place
        place = step
