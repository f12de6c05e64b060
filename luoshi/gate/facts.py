"""事实 — what a room offers to be counted. A room's facts.py holds its sources; the figures room counts them.

A source names its rows, the day on which each happened and the unit where it counts. Indicators filter and measure them by allow-listed
columns only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Model, QuerySet

from luoshi.gate.operation import Act

Cell = tuple[int, date]  # unit, day


class Type(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column that an indicator may filter by: its lookup, its title for people, what its values are."""

    lookup: str
    title: object
    type: Type = Type.TEXT
    choices: Sequence[tuple[Any, object]] = ()
    section: str = ""  # the section of a pack whose codes are its values


@dataclass(frozen=True, slots=True)
class Facts:
    """数据源 — rows that can be counted.

    day      lookup of the day on which a row happened
    until    for a stock (roster, placements): lookup of the day on which it stops counting; None for events
    campaign lookup of the campaign's key, None for facts that belong to no campaign
    person   lookup of the person, where distinct persons can be counted
    home     lookup of the unit where that person counts
    touched  the cells (unit, day) that an act has touched, as they were before and as they are after
    members  the persons that an act has touched, for distinct counts
    see      the action that opens a single row to a reader
    """

    code: str
    title: object
    rows: Callable[[], QuerySet[Any]]
    day: str
    see: str
    unit: str = "unit"
    until: str | None = None
    campaign: str | None = "campaign"
    person: str | None = None
    home: str | None = None
    columns: Mapping[str, Column] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)
    touched: Callable[[Act], Iterable[Cell]] = lambda _act: ()
    members: Callable[[Act], Iterable[int]] = lambda _act: ()

    def lookups(self) -> dict[str, str]:
        return {name: column.lookup for name, column in self.columns.items()}


def cells_of(model: type[Model], *days: str, unit: str = "unit") -> Callable[[Act], Iterable[Cell]]:
    """For a model whose own fields say unit and days: the cells that its rows touch in an act, before and after."""

    def touched(act: Act) -> Iterator[Cell]:
        for written in act.written:
            if written.model is model:
                for image in filter(None, (written.before, written.after)):
                    yield from ((image[unit], image[day]) for day in days if image.get(day) is not None)
        for bulk in act.wholesale:
            if bulk.model is model:
                rows = model._default_manager.filter(pk__range=(bulk.first, bulk.last))
                for day in days:
                    yield from rows.filter(**{f"{day}__isnull": False}).values_list(unit, day).distinct()

    return touched
