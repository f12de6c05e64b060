import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.lib import numerals
from luoshi.lib.numerals import BadNumber

counts = st.integers(0, numerals.LARGEST_COUNT)
WORDS = {"": 1, "万": 10**4, "亿": 10**8}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("23", 23),
        ("２３", 23),
        (" 1,200 ", 1_200),
        ("1，200", 1_200),
        ("1.2万", 12_000),
        ("25.1 万", 251_000),
        ("3百", 300),
        ("2千万", 20_000_000),
        ("1.5亿", 150_000_000),
        ("2.0", 2),
        ("007", 7),
        ("0", 0),
        ("零", 0),
        ("〇", 0),
        ("十", 10),
        ("二十三", 23),
        ("廿三", 23),
        ("一百零二", 102),
        ("一百二", 120),
        ("两千零五", 2_005),
        ("十二万", 120_000),
        ("壹佰贰拾", 120),
        ("三萬", 30_000),
        ("二〇二三", 2_023),
        ("一亿零三", 100_000_003),
    ],
)
def test_counts_as_they_appear_in_forms(text, number):
    assert numerals.parse_count(text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \u3000", "empty"),
        ("百分之八十", "share"),
        ("80%", "share"),
        ("８０％", "share"),
        ("三成", "share"),
        ("20余", "vague"),
        ("约20", "vague"),
        ("十几", "vague"),
        ("20以上", "vague"),
        ("-3", "negative"),
        ("−3", "negative"),
        ("负三", "negative"),
        ("1.5", "not-whole"),
        ("1.23456万", "not-whole"),
        ("9" * 16, "too-large"),
        ("23人", "no-number"),
        ("3-5", "no-number"),
        ("1,20", "no-number"),
        ("1,2000", "no-number"),
        ("1.2.3", "no-number"),
        ("1e3", "no-number"),
        ("0x10", "no-number"),
        ("十百", "no-number"),
        ("百", "no-number"),
        ("①", "no-number"),
        ("1." + "0" * 40 + "1", "no-number"),
        ("3²", "no-number"),
        ("1½", "no-number"),
        ("٣", "no-number"),
        ("无", "no-number"),
        ("若干", "no-number"),
        ("NaN", "no-number"),
        ("Infinity", "no-number"),
    ],
)
def test_what_is_no_count_says_why(text, code):
    with pytest.raises(BadNumber) as refusal:
        numerals.parse_count(text)
    assert refusal.value.code == code


@given(counts)
def test_a_count_reads_back_from_each_of_its_spellings(number):
    for text in (str(number), f"{number:,}", numerals.chinese(number)):
        assert numerals.parse_count(text) == number


@given(st.text(max_size=12))
def test_any_other_text_is_refused_and_nothing_else_happens(text):
    for parse in (numerals.parse_count, numerals.parse_money):
        with contextlib.suppress(BadNumber):
            assert parse(text) >= 0


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, ("0", "")),
        (886, ("886", "")),
        (9_999, ("9,999", "")),
        (10_000, ("1", "万")),
        (24_000, ("2.4", "万")),
        (251_499, ("25.1", "万")),
        (24_500, ("2.5", "万")),
        (99_999_999, ("1", "亿")),
        (99_994_999, ("9,999.5", "万")),
        (123_456_789, ("1.2", "亿")),
        (-24_000, ("-2.4", "万")),
    ],
)
def test_large_numbers_are_shown_in_wan_and_yi(number, shown):
    assert numerals.wan(number) == shown


def test_more_places_can_be_shown():
    assert numerals.wan(123_456_789, places=2) == ("1.23", "亿")
    assert numerals.wan(25_000, places=0) == ("3", "万")


@given(st.integers(-(10**12), 10**12))
def test_what_is_shown_is_off_by_half_a_step_at_most(number):
    figure, word = numerals.wan(number)
    step = Decimal(WORDS[word]) / (10 if word else 1)
    assert abs(Decimal(figure.replace(",", "")) * WORDS[word] - number) * 2 <= step
    if number >= 0:
        assert abs(numerals.parse_count(figure + word) - number) * 2 <= step


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,200.50", 120_050),
        ("¥1200", 120_000),
        ("￥１２００元", 120_000),
        ("3.5万元", 3_500_000),
        ("3.5万", 3_500_000),
        ("2亿元", 20_000_000_000),
        ("二十万元整", 20_000_000),
        ("0.01元", 1),
    ],
)
def test_money_is_read_in_fen(text, fen):
    assert numerals.parse_money(text) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0.001", "not-whole"),
        ("-1元", "negative"),
        ("元", "empty"),
        ("99999万亿元", "too-large"),
        ("三成", "share"),
        ("20余万元", "vague"),
    ],
)
def test_what_is_no_money_says_why(text, code):
    with pytest.raises(BadNumber) as refusal:
        numerals.parse_money(text)
    assert refusal.value.code == code


@given(st.integers(0, numerals.LARGEST_MONEY))
def test_money_reads_back(fen):
    assert numerals.parse_money(numerals.yuan(fen)) == fen
    assert abs(Decimal(numerals.wan_yuan(fen).replace(",", "")) * 10**6 - fen) <= 5_000


def test_money_is_shown_with_its_places():
    assert numerals.yuan(123_450) == "1,234.50"
    assert numerals.yuan(-5) == "-0.05"
    assert numerals.wan_yuan(12_345_678) == "12.35"
    assert numerals.wan_yuan(-12_000_000) == "-12"
    assert numerals.wan_yuan(-4_999) == "0"


def test_a_negative_number_has_no_chinese_numeral():
    with pytest.raises(ValueError, match="negative"):
        numerals.chinese(-1)
