"""What can be written about activities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from luoshi.activities.models import Activity, Attendance, Coverage
from luoshi.activities.roster import roster
from luoshi.campaigns.derive import fulfil, fulfil_many, take_back
from luoshi.campaigns.models import Campaign, ClosedPeriod, Kind, Topic
from luoshi.gate.actor import Actor
from luoshi.gate.errors import Refused
from luoshi.gate.operation import Act, operation
from luoshi.gate.rules import Role
from luoshi.orgs.models import Grant, Person, Unit, during

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """What was held: the content of one activity, as pages, API and imports hand it in.

    absent: persons of the roster who were not there, with the reason (Attendance.Absence); all others of the roster were present.
    roster_kept: False when nobody took attendance; then present and expected stay unknown.
    """

    kind: Kind
    held_on: date
    title: str
    venue: str = ""
    host: Person | None = None
    summary: str = ""
    agenda: Sequence[str] = ()
    topics: Sequence[Topic] = ()
    absent: Mapping[int, str] = field(default_factory=dict)
    others: int = 0
    roster_kept: bool = True
    makes_up: str = ""


def posting_day(campaign: Campaign, held_on: date) -> date:
    """The day on which a fact counts: its own, or the first open day when its period was closed (关账后不追溯)."""
    closed = ClosedPeriod.objects.filter(campaign=campaign, until__gte=held_on).order_by("-until").first()
    return held_on if closed is None else closed.until + ONE_DAY


def _check_held(campaign: Campaign, unit: Unit, held: Held, *, today: date) -> None:
    if held.held_on > today:
        raise Refused(_("%(day)s lies in the future. Record the activity once it was held.") % {"day": held.held_on})
    if held.held_on < unit.founded_on or (unit.closed_on and held.held_on >= unit.closed_on):
        raise Refused(_("The unit did not exist on %(day)s.") % {"day": held.held_on})
    if held.kind.campaign_id != campaign.pk:
        raise Refused(_("This kind of activity belongs to another campaign."))
    if not held.title.strip():
        raise Refused(_("Say what the activity was about."))
    if any(topic.campaign_id != campaign.pk for topic in held.topics):
        raise Refused(_("This topic belongs to another campaign."))
    known = {item["code"] for item in held.kind.agenda}
    if unknown := set(held.agenda) - known:
        raise Refused(_("The agenda has no such item: %(items)s.") % {"items": ", ".join(sorted(unknown))})


def _attendance(unit: Unit, held: Held) -> list[Attendance] | None:
    """Everybody of the roster of that day, present or absent; None where no roster was kept."""
    if not held.roster_kept or held.kind.roster == Kind.Roster.NONE:
        if held.absent:
            raise Refused(_("There is no roster for this kind of activity."))
        return None
    persons = roster(unit, held.kind.roster, on=held.held_on)
    if strangers := set(held.absent) - {person for person, _home in persons}:
        raise Refused(
            ngettext(
                "%(count)d person is not on this unit's roster of that day.",
                "%(count)d persons are not on this unit's roster of that day.",
                len(strangers),
            )
            % {"count": len(strangers)}
        )
    return [
        Attendance(person_id=person, unit_id=home, absence=held.absent.get(person, Attendance.Absence.PRESENT))
        for person, home in persons
    ]


def _mandate(actor: Actor, unit: Unit, on: date) -> Grant | None:
    """The mandate that the actor records by; None when it is the unit's own person."""
    own = [grant for grant in actor.grants if grant.unit == unit.pk and grant.role != Role.DELEGATE]
    if own:
        return None
    found: Grant | None = Grant.objects.filter(during(on), user=actor.user, unit=unit, role=Role.DELEGATE).first()
    return found


def _fill(activity: Activity, held: Held, attendance: list[Attendance] | None) -> None:
    activity.kind, activity.held_on, activity.title = held.kind, held.held_on, held.title.strip()
    activity.venue, activity.host, activity.summary = held.venue, held.host, held.summary
    activity.agenda, activity.others, activity.makes_up = list(held.agenda), held.others, held.makes_up
    activity.expected = None if attendance is None else len(attendance)
    present = sum(not each.absence for each in attendance or ())
    activity.present = None if attendance is None else present


def _save(act: Act, activity: Activity, held: Held, attendance: list[Attendance] | None) -> Activity:
    coverage = [Coverage(topic=topic) for topic in held.topics]
    act.save(activity, attendance=attendance or [], coverage=coverage)
    fulfil(
        act,
        campaign=activity.campaign,
        unit=activity.unit_id,
        kind=held.kind.code,
        on=held.held_on,
        ref=activity.ref,
        makes_up=held.makes_up,
    )
    return activity


def _record(act: Act, unit: Unit, campaign: Campaign, held: Held, mandate: Grant | None) -> Activity:
    _check_held(campaign, unit, held, today=act.today)
    attendance = _attendance(unit, held)
    activity = Activity(
        unit=unit,
        campaign=campaign,
        entered_on=act.today,
        posted_on=posting_day(campaign, held.held_on),
        mandate=mandate,
    )
    _fill(activity, held, attendance)
    return _save(act, activity, held, attendance)


@operation("activity.record", creates=True)
def record_activity(act: Act, unit: Unit, *, campaign: Campaign, held: Held) -> Activity:
    """记录活动 — the unit, or whoever holds its mandate, records what it held."""
    return _record(act, unit, campaign, held, _mandate(act.actor, unit, act.today))


@operation("activity.correct")
def correct_activity(act: Act, activity: Activity, *, held: Held, reason: str = "") -> Activity:
    """更正 — only the unit corrects; the old values stay in the history."""
    if activity.state == Activity.State.WITHDRAWN:
        raise Refused(_("This activity was withdrawn. Record it anew."))
    _check_held(activity.campaign, activity.unit, held, today=act.today)
    attendance = _attendance(activity.unit, held)
    take_back(act, activity.ref)
    if held.held_on != activity.held_on:
        activity.posted_on = posting_day(activity.campaign, held.held_on)
    _fill(activity, held, attendance)
    activity.state, activity.remark = Activity.State.RECORDED, reason
    return _save(act, activity, held, attendance)


@operation("activity.withdraw")
def withdraw_activity(act: Act, activity: Activity, *, reason: str) -> Activity:
    """撤回 — recorded by mistake; it counts no longer and stays to be read."""
    if not reason.strip():
        raise Refused(_("Say why it is withdrawn."))
    if activity.state == Activity.State.WITHDRAWN:
        raise Refused(_("This activity was withdrawn already."))
    take_back(act, activity.ref)
    activity.state, activity.remark = Activity.State.WITHDRAWN, reason
    return act.save(activity)


@operation("activity.return")
def return_activity(act: Act, activity: Activity, *, reason: str) -> Activity:
    """退回 — a superior asks the unit to correct; nobody above changes the record."""
    if not reason.strip():
        raise Refused(_("Say what is to be corrected."))
    if activity.state == Activity.State.WITHDRAWN:
        raise Refused(_("This activity was withdrawn already."))
    activity.state, activity.remark = Activity.State.RETURNED, reason
    return act.save(activity)


@operation("activity.answer")
def answer_activity(act: Act, activity: Activity, *, answer: str, remark: str = "") -> Activity:
    """确认代录 — the unit confirms, or objects to, what a delegate recorded for it."""
    if activity.mandate_id is None:
        raise Refused(_("The unit recorded this itself."))
    if answer == Activity.Answer.OBJECTED and not remark.strip():
        raise Refused(_("Say what is wrong with it."))
    activity.answer, activity.remark = answer, remark
    return act.save(activity)


BULK_FIELDS = (
    "unit_id", "campaign_id", "kind_id", "held_on", "title", "venue", "host_id", "summary", "agenda", "expected", "present", "others",
    "entered_on", "posted_on", "makes_up", "mandate_id", "answer", "state", "remark",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BulkHeld:
    """One activity of a bulk import: keys instead of rows. roster: (person, counting unit, absence) or None.

    makes_up: "requirement code#number" of the occasion that it was held for afterwards.
    """

    unit: int
    kind: int
    held_on: date
    title: str
    entered_on: date
    venue: str = ""
    host: int | None = None
    summary: str = ""
    others: int = 0
    agenda: tuple[str, ...] = ()
    topics: tuple[int, ...] = ()
    makes_up: str = ""
    roster: Sequence[tuple[int, int, str]] | None = None


@operation("activity.import", creates=True)
def import_activities(act: Act, below: Unit, *, campaign: Campaign, rows: Iterable[BulkHeld]) -> range:
    """导入活动 — many activities at once, one entry, all or nothing. The caller has validated the rows.

    Attendance stands in each activity's Change. Fulfilments are derived for all of them together. Returns the activities' keys.
    """
    given = list(rows)
    inside = Unit.objects.filter(no__range=(below.no, below.last)).values_list("pk", flat=True)
    if {row.unit for row in given} - set(inside):
        raise Refused(_("Some activities were held by units that are not yours."))
    closed = posting_day(campaign, date.min)
    values = [
        (
            row.unit, campaign.pk, row.kind, row.held_on, row.title, row.venue, row.host, row.summary, list(row.agenda),
            None if row.roster is None else len(row.roster),
            None if row.roster is None else sum(not absence for _person, _home, absence in row.roster),
            row.others, row.entered_on, row.held_on if closed == date.min else max(row.held_on, closed), row.makes_up, None, "", "recorded", "",
        )
        for row in given
    ]  # fmt: skip
    if any(row.held_on > act.today for row in given):
        raise Refused(_("Some of the days lie in the future."))
    ids = act.add_many(Activity, BULK_FIELDS, values)
    attendance = (
        (pk, person, home, absence)
        for pk, row in zip(ids, given, strict=True)
        for person, home, absence in row.roster or ()
    )
    act.add_parts(Attendance, ["activity_id", "person_id", "unit_id", "absence"], attendance)
    coverage = ((pk, topic) for pk, row in zip(ids, given, strict=True) for topic in row.topics)
    act.add_parts(Coverage, ["activity_id", "topic_id"], coverage)
    _say_parts(act, ids, given)
    _fulfil_many(act, campaign, ids, given)
    return ids


def _say_parts(act: Act, ids: range, given: Sequence[BulkHeld]) -> None:
    """Attendance and coverage belong into the Change of their activity."""
    told = {f"activity:{pk}": row for pk, row in zip(ids, given, strict=True)}
    for ref, change in act.changes:
        row = told.get(ref)
        if row is not None:
            change["parts"] = {
                "attendance": sorted([person, home, absence] for person, home, absence in row.roster or ()),
                "coverage": sorted([topic] for topic in row.topics),
            }


def _fulfil_many(act: Act, campaign: Campaign, ids: range, given: Sequence[BulkHeld]) -> None:
    kinds = dict(Kind.objects.filter(campaign=campaign).values_list("pk", "code"))
    fulfil_many(
        act,
        campaign,
        [
            (f"activity:{pk}", row.unit, kinds[row.kind], row.held_on, row.entered_on, row.makes_up)
            for pk, row in zip(ids, given, strict=True)
        ],
    )
