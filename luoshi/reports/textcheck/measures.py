"""计量 — numeral, 余 or 多, range and classifier of one quantity; shares (三成), and numbers without a classifier (179万党员)."""

import re
from decimal import Decimal

from luoshi.reports.textcheck import numerals
from luoshi.reports.textcheck.approximations import BESIDE_END, NOT_BESIDE
from luoshi.reports.textcheck.classifiers import Classifier, classifier_at
from luoshi.reports.textcheck.quantity import Quantity, made
from luoshi.reports.textcheck.runs import RUN_PATTERN
from luoshi.reports.textcheck.statement import Number

_FRACTION = re.compile(rf"({RUN_PATTERN})分之({RUN_PATTERN})")
_RANGE = re.compile(rf"\s?(?:[-~至到]|或者?)\s?({RUN_PATTERN})")
_MORE = re.compile(r"(余|多|来)([百千万亿]+)?")
_GE_MORE = re.compile(r"多(月|小时|星期|工作日|学期|季度|钟头|年头)")
# 九成 is nine tenths, 三成立 is none.
_TENTHS = re.compile(
    r"成(?:[一二三四五六七八九半])?(?!员(?!工)|群(?!众)|人(?![员口])|[立为果功效年长都本熟交就绩份套品片林型才婚语分因渝华绵千百双])"
)
_SCALE = re.compile("[百千]?[万亿]?")
_TWIN = re.compile("[（(](?:次|套|件|批|人|个|家|户|台|张|份|处|起|名|条|项|组|辆|场|篇|只|头)[）)]")
_AND_A_HALF = re.compile("半(?![数年天月径])")
_HALF = re.compile("一半")
_HALF_COUNTED = re.compile("一半(?:以上|以下|左右|的|已|得到|完成)|(?<=其中)一半|(?<=有)一半")
EVIDENCE_OF_ONE = re.compile(
    r"(?:至少|不少于|不低于|仅|仅有|只有|只|共|各|可|约|近|再|另有|第|最多|不超过|不足|不到|超过?|满|配备|配齐)[^，。；、]{0,6}$"
)
_BARE_CUE = re.compile(r"(?:达到?|为|共计?|合计|增至|升至|降至|总数|总计|计|[:：])$")
_SHARED_UNIT = re.compile(r"(?:[、和与]\d++(?:\.\d++)?)+")  # 分别为51、43和54微克/立方米
_BARE_END = re.compile(r"[，。；、）),;]|$")
_MONEY_BEFORE = re.compile(
    r"(?:资金|[^\W\d]金|经费|投资|产值|收入|款|补贴|贷款|罚款|支出|损失)(?:共|约|近|达|超|为|逾|计)*$"
)
_HAN_WORD = re.compile(r"[\u4e00-\u9fff]")


def measured(folded: str, start: int, end: int) -> Quantity | None:
    """Numeral, 余/多, range and classifier; None where no quantity can be made of it."""
    if share := _share(folded, start, end):
        return share
    numeral = _numeral(folded, start, end)
    if numeral is None:
        return None
    (value, upper), approx, stop = numeral
    unit = classifier_at(folded, stop)
    if unit is None and (parted := _parted(folded, start, stop)):
        value, stop, unit = parted
    if ranged := _ranged(folded, stop, unit):
        other, stop, unit = ranged
        if value is not None and other is not None and other > value:
            upper = other
    if unit is None:
        return _bare(folded, start, stop, value, upper, approx)
    run = folded[start:end]
    stop += len(unit.word)
    if twin := _TWIN.match(folded, stop):  # 60台（套）, 35件（次）
        stop = twin.end()
    approx = _vague(run) or approx
    if (
        unit.kind == "duration"
        and value is not None
        and (unit.word.startswith("个半") or _AND_A_HALF.match(folded, stop))
    ):
        value, stop = value + 0.5, stop + (not unit.word.startswith("个半"))
    if unit.kind == "duration" and folded.startswith(("多", "余"), stop):
        approx, stop = folded[stop], stop + 1
    if unit.word == "个" and (longer := _GE_MORE.match(folded, stop)):
        approx, unit, stop = "多", Classifier("个" + longer.group(1), "duration"), longer.end()
    if not approx and upper is None and _makes_a_phrase(folded, start, run, unit):
        return None
    return made(folded, start, stop, value, upper, _base_unit(unit), unit.kind, approx, "classifier")


def _parted(folded: str, start: int, stop: int) -> tuple[Number | None, int, Classifier] | None:
    """61723 件, 237054.47 万元: a blank between the numeral and what follows."""
    if not folded.startswith(" ", stop) or not folded[stop - 1].isdigit() or not folded[start].isdigit():
        return None
    m = _SCALE.match(folded, stop + 1)
    unit = classifier_at(folded, m.end()) if m else None
    amount = numerals.amount(folded[start:stop] + m.group()) if m else None
    return None if m is None or unit is None or unit.narrow or amount is None else (amount.value, m.end(), unit)


def _share(folded: str, start: int, end: int) -> Quantity | None:
    """四分之一, 一半以上, 三成: a share, in percent."""
    if fraction := _FRACTION.match(folded, start):
        return _fraction(fraction)
    if _HALF.match(folded, start) and (
        _HALF_COUNTED.match(folded, start) or BESIDE_END.search(folded[max(0, start - 4) : start])
    ):
        return made(folded, start, start + 2, 50, None, "%", "percent", None, "fraction")
    run, tenths = folded[start:end], _TENTHS.match(folded, end)
    if tenths is None or len(run) != 1 or not numerals.DIGITS.get(run):
        return None
    rest = tenths.group()[1:]
    value = numerals.DIGITS[run] * 10 + (5 if rest == "半" else numerals.DIGITS.get(rest, 0))
    more = folded.startswith("多", tenths.end())
    return made(folded, start, tenths.end() + more, value, None, "%", "percent", "多" if more else None, "tenths")


def _fraction(match: re.Match[str]) -> Quantity | None:
    """百分之八十, 四分之一: a share, in percent."""
    whole, part = numerals.amount(match.group(1)), numerals.amount(match.group(2))
    if match.group(1) == "百":
        whole = numerals.Amount(100)
    if whole is None or part is None or not whole.value or part.value is None:
        return None
    value = numerals.plain(Decimal(str(part.value)) * 100 / Decimal(str(whole.value)))
    return made(match.string, match.start(), match.end(), value, None, "%", "percent", None, "fraction")


def _numeral(folded: str, start: int, end: int) -> tuple[numerals.Amount, str | None, int] | None:
    """The worth of a run with the 余, 多 or 来 behind it (300余, 10余万, 二十来), and where it ends."""
    run, more = folded[start:end], _MORE.match(folded, end)
    amount = numerals.amount(run)
    if more is None or not more.group(1):
        return None if amount is None else (amount, None, end)
    word, scale = more.groups()
    if scale:
        amount = numerals.amount(run + scale)
        return None if amount is None else (amount, word, more.end())
    if amount is None:
        return None
    if classifier_at(folded, more.end()) is None and run[-1] not in "万亿千百":  # 多 belongs to the next word
        return amount, None, end
    return amount, word, more.end()


def _vague(run: str) -> str | None:
    """The part of a numeral that leaves its value open: 几十, 上千, 十几."""
    if run[0] in "成上":
        return run
    if run[0] in "几数":
        return run[:2]
    return "几" if run.endswith("几") else None


def _makes_a_phrase(folded: str, start: int, run: str, unit: Classifier) -> bool:
    """两面, 三头, 千名: a small numeral with a narrow classifier, or a bare 千, counts nothing unless something shows it."""
    if unit.narrow and len(run) == 1 and not run.isascii():
        return not EVIDENCE_OF_ONE.search(folded[max(0, start - 12) : start])
    if all(c in "百千万亿" for c in run):
        countable = len(run) > 1 and unit.kind == "count" and unit.word not in "名人户"
        return not countable and not BESIDE_END.search(folded[max(0, start - 4) : start])
    return False


def _base_unit(unit: Classifier) -> str:
    return {"元钱": "元", "块钱": "元", "人民币": "元", "元人民币": "元", "元整": "元"}.get(unit.word, unit.word)


def _ranged(folded: str, stop: int, unit: Classifier | None) -> tuple[Number | None, int, Classifier | None] | None:
    """The second half of 2000-3000元, 一到两件, 3个至5个."""
    place = stop + (len(unit.word) if unit else 0)
    match = _RANGE.match(folded, place)
    if not match:
        return None
    second = numerals.amount(match.group(1))
    other = classifier_at(folded, match.end())
    if second is None or other is None:
        return None
    if unit is not None and (unit.word != other.word or unit.kind == "duration"):
        return None
    value = second.value
    return value, match.end(), other


def _bare(
    folded: str, start: int, stop: int, value: Number | None, upper: Number | None, approx: str | None
) -> Quantity | None:
    """A number without a classifier: 179万党员, 上千群众, or one that a verb announces (得分为98.6)."""
    run = folded[start:stop]
    before = folded[max(0, start - 8) : start]
    follows = folded[stop : stop + 1]
    if run[0] in "上数几" and run[-1] in "百千万亿":
        approx = run
    digits = any(c.isdigit() or c in numerals.DIGITS for c in run)
    scaled = run.rstrip("余多来")[-1:] in ("万", "亿") and digits and (run[0].isascii() or len(run) > 2 or approx)
    near = bool(BESIDE_END.search(before)) and not NOT_BESIDE.search(before) and run.rstrip("余多")[-1] in "百千万亿"
    ends = scaled and run[0].isascii() and _BARE_END.match(folded, stop) and _HAN_WORD.match(before[-1:])
    if ends and _MONEY_BEFORE.search(before):
        return made(folded, start, stop, value, upper, "元", "money", approx, "bare money")
    if ends:
        return made(folded, start, stop, value, upper, "", "count", approx, "bare scaled")
    if (
        (scaled or near or (approx and run.rstrip("余多")[-1] in "百千万亿"))
        and _HAN_WORD.match(follows)
        and follows not in "年月日分点号"
    ):
        return made(folded, start, stop, value, upper, "", "count", approx, "bare scaled")
    if shared := _SHARED_UNIT.match(folded, stop):
        unit = classifier_at(folded, shared.end())
        if unit and not unit.narrow and run[0].isdigit() and "分别" in folded[max(0, start - 40) : start]:
            return made(folded, start, stop, value, upper, "", unit.kind, approx, "bare respectively")
    if run[0].isascii() and _BARE_CUE.search(before) and _BARE_END.match(folded, stop) and len(run) < 9:
        return made(folded, start, stop, value, upper, "", "count", approx, "bare announced")
    return None
