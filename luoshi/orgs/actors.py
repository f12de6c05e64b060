"""Who acts: a user's grants of the day as an Actor."""

from datetime import date

from luoshi.gate.actor import Actor
from luoshi.gate.actor import Grant as Held
from luoshi.gate.rules import Role
from luoshi.orgs.models import Grant, User, during


def actor_of(user: User, *, on: date) -> Actor:
    """The actor of a user: one query for the grants that hold on the day, with today's ranges of their units."""
    if user.frozen:
        return Actor(pseudonym=user.pseudonym, user=user.pk, name=user.name)
    rows = Grant.objects.filter(during(on), user=user).values_list("role", "unit", "unit__no", "unit__last", "sector")
    held = tuple(Held(Role(role), unit, no, last, sector) for role, unit, no, last, sector in rows)
    return Actor(
        pseudonym=user.pseudonym, user=user.pk, person=user.person_id, name=user.name, unit=user.unit_id, grants=held
    )
