"""The cast that every test knows: a small province with its people.

甘河省委                         周 campaign office · 钱 leading official · 孙 reviewer · 王 supervisor
├── 东林市委                     吴 city campaign office
│   ├── 东林市民政局             李 unit liaison
│   │   ├── 机关第一党支部       郑 branch secretary
│   │   └── 机关第二党支部
│   └── 石桥县委
│       └── 柳树镇党委           冯 delegate (mandate of 柳树村党支部)
│           ├── 柳树村党支部
│           └── 河湾村党支部
└── 西原市委                     赵 outsider (liaison there)
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.test import TestCase, TransactionTestCase

from luoshi.campaigns import tallies
from luoshi.campaigns.models import Audience, Batch, Campaign, Kind, Requirement, Topic, Workstream
from luoshi.campaigns.operations import publish
from luoshi.figures import columns
from luoshi.figures.models import Indicator
from luoshi.gate.actor import SYSTEM, Actor, Grant
from luoshi.gate.operation import Act, operation
from luoshi.gate.rules import Role
from luoshi.orgs.actors import actor_of
from luoshi.orgs.models import Person, Unit, User
from luoshi.orgs.operations import (
    create_person,
    create_root,
    create_sectors,
    create_unit,
    create_user,
    first_grant,
    give_mandate,
    give_post,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2023, 11, 23)
BEGINNING = date(2023, 9, 4)
PASSWORD = "correct-horse-8"  # noqa: S105 the cast exists in tests only


def moment(on: date, hour: int = 9, minute: int = 12) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=SHANGHAI)


@operation("campaign.install", anywhere=True)
def _small_campaign(act: Act, unit: Unit) -> Campaign:
    """A campaign of three kinds, four requirements and a handful of indicators."""
    campaign = act.add(
        Campaign(
            unit=unit, code="study", title="学习教育", title_en="Study", starts_on=BEGINNING, ends_on=date(2024, 1, 31)
        )
    )
    study = act.add(Workstream(campaign=campaign, code="study", title="学习", title_en="Study"))
    batch = act.add(
        Batch(
            campaign=campaign,
            code="second",
            title="第二批",
            title_en="Second batch",
            starts_on=BEGINNING,
            ends_on=campaign.ends_on,
        )
    )
    kinds = [
        ("meeting", "党员大会", "Members' meeting", Kind.Roster.MEMBERS),
        ("lecture", "党课", "Party lecture", Kind.Roster.MEMBERS),
        ("reading-class", "读书班", "Reading class", Kind.Roster.LEADERS),
    ]
    for code, title, title_en, roster in kinds:
        act.add(Kind(campaign=campaign, code=code, title=title, title_en=title_en, workstream=study, roster=roster))
    act.add(Topic(campaign=campaign, code="first", title="第一专题", title_en="First topic"))
    branches = act.add(
        Audience(
            campaign=campaign,
            code="branches",
            title="基层党支部",
            title_en="Branches",
            rule={"column": "kind", "eq": "branch"},
        )
    )
    bodies = act.add(
        Audience(
            campaign=campaign,
            code="bodies",
            title="领导班子",
            title_en="Leading bodies",
            rule={"column": "leading_body", "eq": True},
        )
    )
    common: dict[str, Any] = {"campaign": campaign, "batch": batch, "workstream": study, "published_on": BEGINNING}
    publish(act, Requirement(code="monthly", title="每月党员大会", title_en="Monthly meeting", audience=branches,
                             rule="FREQ=MONTHLY;BYMONTHDAY=-1", kinds=["meeting"], **common))  # fmt: skip
    publish(act, Requirement(code="weekly", title="每周进展", title_en="Weekly progress", audience=branches,
                             rule="FREQ=WEEKLY;BYDAY=TH", kinds=[], zero_report=True, **common))  # fmt: skip
    publish(act, Requirement(code="class", title="举办读书班", title_en="Hold a reading class", audience=bodies,
                             by=date(2023, 10, 31), kinds=["reading-class"], **common))  # fmt: skip
    indicators: list[dict[str, Any]] = [
        {"code": "meetings", "title": "党员大会次数", "source": "activities", "where": {"column": "kind", "eq": "meeting"},
         "measure": "count"},
        {"code": "attendances", "title": "到会人次", "source": "activities", "where": {}, "measure": "sum:present"},
        {"code": "reached", "title": "参加学习的党员", "source": "attendance", "where": {}, "measure": "distinct:person"},
        {"code": "bodies_due", "title": "应办读书班的班子", "source": "owes", "where": {"column": "requirement", "eq": "class"},
         "measure": "count"},
        {"code": "bodies", "title": "举办读书班的班子", "source": "activities", "where": {"column": "kind", "eq": "reading-class"},
         "measure": "distinct:unit"},
        {"code": "due", "title": "应办任务", "source": "due", "where": {}, "measure": "count"},
        {"code": "met", "title": "办结任务", "source": "met", "where": {}, "measure": "count"},
        {"code": "members", "title": "党员", "source": "persons", "where": {"column": "membership", "eq": "member"}, "measure": "count"},
        {"code": "projects", "title": "开工项目", "source": "declared", "where": {}, "measure": "count", "level": "prefecture"},
    ]  # fmt: skip
    made: dict[str, Indicator] = {}
    for order, values in enumerate(indicators):
        made[values["code"]] = act.add(
            Indicator(
                campaign=campaign, workstream="study", definition=values["title"], unit_word="次", order=order, **values
            )
        )
    for numerator, denominator in (("bodies", "bodies_due"), ("met", "due"), ("reached", "members")):
        made[numerator].denominator = made[denominator]
        act.save(made[numerator])
    return campaign


class Cast:
    """Units, people, accounts and the campaign, as attributes of a test."""

    today = TODAY
    province: Unit
    city: Unit
    other_city: Unit
    bureau: Unit
    first: Unit
    second: Unit
    county: Unit
    township: Unit
    village: Unit
    other_village: Unit
    other_branch: Unit
    persons: list[Person]
    villager: Person
    head: Person
    users: dict[str, User]
    office: Actor
    official: Actor
    reviewer: Actor
    supervisor: Actor
    city_office: Actor
    liaison: Actor
    secretary: Actor
    delegate: Actor
    outsider: Actor
    campaign: Campaign

    @classmethod
    def build(cls) -> None:
        start = moment(date(2023, 9, 1))
        columns.forget()
        tallies.forget()
        create_sectors(SYSTEM, None, sectors=[("organ", "机关"), ("enterprise", "国企")], at=start)
        cls.province = create_root(
            SYSTEM, None, code="62", name="甘河省委", rank=1, founded_on=date(2020, 1, 1), leading_body=True, at=start
        )
        committee, branch = Unit.Kind.COMMITTEE, Unit.Kind.BRANCH
        cls.city = cls.unit(cls.province, "6201", "东林市委", committee, 2, leading_body=True)
        cls.other_city = cls.unit(cls.province, "6202", "西原市委", committee, 2, leading_body=True)
        cls.bureau = cls.unit(cls.city, "6201-mz", "东林市民政局", Unit.Kind.DEPARTMENT, 3, leading_body=True)
        cls.first = cls.unit(cls.bureau, "6201-mz-1", "机关第一党支部", branch, 5)
        cls.second = cls.unit(cls.bureau, "6201-mz-2", "机关第二党支部", branch, 5)
        cls.county = cls.unit(cls.city, "620122", "石桥县委", committee, 3, leading_body=True)
        cls.township = cls.unit(cls.county, "620122101", "柳树镇党委", committee, 4)
        cls.village = cls.unit(cls.township, "620122101201", "柳树村党支部", branch, 5)
        cls.other_village = cls.unit(cls.township, "620122101202", "河湾村党支部", branch, 5)
        cls.other_branch = cls.unit(cls.other_city, "6202-1", "西原市机关党支部", branch, 5)
        cls._people(start)
        cls._accounts(start)
        cls.campaign = _small_campaign(cls.office, cls.province, at=moment(BEGINNING))
        for unit in (cls.first, cls.village):
            unit.refresh_from_db()

    @classmethod
    def unit(cls, parent: Unit, code: str, name: str, kind: str, rank: int, **more: Any) -> Unit:
        start = moment(date(2023, 9, 1))
        more.setdefault("founded_on", date(2020, 1, 1))
        return create_unit(SYSTEM, parent, code=code, name=name, kind=kind, rank=rank, at=start, **more)

    @classmethod
    def _people(cls, start: datetime) -> None:
        secretary = cls._holding(cls.first, Role.SECRETARY)
        names = ["郑卫东", "方敏之", "段知行", "高予宁", "丁一舟"]
        cls.persons = [
            create_person(secretary, cls.first, name=name, since=date(2023, 9, 1), at=start) for name in names
        ]
        elsewhere = cls._holding(cls.village, Role.SECRETARY)
        cls.villager = create_person(elsewhere, cls.village, name="马得水", since=date(2023, 9, 1), at=start)
        liaison = cls._holding(cls.bureau, Role.LIAISON)
        cls.head = create_person(liaison, cls.bureau, name="贺明川", since=date(2023, 9, 1), at=start)
        give_post(liaison, cls.bureau, person=cls.head, kind="head", title="局长", since=date(2023, 9, 1), at=start)

    @staticmethod
    def _holding(unit: Unit, role: Role) -> Actor:
        unit.refresh_from_db()
        return Actor(pseudonym=f"before-{unit.code}", grants=(Grant(role, unit.pk, unit.no, unit.last),))

    @classmethod
    def _accounts(cls, start: datetime) -> None:
        cls.users = {}
        for name, username, role, unit in (
            ("周知远", "zhou", Role.OFFICE, cls.province),
            ("钱正中", "qian", Role.OFFICIAL, cls.province),
            ("孙文清", "sun", Role.REVIEWER, cls.province),
            ("王砚青", "wang", Role.SUPERVISOR, cls.city),
            ("吴青山", "wu", Role.OFFICE, cls.city),
            ("李文茵", "li", Role.LIAISON, cls.bureau),
            ("郑卫东", "zheng", Role.SECRETARY, cls.first),
            ("马得水", "ma", Role.SECRETARY, cls.village),
            ("冯小满", "feng", None, cls.township),
            ("赵远", "zhao", Role.LIAISON, cls.other_city),
            ("系统员", "system", Role.SYSTEM_ADMIN, cls.province),
            ("安全员", "security", Role.SECURITY_ADMIN, cls.province),
            ("审计员", "audit", Role.AUDIT_ADMIN, cls.province),
        ):
            user = create_user(SYSTEM, unit, username=username, name=name, password=PASSWORD, at=start)
            cls.users[username] = user
            if role is not None:
                first_grant(SYSTEM, user, role=role, unit=unit, at=start)
        village = cls.as_user("ma")
        give_mandate(village, cls.village, user=cls.users["feng"], until=date(2024, 1, 31), at=start)
        cls.office, cls.official, cls.reviewer = cls.as_user("zhou"), cls.as_user("qian"), cls.as_user("sun")
        cls.supervisor, cls.city_office, cls.liaison = cls.as_user("wang"), cls.as_user("wu"), cls.as_user("li")
        cls.secretary, cls.delegate, cls.outsider = cls.as_user("zheng"), cls.as_user("feng"), cls.as_user("zhao")

    @classmethod
    def as_user(cls, username: str, *, on: date = TODAY) -> Actor:
        return actor_of(cls.users[username], on=on)

    @classmethod
    def kind(cls, code: str) -> Kind:
        return Kind.objects.get(campaign=cls.campaign, code=code)

    @classmethod
    def indicator(cls, code: str) -> Indicator:
        return Indicator.objects.get(campaign=cls.campaign, code=code)

    @classmethod
    def requirement(cls, code: str) -> Requirement:
        return Requirement.objects.get(campaign=cls.campaign, code=code)

    def value(self, code: str, unit: Unit, *, on: date = TODAY) -> int | None:
        return columns.columns(on).value(self.indicator(code).pk, unit.pk)


class LedgerTestCase(Cast, TestCase):
    """A test with the cast, rolled back after each test."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.build()

    def setUp(self) -> None:
        columns.forget()
        tallies.forget()


class LedgerTransactionTestCase(Cast, TransactionTestCase):
    """The same for tests that need real commits: threads, locks, freshness."""

    def setUp(self) -> None:
        type(self).build()
        columns.forget()
        tallies.forget()


DAY = timedelta(days=1)
