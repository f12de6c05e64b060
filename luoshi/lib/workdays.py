"""China's workdays: weekends, official holidays and make-up workdays.

The days come from the chinesecalendar package and from override files, `holidays.yaml` beside this module first. A year
that none of them knows is counted Monday to Friday, and `known` says so.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Literal

import yaml
from chinese_calendar.constants import holidays as package_holidays
from chinese_calendar.constants import workdays as package_workdays

Direction = Literal["after", "before", "none"]

FARTHEST = 40_000
"""The most workdays that `add_workdays` goes: 160 years, which only a slip of the keyboard asks for."""


class BadOverrides(ValueError):
    """An override file with flaws; all of them, each as (code, year, what was written)."""

    def __init__(self, flaws: Iterable[tuple[str, str, str]]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("; ".join(f"{year}: {code} {given}".strip() for code, year, given in self.flaws))


@dataclass(frozen=True)
class Overrides:
    """The years that a file announces, its days off and the weekend days on which it has people work."""

    years: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def __or__(self, later: "Overrides") -> "Overrides":
        """Both; where they contradict each other, the later file holds."""
        return Overrides(
            self.years | later.years,
            (self.holidays - later.workdays) | later.holidays,
            (self.workdays - later.holidays) | later.workdays,
        )


def load_overrides(path: Path) -> Overrides:
    """Read a file in the form of `holidays.yaml`. BadOverrides names every flaw in it at once."""
    try:
        # BaseLoader makes strings of everything, so that 2045-02-30 is a flaw with a name and not an error inside YAML.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) or {}  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadOverrides([("unreadable", path.name, str(error))]) from error
    if not isinstance(content, Mapping):
        raise BadOverrides([("unreadable", path.name, "")])
    reading = _Reading()
    for year, days in content.items():
        reading.read_year(year, days)
    if reading.flaws:
        raise BadOverrides(reading.flaws)
    return Overrides(frozenset(reading.years), frozenset(reading.holidays), frozenset(reading.workdays))


@dataclass
class _Reading:
    years: set[int] = field(default_factory=set)
    holidays: set[date] = field(default_factory=set)
    workdays: set[date] = field(default_factory=set)
    flaws: list[tuple[str, str, str]] = field(default_factory=list)

    def read_year(self, year: str, days: object) -> None:
        if not re.fullmatch(r"(19[5-9]|20\d|21\d)\d", str(year), re.ASCII):
            self.flaws.append(("no-year", str(year), ""))
            return
        if not isinstance(days, Mapping):
            self.flaws.append(("no-days", year, str(days)))
            return
        self.flaws += [("unknown-key", year, str(key)) for key in days if key not in _KEYS]
        off = self._days(year, days.get("holidays"))
        worked = self._days(year, days.get("workdays"))
        self.flaws += [("holiday-and-workday", year, str(day)) for day in sorted(off & worked)]
        self.flaws += [("not-a-weekend", year, str(day)) for day in sorted(worked) if day.weekday() < 5]
        self.years.add(int(year))
        self.holidays |= off
        self.workdays |= worked

    def _days(self, year: str, given: object) -> set[date]:
        days: set[date] = set()
        for one in given if isinstance(given, list) else [given] if given else []:
            span = _span(str(one))
            if span is None or any(day.year != int(year) for day in span):
                self.flaws.append(("no-day-of-the-year", year, str(one)))
            else:
                first, last = span
                days |= {first + timedelta(days=step) for step in range((last - first).days + 1)}
        return days


_KEYS = ("source", "holidays", "workdays")


def _span(given: str) -> tuple[date, date] | None:
    first, dots, last = given.partition("..")
    try:
        span = date.fromisoformat(first), date.fromisoformat(last if dots else first)
    except ValueError:
        return None
    return span if span[0] <= span[1] else None


class Calendar:
    """Workdays under given overrides. The module's functions ask the one that the installation uses."""

    def __init__(self, overrides: Overrides) -> None:
        self.overrides = overrides
        self._years = lru_cache(maxsize=None)(self._count_year)

    def known(self, year: int) -> bool:
        """Have the official days of this year been announced to this installation?"""
        return year in _PACKAGE_YEARS or year in self.overrides.years

    def is_workday(self, day: date) -> bool:
        if day in self.overrides.workdays:
            return True
        if day in self.overrides.holidays:
            return False
        return day in package_workdays or (day.weekday() < 5 and day not in package_holidays)

    def shift(self, day: date, direction: Direction) -> date:
        """The day itself if it is worked or nothing is to be shifted; else the next workday in that direction."""
        if direction == "none" or self.is_workday(day):
            return day
        return self.add_workdays(day, 1 if direction == "after" else -1)

    def workdays_between(self, start: date, end: date) -> int:
        """The workdays after `start` up to and including `end`; negative if `end` is the earlier."""
        if end < start:
            return -self.workdays_between(end, start)
        whole_years = sum(self._years(year)[-1] for year in range(start.year, end.year))
        return whole_years + self._counted(end) - self._counted(start)

    def add_workdays(self, day: date, count: int) -> date:
        """The count-th workday after `day` (before it, if negative); for 0 the day. ValueError beyond 40,000."""
        if not count:
            return day
        if abs(count) > FARTHEST:
            raise ValueError(f"{count} workdays are more than {FARTHEST}")
        year = day.year
        wanted = self._counted(day) + count  # as the how-manieth workday of its year; the days off have no number
        if count < 0 and not self.is_workday(day):
            wanted += 1
        while wanted < 1:
            year -= 1
            wanted += self._years(year)[-1]
        while wanted > self._years(year)[-1]:
            wanted -= self._years(year)[-1]
            year += 1
        return date(year, 1, 1) + timedelta(days=bisect_left(self._years(year), wanted))

    def _counted(self, day: date) -> int:
        return self._years(day.year)[day.timetuple().tm_yday - 1]

    def _count_year(self, year: int) -> tuple[int, ...]:
        """For each day of the year, the workdays from 1 January up to and including it."""
        first = date(year, 1, 1)
        length = (date(year, 12, 31) - first).days + 1
        return tuple(accumulate(int(self.is_workday(first + timedelta(days=step))) for step in range(length)))


_PACKAGE_YEARS = frozenset(day.year for day in package_holidays)
_SHIPPED = load_overrides(Path(__file__).with_name("holidays.yaml"))


class _Installed:
    calendar = Calendar(_SHIPPED)


def extend(*overrides: Overrides) -> None:
    """Use these on top of what is shipped, in place of any given before. Called once, when a process starts."""
    together = _SHIPPED
    for one in overrides:
        together |= one
    _Installed.calendar = Calendar(together)


def known(year: int) -> bool:
    return _Installed.calendar.known(year)


def is_workday(day: date) -> bool:
    return _Installed.calendar.is_workday(day)


def shift(day: date, direction: Direction) -> date:
    return _Installed.calendar.shift(day, direction)


def workdays_between(start: date, end: date) -> int:
    return _Installed.calendar.workdays_between(start, end)


def add_workdays(day: date, count: int) -> date:
    return _Installed.calendar.add_workdays(day, count)
