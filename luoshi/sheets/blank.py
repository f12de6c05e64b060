"""The Excel template of a sheet: headings, hints, drop-down lists, formats; ready to fill in and to print."""

import tempfile
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from luoshi.sheets import layout
from luoshi.sheets.cells import column_letters
from luoshi.sheets.columns import Column
from luoshi.sheets.layout import Paper
from luoshi.sheets.sheet import EXAMPLE, HINT, SEQUENCE, Sheet

PREPARED_ROWS = 5_000
# Excel takes a list of its own inside a rule only up to 255 characters; longer ones stand on a hidden worksheet.
INLINE_LIMIT = 255
LISTS = "_lists"


def template(sheet: Sheet, *, sample: bool = True, protect: bool = False, size: Paper = "A4") -> bytes:
    """An empty workbook of a sheet in the active language.

    sample: with one row that shows how to fill in; reading skips it. protect: headings and hints cannot be changed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        with layout.workbook(path, streamed=False) as book:
            Template(book, sheet, protect=protect).write(sample=sample, size=size)
        return path.read_bytes()


class Template:
    """One template while it is being written; rows and columns count from 0, column 0 is 序号."""

    def __init__(self, book: Any, sheet: Sheet, *, protect: bool) -> None:
        self.book, self.sheet, self.protect = book, sheet, protect
        self.page = book.add_worksheet(safe_name(str(sheet.title)))
        self.lists: Any = None
        self.list_columns = 0
        self.looks = layout.formats(book)
        self.heading_row = 3 if sheet.groups else 2

    def write(self, *, sample: bool, size: Paper) -> None:
        last = len(self.sheet.columns)
        self.page.merge_range(0, 0, 0, last, str(self.sheet.title), self.looks["title"])
        self.page.set_row(0, 30)
        self.page.merge_range(1, 0, 1, last, self.instructions(), self.looks["instruction"])
        self.page.set_row(1, 48)
        if self.sheet.groups:
            write_groups(self.page, 2, self.sheet, self.looks["heading"])
        self.headings()
        first_data_row = self.heading_row + (3 if sample else 2)
        if sample:
            self.sample(self.heading_row + 2)
        for index, column in enumerate(self.sheet.columns, start=1):
            self.prepare(index, column, first_data_row - (1 if sample else 0))
        self.page.freeze_panes(self.heading_row + 2, 1)
        layout.paper(self.page, size, heading_rows=(self.heading_row, self.heading_row))
        if self.protect:
            self.page.protect(
                "", {"insert_rows": True, "delete_rows": True, "format_columns": True, "sort": True, "autofilter": True}
            )

    def instructions(self) -> str:
        standing = _(
            "Red headings with * must be filled in. Do not merge cells; write one record a row. "
            "Columns may be reordered; rows marked in the first column are not imported."
        )
        return f"{self.sheet.instructions}\n{standing}" if self.sheet.instructions else standing

    def headings(self) -> None:
        self.page.write_string(self.heading_row, 0, str(SEQUENCE), self.looks["heading"])
        self.page.write_string(self.heading_row + 1, 0, str(HINT), self.looks["hint"])
        self.page.set_row(self.heading_row, 24)
        self.page.set_row(self.heading_row + 1, 36)
        for index, column in enumerate(self.sheet.columns, start=1):
            heading = f"{column.heading} *" if column.required else column.heading
            self.page.write_string(
                self.heading_row, index, heading, self.looks["required" if column.required else "heading"]
            )
            self.page.write_string(self.heading_row + 1, index, column.hint_text(), self.looks["hint"])

    def sample(self, row: int) -> None:
        self.page.write_string(row, 0, str(EXAMPLE), self.looks["hint"])
        for index, column in enumerate(self.sheet.columns, start=1):
            write_value(
                self.page, row, index, column, column.sample, layout.cell_format(self.book, column.number_format)
            )

    def prepare(self, index: int, column: Column, first_row: int) -> None:
        look = self.book.add_format({"num_format": column.number_format, "locked": not self.protect})
        self.page.set_column(index, index, column.display_width(), look)
        if options := column.options():
            self.page.data_validation(first_row, index, first_row + PREPARED_ROWS, index, self.rule(options))

    def rule(self, options: list[str]) -> dict[str, Any]:
        source: Any = options
        if len(",".join(options)) > INLINE_LIMIT or any("," in option for option in options):
            source = self.listed(options)
        return {
            "validate": "list",
            "source": source,
            "error_title": _("Not in the list"),
            "error_message": _("Please choose a value from the list."),
        }

    def listed(self, options: list[str]) -> str:
        if self.lists is None:
            self.lists = self.book.add_worksheet(LISTS)
            self.lists.hide()
        index = self.list_columns
        self.list_columns += 1
        for row, option in enumerate(options):
            self.lists.write_string(row, index, option)
        letters = column_letters(index)
        return f"={LISTS}!${letters}$1:${letters}${len(options)}"


def safe_name(title: str) -> str:
    """A worksheet's name: at most 31 characters, none of []:*?/\\ and no quote at an end."""
    name = "".join("-" if character in "[]:*?/\\" else character for character in title).strip("'")
    return name[:31] or "Sheet"


def write_groups(page: Any, row: int, sheet: Sheet, look: Any) -> None:
    """The upper row of a two-level heading: one merged cell over neighbours of the same group."""
    first = 1
    page.write_blank(row, 0, None, look)
    columns = list(sheet.columns)
    while first <= len(columns):
        group = str(columns[first - 1].group)
        last = first
        while last < len(columns) and group and str(columns[last].group) == group:
            last += 1
        if last > first:
            page.merge_range(row, first, row, last, group, look)
        else:
            page.write_string(row, first, group, look)
        first = last + 1


def write_value(page: Any, row: int, index: int, column: Column, value: Any, look: Any) -> None:
    """Write by type, so that text stays text whatever it begins with."""
    cell = column.cell(value)
    if cell is None or cell == "":
        page.write_blank(row, index, None, look)
    elif isinstance(cell, str):
        page.write_string(row, index, cell if len(cell) <= 32_767 else cell[:32_766] + "…", look)
    elif isinstance(cell, bool):
        page.write_boolean(row, index, cell, look)
    elif isinstance(cell, int | float):
        page.write_number(row, index, cell, look)
    else:
        page.write_datetime(row, index, cell, look)
