"""What campaigns are asked: coverage, notices and who has signed for them, what is reminded of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Case, Count, Min, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from luoshi.campaigns.audiences import LOOKUPS, ranked
from luoshi.campaigns.conditions import condition
from luoshi.campaigns.duties import standing_waivers
from luoshi.campaigns.models import Notice, Occasion, Reminder, Requirement, Signature, Waiver
from luoshi.campaigns.tallies import Tally, tallies
from luoshi.gate.actor import Actor
from luoshi.gate.errors import Elsewhere
from luoshi.gate.policy import may, spans
from luoshi.gate.rules import BUSINESS, Role
from luoshi.orgs.models import Unit

RECORDING = frozenset({Role.LIAISON, Role.SECRETARY, Role.DELEGATE, Role.OFFICE})


def check_sight(actor: Actor, unit: Unit) -> None:
    """PermissionDenied where the actor may not see who owes what of a unit."""
    if not may(actor, "duty.see", unit.place()):
        raise Elsewhere(_("You see the duties of your own units only."), action="duty.see")


def check_reader(actor: Actor) -> None:
    if not may(actor, "campaign.see"):
        raise PermissionDenied(_("Your role does not allow this."))


def own_units(actor: Actor) -> list[int]:
    """The units for which the actor records: those of the own grants and mandates."""
    return sorted({grant.unit for grant in actor.grants if grant.role in RECORDING})


def may_be_withdrawn_by(actor: Actor) -> Q:
    """Waivers that the actor's office has granted, or one below it; never those of the own units."""
    offices = list(actor.holding(Role.OFFICE))
    granted = Q(granted_by__isnull=True)
    for grant in offices:
        granted |= Q(granted_by__no__range=(grant.first, grant.last))
    return granted & ~Q(unit__in=[grant.unit for grant in offices])


@dataclass(frozen=True, slots=True)
class Excused:
    """免报与延期 — the units that were excused from one occasion by one act, and what became of that."""

    occasion: Occasion
    units: int
    unit: Unit | None  # where it is a single one
    until: date | None
    reason: str
    granted_on: date
    granted_by: Unit | None
    withdrawn_on: date | None
    withdrawn_because: str


GRANT = ("until", "reason", "granted_on", "granted_by", "withdrawn_on", "withdrawn_because")


def excused(requirement: Requirement, unit: Unit) -> list[Excused]:
    """What was waived and extended in a branch, the newest occasion first; withdrawn ones stay to be read."""
    rows = Waiver.objects.filter(requirement=requirement, unit__no__range=(unit.no, unit.last))
    grouped = rows.values_list("occasion_no", *GRANT).annotate(count=Count("pk"), one=Min("unit"))
    found = list(grouped.order_by("-occasion_no", "granted_on", "one"))
    occasions = {each.no: each for each in requirement.occasions.all()}
    units = Unit.objects.in_bulk({row[-1] for row in found} | {row[4] for row in found if row[4]})
    return [
        Excused(
            occasions[no], count, units[one] if count == 1 else None, until, reason, granted_on, units.get(granted_by),
            withdrawn_on, withdrawn_because,
        )
        for no, until, reason, granted_on, granted_by, withdrawn_on, withdrawn_because, count, one in found
        if no in occasions
    ]  # fmt: skip


def withdrawable(actor: Actor, requirement: Requirement, unit: Unit) -> list[Occasion]:
    """The occasions of which the actor can take back something in a branch, the newest first."""
    if not may(actor, "duty.withdraw_waiver", unit.place()):
        return []
    rows = standing_waivers().filter(may_be_withdrawn_by(actor), requirement=requirement)
    numbers = rows.filter(unit__no__range=(unit.no, unit.last)).values("occasion_no")
    return list(requirement.occasions.filter(no__in=numbers).order_by("-no"))


def withdrawn_waivers(keys: Iterable[tuple[int, int, int]]) -> Mapping[tuple[int, int, int], Waiver]:
    """(requirement, unit, occasion number) → the waiver that was withdrawn last, for what is owed again."""
    wanted = set(keys)
    rows = Waiver.objects.filter(
        withdrawn_on__isnull=False,
        requirement__in={number for number, _unit, _no in wanted},
        unit__in={unit for _number, unit, _no in wanted},
    )
    found = {(row.requirement_id, row.unit_id, row.occasion_no): row for row in rows.order_by("withdrawn_on", "pk")}
    return {key: row for key, row in found.items() if key in wanted}


def coverage(unit: Unit, requirements: Sequence[Requirement], *, on: date) -> dict[int, Tally]:
    """For each requirement what a branch owed up to today, by state, over all its occasions that are due or done."""
    occasions = list(Occasion.objects.filter(requirement__in=requirements, opens_on__lte=on))
    found: dict[int, Tally] = defaultdict(Tally)
    owner = {each.pk: each for each in occasions}
    for (_branch, number), sums in tallies(requirements, [(unit.no, unit.last)], on=on, occasions=occasions).items():
        total, occasion = found[owner[number].requirement_id], owner[number]
        if occasion.due_on >= on:  # not due yet: only what is done already is shown
            sums = Tally(due=sums.done, met=sums.met, met_late=sums.met_late, zero=sums.zero)
        for name in ("due", "met", "met_late", "zero", "waived", "open", "overdue"):
            setattr(total, name, getattr(total, name) + getattr(sums, name))
    return found


def notices(actor: Actor) -> QuerySet[Notice]:
    """The notices that concern the actor: issued by a unit above one of the own units, or below it."""
    found = Q(pk__in=[])
    for grant in actor.grants:
        if grant.role in BUSINESS:
            found |= Q(unit__no__lte=grant.first, unit__last__gte=grant.last)  # from above
            found |= Q(unit__no__range=(grant.first, grant.last))
    return Notice.objects.filter(found).select_related("unit", "audience").order_by("-issued_at", "-pk")


def addressed(some: Sequence[Notice], units: Iterable[int]) -> Mapping[int, list[Unit]]:
    """Which of the units each notice addresses, by one query whatever their number."""
    flags = {f"n{notice.pk}": _addresses(notice) for notice in some}
    rows = Unit.objects.filter(pk__in=list(units), no__gt=0).annotate(**flags).order_by("no") if some else ()
    return {notice.pk: [unit for unit in rows if getattr(unit, f"n{notice.pk}")] for notice in some}


def _addresses(notice: Notice) -> Case:
    here = Q(no__range=(notice.unit.no, notice.unit.last))
    rule = condition(ranked(notice.audience.rule), LOOKUPS)
    return Case(When(here & rule, then=Value(True)), default=Value(False), output_field=BooleanField())


def unsigned(some: Sequence[Notice], units: Iterable[int]) -> list[tuple[Notice, Unit]]:
    """The notices that wait for a signature, each with a unit that has not signed yet."""
    asking = [notice for notice in some if notice.sign_by is not None]
    signed = set(Signature.objects.filter(notice__in=asking).filter(unit__in=units).values_list("notice", "unit"))
    wanted = addressed(asking, units)
    return [(notice, unit) for notice in asking for unit in wanted[notice.pk] if (notice.pk, unit.pk) not in signed]


def signing(actor: Actor, notice: Notice) -> QuerySet[Unit]:
    """The units that a notice addresses, as far as the actor may see whether they have signed."""
    rule = condition(ranked(notice.audience.rule), LOOKUPS)
    rows = Unit.objects.filter(rule, no__range=(notice.unit.no, notice.unit.last)).order_by("no")
    seen = Q(pk__in=[])
    for piece in spans(actor, "notice.see"):
        seen |= Q(pk=piece.unit) if piece.unit is not None else Q(no__range=(piece.first, piece.last))
    return rows.filter(seen)


def reminders(keys: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], list[Reminder]]:
    """(requirement, occasion number) → its reminders, the newest first."""
    wanted = set(keys)
    rows = Reminder.objects.filter(requirement__in={number for number, _no in wanted}).select_related("unit")
    found: dict[tuple[int, int], list[Reminder]] = defaultdict(list)
    for row in rows.order_by("-reminded_on", "-pk"):
        if (row.requirement_id, row.occasion_no) in wanted:
            found[(row.requirement_id, row.occasion_no)].append(row)
    return found
