"""数量 — where the numbers of a paragraph stand: numeral, classifier, what makes them approximate; and wh"
"ich only look like it."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from luoshi.reports.textcheck import numerals, phrases, windows
from luoshi.reports.textcheck.classifiers import Classifier, classifier_at
from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.statement import Kind, Number, SetPhrase, Side

_ARABIC = r"\d{1,3}(?:[,，]\d{3})++(?![\d,，])(?:\.\d++)?|\d++(?:\.\d++)?"
_HAN = "[零一二两三四五六七八九十百千万亿]"
_VAGUE = r"(?:[几数](?=[十百千万亿])|成(?=[百千万])|(?<![以之线晚早网会路马加向本则总])上(?=[百千万亿]))?"
_RUN = _VAGUE + rf"(?:{_ARABIC}|{_HAN}|(?<={_HAN})点(?=[零一二三四五六七八九])|(?<=十)几)++"
RUN = re.compile(_RUN)
_FRACTION = re.compile(rf"({_RUN})分之({_RUN})")
_RANGE = re.compile(rf"\s?(?:[-~至到]|或者?)\s?({_RUN})")
_MORE = re.compile(r"(余|多|来)([百千万亿]+)?")
_GE_MORE = re.compile(r"多(月|小时|星期|工作日|学期|季度|钟头|年头)")
# 九成 is nine tenths, 三成立 is none.
_TENTHS = re.compile(
    r"成(?:[一二三四五六七八九半])?(?!员(?!工)|群(?!众)|人(?![员口])|[立为果功效年长都本熟交就绩份套品片林型才婚语分因渝华绵千百双])"
)
_SCALE = re.compile("[百千]?[万亿]?")
_TWIN = re.compile("[（(](?:次|套|件|批|人|个|家|户|台|张|份|处|起|名|条|项|组|辆|场|篇|只|头)[）)]")
_HALF_A_TIME = re.compile("(?<![上下前后大小每一二两三四五六七八九十个])半(个月|年|天|个小时|小时|个学期)")
_LASTING = re.compile(
    "(?:预计|用时|历时|耗时|时长|缩短|提前|不到|近|约|超过?|长达|为期|仅用?|只用|满|不足|推迟|延长|持续|用)(?:了|至|到|近|约)?$"
)
_WITHIN = re.compile("之?内|以内|以上|左右")
_AND_A_HALF = re.compile("半(?![数年天月径])")
_HALF = re.compile("一半")
_HALF_COUNTED = re.compile("一半(?:以上|以下|左右|的|已|得到|完成)|(?<=其中)一半|(?<=有)一半")
_FREQUENCY = re.compile(
    rf"每(?:逢|隔)?(个)?((?:{_RUN})?)(个)?(半年|半月|季度|季|学期|学年|星期|周|月|年|天|日|旬|小时)(?![份初底末均龄薪度户])"
)
_PAID = re.compile(
    r"[^，。；、：\d]{0,6}\d[\d.,]*[万亿]?[余多]?(?:元|块)"
)  # 每月工资3600元 is a rate, and no frequency
_WEEKDAY = re.compile(r"[一二三四五六日天](?![个名次场期条件项户家份篇节课])")
_PER_HEAD = re.compile(r"每(?:人|生|户|亩|村|床|家|名|位|户籍|对|社区|企业|辆|单|件|平方米|[^，。；每]{1,4})$")

# Words before a number that make it approximate, and the side they put the truth on. Those that stand off may have a verb between.
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
_STANDING_OFF: dict[str, Side] = {
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
_OFF = re.compile("|".join(sorted(_STANDING_OFF, key=len, reverse=True)))
_OFF_END = re.compile(f"(?:{_OFF.pattern})$")
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
_BESIDE_END = re.compile("(?:" + "|".join(sorted(_BESIDE, key=len, reverse=True)) + r")(?:达|了|达到)?$")
# 近 and 过 are also the ends of other words (附近, 通过, 超过 is its own entry).
_NOT_BESIDE = re.compile(
    r"(?:附近|就近|邻近|临近|靠近|最近|通过|经过|不过|难过|度过|走过|开过|办过|搞过|有过|以上|之上|线上|"
    r"晚上|早上|网上|会上|路上|马上|加上|社会上|基础上|历史上|市场上|村上|总体上|"
    r"节约|合约|履约|签约|预约|违约|大会上|向上|基本上|原则上|一上)$"
)
_EVIDENCE_OF_ONE = re.compile(
    r"(?:至少|不少于|不低于|仅|仅有|只有|只|共|各|可|约|近|再|另有|第|最多|不超过|不足|不到|超过?|满|配备|配齐)[^，。；、]{0,6}$"
)
_EACH = re.compile(
    r"每(?:个|人|名|位|户|村|社区|家|周|月|年|季度|半年|学期|条|项|支部|天|日|两周|两月|镇|县|乡镇)[^，。；]{0,16}$"
)
_ITEM_NEXT = re.compile(r"、[^，。；、]{1,12}(?:\d|[二三四五六七八九十两]+)[^，。；、]")
_ALSO_ONE = re.compile(r"[，；]$")
_LIST_NEXT = re.compile(rf"[^，。；、0-9]{{1,10}}[、和]{_HAN}{{1,2}}[^，。；、]")
_DURATION_CUE = re.compile(
    r"(?:为期|历时|用时|耗时|时长|缩短|延长|近|约|超过|至少|不足|不到|满|持续|周期)(?:了|到|至|为|近|约)?$"
)
_BARE_CUE = re.compile(r"(?:达到?|为|共计?|合计|增至|升至|降至|总数|总计|计|[:：])$")
_SHARED_UNIT = re.compile(r"(?:[、和与]\d++(?:\.\d++)?)+")  # 分别为51、43和54微克/立方米
_BARE_END = re.compile(r"[，。；、）),;]|$")
_MONEY_BEFORE = re.compile(
    r"(?:资金|[^\W\d]金|经费|投资|产值|收入|款|补贴|贷款|罚款|支出|损失)(?:共|约|近|达|超|为|逾|计)*$"
)
_HAN_WORD = re.compile(r"[\u4e00-\u9fff]")


_EXACT = Reason("approx.none")


@dataclass(slots=True)
class Quantity:
    """数量 — a numeral with its classifier, before anyone asked what it is said of."""

    start: int
    end: int
    value: Number | None
    upper: Number | None
    unit: str
    kind: Kind
    approx: str | None
    side: Side | None
    value_reason: Reason
    unit_reason: Reason
    approx_reason: Reason


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


_CANDIDATE = re.compile(rf"{_FREQUENCY.pattern}|{_RUN}|{_HALF_A_TIME.pattern}")


def _candidates(folded: str) -> Iterator[re.Match[str]]:
    place = 0
    while match := _CANDIDATE.search(folded, place):
        if match.group().startswith("每"):
            whole = _FREQUENCY.match(folded, match.start())
            assert whole
            yield whole
            place = whole.start(2) if whole.group(2) else whole.end()
            continue
        run = RUN.match(folded, match.start()) or _HALF_A_TIME.match(folded, match.start())
        assert run
        yield run
        place = run.end()


def _quantity(
    folded: str, match: re.Match[str], covered: _Covered, found: list[Quantity]
) -> Quantity | SetPhrase | None:
    if match.re is _FREQUENCY:
        return _frequency(folded, match)
    if match.re is _HALF_A_TIME:
        return _half_a_time(folded, match, found)
    start, end = match.span()
    before = folded[max(0, start - 12) : start]
    if before.endswith("第"):
        return _passed(folded, start - 1, _unit_end(folded, end), "ordinal")
    if _identifier(folded, start, end):
        return _passed(folded, start, end, "identifier")
    quantity = _measured(folded, start, end)
    span_end = quantity.end if quantity else end
    over = covered.at(start, end)
    if over and (over[2] != "phrase" or over[1] >= span_end or over[0] < start):
        return _passed(folded, min(over[0], start), max(over[1], end), over[2])
    if phrase := phrases.literal_at(folded, start, span_end):
        return _passed(folded, *phrase, "phrase")
    if quantity is None:
        return None if end - start == 1 and not folded[start].isascii() else _passed(folded, start, end, "no unit")
    return _article(folded, quantity, found) or _approximate(folded, quantity, found)


def _half_a_time(folded: str, match: re.Match[str], found: list[Quantity]) -> Quantity | None:
    """半个月内, 历时半年: half a month where a length of time is told, not 上半年."""
    start, end = match.span()
    if not (_LASTING.search(folded[max(0, start - 6) : start]) or _WITHIN.match(folded, end)):
        return None
    return _approximate(
        folded, _made(folded, start, end, 0.5, None, match.group(1), "duration", None, "classifier"), found
    )


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


def _measured(folded: str, start: int, end: int) -> Quantity | None:
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
    return _made(folded, start, stop, value, upper, _base_unit(unit), unit.kind, approx, "classifier")


def _parted(folded: str, start: int, stop: int) -> tuple[Number | None, int, Classifier] | None:
    """61723 件, 237054.47 万元: a blank between the numeral and what follows."""
    if not folded.startswith(" ", stop) or not folded[stop - 1].isdigit() or not folded[start].isdigit():
        return None
    m = _SCALE.match(folded, stop + 1)
    unit, amount = classifier_at(folded, m.end()), numerals.amount(folded[start:stop] + m.group())
    return None if unit is None or unit.narrow or amount is None else (amount.value, m.end(), unit)


def _share(folded: str, start: int, end: int) -> Quantity | None:
    """四分之一, 一半以上, 三成: a share, in percent."""
    if fraction := _FRACTION.match(folded, start):
        return _fraction(fraction)
    if _HALF.match(folded, start) and (_HALF_COUNTED.match(folded, start) or _BESIDE_END.search(folded[:start][-4:])):
        return _made(folded, start, start + 2, 50, None, "%", "percent", None, "fraction")
    run, tenths = folded[start:end], _TENTHS.match(folded, end)
    if tenths is None or len(run) != 1 or not numerals.DIGITS.get(run):
        return None
    rest = tenths.group()[1:]
    value = numerals.DIGITS[run] * 10 + (5 if rest == "半" else numerals.DIGITS.get(rest, 0))
    more = folded.startswith("多", tenths.end())
    return _made(folded, start, tenths.end() + more, value, None, "%", "percent", "多" if more else None, "tenths")


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
        return not _EVIDENCE_OF_ONE.search(folded[max(0, start - 12) : start])
    if all(c in "百千万亿" for c in run):
        countable = len(run) > 1 and unit.kind == "count" and unit.word not in "名人户"
        return not countable and not _BESIDE_END.search(folded[max(0, start - 4) : start])
    return False


def _base_unit(unit: Classifier) -> str:
    return {"元钱": "元", "块钱": "元", "人民币": "元", "元人民币": "元", "元整": "元"}.get(unit.word, unit.word)


def _made(
    folded: str,
    start: int,
    stop: int,
    value: Number | None,
    upper: Number | None,
    unit: str,
    kind: Kind,
    approx: str | None,
    rule: str,
) -> Quantity:
    open_value = value is None
    return Quantity(
        start,
        stop,
        value,
        upper,
        unit,
        kind,
        approx,
        "about" if approx in ("几", "来") or open_value else "over" if approx else None,
        Reason(
            "value.open" if open_value else "value.range" if upper is not None else "value.numeral",
            folded[start:stop],
            start,
        ),
        Reason(f"unit.{rule}", unit, start),
        Reason("approx.inside", approx, start) if approx else _EXACT,
    )


def _fraction(match: re.Match[str]) -> Quantity | None:
    """百分之八十, 四分之一: a share, in percent."""
    whole, part = numerals.amount(match.group(1)), numerals.amount(match.group(2))
    if match.group(1) == "百":
        whole = numerals.Amount(100)
    if whole is None or part is None or not whole.value or part.value is None:
        return None
    value = numerals.plain(Decimal(str(part.value)) * 100 / Decimal(str(whole.value)))
    return _made(match.string, match.start(), match.end(), value, None, "%", "percent", None, "fraction")


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
    near = bool(_BESIDE_END.search(before)) and not _NOT_BESIDE.search(before) and run.rstrip("余多")[-1] in "百千万亿"
    ends = scaled and run[0].isascii() and _BARE_END.match(folded, stop) and _HAN_WORD.match(before[-1:])
    if ends and _MONEY_BEFORE.search(before):
        return _made(folded, start, stop, value, upper, "元", "money", approx, "bare money")
    if ends:
        return _made(folded, start, stop, value, upper, "", "count", approx, "bare scaled")
    if (
        (scaled or near or (approx and run.rstrip("余多")[-1] in "百千万亿"))
        and _HAN_WORD.match(follows)
        and follows not in "年月日分点号"
    ):
        return _made(folded, start, stop, value, upper, "", "count", approx, "bare scaled")
    if shared := _SHARED_UNIT.match(folded, stop):
        unit = classifier_at(folded, shared.end())
        if unit and not unit.narrow and run[0].isdigit() and "分别" in folded[max(0, start - 40) : start]:
            return _made(folded, start, stop, value, upper, "", unit.kind, approx, "bare respectively")
    if run[0].isascii() and _BARE_CUE.search(before) and _BARE_END.match(folded, stop) and len(run) < 9:
        return _made(folded, start, stop, value, upper, "", "count", approx, "bare announced")
    return None


def _article(folded: str, q: Quantity, found: list[Quantity]) -> SetPhrase | None:
    """一个 as an article, 一年 as a moment: no statement unless something shows that one is counted."""
    if not folded.startswith("一", q.start) or q.value != 1 or q.upper is not None or q.approx:
        return None
    before, after = folded[max(0, q.start - 24) : q.start], folded[q.end : q.end + 24]
    if q.kind == "duration":
        real = bool(_DURATION_CUE.search(before) or _WITHIN.match(after) or after.startswith("内"))
    elif before.endswith("每"):
        real = False
    else:
        real = bool(
            _EVIDENCE_OF_ONE.search(before)
            or _EACH.search(before)
            or _LIST_NEXT.match(after)
            or _ITEM_NEXT.match(after)
        )
        real = real or bool(
            found and _ALSO_ONE.search(before) and folded[q.start : q.end] in ("一名", "一人", "一家", "一户")
        )
    return None if real else _passed(folded, q.start, q.end, "article")


def _approximate(folded: str, q: Quantity, found: list[Quantity]) -> Quantity:
    """Looks left and right of a quantity for what makes it approximate."""
    left = folded[max(0, q.start - 8) : q.start]
    if m := _OFF_END.search(left):
        return _with_approx(q, m.group(), _STANDING_OFF[m.group()], q.start - len(left) + m.start(), "beside")
    if (m := _BESIDE_END.search(left)) and not _NOT_BESIDE.search(left[: m.end()]):
        word = m.group().removesuffix("达到").removesuffix("达").removesuffix("了")
        if word not in ("上", "过") or folded[q.start] in "百千万十亿":
            return _with_approx(q, word, _BESIDE.get(word, "about"), q.start - len(left) + m.start(), "beside")
    for word, side in _AFTER.items():
        if folded.startswith(word, q.end):
            return _with_approx(q, word, side, q.end, "after")
    since = max(found[-1].end if found and found[-1].kind != "frequency" else 0, q.start - 24)
    clause = re.split(r"[，。；：！？,;:]", folded[since : q.start])[-1]
    if (m := _OFF.search(clause)) and "、" not in clause[m.end() :]:
        return _with_approx(q, m.group(), _STANDING_OFF[m.group()], q.start - len(clause) + m.start(), "standing off")
    return q


def _with_approx(q: Quantity, word: str, side: Side, start: int, rule: str) -> Quantity:
    if q.approx:
        return q
    q.approx, q.side, q.approx_reason = word, side, Reason(f"approx.{rule}", word, start)
    return q


def _frequency(folded: str, match: re.Match[str]) -> Quantity | None:
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
    q = _made(folded, start, end, value, None, unit, "frequency", None, "frequency")
    if m := _OFF.match(folded, end):
        return _with_approx(q, m.group(), _STANDING_OFF[m.group()], end, "after")
    return q


def _counts_times(folded: str, end: int) -> bool:
    run = RUN.match(folded, end)
    unit = classifier_at(folded, run.end()) if run else None
    return bool(unit and unit.word in ("次", "场", "期", "轮", "批", "个", "名", "篇", "场次"))
