from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.lib import workdays
from luoshi.lib.recurrence import MOST_OCCASIONS, BadRecurrence, Frequency, Occasion, Recurrence, Rule, Weekday
from luoshi.lib.workdays import Direction

MONDAY = date(2023, 9, 4)
DAY = timedelta(days=1)


def due_days(
    text: str, *, anchor: date = MONDAY, shift: Direction = "none", until: date = date(2023, 12, 31)
) -> list[date]:
    return [one.due_on for one in Recurrence.parse(text, anchor=anchor, shift=shift).occasions(anchor, until)]


def test_every_two_weeks_on_thursday():
    """M52: 每两周集中学习."""
    recurrence = Recurrence.parse("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", anchor=MONDAY)
    assert recurrence.occasions(MONDAY, date(2023, 10, 1)) == [
        Occasion(date(2023, 9, 4), date(2023, 9, 7), date(2023, 9, 7), closes_on=date(2023, 9, 10)),
        Occasion(date(2023, 9, 11), date(2023, 9, 21), date(2023, 9, 21), closes_on=date(2023, 9, 24)),
        Occasion(date(2023, 9, 25), date(2023, 10, 5), date(2023, 10, 5), closes_on=date(2023, 10, 8)),
    ]


def windows(text: str, *, anchor: date = MONDAY, shift: Direction = "none", until: date = date(2023, 11, 30)):
    """(opens, due, closes) of each occasion, as day and month."""
    found = Recurrence.parse(text, anchor=anchor, shift=shift).occasions(anchor, until)
    return [tuple(f"{day:%m-%d}" for day in (one.opens_on, one.due_on, one.closes_on)) for one in found]


def test_a_weekly_duty_runs_from_monday_to_sunday_whatever_day_it_is_due():
    for day in ("MO", "TH", "SU"):
        found = windows(f"FREQ=WEEKLY;BYDAY={day}", until=date(2023, 9, 30))
        assert [(opens, closes) for opens, _due, closes in found] == [
            ("09-04", "09-10"),
            ("09-11", "09-17"),
            ("09-18", "09-24"),
            ("09-25", "10-01"),
        ]


def test_a_campaign_that_begins_in_mid_week_keeps_to_the_weeks_of_the_calendar():
    friday = date(2023, 9, 8)
    assert windows("FREQ=WEEKLY;BYDAY=TH", anchor=friday, until=date(2023, 9, 24)) == [
        ("09-08", "09-14", "09-17"),
        ("09-18", "09-21", "09-24"),
    ]


def test_a_monthly_duty_runs_with_the_month_and_a_quarterly_one_with_the_quarter():
    assert windows("FREQ=MONTHLY;BYMONTHDAY=20") == [
        ("09-04", "09-20", "09-30"),
        ("10-01", "10-20", "10-31"),
        ("11-01", "11-20", "11-30"),
    ]
    quarterly = windows("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", anchor=date(2023, 4, 4), until=date(2023, 9, 30))
    assert quarterly == [("04-04", "06-30", "06-30"), ("07-01", "09-30", "09-30")]


def test_several_due_days_in_one_period_part_it_between_them():
    assert windows("FREQ=WEEKLY;BYDAY=TU,FR", until=date(2023, 9, 17)) == [
        ("09-04", "09-05", "09-05"),
        ("09-06", "09-08", "09-10"),
        ("09-11", "09-12", "09-12"),
        ("09-13", "09-15", "09-17"),
    ]


def test_a_due_day_that_moves_into_the_next_period_takes_its_window_along():
    assert windows("FREQ=MONTHLY;BYMONTHDAY=-1", shift="after")[:2] == [
        ("09-04", "10-07", "10-07"),  # 30 September 2023 lies in the golden week
        ("10-08", "10-31", "10-31"),
    ]


def test_a_due_day_that_moves_into_the_period_before_cuts_that_window():
    mondays = windows("FREQ=WEEKLY;BYDAY=MO", shift="before", until=date(2023, 10, 8))
    assert mondays[-2:] == [("09-25", "09-25", "09-25"), ("09-26", "09-28", "10-08")]  # 2 October is a day off


def test_a_rule_that_names_no_day_is_due_at_the_end_of_its_period():
    assert due_days("FREQ=WEEKLY", anchor=date(2023, 9, 6), until=date(2023, 9, 17)) == [
        date(2023, 9, 10),
        date(2023, 9, 17),
    ]
    assert due_days("FREQ=MONTHLY", anchor=date(2024, 1, 31), until=date(2024, 3, 1)) == [
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
    ]
    assert due_days("FREQ=YEARLY") == [date(2023, 12, 31)]
    assert due_days("FREQ=YEARLY;BYMONTH=9,10", until=date(2023, 10, 31)) == [date(2023, 9, 30), date(2023, 10, 31)]


def test_a_due_day_in_the_golden_week_moves_to_a_workday():
    assert date(2023, 10, 7) in due_days("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", shift="after")
    assert date(2023, 9, 28) in due_days("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", shift="before")


def test_the_last_workday_of_each_month():
    assert due_days("FREQ=MONTHLY;BYMONTHDAY=-1", shift="before", until=date(2023, 12, 29)) == [
        date(2023, 9, 28),
        date(2023, 10, 31),
        date(2023, 11, 30),
        date(2023, 12, 29),
    ]


def test_the_second_friday_of_each_quarter():
    assert due_days("FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=2FR", until=date(2024, 4, 1)) == [
        date(2023, 10, 13),
        date(2024, 1, 12),
        date(2024, 4, 12),
    ]


def test_once_by_a_date():
    once = Recurrence.parse("once by 2023-10-20", anchor=MONDAY)
    assert once.occasions(MONDAY, date(2024, 1, 1)) == [
        Occasion(MONDAY, date(2023, 10, 20), date(2023, 10, 20), closes_on=date(2023, 10, 20))
    ]
    assert once == Recurrence.once(by=date(2023, 10, 20), anchor=MONDAY)
    assert once.rule == Rule(Frequency.ONCE, by_on=date(2023, 10, 20))
    assert once.occasion_on(date(2023, 10, 21)) is None


def test_a_rule_taken_apart_says_what_it_is():
    rule = Recurrence.parse("RRULE:freq=monthly;interval=2;byday=-1FR,2MO;until=20240131", anchor=MONDAY).rule
    assert rule == Rule(
        Frequency.MONTHLY,
        interval=2,
        weekdays=(Weekday(5, -1), Weekday(1, 2)),
        until_on=date(2024, 1, 31),
    )


def test_two_nominal_days_that_move_to_one_workday_are_one_occasion():
    daily = Recurrence.parse("FREQ=DAILY", anchor=date(2023, 9, 15), shift="after").occasions(
        date(2023, 9, 15), date(2023, 9, 19)
    )
    assert [(one.opens_on.day, one.due_on.day, one.nominal_on.day) for one in daily] == [
        (15, 15, 15),
        (16, 18, 16),
        (19, 19, 19),
    ]


def test_no_occasion_is_due_before_the_anchor():
    saturday = date(2023, 9, 9)
    first = Recurrence.parse("FREQ=WEEKLY;BYDAY=SU", anchor=saturday, shift="before").occasions(saturday, saturday)
    assert first == [Occasion(saturday, date(2023, 9, 11), date(2023, 9, 10), closes_on=date(2023, 9, 11))]


def test_the_earlier_of_two_ends_holds():
    for text, until in (
        ("FREQ=DAILY;UNTIL=20230906", date(2023, 9, 30)),
        ("FREQ=DAILY;UNTIL=2023-09-30", date(2023, 9, 6)),
    ):
        recurrence = Recurrence.parse(text, anchor=MONDAY, until=until)
        assert len(recurrence.occasions(MONDAY, date(2024, 1, 1))) == 3


def test_count_is_kept():
    assert len(due_days("FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=7")) == 7
    three_weeks = Recurrence.parse("FREQ=WEEKLY;COUNT=7", anchor=MONDAY, until=date(2023, 9, 24))
    assert len(three_weeks.occasions(MONDAY, date(2024, 1, 1))) == 3


weekdays = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=7, unique=True)
interval = st.integers(1, 12)
rules = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, interval),
    st.builds(lambda days, every: f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(days)}", weekdays, interval),
    st.builds("FREQ=MONTHLY;INTERVAL={};BYMONTHDAY={}".format, interval, st.integers(1, 28) | st.integers(-28, -1)),
    st.builds(
        "FREQ=MONTHLY;INTERVAL={};BYDAY={}{}".format,
        interval,
        st.sampled_from([1, 2, -1]),
        st.sampled_from(["MO", "SU"]),
    ),
    st.builds("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}".format, st.integers(1, 12), st.integers(1, 28)),
)
anchors = st.dates(date(2020, 1, 1), date(2026, 12, 31))
shifts = st.sampled_from(["none", "after", "before"])


@given(rules, anchors, shifts, st.integers(0, 700))
def test_windows_tile_the_time_without_gap_or_overlap(text, anchor, shift, length):
    until = anchor + timedelta(days=length)
    occasions = Recurrence.parse(text, anchor=anchor, shift=shift).occasions(anchor, until)
    assert occasions[0].opens_on == anchor
    for one, following in pairwise(occasions):
        assert following.opens_on == one.closes_on + DAY
        assert following.due_on > one.closes_on
    assert all(one.opens_on <= one.due_on <= one.closes_on for one in occasions)
    assert occasions[-1].closes_on >= until
    assert occasions[-1].opens_on <= until


@given(rules, anchors, shifts, st.integers(0, 700))
def test_every_day_belongs_to_exactly_one_occasion(text, anchor, shift, after):
    recurrence = Recurrence.parse(text, anchor=anchor, shift=shift)
    day = anchor + timedelta(days=after)
    holding = [one for one in recurrence.occasions(anchor, day + 500 * DAY) if one.opens_on <= day <= one.closes_on]
    assert holding == [recurrence.occasion_on(day)]
    assert recurrence.occasion_on(anchor - DAY) is None


@given(rules, anchors, st.integers(0, 400), st.integers(0, 400))
def test_a_part_of_the_time_shows_the_same_occasions(text, anchor, start, length):
    recurrence = Recurrence.parse(text, anchor=anchor, shift="after")
    from_, until = anchor + start * DAY, anchor + (start + length) * DAY
    whole = recurrence.occasions(anchor, until)
    assert recurrence.occasions(from_, until) == [one for one in whole if one.closes_on >= from_]


@given(rules, anchors, st.sampled_from(["after", "before"]))
def test_a_shifted_occasion_is_due_on_a_workday_near_its_nominal_day(text, anchor, shift):
    for one in Recurrence.parse(text, anchor=anchor, shift=shift).occasions(anchor, anchor + 200 * DAY):
        assert workdays.is_workday(one.due_on)
        assert one.due_on >= anchor
        if shift == "after":
            assert one.due_on == workdays.shift(one.nominal_on, "after")
        else:
            assert one.due_on <= one.nominal_on or workdays.shift(one.nominal_on, "before") < anchor


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", "never-due"),
        ("FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2", "never-due"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "never-due"),
        ("FREQ=WEEKLY;BYDAY=TH;UNTIL=20230906", "never-due"),
        ("FREQ=WEEKLY;UNTIL=20230903", "ends-before-it-begins"),
        ("ONCE BY 2023-09-03", "ends-before-it-begins"),
        ("ONCE BY 2023-02-30", "no-date"),
        ("ONCE BY tomorrow", "no-date"),
        ("FREQ=WEEKLY;UNTIL=soon", "no-date"),
        ("FREQ=WEEKLY;COUNT=0", "out-of-range"),
        ("FREQ=WEEKLY;COUNT=5001", "out-of-range"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20240101", "count-and-until"),
        ("FREQ=WEEKLY;INTERVAL=0", "out-of-range"),
        ("FREQ=WEEKLY;INTERVAL=-1", "out-of-range"),
        ("FREQ=WEEKLY;INTERVAL=1.5", "out-of-range"),
        ("FREQ=WEEKLY;INTERVAL=２", "out-of-range"),
        ("FREQ=WEEKLY;INTERVAL=1,2", "out-of-range"),
        ("FREQ=HOURLY", "finer-than-a-day"),
        ("FREQ=MINUTELY", "finer-than-a-day"),
        ("FREQ=DAILY;BYHOUR=9", "finer-than-a-day"),
        ("FREQ=DAILY;UNTIL=20430101", "too-many-occasions"),
        ("FREQ=FORTNIGHTLY", "unknown-frequency"),
        ("INTERVAL=2", "unknown-frequency"),
        ("", "unknown-part"),
        ("FREQ=WEEKLY;", "unknown-part"),
        ("FREQ=WEEKLY;BYDAY", "unknown-part"),
        ("FREQ=YEARLY;BYWEEKNO=20", "unknown-part"),
        ("FREQ=WEEKLY;FREQ=DAILY", "part-given-twice"),
        ("FREQ=WEEKLY;BYDAY=XX", "out-of-range"),
        ("FREQ=MONTHLY;BYDAY=99MO", "out-of-range"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "out-of-range"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "out-of-range"),
        ("FREQ=MONTHLY;BYMONTH=13", "out-of-range"),
        ("FREQ=WEEKLY;BYDAY=2MO", "nth-weekday-of-what"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "month-day-in-a-week"),
        ("FREQ=MONTHLY;BYSETPOS=1", "position-of-what"),
        ("FREQ=DAILY;BYDAY=MO;BYSETPOS=2", "position-of-what"),
        ("FREQ=MONTHLY;BYDAY=6MO", "never-due"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "never-due"),
        ("FREQ=WEEKLY;WKST=SU", "weeks-begin-on-monday"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(text, code):
    with pytest.raises(BadRecurrence) as refusal:
        Recurrence.parse(text, anchor=MONDAY)
    assert refusal.value.code == code


def test_a_rule_without_end_refuses_to_be_listed_without_end():
    daily = Recurrence.parse("FREQ=DAILY", anchor=MONDAY)
    assert len(daily.occasions(MONDAY, MONDAY + (MOST_OCCASIONS - 1) * DAY)) == MOST_OCCASIONS
    with pytest.raises(BadRecurrence, match="too-many-occasions"):
        daily.occasions(MONDAY, MONDAY + MOST_OCCASIONS * DAY)


def test_an_unknown_shift_is_refused():
    with pytest.raises(BadRecurrence, match="unknown-shift"):
        Recurrence.parse("FREQ=DAILY", anchor=MONDAY, shift="sideways")  # type: ignore[arg-type]
