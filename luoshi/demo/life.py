"""六个月 — what the units of the demo do about what a campaign asks of them: held on time, late, or not; zero stated, or silence.

A campaign's requirements come in as `Asked`, so that any pack can be lived through. Every unit's work comes from dice of its own
and of its county: some are careful, some are not, and a county's habits show. Nothing here touches the database; `luoshi demo`
brings it in through the operations.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from luoshi.demo.dice import Dice, Weighted
from luoshi.demo.people import PersonPlan
from luoshi.demo.province import PILOT_CITY, PILOT_COUNTY, SEED, UnitPlan
from luoshi.lib import workdays
from luoshi.orgs.models import Membership, Post, Unit

CHINA = ZoneInfo("Asia/Shanghai")
LAUNCH = date(2023, 9, 4)  # the second batch; a Monday
LAST_DAY = date(2024, 2, 27)  # the work as loaded; the demo day is the next one

Kind, Rank = Unit.Kind, Unit.Rank
_LISTS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "life.yaml").read_text(encoding="utf-8"))
_SUBJECTS: dict[str, list[str]] = _LISTS["subjects"]
_SUMMARIES: dict[str, list[str]] = _LISTS["summaries"]
_PLACES: dict[str, list[str]] = _LISTS["places"]
_ABSENCES = Weighted([("leave", 0.45), ("travel", 0.25), ("ill", 0.15), ("other", 0.15)])
_PROMPT = Weighted([(0, 0.62), (1, 0.27), (2, 0.11)])  # days until a careful unit enters what it held

# Habits by the code of a requirement or kind; a code that is not here lives by the rest of the rules.
SURE = frozenset({"reading_class", "launch_meeting"})  # whoever is behind is called until the last one has held it
WITHOUT_ROSTER = frozenset({"group_meeting", "progress_report", "branch_committee"})
NOTHING_SHARE = {"weekly_progress": 0.25, "weekly_progress_county": 0.35, "grassroots_visit": 0.12}
OWN_CHOICE_SHARE = 0.22
CHASED_SHARE = 0.8  # of what was not done at all: somebody above asks, and it is held weeks later
LONG_WINDOW_DAYS = 45  # what may be done within a quarter is done towards its end
JIAYUGUAN_SESSIONS = 15
TOPICS = 15  # as many as the curriculum has
OUTSIDE = frozenset({"site_teaching"})
ON_SITE = frozenset({"research_visit", "grassroots_visit", "care_visit", "volunteer_service"})


@dataclass(frozen=True, slots=True)
class KindPlan:
    """活动种类 — a kind of activity: whose roster is called, the codes of its agenda, whether topics are named."""

    code: str
    title: str
    roster: str
    agenda: tuple[str, ...] = ()
    topical: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """规定动作 — one requirement: the kinds that fulfil it, its windows (number, first and last day), whether zero may be stated."""

    code: str
    kinds: tuple[KindPlan, ...]
    windows: tuple[tuple[int, date, date], ...]
    zero: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class Correction:
    """更正 — the unit puts its own record right, some days later."""

    at: datetime
    absent: Mapping[int, str]
    reason: str


@dataclass(frozen=True, slots=True)
class Session:
    """活动 — one session of one unit.

    called: the numbers on the unit's roster of who was expected, None where no roster was kept; absent: with the reason.
    topics: numbers from 0, to be counted off on the curriculum; makes_up: the number of the occasion that was missed.
    withdrawn_at: entered twice by mistake, this one was taken back; returned_at: the unit above sent it back.
    """

    unit: str
    requirement: str
    kind: str
    held_on: date
    entered_at: datetime
    title: str
    place: str
    called: tuple[int, ...] | None
    absent: Mapping[int, str] = field(default_factory=dict)
    summary: str = ""
    agenda: tuple[str, ...] = ()
    topics: tuple[int, ...] = ()
    others: int = 0
    makes_up: int | None = None
    correction: Correction | None = None
    withdrawn_at: datetime | None = None
    returned_at: datetime | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ZeroStatement:
    """零报告 — a unit states that there was nothing in one occasion."""

    unit: str
    requirement: str
    no: int
    at: datetime
    statement: str


@dataclass(frozen=True, slots=True)
class Training:
    """轮训 — one session for the branch secretaries of a city or county; `called` and `absent` name their branches."""

    unit: str
    held_on: date
    entered_at: datetime
    title: str
    place: str
    called: tuple[str, ...]
    absent: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """机构变动 — a unit moves under another parent ("move"), or is merged into another unit ("merge")."""

    how: str
    unit: str
    into: str
    on: date
    document: str


REORGANISATIONS = (
    Reorganisation("move", "622926100-06", "622926-LG", date(2023, 11, 13), "东组函〔2023〕演示1号"),
    Reorganisation("merge", "622926-XZ", "622926-NY", date(2023, 12, 18), "东编发〔2023〕演示2号"),
)


def work(
    unit: UnitPlan, people: Sequence[PersonPlan], asked: Sequence[Asked], *, seed: int = SEED
) -> tuple[Session | ZeroStatement, ...]:
    """Everything that the unit recorded until the last day, in no particular order.

    asked: what the unit owes. Where a session of another requirement falls into a window and fulfils it, nothing more is held.
    """
    careful = care(unit, seed=seed)
    held: dict[str, list[date]] = {}
    made: list[Session | ZeroStatement] = []
    rosters = _Rosters(people)
    for one in sorted(asked, key=lambda one: len(one.kinds)):
        for window in one.windows:
            for fact in _answer(unit, rosters, one, window, careful, held, seed):
                made.append(fact)
                if isinstance(fact, Session):
                    held.setdefault(fact.kind, []).append(fact.held_on)
    return tuple(made)


def care(unit: UnitPlan, *, seed: int = SEED) -> float:
    """How careful a unit is, from 0 to 1: half its own doing, half its county's."""
    own, county = Dice(seed, unit.code, "care").share(), Dice(seed, unit.division[:6], "care").share()
    return (math.pow(own, 0.4) + math.pow(county, 0.4)) / 2


def _answer(
    unit: UnitPlan,
    rosters: "_Rosters",
    one: Asked,
    window: tuple[int, date, date],
    careful: float,
    held: Mapping[str, Sequence[date]],
    seed: int,
) -> Iterator[Session | ZeroStatement]:
    """What the unit does about one occasion: a session in its window or after it, zero, or nothing at all."""
    no, first, last = window
    codes = [kind.code for kind in one.kinds]
    if not codes or any(first <= day <= last for code in codes for day in held.get(code, ())):
        return
    dice, careless = Dice(seed, unit.code, one.code, no), 1 - careful
    if not one.required and not dice.chance(OWN_CHOICE_SHARE):
        return
    silent = dice.chance(0.003 + 0.1 * careless**2) and one.code not in SURE
    late = dice.chance(0.012 + 0.06 * careless)
    nothing = (
        not rosters.called(one.kinds[0])
        if one.code == "floating_contact"
        else dice.chance(NOTHING_SHARE.get(one.code, 0.1))
    )
    if silent and not dice.chance(CHASED_SHARE):
        return
    behind = dice.between(10, 30) if silent else dice.between(1, 8) if late else 0  # workdays
    if one.zero and nothing:
        yield from _zero(unit, one, no, (first, last), behind, dice)
        return
    kind = one.kinds[0] if dice.chance(0.7) else dice.pick(one.kinds)
    day = workdays.add_workdays(last, behind) if behind else _workday(first, last, dice)
    entered_at = _entered(day, careless, dice)
    if entered_at.date() > LAST_DAY:
        return
    called = _kept(unit, kind, rosters.called(kind), dice)
    session = Session(
        unit=unit.code,
        requirement=one.code,
        kind=kind.code,
        held_on=day,
        entered_at=entered_at,
        title=dice.pick(_SUBJECTS.get(kind.code, [kind.title])),
        place=_place(unit, kind.code, dice),
        called=called,
        absent=_absent(called or (), careless, dice),
        summary=dice.pick(_SUMMARIES[kind.code]) if kind.code in _SUMMARIES else "",
        agenda=tuple(dice.some(kind.agenda, dice.between(1, len(kind.agenda)))) if kind.agenda else (),
        topics=tuple(dice.some(range(TOPICS), dice.between(1, 3))) if kind.topical else (),
        others=dice.between(3, 40) if kind.code == "theme_day" and dice.chance(0.08) else 0,
        makes_up=no if behind else None,
    )
    yield from _with_fate(session, dice)


def _zero(
    unit: UnitPlan, one: Asked, no: int, window: tuple[date, date], behind: int, dice: Dice
) -> Iterator[ZeroStatement]:
    first, last = window
    day = workdays.add_workdays(last, behind) if behind else max(last - timedelta(days=dice.below(3)), first)
    statements = _LISTS["zero"].get(one.code, _LISTS["zero"]["any"])
    if day <= LAST_DAY:
        yield ZeroStatement(unit.code, one.code, no, _moment(day, dice), dice.pick(statements))


def _with_fate(session: Session, dice: Dice) -> Iterator[Session]:
    """What befalls a record that somebody of the cast makes: most stay, some are corrected, sent back, or were made twice."""
    fate = dice.share()
    at = _moment(session.entered_at.date() + timedelta(days=dice.between(1, 9)), dice)
    if at.date() > LAST_DAY or fate > 0.17 or session.called is None:
        yield session
    elif fate < 0.1:
        yield replace(session, correction=_correction(session, at, dice))
    elif fate < 0.14:
        returned = replace(session, returned_at=at, remark=dice.pick(_LISTS["returns"]))
        later = _moment(at.date() + timedelta(days=dice.between(1, 5)), dice)
        answered = later.date() <= LAST_DAY and dice.chance(0.8)
        yield replace(returned, correction=_correction(session, later, dice)) if answered else returned
    else:
        again = session.entered_at + timedelta(minutes=dice.between(1, 50))
        yield session
        yield replace(session, entered_at=again, withdrawn_at=max(at, again), remark=_LISTS["twice"])


def _correction(session: Session, at: datetime, dice: Dice) -> Correction:
    """One more is found to have been absent, or one whose absence was noted had come after all."""
    absent = dict(session.absent)
    if absent and dice.chance(0.5):
        del absent[dice.pick(sorted(absent))]
    else:
        absent[dice.pick(session.called or ())] = _ABSENCES.pick(dice)
    return Correction(at, absent, dice.pick(_LISTS["corrections"]))


class _Rosters:
    """Who of a unit's people is expected at sessions of a kind, made up once for each kind of roster."""

    def __init__(self, people: Sequence[PersonPlan]) -> None:
        self.people = people
        self._known: dict[str, tuple[int, ...]] = {}

    def called(self, kind: KindPlan) -> tuple[int, ...]:
        """The numbers of the persons who are expected."""
        roster = kind.code if kind.code == "floating_contact" else kind.roster
        if roster not in self._known:
            self._known[roster] = tuple(person.no for person in self.people if _expected(person, kind))
        return self._known[roster]


def _expected(person: PersonPlan, kind: KindPlan) -> bool:
    if kind.code == "floating_contact":
        return person.kind == Membership.Kind.FLOATING_OUT
    match kind.roster:
        case "members":
            return person.kind != Membership.Kind.STAFF
        case "leaders":
            return person.post in {Post.Kind.HEAD, Post.Kind.LEADER}
        case "staff":
            return True
    return False


def _kept(unit: UnitPlan, kind: KindPlan, called: tuple[int, ...], dice: Dice) -> tuple[int, ...] | None:
    """Whether a roster was kept: always in offices, seldom for the two-weekly study in villages."""
    if not called or kind.roster == "none" or kind.code in WITHOUT_ROSTER:
        return None
    if kind.code == "collective_study" and not _of_an_office(unit) and not dice.chance(0.05):
        return None
    return called


def _of_an_office(unit: UnitPlan) -> bool:
    """A branch of a department of a city or county."""
    return "机关" in unit.short_name and len(unit.division.rstrip("0")) <= len("620102")


def _workday(first: date, last: date, dice: Dice) -> date:
    """A workday between two days; now and then branches meet on a Saturday."""
    days = (last - first).days + 1
    after = max(dice.below(days), dice.below(days)) if days > LONG_WINDOW_DAYS else dice.below(days)
    day = first + timedelta(days=after)
    if day.weekday() == 5 and dice.chance(0.15):
        return day
    day = workdays.shift(day, "after")
    return day if day <= last else max(workdays.shift(last, "before"), first)


def _entered(day: date, careless: float, dice: Dice) -> datetime:
    """On the day, a day or two later, or, the less careful the unit, after one to three weeks."""
    if dice.chance(0.03 + 0.3 * careless**2):
        return _moment(day + timedelta(days=dice.between(3, 22)), dice)
    return _moment(day + timedelta(days=_PROMPT.pick(dice)), dice, earliest=17)


def _moment(day: date, dice: Dice, *, earliest: int = 8) -> datetime:
    """An instant of the day, in office hours or the evening."""
    second = dice.between(earliest * 3600, 21 * 3600)
    return datetime.combine(day, time(second // 3600, second // 60 % 60, second % 60), CHINA)


def _absent(called: tuple[int, ...], careless: float, dice: Dice) -> dict[int, str]:
    """Who did not come; never the first on the roster, who chaired, and so never everybody."""
    if not called:
        return {}
    share = (0.03 + 0.14 * careless) * 2 * dice.share()
    count = min(int(len(called) * share + dice.share()), len(called) - 1)
    return {no: _ABSENCES.pick(dice) for no in dice.some(called[1:], count)}


def _place(unit: UnitPlan, kind: str, dice: Dice) -> str:
    if kind in OUTSIDE or (kind == "theme_day" and dice.chance(0.25)):
        return dice.pick(_PLACES["outside"])
    if kind == "publicity":
        return dice.pick(_PLACES["channel"])
    if kind in ON_SITE:
        return dice.pick(_PLACES["site"])
    if unit.kind != Kind.BRANCH:
        return dice.pick(_PLACES["office"])
    return dice.pick(_PLACES["branch" if unit.division.endswith("000") else "village"])


def trainings(units: Iterable[UnitPlan], *, seed: int = SEED) -> Iterator[Training]:
    """The training of branch secretaries by their county, or by their city for the city's own branches.

    Jiayuguan trains all of its secretaries together, and who missed a session is called again until nobody is left.
    """
    called: dict[str, list[str]] = {}
    for unit in units:
        if unit.kind == Kind.BRANCH and not unit.division.startswith("620000"):
            called.setdefault(_trainer(unit.division), []).append(unit.code)
    for trainer, branches in called.items():
        groups = JIAYUGUAN_SESSIONS if trainer == PILOT_CITY else 2
        by_group: list[list[str]] = [[] for _ in range(groups)]
        for branch in branches:
            by_group[Dice(seed, branch, "training").below(groups)].append(branch)
        missed: list[str] = []
        for number, group in enumerate(by_group):
            if group:
                training = _training(trainer, number, group, seed)
                missed += training.absent
                yield training
        if missed and trainer == PILOT_CITY:
            yield replace(_training(trainer, groups, missed, seed), absent={})


def _trainer(division: str) -> str:
    city_level = division[4:6] == "00" or division.startswith(PILOT_CITY)
    return division[:4] if city_level else division[:6]


def _training(trainer: str, number: int, called: list[str], seed: int) -> Training:
    dice = Dice(seed, trainer, "training", number)
    day = workdays.add_workdays(date(2023, 9, 18), 2 * number + dice.below(2) if number < JIAYUGUAN_SESSIONS else 45)
    absent = [(branch, Dice(seed, branch, "absent")) for branch in called]
    return Training(
        unit=trainer,
        held_on=day,
        entered_at=_moment(day + timedelta(days=_PROMPT.pick(dice)), dice, earliest=17),
        title=dice.pick(_SUBJECTS["secretary_training"]),
        place=dice.pick(_PLACES["office"]),
        called=tuple(called),
        absent={branch: _ABSENCES.pick(dice) for branch, dice in absent if dice.chance(0.05)},
    )


def extras(
    unit: UnitPlan, people: Sequence[PersonPlan], kinds: Mapping[str, KindPlan], *, seed: int = SEED
) -> Iterator[Session]:
    """自选动作 — what nobody asked for: voluntary service of some branches, publicity of cities and counties."""
    territory = unit.kind == Kind.COMMITTEE and unit.rank in {Rank.PREFECTURE, Rank.COUNTY}
    for code, times in (("volunteer_service", unit.kind == Kind.BRANCH), ("publicity", 4 * territory)):
        if code in kinds and times:
            rosters = _Rosters(people)
            for number in range(times):
                dice = Dice(seed, unit.code, code, number)
                if dice.chance(OWN_CHOICE_SHARE if code == "volunteer_service" else 0.7):
                    yield from _extra(unit, rosters, kinds[code], dice)


def _extra(unit: UnitPlan, rosters: "_Rosters", kind: KindPlan, dice: Dice) -> Iterator[Session]:
    day = _workday(LAUNCH, LAST_DAY - timedelta(days=7), dice)
    called = _kept(unit, kind, rosters.called(kind), dice)
    yield Session(
        unit=unit.code,
        requirement="",
        kind=kind.code,
        held_on=day,
        entered_at=_entered(day, 0.1, dice),
        title=dice.pick(_SUBJECTS.get(kind.code, [kind.title])),
        place=_place(unit, kind.code, dice),
        called=called,
        absent=_absent(called or (), 0.3, dice),
        summary=dice.pick(_SUMMARIES[kind.code]) if kind.code in _SUMMARIES else "",
    )


def care_visits(
    units: Iterable[UnitPlan], people: Mapping[str, Sequence[PersonPlan]], *, seed: int = SEED
) -> Iterator[Session]:
    """东乡's rota: every week one department of the county visits the welfare home or a home for the old (M37)."""
    departments = [unit for unit in units if unit.code.startswith(f"{PILOT_COUNTY}-") and unit.kind == Kind.DEPARTMENT]
    weeks = (LAST_DAY - LAUNCH).days // 7
    for week in range(weeks):
        unit = departments[week % len(departments)]
        dice = Dice(seed, unit.code, "care_visit", week)
        drawn = LAUNCH + timedelta(days=7 * week + dice.below(5))
        worked = workdays.shift(drawn, "after")
        day = worked if (worked - LAUNCH).days // 7 == week else drawn  # on a holiday rather than not at all
        called = tuple(person.no for person in people[unit.code])
        yield Session(
            unit=unit.code,
            requirement="",
            kind="care_visit",
            held_on=day,
            entered_at=_entered(day, 0.1, dice),
            title=dice.pick(_SUBJECTS["care_visit"]),
            place=dice.pick(_PLACES["homes"]),
            called=called,
            absent=_absent(called, 0.1, dice),
        )
