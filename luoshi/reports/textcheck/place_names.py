"""地名 — where a place is named in a text: by the list of divisions, or by its ending (青榆县, 石桥镇)."""

import re
from functools import cache
from typing import NamedTuple

import rjieba

from luoshi.reports.textcheck import places
from luoshi.reports.textcheck.lexicon import words
from luoshi.reports.textcheck.places import COUNTY

NOT_PLACE_START = re.compile(r"[各全该我本其多两几数每此这那某有所以及和与在对向为把将由从到于的了是]")
PLACE_SUFFIX = re.compile(
    r"(自治州|自治县|自治旗|自治区|地区|街道|社区|小区|新区|开发区|高新区|经开区|工业园区|省|市|州|盟|县|区|旗|镇|乡|村|兵团)"
)
_LAST_SUFFIX = re.compile(PLACE_SUFFIX.pattern + "$")
_HAN = re.compile(r"[\u4e00-\u9fff]{1,6}")
_FAIRLY_VERB = frozenset(
    {"v", "vd", "d", "p", "c", "u", "uj", "ul", "uz", "ud", "uv", "r", "m", "q", "ad", "y", "vi", "vq", "l", "i", "z"}
)
_AFTER_NAME = re.compile(
    r"域|级(?!机关)|长(?![期效江])|民(?!政|营|生|间)|直(?!机关|接)|场(?!景)|干部|容(?!量)|情(?!况)|属|"
    r"里(?!程)|外(?!出)|内|落(?!实)|庄|居(?!委)|乡|"
    r"村(?!民|两委|党|委|支)|县(?=[\u4e00-\u9fff]?级)|校(?!区)|份|貌|集体|两委|“两委”"
)
_NO_NAME = re.compile(
    r"[的了在对向和与及为是有或各到从把被于等已将就并更最很也所个件项名人次全我该本其每多户]|群众|领导|"
    r"问题|重点|先进|示范|试点|困难|农村|城市|偏远|贫困|老旧|住宅|居民|商业|生态|美丽|文明|"
    r"平安|和谐|幸福(?!里|村|镇)|小康|空心|城中|行政|自然|新建|现有|相关|有关|部分|多数|全部|责任|牵头|"
    r"主管|下辖|上述|沿线|周边|附近|整个|帮扶|驻点|联系|包联|挂钩|脱贫|易地|"
    r"安置|涉及|覆盖|惠及|推动|组织|开展|完成|督促|指导|第[一二三]?$|[，、。“”]"
)
_NO_NAME_END = re.compile(
    r"(?:农村|乡村|城市|城区|市区|县区|郊区|山区|老区|灾区|库区|牧区|林区|校区|园区|辖区|片区|全市|本市|国省|外省|邻省)$"
)
# Counties whose names have one character before the ending.
_SHORT_COUNTIES = (
    "单泽沁陵祁睢杞滑叶息蔚易献景雄歙寿萧泗砀吉乾陇户华勉洋新吴盂应郏温范赵忠渠岷夏黟泾房随蕲道郧莒费沛丰睢魏涉磁成"
)
# 八角街道, 三里屯街道
_COUNTED_NAME = re.compile(
    "[二三四五六七八九十百千万][里家角道堡店桥江河山仙门塘圩屋户间岔台](?:[沟坪坡堡店桥湾营庄])?"
)


class Step(NamedTuple):
    end: int
    name: str
    rank: int
    province: str | None


def one_place(text: str, place: int, *, below: int | None) -> Step | None:
    """The place that is named here, one that lies below the rank before it."""
    known = places.gazetteer()
    longest = min(11, len(text) - place) if text[place : place + 1] in places.initials() else 0
    for length in range(longest, 1, -1):
        word = text[place : place + length]
        found = known.get(word)
        if found is None or (below is not None and found.rank <= below):
            continue
        if word == found.name or not _inside_word(text, place, length, found.rank):
            return Step(place + length, found.name, found.rank, found.province)
    step = _by_ending(text, place, first=below is None)
    return step if step and (below is None or step.rank > below) else None


def _inside_word(text: str, place: int, length: int, rank: int) -> bool:
    """Is a short name only part of another word (文山会海), or followed by what makes it a word (海南岛, 广西话)?"""
    end = place + length
    if text.startswith(_other_words(), end):
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


def _by_ending(text: str, place: int, *, first: bool) -> Step | None:
    """青榆县, 石桥镇: one to five characters and an ending, where a name may begin."""
    if text.startswith("各", place):
        return None
    if NOT_PLACE_START.match(text, place) and not PLACE_SUFFIX.search(rjieba.cut(text[place : place + 8])[0], 2):
        return None
    for m in PLACE_SUFFIX.finditer(text, place + 1, place + 9):
        if m.start() - place > 5 or not _HAN.fullmatch(text, place, m.start()):
            return None
        name = text[place : m.end()]
        rank = None if name.endswith("地区") else places.rank_of(name)  # those that are no kind of place are listed
        if rank is not None and not _common_noun(name, text, m.end(), first=first):
            return Step(m.end(), name, rank, None)
    return None


def _common_noun(name: str, text: str, end: int, *, first: bool) -> bool:
    if name in words("places_not", "not"):
        return True
    tokens = rjieba.tag(name)
    if tokens[0] == (name, "ns") and (len(name) > 2 or name[0] in _SHORT_COUNTIES):
        return False
    if _everyday_stem(name, first=first):
        return True
    if _NO_NAME.search(name[:-1]) or (len(name) > 3 and len(tokens) > 1 and _NO_NAME_END.search(name)):
        return True
    if len(name) == 2 and name[0] not in _SHORT_COUNTIES:
        return True
    if _AFTER_NAME.match(text, end):
        return True
    return not _nominal(name, strictly=len(name) > 3)


def _everyday_stem(name: str, *, first: bool) -> bool:
    """预计村, 利用社区, 中部省: what stands before the ending is a word, and none that places are called by."""
    stem = _LAST_SUFFIX.sub("", name)
    tagged, whole = rjieba.tag(stem), rjieba.tag(name)
    if (
        len(tagged) != 1
        or stem in words("places_not", "verb_names")
        or (len(whole) == 1 and whole[0][1] in ("nr", "ns", "nz", "nt"))
    ):
        return False
    if _COUNTED_NAME.fullmatch(stem):
        return False
    tag = tagged[0][1]
    return tag in ("v", "vn", "d", "p", "c", "f", "t", "m", "q", "r", "vd") or (
        tag == "n" and first and name.endswith(("村", "社区", "省", "小区"))
    )


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


@cache
def _other_words() -> tuple[str, ...]:
    """After a short name: another word (海南岛, 广西话), or a place of its own (曲阳街道 is not 曲阳县)."""
    return tuple(words("places_not", "after_short"))
