"""Occasions, Owes and Fulfilment are derived: this is how. All of it can be rebuilt from requirements, units and records."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q

from luoshi.campaigns.audiences import units_of
from luoshi.campaigns.duties import open_requirements
from luoshi.campaigns.models import Campaign, Fulfilment, Occasion, Owes, Requirement
from luoshi.gate.operation import Act
from luoshi.journal.bulk import insert_many
from luoshi.lib.recurrence import Recurrence
from luoshi.lib.workdays import Direction
from luoshi.orgs.models import Placement, Unit

BATCH = 5_000


def derive_occasions(requirement: Requirement) -> int:
    """应办期次 — the occasions of a requirement within its batch; returns how many there are."""
    batch = requirement.batch
    if requirement.by is not None:
        windows = [(batch.starts_on, max(requirement.by, batch.starts_on))]
    else:
        rule = Recurrence.parse(
            requirement.rule, anchor=batch.starts_on, shift=_shift(requirement), until=batch.ends_on
        )
        windows = [(each.opens_on, each.due_on) for each in rule.occasions(batch.starts_on, batch.ends_on)]
    existing = dict(requirement.occasions.values_list("no", "pk"))
    for no, (opens_on, due_on) in enumerate(windows, 1):
        Occasion.objects.update_or_create(
            requirement=requirement, no=no, defaults={"opens_on": opens_on, "due_on": due_on}
        )
    Occasion.objects.filter(pk__in=[pk for no, pk in existing.items() if no > len(windows)]).delete()
    return len(windows)


def _shift(requirement: Requirement) -> Direction:
    match requirement.shift:
        case "after" | "before" as direction:
            return direction
    return "none"


def derive_owes(requirement: Requirement, units: Iterable[int] | None = None) -> int:
    """应办单位 — who owes a requirement: its audience on the roster, each from its founding to its closing.

    units: only these are looked at (after a unit was created, changed or closed). Returns how many rows were written.
    """
    start, end = max(requirement.published_on, requirement.batch.starts_on), requirement.ended_on
    addressed = units_of(requirement.audience)
    held = Owes.objects.filter(requirement=requirement)
    if units is not None:
        addressed, held = addressed.filter(pk__in=units), held.filter(unit__in=units)
    known = {row.unit_id: row for row in held.order_by("valid_from")}
    fresh, changed = [], []
    for unit, founded_on in addressed.values_list("pk", "founded_on"):
        row = known.pop(unit, None)
        since = max(start, founded_on)
        if row is None:
            fresh.append(Owes(requirement=requirement, unit_id=unit, valid_from=since, valid_until=end))
        elif row.valid_until != end:
            row.valid_until = end
            changed.append(row)
    changed += _ended(known.values())
    Owes.objects.bulk_create(fresh, batch_size=BATCH)
    Owes.objects.bulk_update(changed, ["valid_until"], batch_size=BATCH)
    return len(fresh) + len(changed)


def _ended(rows: Iterable[Owes]) -> list[Owes]:
    """Rows of units that are in the audience no longer: they owe until they closed, or until today's change."""
    rows = list(rows)
    closed = dict(Unit.objects.filter(pk__in=[row.unit_id for row in rows]).values_list("pk", "closed_on"))
    ended = []
    for row in rows:
        end = max(closed.get(row.unit_id) or row.valid_from, row.valid_from)
        if row.valid_until is None or row.valid_until > end:
            row.valid_until = end
            ended.append(row)
    return ended


def follow_units(act: Act) -> None:
    """A follower: when units come, change or go, so does what they owe."""
    units = {written.pk for written in act.written if written.model is Unit}
    units |= {written.after["unit"] for written in act.written if written.model is Placement and written.after}
    for bulk in act.wholesale:
        if bulk.model is Unit:
            units |= set(range(bulk.first, bulk.last + 1))
    if not units:
        return
    for requirement in Requirement.objects.filter(ended_on__isnull=True).select_related(
        "audience__campaign__unit", "batch"
    ):
        if derive_owes(requirement, units):
            act.recount("owes")
            act.recount("due")


def fulfil(
    act: Act, *, campaign: Campaign, unit: int, kind: str, on: date, ref: str, makes_up: str = ""
) -> list[Fulfilment]:
    """完成 — let a record fulfil what it can: for each requirement the occasion whose window holds the day, or the one it makes up for.

    makes_up: "requirement code#number", chosen by the person who records.
    """
    made = []
    for requirement in open_requirements(campaign, unit, kind, on=on):
        code, _sharp, no = makes_up.partition("#")
        windows = requirement.occasions.filter(
            Q(no=no) if code == requirement.code else Q(opens_on__lte=on, due_on__gte=on)
        )
        if (occasion := windows.order_by("no").first()) is not None:
            made.append(add_fulfilment(act, occasion, unit=unit, on=on, ref=ref))
    return made


def fulfil_many(act: Act, campaign: Campaign, records: Sequence[tuple[str, int, str, date, date, str]]) -> int:
    """The same for many records at once, as (ref, unit, kind, held_on, entered_on, makes_up): four queries in all.

    The earliest entered record of an occasion and unit counts. Returns how many fulfilments were made.
    """
    wanted: dict[str, list[int]] = defaultdict(list)  # kind → requirements
    windows: dict[int, tuple[list[date], list[tuple[date, int]]]] = {}
    named: dict[tuple[int, str], int] = {}  # (requirement, "code#number") → occasion
    for requirement in Requirement.objects.filter(campaign=campaign):
        for kind in requirement.kinds:
            wanted[kind].append(requirement.pk)
        spans = list(requirement.occasions.order_by("due_on").values_list("due_on", "opens_on", "pk", "no"))
        windows[requirement.pk] = ([span[0] for span in spans], [span[1:3] for span in spans])
        named |= {(requirement.pk, f"{requirement.code}#{no}"): pk for _due, _opens, pk, no in spans}
    units = {record[1] for record in records}
    owing = _spans_of_owing(campaign, units)
    found = []
    for ref, unit, kind, held_on, entered_on, makes_up in sorted(records, key=lambda record: (record[4], record[0])):
        for number in wanted.get(kind, ()):
            dues, rest = windows[number]
            at = bisect_left(dues, held_on)
            inside = rest[at][1] if at < len(dues) and rest[at][0] <= held_on else None
            occasion = named.get((number, makes_up), inside)
            owed = any(
                start <= held_on and (end is None or held_on < end) for start, end in owing.get((number, unit), ())
            )
            if owed and occasion is not None:
                found.append((occasion, unit, held_on, entered_on, ref))
    taken = set(
        Fulfilment.objects.filter(occasion__requirement__campaign=campaign, counts=True)
        .filter(occasion__in={row[0] for row in found})
        .values_list("occasion", "unit")
    )
    rows: list[tuple[int, int, date, date, bool, bool, str]] = []
    for occasion, unit, held_on, entered_on, ref in found:
        rows.append((occasion, unit, held_on, entered_on, False, (occasion, unit) not in taken, ref))
        taken.add((occasion, unit))
    insert_many(Fulfilment, ["occasion_id", "unit_id", "held_on", "entered_on", "zero", "counts", "ref"], rows)
    due_days = dict(Occasion.objects.filter(requirement__campaign=campaign).values_list("pk", "due_on"))
    for row in rows:
        act.touch("met", row[1], due_days[row[0]])
    return len(rows)


def _spans_of_owing(campaign: Campaign, units: set[int]) -> dict[tuple[int, int], list[tuple[date, date | None]]]:
    spans: dict[tuple[int, int], list[tuple[date, date | None]]] = defaultdict(list)
    rows = Owes.objects.filter(requirement__campaign=campaign)
    if len(units) < 5_000:
        rows = rows.filter(unit__in=units)
    for requirement, unit, start, end in rows.values_list(
        "requirement", "unit", "valid_from", "valid_until"
    ).iterator():
        spans[(requirement, unit)].append((start, end))
    return spans


def add_fulfilment(act: Act, occasion: Occasion, *, unit: int, on: date, ref: str, zero: bool = False) -> Fulfilment:
    first = not Fulfilment.objects.filter(occasion=occasion, unit=unit, counts=True).exists()
    act.touch("met", unit, occasion.due_on)
    return Fulfilment.objects.create(
        occasion=occasion, unit_id=unit, held_on=on, entered_on=act.today, zero=zero, counts=first, ref=ref
    )


def take_back(act: Act, ref: str) -> None:
    """A record was corrected or withdrawn: what it fulfilled is open again, unless another record fulfils it too."""
    for gone in Fulfilment.objects.filter(ref=ref).select_related("occasion"):
        act.touch("met", gone.unit_id, gone.occasion.due_on)
        gone.delete()
        rest = Fulfilment.objects.filter(occasion=gone.occasion, unit=gone.unit_id).order_by("entered_on", "pk").first()
        if rest is not None and gone.counts:
            rest.counts = True
            rest.save(update_fields=["counts"])
