"""数字附表 — the figures that a report quotes, with their definitions, as an Excel file."""

import io
from collections.abc import Sequence
from datetime import date, datetime

import xlsxwriter
from django.utils import translation
from django.utils.translation import pgettext
from xlsxwriter.worksheet import Worksheet

from luoshi.reports.last_pages import BEIJING, WORDS, seal_facts
from luoshi.reports.outline import Quote
from luoshi.reports.seal import Sealed

_WIDTHS = (6, 12, 16, 16, 26, 22, 44, 20, 16, 17, 12, 12, 30, 12, 20)
Value = str | int | float | date | datetime | None


def write_annex(sealed: Sealed) -> bytes:
    """One row for each figure, exact values as numbers, and a sheet with the seal. The same seal, the same bytes."""
    content = sealed.content
    buffer = io.BytesIO()
    with translation.override(content.language):
        # Nothing in it is a formula or a link, whatever a title or definition begins with.
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(buffer, options) as book:
            at = content.as_of.astimezone(BEIJING).replace(tzinfo=None)
            book.set_properties({"title": content.title, "comments": sealed.code, "created": at})
            _figures(book, content.figures, content.language)
            _seal(book, sealed)
    return buffer.getvalue()


def _figures(book: xlsxwriter.Workbook, quotes: Sequence[Quote], language: str) -> None:
    sheet = book.add_worksheet(WORDS[language].sources[:31])
    head = book.add_format({"bold": True, "bg_color": "#F2F4F6", "border": 1, "border_color": "#C9D0D8"})
    formats = {
        int: book.add_format({"num_format": "#,##0", "valign": "top"}),
        float: book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        str: book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        date: book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"}),
    }
    for column, (title, width) in enumerate(zip(_heads(), _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    for row, quote in enumerate(quotes, start=1):
        for column, value in enumerate(_values(quote)):
            _write(sheet, row, column, value, formats)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(1, len(quotes)), len(_WIDTHS) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _write(sheet: Worksheet, row: int, column: int, value: Value, formats: dict[type, object]) -> None:
    if value is None:
        return
    style = formats[type(value)]
    if isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif isinstance(value, date):  # a datetime too
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write_number(row, column, value, style)


def _heads() -> tuple[str, ...]:
    return (
        pgettext("list of figures", "No."),
        pgettext("list of figures", "Figure"),
        pgettext("list of figures", "Value or numerator"),
        pgettext("list of figures", "Denominator"),
        pgettext("list of figures", "Indicator"),
        pgettext("list of figures", "Indicator code"),
        pgettext("list of figures", "Definition"),
        pgettext("list of figures", "Unit"),
        pgettext("list of figures", "Unit code"),
        pgettext("list of figures", "As of"),
        pgettext("list of figures", "Journal entry"),
        pgettext("list of figures", "Source"),
        pgettext("list of figures", "Document"),
        pgettext("list of figures", "Dated"),
        pgettext("list of figures", "Indicator version"),
    )


def _values(quote: Quote) -> tuple[Value, ...]:
    declared = quote.declared
    return (
        quote.n,
        quote.printed,
        quote.numerator / quote.scale if quote.scale > 1 else quote.numerator,
        quote.denominator,
        quote.title,
        quote.code,
        quote.definition or None,
        quote.whose,
        quote.unit_code or None,
        quote.as_of.astimezone(BEIJING).replace(tzinfo=None),
        quote.position,
        pgettext("list of figures", "declared") if declared else pgettext("list of figures", "computed"),
        declared.document if declared else None,
        declared.on if declared else None,
        quote.indicator_sha256,
    )


def _seal(book: xlsxwriter.Workbook, sealed: Sealed) -> None:
    sheet = book.add_worksheet(WORDS[sealed.content.language].seal[:31])
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 60)
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    for row, (name, value) in enumerate(seal_facts(sealed)):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, value, text)
