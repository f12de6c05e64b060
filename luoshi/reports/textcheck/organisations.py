"""单位 — names of places and organisations in a clause: full names, names without their place (市民政局), and 全市, 我省, 局党组."""

import re
from functools import cache
from typing import Literal, NamedTuple

import rjieba

from luoshi.reports.textcheck import places
from luoshi.reports.textcheck.lexicon import longest_first, words
from luoshi.reports.textcheck.places import COUNTRY, COUNTY, PERSON, PREFECTURE, PROVINCE, TOWN, VILLAGE

# place: 青榆县 · department: 青榆县民政局 · wide: 全市, 我省, 该镇, 县里 · organ: 市委, 市民政局 ·
# own: 局党组, 集团党委 · zone: 高新区 · named: 实验小学 · person
MentionKind = Literal["place", "department", "wide", "organ", "own", "zone", "named", "person"]

_RANK_WORD = {
    "国": COUNTRY,
    "省": PROVINCE,
    "自治区": PROVINCE,
    "市": PREFECTURE,
    "州": PREFECTURE,
    "盟": PREFECTURE,
    "地区": PREFECTURE,
    "县": COUNTY,
    "区": COUNTY,
    "旗": COUNTY,
    "镇": TOWN,
    "乡": TOWN,
    "街道": TOWN,
    "村": VILLAGE,
    "社区": VILLAGE,
}
_LEVEL = "(?:自治区|街道|省|市|州|盟|县|区|旗|镇|乡|村)"
_WIDE = re.compile(
    rf"(?:[全我本该]({_LEVEL}|国|社区|新区|兵团|系统|局|厅|委|院|校|公司|集团|单位|中心|站|所|行|会|大队|支队)|({_LEVEL})(?:里|"
    rf"上(?=[的出投还又先])))(?![长民级面体程部性联场域])"
)
# Zones that people name without their city.
_ZONE = re.compile(r"(?:高新|经开|经济技术开发|保税|自贸|开发|新)区(?:管委会)?(?=[\u4e00-\u9fff])(?![域间分段内别位])")
_OWN = re.compile(
    r"(?:集团|公司|学校|学院|医院|全?局|厅|院|校|委|中心|支队|大队|管委会|新区|开发区|高新区)(?:党委|党组|党支部|党总支|机关|"
    r"上下)?(?=[还也先共累召组开举建设完制成派深聚坚紧围把将对为以选推实加强持严牵立投给引，]|党)"
)
_NOT_PLACE_START = re.compile(r"[各全该我本其多两几数每此这那某有所以及和与在对向为把将由从到于的了是]")
_PLACE_SUFFIX = re.compile(
    r"(自治州|自治县|自治旗|自治区|地区|街道|社区|小区|新区|开发区|高新区|经开区|工业园区|省|市|州|盟|县|区|旗|镇|乡|村|兵团)"
)
_HAN = re.compile(r"[\u4e00-\u9fff]{1,6}")
_ORGAN_BODY_NOT = r"委(?!员|托|派|屈|书记|常委|领导|会)"
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛范彭郎鲁韦"
    "昌马苗凤方俞任袁柳史唐费廉岑薛雷贺倪汤罗毕郝邬安常于傅齐康伍余顾孟平黄穆萧尹姚邵汪祁毛狄米贝明戴宋"
    "庞熊纪舒屈"
    "项祝董梁杜阮蓝闵席季贾江童颜郭梅林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应丁宣邓郁单杭洪包左"
    "石崔吉龚程邢裴陆荣翁曲储靳段巫焦谷车侯班仇武刘景詹束龙叶司黎乔苍双闻谭申冉牛尚温庄晏柴阎艾容向古易"
    "廖终居衡步"
    "都耿满匡寇欧"
)
_ELDERS = "大爷|大妈|大娘|大叔|大婶|大姐|大哥|奶奶|爷爷|阿姨|师傅|女士|先生|老人|老汉|老师|医生|某某|某"
_PERSON = re.compile(
    rf"(?:老|小|阿)[{_SURNAMES}](?=[，,说的家从在退每一是有就告也对拿腿把又])|"
    rf"[{_SURNAMES}][\u4e00-\u9fff]?(?:{_ELDERS})(?![县市区地个些院])|(?<![其])[他她](?![们人])|"
    rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?=(?:今年|一家|家里|说|告诉|感慨|高兴))|我(?=家|种|的|自己|一个人|就|们一家)"
)
_PERSON_WITHIN = re.compile(
    rf"(?:村民|居民|群众|市民|老人|户主|职工|工人|大户|党员|贫困户|脱贫户|退休\S{{0,4}}|"
    rf"岁的)(?:[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?=[，,说家告表感激算]|$)|(?:老|小)[{_SURNAMES}])|(?:^|的)(?:老|"
    rf"小)[{_SURNAMES}](?=[，,说的家从在退每一是有腿把])"
)
_LEADING = re.compile(
    r"^(?:[\s　“”]|[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)、.．](?!\d)|"
    r"[一二三四五六七八九十]{1,2}是|[①-⑳]|其中|同时|此外|另外|目前|期间|"
    r"当前|近日|连日来|日前|近期|近年来|今年以来|今年|去年|当年|对此|为此|因此|随后|此后|随着|比如|例如|如今|其间|"
    r"据统计|据了解|据悉|据|截至目前|截至|截止|上半年|下半年|全年|年初以来|一年来|(?:在(?![校册职编岗建园读籍])|由|经|使|让|而|但|"
    r"仅|又如|再如|如|到|从)(?=[\u4e00-\u9fff]{2})|"
    r"[，,]|主题教育|学习教育|活动|开展|启动|以来|来(?=，|全|我|各)|底|末|假期|期间|前|后)+"
)
_FAIRLY_VERB = frozenset(
    {"v", "vd", "d", "p", "c", "u", "uj", "ul", "uz", "ud", "uv", "r", "m", "q", "ad", "y", "vi", "vq"}
)


class Mention(NamedTuple):
    """提及 — a name in a clause, in full as far as the clause tells it."""

    start: int
    end: int
    name: str
    kind: MentionKind
    rank: int
    province: str | None = None
    place: str = ""


def _alternatives() -> tuple[str, str, str]:
    return tuple(longest_first(words("departments", label)) for label in ("stem", "ending", "body"))  # type: ignore[return-value]


@cache
def _department() -> re.Pattern[str]:
    """What may follow a place: 市民政局党组, 人力社保局, 县委组织部."""
    stem, ending, body = _alternatives()
    return re.compile(
        rf"{_LEVEL}?(?:(?:委)?(?:(?:{stem})(?:{ending})|(?:{body}))|{_ORGAN_BODY_NOT})(?:党组|党委|机关党委|办公室|党支部)?"
    )


@cache
def _organ() -> re.Pattern[str]:
    """A department that leaves out its place: 省委, 市民政局, 团市委."""
    stem, ending, body = _alternatives()
    return re.compile(
        rf"(?P<team>团(?:省|市|州|县|区)委)|(?P<level>{_LEVEL})(?:(?:委)?(?:(?:{stem})(?:{ending})|(?:{body}))|"
        rf"{_ORGAN_BODY_NOT})(?:党组|党委|办公室|党支部)?"
    )


@cache
def _national() -> re.Pattern[str]:
    """民政部, 国家医保局, 最高人民法院."""
    stem, ending, _ = _alternatives()
    return re.compile(
        rf"(?:国家|中央|全国)(?:{stem})(?:{ending})|(?:{stem})部(?![门分署队长])|最高人民(?:法院|检察院)|"
        rf"国务院(?:国资委|扶贫办|办公厅)?|审计署|国家统计局|"
        rf"全国(?:总工会|妇联|人大常委会|政协)|中国残联"
    )


@cache
def _general() -> re.Pattern[str]:
    return re.compile(
        rf"[\u4e00-\u9fff]{{2,12}}?(?:{longest_first(words('departments', 'general'))})(?:党委|党组|党支部)?"
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
        if (not found or start >= found[-1].end) and (mention := _named(text, start)) is not None:
            found.append(mention)
    return found


def listed_at(text: str, place: int) -> list[Mention]:
    """The names of a list of places that begins here (吉林、湖南二省分别 …); empty where there is but one."""
    found: list[Mention] = []
    while (mention := _named(text, place)) is not None:
        found.append(mention)
        if text[mention.end : mention.end + 1] not in ("、", "和"):
            break
        place = mention.end + 1
    return found if len(found) > 1 else []


def mention_at(text: str, place: int) -> Mention | None:
    """The name that begins at `place`, the longest that can be made out."""
    for find in (_wide, _named, _organ_mention, _person, _own, _general_mention):
        if found := find(text, place):
            return found
    return None


def person_within(text: str) -> Mention | None:
    """A person named further inside a clause: 72岁的居民老李."""
    m = _PERSON_WITHIN.search(text)
    return Mention(m.start(), m.end(), m.group(), "person", PERSON) if m else None


def _person(text: str, place: int) -> Mention | None:
    m = _PERSON.match(text, place) or (_PERSON_WITHIN.match(text, place) if place else None)
    return Mention(place, m.end(), m.group(), "person", PERSON) if m else None


def _wide(text: str, place: int) -> Mention | None:
    m = _WIDE.match(text, place)
    if not m or text.startswith(("本市场", "全市场", "本级", "全会", "本行", "本会", "全所", "全行业", "全委"), place):
        return None
    level = m.group(1) or m.group(2)
    name = m.group() if m.group(1) else "全" + m.group(2)
    return Mention(place, m.end(), name, "wide", _RANK_WORD.get(level, TOWN))


def _own(text: str, place: int) -> Mention | None:
    m = _OWN.match(text, place)
    return Mention(place, m.end(), m.group(), "own", TOWN) if m else None


def _organ_mention(text: str, place: int) -> Mention | None:
    if m := _national().match(text, place):
        return Mention(place, m.end(), m.group(), "department", COUNTRY)
    if m := _ZONE.match(text, place):
        return Mention(place, m.end(), m.group(), "zone", COUNTY)
    m = _organ().match(text, place)
    if not m:
        return None
    level = m.group("level") or m.group("team")[1]
    return Mention(place, m.end(), m.group(), "organ", _RANK_WORD.get(level, TOWN))


def _general_mention(text: str, place: int) -> Mention | None:
    """实验小学, 江东水务集团: a name that ends like an organisation and holds no verb."""
    m = _general().match(text, place)
    if m and re.fullmatch(r"第[一二三四五六七八九十]{1,2}(?:分公司|中学|小学|医院|人民医院|分局|支队|大队)", m.group()):
        return Mention(place, m.end(), m.group(), "named", TOWN)
    school = _SCHOOL.match(text, place)
    if school and _SUBJECT_GOES_ON.match(text, school.end()):
        return Mention(place, school.end(), school.group(), "named", TOWN)
    if not m or len(m.group()) < 4 or _NOT_PLACE_START.match(text, place) or _NO_NAME.search(m.group()[:-2]):
        return None
    if not _SUBJECT_GOES_ON.match(text, m.end()) or not _nominal(m.group(), strictly=True):
        return None
    return Mention(place, m.end(), m.group(), "named", TOWN)


_SCHOOL = re.compile(r"(?:实验|中心|外国语|特殊教育)(?:小学|中学|幼儿园|学校)|(?:中心|人民|中)(?:医院|卫生院)")
_SUBJECT_GOES_ON = re.compile(r"(?![\d一二三四五六七八九十两的等])[\u4e00-\u9fff]")


def _nominal(name: str, *, strictly: bool = False) -> bool:
    """Do all words but the last look like parts of a name? Strictly: the first is no verb even when used as"
    " a noun (建设学校)."""
    tokens = rjieba.tag(name)
    if strictly and tokens[0][1] in ("v", "vn", "a", "ad", "b", "f"):
        return False
    listed = words("verbs", "verb")
    return all(
        len(word) == 1 or (tag not in _FAIRLY_VERB and word not in listed) for word, tag in tokens[:-1]
    ) and not (len(tokens) == 1 and tokens[0][1] in ("v", "d", "p", "c"))


def _named(text: str, place: int) -> Mention | None:
    end = place
    names: list[str] = []
    rank: int | None = None
    province = None
    while step := _one_place(text, end):
        if rank is not None and step.rank <= rank:
            break
        names.append(step.name)
        end, rank, province = step.end, step.rank, province or step.province
    if rank is None:
        return None
    full = "".join(names)
    m = _department().match(text, end)
    if m:
        return Mention(place, m.end(), full + m.group(), "department", rank, province, full)
    return Mention(place, end, full, "place", rank, province, full)


class _Step(NamedTuple):
    end: int
    name: str
    rank: int
    province: str | None


def _one_place(text: str, place: int) -> _Step | None:
    known = places.gazetteer()
    longest = min(11, len(text) - place) if text[place : place + 1] in places.initials() else 0
    for length in range(longest, 1, -1):
        word = text[place : place + length]
        found = known.get(word)
        if found and not (word != found.name and _inside_word(text, place, length)):
            return _Step(place + length, found.name, found.rank, found.province)
    return _by_ending(text, place)


def _inside_word(text: str, place: int, length: int) -> bool:
    """Is a short name only part of another word (文山会海), or followed by what makes it a word (海南岛, 广西话)?"""
    end = place + length
    if text.startswith(("籍", "路", "大道", "话", "菜", "语", "会海", "岛"), end):
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


def _by_ending(text: str, place: int) -> _Step | None:
    """青榆县, 石桥镇: one to five characters and an ending, where a name may begin."""
    if _NOT_PLACE_START.match(text, place) and not _PLACE_SUFFIX.search(rjieba.cut(text[place : place + 8])[0], 2):
        return None
    for m in _PLACE_SUFFIX.finditer(text, place + 1, place + 9):
        if m.start() - place > 5 or not _HAN.fullmatch(text, place, m.start()):
            return None
        name = text[place : m.end()]
        rank = places.rank_of(name)
        if rank is not None and not _common_noun(name, text, m.end()):
            return _Step(m.end(), name, rank, None)
    return None


_AFTER_NAME = re.compile(
    r"域|级(?!机关)|长(?![期效江])|民(?!政|营|生|间)|直(?!机关|接)|场(?!景)|干部|容(?!量)|情(?!况)|属|"
    r"里(?!程)|外(?!出)|内|落(?!实)|庄|居(?!委)|乡|"
    r"村|县(?=[\u4e00-\u9fff]?级)|校(?!区)"
)
_NO_NAME = re.compile(
    r"[的了在对向和与及为是有或各到从把被于等已将就并更最很也所个件项名人次全我该本其每多户]|群众|领导|"
    r"问题|重点|先进|示范|试点|困难|农村|城市|偏远|贫困|老旧|住宅|居民|商业|生态|美丽|文明|"
    r"平安|和谐|幸福(?!里|村|镇)|小康|空心|城中|行政|自然|新建|现有|相关|有关|部分|多数|全部|责任|牵头|"
    r"主管|下辖|上述|沿线|周边|附近|整个|帮扶|驻点|联系|包联|挂钩|脱贫|易地|"
    r"安置|涉及|覆盖|惠及|推动|组织|开展|完成|督促|指导|第[一二三]?$|[，、。“”]"
)
# Counties whose names have one character before the ending.
_SHORT_COUNTIES = (
    "单泽沁陵祁睢杞滑叶息蔚易献景雄歙寿萧泗砀吉乾陇户华勉洋新吴盂应郏温范赵忠渠岷夏黟泾房随蕲道郧莒费沛丰睢魏涉磁成"
)


def _common_noun(name: str, text: str, end: int) -> bool:
    if name in words("places_not", "not"):
        return True
    if rjieba.tag(name)[0] == (name, "ns") and (len(name) > 2 or name[0] in _SHORT_COUNTIES):
        return False
    if _NO_NAME.search(name[:-1]):
        return True
    if len(name) == 2 and name[0] not in _SHORT_COUNTIES:
        return True
    if _AFTER_NAME.match(text, end):
        return True
    return not _nominal(name)
