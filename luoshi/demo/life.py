"""六个月 — what the units of the demo do: sessions with who was absent, entered on time or late, corrected, returned or missing.

Every unit's work comes from dice of its own and of its county: some are careful, some are not, and a county's habits show.
Nothing here touches the database; `luoshi demo` brings it in through the operations.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from luoshi.demo.dice import Dice, Weighted
from luoshi.demo.people import PersonPlan
from luoshi.demo.province import PILOT_CITY, SEED, UnitPlan
from luoshi.lib import workdays
from luoshi.orgs.models import Membership, Post, Unit

WITH_GROUPS = 36  # members from which a branch has groups that meet
JIAYUGUAN_SESSIONS = 15
TOPICS = 15  # as many as the curriculum has
NEVER_MISSED = frozenset({"reading_class"})  # whoever is behind is called until the last one has held it
STUDIES = frozenset({"reading_class", "study_group", "collective_study"})
CHINA = ZoneInfo("Asia/Shanghai")
FIRST_DAY = date(2023, 8, 1)  # branch life goes on before the campaign begins
LAUNCH = date(2023, 9, 4)  # the second batch; a Monday
LAST_DAY = date(2024, 1, 31)

Kind, Rank = Unit.Kind, Unit.Rank
_LISTS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "life.yaml").read_text(encoding="utf-8"))
_SUBJECTS: dict[str, list[str]] = _LISTS["subjects"]
_PLACES: dict[str, list[str]] = _LISTS["places"]
_ABSENCES = Weighted([("leave", 0.45), ("travel", 0.25), ("ill", 0.15), ("other", 0.15)])


@dataclass(frozen=True, slots=True)
class Correction:
    """更正 — the unit puts its own record right, some days later."""

    at: datetime
    absent: tuple[tuple[int, str], ...]
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Session:
    """活动 — one session of one unit.

    who: whose roster was called: "members", "committee", "leaders", "staff"; absent: (number on the roster, reason).
    topic: a number from 0, to be counted off on the curriculum; makes_up: a day of the period that was missed.
    withdrawn_at: entered twice by mistake, this one was taken back; returned_at: the unit above sent it back.
    """

    unit: str
    kind: str
    held_on: date
    entered_at: datetime
    title: str
    place: str
    who: str
    host: int
    absent: tuple[tuple[int, str], ...]
    others: int = 0
    topic: int | None = None
    makes_up: date | None = None
    correction: Correction | None = None
    withdrawn_at: datetime | None = None
    returned_at: datetime | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Training:
    """轮训 — one session of a training for the branch secretaries of a city or county, called by its 组织部."""

    unit: str
    held_on: date
    entered_at: datetime
    title: str
    place: str
    called: tuple[str, ...]
    absent: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ZeroStatement:
    """零报告 — a unit states that there was nothing."""

    at: datetime
    statement: str


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """机构变动 — a unit moves under another parent ("move"), or is merged into another unit ("merge")."""

    how: str
    unit: str
    into: str
    on: date
    document: str


@dataclass(frozen=True, slots=True)
class Declared:
    """填报数 — a figure that another system counts, and its document."""

    code: str
    unit: str
    value: int
    as_of_on: date
    system: str
    document: str


REORGANISATIONS = (
    Reorganisation("move", "622926100-06", "622926-LG", date(2023, 11, 13), "东组函〔2023〕演示1号"),
    Reorganisation("merge", "622926-XZ", "622926-NY", date(2023, 12, 18), "东编发〔2023〕演示2号"),
)

DECLARED = (
    Declared(
        "major_projects_started", "62", 173, date(2023, 12, 31), "投资项目在线审批监管平台", "开工项目汇总表（演示）"
    ),
    Declared("project_reserve", "6201", 1_345, date(2023, 12, 31), "投资项目在线审批监管平台", "储备项目清单（演示）"),
    Declared("pairs", "62", 251_000, date(2023, 12, 31), "结对帮扶管理系统", "结对情况统计表（演示）"),
    Declared("pledges", "6206", 1_791, date(2023, 11, 30), "公开承诺事项台账", "承诺事项汇总表（演示）"),
    Declared("drive_measures", "6204", 154, date(2023, 10, 31), "专项整治责任清单", "专项整治责任清单（演示）"),
    Declared("instructors", "6207", 1_300, date(2023, 10, 31), "党建指导员名册", "党建指导员选派名册（演示）"),
    Declared("floating_managed", "62", 24_000, date(2023, 12, 31), "党员管理信息系统", "流动党员统计表（演示）"),
)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a kind of session is due to a unit, and whose roster is called."""

    kind: str
    every: str  # "fortnight", "month", "quarter", "once"
    who: str


_ONCE = {
    "reading_class": (date(2023, 9, 11), date(2023, 11, 10)),
    "warning_education": (date(2023, 11, 1), date(2023, 12, 29)),
}


def rhythms(unit: UnitPlan, people: Sequence[PersonPlan]) -> tuple[Rhythm, ...]:
    """What the unit is to hold, by what it is and how many it is."""
    if unit.kind == Kind.BRANCH:
        return tuple(_rhythms_of_branch(unit, people))
    if unit.leading_body:
        return (
            Rhythm("reading_class", "once", "leaders"),
            Rhythm("study_group", "month", "leaders"),
            Rhythm("warning_education", "once", "leaders"),
        )
    if unit.kind == Kind.COMMITTEE and unit.rank == Rank.TOWNSHIP:
        return (Rhythm("study_group", "month", "leaders"),)
    return ()


def _rhythms_of_branch(unit: UnitPlan, people: Sequence[PersonPlan]) -> Iterator[Rhythm]:
    yield Rhythm("members_meeting", "quarter", "members")
    yield Rhythm("party_class", "quarter", "members")
    yield Rhythm("theme_day", "month", "members")
    if sum(bool(person.post) for person in people) >= 3:
        yield Rhythm("committee_meeting", "month", "committee")
    if sum(person.member for person in people) >= WITH_GROUPS:
        yield Rhythm("group_meeting", "month", "members")
    if "机关" in unit.short_name:
        yield Rhythm("collective_study", "fortnight", "members")
    if _of_an_office(unit):
        yield Rhythm("warning_education", "once", "staff")


def _of_an_office(unit: UnitPlan) -> bool:
    """A branch of a department, institution or enterprise; not of a township, village or private organisation."""
    parts = unit.code.split("-")
    return unit.division.endswith("000") and len(parts) > 2 and not parts[1].startswith("L")


def work(unit: UnitPlan, people: Sequence[PersonPlan], *, seed: int = SEED) -> tuple[Session, ...]:
    """Everything that the unit recorded from August to January, in the order of the days of entry."""
    careful = care(unit, seed=seed)
    sessions: list[Session] = []
    for rhythm in rhythms(unit, people):
        if called := on_roster(people, rhythm.who):
            for first, last in _periods(rhythm):
                dice = Dice(seed, unit.code, rhythm.kind, first)
                sessions.extend(_in_period(unit, rhythm, called, first, last, careful, dice))
    return tuple(sorted(sessions, key=lambda session: session.entered_at))


def care(unit: UnitPlan, *, seed: int = SEED) -> float:
    """How careful a unit is, from 0 to 1: half its own doing, half its county's."""
    own, county = Dice(seed, unit.code, "care").share(), Dice(seed, unit.division[:6], "care").share()
    return (math.pow(own, 0.4) + math.pow(county, 0.4)) / 2


def on_roster(people: Sequence[PersonPlan], who: str) -> tuple[int, ...]:
    """The numbers of the persons who are called."""
    return tuple(person.no for person in people if _called(person, who))


def _called(person: PersonPlan, who: str) -> bool:
    match who:
        case "members":
            return person.member
        case "committee":
            return person.post in {Post.Kind.SECRETARY, Post.Kind.COMMITTEE}
        case "leaders":
            return person.post in {Post.Kind.HEAD, Post.Kind.LEADER}
    return person.kind != Membership.Kind.FLOATING_OUT


def _periods(rhythm: Rhythm) -> Iterator[tuple[date, date]]:
    """The periods of a rhythm, first and last day, from August to January."""
    if rhythm.every == "once":
        yield _ONCE[rhythm.kind]
    elif rhythm.every == "fortnight":
        for number in range((LAST_DAY - LAUNCH).days // 14):
            first = LAUNCH + timedelta(days=14 * number)
            yield first, first + timedelta(days=13)
    elif rhythm.every == "quarter":
        yield date(2023, 7, 1), date(2023, 9, 30)
        yield date(2023, 10, 1), date(2023, 12, 31)
    else:
        months = [date(2023, month, 1) for month in range(8, 13)] + [date(2024, 1, 1)]
        if rhythm.kind == "study_group":
            months = months[1:]
        for first in months:
            yield first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _in_period(
    unit: UnitPlan, rhythm: Rhythm, called: tuple[int, ...], first: date, last: date, careful: float, dice: Dice
) -> Iterator[Session]:
    """The session that was due in the period: held in it, after it, or not at all; at times recorded twice."""
    careless = 1 - careful
    if dice.chance(0.003 + 0.1 * careless**2) and rhythm.kind not in NEVER_MISSED:
        return
    day, makes_up = _workday(max(first, FIRST_DAY), last, dice), None
    if dice.chance(0.012 + 0.06 * careless):
        makes_up, day = last, workdays.add_workdays(last, dice.between(1, 8))
    entered_at = _entered(day, careless, dice)
    if entered_at.date() > LAST_DAY:
        return
    session = Session(
        unit=unit.code,
        kind=rhythm.kind,
        held_on=day,
        entered_at=entered_at,
        title=dice.pick(_SUBJECTS[rhythm.kind]),
        place=_place(unit, rhythm.kind, dice),
        who=rhythm.who,
        host=called[0],
        absent=_absent(called, careless, dice),
        others=dice.between(3, 40) if rhythm.kind == "theme_day" and dice.chance(0.08) else 0,
        topic=dice.below(TOPICS) if rhythm.kind in STUDIES else None,
        makes_up=makes_up,
    )
    yield from _with_fate(session, called, dice)


def _with_fate(session: Session, called: tuple[int, ...], dice: Dice) -> Iterator[Session]:
    """Most records stay as they are; some are corrected, sent back from above, or entered twice."""
    fate = dice.share()
    at = _moment(session.entered_at.date() + timedelta(days=dice.between(1, 9)), dice)
    if at.date() > LAST_DAY or fate > 0.02:
        yield session
    elif fate < 0.012:
        yield replace(session, correction=_correction(session, called, at, dice))
    elif fate < 0.016:
        returned = replace(session, returned_at=at, remark=dice.pick(_LISTS["returns"]))
        later = _moment(at.date() + timedelta(days=dice.between(1, 5)), dice)
        answered = later.date() <= LAST_DAY and dice.chance(0.8)
        yield replace(returned, correction=_correction(session, called, later, dice)) if answered else returned
    else:
        again = session.entered_at + timedelta(minutes=dice.between(1, 50))
        yield session
        yield replace(session, entered_at=again, withdrawn_at=max(at, again), remark=_LISTS["twice"])


def _correction(session: Session, called: tuple[int, ...], at: datetime, dice: Dice) -> Correction:
    """One more is found to have been absent, or one whose absence was noted had come after all."""
    absent = dict(session.absent)
    if absent and dice.chance(0.5):
        del absent[dice.pick(sorted(absent))]
    else:
        absent[dice.pick(called)] = _ABSENCES.pick(dice)
    return Correction(at, tuple(sorted(absent.items())), session.title, dice.pick(_LISTS["corrections"]))


def _workday(first: date, last: date, dice: Dice) -> date:
    """A workday between two days; branches in the country now and then meet on a Saturday."""
    day = first + timedelta(days=dice.below((last - first).days + 1))
    if day.weekday() == 5 and dice.chance(0.15):
        return day
    day = workdays.shift(day, "after")
    return day if day <= last else workdays.shift(last, "before")


def _entered(day: date, careless: float, dice: Dice) -> datetime:
    """On the day, a day or two later, or, the less careful the unit, after one to three weeks."""
    if dice.chance(0.03 + 0.3 * careless**2):
        return _moment(day + timedelta(days=dice.between(3, 22)), dice)
    return _moment(day + timedelta(days=_PROMPT.pick(dice)), dice, earliest=17)


_PROMPT = Weighted([(0, 0.62), (1, 0.27), (2, 0.11)])


def _moment(day: date, dice: Dice, *, earliest: int = 8) -> datetime:
    """An instant of the day, in office hours or the evening."""
    second = dice.between(earliest * 3600, 21 * 3600)
    return datetime.combine(day, time(second // 3600, second // 60 % 60, second % 60), CHINA)


def _absent(called: tuple[int, ...], careless: float, dice: Dice) -> tuple[tuple[int, str], ...]:
    """Who did not come; never the one who chaired, never everybody."""
    share = (0.03 + 0.14 * careless) * 2 * dice.share()
    count = min(int(len(called) * share + dice.share()), len(called) - 1)
    return tuple((no, _ABSENCES.pick(dice)) for no in dice.some(called[1:], count))


def _place(unit: UnitPlan, kind: str, dice: Dice) -> str:
    if kind == "theme_day" and dice.chance(0.25):
        return dice.pick(_PLACES["outside"])
    if unit.kind != Kind.BRANCH:
        return dice.pick(_PLACES["office"])
    return dice.pick(_PLACES["branch" if unit.division.endswith("000") else "village"])


def zero_statement(unit: UnitPlan, opens_on: date, due_on: date, *, seed: int = SEED) -> ZeroStatement | None:
    """What the unit states for a period in which there was nothing; None where it is silent."""
    dice, careless = Dice(seed, unit.code, "zero", due_on), 1 - care(unit, seed=seed)
    if dice.chance(0.01 + 0.12 * careless**2):
        return None
    day = max(due_on - timedelta(days=dice.below(2)), opens_on)
    if dice.chance(0.02 + 0.15 * careless**2):
        day = workdays.add_workdays(due_on, dice.between(1, 4))
    at = _moment(day, dice)
    return ZeroStatement(at, dice.pick(_LISTS["zero"])) if day <= LAST_DAY else None


def trainings(units: Iterable[UnitPlan], *, seed: int = SEED) -> Iterator[Training]:
    """The training of branch secretaries, called by the 组织部 of their county, of their city for the city's own branches.

    Jiayuguan trains all of its secretaries together, and who missed a session is called again until nobody is left.
    """
    called: dict[str, list[str]] = {}
    for unit in units:
        if unit.kind == Kind.BRANCH and not unit.division.startswith("620000"):
            called.setdefault(_trainer(unit.division), []).append(unit.code)
    for trainer, branches in called.items():
        groups = JIAYUGUAN_SESSIONS if trainer == f"{PILOT_CITY}-ZZ" else 2
        by_group: list[list[str]] = [[] for _ in range(groups)]
        for branch in branches:
            by_group[Dice(seed, branch, "training").below(groups)].append(branch)
        missed: list[str] = []
        for number, group in enumerate(by_group):
            if group:
                training = _training(trainer, number, group, seed)
                missed += [branch for branch, _reason in training.absent]
                yield training
        if missed and trainer == f"{PILOT_CITY}-ZZ":
            yield replace(_training(trainer, groups, missed, seed), absent=())


def _trainer(division: str) -> str:
    city_level = division[4:6] == "00" or division.startswith(PILOT_CITY)
    return f"{division[:4] if city_level else division[:6]}-ZZ"


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
        absent=tuple((branch, _ABSENCES.pick(dice)) for branch, dice in absent if dice.chance(0.05)),
    )
