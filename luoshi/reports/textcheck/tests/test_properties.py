"""What holds for any text at all."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.reports.textcheck import numerals, read

MARKS = list("0123456789．２٢一两三十百千万亿几余多近约%年月日成每第至-~、，。；“”《》（） \n\t个名件元共将占率他等")
WORDS = [
    "1,234",
    "4.5",
    "超过",
    "至少",
    "以上",
    "万元",
    "分之",
    "百分之",
    "每周",
    "其中",
    "分别",
    "查处",
    "问题",
    "干部",
    "增长",
]
NAMES = ["全市", "我省", "甘肃省", "张掖市", "青榆县", "市委", "局党组", "老李", "\u3000\u3000"]
PIECES = st.sampled_from(MARKS + WORDS + NAMES)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_offsets_are_places_in_the_text(text):
    reading = read(text)
    for statement in reading.statements:
        assert text[statement.start : statement.end] == statement.text != ""
    for phrase in reading.set_phrases:
        assert text[phrase.start : phrase.end] == phrase.text


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_statements_stand_in_order_and_do_not_overlap(text):
    statements = read(text).statements
    assert all(one.end <= other.start for one, other in pairwise(statements))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_reading_twice_gives_the_same(text):
    assert read(text) == read(text)


@given(st.text(max_size=300))
def test_folding_keeps_every_place(text):
    assert len(numerals.fold(text)) == len(text)


@given(st.integers(1, 10**15 - 1))
def test_an_arabic_number_is_worth_itself(number):
    assert numerals.amount(str(number)) == (number, None)
    assert numerals.amount(f"{number:,}") == (number, None)


@given(st.integers(1, 99_999_999))
def test_a_number_spelt_in_chinese_is_worth_itself(number):
    assert numerals.amount(spelt(number)) == (number, None)


def spelt(number):
    """Plain Chinese spelling, by hand: 10305 → 一万零三百零五."""
    if number >= 10_000:
        head, rest = divmod(number, 10_000)
        return spelt(head) + "万" + (("零" if rest < 1000 else "") + spelt(rest) if rest else "")
    out, gap = "", False
    for worth, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, worth)
        if digit:
            out += ("零" if gap and out else "") + "零一二三四五六七八九"[digit] + unit
            gap = False
        elif out:
            gap = True
    return out
