"""任务 — what units owe, derived from requirements and never typed.

A duty is one occasion of one requirement for one unit. Its state is one query with the day as a parameter, so that it turns overdue at
midnight without any write.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import pgettext_lazy

from luoshi.campaigns.models import Campaign, Fulfilment, Occasion, Owes, Requirement, Waiver
from luoshi.gate.actor import Actor
from luoshi.gate.scope import within


class State(StrEnum):
    MET = "met"
    MET_LATE = "met_late"
    ZERO = "zero"
    WAIVED = "waived"
    OPEN = "open"
    OVERDUE = "overdue"
    COMING = "coming"


STATE_NAMES = {
    State.MET: pgettext_lazy("duty", "met"),
    State.MET_LATE: pgettext_lazy("duty", "met late"),
    State.ZERO: pgettext_lazy("duty", "nothing to report"),
    State.WAIVED: pgettext_lazy("duty", "waived"),
    State.OPEN: pgettext_lazy("duty", "open"),
    State.OVERDUE: pgettext_lazy("duty", "overdue"),
    State.COMING: pgettext_lazy("duty", "to come"),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """任务 — one occasion of one requirement for one unit, with its state on the day asked about.

    limit_on: the due day, or the later day to which it was extended. nominal_on: the due day before any shift to a workday.
    """

    requirement: int
    unit: int
    occasion: int
    no: int
    opens_on: date
    due_on: date
    nominal_on: date
    limit_on: date
    state: State
    held_on: date | None
    entered_on: date | None
    ref: str

    @property
    def key(self) -> tuple[int, int, int]:
        """Requirement, unit and number of the occasion."""
        return self.requirement, self.unit, self.no

    @property
    def entered_late(self) -> bool:
        """Held in time, but recorded after the limit."""
        return self.entered_on is not None and self.entered_on > self.limit_on and not self.held_late

    @property
    def held_late(self) -> bool:
        return self.held_on is not None and self.held_on > self.limit_on


OCCASION = "requirement__occasions"


def owed(*, until: date, since: date | None = None) -> QuerySet[Owes]:
    """Owes × occasions due in a window of days (by the due day), as rows of Owes with the occasion's columns.

    A unit owes an occasion when it owed the requirement on its due day.
    """
    window = Q(**{f"{OCCASION}__due_on__gte": F("valid_from"), f"{OCCASION}__due_on__lte": until})
    window &= Q(valid_until__isnull=True) | Q(**{f"{OCCASION}__due_on__lt": F("valid_until")})
    if since is not None:
        window &= Q(**{f"{OCCASION}__due_on__gte": since})
    return Owes.objects.filter(window).annotate(
        occasion_id=F(f"{OCCASION}__pk"),
        occasion_no=F(f"{OCCASION}__no"),
        opens_on=F(f"{OCCASION}__opens_on"),
        due_on=F(f"{OCCASION}__due_on"),
        nominal_on=F(f"{OCCASION}__nominal_on"),
        closes_on=F(f"{OCCASION}__closes_on"),
    )


def _first(field: str) -> Subquery:
    counting = Fulfilment.objects.filter(occasion=OuterRef("occasion_id"), unit=OuterRef("unit"), counts=True)
    return Subquery(counting.values(field)[:1])


def standing_waivers() -> QuerySet[Waiver]:
    """Waivers and extensions that hold: what was withdrawn stays to be read and excuses nobody."""
    found: QuerySet[Waiver] = Waiver.objects.filter(withdrawn_on__isnull=True)
    return found


def _of_this_duty() -> QuerySet[Waiver]:
    return standing_waivers().filter(
        requirement=OuterRef("requirement"), unit=OuterRef("unit"), occasion_no=OuterRef("occasion_no")
    )


def _waiver(field: str) -> Subquery:
    return Subquery(_of_this_duty().values(field)[:1])


def waived() -> Exists:
    return Exists(_of_this_duty().filter(until__isnull=True))


COLUMNS = ("requirement_id", "unit_id", "occasion_id", "occasion_no", "opens_on", "due_on", "nominal_on")


def stated(rows: QuerySet[Owes], *, on: date) -> list[Duty]:
    """The rows of `owed` as duties with their state on a day."""
    told = rows.annotate(
        held_on=_first("held_on"),
        entered_on=_first("entered_on"),
        zero=_first("zero"),
        ref=_first("ref"),
        waiver=_waiver("pk"),
        extended=_waiver("until"),
    ).values_list(*COLUMNS, "held_on", "entered_on", "zero", "ref", "waiver", "extended")
    return [_duty(row, on) for row in told]


def _duty(row: tuple[Any, ...], on: date) -> Duty:
    requirement, unit, occasion, no, opens_on, due_on, nominal_on, *rest = row
    held_on, entered_on, zero, ref, waiver, extended = rest
    limit_on = extended or due_on
    if waiver and not extended:
        state = State.WAIVED
    else:
        known = held_on if held_on is not None and entered_on <= on else None
        state = _state(opens_on, limit_on, known, bool(zero), on)
    return Duty(
        requirement, unit, occasion, no, opens_on, due_on, nominal_on, limit_on, state, held_on, entered_on, ref or ""
    )


def _state(opens_on: date, limit_on: date, held_on: date | None, zero: bool, on: date) -> State:
    """The state of a duty that is not waived; held_on: when it was met, as far as that was known on the day asked about."""
    if held_on is not None:
        return State.ZERO if zero else State.MET_LATE if held_on > limit_on else State.MET
    if opens_on > on:
        return State.COMING
    return State.OVERDUE if on > limit_on else State.OPEN


def fulfilled() -> Exists:
    return Exists(Fulfilment.objects.filter(occasion=OuterRef("occasion_id"), unit=OuterRef("unit"), counts=True))


def unmet(rows: QuerySet[Owes]) -> QuerySet[Owes]:
    """Those rows of `owed` that are neither fulfilled nor waived: open, overdue or to come."""
    return rows.filter(~fulfilled(), ~waived())


def duties(
    actor: Actor, *, on: date, until: date, since: date | None = None, units: Iterable[int] | None = None
) -> list[Duty]:
    """The duties in sight that fall due from `since` to `until`, ordered by their limit."""
    rows = owed(until=until, since=since).filter(within(actor, "duty.see"))
    if units is not None:
        rows = rows.filter(unit__in=units)
    return sorted(stated(rows, on=on), key=lambda duty: (duty.limit_on, duty.requirement, duty.unit))


def requirement_duties(actor: Actor, requirement: Requirement, *, on: date, units: Iterable[int]) -> list[Duty]:
    """All duties of one requirement for some units, in the order of occasions: the rows of 谁欠什么."""
    rows = owed(until=date.max).filter(within(actor, "duty.see"), requirement=requirement, unit__in=units)
    return sorted(stated(rows, on=on), key=lambda duty: duty.no)


def occasion_on(requirement: Requirement, day: date) -> Occasion | None:
    """The occasion whose window holds the day."""
    found: Occasion | None = requirement.occasions.filter(opens_on__lte=day, closes_on__gte=day).order_by("no").first()
    return found


def open_requirements(campaign: Campaign, unit: int, kind: str, *, on: date) -> list[Requirement]:
    """The requirements that a record of a kind can fulfil for a unit on a day."""
    owing = (
        Requirement.objects.filter(campaign=campaign, owes__unit=unit, owes__valid_from__lte=on)
        .filter(Q(owes__valid_until__isnull=True) | Q(owes__valid_until__gt=on))
        .distinct()
    )
    return [requirement for requirement in owing if kind in requirement.kinds]


@dataclass(slots=True)
class Tally:
    """How many units of a branch owe one occasion, by the state of their duty on a day."""

    due: int = 0
    met: int = 0
    met_late: int = 0
    zero: int = 0
    waived: int = 0
    open: int = 0
    overdue: int = 0
    coming: int = 0

    @property
    def done(self) -> int:
        """Met in time, met late or reported as nothing."""
        return self.met + self.met_late + self.zero

    @property
    def asked(self) -> int:
        """Those who owe it and are not waived: what `done` is out of."""
        return self.due - self.waived

    @property
    def settled(self) -> int:
        """Done or missed: what `done` is out of while the present occasion is still open."""
        return self.done + self.overdue

    def add(self, state: State, count: int = 1) -> None:
        setattr(self, state.value, getattr(self, state.value) + count)


Branch = tuple[int, int]  # first and last pre-order number
Done = dict[tuple[date, bool], int]  # (held_on, zero) → units
Excused = list[tuple[date | None, date | None, bool, int]]  # extended until, held_on, zero, units


def tally(
    requirement: Requirement, branches: Sequence[Branch], *, on: date, occasions: Iterable[Occasion]
) -> list[dict[int, Tally]]:
    """For each branch and occasion number the units by state: the same as counting `stated`, in three grouped queries."""
    chosen = list(occasions)
    found = tallies([requirement], branches, on=on, occasions=chosen)
    return [{each.no: found[(at, each.pk)] for each in chosen} for at in range(len(branches))]


def tallies(
    requirements: Sequence[Requirement], branches: Sequence[Branch], *, on: date, occasions: Sequence[Occasion]
) -> dict[tuple[int, int], Tally]:
    """(index of the branch, occasion) → the units of the branch by state.

    Branches must not overlap. Today's tree: what units owed that were closed since does not show.
    """
    spans = _spans(requirements, branches)
    ends = {each.pk: each.ended_on for each in requirements}
    changing = any(end is not None and end != ends[number] for number, _at, _start, end, _count in spans)
    due: dict[tuple[int, int], int] = defaultdict(int)
    by_requirement: dict[int, list[Occasion]] = defaultdict(list)
    for occasion in occasions:
        by_requirement[occasion.requirement_id].append(occasion)
    for number, at, start, end, count in spans:
        for occasion in by_requirement[number]:
            if start <= occasion.due_on and (end is None or occasion.due_on < end):
                due[(at, occasion.pk)] += count
    done = _done(branches, occasions, on=on, only_owing=changing)
    excused = _excused(requirements, branches, on=on)
    return {
        (at, occasion.pk): _summed(
            occasion, due[(at, occasion.pk)], done[(at, occasion.pk)], excused[(at, occasion.pk)], on
        )
        for at in range(len(branches))
        for occasion in occasions
    }


def _summed(occasion: Occasion, due: int, done: Done, excused: Excused, on: date) -> Tally:
    sums, left = Tally(due=due), dict(done)
    for until, held_on, zero, count in excused:
        if held_on is not None:
            left[(held_on, zero)] = left.get((held_on, zero), 0) - count
        if until is None:
            sums.add(State.WAIVED, count)
        else:
            sums.add(_state(occasion.opens_on, until, held_on, zero, on), count)
    for (held_on, zero), count in left.items():
        sums.add(_state(occasion.opens_on, occasion.due_on, held_on, zero, on), count)
    rest = sums.due - sums.done - sums.waived - sums.open - sums.overdue - sums.coming
    sums.add(_state(occasion.opens_on, occasion.due_on, None, False, on), rest)
    return sums


def _bucket(branches: Sequence[Branch]) -> Case:
    """The index of the branch that a row's unit stands in."""
    cases = [When(unit__no__range=branch, then=Value(at)) for at, branch in enumerate(branches)]
    return Case(*cases, default=Value(-1), output_field=IntegerField())


def _inside(branches: Sequence[Branch]) -> Q:
    return Q(unit__no__range=(min(first for first, _last in branches), max(last for _first, last in branches)))


def _spans(
    requirements: Sequence[Requirement], branches: Sequence[Branch]
) -> list[tuple[int, int, date, date | None, int]]:
    """(requirement, branch, from, until, units)."""
    rows = Owes.objects.filter(_inside(branches), requirement__in=requirements).annotate(branch=_bucket(branches))
    counted = rows.values("requirement", "branch", "valid_from", "valid_until").annotate(count=Count("pk")).order_by()
    spans = counted.values_list("requirement", "branch", "valid_from", "valid_until", "count")
    return [span for span in spans if span[1] >= 0]


def _owing_then(requirement: str, due_on: OuterRef) -> Exists:
    owing = Owes.objects.filter(requirement=OuterRef(requirement), unit=OuterRef("unit"), valid_from__lte=due_on)
    return Exists(owing.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=due_on)))


def _done(
    branches: Sequence[Branch], occasions: Sequence[Occasion], *, on: date, only_owing: bool
) -> dict[tuple[int, int], Done]:
    rows = Fulfilment.objects.filter(_inside(branches), occasion__in=occasions, counts=True, entered_on__lte=on)
    if only_owing:  # somebody has left the audience: what such units met before the due day is no duty any more
        rows = rows.filter(_owing_then("occasion__requirement", OuterRef("occasion__due_on")))
    counted = rows.annotate(branch=_bucket(branches)).values_list("branch", "occasion", "held_on", "zero")
    found: dict[tuple[int, int], Done] = defaultdict(dict)
    for branch, occasion, held_on, zero, count in counted.annotate(count=Count("pk")).order_by():
        found[(branch, occasion)][(held_on, zero)] = count
    return found


def _excused(
    requirements: Sequence[Requirement], branches: Sequence[Branch], *, on: date
) -> dict[tuple[int, int], Excused]:
    """Units with a waiver or an extension, and what they did all the same."""
    occasion = Occasion.objects.filter(requirement=OuterRef("requirement"), no=OuterRef("occasion_no"))
    rows = (
        standing_waivers()
        .filter(_inside(branches), requirement__in=requirements)
        .annotate(
            branch=_bucket(branches),
            occasion=Subquery(occasion.values("pk")[:1]),
            due_on=Subquery(occasion.values("due_on")[:1]),
        )
    )
    met = Fulfilment.objects.filter(
        occasion=OuterRef("occasion"), unit=OuterRef("unit"), counts=True, entered_on__lte=on
    )
    owing = rows.filter(_owing_then("requirement", OuterRef("due_on"))).annotate(
        held_on=Subquery(met.values("held_on")[:1]), zero=Subquery(met.values("zero")[:1])
    )
    counted = owing.values_list("branch", "occasion", "until", "held_on", "zero").annotate(count=Count("pk"))
    found: dict[tuple[int, int], Excused] = defaultdict(list)
    for branch, number, until, held_on, zero, count in counted.order_by():
        found[(branch, number)].append((until, held_on, bool(zero), count))
    return found
