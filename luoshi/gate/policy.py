"""The decision itself, without a database: may this actor do this action at this place?"""

from dataclasses import dataclass

from luoshi.gate.actor import Actor, Grant, Place
from luoshi.gate.rules import RULES, Reach, Rule


@dataclass(frozen=True, slots=True)
class Span:
    """A contiguous piece of the unit tree, as far as one sector where it names one.

    `unit` set: only that unit itself; `without` set: the branch without its own top.
    """

    first: int
    last: int
    sector: int | None = None
    unit: int | None = None
    without: int | None = None

    def holds(self, place: Place) -> bool:
        if self.unit is not None:
            return place.unit == self.unit
        if place.unit == self.without or not self.first <= place.no <= self.last:
            return False
        return self.sector is None or place.sector == self.sector


EVERYWHERE = Span(first=-(2**62), last=2**62)


def rule_of(action: str) -> Rule:
    try:
        return RULES[action]
    except KeyError:
        raise LookupError(f"No rule for the action {action!r}: add it to luoshi/gate/rules.py.") from None


def span(grant: Grant, reach: Reach) -> Span:
    """The piece of the tree that a grant opens at a reach."""
    match reach:
        case Reach.OWN:
            return Span(grant.first, grant.last, unit=grant.unit)
        case Reach.BELOW:
            return Span(grant.first, grant.last, sector=grant.sector, without=grant.unit)
        case Reach.BRANCH:
            return Span(grant.first, grant.last, sector=grant.sector)
        case Reach.EVERYWHERE:
            return EVERYWHERE


def spans(actor: Actor, action: str) -> list[Span]:
    """All pieces of the tree where the actor may do the action; none means nowhere."""
    rule = rule_of(action)
    if actor.only is not None and action not in actor.only:
        return []
    if rule.anyone:
        return [] if actor.user is None else [EVERYWHERE]
    return [span(grant, rule.reach[grant.role]) for grant in actor.grants if grant.role in rule.reach]


def may(actor: Actor, action: str, place: Place | None = None) -> bool:
    """May the actor do the action at the place? Without a place: anywhere at all."""
    pieces = spans(actor, action)
    if place is None:
        return bool(pieces)
    return any(piece.holds(place) for piece in pieces)


def sees_all(actor: Actor, action: str, first: int, last: int) -> bool:
    """May the actor do the action on everything between two pre-order numbers, whatever stands there?"""
    return any(
        piece.unit is None
        and piece.sector is None
        and piece.without is None
        and piece.first <= first <= last <= piece.last
        for piece in spans(actor, action)
    )
