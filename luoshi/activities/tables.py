"""The lists of this room: the ledger of activities, and the records that stand behind a figure."""

from collections.abc import Callable, Mapping
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
from luoshi.sheets.columns import Choice, Column, Day, Number, Text
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


def _of_activity(column: Column, make: Callable[..., Column], **more: Any) -> Column:
    """The same column for a row that belongs to an activity."""
    return make(column.name, column.label, source=lambda row: column.value(row.activity), **more)


OF_ACTIVITY = [
    Show(_of_activity(HELD_ON, Day), sort="activity__held_on", css="ls-date"),
    Show(_of_activity(TITLE, Text), link=lambda row: row.activity.get_absolute_url(), css="ls-name ls-long"),
    Show(_of_activity(KIND, Text), sort="activity__kind__order", css="ls-keep"),
]
ABSENCE = Choice(
    "absence",
    _("attendance"),
    source="absence",
    choices=[("", pgettext_lazy("at an activity", "present")), ("leave", _("on leave")), ("travel", _("travelling on duty")),
             ("ill", _("ill")), ("other", _("absent"))],
)  # fmt: skip

# The records behind a figure, by the code of its fact source. The figures room joins them with the rows in the reader's sight.
# A row of `attendance` leads to its activity: who it was stands there, for those who may read names.
RECORDS: Mapping[str, Table] = {
    "activities": Table(
        "activities",
        title=_("activities"),
        columns=ACTIVITY_COLUMNS,
        search=SEARCHED,
        order="-held_on",
    ),
    "attendance": Table(
        "attendance",
        title=_("persons at activities"),
        columns=[
            *OF_ACTIVITY,
            Show(Text("counted_at", _("counted at"), source=lambda row: row.unit.name), sort="unit__no"),
            Show(ABSENCE),
        ],
        search=("activity__title__icontains", "unit__name__icontains", "unit__pinyin__contains"),
        order="-held_on",
    ),
    "coverage": Table(
        "coverage",
        title=_("curriculum topics covered"),
        columns=[
            Show(Text("topic", _("topic"), source=lambda row: str(row.topic)), sort="topic__order", css="ls-name"),
            *OF_ACTIVITY,
            Show(_of_activity(UNIT, Text), sort="activity__unit__no"),
        ],
        search=("activity__title__icontains", "topic__title__icontains", "activity__unit__name__icontains"),
        order="-held_on",
    ),
}

# What the rows of each list need beside themselves, so that a page of them takes one query.
RELATED: Mapping[str, tuple[str, ...]] = {
    "activities": ("unit", "kind"),
    "attendance": ("unit", "activity__kind", "activity__unit"),
    "coverage": ("topic", "activity__kind", "activity__unit"),
}
