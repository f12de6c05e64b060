"""Units and persons for other systems: the same queries and operations as the pages, masked in the same way."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.pagination import LimitOffsetPagination, paginate
from pydantic import ConfigDict, Field

from luoshi.gate.errors import Refused
from luoshi.gate.request import Request
from luoshi.lib.identity import BadIdentity
from luoshi.orgs.identity import flaw_words, known_by, masked_id, masked_phone
from luoshi.orgs.models import MOST_GROUPS, Membership, Person, Sector, Unit
from luoshi.orgs.operations import (
    change_unit,
    close_unit,
    create_person,
    create_unit,
    describe_branch,
    merge_units,
    move_unit,
    transfer_person,
)
from luoshi.orgs.queries import ancestors_of, children_of, memberships, persons, standing_units, units_named
from luoshi.orgs.views.pages import not_there


class Pages(LimitOffsetPagination):
    """limit and offset within what a database can count."""

    class Input(Schema):
        limit: int = Field(100, ge=1, le=500)
        offset: int = Field(0, ge=0, le=10_000_000)


router = Router(tags=["units"])

Key = Annotated[
    str, Field(default="", max_length=64, description="The write's own key: sent twice, it has one effect.")
]
Seen = Annotated[
    int | None, Field(default=None, description="The version that was read; 409 when it is another by now.")
]
Code = Annotated[str, Field(min_length=1, max_length=32)]


class Strict(Schema):
    """A misspelt name in a request is an error, not silence."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class UnitOut(Schema):
    code: str
    name: str
    short_name: str
    kind: Unit.Kind
    rank: int
    parent: str | None = None
    sector: str | None = None
    leading_body: bool
    division: str
    branch_committee: bool | None = Field(description="Of a branch; null: not stated")
    party_groups: int | None = Field(description="Of a branch; null: not stated")
    founded_on: date
    closed_on: date | None = None
    version: int

    @staticmethod
    def resolve_parent(unit: Unit) -> str | None:
        return unit.parent.code if unit.parent is not None else None

    @staticmethod
    def resolve_sector(unit: Unit) -> str | None:
        return unit.sector.code if unit.sector is not None else None


class UnitDetail(UnitOut):
    above: list[str]
    """Codes of the units above, from the root down."""

    @staticmethod
    def resolve_above(unit: Unit) -> list[str]:
        return list(ancestors_of(unit).values_list("code", flat=True))


class UnitIn(Strict):
    code: Code
    name: str = Field(min_length=1, max_length=100)
    kind: Unit.Kind
    rank: int = Field(ge=1, le=5)
    short_name: str = Field(default="", max_length=40)
    sector: str | None = None
    leading_body: bool = False
    division: str = Field(default="", pattern=r"^\d{0,12}$")
    founded_on: date | None = None
    key: Key


class UnitChange(Strict):
    name: str | None = Field(default=None, min_length=1, max_length=100)
    short_name: str | None = Field(default=None, max_length=40)
    kind: Unit.Kind | None = None
    rank: int | None = Field(default=None, ge=1, le=5)
    leading_body: bool | None = None
    division: str | None = Field(default=None, pattern=r"^\d{0,12}$")
    seen: Seen
    key: Key


class BranchIn(Strict):
    branch_committee: bool | None
    party_groups: int | None = Field(ge=0, le=MOST_GROUPS)
    seen: Seen
    key: Key


class MoveIn(Strict):
    parent: Code
    sector: str | None = None
    document: str = Field(default="", max_length=100)
    seen: Seen
    key: Key


class MergeIn(Strict):
    into: Code
    document: str = Field(default="", max_length=100)
    seen: Seen
    key: Key


class CloseIn(Strict):
    document: str = Field(default="", max_length=100)
    seen: Seen
    key: Key


class PersonOut(Schema):
    """Masked: the full values are shown on the page only, one at a time, and journalled."""

    id: int
    name: str
    unit: str
    kind: Membership.Kind
    counted_here: bool
    since: date
    phone: str
    id_number: str
    version: int


class PersonIn(Strict):
    name: str = Field(min_length=1, max_length=40)
    kind: Membership.Kind = Membership.Kind.MEMBER
    id_number: str = Field(default="", max_length=24, description="Not stored: a keyed digest and the last four signs.")
    birth_month: str = Field(default="", pattern=r"^((19|20)\d\d-(0[1-9]|1[0-2]))?$")
    phone: str = Field(default="", pattern=r"^(\+?[\d-]{7,20})?$")
    since: date | None = None
    key: Key


class TransferIn(Strict):
    unit: Code
    seen: Seen
    key: Key


def unit_at(code: str) -> Unit:
    return get_object_or_404(Unit.objects.select_related("parent", "sector"), code=code)


def sector_at(code: str | None) -> Sector | None:
    return None if code is None else get_object_or_404(Sector, code=code)


def asked(request: HttpRequest) -> Request:
    return request  # type: ignore[return-value]


@router.get("/units", response=list[UnitOut], summary="Units in tree order; q finds by name, pinyin or code")
@paginate(Pages)
def list_units(request: HttpRequest, q: str = "", kind: Unit.Kind | None = None, below: str = "") -> Any:  # noqa: ARG001 ninja wants it
    rows = units_named(q) if q else standing_units()
    if below:
        top = unit_at(below)
        rows = rows.filter(no__range=(top.no, top.last))
    if kind is not None:
        rows = rows.filter(kind=kind)
    return rows.select_related("parent", "sector")


@router.get("/units/{code}", response=UnitDetail, summary="One unit and its place")
def unit_detail(request: HttpRequest, code: str) -> Unit:  # noqa: ARG001 ninja wants it
    return unit_at(code)


@router.get("/units/{code}/children", response=list[UnitOut], summary="The units directly below, in tree order")
def unit_children(request: HttpRequest, code: str) -> Any:  # noqa: ARG001 ninja wants it
    return children_of(unit_at(code)).select_related("parent", "sector")


@router.post("/units/{code}/children", response={201: UnitOut}, summary="A new unit below this one")
def new_unit(request: HttpRequest, code: str, body: UnitIn) -> Any:
    values = body.dict(exclude={"key", "sector"}, exclude_none=True)
    made = create_unit(asked(request).actor, unit_at(code), sector=sector_at(body.sector), **values, key=body.key)
    return Status(201, unit_at(made.code))


@router.patch("/units/{code}", response=UnitOut, summary="Change name, kind or rank")
def patch_unit(request: HttpRequest, code: str, body: UnitChange) -> Unit:
    values = body.dict(exclude={"key", "seen"}, exclude_none=True)
    change_unit(asked(request).actor, unit_at(code), **values, seen=body.seen, key=body.key)
    return unit_at(code)


@router.post("/units/{code}/branch", response=UnitOut, summary="Say how a branch is set up")
def describe(request: HttpRequest, code: str, body: BranchIn) -> Unit:
    values = body.dict(exclude={"key", "seen"})
    describe_branch(asked(request).actor, unit_at(code), **values, seen=body.seen, key=body.key)
    return unit_at(code)


@router.post("/units/{code}/move", response=UnitOut, summary="Put the unit under another parent from today on")
def move(request: HttpRequest, code: str, body: MoveIn) -> Unit:
    move_unit(
        asked(request).actor,
        unit_at(code),
        parent=unit_at(body.parent),
        sector=sector_at(body.sector),
        document=body.document,
        seen=body.seen,
        key=body.key,
    )
    return unit_at(code)


@router.post(
    "/units/{code}/merge", response=UnitOut, summary="Merge the unit into another one; returns the closed unit"
)
def merge(request: HttpRequest, code: str, body: MergeIn) -> Unit:
    merge_units(
        asked(request).actor,
        unit_at(code),
        into=unit_at(body.into),
        document=body.document,
        seen=body.seen,
        key=body.key,
    )
    return unit_at(code)


@router.post("/units/{code}/close", response=UnitOut, summary="Close a unit without units and persons")
def close(request: HttpRequest, code: str, body: CloseIn) -> Unit:
    close_unit(asked(request).actor, unit_at(code), document=body.document, seen=body.seen, key=body.key)
    return unit_at(code)


@router.get("/units/{code}/persons", response=list[PersonOut], summary="The unit's own roster on a day, masked")
@paginate(Pages)
def list_persons(request: HttpRequest, code: str, on: date | None = None) -> Any:
    day = on or asked(request).today
    rows = memberships(asked(request).actor, on=day).filter(unit=unit_at(code)).order_by("person__pinyin", "pk")
    return [person_out(row) for row in rows]


def person_out(row: Membership) -> dict[str, Any]:
    return {
        "id": row.person_id,
        "name": row.person.name,
        "unit": row.unit.code,
        "kind": row.kind,
        "counted_here": row.counts,
        "since": row.valid_from,
        "phone": masked_phone(row.person.phone),
        "id_number": masked_id(row.person.id_last4),
        "version": row.person.version,
    }


@router.post("/units/{code}/persons", response={201: PersonOut}, summary="Put a person on the unit's roster")
def new_person(request: HttpRequest, code: str, body: PersonIn) -> Any:
    try:
        known = known_by(body.id_number)
    except BadIdentity as bad:
        raise Refused(flaw_words(bad)) from bad
    values = body.dict(exclude={"key", "id_number"}, exclude_defaults=False) | known
    made = create_person(asked(request).actor, unit_at(code), **values, key=body.key)
    return Status(201, person_out(_counted(made)))


@router.post(
    "/persons/{pk}/transfer", response=PersonOut, summary="From today on the person is counted at another unit"
)
def transfer(request: HttpRequest, pk: int, body: TransferIn) -> dict[str, Any]:
    person = persons(asked(request).actor).filter(pk=pk).first()
    if person is None:
        raise not_there()
    transfer_person(asked(request).actor, person, unit=unit_at(body.unit), seen=body.seen, key=body.key)
    return person_out(_counted(person))


def _counted(person: Person) -> Membership:
    """Where the person is counted now."""
    rows = Membership.objects.select_related("person", "unit")
    return rows.get(person=person.pk, counts=True, valid_until__isnull=True)
