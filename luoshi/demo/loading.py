"""Loading — the demo province comes into an empty installation, through operations only, each at its own moment of the six months.

Every step is one operation under a key. A load that was interrupted goes on where it stopped: what was done before answers again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TextIO

from django.db import connection
from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luoshi.campaigns.models import Campaign
from luoshi.demo import offices
from luoshi.demo.cast import CAST, PASSWORD
from luoshi.demo.diary import Diary, without_collector
from luoshi.demo.life import LAST_DAY
from luoshi.demo.operations import Roster, Units, load_roster, load_units
from luoshi.demo.people import PersonPlan, branch_set_up
from luoshi.demo.province import ROOT, SEED, Scale, UnitPlan, units
from luoshi.demo.stage import COUNTED_SINCE, Stage, acting, analyse, morning
from luoshi.figures.tally import aside
from luoshi.gate.actor import SYSTEM
from luoshi.gate.errors import Refused
from luoshi.gate.models import Key
from luoshi.gate.rules import Role
from luoshi.journal import clock
from luoshi.lib.progress import Progress
from luoshi.orgs.models import Membership, Person, Unit
from luoshi.orgs.operations import create_root, create_sectors, create_user, first_grant
from luoshi.packs.loading import library
from luoshi.packs.loading import load as load_pack
from luoshi.packs.operations import install_pack
from luoshi.packs.vocabulary import offered

PACK = "theme-education-2"
FOUNDED_ON = date(2019, 1, 1)  # after the reform of 2018: the demo has no older past
PERSONS_A_STEP = 60_000
DEMO_MORNING = morning(
    LAST_DAY + timedelta(days=1)
)  # a Wednesday: what is due every week, every month and this quarter is open


class Loader:
    """One load of one scale and seed."""

    def __init__(
        self,
        scale: Scale,
        *,
        seed: int = SEED,
        plans: tuple[UnitPlan, ...] | None = None,
        out: TextIO | None = None,
        quiet: bool = False,
    ) -> None:
        """plans: other units than all of the scale (parents before children, the root first)."""
        self.scale, self.seed, self.out, self.quiet = scale, seed, out, quiet
        self.stage = Stage(units(scale, seed=seed) if plans is None else plans, seed)

    @property
    def name(self) -> str:
        return f"demo:{self.scale.name}:{self.seed}"

    def key(self, step: object) -> str:
        return f"{self.name}:{step}"

    def run(self) -> None:
        """Load everything; Refused when the installation holds other data."""
        self._check_home()
        with _roomy(), without_collector():
            with aside():
                self._load_units()
                self._load_rosters()
            analyse()
            self._open_accounts()
            campaign = self._install_campaign()
            diary = Diary(self.stage, campaign, key=self.key)
            with self._progress(pgettext("step of a load", "Work of six months"), total=len(diary.pages)) as progress:
                for page in progress.over(diary.pages):
                    page()
            clock.begin(DEMO_MORNING)

    def _progress(self, says: str, *, total: int) -> Progress:
        return Progress(says, total=total, out=self.out, quiet=self.quiet)

    def _check_home(self) -> None:
        ours = Key.objects.filter(actor=SYSTEM.pseudonym, key=self.key("root")).exists()
        if Unit.objects.exists() and not ours:
            raise Refused(
                _(
                    "The demo is loaded into an empty installation, and this one holds data already. "
                    "Start another one: LUOSHI_HOME=/some/new/folder luoshi demo load"
                )
            )

    def _load_units(self) -> None:
        first, *rest = self.stage.plans
        at = morning(date(2023, 8, 21))
        create_sectors(SYSTEM, None, sectors=list(offices.SECTORS.items()), at=at, key=self.key("sectors"))
        root = create_root(
            SYSTEM,
            None,
            code=first.code,
            name=first.name,
            rank=first.rank,
            kind=first.kind,
            division=first.division,
            founded_on=FOUNDED_ON,
            at=at,
            key=self.key("root"),
        )
        with self._progress(pgettext("step of a load", "Units"), total=len(rest)) as progress:
            rows = [_unit_row(plan, self.seed) for plan in rest]
            load_units(SYSTEM, root, units=Units(self.key("units"), rows), at=at, key=self.key("units"))
            progress.step(len(rest))
        self.stage.unit = dict(Unit.objects.values_list("code", "pk"))

    def _load_rosters(self) -> None:
        root, at = Unit.objects.get(code=ROOT), morning(date(2023, 8, 28))
        with self._progress(pgettext("step of a load", "Persons"), total=len(self.stage.plans)) as progress:
            for number, (count, made) in enumerate(self._rosters()):
                key = self.key(f"persons-{number}")
                load_roster(SYSTEM, root, roster=Roster(key, made.persons, made.posts), at=at, key=key)
                progress.step(count)
        counted = Membership.objects.filter(valid_from=COUNTED_SINCE).order_by()
        self.stage.first_person = dict(counted.values_list("unit").annotate(first=Min("person")))

    def _rosters(self) -> Iterator[tuple[int, "_Gathered"]]:
        """Persons and posts in steps of a size that memory bears, with how many units each step covers."""
        gathered, count = _Gathered(), 0
        for plan in self.stage.plans:
            gathered.add(self.stage.unit[plan.code], self.stage.people(plan))
            count += 1
            if len(gathered.persons) >= PERSONS_A_STEP:
                yield count, gathered
                gathered, count = _Gathered(), 0
        if gathered.persons:
            yield count, gathered

    def _open_accounts(self) -> None:
        at = morning(date(2023, 8, 30))
        for player in CAST:
            unit = Unit.objects.get(code=player.unit)
            person = Person.objects.get(pk=self.stage.person(player.unit, player.no))
            user = create_user(
                SYSTEM,
                unit,
                username=player.account,
                name=player.name,
                person=person,
                password=PASSWORD,
                at=at,
                key=self.key(f"user-{player.account}"),
            )
            if player.role != Role.DELEGATE:  # a unit gives its own mandate (diary)
                over = Unit.objects.get(code=player.over)
                first_grant(SYSTEM, user, role=player.role, unit=over, at=at, key=self.key(f"grant-{player.account}"))

    def _install_campaign(self) -> Campaign:
        at = morning(date(2023, 9, 1))
        loaded = load_pack(library()[PACK].read_bytes(), offered())
        with self._progress(pgettext("step of a load", "Campaign"), total=1) as progress:
            root = Unit.objects.get(code=ROOT)
            campaign = install_pack(acting("zhou", at), root, loaded=loaded, at=at, key=self.key("campaign"))
            progress.step()
        return campaign


def begun() -> tuple[str, int] | None:
    """Scale and seed of the load that was begun here and did not come to its end; run again, it goes on."""
    keys = Key.objects.filter(actor=SYSTEM.pseudonym, key__regex=r"^demo:[a-z]+:-?\d+:root$")
    key = None if clock.is_demo() else keys.values_list("key", flat=True).first()
    if key is None:
        return None
    _demo, scale, seed, _root = key.split(":")
    return scale, int(seed)


@dataclass
class _Gathered:
    persons: list[dict[str, object]] = field(default_factory=list)
    posts: list[tuple[int, int, str, str, str]] = field(default_factory=list)

    def add(self, unit: int, people: tuple[PersonPlan, ...]) -> None:
        for person in people:
            if person.post:
                post = (len(self.persons), unit, person.post, person.title, person.duty_area)
                self.posts.append(post)
            self.persons.append(
                {
                    "name": person.name,
                    "birth_month": person.birth_month,
                    "member": person.member,
                    "unit_id": unit,
                    "kind": person.kind,
                    "since": COUNTED_SINCE,
                }
            )


def _unit_row(plan: UnitPlan, seed: int) -> dict[str, object]:
    committee, groups = branch_set_up(plan, seed=seed)
    return {
        "branch_committee": committee,
        "party_groups": groups,
        "code": plan.code,
        "name": plan.name,
        "short_name": plan.short_name if plan.short_name != plan.name else "",
        "kind": plan.kind,
        "rank": plan.rank,
        "leading_body": plan.leading_body,
        "division": plan.division,
        "founded_on": FOUNDED_ON,
        "parent": plan.parent,
        "sector": plan.sector,
    }


@contextmanager
def _roomy() -> Iterator[None]:
    """SQLite in a hurry: a cache that holds the indexes of many millions of rows, and no wait for the disk at each commit.

    A power cut may lose the last steps, never the database (WAL); the next load does them again.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size = -1500000")
        cursor.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        connection.close()  # the next one has the settings of everyday
