"""What can be written about activities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from luoshi.activities.files import Accepted
from luoshi.activities.models import Activity, Attachment, Attendance, Coverage
from luoshi.activities.roster import roster
from luoshi.campaigns.derive import fulfil, fulfil_many, take_back
from luoshi.campaigns.duties import open_requirements
from luoshi.campaigns.models import Campaign, ClosedPeriod, Kind, Occasion, Topic
from luoshi.gate.actor import Actor
from luoshi.gate.errors import Refused
from luoshi.gate.ledgered import Ledgered
from luoshi.gate.operation import Act, operation
from luoshi.gate.policy import may
from luoshi.gate.rules import Role
from luoshi.lib.text import clean_lines, marking
from luoshi.orgs.models import Grant, Person, Unit, during

ONE_DAY = timedelta(days=1)
MOST_FILES = 20
ABSENCES = [reason for reason in Attendance.Absence.values if reason]
# What a campaign can ask to be filled in (Kind.needs), as people call it.
NEEDS = {
    "venue": gettext_lazy("venue"),
    "host": gettext_lazy("chaired by"),
    "summary": gettext_lazy("minutes"),
    "agenda": gettext_lazy("agenda"),
    "topics": gettext_lazy("topics"),
    "attendance": gettext_lazy("attendance"),
    "others": gettext_lazy("others present"),
}


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


def _plain(text: str) -> str:
    """The text without invisible characters; Refused when it bears a classification mark."""
    if (mark := marking(text)) is not None:
        raise Refused(
            _("The text bears the mark “%(mark)s”. Classified content must not be entered here; take it out.")
            % {"mark": mark}
        )
    return clean_lines(text)


def _check_fields(row: Ledgered) -> None:
    """Lengths and ranges, in words, before a database says them in its own way."""
    try:
        row.clean_fields(exclude={field.name for field in row._meta.concrete_fields if field.is_relation})
    except ValidationError as error:
        raise Refused(
            " ".join(
                f"{row._meta.get_field(name).verbose_name}: {' '.join(messages)}"  # type: ignore[union-attr]
                for name, messages in error.message_dict.items()
            )
        ) from error


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
    if held.makes_up:
        _check_making_up(campaign, unit, held)


def _check_needs(held: Held) -> None:
    """What the campaign wants to be said of each activity of this kind."""
    said = {
        "venue": held.venue.strip(),
        "host": held.host,
        "summary": held.summary.strip(),
        "agenda": held.agenda,
        "topics": held.topics,
        "attendance": held.roster_kept,
        "others": held.others,
    }
    lacking = [str(NEEDS[need]) for need in held.kind.needs if not said[need]]
    if lacking:
        raise Refused(
            _("%(kind)s: still to be filled in: %(fields)s.") % {"kind": held.kind, "fields": ", ".join(lacking)}
        )


def _check_making_up(campaign: Campaign, unit: Unit, held: Held) -> None:
    code, _sharp, no = held.makes_up.partition("#")
    owed = {each.code: each for each in open_requirements(campaign, unit.pk, held.kind.code, on=held.held_on)}
    earlier = Occasion.objects.filter(requirement=owed.get(code), due_on__lt=held.held_on)
    if not no.isdecimal() or not earlier.filter(no=int(no)).exists():
        raise Refused(_("There is no earlier occasion “%(code)s” to make up for.") % {"code": held.makes_up})


def _check_host(actor: Actor, held: Held, *, known: int | None = None) -> None:
    """Somebody whom the actor can see on a roster, or who stood there before."""
    host = held.host
    if host is not None and host.pk != known and not may(actor, "person.see", host.place()):
        raise Refused(_("The person who chaired is on no roster of yours."))


def _attendance(unit: Unit, held: Held) -> list[Attendance] | None:
    """Everybody of the roster of that day, present or absent; None where no roster was kept."""
    if not held.roster_kept or held.kind.roster == Kind.Roster.NONE:
        if held.absent:
            raise Refused(_("There is no roster for this kind of activity."))
        return None
    if set(held.absent.values()) - set(ABSENCES):
        raise Refused(_("Choose one of the offered reasons for an absence."))
    expected = roster(unit, held.kind.roster, on=held.held_on)
    if strangers := set(held.absent) - {each.person for each in expected}:
        raise Refused(
            ngettext(
                "%(count)d person is not on this unit's roster of that day.",
                "%(count)d persons are not on this unit's roster of that day.",
                len(strangers),
            )
            % {"count": len(strangers)}
        )
    return [
        Attendance(
            person_id=each.person,
            unit_id=each.home,
            absence=held.absent.get(each.person, Attendance.Absence.PRESENT),
        )
        for each in expected
    ]


def _is_own(actor: Actor, unit: Unit) -> bool:
    """Does the actor act for the unit itself, and not by a mandate?"""
    return any(grant.unit == unit.pk and grant.role != Role.DELEGATE for grant in actor.grants)


def _mandate(actor: Actor, unit: Unit, on: date) -> Grant | None:
    """The mandate that the actor records by; None when it is the unit's own person."""
    if _is_own(actor, unit):
        return None
    found: Grant | None = Grant.objects.filter(during(on), user=actor.user, unit=unit, role=Role.DELEGATE).first()
    return found


def _fill(activity: Activity, held: Held, attendance: list[Attendance] | None) -> None:
    activity.kind, activity.held_on, activity.title = held.kind, held.held_on, " ".join(_plain(held.title).split())
    activity.venue, activity.host, activity.summary = (
        " ".join(_plain(held.venue).split()),
        held.host,
        _plain(held.summary),
    )
    activity.agenda, activity.others, activity.makes_up = list(held.agenda), held.others, held.makes_up
    activity.expected = None if attendance is None else len(attendance)
    present = sum(not each.absence for each in attendance or ())
    activity.present = None if attendance is None else present
    _check_fields(activity)


def _save(act: Act, activity: Activity, held: Held, attendance: list[Attendance] | None) -> Activity:
    coverage = [Coverage(topic=topic) for topic in dict.fromkeys(held.topics)]
    act.save(activity, attendance=attendance or [], coverage=coverage)
    fulfil(
        act,
        campaign=activity.campaign,
        unit=activity.unit_id,
        kind=held.kind.code,
        on=held.held_on,
        ref=activity.ref,
        makes_up=held.makes_up,
        entered_on=activity.entered_on,
    )
    return activity


@operation("activity.record", creates=True)
def record_activity(act: Act, unit: Unit, *, campaign: Campaign, held: Held) -> Activity:
    """记录活动 — the unit, or whoever holds its mandate, records what it held."""
    _check_held(campaign, unit, held, today=act.today)
    _check_needs(held)
    _check_host(act.actor, held)
    attendance = _attendance(unit, held)
    activity = Activity(
        unit=unit,
        campaign=campaign,
        entered_on=act.today,
        posted_on=posting_day(campaign, held.held_on),
        mandate=_mandate(act.actor, unit, act.today),
    )
    _fill(activity, held, attendance)
    return _save(act, activity, held, attendance)


@operation("activity.correct")
def correct_activity(act: Act, activity: Activity, *, held: Held, reason: str = "") -> Activity:
    """更正 — only the unit corrects, itself or by its mandate; the old values stay in the history."""
    if activity.state == Activity.State.WITHDRAWN:
        raise Refused(_("This activity was withdrawn. Record it anew."))
    _check_held(activity.campaign, activity.unit, held, today=act.today)
    _check_needs(held)
    _check_host(act.actor, held, known=activity.host_id)
    attendance = _attendance(activity.unit, held)
    take_back(act, activity.ref)
    if held.held_on != activity.held_on:
        activity.posted_on = posting_day(activity.campaign, held.held_on)
    activity.state, activity.remark = Activity.State.RECORDED, _plain(reason)
    if activity.mandate_id is not None:
        # What the unit itself has corrected it has also confirmed; what its delegate has corrected it is asked again.
        own = _is_own(act.actor, activity.unit)
        activity.answer, activity.objection = (Activity.Answer.CONFIRMED if own else Activity.Answer.NONE), ""
    stated = None if activity.attendance.exists() else (activity.expected, activity.present)
    _fill(activity, held, attendance)
    if attendance is None and stated is not None:
        activity.expected, activity.present = stated  # another system counted, and named nobody
    return _save(act, activity, held, attendance)


@operation("activity.withdraw")
def withdraw_activity(act: Act, activity: Activity, *, reason: str) -> Activity:
    """撤回 — recorded by mistake; it counts no longer and stays to be read."""
    _check_standing(activity)
    take_back(act, activity.ref)
    return _change_state(act, activity, Activity.State.WITHDRAWN, reason, missing=_("Say why it is withdrawn."))


@operation("activity.return")
def return_activity(act: Act, activity: Activity, *, reason: str) -> Activity:
    """退回 — a superior asks the unit to correct; nobody above changes the record."""
    _check_standing(activity)
    return _change_state(act, activity, Activity.State.RETURNED, reason, missing=_("Say what is to be corrected."))


def _check_standing(activity: Activity) -> None:
    if activity.state == Activity.State.WITHDRAWN:
        raise Refused(_("This activity was withdrawn already."))


def _change_state(act: Act, activity: Activity, state: str, reason: str, *, missing: str) -> Activity:
    activity.state, activity.remark = state, _plain(reason)
    if not activity.remark:
        raise Refused(missing)
    _check_fields(activity)
    return act.save(activity)


@operation("activity.answer")
def answer_activity(act: Act, activity: Activity, *, answer: str, remark: str = "") -> Activity:
    """确认代录 — the unit confirms, or objects to, what a delegate recorded for it."""
    _check_standing(activity)
    if activity.mandate_id is None:
        raise Refused(_("The unit recorded this itself."))
    if answer not in (Activity.Answer.CONFIRMED, Activity.Answer.OBJECTED):
        raise Refused(_("Confirm it, or object to it."))
    activity.answer, activity.objection = answer, _plain(remark) if answer == Activity.Answer.OBJECTED else ""
    if answer == Activity.Answer.OBJECTED and not activity.objection:
        raise Refused(_("Say what is wrong with it."))
    _check_fields(activity)
    return act.save(activity)


@operation("activity.attach", creates=True)
def attach_file(act: Act, activity: Activity, *, file: Accepted) -> Attachment:
    """加附件 — a file is put beside an activity; nothing is counted by it."""
    _check_standing(activity)
    if activity.attachments.filter(removed_on__isnull=True).count() >= MOST_FILES:
        raise Refused(_("An activity holds at most %(limit)d files. Remove one first.") % {"limit": MOST_FILES})
    attachment = Attachment(
        activity=activity,
        name=_plain(file.name),
        media_type=file.media_type,
        size=len(file.content),
        sha256=file.sha256,
        added_on=act.today,
    )
    _check_fields(attachment)
    if activity.attachments.filter(sha256=file.sha256, removed_on__isnull=True).exists():
        raise Refused(_("This file is attached already."))
    # Before the row: a file without a row is harmless, a row without its file is not.
    if not default_storage.exists(attachment.path):
        default_storage.save(attachment.path, ContentFile(file.content))
    return act.add(attachment)


@operation("activity.attach")
def remove_file(act: Act, attachment: Attachment, *, reason: str) -> Attachment:
    """去附件 — its bytes are deleted unless another record holds the same file; name, size and SHA-256 stay."""
    if attachment.removed_on is not None:
        raise Refused(_("This file was removed already."))
    attachment.removed_on, attachment.remark = act.today, _plain(reason)
    if not attachment.remark:
        raise Refused(_("Say why it is removed."))
    _check_fields(attachment)
    act.save(attachment)
    if not Attachment.objects.filter(sha256=attachment.sha256, removed_on__isnull=True).exists():
        transaction.on_commit(lambda: default_storage.delete(attachment.path))
    return attachment


BULK_FIELDS = (
    "unit_id", "campaign_id", "kind_id", "held_on", "title", "venue", "host_id", "summary", "agenda", "expected", "present", "others",
    "entered_on", "posted_on", "makes_up", "mandate_id", "answer", "state", "remark", "objection",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BulkHeld:
    """One activity of a bulk import: keys instead of rows.

    roster: (person, counting unit, absence) for everybody expected, or None. counts: (expected, present) as another system
    states them, where it does not name the persons; a roster goes before it.
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
    counts: tuple[int, int] | None = None

    @property
    def attendance(self) -> tuple[int | None, int | None]:
        """Expected and present; unknown where nobody counted."""
        if self.roster is not None:
            return len(self.roster), sum(not absence for _person, _home, absence in self.roster)
        return self.counts or (None, None)


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
            *row.attendance, row.others, row.entered_on, row.held_on if closed == date.min else max(row.held_on, closed),
            row.makes_up, None, "", "recorded", "", "",
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
