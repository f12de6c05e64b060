"""名册 — who is expected at an activity of a kind, on a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from luoshi.campaigns.models import Kind
from luoshi.orgs.models import Membership, Post, Unit, during

LEADING = (Post.Kind.HEAD, Post.Kind.LEADER)
FLOATING = (Membership.Kind.FLOATING_OUT, Membership.Kind.FLOATING_IN)
FLOATING = (Membership.Kind.FLOATING_OUT, Membership.Kind.FLOATING_IN)


class Expected(NamedTuple):
    """应到 — one person of a roster, with the unit where the person is counted on that day."""

    person: int
    home: int
    name: str


def rosters(units: Sequence[Unit], kind: str, *, on: date) -> dict[int, list[Expected]]:
    """The roster of each unit, by its key, in the order of names: two queries for all of them (one a unit for secretaries).

    members: counted at the unit itself, members only; staff: everybody counted there; floating: its floating members only;
    leaders: who holds a leading post there; secretaries: the branch secretaries below it.
    """
    counted = Membership.objects.filter(during(on), counts=True)
    match kind:
        case Kind.Roster.MEMBERS:
            return _by_home(units, counted.filter(unit__in=units).exclude(kind=Membership.Kind.STAFF))
        case Kind.Roster.STAFF:
            return _by_home(units, counted.filter(unit__in=units))
        case Kind.Roster.FLOATING:
            return _by_home(units, counted.filter(unit__in=units, kind__in=FLOATING))
        case Kind.Roster.FLOATING:
            return _by_home(units, counted.filter(unit__in=units, kind__in=FLOATING))
        case Kind.Roster.LEADERS:
            posts = Post.objects.filter(during(on), unit__in=units, kind__in=LEADING)
            return _by_post(units, posts.values_list("unit", "person"), on=on)
        case Kind.Roster.SECRETARIES:
            posts = Post.objects.filter(during(on), kind=Post.Kind.SECRETARY)
            pairs = [
                (unit.pk, person)
                for unit in units
                for person in posts.filter(unit__no__range=(unit.no, unit.last)).values_list("person", flat=True)
            ]
            return _by_post(units, pairs, on=on)
    return {unit.pk: [] for unit in units}


def roster(unit: Unit, kind: str, *, on: date) -> list[Expected]:
    """The roster of one unit."""
    return rosters([unit], kind, on=on)[unit.pk]


def _by_home(units: Sequence[Unit], counted: QuerySet[Membership]) -> dict[int, list[Expected]]:
    return _grouped(units, ((expected.home, expected) for expected in _expected(counted)))


def _by_post(units: Sequence[Unit], holders: Iterable[tuple[int, int]], *, on: date) -> dict[int, list[Expected]]:
    """Of those who hold a post, all who are counted anywhere on that day; each once a unit."""
    pairs = set(holders)
    counted = Membership.objects.filter(during(on), counts=True, person__in={person for _unit, person in pairs})
    at = defaultdict(list)
    for unit, person in pairs:
        at[person].append(unit)
    return _grouped(units, ((unit, expected) for expected in _expected(counted) for unit in at[expected.person]))


def _expected(counted: QuerySet[Membership]) -> list[Expected]:
    rows = counted.order_by("person__pinyin", "person").values_list("person", "unit", "person__name")
    return [Expected(*row) for row in rows]


def _grouped(units: Sequence[Unit], rows: Iterable[tuple[int, Expected]]) -> dict[int, list[Expected]]:
    found: dict[int, list[Expected]] = {unit.pk: [] for unit in units}
    for unit, expected in rows:
        found[unit].append(expected)
    return found
