"""数词 — what a run of digits and Chinese numerals is worth.

Arabic, full-width, Arabic-Indic and Chinese digits may be mixed (1万五千), and a run may leave its value open (几十).
"""

import re
from decimal import Decimal
from typing import NamedTuple

from luoshi.reports.textcheck.statement import Number

# One character for one character, so that places in the folded text are places in the text.
_FOLDS = {ord(zero) + i: str(i) for zero in "０٠۰" for i in range(10)} | {
    ord(variant): usual
    for usual, variants in {
        ".": "．",
        "%": "％﹪",
        "-": "－﹣–—―",
        "~": "～∼〜",
        "零": "〇○",
        "万": "萬",
        "亿": "億",
        "余": "餘",
        "两": "兩",
        "个": "個箇",
    }.items()
    for variant in variants
}

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
# Longer runs are numbers of things, not quantities: telephone, account and document numbers.
MOST_DIGITS = 16


class Amount(NamedTuple):
    """数值 — value, and the upper end where the numeral names two (三五个)."""

    value: Number | None
    upper: Number | None = None


def fold(text: str) -> str:
    """The text with all digits ASCII and variant characters in their usual form; the same length as before."""
    return text.translate(_FOLDS)


def plain(number: Decimal) -> Number:
    """An int where the number is whole."""
    return int(number) if number == number.to_integral_value() else float(number)


def amount(run: str) -> Amount | None:
    """The worth of a folded run such as 1,234.5万, 三百二十, 1万五千, 几十, 三五; None where it is no numeral."""
    run = run.replace(",", "").replace("，", "")
    if run[0] in "几数" or run.startswith("成"):
        return Amount(None)
    if run[0] == "上":  # 上千: a thousand at least
        return amount(run[1:])
    if run.endswith("几"):  # 十几
        base = amount(run[:-1])
        return Amount(base.value) if base else None
    if "点" in run:
        return _spelt_decimal(run)
    if len(run) > 1 and all(c in DIGITS for c in run):
        return _digit_by_digit(run)
    if m := _NEIGHBOURS.search(run):
        return _between(run, m)
    total = _sum(run)
    return None if total is None else Amount(plain(total))


def _spelt_decimal(run: str) -> Amount | None:
    whole, _, rest = run.partition("点")
    scale = Decimal(1)
    while rest and rest[-1] in MYRIADS:
        scale *= MYRIADS[rest[-1]]
        rest = rest[:-1]
    if not whole or not rest or any(c not in DIGITS for c in rest):
        return None
    head = _sum(whole)
    if head is None:
        return None
    return Amount(plain((head + Decimal("0." + "".join(str(DIGITS[c]) for c in rest))) * scale))


def _digit_by_digit(run: str) -> Amount | None:
    """二三 (two or three) is a range; 二零二三 is a year or a number read aloud, no quantity."""
    if len(run) == 2 and DIGITS[run[0]] and DIGITS[run[0]] < DIGITS[run[1]]:
        return Amount(DIGITS[run[0]], DIGITS[run[1]])
    return None


# 七八十, 十五六, 三四百: two digits that follow each other name a range.
_NEIGHBOURS = re.compile("(?:一两|一二|二三|两三|三四|三五|四五|五六|六七|七八|八九)")


def _between(run: str, neighbours: re.Match[str]) -> Amount | None:
    low, high = (_sum(run[: neighbours.start()] + digit + run[neighbours.end() :]) for digit in neighbours.group())
    return None if low is None or high is None else Amount(plain(low), plain(high))


def _sum(run: str) -> Decimal | None:
    """Chinese positional reading, where Arabic numbers may take the place of digits: 2.7万, 1万五千, 3千6, 2万亿."""
    total = section = Decimal(0)
    pending: Decimal | None = None
    last, last_myriad = Decimal(1), Decimal(1)
    i = 0
    while i < len(run):
        c = run[i]
        i += 1
        if c.isascii() or c in DIGITS:
            j = i
            while c.isascii() and j < len(run) and run[j].isascii():
                j += 1
            if pending or j - i >= MOST_DIGITS:
                return None
            pending = Decimal(DIGITS[c]) if c in DIGITS else Decimal(run[i - 1 : j])
            last = Decimal(1) if c == "零" else last
            i = j
        elif c in TENS:
            section += (Decimal(1) if pending is None else pending) * TENS[c]
            pending, last = None, Decimal(TENS[c])
        elif c in MYRIADS:
            unit = Decimal(MYRIADS[c])
            part = section + (pending or 0)
            if unit > last_myriad and total:
                total = (total + part) * unit
            else:
                total += (part or 1) * unit
            section, pending, last, last_myriad = Decimal(0), None, unit, unit
        else:
            return None
    if pending is not None:  # 三万五 = 35,000, but 三万零五 = 30,005
        section += pending * (last / 10 if last > 10 and pending < 10 and run[-2] not in "零." else 1)
    return total + section
