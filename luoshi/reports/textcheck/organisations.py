"""单位 — names of places and organisations in a clause: full names, names without their place (市民政局), and 全市, 我省, 局党组."""

import re
from functools import cache
from typing import NamedTuple

from luoshi.reports.textcheck import places
from luoshi.reports.textcheck.lexicon import longest_first, words
from luoshi.reports.textcheck.places import COUNTRY, COUNTY, PREFECTURE, PROVINCE, TOWN, VILLAGE

_RANK_WORD = {"国": COUNTRY, "省": PROVINCE, "自治区": PROVINCE, "市": PREFECTURE, "州": PREFECTURE, "盟": PREFECTURE, "地区": PREFECTURE, "县": COUNTY, "区": COUNTY,
              "旗": COUNTY, "镇": TOWN, "乡": TOWN, "街道": TOWN, "村": VILLAGE, "社区": VILLAGE}  # fmt: skip
_WIDE = re.compile(r"(全|我|本|各|该)(国|省|自治区|市|州|盟|县|区|旗|镇|乡|街道|村|社区|系统|局|厅|委|院|校|公司|集团|单位|中心|站|所)(?![长民级])")
_WIDE_NOT = re.compile(r"全(?:国性|面|体|员|程|部|省联|市场|区域)|各(?:省长|市长|地)|本(?:市场|区间|地|次|级|人)|该(?:市场)")
_BARE_ORGAN = re.compile(r"(?:省|市|州|县|区|旗|镇|乡|街道|自治区|村)(?=党委|委(?!员|托|派|屈)|政府|纪委|直)")
_NOT_PLACE_START = re.compile(r"[各全该我本部其多两几数每此这那某有所以及和与在对向为把将由从到于的了是一二三四五六七八九十大小新老重试示先]|城|社|园|景|辖|校|灾|山|库|片|街|农|贫|牧|学|乡|村|镇|市|县|区|省|州|基层|地|主|党|机|领|指|督|推|开|组|建|制|完|实|深|坚|加|抓|强|健|积|广|认|切|努|持|聚|围|立|紧|着|牢|充|创|优|提|严|扎|统|注|突|始|以|用|按|根|据|通|经|结|针|依|参|进|继|同|并|还|也|又|再|更|最|特|尤|比|如|例|若|当|因|由|但|而|且|或|不|未|没|无|非|可|能|会|要|应|须|需|必")
_PLACE_SUFFIX = re.compile(r"(自治州|自治县|自治旗|自治区|地区|街道|社区|小区|新区|开发区|高新区|经开区|工业园区|省|市|州|盟|县|区|旗|镇|乡|村|兵团)")
_LEADING = re.compile(
    r"^(?:[\s　]|[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)、.．]|[一二三四五六七八九十]{1,2}是|[①-⑳]|其中|同时|此外|另外|目前|期间|当前|近日|日前|近期|近年来|今年以来|今年|去年|当年|对此|为此|因此|随后|此后|随着|比如|例如|其间|据统计|据了解|据悉|据|截至目前|截至|截止|截至今年|上半年|下半年|全年|年初以来|在|由|经|使|让|而|但|仅|如|又如|再如|以|到|[，,]|"
    r"活动开展以来|开展以来|启动以来|以来|底|末)+"
)


class Mention(NamedTuple):
    """提及 — a name in a clause. `kind`: place, department, wide (全市), organ (市委, 市民政局), person."""

    start: int
    end: int
    name: str
    kind: str
    rank: int
    province: str | None = None
    place: str = ""


@cache
def _department() -> re.Pattern[str]:
    """What may follow a place: 市民政局党组, 人力社保局, 县委组织部."""
    level = r"(?:省|市|州|县|区|旗|镇|乡|街道|自治区)?"
    stem = longest_first(words("departments", "stem"))
    ending = longest_first(words("departments", "ending"))
    body = longest_first(words("departments", "body"))
    return re.compile(
        rf"{level}(?:委)?(?:(?:{stem})(?:{ending})|(?:{body})|委(?!员|托|派|屈|书记|常委))(?:党组|党委|机关党委|办公室)?"
    )


@cache
def _organ() -> re.Pattern[str]:
    """A department that leaves out its place: 省委, 市民政局, 局党组, 团市委."""
    level = r"(?:省|市|州|县|区|旗|镇|乡|街道|自治区)"
    stem = longest_first(words("departments", "stem"))
    ending = longest_first(words("departments", "ending"))
    body = longest_first(words("departments", "body"))
    return re.compile(
        rf"(?P<team>团{level}委)|(?P<level>{level})(?:委(?!员|托|派|屈|书记|常委|领导)|(?:委)?(?:(?:{stem})(?:{ending})|(?:{body})))(?:党组|党委|办公室)?|(?P<own>[局厅委院校]党[组委]|[局厅]机关)"
    )


@cache
def _general() -> re.Pattern[str]:
    return re.compile(rf"[\u4e00-\u9fff]{{2,12}}?(?:{longest_first(words('departments', 'general'))})")


_PERSON = re.compile(
    r"(?:老|小)[\u4e00-\u9fff](?=[，,说的家从在退每一是有])|[\u4e00-\u9fff]某{1,2}(?![县市区地个些])|[\u4e00-\u9fff]{1,3}(?:大爷|大妈|大娘|奶奶|爷爷|阿姨|大叔|大姐|师傅|女士|先生|老人)|村民[\u4e00-\u9fff]{2,3}(?=[，,说一家的在今])|(?:她|他)(?!们|人)"
)


def lead_in(clause: str) -> int:
    """Where the subject of a clause may begin: after list marks, time words and 在, 由, 其中."""
    found = _LEADING.match(clause)
    return found.end() if found else 0


def mention_at(text: str, place: int) -> Mention | None:
    """The name that begins at `place`, the longest that can be made out."""
    return _wide(text, place) or _named(text, place) or _of_place_left_out(text, place) or _person(text, place)


def _person(text: str, place: int) -> Mention | None:
    m = _PERSON.match(text, place)
    return Mention(place, m.end(), m.group(), "person", 9) if m else None


def _wide(text: str, place: int) -> Mention | None:
    m = _WIDE.match(text, place)
    if not m or _WIDE_NOT.match(text, place):
        return None
    return Mention(place, m.end(), m.group(), "wide", _RANK_WORD.get(m.group(2), TOWN))


def _of_place_left_out(text: str, place: int) -> Mention | None:
    m = _organ().match(text, place)
    if not m:
        return None
    if m.group("own"):
        return Mention(place, m.end(), m.group(), "own", TOWN)
    level = m.group("level") or m.group("team")[1]
    return Mention(place, m.end(), m.group(), "organ", _RANK_WORD.get(level, TOWN))


def _named(text: str, place: int) -> Mention | None:
    end, names, rank, province = place, [], None, None
    while step := _one_place(text, end, first=not names):
        stop, name, step_rank, step_province = step
        if rank is not None and step_rank <= rank:
            break
        if names and step_province and step_province == names[0]:
            pass
        names.append(name)
        end, rank, province = stop, step_rank, province or step_province
    if rank is None:
        return None
    if names[0] == province and len(names) == 1:
        full = province
    else:
        full = "".join(names)
    m = _department().match(text, end)
    if m and m.end() > end:
        return Mention(place, m.end(), full + m.group(), "department", rank, province, full)
    return Mention(place, end, full, "place", rank, province, full)


def _one_place(text: str, place: int, *, first: bool) -> tuple[int, str, int, str | None] | None:
    known = places.gazetteer()
    for length in range(min(11, len(text) - place), 1, -1):
        word = text[place : place + length]
        if found := known.get(word):
            if text.startswith(("籍", "路", "大道", "话", "菜", "语"), place + length):
                return None
            # 陕西汉中 → 汉中市; but 海南各地 stays 海南省
            return place + length, found.name, found.rank, found.province
    return _by_ending(text, place)


def _by_ending(text: str, place: int) -> tuple[int, str, int, str | None] | None:
    """青榆县, 石桥镇: two to five characters and an ending, where a name may begin."""
    if _NOT_PLACE_START.match(text, place):
        return None
    m = _PLACE_SUFFIX.search(text, place + 1, place + 9)
    if not m or not re.fullmatch(r"[\u4e00-\u9fff]{1,6}", text[place : m.start()]):
        return None
    name = text[place : m.end()]
    if m.start() - place > 5 or _common_noun(name, text, m.end()):
        return None
    rank = places.rank_of(name)
    return (m.end(), name, rank, None) if rank is not None else None


_AFTER_NAME = re.compile(r"(?:域|级|长|民|直|场|干部|容|政|情|属|里|外|内|间|间|落|庄|居|组|组织|务|集体)")
_NO_NAME = re.compile(r"[的了在对向和与及为是有或各到从把被于等已将就并更最很都也所个件项名人次]|党|政府|工作|干部|群众|领导|问题|服务|建设|发展|管理|重点|先进|示范|试点|困难|农村|城市|偏远|贫困|老旧|住宅|居民|商业|旅游|工业|生态|美丽|文明|平安|和谐|幸福|小康|空心|城中|行政|自然|新建|现有|相关|有关|部分|多数|全部|所有|责任|牵头|主管|下辖|上述|沿线|周边|附近|整个|帮扶|驻点|联系|包联|挂钩|脱贫|易地|安置|涉及|覆盖|惠及|推动|组织|开展|完成|督促|指导")


def _common_noun(name: str, text: str, end: int) -> bool:
    if len(name) < 2 or _NO_NAME.search(name[:-1]):
        return True
    if name.endswith(("县", "市", "区", "镇", "乡", "村", "州")) and len(name) == 2 and name[0] not in "单泽沁陵祁睢杞滑叶息蔚易献景雄歙寿萧泗砀吉乾陇户华勉洋":
        return True
    return bool(_AFTER_NAME.match(text, end) and not text.startswith(("直机关", "级机关"), end))
