"""What can be written about units and where they stand."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from luoshi.gate.errors import Refused
from luoshi.gate.operation import Act, operation
from luoshi.gate.policy import may
from luoshi.lib.pinyin import pinyin_keys
from luoshi.orgs.models import MOST_GROUPS, Grant, Membership, Placement, Post, Sector, Unit, User, during
from luoshi.orgs.operations.persons import transfer
from luoshi.orgs.tree import place_last, renumber, tree, tree_changed

CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}")  # a code stands in addresses
CHANGEABLE = frozenset({"name", "short_name", "kind", "rank", "leading_body", "division"})


@operation("home.prepare", anywhere=True)
def create_root(act: Act, _nothing: None, *, code: str, name: str, rank: int, founded_on: date, **more: Any) -> Unit:
    """建树 — the unit at the top, of which there is one."""
    if Unit.objects.filter(parent__isnull=True, no__gt=0).exists():
        raise Refused(_("There is a root unit already."))
    values = {"kind": Unit.Kind.COMMITTEE, "founded_on": founded_on, **more}
    unit = act.add(Unit(code=code, name=name, rank=rank, pinyin=pinyin_keys(name), **values))
    act.add(Placement(unit=unit, parent=None, valid_from=founded_on))
    tree_changed()
    renumber(act.today)
    unit.refresh_from_db()
    return unit


@operation("home.prepare", anywhere=True)
def create_sectors(act: Act, _nothing: None, *, sectors: Sequence[tuple[str, str]]) -> None:
    """条条 — the list of sectors, as (code, name) in their order."""
    known = set(Sector.objects.values_list("code", flat=True))
    for order, (code, name) in enumerate(sectors):
        if code not in known:
            act.add(Sector(code=code, name=name, order=order))


@operation("unit.create", creates=True)
def create_unit(
    act: Act, parent: Unit, *, code: str, name: str, kind: str, rank: int, sector: Sector | None = None, **more: Any
) -> Unit:
    """建立单位 — a new unit, last among the units below its parent."""
    if not CODE.fullmatch(code):
        raise Refused(_("A code consists of letters, digits, dots and hyphens, at most 32 of them."))
    if Unit.objects.filter(code=code).exists():
        raise Refused(_("There is already a unit with the code %(code)s.") % {"code": code})
    _check_open(parent)
    values = {"founded_on": act.today, **more}
    if values["founded_on"] > act.today:
        raise Refused(_("The day of founding lies in the future. Record the unit on that day."))
    unit = act.add(Unit(code=code, name=name, kind=kind, rank=rank, pinyin=pinyin_keys(name), **values))
    order = Placement.objects.filter(parent=parent, valid_until__isnull=True).count()
    act.add(Placement(unit=unit, parent=parent, sector=sector, order=order, valid_from=unit.founded_on))
    tree_changed()
    place_last(unit, parent, sector.pk if sector else None, act.today)
    return unit


UNIT_FIELDS = (
    "code", "name", "short_name", "kind", "rank", "leading_body", "division", "branch_committee", "party_groups", "founded_on",
)  # fmt: skip


@operation("unit.import", creates=True)
def create_units(act: Act, below: Unit, *, rows: Sequence[Mapping[str, Any]]) -> None:
    """导入单位 — many units at once, all or nothing. Each row: UNIT_FIELDS, "parent" (a code, of the file or known), "sector" (a code).

    The rows are validated by the caller; what only the database knows is refused here.
    """
    keys = ("parent", "sector", *UNIT_FIELDS)
    given: list[dict[str, Any]] = [{key: row.get(key) for key in keys} for row in rows]
    taken = set(Unit.objects.filter(code__in=[row["code"] for row in given]).values_list("code", flat=True))
    if taken:
        raise Refused(
            _("There are already units with these codes: %(codes)s.") % {"codes": ", ".join(sorted(taken)[:5])}
        )
    values = [
        (
            row["code"],
            row["name"],
            row["short_name"] or "",
            row["kind"],
            row["rank"],
            bool(row["leading_body"]),
            row["division"] or "",
            row["branch_committee"],
            row["party_groups"],
            row["founded_on"] or act.today,
            pinyin_keys(row["name"]),
            0,
            -1,
            0,
        )
        for row in given
    ]
    ids = act.add_many(Unit, [*UNIT_FIELDS, "pinyin", "no", "last", "depth"], values)
    known = dict(zip([row["code"] for row in given], ids, strict=True))
    if loop := codes_in_a_loop({row["code"]: row["parent"] for row in given}):
        raise Refused(_("These units stand under each other: %(codes)s.") % {"codes": ", ".join(loop[:5])})
    outside = {row["parent"] for row in given} - known.keys()
    known |= dict(Unit.objects.filter(code__in=outside, no__range=(below.no, below.last)).values_list("code", "pk"))
    if missing := sorted(str(code) for code in outside - known.keys()):
        raise Refused(_("These parents are not in your units: %(codes)s.") % {"codes": ", ".join(missing[:5])})
    sectors = dict(Sector.objects.values_list("code", "pk"))
    orders: dict[int, int] = {}
    placements = []
    for row, unit in zip(given, ids, strict=True):
        parent = known[row["parent"]]
        orders[parent] = (
            orders.get(parent, Placement.objects.filter(parent=parent).count() if parent not in ids else 0) + 1
        )
        sector = sectors.get(row["sector"]) if row["sector"] else None
        placements.append((unit, parent, sector, orders[parent], row["founded_on"] or act.today, ""))
    act.add_many(Placement, ["unit_id", "parent_id", "sector_id", "order", "valid_from", "document"], placements)
    tree_changed()
    renumber(act.today)


def codes_in_a_loop(parents: Mapping[str, str]) -> list[str]:
    """The codes of a list that never reach a unit outside it: each stands, over some others, under itself."""
    safe: set[str] = set()
    for code in parents:
        path = []
        at = code
        while at in parents and at not in safe and at not in path:
            path.append(at)
            at = parents[at]
        if at not in path:
            safe.update(path)
    return sorted(parents.keys() - safe)


@operation("unit.change")
def change_unit(act: Act, unit: Unit, **values: Any) -> Unit:
    """改名 — change name, short name, kind, rank; the old values stay in the history. The code never changes."""
    if fixed := values.keys() - CHANGEABLE:
        raise TypeError(f"not changeable: {sorted(fixed)}")
    _check_open(unit)
    for name, value in values.items():
        setattr(unit, name, value)
    if unit.kind != Unit.Kind.BRANCH:
        unit.branch_committee = unit.party_groups = None
    unit.pinyin = pinyin_keys(unit.name)
    return act.save(unit)


@operation("unit.describe")
def describe_branch(act: Act, unit: Unit, *, branch_committee: bool | None, party_groups: int | None) -> Unit:
    """支部设置 — the branch says whether it has a committee, and how many Party groups; None: it does not say."""
    _check_open(unit)
    if unit.kind != Unit.Kind.BRANCH:
        raise Refused(_("Only a branch has a committee and Party groups."))
    if party_groups is not None and not 0 <= party_groups <= MOST_GROUPS:
        raise Refused(_("A branch has from 0 to %(most)d Party groups.") % {"most": MOST_GROUPS})
    unit.branch_committee, unit.party_groups = branch_committee, party_groups
    return act.save(unit)


def _check_open(unit: Unit) -> None:
    if unit.closed_on is not None:
        raise Refused(_("%(unit)s was closed on %(day)s.") % {"unit": unit, "day": unit.closed_on})


def _check_target(act: Act, unit: Unit) -> None:
    """Units move within what one leads; further than that, whoever leads both moves them."""
    here = Unit.objects.get(pk=unit.pk)  # as it stands now: a number that was read before another move says nothing
    _check_open(here)
    if not may(act.actor, "unit.create", here.place()):
        raise Refused(_("%(unit)s is not among your units. Ask the office above both to do it.") % {"unit": unit})


def _open_placement(unit: Unit) -> Placement:
    return Placement.objects.get(unit=unit, valid_until__isnull=True)


@operation("unit.move")
def move_unit(act: Act, unit: Unit, *, parent: Unit, document: str = "", sector: Sector | None = None) -> Unit:
    """划转 — put a unit under another parent from today on; what was before stays as it was."""
    if tree(act.today).holds(unit.pk, parent.pk):
        raise Refused(_("A unit cannot stand under itself or under a unit of its own branch."))
    _check_open(unit)
    _check_target(act, parent)
    old = _open_placement(unit)
    if old.parent_id == parent.pk:
        raise Refused(_("The unit stands there already."))
    if old.valid_from >= act.today:
        raise Refused(_("The unit was placed there today; a second move counts from tomorrow on."))
    old.valid_until = act.today
    act.save(old)
    order = Placement.objects.filter(parent=parent, valid_until__isnull=True).count()
    act.add(
        Placement(
            unit=unit, parent=parent, sector=sector or old.sector, order=order, valid_from=act.today, document=document
        )
    )
    tree_changed()
    renumber(act.today)
    unit.refresh_from_db()
    return unit


@operation("unit.merge")
def merge_units(act: Act, unit: Unit, *, into: Unit, document: str = "") -> Unit:
    """合并 — a unit ends today; its persons and the units below it go to the successor, and its past counts there."""
    if unit.pk == into.pk or tree(act.today).holds(unit.pk, into.pk):
        raise Refused(_("A unit cannot be merged into itself or into a unit of its own branch."))
    _check_open(unit)
    _check_target(act, into)
    for child in Placement.objects.filter(parent=unit, valid_until__isnull=True):
        child.valid_until = act.today
        act.save(child)
        act.add(
            Placement(
                unit=child.unit,
                parent=into,
                sector=child.sector,
                order=child.order,
                valid_from=act.today,
                document=document,
            )
        )
    _move_roster(act, unit, into)
    return _end(act, unit, successor=into, document=document)


@operation("unit.close")
def close_unit(act: Act, unit: Unit, *, document: str = "") -> Unit:
    """撤销单位 — a unit without units below it and without persons ends today."""
    _check_open(unit)
    if Placement.objects.filter(parent=unit, valid_until__isnull=True).exists():
        raise Refused(_("There are units below it. Move or merge them first."))
    if Membership.objects.filter(unit=unit, valid_until__isnull=True).exists():
        raise Refused(_("There are persons on its roster. Transfer them first."))
    return _end(act, unit, successor=None, document=document)


def _end(act: Act, unit: Unit, *, successor: Unit | None, document: str) -> Unit:
    placement = _open_placement(unit)
    placement.valid_until, placement.document = act.today, document or placement.document
    act.save(placement)
    ending: list[Grant | Post] = [
        *Grant.objects.filter(during(act.today), unit=unit),
        *Post.objects.filter(during(act.today), unit=unit),
    ]
    for held in ending:
        held.valid_until = act.today
        act.save(held)
    unit.closed_on, unit.successor = act.today, successor
    act.save(unit)
    tree_changed()
    renumber(act.today)
    unit.refresh_from_db()
    return unit


def _move_roster(act: Act, unit: Unit, into: Unit) -> None:
    for old in Membership.objects.filter(unit=unit, valid_until__isnull=True).select_related("person"):
        transfer(act, old, into)
    for user in User.objects.filter(unit=unit):
        user.unit = into
        act.save(user)
