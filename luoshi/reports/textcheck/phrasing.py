"""词语 — the words of a phrase: where they begin, which are verbs, and how a phrase is trimmed and cut between them."""

import re
from functools import lru_cache
from typing import NamedTuple

import rjieba

from luoshi.reports.textcheck.lexicon import words

# Words that say nothing of what is counted, at the front of a phrase and at its end.
_LEAD = re.compile(
    r"以及|同时|此外|另外|其中|目前|截至目前|截至|至少|最多|不少于|共计|累计|总共|合计|现共|"
    r"共有?(?![享同建管治青])|已经?|现已|先后|分别|还|也|又|均|都|今年以来|今年|明年|来年|年内|本月|本周|当月|去年|当年|全年|上半年|下半年|以来|"
    r"期间|为此|对此|因此|仅|再(?!就业)|新(?=查|排|发)|全部|全面|深入|扎实|积极|大力|着力|认真|切实|持续|坚持|严格|有效|有序|充分|广泛|成功|"
    r"顺利|及时|迅速|主动|即|如(?!期)|能|可以|预计(?:将|可)?有?|有望|可|要(?!求)|将|拟|计划|力争|对(?![口接])|把(?!关)|为(?!民)|向|给(?!予)|"
    r"从|由|在(?![校册职编岗建园读籍线])|中共有|中有|针对|使|让|按(?!期|时|照)|每(?=年|月)|毫不含糊地|有针对性地|的|中|通过(?!率)|有(?=[\u4e00-\u9fff]{2})|"
    r"[\s、，,和及与并而且]"
)
# One character that is as often the beginning of a word (在线, 存在, 新建): dropped only where the segmenter cuts there.
_DOUBTFUL = frozenset("在有中新可能再要使让由从给为和及与并而且即如")
_TRAIL = re.compile(
    r"(?:近|将近|接近|约|大约|超过?了?|逾|突破了?|至少|最多|不少于|不低于|不超过|不得超过|不足|不到|多达|高达|达到了?|(?<![到表传下发送雷直抵])达|仅为|均为|(?<![行认作成])为|共计?|"
    r"合计|累计|总计|已|了|有|仅|只|就|各|分别|均|每|在|是|由|从|上|至|到|日均|：|:|（|\(|\s|“|的|：|、|和|及|与|并)$"
)
_DOUBTFUL_END = frozenset("在有上至到是由从就只各每近约和与及并")
_LONG_QUOTATION = re.compile(r"“[^”]{9,}”")


class Token(NamedTuple):
    """词 — a word of the segmenter with its part of speech and place."""

    word: str
    tag: str
    place: int


@lru_cache(maxsize=2_048)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of a phrase. The same phrase is asked for again and again while its clause is read."""
    found, place = [], 0
    for word, tag in rjieba.tag(text):
        found.append(Token(word, tag, place))
        place += len(word)
    return tuple(found)


def is_verb(token: Token) -> bool:
    """Is the word a verb of work reports?"""
    return token.word in words("verbs", "verb") or (token.tag == "v" and len(token.word) > 1)


def says_a_verb(text: str) -> bool:
    """Is something done between two numbers, so that the second is no further part of the first?"""
    return any(is_verb(token) for token in tokens(text))


def begins_with_verb(text: str) -> bool:
    """Is the first word a verb?"""
    found = tokens(text)
    return bool(found) and is_verb(found[0])


def ends_with_verb(text: str) -> bool:
    """Is the last word a verb?"""
    found = tokens(text)
    return bool(found) and is_verb(found[-1])


def says_too_little(what: str) -> bool:
    """Only verbs and nouns that fit anything: 惠及学生, 涉及金额, 整改率."""
    generic = words("nouns", "generic")
    return len(what) <= 8 and all(
        t.word in generic or t.word in words("verbs", "verb") or t.tag in ("p", "u", "uj", "d", "x")
        for t in tokens(what)
    )


def is_act(what: str) -> bool:
    """Only what is done, not to what: 化解, 已整改到位, 阶段性完成并长期坚持."""
    if what in words("verbs", "verb"):
        return True
    found = tokens(what)
    adverbs = words("nouns", "adverb")
    return any(is_verb(t) for t in found) and all(
        is_verb(t) or t.word in adverbs or t.tag in ("d", "ad", "c", "x", "p", "vn", "t") for t in found
    )


def is_telling_act(what: str) -> bool:
    """An act that says by itself what is counted (罚款, 约谈), unlike 完成, 发放, 投入."""
    generic = words("nouns", "generic")
    if what in words("verbs", "verb"):
        return what not in generic
    return is_act(what) and any(is_verb(t) and t.word not in generic for t in tokens(what))


def trim(phrase: str) -> str:
    """Without time words, adverbs and connectives at either end; never half a word (在线, 存在)."""
    edges = word_edges(phrase)
    start, end = 0, len(phrase)
    while (
        (m := _LEAD.match(phrase, start, end)) and m.end() > start and (m.end() in edges or m.group() not in _DOUBTFUL)
    ):
        start = m.end()
    while end > start and (t := _TRAIL.search(phrase, max(start, end - 5), end)) and t.end() == end:
        if t.start() not in edges and t.group() in _DOUBTFUL_END:
            break
        end = t.start()
    return phrase[start:end]


def verb_run(text: str) -> str:
    """The first verb of a phrase with the verbs that follow it at once (谋划储备重大项目 → 谋划储备)."""
    run: list[Token] = []
    for token in tokens(text):
        if is_verb(token) and len(run) < 3:
            run.append(token)
        elif run:
            break
    return "".join(token.word for token in run)


def noun_of(text: str) -> str:
    """A phrase without the verbs at its front: 查处作风问题 → 作风问题; all of it where nothing else is left."""
    for token in tokens(text):
        if not is_verb(token) and token.tag not in ("d", "ad", "p", "c", "x", "uj", "ul"):
            return text[token.place :]
    return ""


def head_noun(text: str) -> str:
    """The noun that a phrase after a number begins with, before what is said of it: 农村学校改造进度滞后 → 农村学校."""
    if "的" in text and not text.endswith(("问题", "情况", "现象", "的")):
        return text[text.rindex("的") + 1 :]
    for token in tokens(text) if len(text) > 8 or ends_with_verb(text) else ():
        if token.place >= 2 and (is_verb(token) or token.tag in ("p", "d", "uj", "c", "x", "zg")):
            return text[: token.place]
    return text


def last_verb_phrase(text: str, most: int) -> str:
    """The last verb of a phrase and what follows it (贵州还毫不含糊地叫停 → 叫停)."""
    chosen = None
    was_verb = False
    for token in tokens(text):
        now = is_verb(token)
        if now and not was_verb:
            chosen = token.place
        was_verb = now
    return "" if chosen is None else trim(text[chosen:])[:most]


def cut(text: str, most: int, *, head: bool = True) -> str:
    """At most so many characters, cut between words: from the front, or the last ones."""
    if len(text) <= most:
        return text
    places = [token.place for token in tokens(text)] + [len(text)]
    if head:
        fitting = [p for p in places if 0 < p <= most]
        return text[: fitting[-1]] if fitting else text[:most]
    return text[min(p for p in places if len(text) - p <= most) :].lstrip("的、和及与”）中")


def unquoted(text: str, place: int) -> bool:
    """Does a place stand outside quotation marks?"""
    return text.count("“", 0, place) == text.count("”", 0, place)


def word_edges(text: str) -> set[int]:
    """Where words begin, and the end."""
    return {token.place for token in tokens(text)} | {len(text)}


def without_long_quotation(text: str) -> str:
    """认领“走流程、办实事”重点任务 → 认领重点任务, where enough is left."""
    short = _LONG_QUOTATION.sub("", text)
    return short if len(short) >= 4 else text
