"""日记 — September to February in the order of the days: once a week what everybody entered, and between the weeks the cast's own acts.

A page is one thing done at its own moment. Run in order, the pages are the six months; run again, they answer from their keys.
"""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from luoshi.activities.models import Activity
from luoshi.activities.operations import (
    BulkHeld,
    Held,
    answer_activity,
    correct_activity,
    record_activity,
    return_activity,
    withdraw_activity,
)
from luoshi.campaigns.audiences import units_of
from luoshi.campaigns.models import Audience, Campaign, Kind, Notice, Occasion, Requirement, Topic
from luoshi.campaigns.operations import issue_notice, waive
from luoshi.demo.cast import CAST
from luoshi.demo.dice import Dice
from luoshi.demo.life import (
    CHINA,
    LAST_DAY,
    REORGANISATIONS,
    Asked,
    KindPlan,
    Reorganisation,
    Session,
    Training,
    ZeroStatement,
    care_visits,
    extras,
    trainings,
    work,
)
from luoshi.demo.names import full_name
from luoshi.demo.operations import Declared, Week, Zero, load_declarations, load_week
from luoshi.demo.people import PersonPlan
from luoshi.demo.province import ROOT, UnitPlan
from luoshi.demo.stage import Stage, acting, analyse, morning
from luoshi.figures.added import Added
from luoshi.figures.models import Indicator
from luoshi.figures.operations import declare_figure
from luoshi.figures.tally import aside
from luoshi.gate.actor import SYSTEM
from luoshi.gate.rules import Role
from luoshi.journal import log
from luoshi.orgs.models import Person, Unit, User
from luoshi.orgs.operations import create_user, first_grant, give_mandate, merge_units, move_unit

Page = Callable[[], None]
KeyOf = Callable[[object], str]

LIAISON_UNIT, SECRETARY_UNIT, TOWNSHIP = "6201-MZ", "622926100001-01", "622926100"
MANDATES_FROM, MANDATES_UNTIL = date(2023, 10, 30), date(2024, 6, 30)
MANDATED = 20
LEFT_SINCE = date(2024, 2, 19)  # from here on the two units with a desk of their own leave their work to the visitor
BY_MANDATE = frozenset({"theme_day"})
# Teams are counted by the province's office itself; all else comes in with the monthly tables of the cities.
DECLARED_ON = (date(2023, 10, 31), date(2023, 12, 31))
BY_HAND = {"supervision_teams": 9, "sector_teams": 63}
SO_FAR = 0.82  # of a year's-end figure at the first declaration
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """When a page is written; pages of one moment stand in the order in which they were made."""

    at: datetime
    order: int


@dataclass(frozen=True, slots=True)
class Holiday:
    """长假 — in its week no weekly report is asked for."""

    first: date
    last: date
    waived_on: date
    reason: str


HOLIDAYS = (
    Holiday(date(2023, 9, 29), date(2023, 10, 8), date(2023, 9, 26), "国庆中秋假期，当周免报"),
    Holiday(date(2024, 2, 10), date(2024, 2, 18), date(2024, 2, 6), "春节假期，当周免报"),
)


class Diary:
    """The pages of one province and campaign."""

    def __init__(self, stage: Stage, campaign: Campaign, *, key: KeyOf) -> None:
        self.stage, self.campaign, self.key = stage, campaign, key
        self.added = Added()
        self.root = Unit.objects.get(code=ROOT)
        self.kinds = {kind.code: kind for kind in Kind.objects.filter(campaign=campaign)}
        self.topics = list(Topic.objects.filter(campaign=campaign).order_by("order"))
        self.notices: dict[str, Notice] = {}
        self._pages: list[tuple[Moment, Page]] = []
        self._weeks: dict[date, _WeekOfPlans] = defaultdict(_WeekOfPlans)
        self._mandated = _mandated(stage.plans)
        self._gather()
        self.pages = [page for _moment, page in sorted(self._pages, key=lambda entry: entry[0])]

    def _note(self, at: datetime, page: Page) -> None:
        self._pages.append((Moment(at, len(self._pages)), page))

    def _gather(self) -> None:
        self._open_city_offices()
        self._issue_notices()
        self._waive_the_holidays()
        self._give_mandates()
        self._declare()
        for change in REORGANISATIONS:
            self._note(morning(change.on), partial(self._reorganise, change))
        self._live()
        for week, plans in sorted(self._weeks.items()):
            self._note(_evening(week), partial(self._load_week, week, plans))

    # ── What everybody does ──

    def _live(self) -> None:
        asked = _Asking(self.campaign, self.kinds)
        kinds = {code: _kind_plan(kind) for code, kind in self.kinds.items()}
        visitors: dict[str, tuple[PersonPlan, ...]] = {}
        for plan in self.stage.plans:
            people = self.stage.people(plan)
            if plan.code.startswith("622926-"):
                visitors[plan.code] = people
            for fact in work(plan, people, asked.of(plan.code), seed=self.stage.seed):
                self._put(plan, people, fact)
            for session in extras(plan, people, kinds, seed=self.stage.seed):
                self._put(plan, people, session)
        by_code = {plan.code: plan for plan in self.stage.plans}
        for visit in care_visits(self.stage.plans, visitors, seed=self.stage.seed):
            if not any(change.unit == visit.unit and change.on <= visit.held_on for change in REORGANISATIONS):
                self._put(by_code[visit.unit], visitors[visit.unit], visit)
        for training in trainings(self.stage.plans, seed=self.stage.seed):
            self._weeks[_week(training.entered_at)].trainings.append(training)

    def _put(self, plan: UnitPlan, people: tuple[PersonPlan, ...], fact: Session | ZeroStatement) -> None:
        done_at = fact.at if isinstance(fact, ZeroStatement) else fact.entered_at
        if _left(plan, done_at.date()):
            return
        if isinstance(fact, ZeroStatement):
            self._weeks[_week(fact.at)].zeros.append((fact, people[0].name if people else plan.short_name))
        elif account := self._recorder(plan, fact):
            self._record(plan, fact, account)
        elif fact.withdrawn_at is None:
            self._weeks[_week(fact.entered_at)].sessions.append(fact)

    def _load_week(self, week: date, plans: "_WeekOfPlans") -> None:
        at = _evening(week)
        made = Week(self.key(f"week-{week}"), at, self.added)
        made.sessions = [self._bulk(session) for session in plans.sessions]
        made.sessions += [self._bulk_training(training) for training in plans.trainings]
        occasions = {(one.requirement.code, one.no): one for one in _occasions(self.campaign)}
        made.zeros = [self._bulk_zero(zero, name, occasions) for zero, name in plans.zeros]
        made.signatures = [(self.notices[code].pk, unit, name, at) for code, unit, name, at in plans.signatures]
        with aside():
            load_week(SYSTEM, self.root, campaign=self.campaign, week=made, at=at, key=made.code)
        log.checkpoint(at=at)
        plans.clear()
        if week in {min(self._weeks), max(self._weeks)}:
            analyse()

    def _bulk(self, session: Session) -> BulkHeld:
        unit = self.stage.unit[session.unit]
        first = self.stage.first_person.get(unit, 0) - 1
        called, absent = session.called, session.absent
        return BulkHeld(
            unit=unit,
            kind=self.kinds[session.kind].pk,
            held_on=session.held_on,
            title=session.title,
            entered_on=session.entered_at.date(),
            venue=session.place,
            host=first + called[0] if called else None,
            summary=session.summary,
            others=session.others,
            agenda=session.agenda,
            topics=tuple(self.topics[topic].pk for topic in session.topics if topic < len(self.topics)),
            makes_up=_makes_up(session),
            roster=None if called is None else [(first + no, unit, absent.get(no, "")) for no in called],
        )

    def _bulk_training(self, training: Training) -> BulkHeld:
        return BulkHeld(
            unit=self.stage.unit[training.unit],
            kind=self.kinds["secretary_training"].pk,
            held_on=training.held_on,
            title=training.title,
            entered_on=training.entered_at.date(),
            venue=training.place,
            host=self.stage.person(training.unit, 1),
            roster=[
                (self.stage.person(branch, 1), self.stage.unit[branch], training.absent.get(branch, ""))
                for branch in training.called
            ],
        )

    def _bulk_zero(self, zero: ZeroStatement, name: str, occasions: Mapping[tuple[str, int], Occasion]) -> Zero:
        occasion = occasions[zero.requirement, zero.no]
        return Zero(
            self.stage.unit[zero.unit],
            occasion.requirement_id,
            occasion.pk,
            zero.no,
            occasion.due_on,
            zero.at,
            zero.statement,
            name,
        )

    # ── What the cast does itself ──

    def _recorder(self, plan: UnitPlan, session: Session) -> str:
        """The account that records this session by hand; "" for all that is brought in together."""
        if session.kind == "floating_contact" or session.called is None:
            return ""
        if plan.code == LIAISON_UNIT:
            return "li"
        if plan.code == SECRETARY_UNIT:
            return "yang"
        by_mandate = plan.code in self._mandated and session.kind in BY_MANDATE
        return "ma" if by_mandate and session.entered_at.date() > MANDATES_FROM else ""

    def _record(self, plan: UnitPlan, session: Session, account: str) -> None:
        if session.withdrawn_at is not None and account == "ma":
            return  # a delegate does not withdraw
        acts = _Acts(self, plan, session, account)
        self._note(session.entered_at, acts.record)
        if session.returned_at is not None:
            self._note(session.returned_at, acts.send_back)
        if session.correction is not None:
            self._note(session.correction.at, acts.correct)
        if session.withdrawn_at is not None:
            self._note(session.withdrawn_at, acts.withdraw)
        answered_at = session.entered_at + timedelta(days=2)
        if account == "ma" and answered_at.date() <= LAST_DAY and session.returned_at is None:
            self._note(answered_at, acts.answer)

    def held(self, session: Session, absent: Mapping[int, str]) -> Held:
        """The session as somebody of the unit enters it."""
        return Held(
            kind=self.kinds[session.kind],
            held_on=session.held_on,
            title=session.title,
            venue=session.place,
            host=Person.objects.get(pk=self.stage.person(session.unit, session.called[0])) if session.called else None,
            summary=session.summary,
            agenda=session.agenda,
            topics=[self.topics[topic] for topic in session.topics if topic < len(self.topics)],
            absent={self.stage.person(session.unit, no): reason for no, reason in absent.items()},
            others=session.others,
            roster_kept=session.called is not None,
            makes_up=_makes_up(session),
        )

    def forget_roster(self, code: str) -> None:
        """Persons whom the follower has counted: the bulk load must read anew what is known of them."""
        self.added.forget(Person.objects.filter(memberships__unit=self.stage.unit[code]).values_list("pk", flat=True))
        self.added.forget([self.stage.unit[code]])

    # ── The office ──

    def _open_city_offices(self) -> None:
        for city in _cities(self.stage.plans):
            self._note(morning(date(2023, 9, 1)), partial(self._open_office, city))

    def _open_office(self, city: UnitPlan) -> None:
        unit, at = Unit.objects.get(code=city.code), morning(date(2023, 9, 1))
        account = f"office-{city.code}"
        name = full_name(Dice(self.stage.seed, account), female=False)
        user = create_user(SYSTEM, unit, username=account, name=name, at=at, key=self.key(f"user-{account}"))
        first_grant(SYSTEM, user, role=Role.OFFICE, unit=unit, at=at, key=self.key(f"grant-{account}"))

    def _issue_notices(self) -> None:
        for notice in yaml.safe_load((_DATA / "notices.yaml").read_text(encoding="utf-8")):
            self._note(morning(notice["issued_on"]), partial(self._issue, notice))
            for plan, at in self._signing(notice):
                name = self.stage.people(plan)[0].name
                entry = (notice["code"], self.stage.unit[plan.code], name, at)
                self._weeks[_week(at)].signatures.append(entry)

    def _issue(self, notice: Mapping[str, Any]) -> None:
        at, audience = (
            morning(notice["issued_on"]),
            Audience.objects.get(campaign=self.campaign, code=notice["audience"]),
        )
        self.notices[notice["code"]] = issue_notice(
            acting("zhou", at),
            self.root,
            campaign=self.campaign,
            audience=audience,
            title=notice["title"],
            text=notice["text"],
            document=notice["document"],
            sign_by=notice["sign_by"],
            at=at,
            key=self.key(f"notice-{notice['code']}"),
        )

    def _signing(self, notice: Mapping[str, Any]) -> Iterator[tuple[UnitPlan, datetime]]:
        """Who has signed by the last day, and when: most within three days, a few after the limit, one in fifty never."""
        audience = Audience.objects.get(campaign=self.campaign, code=notice["audience"])
        addressed = set(units_of(audience).values_list("code", flat=True))
        for plan in self.stage.plans:
            dice = Dice(self.stage.seed, plan.code, "notice", notice["code"])
            if plan.code in addressed and not dice.chance(0.02):
                days = dice.between(7, 11) if dice.chance(0.05) else dice.below(4)
                on = notice["issued_on"] + timedelta(days=days)
                if on <= LAST_DAY and not _left(plan, on):
                    yield plan, morning(on) + timedelta(minutes=dice.between(40, 500))

    def _waive_the_holidays(self) -> None:
        for occasion in _occasions(self.campaign):
            holiday = _holiday(occasion)
            if holiday is None:
                continue
            asked = list(units_of(occasion.requirement.audience).values_list("code", flat=True))
            for city in _cities(self.stage.plans):
                if not any(code.startswith(city.code) for code in asked):
                    continue  # 嘉峪关 has no counties
                self._note(morning(holiday.waived_on), partial(self._waive, occasion, city, holiday))

    def _waive(self, occasion: Occasion, city: UnitPlan, holiday: Holiday) -> None:
        at, code = morning(holiday.waived_on), occasion.requirement.code
        waive(
            acting("zhou", at),
            Unit.objects.get(code=city.code),
            requirement=occasion.requirement,
            no=occasion.no,
            reason=holiday.reason,
            at=at,
            key=self.key(f"waiver-{code}-{occasion.no}-{city.code}"),
        )

    def _give_mandates(self) -> None:
        for code in self._mandated:
            self._note(morning(MANDATES_FROM), partial(self._mandate, code))

    def _mandate(self, code: str) -> None:
        """A branch secretary gets an account and lets the township's delegate record for the branch."""
        at, unit = morning(MANDATES_FROM), Unit.objects.get(code=code)
        person = Person.objects.get(pk=self.stage.person(code, 1))
        account = _secretary(code)
        user = create_user(
            SYSTEM, unit, username=account, name=person.name, person=person, at=at, key=self.key(f"user-{account}")
        )
        first_grant(SYSTEM, user, role=Role.SECRETARY, unit=unit, at=at, key=self.key(f"grant-{account}"))
        give_mandate(
            acting(account, at),
            unit,
            user=User.objects.get(username="ma"),
            until=MANDATES_UNTIL,
            reason="支部委托乡镇党建办代录",
            at=at,
            key=self.key(f"mandate-{code}"),
        )

    def _declare(self) -> None:
        for as_of_on in DECLARED_ON:
            self._note(morning(as_of_on + timedelta(days=3)), partial(self._declare_all, as_of_on))
        for code, value in BY_HAND.items():
            self._note(morning(DECLARED_ON[0] + timedelta(days=4)), partial(self._declare_by_hand, code, value))

    def _declare_all(self, as_of_on: date) -> None:
        known = dict(Indicator.objects.filter(campaign=self.campaign, source="declared").values_list("code", "pk"))
        rows = [
            (self.stage.unit[unit], known[figure["code"]], value, figure["system"], figure["document"])
            for figure in yaml.safe_load((_DATA / "declared.yaml").read_text(encoding="utf-8"))
            if figure["code"] in known
            for unit, value in self._declared_values(figure, whole=as_of_on == DECLARED_ON[-1])
            if unit in self.stage.unit
        ]
        made = Declared(self.key(f"declared-{as_of_on}"), as_of_on, rows)
        at = morning(as_of_on + timedelta(days=3))
        load_declarations(SYSTEM, self.root, declared=made, at=at, key=made.code)

    def _declared_values(self, figure: Mapping[str, Any], *, whole: bool) -> Iterator[tuple[str, int]]:
        fixed: dict[str, int] = figure.get("fixed", {})
        yield from fixed.items()
        if "each" in figure:
            for city in _cities(self.stage.plans):
                if city.code not in fixed:
                    value = Dice(self.stage.seed, city.code, figure["code"]).between(*figure["each"])
                    yield city.code, value if whole else int(value * SO_FAR)

    def _declare_by_hand(self, code: str, value: int) -> None:
        at = morning(DECLARED_ON[0] + timedelta(days=4))
        indicator = Indicator.objects.get(campaign=self.campaign, code=code)
        declare_figure(
            acting("zhou", at),
            self.root,
            indicator=indicator,
            value=value,
            as_of_on=at.date(),
            system="党建工作月报",
            document="党建工作月报（演示）",
            document_on=at.date(),
            at=at,
            key=self.key(f"declared-{code}"),
        )

    def _reorganise(self, change: Reorganisation) -> None:
        at, unit = morning(change.on), Unit.objects.get(code=change.unit)
        into, key = Unit.objects.get(code=change.into), self.key(f"{change.how}-{change.unit}")
        if change.how == "move":
            move_unit(acting("zhou", at), unit, parent=into, document=change.document, at=at, key=key)
        else:
            merge_units(acting("zhou", at), unit, into=into, document=change.document, at=at, key=key)


class _Acts:
    """What befalls one session that somebody of the cast recorded, from its entry on."""

    def __init__(self, diary: Diary, plan: UnitPlan, session: Session, account: str) -> None:
        self.diary, self.plan, self.session, self.account = diary, plan, session, account
        self.activity: Activity | None = None
        self.name = f"{plan.code}-{session.requirement or session.kind}-{session.entered_at:%m%d%H%M%S}"

    def key(self, act: str) -> str:
        return self.diary.key(f"{act}-{self.name}")[-64:]

    def current(self) -> Activity:
        if self.activity is None:
            raise LookupError(f"{self.name} was not recorded before.")
        return Activity.objects.get(pk=self.activity.pk)

    def record(self) -> None:
        at, session = self.session.entered_at, self.session
        unit = Unit.objects.get(code=self.plan.code)
        held = self.diary.held(session, session.absent)
        self.activity = record_activity(
            acting(self.account, at), unit, campaign=self.diary.campaign, held=held, at=at, key=self.key("record")
        )
        self.diary.forget_roster(self.plan.code)

    def correct(self) -> None:
        correction = self.session.correction
        if correction is not None:
            held = self.diary.held(self.session, correction.absent)
            correct_activity(
                acting(self.account, correction.at),
                self.current(),
                held=held,
                reason=correction.reason,
                at=correction.at,
                key=self.key("correct"),
            )
            self.diary.forget_roster(self.plan.code)

    def send_back(self) -> None:
        at = self.session.returned_at
        if at is not None:
            above = "wang" if self.plan.code.startswith("6201") else "he"
            return_activity(
                acting(above, at), self.current(), reason=self.session.remark, at=at, key=self.key("return")
            )

    def withdraw(self) -> None:
        at = self.session.withdrawn_at
        if at is not None:
            withdraw_activity(
                acting(self.account, at), self.current(), reason=self.session.remark, at=at, key=self.key("withdraw")
            )
            self.diary.forget_roster(self.plan.code)

    def answer(self) -> None:
        """The unit says whether what was recorded by its mandate is right; some never answer."""
        at, share = self.session.entered_at + timedelta(days=2), Dice(self.diary.stage.seed, self.name).share()
        if share < 0.75:
            objected = share < 0.06
            answer_activity(
                acting(_secretary(self.plan.code), at),
                self.current(),
                answer=Activity.Answer.OBJECTED if objected else Activity.Answer.CONFIRMED,
                remark="到会人数与实际不符，请核对" if objected else "",
                at=at,
                key=self.key("answer"),
            )


class _Asking:
    """What each unit is asked for, from the requirements in the database."""

    def __init__(self, campaign: Campaign, kinds: Mapping[str, Kind]) -> None:
        self._by_unit: dict[str, list[Asked]] = defaultdict(list)
        windows: dict[int, list[tuple[int, date, date]]] = defaultdict(list)
        for occasion in _occasions(campaign):
            if occasion.opens_on <= LAST_DAY and _holiday(occasion) is None:
                windows[occasion.requirement_id].append((occasion.no, occasion.opens_on, occasion.due_on))
        for requirement in Requirement.objects.filter(campaign=campaign).select_related("audience__campaign__unit"):
            plans = tuple(_kind_plan(kinds[code]) for code in requirement.kinds)
            if any(plan.roster == Kind.Roster.SECRETARIES for plan in plans):
                continue  # called by the county for all of its branches (life.trainings)
            asked = Asked(
                requirement.code, plans, tuple(windows[requirement.pk]), requirement.zero_report, requirement.required
            )
            for code in units_of(requirement.audience).values_list("code", flat=True):
                self._by_unit[code].append(asked)

    def of(self, code: str) -> list[Asked]:
        return self._by_unit.get(code, [])


class _WeekOfPlans:
    """What was entered in one week, still as plans."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.trainings: list[Training] = []
        self.zeros: list[tuple[ZeroStatement, str]] = []
        self.signatures: list[tuple[str, int, str, datetime]] = []

    def clear(self) -> None:
        """Give the memory back once the week is in."""
        self.__init__()  # type: ignore[misc]


def _kind_plan(kind: Kind) -> KindPlan:
    agenda = tuple(item["code"] for item in kind.agenda)
    return KindPlan(kind.code, kind.title, kind.roster, agenda, "topics" in kind.needs)


def _occasions(campaign: Campaign) -> Iterable[Occasion]:
    return Occasion.objects.filter(requirement__campaign=campaign).select_related("requirement")


def _holiday(occasion: Occasion) -> Holiday | None:
    """The long holiday into whose week an occasion of what is asked every week falls."""
    if not (occasion.requirement.rule.startswith("FREQ=WEEKLY") and occasion.requirement.zero_report):
        return None
    return next((each for each in HOLIDAYS if each.first <= occasion.due_on <= each.last), None)


def _makes_up(session: Session) -> str:
    return "" if session.makes_up is None else f"{session.requirement}#{session.makes_up}"


def _cities(plans: Iterable[UnitPlan]) -> list[UnitPlan]:
    return [plan for plan in plans if plan.kind == Unit.Kind.COMMITTEE and plan.rank == Unit.Rank.PREFECTURE]


def _mandated(plans: Iterable[UnitPlan]) -> tuple[str, ...]:
    """The branches of one township, but for those where the cast has its accounts and the one that moves."""
    others = {*(player.unit for player in CAST), *(change.unit for change in REORGANISATIONS)}
    branches = [
        plan.code
        for plan in plans
        if plan.kind == Unit.Kind.BRANCH
        and plan.code.startswith(TOWNSHIP)
        and "-L" not in plan.code
        and plan.code not in others
    ]
    return tuple(branches[:MANDATED])


def _left(plan: UnitPlan, on: date) -> bool:
    """Is what the unit would do on that day left to whoever tries the demo?"""
    return on >= LEFT_SINCE and plan.code in {LIAISON_UNIT, SECRETARY_UNIT}


def _secretary(code: str) -> str:
    return f"zhishu-{code}"


def _week(at: datetime) -> date:
    """The Sunday that closes the week, or the last day."""
    day = at.astimezone(CHINA).date()
    return min(day + timedelta(days=6 - day.weekday()), LAST_DAY)


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(21, 30), CHINA)


@contextmanager
def without_collector() -> Iterator[None]:
    """Millions of plans that live on: the cyclic collector would walk over them again and again and find nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()
