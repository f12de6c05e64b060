"""Occasions, Owes and Fulfilment are derived: this is how. All of it can be rebuilt from requirements, units and records."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from luoshi.campaigns.audiences import units_of
from luoshi.campaigns.duties import open_requirements
from luoshi.campaigns.models import Campaign, Fulfilment, Occasion, Owes, Requirement
from luoshi.gate.operation import Act
from luoshi.lib.recurrence import Recurrence
from luoshi.orgs.models import Placement, Unit

BATCH = 5_000


def derive_occasions(requirement: Requirement) -> int:
    """应办期次 — the occasions of a requirement within its batch; returns how many there are."""
    batch = requirement.batch
    if requirement.by is not None:
        windows = [(batch.starts_on, max(requirement.by, batch.starts_on))]
    else:
        rule = Recurrence.parse(requirement.rule, anchor=batch.starts_on, shift=requirement.shift, until=batch.ends_on)
        windows = [(each.opens_on, each.due_on) for each in rule.occasions(batch.starts_on, batch.ends_on)]
    existing = dict(requirement.occasions.values_list("no", "pk"))
    for no, (opens_on, due_on) in enumerate(windows, 1):
        Occasion.objects.update_or_create(requirement=requirement, no=no, defaults={"opens_on": opens_on, "due_on": due_on})
    Occasion.objects.filter(pk__in=[pk for no, pk in existing.items() if no > len(windows)]).delete()
    return len(windows)


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
    for requirement in Requirement.objects.filter(ended_on__isnull=True).select_related("audience__campaign__unit", "batch"):
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
        windows = requirement.occasions.filter(Q(no=no) if code == requirement.code else Q(opens_on__lte=on, due_on__gte=on))
        if (occasion := windows.order_by("no").first()) is not None:
            made.append(add_fulfilment(act, occasion, unit=unit, on=on, ref=ref))
    return made


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
