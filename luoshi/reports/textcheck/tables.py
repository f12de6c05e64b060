"""表格 — tables in a text, cells parted by tabs: a number is said of its row, and counts what the head of"
" its column says."""

import re
from decimal import Decimal
from typing import NamedTuple

from luoshi.reports.textcheck import numerals
from luoshi.reports.textcheck.classifiers import classifier_at
from luoshi.reports.textcheck.statement import Kind, Number

_NUMBER = re.compile(r"\s*(?P<number>-?(?:\d{1,3}(?:,\d{3})+|\d{1,16})(?:\.\d{1,8})?)(?P<percent>%?)\s*")
_NO_FIGURES = re.compile(r"序号|编号|电话|年份|年度|备注|代码|日期|时间")
_BRACKET = re.compile(r"[（(](?P<unit>[^（()）]{1,6})[）)]")
_TOTAL = re.compile(r"\s*(?:合\s*计|总\s*计|小\s*计|全\s*部)\s*")


class Cell(NamedTuple):
    """格 — a number of a table in its place, with the words of its row and of its column."""

    start: int
    end: int
    value: Number
    unit: str
    kind: Kind
    head: str
    row: str | None  # None in a row of totals


class Table:
    """表 — the head that the rows below it share. Fed line by line."""

    def __init__(self) -> None:
        self.head: list[str] = []

    def cells(self, folded: str) -> list[Cell] | None:
        """The numbers of a row below a head; None where the line is no row of a table with a head."""
        if "\t" not in folded:
            self.head = []
            return None
        row = folded.split("\t")
        numbers = [_NUMBER.fullmatch(cell) for cell in row]
        if not any(numbers):
            self.head = row
            return []
        if len(row) != len(self.head):
            return None
        label = next(
            (cell.strip() for cell, number in zip(row, numbers, strict=True) if cell.strip() and not number), ""
        )
        found, place = [], 0
        for cell, number, head in zip(row, numbers, self.head, strict=True):
            if number and not _NO_FIGURES.search(head):
                found.append(_cell(place, number, head.strip(), None if _TOTAL.fullmatch(label) else label))
            place += len(cell) + 1
        return found


def _cell(place: int, number: re.Match[str], head: str, row: str | None) -> Cell:
    bracket = _BRACKET.search(head)
    unit = "%" if number.group("percent") else bracket.group("unit") if bracket else ""
    value = Decimal(number.group("number").replace(",", ""))
    for multiplier, times in numerals.MYRIADS.items():
        if unit.startswith(multiplier) and len(unit) > 1:
            unit, value = unit[1:], value * times
    classifier = classifier_at(unit, 0) if unit else None
    what = _BRACKET.sub("", head).strip() or head
    start, end = place + number.start("number"), place + (number.end("percent") or number.end("number"))
    return Cell(start, end, numerals.plain(value), unit, classifier.kind if classifier else "count", what, row)
