"""Who acts: a user's grants of the day as an Actor."""

from datetime import date

from luoshi.gate.actor import Actor
from luoshi.gate.actor import Grant as Held
from luoshi.gate.rules import Role
from luoshi.orgs.models import Grant, Token, Unit, User, during
from luoshi.orgs.operations.accounts import token_digest


def actor_of(user: User, *, on: date) -> Actor:
    """The actor of a user: one query for the grants that hold on the day, with today's ranges of their units."""
    if user.frozen:
        return Actor(pseudonym=user.pseudonym, user=user.pk, name=user.name)
    rows = Grant.objects.filter(during(on), user=user).values_list("role", "unit", "unit__no", "unit__last", "sector")
    held = tuple(Held(Role(role), unit, no, last, sector) for role, unit, no, last, sector in rows)
    return Actor(
        pseudonym=user.pseudonym, user=user.pk, person=user.person_id, name=user.name, unit=user.unit_id, grants=held
    )


def actor_of_token(secret: str, *, on: date) -> Actor | None:
    """The actor behind an integration token: its owner, narrowed to the token's actions. None for one that does not hold."""
    held = Token.objects.filter(digest=token_digest(secret), ended_at__isnull=True, expires_on__gte=on)
    token = held.select_related("user").first()
    if token is None or token.user.frozen:
        return None
    return actor_of(token.user, on=on).narrowed(frozenset(token.actions))


def operator(username: str | None, *, on: date) -> Actor:
    """Who acts in a command: the named user, or else an operator who sees the figures of all units and no personal data.

    Raises LookupError for an unknown user.
    """
    if username is not None:
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            raise LookupError(username)
        return actor_of(user, on=on)
    roots = Unit.objects.filter(parent__isnull=True, no__gt=0).values_list("pk", "no", "last")
    return Actor("operator", name="operator", grants=tuple(Held(Role.OFFICIAL, *root) for root in roots))
