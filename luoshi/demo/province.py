"""全省单位 — a whole province of units made by rules from its divisions (docs/demo.md).

Every unit's data come from dice of its own, so that the small province is a part of the full one: the same codes,
names and people.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from re import compile as pattern

from cn2an import an2cn

from luoshi.demo import offices
from luoshi.demo.dice import Dice, Weighted
from luoshi.demo.divisions import Division, Level, divisions
from luoshi.demo.offices import Office, System
from luoshi.orgs.models import Unit

SEED = 2023
LEADING_BODIES = 2_659
SECRETARIES_OF_JIAYUGUAN = 886

ROOT = "62"
OFFICE = "62-ZTJY"  # 省委主题教育办
PILOT_COUNTY = "622926"  # 东乡族自治县
PILOT_CITY = "6202"  # 嘉峪关市
PILOT_DEPARTMENT = "6201-MZ"  # 兰州市民政局

Kind = Unit.Kind
Rank = Unit.Rank


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """单位 — one unit of the demo. `division` has 12 digits; `sector` is "" where it is inherited from above."""

    code: str
    name: str
    short_name: str
    kind: str
    rank: int
    leading_body: bool
    division: str
    sector: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of the province is made: places are whole or in outline."""

    name: str
    whole_places: tuple[str, ...]

    def whole(self, code: str) -> bool:
        """Whether everything below the unit is made, down to the last branch."""
        return any(code == place or code.startswith(place) for place in self.whole_places)


SMALL = Scale("small", (PILOT_COUNTY, PILOT_CITY, PILOT_DEPARTMENT))
FULL = Scale("full", ("",))
SCALES = {scale.name: scale for scale in (SMALL, FULL)}

# In outline: these offices of a city or county are made, each with its first branch.
OUTLINED = frozenset({"ZZ", "JY", "MZ", "WJ"})


@lru_cache(maxsize=2)
def units(scale: Scale, *, seed: int = SEED) -> tuple[UnitPlan, ...]:
    """All units of Gansu, parents before children, siblings in the order in which lists show them."""
    made = tuple(_Province(scale, seed).units())
    check(made)
    return made


def check(made: Iterable[UnitPlan]) -> None:
    """What the rules must come to; ValueError when a change of the lists above made something else of them."""
    seen: set[str] = set()
    leading = secretaries = 0
    for unit in made:
        if unit.code in seen or (unit.parent is not None and unit.parent not in seen):
            raise ValueError(f"{unit.code} stands twice, or before its parent")
        seen.add(unit.code)
        leading += unit.leading_body
        secretaries += unit.kind == Kind.BRANCH and unit.division.startswith(PILOT_CITY)
    if leading != LEADING_BODIES or secretaries != SECRETARIES_OF_JIAYUGUAN:
        raise ValueError(f"{leading} leading bodies, {secretaries} branch secretaries in Jiayuguan")


def short_name(division: Division) -> str:
    """The name in everyday use: 临夏州 for 临夏回族自治州, 东乡县 for 东乡族自治县, 白家村 for 白家村村民委员会."""
    if division.level == Level.VILLAGE:
        return _place_of_village(division.name)
    found = _AUTONOMOUS.match(division.name)
    if not found:
        return division.name
    return f"{found['place'] or found['first'].removesuffix('族')}{found['end']}"


_ONE_PEOPLE = "|".join(sorted((f"{name}族" for name in offices.PEOPLES), key=len, reverse=True))
_AUTONOMOUS = pattern(rf"(?P<place>.*?)(?P<first>{_ONE_PEOPLE})(?:{_ONE_PEOPLE})*自治(?P<end>[州县旗区])$")


def _place_of_village(name: str) -> str:
    for ending, place in _VILLAGE_ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            stem = name.removesuffix(ending)
            return stem if stem.endswith(place) else f"{stem}{place}"
    return name


_VILLAGE_ENDINGS = (
    ("村民委员会", "村"),
    ("社区居民委员会", "社区"),
    ("居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("村委会", "村"),
    ("居委会", "社区"),
)


class _Province:
    """The rules, from the province down; each method yields a unit and then everything below it."""

    def __init__(self, scale: Scale, seed: int) -> None:
        self.scale, self.seed = scale, seed
        self.divisions = divisions("62")
        self.below: dict[str, list[Division]] = {}
        for division in self.divisions:
            if division.parent:
                self.below.setdefault(division.parent, []).append(division)

    def units(self) -> Iterator[UnitPlan]:
        root = self._unit(ROOT, "甘肃省", Kind.GROUP, Rank.PROVINCE, self.divisions[0].code, None)
        yield root
        yield self._unit(
            OFFICE,
            "省委主题教育领导小组办公室",
            Kind.DEPARTMENT,
            Rank.PREFECTURE,
            root.division,
            root,
            short="省委主题教育办",
            sector="party",
        )
        for city in self.below[root.division]:
            yield from self._city(city, root)
        yield from self._provincial_systems(root)
        yield from self._provincial_enterprises(root)
        yield from self._universities(root)

    def _dice(self, *names: str) -> Dice:
        return Dice(self.seed, *names)

    def _unit(
        self,
        code: str,
        name: str,
        kind: str,
        rank: int,
        division: str,
        parent: UnitPlan | None,
        *,
        short: str = "",
        sector: str = "",
    ) -> UnitPlan:
        bodies = {Kind.COMMITTEE, Kind.DEPARTMENT, Kind.INSTITUTION, Kind.ENTERPRISE}
        leading = kind in bodies and rank <= Rank.COUNTY and code != OFFICE
        return UnitPlan(
            code, name, short or name, str(kind), int(rank), leading, division, sector, parent.code if parent else None
        )

    # ── Cities and counties ──

    def _city(self, city: Division, root: UnitPlan) -> Iterator[UnitPlan]:
        made = list(self._city_proper(city, root))
        yield from made
        if city.digits == PILOT_CITY:
            branches = sum(unit.kind == Kind.BRANCH for unit in made)
            yield from self._steelworks(city, made[0], branches=SECRETARIES_OF_JIAYUGUAN - branches)

    def _city_proper(self, city: Division, root: UnitPlan) -> Iterator[UnitPlan]:
        label = short_name(city)
        committee = self._committee(city, label, Rank.PREFECTURE, root)
        yield committee
        for below in self.below[city.code]:
            if below.level == Level.COUNTY:
                yield from self._zone(below, committee) if below.statistical else self._county(below, committee)
            else:
                yield from self._township(below, label, committee)
        direct = self._unit(f"{city.digits}-ZS", f"{label}直单位", Kind.GROUP, Rank.PREFECTURE, city.code, committee)
        yield direct
        yield from self._bodies(city, label, Rank.PREFECTURE, direct)
        departments = [office for office in offices.DEPARTMENTS if office.city]
        yield from self._departments(
            city, label, departments, Rank.COUNTY, direct, institutions=offices.CITY_INSTITUTIONS
        )
        for office in offices.CITY_ENTERPRISES:
            yield from self._establishment(city, label, office, Kind.ENTERPRISE, Rank.COUNTY, direct, branches=(3, 9))

    def _county(self, county: Division, city: UnitPlan) -> Iterator[UnitPlan]:
        label = short_name(county)
        committee = self._committee(county, label, Rank.COUNTY, city)
        yield committee
        for township in self.below[county.code]:
            yield from self._township(township, label, committee)
        direct = self._unit(f"{county.digits}-ZS", f"{label}直单位", Kind.GROUP, Rank.COUNTY, county.code, committee)
        yield direct
        yield from self._bodies(county, label, Rank.COUNTY, direct)
        departments = [office for office in offices.DEPARTMENTS if office.county]
        yield from self._departments(
            county, label, departments, Rank.TOWNSHIP, direct, institutions=offices.COUNTY_INSTITUTIONS
        )
        for office in offices.COUNTY_ZONES:
            yield from self._establishment(
                county, label, office, Kind.INSTITUTION, Rank.COUNTY, direct, branches=(1, 2)
            )
        if self.scale.whole(county.digits):
            for office in offices.COUNTY_ENTERPRISES:
                yield from self._establishment(
                    county, label, office, Kind.ENTERPRISE, Rank.GRASSROOTS, direct, branches=(1, 3)
                )

    def _zone(self, zone: Division, city: UnitPlan) -> Iterator[UnitPlan]:
        """兰州新区: a zone of the state, with working committee, administration and departments of county rank."""
        committee = self._unit(
            zone.digits, f"中共{zone.name}工作委员会", Kind.COMMITTEE, Rank.COUNTY, zone.code, city, short=zone.name
        )
        yield committee
        for township in self.below[zone.code]:
            yield from self._township(township, zone.name, committee)
        direct = self._unit(f"{zone.digits}-ZS", f"{zone.name}直属单位", Kind.GROUP, Rank.COUNTY, zone.code, committee)
        yield direct
        administration = Office("GWH", "管理委员会", "government", city=False, county=True)
        yield from self._establishment(
            zone, zone.name, administration, Kind.DEPARTMENT, Rank.COUNTY, direct, branches=(1, 2)
        )
        yield from self._departments(zone, zone.name, offices.ZONE_DEPARTMENTS, Rank.COUNTY, direct)

    def _committee(self, division: Division, label: str, rank: int, parent: UnitPlan) -> UnitPlan:
        name = f"中共{division.name}委员会"
        return self._unit(division.digits, name, Kind.COMMITTEE, rank, division.code, parent, short=label)

    def _bodies(self, division: Division, label: str, rank: int, parent: UnitPlan) -> Iterator[UnitPlan]:
        for office in offices.BODIES:
            yield from self._establishment(division, label, office, Kind.DEPARTMENT, rank, parent, branches=(1, 4))

    def _departments(
        self,
        division: Division,
        label: str,
        departments: Iterable[Office],
        rank: int,
        parent: UnitPlan,
        *,
        institutions: Iterable[Office] = (),
    ) -> Iterator[UnitPlan]:
        """Each department with its branches; institutions stand under the first department of their sector."""
        rest = list(institutions)
        for office in departments:
            if rank > Rank.COUNTY and office.code not in {"JW", *OUTLINED} and not self.scale.whole(division.digits):
                continue
            # 纪委监委 of a county is led by a member of its standing committee: its body has county rank.
            own_rank = Rank.COUNTY if office.code == "JW" else rank
            span = (2, 6) if rank == Rank.COUNTY else (1, 3)
            made = list(self._establishment(division, label, office, Kind.DEPARTMENT, own_rank, parent, branches=span))
            yield from made
            for institution in [each for each in rest if _leads(office, each)]:
                rest.remove(institution)
                yield from self._institution(division, label, institution, rank, made[0])
        for institution in rest:
            yield from self._institution(division, label, institution, rank, parent)

    def _institution(
        self, division: Division, label: str, office: Office, rank: int, parent: UnitPlan
    ) -> Iterator[UnitPlan]:
        if rank > Rank.COUNTY and not self.scale.whole(division.digits):
            return
        span = (2, 8) if rank == Rank.COUNTY else (1, 4)
        own_rank = rank if rank == Rank.COUNTY else Rank.GRASSROOTS
        yield from self._establishment(division, label, office, Kind.INSTITUTION, own_rank, parent, branches=span)

    def _establishment(
        self,
        division: Division,
        label: str,
        office: Office,
        kind: str,
        rank: int,
        parent: UnitPlan,
        *,
        branches: tuple[int, int],
    ) -> Iterator[UnitPlan]:
        """A body of a division with its branches."""
        unit = self._unit(
            f"{division.digits}-{office.code}",
            f"{label}{office.name}",
            kind,
            rank,
            division.code,
            parent,
            sector=office.sector,
        )
        yield unit
        outlined = office.code in OUTLINED and kind == Kind.DEPARTMENT
        yield from self._branches(unit, "机关" if kind == Kind.DEPARTMENT else "", branches, outlined=int(outlined))

    def _branches(self, unit: UnitPlan, words: str, span: tuple[int, int], *, outlined: int = 0) -> Iterator[UnitPlan]:
        """The branches of a unit, as many as its dice say; where the place is in outline, only the first of them."""
        count = self._dice(unit.code, "branches").between(*span)
        shown = count if self.scale.whole(unit.code) else min(outlined, count)
        yield from self._numbered(unit, words, count, shown)

    def _numbered(self, unit: UnitPlan, words: str, count: int, shown: int) -> Iterator[UnitPlan]:
        for number in range(1, shown + 1):
            ordinal = f"第{an2cn(number)}" if count > 1 else ""
            yield self._branch(unit, number, f"{words}{ordinal}党支部")

    def _branch(self, unit: UnitPlan, number: int, words: str) -> UnitPlan:
        name = f"{unit.short_name}{words}"
        return self._unit(f"{unit.code}-{number:02d}", name, Kind.BRANCH, Rank.GRASSROOTS, unit.division, unit)

    # ── Townships and villages ──

    def _township(self, township: Division, above: str, parent: UnitPlan) -> Iterator[UnitPlan]:
        """A street, town or township. Farms, parks and mines that only statistics number like one have no committee."""
        if township.statistical:
            return
        words = "工作委员会" if _street(township) else "委员会"
        committee = self._unit(
            township.digits,
            f"中共{above}{township.name}{words}",
            Kind.COMMITTEE,
            Rank.TOWNSHIP,
            township.code,
            parent,
            short=township.name,
        )
        yield committee
        whole = self.scale.whole(township.digits)
        for number, words in enumerate(offices.TOWNSHIP_BRANCHES if whole else offices.TOWNSHIP_BRANCHES[:1], start=1):
            yield self._branch(committee, number, f"{words}党支部")
        if whole:
            for village in self.below.get(township.code, ()):
                if not village.statistical:
                    yield from self._village(village, committee)
            yield from self._private_organisations(township, above, committee)

    def _village(self, village: Division, township: UnitPlan) -> Iterator[UnitPlan]:
        """A village or community: one branch, or a general branch (总支) or committee with several."""
        label = short_name(village)
        dice = self._dice(village.code, "village")
        count = (_COMMUNITY_BRANCHES if label.endswith("社区") else _VILLAGE_BRANCHES).pick(dice)
        if count == 1:
            yield self._unit(village.digits, f"{label}党支部", Kind.BRANCH, Rank.GRASSROOTS, village.code, township)
            return
        words = "委员会" if count > 3 else "总支部"
        committee = self._unit(
            village.digits,
            f"中共{township.short_name}{label}{words}",
            Kind.COMMITTEE,
            Rank.GRASSROOTS,
            village.code,
            township,
            short=label,
        )
        yield committee
        yield from self._numbered(committee, "", count, count)

    def _private_organisations(self, township: Division, above: str, committee: UnitPlan) -> Iterator[UnitPlan]:
        """两新组织: most in streets, fewest in townships; less than half have a branch of their own."""
        dice, brands = self._dice(township.code, "private"), offices.PRIVATE["brands"]
        low, high = (30, 60) if _street(township) else (6, 24) if township.name.endswith("镇") else (2, 10)
        for number in range(1, dice.between(low, high) + 1):
            social = dice.chance(0.28)
            name = f"{above}{dice.pick(brands)}{dice.pick(offices.PRIVATE['social' if social else 'trades'])}"
            kind = Kind.SOCIAL if social else Kind.NEW_ECONOMY
            unit = self._unit(
                f"{township.digits}-L{number:02d}",
                name,
                kind,
                Rank.GRASSROOTS,
                township.code,
                committee,
                sector="private",
            )
            yield unit
            if dice.chance(0.42):
                yield self._branch(unit, 1, "党支部")

    # ── The province's own ──

    def _provincial_systems(self, root: UnitPlan) -> Iterator[UnitPlan]:
        group = self._unit(f"{ROOT}-SZ", "省直部门所属单位", Kind.GROUP, Rank.PROVINCE, root.division, root)
        yield group
        for system in offices.PROVINCIAL_SYSTEMS:
            yield from self._system(system, "省", Kind.INSTITUTION, group, branches=(2, 9))

    def _provincial_enterprises(self, root: UnitPlan) -> Iterator[UnitPlan]:
        group = self._unit(f"{ROOT}-QY", "省属企业所属单位", Kind.GROUP, Rank.PROVINCE, root.division, root)
        yield group
        for system in offices.PROVINCIAL_ENTERPRISES:
            if system.code != offices.STEELWORKS:
                yield from self._system(
                    system, system.name.removesuffix("系统"), Kind.ENTERPRISE, group, branches=(4, 14)
                )

    def _system(
        self, system: System, label: str, kind: str, parent: UnitPlan, *, branches: tuple[int, int]
    ) -> Iterator[UnitPlan]:
        code, division = f"{parent.code}-{system.code}", parent.division
        group = self._unit(code, system.name, Kind.GROUP, Rank.PREFECTURE, division, parent, sector=system.sector)
        yield group
        for number, member in enumerate(system.members, start=1):
            unit = self._unit(f"{code}-{number:02d}", f"{label}{member}", kind, Rank.COUNTY, division, group)
            yield unit
            yield from self._branches(unit, "", branches, outlined=int(number == 1))

    def _universities(self, root: UnitPlan) -> Iterator[UnitPlan]:
        code = f"{ROOT}-GX"
        group = self._unit(code, "高等学校", Kind.GROUP, Rank.PROVINCE, root.division, root, sector="education")
        yield group
        for number, (name, colleges) in enumerate(offices.UNIVERSITIES.items(), start=1):
            university = self._unit(
                f"{code}-{number:02d}", name, Kind.INSTITUTION, Rank.PREFECTURE, root.division, group
            )
            yield university
            yield from self._university_offices(university)
            for at, words in enumerate(self._colleges(university, colleges), start=1):
                yield from self._college(university, f"{university.code}-Y{at:02d}", words, outlined=int(at == 1))

    def _university_offices(self, university: UnitPlan) -> Iterator[UnitPlan]:
        committee = self._unit(
            f"{university.code}-JG",
            f"中共{university.name}机关委员会",
            Kind.COMMITTEE,
            Rank.COUNTY,
            university.division,
            university,
            short=f"{university.name}机关党委",
        )
        yield committee
        yield from self._branches(committee, "", (6, 14))

    def _colleges(self, university: UnitPlan, count: int) -> list[str]:
        """What the university is known for comes first; the rest is what most universities have."""
        known_for = [
            college
            for words, colleges in offices.SPECIALITIES.items()
            if any(word in university.name for word in words)
            for college in colleges
        ][: count // 2]
        return known_for + self._dice(university.code, "colleges").some(offices.COLLEGES, count - len(known_for))

    def _college(self, university: UnitPlan, code: str, words: str, *, outlined: int) -> Iterator[UnitPlan]:
        division = university.division
        name = f"{university.name}{words}"
        college = self._unit(code, name, Kind.INSTITUTION, Rank.COUNTY, division, university, short=words)
        yield college
        dice = self._dice(code, "branches")
        whose = ["教工"] * dice.between(2, 4) + ["学生"] * dice.between(2, 9)
        numbers = [whose[: at + 1].count(word) for at, word in enumerate(whose)]
        shown = len(whose) if self.scale.whole(code) else outlined
        for at in range(shown):
            label = f"{words}{whose[at]}第{an2cn(numbers[at])}党支部"
            yield self._unit(
                f"{code}-{at + 1:02d}",
                f"{university.name}{label}",
                Kind.BRANCH,
                Rank.GRASSROOTS,
                division,
                college,
                short=label,
            )

    def _steelworks(self, city: Division, committee: UnitPlan, *, branches: int) -> Iterator[UnitPlan]:
        """酒钢: its companies stand in Jiayuguan's tree, and their branches fill the city's number up to 886."""
        system = next(system for system in offices.PROVINCIAL_ENTERPRISES if system.code == offices.STEELWORKS)
        code = f"{city.digits}-{system.code}"
        group = self._unit(code, system.name, Kind.GROUP, Rank.PREFECTURE, city.code, committee, sector=system.sector)
        yield group
        for at, member in enumerate(system.members):
            unit = self._unit(f"{code}-{at + 1:02d}", f"酒钢{member}", Kind.ENTERPRISE, Rank.COUNTY, city.code, group)
            yield unit
            count = branches * (at + 1) // len(system.members) - branches * at // len(system.members)
            yield from self._numbered(unit, "", count, count)


def _street(township: Division) -> bool:
    return township.name.endswith(("街道", "街道办事处"))


def _leads(department: Office, institution: Office) -> bool:
    """Schools stand under 教育局, hospitals under 卫健委, homes under 民政局."""
    return _LEADING_DEPARTMENTS.get(institution.sector) == department.code


_LEADING_DEPARTMENTS = {
    "education": "JY",
    "health": "WJ",
    "civil": "MZ",
    "culture": "WL",
    "farming": "NY",
    "labour": "RS",
    "government": "ZB",
}

_VILLAGE_BRANCHES = Weighted([(1, 0.36), (2, 0.24), (3, 0.22), (4, 0.18)])
_COMMUNITY_BRANCHES = Weighted([(1, 0.2), (2, 0.25), (3, 0.25), (4, 0.18), (5, 0.12)])
