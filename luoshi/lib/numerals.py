"""Numbers as people write them in Chinese forms: 23, ２３, 1,200, 1.2万, 二十三; money in yuan and fen."""

import re
from decimal import ROUND_HALF_UP, Decimal

import cn2an

from luoshi.lib.text import narrow

LARGEST_COUNT = 10**15 - 1
LARGEST_MONEY = 2**53 - 1
"""The largest amount in fen that the journal can hold: some 90 million million yuan."""

_SCALES = {"": 1, "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_SCALES |= {"十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12}
_FIGURES = r"(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,18})(?:\.\d{1,8})?"  # no more than Decimal multiplies without rounding
_ARABIC = re.compile(rf"(?P<figure>{_FIGURES})\s*(?P<scale>{'|'.join(_SCALES)})", re.ASCII)
_DIGITS = "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_CHINESE = re.compile(rf"[{_DIGITS}十百千万亿廿卅拾佰仟萬億]{{1,40}}")
_FORMAL = str.maketrans("萬億", "万亿")
_VAGUE = re.compile(r"[余多几数约近超逾左右以上以下]")
_FIGURE = re.compile(rf"[\d{_DIGITS}十百千万亿]")
_SHARE = re.compile(r"[%‰％]|分之|成$|折$|倍$")


class BadNumber(ValueError):
    """A text that is no such number. `code` is for the message that the reader sees."""

    def __init__(self, code: str, given: str) -> None:
        super().__init__(f"{code}: {given}")
        self.code, self.given = code, given


def parse_count(text: str) -> int:
    """A count from a form: whole and not negative. BadNumber (a ValueError) says why a text is none.

    Codes: "empty", "share" (80 %, 百分之八十, 三成), "vague" (20余, 约20), "negative", "not-whole" (1.5), "too-large",
    "no-number" (everything else: words, counting words as in 23人, ranges, dates).
    """
    plain = _plain(text)
    value = _value(plain, given=text)
    if value != value.to_integral_value():
        raise BadNumber("not-whole", text)
    if value > LARGEST_COUNT:
        raise BadNumber("too-large", text)
    return int(value)


def parse_money(text: str) -> int:
    """An amount in fen from 1,200.50, ¥1200, 3.5万元, 二十万元 or 2亿; a bare number is yuan.

    BadNumber with the codes of `parse_count`; a fraction of a fen is "not-whole".
    """
    plain = _plain(text).removeprefix("人民币").removeprefix("¥").removesuffix("整").removesuffix("元").strip()
    fen = _value(plain, given=text) * 100
    if fen != fen.to_integral_value():
        raise BadNumber("not-whole", text)
    if fen > LARGEST_MONEY:
        raise BadNumber("too-large", text)
    return int(fen)


def chinese(number: int) -> str:
    """二十三, 一百零二. ValueError beyond sixteen digits or below zero."""
    if number < 0:
        raise ValueError(f"{number} is negative")
    return str(cn2an.an2cn(number))


def wan(number: int, *, places: int = 1) -> tuple[str, str]:
    """For display: ("2.4", "万"), ("1.23", "亿") with places=2, ("2,659", "").

    Rounded half up (四舍五入) to so many places, closing zeros dropped; what rounds to 10,000 万 is 1 亿. For
    reading, not for counting: whoever shows it keeps the exact number at hand.
    """
    sign, size = ("-", -number) if number < 0 else ("", number)
    if size < 10**4:
        return f"{number:,}", ""
    figure = _rounded(Decimal(size) / 10**4, places)
    if figure < 10**4:
        return sign + _trimmed(figure), "万"
    return sign + _trimmed(_rounded(Decimal(size) / 10**8, places)), "亿"


def yuan(fen: int) -> str:
    """1,234.50 — two places always, as on an invoice."""
    return f"{Decimal(fen).scaleb(-2):,.2f}"


def wan_yuan(fen: int, *, places: int = 2) -> str:
    """12.35 for 万元: rounded half up, closing zeros dropped."""
    sign = "-" if fen < 0 else ""
    figure = _rounded(Decimal(abs(fen)) / 10**6, places)
    return (sign if figure else "") + _trimmed(figure)


def _plain(text: str) -> str:
    return narrow(text).replace("\u2212", "-").replace("￥", "¥").strip()


def _value(plain: str, *, given: str) -> Decimal:
    if not plain:
        raise BadNumber("empty", given)
    if _SHARE.search(plain):
        raise BadNumber("share", given)
    if plain.startswith(("-", "负")):
        raise BadNumber("negative", given)
    if match := _ARABIC.fullmatch(plain):
        return Decimal(match["figure"].replace(",", "")) * _SCALES[match["scale"] or ""]
    if _CHINESE.fullmatch(plain):
        return _chinese_value(plain, given=given)
    raise BadNumber("vague" if _VAGUE.search(plain) and _FIGURE.search(plain) else "no-number", given)


def _chinese_value(plain: str, *, given: str) -> Decimal:
    try:
        return Decimal(cn2an.cn2an(plain.translate(_FORMAL), "normal"))
    except ValueError as error:
        raise BadNumber("no-number", given) from error


def _rounded(figure: Decimal, places: int) -> Decimal:
    return figure.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _trimmed(figure: Decimal) -> str:
    text = f"{figure:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
