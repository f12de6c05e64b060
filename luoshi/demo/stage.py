"""Stage — what the steps of a load know of the units and persons in the database, and who acts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import connection

from luoshi.demo.cast import CAST, Player
from luoshi.demo.life import CHINA
from luoshi.demo.people import PersonPlan, roster
from luoshi.demo.province import UnitPlan
from luoshi.gate.actor import Actor
from luoshi.orgs.actors import actor_of
from luoshi.orgs.models import Unit, User

KEPT_UNITS = 20_000
COUNTED_SINCE = date(2023, 8, 1)  # everybody is on the rosters from here on


@dataclass
class Stage:
    """单位与人 — the plans, and the keys that they got."""

    plans: tuple[UnitPlan, ...]
    seed: int
    kept: dict[str, tuple[PersonPlan, ...]] = field(default_factory=dict, repr=False)
    unit: dict[str, int] = field(default_factory=dict)  # code → key
    first_person: dict[int, int] = field(default_factory=dict)  # unit's key → key of number 1 on its roster

    def people(self, plan: UnitPlan) -> tuple[PersonPlan, ...]:
        """The roster of a unit; kept as long as a small province makes it worth the memory."""
        if len(self.plans) > KEPT_UNITS:
            return roster(plan, seed=self.seed)
        if plan.code not in self.kept:
            self.kept[plan.code] = roster(plan, seed=self.seed)
        return self.kept[plan.code]

    def person(self, code: str, no: int) -> int:
        """The key of a person by unit and number on its roster."""
        return self.first_person[self.unit[code]] + no - 1


def acting(account: str, at: datetime) -> Actor:
    """The actor behind an account, with the grants of the moment."""
    return actor_of(User.objects.get(username=account), on=at.astimezone(CHINA).date())


def players() -> Iterator[tuple[Player, Unit]]:
    """The cast that has accounts here, with the units of their grants."""
    over = {unit.code: unit for unit in Unit.objects.filter(code__in={player.over for player in CAST})}
    known = set(User.objects.values_list("username", flat=True))
    yield from ((player, over[player.over]) for player in CAST if player.account in known)


def analyse() -> None:
    """Let the database count what its tables hold now: planned for empty ones, the queries of one record took twenty times as long."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 2000")
        cursor.execute("ANALYZE")


def morning(day: date) -> datetime:
    return datetime.combine(day, time(9), CHINA)
