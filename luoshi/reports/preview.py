"""预览 — a report as it will print, block by block, for the page: text, and figures that can be marked."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from luoshi.reports import outline as text
from luoshi.reports.contents import outline_of
from luoshi.reports.models import Report
from luoshi.reports.outline import Outline, Quote, Runs, Unknown
from luoshi.reports.word.package import opened
from luoshi.reports.word.reading import Grid, printed_blocks

_REFERENCE = re.compile(r"(?P<printed>-?[\d.]+(?:万亿|万|亿)?[%‰]?)\[(?P<n>\d+)\](?P<star>\*?)|(?P<unknown>—)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line.

    n: the number of the figure that it prints; declared: counted by another system; unknown: — for what the ledger does not hold.
    """

    text: str
    n: int = 0
    declared: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    pieces: tuple[Piece, ...]
    span: int = 1
    depth: int = 1
    align: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What stands below each other. kind: title, heading, deeper, paragraph, plain, signature, table."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    heads: tuple[tuple[Cell, ...], ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


def preview(report: Report) -> list[Line]:
    outline = outline_of(report)
    if outline is not None:
        return list(_outline_lines(outline))
    if not report.body:
        return []
    with report.body.open("rb") as file:
        return [_block(block) for block in printed_blocks(opened(file.read()))]


def _block(block: str | Grid) -> Line:
    if isinstance(block, str):
        return Line("plain", tuple(_marked(block)))
    rows = tuple(tuple(Cell(tuple(_marked(" ".join(cell)))) for cell in row) for row in block)
    return Line("table", _plain(""), rows=rows)


def _plain(words: str) -> tuple[Piece, ...]:
    return (Piece(words),)


def _marked(line: str) -> Iterator[Piece]:
    end = 0
    for found in _REFERENCE.finditer(line):
        if found.start() > end:
            yield Piece(line[end : found.start()])
        if found["unknown"]:
            yield Piece("—", unknown=True)
        else:
            yield Piece(found["printed"], int(found["n"]), declared=bool(found["star"]))
        end = found.end()
    if end < len(line):
        yield Piece(line[end:])


def _outline_lines(outline: Outline) -> Iterator[Line]:
    if outline.masthead:
        yield from (Line("plain", _plain(line)) for line in text.masthead_lines(outline.masthead))
    yield Line("title", _plain(outline.title))
    if outline.addressee:
        yield Line("plain", _plain(text.addressee_text(outline)))
    yield from _block_lines(outline.blocks, outline.language)
    if outline.closing:
        yield Line("paragraph", _plain(outline.closing))
    yield from (Line("paragraph", _plain(note)) for note in text.annex_notes(outline))
    if outline.signature:
        yield from (Line("signature", _plain(unit)) for unit in outline.signature.units)
        yield Line("signature", _plain(text.date_text(outline.signature.on, language=outline.language)))
    for at, annex in enumerate(outline.annexes, start=1):
        yield Line("plain", _plain(text.annex_label(outline, at)))
        yield Line("title", _plain(annex.title))
        yield from _block_lines(annex.blocks, outline.language)


def _block_lines(blocks: text.Blocks, language: str) -> Iterator[Line]:
    for block, label in text.labelled(blocks, language):
        if isinstance(block, text.Heading):
            yield Line("heading" if block.level == 1 else "deeper", _plain(label + block.text))
        elif isinstance(block, text.Paragraph):
            yield Line("paragraph", _pieces(block.runs))
        else:
            yield _table(block)


def _table(block: text.Table) -> Line:
    return Line("table", _plain(block.caption), tuple(_heads(block)), tuple(_row(block, row) for row in block.all_rows))


def _heads(block: text.Table) -> Iterator[tuple[Cell, ...]]:
    """The rows of the head; a cell that goes on below reaches down instead."""
    rows = [_placed(row) for row in text.head_rows(block.columns)]
    for level, row in enumerate(rows):
        cells = []
        for at, (words, span, continues) in row.items():
            below = (deeper.get(at, ("", 0, False))[2] for deeper in rows[level + 1 :])
            if not continues:
                cells.append(Cell(_plain(words), span, 1 + sum(takewhile(bool, below))))
        yield tuple(cells)


def _placed(row: Iterable[tuple[str, int, bool]]) -> dict[int, tuple[str, int, bool]]:
    """The cells of a head row by their column."""
    found, at = {}, 0
    for cell in row:
        found[at] = cell
        at += cell[1]
    return found


def _row(block: text.Table, row: Iterable[Runs]) -> tuple[Cell, ...]:
    return tuple(Cell(_pieces(cell), align=str(column.align)) for cell, column in zip(row, block.columns, strict=True))


def _pieces(runs: Runs) -> tuple[Piece, ...]:
    return tuple(_piece(run) for run in runs)


def _piece(run: text.Run) -> Piece:
    if isinstance(run, Quote):
        return Piece(run.printed, run.n, declared=run.declared is not None)
    if isinstance(run, Unknown):
        return Piece(text.UNKNOWN, unknown=True)
    return Piece(run.text)
