"""固定说法 — slogans, titles, document numbers and list marks that hold a numeral and state nothing."""

import re
from functools import cache
from typing import NamedTuple

from luoshi.reports.textcheck.classifiers import classifier_at
from luoshi.reports.textcheck.lexicon import lines

_NUMERAL = re.compile(r"[\d零一二两三四五六七八九十百千万]")
_TITLE = re.compile(r"《[^》\n]{0,80}》?")
# A short quotation with a numeral is a slogan (“三个到位”); a long one is speech and is read.
_QUOTE = re.compile(r"“([^”“\n]{1,14})”")
_SPEECH = re.compile(r"[，。；！？]|\d{2,}(?:\.\d+)?[%万亿]|\d{3,}")
_DOCUMENT_NUMBER = re.compile(
    r"[〔\[（(【][12]\d{3}[〕\]）)】]\s?第?\d{1,5}号|第?\d{1,5}号(?:文|令|公告|文件|通报|线|楼)"
)
_LIST_MARK = re.compile(
    r"(?:(?<=^)|(?<=[。；：:;！？\s]))[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)、.．](?!\d)|"
    r"[一二三四五六七八九十]{1,2}是(?=[^，。；]|"
    r"，)|[①-⑳㈠-㈩]"
)
_HOTLINE = re.compile(
    r"(?<!\d)(?:1[12]\d|12\d{3}|9\d{4}|400-?\d{3}-?\d{4}|0\d{2,3}-?\d{7,8}|1[3-9]\d{9})(?![\d万亿%.])"
)


class Phrase(NamedTuple):
    """固定说法 — where it stands and by which rule it was known."""

    start: int
    end: int
    rule: str


@cache
def _patterns() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{line[3:].strip()})" for line in lines("phrases") if line.startswith("re:")))


@cache
def _literals() -> frozenset[str]:
    return frozenset(word for line in lines("phrases") if not line.startswith("re:") for word in line.split())


@cache
def _reach() -> tuple[int, int]:
    """How far before its first numeral a literal may begin, and the length of the longest."""
    firsts = [m.start() for word in _literals() if (m := _NUMERAL.search(word))]
    return max(firsts, default=0), max(map(len, _literals()))


def literal_at(folded: str, start: int, end: int) -> tuple[int, int] | None:
    """The longest listed phrase that covers the numeral at `start` and reaches at least to `end`."""
    back, longest = _reach()
    best: tuple[int, int] | None = None
    for first in range(max(0, start - back - 2), start + 1):
        for length in range(min(longest, len(folded) - first), max(1, end - first - 1), -1):
            if first + length >= end and folded[first : first + length] in _literals():
                if best is None or length > best[1] - best[0]:
                    best = (first, first + length)
                break
    return best


def _counts(folded: str, end: int) -> bool:
    """Is a run of five digits a quantity after all (12345件)? 12345回音壁 is none."""
    found = classifier_at(folded, end)
    return found is not None and not found.narrow


def covered(folded: str) -> list[Phrase]:
    """All pieces of a paragraph whose numerals state nothing, by pattern."""
    found = [Phrase(*m.span(), "title") for m in _TITLE.finditer(folded)]
    found += [
        Phrase(*m.span(), "quoted")
        for m in _QUOTE.finditer(folded)
        if _NUMERAL.search(m.group()) and not _SPEECH.search(m.group(1))
    ]
    found += [Phrase(*m.span(), "document number") for m in _DOCUMENT_NUMBER.finditer(folded)]
    found += [Phrase(*m.span(), "list mark") for m in _LIST_MARK.finditer(folded)]
    found += [Phrase(*m.span(), "telephone") for m in _HOTLINE.finditer(folded) if not _counts(folded, m.end())]
    found += [Phrase(*m.span(), "phrase") for m in _patterns().finditer(folded)]
    return found
