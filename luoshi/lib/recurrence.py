"""How often something is due: RFC 5545 rules by the day, anchored to a campaign, shifted to workdays.

`Recurrence.parse("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", anchor=monday)` is due every second Thursday; "ONCE BY 2023-10-20"
is due once. A rule that names no day is due on the last day of its week, month or year.

The windows of the occasions tile the time from the anchor on, and end with the calendar's weeks (Monday to Sunday), months
and years: what was due by Thursday and is done on Friday was done late, and not early for the week to come. Only where the
next occasion is due within the same period does a window end with its due day.

`Rule` is the rule taken apart, for a room to put it into words (每两周, every two weeks).
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain, islice, pairwise, takewhile
from typing import Literal, Self

from dateutil import rrule

from luoshi.lib import workdays
from luoshi.lib.periods import month_of, week_of, year_of
from luoshi.lib.workdays import Direction

MOST_OCCASIONS = 5_000
LONGEST_INTERVAL = 400
YEARS_AHEAD = 41  # 29 February on a given weekday is up to 40 years away
ONE_DAY = timedelta(days=1)
SUNDAY, DECEMBER = 7, 12


class Frequency(StrEnum):
    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class BadRecurrence(ValueError):
    """A rule that cannot be kept. `code` and `params` are for the message that the reader sees."""

    def __init__(self, code: str, **params: object) -> None:
        self.code, self.params = code, params
        super().__init__(" ".join([code, *(f"{name}={value}" for name, value in params.items())]))


@dataclass(frozen=True)
class Weekday:
    """1 is Monday. `nth` counts within the month or year, -1 being the last; None is every one."""

    number: int
    nth: int | None = None


@dataclass(frozen=True)
class Rule:
    """A rule taken apart. `by_on` is the day of "once by"; `positions` picks from the days that the rest names."""

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    count: int | None = None
    until_on: date | None = None
    by_on: date | None = None


@dataclass(frozen=True, order=True)
class Occasion:
    """应办期次 — the days on which something is to be done once, and by when; `nominal_on` is the due day before any shift.

    What is done after `due_on` is late, and belongs to this occasion until `closes_on`.
    """

    opens_on: date
    due_on: date
    nominal_on: date
    closes_on: date


@dataclass(frozen=True)
class Recurrence:
    text: str = field(compare=False)
    rule: Rule
    anchor: date
    shift: Direction = "none"

    @classmethod
    def parse(cls, text: str, *, anchor: date, shift: Direction = "none", until: date | None = None) -> Self:
        """BadRecurrence with a code if the rule is misspelt, can never be due or is due more than 5,000 times.

        `anchor` is the first day on which something can be due and opens the first window; every second week or month is
        counted from the one that holds it. `until` is the last day, as UNTIL in the rule; the earlier of the two holds.
        A due day that is no workday moves "after" or "before"; before the anchor there is none, so it then moves after.
        """
        rule = _read(text, until)
        if (last_on := rule.by_on or rule.until_on) and last_on < anchor:
            raise BadRecurrence("ends-before-it-begins", anchor=anchor, until=last_on)
        if shift not in ("after", "before", "none"):
            raise BadRecurrence("unknown-shift", shift=shift)
        recurrence = cls(text, rule, anchor, shift)
        recurrence._check_kept()
        return recurrence

    @classmethod
    def once(cls, *, by: date, anchor: date, shift: Direction = "none") -> Self:
        return cls.parse(f"ONCE BY {by}", anchor=anchor, shift=shift)

    def occasions(self, from_: date, until: date) -> list[Occasion]:
        """The occasions whose windows hold any day from `from_` to `until`, in order; the last may be due after `until`."""
        begun = takewhile(lambda occasion: occasion.opens_on <= until, self._occasions())
        found = list(islice(begun, MOST_OCCASIONS + 1))
        if len(found) > MOST_OCCASIONS:
            raise BadRecurrence("too-many-occasions", most=MOST_OCCASIONS)
        return [occasion for occasion in found if occasion.closes_on >= from_]

    def occasion_on(self, day: date) -> Occasion | None:
        """The occasion whose window holds this day; None before the anchor and after the last window."""
        return next(iter(self.occasions(day, day)), None)

    def _occasions(self) -> Iterator[Occasion]:
        opens_on = self.anchor
        for (nominal_on, due_on), (_nominal, next_due_on) in pairwise(chain(self._due_days(), [_NEVER])):
            closes_on = max(due_on, self._end_of_period(nominal_on))
            if next_due_on <= closes_on:
                closes_on = due_on
            yield Occasion(opens_on, due_on, nominal_on, closes_on)
            opens_on = closes_on + ONE_DAY

    def _due_days(self) -> Iterator[tuple[date, date]]:
        """(nominal day, due day); where two nominal days move to one workday, there is one."""
        before = date.min
        for nominal_on in self._nominal_days():
            due_on = self._shifted(nominal_on)
            if due_on > before:
                yield nominal_on, due_on
                before = due_on

    def _end_of_period(self, day: date) -> date:
        """The last day of the calendar's week, month or year."""
        match self.rule.frequency:
            case Frequency.WEEKLY:
                return week_of(day).last_on
            case Frequency.MONTHLY:
                return month_of(day).last_on
            case Frequency.YEARLY:
                return year_of(day).last_on
        return day

    def _shifted(self, nominal_on: date) -> date:
        due_on = workdays.shift(nominal_on, self.shift)
        return due_on if due_on >= self.anchor else workdays.shift(nominal_on, "after")

    def _nominal_days(self) -> Iterator[date]:
        if self.rule.by_on:
            return iter([self.rule.by_on])
        return islice((moment.date() for moment in _dateutil_rule(self.rule, self.anchor)), self.rule.count)

    def _check_kept(self) -> None:
        rule = self.rule
        if rule.until_on or rule.count:
            most = len(list(islice(self._nominal_days(), MOST_OCCASIONS + 1)))
            if most > MOST_OCCASIONS:
                raise BadRecurrence("too-many-occasions", most=MOST_OCCASIONS)
        if next(self._nominal_days(), None) is None:
            raise BadRecurrence("never-due", rule=self.text)


_NEVER = (date.max, date.max)
_ONCE = re.compile(r"once by (\S+)", re.IGNORECASE)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(rf"([+-]?[1-9]\d?)?({'|'.join(_DAYS)})", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,4}", re.ASCII)
_SUB_DAILY = {"HOURLY", "MINUTELY", "SECONDLY", "BYHOUR", "BYMINUTE", "BYSECOND"}
_PARTS = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "COUNT", "UNTIL", "WKST"}
_FREQUENCIES: dict[Frequency, Literal[0, 1, 2, 3]] = {
    Frequency.DAILY: rrule.DAILY,
    Frequency.WEEKLY: rrule.WEEKLY,
    Frequency.MONTHLY: rrule.MONTHLY,
    Frequency.YEARLY: rrule.YEARLY,
}


def _read(text: str, until: date | None) -> Rule:
    if match := _ONCE.fullmatch(text.strip()):
        return Rule(Frequency.ONCE, by_on=_day("ONCE BY", match[1]))
    parts = _parts(text)
    rule = Rule(
        frequency=_frequency(parts.get("FREQ", "")),
        interval=_numbers(parts, "INTERVAL", range(1, LONGEST_INTERVAL + 1), single=True)[0]
        if "INTERVAL" in parts
        else 1,
        weekdays=_weekdays(parts),
        month_days=_numbers(parts, "BYMONTHDAY", [*range(-31, 0), *range(1, 32)]),
        months=_numbers(parts, "BYMONTH", range(1, 13)),
        positions=_numbers(parts, "BYSETPOS", [*range(-366, 0), *range(1, 367)]),
        count=_numbers(parts, "COUNT", range(1, MOST_OCCASIONS + 1), single=True)[0] if "COUNT" in parts else None,
        until_on=min(filter(None, [until, _day("UNTIL", parts["UNTIL"]) if "UNTIL" in parts else None]), default=None),
    )
    _check_sense(rule, parts)
    if rule.months and rule.month_days and not _some_month_has_such_a_day(rule):
        raise BadRecurrence("never-due", rule=text)  # known at once, where dateutil searches day by day up to 9999
    return rule


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if name in _SUB_DAILY:
            raise BadRecurrence("finer-than-a-day", part=part)
        if not equals or not value or name not in _PARTS:
            raise BadRecurrence("unknown-part", part=part)
        if name in parts:
            raise BadRecurrence("part-given-twice", part=name)
        parts[name] = value
    return parts


def _frequency(value: str) -> Frequency:
    if value in _SUB_DAILY:
        raise BadRecurrence("finer-than-a-day", part=f"FREQ={value}")
    if value.lower() not in tuple(_FREQUENCIES):
        raise BadRecurrence("unknown-frequency", frequency=value)
    return Frequency(value.lower())


def _check_sense(rule: Rule, parts: dict[str, str]) -> None:
    if parts.get("WKST", "MO") != "MO":
        raise BadRecurrence("weeks-begin-on-monday", part=f"WKST={parts['WKST']}")
    if rule.count and "UNTIL" in parts:
        raise BadRecurrence("count-and-until", part=f"COUNT={rule.count}")
    if rule.frequency in (Frequency.DAILY, Frequency.WEEKLY) and any(day.nth for day in rule.weekdays):
        raise BadRecurrence("nth-weekday-of-what", part=f"BYDAY={parts['BYDAY']}")
    if rule.frequency == Frequency.WEEKLY and rule.month_days:
        raise BadRecurrence("month-day-in-a-week", part=f"BYMONTHDAY={parts['BYMONTHDAY']}")
    if rule.positions and (rule.frequency == Frequency.DAILY or not (rule.weekdays or rule.month_days or rule.months)):
        raise BadRecurrence("position-of-what", part=f"BYSETPOS={parts['BYSETPOS']}")


def _some_month_has_such_a_day(rule: Rule) -> bool:
    leap_year = 2024
    longest = max(monthrange(leap_year, month)[1] for month in rule.months)
    return any(abs(day) <= longest for day in rule.month_days)


def _weekdays(parts: dict[str, str]) -> tuple[Weekday, ...]:
    found = []
    for one in parts["BYDAY"].split(",") if "BYDAY" in parts else ():
        match = _WEEKDAY.fullmatch(one)
        if match is None or abs(int(match[1] or 1)) > 53:
            raise BadRecurrence("out-of-range", part="BYDAY", given=one)
        found.append(Weekday(_DAYS.index(match[2]) + 1, int(match[1]) if match[1] else None))
    return tuple(found)


def _numbers(parts: dict[str, str], name: str, allowed: Iterable[int], *, single: bool = False) -> tuple[int, ...]:
    if name not in parts:
        return ()
    given = [parts[name]] if single else parts[name].split(",")
    permitted = set(allowed)
    for one in given:
        if not _NUMBER.fullmatch(one) or int(one) not in permitted:
            raise BadRecurrence("out-of-range", part=name, given=one)
    return tuple(map(int, given))


def _day(part: str, given: str) -> date:
    digits = re.match(r"(\d{4})-?(\d\d)-?(\d\d)(?:T\d{6}Z?)?$", given, re.ASCII)
    try:
        if digits:
            return date(int(digits[1]), int(digits[2]), int(digits[3]))
    except ValueError:
        pass
    raise BadRecurrence("no-date", part=part, given=given)


def _dateutil_rule(rule: Rule, anchor: date) -> rrule.rrule:
    rule = _with_its_day(rule)
    farthest_on = date(min(anchor.year + YEARS_AHEAD, 9999), 12, 31)
    until_on = min(rule.until_on or farthest_on, farthest_on)
    return rrule.rrule(
        _FREQUENCIES[rule.frequency],
        dtstart=_midnight(anchor),
        interval=rule.interval,
        wkst=rrule.MO,
        until=_midnight(until_on),
        bysetpos=rule.positions or None,
        bymonth=rule.months or None,
        bymonthday=rule.month_days or None,
        byweekday=[rrule.weekday(day.number - 1, day.nth) for day in rule.weekdays] or None,
    )


def _with_its_day(rule: Rule) -> Rule:
    """A rule that names no day is due at the end of its period, not on the weekday or date on which its anchor happens to fall."""
    if rule.weekdays or rule.month_days:
        return rule
    match rule.frequency:
        case Frequency.WEEKLY:
            return replace(rule, weekdays=(Weekday(SUNDAY),))
        case Frequency.MONTHLY:
            return replace(rule, month_days=(-1,))
        case Frequency.YEARLY:
            return replace(rule, months=rule.months or (DECEMBER,), month_days=(-1,))
    return rule


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
