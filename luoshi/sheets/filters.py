"""The filters above a table: each reads its own part of the URL and says which rows pass."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _

from luoshi.sheets import cells
from luoshi.sheets.columns import Label

# What a filter takes from the URL: its parameters by name, blank ones left out.
Given = Mapping[str, str]


class BadFilter(Exception):
    """The URL holds no sense for this filter; the message says what to write."""


@dataclass(frozen=True, eq=False)
class Filter:
    """筛选 — a name in the URL, a label, and what it does to the rows. lookup: Django's, the name otherwise."""

    name: str
    label: Label
    _: KW_ONLY
    lookup: str = ""

    template: ClassVar[str] = "sheets/filter_text.html"
    is_place: ClassVar[bool] = False  # says of which part of the tree the rows are

    @property
    def parameters(self) -> list[str]:
        return [self.name]

    def condition(self, given: Given) -> Q:
        """Which rows pass. Called only when one of the parameters is given. Raises BadFilter."""
        return Q(**{self.lookup or self.name: given[self.name]})

    def along(self, given: Given) -> Q:
        """The same, for rows that are asked for along the index of their usual order: it must not turn them from it."""
        return self.condition(given)

    def context(self, given: Given) -> dict[str, Any]:
        """What the filter's template needs."""
        return {"value": given.get(self.name, "")}


@dataclass(frozen=True, eq=False)
class TextFilter(Filter):
    """Rows in which a column contains the text."""

    def condition(self, given: Given) -> Q:
        return Q(**{f"{self.lookup or self.name}__icontains": cells.one_line(given[self.name])})


@dataclass(frozen=True, eq=False)
class ChoiceFilter(Filter):
    """One of a list; a function gives lists that depend on the day or the data."""

    choices: Collection[tuple[Any, Label]] | Callable[[], Collection[tuple[Any, Label]]] = ()

    template: ClassVar[str] = "sheets/filter_choice.html"

    def pairs(self) -> list[tuple[str, Any, Label]]:
        choices = self.choices() if callable(self.choices) else self.choices
        return [(str(value), value, label) for value, label in choices]

    def condition(self, given: Given) -> Q:
        for text, value, _label in self.pairs():
            if text == given[self.name]:
                return Q(**{self.lookup or self.name: value})
        raise no_such_choice(given[self.name])

    def context(self, given: Given) -> dict[str, Any]:
        chosen = given.get(self.name, "")
        return {"value": chosen, "options": [(text, label, text == chosen) for text, _value, label in self.pairs()]}


def no_such_choice(text: str) -> BadFilter:
    return BadFilter(_("“{text}” is not in the list.").format(text=text[:50]))


@dataclass(frozen=True, eq=False)
class DayRange(Filter):
    """Days from … to …, both included; either end may be open."""

    template: ClassVar[str] = "sheets/filter_days.html"

    @property
    def parameters(self) -> list[str]:
        return [f"{self.name}_from", f"{self.name}_to"]

    def condition(self, given: Given) -> Q:
        first, last = (day_given(given.get(parameter, "")) for parameter in self.parameters)
        if first and last and first > last:
            raise BadFilter(_("The first day lies after the last one."))
        lookup = self.lookup or self.name
        since = Q(**{f"{lookup}__gte": first}) if first else Q()
        return since & Q(**{f"{lookup}__lte": last}) if last else since

    def context(self, given: Given) -> dict[str, Any]:
        first, last = self.parameters
        return {"first": given.get(first, ""), "last": given.get(last, ""), "first_name": first, "last_name": last}


def day_given(text: str) -> date | None:
    if not text:
        return None
    day = cells.day_in(text)
    if day is None:
        raise BadFilter(_("“{text}” is not a date. Write it like 2023-09-04.").format(text=text[:50]))
    return day


@dataclass(frozen=True, eq=False)
class UnitFilter(Filter):
    """A unit with all below it; this room knows no units, so the caller says how to find, name and narrow.

    find: what stands in the URL → the unit, None if there is none that the reader may know. named: the unit → its name.
    narrow: unit → which rows are of that branch; narrow_along: the same for `along`, where it is another. source: where a picker
    asks for units; plain text input without it.
    """

    find: Callable[[str], Any | None]
    narrow: Callable[[Any], Q]
    narrow_along: Callable[[Any], Q] | None = None
    named: Callable[[Any], str] = str
    source: str = ""

    template: ClassVar[str] = "sheets/filter_unit.html"
    is_place: ClassVar[bool] = True

    def condition(self, given: Given) -> Q:
        return self.narrow(self.found(given))

    def along(self, given: Given) -> Q:
        return (self.narrow_along or self.narrow)(self.found(given))

    def found(self, given: Given) -> Any:
        unit = self.find(given[self.name])
        if unit is None:
            raise BadFilter(_("There is no unit “{text}”.").format(text=given[self.name][:50]))
        return unit

    def context(self, given: Given) -> dict[str, Any]:
        value = given.get(self.name, "")
        unit = self.find(value) if value else None
        return {"value": value, "shown": self.named(unit) if unit is not None else "", "source": self.source}
