"""The ledger of activities as a table. The records behind a figure are the figures room's own (figures/tables.py)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luoshi.activities.models import Activity
from luoshi.activities.queries import LATE, WITHDRAWN
from luoshi.campaigns.models import Campaign, Kind
from luoshi.orgs.models import Unit
from luoshi.orgs.queries import standing_units, units_named
from luoshi.sheets.columns import Day, Number, Text
from luoshi.sheets.filters import ChoiceFilter, DayRange, UnitFilter
from luoshi.sheets.table import Batch, SavedView, Show, Table

SEARCHED = ("title__icontains", "unit__name__icontains", "unit__pinyin__contains", "unit__code__startswith")


def state_words(activity: Activity) -> str:
    """The state as people say it: an answer that is due or an objection comes before 已记录."""
    if activity.state == Activity.State.RECORDED and activity.answer == Activity.Answer.OBJECTED:
        return str(activity.get_answer_display())
    if activity.state == Activity.State.RECORDED and activity.awaits_answer:
        return str(_("to be confirmed by the unit"))
    return str(activity.get_state_display())


def state_pill(activity: Activity) -> str:
    """The sign of that state, as {% pill %} knows it."""
    if activity.state == Activity.State.WITHDRAWN:
        return "todo"
    if activity.state == Activity.State.RETURNED or activity.answer == Activity.Answer.OBJECTED:
        return "returned"
    return "asked" if activity.awaits_answer else "done"


def days_late(activity: Activity) -> int | None:
    return (activity.entered_on - activity.held_on).days if activity.late else None


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

ACTIVITY_COLUMNS = [
    Show(HELD_ON, sort="held_on", css="ls-date", template="activities/cells/day.html"),
    Show(TITLE, link=_address, css="ls-name ls-long"),
    Show(KIND, sort="kind__order", css="ls-keep"),
    Show(UNIT, sort="unit__no"),
    Show(EXPECTED, sort="expected", total=Sum("expected")),
    Show(PRESENT, sort="present", total=Sum("present"), link=_address),
    Show(OTHERS, sort="others", total=Sum("others"), hidden=True),
    Show(ENTERED_ON, sort="entered_on", css="ls-date", hidden=True),
    Show(LATENESS, template="activities/cells/late.html", css="ls-light"),
    Show(POSTED_ON, sort="posted_on", css="ls-date", hidden=True),
    Show(STATE, sort="state", template="activities/cells/state.html", css="ls-state"),
]


def ledger_table(*, campaign: Campaign, today: date, confirms: bool) -> Table:
    """活动台账 — the room's working list. confirms: the reader answers for a unit, and may confirm several at once."""
    batch = [Batch("confirm", _("Confirm"), reverse("activities:confirm"))] if confirms else []
    return Table(
        "activities",
        title=_("Ledger of activities"),
        columns=ACTIVITY_COLUMNS,
        search=SEARCHED,
        search_hint=_("subject or unit; pinyin works too"),
        filters=[
            UnitFilter(
                "below",
                _("unit"),
                find=unit_named,
                narrow=in_branch,
                named=lambda unit: unit.name,
                source=reverse("orgs:pick"),
            ),
            ChoiceFilter("kind", _("kind"), lookup="kind__code", choices=kinds_of(campaign)),
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


def kinds_of(campaign: Campaign) -> Callable[[], list[tuple[str, Any]]]:
    def choices() -> list[tuple[str, Any]]:
        return [(kind.code, str(kind)) for kind in Kind.objects.filter(campaign=campaign).order_by("order", "pk")]

    return choices


def unit_named(text: str) -> Unit | None:
    """A unit by its key (from the picker), its code, or a piece of its name or pinyin; names are visible to everybody inside."""
    units = standing_units()
    exact = units.filter(Q(code=text) | Q(name=text)).first() or units_named(text).first()
    if exact is None and text.isascii() and text.isdecimal() and len(text) < 18:
        return units.filter(pk=int(text)).first()
    return exact


def in_branch(rows: QuerySet[Any], unit: Unit) -> QuerySet[Any]:
    return rows.filter(unit__no__range=(unit.no, unit.last))
