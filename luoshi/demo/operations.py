"""What the demo writes in bulk. Everything else in it goes through the same operations that its people would use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from luoshi.activities.operations import BulkHeld, import_activities
from luoshi.campaigns.models import Campaign, Fulfilment, Signature, ZeroReport
from luoshi.figures.added import Added
from luoshi.figures.models import Declaration
from luoshi.figures.tally import Row, append
from luoshi.gate.operation import Act, operation
from luoshi.journal.bulk import insert_many
from luoshi.orgs.models import Post, Unit
from luoshi.orgs.operations import create_persons, create_units

# The names of these bundles tell a repeated load from a new one (gate: the same key with the same content).


@dataclass(frozen=True, slots=True)
class Units:
    """单位 — many units, as `create_units` takes them."""

    code: str
    rows: Sequence[Mapping[str, Any]]

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Roster:
    """名册 — the persons of some units, in the order in which they get their keys; posts: (index of the person, unit, kind, …)."""

    code: str
    persons: Sequence[Mapping[str, Any]]
    posts: Sequence[tuple[int, int, str, str, str]]

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Declared:
    """填报数 — rows of unit, indicator, value, system, document, as they stood on one day."""

    code: str
    as_of_on: date
    rows: Sequence[tuple[int, int, int, str, str]]

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Zero:
    """零报告 — with keys instead of rows."""

    unit: int
    requirement: int
    occasion: int
    no: int
    due_on: date
    at: datetime
    statement: str
    signed_by: str


@dataclass(slots=True)
class Week:
    """一周 — everything that the units entered in a week and that is brought in together."""

    code: str
    at: datetime
    added: Added
    sessions: list[BulkHeld] = field(default_factory=list)
    zeros: list[Zero] = field(default_factory=list)
    signatures: list[tuple[int, int, str, datetime]] = field(default_factory=list)

    def __str__(self) -> str:
        return self.code


@operation("demo.load", anywhere=True)
def load_units(act: Act, root: Unit, *, units: Units) -> None:
    """装入单位 — all units of the demo below its root."""
    create_units.body(act, root, rows=units.rows)


@operation("demo.load", anywhere=True)
def load_roster(act: Act, root: Unit, *, roster: Roster) -> None:
    """装入名册 — persons with their posts."""
    ids = create_persons.body(act, root, rows=roster.persons)
    since = roster.persons[0]["since"]
    posts = [(ids[at], unit, kind, title, duty_area, since) for at, unit, kind, title, duty_area in roster.posts]
    act.add_many(Post, ["person_id", "unit_id", "kind", "title", "duty_area", "valid_from"], posts)


@operation("demo.load", anywhere=True)
def load_week(act: Act, root: Unit, *, campaign: Campaign, week: Week) -> None:
    """装入一周 — sessions, zero reports and signatures of a week under one entry, with the figures of that entry."""
    before = Fulfilment.objects.aggregate(last=Max("pk"))["last"] or 0
    rows: list[Row] = []
    added = week.added
    if week.sessions:
        ids = import_activities.body(act, root, campaign=campaign, rows=week.sessions)
        span = (ids.start, ids.stop - 1)
        rows += added.rows("activities", pk__range=span)
        for source in ("attendance", "coverage"):
            rows += added.rows(source, activity__pk__range=span)
    if week.zeros:
        zeros = _state_zeros(act, week.zeros)
        rows += added.rows("zero_reports", pk__range=(zeros.start, zeros.stop - 1))
    act.add_many(Signature, ["notice_id", "unit_id", "signed_by", "signed_at"], week.signatures)
    rows += added.rows("met", pk__gt=before)
    act.later.append(lambda position: append(position, rows))


@operation("demo.load", anywhere=True)
def load_declarations(act: Act, _root: Unit, *, declared: Declared) -> None:
    """装入填报数 — what the offices of the cities declared on one day."""
    fields = [
        "unit_id",
        "indicator_id",
        "value",
        "as_of_on",
        "system",
        "document",
        "document_on",
        "note",
        "declared_on",
    ]
    act.add_many(
        Declaration,
        fields,
        [
            (unit, indicator, value, declared.as_of_on, system, document, declared.as_of_on, "", act.today)
            for unit, indicator, value, system, document in declared.rows
        ],
    )


def _state_zeros(act: Act, zeros: Sequence[Zero]) -> range:
    fields = ["unit_id", "requirement_id", "occasion_no", "due_on", "stated_on", "statement", "signed_by", "mandate_id"]
    ids = act.add_many(
        ZeroReport,
        fields,
        [
            (
                one.unit,
                one.requirement,
                one.no,
                one.due_on,
                timezone.localdate(one.at),
                one.statement,
                one.signed_by,
                None,
            )
            for one in zeros
        ],
    )
    insert_many(
        Fulfilment,
        ["occasion_id", "unit_id", "held_on", "entered_on", "zero", "counts", "ref"],
        _fulfilled(zeros, ids),
    )
    return ids


def _fulfilled(zeros: Sequence[Zero], ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """A zero report meets its duty unless a session has met it before."""
    met = set(
        Fulfilment.objects.filter(counts=True, occasion__in={one.occasion for one in zeros}).values_list(
            "occasion", "unit"
        )
    )
    rows = []
    for one, pk in zip(zeros, ids, strict=True):
        day, duty = timezone.localdate(one.at), (one.occasion, one.unit)
        rows.append((one.occasion, one.unit, day, day, True, duty not in met, f"{ZeroReport.ledger_code}:{pk}"))
        met.add(duty)
    return rows
