"""单位 — names of places and organisations in a clause: full names, names without their place (市民政局), and 全市, 我省, 局党组."""

import re
from functools import cache
from typing import NamedTuple

import rjieba

from luoshi.reports.textcheck import places
from luoshi.reports.textcheck.bodies import Body, body_at
from luoshi.reports.textcheck.lexicon import longest_first, words
from luoshi.reports.textcheck.mentions import LEVEL, RANK_WORD, Mention
from luoshi.reports.textcheck.persons import person_at
from luoshi.reports.textcheck.phrasing import begins_with_verb
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
_NOT_PLACE_START = re.compile(r"[各全该我本其多两几数每此这那某有所以及和与在对向为把将由从到于的了是]")
_PLACE_SUFFIX = re.compile(
    r"(自治州|自治县|自治旗|自治区|地区|街道|社区|小区|新区|开发区|高新区|经开区|工业园区|省|市|州|盟|县|区|旗|镇|乡|村|兵团)"
)
_LAST_SUFFIX = re.compile(_PLACE_SUFFIX.pattern + "$")
_HAN = re.compile(r"[\u4e00-\u9fff]{1,6}")
_ORGAN_BODY_NOT = r"委(?!员|托|派|屈|书记|常委|领导|会)"
_LEADING = re.compile(
    r"^(?:[\s　“”■●◆★▲—-]|[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)、.．](?!\d)|"
    r"[一二三四五六七八九十]{1,2}是|[①-⑳]|其中|同时|此外|另外|目前|期间|会上|"
    r"当前|近日|连日来|日前|近期|近年来|今年以来|今年|去年|当年|对此|为此|因此|随后|此后|随着|比如|例如|如今|其间|不久前|前不久|年来|"
    r"据统计|据了解|据介绍|据悉|据|截至目前|截至|截止|上半年|下半年|全年|年初以来|一年来|以来|春节期间|"
    r"(?:走进|走入|来到|在(?![校册职编岗建园读籍线])|由|经|使|让|而|但|仅|又如|再如|如(?!期)|到|从|以|作为|连同)(?=[\u4e00-\u9fff]{2})|"
    r"[，,]|主题教育|学习教育|专项行动|活动|行动|开展|启动|(?<=.)(?:来(?=，|全|我|各)|底|末|假期|期间|前|后))+"
)
_FAIRLY_VERB = frozenset(
    {"v", "vd", "d", "p", "c", "u", "uj", "ul", "uz", "ud", "uv", "r", "m", "q", "ad", "y", "vi", "vq", "l", "i", "z"}
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
    if not _PLACE_SUFFIX.search(text):
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
    return body if body and body.named and _goes_on(text, body.end) else None


def _body_mention(text: str, place: int) -> Mention | None:
    """实验小学, 江东水务集团, 双清公安分局, 检查组."""
    m = _NUMBERED.match(text, place)
    if m:
        return Mention(place, m.end(), m.group(), "body", TOWN)
    if _NOT_PLACE_START.match(text, place) and text[place] != "某":
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


def _nominal(name: str, *, strictly: bool = False) -> bool:
    """Do all words but the last look like parts of a name? Strictly: none is a verb even when used as a noun (计划建设农村)."""
    tokens = rjieba.tag(name)
    listed = words("verbs", "verb")
    if len(tokens) == 1:
        return tokens[0][1] not in ("v", "d", "p", "c")
    if strictly and any(tag == "vn" and word in listed for word, tag in tokens[:-1]):
        return False
    return all(
        len(word) == 1 or (tag not in _FAIRLY_VERB and word not in listed) or _COUNTED_NAME.fullmatch(word)
        for word, tag in tokens[:-1]
    )


def named_at(text: str, place: int) -> Mention | None:
    """青榆县, 甘肃张掖, 青榆县民政局党组, 北京市公安局便衣总队: a place in full, and the body of it that follows."""
    end = place
    names: list[str] = []
    rank: int | None = None
    province = None
    while step := _one_place(text, end, below=rank):
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


# After a short name: another word (海南岛, 广西话), or a place of its own (曲阳街道 is not 曲阳县).
_OTHER_WORD = (
    "籍",
    "路",
    "大道",
    "话",
    "菜",
    "语",
    "会海",
    "岛",
    "街道",
    "镇",
    "乡",
    "村",
    "社区",
    "小区",
    "街",
    "河",
    "江",
    "湖",
    "山",
    "流域",
    "水库",
    "大桥",
    "站",
    "机场",
    "高速",
    "铁路",
    "地铁",
)


class _Step(NamedTuple):
    end: int
    name: str
    rank: int
    province: str | None


def _one_place(text: str, place: int, *, below: int | None) -> _Step | None:
    """The place that is named here, one that lies below the rank before it."""
    known = places.gazetteer()
    longest = min(11, len(text) - place) if text[place : place + 1] in places.initials() else 0
    for length in range(longest, 1, -1):
        word = text[place : place + length]
        found = known.get(word)
        if found is None or (below is not None and found.rank <= below):
            continue
        if word == found.name or not _inside_word(text, place, length, found.rank):
            return _Step(place + length, found.name, found.rank, found.province)
    step = _by_ending(text, place, first=below is None)
    return step if step and (below is None or step.rank > below) else None


def _inside_word(text: str, place: int, length: int, rank: int) -> bool:
    """Is a short name only part of another word (文山会海), or followed by what makes it a word (海南岛, 广西话)?"""
    end = place + length
    if text.startswith(_OTHER_WORD, end):
        return True
    if rank == COUNTY and text.startswith(("新区", "开发区", "高新区", "经开区"), end):  # 滨江新区 is not 滨江区
        return True
    after = text[end : end + 1]
    if after and after in "省市县区州盟旗":  # 江北省 is not 江北区; 汉中市 was tried in full before
        return True
    edge = 0
    for word in rjieba.cut(text[place : place + 8]):
        edge += len(word)
        if edge >= length:
            return edge > length and edge > 2
    return False


def _by_ending(text: str, place: int, *, first: bool) -> _Step | None:
    """青榆县, 石桥镇: one to five characters and an ending, where a name may begin."""
    if _NOT_PLACE_START.match(text, place) and not _PLACE_SUFFIX.search(rjieba.cut(text[place : place + 8])[0], 2):
        return None
    for m in _PLACE_SUFFIX.finditer(text, place + 1, place + 9):
        if m.start() - place > 5 or not _HAN.fullmatch(text, place, m.start()):
            return None
        name = text[place : m.end()]
        rank = places.rank_of(name)
        if rank is not None and not _common_noun(name, text, m.end(), first=first):
            return _Step(m.end(), name, rank, None)
    return None


_AFTER_NAME = re.compile(
    r"域|级(?!机关)|长(?![期效江])|民(?!政|营|生|间)|直(?!机关|接)|场(?!景)|干部|容(?!量)|情(?!况)|属|"
    r"里(?!程)|外(?!出)|内|落(?!实)|庄|居(?!委)|乡|"
    r"村|县(?=[\u4e00-\u9fff]?级)|校(?!区)|份|貌|集体|两委|“两委”"
)
_NO_NAME = re.compile(
    r"[的了在对向和与及为是有或各到从把被于等已将就并更最很也所个件项名人次全我该本其每多户]|群众|领导|"
    r"问题|重点|先进|示范|试点|困难|农村|城市|偏远|贫困|老旧|住宅|居民|商业|生态|美丽|文明|"
    r"平安|和谐|幸福(?!里|村|镇)|小康|空心|城中|行政|自然|新建|现有|相关|有关|部分|多数|全部|责任|牵头|"
    r"主管|下辖|上述|沿线|周边|附近|整个|帮扶|驻点|联系|包联|挂钩|脱贫|易地|"
    r"安置|涉及|覆盖|惠及|推动|组织|开展|完成|督促|指导|第[一二三]?$|[，、。“”]"
)
_NO_NAME_END = re.compile(
    r"(?:农村|乡村|城市|城区|市区|县区|郊区|山区|老区|灾区|库区|牧区|林区|校区|园区|辖区|片区|全市|本市)$"
)
# Counties whose names have one character before the ending.
_SHORT_COUNTIES = (
    "单泽沁陵祁睢杞滑叶息蔚易献景雄歙寿萧泗砀吉乾陇户华勉洋新吴盂应郏温范赵忠渠岷夏黟泾房随蕲道郧莒费沛丰睢魏涉磁成"
)


_VERB_NAMES = frozenset(
    "建设 胜利 团结 和平 解放 前进 光明 幸福 友谊 繁荣 跃进 创新 兴旺 发展 奋斗 复兴 振兴 联盟 联合 合作 互助".split()
)


_COUNTED_NAME = re.compile(
    "[二三四五六七八九十百千万][里家角道堡店桥江河山仙门塘圩屋户间岔台](?:[沟坪坡堡店桥湾营庄])?"
)  # 八角街道


def _everyday_stem(name: str, *, first: bool) -> bool:
    """预计村, 利用社区, 中部省: what stands before the ending is a word, and none that places are called by."""
    stem = _LAST_SUFFIX.sub("", name)
    tagged, whole = rjieba.tag(stem), rjieba.tag(name)
    if len(tagged) != 1 or stem in _VERB_NAMES or (len(whole) == 1 and whole[0][1] in ("nr", "ns", "nz", "nt")):
        return False
    if _COUNTED_NAME.fullmatch(stem):
        return False
    tag = tagged[0][1]
    return tag in ("v", "vn", "d", "p", "c", "f", "t", "m", "q", "r", "vd") or (
        tag == "n" and first and name.endswith(("村", "社区", "省", "小区"))
    )


def _common_noun(name: str, text: str, end: int, *, first: bool) -> bool:
    if name in words("places_not", "not"):
        return True
    tokens = rjieba.tag(name)
    if tokens[0] == (name, "ns") and (len(name) > 2 or name[0] in _SHORT_COUNTIES):
        return False
    if _everyday_stem(name, first=first):
        return True
    if _NO_NAME.search(name[:-1]) or (
        len(name) > 3 and len(tokens) > 1 and _NO_NAME_END.search(name) and len(tokens[-1][0]) > 1
    ):
        return True
    if len(name) == 2 and name[0] not in _SHORT_COUNTIES:
        return True
    if _AFTER_NAME.match(text, end):
        return True
    return not _nominal(name, strictly=len(name) > 3)
