"""任务 — what units owe, derived from requirements and never typed.

A duty is one occasion of one requirement for one unit. Its state is one query with the day as a parameter, so that it turns overdue at
midnight without any write.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
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
        state = state_of(opens_on, limit_on, on=on) if known is None else settled(known, limit_on, zero=bool(zero))
    return Duty(
        requirement, unit, occasion, no, opens_on, due_on, nominal_on, limit_on, state, held_on, entered_on, ref or ""
    )


def settled(held_on: date, limit_on: date, *, zero: bool) -> State:
    """The state of a duty that was met."""
    if zero:
        return State.ZERO
    return State.MET_LATE if held_on > limit_on else State.MET


def state_of(opens_on: date, limit_on: date, *, on: date) -> State:
    """The state of a duty that is neither met nor waived, as far as that is known on the day asked about."""
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
