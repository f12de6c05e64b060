"""名册 — who is expected at an activity of a kind, on a day."""

from datetime import date

from luoshi.campaigns.models import Kind
from luoshi.orgs.models import Membership, Post, Unit, during

LEADING = (Post.Kind.HEAD, Post.Kind.LEADER)
FLOATING = (Membership.Kind.FLOATING_OUT, Membership.Kind.FLOATING_IN)


def roster(unit: Unit, kind: str, *, on: date) -> list[tuple[int, int]]:
    """The persons expected, each with the unit where they are counted on that day, in the order of names.

    members: counted at the unit itself, members only; staff: everybody counted there; floating: its floating members only;
    leaders: who holds a leading post there; secretaries: the branch secretaries below it.
    """
    counted = Membership.objects.filter(during(on), counts=True).order_by("person__pinyin", "person")
    match kind:
        case Kind.Roster.MEMBERS:
            rows = counted.filter(unit=unit).exclude(kind=Membership.Kind.STAFF)
        case Kind.Roster.STAFF:
            rows = counted.filter(unit=unit)
        case Kind.Roster.FLOATING:
            rows = counted.filter(unit=unit, kind__in=FLOATING)
        case Kind.Roster.LEADERS:
            holders = Post.objects.filter(during(on), unit=unit, kind__in=LEADING)
            rows = counted.filter(person__in=holders.values("person"))
        case Kind.Roster.SECRETARIES:
            below = Post.objects.filter(during(on), kind=Post.Kind.SECRETARY, unit__no__range=(unit.no, unit.last))
            rows = counted.filter(person__in=below.values("person"))
        case _:
            return []
    return list(rows.values_list("person", "unit"))
