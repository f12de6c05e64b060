from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.lib import workdays
from luoshi.lib.workdays import BadOverrides, Calendar, Overrides

NATIONAL_DAY = date(2023, 10, 1)
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.fixture
def restored():
    yield
    workdays.extend()


def test_the_golden_week_of_2023():
    """Eight days off from 29 September, made up on 7 and 8 October (notice of the State Council, December 2022)."""
    off = [date(2023, 9, 29) + timedelta(days=step) for step in range(8)]
    assert not any(map(workdays.is_workday, off))
    assert workdays.is_workday(date(2023, 10, 7))
    assert workdays.is_workday(date(2023, 10, 8))
    assert workdays.shift(NATIONAL_DAY, "after") == date(2023, 10, 7)
    assert workdays.shift(NATIONAL_DAY, "before") == date(2023, 9, 28)
    assert workdays.shift(NATIONAL_DAY, "none") == NATIONAL_DAY


def test_a_year_that_nobody_announced_is_monday_to_friday_and_says_so():
    assert workdays.known(2023)
    assert not workdays.known(2045)
    assert not workdays.known(1999)
    assert workdays.is_workday(date(2045, 10, 2)) is True
    assert workdays.is_workday(date(2045, 10, 7)) is False


@given(days)
def test_a_shifted_day_is_a_workday_and_no_workday_lies_between(day):
    later, earlier = workdays.shift(day, "after"), workdays.shift(day, "before")
    assert earlier <= day <= later
    assert workdays.is_workday(earlier)
    assert workdays.is_workday(later)
    between = [earlier + timedelta(days=step) for step in range(1, (later - earlier).days)]
    assert not any(map(workdays.is_workday, between))


@given(days, st.integers(0, 800))
def test_workdays_between_is_the_count_of_the_days(start, length):
    end = start + timedelta(days=length)
    counted = sum(workdays.is_workday(start + timedelta(days=step)) for step in range(1, length + 1))
    assert workdays.workdays_between(start, end) == counted
    assert workdays.workdays_between(end, start) == -counted


@given(days, days, days)
def test_workdays_between_adds_up(first, second, third):
    direct = workdays.workdays_between(first, third)
    assert direct == workdays.workdays_between(first, second) + workdays.workdays_between(second, third)


@given(days, st.integers(-3_000, 3_000))
def test_adding_workdays_lands_on_a_workday_at_that_distance(day, count):
    reached = workdays.add_workdays(day, count)
    if count == 0:
        assert reached == day
        return
    assert workdays.is_workday(reached)
    off = count < 0 and not workdays.is_workday(day)  # from a day off backward, the first workday is no workday away
    assert workdays.workdays_between(day, reached) == count + off
    if workdays.is_workday(day):
        assert workdays.add_workdays(reached, -count) == day


def test_a_slip_of_the_keyboard_is_refused():
    with pytest.raises(ValueError, match="40000"):
        workdays.add_workdays(NATIONAL_DAY, 1_000_000)


def test_an_announced_year_is_known_and_followed(tmp_path, restored):
    file = tmp_path / "holidays.yaml"
    file.write_text(
        "2045:\n  source: 通知\n  holidays: [2045-10-01..2045-10-07]\n  workdays: [2045-10-08, 2045-09-30]\n"
    )
    workdays.extend(workdays.load_overrides(file))
    assert workdays.known(2045)
    assert not workdays.is_workday(date(2045, 10, 2))
    assert workdays.is_workday(date(2045, 10, 8))
    assert workdays.add_workdays(date(2045, 9, 30), 1) == date(2045, 10, 8)
    workdays.extend()
    assert not workdays.known(2045)


def test_a_later_file_corrects_an_earlier_one():
    day = date(2045, 10, 7)
    first = Overrides(frozenset([2045]), workdays=frozenset([day]))
    second = Overrides(frozenset([2045]), holidays=frozenset([day]))
    assert not Calendar(first | second).is_workday(day)
    assert Calendar(second | first).is_workday(day)


def test_all_flaws_of_a_file_are_named_at_once(tmp_path):
    file = tmp_path / "holidays.yaml"
    file.write_text(
        "2045:\n  holiday: []\n  holidays: [2046-01-01, 2045-02-30, 2045-10-07, 2045-03-02..2045-03-01, 5]\n"
        "  workdays: [2045-10-07, 2045-10-04, 2045-10-08 08:00:00]\nnext:\n  holidays: []\n2046: 3\n"
    )
    with pytest.raises(BadOverrides) as refusal:
        workdays.load_overrides(file)
    assert refusal.value.flaws == (
        ("unknown-key", "2045", "holiday"),
        ("no-day-of-the-year", "2045", "2046-01-01"),
        ("no-day-of-the-year", "2045", "2045-02-30"),
        ("no-day-of-the-year", "2045", "2045-03-02..2045-03-01"),
        ("no-day-of-the-year", "2045", "5"),
        ("no-day-of-the-year", "2045", "2045-10-08 08:00:00"),
        ("holiday-and-workday", "2045", "2045-10-07"),
        ("not-a-weekend", "2045", "2045-10-04"),
        ("no-year", "next", ""),
        ("no-days", "2046", "3"),
    )


@pytest.mark.parametrize("content", [b"2045: [", b"\xff\xfe", b"- 1"])
def test_a_file_that_cannot_be_read_is_one_flaw(tmp_path, content):
    file = tmp_path / "holidays.yaml"
    file.write_bytes(content)
    with pytest.raises(BadOverrides) as refusal:
        workdays.load_overrides(file)
    assert [code for code, *_ in refusal.value.flaws] == ["unreadable"]
