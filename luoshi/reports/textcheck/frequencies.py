"""频次 — 每周, 每两个月: how often; and half a span of time (半个月内), which has no numeral."""

import re

from luoshi.reports.textcheck import numerals
from luoshi.reports.textcheck.approximations import OFF, STANDING_OFF, approximate, with_approx
from luoshi.reports.textcheck.classifiers import classifier_at
from luoshi.reports.textcheck.quantity import Quantity, made
from luoshi.reports.textcheck.runs import RUN, RUN_PATTERN
from luoshi.reports.textcheck.statement import Number

FREQUENCY = re.compile(
    rf"每(?:逢|隔)?(个)?((?:{RUN_PATTERN})?)(个)?(半年|半月|季度|季|学期|学年|星期|周|月|年|天|日|旬|小时)(?![份初底末均龄薪度户])"
)
_PAID = re.compile(
    r"[^，。；、：\d]{0,6}\d[\d.,]*[万亿]?[余多]?(?:元|块)"
)  # 每月工资3600元 is a rate, and no frequency
_WEEKDAY = re.compile(r"[一二三四五六日天](?![个名次场期条件项户家份篇节课])")
_PER_HEAD = re.compile(r"每(?:人|生|户|亩|村|床|家|名|位|户籍|对|社区|企业|辆|单|件|平方米|[^，。；每]{1,4})$")
HALF_A_TIME = re.compile("(?<![上下前后大小每一二两三四五六七八九十个])半(个月|年|天|个小时|小时|个学期)")
_LASTING = re.compile(
    "(?:预计|用时|历时|耗时|时长|缩短|提前|不到|近|约|超过?|长达|为期|仅用?|只用|满|不足|推迟|延长|持续|用)(?:了|至|到|近|约)?$"
)
WITHIN = re.compile("之?内|以内|以上|左右")


def frequency(folded: str, match: re.Match[str]) -> Quantity | None:
    """每周, 每两周, 每半年: how often, unless it is a rate per head and year."""
    start, end = match.span()
    before = folded[max(0, start - 8) : start]
    run, unit = match.group(2), match.group(4)
    if _PER_HEAD.search(before) or (
        re.match(r"\s?\d(?!\d?日)", folded[end:])
        and unit in ("年", "月", "天", "日")
        and not _counts_times(folded, end)
    ):
        return None
    if folded.startswith(("的", "都有", "一度"), end) or (
        unit in ("年", "月", "天", "日") and _PAID.match(folded, end)
    ):
        return None
    amount = numerals.amount(run) if run else numerals.Amount(1)
    if amount is None or amount.value is None:
        return None
    if unit == "周" and (weekday := _WEEKDAY.match(folded, end)):
        end = weekday.end()
    value: Number = 0.5 if unit.startswith("半") else amount.value
    unit = {"星期": "周", "半年": "年", "半月": "月", "季": "季度"}.get(unit, unit)
    q = made(folded, start, end, value, None, unit, "frequency", None, "frequency")
    if m := OFF.match(folded, end):
        return with_approx(q, m.group(), STANDING_OFF[m.group()], end, "after")
    return q


def _counts_times(folded: str, end: int) -> bool:
    run = RUN.match(folded, end)
    unit = classifier_at(folded, run.end()) if run else None
    return bool(unit and unit.word in ("次", "场", "期", "轮", "批", "个", "名", "篇", "场次"))


def half_a_time(folded: str, match: re.Match[str], found: list[Quantity]) -> Quantity | None:
    """半个月内, 历时半年: half a month where a length of time is told, not 上半年."""
    start, end = match.span()
    if not (_LASTING.search(folded[max(0, start - 6) : start]) or WITHIN.match(folded, end)):
        return None
    return approximate(
        folded, made(folded, start, end, 0.5, None, match.group(1), "duration", None, "classifier"), found
    )
