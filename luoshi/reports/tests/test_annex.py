"""The figures of a report as an Excel file."""

import io

import openpyxl
import pytest

from luoshi.reports.annex import write_annex
from luoshi.reports.outline import Outline, numbered
from luoshi.reports.tests import sample

SEALED = sample.sealed()


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(write_annex(SEALED)))


def test_each_figure_has_its_row_with_value_definition_and_source(book):
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 1 + len(SEALED.content.figures)
    assert rows[0][:3] == ("序号", "数字", "数值或分子")
    coverage = next(row for row in rows if row[5] == "reading.coverage")
    assert coverage[1:4] == ("92.3%", 2455, 2659)
    declared = next(row for row in rows if row[5] == "projects.started")
    assert declared[11:13] == ("填报", "云发改〔2023〕88号")
    assert declared[13].isoformat()[:10] == "2023-11-18"
    assert str(rows[1][9]) == "2023-11-20 18:00:00"


def test_a_zero_is_a_number_and_what_is_not_there_is_empty(book):
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    zero = next(row for row in rows if row[7] == "西山乡")
    assert zero[2] == 0
    assert zero[3] is None


def test_the_seal_is_on_a_sheet_of_its_own(book):
    assert next(row[1] for row in book.worksheets[1].iter_rows(values_only=True)) == SEALED.code


def test_the_same_seal_gives_the_same_bytes():
    assert write_annex(SEALED) == write_annex(SEALED)


def test_a_title_that_looks_like_a_formula_stays_text():
    figure = sample.quote("3", numerator=3, title='=HYPERLINK("http://x")')
    report = numbered(Outline(title="报告", blocks=(sample.sentence(figure),)))
    book = openpyxl.load_workbook(io.BytesIO(write_annex(sample.sealed(report))))
    cell = book.worksheets[0]["E2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
