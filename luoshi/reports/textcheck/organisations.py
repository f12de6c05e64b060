"""单位 — names of places and organisations in a clause: full names, names without their place (市民政局), and 全市, 我省, 局党组."""

import re
from functools import cache

import rjieba

from luoshi.reports.textcheck import places
from luoshi.reports.textcheck.bodies import Body, body_at
from luoshi.reports.textcheck.lexicon import longest_first, words
from luoshi.reports.textcheck.mentions import LEVEL, RANK_WORD, Mention
from luoshi.reports.textcheck.persons import person_at
from luoshi.reports.textcheck.phrasing import begins_with_verb
from luoshi.reports.textcheck.place_names import NOT_PLACE_START, PLACE_SUFFIX, one_place
from luoshi.reports.textcheck.places import COUNTRY, COUNTY, TOWN

_WIDE = re.compile(
    rf"(?:[全我本该]({LEVEL}|国|社区|新区|兵团|系统|局|厅|委|院|校|公司|集团|单位|中心|站|所|行|会|大队|支队|分局|法院|检察院|医院|学校|学院|企业)|"
    rf"({LEVEL})(?:里|上(?=[的出投还又先])))(?![长民级面体程部性联场域])"
)
_NOT_WIDE = (
    "本市场",
    "全市场",
    "本级",
    "全会",
    "本行业",
    "本会",
    "全所有",
    "全行业",
    "全委会",
    "全区域",
    "全村民",
    "该会",
    "全局性",
)
# Zones that people name without their city.
_ZONE = re.compile(r"(?:高新|经开|经济技术开发|保税|自贸|开发|新)区(?:管委会)?(?=[\u4e00-\u9fff])(?![域间分段内别位])")
_PARTY = "(?:党委|党组|党支部|党总支|党工委|机关|上下)?"
_ORGAN_BODY_NOT = r"委(?!员|托|派|屈|书记|常委|领导|会)"
_LEADING = re.compile(
    r"^(?:[\s　“”■●◆★▲—-]|中共(?=[\u4e00-\u9fff]{2})|中国共产党(?=[\u4e00-\u9fff]{2,12}委员会)|"
    r"[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)、.．](?!\d)|"
    r"[一二三四五六七八九十]{1,2}是|[①-⑳]|其中|同时|此外|另外|目前|期间|会上|这一次|此次|这次|本次|"
    r"当前|近日|连日来|日前|近期|近年来|今年以来|今年|去年|当年|对此|为此|因此|随后|此后|随着|比如|例如|如今|其间|不久前|前不久|年来|"
    r"据统计|据了解|据介绍|据悉|据|截至目前|截至|截止|上半年|下半年|全年|年初以来|一年来|以来|春节期间|"
    r"(?:走进|走入|来到|在(?![校册职编岗建园读籍线])|由|经|使|让|而|但|仅|又如|再如|如(?!期)|到|从|以|作为|连同)(?=[\u4e00-\u9fff]{2})|"
    r"[，,]|主题教育|学习教育|专项行动|活动|行动|开展|启动|(?<=.)(?:来(?=，|全|我|各)|底|末|假期|期间|前|后))+"
)
_PARTS = re.compile(r"各(?=[\u4e00-\u9fff])(?!类|项|种|位|方面|界|式|自|个|族|阶段|环节|领域|学段|科目|级各类)")


def _alternatives() -> tuple[str, str, str]:
    return tuple(longest_first(words("departments", label)) for label in ("stem", "ending", "body"))  # type: ignore[return-value]


@cache
def _department() -> re.Pattern[str]:
    """What may follow a place: 市民政局党组, 人力社保局, 县委组织部."""
    stem, ending, body = _alternatives()
    return re.compile(
        rf"{LEVEL}?(?:(?:委)?(?:(?:{stem})(?:{ending})|(?:{body}))|{_ORGAN_BODY_NOT})(?:党组|党委|机关党委|办公室|党支部)?"
    )


@cache
def _organ() -> re.Pattern[str]:
    """A department that leaves out its place: 省委, 市民政局, 团市委."""
    stem, ending, body = _alternatives()
    return re.compile(
        rf"(?P<team>团(?:省|市|州|县|区)委)|(?P<level>{LEVEL})(?:(?:委)?(?:(?:{stem})(?:{ending})|(?:{body}))|"
        rf"{_ORGAN_BODY_NOT})(?:党组|党委|办公室|党支部)?"
    )


@cache
def _national() -> re.Pattern[str]:
    """民政部, 国家医保局, 最高人民法院, 中央环境保护督察组."""
    stem, ending, _ = _alternatives()
    return re.compile(
        rf"(?:国家|中央|全国)(?:{stem})(?:{ending})|(?:中国)?(?:{stem})部(?![门分署队长])|最高人民(?:法院|检察院)|"
        rf"国务院(?:国资委|扶贫办|办公厅|安委会)|审计署|国家统计局|海关总署|(?:国家)?税务总局|(?:国家)?市场监管总局|体育总局|广电总局|国家烟草局|国家铁路局|中央纪委(?:国家监委)?|中(?:央)?组(?:织)?部|"
        rf"全国(?:总工会|妇联|人大常委会|政协)|中国残联|"
        rf"中央(?:第[一二三四五六七八九十]+)?(?:生态环境保护|环境保护|环保|巡视|生态环保)?(?:督察组|巡视组|督导组|指导组)"
    )


@cache
def _own_body() -> re.Pattern[str]:
    """公司, 学院党委, 局党组: a head alone, as the subject."""
    heads = longest_first(words("departments", "bare"))
    return re.compile(
        rf"全?(?:{heads}){_PARTY}(?=[\u4e00-\u9fff，、])(?![长员办级内部外园舍区风训址牌名生史容服规所医产法务歌花庆里上中下有化的和、]|"
        rf"管理|之间|家属|主体|项目|行政)"
    )


def lead_in(clause: str) -> int:
    """Where the subject of a clause may begin: after list marks, time words and 在, 由, 其中."""
    found = _LEADING.match(clause)
    return found.end() if found else 0


def places_within(text: str) -> list[Mention]:
    """Places named anywhere in a clause, so that 该县 can be understood later (这是青榆县…的缩影。该县…)."""
    found: list[Mention] = []
    if not PLACE_SUFFIX.search(text):
        return found
    for _, start, _ in rjieba.tokenize(text):
        if (not found or start >= found[-1].end) and (mention := named_at(text, start)) is not None:
            found.append(mention)
    return found


def listed_at(text: str, place: int) -> list[Mention]:
    """The names of a list of places or departments that begins here (吉林、湖南二省分别 …); empty where there is but one."""
    if m := _ONES_OF_A_KIND.match(text, place):
        return _of_a_kind(m, place)
    found: list[Mention] = []
    while (mention := named_at(text, place) or (_named_after(found[-1], text, place) if found else None)) is not None:
        found.append(mention)
        if text[mention.end : mention.end + 1] not in ("、", "和"):
            break
        place = mention.end + 1
    return found if len(found) > 1 else []


# 耒阳、常宁两市: the word behind the list says what all of them are.
_ONES_OF_A_KIND = re.compile(
    r"(?P<names>[\u4e00-\u9fff]{2,4}(?:[、和][\u4e00-\u9fff]{2,4})+?)(?:[两二三四五六七八九]|\d{1,2})个?(?P<kind>[省市县区州旗镇乡村])(?!区?市)"
)


def _of_a_kind(m: re.Match[str], place: int) -> list[Mention]:
    found: list[Mention] = []
    for name in re.split("[、和]", m.group("names")):
        known = places.gazetteer().get(name)
        full = known.name if known else name.removesuffix(m.group("kind")) + m.group("kind")
        rank = known.rank if known else RANK_WORD[m.group("kind")]
        found.append(Mention(place, place + len(name), full, "place", rank, known.province if known else None, full))
        place += len(name) + 1
    return found


def _named_after(first: Mention, text: str, place: int) -> Mention | None:
    """天门山市住建局、交通局: the second is of the place of the first."""
    if first.kind != "department" or not (m := _department().match(text, place)):
        return None
    return Mention(place, m.end(), first.place + m.group(), "department", first.rank, first.province, first.place)


def mention_at(text: str, place: int) -> Mention | None:
    """The name that begins at `place`, the longest that can be made out."""
    for find in (_parts, _wide, named_at, _organ_mention, person_at, _body_mention, _own):
        if found := find(text, place):
            return found
    return None


def _parts(text: str, place: int) -> Mention | None:
    """各地, 各支部, 各县区: all the parts of the whole."""
    return Mention(place, place + 1, "各", "parts", TOWN) if _PARTS.match(text, place) else None


def _wide(text: str, place: int) -> Mention | None:
    m = _WIDE.match(text, place)
    if not m or text.startswith(_NOT_WIDE, place):
        return None
    level = m.group(1) or m.group(2)
    name = m.group() if m.group(1) else "全" + m.group(2)
    return Mention(place, m.end(), name, "wide", RANK_WORD.get(level, TOWN))


def _own(text: str, place: int) -> Mention | None:
    m = _own_body().match(text, place)
    return Mention(place, m.end(), m.group(), "own", TOWN) if m else None


def _organ_mention(text: str, place: int) -> Mention | None:
    if m := _national().match(text, place):
        if (local := named_at(text, m.end())) and local.kind == "department":  # 国家税务总局鹭江市税务局
            return local._replace(start=place)
        return Mention(place, m.end(), m.group(), "department", COUNTRY)
    if m := _ZONE.match(text, place):
        return Mention(place, m.end(), m.group(), "zone", COUNTY)
    m = _organ().match(text, place)
    team = m.group("team") if m else None
    end = m.end() if m else place
    if not team and (body := _body_of_level(text, place)) and body.end > end:
        end = body.end
    if end == place:
        return None
    level = re.match(LEVEL, text[place:])
    word = team[1] if team else level.group() if level else text[place]
    return Mention(place, end, text[place:end], "organ", RANK_WORD.get(word, TOWN))


def _body_of_level(text: str, place: int) -> Body | None:
    """市第一人民医院, 市反诈中心, 县实验小学."""
    level = re.compile(LEVEL).match(text, place)
    if not level or text.startswith(
        (
            "市场",
            "区域",
            "县域",
            "村民",
            "乡村",
            "市民",
            "区间",
            "省级",
            "市级",
            "县级",
            "区级",
            "省区市",
            "省市",
            "市县",
            "县区",
            "区县",
            "市州",
            "市区",
        ),
        place,
    ):
        return None
    body = body_at(text, level.end())
    told = body is not None and (body.named or len(body.head) > 2)  # 省农科院, 市图书馆; not 市中心
    return body if body and told and _goes_on(text, body.end) else None


def _body_mention(text: str, place: int) -> Mention | None:
    """实验小学, 江东水务集团, 双清公安分局, 检查组."""
    m = _NUMBERED.match(text, place)
    if m:
        return Mention(place, m.end(), m.group(), "body", TOWN)
    if NOT_PLACE_START.match(text, place) and text[place] != "某":
        return None
    body = body_at(text, place)
    if body is None or not _goes_on(text, body.end):
        return None
    name = text[place : body.end]
    if not body.named and (name != body.head or name in words("departments", "bare") or not _TEAM.search(name)):
        return None
    if not body.named and not begins_with_verb(text[body.end : body.end + 8]) and not _ADVERB.match(text, body.end):
        return None  # 工作组数量, 检查组成员
    return Mention(place, body.end, name, "body", TOWN)


_ADVERB = re.compile(r"[共已还先分再将把对为在到于与同深]|累计|先后|分别|陆续|逐一|全部|集中|及时")
_TEAM = re.compile(r"(?:组|队|专班|警方|指挥部|领导小组)$")
_NUMBERED = re.compile(r"第[一二三四五六七八九十]{1,2}(?:分公司|中学|小学|医院|人民医院|分局|支队|大队)")
_SUBJECT_GOES_ON = re.compile(r"(?![\d一二三四五六七八九十两的等、和与及])[\u4e00-\u9fff“，]|$")


def _goes_on(text: str, end: int) -> bool:
    return bool(_SUBJECT_GOES_ON.match(text, end))


def named_at(text: str, place: int) -> Mention | None:
    """青榆县, 甘肃张掖, 青榆县民政局党组, 北京市公安局便衣总队: a place in full, and the body of it that follows."""
    end = place
    names: list[str] = []
    rank: int | None = None
    province = None
    while step := one_place(text, end, below=rank):
        names.append(step.name)
        end, rank, province = step.end, step.rank, province or step.province
    if rank is None:
        return None
    full = "".join(names)
    after = m.end() if (m := _department().match(text, end)) else end
    body = body_at(text, after)
    own = body is not None and after == end and (body.named or text[place:end] != full)  # 长安大学, 西安局集团公司
    if body and _goes_on(text, body.end) and (own or after > end or body.named or body.head in _OF_A_PLACE):
        if own and body.head not in _PARTS_OF_GOVERNMENT:  # 滨江职业技术学院 is not 滨江区职业技术学院
            return Mention(place, body.end, text[place : body.end], "department", rank, province, full)
        after = body.end
    if after > end:
        return Mention(place, after, full + text[end:after], "department", rank, province, full)
    return Mention(place, end, full, "place", rank, province, full)


def national_within(text: str) -> Mention | None:
    """A national body named anywhere in a clause (根据国家能源局印发的方案)."""
    m = _national().search(text)
    return Mention(m.start(), m.end(), m.group(), "department", COUNTRY) if m else None


_PARTS_OF_GOVERNMENT = (
    "部门",
    "机关",
    "机构",
    "法院",
    "检察院",
    "警方",
    "纪委",
    "政府",
    "党委",
    "公安机关",
    "高院",
    "中院",
    "政协",
    "人大",
)
_OF_A_PLACE = ("警方", "法院", "检察院", "高院", "中院", "供电公司", "海关", "监狱", "纪委", "公安机关")
