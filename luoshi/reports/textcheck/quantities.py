"""数量 — where the numbers of a paragraph stand, and which numerals only look like one (dates, titles, slogans, articles)."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from luoshi.reports.textcheck import phrases, windows
from luoshi.reports.textcheck.approximations import approximate
from luoshi.reports.textcheck.classifiers import classifier_at
from luoshi.reports.textcheck.frequencies import FREQUENCY, HALF_A_TIME, WITHIN, frequency, half_a_time
from luoshi.reports.textcheck.measures import EVIDENCE_OF_ONE, measured
from luoshi.reports.textcheck.quantity import Quantity
from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.runs import HAN, RUN, RUN_PATTERN
from luoshi.reports.textcheck.statement import SetPhrase

_EACH = re.compile(
    r"每(?:个|人|名|位|户|村|社区|家|周|月|年|季度|半年|学期|条|项|支部|天|日|两周|两月|镇|县|乡镇)[^，。；]{0,16}$"
)
_ITEM_NEXT = re.compile(r"、[^，。；、]{1,12}(?:\d|[二三四五六七八九十两]+)[^，。；、]")
_ALSO_ONE = re.compile(r"[，；]$")
_LIST_NEXT = re.compile(rf"[^，。；、0-9]{{1,10}}[、和]{HAN}{{1,2}}[^，。；、]")
_DURATION_CUE = re.compile(
    r"(?:为期|历时|用时|耗时|时长|缩短|延长|近|约|超过|至少|不足|不到|满|持续|周期)(?:了|到|至|为|近|约)?$"
)
_CANDIDATE = re.compile(rf"{FREQUENCY.pattern}|{RUN_PATTERN}|{HALF_A_TIME.pattern}")


@dataclass(slots=True)
class Quantities:
    """一段的数量 — the quantities of a paragraph, and the numerals passed over."""

    found: list[Quantity]
    passed: list[SetPhrase]
    times: list[windows.Window]


class _Covered:
    """Places that belong to dates, titles and slogans."""

    def __init__(self, spans: list[tuple[int, int, str]]) -> None:
        self.spans = sorted(spans)
        self.starts = [span[0] for span in self.spans]

    def at(self, start: int, end: int) -> tuple[int, int, str] | None:
        i = bisect_right(self.starts, end - 1)
        for span in reversed(self.spans[max(0, i - 4) : i]):
            if span[1] > start:
                return span
        return None


def quantities(folded: str) -> Quantities:
    """The quantities of one folded paragraph, in order."""
    times = windows.windows(folded)
    covered = _Covered(
        [(w.start, w.end, "date") for w in times] + [(p.start, p.end, p.rule) for p in phrases.covered(folded)]
    )
    found: list[Quantity] = []
    passed: list[SetPhrase] = []
    place = 0
    for match in _candidates(folded):
        start = match.start()
        if start < place:
            continue
        result = _quantity(folded, match, covered, found)
        if isinstance(result, Quantity):
            found.append(result)
            place = result.end
        elif result is not None:
            passed.append(result)
            place = max(result.end, match.end() if match.re is RUN else place)
    return Quantities(found, passed, times)


def _candidates(folded: str) -> Iterator[re.Match[str]]:
    place = 0
    while match := _CANDIDATE.search(folded, place):
        if match.group().startswith("每"):
            whole = FREQUENCY.match(folded, match.start())
            assert whole
            yield whole
            place = whole.start(2) if whole.group(2) else whole.end()
            continue
        run = RUN.match(folded, match.start()) or HALF_A_TIME.match(folded, match.start())
        assert run
        yield run
        place = run.end()


def _quantity(
    folded: str, match: re.Match[str], covered: _Covered, found: list[Quantity]
) -> Quantity | SetPhrase | None:
    if match.re is FREQUENCY:
        return frequency(folded, match)
    if match.re is HALF_A_TIME:
        return half_a_time(folded, match, found)
    start, end = match.span()
    before = folded[max(0, start - 12) : start]
    if before.endswith("第"):
        return _passed(folded, start - 1, _unit_end(folded, end), "ordinal")
    if _identifier(folded, start, end):
        return _passed(folded, start, end, "identifier")
    quantity = measured(folded, start, end)
    span_end = quantity.end if quantity else end
    over = covered.at(start, end)
    if over and (over[2] != "phrase" or over[1] >= span_end or over[0] < start):
        return _passed(folded, min(over[0], start), max(over[1], end), over[2])
    if phrase := phrases.literal_at(folded, start, span_end):
        return _passed(folded, *phrase, "phrase")
    if quantity is None:
        return None if end - start == 1 and not folded[start].isascii() else _passed(folded, start, end, "no unit")
    return _article(folded, quantity, found) or approximate(folded, quantity, found)


def _passed(folded: str, start: int, end: int, rule: str) -> SetPhrase:
    return SetPhrase(start, end, folded[start:end], Reason(f"passed.{rule}", folded[start:end], start))


def _unit_end(folded: str, end: int) -> int:
    found = classifier_at(folded, end)
    return end + len(found.word) if found else end


def _identifier(folded: str, start: int, end: int) -> bool:
    """A4, G20, 5G, 12345热线, 16号: digits that name something."""
    before, after = folded[start - 1 : start], folded[end : end + 1]
    if before.isascii() and (
        before.isalpha()
        or before in "._/#@&=\\"
        or (before == "-" and folded[start - 2 : start - 1].isascii() and start > 1)
    ):
        return bool(before)
    if after in ("号", "#") or (
        after == "-" and folded[end + 1 : end + 2].isalpha() and folded[end + 1 : end + 2].isascii()
    ):
        return True
    if folded.startswith(("后", "前"), end) and folded[start:end] in ("80", "90", "00", "95", "85", "70"):
        return True
    return after.isascii() and after.isalpha() and classifier_at(folded, end) is None


def _article(folded: str, q: Quantity, found: list[Quantity]) -> SetPhrase | None:
    """一个 as an article, 一年 as a moment: no statement unless something shows that one is counted."""
    if not folded.startswith("一", q.start) or q.value != 1 or q.upper is not None or q.approx:
        return None
    before, after = folded[max(0, q.start - 24) : q.start], folded[q.end : q.end + 24]
    if q.kind == "duration":
        real = bool(_DURATION_CUE.search(before) or WITHIN.match(after) or after.startswith("内"))
    elif before.endswith("每"):
        real = False
    else:
        real = bool(
            EVIDENCE_OF_ONE.search(before) or _EACH.search(before) or _LIST_NEXT.match(after) or _ITEM_NEXT.match(after)
        )
        real = real or bool(
            found and _ALSO_ONE.search(before) and folded[q.start : q.end] in ("一名", "一人", "一家", "一户")
        )
    return None if real else _passed(folded, q.start, q.end, "article")
