"""报告文稿 — a report as data, before it becomes Word: blocks, runs and quoted figures, with a canonical JSON form.

Nothing here knows of Word or of the database. `lines()` is what a reader sees, line by line; the seal is put on it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    model_validator,
)

from luoshi.lib import canonical

UNKNOWN = "—"
LANGUAGES = ("zh-hans", "en")

_PRINTED = re.compile(r"(?P<digits>-?\d+(?:\.(?P<decimals>\d+))?)(?P<scale>万|亿|万亿)?(?P<per>%|‰)?", re.ASCII)
_SCALES = {None: 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_PARTS = {None: 1, "%": 100, "‰": 1000}
_NOT_PRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"\[\d+\]")
_OPEN_NUMBER = re.compile(r"[0-9０-９][.,]?$")


class Form(StrEnum):
    """How a template asks for a figure to be printed."""

    FIGURE = "figure"
    WAN = "wan"
    PERCENT = "percent"


def printable(text: str) -> str:
    """Without what a document cannot hold: control characters out of a paste, halves of surrogate pairs."""
    return _NOT_PRINTABLE.sub("", text)


Printable = Annotated[str, AfterValidator(printable)]
NonEmpty = Annotated[Printable, Field(min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Data):
    kind: Literal["text"] = "text"
    text: Printable

    @model_validator(mode="after")
    def _leaves_references_alone(self) -> Self:
        if _REFERENCE.search(self.text):
            raise ValueError(_("Square brackets around a number mark the reference of a figure; write 〔1〕 or （1）."))
        return self


class Declared(_Data):
    """填报数 — what another system counts, declared once with its document and date."""

    document: NonEmpty
    on: date


class Quote(_Data):
    """引用的数字 — a figure of the ledger as a text prints it, with everything needed to find it again."""

    kind: Literal["quote"] = "quote"
    n: Annotated[int, Field(ge=0, le=99_999)] = 0  # the reference printed behind it; 0 until `numbered`
    printed: Printable
    code: NonEmpty
    title: NonEmpty
    definition: Printable = ""
    unit_code: Printable = ""
    unit: NonEmpty
    sector_code: Printable = ""  # of the unit's branch only the units of this sector
    sector: Printable = ""
    numerator: Annotated[int, Field(ge=-canonical.LARGEST_INTEGER, le=canonical.LARGEST_INTEGER)]
    denominator: Annotated[int, Field(ge=1, le=canonical.LARGEST_INTEGER)] | None = None
    scale: Annotated[int, Field(ge=1, le=10**9)] = (
        1  # stored units in one printed unit: 100 for an amount kept in fen and printed in yuan
    )
    indicator_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    as_of: AwareDatetime
    position: Annotated[int, Field(ge=0, le=canonical.LARGEST_INTEGER)]
    declared: Declared | None = None
    first_on: date | None = None  # the window that the text names; None: from the beginning of the campaign
    last_on: date | None = None  # its last day; None: the day of `as_of`

    @model_validator(mode="after")
    def _prints_its_value(self) -> Self:
        shown = _PRINTED.fullmatch(self.printed)
        if shown is None:
            raise ValueError(_("“%(printed)s” is not a number as official texts print it.") % {"printed": self.printed})
        unit = Decimal(_SCALES[shown["scale"]]) / _PARTS[shown["per"]]
        last_place = unit * Decimal(10) ** -len(shown["decimals"] or "")
        # Rounded or cut off ("2.4万余名") are both usual; more than one unit of the last place away is another number.
        exact_as_printed = last_place == 1 and self.denominator is None and self.scale == 1
        off = abs(Decimal(shown["digits"]) * unit - self.exact)
        if off >= last_place or (exact_as_printed and off):
            raise ValueError(
                _("“%(printed)s” is not the value of %(code)s, which is %(value)s.")
                % {"printed": self.printed, "code": self.code, "value": self.exact_text}
            )
        return self

    @property
    def exact(self) -> Decimal:
        return Decimal(self.numerator) / ((self.denominator or 1) * self.scale)

    @property
    def rounded(self) -> bool:
        """Does the print say less than the value: 2.4万 for 23,987, 92.3% for 2,455 of 2,659?"""
        shown = _PRINTED.fullmatch(self.printed)
        assert shown is not None
        # Multiplied out, since a share has no end as a decimal.
        told = Decimal(shown["digits"]) * _SCALES[shown["scale"]] * (self.denominator or 1) * self.scale
        return told != self.numerator * _PARTS[shown["per"]]

    @property
    def exact_text(self) -> str:
        """The value unrounded: "23,987", "12,345.67" or "2,659 / 2,660"."""
        if self.denominator is not None:
            return f"{self.numerator:,} / {self.denominator:,}"
        if self.scale == 1:
            return f"{self.numerator:,}"
        return f"{Decimal(self.numerator) / self.scale:,}"

    @property
    def whose(self) -> str:
        """The unit that it is of, and the sector."""
        return f"{self.unit}（{self.sector}）" if self.sector else self.unit

    @property
    def reference(self) -> str:
        """[3], and [3]* for a figure that another system counts."""
        return f"[{self.n}]{'*' if self.declared else ''}" if self.n else ""


class Unknown(_Data):
    """尚无记录 — the ledger holds nothing for this figure: printed as — and explained, never as 0."""

    kind: Literal["unknown"] = "unknown"
    code: str
    title: Printable = ""
    unit: Printable = ""


Run = Annotated[Text | Quote | Unknown, Field(discriminator="kind")]
Runs = tuple[Run, ...]


def _check_spacing(runs: Runs) -> None:
    for before, after in pairwise(runs):
        if isinstance(before, Text) and isinstance(after, Quote) and _OPEN_NUMBER.search(before.text):
            raise ValueError(
                _("“%(text)s” ends in a digit right before the figure %(printed)s; the two would read as one number.")
                % {"text": before.text[-12:], "printed": after.printed}
            )


class Heading(_Data):
    kind: Literal["heading"] = "heading"
    level: int = Field(ge=1, le=4)
    text: NonEmpty

    @model_validator(mode="after")
    def _leaves_references_alone(self) -> Self:
        Text(text=self.text)
        return self


class Paragraph(_Data):
    kind: Literal["paragraph"] = "paragraph"
    runs: Runs

    @model_validator(mode="after")
    def _reads_as_meant(self) -> Self:
        _check_spacing(self.runs)
        return self


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Column(_Data):
    """A column under its heads, outermost first: ("问题", "存量") and ("问题", "增量") share the head 问题."""

    heads: tuple[Printable, ...] = Field(min_length=1, max_length=4)
    align: Align = Align.LEFT
    weight: PositiveInt | None = None  # share of the width; None: from what stands in it


class Table(_Data):
    kind: Literal["table"] = "table"
    caption: Printable = ""
    columns: tuple[Column, ...] = Field(min_length=1, max_length=40)
    rows: tuple[tuple[Runs, ...], ...] = ()
    totals: tuple[Runs, ...] | None = None

    @model_validator(mode="after")
    def _has_a_cell_for_each_column(self) -> Self:
        for at, row in enumerate(self.all_rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(
                    _("Row %(row)d of the table has %(cells)d cells, but there are %(columns)d columns.")
                    % {"row": at, "cells": len(row), "columns": len(self.columns)}
                )
            for cell in row:
                _check_spacing(cell)
        return self

    @property
    def all_rows(self) -> tuple[tuple[Runs, ...], ...]:
        return self.rows if self.totals is None else (*self.rows, self.totals)


Block = Annotated[Heading | Paragraph | Table, Field(discriminator="kind")]
Blocks = tuple[Block, ...]


class Paper(StrEnum):
    A4 = "A4"
    A4_LANDSCAPE = "A4 landscape"
    A3_LANDSCAPE = "A3 landscape"


class Masthead(_Data):
    """版头 — the red head: who issues, the document number, and for reports upward who signs them out."""

    issuer: NonEmpty
    number: Printable = ""
    signer: Printable = ""
    urgency: Printable = ""


class Signature(_Data):
    """落款 — the signing units and the date of the document."""

    units: tuple[Printable, ...] = Field(min_length=1)
    on: date


class Annex(_Data):
    """附件 — a part on pages of its own, landscape where its table is wide."""

    title: NonEmpty
    blocks: Blocks
    paper: Paper = Paper.A4


class Outline(_Data):
    """文稿 — a whole document. Sections are the headings among its blocks."""

    language: Literal["zh-hans", "en"] = "zh-hans"
    paper: Paper = Paper.A4
    masthead: Masthead | None = None
    title: NonEmpty
    addressee: Printable = ""
    blocks: Blocks
    closing: Printable = ""
    signature: Signature | None = None
    annexes: tuple[Annex, ...] = ()

    @model_validator(mode="after")
    def _leaves_references_alone(self) -> Self:
        Text(text="\n".join((self.title, self.addressee, self.closing, *(annex.title for annex in self.annexes))))
        return self

    def to_json(self) -> bytes:
        return canonical.dumps(self.model_dump())

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        return cls.model_validate_json(data)


# ---- figures in a document


def all_blocks(outline: Outline) -> Iterator[Block]:
    yield from outline.blocks
    for annex in outline.annexes:
        yield from annex.blocks


def block_runs(block: Block) -> Iterator[Run]:
    if isinstance(block, Paragraph):
        yield from block.runs
    elif isinstance(block, Table):
        for row in block.all_rows:
            for cell in row:
                yield from cell


def figures(outline: Outline) -> tuple[Quote, ...]:
    """The distinct quoted figures by reference number."""
    found = {
        run.n: run for block in all_blocks(outline) for run in block_runs(block) if isinstance(run, Quote) and run.n
    }
    return tuple(found[n] for n in sorted(found))


def unknowns(outline: Outline) -> tuple[Unknown, ...]:
    """What is printed as —, each once, in reading order."""
    return tuple(
        dict.fromkeys(run for block in all_blocks(outline) for run in block_runs(block) if isinstance(run, Unknown))
    )


def named_unknowns(missing: Iterable[Unknown]) -> list[str]:
    """Each figure that is printed as — once, with the units of which it is not known."""
    units: dict[str, list[str]] = {}
    for each in missing:
        units.setdefault(each.title or each.code, []).append(each.unit)
    return [f"{title}（{'、'.join(some)}）" if any(some) else title for title, some in units.items()]


def numbered(outline: Outline) -> Outline:
    """The same document with its figures numbered in reading order; the same figure printed twice keeps one number."""
    given: dict[Quote, int] = {}

    def runs(before: Runs) -> Runs:
        return tuple(_with_number(run, given) if isinstance(run, Quote) else run for run in before)

    def block(before: Block) -> Block:
        if isinstance(before, Paragraph):
            return Paragraph(runs=runs(before.runs))
        if isinstance(before, Table):
            rows = tuple(tuple(runs(cell) for cell in row) for row in before.rows)
            totals = None if before.totals is None else tuple(runs(cell) for cell in before.totals)
            return before.model_copy(update={"rows": rows, "totals": totals})
        return before

    blocks = tuple(block(each) for each in outline.blocks)
    annexes = tuple(
        annex.model_copy(update={"blocks": tuple(block(each) for each in annex.blocks)}) for annex in outline.annexes
    )
    return outline.model_copy(update={"blocks": blocks, "annexes": annexes})


def _with_number(quote: Quote, given: dict[Quote, int]) -> Quote:
    bare = quote.model_copy(update={"n": 0})
    return quote.model_copy(update={"n": given.setdefault(bare, len(given) + 1)})


# ---- numbers in print


def print_number(numerator: int, denominator: int | None = None, *, form: Form, scale: int = 1) -> str:
    """A value as official texts print it (GB/T 15835: no thousands comma): 2659, 2.4万, 1.25亿, 92.3%."""
    if form is Form.PERCENT:
        if denominator is None:
            raise ValueError(_("A percentage needs a denominator."))
        return _percent(numerator, denominator)
    value = Decimal(numerator) / ((denominator or 1) * scale)
    if form is Form.WAN and abs(value) >= 10**8:
        return f"{_rounded(value / 10**8, 2)}亿"
    if form is Form.WAN and abs(value) >= 10**4:
        return f"{_rounded(value / 10**4, 1)}万"
    return _rounded(value, 0 if denominator is None and scale == 1 else 2)


def _percent(numerator: int, denominator: int) -> str:
    tenths = int((Decimal(numerator) * 1000 / denominator).quantize(Decimal(1), ROUND_HALF_UP))
    # Nearly all is not all, and a few are not none.
    if numerator < denominator:
        tenths = min(tenths, 999)
    if numerator > 0:
        tenths = max(tenths, 1)
    return f"{_rounded(Decimal(tenths) / 10, 1)}%"


def _rounded(value: Decimal, places: int) -> str:
    text = f"{value.quantize(Decimal(10) ** -places, ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# ---- the text of a document


def run_text(run: Run) -> str:
    """A run in print, a quoted figure with its reference behind it."""
    if isinstance(run, Text):
        return run.text
    if isinstance(run, Quote):
        return run.printed + run.reference
    return UNKNOWN


def runs_text(runs: Iterable[Run]) -> str:
    return "".join(run_text(run) for run in runs)


_HAN = "零一二三四五六七八九"
_HAS_LABEL = re.compile(r"[一二三四五六七八九十]+、|（[一二三四五六七八九十\d]+）|\d+[.．、]")


def labelled(blocks: Blocks, language: str) -> Iterator[tuple[Block, str]]:
    """Each block with the label of its heading, "" for the others.

    一、 （一） 1. （1） are the levels of GB/T 9704; in English 1, 1.1 and so on. A heading that brings its own label keeps it.
    """
    counts = [0, 0, 0, 0]
    for block in blocks:
        if not isinstance(block, Heading):
            yield block, ""
            continue
        counts[block.level - 1] += 1
        counts[block.level :] = [0] * (4 - block.level)
        if _HAS_LABEL.match(block.text):
            yield block, ""
        elif language == "zh-hans":
            yield block, _label(block.level, counts[block.level - 1])
        else:
            yield block, f"{'.'.join(map(str, counts[: block.level]))} "


def _label(level: int, at: int) -> str:
    return (f"{_han(at)}、", f"（{_han(at)}）", f"{at}. ", f"（{at}）")[level - 1]


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{_HAN[tens]}十"
    return ten + (_HAN[ones] if ones or not tens else "")


def head_rows(columns: tuple[Column, ...]) -> tuple[tuple[tuple[str, int, bool], ...], ...]:
    """The head of a table row by row: (text, columns it spans, continues the cell above).

    Neighbours are joined where their outer heads agree; a column with fewer heads reaches down to the last row.
    """
    depth = max(len(column.heads) for column in columns)
    rows = []
    for level in range(depth):
        cells: list[tuple[str, int, bool]] = []
        paths: list[tuple[str, ...]] = []
        for column in columns:
            path = column.heads[: level + 1]
            below_last = level >= len(column.heads)
            if not below_last and level < len(column.heads) - 1 and paths and paths[-1] == path:
                text, span, _continues = cells[-1]
                cells[-1] = (text, span + 1, False)
                continue
            cells.append(("" if below_last else path[-1], 1, below_last))
            paths.append(path if len(column.heads) - 1 > level else ())
        rows.append(tuple(cells))
    return tuple(rows)


def date_text(on: date, *, language: str) -> str:
    return f"{on.year}年{on.month}月{on.day}日" if language == "zh-hans" else f"{on:%Y-%m-%d}"


def annex_label(outline: Outline, at: int) -> str:
    """附件, or 附件2 where there are several (GB/T 9704 7.3.8)."""
    word = "附件" if outline.language == "zh-hans" else "Annex "
    return f"{word}{at}".strip() if len(outline.annexes) > 1 else word.strip()


def annex_notes(outline: Outline) -> tuple[str, ...]:
    """附件说明 — the lines below the text that name the annexes."""
    colon = "附件：" if outline.language == "zh-hans" else "Annexes: "
    if len(outline.annexes) == 1:
        return (colon + outline.annexes[0].title,)
    return tuple(
        (colon if at == 1 else "") + f"{at}. {annex.title}" for at, annex in enumerate(outline.annexes, start=1)
    )


def addressee_text(outline: Outline) -> str:
    return outline.addressee.rstrip("：:") + ("：" if outline.language == "zh-hans" else ":")


def masthead_lines(masthead: Masthead) -> tuple[str, ...]:
    signer = f"签发人：{masthead.signer}" if masthead.signer else ""
    return tuple(filter(None, (masthead.urgency, masthead.issuer, masthead.number + signer)))


def lines(outline: Outline) -> tuple[str, ...]:
    """The document as a reader sees it from top to bottom, one entry for each non-empty paragraph."""
    return tuple(line for line in _lines(outline) if line.strip())


def _lines(outline: Outline) -> Iterator[str]:
    if outline.masthead:
        yield from masthead_lines(outline.masthead)
    yield outline.title
    if outline.addressee:
        yield addressee_text(outline)
    yield from _block_lines(outline.blocks, outline.language)
    yield outline.closing
    yield from annex_notes(outline)
    if outline.signature:
        yield from outline.signature.units
        yield date_text(outline.signature.on, language=outline.language)
    for at, annex in enumerate(outline.annexes, start=1):
        yield annex_label(outline, at)
        yield annex.title
        yield from _block_lines(annex.blocks, outline.language)


def _block_lines(blocks: Blocks, language: str) -> Iterator[str]:
    for block, label in labelled(blocks, language):
        if isinstance(block, Heading):
            yield label + block.text
        elif isinstance(block, Paragraph):
            yield runs_text(block.runs)
        else:
            yield block.caption
            for head in head_rows(block.columns):
                yield from (text for text, _span, _continues in head)
            for row in block.all_rows:
                yield from (runs_text(cell) for cell in row)
