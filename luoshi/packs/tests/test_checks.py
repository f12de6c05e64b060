# ruff: noqa: E501 — a flaw and what is said of it stand in one line
"""Every bad pack is its own docstring: each flaw stands behind `# !` in its line, and there are no others."""

from luoshi.packs.tests.marked import flawed, flaws_of, whole


def test_the_pack_that_the_others_are_made_from_is_sound():
    assert flaws_of(whole("")) == ()


# ── Keys and types ────────────────────────────────────────────────────────────────────────────────────────────────


@flawed
def test_a_misspelt_key_is_told_with_the_one_that_was_meant():
    """
    campaign:  # ! “document” is missing
      starts_on: 2023-09-04
      ends_on: 2024-01-31
      dokument: 方案  # ! There is no key “dokument” here. Did you mean “document”?
      root_closes: reviewer
    """


@flawed
def test_a_misspelt_section_is_told():
    """
    requirments: []  # ! There is no key “requirments” here. Did you mean “requirements”?
    """


@flawed
def test_a_misspelt_key_deep_in_a_rule_is_told():
    """
    audiences:
      - code: bodies
        title: {zh-hans: 班子, en: Bodies}
        rule:
          all:
            - {column: leading_body, equals: true}  # ! There is no key “equals” here. Known: all, any, between, column, eq
    """


@flawed
def test_one_misspelt_key_does_not_hide_other_mistakes():
    """
    workstreams:
      - {code: study, title: {zh-hans: 学习, en: Study}}
    kinds:
      - code: class
        title: {zh-hans: 读书班, en: Class}
        workstream: study
        rooster: leaders  # ! There is no key “rooster” here. Did you mean “roster”?
        roster: leaders
    requirements:
      - code: class
        title: {zh-hans: 办班, en: Hold a class}
        workstream: stuty  # ! There is no workstream “stuty” in this pack. Did you mean “study”?
        audience: bodies
        batch: second
        by: 2025-10-31  # ! lies outside the batch (2023-09-04 to 2024-01-31)
        fulfilled_by: [class]
    """


@flawed
def test_the_line_is_right_behind_an_entry_that_was_put_aside():
    """
    workstreams:
      - {code: study, title: {zh-hans: 学习, en: Study}}
      - {code: Bad Code, title: {zh-hans: 坏, en: Bad}}  # ! “Bad Code” is no code
      - {code: idle, title: {zh-hans: 闲, en: 闲}}  # ! There is Chinese in the English text
    """


@flawed
def test_a_wrong_type_is_told_in_words():
    """
    pack: {code: small, version: 2}  # ! Put it in quotes: "2"
    title: 小活动  # ! A group of keys is wanted here: en, zh-hans
    campaign:
      starts_on: 2023-09-04
      ends_on: "2024-01-31"  # ! “2024-01-31” is no date. Write it without quotes
      document: [方案]  # ! not a list or a group
      root_closes: supervisors  # ! “supervisors” cannot stand here. Did you mean “supervisor”?
    requirements:
      - code: class
        title: {zh-hans: 办班, en: Hold a class}
        workstream: study
        audience: bodies
        batch: second
        by: 2023-10-31
        zero_report: yes  # ! “yes” is a word here. Write true or false
        fulfilled_by: class  # ! A list is wanted here
    floating:
      counted_at: out
      contact_days: "31"  # ! “31” is no whole number
      definition: {zh-hans: 一个月内联系过, en: Contacted within a month}
    """


@flawed
def test_sizes_have_bounds():
    """
    floating:
      counted_at: out
      contact_days: 0  # ! too small; at least 1
      definition: {zh-hans: "", en: Contacted within a month}  # ! Nothing is written here
    cockpit:
      streams: []  # ! At least 1 entry
    """


@flawed
def test_a_full_width_colon_is_told():
    """
    title: {zh-hans：小活动}  # ! “en” is missing ! “zh-hans” is missing ! A full-width colon (：) separates nothing
    """


@flawed
def test_a_key_that_stands_twice_is_told():
    """
    pack: {code: small, version: "1"}
    title: {zh-hans: 小活动, en: Small}
    title: {zh-hans: 大活动, en: Large}  # ! “title” stands twice; first in line 2
    """


@flawed
def test_a_missing_translation_is_told():
    """
    title: {zh-hans: 小活动}  # ! “en” is missing
    workstreams: [{code: study, title: {zh-hans: Study, en: 学习}}]  # ! no Chinese in it ! Chinese in the English text
    """


def test_a_file_that_is_a_list_is_no_pack():
    (flaw,) = flaws_of("- pack: small\n")
    assert "A pack is a list of sections" in flaw.message


@flawed
def test_a_folded_chinese_text_has_no_spaces_in_it():
    """
    floating:
      counted_at: out
      contact_days: 31
      definition:
        zh-hans: >-  # ! A line break under >- becomes one
          最近联系过的，
          为有效管理。
        en: >-
          Contacted within
          a month.
    """


# ── References ────────────────────────────────────────────────────────────────────────────────────────────────────


@flawed
def test_two_entries_with_one_code_are_told():
    """
    requirements:
      - {code: class, title: {zh-hans: 一, en: One}, workstream: study, audience: bodies, batch: second, by: 2023-10-31, fulfilled_by: [class]}
      - {code: class, title: {zh-hans: 二, en: Two}, workstream: study, audience: bodies, batch: second, by: 2023-10-31, fulfilled_by: [class]}  # ! “class” is the code of an earlier entry
    """


@flawed
def test_computed_and_declared_figures_share_one_list_of_codes():
    """
    indicators:
      - code: classes
        title: {zh-hans: 读书班, en: Classes}
        definition: {zh-hans: 期数, en: Classes}
        workstream: study
        source: activities
        measure: count
        unit_word: {zh-hans: 期, en: classes}
    declared:
      - code: classes  # ! “classes” is the code of an earlier entry
        title: {zh-hans: 项目, en: Projects}
        definition: {zh-hans: 项目数, en: Projects}
        workstream: study
        level: province
        unit_word: {zh-hans: 个, en: projects}
    """


@flawed
def test_unknown_references_are_told():
    """
    kinds:
      - {code: class, title: {zh-hans: 读书班, en: Class}, workstream: learning, roster: leaders}  # ! There is no workstream “learning”
    requirements:
      - code: class
        title: {zh-hans: 办班, en: Hold a class}
        workstream: study
        audience: bodys  # ! There is no audience “bodys” in this pack. Did you mean “bodies”?
        batch: first  # ! There is no batch “first”
        by: 2023-10-31
        fulfilled_by: [klass]  # ! There is no kind of activity “klass” in this pack. Did you mean “class”?
      - {code: other, title: {zh-hans: 签收, en: Sign}, workstream: study, audience: bodies, batch: second, by: 2023-10-31, fulfilled_by: [class]}
    """


@flawed
def test_leftovers_are_told():
    """
    workstreams:
      - {code: study, title: {zh-hans: 学习, en: Study}}
      - {code: idle, title: {zh-hans: 闲置, en: Idle}}  # ! no activities, requirements or figures
    audiences:
      - {code: bodies, title: {zh-hans: 班子, en: Bodies}, rule: {column: leading_body, eq: true}}
      - {code: branches, title: {zh-hans: 支部, en: Branches}, rule: {column: kind, eq: branch}}  # ! Nothing is asked of this audience
    """


@flawed
def test_an_empty_campaign_is_told():
    """
    batches: []  # ! needs at least one entry
    requirements: []
    audiences: []  # ! needs at least one entry
    """


# ── Dates, recurrences, fulfilment ────────────────────────────────────────────────────────────────────────────────


@flawed
def test_dates_that_do_not_fit_are_told():
    """
    campaign:
      starts_on: 2023-09-04
      ends_on: 2023-01-31  # ! ends before it begins
      document: 方案
      root_closes: reviewer
    batches:
      - code: second
        title: {zh-hans: 第二批, en: Second}
        starts_on: 2023-09-04  # ! lies outside the campaign
        ends_on: 2023-08-01  # ! lies outside the campaign ! The batch ends before it begins
    requirements:
      - {code: class, title: {zh-hans: 签收, en: Sign}, workstream: study, audience: bodies, batch: second, by: 2023-10-31, fulfilled_by: [class]}  # ! lies outside the batch
    """


@flawed
def test_a_campaign_of_centuries_is_a_slip():
    """
    campaign:
      starts_on: 2023-09-04
      ends_on: 2203-09-04  # ! more than ten years
      document: 方案
      root_closes: reviewer
    """


def rules_told(rule: str) -> list[str]:
    text = whole(
        "requirements:\n"
        "  - code: class\n    title: {zh-hans: 办班, en: Hold a class}\n    workstream: study\n    audience: bodies\n"
        f"    batch: second\n    rule: {rule}\n    fulfilled_by: [class]\n"
    )
    found = flaws_of(text)
    assert all(flaw.mark and flaw.mark.line == 7 for flaw in found)
    return [flaw.message for flaw in found]


def test_rules_that_can_be_kept_have_no_flaw():
    for rule in (
        "FREQ=WEEKLY;BYDAY=TH",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=DAILY;COUNT=5",
    ):
        assert rules_told(rule) == []


def test_impossible_recurrences_are_told_in_words():
    told = {
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30": "never due",
        "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=1": "never due",
        "FREQ=WEEKLY;BYDAY=XX": "BYDAY cannot be “XX”",
        "FREQ=FORTNIGHTLY": "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, not “FORTNIGHTLY”",
        "FREQ=HOURLY": "finer than a day",
        "FREQ=WEEKLY;BYDAYS=TH": "no part of a recurrence rule",
        "FREQ=WEEKLY;FREQ=DAILY": "FREQ stands twice",
        "FREQ=WEEKLY;INTERVAL=0": "INTERVAL cannot be “0”",
        "FREQ=WEEKLY;COUNT=3;UNTIL=20231031": "COUNT and UNTIL exclude each other",
        "FREQ=WEEKLY;UNTIL=20231341": "is no date",
        "FREQ=WEEKLY;UNTIL=20230101": "before the batch begins on 2023-09-04",
        "FREQ=WEEKLY;BYDAY=1TH": "Use FREQ=MONTHLY, or no number",
        "FREQ=WEEKLY;BYMONTHDAY=3": "a weekly rule has no days of the month",
        "FREQ=WEEKLY;WKST=SU": "Weeks begin on Monday",
        "FREQ=MONTHLY;BYSETPOS=1": "picks from days that the rule does not name",
        "每周四": "no part of a recurrence rule",
    }
    for rule, words in told.items():
        (message,) = rules_told(rule)
        assert words in message, rule


@flawed
def test_a_requirement_is_due_by_a_rule_or_by_a_day():
    """
    requirements:
      - {code: both, title: {zh-hans: 一, en: One}, workstream: study, audience: bodies, batch: second, by: 2023-10-31, rule: FREQ=DAILY, fulfilled_by: [class]}  # ! give one of the two
      - {code: none, title: {zh-hans: 二, en: Two}, workstream: study, audience: bodies, batch: second, fulfilled_by: [class]}  # ! give one of the two
    """


@flawed
def test_a_requirement_that_nothing_fulfils_is_told():
    """
    requirements:
      - {code: one, title: {zh-hans: 一, en: One}, workstream: study, audience: bodies, batch: second, by: 2023-10-31}  # ! Nothing can fulfil this
      - {code: two, title: {zh-hans: 二, en: Two}, workstream: study, audience: bodies, batch: second, by: 2023-10-31, zero_report: true}  # ! Only “nothing” could be reported
      - {code: three, title: {zh-hans: 三, en: Three}, workstream: study, audience: bodies, batch: second, by: 2023-10-31, fulfilled_by: [class, class]}  # ! “class” is named twice
    """


@flawed
def test_a_kind_asks_for_what_a_record_can_say():
    """
    kinds:
      - code: class
        title: {zh-hans: 读书班, en: Class}
        workstream: study
        roster: none  # ! there is no roster
        needs: [attendence, attendance, agenda]  # ! this kind has no agenda items ! A record has no field “attendence”. Did you mean “attendance”?
    """


# ── Conditions and figures ────────────────────────────────────────────────────────────────────────────────────────


@flawed
def test_audience_rules_compare_known_columns_with_fitting_values():
    """
    audiences:
      - code: bodies
        title: {zh-hans: 班子, en: Bodies}
        rule:
          any:
            - {column: leading_bodies, eq: true}  # ! There is no column “leading_bodies” here. Did you mean “leading_body”?
            - {column: leading_body, eq: "true"}  # ! true or false is compared here
            - {column: kind, eq: brunch}  # ! “brunch” is no value of this column. Did you mean “branch”?
            - {column: rank, in: [county, county]}  # ! A value stands twice
            - {column: rank, ge: county}  # ! has no order: use eq, ne or in
            - not: {column: code, eq: 62}  # ! a text is compared here
            - {column: division, between: ["62", "63"]}  # ! has no order
            - {column: division, null: true}
    """


@flawed
def test_indicators_count_what_exists():
    """
    indicators:
      - code: one
        title: {zh-hans: 一, en: One}
        definition: {zh-hans: 一, en: One}
        workstream: study
        source: activity  # ! There is no source of facts “activity”. Did you mean “activities”?
        measure: count
        unit_word: {zh-hans: 个, en: units}
      - code: two
        title: {zh-hans: 二, en: Two}
        definition: {zh-hans: 二, en: Two}
        workstream: study
        source: activities
        where:
          all:
            - {column: kind, eq: klass}  # ! The section kinds has no “klass”. Did you mean “class”?
            - {column: held_on, ge: 2023}  # ! a date such as 2023-09-04 is compared here
            - {column: present, between: [9, 3]}  # ! the smaller one
        measure: distinct:person  # ! name no persons
        unit_word: {zh-hans: 个, en: units}
      - code: three
        title: {zh-hans: 三, en: Three}
        definition: {zh-hans: 三, en: Three}
        workstream: study
        source: activities
        measure: sum:presents  # ! There is no column “presents” to sum here. Did you mean “present”?
        unit_word: {zh-hans: 个, en: units}
      - code: four
        title: {zh-hans: 四, en: Four}
        definition: {zh-hans: 四, en: Four}
        workstream: study
        source: activities
        measure: sum:kind  # ! can be compared, but not summed
        unit_word: {zh-hans: 个, en: units}
      - code: five
        title: {zh-hans: 五, en: Five}
        definition: {zh-hans: 五, en: Five}
        workstream: study
        source: activities
        measure: average  # ! “average” is no measure
        unit_word: {zh-hans: 个, en: units}
    """


@flawed
def test_denominators_run_in_no_circle():
    """
    indicators:
      - &one
        code: one
        title: {zh-hans: 一, en: One}
        definition: {zh-hans: 一, en: One}
        workstream: study
        source: activities
        measure: count
        unit_word: {zh-hans: 个, en: units}
        denominator: two  # ! Denominators run in a circle: one → two → one
      - code: two
        title: {zh-hans: 二, en: Two}
        definition: {zh-hans: 二, en: Two}
        workstream: study
        source: activities
        measure: count
        unit_word: {zh-hans: 个, en: units}
        denominator: one  # ! Denominators run in a circle: two → one → two
      - code: three
        title: {zh-hans: 三, en: Three}
        definition: {zh-hans: 三, en: Three}
        workstream: study
        source: activities
        measure: count
        unit_word: {zh-hans: 个, en: units}
        denominator: thre  # ! There is no indicator “thre” to divide by. Did you mean “three”?
    """


@flawed
def test_two_figures_do_not_answer_to_the_same_words():
    """
    declared:
      - code: one
        title: {zh-hans: 公开承诺, en: Pledges}
        definition: {zh-hans: 一, en: One}
        workstream: study
        level: prefecture
        unit_word: {zh-hans: 项, en: pledges}
        names: [承诺事项]
      - code: two
        title: {zh-hans: 承诺, en: Promises}
        definition: {zh-hans: 二, en: Two}
        workstream: study
        level: prefectures  # ! There is no level “prefectures”. Did you mean “prefecture”?
        unit_word: {zh-hans: 项, en: promises}
        names: [承诺事项]  # ! is also what “one” is called
    """


@flawed
def test_the_cockpit_shows_figures_that_exist():
    """
    indicators:
      - code: classes
        title: {zh-hans: 读书班, en: Classes}
        definition: {zh-hans: 期数, en: Classes}
        workstream: study
        source: activities
        measure: count
        unit_word: {zh-hans: 期, en: classes}
    cockpit:
      streams:
        - {workstream: study, hero: klasses, rows: [classes]}  # ! There is no figure “klasses” in this pack. Did you mean “classes”?
      columns:
        - title: {zh-hans: 学习, en: Study}
          indicators: [classes, lessons]  # ! There is no figure “lessons” in this pack
    """


@flawed
def test_the_cockpit_has_room_for_three_rows():
    """
    cockpit:
      streams:
        - {workstream: study, hero: a, rows: [b, c, d, e]}  # ! At most 3 entries
    """


@flawed
def test_each_workstream_is_on_the_cockpit_once_and_a_bound_is_a_share():
    """
    indicators:
      - code: classes
        title: {zh-hans: 读书班, en: Classes}
        definition: {zh-hans: 期数, en: Classes}
        workstream: study
        source: activities
        measure: count
        unit_word: {zh-hans: 期, en: classes}
    cockpit:
      streams:
        - {workstream: study, hero: classes}
        - {workstream: study, hero: classes}  # ! “study” is the code of an earlier entry
      charts:
        - {kind: tiles, indicator: classes, bound: 93}  # ! “classes” has no denominator
        - {kind: trend, indicator: classes, bound: 90}  # ! “classes” has no denominator
    """


# ── Reports ───────────────────────────────────────────────────────────────────────────────────────────────────────


@flawed
def test_a_report_quotes_figures_that_exist_in_both_languages():
    """
    indicators:
      - code: classes
        title: {zh-hans: 读书班, en: Classes}
        definition: {zh-hans: 期数, en: Classes}
        workstream: study
        source: activities
        measure: count
        unit_word: {zh-hans: 期, en: classes}
    reports:
      - code: summary
        title: {zh-hans: 报告, en: Report}
        text:
          zh-hans: |
            # 学习
            办班{{ figure: 读书班 }}。
            [[{{ unit }}办班{{ number: classes of 武威市 since 2023-09-01 }}期||尚未办班]]。

            | 地区 | 期数 |
            | {{ territory }} | {{ number: classes }} |
          en: |
            # Study
            {{ figure: classes }} were held.
            [[{{ number: classes of 武威市 since 2023-09-01 }} in Wuwei||None was held]].

            | Territory | Classes |
            | {{ territory }} | {{ number: classes }} |
      - code: flawed
        title: {zh-hans: 简报, en: Brief}
        text:
          zh-hans: |

            办班{{ figure: klasses }}，占{{ share: classes }}。  # ! There is no figure “klasses”. Did you mean “classes”? ! has no share
            办班{{ classes }}。  # ! A figure is quoted as
            [[办班{{ figure: classes }}。  # ! is not closed with
            # 学习{{ figure: classes }}  # ! A heading cannot hold a figure
            共{{ territory }}个。  # ! in a row of a table only
          en: "Held: {{ figur: classes }}."  # ! Did you mean “figure”?
      - code: unlike
        title: {zh-hans: 快报, en: News}
        text:
          zh-hans: |
            办班{{ figure: classes }}。
          en: |
            {{ figure: classes }} and {{ figure: classes }} were held.  # ! do not quote the same figures equally often: classes
      - code: untranslated
        title: {zh-hans: 专报, en: Note}
        text:
          zh-hans: |
            办班{{ figure: classes }}，
            共 计{{ figure: classes }}。  # ! A space stands inside the Chinese text
          en: |
            {{ figure: classes of 武威市 }},
            {{ figure: classes }} 期.  # ! There is Chinese in the English text
    """
