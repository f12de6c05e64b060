"""The ledger of activities as a table. The records behind a figure are the figures room's own (figures/tables.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, ClassVar

from django.db.models import F, Q, Sum
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from luoshi.activities.models import LATE, Activity
from luoshi.activities.queries import WITHDRAWN
from luoshi.campaigns.models import Campaign, Kind
from luoshi.gate.scope import Aside, in_branch
from luoshi.orgs.models import Unit
from luoshi.orgs.queries import standing_units, units_named
from luoshi.page.templatetags.page import day, light, pill
from luoshi.sheets.columns import Day, Number, Text
from luoshi.sheets.filters import ChoiceFilter, DayRange, Filter, Given, UnitFilter, no_such_choice
from luoshi.sheets.table import Batch, SavedView, Show, Table

SEARCHED = ("title__icontains", "unit__name__icontains", "unit__pinyin__contains", "unit__code__startswith")


def state_words(activity: Activity) -> str:
    """The state as people say it: an answer that is due or an objection comes before 已记录."""
    if activity.state == Activity.State.RECORDED and activity.answer == Activity.Answer.OBJECTED:
        return str(Activity.Answer.OBJECTED.label)
    if activity.state == Activity.State.RECORDED and activity.awaits_answer:
        return str(_("to be confirmed by the unit"))
    return str(Activity.State(activity.state).label)


def state_pill(activity: Activity) -> str:
    """The sign of that state, as {% pill %} knows it."""
    if activity.state == Activity.State.WITHDRAWN:
        return "todo"
    if activity.state == Activity.State.RETURNED or activity.answer == Activity.Answer.OBJECTED:
        return "returned"
    return "asked" if activity.awaits_answer else "done"


def days_late(activity: Activity) -> int | None:
    return (activity.entered_on - activity.held_on).days if activity.late else None


def drawn_late(_activity: Activity, days: int | None) -> str:
    if days is None:
        return ""
    return light("warn", ngettext("%(count)d day late", "%(count)d days late", days) % {"count": days})


def _address(activity: Activity) -> str:
    return activity.get_absolute_url()


HELD_ON = Day("held_on", _("held on"))
TITLE = Text("title", _("subject"), max_length=200)
KIND = Text("kind", _("kind"), source=lambda activity: str(activity.kind))
UNIT = Text("unit", _("unit"), source=lambda activity: activity.unit.name)
EXPECTED = Number("expected", _("on the roster"))
PRESENT = Number("present", _("present"))
OTHERS = Number("others", _("others present"))
ENTERED_ON = Day("entered_on", _("entered on"))
POSTED_ON = Day("posted_on", _("counts on"))
LATENESS = Number("late", _("days late"), source=days_late)
STATE = Text("state", _("state"), source=state_words)


@dataclass(frozen=True, eq=False)
class KindFilter(Filter):
    """One kind of activity, by its code."""

    kinds: Sequence[Kind] = ()

    template: ClassVar[str] = "sheets/filter_choice.html"

    def condition(self, given: Given) -> Q:
        return Q(Exact(Aside(F("kind")), self.chosen(given).pk))

    def along(self, given: Given) -> Q:
        return Q(kind=self.chosen(given))

    def chosen(self, given: Given) -> Kind:
        for kind in self.kinds:
            if kind.code == given[self.name]:
                return kind
        raise no_such_choice(given[self.name])

    def context(self, given: Given) -> dict[str, Any]:
        chosen = given.get(self.name, "")
        return {"value": chosen, "options": [(kind.code, str(kind), kind.code == chosen) for kind in self.kinds]}


def activity_columns() -> list[Show]:
    days = cache(day)  # a page shows each day many times
    return [
        Show(HELD_ON, sort="held_on", indexed=True, css="ls-date", draw=lambda _row, value: days(value)),
        Show(TITLE, link=_address, css="ls-name ls-long"),
        Show(KIND, sort="kind__order", css="ls-keep"),
        Show(UNIT, sort="unit__no"),
        Show(EXPECTED, sort="expected", total=Sum("expected")),
        Show(PRESENT, sort="present", total=Sum("present"), link=_address),
        Show(OTHERS, sort="others", total=Sum("others"), hidden=True),
        Show(ENTERED_ON, sort="entered_on", css="ls-date", hidden=True),
        Show(LATENESS, draw=drawn_late, css="ls-light"),
        Show(POSTED_ON, sort="posted_on", css="ls-date", hidden=True),
        Show(STATE, sort="state", draw=lambda row, words: pill(state_pill(row), words), css="ls-state"),
    ]


def ledger_table(*, campaign: Campaign, today: date, confirms: bool) -> Table:
    """活动台账 — the room's working list. confirms: the reader answers for a unit, and may confirm several at once."""
    batch = [Batch("confirm", _("Confirm"), reverse("activities:confirm"))] if confirms else []
    return Table(
        "activities",
        title=_("Ledger of activities"),
        columns=activity_columns(),
        search=SEARCHED,
        search_hint=_("subject or unit; pinyin works too"),
        filters=[
            UnitFilter(
                "below",
                _("unit"),
                find=cache(unit_named),
                narrow=lambda unit: in_branch(unit.no, unit.last),
                narrow_along=lambda unit: in_branch(unit.no, unit.last, along=True),
                named=lambda unit: unit.name,
                source=reverse("orgs:pick"),
            ),
            KindFilter("kind", _("kind"), kinds=list(Kind.objects.filter(campaign=campaign).order_by("order", "pk"))),
            DayRange("held_on", pgettext_lazy("of an activity", "date")),
            ChoiceFilter("state", _("state"), choices=Activity.State.choices),
        ],
        views=[
            SavedView("all", pgettext_lazy("view of activities", "All"), ~WITHDRAWN),
            SavedView("month", _("This month"), ~WITHDRAWN & Q(held_on__gte=today.replace(day=1))),
            SavedView("late", _("Entered late"), ~WITHDRAWN & LATE),
            SavedView("mandate", _("By mandate"), ~WITHDRAWN & Q(mandate__isnull=False)),
            SavedView("returned", _("Returned"), Q(state=Activity.State.RETURNED)),
            SavedView("withdrawn", _("Withdrawn"), WITHDRAWN),
        ],
        order="-held_on",
        per=20,
        batch=batch,
        empty=_("No activity has been recorded here yet."),
    )


def unit_named(text: str) -> Unit | None:
    """A unit by its key (from the picker), its code, or a piece of its name or pinyin; names are visible to everybody inside."""
    units = standing_units()
    exact = units.filter(Q(code=text) | Q(name=text)).first() or units_named(text).first()
    if exact is None and text.isascii() and text.isdecimal() and len(text) < 18:
        return units.filter(pk=int(text)).first()
    return exact
