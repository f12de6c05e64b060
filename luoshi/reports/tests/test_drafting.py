"""Template text becomes paragraphs, headings and tables with figures."""

import pytest
from django.utils import translation

from luoshi.reports.drafting import Draft, Flaw, check_template, draft, read_template
from luoshi.reports.outline import Align, Heading, Outline, Paper, Paragraph, Table, Unknown, lines, numbered, unknowns
from luoshi.reports.tests.telling import FIGURES, Answers


def drafted(template: str, *, drop_unknown: bool = False, rows: tuple[str, ...] = ("东河镇", "西山乡")) -> Draft:
    read = read_template(template)
    assert not read.flaws, read.flaws
    return draft(read, Answers(rows), drop_unknown=drop_unknown)


def text_of(template: str, *, drop_unknown: bool = False) -> list[str]:
    made = drafted(template, drop_unknown=drop_unknown)
    return list(lines(numbered(Outline(title="题", blocks=made.blocks))))[1:]


def table_of(template: str, rows: tuple[str, ...] = ("东河镇", "西山乡")) -> Table:
    block = next(iter(drafted(template, rows=rows).blocks))
    assert isinstance(block, Table)
    return block


def flaws_of(template: str) -> list[tuple[int, int, str]]:
    with translation.override("en"):
        return [(flaw.line, flaw.column, flaw.message) for flaw in check_template(read_template(template), FIGURES)]


def test_each_form_of_a_figure_is_filled_in():
    template = (
        "全省{{ figure: reading.units }}班子，共{{ number: reading.units }}个，{{wan：流动党员}}，"
        "{{ share: reading.coverage }}；平凉{{ figure: reading.units of 平凉市 }}。"
    )
    assert text_of(template) == ["全省2659[1]个班子，共2659[1]个，2.4万[2]名，92.3%[3]；平凉157[4]个。"]


def test_lines_are_paragraphs_and_hashes_are_headings():
    made = drafted("# 理论学习\r\n\r\n第一段。\n  ## 读书班 \n＃＃ {{ unit }}\n第二段。")
    assert [type(block) for block in made.blocks] == [Heading, Paragraph, Heading, Heading, Paragraph]
    assert [(b.level, b.text) for b in made.blocks if isinstance(b, Heading)] == [
        (1, "理论学习"), (2, "读书班"), (2, "云岭县"),
    ]  # fmt: skip


def test_a_signed_zero_is_known():
    assert text_of("[[承诺{{ figure: pledges }}。]]") == ["承诺0[1]项。"]


def test_a_paragraph_of_which_nothing_stands_goes_and_its_heading_with_it():
    template = "# 甲\n在。\n# 乙\n## 丙\n[[丁{{ figure: planned }}。]]\n## 戊\n[[己{{ figure: planned }}。]]\n# 庚\n## 辛\n在。"
    assert text_of(template) == ["一、甲", "在。", "二、庚", "（一）辛", "在。"]
    assert drafted(template).left_out == ("丁〈planned〉。", "己〈planned〉。")


def test_the_unknown_is_a_dash_and_is_told_by_its_title():
    made = drafted("甲{{ figure: planned of 东乡县 }}个。")
    assert unknowns(Outline(title="题", blocks=made.blocks)) == (
        Unknown(code="planned", title="计划项目", unit="东乡县"),
    )


def test_the_sentence_of_the_unknown_is_dropped_on_request_and_told():
    template = "甲{{ figure: reading.units }}；乙{{ figure: planned }}。丙。\n只有{{ figure: planned }}。"
    assert text_of(template, drop_unknown=True) == ["甲2659[1]个；丙。"]
    assert drafted(template, drop_unknown=True).left_out == ("乙—。", "只有—。")


def test_a_clause_that_has_become_the_last_ends_in_a_full_stop():
    template = "甲{{ figure: reading.units }}；乙{{ figure: planned }}。"
    assert text_of(template, drop_unknown=True) == ["甲2659[1]个。"]


def test_a_sentence_whose_end_fell_away_ends_in_a_full_stop():
    assert text_of(
        "[[承诺{{ figure: pledges }}，]][[计划{{ figure: planned }}；]][[再计划{{ figure: planned }}。]]"
    ) == ["承诺0[1]项。"]
    assert text_of("[[承诺{{ figure: pledges }}，]]其余从略，") == ["承诺0[1]项，其余从略，"]


def test_a_first_line_that_ends_in_a_colon_tells_to_whom_it_goes():
    assert drafted("省委主题教育领导小组，省直各部门：\n正文。").addressee == "省委主题教育领导小组，省直各部门："
    assert drafted("现将有关情况报告如下：\n正文。").addressee == ""
    assert drafted("正文。\n各乡镇：").addressee == ""


# ---- tables

TABLE = """
| 各乡镇进展情况 |
| 序号 | 单位 | 读书班 | | 备注 |
| | | 已办 | 占比 | |
| {{ no }} | {{ territory }} | {{ number: reading.units }} | {{ share: reading.coverage }} | [[{{ number: planned }}||无]] |
| | 合计 | {{ number: reading.units }} | {{ share: reading.coverage }} | |
"""


def test_a_row_is_repeated_for_each_territory():
    assert text_of(TABLE) == [
        "各乡镇进展情况", "序号", "单位", "读书班", "备注", "已办", "占比",
        "1", "东河镇", "12[1]", "92.3%[2]", "无",
        "2", "西山乡", "0[3]", "—", "无",
        "合计", "2659[4]", "92.3%[5]",
    ]  # fmt: skip


def test_a_table_in_which_nothing_is_known_goes():
    made = drafted(
        "# 计划\n| 项目 | 数 |\n| {{ territory }} | {{ number: planned }} |\n| 合计 | {{ number: planned }} |\n# 完"
    )
    assert [block.text for block in made.blocks if isinstance(block, Heading)] == ["完"]
    assert made.left_out == ("项目数",)
    assert table_of("| 甲 | 乙 |\n| 丙 | 丁 |").rows


def test_heads_columns_and_totals_of_a_table():
    table = table_of(TABLE)
    assert [column.heads for column in table.columns] == [
        ("序号",), ("单位",), ("读书班", "已办"), ("读书班", "占比"), ("备注",),
    ]  # fmt: skip
    assert [column.align for column in table.columns] == [
        Align.CENTER, Align.LEFT, Align.RIGHT, Align.RIGHT, Align.LEFT,
    ]  # fmt: skip
    assert (len(table.rows), table.totals is not None) == (2, True)


def test_a_table_for_which_there_are_no_rows_goes_with_its_heading():
    made = drafted(f"# 各地\n{TABLE}\n# 完", rows=())
    assert [block.text for block in made.blocks if isinstance(block, Heading)] == ["完"]
    assert made.left_out == ("各乡镇进展情况",)


def test_a_table_of_plain_rows_stands_as_it_is_written():
    table = table_of(
        "| 项目 | 数字 |\n|---|---:|\n| 读书班 | {{ number: reading.units }} |\n| 承诺 | {{ number: pledges }} |"
    )
    assert (len(table.rows), table.totals) == (2, None)


def test_bars_inside_clauses_and_quotations_do_not_part_cells():
    table = table_of("| 甲 | 乙 |\n| [[{{ number: planned }}||未报]] | {{ number: reading.units }}")
    assert len(table.rows[0]) == 2


def test_an_annex_stands_on_pages_of_its_own():
    wide = " | ".join("甲" * 10)
    made = drafted(f"正文。\n# 附件：各乡镇进展\n{TABLE}\n# 附件2: 台账\n| {wide} |\n| {wide} |")
    assert [(annex.title, annex.paper) for annex in made.annexes] == [
        ("各乡镇进展", Paper.A4), ("台账", Paper.A4_LANDSCAPE),
    ]  # fmt: skip
    assert len(made.blocks) == 1


def test_inside_another_text_headings_are_deeper_and_annexes_are_parts():
    made = draft(read_template("# 甲\n在。\n# 附件：乙\n在。"), Answers(), level=2)
    assert [(b.level, b.text) for b in made.blocks if isinstance(b, Heading)] == [(2, "甲"), (2, "乙")]
    assert made.annexes == ()


# ---- flaws


@pytest.mark.parametrize(
    ("template", "place", "words"),
    [
        ("甲\n乙{{ figur: a }}", (2, 2), "Did you mean “figure”?"),
        ("甲\n\n [[", (3, 2), "not closed"),
        ("# 标题{{ figure: pledges }}", (1, 5), "A heading cannot hold a figure"),
        ("甲{{ figure: pledge }}", (1, 2), "There is no figure “pledge”. Did you mean “pledges”?"),
        ("甲{{ share: pledges }}", (1, 2), "no denominator"),
        ("甲{{ territory }}", (1, 2), "in a row of a table only"),
        ("甲{{ 序号 }}", (1, 2), "in a row of a table only"),
        ("| 甲 | 乙 |\n| {{ no }} | 乙 |", (2, 3), "this row has no territory / sector / below"),
        ("| 甲 | 乙 |\n| {{ territory }} | {{ sector }} |", (2, 21), "names territory and sector"),
        ("| {{ territory }} | {{ number: pledges }} |", (1, 1), "begins with a row of heads"),
        ("| 甲 | 乙 |\n| 丙 |\n| 丁 | 戊 |", (2, 1), "has 1 cell, the first row of the table 2"),
        ("|" + " 甲 |" * 41, (1, 1), "at most 40 columns"),
        ("甲" * 500_001, (1, 1), "longer than 500000"),
    ],
)
def test_a_flaw_is_told_with_its_place(template, place, words):
    assert [(line, column, True) for line, column, message in flaws_of(template)] == [(*place, True)]
    assert words in flaws_of(template)[0][2]


def test_all_flaws_are_told_at_once_in_their_order():
    assert [line for line, _column, _message in flaws_of("{{ share: pledges }}\n{{ wrong }}\n}}\n")] == [1, 2, 3]


def test_a_flaw_is_told_with_line_and_column():
    with translation.override("en"):
        assert str(Flaw(3, 5, "Wrong.")) == "Line 3, column 5: Wrong."
