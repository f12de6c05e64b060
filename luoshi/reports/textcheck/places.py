"""政区 — provinces, prefectures and counties with their short names and what they lie in; towns and villages,
and places that are not on the list, are known by their ending."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import rjieba

from luoshi.reports.textcheck.lexicon import lines, words

_NATION = "汉|满|回|藏|苗|彝|壮|侗|瑶|白|傣|黎|畲|土|羌|蒙古|维吾尔|布依|朝鲜|哈尼|哈萨克|傈僳|景颇|土家|柯尔克孜"
_NATIONS = re.compile(rf"(?:(?:{_NATION})族)+自治州$|(?:蒙古|哈萨克|柯尔克孜)自治州$")
COUNTRY, PROVINCE, PREFECTURE, COUNTY, TOWN, VILLAGE, PERSON = range(7)

_ENDINGS = {
    "省": PROVINCE,
    "自治区": PROVINCE,
    "兵团": PROVINCE,
    "市": PREFECTURE,
    "自治州": PREFECTURE,
    "州": PREFECTURE,
    "盟": PREFECTURE,
    "地区": PREFECTURE,
    "新区": PREFECTURE,
    "县": COUNTY,
    "区": COUNTY,
    "旗": COUNTY,
    "自治县": COUNTY,
    "自治旗": COUNTY,
    "林区": COUNTY,
    "开发区": COUNTY,
    "高新区": COUNTY,
    "经开区": COUNTY,
    "镇": TOWN,
    "乡": TOWN,
    "街道": TOWN,
    "苏木": TOWN,
    "村": VILLAGE,
    "社区": VILLAGE,
    "小区": VILLAGE,
}
_ENDING = re.compile("(?:" + "|".join(sorted(_ENDINGS, key=len, reverse=True)) + ")$")


class Place(NamedTuple):
    """政区 — its full name, its rank, and the province and prefecture it lies in where one can be sure of them."""

    name: str
    rank: int
    province: str | None = None
    prefecture: str | None = None


# Their short names are a province's, or everyday words.
_NEVER_SHORT = frozenset(
    {"朝阳市", "海南藏族自治州", "吉林市", "东方市", "白银市", "大同市", "三明市", "保定市", "安康市", "平凉市"}
    - {"平凉市", "保定市"}
)


@cache
def gazetteer() -> dict[str, Place]:
    """Full and short names of provinces and prefectures. A short name that two places share is left out."""
    places: dict[str, Place] = {}
    shared: set[str] = set()
    for line in lines("places"):
        names, _, below = line.partition(":")
        province, *shorts = names.strip().split("=")
        for name in (province, *shorts):
            places[name] = Place(province, PROVINCE, province)
    provinces = dict(places)
    for line in lines("places"):
        names, _, below = line.partition(":")
        province = names.split("=")[0].strip()
        for full in below.split():
            rank = COUNTY if full.endswith("区") and not full.endswith(("新区", "地区")) else PREFECTURE
            for name in _short_names(full):
                if name in provinces or (name in places and places[name].name != full):
                    shared.add(name)
                    continue
                places[name] = Place(_usual_name(full), rank, province)
    for name in shared - provinces.keys():
        del places[name]
    return _counties(places) | places | _after_their_province(places)


# A county's short name is taken where the segmenter knows it as a name of a place or person, or does not know it as a word.
_NAME_TAGS = ("ns", "nz", "nr", "nrt", "nrfg", "x")
_LESSER_NATIONS = "东乡|保安|撒拉|裕固|仡佬|水|毛南|仫佬|佤|拉祜|纳西|普米|怒|独龙|布朗|塔吉克|达斡尔|锡伯|鄂温克|各"
_COUNTY_ENDING = re.compile(
    rf"(?:(?<=..)(?:(?:{_NATION}|{_LESSER_NATIONS})族|蒙古|哈萨克)+自治县|族?自治[县旗]|联合旗|县|区|市|旗)$"
)


def _counties(above: dict[str, Place]) -> dict[str, Place]:
    """Full names of counties, and short names that mean one county and nothing else. 和平区 lies in three cities: it has no province."""
    listed = list(_listed_counties())
    full = Counter(place.name for place in listed)
    short = Counter(_COUNTY_ENDING.sub("", place.name) for place in listed)
    found: dict[str, Place] = {}
    for place in listed:
        if place.name in words("places_not", "not"):
            continue
        found[place.name] = place if full[place.name] == 1 else Place(place.name, COUNTY)
        stem = _COUNTY_ENDING.sub("", place.name)
        if place.name.endswith("自治县") and full[stem + "县"] == 0:  # 东乡族自治县 is written 东乡县
            found[stem + "县"] = place._replace(name=stem + "县")
        if len(stem) < 2 or short[stem] > 1 or stem in above or stem in _never_short():
            continue
        if [tag for _, tag in rjieba.tag(stem)] in ([tag] for tag in _NAME_TAGS):
            found[stem] = place
    return found


@cache
def _never_short() -> frozenset[str]:
    """Short names that are everyday words."""
    return words("places_not", "never_short") | words("verbs", "verb") | words("nouns", "generic")


def _listed_counties() -> Iterator[Place]:
    for line in lines("counties"):
        above, _, below = line.partition(":")
        province, prefecture = above.split()
        for name in below.split():
            yield Place(name, COUNTY, province, _usual_name(prefecture) if prefecture != province else None)


@cache
def initials() -> frozenset[str]:
    """The characters that names of the gazetteer begin with."""
    return frozenset(name[0] for name in gazetteer())


def _after_their_province(places: dict[str, Place]) -> dict[str, Place]:
    """福建三明: a short name that is an everyday word is a place right after its province."""
    found: dict[str, Place] = {}
    for line in lines("places"):
        names, _, below = line.partition(":")
        province, *shorts = names.strip().split("=")
        for full in _NEVER_SHORT & set(below.split()):
            for short in (province, *shorts):
                place = Place(province + full, places[full].rank, province)
                found[short + _ENDING.sub("", full)] = found[short + full] = place
    return found


def _usual_name(full: str) -> str:
    """临夏回族自治州 is written 临夏州 everywhere but in law."""
    return _NATIONS.sub("", full) + "州" if _NATIONS.search(full) else full


def _short_names(full: str) -> list[str]:
    if full in _NEVER_SHORT:
        return [full]
    if _NATIONS.search(full):
        stem = _NATIONS.sub("", full)
        return [full, stem + "州", stem]
    stem = _ENDING.sub("", full)
    if (full.endswith("区") and not full.endswith("地区")) or full in _NEVER_SHORT or len(stem) < 2:
        return [full]
    return [full, stem]


def rank_of(name: str) -> int | None:
    """The rank that the ending of a name tells."""
    if name in gazetteer():
        return gazetteer()[name].rank
    found = _ENDING.search(name)
    return _ENDINGS[found.group()] if found else None
