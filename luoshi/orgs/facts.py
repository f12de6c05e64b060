"""What orgs offers to be counted: the dated rosters of units, persons and posts."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from luoshi.gate.facts import Column, Facts, Type, cells_of
from luoshi.orgs.models import Membership, Placement, Post, Unit


def standing() -> QuerySet[Placement]:
    return Placement.objects.all()


UNIT = {
    "kind": Column("unit__kind", _("kind"), choices=Unit.Kind.choices),
    "rank": Column("unit__rank", _("rank"), type=Type.NUMBER),
    "leading_body": Column("unit__leading_body", _("leading body"), type=Type.FLAG),
    "sector": Column("unit__sector__code", _("sector"), section="sectors"),
}

units = Facts(
    code="units",
    title=_("units on the roster"),
    rows=standing,
    day="valid_from",
    until="valid_until",
    campaign=None,
    see="unit.see",
    columns=UNIT,
    touched=cells_of(Placement, "valid_from", "valid_until"),
)

persons = Facts(
    code="persons",
    title=_("persons on the roster"),
    rows=lambda: Membership.objects.filter(counts=True),
    day="valid_from",
    until="valid_until",
    campaign=None,
    see="person.see",
    columns={f"unit_{name}": column for name, column in UNIT.items()}
    | {
        "membership": Column("kind", _("membership"), choices=Membership.Kind.choices),
    },
    touched=cells_of(Membership, "valid_from", "valid_until"),
)

posts = Facts(
    code="posts",
    title=_("posts held"),
    rows=Post.objects.all,
    day="valid_from",
    until="valid_until",
    campaign=None,
    see="person.see",
    columns={f"unit_{name}": column for name, column in UNIT.items()}
    | {"post": Column("kind", _("post"), choices=Post.Kind.choices)},
    touched=cells_of(Post, "valid_from", "valid_until"),
)

SOURCES = (units, persons, posts)
