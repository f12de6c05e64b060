"""Campaigns over the API: requirements, duties, zero reports, waivers, notices; the same rights and operations as the pages."""

from datetime import date, datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from luoshi.campaigns.duties import State, duties
from luoshi.campaigns.models import Campaign, ClosedPeriod, Kind, Notice, Requirement, Signature, ZeroReport
from luoshi.campaigns.operations import close_period, report_zero, sign_notice, waive, withdraw_waivers, withdraw_zero
from luoshi.campaigns.queries import check_reader, check_sight, excused, notices
from luoshi.campaigns.wording import fulfilment_words, recurrence_words
from luoshi.gate.actor import Actor
from luoshi.gate.scope import within
from luoshi.orgs.models import Unit

router = Router(tags=["campaigns"])

MOST = 500


class CampaignOut(Schema):
    code: str
    title: str
    unit: str = Field(description="Code of the unit that leads it")
    starts_on: date
    ends_on: date
    document: str


class RequirementOut(Schema):
    code: str = Field(description="Code of the requirement within its campaign")
    title: str
    batch: str
    workstream: str
    audience: str
    often: str = Field(description="How often it is due, in the reader's language")
    rule: str = Field(description="RFC 5545 recurrence; empty for what is due once")
    by: date | None
    kinds: list[str] = Field(description="Kinds of activity, any of which fulfils it")
    fulfilled_by: str
    zero_report: bool
    required: bool = Field(description="false: the unit's own choice (自选动作)")
    notice: int | None = Field(description="The notice that asks for it")
    published_on: date
    ended_on: date | None


class DutyOut(Schema):
    requirement: str
    unit: str
    no: int = Field(description="Number of the occasion")
    opens_on: date
    due_on: date
    limit_on: date = Field(description="The due day, or the later day to which it was extended")
    state: State
    held_on: date | None
    entered_on: date | None
    entered_late: bool = Field(description="Held in time, recorded after the limit")
    record: str = Field(description="Reference of the record that met it, such as activity:81")


class ZeroIn(Schema):
    unit: str
    requirement: str
    no: int = Field(ge=1)
    statement: str = Field("", max_length=500)
    key: str = Field("", max_length=64, description="Idempotency key: the same key twice has one effect")


class ZeroOut(Schema):
    id: int
    unit: str
    requirement: str
    no: int
    due_on: date
    stated_on: date
    statement: str
    withdrawn_on: date | None


class WaiverIn(Schema):
    unit: str = Field(description="This unit and all below it that owe the occasion")
    requirement: str
    no: int = Field(ge=1)
    reason: str = Field(min_length=1, max_length=300)
    until: date | None = Field(None, description="Extended until; null: waived altogether")


class WaivedOut(Schema):
    units: int = Field(description="How many units were waived or extended, or owe it again")


class WithdrawIn(Schema):
    unit: str = Field(description="This unit and all below it that were excused from the occasion")
    requirement: str
    no: int = Field(ge=1)
    reason: str = Field(min_length=1, max_length=300)


class ExcusedOut(Schema):
    no: int = Field(description="Number of the occasion")
    due_on: date
    units: int
    unit: str = Field(description="Code of the unit, where it is a single one")
    until: date | None = Field(description="Extended until; null: waived altogether")
    reason: str
    granted_on: date
    granted_by: str = Field(description="Code of the unit whose office granted it; empty where that is not known")
    withdrawn_on: date | None
    withdrawn_because: str


class PeriodIn(Schema):
    until: date = Field(description="Closed up to and including this day")
    note: str = Field("", max_length=300)
    key: str = Field("", max_length=64, description="Idempotency key: the same key twice has one effect")


class PeriodOut(Schema):
    until: date
    closed_on: date
    note: str


class NoticeOut(Schema):
    id: int
    title: str
    document: str
    text: str
    unit: str = Field(description="Code of the unit that issued it")
    audience: str
    issued_at: datetime
    sign_by: date | None = Field(description="null: for information, nobody signs")


class SignIn(Schema):
    unit: str


class SignedOut(Schema):
    notice: int
    unit: str
    signed_at: datetime


def _campaign(actor: Actor, code: str) -> Campaign:
    check_reader(actor)
    return get_object_or_404(Campaign.objects.select_related("unit"), code=code)


def _unit(code: str) -> Unit:
    return get_object_or_404(Unit, code=code, no__gt=0)


@router.get("/campaigns", response=list[CampaignOut], summary="Campaigns")
def list_campaigns(request: HttpRequest) -> list[CampaignOut]:
    check_reader(request.actor)  # type: ignore[attr-defined]
    rows = Campaign.objects.select_related("unit").order_by("-starts_on", "pk")
    return [
        CampaignOut(
            code=each.code,
            title=str(each),
            unit=each.unit.code,
            starts_on=each.starts_on,
            ends_on=each.ends_on,
            document=each.document,
        )
        for each in rows
    ]


@router.get("/campaigns/{campaign}/requirements", response=list[RequirementOut], summary="Requirements of a campaign")
def list_requirements(request: HttpRequest, campaign: str) -> list[RequirementOut]:
    chosen = _campaign(request.actor, campaign)  # type: ignore[attr-defined]
    kinds = {kind.code: str(kind) for kind in Kind.objects.filter(campaign=chosen)}
    rows = Requirement.objects.filter(campaign=chosen).select_related("batch", "workstream", "audience")
    return [_required(each, kinds) for each in rows.order_by("workstream__order", "order", "pk")]


def _required(each: Requirement, kinds: dict[str, str]) -> RequirementOut:
    return RequirementOut(
        code=each.code,
        title=str(each),
        batch=each.batch.code,
        workstream=each.workstream.code,
        audience=each.audience.code,
        often=recurrence_words(each),
        rule=each.rule,
        by=each.by,
        kinds=each.kinds,
        fulfilled_by=fulfilment_words(each, kinds),
        zero_report=each.zero_report,
        required=each.required,
        notice=each.notice_id,
        published_on=each.published_on,
        ended_on=each.ended_on,
    )


@router.get("/campaigns/{campaign}/duties/{unit}", response=list[DutyOut], summary="What one unit owes")
def list_duties(
    request: HttpRequest, campaign: str, unit: str, since: date | None = None, until: date | None = None
) -> list[DutyOut]:
    """In the order of their limit; without `until` everything that is due up to today."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    chosen, place, on = _campaign(actor, campaign), _unit(unit), request.today  # type: ignore[attr-defined]
    check_sight(actor, place)
    codes = dict(Requirement.objects.filter(campaign=chosen).values_list("pk", "code"))
    found = duties(actor, on=on, until=until or on, since=since, units=[place.pk])
    return [
        DutyOut(
            requirement=codes[duty.requirement],
            unit=place.code,
            no=duty.no,
            opens_on=duty.opens_on,
            due_on=duty.due_on,
            limit_on=duty.limit_on,
            state=duty.state,
            held_on=duty.held_on,
            entered_on=duty.entered_on,
            entered_late=duty.entered_late,
            record=duty.ref,
        )
        for duty in found
        if duty.requirement in codes
    ]


def _zero(row: ZeroReport) -> ZeroOut:
    return ZeroOut(
        id=row.pk,
        unit=row.unit.code,
        requirement=row.requirement.code,
        no=row.occasion_no,
        due_on=row.due_on,
        stated_on=row.stated_on,
        statement=row.statement,
        withdrawn_on=row.withdrawn_on,
    )


@router.post("/campaigns/{campaign}/zero-reports", response={201: ZeroOut}, summary="State that there was nothing")
def state_zero(request: HttpRequest, campaign: str, data: ZeroIn) -> Status[ZeroOut]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    chosen = _campaign(actor, campaign)
    made = report_zero(
        actor,
        _unit(data.unit),
        requirement=get_object_or_404(Requirement, campaign=chosen, code=data.requirement),
        no=data.no,
        statement=data.statement,
        key=data.key,
        at=request.now,  # type: ignore[attr-defined]
    )
    return Status(201, _zero(made))


@router.post("/zero-reports/{pk}/withdraw", response=ZeroOut, summary="Withdraw a zero report")
def take_zero_back(request: HttpRequest, pk: int) -> ZeroOut:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = get_object_or_404(ZeroReport.objects.filter(within(actor, "duty.see")), pk=pk)
    return _zero(withdraw_zero(actor, found, at=request.now))  # type: ignore[attr-defined]


@router.post("/campaigns/{campaign}/waivers", response={201: WaivedOut}, summary="Waive or extend a duty")
def waive_duty(request: HttpRequest, campaign: str, data: WaiverIn) -> Status[WaivedOut]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    chosen = _campaign(actor, campaign)
    count = waive(
        actor,
        _unit(data.unit),
        requirement=get_object_or_404(Requirement, campaign=chosen, code=data.requirement),
        no=data.no,
        reason=data.reason,
        until=data.until,
        at=request.now,  # type: ignore[attr-defined]
    )
    return Status(201, WaivedOut(units=count))


@router.get(
    "/campaigns/{campaign}/waivers/{unit}/{requirement}", response=list[ExcusedOut], summary="Waivers and extensions"
)
def list_waivers(request: HttpRequest, campaign: str, unit: str, requirement: str) -> list[ExcusedOut]:
    """Of the unit and all below it, with what was taken back; one row for what was granted together."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    chosen, place = _campaign(actor, campaign), _unit(unit)
    check_sight(actor, place)
    return [
        ExcusedOut(
            no=each.occasion.no,
            due_on=each.occasion.due_on,
            units=each.units,
            unit=each.unit.code if each.unit else "",
            until=each.until,
            reason=each.reason,
            granted_on=each.granted_on,
            granted_by=each.granted_by.code if each.granted_by else "",
            withdrawn_on=each.withdrawn_on,
            withdrawn_because=each.withdrawn_because,
        )
        for each in excused(get_object_or_404(Requirement, campaign=chosen, code=requirement), place)
    ]


@router.post("/campaigns/{campaign}/waivers/withdraw", response=WaivedOut, summary="Take waivers back")
def take_waivers_back(request: HttpRequest, campaign: str, data: WithdrawIn) -> WaivedOut:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    chosen = _campaign(actor, campaign)
    count = withdraw_waivers(
        actor,
        _unit(data.unit),
        requirement=get_object_or_404(Requirement, campaign=chosen, code=data.requirement),
        no=data.no,
        reason=data.reason,
        at=request.now,  # type: ignore[attr-defined]
    )
    return WaivedOut(units=count)


def _period(row: ClosedPeriod) -> PeriodOut:
    return PeriodOut(until=row.until, closed_on=row.closed_on, note=row.note)


@router.get("/campaigns/{campaign}/periods", response=list[PeriodOut], summary="Closed periods, the newest first")
def list_periods(request: HttpRequest, campaign: str) -> list[PeriodOut]:
    chosen = _campaign(request.actor, campaign)  # type: ignore[attr-defined]
    return [_period(row) for row in ClosedPeriod.objects.filter(campaign=chosen).order_by("-until")]


@router.post("/campaigns/{campaign}/periods", response={201: PeriodOut}, summary="Close a period")
def close(request: HttpRequest, campaign: str, data: PeriodIn) -> Status[PeriodOut]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    chosen = _campaign(actor, campaign)
    made = close_period(actor, chosen, until=data.until, note=data.note, key=data.key, at=request.now)  # type: ignore[attr-defined]
    return Status(201, _period(made))


def _noticed(row: Notice) -> NoticeOut:
    return NoticeOut(
        id=row.pk,
        title=row.title,
        document=row.document,
        text=row.text,
        unit=row.unit.code,
        audience=row.audience.code,
        issued_at=row.issued_at,
        sign_by=row.sign_by,
    )


@router.get("/campaigns/{campaign}/notices", response=list[NoticeOut], summary="Notices in sight, newest first")
def list_notices(
    request: HttpRequest,
    campaign: str,
    offset: int = Query(0, ge=0, le=1_000_000),  # type: ignore[type-arg]
    limit: int = Query(100, ge=1, le=MOST),  # type: ignore[type-arg]
) -> list[NoticeOut]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = notices(actor).filter(campaign=_campaign(actor, campaign))
    return [_noticed(row) for row in rows[offset : offset + limit]]


@router.post("/notices/{pk}/sign", response={201: SignedOut}, summary="Sign for a notice")
def sign(request: HttpRequest, pk: int, data: SignIn) -> Status[SignedOut]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_reader(actor)
    found = get_object_or_404(notices(actor), pk=pk)
    made: Signature = sign_notice(actor, _unit(data.unit), notice=found, at=request.now)  # type: ignore[attr-defined]
    return Status(201, SignedOut(notice=found.pk, unit=made.unit.code, signed_at=made.signed_at))
