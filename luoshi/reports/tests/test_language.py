"""The language of templates: what a paragraph quotes, and what stands when figures are unknown."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from luoshi.reports.language import (
    Clause,
    Figures,
    Name,
    Quote,
    Text,
    as_written,
    check_quotes,
    parse,
    quotes,
    standing,
    without_tags,
)

VALUES = {"classes": "2659个", "zero": "0个"}
FIGURES = Figures({"classes": False, "reached": True}, {"读书班": "classes", "参加学习的党员": "reached"})


def shown(text: str) -> str:
    parsed = parse(text)
    assert not parsed.flaws, parsed.flaws
    words = {"unit": "甘肃省", "as_of": "11月20日"}
    return "".join(
        piece.text if isinstance(piece, Text) else words[piece.of] if isinstance(piece, Name) else VALUES.get(piece.what, "—")
        for piece in standing(parsed.pieces, lambda quote: quote.what in VALUES)
    )  # fmt: skip


def told(text: str) -> list[tuple[int, str]]:
    with translation.override("en"):
        return [(flaw.at, flaw.message) for flaw in parse(text).flaws]


def test_a_figure_stands_in_the_text():
    assert shown("{{ unit }}截至{{ as_of }}举办{{ figure: classes }}读书班。") == "甘肃省截至11月20日举办2659个读书班。"


def test_an_unknown_figure_reads_as_a_dash_and_zero_as_zero():
    assert shown("办班{{ figure: nothing }}，化解{{ figure: zero }}。") == "办班—，化解0个。"


def test_a_clause_falls_away_while_a_figure_in_it_is_unknown():
    assert shown("办班[[{{ figure: classes }}]]。[[结对{{ figure: pairs }}。]]") == "办班2659个。"
    assert shown("[[结对{{ figure: pairs }}，办班{{ figure: classes }}||结对尚未填报]]。") == "结对尚未填报。"


def test_a_clause_inside_another_falls_away_by_itself():
    assert shown("[[办班{{ figure: classes }}[[，结对{{ figure: pairs }}]]]]。") == "办班2659个。"
    assert shown("[[结对{{ figure: pairs }}[[，办班{{ figure: classes }}]]]]。") == "。"


def test_every_word_has_a_chinese_twin():
    chinese = "{{ 单位 }}{{数字：读书班 在 武威市 自 2023年9月1日}}{{ 占比：读书班 从2023-09-01到2023-10-31 }}{{ 序号 }}{{ 地区 }}"
    english = (
        "{{ unit }}{{figure: 读书班 of 武威市 since 2023-09-01}}"
        "{{ share: 读书班 from 2023-09-01 to 2023-10-31 }}{{ no }}{{ territory }}"
    )
    one, other = parse(chinese), parse(english)
    assert not one.flaws
    assert [type(piece) for piece in one.pieces] == [type(piece) for piece in other.pieces]
    assert [quote.unit for quote in quotes(one.pieces)] == ["武威市", ""]
    assert [(q.form, q.what, q.first_on, q.last_on) for q in quotes(one.pieces)] == [
        (q.form, q.what, q.first_on, q.last_on) for q in quotes(other.pieces)
    ]


def test_a_quotation_can_name_a_unit_and_a_window():
    assert parse("{{ number: pledges of 武威市 since 2023-09-01 }}").pieces == (
        Quote("number", "pledges", "武威市", date(2023, 9, 1)),
    )
    assert parse("{{wan:a from 2023-09-01 to 2023-09-30}}").pieces == (
        Quote("wan", "a", "", date(2023, 9, 1), date(2023, 9, 30)),
    )


def test_the_pieces_are_told_apart_with_their_places():
    assert parse("甲{{ unit }}[[乙{{ figure: a }}]]丙", offset=10).pieces == (
        Text("甲", 10), Name("unit", 11), Clause((Text("乙", 23), Quote("figure", "a", at=24)), at=21), Text("丙", 41),
    )  # fmt: skip
    parsed = parse("{{ figure: a }}[[{{ figure: b }}||{{ figure: c }}]]")
    assert [quote.what for quote in quotes(parsed.pieces)] == ["a", "b", "c"]


def test_a_passage_is_told_as_it_was_written():
    assert as_written(parse("[[，结对{{ figure: pairs }}]]").pieces) == "，结对〈pairs〉"
    assert without_tags("[[甲{{ figure: a of 武威市 }}||乙]]丙") == "甲乙丙"


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("甲{{ classes }}", 1, "A figure is quoted as {{ figure: CODE }}"),
        ("甲{{ unti }}", 1, "Did you mean “unit”?"),
        ("{{ figur: classes }}", 0, "Did you mean “figure”?"),
        ("{{ 数子：读书班 }}", 0, "“数子” is no way to quote a figure. Did you mean “数字”?"),
        ("{{ 算一算：读书班 }}", 0, "Known: 占比, 数值, 数字, 约数."),
        ("{{ figure: classes", 0, "not closed by “}}”"),
        ("{{ figure:\nclasses }}", 0, "not closed by “}}”"),
        ("甲 }}", 2, "without “{{” before it"),
        ("甲｛｛ figure: a }}", 1, "is full-width. Write “{{”"),
        ("甲【【{{ figure: a }}", 1, "is full-width. Write “[[”"),
        ("{{ }}", 0, "Nothing stands between"),
        ("甲]]", 1, "without “[[” before it"),
        ("||", 0, "inside [[ … ]] only"),
        ("[[甲{{ figure: a }}", 0, "not closed with “]]”"),
        ("[[{{ figure: a }}||乙||丙]]", 20, "at most one “||”"),
        ("[[甲]]", 0, "this one quotes none"),
        ("[[" * 9 + "{{ figure: a }}" + "]]" * 9, 16, "more than 8 deep"),
        ("{{ figure: a since 9月 }}", 0, "“9月” is no day"),
        ("{{ figure: a since 2023-13-01 }}", 0, "is no day"),
        ("{{ figure: a from 2023-10-01 to 2023-09-01 }}", 0, "ends before it begins"),
        ("{{ figure: a b }}", 0, "“b” is not understood. After the figure may stand"),
        ("见[1]。", 1, "mark the reference of a figure"),
        ("共5{{ figure: a }}", 2, "would read as one number"),
        ("共5[[{{ figure: a }}]]", 4, "would read as one number"),
        ("{{ __import__('os').system('id') }}", 0, "is not understood"),
        ("{% for x in range(9) %}{{ x * 9 }}{% endfor %}", 23, "is not understood"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text, at, words):
    found = told(text)
    assert (at, True) in [(place, words in message) for place, message in found], found


def test_all_flaws_of_a_paragraph_are_told_in_their_order():
    assert [at for at, _message in told("甲}}乙{{ wrong }}丙]]丁[[")] == [1, 4, 16, 19]


def test_a_broken_quotation_does_not_also_make_its_clause_empty():
    assert len(told("[[甲{{ figur: a }}]]")) == 1


def test_a_figure_is_known_by_its_code_and_by_its_names():
    pieces = parse("{{ figure: 读书班 }}{{ figure: classes }}{{ share: 参加学习的党员 }}").pieces
    assert list(check_quotes(pieces, FIGURES)) == []


def test_a_figure_that_does_not_exist_and_a_share_without_denominator_are_told():
    with translation.override("en"):
        pieces = parse("{{ figure: klasses }}{{ share: 读书班 }}{{ number: classes of 火星市 }}").pieces
        found = list(check_quotes(pieces, FIGURES, no_unit=lambda name: f"no {name}" if name == "火星市" else ""))
    assert [(flaw.at, flaw.unknown) for flaw in found] == [(0, "klasses"), (21, ""), (37, "")]
    assert "Did you mean “classes”?" in found[0].message
    assert "so it has no share" in found[1].message
    assert found[2].message == "no 火星市"


@given(st.text(alphabet="{}[]|: figureof甲a-20\n", max_size=60))
def test_any_text_is_parsed_or_told_and_nothing_of_it_is_lost(text):
    parsed = parse(text)
    assert all(0 <= flaw.at <= len(text) for flaw in parsed.flaws)
    assert parsed.flaws or without_tags(text) == without_tags("".join(map(str, _texts(parsed.pieces))))


def _texts(pieces):
    for piece in pieces:
        if isinstance(piece, Text):
            yield piece.text
        elif isinstance(piece, Clause):
            yield from _texts((*piece.pieces, *piece.otherwise))


@given(st.text(alphabet="甲乙丙，。x ", max_size=40))
def test_text_without_quotations_is_unchanged(text):
    assert shown(text) == text
