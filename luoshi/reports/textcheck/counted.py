"""所数 — what a number counts: the verb that governs it and the noun phrase beside it."""

import re
from dataclasses import dataclass, field
from functools import cache

import rjieba

from luoshi.reports.textcheck.lexicon import words
from luoshi.reports.textcheck.quantities import Quantity
from luoshi.reports.textcheck.statement import Reason

_CONNECTIVE = re.compile(r"(?:以及|并且|[、和及与并或])")
_LEAD = re.compile(
    r"^(?:[\s、和及与并而且，,（(）)：:]|以及|同时|此外|另外|其中|目前|截至目前|截至|共计|累计|总共|合计|共(?!享|同|建|管|治|青|有)|已经?|先后|分别|还|也|又|均|都|"
    r"今年以来|今年|去年|当年|全年|上半年|下半年|以来|期间|为此|对此|因此|仅|再|新(?=查|排|发)|全部|全面|深入|扎实|积极|大力|着力|认真|切实|持续|坚持|严格|有效|有序|充分|广泛|主动(?=开|组|对)|成功|顺利|"
    r"及时|迅速|即|如|是|能|可以|可|要|将|拟|计划|力争|对|把|为|向|给|从|由|在|针对|使|让|按|每(?=年|月)|毫不含糊地|有针对性地)+"
)
_TRAIL = re.compile(
    r"(?:近|将近|接近|约|大约|超过?了?|逾|突破了?|至少|最多|不少于|不低于|不超过|不足|不到|多达|高达|达到了?|达成?|仅为|均为|为|共计?|合计|累计|总计|已|了|有|仅|只|就|各|分别|均|每|在|是|上|至|到|：|:|（|\(|\s|“)+$"
)
_AFTER_SPAN = re.compile(r"^(?:以上|以下|左右|上下|以内|之多|余|多)?")
_NOT_NOUN = re.compile(
    r"^(?:[、，。；：（）()”》,;:\s]|和|及|与|以及|并|而|至|到|增加|减少|提高|提升|下降|降低|增长|上升|增至|降至|升至|扩大|压减|缩短|延长|占|的?$|比|较|同比|环比|均|全部|已|将|就|以来|内|外|中$|后$|前$|之内|是)"
)
_ONLY_VERB = re.compile(
    r"^(?:同比|环比|比上年|比去年|较上年|较去年|比上月|年均|平均)*(?:净|分别|共|累计|实际)*(?:增长|增加|下降|减少|上升|提高|提升|降低|增幅|降幅|占|占比|达|达到|完成率|为|率|扩大|压减|缩短)*(?:了|达|为|到|至|由|从|的)*$"
)
_GENERIC = frozenset(
    "人 人员 干部 人数 问题 案件 案例 项目 资金 金额 涉及 涉及金额 涉及资金 涉案 涉案金额 其中 共 完成 整改 办结 立案 处理 处分 查处 发现 化解 金 标准 发放 投入 新增 惠及 受益 覆盖 参与 参加 奖励 补助".split()
)
_UNIT_NOUN = {"人": "人员", "人次": "人次", "名": "人员", "户": "户", "家": "单位", "元": "金额", "场次": "场次"}
_BREAK = re.compile(r"[，。；！？]")

MOST_BEFORE, MOST_BEFORE_VERB, MOST_AFTER = 30, 12, 24


@dataclass(slots=True)
class Memory:
    """前文 — what earlier numbers of the sentence leave to the later ones."""

    sentence: int = -1
    verb: str = ""
    what: str = ""
    topic: str = ""
    heading: str = ""
    previous: str = ""
    subjects: list[str] = field(default_factory=list)


@cache
def _verbs() -> frozenset[str]:
    return words("verbs", "verb")


def _tokens(text: str) -> list[tuple[str, str, int]]:
    found, place = [], 0
    for word, tag in rjieba.tag(text):
        found.append((word, tag, place))
        place += len(word)
    return found


def _is_verb(word: str, tag: str) -> bool:
    return word in _verbs() or (tag == "v" and len(word) > 1)


def attributive(text: str, end: int) -> bool:
    """Does the noun follow the number (9个督导组), rather than stand before it (问题487起)?"""
    rest = text[end:]
    rest = rest[_AFTER_SPAN.match(rest).end() :]  # type: ignore[union-attr]
    return bool(rest) and not _NOT_NOUN.match(rest)


def what_of(text: str, quantities: list[Quantity], i: int, offset: int, skip: int, memory: Memory) -> tuple[str, Reason]:
    """What the i-th quantity of a clause counts. `skip`: where the clause proper begins, after time and subject."""
    q = quantities[i]
    start, end = q.start - offset, q.end - offset
    before = _before(text, quantities, i, offset, skip)
    after = _after(text, quantities, i, offset)
    is_attributive = attributive(text, end)
    if q.kind == "frequency":
        after = text[end:]
        after = re.sub(r"^(?:至少|不少于|都|均|定期|对)", "", after)
        what = _cut(before, 12, head=False) + _cut(after, MOST_AFTER)
        return _kept(what or memory.what, memory, verb=""), Reason("what.frequency", what, q.start)
    trimmed = _trim(before)
    if is_attributive:
        verb = _verb_phrase(trimmed) if len(trimmed) > MOST_BEFORE_VERB else trimmed
        if not verb and memory.verb:
            verb, rule = memory.verb, "what.after with verb carried"
        else:
            rule = "what.after"
        noun = _cut(after, MOST_AFTER)
        memory.verb = _verb_phrase(verb) or memory.verb
        what = verb + noun
    else:
        what, rule = _cut(trimmed, MOST_BEFORE, head=False), "what.before"
        if q.kind == "percent" and _ONLY_VERB.match(what) and (memory.what or memory.previous):
            what, rule = (memory.what or _cut(_trim(memory.previous), 16, head=False)) + what, "what.carried"
        elif not _has_verb(what) and memory.verb and memory.what and what:
            what, rule = memory.verb + what, "what.before with verb carried"
        else:
            memory.verb = _verb_phrase(what) or memory.verb
    if _bare(what):
        what, rule = _with_topic(what, q, memory), "what.topic"
    return _kept(what, memory, verb=""), Reason(rule, what, q.start)


def _kept(what: str, memory: Memory, *, verb: str) -> str:
    what = re.sub(r"\s+", "", what).strip("，、。；：（）()")
    if what and not _ONLY_VERB.match(what):
        memory.what = what
    return what


def _bare(what: str) -> bool:
    return len(what) < 3 or what in _GENERIC or what[2:] in _GENERIC and what[:2] in _GENERIC


def _with_topic(what: str, q: Quantity, memory: Memory) -> str:
    topic = memory.topic or (memory.what if memory.what != what else "") or _cut(_trim(memory.previous), 18, head=False) or memory.heading
    noun = _UNIT_NOUN.get(q.unit, "") if len(what) < 4 and not what.endswith(("人", "员", "额", "金")) else ""
    return topic[-20:] + what + noun


def _before(text: str, quantities: list[Quantity], i: int, offset: int, skip: int) -> str:
    start = quantities[i].start - offset
    if i == 0:
        return text[min(skip, start) : start]
    last = quantities[i - 1].end - offset
    between = text[last:start]
    if not attributive(text, last) or quantities[i - 1].kind == "frequency":
        return between
    return between[_divide(between, attributive(text, quantities[i].end - offset)) :]


def _after(text: str, quantities: list[Quantity], i: int, offset: int) -> str:
    end = quantities[i].end - offset
    if i + 1 == len(quantities):
        rest = text[end:]
    else:
        following = quantities[i + 1].start - offset
        between = text[end:following]
        rest = between[: _divide(between, attributive(text, quantities[i + 1].end - offset))]
    rest = rest[_AFTER_SPAN.match(rest).end() :]  # type: ignore[union-attr]
    return rest.lstrip("的").rstrip("、和及与并")


def _divide(between: str, next_attributive: bool) -> int:
    """Where, between two numbers, the words of the first end and those of the second begin."""
    connectives = [m for m in _CONNECTIVE.finditer(between) if between.count("“", 0, m.start()) == between.count("”", 0, m.start())]
    if connectives:
        return connectives[-1].end()
    tokens = _tokens(between)
    for n, (word, tag, place) in enumerate(tokens):
        if n and _is_verb(word, tag):
            return place
    return len(between) if next_attributive else len(between) // 2 if len(between) > 8 else 0


def _trim(before: str) -> str:
    """Without time words, adverbs and connectives at either end."""
    previous = None
    while previous != before:
        previous = before
        before = _LEAD.sub("", before, count=1)
    return _TRAIL.sub("", before)


def _verb_phrase(text: str) -> str:
    """The last verb of a phrase (贵州还毫不含糊地叫停 → 叫停), with what follows it."""
    tokens = _tokens(text)
    chosen = None
    for n, (word, tag, place) in enumerate(tokens):
        if _is_verb(word, tag):
            if chosen is not None and n and _is_verb(*tokens[n - 1][:2]):
                continue  # 谋划储备: one phrase
            chosen = place
    return "" if chosen is None else _TRAIL.sub("", text[chosen:])[:MOST_BEFORE_VERB]


def _has_verb(text: str) -> bool:
    return any(_is_verb(word, tag) for word, tag, _ in _tokens(text))


def _cut(text: str, most: int, *, head: bool = True) -> str:
    """At most so many characters, cut between words: from the front, or the last ones."""
    if len(text) <= most:
        return text
    places = [place for _, _, place in _tokens(text)] + [len(text)]
    if head:
        return text[: max(p for p in places if p <= most)] if any(0 < p <= most for p in places) else text[:most]
    return text[min(p for p in places if len(text) - p <= most) :]
