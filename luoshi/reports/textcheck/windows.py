"""时段 — dates and spans of time: they say when a number holds and are no statements themselves."""

import re
from typing import NamedTuple

_YEAR = r"(?:(?:19|20)\d{2}|[一二][零九][零一二三四五六七八九]{2})"
_N = r"(?:\d{1,3}|[一二两三四五六七八九十几]{1,3})"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月"
_DAY = r"(?:[0-3]?\d|[一二]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
_SEP = r"\s?[-~至到]\s?"
_AFTER = r"(?:份|底|初|末|中旬|上旬|下旬|以来|起|以后|之前|前|间)?"

# 不得超过30日, 历时3日: a length of time, no date.
_NOT_LASTING = r"(?<![\d.每第共满近约限])" + "".join(
    f"(?<!{word})" for word in "历时 为期 连续 少于 提前 至少 超过 延长 缩短 不到 不足".split(" ")
)

WINDOW = re.compile(
    "|".join(
        (
            rf"{_YEAR}(?:年)?{_SEP}{_YEAR}年?(?:度|期间)?",
            rf"{_YEAR}年(?:1[0-2]|[1-9])月?{_SEP}{_MONTH}(?:份|底|期间)?",
            rf"{_YEAR}年(?:{_MONTH})?{_SEP}(?:{_YEAR}年)?{_MONTH}(?:份|底|期间)?",
            rf"{_YEAR}\s?年(?:度|底|初|末|以来|起|春季|秋季|春|秋|上半年|下半年|前{_N}个月|前?[一二三四]季度)?(?:学期|学年)?"
            rf"(?:{_MONTH}(?:{_DAY})?{_AFTER})?",
            rf"(?<!\d)\d{{2}}年(?={_MONTH})",
            rf"(?<![\d.]){_MONTH}{_DAY}(?:{_SEP}(?:{_MONTH})?{_DAY})?{_AFTER}",
            rf"(?<![\d.])(?:1[0-2]|[1-9])(?:月)?{_SEP}{_MONTH}(?:份|底|期间)?",
            rf"(?<![\d.个]){_MONTH}{_AFTER}",
            rf"{_NOT_LASTING}{_DAY}(?![内游均])(?:{_SEP}{_DAY})?(?=[，,。；、上下晚凌起前在至至召举当]|$)",
            rf"{_NOT_LASTING}(?:[12]\d|3[01]|[1-9])日(?![内游均以之起报产])",
            r"(?:上午|下午|晚上|中午|傍晚|清晨|早上|早晨|夜间|深夜|凌晨|次日|当晚|今晚)\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[点时]"
            r"(?:\d{1,2}分|半|许|整)?",
            r"(?<!\d)(?:19|20)\d{2}[.\-/·](?:1[0-2]|0?[1-9])[.\-/·](?:[12]\d|3[01]|0?[1-9])(?!\d)",
            r"(?:第?[一二三四1-4]|前[二两三23])季度",
            rf"(?:近|最近|过去|前|这|头|未来|今后|连续)?{_N}(?:多|余)?(?:个)?(?:多|余)?(?:年|月|天|周|学期|季度)多?(?:以来|来|间|里)",
            rf"{_N}年(?=增长|累计|间共|共)",
            rf"(?:近|最近|过去|前|未来|今后|头){_N}(?:个)?(?:年|月)(?=[，,、内在全累共我省市县区]|$)",
            rf"(?:^|(?<=[，。；]))近{_N}个?(?:年|月|周|天)",
            rf"{_N}多?年前(?![\d])|(?:几|数)(?:十|百)?年前",
            rf"(?:本|上|前){_N}(?:个)?(?:年|月)",
            r"(?:十[一二三四五]|[一二三四]十?)五(?=规划|时期|期间|末|以来|”)",
            r"\d{2}\s?世纪(?:\d{2}年代)?|[一二]十[一二]?世纪(?:[二三四五六七八九]十年代)?|\d{2}年代",
            r"(?<!\d)(?:[01]?\d|2[0-4])[时点](?:[0-5]?\d分|许|整|半|钟)?(?=[，,、至到-]|\s|[起前后左]|召|开)",
            r"(?<!\d)(?:[01]?\d|2[0-4])[:：][0-5]\d(?:[:：][0-5]\d)?",
        )
    )
)

# Time words without a numeral, looked for beside the dates when a statement asks when it holds.
SPOKEN = re.compile(
    r"今年(?:以来|上半年|下半年)?|去年(?:同期|底|以来)?|上半年|下半年|本(?:年度|月|周|学期|季度)|当年|"
    r"近年来|目前|截至目前|截至(?:今年|去年)?|近期|近日|同期|全年|"
    r"活动开展以来|以来"
)


class Window(NamedTuple):
    """时段 — a piece of text that names a time."""

    start: int
    end: int
    text: str


def windows(folded: str) -> list[Window]:
    """All dates and spans of time of a folded text, in order."""
    return [Window(m.start(), m.end(), m.group()) for m in WINDOW.finditer(folded) if m.end() > m.start()]
