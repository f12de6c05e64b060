"""前后不一 — statements of one text that cannot all be true, found without any ledger.

Only what a reader would have to ask back about is reported: a total smaller than its parts, one thing with two values, a list that does not
match its number, a rate that its own counts do not give. A number given in 万 or as 近, 余 or 超 is allowed its rounding.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from luoshi.reports.textcheck.phrasing import says_a_verb, says_too_little
from luoshi.reports.textcheck.statement import Contradiction, Statement

_SENTENCE_END = re.compile(r"[。！？\n]")
_OF_WHICH = re.compile(r"^[^，。；]{0,4}[，；（(：]?其中[，：]?")
_JOINED = re.compile(r"^[，、和及（()）]")
_SUM_UP = re.compile(r"(?:共计|合计|总计)[^，。；\d]{0,6}$")
_LIST = re.compile(r"[^，。；：！？,;:\s\d、和]{1,12}(?:[、和][^，。；：！？,;:\s\d、和]{1,10})+$")
_CLASS_NOUN = re.compile(
    r"[（(]?(?:省|市|县|区|州|乡镇|街道|村|部门|单位|领域|方面|环节|险种|行业|城市|地区|国家|产业|专题|重点领域|板块|类别|小区|社区|镇)(?![委级直属长])"
)
_RATE = re.compile(r"([\u4e00-\u9fff]{2})率$")
_BECOMES = re.compile(r"[至到为降]$")
_MULTIPLIERS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_PLAIN = re.compile(r"[共累计已其中各类总的了]")
# A thing said twice must be told apart by its words alone.
_OWN_WORDS = ("what.before", "what.after")
_SHORTEST = 4


def contradictions(text: str, statements: Sequence[Statement]) -> list[Contradiction]:
    """All contradictions of a text, in the order of their first statement."""
    found = [*_said_twice(statements)]
    for sentence in _sentences(text, statements):
        found += _within_sentence(text, statements, sentence)
    found += _lists(text, statements)
    return sorted(found, key=lambda c: c.statements)


def _sentences(text: str, statements: Sequence[Statement]) -> Iterator[list[int]]:
    """Positions of the statements of each sentence."""
    group: list[int] = []
    for n, statement in enumerate(statements):
        if group and _SENTENCE_END.search(text, statements[group[-1]].end, statement.start):
            yield group
            group = []
        group.append(n)
    if group:
        yield group


def _within_sentence(text: str, statements: Sequence[Statement], sentence: list[int]) -> Iterator[Contradiction]:
    for place, n in enumerate(sentence):
        if statements[n].kind in ("count", "money") and statements[n].value is not None:
            yield from _parts_after(text, statements, sentence, place)
            yield from _parts_before(text, statements, sentence, place)
        if statements[n].kind == "percent" and place >= 2:
            yield from _rate(text, statements, sentence[place - 2], sentence[place - 1], n)


def _parts_after(
    text: str, statements: Sequence[Statement], sentence: list[int], place: int
) -> Iterator[Contradiction]:
    """共58件，其中甲20件、乙43件: the parts may be fewer than the total, never more."""
    whole = statements[sentence[place]]
    parts: list[int] = []
    last = whole.end
    if whole.why.org.rule == "org.item":
        return
    for n in sentence[place + 1 :]:
        part = statements[n]
        between = text[last : part.start]
        if not parts and not _OF_WHICH.match(between) and part.why.org.rule != "org.item":
            break
        if parts and (not _JOINED.match(between) or says_a_verb(between)):
            break
        if part.unit != whole.unit or part.value is None or part.kind != whole.kind or part.approx in ("以上", "以下"):
            break
        parts.append(n)
        last = part.end
    low = sum(_bounds(statements[n])[0] for n in parts)
    if parts and low > _bounds(whole)[1]:
        yield _parts(sentence[place], parts, statements)


def _parts_before(
    text: str, statements: Sequence[Statement], sentence: list[int], place: int
) -> Iterator[Contradiction]:
    """甲20件、乙30件，合计58件: a sum must be the sum."""
    whole = statements[sentence[place]]
    if not _SUM_UP.search(text[max(0, whole.start - 12) : whole.start]):
        return
    parts: list[int] = []
    for n in reversed(sentence[:place]):
        part = statements[n]
        if (
            part.unit != whole.unit
            or part.value is None
            or (parts and says_a_verb(text[part.end : statements[parts[0]].start]))
        ):
            break
        parts.insert(0, n)
    low = sum(_bounds(statements[n])[0] for n in parts)
    high = sum(_bounds(statements[n])[1] for n in parts)
    if len(parts) > 1 and not _overlap((low, high), _bounds(whole)):
        yield _parts(sentence[place], parts, statements)


def _parts(whole: int, parts: list[int], statements: Sequence[Statement]) -> Contradiction:
    total = sum(statements[n].value or 0 for n in parts)
    evidence = " + ".join(statements[n].text for n in parts) + f" ≠ {statements[whole].text}"
    return Contradiction(
        "parts and total", tuple(sorted([whole, *parts])), statements[whole].value or 0, round(total, 6), evidence
    )


def _rate(text: str, statements: Sequence[Statement], total: int, part: int, rate: int) -> Iterator[Contradiction]:
    """排查200个，整改180个，整改率95%: the counts give 90%."""
    whole, some, share = statements[total], statements[part], statements[rate]
    if (
        whole.unit != some.unit
        or whole.kind != "count"
        or not whole.value
        or some.value is None
        or some.value > whole.value
    ):
        return
    if _BECOMES.search(text[whole.end : some.start]):
        return
    named = _RATE.search(re.sub(r"[达到为]+$", "", text[some.end : share.start]))
    of_which = re.fullmatch(r"，占(?:比|总数的|全部的)?", text[some.end : share.start])
    if not (named and named.group(1) in text[whole.end : some.start]) and not (
        of_which and "其中" in text[whole.end : some.start]
    ):
        return
    low, high = _bounds(some)[0] / _bounds(whole)[1] * 100, _bounds(some)[1] / max(_bounds(whole)[0], 1e-9) * 100
    if not _overlap((low, high), _bounds(share)):
        found = round(float(some.value) / float(whole.value) * 100, 2)
        evidence = f"{some.text} ÷ {whole.text} = {found:g}% ≠ {share.text}"
        yield Contradiction("percent and counts", (total, part, rate), share.value or 0, found, evidence)


def _said_twice(statements: Sequence[Statement]) -> Iterator[Contradiction]:
    """The same thing of the same organisation at the same time, with two values."""
    first: dict[tuple[str, ...], int] = {}
    told: dict[tuple[str, ...], set[float]] = defaultdict(set)
    for n, s in enumerate(statements):
        what = _PLAIN.sub("", s.what)
        if s.role != "done" or s.kind not in ("count", "money") or s.value is None or s.why.what.rule not in _OWN_WORDS:
            continue
        if len(what) < _SHORTEST or s.per or says_too_little(what):
            continue
        key = (what, s.org or "", s.unit, s.window or "")
        if key not in first:
            first[key] = n
            continue
        earlier = statements[first[key]]
        if not _overlap(_bounds(earlier), _bounds(s)) and float(s.value) not in told[key]:
            told[key].add(float(s.value))
            evidence = f"{earlier.what}: {earlier.text} ≠ {s.text}"
            yield Contradiction("said twice", (first[key], n), earlier.value or 0, s.value, evidence)


def _lists(text: str, statements: Sequence[Statement]) -> Iterator[Contradiction]:
    """天津、湖北、四川4个省: three are named. With 等 there may be more than are named, not fewer."""
    for n, s in enumerate(statements):
        if (
            s.kind != "count"
            or s.approx
            or s.value is None
            or not 1 < s.value <= 40
            or not _CLASS_NOUN.match(text[s.end : s.end + 4])
        ):
            continue
        match = _LIST.search(text[max(0, s.start - 120) : s.start])
        if not match:
            continue
        listed = match.group().removesuffix("等")
        named = re.split(r"[、和]", listed)
        if len(named) > s.value or (listed == match.group() and len(named) != s.value):
            yield Contradiction("list and number", (n,), s.value, len(named), match.group() + s.text)


def _bounds(s: Statement) -> tuple[float, float]:
    """Between which values the truth may lie: half a unit of the last digit given, and the side of 近, 余, 超."""
    value = float(s.value or 0)
    high = float(s.value_hi) if s.value_hi is not None else value
    half = _last_digit(s.text) / 2 if s.kind == "percent" or re.search(r"[万亿]|\.", s.text) else 0.0
    loose = max(half * 2, abs(value) * 0.1)
    match s.side:
        case "over" | "at least":
            return value, high + (loose if s.side == "over" and s.approx in ("余", "多") else abs(value))
        case "under" | "at most":
            return (value - loose if s.side == "under" else 0.0), high
        case "about":
            return value - loose, high + loose
    return value - half, high + half


def _last_digit(text: str) -> float:
    """What one unit of the last digit is worth: 0.1万 in 1.2万."""
    match = re.search(r"\d+(?:\.(\d+))?\D?", text)
    digits = len(match.group(1) or "") if match else 0
    worth: float = 10.0**-digits
    for multiplier, times in _MULTIPLIERS.items():
        if multiplier in text:
            worth *= times
    return worth


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    slack = 1e-9 * max(abs(one[1]), abs(other[1]), 1)
    return one[0] <= other[1] + slack and other[0] <= one[1] + slack
