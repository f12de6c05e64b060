"""The document as data."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from luoshi.reports.outline import (
    Column,
    Form,
    Heading,
    Outline,
    Paragraph,
    Table,
    Text,
    Unknown,
    figures,
    head_rows,
    labelled,
    lines,
    numbered,
    print_number,
    unknowns,
)
from luoshi.reports.tests.sample import FLOATING, RATE, READING, REPORT, cell, quote, sentence


def test_json_comes_back_as_the_same_document_and_the_same_bytes():
    again = Outline.from_json(REPORT.to_json())
    assert again == REPORT
    assert again.to_json() == REPORT.to_json()


def test_an_instant_in_another_time_zone_is_the_same_bytes():
    beijing = READING.model_copy(update={"as_of": datetime.fromisoformat("2023-11-20T18:00:00+08:00")})
    utc = READING.model_copy(update={"as_of": datetime(2023, 11, 20, 10, tzinfo=UTC)})
    one, other = (Outline(title="报告", blocks=(sentence(each),)) for each in (beijing, utc))
    assert one.to_json() == other.to_json()


def test_json_with_a_misspelt_key_is_refused():
    with pytest.raises(ValidationError, match="titel"):
        Outline.from_json('{"titel": "报告", "title": "报告", "blocks": []}')


def test_figures_are_numbered_in_reading_order_and_the_same_figure_keeps_its_number():
    report = numbered(Outline(title="报告", blocks=(sentence(RATE, "，", READING), sentence(READING, "；", FLOATING))))
    assert lines(report)[1:] == ("92.3%[1]，2659[2]", "2659[2]；2.4万[3]")
    assert [figure.code for figure in figures(report)] == ["reading.coverage", "reading.units", "floating.managed"]
    assert numbered(report) == report


def test_the_same_indicator_of_two_units_is_two_figures():
    other = READING.model_copy(update={"unit": "东河镇"})
    assert len(figures(numbered(Outline(title="报告", blocks=(sentence(READING, "、", other),))))) == 2


@pytest.mark.parametrize("printed", ["2658", "2.6万", "0", "2659.5"])
def test_a_quote_that_does_not_print_its_value_is_refused(printed):
    with pytest.raises(ValidationError, match=r"2659|2,659"):
        quote(printed, numerator=2659)


@pytest.mark.parametrize("printed", ["2.4万", "2.3万", "23987", "2万", "0.0002亿"])
def test_rounding_and_cutting_off_are_both_the_value(printed):
    assert quote(printed, numerator=23987).exact == Decimal(23987)


@pytest.mark.parametrize("printed", ["2659个", "两千", "2,659", "", "٣"])
def test_what_is_no_printed_number_is_refused(printed):
    with pytest.raises(ValidationError):
        quote(printed, numerator=3)


def test_a_quote_behind_a_digit_is_refused_because_they_would_read_as_one_number():
    with pytest.raises(ValidationError, match="2659"):
        sentence("全省1", READING)
    assert sentence("11月", READING)


def test_text_cannot_pose_as_a_reference():
    for build in (
        lambda: Text(text="见[3]"),
        lambda: Heading(level=1, text="[3]"),
        lambda: Outline(title="[1]", blocks=()),
    ):
        with pytest.raises(ValidationError, match="〔1〕"):
            build()


def test_a_row_with_a_cell_too_few_is_refused_with_its_number():
    columns = (Column(heads=("单位",)), Column(heads=("问题",)))
    with pytest.raises(ValidationError, match="2"):
        Table(columns=columns, rows=((cell("甲"), cell("乙")), (cell("丙"),)))


def test_heads_join_over_neighbours_and_reach_down():
    columns = tuple(Column(heads=heads) for heads in [("单位",), ("问题", "存量"), ("问题", "增量"), ("备注",)])
    assert head_rows(columns) == (
        (("单位", 1, False), ("问题", 2, False), ("备注", 1, False)),
        (("", 1, True), ("存量", 1, False), ("增量", 1, False), ("", 1, True)),
    )


def test_equal_heads_under_different_groups_stay_apart():
    columns = tuple(Column(heads=heads) for heads in [("存量", "市", "数"), ("增量", "市", "数")])
    assert [[text for text, _span, _continues in row] for row in head_rows(columns)] == [
        ["存量", "增量"],
        ["市", "市"],
        ["数", "数"],
    ]


def test_headings_are_labelled_as_the_standard_says():
    levels = [1, 2, 2, 3, 4, 4, 1, 2]
    blocks = tuple(Heading(level=level, text="标题") for level in levels)
    assert [label for _block, label in labelled(blocks, "zh-hans")] == [
        "一、",
        "（一）",
        "（二）",
        "1. ",
        "（1）",
        "（2）",
        "二、",
        "（一）",
    ]


def test_english_headings_are_numbered_as_in_english():
    blocks = tuple(Heading(level=level, text="Heading") for level in (1, 2, 2, 1, 2))
    assert [label for _block, label in labelled(blocks, "en")] == ["1 ", "1.1 ", "1.2 ", "2 ", "2.1 "]


def test_the_eleventh_and_twentieth_headings_read_well():
    labels = [label for _block, label in labelled(tuple(Heading(level=1, text="标题") for _ in range(21)), "zh-hans")]
    assert (labels[9], labels[10], labels[19], labels[20]) == ("十、", "十一、", "二十、", "二十一、")


def test_a_heading_with_its_own_label_keeps_it():
    assert [label for _block, label in labelled((Heading(level=1, text="三、下一步"),), "zh-hans")] == [""]


def test_what_the_ledger_does_not_know_is_a_dash_and_never_zero():
    report = Outline(title="报告", blocks=(sentence("计划", Unknown(code="planned"), "个。"),))
    assert "计划—个。" in lines(report)
    assert unknowns(report) == (Unknown(code="planned"),)


@pytest.mark.parametrize(
    ("numerator", "denominator", "form", "expected"),
    [
        (2659, None, Form.FIGURE, "2659"),
        (0, None, Form.FIGURE, "0"),
        (9999, None, Form.WAN, "9999"),
        (23987, None, Form.WAN, "2.4万"),
        (251_000, None, Form.WAN, "25.1万"),
        (240_000, None, Form.WAN, "24万"),
        (125_000_000, None, Form.WAN, "1.25亿"),
        (2455, 2659, Form.PERCENT, "92.3%"),
        (1, 1, Form.PERCENT, "100%"),
        (2658, 2659, Form.PERCENT, "99.9%"),
        (1, 99_999, Form.PERCENT, "0.1%"),
        (0, 5, Form.PERCENT, "0%"),
        (7, 2, Form.FIGURE, "3.5"),
    ],
)
def test_numbers_are_printed_as_official_texts_have_them(numerator, denominator, form, expected):
    assert print_number(numerator, denominator, form=form) == expected


def test_an_amount_in_fen_is_printed_in_yuan():
    assert print_number(1_234_567, form=Form.FIGURE, scale=100) == "12345.67"
    assert print_number(1_234_567_800, form=Form.WAN, scale=100) == "1234.6万"


@given(
    numerator=st.integers(min_value=-(10**12), max_value=10**12),
    denominator=st.none() | st.integers(min_value=1, max_value=10**6),
    form=st.sampled_from(Form),
    scale=st.sampled_from([1, 100]),
)
def test_whatever_is_printed_is_accepted_as_a_quote_of_its_value(numerator, denominator, form, scale):
    if form is Form.PERCENT:
        denominator, scale = denominator or 1, 1
        numerator = abs(numerator)
    if denominator is not None:
        scale = 1
    printed = print_number(numerator, denominator, form=form, scale=scale)
    made = quote(printed, numerator=numerator, denominator=denominator).model_dump() if scale == 1 else None
    assert made is None or made["printed"] == printed


def test_every_run_of_the_paragraph_is_in_the_lines():
    assert lines(REPORT)[:3] == ("关于专项活动推进情况的报告", "市领导小组：", "现将截至11月20日的推进情况报告如下。")
    assert "全县2659[1]个领导班子举办了读书班，覆盖率92.3%[2]；2.4万[3]名流动党员纳入有效管理。" in lines(REPORT)
    assert isinstance(REPORT.blocks[0], Paragraph)


def test_a_print_that_says_less_than_the_value_is_rounded():
    assert [quote(printed, numerator=n, denominator=of).rounded for printed, n, of in (
        ("2659", 2659, None), ("2.4万", 23987, None), ("2.4万", 24000, None), ("92.3%", 2455, 2659), ("50%", 1, 2), ("0%", 0, 3),
    )] == [False, True, False, True, False, False]  # fmt: skip
