"""Activities over the API: the same operations, rights and refusals as the pages."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from luoshi.activities.models import MOST_OTHERS, Activity
from luoshi.activities.operations import (
    Held,
    answer_activity,
    correct_activity,
    record_activity,
    return_activity,
    withdraw_activity,
)
from luoshi.activities.queries import activities, fulfilled_by, sees_names
from luoshi.campaigns.models import Campaign, Kind, Topic
from luoshi.gate.errors import Refused
from luoshi.gate.request import Request
from luoshi.orgs.models import Person, Unit

router = Router(tags=["activities"])

LARGEST_KEY = 2**63 - 1


class Asked(Schema):
    """What the list can be narrowed by."""

    campaign: str = Field("", max_length=60)
    unit: str = Field("", max_length=32, description="Code of a unit; it and all below it")
    kind: str = Field("", max_length=60)
    state: str = Field("", description="recorded, returned or withdrawn")
    since: date | None = Field(None, description="First day on which an activity was held")
    until: date | None = Field(None, description="Last day")
    before: int | None = Field(None, ge=1, le=LARGEST_KEY, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


class HeldIn(Schema):
    kind: str = Field(max_length=60, description="Code of the kind within the campaign")
    held_on: date
    title: str = Field(min_length=1, max_length=200)
    venue: str = Field("", max_length=100)
    host: int | None = Field(None, ge=1, le=LARGEST_KEY, description="Key of a person whom you see on a roster")
    summary: str = Field("", max_length=10_000)
    agenda: list[str] = Field([], max_length=50)
    topics: list[str] = Field([], max_length=100, description="Codes of curriculum topics")
    absent: dict[int, str] = Field(
        {}, description="Persons of the roster who were absent: leave, travel, ill or other; all others were present"
    )
    others: int = Field(0, ge=0, le=MOST_OTHERS)
    roster_kept: bool = Field(True, description="false: nobody took attendance")
    makes_up: str = Field("", max_length=64, description="Earlier occasion: requirement code#number")


class RecordIn(HeldIn):
    campaign: str = Field(max_length=60)
    unit: str = Field(max_length=32, description="Code of the unit that held it")
    key: str = Field("", max_length=64, description="Idempotency key: the same key twice has one effect")


class CorrectIn(HeldIn):
    reason: str = Field("", max_length=500)
    version: int | None = Field(None, description="Version that was seen; 409 when it is another by now")
    key: str = Field("", max_length=64)


class ReasonIn(Schema):
    reason: str = Field(min_length=1, max_length=500)
    version: int | None = None
    key: str = Field("", max_length=64)


class AnswerIn(Schema):
    answer: str = Field(description="confirmed or objected")
    remark: str = Field("", max_length=500, description="What is wrong with it; needed to object")
    version: int | None = None
    key: str = Field("", max_length=64)


class ActivityOut(Schema):
    id: int
    version: int
    unit: str
    campaign: str
    kind: str
    held_on: date
    entered_on: date
    counts_on: date
    title: str
    expected: int | None = Field(description="null: no attendance was taken")
    present: int | None
    others: int
    late: bool = Field(description="Entered later than the second day after it was held")
    by_mandate: bool
    answer: str
    state: str
    remark: str


class FulfilsOut(Schema):
    requirement: str
    occasion: int
    due_on: date
    counts: bool = Field(description="false: an earlier record met this duty")


class ActivityDetail(ActivityOut):
    venue: str
    summary: str
    agenda: list[str]
    topics: list[str]
    objection: str
    makes_up: str
    host: int | None = Field(description="null also for readers who may not see persons")
    absent: dict[int, str] | None = Field(description="null for readers who may not see persons")
    fulfils: list[FulfilsOut]


class ActivityPage(Schema):
    items: list[ActivityOut]
    next: int | None = Field(description="Send it as `before` for the next page; null on the last one")


def summary_of(activity: Activity) -> dict[str, Any]:
    return {
        "id": activity.pk,
        "version": activity.version,
        "unit": activity.unit.code,
        "campaign": activity.campaign.code,
        "kind": activity.kind.code,
        "counts_on": activity.posted_on,
        "by_mandate": activity.mandate_id is not None,
    } | {
        name: getattr(activity, name)
        for name in (
            "held_on",
            "entered_on",
            "title",
            "expected",
            "present",
            "others",
            "late",
            "answer",
            "state",
            "remark",
        )
    }


def detail_of(request: Request, activity: Activity) -> dict[str, Any]:
    named = sees_names(request.actor, activity.unit)
    absences = activity.attendance.exclude(absence="").values_list("person", "absence")
    fulfils = [
        {
            "requirement": each.occasion.requirement.code,
            "occasion": each.occasion.no,
            "due_on": each.occasion.due_on,
            "counts": each.counts,
        }
        for each in fulfilled_by(activity)
    ]
    return summary_of(activity) | {
        "venue": activity.venue,
        "summary": activity.summary,
        "agenda": activity.agenda,
        "topics": list(activity.coverage.order_by("topic__order", "topic").values_list("topic__code", flat=True)),
        "objection": activity.objection,
        "makes_up": activity.makes_up,
        "host": activity.host_id if named else None,
        "absent": dict(absences) if named else None,
        "fulfils": fulfils,
    }


def known(request: Request, pk: int) -> Activity:
    if pk > LARGEST_KEY:
        raise Http404
    rows = activities(request.actor).select_related("unit", "campaign", "kind")
    return get_object_or_404(rows, pk=pk)


def held_of(campaign: Campaign, given: HeldIn) -> Held:
    """What was sent as the operations take it; codes that do not exist are refused by name."""
    kind = Kind.objects.filter(campaign=campaign, code=given.kind).first()
    if kind is None:
        raise Refused(_("There is no kind of activity with the code %(code)s.") % {"code": given.kind})
    topics = by_code(Topic.objects.filter(campaign=campaign, code__in=given.topics), given.topics)
    host = Person.objects.filter(pk=given.host, erased_at__isnull=True).first() if given.host else None
    if given.host and host is None:
        raise Refused(_("The person who chaired is on no roster of yours."))
    same = given.model_dump(
        include={"held_on", "title", "venue", "summary", "agenda", "absent", "others", "roster_kept", "makes_up"}
    )
    return Held(kind=kind, topics=topics, host=host, **same)


def by_code(rows: Any, codes: Sequence[str]) -> list[Topic]:
    found: Mapping[str, Topic] = {topic.code: topic for topic in rows}
    if unknown := [code for code in codes if code not in found]:
        raise Refused(_("There is no topic with the code %(code)s.") % {"code": unknown[0]})
    return [found[code] for code in codes]


@router.get("/activities", response=ActivityPage, summary="Activities in sight, newest first")
def listed(request: Request, asked: Query[Asked]) -> dict[str, Any]:
    rows = activities(request.actor).select_related("unit", "campaign", "kind").order_by("-pk")
    given = {
        "campaign__code": asked.campaign,
        "kind__code": asked.kind,
        "state": asked.state,
        "held_on__gte": asked.since,
        "held_on__lte": asked.until,
        "pk__lt": asked.before,
    }
    rows = rows.filter(**{lookup: value for lookup, value in given.items() if value})
    if asked.unit:
        unit = get_object_or_404(Unit, code=asked.unit)
        rows = rows.filter(unit__no__range=(unit.no, unit.last))
    found = list(rows[: asked.limit + 1])
    shown = found[: asked.limit]
    return {"items": [summary_of(each) for each in shown], "next": shown[-1].pk if len(found) > len(shown) else None}


@router.get("/activities/{int:pk}", response=ActivityDetail, summary="One activity")
def one(request: Request, pk: int) -> dict[str, Any]:
    return detail_of(request, known(request, pk))


@router.post("/activities", response={201: ActivityDetail}, summary="Record an activity")
def record(request: Request, given: RecordIn) -> Status[dict[str, Any]]:
    unit = get_object_or_404(Unit.objects.select_related("sector"), code=given.unit, no__gt=0)
    campaign = get_object_or_404(Campaign, code=given.campaign)
    activity = record_activity(
        request.actor, unit, campaign=campaign, held=held_of(campaign, given), key=given.key, at=request.now
    )
    return Status(201, detail_of(request, activity))


@router.put("/activities/{int:pk}", response=ActivityDetail, summary="Correct an activity")
def correct(request: Request, pk: int, given: CorrectIn) -> dict[str, Any]:
    activity = known(request, pk)
    held = held_of(activity.campaign, given)
    changed = correct_activity(
        request.actor, activity, held=held, reason=given.reason, seen=given.version, key=given.key, at=request.now
    )
    return detail_of(request, changed)


@router.post(
    "/activities/{int:pk}/withdraw", response=ActivityDetail, summary="Withdraw an activity recorded by mistake"
)
def withdraw(request: Request, pk: int, given: ReasonIn) -> dict[str, Any]:
    how: dict[str, Any] = {"seen": given.version, "key": given.key, "at": request.now}
    return detail_of(request, withdraw_activity(request.actor, known(request, pk), reason=given.reason, **how))


@router.post("/activities/{int:pk}/return", response=ActivityDetail, summary="Return an activity with a comment")
def send_back(request: Request, pk: int, given: ReasonIn) -> dict[str, Any]:
    how: dict[str, Any] = {"seen": given.version, "key": given.key, "at": request.now}
    return detail_of(request, return_activity(request.actor, known(request, pk), reason=given.reason, **how))


@router.post(
    "/activities/{int:pk}/answer", response=ActivityDetail, summary="Confirm or object to what a delegate recorded"
)
def answer(request: Request, pk: int, given: AnswerIn) -> dict[str, Any]:
    how: dict[str, Any] = {"seen": given.version, "key": given.key, "at": request.now}
    said = answer_activity(request.actor, known(request, pk), answer=given.answer, remark=given.remark, **how)
    return detail_of(request, said)
