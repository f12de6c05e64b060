"""读文 — from a text to its statements."""

import re

from luoshi.reports.textcheck import numerals, windows
from luoshi.reports.textcheck.clauses import Clause, clauses, paragraphs
from luoshi.reports.textcheck.contradictions import contradictions
from luoshi.reports.textcheck.counted import Memory, what_of
from luoshi.reports.textcheck.discourse import Discourse, after_lead, introduced, subject
from luoshi.reports.textcheck.organisations import listed_at, mention_at
from luoshi.reports.textcheck.quantities import Quantity, quantities
from luoshi.reports.textcheck.roles import Before, plans_ahead, role_of
from luoshi.reports.textcheck.statement import Reading, Reason, SetPhrase, Statement, Why

_NEW_SECTION = re.compile(r"\s*[一二三四五六七八九十]{1,3}、")
_TOPIC = re.compile(r"(?:在|针对|围绕|聚焦|关于|对于?|为)(?!此|了解)(.{4,}?)(?:(?:过程|行动|活动|工作|整治)?[中上]|方面|期间|后|下|问题，)?$")
_PER = re.compile(r"(每(?:人|生|户|亩|村|床|家|名|位|孩)(?:每?[年月天次日])?)[^，。；]{0,8}$")
# How much of a text is looked at to learn which organisation it is about.
_SAMPLE = 60


def read(text: str) -> Reading:
    """The numeric statements of a text, with places as characters of `text`."""
    folded = numerals.fold(text)
    discourse = _introduced(folded)
    statements: list[Statement] = []
    passed: list[SetPhrase] = []
    planned = False
    for offset, paragraph in paragraphs(folded):
        planned = _plan_section(paragraph, planned)
        found = quantities(paragraph)
        passed += [p.__class__(p.start + offset, p.end + offset, text[p.start + offset : p.end + offset], _moved(p.reason, offset)) for p in found.passed]
        statements += _statements(text, paragraph, offset, found.found, found.times, discourse, planned)
    return Reading(text, tuple(statements), tuple(passed), tuple(contradictions(text, statements)))


def _introduced(folded: str) -> Discourse:
    sample: list[tuple[Clause, list[windows.Window]]] = []
    for _, paragraph in paragraphs(folded[:20000]):
        parts = clauses(paragraph)
        sample += zip(parts, _times_by_clause(parts, windows.windows(paragraph)), strict=True)
        if len(sample) > _SAMPLE:
            break
    return introduced(sample)


def _plan_section(paragraph: str, planned: bool) -> bool:
    """Is this paragraph, by its heading or first words, about what is still to be done?"""
    if plans_ahead(paragraph[:24]):
        return True
    return planned and not _NEW_SECTION.match(paragraph)


def _times_by_clause(all_clauses: list[Clause], times: list[windows.Window]) -> list[list[windows.Window]]:
    """The windows that begin in each clause."""
    shares: list[list[windows.Window]] = [[] for _ in all_clauses]
    n = 0
    for time in times:
        while n < len(all_clauses) and all_clauses[n].end <= time.start:
            n += 1
        if n < len(all_clauses) and all_clauses[n].start <= time.start:
            shares[n].append(time)
    return shares


def _statements(
    text: str, paragraph: str, offset: int, found: list[Quantity], times: list[windows.Window], discourse: Discourse, planned: bool
) -> list[Statement]:
    discourse.begin_paragraph()
    made: list[Statement] = []
    memory = Memory()
    all_clauses = clauses(paragraph)
    next_quantity = 0
    window = ""
    before: Before | None = None
    for n, (clause, times) in enumerate(zip(all_clauses, _times_by_clause(all_clauses, times), strict=True)):
        if clause.sentence != memory.sentence:
            memory = Memory(sentence=clause.sentence, heading=memory.heading, previous=memory.previous)
            discourse.begin_sentence()
        discourse.enter(clause, times)
        if times:
            window = times[-1].text
        inside: list[Quantity] = []
        while next_quantity < len(found) and found[next_quantity].start < clause.end:
            inside.append(found[next_quantity])
            next_quantity += 1
        if inside:
            earlier = "，".join(c.text for c in all_clauses[max(0, n - 6) : n] if c.sentence == clause.sentence)
            here, before = _clause_statements(text, offset, clause, inside, times, discourse, memory, planned, window, earlier, before)
            made += here
        else:
            if topic := _TOPIC.match(clause.text):
                memory.topic = topic.group(1)[-20:]
            memory.previous = clause.text[after_lead(clause, times) :] or memory.previous
    return made


def _clause_statements(
    text: str, offset: int, clause: Clause, inside: list[Quantity], times: list[windows.Window], discourse: Discourse, memory: Memory,
    planned: bool, window: str, earlier: str, before: Before | None,
) -> tuple[list[Statement], Before | None]:  # fmt: skip
    made = []
    mention = subject(clause, times)
    skip = mention.end if mention else after_lead(clause, times)
    person = discourse.current is not None and discourse.current.kind == "person"
    for i, q in enumerate(inside):
        what, why_what = what_of(clause.text, inside, i, clause.start, skip, memory)
        if before and before.sentence != clause.sentence:
            before = None
        role, why_role = role_of(
            q, clause.text, clause.start, earlier, person=person, planned=planned, new_subject=mention is not None, before=before
        )
        before = Before(role, clause.sentence, q.end)
        org, why_org = _respective_org(clause, inside, i, times, discourse) or _org(clause, q, discourse)
        per = _PER.search(clause.text[: q.start - clause.start])
        start, end = q.start + offset, q.end + offset
        why = Why(
            q.value_reason, q.unit_reason, Reason(f"kind.{q.kind}", q.unit), q.approx_reason, why_what, why_org, why_role,
            Reason("window.text", window) if window else Reason("window.none"),
        )  # fmt: skip
        made.append(
            Statement(
                start, end, text[start:end], q.value, q.upper, q.unit, q.kind, q.approx, q.side, what, org, role, window or None,
                per.group(1) if per else None, Why(*(_moved(reason, offset) for reason in why)),
            )  # fmt: skip
        )
    memory.previous = ""
    return made, before


def _moved(reason: Reason, offset: int) -> Reason:
    return reason if reason.start is None else reason._replace(start=reason.start + offset)


def _respective_org(clause: Clause, inside: list[Quantity], i: int, times: list[windows.Window], discourse: Discourse) -> tuple[str, Reason] | None:
    """吉林、湖南二省分别对4名、15名厅级干部立案: the i-th place of the list."""
    listed = listed_at(clause.text, after_lead(clause, times))
    if len(listed) != len(inside) or "分别" not in clause.text[: inside[0].start - clause.start]:
        return None
    holder = discourse.resolve(listed[i])
    return (holder.name, Reason("org.respectively", listed[i].name, clause.start + listed[i].start)) if holder else None


def _org(clause: Clause, q: Quantity, discourse: Discourse) -> tuple[str | None, Reason]:
    """The organisation right before the number (其中，甘肃12个), or the one the clause is about."""
    place = q.start - clause.start
    for begin in range(max(0, place - 12), place - 1):
        if begin and clause.text[begin - 1] not in "、和及与：（(中":
            continue
        mention = mention_at(clause.text, begin)
        if mention and mention.kind in ("place", "department") and mention.end == place:
            holder = discourse.resolve(mention)
            if holder:
                return holder.name, Reason("org.item", mention.name, clause.start + begin)
    if discourse.current:
        return discourse.current.name, discourse.reason
    if discourse.main:
        return discourse.main.name, Reason("org.main", discourse.main.name)
    return None, Reason("org.none")
