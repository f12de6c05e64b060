"""所数 — what a number counts: the verb that governs it and the noun phrase beside it.

A number stands before its noun (9个督导组) or behind it (问题487起). Where the words beside it say too little, words from earlier are put
before them: the noun of the last number with the same classifier (办结2101件), what the sentence is about (涉及金额, 整改率), or the whole
that it is part of (其中). Never more than twice as many.
"""

import re
from dataclasses import dataclass, field

from luoshi.reports.textcheck.phrasing import (
    begins_with_verb,
    cut,
    ends_with_verb,
    head_noun,
    is_act,
    is_telling_act,
    is_verb,
    last_verb_phrase,
    noun_of,
    says_too_little,
    tokens,
    trim,
    unquoted,
    verb_run,
    without_long_quotation,
    word_edges,
)
from luoshi.reports.textcheck.quantity import Quantity
from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.windows import WINDOW

_CONNECTIVE = re.compile(r"(?:以及|并且|[、和及与并或])")
_AFTER_SPAN = re.compile(r"^(?:以上|以下|左右|上下|以内|余|多)?")
_NOT_NOUN = re.compile(
    r"^(?:[、，。；：（）()”》,;:\s]|和|及(?!时)|与(?!会)|以及|并|而|至|到|增加|减少|提高|提升|下降|降低|"
    r"降|增长|上升|增至|升至|扩大|压减|压缩|缩短|延长|占|的?$|比|较|不等|之内|是(?!否)|方可|就(?!业|近|医|诊|读|餐|地|学)|将|以来|内|外|中$|后|前$|"
    r"同比|环比|均|全部|已|尚|仍|正在|未(?!成年|来|批|就业|办结的)|被|预计|计划|因|由|可|也|则|还)"
)
_ONLY_CHANGE = re.compile(
    r"^(?:涨幅|增幅|降幅|增速|占比)?(?:同比|环比|(?:比|较)(?:上年|去年|上月|年初|上周|上届|上季度)(?:同期|底|末)?|(?:比|较)(?:同期)?|年均|平均|同期)*"
    r"(?:净|分别|共|累计|实际|再)*(?:增长|增加|增|下降|减少|上升|提高|提升|降低|上涨|下跌|回落|回升|收窄|改善|增幅|降幅|涨幅|增收|增产|减产|占比|占|约占|"
    r"达到|达|为|扩大|压减|缩短|翻|高|低)*(?:了|达|为|到|至|由|从|的|出|于)*$|"
    r"^(?:比|较)?(?:高于|高出|低于|超出|超过|快于|好于|优于|领先|比)(?:全省|全国|全市|全县|全区|时序|目标|预期|年度|平均|规划|省定|国家|同期)"
    r"[\u4e00-\u9fff]{0,8}$"
)
_PREPOSITION_END = re.compile(r"(?:对|将|把|为|给|向|使|让|用|以|从)$")
_RESPECTIVELY = re.compile(
    r"(?P<items>.*?)(?P<tail>(?:同比|环比|均|人数)?)分别(?P<verb>[^\d零一二两三四五六七八九十百千万]{0,12})$"
)
_PER = re.compile(r"(?:平均)?每(?:[年月天日次]|[^，。；每、\d]{1,2}(?:每?[年月天日次])?)$")
# Verbs that say what something led to, or what a document holds: the words before them belong to them.
_EFFECT = re.compile(r"(?:共|已|可|直接|累计)*(?:涉及|惠及|受益|覆盖|带动|占|明确|涵盖|包含|包括|提出|列出)")
_TO = re.compile(
    r"[^，。；、]{0,4}?(?:提高|增加|调整|上调|下调|压减|压缩|缩短|减少|下降|降低|降|升|扩大|提升|整合|优化|精简)?(?:到|至|为)$"
)
_TRIM_TAIL = re.compile(r"(?:已从|已由|由|从|以来)$|^以来")
# Rules by which words from elsewhere stand before those beside the number.
_CARRIED = ("what.carried", "what.noun carried", "what.topic", "what.same", "what.part", "what.respectively")
_CLASSES = ("方面", "大类", "类", "领域", "环节", "大方面")
_ANYTHING = ("人员", "金额", "数量", "总数", "面积", "人数", "资金")
_NO_END = re.compile(r"(?:[、和及与并已均将还也正]|全部|累计|目前|现已)+$")
_PERSON_UNITS = ("人", "名", "人次", "位")
_AREA_UNITS = ("平方米", "亩", "公顷")
_THE_REST = re.compile(r"其余|其他|剩余|余下|另外|另有|还有|仍有|尚有")
_PART = re.compile(r"(?:其中|含|包括)[，：]?")


def _transparent(q: Quantity) -> bool:
    """A frequency or an age inside a clause does not cut the words around another number apart."""
    return q.kind == "frequency" or q.unit in ("岁", "周岁")


MOST_BEFORE, MOST_BEFORE_VERB, MOST_NOUN, MOST_GOVERNED, MOST_AFTER, MOST_CONTEXT = 30, 12, 14, 20, 26, 16


@dataclass(slots=True)
class Memory:
    """前文 — what earlier words leave to later numbers; all but `nouns` and `previous` within one sentence."""

    sentence: int = -1
    verb: str = ""
    what: str = ""  # of the last number that said enough
    counted: str = ""  # of the last number that was no percentage
    topic: str = ""
    previous: str = ""
    often: str = ""  # what is done as often as the frequency right before the number says
    parts: bool = False  # 其中: what follows are parts of what was said
    head: str = ""  # the noun after the number at hand, without what is said of it
    whats: list[str] = field(default_factory=list)
    nouns: dict[str, str] = field(default_factory=dict)  # classifier → noun of the last number with it
    fresh: set[str] = field(default_factory=set)  # the classifiers among them that this sentence used
    heard: str = ""  # the clauses of the sentence so far
    context: str = ""  # what was put before the last number of this clause

    def next_sentence(self, sentence: int) -> "Memory":
        """What is left when a sentence ends."""
        return Memory(sentence=sentence, previous=self.previous, nouns=self.nouns)


def what_of(
    text: str, quantities: list[Quantity], i: int, offset: int, skip: int, memory: Memory
) -> tuple[str, Reason]:
    """What the i-th quantity of a clause counts. `skip`: where the clause proper begins, after time and subject."""
    q = quantities[i]
    memory.head = ""
    if i == 0:
        memory.context = ""
    memory.often = memory.whats[-1] if i and quantities[i - 1].kind == "frequency" and memory.whats else ""
    memory.parts = memory.parts or bool(_PART.match(text))
    local, rule = (
        _respectively(text, quantities, i, offset, skip, memory)
        or _same_as_before(text, quantities, i, offset, memory)
        or _beside(text, quantities, i, offset, skip, memory)
    )
    local = _cleaned(local)
    end = q.end - offset
    behind = _without_numerals(text[end:], quantities, i, offset, end)
    whole, rule = _completed(local, rule, q, text[: q.start - offset], behind, memory)
    memory.whats.append(whole)
    if q.kind != "percent":
        memory.counted = whole
    return whole, _evidence(rule, local, whole, text, offset)


def _evidence(rule: str, local: str, whole: str, text: str, offset: int) -> Reason:
    """The words beside the number with their place; where others were carried to them, all of the words."""
    place = text.find(local) if local and rule not in _CARRIED else -1
    return Reason(rule, local if place >= 0 else whole, offset + place if place >= 0 else None)


def _cleaned(local: str) -> str:
    """Without times, rates per head, blanks and half brackets."""
    local = _PER.sub("", re.sub(r"\s+|[（(][^（()）]*[）)]", "", local))
    local = _TRIM_TAIL.sub("", WINDOW.sub("", local)).strip("，、。；：（）()的■●◆-")
    opened, closed = local.count("“"), local.count("”")
    if closed == opened + 1 and local.index("”") > 1:
        return "“" + local
    return local.strip("“”") if opened != closed and opened + closed == 1 else local


def _completed(local: str, rule: str, q: Quantity, ahead: str, behind: str, memory: Memory) -> tuple[str, str]:
    """The words beside a number with those from earlier that they need."""
    if rule in ("what.same", "what.respectively"):
        memory.what = local
        _note(memory, q, local)
        return local, rule
    if q.unit in ("岁", "周岁"):
        return cut(local, 10, head=False) + "年龄", rule
    if _ONLY_CHANGE.match(local) and (q.kind == "percent" or local):
        return _context_of_change(memory) + local, "what.carried"
    if memory.often and (not local or is_act(local)):  # 每月巡河不少于4次
        return memory.often, "what.same"
    if not local or is_act(local) or _THE_REST.search(ahead[-4:]):
        if found := _with_noun(local, q, ahead, behind, memory):
            return found
        local = local or _predicate(behind)
    if (
        len(local) > 1 and local != memory.what and local in memory.what and (len(local) > 2 or is_act(local))
    ):  # 应清理面积…，已清理…: the same words, fewer
        return memory.what if is_act(local) else memory.what[memory.what.index(local) :], "what.carried"
    if len(local) < 3 or _EFFECT.match(local) or says_too_little(local):
        own = is_telling_act(local) and not _EFFECT.match(local)  # of 罚款, 约谈, 问责 none is said of the one before
        context = cut(memory.topic, max(8, 2 * len(local)), head=False) if own else _context(local, memory)
        if q.kind == "money" and (benefit := _benefit(local, memory.heard + ahead)):
            context = benefit
        memory.context = context
        _note(memory, q, local)
        local += _unit_noun(local, q)
        memory.what = local if len(local) > 3 else context + local
        return context + local, "what.topic" if context else rule
    if _PART.match(ahead) and memory.verb and not verb_run(local) and q.kind == "count":
        local, rule = memory.verb + local, "what.part"
    memory.what = local
    _note(memory, q, local)
    return local, rule


def _with_noun(local: str, q: Quantity, ahead: str, behind: str, memory: Memory) -> tuple[str, str] | None:
    """化解4198起, 19所已竣工, 其余25个: the noun is that of the last number with the same classifier."""
    noun = memory.nouns.get(q.unit)
    if not noun or noun in local or q.kind not in ("count", "money"):
        return None
    if q.unit in _PERSON_UNITS and local and q.unit not in memory.fresh and not _THE_REST.search(ahead[-4:]):
        return None
    rest = _THE_REST.search(ahead[-4:])
    told = local or _predicate(behind)
    if rest:
        whole = rest.group() + (local if len(set(local) & set(noun)) > 1 else noun + _predicate(behind))
    else:
        whole = told + noun if local else noun + told
    memory.what = whole
    return whole, "what.noun carried"


def _predicate(behind: str) -> str:
    """What is said of a number that stands alone before its verb: (19所)已竣工."""
    return trim(cut(_AFTER_SPAN.sub("", behind, count=1), 10))


def _note(memory: Memory, q: Quantity, local: str) -> None:
    """Keeps the noun for later numbers with this classifier; not that of a part (其中), an act or a word for anything."""
    noun = memory.head or noun_of(local)
    if memory.parts or len(noun) < 2 or not q.unit or noun in _ANYTHING or is_act(noun) or ends_with_verb(noun):
        return
    memory.nouns[q.unit] = cut(noun, 10, head=False)
    memory.fresh.add(q.unit)


def _unit_noun(local: str, q: Quantity) -> str:
    """约谈 → 约谈人员, 罚款 → 罚款 as it is."""
    if len(local) >= 4 or local.endswith(("人", "员", "额", "金", "款", "数", "率")):
        return ""
    if q.unit in ("人", "名"):
        return "人员"
    return "金额" if q.unit == "元" else ""


def _context_of_change(memory: Memory) -> str:
    return cut(memory.whats[-1] if memory.whats else memory.what or trim(memory.previous), MOST_CONTEXT, head=False)


_BENEFIT = re.compile(
    r"[\u4e00-\u9fff]{2,10}(?:奖学金|助学金|救助金|慰问金|抚恤金|养老金|津贴|补贴|补助|低保|生活费|救助|补偿)(?!标准|对象|水平)"
)


def _benefit(local: str, heard: str) -> str:
    """奖励标准为6000元: what it is the standard of was named before (设立国家奖学金)."""
    if "标准" not in local or len(local) > 7:
        return ""
    found = [m.group() for m in _BENEFIT.finditer(heard) if "标准" not in m.group()]
    return cut(noun_of(found[-1]) or found[-1], MOST_CONTEXT, head=False) if found else ""


def _context(local: str, memory: Memory) -> str:
    if memory.context and not is_act(local):  # items of one list have the same
        return memory.context
    most = min(MOST_CONTEXT, max(8, 2 * len(local)))
    counted = memory.counted if local.endswith(("率", "度", "占比")) else ""
    sources = [memory.topic, counted, memory.what, trim(memory.previous)]
    for source in sources if local else reversed(sources):
        if source and source != local and not (local and local in source):
            return cut(source, most, head=False)
    return ""


def _respectively(
    text: str, quantities: list[Quantity], i: int, offset: int, skip: int, memory: Memory
) -> tuple[str, str] | None:
    """养老、工伤、失业保险参保人数分别达到A、B、C; and 分别增长A和B of the two numbers before."""
    first = quantities[0].start - offset
    m = _RESPECTIVELY.match(text, min(skip, first), first)
    same = [q for q in quantities if q.kind == quantities[0].kind]
    if not m or i >= len(same) or len(same) < 2:
        return None
    items = [trim(item) for item in re.split(r"[、和与及]", trim(m.group("items"))) if item.strip()]
    verb = m.group("tail") + trim(m.group("verb"))
    if len(items) == len(same):
        return _item(items, i) + verb, "what.respectively"
    if len(items) <= 1 and len(memory.whats) >= len(same):
        earlier = memory.whats[-len(same) :] if i == 0 else memory.whats[-len(same) - i : -i or None]
        return cut(earlier[min(i, len(earlier) - 1)], MOST_NOUN, head=False) + (
            items[0] if items else ""
        ) + verb, "what.respectively"
    return None


def _item(items: list[str], i: int) -> str:
    """The i-th of a list whose items share their front (一般公共预算收入和支出) or their end (养老、工伤保险参保人数)."""
    first, last = items[0], items[-1]
    if i and len(last) <= 3 < len(first) - len(last) + 2:
        return first[: len(first) - len(items[i])] + items[i]
    return items[i] if i + 1 == len(items) else items[i] + _shared(items)


def _shared(items: list[str]) -> str:
    """What the last item says of all: 养老、工伤、失业保险参保人数 → 保险参保人数; 机电、物流、护理等专业签约率 → 专业签约率."""
    last = items[-1]
    if "等" in last[1:]:
        return last[last.index("等", 1) + 1 :]
    tail = items[0][-2:]
    if len(items[0]) > 2 and tail in last:
        return last[last.rindex(tail) + 2 :]
    if len(items[0]) > 4 and abs(len(items[0]) - len(last)) < 3:
        return ""
    words = tokens(last)
    typical = min(len(item) for item in items[:-1])
    start = next((t.place for t in words if t.place >= typical), len(last))
    return last[start:]


def _same_as_before(
    text: str, quantities: list[Quantity], i: int, offset: int, memory: Memory
) -> tuple[str, str] | None:
    """由3000元提高到3300元, 1120个、1386万平方米, 5类82条: the same thing, once more."""
    if not i or not memory.whats:
        return None
    q, last = quantities[i], quantities[i - 1]
    between = text[last.end - offset : q.start - offset]
    if not between and not attributive(text, q.end - offset):  # 贫困户13715户48693人
        return memory.whats[-1] + ("人口" if q.unit in ("人", "口") else ""), "what.same"
    if between in _CLASSES and not attributive(text, q.end - offset):  # 查摆问题4个方面16项
        return memory.whats[-1], "what.same"
    if attributive(text, q.end - offset) and between not in ("、", "和"):
        return None
    if (last.kind == q.kind and _TO.fullmatch(between)) or (
        between in ("、", "和") and not attributive(text, q.end - offset) and not attributive(text, last.end - offset)
    ):
        area = "面积" if q.unit in _AREA_UNITS and last.unit != q.unit else ""
        return memory.whats[-1] + area, "what.same"
    return None


def _beside(text: str, quantities: list[Quantity], i: int, offset: int, skip: int, memory: Memory) -> tuple[str, str]:
    q = quantities[i]
    if q.kind == "frequency":
        return _of_frequency(text, quantities, i, offset, skip, memory)
    start, end = q.start - offset, q.end - offset
    before = trim(_before(text, quantities, i, offset, skip))
    if attributive(text, end) or _shares_its_noun(text, quantities, i, offset):
        return _before_its_noun(text[:start], before, _after(text, quantities, i, offset), i, memory)
    if i + 1 < len(quantities) and text[end : quantities[i + 1].start - offset] in ("到", "至", "-", "~"):
        before += _after(text, quantities, i + 1, offset)[:MOST_NOUN]
    what = cut(without_long_quotation(before), MOST_BEFORE, head=False)
    run = verb_run(before)
    listed = any(not _transparent(quantities[j]) for j in range(i))
    if not run and memory.verb and listed and what and q.kind != "percent":
        return memory.verb + what, "what.before with verb carried"
    memory.verb = run or memory.verb
    return what, "what.before"


def _of_frequency(
    text: str, quantities: list[Quantity], i: int, offset: int, skip: int, memory: Memory
) -> tuple[str, str]:
    start, end = quantities[i].start - offset, quantities[i].end - offset
    before = trim(_before(text, quantities, i, offset, skip))
    if i:
        before = trim(_without_numerals(text[min(skip, start) : start], quantities, -1, offset, min(skip, start)))
    after = re.sub(r"^(?:至少|不少于|都|均|定期|对)", "", text[end:])
    after = trim(_without_numerals(after, quantities, i, offset, end))
    what = cut(before, MOST_BEFORE_VERB, head=False) + cut(after, MOST_AFTER)
    return (_context(what, memory) if len(what) < 5 else "") + what, "what.frequency"


def _before_its_noun(raw: str, before: str, after: str, i: int, memory: Memory) -> tuple[str, str]:
    if before.endswith("等") and "、" in before:
        verb = verb_run(before)
    else:
        verb = last_verb_phrase(before, MOST_BEFORE_VERB) if len(before) > MOST_BEFORE_VERB else before
    rule = "what.after"
    if _PREPOSITION_END.search(raw):  # 对14个市州、98家单位进行督导: governed by what follows
        memory.verb = ""
    if not verb and memory.verb and i:
        verb, rule = memory.verb, "what.after with verb carried"
    memory.verb = verb_run(verb) or memory.verb
    memory.head = head_noun(after)
    return verb + _noun_and_predicate(after, governed=bool(verb)), rule


def attributive(text: str, end: int) -> bool:
    """Does the noun follow the number (9个督导组), rather than stand before it (问题487起)?"""
    rest = text[end:]
    rest = rest[_AFTER_SPAN.match(rest).end() :]  # type: ignore[union-attr]
    return bool(rest) and not _NOT_NOUN.match(rest) and not rest[0].isdigit()


def _shares_its_noun(text: str, quantities: list[Quantity], i: int, offset: int) -> bool:
    """5批2136件信访件: two numbers, one noun after both."""
    following = quantities[i + 1] if i + 1 < len(quantities) else None
    return following is not None and following.start == quantities[i].end and attributive(text, following.end - offset)


def _before(text: str, quantities: list[Quantity], i: int, offset: int, skip: int) -> str:
    """The words before a number that are not those of the number before it."""
    start = quantities[i].start - offset
    j = i - 1
    prefix = ""
    while j >= 0 and _transparent(quantities[j]):
        begin = quantities[j - 1].end - offset if j else min(skip, quantities[j].start - offset)
        prefix = text[begin : quantities[j].start - offset]
        j -= 1
    if i and j < 0:
        return trim(prefix) + trim(_AFTER_SPAN.sub("", text[quantities[i - 1].end - offset : start], count=1))
    if i == 0:
        return text[min(skip, start) : start]
    last = quantities[i - 1].end - offset
    between = text[last:start]
    if _transparent(quantities[i - 1]):
        return prefix + between
    if not attributive(text, last):
        return between
    rest = between[_divide(between, attributive(text, quantities[i].end - offset)) :]
    return rest if trim(rest) or attributive(text, quantities[i].end - offset) else between


def _after(text: str, quantities: list[Quantity], i: int, offset: int) -> str:
    """The words after a number that are not those of the number after it."""
    end = quantities[i].end - offset
    rest = text[end:]
    governed = _PREPOSITION_END.search(text[: quantities[i].start - offset])  # 向12个县区下派专干168名: one phrase
    for j in range(i + 1, len(quantities)):
        if _transparent(quantities[j]):
            continue
        between = _without_numerals(text[end : quantities[j].start - offset], quantities, i, offset, end)
        between = _AFTER_SPAN.sub("", between, count=1)
        if not between:  # 69支138名干部
            return _after(text, quantities, j, offset)
        rest = between if governed else between[: _divide(between, attributive(text, quantities[j].end - offset))]
        break
    else:
        rest = _without_numerals(rest, quantities, i, offset, end)
    rest = rest[_AFTER_SPAN.match(rest).end() :]  # type: ignore[union-attr]
    return _NO_END.sub("", rest.lstrip("的"))


def _without_numerals(rest: str, quantities: list[Quantity], i: int, offset: int, end: int) -> str:
    """The rest of a clause with the later numbers taken out."""
    for q in reversed(quantities[i + 1 :]):
        start, stop = q.start - offset - end, q.end - offset - end
        if start >= 0 and stop <= len(rest):
            rest = rest[:start] + rest[stop:]
    return rest


def _divide(between: str, next_attributive: bool) -> int:
    """Where, between two numbers, the words of the first end and those of the second begin."""
    found = tokens(between)
    edges = word_edges(between)  # not the 及 of 涉及
    places = [m.end() for m in _CONNECTIVE.finditer(between) if m.start() in edges and unquoted(between, m.start())]
    if places and (not next_attributive or places[-1] == len(between) or begins_with_verb(between[places[-1] :])):
        return places[-1]
    if places and next_attributive:
        return next((t.place for t in reversed(found) if is_verb(t) and t.place >= 2), len(between))
    for n, token in enumerate(found):
        if n and is_verb(token) and unquoted(between, token.place):
            return token.place
    return len(between) if next_attributive else next((t.place for t in found if t.place >= 2), 0)


def _noun_and_predicate(after: str, *, governed: bool) -> str:
    """督导组, 流动党员纳入管理: a short phrase whole; of a long one the noun, and its own verb where no verb governs it."""
    if len(after) <= (MOST_GOVERNED if governed else MOST_AFTER):
        return after
    for n, token in enumerate(tokens(after)):
        if n and is_verb(token) and token.place >= 4 and unquoted(after, token.place):
            if governed:
                break
            return cut(after[: token.place], MOST_NOUN) + cut(after[token.place :], MOST_AFTER - MOST_NOUN)
    return cut(after, MOST_GOVERNED if governed else MOST_AFTER)
