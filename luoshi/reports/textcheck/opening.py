"""开篇 — the organisation that a text is about, learnt from its first pages before it is read."""

import re
from collections import Counter

from luoshi.reports.textcheck import places
from luoshi.reports.textcheck.clauses import Clause
from luoshi.reports.textcheck.discourse import Discourse, Holder
from luoshi.reports.textcheck.mentions import LEVEL, RANK_WORD, Mention
from luoshi.reports.textcheck.organisations import mention_at, national_within, places_within
from luoshi.reports.textcheck.places import COUNTY, PREFECTURE, PROVINCE
from luoshi.reports.textcheck.subjects import subject
from luoshi.reports.textcheck.windows import Window

# 我代表云麓县人民政府, 受省政府委托: whose report this is.
_SPEAKS_FOR = re.compile(
    r"(?:代表|受)(?=[\u4e00-\u9fff]{2,20}(?:委托|向|，|作|做|报告|政府|委员会|常委会|党组|局|厅|院))"
)
_LEVEL_WORD = re.compile(
    rf"(?:全|我|本)({LEVEL})(?![长民级面体程部性联场域])|(?<![\u4e00-\u9fff])({LEVEL})(?:委|政府|直)"
)
_HOTLINE = re.compile(r"1\d{4}(?:[\u4e00-\u9fff]{0,8}热线)(?:中心)?")
_MAY_BE_MAIN = ("place", "department", "organ", "body")
# A text that has not named its organisation as a subject after so many clauses has named it otherwise, or not at all.
_LATE = 6


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
    if level and first.kind != "body" and first.rank != RANK_WORD.get(level):
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
