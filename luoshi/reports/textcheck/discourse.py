"""承前 — of whom a clause speaks: its own subject, or the one carried over from the sentences before."""

import re
from dataclasses import dataclass, field

from luoshi.reports.textcheck import places
from luoshi.reports.textcheck.clauses import Clause
from luoshi.reports.textcheck.organisations import Mention, lead_in, mention_at
from luoshi.reports.textcheck.places import PREFECTURE, PROVINCE
from luoshi.reports.textcheck.statement import Reason
from luoshi.reports.textcheck.windows import Window

# 在…指导下, 在…中: a circumstance, not the subject.
_CIRCUMSTANCE = re.compile(r"^(?:[^，]{0,6})?在.*(?:下|中|后|时|期间|过程中|基础上|上|前)$")
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
    _province: str | None = None

    def know(self, mention: Mention) -> None:
        """Remembers a place, so that 全市 and 市民政局 can be resolved later."""
        if mention.place:
            for name in re.findall(r".+?(?:省|自治区|兵团|市|自治州|州|盟|地区|新区|县|区|旗|镇|乡|街道|社区|村)", mention.place):
                self._known[name[-1]] = name if mention.place.startswith(name) else mention.place[: mention.place.index(name) + len(name)]
        if mention.province:
            self._province = mention.province

    def begin_paragraph(self) -> None:
        """A new paragraph returns from the parts to the whole that the text is about."""
        if self.main and self.current and (self.current.kind == "person" or self.current.rank > self.main.rank):
            self.current, self.reason = self.main, Reason("org.main", self.main.name)

    def enter(self, clause: Clause, times: list[Window]) -> None:
        """Takes the subject of a clause as the one spoken of from here on."""
        mention = subject(clause, times)
        if mention is None:
            if self.current is not None and self.reason.rule in ("org.subject", "org.place"):
                self.reason = Reason("org.carried", self.reason.evidence, self.reason.start)
            return
        holder = self.resolve(mention)
        if holder is None:
            return
        self.current = holder
        self.reason = Reason("org.subject", mention.name, clause.start + mention.start)
        if self.main is None and holder.kind in ("place", "department"):
            self.main = holder

    def resolve(self, mention: Mention) -> Holder | None:
        """The organisation that a mention means here."""
        if mention.kind in ("place", "department"):
            self.know(mention)
            return Holder(mention.name, mention.rank, mention.kind, mention.place)
        if mention.kind == "person":
            return Holder(mention.name, 9, "person")
        if mention.kind == "own":
            return Holder(self._own(mention.name), mention.rank, "department") if self.main else Holder(mention.name, mention.rank, "department")
        if mention.kind == "wide":
            return self._wide(mention)
        place = self._place_of(mention.name[1] if mention.name.startswith("团") else mention.name[0])
        return Holder(place + mention.name[1:] if place and not mention.name.startswith("团") else mention.name, mention.rank, "department", place or "")

    def _own(self, name: str) -> str:
        """局党组 → 龙岩市民政局党组."""
        assert self.main
        stem = re.sub(r"党[组委]$", "", self.main.name)
        return stem + name[1:] if name[0] == stem[-1] and "党" in name else self.main.name

    def _wide(self, mention: Mention) -> Holder | None:
        if mention.name in _COUNTRY:
            return Holder("全国", places.COUNTRY, "place", "")
        if mention.name.startswith(("各", "该")):
            return None
        what = mention.name[1:]
        place = self._place_of(what)
        if place:
            return Holder(place, places.rank_of(place) or mention.rank, "place", place)
        if self.main:
            return self.main
        return Holder(mention.name, mention.rank, "wide")

    def _place_of(self, level: str) -> str | None:
        """The place that 省, 市, 县 … means in this text."""
        if level in ("自治区",):
            level = "区"
        found = self._known.get(level[-1])
        if found:
            return found
        if level == "省" or (level == "区" and self._province and self._province.endswith("自治区")):
            return self._province
        return None


def subject(clause: Clause, times: list[Window]) -> Mention | None:
    """The name that a clause begins with, after time words and 在, 由, 其中."""
    text = clause.text
    place = after_lead(clause, times)
    if _CIRCUMSTANCE.match(text) and not re.fullmatch(r".{0,8}", text):
        return None
    mention = mention_at(text, place)
    if mention and text[mention.end : mention.end + 2] in ("精神", "部署", "要求") :
        return None
    return mention


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


def main_holder(sample: list[tuple[Clause, list[Window]]]) -> Discourse:
    """A discourse that already knows the organisation that the first pages are about."""
    discourse = Discourse()
    for clause, times in sample:
        mention = subject(clause, times)
        if mention and mention.kind in ("place", "department"):
            discourse.know(mention)
            if discourse.main is None:
                discourse.main = Holder(mention.name, mention.rank, mention.kind, mention.place)
    if discourse.main is None or discourse._province is None:
        for clause, _ in sample:
            if found := _anywhere(clause.text):
                discourse.know(found)
                if discourse.main is None:
                    discourse.main = Holder(found.name, found.rank, found.kind, found.place)
                break
    return discourse


def _anywhere(text: str) -> Mention | None:
    """A province or prefecture named anywhere in a clause (《河北省…办法》)."""
    known = places.gazetteer()
    for start in range(len(text) - 1):
        for length in (3, 4, 2, 5):
            found = known.get(text[start : start + length])
            if found and found.rank in (PROVINCE, PREFECTURE):
                return Mention(start, start + length, found.name, "place", found.rank, found.province, found.name)
    return None
