"""承前 — of whom a clause speaks: its own subject, or the one carried over from the sentences before."""

import re
from dataclasses import dataclass, field

import rjieba

from luoshi.reports.textcheck import places
from luoshi.reports.textcheck.clauses import Clause
from luoshi.reports.textcheck.organisations import Mention, lead_in, listed_at, mention_at, person_within, places_within
from luoshi.reports.textcheck.places import PREFECTURE, PROVINCE
from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.windows import Window

# 在…指导下, 在…中: a circumstance, not the subject.
_CIRCUMSTANCE = re.compile(r"^(?:[^，]{0,6})?在.*(?:下|中|后|时|期间|过程中|基础上|上|前)$")
_NO_SUBJECT = re.compile(r"精神|部署要求|部署|要求|反馈|交办的|移送的|关于")
_BEGINS_LIST = re.compile(
    r"[\u4e00-\u9fff]{2,8}等(?:\d+|[一二三四五六七八九十]+)(?:个|家)?(?:省|市|县|区|地|州|乡|镇|村|部门|单位)"
)
_COUNTS = re.compile(r"(?<![公总])共(?![同享产识])|累计|已(?!经)|各级|先后")
_OBJECT_BEFORE = re.compile(r"[对向与给往赴到于和、按据]$")
_COUNTRY = ("全国", "我国", "各国")


@dataclass(slots=True)
class Holder:
    """所属 — the organisation that numbers are said of, and why."""

    name: str
    rank: int
    kind: str
    place: str = ""


@dataclass(slots=True)
class Discourse:
    """承前 — the state carried from clause to clause."""

    main: Holder | None = None
    current: Holder | None = None
    reason: Reason = field(default_factory=lambda: Reason("org.none"))
    _known: dict[str, str] = field(default_factory=dict)  # ending of a place name → the last such place
    _passing: dict[str, str] = field(
        default_factory=dict
    )  # the same for places that were no subject: only 该县 means them
    _province: str | None = None
    _offset: int = 0

    def know(self, mention: Mention, *, in_passing: bool = False) -> None:
        """Remembers a place, so that 全市 and 市民政局 can be resolved later; one named in passing only serves 该市."""
        if in_passing:
            self._passing[mention.name[-1]] = mention.place
            return
        if mention.place:
            for name in re.findall(
                r".+?(?:省|自治区|兵团|市|自治州|州|盟|地区|新区|县|区|旗|镇|乡|街道|社区|村)", mention.place
            ):
                self._known[name[-1]] = (
                    name if mention.place.startswith(name) else mention.place[: mention.place.index(name) + len(name)]
                )
        if mention.province:
            self._province = mention.province
            if mention.province.endswith("省"):
                self._known["省"] = mention.province

    def knows_no_province(self) -> bool:
        return self._province is None and "省" not in self._known

    def begin_sentence(self) -> None:
        """What was said of the whole country ends with its sentence, unless the text is about the country."""
        if self.main and self.current and self.current.name == "全国" and self.main.rank > places.COUNTRY:
            self.current, self.reason = self.main, Reason("org.main", self.main.name)

    def begin_paragraph(self, offset: int) -> None:
        """A new paragraph, which begins at `offset` of the text, returns from the parts to the whole that the text is about."""
        self._offset = offset
        if self.main and self.current and (self.current.kind == "person" or self.current.rank > self.main.rank):
            self.current, self.reason = self.main, Reason("org.main", self.main.name)

    def enter(self, clause: Clause, times: list[Window]) -> None:
        """Takes the subject of a clause as the one spoken of from here on."""
        mention = None if clause.aside else subject(clause, times) or person_within(clause.text)
        if mention is None:
            for named in places_within(clause.text):
                self.know(named, in_passing=True)
            if self.current is not None and self.reason.rule in ("org.subject", "org.place"):
                self.reason = Reason("org.carried", self.reason.evidence, self.reason.start)
            return
        if self.main is None and mention.kind not in ("place", "department"):
            for named in places_within(clause.text[mention.end :]):
                self.know(named, in_passing=True)
        holder = self.resolve(mention)
        if holder is None:
            return
        self.current = holder
        self.reason = Reason("org.subject", mention.name, self._offset + clause.start + mention.start)
        if self.main is None and mention.kind in ("place", "department", "named"):
            self.main = holder

    def resolve(self, mention: Mention) -> Holder | None:
        """The organisation that a mention means here."""
        match mention.kind:
            case "place" | "department":
                self.know(mention)
                self._passing.clear()
                return Holder(mention.name, mention.rank, mention.kind, mention.place)
            case "person":
                return Holder(mention.name, mention.rank, "person")
            case "named":
                return Holder(mention.name, max(mention.rank, self.main.rank + 1 if self.main else 0), "department")
            case "own":
                return self._own(mention)
            case "zone":
                return self._zone(mention)
            case "wide":
                return self._wide(mention)
        team = mention.name.startswith("团")
        place = self._place_of(mention.name[1] if team else _level(mention.name))
        name = mention.name if team or not place else place + mention.name[len(_level(mention.name)) :]
        return Holder(name, mention.rank, "department", place or "")

    def _own(self, mention: Mention) -> Holder | None:
        """局党组 → 龙岩市民政局党组; 集团党委 → the group's Party committee."""
        if not self.main:
            return None
        body, party = re.fullmatch(r"(.+?)(党.*|机关|上下)?", mention.name).groups()  # type: ignore[union-attr]
        stem = re.sub(r"党(?:组|委|支部|总支)$", "", self.main.name)
        if body == "管委会":
            return Holder(self.main.place + body, self.main.rank, "department", self.main.place)
        if not stem.endswith(body):
            return self.main
        return Holder(
            stem + (party if party and party.startswith("党") else ""), self.main.rank, self.main.kind, self.main.place
        )

    def _zone(self, mention: Mention) -> Holder:
        """高新区 → 汇川市高新区; the main one where the text is about a zone."""
        if self.main and self.main.name.endswith(mention.name.removesuffix("管委会")):
            return Holder(
                self.main.place + mention.name[len(mention.name.removesuffix("管委会")) :],
                self.main.rank,
                "place",
                self.main.place,
            )
        city = self._place_of("市") or ""
        return Holder(city + mention.name, mention.rank, "place", city + mention.name)

    def _wide(self, mention: Mention) -> Holder | None:
        if mention.name in _COUNTRY:
            return Holder("全国", places.COUNTRY, "place", "")
        said = mention.name.startswith("该")
        place = (self._passing.get(mention.name[-1]) if said else None) or self._place_of(mention.name[1:])
        if place:
            rank = places.rank_of(place)
            return Holder(place, mention.rank if rank is None else rank, "place", place)
        return self.main or Holder(mention.name, mention.rank, "wide")

    def _place_of(self, level: str) -> str | None:
        """The place that 省, 市, 县 … means in this text: the main one, the last one named, or the province around it."""
        if self.current and self.current.place.endswith(level):
            return self.current.place
        if level in self._known and len(level) == 1 and level != "区":
            return self._known[level]
        if self.main and self.main.place.endswith(level):
            return self.main.place
        if level == "自治区" or (
            level == "区" and level not in self._known and self._province and self._province.endswith("自治区")
        ):
            return self._province if self._province and self._province.endswith("区") else None
        if level == "省":
            return self._known.get("省") or (
                self._province if self._province and self._province.endswith("省") else None
            )
        if found := self._known.get(level[-1]):
            return found
        if level == "市" and self._province and self._province.endswith("市"):
            return self._province
        return self._passing.get(level[-1]) if self.main is None else None


def _level(name: str) -> str:
    for level in ("自治区", "街道"):
        if name.startswith(level):
            return level
    return name[0]


def subject(clause: Clause, times: list[Window]) -> Mention | None:
    """The name that a clause begins with, after time words and 在, 由, 其中."""
    text = clause.text
    if _CIRCUMSTANCE.match(text) and len(text) > 8:
        return None
    place = after_lead(clause, times)
    if listed_at(text, place) or _BEGINS_LIST.match(text, place):
        return None
    mention = mention_at(text, place)
    if mention and _NO_SUBJECT.match(text, mention.end):
        return None
    return mention or _after_time(text)


def _after_time(text: str) -> Mention | None:
    """今年“五一”假期大河省共接待 …: a name further in, right before an adverb of counting."""
    for m in _COUNTS.finditer(text[:40]):
        edges = _edges(text[: m.start()])
        for begin in range(max(0, m.start() - 12), m.start() - 1):
            if begin not in edges:
                continue
            mention = mention_at(text, begin)
            if mention is None or mention.end != m.start() or _OBJECT_BEFORE.search(text[:begin]):
                continue
            if mention.kind in ("place", "department", "organ", "wide"):
                return mention
    return None


def _edges(text: str) -> set[int]:
    """Where words begin."""
    return {start for _, start, _ in rjieba.tokenize(text)}


def after_lead(clause: Clause, times: list[Window]) -> int:
    """The first place of a clause that is neither list mark, time nor connective."""
    place = 0
    while True:
        step = place + lead_in(clause.text[place:])
        for time in times:
            if time.start - clause.start == step:
                step = time.end - clause.start
        if step == place:
            return place
        place = step


def introduced(sample: list[tuple[Clause, list[Window]]]) -> Discourse:
    """A discourse that already knows the organisation that the first pages are about."""
    discourse = Discourse()
    for clause, times in sample:
        mention = None if clause.aside else subject(clause, times)
        if mention is None:
            continue
        if mention.kind in ("place", "department"):
            discourse.know(mention)
        if discourse.main is None and mention.kind in ("place", "department", "named"):
            discourse.main = Holder(mention.name, mention.rank, mention.kind, mention.place)
    if discourse.main is None or discourse.main.kind == "named" or discourse.knows_no_province():
        _look_anywhere(discourse, sample)
    return discourse


def _look_anywhere(discourse: Discourse, sample: list[tuple[Clause, list[Window]]]) -> None:
    for clause, _ in sample:
        if found := _anywhere(clause.text):
            discourse.know(found)
            if discourse.main is None:
                discourse.main = Holder(found.name, found.rank, found.kind, found.place)
            return


def _anywhere(text: str) -> Mention | None:
    """A province or prefecture named in full anywhere in a clause (《河北省…办法》)."""
    known = places.gazetteer()
    for start in range(len(text) - 2):
        for length in (3, 4, 5):
            found = known.get(text[start : start + length])
            if found and found.name == text[start : start + length] and found.rank in (PROVINCE, PREFECTURE):
                return Mention(start, start + length, found.name, "place", found.rank, found.province, found.name)
    return None
