"""起草 — the text of a template becomes blocks in which the ledger has filled in the figures; docs/templates.md.

A template, line by line:

    省委主题教育领导小组：                               a first line that ends in a colon: to whom it goes
    # 理论学习                                          a heading; ##, ### and #### for the levels below
    全省{{ figure: reading_class_units }}举办了读书班。   a line is a paragraph, in the language of `reports.language`
    | 各市州进展情况 |                                   a row of one cell above a table is its caption
    | 市州 | 读书班 | 占比 |                              rows without figures are its heads
    | {{ territory }} | {{ number: a }} | {{ share: a }} |  repeated for each territory (sector, unit below)
    # 附件：台账                                         what follows goes on pages of its own
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import chain
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from luoshi.reports import language
from luoshi.reports.language import COUNTING, REPEATING, Figures, Pieces, as_written
from luoshi.reports.outline import (
    Align,
    Annex,
    Block,
    Blocks,
    Column,
    Heading,
    Paper,
    Paragraph,
    Quote,
    Run,
    Runs,
    Table,
    Text,
    Unknown,
    runs_text,
)

LONGEST = 500_000
MOST_COLUMNS = 40
MOST_ROWS = 1_000
PORTRAIT_COLUMNS, LANDSCAPE_COLUMNS = 9, 14  # at most, on A4

_HEADING = re.compile(r"\s*(?P<marks>[#＃]{1,6})[ \t]*(?P<text>\S.*?)\s*")
_ANNEX = re.compile(r"(?:附件\d*|Annex(?: \d+)?)\s*[:：]\s*(?P<title>.+)")
_ADDRESSEE = re.compile(r"(?!.*如下[:：]$)[^。；]{1,80}[:：]")
_ROW = re.compile(r"\s*[|｜].*")
_RULE = re.compile(r"[\s|｜:：\-—]*")  # |---|---:| as other programs want it
_BORDER = re.compile(r"\{\{[^{}]*\}\}|(?P<open>\[\[)|(?P<close>\]\])|(?P<bar>[|｜])")
_SENTENCE = re.compile(r"[^。！？；]*[。！？；]+[”’）]*|[^。！？；]+$")
_SENTENCE_END = re.compile(r"[。！？；][”’）]*$")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a template, and where: line and column count from 1."""

    line: int
    column: int
    message: str
    unknown: str = ""

    def __str__(self) -> str:
        return _("Line %(line)d, column %(column)d: %(message)s") % {
            "line": self.line,
            "column": self.column,
            "message": self.message,
        }


class Kind(Enum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a template. cells: of a row; anything else has one."""

    no: int
    kind: Kind
    cells: tuple[Pieces, ...]
    level: int = 0

    @property
    def pieces(self) -> Pieces:
        return tuple(chain.from_iterable(self.cells))

    @property
    def repeats(self) -> str:
        """What a row is repeated for: territory, sector or below; "" for a row that stands once."""
        return next((name.of for name in language.names(self.pieces) if name.of in REPEATING), "")

    @property
    def tells(self) -> bool:
        """Is it a row of figures, not one of heads?"""
        return bool(self.repeats) or any(True for _quote in language.quotes(self.pieces))


@dataclass(frozen=True, slots=True)
class Template:
    """模板 — a template as it was read, and all that is wrong with it."""

    lines: tuple[Line, ...]
    flaws: tuple[Flaw, ...]

    @property
    def quotes(self) -> Iterator[language.Quote]:
        for line in self.lines:
            yield from language.quotes(line.pieces)


@dataclass(frozen=True, slots=True)
class Row:
    """What a repeated row stands for: a unit below, a territory, a sector. `of` is the teller's own."""

    title: str
    of: Any


class Teller(Protocol):
    """Answers a template."""

    written_in: str  # zh-hans or en

    def figure(self, quote: language.Quote, row: Row | None) -> Quote | None:
        """The figure in print, or None where the ledger holds nothing."""

    def indicator(self, what: str) -> tuple[str, str]:
        """What the figure of this code or name is called, and what it is counted in."""

    def name(self, of: str) -> str: ...

    def rows(self, of: str) -> Sequence[Row]: ...


@dataclass(frozen=True, slots=True)
class Said:
    """A run, and the place in the template that it comes from. literal: it stands there word for word."""

    at: int
    run: Run
    literal: bool = False


@dataclass(frozen=True)
class Draft:
    """What came of a template, and the passages that were left out."""

    blocks: Blocks
    addressee: str = ""
    annexes: tuple[Annex, ...] = ()
    left_out: tuple[str, ...] = ()


# ---- reading


def read_template(text: str) -> Template:
    """The lines of a template with every flaw of its form; what it quotes is checked by `check_template`."""
    if len(text) > LONGEST:
        return Template((), (Flaw(1, 1, _("The template is longer than %(limit)d characters.") % {"limit": LONGEST}),))
    lines: list[Line] = []
    flaws: list[Flaw] = []
    for no, written in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not written.strip():
            continue
        line, found = _line(no, written)
        flaws += [_placed(no, flaw) for flaw in (*found, *_misplaced(line))]
        lines.append(line)
    for table in _tables(lines):
        flaws += _table_flaws(table)
    return Template(tuple(lines), tuple(sorted(flaws, key=lambda flaw: (flaw.line, flaw.column))))


def check_template(
    template: Template, figures: Figures, *, no_unit: Callable[[str], str] = lambda _name: ""
) -> tuple[Flaw, ...]:
    """All flaws of a template, those of its form included."""
    quoted = [
        _placed(line.no, flaw)
        for line in template.lines
        for flaw in language.check_quotes(line.pieces, figures, no_unit=no_unit)
    ]
    return tuple(sorted((*template.flaws, *quoted), key=lambda flaw: (flaw.line, flaw.column)))


def _placed(no: int, flaw: language.Flaw) -> Flaw:
    return Flaw(no, flaw.at + 1, flaw.message, flaw.unknown)


def _line(no: int, written: str) -> tuple[Line, tuple[language.Flaw, ...]]:
    if heading := _HEADING.fullmatch(written):
        parsed = language.parse(heading["text"], offset=heading.start("text"))
        return Line(no, Kind.HEADING, (parsed.pieces,), min(4, len(heading["marks"]))), parsed.flaws
    if _ROW.fullmatch(written):
        cells = [language.parse(text, offset=at) for at, text in _cells(written)]
        flaws = tuple(chain.from_iterable(cell.flaws for cell in cells))
        return Line(no, Kind.ROW, tuple(cell.pieces for cell in cells)), flaws
    parsed = language.parse(written.rstrip())
    return Line(no, Kind.PARAGRAPH, (parsed.pieces,)), parsed.flaws


def _cells(written: str) -> Iterator[tuple[int, str]]:
    """The cells of a row with their places: bars inside quotations and clauses are none of its borders."""
    depth = 0
    borders: list[int] = []
    for found in _BORDER.finditer(written):
        depth += bool(found["open"]) - (bool(found["close"]) and depth > 0)
        if found["bar"] and depth == 0:
            borders.append(found.start())
    if not written[borders[-1] + 1 :].strip() and len(borders) > 1:
        stops = borders[1:]
    else:
        stops = [*borders[1:], len(written)]
    for border, stop in zip(borders, stops, strict=False):
        cell = written[border + 1 : stop]
        yield border + 1 + len(cell) - len(cell.lstrip()), cell.strip()


def _misplaced(line: Line) -> Iterator[language.Flaw]:
    names = list(language.names(line.pieces))
    if line.kind is Kind.HEADING:
        for quote in language.quotes(line.pieces):
            message = _("A heading cannot hold a figure; put it into the paragraph below.")
            yield language.Flaw(quote.at, message)
    if line.kind is not Kind.ROW:
        for name in names:
            if name.of in REPEATING or name.of in COUNTING:
                yield language.Flaw(name.at, only_in_a_row(name.of))
        return
    yield from row_flaws(names, line.repeats)


def row_flaws(names: Iterable[language.Name], repeated_for: str) -> Iterator[language.Flaw]:
    """A row is repeated for one thing, and only a repeated row is numbered."""
    for name in names:
        if name.of in REPEATING and name.of != repeated_for:
            says = _("A row is repeated for one thing; this one names %(one)s and %(other)s.")
            yield language.Flaw(name.at, says % {"one": repeated_for, "other": name.of})
        elif name.of in COUNTING and not repeated_for:
            says = _("“%(name)s” numbers repeated rows; this row has no %(names)s.")
            yield language.Flaw(name.at, says % {"name": name.of, "names": " / ".join(REPEATING)})


def only_in_a_row(name: str) -> str:
    return _("“%(name)s” stands in a row of a table only; the row is repeated for each.") % {"name": name}


def _tables(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Rows in neighbouring lines."""
    table: list[Line] = []
    for line in lines:
        if line.kind is Kind.ROW and table and line.no == table[-1].no + 1:
            table.append(line)
            continue
        if table:
            yield table
        table = [line] if line.kind is Kind.ROW else []
    if table:
        yield table


def _caption_and_rows(table: Sequence[Line]) -> tuple[Line | None, list[Line]]:
    rows = [line for line in table if not _is_rule(line)]
    if len(rows) > 1 and len(rows[0].cells) == 1 and len(rows[1].cells) > 1:
        return rows[0], rows[1:]
    return None, rows


def _is_rule(line: Line) -> bool:
    return len(line.cells) > 1 and all(
        all(isinstance(piece, language.Text) and _RULE.fullmatch(piece.text) for piece in cell) and cell
        for cell in line.cells
    )


def _table_flaws(table: Sequence[Line]) -> Iterator[Flaw]:
    _caption, rows = _caption_and_rows(table)
    width = len(rows[0].cells) if rows else 0
    if rows and rows[0].tells:
        yield Flaw(rows[0].no, 1, _("A table begins with a row of heads, without figures."))
    if width > MOST_COLUMNS:
        yield Flaw(rows[0].no, 1, _("A table has at most %(most)d columns.") % {"most": MOST_COLUMNS})
    for row in rows[1:]:
        if len(row.cells) != width:
            says = ngettext(
                "This row has %(cells)d cell, the first row of the table %(width)d.",
                "This row has %(cells)d cells, the first row of the table %(width)d.",
                len(row.cells),
            )
            yield Flaw(row.no, 1, says % {"cells": len(row.cells), "width": width})


# ---- writing


def draft(template: Template, teller: Teller, *, drop_unknown: bool = False, level: int = 1) -> Draft:
    """The template with the figures of the moment.

    What the ledger does not know is never 0: it is printed as — (and the list of figures explains it) or, with drop_unknown, its
    sentence is left out; that is told. level: of the highest headings, where the text is a part of another one.
    """
    writer = _Writer(teller, drop_unknown=drop_unknown, deeper=level - 1)
    return writer.draft(template.lines)


def said(
    pieces: Pieces,
    teller: Teller,
    row: Row | None = None,
    *,
    number: int = 0,
    left_out: Callable[[Pieces], None] = lambda _pieces: None,
) -> list[Said]:
    """The runs of a paragraph or cell. number: of the repeated row."""

    def known(quote: language.Quote) -> bool:
        return teller.figure(quote, row) is not None

    gone: list[Pieces] = []
    found: list[Said] = []
    for piece in language.standing(pieces, known, gone.append):
        if isinstance(piece, language.Text):
            found.append(Said(piece.at, Text(text=piece.text), literal=True))
        elif isinstance(piece, language.Quote):
            found += [Said(piece.at, run) for run in _quoted(piece, teller, row)]
        else:
            found.append(Said(piece.at, Text(text=_named(piece.of, teller, row, number))))
    for passage in gone:
        left_out(passage)
    return _ended(found) if gone else found


def _ended(runs: list[Said]) -> list[Said]:
    """With a full stop where the end of the last sentence has gone: what is left over is a comma or semicolon."""
    if runs and isinstance(last := runs[-1].run, Text) and last.text.endswith(("；", "，")):
        return [*runs[:-1], replace(runs[-1], run=Text(text=f"{last.text[:-1]}。"))]
    return runs


def _quoted(quote: language.Quote, teller: Teller, row: Row | None) -> Iterator[Run]:
    title, counter = teller.indicator(quote.what)
    figure = teller.figure(quote, row)
    if figure is None:
        yield Unknown(code=quote.what, title=title, unit=quote.unit or (row.title if row else ""))
        return
    yield figure
    if quote.form in ("figure", "wan"):
        yield Text(text=counter if teller.written_in == "zh-hans" else f" {counter}")


def _named(of: str, teller: Teller, row: Row | None, number: int) -> str:
    if of in COUNTING:
        return str(number)
    return row.title if row is not None and of in REPEATING else teller.name(of)


@dataclass
class _Entry:
    """A line as it came out: no block where all of it fell away. level 0: no heading."""

    level: int
    block: Block | None


@dataclass
class _Part:
    """The text itself, or an annex."""

    title: str = ""
    entries: list[_Entry] = field(default_factory=list)

    def blocks(self) -> Blocks:
        kept = standing_headings([(entry.level, entry.block is not None) for entry in self.entries])
        return tuple(entry.block for entry, stays in zip(self.entries, kept, strict=True) if stays and entry.block)


def standing_headings(entries: Sequence[tuple[int, bool]]) -> list[bool]:
    """Which of (level or 0, is there) stay: a heading below which everything fell away falls with it."""
    kept = []
    for at, (level, there) in enumerate(entries):
        below = []
        for deeper, stands in entries[at + 1 :] if level else ():
            if 0 < deeper <= level:
                break
            below += [stands] if not deeper else []
        kept.append(there and (not below or any(below)))
    return kept


class _Writer:
    def __init__(self, teller: Teller, *, drop_unknown: bool, deeper: int) -> None:
        self.teller, self.drop_unknown, self.deeper = teller, drop_unknown, deeper
        self.parts = [_Part()]
        self.addressee = ""
        self.left_out: list[str] = []

    def draft(self, lines: Sequence[Line]) -> Draft:
        tables = {table[0].no: table for table in _tables(lines)}
        for line in lines:
            if line.no in tables:
                self._put(0, self._table(tables[line.no]))
            elif line.kind is Kind.HEADING:
                self._heading(line)
            elif line.kind is Kind.PARAGRAPH:
                self._paragraph(line)
        text, *annexes = self.parts
        return Draft(
            blocks=text.blocks(),
            addressee=self.addressee,
            annexes=tuple(_annex(part.title, blocks) for part in annexes if (blocks := part.blocks())),
            left_out=tuple(dict.fromkeys(self.left_out)),
        )

    def _put(self, level: int, block: Block | None) -> None:
        self.parts[-1].entries.append(_Entry(level, block))

    def _heading(self, line: Line) -> None:
        text = runs_text(each.run for each in said(line.pieces, self.teller)).strip()
        annex = _ANNEX.fullmatch(text) if line.level == 1 else None
        if annex and not self.deeper:
            self.parts.append(_Part(annex["title"]))
        elif text:
            level = min(4, line.level + self.deeper)
            self._put(level, Heading(level=level, text=annex["title"] if annex else text))

    def _paragraph(self, line: Line) -> None:
        runs = self._runs(line.pieces)
        text = runs_text(runs)
        if self._goes_to(line, text):
            self.addressee = text
        else:
            self._put(0, Paragraph(runs=runs) if text.strip() else None)

    def _goes_to(self, line: Line, text: str) -> bool:
        """主送机关: the very first line, when it ends in a colon and quotes nothing."""
        first = not self.deeper and len(self.parts) == 1 and not self.parts[0].entries and not self.addressee
        return first and not any(True for _quote in language.quotes(line.pieces)) and bool(_ADDRESSEE.fullmatch(text))

    def _runs(self, pieces: Pieces, row: Row | None = None, number: int = 0) -> Runs:
        found = said(pieces, self.teller, row, number=number, left_out=self._leave_out)
        if self.drop_unknown and row is None:
            found = without_unknown(found, self.left_out)
        return joined(each.run for each in found)

    def _leave_out(self, pieces: Pieces) -> None:
        self.left_out.append(as_written(pieces))

    def _table(self, table: Sequence[Line]) -> Table | None:
        caption, rows = _caption_and_rows(table)
        told = next((at for at, row in enumerate(rows) if row.tells), 1)
        heads, body = rows[:told], rows[told:]
        made = [(row, list(self._repeated(row))) for row in body]
        repeated = [found for row, found in made if row.repeats]
        cells = [run for _row, found in made for row in found for cell in row for run in cell]
        # A unit without units below has no table of them, and one in which nothing is known says nothing.
        if (repeated and not any(repeated)) or not says_something(cells):
            self.left_out.append(as_written((caption or rows[0]).pieces))
            return None
        totals = made.pop()[1][0] if repeated and len(made) > 1 and not made[-1][0].repeats else None
        return Table(
            caption=runs_text(self._runs(caption.pieces)) if caption else "",
            columns=tuple(self._columns(heads, body)),
            rows=tuple(chain.from_iterable(found for _row, found in made)),
            totals=totals,
        )

    def _repeated(self, line: Line) -> Iterator[tuple[Runs, ...]]:
        if not line.repeats:
            yield tuple(self._runs(cell) for cell in line.cells)
            return
        for number, row in enumerate(self.teller.rows(line.repeats), 1):
            yield tuple(self._runs(cell, row, number) for cell in line.cells)

    def _columns(self, heads: Sequence[Line], body: Sequence[Line]) -> Iterator[Column]:
        words = [[runs_text(self._runs(cell)) for cell in head.cells] for head in heads]
        for at in range(len(heads[0].cells)):
            path = [_head(row, at, rest) for row, rest in zip(words, _tails(words), strict=True)]
            yield Column(
                heads=tuple(path[: 1 + max((n for n, head in enumerate(path) if head), default=0)]),
                align=_align([row.cells[at] for row in body]),
            )


def says_something(runs: Iterable[Run]) -> bool:
    """Does it tell a figure, or does it quote none at all?"""
    kinds = {type(run) for run in runs}
    return Quote in kinds or Unknown not in kinds


def _tails(words: list[list[str]]) -> Iterator[list[list[str]]]:
    return (words[at + 1 :] for at in range(len(words)))


def _head(row: list[str], at: int, below: list[list[str]]) -> str:
    """A head that is left empty above one that is not goes on from its neighbour on the left."""
    if row[at] or not any(deeper[at] for deeper in below):
        return row[at]
    return next((row[left] for left in range(at, -1, -1) if row[left]), "")


def _align(cells: Sequence[Pieces]) -> Align:
    """Numbers stand at the right, what numbers the rows in the middle."""
    pieces = [piece for cell in cells for piece in cell]
    if pieces and all(isinstance(piece, language.Quote) for piece in pieces):
        return Align.RIGHT
    if any(isinstance(piece, language.Name) and piece.of in COUNTING for piece in pieces):
        return Align.CENTER
    return Align.LEFT


def _annex(title: str, blocks: Blocks) -> Annex:
    widest = max((len(block.columns) for block in blocks if isinstance(block, Table)), default=0)
    paper = Paper.A4 if widest <= PORTRAIT_COLUMNS else Paper.A4_LANDSCAPE
    return Annex(title=title, blocks=blocks, paper=paper if widest <= LANDSCAPE_COLUMNS else Paper.A3_LANDSCAPE)


# ---- runs


def joined(runs: Iterable[Run]) -> Runs:
    """Neighbouring texts as one, without the white space at both ends."""
    found: list[Run] = []
    for run in runs:
        if isinstance(run, Text) and found and isinstance(before := found[-1], Text):
            found[-1] = Text(text=before.text + run.text)
        else:
            found.append(run)
    if found and isinstance(first := found[0], Text):
        found[0] = Text(text=first.text.lstrip())
    if found and isinstance(last := found[-1], Text):
        found[-1] = Text(text=last.text.rstrip())
    return tuple(run for run in found if not isinstance(run, Text) or run.text)


def without_unknown(runs: Sequence[Said], left_out: list[str]) -> list[Said]:
    """The paragraph without the sentences that print —."""
    kept: list[Said] = []
    for sentence in _sentences(runs):
        if any(isinstance(each.run, Unknown) for each in sentence):
            left_out.append(runs_text(each.run for each in sentence).strip())
        else:
            kept += sentence
    return _ended(kept)


def _sentences(runs: Iterable[Said]) -> Iterator[list[Said]]:
    sentence: list[Said] = []
    for each in runs:
        if not isinstance(each.run, Text):
            sentence.append(each)
            continue
        for found in _SENTENCE.finditer(each.run.text):
            at = each.at + found.start() if each.literal else each.at
            sentence.append(replace(each, at=at, run=Text(text=found.group())))
            if _SENTENCE_END.search(found.group()):
                yield sentence
                sentence = []
    if sentence:
        yield sentence
