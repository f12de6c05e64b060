"""The language of quotations in report paragraphs."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from luoshi.reports.quotes import Clause, Name, Quote, QuoteFlaw, Text, parse, quotes, rendered

VALUES = {"classes": "2659个", "zero": "0个"}


def shown(text: str) -> str:
    return rendered(
        parse(text),
        figure=lambda quote: VALUES.get(quote.code),
        name={"unit": "甘肃省", "as_of": "11月20日"}.__getitem__,
    )


def test_a_figure_stands_in_the_text():
    assert shown("{{ unit }}截至{{ as_of }}举办{{ figure: classes }}读书班。") == "甘肃省截至11月20日举办2659个读书班。"


def test_an_unknown_figure_reads_as_a_dash_and_zero_as_zero():
    assert shown("办班{{ figure: nothing }}，化解{{ figure: zero }}。") == "办班—，化解0个。"


def test_a_clause_falls_away_while_a_figure_in_it_is_unknown():
    assert shown("办班[[{{ figure: classes }}]]。[[结对{{ figure: pairs }}。]]") == "办班2659个。"
    assert shown("[[结对{{ figure: pairs }}，办班{{ figure: classes }}||结对尚未填报]]。") == "结对尚未填报。"


def test_a_quotation_can_name_a_unit_and_a_window():
    assert parse("{{ number: pledges of 武威市 since 2023-09-01 }}") == (
        Quote("number", "pledges", "武威市", date(2023, 9, 1)),
    )
    assert parse("{{share:a from 2023-09-01 to 2023-09-30}}") == (
        Quote("share", "a", "", date(2023, 9, 1), date(2023, 9, 30)),
    )


def test_the_pieces_are_told_apart():
    assert parse("甲{{ unit }}[[乙{{ figure: a }}]]丙") == (
        Text("甲"), Name("unit"), Clause((Text("乙"), Quote("figure", "a"))), Text("丙"),
    )  # fmt: skip
    assert [quote.code for quote in quotes(parse("{{ figure: a }}[[{{ figure: b }}||{{ figure: c }}]]"))] == [
        "a",
        "b",
        "c",
    ]


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("甲{{ classes }}", 1, "is no quotation"),
        ("{{ figur: classes }}", 0, "is no quotation"),
        ("{{ figure: classes", 0, "no partner"),
        ("甲 }}", 2, "no partner"),
        ("甲]]", 1, "no partner"),
        ("||", 0, "no partner"),
        ("[[甲{{ figure: a }}", 0, "not closed"),
        ("[[{{ figure: a }}[[", 17, "no partner"),
        ("[[{{ figure: a }}||乙||丙]]", 20, "no partner"),
        ("[[甲]]", 0, "quotes none"),
        ("{{ figure: a since 9月 }}", 0, "is no day"),
        ("{{ figure: a from 2023-10-01 to 2023-09-01 }}", 0, "ends before it begins"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text, offset, words):
    with translation.override("en"), pytest.raises(QuoteFlaw) as told:
        parse(text)
    assert told.value.offset == offset
    assert words in told.value.message


@given(st.text(alphabet="{}[]|: figureof甲a-20", max_size=60))
def test_any_text_is_parsed_or_told(text):
    told, words = -1, None
    try:
        words = rendered(parse(text), figure=lambda _quote: None, name=str)
    except QuoteFlaw as flaw:
        told = flaw.offset
    assert words is not None or 0 <= told <= len(text)


@given(st.text(alphabet="甲乙丙，。x ", max_size=40))
def test_text_without_quotations_is_unchanged(text):
    assert rendered(parse(text), figure=lambda _quote: None, name=str) == text
