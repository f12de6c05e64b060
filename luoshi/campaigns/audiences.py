"""分类对象 — which units an audience holds: a rule over the roster of units, never a list typed by hand."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet

from luoshi.campaigns.conditions import Tree, condition
from luoshi.campaigns.models import Audience
from luoshi.gate.facts import Column, Type
from luoshi.orgs.models import Unit

# What an audience rule may compare. Ranks are written by their codes: province, prefecture, county, township, grassroots.
RANKS = {rank.name.lower(): rank.value for rank in Unit.Rank}
COLUMNS = {
    "kind": Column("kind", Unit._meta.get_field("kind").verbose_name, choices=Unit.Kind.choices),
    "rank": Column("rank", Unit._meta.get_field("rank").verbose_name, choices=[(name, name) for name in RANKS]),
    "leading_body": Column("leading_body", Unit._meta.get_field("leading_body").verbose_name, type=Type.FLAG),
    "branch_committee": Column(
        "branch_committee", Unit._meta.get_field("branch_committee").verbose_name, type=Type.FLAG
    ),
    "party_groups": Column("party_groups", Unit._meta.get_field("party_groups").verbose_name, type=Type.NUMBER),
    "sector": Column("sector__code", Unit._meta.get_field("sector").verbose_name, section="sectors"),
    "division": Column("division", Unit._meta.get_field("division").verbose_name),
    "code": Column("code", Unit._meta.get_field("code").verbose_name),
}
LOOKUPS = {name: column.lookup for name, column in COLUMNS.items()}


def ranked(rule: Tree) -> Tree:
    """The rule with ranks as the numbers that the column holds."""
    match rule:
        case {"all": parts}:
            return {"all": [ranked(part) for part in parts]}
        case {"any": parts}:
            return {"any": [ranked(part) for part in parts]}
        case {"not": part}:
            return {"not": ranked(part)}
        case {"column": "rank", **comparison}:
            return {"column": "rank", **{operator: _number(value) for operator, value in comparison.items()}}
    return rule


def _number(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_number(each) for each in value]
    return RANKS.get(value, value) if isinstance(value, str) else value


def units_of(audience: Audience, *, below: Unit | None = None) -> QuerySet[Unit]:
    """Today's units of an audience inside its campaign, or inside the branch of `below`."""
    root = below or audience.campaign.unit
    return units_by(audience.rule).filter(no__range=(root.no, root.last))


def sizes(audiences: Iterable[Audience], below: Unit) -> dict[int, int]:
    """How many of today's units of a branch are in each audience: one pass over the branch, however many audiences there are."""
    counted = {f"a{each.pk}": Count("pk", filter=condition(ranked(each.rule), LOOKUPS)) for each in audiences}
    if not counted:
        return {}
    found = Unit.objects.filter(no__range=(below.no, below.last)).aggregate(**counted)
    return {int(name[1:]): count for name, count in found.items()}


def units_by(rule: Tree, *, standing: bool = True) -> QuerySet[Unit]:
    """The units that a rule holds: those of today's tree, or those that stand in it no longer."""
    found = Unit.objects.filter(condition(ranked(rule), LOOKUPS))
    return found.filter(no__gt=0).order_by("no") if standing else found.filter(no__lte=0, closed_on__isnull=False)


def standing(on: date) -> Q:
    """Units that were founded and not yet closed on a day."""
    return Q(founded_on__lte=on) & (Q(closed_on__isnull=True) | Q(closed_on__gt=on))
