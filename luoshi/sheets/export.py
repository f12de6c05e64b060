"""XLSX and CSV out of the same columns, streamed to a file; what is exported can be imported again unchanged."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import IO, Any, Literal

from django.utils.translation import gettext as _

from luoshi.sheets import blank, layout
from luoshi.sheets.cells import shielded
from luoshi.sheets.columns import Column
from luoshi.sheets.layout import Paper
from luoshi.sheets.sheet import SEQUENCE, SIGNATURES, TOTAL, Sheet

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv"
Encoding = Literal["utf-8-sig", "gb18030"]
MAX_ROWS = 1_048_000


@dataclass(frozen=True)
class Frame:
    """What stands around the rows on paper: title, unit and as-of line, totals, signatures."""

    _: KW_ONLY
    title: str = ""
    unit: str = ""
    as_of: str = ""
    totals: dict[str, Any] | None = None
    signed: bool = False
    size: Paper = "A4"


def xlsx(sheet: Sheet, subjects: Iterable[object], *, frame: Frame | None = None) -> IO[bytes]:
    """A temporary file at its beginning; the caller closes it, which deletes it. Memory does not grow with the rows."""
    # Held by nobody but the handle: it is gone when closed, also after a crash.
    result: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        with layout.workbook(path, streamed=True) as book:
            Export(book, sheet, frame or Frame()).write(subjects)
        with path.open("rb") as source:
            while piece := source.read(1024 * 1024):
                result.write(piece)
    result.seek(0)
    return result


class Export:
    """One export while it is being written: strictly downwards, as streaming demands."""

    def __init__(self, book: Any, sheet: Sheet, frame: Frame) -> None:
        self.sheet, self.frame = sheet, frame
        self.page = book.add_worksheet(blank.safe_name(str(sheet.title)))
        self.looks = layout.formats(book)
        self.cell_looks = [layout.cell_format(book, column.number_format) for column in sheet.columns]
        self.total_looks = [layout.cell_format(book, column.number_format, bold=True) for column in sheet.columns]
        self.last = len(sheet.columns)
        self.row = 0

    def write(self, subjects: Iterable[object]) -> None:
        self.page.set_column(0, 0, 6)
        for index, column in enumerate(self.sheet.columns, start=1):
            self.page.set_column(index, index, column.display_width())
        self.top()
        self.headings()
        for number, subject in enumerate(subjects, start=1):
            if number > MAX_ROWS:
                raise ValueError(f"a worksheet holds at most {MAX_ROWS} rows; export as CSV")
            self.data(number, subject)
        self.bottom()

    def top(self) -> None:
        self.page.set_row(0, 30)
        self.page.merge_range(0, 0, 0, self.last, self.frame.title or str(self.sheet.title), self.looks["title"])
        self.row = 1
        if self.frame.unit or self.frame.as_of:
            unit = _("Unit: {unit}").format(unit=self.frame.unit) if self.frame.unit else ""
            self.page.write_string(1, 0, unit, self.looks["line"])
            if self.frame.as_of:
                as_of = _("As of {moment}").format(moment=self.frame.as_of)
                self.page.write_string(1, self.last, as_of, self.looks["line_right"])
            self.row = 2

    def headings(self) -> None:
        first = self.row
        if self.sheet.groups:
            blank.write_groups(self.page, self.row, self.sheet, self.looks["heading"])
            self.row += 1
        self.page.write_string(self.row, 0, str(SEQUENCE), self.looks["heading"])
        for index, column in enumerate(self.sheet.columns, start=1):
            self.page.write_string(self.row, index, column.heading, self.looks["heading"])
        self.row += 1
        self.page.freeze_panes(self.row, 1)
        layout.paper(self.page, self.frame.size, heading_rows=(first, self.row - 1))

    def data(self, number: int, subject: object) -> None:
        self.page.write_number(self.row, 0, number, self.looks["sequence"])
        for index, (column, look) in enumerate(zip(self.sheet.columns, self.cell_looks, strict=True), start=1):
            blank.write_value(self.page, self.row, index, column, column.value(subject), look)
        self.row += 1

    def bottom(self) -> None:
        if self.frame.totals is not None:
            self.page.write_string(self.row, 0, str(TOTAL), self.looks["total"])
            for index, (column, look) in enumerate(zip(self.sheet.columns, self.total_looks, strict=True), start=1):
                blank.write_value(self.page, self.row, index, column, self.frame.totals.get(column.name), look)
            self.row += 1
        if self.frame.signed:
            self.page.write_string(self.row + 1, 0, signature_line(), self.looks["line"])


def signature_line() -> str:
    return "          ".join(f"{label}：" for label in SIGNATURES)


def csv_lines(
    columns: Sequence[Column], subjects: Iterable[object], *, encoding: Encoding = "utf-8-sig"
) -> Iterator[bytes]:
    """A CSV file piece by piece, without title or totals: for machines, and for very large lists."""
    line = Line()
    writer = csv.writer(line, lineterminator="\r\n")
    if encoding == "utf-8-sig":
        yield b"\xef\xbb\xbf"
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    writer.writerow([shielded(column.heading) for column in columns])
    yield line.taken().encode(codec)
    for number, subject in enumerate(subjects, start=1):
        writer.writerow([column.plain(column.value(subject)) for column in columns])
        if number % 500 == 0:
            yield line.taken().encode(codec)
    yield line.taken().encode(codec)


class Line:
    """What the csv module writes to; `taken` empties it."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        self.parts.append(text)
        return len(text)

    def taken(self) -> str:
        text = "".join(self.parts)
        self.parts.clear()
        return text
