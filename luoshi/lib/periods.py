"""Stretches of whole days: campaign weeks, months, quarters, years, named windows. The rooms give them their names."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)


class Kind(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    SPAN = "span"


MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.YEAR: 12}


class BadPeriod(ValueError):
    """What was asked for is no period. `code` and `given` are for the message that the reader sees."""

    def __init__(self, code: str, given: object) -> None:
        super().__init__(f"{code}: {given}")
        self.code, self.given = code, str(given)


@dataclass(frozen=True, order=True)
class Period:
    """All days from `first_on` to `last_on`, both included.

    `number` is that of the week since the campaign's first Monday (1 is its first week; None before it and where no
    campaign was named), of the month or of the quarter in its year; None for a year and a span.
    """

    first_on: date
    last_on: date
    kind: Kind = Kind.SPAN
    number: int | None = None

    def __post_init__(self) -> None:
        if self.last_on < self.first_on:
            raise BadPeriod("ends-before-it-begins", f"{self.first_on}..{self.last_on}")

    def __contains__(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on

    def __str__(self) -> str:
        """A name that `window` reads back: 2023-10, 2023-Q4, 2023, or 2023-10-09..2023-10-15 for weeks and spans."""
        match self.kind:
            case Kind.MONTH:
                return f"{self.first_on:%Y-%m}"
            case Kind.QUARTER:
                return f"{self.first_on.year}-Q{self.number}"
            case Kind.YEAR:
                return str(self.first_on.year)
            case _:
                return f"{self.first_on}..{self.last_on}"

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1

    def following(self) -> "Period":
        """The next one of its kind, beginning the day after; for a span, one of the same length."""
        return self._neighbour(self.last_on + ONE_DAY, 1)

    def preceding(self) -> "Period":
        return self._neighbour(self.first_on - ONE_DAY, -1)

    def overlap(self, other: "Period") -> "Period | None":
        first_on, last_on = max(self.first_on, other.first_on), min(self.last_on, other.last_on)
        return Period(first_on, last_on) if first_on <= last_on else None

    def _neighbour(self, day: date, step: int) -> "Period":
        if self.kind in MONTHS:
            return _calendar_period(day, self.kind)
        number = self.number + step if self.number else None
        away = step * timedelta(days=self.days)
        return Period(self.first_on + away, self.last_on + away, self.kind, number or None)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(day: date, *, anchor: date | None = None) -> Period:
    """The week, Monday to Sunday, that holds this day, numbered from the week of `anchor`. An anchor is a Monday."""
    first_on = monday_of(day)
    number = None
    if anchor is not None:
        if anchor.weekday():
            raise BadPeriod("anchor-is-no-monday", anchor)
        number = (first_on - anchor).days // 7 + 1
    return Period(first_on, first_on + ONE_WEEK - ONE_DAY, Kind.WEEK, number if number and number > 0 else None)


def numbered_week(number: int, *, anchor: date) -> Period:
    """第 12 周 — the week with this number."""
    if number < 1:
        raise BadPeriod("weeks-begin-with-one", number)
    return week_of(anchor + (number - 1) * ONE_WEEK, anchor=anchor)


def month_of(day: date) -> Period:
    return _calendar_period(day, Kind.MONTH)


def quarter_of(day: date) -> Period:
    return _calendar_period(day, Kind.QUARTER)


def year_of(day: date) -> Period:
    return _calendar_period(day, Kind.YEAR)


def period_of(day: date, kind: Kind, *, anchor: date | None = None) -> Period:
    """The period of this kind that holds the day; BadPeriod for a span, which has no other than itself."""
    if kind == Kind.SPAN:
        raise BadPeriod("not-a-kind-of-calendar", kind)
    return week_of(day, anchor=anchor) if kind == Kind.WEEK else _calendar_period(day, kind)


def periods_in(whole: Period, kind: Kind, *, anchor: date | None = None) -> Iterator[Period]:
    """The periods of one kind that touch the whole, in order; the first and the last may reach beyond it."""
    period = period_of(whole.first_on, kind, anchor=anchor)
    while period.first_on <= whole.last_on:
        yield period
        period = period_of(period.last_on + ONE_DAY, kind, anchor=anchor)


def window(name: str, *, on: date, campaign: Period | None = None, anchor: date | None = None) -> Period:
    """The period that a name means on a day.

    "week", "month", "quarter", "year": the one that holds the day. "campaign": the whole campaign.
    "2023-10", "2023-Q4", "2023": that month, quarter, year.
    "2023-09-01..2023-11-30": from and to. "2023-09-01..": from then until the day. "2023-09-01": one day.
    Weeks are numbered from `anchor`, a Monday; where none is given, from the week in which the campaign begins.
    BadPeriod for anything else.
    """
    if name == "campaign":
        if campaign is None:
            raise BadPeriod("no-campaign", name)
        return campaign
    if name in tuple(Kind) and name != Kind.SPAN:
        first_monday = anchor or (monday_of(campaign.first_on) if campaign else None)
        return period_of(on, Kind(name), anchor=first_monday)
    try:
        return _dated(name, on)
    except BadPeriod:
        raise
    except ValueError as error:
        raise BadPeriod("not-a-period", name) from error


_DATED = re.compile(
    r"(?P<first>\d{4}-\d\d-\d\d)(?:(?P<dots>\.\.)(?P<last>\d{4}-\d\d-\d\d)?)?"
    r"|(?P<year>\d{4})(?:-(?P<month>\d\d)|-Q(?P<quarter>[1-4]))?",
    re.ASCII,
)


def _dated(name: str, on: date) -> Period:
    match = _DATED.fullmatch(name)
    if match is None:
        raise BadPeriod("not-a-period", name)
    if match["first"]:
        first_on = date.fromisoformat(match["first"])
        if not match["dots"]:
            return Period(first_on, first_on)
        return Period(first_on, date.fromisoformat(match["last"]) if match["last"] else on)
    year = int(match["year"])
    if match["month"]:
        return month_of(date(year, int(match["month"]), 1))
    if match["quarter"]:
        return quarter_of(date(year, int(match["quarter"]) * 3, 1))
    return year_of(date(year, 1, 1))


def _calendar_period(day: date, kind: Kind) -> Period:
    length = MONTHS[kind]
    place = (day.month - 1) // length
    first_on = date(day.year, place * length + 1, 1)
    last_month = place * length + length
    last_on = date(day.year, last_month, monthrange(day.year, last_month)[1])
    return Period(first_on, last_on, kind, None if kind == Kind.YEAR else place + 1)
