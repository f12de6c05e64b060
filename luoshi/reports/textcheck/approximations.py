"""约数 — the words beside a number that make it approximate, and the side they put the truth on."""

import re

from luoshi.reports.textcheck.quantity import Quantity
from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.statement import Side

# Those that stand off may have a verb between them and the number.
_BESIDE: dict[str, Side] = {
    "近": "under",
    "将近": "under",
    "接近": "under",
    "不到": "under",
    "不足": "under",
    "约": "about",
    "大约": "about",
    "大概": "about",
    "超": "over",
    "超过": "over",
    "超过了": "over",
    "超出": "over",
    "逾": "over",
    "突破": "over",
    "突破了": "over",
    "上": "over",
    "过": "over",
    "多于": "over",
}
STANDING_OFF: dict[str, Side] = {
    "至少": "at least",
    "不少于": "at least",
    "不低于": "at least",
    "不下": "at least",
    "最少": "at least",
    "最多": "at most",
    "至多": "at most",
    "不超过": "at most",
    "不高于": "at most",
    "不多于": "at most",
    "不得超过": "at most",
    "不得少于": "at least",
    "不得低于": "at least",
    "约占": "about",
    "大约占": "about",
    "不小于": "at least",
    "不大于": "at most",
}
OFF = re.compile("|".join(sorted(STANDING_OFF, key=len, reverse=True)))
_OFF_END = re.compile(f"(?:{OFF.pattern})$")
_AFTER: dict[str, Side] = {
    "以上": "over",
    "左右": "about",
    "上下": "about",
    "以内": "at most",
    "以下": "at most",
    "有余": "over",
    "出头": "over",
    "开外": "over",
}
BESIDE_END = re.compile("(?:" + "|".join(sorted(_BESIDE, key=len, reverse=True)) + r")(?:达|了|达到)?$")
# 近 and 过 are also the ends of other words (附近, 通过; 超过 is its own entry).
NOT_BESIDE = re.compile(
    r"(?:附近|就近|邻近|临近|靠近|最近|通过|经过|不过|难过|度过|走过|开过|办过|搞过|有过|以上|之上|线上|"
    r"晚上|早上|网上|会上|路上|马上|加上|社会上|基础上|历史上|市场上|村上|总体上|"
    r"节约|合约|履约|签约|预约|违约|大会上|向上|基本上|原则上|一上)$"
)


def approximate(folded: str, q: Quantity, found: list[Quantity]) -> Quantity:
    """Looks left and right of a quantity for what makes it approximate."""
    left = folded[max(0, q.start - 8) : q.start]
    if m := _OFF_END.search(left):
        return with_approx(q, m.group(), STANDING_OFF[m.group()], q.start - len(left) + m.start(), "beside")
    if (m := BESIDE_END.search(left)) and not NOT_BESIDE.search(left[: m.end()]):
        word = m.group().removesuffix("达到").removesuffix("达").removesuffix("了")
        if word not in ("上", "过") or folded[q.start] in "百千万十亿":
            return with_approx(q, word, _BESIDE.get(word, "about"), q.start - len(left) + m.start(), "beside")
    for word, side in _AFTER.items():
        if folded.startswith(word, q.end):
            return with_approx(q, word, side, q.end, "after")
    since = max(found[-1].end if found and found[-1].kind != "frequency" else 0, q.start - 24)
    clause = re.split(r"[，。；：！？,;:]", folded[since : q.start])[-1]
    if (m := OFF.search(clause)) and "、" not in clause[m.end() :]:
        return with_approx(q, m.group(), STANDING_OFF[m.group()], q.start - len(clause) + m.start(), "standing off")
    return q


def with_approx(q: Quantity, word: str, side: Side, start: int, rule: str) -> Quantity:
    if q.approx:
        return q
    q.approx, q.side, q.approx_reason = word, side, Reason(f"approx.{rule}", word, start)
    return q
