"""Figures over the API: the same values, rights and links as the pages."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from luoshi.campaigns.models import Campaign
from luoshi.figures.models import Declaration, Indicator
from luoshi.figures.operations import correct_declaration, declare_figure
from luoshi.figures.queries import Figure, board, check_sight, figures_as_of
from luoshi.gate.actor import Actor
from luoshi.gate.policy import may
from luoshi.gate.scope import within
from luoshi.orgs.models import Unit

router = Router(tags=["figures"])


class IndicatorOut(Schema):
    code: str = Field(description="Code of the indicator within its campaign")
    title: str
    definition: str = Field(description="What it counts, in the reader's language")
    workstream: str
    source: str = Field(description="Fact source, or “declared” for what another system counts")
    unit_word: str
    share_of: str | None = Field(description="Code of the denominator")
    edition: int = Field(description="Edition of the definition")


class FigureOut(Schema):
    indicator: str
    unit: str = Field(description="Code of the unit")
    value: int | None = Field(
        description="null: nothing recorded, or the unit is not on the roster; never 0 for silence"
    )
    out_of: int | None = Field(description="Value of the denominator")
    declared: bool = Field(description="true: counted by another system and declared with its document")
    edition: int
    as_of_on: date
    as_of_at: datetime
    position: int = Field(description="Journal position up to which the figure knows")
    records: str = Field(description="Path of the records behind it")


class DeclarationIn(Schema):
    unit: str
    indicator: str
    value: int = Field(ge=0)
    as_of_on: date
    system: str = Field(min_length=1, max_length=100)
    document: str = Field(min_length=1, max_length=200)
    document_on: date
    note: str = Field("", max_length=500)
    key: str = Field("", max_length=64, description="Idempotency key: the same key twice has one effect")


class CorrectionIn(Schema):
    value: int = Field(ge=0)
    note: str = Field(min_length=1, max_length=500)
    version: int | None = Field(None, description="Version that was seen; 409 when it is another by now")
    key: str = Field("", max_length=64)


class DeclarationOut(Schema):
    id: int
    unit: str
    indicator: str
    value: int
    as_of_on: date
    system: str
    document: str
    document_on: date
    note: str
    supersedes: int | None
    version: int


def _campaign(actor: Actor, code: str) -> Campaign:
    if not may(actor, "campaign.see"):
        raise PermissionDenied(_("Your role does not allow this."))
    return get_object_or_404(Campaign.objects.select_related("unit"), code=code)


def _out(figure: Figure, unit: Unit) -> FigureOut:
    return FigureOut(
        indicator=figure.indicator.code,
        unit=unit.code,
        value=figure.value,
        out_of=figure.out_of,
        declared=figure.declared,
        edition=figure.indicator.edition,
        as_of_on=figure.as_of.on,
        as_of_at=figure.as_of.at,
        position=figure.as_of.position,
        records=figure.url,
    )


@router.get("/campaigns/{campaign}/indicators", response=list[IndicatorOut], summary="Indicators of a campaign")
def list_indicators(request: HttpRequest, campaign: str) -> list[IndicatorOut]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = Indicator.objects.filter(campaign=_campaign(actor, campaign), ended_on__isnull=True).select_related(
        "denominator"
    )
    return [
        IndicatorOut(
            code=each.code,
            title=str(each),
            definition=each.words,
            workstream=each.workstream,
            source=each.source,
            unit_word=each.counter,
            share_of=each.denominator.code if each.denominator else None,
            edition=each.edition,
        )
        for each in rows.order_by("order", "pk")
    ]


@router.get("/campaigns/{campaign}/figures/{unit}", response=list[FigureOut], summary="All figures of a unit, fresh")
def list_figures(request: HttpRequest, campaign: str, unit: str, below: bool = False) -> list[FigureOut]:
    """Campaign to date, as of the last committed entry. `below`: also of the units directly below, in tree order."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    chosen = _campaign(actor, campaign)
    top = get_object_or_404(Unit, code=unit)
    units = [top, *Unit.objects.filter(parent=top).order_by("no")] if below else [top]
    seen = board(actor, chosen, units, on=request.today, at=request.now)  # type: ignore[attr-defined]
    return [_out(seen.figure(code, each.pk), each) for each in units for code in seen.by_code]


@router.get(
    "/campaigns/{campaign}/figures/{unit}/{indicator}", response=FigureOut, summary="One figure, over any window"
)
def one_figure(
    request: HttpRequest,
    campaign: str,
    unit: str,
    indicator: str,
    since: date | None = None,
    on: date | None = None,
    position: int | None = None,
) -> FigureOut:
    """As the ledger said at a journal position (the head by default), summed in the tree of the day `on`."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    chosen = _campaign(actor, campaign)
    place = get_object_or_404(Unit, code=unit)
    check_sight(actor, place)
    if not Indicator.objects.filter(campaign=chosen, code=indicator).exists():
        raise Http404
    day = on or request.today  # type: ignore[attr-defined]
    if since is None and position is None:
        return _out(board(actor, chosen, [place], on=day, at=request.now).figure(indicator, place.pk), place)  # type: ignore[attr-defined]
    current = board(actor, chosen, [place], on=day, at=request.now)  # type: ignore[attr-defined]
    known = current.as_of.position if position is None else min(position, current.as_of.position)
    found = figures_as_of(chosen, [indicator], [place.pk], on=day, position=known, at=request.now, since=since)  # type: ignore[attr-defined]
    return _out(found[(indicator, place.pk)], place)


def _declared(row: Declaration) -> DeclarationOut:
    return DeclarationOut(
        id=row.pk,
        unit=row.unit.code,
        indicator=row.indicator.code,
        value=row.value,
        as_of_on=row.as_of_on,
        system=row.system,
        document=row.document,
        document_on=row.document_on,
        note=row.note,
        supersedes=row.supersedes_id,
        version=row.version,
    )


@router.get("/campaigns/{campaign}/declarations", response=list[DeclarationOut], summary="Declared figures in sight")
def list_declarations(
    request: HttpRequest,
    campaign: str,
    offset: int = Query(0, ge=0, le=1_000_000),  # type: ignore[type-arg]
    limit: int = Query(100, ge=1, le=500),  # type: ignore[type-arg]
) -> list[DeclarationOut]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = Declaration.objects.filter(within(actor, "figure.see"), indicator__campaign=_campaign(actor, campaign))
    return [_declared(row) for row in rows.select_related("unit", "indicator").order_by("pk")[offset : offset + limit]]


@router.post("/campaigns/{campaign}/declarations", response={201: DeclarationOut}, summary="Declare a figure")
def declare(request: HttpRequest, campaign: str, data: DeclarationIn) -> Status[DeclarationOut]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    chosen = _campaign(actor, campaign)
    made = declare_figure(
        actor,
        get_object_or_404(Unit, code=data.unit),
        indicator=get_object_or_404(Indicator, campaign=chosen, code=data.indicator),
        key=data.key,
        at=request.now,  # type: ignore[attr-defined]
        **data.model_dump(include={"value", "as_of_on", "system", "document", "document_on", "note"}),
    )
    return Status(201, _declared(made))


@router.post("/declarations/{pk}/correct", response={201: DeclarationOut}, summary="Correct a declared figure")
def correct(request: HttpRequest, pk: int, data: CorrectionIn) -> Status[DeclarationOut]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = get_object_or_404(Declaration.objects.filter(within(actor, "figure.see")), pk=pk)
    made = correct_declaration(
        actor,
        found,
        value=data.value,
        note=data.note,
        seen=data.version,
        key=data.key,
        at=request.now,  # type: ignore[attr-defined]
    )
    return Status(201, _declared(made))
