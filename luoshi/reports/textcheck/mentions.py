"""提及 — what a name in a clause may be: the value that naming hands to the discourse."""

from typing import Literal, NamedTuple

from luoshi.reports.textcheck.places import COUNTRY, COUNTY, PREFECTURE, PROVINCE, TOWN, VILLAGE

# place: 青榆县 · department: 青榆县民政局 · joint: 耒阳、常宁两市 · wide: 全市, 我省, 该镇, 县里 · organ: 市委, 市民政局 ·
# own: 局党组, 集团党委 · zone: 高新区 · body: 双清公安分局, 实验小学 · parts: 各地, 各支部 · person
MentionKind = Literal["place", "department", "joint", "wide", "organ", "own", "zone", "body", "parts", "person"]

RANK_WORD = {
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
LEVEL = "(?:自治区|街道|省|市|州|盟|县|区|旗|镇|乡|村)"


class Mention(NamedTuple):
    """提及 — a name in a clause, in full as far as the clause tells it."""

    start: int
    end: int
    name: str
    kind: MentionKind
    rank: int
    province: str | None = None
    place: str = ""
