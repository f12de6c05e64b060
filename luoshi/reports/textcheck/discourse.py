"""承前 — of whom a clause speaks: its own subject, or the one carried over from the sentences before."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

import rjieba

from luoshi.reports.textcheck import places
from luoshi.reports.textcheck.clauses import Clause
from luoshi.reports.textcheck.lexicon import words
from luoshi.reports.textcheck.mentions import LEVEL, RANK_WORD, Mention
from luoshi.reports.textcheck.organisations import lead_in, listed_at, mention_at, national_within, places_within
from luoshi.reports.textcheck.persons import person_within
from luoshi.reports.textcheck.places import COUNTY, PREFECTURE, PROVINCE
from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.windows import Window

# 在…指导下, 在…中: a circumstance, not the subject.
_CIRCUMSTANCE = re.compile(r"^(?:[^，]{0,6})?在.*(?:下|中|后|时|期间|过程中|基础上|上|前)$")
_NO_SUBJECT = re.compile(r"精神|部署要求|部署|要求|反馈|交办的|移送的|关于|会议精神|规定|安排，|统一")
_HANDS_DOWN = re.compile(r"(?:共?向|给)?(?:交办|移交|转办|转交|转送|转来|反馈|下达|通报|分配)(?:给)?[我全本]")
# A list of examples, or the parts of a sum: 天津、山西等8省区市.
_BEGINS_LIST = re.compile(
    r"[\u4e00-\u9fff]{2,8}等(?:\d+|[一二三四五六七八九十]+)(?:个|家)?(?:省|市|县|区|地|州|乡|镇|村|部门|单位)"
)
_JOINT = re.compile(
    r"(?:[两二三四五六七八九十\d]{1,2}个?)?(?:(?:省|市|县|区|州|旗|地|镇|乡|村)区?市?)?"
    r"(?:公安机关|检察机关|法院|纪委监委|纪检监察机关|警方)?(?![\d一二三四五六七八九十两等的、和])(?=[\u4e00-\u9fffA-Za-z，])"
)
_COUNTS = re.compile(r"(?<![公总])共(?![同享产识])|累计|已(?!经)|各级|先后")
_OBJECT_BEFORE = re.compile(r"[对向与给往赴到于和、按据]$")
_DESCRIBES = re.compile(r"在|来自|家住|住在|出生|从|今年|年[近过逾]|\d{2}岁")
# A sentence that begins with a problem found is about the whole again: 21所学校改造滞后的问题，….
_NAMES_A_PROBLEM = re.compile(r"^(?:对|针对|关于)?.*(?:的|等)问题$")
_FRONTED = re.compile(r"(?:对|针对)(?!口|接|标|照|此|比).*(?:问题|情况|情形|现象)$")
_COUNTRY = ("全国", "我国", "各国")
# 我代表云麓县人民政府, 受省政府委托: whose report this is.
_SPEAKS_FOR = re.compile(
    r"(?:代表|受)(?=[\u4e00-\u9fff]{2,20}(?:委托|向|，|作|做|报告|政府|委员会|常委会|党组|局|厅|院))"
)
_LEVEL_WORD = re.compile(
    rf"(?:全|我|本)({LEVEL})(?![长民级面体程部性联场域])|(?<![\u4e00-\u9fff])({LEVEL})(?:委|政府|直)"
)
_SUBORDINATE = re.compile(
    r"(?:总队|支队|大队|中队|分局|派出所|司法所|税务所|供电所|监管所|财政所|中心|服务站|工作站|管理站|收费站|车间|项目部|"
    r"组|队|专班|分公司|子公司|分厂|支行|分行|党支部|党总支|部门|机关|警方|办公室|科室|指挥部|领导小组|办事处|学院|热线|平台|[一二三四五六]厂)$"
)
_BODY_TAIL = re.compile(
    r"(?:局|厅|委|院|校|公司|集团|银行|海关|学院|大学|医院|中心|政府|监狱|支队|总队|法院|检察院|党委|党组|妇联|残联|工会|团委|科协|文联|协会)$"
)


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
        if then and first and _FRONTED.match(clause.text) and (mention := subject(then, [])):
            if (holder := self.resolve(mention)) and mention.kind in (
                "place",
                "department",
                "organ",
                "body",
                "own",
                "wide",
            ):
                self.current = holder
                self.reason = Reason("org.subject", mention.name, self._offset + then.start + mention.start)
                return
        if listed := ([] if clause.aside else listed_at(clause.text, after_lead(clause, times))):
            self.listed = listed
        mention = None if clause.aside else subject(clause, times)
        if not clause.aside:
            mention = _person_of(clause, mention) or mention or person_within(clause.text)
        if mention is None:
            if first and _NAMES_A_PROBLEM.search(clause.text):
                self._return()
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
        if self.main is None and mention.kind in ("place", "department", "organ", "body"):
            self.main = holder

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


def subject(clause: Clause, times: list[Window]) -> Mention | None:
    """The name that a clause begins with, after time words and 在, 由, 其中."""
    if _CIRCUMSTANCE.match(clause.text) and len(clause.text) > 8:
        return None
    return _subject_from(clause.text, after_lead(clause, times))


@lru_cache(maxsize=256)
def _subject_from(text: str, place: int) -> Mention | None:
    """Asked for when a clause is entered, when its numbers are read, and by the clause before it."""
    if listed := listed_at(text, place):
        return _joint(text, listed)
    if _BEGINS_LIST.match(text, place):
        return None
    mention = mention_at(text, place)
    if mention and (_NO_SUBJECT.match(text, mention.end) or _HANDS_DOWN.match(text, mention.end)):
        return None
    return mention or _after_time(text)


def _person_of(clause: Clause, named: Mention | None) -> Mention | None:
    """在临沂大学读大二的小王, 供电公司员工老张: a person whom the words before only describe."""
    found = person_within(clause.text)
    if found is None or (found.start < 3 and named is None):
        return None
    described = _DESCRIBES.match(clause.text) or (named is not None and found.start - named.end in (0, 1))
    return found if described else None


def _joint(text: str, listed: list[Mention]) -> Mention | None:
    """耒阳、常宁两市公安机关 排查…: several places as one subject; not the examples of a list, nor the parts of a sum."""
    m = _JOINT.match(text, listed[-1].end)
    if m is None or len({mention.kind for mention in listed}) > 1 or len(listed) > 6:
        return None
    first = listed[0]
    end = listed[-1].end if re.search(r"\d", m.group()) else m.end()
    return Mention(first.start, m.end(), text[first.start : end], "joint", max(mention.rank for mention in listed))


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
    subjects = [(n, mention) for n, (clause, times) in enumerate(sample) if (mention := _introduces(clause, times))]
    for _, mention in subjects:
        if mention.kind in ("place", "department"):
            discourse.know(mention)
    discourse.main = _main(discourse, subjects, sample)
    if discourse.main is None or discourse.knows_no_province():
        _look_anywhere(discourse, sample)
    if discourse.main is None:
        discourse.main = _hotline(sample)
    if discourse.main and discourse.main.kind == "department":
        discourse.remember(discourse.main)
    return discourse


def _introduces(clause: Clause, times: list[Window]) -> Mention | None:
    if clause.aside:
        return None
    for m in _SPEAKS_FOR.finditer(clause.text):
        if (mention := mention_at(clause.text, m.end())) and mention.kind in ("place", "department", "organ", "body"):
            return mention
    return subject(clause, times)


_MAY_BE_MAIN = ("place", "department", "organ", "body")
# A text that has not named its organisation as a subject after so many clauses has named it otherwise, or not at all.
_LATE = 6


def _main(
    discourse: Discourse, subjects: list[tuple[int, Mention]], sample: list[tuple[Clause, list[Window]]]
) -> Holder | None:
    """The first one named as a subject; but one of the level that the text speaks of as its own (全市, 我市, 市委) goes first."""
    able = [(n, mention) for n, mention in subjects if mention.kind in _MAY_BE_MAIN]
    if (not able or able[0][0] >= _LATE) and (early := _named_early(sample[:_LATE])):
        able.insert(0, (0, early))
    if wide := _first_wide(discourse, subjects, able, sample):
        return wide
    if not able:
        return None
    first = able[0][1]
    level = _own_level(sample)
    if level and first.kind != "body" and not (first.place or first.name).endswith(level):
        if first.rank != RANK_WORD.get(level):
            candidates = [*(mention for _, mention in able), *_places_anywhere(sample)]
            first = next((m for m in candidates if m.kind != "body" and m.place.endswith(level)), first)
    return discourse.resolve(first)


def _first_wide(
    discourse: Discourse,
    subjects: list[tuple[int, Mention]],
    able: list[tuple[int, Mention]],
    sample: list[tuple[Clause, list[Window]]],
) -> Holder | None:
    """全省信访系统受理…: a text that speaks of its own place before it names anybody, and never names that place."""
    n, mention = next(((n, m) for n, m in subjects if m.kind == "wide"), (0, None))
    if mention is None or (able and able[0][0] <= n) or mention.name[1:] not in RANK_WORD:
        return None
    holder = discourse.resolve(mention)
    if holder is None or holder.kind != "wide":
        return None
    level = mention.name[1:]
    named = next((f for clause, _ in sample if (f := _anywhere(clause.text)) and f.name.endswith(level)), None)
    if named is None:
        return holder
    discourse.know(named)
    return Holder(named.name, named.rank, named.kind, named.place)


def _named_early(sample: list[tuple[Clause, list[Window]]]) -> Mention | None:
    """The body or place named first, though not as a subject: 根据国家能源局印发的方案, 在…."""
    for clause, _ in sample:
        if found := national_within(clause.text):
            return found
        within = places_within(clause.text)
        if len(within) == 1:
            return within[0]
    return None


_HOTLINE = re.compile(r"1\d{4}(?:[\u4e00-\u9fff]{0,8}热线)(?:中心)?")


def _hotline(sample: list[tuple[Clause, list[Window]]]) -> Holder | None:
    for clause, _ in sample:
        if m := _HOTLINE.search(clause.text):
            return Holder(m.group(), PREFECTURE, "department")
    return None


def _own_level(sample: list[tuple[Clause, list[Window]]]) -> str | None:
    votes = Counter(
        m.group(1) or m.group(2) for clause, _ in sample for m in _LEVEL_WORD.finditer(clause.text)
    ).most_common(2)
    if not votes or votes[0][1] < 2 or (len(votes) > 1 and votes[1][1] * 2 > votes[0][1]):
        return None
    return votes[0][0]


def _places_anywhere(sample: list[tuple[Clause, list[Window]]]) -> list[Mention]:
    return [mention for clause, _ in sample for mention in places_within(clause.text)]


def _look_anywhere(discourse: Discourse, sample: list[tuple[Clause, list[Window]]]) -> None:
    for clause, _ in sample:
        if found := _anywhere(clause.text):
            discourse.know(found)
            if discourse.main is None:
                discourse.main = Holder(found.name, found.rank, found.kind, found.place)
            return


def _anywhere(text: str) -> Mention | None:
    """A province, prefecture or county named in full anywhere in a clause (《河北省…办法》)."""
    known = places.gazetteer()
    for start in range(len(text) - 2):
        for length in (3, 4, 5):
            found = known.get(text[start : start + length])
            if found and found.name == text[start : start + length] and found.rank in (PROVINCE, PREFECTURE, COUNTY):
                return Mention(start, start + length, found.name, "place", found.rank, found.province, found.name)
    return None
