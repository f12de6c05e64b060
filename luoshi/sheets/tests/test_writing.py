"""Template, export and the marked file, as Excel and the next reader see them."""

import io

import openpyxl
import pytest
from django.utils import translation

from luoshi.sheets import blank, export, marking
from luoshi.sheets.columns import Choice, Code, Money, Number, Text
from luoshi.sheets.export import Frame
from luoshi.sheets.flaws import Flaw
from luoshi.sheets.reading import read_workbook
from luoshi.sheets.sheet import Sheet
from luoshi.sheets.tests.cast import HEADINGS, PEOPLE, people, row, workbook

FLAW = Flaw(2, "姓名", "B2", "required", "=必须填写")


def reopened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


def headings(page, number):
    return [cell.value for cell in page[number]]


def test_the_template_has_headings_hints_text_format_and_lists():
    book = reopened(blank.template(PEOPLE))
    page = book.worksheets[0]
    assert headings(page, 4)[1:3] == ["编号 *", "姓名 *"]
    assert page["B5"].value == "文本格式"
    assert page.column_dimensions["B"].width >= 10
    assert {validation.formula1 for validation in page.data_validations.dataValidation} >= {'"党支部,办公室"'}
    assert page.freeze_panes == "B6"
    assert page.page_setup.orientation == "landscape"
    assert page.print_title_rows == "$4:$4"


def test_the_template_is_read_back_as_empty_with_or_without_the_sample():
    for sample in (True, False):
        assert read_workbook(blank.template(PEOPLE, sample=sample), PEOPLE).rows == []


def test_the_template_speaks_the_active_language_and_is_read_in_any():
    with translation.override("en"):
        english = blank.template(PEOPLE)
    with translation.override("zh-hans"):
        chinese = blank.template(PEOPLE)
        assert headings(reopened(chinese).worksheets[0], 4)[0] == "序号"
        assert read_workbook(english, PEOPLE).rows == []


def test_a_long_list_stands_on_a_hidden_worksheet():
    many = [(str(number), f"第{number}类，含逗号的选项") for number in range(60)]
    sheet = Sheet("kinds", title="类别", columns=[Code("code", "编号"), Choice("kind", "类别名", choices=many)])
    book = reopened(blank.template(sheet))
    assert book["_lists"].sheet_state == "hidden"
    assert book["_lists"]["A60"].value == "第59类，含逗号的选项"
    assert book.worksheets[0].data_validations.dataValidation[0].formula1 == "_lists!$A$1:$A$60"


def test_headings_can_be_locked_while_cells_stay_open():
    page = reopened(blank.template(PEOPLE, protect=True, size="A3")).worksheets[0]
    assert page.protection.sheet
    assert page["B4"].protection.locked
    assert not page.column_dimensions["B"].protection.locked
    assert page.page_setup.paperSize in (8, "8")


def test_an_export_has_title_lines_two_level_heading_total_and_signatures():
    frame = Frame(title="人员台账", unit="白银市", as_of="2023-11-23 09:12", totals={"size": 3}, signed=True)
    with (
        translation.override("zh-hans"),
        export.xlsx(PEOPLE, [row(size=1), row(code="002", size=2)], frame=frame) as file,
    ):
        page = reopened(file.read()).worksheets[0]
    assert page["A1"].value == "人员台账"
    assert page["A2"].value == "单位：白银市"
    assert page["J2"].value == "截至 2023-11-23 09:12"
    assert page["C3"].value == "本人"
    assert "C3:D3" in {str(merged) for merged in page.merged_cells.ranges}
    assert headings(page, 4) == ["序号", *HEADINGS[:4], "金额（元）", *HEADINGS[5:]]
    assert [cell.value for cell in page["E"]][4:7] == [1, 2, 3]
    assert page["A7"].value == "合计"
    assert str(page["A9"].value).startswith("填表人：")


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "https://example.cn"])
def test_text_never_becomes_a_formula_or_link(text):
    with export.xlsx(PEOPLE, [row(name=text)]) as file:
        cell = reopened(file.read()).worksheets[0]["C4"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_csv_starts_with_a_mark_for_excel_or_is_gb18030():
    assert b"".join(export.csv_lines(PEOPLE.columns, [row()])).startswith("\ufeff编号".encode())
    assert b"".join(export.csv_lines(PEOPLE.columns, [row()], encoding="gb18030")).startswith("编号".encode("gb18030"))


def test_the_users_own_file_comes_back_with_marks_comments_and_a_list():
    content = people(row(name="=1+1"), row(code="002"))
    page_name = "数据"
    book = reopened(marking.marked(content, [FLAW], worksheet=page_name))
    cell = book[page_name]["B2"]
    assert cell.fill.start_color.rgb == "FFFCDADA"
    assert FLAW.message in cell.comment.text
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert book[page_name]["B3"].comment is None
    listed = book.worksheets[0]
    assert [listed.cell(2, column).value for column in range(1, 5)] == [2, "姓名", "B2", FLAW.message]
    assert listed["D2"].data_type == "s"


def test_a_marked_file_can_be_corrected_and_read_again():
    content = marking.marked(marking.marked(people(row(name=None)), [FLAW]), [FLAW])
    assert len(reopened(content).worksheets) == 2
    assert [flaw.cell for flaw in read_workbook(content, PEOPLE).flaws] == ["B2"]


def test_a_flaw_inside_merged_cells_is_listed_without_harm():
    merge = lambda page, number, index: page.merge_range(number, index, number + 1, index, "x")  # noqa: E731
    content = workbook([["001", merge], ["002"]])
    assert reopened(marking.marked(content, [Flaw(3, "姓名", "B3", "merged", "m")])).worksheets[0]["C2"].value == "B3"


@pytest.mark.parametrize(
    "content", ["编号,姓名\n001,\n".encode(), b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_what_cannot_be_reopened_gives_a_plain_list(content):
    book = reopened(marking.marked(content, [FLAW]))
    assert book.worksheets[0]["D2"].value == FLAW.message
    assert book.worksheets[0]["D2"].data_type == "s"


def test_wide_money_is_written_in_its_unit():
    sheet = Sheet(
        "sums", title="资金", columns=[Code("code", "编号"), Money("amount", "金额", per="wan"), Number("n", "数")]
    )
    with translation.override("zh-hans"), export.xlsx(sheet, [{"code": "1", "amount": 12_345_678, "n": 0}]) as file:
        page = reopened(file.read()).worksheets[0]
    assert page["C2"].value == "金额（万元）"
    assert page["C3"].value == 12.345678
    assert page["D3"].value == 0


def test_two_columns_may_not_share_a_heading():
    with pytest.raises(ValueError, match="share the heading"):
        Sheet("twice", title="x", columns=[Text("a", "名称"), Text("b", "名 称*")])


def test_a_workbook_of_too_many_formatted_cells_gives_a_plain_list(monkeypatch):
    monkeypatch.setattr(marking, "CELL_LIMIT", 20)
    assert reopened(marking.marked(people(row()), [FLAW])).sheetnames != [marking.list_title()]
    assert reopened(marking.marked(people(*[row()] * 10), [FLAW])).sheetnames == [marking.list_title()]
