"""名册 — who is on a unit's roster: the members of its leading body; a branch's secretary, committee, members and staff."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from luoshi.demo.cast import CAST
from luoshi.demo.dice import Dice
from luoshi.demo.names import identity
from luoshi.demo.province import OFFICE, SEED, UnitPlan
from luoshi.orgs.models import Membership, Post, Unit

COUNTED_ON = date(2023, 8, 1)  # ages count from here; everybody is on the rosters before the campaign begins
COMMITTEE_FROM = 7  # a branch of seven members or more has a committee (支部工作条例 第十条)
GROUPS_FROM, GROUP_OF = 20, 10  # a large branch parts into Party groups of some ten members
FLOATING_SHARE = 0.031  # of the members of villages and communities: about 24,000 in the whole province

Kind, Rank = Unit.Kind, Unit.Rank
_LISTS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "people.yaml").read_text(encoding="utf-8"))
_DUTY_AREAS: list[str] = _LISTS["duty_areas"].split()
_TITLES: dict[str, list[str]] = {key: words.split() for key, words in _LISTS["titles"].items()}
_CAST = {(player.unit, player.no): player for player in CAST}


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """人员 — one person of a unit's roster; `no` counts from 1 within the unit. `post` is "" for most."""

    no: int
    name: str
    female: bool
    birth_month: str
    member: bool
    kind: str
    post: str = ""
    title: str = ""
    duty_area: str = ""


def roster(unit: UnitPlan, *, seed: int = SEED) -> tuple[PersonPlan, ...]:
    """Everybody who is counted at the unit, the leading ones first; empty for groups and general branches."""
    return tuple(_as_cast(unit, person) for person in _roster(unit, Dice(seed, unit.code, "roster")))


def _as_cast(unit: UnitPlan, person: PersonPlan) -> PersonPlan:
    player = _CAST.get((unit.code, person.no))
    return replace(person, name=player.name, birth_month=player.birth_month) if player else person


def _roster(unit: UnitPlan, dice: Dice) -> Iterator[PersonPlan]:
    if unit.kind == Kind.BRANCH:
        yield from _branch(unit, dice)
    elif unit.kind in {Kind.NEW_ECONOMY, Kind.SOCIAL}:
        yield _person(dice, 1, post=Post.Kind.CONTACT, title=_TITLES["contact"][0], member=dice.chance(0.4))
    elif unit.code == OFFICE:
        yield from (_person(dice, no) for no in range(1, 13))
    elif unit.kind != Kind.GROUP and not _general_branch(unit):
        yield from _leading_body(unit, dice)


def _general_branch(unit: UnitPlan) -> bool:
    """A village's general branch or committee: its members are counted at its branches."""
    return unit.kind == Kind.COMMITTEE and unit.rank == Rank.GRASSROOTS


def _leading_body(unit: UnitPlan, dice: Dice) -> Iterator[PersonPlan]:
    titles = _TITLES[_style(unit)]
    few, many = {Rank.PREFECTURE: (7, 9), Rank.COUNTY: (5, 7)}.get(Rank(unit.rank), (3, 6))
    for no in range(1, dice.between(few, many) + 1):
        post = Post.Kind.HEAD if no == 1 else Post.Kind.LEADER
        title = titles[min(no, len(titles)) - 1]
        yield _person(dice, no, post=post, title=title, duty_area=dice.pick(_DUTY_AREAS), oldest=60, youngest=36)


def _style(unit: UnitPlan) -> str:
    if unit.kind == Kind.COMMITTEE:
        return "standing" if unit.rank <= Rank.COUNTY and not unit.code.startswith("62-") else "committee"
    return "group" if unit.kind == Kind.DEPARTMENT else "committee"


def _branch(unit: UnitPlan, dice: Dice) -> Iterator[PersonPlan]:
    members = _members(unit, dice)
    committee = 1 if members < COMMITTEE_FROM else 3 if members < 30 else 5
    at_home = _of_a_village(unit)
    for no in range(1, members + 1):
        if no <= committee:
            post = Post.Kind.SECRETARY if no == 1 else Post.Kind.COMMITTEE
            yield _person(dice, no, post=post, title=_TITLES["branch"][no - 1], oldest=62)
        else:
            floating = at_home and dice.chance(FLOATING_SHARE)
            kind = Membership.Kind.FLOATING_OUT if floating else Membership.Kind.MEMBER
            yield _person(dice, no, kind=kind, oldest=84 if at_home else 60)
    if not at_home:
        for no in range(members + 1, members + 1 + dice.below(members // 3 + 1)):
            yield _person(dice, no, kind=Membership.Kind.STAFF, member=False, oldest=60)


def branch_set_up(unit: UnitPlan, *, seed: int = SEED) -> tuple[bool | None, int | None]:
    """Whether a branch has a committee, and how many Party groups; (None, None) for other units."""
    if unit.kind != Kind.BRANCH:
        return None, None
    members = _members(unit, Dice(seed, unit.code, "roster"))
    return members >= COMMITTEE_FROM, members // GROUP_OF if members >= GROUPS_FROM else 0


def _members(unit: UnitPlan, dice: Dice) -> int:
    return dice.between(*_size(unit))


def _size(unit: UnitPlan) -> tuple[int, int]:
    """The fewest and the most members of a branch."""
    if unit.parent and "-L" in unit.parent:
        return 3, 14
    if _of_a_village(unit):
        return (9, 32) if "-" in unit.code else (16, 52)
    return 6, 30


def _of_a_village(unit: UnitPlan) -> bool:
    return not unit.division.endswith("000")


def _person(
    dice: Dice,
    no: int,
    *,
    kind: str = Membership.Kind.MEMBER,
    member: bool = True,
    post: str = "",
    title: str = "",
    duty_area: str = "",
    youngest: int = 20,
    oldest: int = 60,
) -> PersonPlan:
    who = identity(dice, on=COUNTED_ON, youngest=youngest, oldest=oldest)
    if not member and kind == Membership.Kind.MEMBER:
        kind = Membership.Kind.STAFF
    return PersonPlan(no, who.name, who.female, who.birth_month, member, str(kind), str(post), title, duty_area)
