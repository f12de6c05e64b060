"""Template text becomes paragraphs with figures."""

from typing import Literal

import pytest

from luoshi.reports.drafting import BadTemplate, check_codes, draft, parse_template
from luoshi.reports.outline import (
    Form,
    Heading,
    Outline,
    Paragraph,
    Quote,
    Unknown,
    lines,
    numbered,
    print_number,
    unknowns,
)
from luoshi.reports.tests.sample import quote

LEDGER: dict[tuple[str, str | None], tuple[int, int | None]] = {
    ("reading.units", None): (2659, None),
    ("reading.units", "平凉市"): (157, None),
    ("floating.managed", None): (23987, None),
    ("reading.coverage", None): (2455, 2659),
    ("pledges", None): (0, None),
}


def ledger(code: str, unit: str | None = None, *, form: Form = Form.FIGURE) -> Quote | None:
    if (code, unit) not in LEDGER:
        return None
    numerator, denominator = LEDGER[code, unit]
    printed = print_number(numerator, denominator, form=form)
    return quote(printed, code, numerator=numerator, denominator=denominator, unit=unit or "云岭县")


def text_of(template: str, unknown: Literal["dash", "drop"] = "dash") -> list[str]:
    made = draft(parse_template(template), ledger, unknown=unknown)
    return list(lines(numbered(Outline(title="题", blocks=made.blocks))))[1:]


def test_each_form_of_a_figure_is_filled_in():
    template = (
        "全省{{ figure: reading.units }}个，{{wan：floating.managed}}名，{{ percent: reading.coverage }}；"
        "平凉{{ figure: reading.units of 平凉市 }}个。"
    )
    assert text_of(template) == ["全省2659[1]个，2.4万[2]名，92.3%[3]；平凉157[4]个。"]


def test_lines_are_paragraphs_and_hashes_are_headings():
    made = draft(parse_template("# 理论学习\r\n\r\n第一段。\n  ## 读书班 \n第二段。"), ledger)
    assert [type(block) for block in made.blocks] == [Heading, Paragraph, Heading, Paragraph]
    assert [block.level for block in made.blocks if isinstance(block, Heading)] == [1, 2]


def test_a_passage_stands_only_if_its_figure_is_known():
    template = "甲。{{ if known: %s }}另有{{ figure: %s }}个。{{ end }}乙。"
    assert text_of(template % ("reading.units", "reading.units")) == ["甲。另有2659[1]个。乙。"]
    assert text_of(template % ("nothing", "nothing")) == ["甲。乙。"]


def test_a_signed_zero_is_known():
    assert text_of("{{ if known: pledges }}承诺{{ figure: pledges }}项。{{ end }}") == ["承诺0[1]项。"]


def test_passages_nest_and_may_span_lines():
    template = "甲\n{{ if known: reading.units }}\n# 乙\n丙{{ if known: nothing }}丁{{ end }}\n{{ end }}\n戊"
    assert text_of(template) == ["甲", "一、乙", "丙", "戊"]


def test_the_unknown_is_a_dash_and_is_reported():
    made = draft(parse_template("甲{{ figure: nothing of 东乡县 }}个。"), ledger)
    assert unknowns(Outline(title="题", blocks=made.blocks)) == (Unknown(code="nothing", unit="东乡县"),)
    assert [(mention.code, mention.unit, mention.line) for mention in made.unknown] == [("nothing", "东乡县", 1)]


def test_the_sentence_of_the_unknown_is_dropped_on_request_and_reported():
    template = "甲{{ figure: reading.units }}个；乙{{ figure: nothing }}个。丙。\n只有{{ figure: nothing }}个。"
    assert text_of(template, unknown="drop") == ["甲2659[1]个；丙。"]
    made = draft(parse_template(template), ledger, unknown="drop")
    assert made.left_out == ("乙—个。", "只有—个。")


def test_a_clause_that_has_become_the_last_ends_in_a_full_stop():
    assert text_of("甲{{ figure: reading.units }}个；乙{{ figure: nothing }}个。", unknown="drop") == ["甲2659[1]个。"]


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("甲\n乙{{ figur: a }}", (2, 2)),
        ("{{ figure: }}", (1, 1)),
        ("甲{{ figure: a", (1, 2)),
        ("甲 }} 乙", (1, 3)),
        ("甲\n\n{{ end }}", (3, 1)),
        ("{{ if known: a }}甲", (1, 1)),
        ("# 标题{{ figure: a }}", (1, 5)),
        ("{{ figure: a of }}", (1, 1)),
        ("{{ __import__('os') }}", (1, 1)),
    ],
)
def test_a_flaw_is_told_with_its_place(template, place):
    with pytest.raises(BadTemplate) as caught:
        parse_template(template)
    assert [(flaw.line, flaw.column) for flaw in caught.value.flaws] == [place]


def test_all_flaws_are_told_at_once_in_their_order():
    with pytest.raises(BadTemplate) as caught:
        parse_template("{{ if known: a }}\n{{ wrong }}\n}}\n")
    assert [flaw.line for flaw in caught.value.flaws] == [1, 2, 3]


def test_an_indicator_that_does_not_exist_is_told_with_its_place():
    template = parse_template("甲{{ figure: a }}\n{{ if known: b }}{{ percent: c }}{{ end }}")
    assert [(flaw.line, flaw.column) for flaw in check_codes(template, {"a", "b"})] == [(2, 18)]
