"""承前 — of whom a clause speaks: its own subject, or the one carried over from the sentences before."""

import re
from dataclasses import dataclass, field

from luoshi.reports.textcheck import places
from luoshi.reports.textcheck.clauses import Clause
from luoshi.reports.textcheck.mentions import RANK_WORD, Mention
from luoshi.reports.textcheck.organisations import listed_at, places_within
from luoshi.reports.textcheck.persons import person_within
from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.subjects import after_lead, person_of, subject
from luoshi.reports.textcheck.windows import Window

# A sentence that begins with a problem found is about the whole again: 21所学校改造滞后的问题，….
_NAMES_A_PROBLEM = re.compile(r"^(?:对|针对|关于)?.*(?:的|等)问题$")
_FRONTED = re.compile(r"(?:对|针对)(?!口|接|标|照|此|比).*(?:问题|情况|情形|现象)$")
_COUNTRY = ("全国", "我国", "各国")
_SUBORDINATE = re.compile(
    r"(?:总队|支队|大队|中队|分局|派出所|司法所|税务所|供电所|监管所|财政所|中心|服务站|工作站|管理站|收费站|车间|项目部|"
    r"组|队|专班|分公司|子公司|分厂|支行|分行|党支部|党总支|部门|机关|警方|办公室|科室|指挥部|领导小组|办事处|学院|热线|平台|[一二三四五六]厂)$"
)
_BODY_TAIL = re.compile(
    r"(?:局|厅|委|院|校|公司|集团|银行|海关|学院|大学|医院|中心|政府|监狱|支队|总队|法院|检察院|党委|党组|妇联|残联|工会|团委|科协|文联|协会)$"
)


_MAIN = ("place", "department", "organ", "body")
_ACTS = (*_MAIN, "own", "wide")


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
    listed: list[Mention] = field(default_factory=list)  # the places or departments that the sentence listed last
    _known: dict[str, str] = field(default_factory=dict)  # ending of a place name → the last such place
    _passing: dict[str, str] = field(
        default_factory=dict
    )  # the same for places that were no subject: only 该县 means them
    _bodies: list[Holder] = field(default_factory=list)  # named bodies, the last one last: 公司, 该局
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
            self._know_above(mention.place)
        if mention.province:
            self._province = mention.province
            if mention.province.endswith("省"):
                self._known["省"] = mention.province

    def _know_above(self, place: str) -> None:
        """固原市 lies in 宁夏: 全区 can be resolved although the text does not name the region."""
        last = re.split(r"(?<=[省区市州盟县旗])(?=.{2,}[市州盟县区旗]$)", place)[-1]
        if found := places.gazetteer().get(last):
            if found.prefecture:
                self._known.setdefault(found.prefecture[-1], found.prefecture)
            if found.province and not self._province:
                self._province = found.province

    def knows_no_province(self) -> bool:
        return self._province is None and "省" not in self._known

    def begin_sentence(self) -> None:
        """What was said of the whole country ends with its sentence, unless the text is about the country."""
        self.listed = []
        if self.main is None or self.current is None:
            return
        if self.current.kind == "joint" or (self.current.name == "全国" and self.main.rank > places.COUNTRY):
            self._return()

    def _return(self) -> None:
        """Back to the whole that the text is about."""
        if self.main:
            self.current, self.reason = self.main, Reason("org.main", self.main.name)

    def begin_paragraph(self, offset: int) -> None:
        """A new paragraph, which begins at `offset` of the text, returns from the parts to the whole that the text is about."""
        self._offset = offset
        if self.main and self.current and (self.current.kind == "person" or self.current.rank > self.main.rank):
            self._return()

    def enter(self, clause: Clause, times: list[Window], *, first: bool = False, then: Clause | None = None) -> None:
        """Takes the subject of a clause as the one spoken of from here on. `first`: the clause begins its sentence.

        `then`: the next clause of the sentence; its subject does what is said after 对…, 针对….
        """
        if then and first and _FRONTED.match(clause.text) and self._take(subject(then, []), then, _ACTS):
            return
        if clause.aside:
            self._pass_by(clause.text)
            return
        if listed := listed_at(clause.text, after_lead(clause, times)):
            self.listed = listed
        named = subject(clause, times)
        mention = person_of(clause, named) or named or person_within(clause.text)
        if mention is None:
            if first and _NAMES_A_PROBLEM.search(clause.text):
                self._return()
            self._pass_by(clause.text)
            return
        if self.main is None and mention.kind not in ("place", "department"):
            self._know_within(clause.text[mention.end :])
        if self._take(mention, clause) and self.main is None and mention.kind in _MAIN:
            self.main = self.current

    def _take(self, mention: Mention | None, clause: Clause, kinds: tuple[str, ...] = ()) -> bool:
        """Makes the one mentioned the one spoken of."""
        if mention is None or (kinds and mention.kind not in kinds):
            return False
        holder = self.resolve(mention)
        if holder is None:
            return False
        self.current = holder
        self.reason = Reason("org.subject", mention.name, self._offset + clause.start + mention.start)
        return True

    def _pass_by(self, text: str) -> None:
        """A clause without a subject of its own."""
        self._know_within(text)
        if self.current is not None and self.reason.rule == "org.subject":
            self.reason = self.reason._replace(rule="org.carried")

    def _know_within(self, text: str) -> None:
        for named in places_within(text):
            self.know(named, in_passing=True)

    def resolve(self, mention: Mention) -> Holder | None:
        """The organisation that a mention means here."""
        match mention.kind:
            case "place" | "department":
                self.know(mention)
                self._passing.clear()
                holder = Holder(mention.name, mention.rank, mention.kind, mention.place)
                return self.remember(holder) if mention.kind == "department" else holder
            case "person":
                return Holder(mention.name, mention.rank, "person")
            case "joint":
                return Holder(mention.name, mention.rank, "joint")
            case "body":
                return self.remember(self._body(mention))
            case "own":
                return self._own(mention)
            case "zone":
                return self._zone(mention)
            case "wide":
                return self._wide(mention)
            case "parts":
                national = self.main and self.main.rank == places.COUNTRY
                return Holder("全国", places.COUNTRY, "place") if national else self.main
        team = mention.name.startswith("团")
        place = self._place_of(mention.name[1] if team else _level(mention.name))
        name = mention.name if team or not place else place + mention.name[len(_level(mention.name)) :]
        return self.remember(Holder(name, mention.rank, "department", place or ""))

    def remember(self, holder: Holder) -> Holder:
        """Remembers a body, so that 公司 and 该局 can mean it later."""
        self._bodies = [body for body in self._bodies[-7:] if body.name != holder.name] + [holder]
        return holder

    def _body(self, mention: Mention) -> Holder:
        """交警支队 → 北岭市公安局交警支队; a body with a name of its own stands alone, 民政部门 is that of the place spoken of."""
        name, main = mention.name, self.main
        if main is None:
            return Holder(name, mention.rank, "department")
        rank = max(mention.rank, main.rank + 1)
        if main.name in name or name in main.name or (main.place and main.place[:2] in name):
            return Holder(
                main.name if name in main.name else name, rank - (name in main.name), "department", main.place
            )
        above = next((text for text in self._above(name) if len(text) <= len(name) + 4), "")
        return Holder(above + name, rank, "department", main.place)

    def _above(self, name: str) -> list[str]:
        """What a body may belong to, the nearest first."""
        main = self.main
        if main is None or not _SUBORDINATE.search(name):
            return []
        whole = re.sub(r"(?:党委|党组|党支部|党总支)$", "", main.name)
        own = _BODY_TAIL.search(whole) and main.kind == "department" and not name.endswith(("部门", "机关", "警方"))
        return [*([whole] if own else []), *([main.place] if main.place else [])]

    def _own(self, mention: Mention) -> Holder | None:
        """局党组 → 龙岩市民政局党组; 公司 → the company named last; nobody where no such body was named."""
        m = re.fullmatch(r"全?(.+?)(党.*|机关|上下)?", mention.name)
        assert m
        body, party = m.groups()
        for holder in [
            *([self.current] if self.current else []),
            *([self.main] if self.main else []),
            *self._bodies[::-1],
        ]:
            stem = re.sub(r"党(?:组|委|支部|总支|工委)$", "", holder.name)
            if stem.endswith(body):
                tail = party if party and party.startswith("党") else ""
                return Holder(stem + tail, holder.rank, holder.kind, holder.place)
        if body == "管委会" and self.main:
            return Holder(self.main.place + body, self.main.rank, "department", self.main.place)
        if party and self.main:
            return self.main
        if self.main is None and (party or len(body) > 1):
            return Holder(mention.name, mention.rank, "department")
        return None

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
        """全市, 我省, 该县, 全局: the one of that level, by name where it is known and by this word where it is not."""
        if mention.name in _COUNTRY:
            return Holder("全国", places.COUNTRY, "place", "")
        said, level = mention.name.startswith("该"), mention.name[1:]
        if level not in RANK_WORD and level not in ("新区", "兵团"):
            return self._wide_body(mention, level)
        place = (self._passing.get(mention.name[-1]) if said else None) or self._place_of(level)
        if place:
            rank = places.rank_of(place)
            return Holder(place, mention.rank if rank is None else rank, "place", place)
        if self.main and self.main.place == "" and self.main.name.startswith(level):
            return self.main
        return Holder("全" + level, mention.rank, "wide")

    def _wide_body(self, mention: Mention, level: str) -> Holder | None:
        """全系统, 我局, 该公司."""
        if level in ("系统", "单位"):
            return self.main
        candidates = [self.main] if self.main and not mention.name.startswith("该") else []
        candidates += [*([self.current] if self.current else []), *self._bodies[::-1]]
        for holder in candidates:
            if re.search(rf"{level}(?:党委|党组|机关|有限公司)?$", holder.name):
                return holder
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
