"""What activities offer to be counted: the activities themselves, and the persons who were there."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from luoshi.activities.models import Activity, Attendance, Coverage
from luoshi.campaigns.models import Kind
from luoshi.gate.facts import Cell, Column, Facts, Type, cells_of
from luoshi.gate.operation import Act
from luoshi.orgs.models import Unit


def counted() -> QuerySet[Activity]:
    """Activities that count: everything but what was withdrawn. A returned one counts until it is corrected or withdrawn."""
    return Activity.objects.exclude(state=Activity.State.WITHDRAWN)


def attended() -> QuerySet[Attendance]:
    return Attendance.objects.filter(absence=Attendance.Absence.PRESENT).exclude(
        activity__state=Activity.State.WITHDRAWN
    )


def covered() -> QuerySet[Coverage]:
    return Coverage.objects.exclude(activity__state=Activity.State.WITHDRAWN)


def _activities(act: Act) -> list[int]:
    return [written.pk for written in act.written if written.model is Activity]


def _days(act: Act) -> dict[int, list[date]]:
    """The days on which each activity of the act counted, before and after."""
    return {
        written.pk: [image["posted_on"] for image in (written.before, written.after) if image]
        for written in act.written
        if written.model is Activity
    }


def _attendance_cells(act: Act) -> Iterator[Cell]:
    days = _days(act)
    replaced = {each.record.pk: each for each in act.parts if each.name == "attendance"}
    for pk, each in replaced.items():
        yield from ((part.unit_id, day) for part in (*each.before, *each.after) for day in days.get(pk, ()))
    if kept := days.keys() - replaced.keys():
        present = Attendance.objects.filter(activity__in=kept).values_list("activity", "unit").distinct()
        yield from ((unit, day) for activity, unit in present for day in days[activity])
    for bulk in act.wholesale:
        if bulk.model is Activity:
            rows = Attendance.objects.filter(activity__pk__range=(bulk.first, bulk.last))
            yield from rows.values_list("unit", "activity__posted_on").distinct()


def _attending(act: Act) -> Iterator[int]:
    replaced = {each.record.pk: each for each in act.parts if each.name == "attendance"}
    for each in replaced.values():
        yield from (part.person_id for part in (*each.before, *each.after))
    if kept := set(_activities(act)) - replaced.keys():
        yield from Attendance.objects.filter(activity__in=kept).values_list("person", flat=True)
    for bulk in act.wholesale:
        if bulk.model is Activity:
            rows = Attendance.objects.filter(activity__pk__range=(bulk.first, bulk.last))
            yield from rows.values_list("person", flat=True).distinct()


def _coverage_cells(act: Act) -> Iterable[Cell]:
    return cells_of(Activity, "posted_on")(act)


ACTIVITY = {
    "kind": Column("kind__code", _("kind"), section="kinds"),
    "workstream": Column("kind__workstream__code", _("workstream"), section="workstreams"),
    "unit_kind": Column("unit__kind", _("kind of unit"), choices=Unit.Kind.choices),
    "unit_rank": Column("unit__rank", _("rank of unit"), type=Type.NUMBER),
    "leading_body": Column("unit__leading_body", _("leading body"), type=Type.FLAG),
    "held_on": Column("held_on", _("held on"), type=Type.DATE),
    "present": Column("present", _("present"), type=Type.NUMBER),
}

activities = Facts(
    code="activities",
    title=_("activities"),
    rows=counted,
    day="posted_on",
    see="activity.see",
    columns=ACTIVITY,
    sums={"present": "present", "expected": "expected", "others": "others"},
    touched=cells_of(Activity, "posted_on"),
)

attendance = Facts(
    code="attendance",
    title=_("persons at activities"),
    rows=attended,
    day="activity__posted_on",
    campaign="activity__campaign",
    person="person",
    see="activity.see",
    columns={
        name: Column(f"activity__{column.lookup}", column.title, column.type, column.choices, column.section)
        for name, column in ACTIVITY.items()
    }
    | {"roster": Column("activity__kind__roster", _("roster"), choices=Kind.Roster.choices)},
    touched=_attendance_cells,
    members=_attending,
)

coverage = Facts(
    code="coverage",
    title=_("curriculum topics covered"),
    rows=covered,
    day="activity__posted_on",
    unit="activity__unit",
    campaign="activity__campaign",
    see="activity.see",
    columns={
        "topic": Column("topic__code", _("topic"), section="topics"),
        "kind": Column("activity__kind__code", _("kind"), section="kinds"),
    },
    touched=_coverage_cells,
)

SOURCES = (activities, attendance, coverage)
