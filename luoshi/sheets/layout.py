"""Paper and fonts of the workbooks that we write."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import xlsxwriter
from django.utils import translation

Paper = Literal["A4", "A3"]
PAPER_NUMBERS = {"A4": 9, "A3": 8}


def font() -> str:
    return "宋体" if (translation.get_language() or "").startswith("zh") else "Calibri"


@contextlib.contextmanager
def workbook(path: Path, *, streamed: bool) -> Iterator[xlsxwriter.Workbook]:
    """A workbook in which no text ever becomes a formula, a link or a number."""
    options = {
        "constant_memory": streamed,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": tempfile.gettempdir(),
        "default_format_properties": {"font_name": font(), "font_size": 11},
    }
    book = xlsxwriter.Workbook(str(path), options)
    try:
        yield book
    finally:
        book.close()


def paper(worksheet: Any, size: Paper, *, heading_rows: tuple[int, int]) -> None:
    """Landscape, as wide as one page, headings repeated, page numbers at the foot."""
    worksheet.set_landscape()
    worksheet.set_paper(PAPER_NUMBERS[size])
    worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(*heading_rows)
    worksheet.set_footer("&C&P / &N")


def formats(book: Any) -> dict[str, Any]:
    """The few looks of our worksheets."""
    edge = {"border": 1, "border_color": "#C9D0D8", "valign": "vcenter"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "line": book.add_format({"font_size": 10, "font_color": "#4A545F", "valign": "vcenter"}),
        "line_right": book.add_format({"font_size": 10, "font_color": "#4A545F", "align": "right"}),
        "instruction": book.add_format({"font_size": 10, "font_color": "#4A545F", "text_wrap": True, "valign": "top"}),
        "heading": book.add_format({**edge, "bold": True, "bg_color": "#F2F4F6", "align": "center", "text_wrap": True}),
        "required": book.add_format(
            {**edge, "bold": True, "bg_color": "#F2F4F6", "align": "center", "text_wrap": True, "font_color": "#A3231B"}
        ),
        "hint": book.add_format(
            {**edge, "font_size": 9, "font_color": "#66707B", "text_wrap": True, "num_format": "@", "valign": "top"}
        ),
        "sequence": book.add_format({**edge, "align": "center", "font_color": "#66707B"}),
        "total": book.add_format({**edge, "bold": True, "bg_color": "#F2F4F6"}),
    }


def cell_format(book: Any, number_format: str, *, bold: bool = False, open_to_edits: bool = False) -> Any:
    look: dict[str, Any] = {"num_format": number_format, "border": 1, "border_color": "#C9D0D8", "valign": "vcenter"}
    if number_format == "@":
        look["text_wrap"] = True
    if bold:
        look |= {"bold": True, "bg_color": "#F2F4F6"}
    if open_to_edits:
        look["locked"] = False
    return book.add_format(look)
