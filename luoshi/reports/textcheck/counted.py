"""所数 — what a number counts: the verb that governs it and the noun phrase beside it.

A number stands before its noun (9个督导组) or behind it (问题487起). Where the words beside it say too little (惠及学生, 整改率), words
from earlier in the sentence are put before them, never more than twice as many.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

import rjieba

from luoshi.reports.textcheck.lexicon import words
from luoshi.reports.textcheck.quantities import Quantity
from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.windows import WINDOW

_CONNECTIVE = re.compile(r"(?:以及|并且|[、和及与并或])")
_LEAD = re.compile(
    r"^(?:[\s、和及与并而且，,]|以及|同时|此外|另外|其中|目前|截至目前|截至|至少|最多|不少于|共计|累计|"
    r"总共|合计|共(?![享同建管治青有])|已经?|先后|分别|还|也|又|均|都|"
    r"今年以来|今年|明年|来年|年内|本月|当月|去年|当年|全年|上半年|下半年|以来|期间|为此|对此|因此|仅|再(?!就业)|新(?=查|排|发)|"
    r"全部|(?:全面|深入|扎实|积极|大力|着力|认真|切实|持续|坚持|严格|有效|"
    r"有序|充分|广泛|成功|顺利|及时|迅速|主动)(?=[\u4e00-\u9fff])|"
    r"即|如(?!期)|能|可以|预计(?:将|可)?有?|有望|可|要(?!求)|将|拟|计划|力争|对(?![口接])|把(?!关)|"
    r"为(?!民)|向|给(?!予)|从|由|在(?![校册职编岗建园读籍])|针对|使|让|按(?!期|时|"
    r"照)|每(?=年|月)|毫不含糊地|有针对性地)+"
)
_TRAIL = re.compile(
    r"(?:近|将近|接近|约|大约|超过?了?|逾|突破了?|至少|最多|不少于|不低于|不超过|不得超过|不足|不到|多达|"
    r"高达|达到了?|达|仅为|均为|为|共计?|合计|累计|总计|已|了|有|仅|只|就|"
    r"各|分别|均|每|在|是|由|从|(?<!以)上|至|到|：|:|（|\(|\s|“|的)+$"
)
_AFTER_SPAN = re.compile(r"^(?:以上|以下|左右|上下|以内|余|多)?")
_NOT_NOUN = re.compile(
    r"^(?:[、，。；：（）()”》,;:\s]|和|及(?!时)|与(?!会)|以及|并|而|至|到|增加|减少|提高|提升|下降|降低|"
    r"降|增长|上升|增至|升至|扩大|压减|缩短|延长|占|的?$|比|较|"
    r"同比|环比|均|全部|已|将|就|以来|内|外|中$|后|前$|之内|是|方可|不等)"
)
_ONLY_VERB = re.compile(
    r"^(?:同比|环比|比上年|比去年|较上年|较去年|比上月|较上月|较年初|比年初|年均|平均|同期)*(?:净|分别|共|"
    r"累计|实际|再)*(?:增长|增加|增|下降|减少|上升|提高|提升|降低|增幅|"
    r"降幅|占|占比|达|达到|为|扩大|压减|缩短|翻)*(?:了|达|为|到|至|由|从|的)*$"
)
_PREPOSITION_END = re.compile(r"(?:对|将|把|为|给|向|使|让|用|以|从)$")
_RESPECTIVELY = re.compile(
    r"(?P<items>.*?)(?P<tail>(?:同比|环比|均|人数)?)分别(?P<verb>[^\d零一二两三四五六七八九十百千万]{0,12})$"
)
_PER = re.compile(r"(?:平均)?每[^，。；每、\d]{1,4}(?:每[年月天日次])?$")
# Verbs that say what something led to, or what a document holds: the words before them belong to them.
_EFFECT = re.compile(r"(?:共|已|可|直接|累计)*(?:涉及|惠及|受益|覆盖|带动|占|明确|涵盖|包含|包括|提出|列出)")
_TO = re.compile(
    r"[^，。；、]{0,4}?(?:提高|增加|调整|上调|下调|压减|压缩|缩短|减少|下降|降低|降|升|扩大|提升|整合)?(?:到|至|为)$"
)
_TRIM_TAIL = re.compile(r"(?:已从|已由|由|从|以来)$|^以来")
_UNIT_NOUN = {"人": "人员", "名": "人员", "元": "金额"}

_LONG_QUOTATION = re.compile(r"“[^”]{9,}”")

MOST_BEFORE, MOST_BEFORE_VERB, MOST_NOUN, MOST_GOVERNED, MOST_AFTER = 30, 12, 14, 26, 26
# A frequency and a span inside a clause do not cut the words around another number apart.
_TRANSPARENT = ("frequency",)


class Token(NamedTuple):
    """词 — a word of the segmenter with its part of speech and place."""

    word: str
    tag: str
    place: int


@dataclass(slots=True)
class Memory:
    """前文 — what earlier words of the sentence leave to its later numbers."""

    sentence: int = -1
    verb: str = ""
    what: str = ""
    topic: str = ""
    previous: str = ""
    whats: list[str] = field(default_factory=list)


def what_of(
    text: str, quantities: list[Quantity], i: int, offset: int, skip: int, memory: Memory
) -> tuple[str, Reason]:
    """What the i-th quantity of a clause counts. `skip`: where the clause proper begins, after time and subject."""
    q = quantities[i]
    what, rule = (
        _respectively(text, quantities, i, offset, skip, memory)
        or _same_as_before(text, quantities, i, offset, memory)
        or _beside(text, quantities, i, offset, skip, memory)
    )
    what = (
        _TRIM_TAIL.sub("", WINDOW.sub("", _PER.sub("", re.sub(r"\s+", "", what))))
        .strip("，、。；：（）()的")
        .removeprefix("”")
    )
    if q.unit in ("岁", "周岁"):
        what = _cut(what, 10, head=False) + "年龄"
    context = ""
    if _ONLY_VERB.match(what) and (q.kind == "percent" or what):
        context, rule = _cut(memory.what or _trim(memory.previous), 16, head=False), "what.carried"
    elif len(what) > 2 and what != memory.what and what in memory.what:  # 应清理面积…，已清理…: the same words, fewer
        what, rule = memory.what[memory.what.index(what) :], "what.carried"
    elif len(what) < 3 or _EFFECT.match(what) or says_too_little(what):
        if len(what) < 4 and not what.endswith(("人", "员", "额", "金", "款")):
            what += _UNIT_NOUN.get(q.unit, "")
        context = _context(what, memory)
        rule = "what.topic" if context else rule
    if not _ONLY_VERB.match(what):
        memory.what = what if len(what) > 3 else context + what
    whole = context + what
    memory.whats.append(whole)
    return whole, Reason(rule, what, q.start)


def _respectively(
    text: str, quantities: list[Quantity], i: int, offset: int, skip: int, memory: Memory
) -> tuple[str, str] | None:
    """养老、工伤、失业保险参保人数分别达到A、B、C; and 分别增长A和B of the two numbers before."""
    first = quantities[0].start - offset
    m = _RESPECTIVELY.match(text, min(skip, first), first)
    same = [q for q in quantities if q.kind == quantities[0].kind]
    if not m or i >= len(same) or len(same) < 2:
        return None
    items = [_trim(item) for item in re.split(r"[、和与及]", _trim(m.group("items"))) if item.strip()]
    verb = m.group("tail") + _TRAIL.sub("", m.group("verb"))
    if len(items) == len(same):
        shared = items[-1][len(items[0]) :] if len(items[0]) < len(items[-1]) else ""
        own = items[i] if i + 1 == len(items) or len(items[i]) > 4 else items[i] + shared
        return own + verb, "what.respectively"
    if len(items) <= 1 and len(memory.whats) >= len(same):
        earlier = memory.whats[-len(same) :] if i == 0 else memory.whats[-len(same) - i : -i or None]
        return _cut(earlier[min(i, len(earlier) - 1)], 14, head=False) + (
            items[0] if items else ""
        ) + verb, "what.respectively"
    return None


def _same_as_before(
    text: str, quantities: list[Quantity], i: int, offset: int, memory: Memory
) -> tuple[str, str] | None:
    """由3000元提高到3300元, 1120个、1386万平方米: the same thing, once more."""
    if not i or not memory.whats:
        return None
    between = text[quantities[i - 1].end - offset : quantities[i].start - offset]
    if attributive(text, quantities[i].end - offset) and between not in ("、", "和"):
        return None
    same_kind = quantities[i - 1].kind == quantities[i].kind
    if (same_kind and _TO.fullmatch(between)) or (
        between == "、" and not attributive(text, quantities[i].end - offset)
    ):
        return memory.whats[-1] + (
            "面积"
            if quantities[i].unit in ("平方米", "亩", "公顷") and quantities[i - 1].unit != quantities[i].unit
            else ""
        ), "what.same"
    return None


def _beside(text: str, quantities: list[Quantity], i: int, offset: int, skip: int, memory: Memory) -> tuple[str, str]:
    q = quantities[i]
    start, end = q.start - offset, q.end - offset
    before = _trim(_before(text, quantities, i, offset, skip))
    if q.kind == "frequency":
        if i:
            before = _without_numerals(text[min(skip, start) : start], quantities, -1, offset, min(skip, start))
        after = re.sub(r"^(?:至少|不少于|都|均|定期|对)", "", text[end:])
        return _cut(before, 12, head=False) + _cut(
            _without_numerals(after, quantities, i, offset, end), MOST_AFTER
        ), "what.frequency"
    if attributive(text, end):
        after = _after(text, quantities, i, offset)
        raw = text[:start]
        if before.endswith("等") and "、" in before:
            verb = _verb_run(before)
        else:
            verb = _last_verb_phrase(before) if len(before) > MOST_BEFORE_VERB else before
        rule = "what.after"
        if _PREPOSITION_END.search(raw):  # 对14个市州、98家单位进行督导: governed by what follows
            memory.verb = ""
        if not verb and memory.verb and i:
            verb, rule = memory.verb, "what.after with verb carried"
        memory.verb = _verb_run(verb) or memory.verb
        return verb + _noun_and_predicate(after, governed=bool(verb)), rule
    if i + 1 < len(quantities) and text[end : quantities[i + 1].start - offset] in ("到", "至", "-", "~"):
        before += _after(text, quantities, i + 1, offset)[:MOST_NOUN]
    what = _cut(_without_long_quotation(before), MOST_BEFORE, head=False)
    run = _verb_run(what)
    if not run and memory.verb and i and what:
        return memory.verb + what, "what.before with verb carried"
    memory.verb = run or memory.verb
    return what, "what.before"


def attributive(text: str, end: int) -> bool:
    """Does the noun follow the number (9个督导组), rather than stand before it (问题487起)?"""
    rest = text[end:]
    rest = rest[_AFTER_SPAN.match(rest).end() :]  # type: ignore[union-attr]
    return bool(rest) and not _NOT_NOUN.match(rest) and not rest[0].isdigit()


def says_too_little(what: str) -> bool:
    """Only verbs and nouns that fit anything: 惠及学生, 涉及金额, 整改率."""
    generic = words("nouns", "generic")
    return len(what) <= 8 and all(
        t.word in generic or t.word in words("verbs", "verb") or t.tag in ("p", "u", "uj", "d", "x")
        for t in _tokens(what)
    )


def _context(what: str, memory: Memory) -> str:
    most = max(6, 2 * len(what))
    sources = [memory.topic, memory.what, _trim(memory.previous)]
    for source in sources if what else reversed(sources):
        if source and source != what and not (what and what in source):
            return _cut(source, most, head=False)
    return ""


def _before(text: str, quantities: list[Quantity], i: int, offset: int, skip: int) -> str:
    start = quantities[i].start - offset
    j = i - 1
    prefix = ""
    while j >= 0 and quantities[j].kind in _TRANSPARENT:
        prefix = text[
            (quantities[j - 1].end - offset if j else min(skip, quantities[j].start - offset)) : quantities[j].start
            - offset
        ]
        j -= 1
    if i and j < 0:
        return _trim(prefix) + _trim(text[quantities[i - 1].end - offset : start])
    if i == 0:
        return text[min(skip, start) : start]
    last = quantities[i - 1].end - offset
    between = text[last:start]
    if quantities[i - 1].kind in _TRANSPARENT:
        return prefix + between
    if not attributive(text, last):
        return between
    rest = between[_divide(between, attributive(text, quantities[i].end - offset)) :]
    return rest if _trim(rest) or attributive(text, quantities[i].end - offset) else between


def _after(text: str, quantities: list[Quantity], i: int, offset: int) -> str:
    end = quantities[i].end - offset
    rest = text[end:]
    for j in range(i + 1, len(quantities)):
        if quantities[j].kind in _TRANSPARENT:
            continue
        between = _without_numerals(text[end : quantities[j].start - offset], quantities, i, offset, end)
        if not between:  # 69支138名干部
            return _after(text, quantities, j, offset)
        rest = between[: _divide(between, attributive(text, quantities[j].end - offset))]
        break
    else:
        rest = _without_numerals(rest, quantities, i, offset, end)
    rest = rest[_AFTER_SPAN.match(rest).end() :]  # type: ignore[union-attr]
    return rest.lstrip("的").rstrip("、和及与并")


def _without_numerals(rest: str, quantities: list[Quantity], i: int, offset: int, end: int) -> str:
    """The rest of a clause with the later numbers taken out."""
    for q in reversed(quantities[i + 1 :]):
        start, stop = q.start - offset - end, q.end - offset - end
        if start >= 0 and stop <= len(rest):
            rest = rest[:start] + rest[stop:]
    return rest


def _divide(between: str, next_attributive: bool) -> int:
    """Where, between two numbers, the words of the first end and those of the second begin."""
    tokens = _tokens(between)
    places = [m.end() for m in _CONNECTIVE.finditer(between) if _unquoted(between, m.start())]
    if places and (not next_attributive or places[-1] == len(between) or _begins_with_verb(between[places[-1] :])):
        return places[-1]
    if places and next_attributive:
        return next((t.place for t in reversed(tokens) if _is_verb(t) and t.place >= 2), len(between))
    for n, token in enumerate(tokens):
        if n and _is_verb(token) and _unquoted(between, token.place):
            return token.place
    return len(between) if next_attributive else next((t.place for t in tokens if t.place >= 2), 0)


def _begins_with_verb(text: str) -> bool:
    tokens = _tokens(text)
    return bool(tokens) and _is_verb(tokens[0])


def _unquoted(text: str, place: int) -> bool:
    return text.count("“", 0, place) == text.count("”", 0, place)


def _without_long_quotation(text: str) -> str:
    """认领“走流程、办实事”重点任务 → 认领重点任务, where enough is left."""
    short = _LONG_QUOTATION.sub("", text)
    return short if len(short) >= 4 else text


def _noun_and_predicate(after: str, *, governed: bool) -> str:
    """督导组, 流动党员纳入管理: a short phrase whole; of a long one the noun, and its own verb where no verb governs it."""
    if len(after) <= (MOST_GOVERNED if governed else MOST_AFTER):
        return after
    for n, token in enumerate(_tokens(after)):
        if n and _is_verb(token) and token.place >= 4 and _unquoted(after, token.place):
            if governed:
                break
            return _cut(after[: token.place], MOST_NOUN) + _cut(after[token.place :], MOST_AFTER - MOST_NOUN)
    return _cut(after, MOST_GOVERNED if governed else MOST_AFTER)


def _trim(before: str) -> str:
    """Without time words, adverbs and connectives at either end."""
    previous = None
    while previous != before:
        previous = before
        before = _LEAD.sub("", before, count=1)
    return _TRAIL.sub("", before)


def _tokens(text: str) -> list[Token]:
    found, place = [], 0
    for word, tag in rjieba.tag(text):
        found.append(Token(word, tag, place))
        place += len(word)
    return found


def _is_verb(token: Token) -> bool:
    return token.word in words("verbs", "verb") or (token.tag == "v" and len(token.word) > 1)


def says_a_verb(text: str) -> bool:
    """Is something done between two numbers, so that the second is no further part of the first?"""
    return any(_is_verb(token) for token in _tokens(text))


def _verb_run(text: str) -> str:
    """The first verb of a phrase with the verbs that follow it at once (谋划储备重大项目 → 谋划储备)."""
    run: list[Token] = []
    for token in _tokens(text):
        if _is_verb(token) and len(run) < 3:
            run.append(token)
        elif run:
            break
    return "".join(token.word for token in run)


def _last_verb_phrase(text: str) -> str:
    """The last verb of a phrase and what follows it (贵州还毫不含糊地叫停 → 叫停)."""
    chosen = None
    was_verb = False
    for token in _tokens(text):
        is_verb = _is_verb(token)
        if is_verb and not was_verb:
            chosen = token.place
        was_verb = is_verb
    return "" if chosen is None else _TRAIL.sub("", text[chosen:])[:MOST_BEFORE_VERB]


def _cut(text: str, most: int, *, head: bool = True) -> str:
    """At most so many characters, cut between words: from the front, or the last ones."""
    if len(text) <= most:
        return text
    places = [token.place for token in _tokens(text)] + [len(text)]
    if head:
        fitting = [p for p in places if 0 < p <= most]
        return text[: fitting[-1]] if fitting else text[:most]
    return text[min(p for p in places if len(text) - p <= most) :]
