"""The user's own file back: bad cells coloured and commented, a first worksheet that lists what is to be corrected."""

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from luoshi.sheets import blank, container, layout
from luoshi.sheets.flaws import Flaw, Rejected

BAD_FILL = PatternFill("solid", start_color="FFFCDADA", end_color="FFFCDADA")
# openpyxl keeps every cell as an object of about 500 bytes; beyond this the plain list is returned.
CELL_LIMIT = 1_000_000
# What openpyxl raises for workbooks that Excel itself opens: unusual styles, missing parts, odd pictures.
# XML errors of lxml and of the standard library are both SyntaxErrors.
NOT_REOPENED = (
    InvalidFileException,
    zipfile.BadZipFile,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    ArithmeticError,
)
WIDTHS = (10, 20, 10, 80)


def marked(file: IO[bytes] | bytes, flaws: Sequence[Flaw], *, worksheet: str = "") -> bytes:
    """The workbook with its flaws shown in place, or a list of them when the workbook cannot be reopened.

    worksheet: the name of the one that was read; the first visible one otherwise. Running it on a marked file again
    replaces the earlier marks' list.
    """
    try:
        content = container.bounded(file)
        package = container.opened(content)
        if sum(package.look(each).cells for each in package.worksheets) > CELL_LIMIT:
            return flaw_list(flaws)
        return marked_book(content, flaws, worksheet)
    except (Rejected, *NOT_REOPENED):
        return flaw_list(flaws)


def marked_book(content: bytes, flaws: Sequence[Flaw], worksheet: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    target = marked_worksheet(book, worksheet)
    if target is not None:
        mark_cells(target, flaws)
    list_sheet(book, flaws)
    result = io.BytesIO()
    book.save(result)
    return result.getvalue()


def marked_worksheet(book: Workbook, name: str) -> Worksheet | None:
    sheets = [sheet for sheet in book.worksheets if isinstance(sheet, Worksheet) and sheet.title != list_title()]
    named = [sheet for sheet in sheets if sheet.title == name]
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    return next(iter(named or visible), None)


def mark_cells(sheet: Worksheet, flaws: Sequence[Flaw]) -> None:
    """Colour and comment; values are left alone, so that a text beginning with "=" keeps its type and stays text."""
    messages: dict[str, list[str]] = {}
    for flaw in flaws:
        if flaw.cell:
            messages.setdefault(flaw.cell, []).append(flaw.message)
    for name, texts in messages.items():
        row, column = coordinate_to_tuple(name)
        cell = sheet.cell(row, column)
        cell.fill = BAD_FILL
        if isinstance(cell, Cell):
            comment = Comment("\n".join(texts), "落实")
            comment.width, comment.height = 320, 40 + 24 * len(texts)
            cell.comment = comment


def list_title() -> str:
    return blank.safe_name(_("To be corrected"))


def headings() -> tuple[str, str, str, str]:
    return _("Row"), _("Column"), _("Cell"), _("What to do")


def list_sheet(book: Workbook, flaws: Sequence[Flaw]) -> None:
    if list_title() in book.sheetnames:
        del book[list_title()]
    sheet = book.create_sheet(list_title(), 0)
    for row, values in enumerate([headings(), *(line(flaw) for flaw in flaws)], start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # openpyxl would take "=…" for a formula
            if row == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCD", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False


def line(flaw: Flaw) -> tuple[Any, str, str, str]:
    return flaw.row or "", flaw.column, flaw.cell, flaw.message


def flaw_list(flaws: Sequence[Flaw]) -> bytes:
    """A workbook of its own with the list alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flaws.xlsx"
        with layout.workbook(path, streamed=False) as book:
            looks = layout.formats(book)
            page = book.add_worksheet(list_title())
            for index, (text, width) in enumerate(zip(headings(), WIDTHS, strict=True)):
                page.set_column(index, index, width)
                page.write_string(0, index, text, looks["heading"])
            for row, flaw in enumerate(flaws, start=1):
                for index, value in enumerate(line(flaw)):
                    page.write(row, index, value) if isinstance(value, int) else page.write_string(row, index, value)
            page.freeze_panes(1, 0)
        return path.read_bytes()
