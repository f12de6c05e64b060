from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.lib import periods
from luoshi.lib.periods import BadPeriod, Kind, Period

FIRST_MONDAY = date(2023, 9, 4)
CAMPAIGN = Period(date(2023, 9, 7), date(2024, 1, 31))
TODAY = date(2023, 11, 22)

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))
kinds = st.sampled_from([Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.YEAR])


def test_the_twelfth_week_of_a_campaign():
    week = periods.week_of(TODAY, anchor=FIRST_MONDAY)
    assert (week.number, week.first_on, week.last_on) == (12, date(2023, 11, 20), date(2023, 11, 26))
    assert periods.numbered_week(12, anchor=FIRST_MONDAY) == week
    assert week.following().number == 13


def test_weeks_before_the_campaign_have_no_number():
    first = periods.week_of(FIRST_MONDAY, anchor=FIRST_MONDAY)
    assert first.number == 1
    assert first.preceding().number is None
    assert periods.week_of(date(2023, 9, 3), anchor=FIRST_MONDAY) == first.preceding()
    assert first.preceding().preceding().number is None


@given(days, kinds)
def test_periods_of_one_kind_tile_the_time(day, kind):
    period = periods.period_of(day, kind)
    assert day in period
    assert period.following().first_on == period.last_on + timedelta(days=1)
    assert period.preceding().last_on == period.first_on - timedelta(days=1)
    assert period.following().preceding() == period
    assert periods.period_of(period.first_on, kind) == period == periods.period_of(period.last_on, kind)


@given(days, kinds)
def test_the_name_of_a_period_reads_back(day, kind):
    period = periods.period_of(day, kind)
    again = periods.window(str(period), on=TODAY)
    assert (again.first_on, again.last_on) == (period.first_on, period.last_on)


@given(days, st.integers(0, 500), kinds)
def test_the_periods_in_a_span_cover_it(first_on, length, kind):
    whole = Period(first_on, first_on + timedelta(days=length))
    parts = list(periods.periods_in(whole, kind))
    assert whole.first_on in parts[0]
    assert whole.last_on in parts[-1]
    inside = [part.overlap(whole) for part in parts]
    assert sum(part.days for part in inside if part) == whole.days


@pytest.mark.parametrize(
    ("name", "first_on", "last_on", "kind", "number"),
    [
        ("week", date(2023, 11, 20), date(2023, 11, 26), Kind.WEEK, 12),
        ("month", date(2023, 11, 1), date(2023, 11, 30), Kind.MONTH, 11),
        ("quarter", date(2023, 10, 1), date(2023, 12, 31), Kind.QUARTER, 4),
        ("year", date(2023, 1, 1), date(2023, 12, 31), Kind.YEAR, None),
        ("campaign", date(2023, 9, 7), date(2024, 1, 31), Kind.SPAN, None),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), Kind.MONTH, 2),
        ("2024-Q1", date(2024, 1, 1), date(2024, 3, 31), Kind.QUARTER, 1),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), Kind.YEAR, None),
        ("2023-09-01..2023-09-03", date(2023, 9, 1), date(2023, 9, 3), Kind.SPAN, None),
        ("2023-09-01..", date(2023, 9, 1), TODAY, Kind.SPAN, None),
        ("2023-09-01", date(2023, 9, 1), date(2023, 9, 1), Kind.SPAN, None),
    ],
)
def test_each_window_has_its_days(name, first_on, last_on, kind, number):
    assert periods.window(name, on=TODAY, campaign=CAMPAIGN) == Period(first_on, last_on, kind, number)


def test_weeks_can_be_numbered_from_another_monday():
    assert periods.window("week", on=TODAY, campaign=CAMPAIGN, anchor=date(2023, 9, 11)).number == 11
    assert periods.window("week", on=TODAY).number is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "not-a-period"),
        ("span", "not-a-period"),
        ("fortnight", "not-a-period"),
        ("2023-13", "not-a-period"),
        ("2023-Q5", "not-a-period"),
        ("2023-02-29..", "not-a-period"),
        ("0000", "not-a-period"),
        ("２０２３", "not-a-period"),
        ("2023-10-02..2023-10-01", "ends-before-it-begins"),
        ("2024-01-01..", "ends-before-it-begins"),
        ("campaign", "no-campaign"),
    ],
)
def test_what_is_no_window_is_refused(name, code):
    with pytest.raises(BadPeriod) as refusal:
        periods.window(name, on=TODAY)
    assert refusal.value.code == code


def test_an_anchor_is_a_monday_and_week_numbers_begin_with_one():
    with pytest.raises(BadPeriod, match="anchor-is-no-monday"):
        periods.week_of(TODAY, anchor=date(2023, 9, 5))
    with pytest.raises(BadPeriod, match="weeks-begin-with-one"):
        periods.numbered_week(0, anchor=FIRST_MONDAY)
    with pytest.raises(BadPeriod, match="not-a-kind-of-calendar"):
        periods.period_of(TODAY, Kind.SPAN)


def test_periods_overlap_or_do_not():
    assert periods.month_of(TODAY).overlap(CAMPAIGN) == Period(date(2023, 11, 1), date(2023, 11, 30))
    assert periods.month_of(date(2024, 2, 1)).overlap(CAMPAIGN) is None
    span = Period(date(2023, 9, 1), date(2023, 9, 10))
    assert span.following() == Period(date(2023, 9, 11), date(2023, 9, 20))
