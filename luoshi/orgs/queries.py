"""What can be asked about units, persons, accounts and grants; each starts from what the actor may see."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from luoshi.gate.actor import SYSTEM, Actor
from luoshi.gate.history import Name
from luoshi.gate.rules import ADMINISTRATORS, Role
from luoshi.gate.scope import visible, within
from luoshi.lib.text import clean
from luoshi.orgs.models import Grant, Membership, Person, Placement, Post, Session, Token, Unit, User, during

PICKED = 20
FOUND = 50


# ── Units: names and places are for everybody who is signed in ────────────────────────────────────────────────────


def standing_units() -> QuerySet[Unit]:
    """The units of today's tree, in its order."""
    return Unit.objects.filter(no__gt=0).order_by("no")


def children_of(unit: Unit | None) -> QuerySet[Any]:
    """The units directly below (the roots for None), each with `bears`: whether there are units below it."""
    below = Unit.objects.filter(parent=OuterRef("pk"), no__gt=0)
    return standing_units().filter(parent=unit).annotate(bears=Exists(below))


def ancestors_of(unit: Unit) -> QuerySet[Unit]:
    """The units above, from the root down; none for a unit that has left the tree."""
    if unit.no <= 0:
        return Unit.objects.none()
    return standing_units().filter(no__lt=unit.no, last__gte=unit.last)


def units_named(text: str) -> QuerySet[Unit]:
    """Units by a piece of the name, the beginning of the pinyin or its initials, or the beginning of the code."""
    rows = standing_units().select_related("parent")
    for word in clean(text).split():
        typed = word.lower()
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(short_name__icontains=word)
            | Q(code__istartswith=word)
            | Q(pinyin__startswith=typed)
            | Q(pinyin__contains=f" {typed}")
        )
    return rows


def units_to(actor: Actor, action: str) -> QuerySet[Unit]:
    """The units where the actor may do an action."""
    return visible(actor, action, standing_units(), "")


def posts_of(unit: Unit, *, on: date) -> QuerySet[Post]:
    """Who holds a post at the unit: functions of the office, known to everybody inside."""
    return Post.objects.filter(during(on), unit=unit).select_related("person").order_by("kind", "valid_from", "pk")


def roster_counts(unit: Unit, *, on: date) -> dict[str, int]:
    """How many persons of each kind are on the unit's own roster."""
    rows = Membership.objects.filter(during(on), unit=unit).order_by().values_list("kind").annotate(Count("pk"))
    return dict(rows)


def placements_of(unit: Unit) -> QuerySet[Placement]:
    return Placement.objects.filter(unit=unit).select_related("parent", "sector").order_by("-valid_from", "-pk")


# ── Persons ───────────────────────────────────────────────────────────────────────────────────────────────────────


def memberships(actor: Actor, *, on: date) -> QuerySet[Membership]:
    """The rosters of a day, as far as the actor may see them."""
    rows = Membership.objects.filter(during(on), person__erased_at__isnull=True)
    return visible(actor, "person.see", rows).select_related("person", "unit")


def roster(actor: Actor, unit: Unit, *, on: date) -> QuerySet[Membership]:
    """The unit's own roster on a day."""
    return memberships(actor, on=on).filter(unit=unit)


def persons(actor: Actor) -> QuerySet[Person]:
    """Persons counted, or taking part as floating members, at a unit whose roster the actor may see."""
    here = Membership.objects.filter(
        within(actor, "person.see"), person=OuterRef("pk"), valid_until__isnull=True, counts=False
    )
    rows = Person.objects.filter(within(actor, "person.see") | Q(Exists(here)))
    return rows.select_related("unit")


# ── Accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────


def accounts(actor: Actor) -> QuerySet[User]:
    return visible(actor, "user.see", User.objects.select_related("unit", "person")).order_by("unit__no", "username")


def accounts_below(actor: Actor, unit: Unit) -> QuerySet[User]:
    """The accounts of a unit and of all below it."""
    return accounts(actor).filter(unit__no__range=(unit.no, unit.last))


def units_for_accounts(actor: Actor, above: Unit) -> QuerySet[Any]:
    """The units below where the actor may open accounts, each with `has_accounts`."""
    live = User.objects.filter(unit=OuterRef("pk"), frozen=False)
    rows = units_to(actor, "user.create").filter(parent=above)
    return rows.annotate(has_accounts=Exists(live))


def grants(actor: Actor, *, on: date) -> QuerySet[Grant]:
    """Who holds which role, mandates included."""
    rows = Grant.objects.filter(during(on)).select_related("user", "user__unit", "unit", "sector")
    return visible(actor, "grant.see", rows).order_by("unit__no", "role", "pk")


def administrators(*, on: date) -> QuerySet[Grant]:
    rows = Grant.objects.filter(during(on), role__in=ADMINISTRATORS)
    return rows.select_related("user", "user__unit").order_by("role", "pk")


def mandates_of(unit: Unit) -> QuerySet[Grant]:
    """Who may record for the unit today, or could once."""
    rows = Grant.objects.filter(unit=unit, role=Role.DELEGATE).select_related("user", "user__unit")
    return rows.order_by("-valid_until", "-pk")


def own_sessions(user: User, *, at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(user=user, expire_date__gt=at).order_by("-used_at")


def own_tokens(user: User) -> QuerySet[Token]:
    return Token.objects.filter(user=user).order_by("ended_at", "-pk")


def names_of(pseudonyms: Iterable[str]) -> dict[str, Name]:
    """Whom the journal's pseudonyms stand for. An erased account has no name any more, and is left out."""
    rows = User.objects.filter(pseudonym__in=set(pseudonyms)).exclude(name="").select_related("unit")
    named = {user.pseudonym: Name(user.name, user.unit.title) for user in rows}
    return named | {SYSTEM.pseudonym: Name(SYSTEM_NAME)}


SYSTEM_NAME = "落实"  # what the installation did by itself goes under the product's own name
