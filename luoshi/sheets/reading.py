"""From a file to rows of values and a list of flaws.

`read_workbook` raises Rejected when the file as a whole cannot be used; everything else becomes a Flaw at its cell.
Columns may stand in any order, under headings in any language of the product.
"""

import csv
import hashlib
import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, Any

import python_calamine
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from luoshi.sheets import cells, container
from luoshi.sheets.cells import Raw, cell_name
from luoshi.sheets.columns import Column, Reading, Ref, error_cell
from luoshi.sheets.container import Look
from luoshi.sheets.flaws import Bad, Flaw, Rejected
from luoshi.sheets.sheet import SEQUENCE, SIGNATURES, Sheet, furniture_words, heading_key, heading_unit, words_for

HEADER_DEPTH = 30
FLAW_LIMIT = 5_000
# Python's codec knows GB 18030-2005 and puts these characters into the private area; the 2022 edition has their places.
GB18030_2022 = str.maketrans(
    {
        **{0xE78D + n: 0xFE10 + to for n, to in enumerate((0, 2, 1, 3, 4, 5, 6, 7, 8, 9))},
        **dict(
            zip((0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864), range(0x9FB4, 0x9FBC), strict=True)
        ),
        0xE7C7: 0x1E3F,
    }
)


class Outcome(StrEnum):
    """What confirming would do with a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    BAD = "bad"


@dataclass
class Row:
    """One row of data: the number that Excel shows, the values by column name, and whether any of its cells is bad."""

    number: int
    values: dict[str, Any]
    bad: bool = False

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


# What a caller says of a row that could be read: its outcome, or what is wrong, by column name ("" for the whole row).
Resolve = Callable[[Row], Outcome | Mapping[str, str]]


@dataclass(frozen=True)
class Summary:
    """The result of a dry run."""

    counts: Mapping[Outcome, int]
    outcomes: Mapping[int, Outcome]

    @property
    def new(self) -> int:
        return self.counts[Outcome.NEW]

    @property
    def changed(self) -> int:
        return self.counts[Outcome.CHANGED]

    @property
    def unchanged(self) -> int:
        return self.counts[Outcome.UNCHANGED]

    @property
    def bad(self) -> int:
        return self.counts[Outcome.BAD]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass
class Parsed:
    """What was read: rows in the order of the file, flaws to be corrected, notes to be known.

    positions: column name → index of the column in the file. digest: SHA-256 of the bytes that were read.
    """

    sheet: Sheet
    digest: str
    rows: list[Row] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    notes: list[Flaw] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    worksheet: str = ""
    flaws_left_out: int = 0

    @property
    def good(self) -> bool:
        """May this file be confirmed?"""
        return not self.flaws and bool(self.rows)

    def note(self, code: str, message: str, *, row: int = 0, column: str = "", cell: str = "") -> None:
        self.notes.append(Flaw(row, column, cell, code, message))

    def flaw(self, row: Row, column: str, code: str, message: str) -> None:
        """Record what is wrong with a row, at the cell of a column when one is named."""
        row.bad = True
        if len(self.flaws) >= FLAW_LIMIT:
            self.flaws_left_out += 1
            return
        index = self.positions.get(column)
        label = str(self.sheet[column].label) if column else ""
        cell = "" if index is None else cell_name(row.number, index)
        self.flaws.append(Flaw(row.number, label, cell, code, message))

    def summary(self, resolve: Resolve) -> Summary:
        """Ask the caller about each good row; what it objects to is added to the flaws."""
        outcomes: dict[int, Outcome] = {}
        for row in self.rows:
            if not row.bad:
                answer = resolve(row)
                if isinstance(answer, Outcome):
                    outcomes[row.number] = answer
                else:
                    for column, message in answer.items():
                        self.flaw(row, column, "refused", message)
            if row.bad:
                outcomes[row.number] = Outcome.BAD
        self.flaws.sort()
        return Summary(Counter(outcomes.values()), outcomes)


@dataclass(frozen=True)
class Grid:
    """The cells of one worksheet or CSV file, and what is known about it beside them."""

    rows: Sequence[Sequence[Raw]]
    first_row: int = 1
    first_column: int = 0
    date1904: bool = False
    look: Look = field(default_factory=Look)
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()
    name: str = ""

    def numbered(self) -> Iterator[tuple[int, Sequence[Raw]]]:
        return enumerate(self.rows, start=self.first_row)


@dataclass(frozen=True)
class Header:
    """Where the headings stand, and which column of the file brings which column of the sheet."""

    row: int
    columns: Mapping[int, Column]
    readings: Mapping[str, Reading]
    unknown: Mapping[int, str]
    sequence: int | None


def read_workbook(file: IO[bytes] | bytes, sheet: Sheet, *, max_rows: int | None = None) -> Parsed:
    """Read an .xlsx workbook or a CSV file (UTF-8, UTF-16, GB18030). Raises Rejected, nothing else, for a bad file."""
    content = container.bounded(file)
    limit = min(max_rows or sheet.max_rows, sheet.max_rows)
    parsed = Parsed(sheet, hashlib.sha256(content).hexdigest())
    if content.startswith((container.ZIP, container.OLE)):
        grid, header = from_workbook(content, parsed, limit)
    else:
        grid = from_csv(content, limit)
        header = found_header(grid, sheet)
    if header is None:
        raise no_header(sheet)
    check_header(header, sheet, parsed)
    read_rows(grid, header, parsed, limit)
    resolve_references(parsed)
    check_merged(grid, header, parsed)
    check_duplicates(parsed)
    parsed.flaws.sort()
    return parsed


def no_header(sheet: Sheet) -> Rejected:
    return Rejected(
        "no_header",
        _("No row of headings was found. Use the template; it must have the columns: {columns}.").format(
            columns=_(", ").join(
                str(column.label) for column in sheet.columns if column.required or len(sheet.columns) < 6
            )
        ),
    )


def from_workbook(content: bytes, parsed: Parsed, limit: int) -> tuple[Grid, Header | None]:
    """The first visible worksheet that has the headings; the others are named in the notes."""
    package = container.opened(content)
    chosen: tuple[Grid, Header | None] = Grid(()), None
    others = []
    for worksheet in package.worksheets:
        if worksheet.hidden:
            if not worksheet.name.startswith("_"):
                others.append(worksheet.name)
        elif chosen[1] is not None:
            others.append(worksheet.name)
        else:
            look = package.look(worksheet)
            container.check_rectangle(look, max_rows=limit)
            grid = grid_of(package, worksheet.name, look)
            chosen = grid, found_header(grid, parsed.sheet)
            if chosen[1] is None and look.last_row:
                others.append(worksheet.name)
    parsed.worksheet = chosen[0].name
    if chosen[1] is not None and others:
        parsed.note("other_sheets", _("Not read: the worksheets {names}.").format(names=_(", ").join(others[:10])))
    return chosen


def grid_of(package: container.Container, name: str, look: Look) -> Grid:
    try:
        with python_calamine.load_workbook(io.BytesIO(package.content)) as workbook:
            values = workbook.get_sheet_by_name(name)
            start = values.start or (0, 0)
            merged = values.merged_cell_ranges or []
            # The rows come from the first used one on, the columns from A on.
            rows = values.to_python(skip_empty_area=True)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise container.damaged() from error
    return Grid(rows, start[0] + 1, start[1], package.date1904, look, merged, name)


def from_csv(content: bytes, limit: int) -> Grid:
    text = decoded(content)
    first_lines = "\n".join(text.split("\n", 5)[:5])
    delimiter = max(",\t;", key=first_lines.count)
    lines: list[list[Raw]] = []
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            lines.append([cells.unshielded(value) for value in line])
            if len(lines) > limit + HEADER_DEPTH + 40:
                raise container.too_many_rows(len(lines), limit)
    except csv.Error as error:
        raise Rejected("damaged", _("The CSV file cannot be read. Save it as .xlsx and upload that file.")) from error
    return Grid(lines)


def decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content[:4096]:
        encodings = []
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.translate(GB18030_2022) if encoding == "gb18030" else text
    raise Rejected("not_a_workbook", _("This is not an Excel workbook. Use the template, or save the file as .xlsx."))


def found_header(grid: Grid, sheet: Sheet) -> Header | None:
    """The row, among the first 30, that has the most headings of the sheet."""
    best: tuple[int, int, Sequence[Raw]] = (0, 0, ())
    for number, row in itertools.islice(grid.numbered(), HEADER_DEPTH):
        matches = len({heading_key(raw) for raw in row if isinstance(raw, str)} & sheet.by_heading.keys())
        if matches > best[0]:
            best = matches, number, row
    matches, number, row = best
    if matches < min(2, len(sheet.columns)):
        return None
    return header_of(grid, sheet, number, row)


def header_of(grid: Grid, sheet: Sheet, number: int, row: Sequence[Raw]) -> Header:
    columns: dict[int, Column] = {}
    readings: dict[str, Reading] = {}
    unknown: dict[int, str] = {}
    sequence = None
    for index, raw in enumerate(row, start=grid.first_column):
        text = str(raw).strip()
        column = sheet.by_heading.get(heading_key(text))
        if column is not None:
            if column in columns.values():
                raise Rejected(
                    "repeated_heading",
                    _("The heading “{heading}” occurs twice. Delete one of the columns.").format(heading=text),
                )
            columns[index] = column
            readings[column.name] = Reading(grid.date1904, heading_unit(text))
        elif heading_key(text) in words_for(SEQUENCE):
            sequence = index
        elif text:
            unknown[index] = text
    return Header(number, columns, readings, unknown, sequence)


def check_header(header: Header, sheet: Sheet, parsed: Parsed) -> None:
    parsed.positions = {column.name: index for index, column in header.columns.items()}
    missing = [str(column.label) for column in sheet.columns if column.required and column.name not in parsed.positions]
    if missing:
        raise Rejected(
            "missing_columns",
            _("These columns are missing: {columns}. Add them, or use the template.").format(
                columns=_(", ").join(missing)
            ),
        )
    for index, text in header.unknown.items():
        cell = cell_name(header.row, index)
        parsed.note(
            "unknown_column",
            _("The column “{heading}” is not known and was not read.").format(heading=text[:50]),
            cell=cell,
        )


def read_rows(grid: Grid, header: Header, parsed: Parsed, limit: int) -> None:
    hidden: list[int] = []
    for number, raws in data_rows(grid, header, parsed):
        if len(parsed.rows) == limit:
            raise container.too_many_rows(number, limit)
        parsed.rows.append(read_row(number, raws, grid, header, parsed))
        if number in grid.look.hidden_rows:
            hidden.append(number)
    if hidden:
        message = ngettext(
            "{count} hidden row was read too (row {first}).",
            "{count} hidden rows were read too (first: row {first}).",
            len(hidden),
        )
        parsed.note("hidden_rows", message.format(count=len(hidden), first=hidden[0]), row=hidden[0])
    for name, index in parsed.positions.items():
        if index in grid.look.hidden_columns:
            label = str(parsed.sheet[name].label)
            parsed.note(
                "hidden_column", _("The hidden column “{heading}” was read too.").format(heading=label), column=label
            )


def data_rows(grid: Grid, header: Header, parsed: Parsed) -> Iterator[tuple[int, Sequence[Raw]]]:
    """The rows below the headings that are data: no hints, no sample, no totals, nothing from the signatures on."""
    gap = False
    for number, row in grid.numbered():
        if number <= header.row:
            continue
        if not any(filled(raw) for raw in row) and not marked_cell(grid, number, header):
            gap = True
            continue
        if gap and is_signature(row):
            return
        if kind := furniture(row, grid, header):
            if kind == "total":
                parsed.note("total_row", _("Row {row} is a total and was not read.").format(row=number), row=number)
            continue
        yield number, row


def filled(raw: Raw) -> bool:
    return raw is not None and (not isinstance(raw, str) or bool(raw.translate(cells.WEIGHTLESS).strip()))


def marked_cell(grid: Grid, number: int, header: Header) -> bool:
    """Is there an error or an unfinished formula in this row, which a reader of values sees as empty?"""
    return any(
        (number, index) in grid.look.errors or (number, index) in grid.look.unfinished for index in header.columns
    )


def furniture(row: Sequence[Raw], grid: Grid, header: Header) -> str:
    """What the 序号 column says of a row that is no data: total, hint, example. Elsewhere these words are data."""
    if header.sequence is None:
        return ""
    word = cells.folded(str(at(row, grid, header.sequence)))
    return furniture_words().get(word, "")


def is_signature(row: Sequence[Raw]) -> bool:
    first = next((str(raw) for raw in row if filled(raw)), "")
    key = cells.folded(first).split(":")[0]
    return ":" in cells.folded(first) and any(key in words_for(label) for label in SIGNATURES)


def at(row: Sequence[Raw], grid: Grid, index: int) -> Raw:
    place = index - grid.first_column
    return row[place] if 0 <= place < len(row) else ""


def read_row(number: int, raws: Sequence[Raw], grid: Grid, header: Header, parsed: Parsed) -> Row:
    row = Row(number, {column.name: None for column in parsed.sheet.columns})
    for index, column in header.columns.items():
        try:
            row.values[column.name] = read_cell(number, index, column, raws, grid, header)
        except Bad as bad:
            parsed.flaw(row, column.name, bad.code, bad.message)
    return row


def read_cell(number: int, index: int, column: Column, raws: Sequence[Raw], grid: Grid, header: Header) -> Any:
    if (error := grid.look.errors.get((number, index))) is not None:
        raise error_cell(error)
    if (number, index) in grid.look.unfinished:
        raise Bad(
            "formula_without_value",
            _("The formula has no stored result. Open the file in Excel, save it, or paste the values."),
        )
    return column.read(at(raws, grid, index), header.readings[column.name])


def resolve_references(parsed: Parsed) -> None:
    for column in parsed.sheet.columns:
        if not isinstance(column, Ref) or column.name not in parsed.positions:
            continue
        texts = {row[column.name] for row in parsed.rows if row[column.name] is not None}
        found = column.lookup(texts) if column.lookup and texts else {}
        in_file = {str(row[column.within]) for row in parsed.rows} if column.within else set()
        for row in parsed.rows:
            text = row[column.name]
            if text is None:
                continue
            try:
                row.values[column.name] = column.resolved(text, found, in_file)
            except Bad as bad:
                row.values[column.name] = None
                parsed.flaw(row, column.name, bad.code, bad.message)


def check_merged(grid: Grid, header: Header, parsed: Parsed) -> None:
    """Merged cells hide to which row a value belongs."""
    by_number = {row.number: row for row in parsed.rows}
    for (top, left), (bottom, right) in grid.merged:
        if bottom + 1 <= header.row or (top, left) == (bottom, right):
            continue
        columns = [column for index, column in header.columns.items() if left <= index <= right]
        rows = [
            by_number[number] for number in range(top + 1, min(bottom, top + FLAW_LIMIT) + 2) if number in by_number
        ]
        for row, column in itertools.product(rows[:1], columns[:1]):
            parsed.flaw(
                row,
                column.name,
                "merged",
                _("The cells {first}:{last} are merged. Unmerge them and fill in every row.").format(
                    first=cell_name(top + 1, left), last=cell_name(bottom + 1, right)
                ),
            )
            for other in rows:
                other.bad = True


def check_duplicates(parsed: Parsed) -> None:
    for key in parsed.sheet.keys:
        first_seen: dict[tuple[Any, ...], int] = {}
        for row in parsed.rows:
            values = tuple(row[name] for name in key)
            if None in values:
                continue
            first = first_seen.setdefault(values, row.number)
            if first != row.number:
                message = _("The same value stands in row {row} already. Each may occur only once.").format(row=first)
                parsed.flaw(row, key[0], "duplicate", message)
