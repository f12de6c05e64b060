"""读文 — from a text to its statements, paragraph by paragraph."""

import re
from functools import lru_cache

from luoshi.reports.textcheck import numerals, windows
from luoshi.reports.textcheck.clauses import Clause, clauses, paragraphs
from luoshi.reports.textcheck.contradictions import contradictions
from luoshi.reports.textcheck.counted import Memory, what_of
from luoshi.reports.textcheck.discourse import Discourse
from luoshi.reports.textcheck.mentions import Mention
from luoshi.reports.textcheck.opening import introduced
from luoshi.reports.textcheck.organisations import mention_at
from luoshi.reports.textcheck.quantities import Quantities, quantities
from luoshi.reports.textcheck.quantity import Quantity
from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.roles import Before, plans_ahead, role_of
from luoshi.reports.textcheck.statement import Kind, Reading, Role, SetPhrase, Statement, Why
from luoshi.reports.textcheck.subjects import after_lead, subject
from luoshi.reports.textcheck.tables import Cell, Table
from luoshi.reports.textcheck.windows import Window

# How much of a text is looked at to learn which organisation it is about.
_SAMPLED_CHARACTERS, _SAMPLED_CLAUSES = 20_000, 60
_PER = re.compile(r"(每(?:人|生|户|亩|村|床|家|名|位|孩)(?:每?[年月天次日])?)[^，。；]{0,8}$")
_NEW_SECTION = re.compile(r"\s*[一二三四五六七八九十]{1,3}、")
# 在…中, 针对…, 对…: what the sentence is about, for the numbers that say too little themselves.
_TOPIC = re.compile(
    r"(?:在|针对|围绕|聚焦|关于|对于?|为)(?!此|了解)(.{4,}?)"
    r"(?:(?:过程|行动|活动|工作|整治)?[中上]|方面|期间|后|下|问题，)?$"
)


# 来自固原市原州区、隆德县13个乡镇, 在青榆县12个村: what stands before the number is where, not of whom.
_NOT_OF = re.compile(r"(?:来自|覆盖|涉及|惠及|深入|赴|前往|走进|位于|分布在|对|向|给|与)[^，。；]*$")
_COUNTS_PLACES = re.compile(r"(?:省|市|县|区|州|旗|地|镇|乡|村|街道|部门|单位)")
_NO_WINDOW = Reason("window.none")


@lru_cache(maxsize=1_000)
def _kind_reason(kind: Kind, unit: str) -> Reason:
    """The same for thousands of statements, so it is kept once."""
    return Reason(f"kind.{kind}", unit)


def read(text: str) -> Reading:
    """The numeric statements of a text, with places as characters of `text`. Any text can be read; none is refused."""
    folded = numerals.fold(text)
    discourse = introduced(_sample(folded))
    statements: list[Statement] = []
    passed: list[SetPhrase] = []
    planned = False
    table = Table()
    for offset, paragraph in paragraphs(folded):
        if cells := table.cells(paragraph):
            statements += [_of_cell(text, offset, cell, discourse) for cell in cells]
            continue
        planned = _plan_section(paragraph, planned)
        found = quantities(paragraph)
        passed += [_set_phrase(text, offset, phrase) for phrase in found.passed]
        statements += _Paragraph(text, paragraph, offset, discourse, planned=planned).statements(found)
    return Reading(text, tuple(statements), tuple(passed), tuple(contradictions(text, statements)))


def _sample(folded: str) -> list[tuple[Clause, list[Window]]]:
    """The first clauses, with their times."""
    sample: list[tuple[Clause, list[Window]]] = []
    for _, paragraph in paragraphs(folded[:_SAMPLED_CHARACTERS]):
        parts = clauses(paragraph)
        sample += zip(parts, _times_by_clause(parts, windows.windows(paragraph)), strict=True)
        if len(sample) > _SAMPLED_CLAUSES:
            break
    return sample


def _plan_section(paragraph: str, planned: bool) -> bool:
    """Is this paragraph, by its heading or first words, about what is still to be done?"""
    return plans_ahead(paragraph[:24]) or (planned and not _NEW_SECTION.match(paragraph))


def _times_by_clause(parts: list[Clause], times: list[Window]) -> list[list[Window]]:
    """The windows that begin in each clause."""
    shares: list[list[Window]] = [[] for _ in parts]
    n = 0
    for time in times:
        while n < len(parts) and parts[n].end <= time.start:
            n += 1
        if n < len(parts) and parts[n].start <= time.start:
            shares[n].append(time)
    return shares


class _Paragraph:
    """段 — one paragraph while it is read: what its clauses leave to each other."""

    def __init__(self, text: str, folded: str, offset: int, discourse: Discourse, *, planned: bool) -> None:
        self.text, self.offset, self.discourse, self.planned = text, offset, discourse, planned
        self.parts = clauses(folded)
        self.memory = Memory()
        self.window = ""
        self.why_window = _NO_WINDOW
        self.before: Before | None = None

    def statements(self, found: Quantities) -> list[Statement]:
        """The statements of the paragraph, in order."""
        self.discourse.begin_paragraph(self.offset)
        made: list[Statement] = []
        waiting = 0
        for n, (clause, times) in enumerate(zip(self.parts, _times_by_clause(self.parts, found.times), strict=True)):
            self._enter(n, clause, times)
            first = waiting
            while waiting < len(found.found) and found.found[waiting].start < clause.end:
                waiting += 1
            if first < waiting:
                made += self._of_clause(clause, n, times, found.found[first:waiting])
            else:
                self._leave_words(clause, times)
        return made

    def _enter(self, n: int, clause: Clause, times: list[Window]) -> None:
        first = clause.sentence != self.memory.sentence
        then = self.parts[n + 1] if n + 1 < len(self.parts) else None
        if clause.sentence != self.memory.sentence:
            self.memory = self.memory.next_sentence(clause.sentence)
            self.before = None
            self.discourse.begin_sentence()
        then = then if then and then.sentence == clause.sentence else None
        self.discourse.enter(clause, times, first=first, then=then)
        if times:
            self._in_window(times[-1].text, times[-1].start)
        elif spoken := windows.SPOKEN.search(clause.text):
            self._in_window(spoken.group(), clause.start + spoken.start())
        elif self.why_window.rule == "window.text":
            self.why_window = self.why_window._replace(rule="window.carried")

    def _in_window(self, said: str, start: int) -> None:
        self.window, self.why_window = said, Reason("window.text", said, start)

    def _leave_words(self, clause: Clause, times: list[Window]) -> None:
        """A clause without a number leaves its words to the numbers after it."""
        self.memory.heard = (self.memory.heard + clause.text + "，")[-120:]
        if topic := _TOPIC.match(clause.text):
            self.memory.topic = topic.group(1)[-20:]
        if not clause.aside:
            self.memory.previous = clause.text[after_lead(clause, times) :] or self.memory.previous

    def _of_clause(self, clause: Clause, n: int, times: list[Window], inside: list[Quantity]) -> list[Statement]:
        earlier = "，".join(part.text for part in self.parts[max(0, n - 6) : n] if part.sentence == clause.sentence)
        mention = subject(clause, times)
        skip = mention.end if mention else after_lead(clause, times)
        made = []
        for i, quantity in enumerate(inside):
            what, why_what = what_of(clause.text, inside, i, clause.start, skip, self.memory)
            org, why_org = self._respective_org(clause, inside, i) or self._org(clause, quantity)
            role, why_role = self._role(clause, quantity, earlier, mention)
            if why_role.rule == "role.former" and what:
                what += "（此前）"
            made.append(self._statement(clause, quantity, what, org, why_what, why_org, role, why_role))
        self.memory.previous = ""
        self.memory.heard = (self.memory.heard + clause.text + "，")[-120:]
        return made

    def _role(self, clause: Clause, quantity: Quantity, earlier: str, mention: Mention | None) -> tuple[Role, Reason]:
        current = self.discourse.current
        role, why = role_of(
            quantity,
            clause.text,
            clause.start,
            earlier,
            person=current is not None and current.kind == "person",
            planned=self.planned,
            new_subject=mention is not None,
            before=self.before,
        )
        if why.rule not in ("role.former", "role.bound"):  # these say nothing of the number after them
            self.before = Before(role, clause.sentence, quantity.end)
        return role, why

    def _respective_org(self, clause: Clause, inside: list[Quantity], i: int) -> tuple[str, Reason] | None:
        """吉林、湖南二省分别对4名、15名厅级干部立案: the i-th place of the list, which may stand in a clause before."""
        listed = self.discourse.listed
        same = [quantity for quantity in inside if quantity.kind == inside[0].kind]
        if len(listed) != len(same) or i >= len(same) or "分别" not in clause.text[: inside[0].start - clause.start]:
            return None
        holder = self.discourse.resolve(listed[i])
        if holder is None:
            return None
        return holder.name, Reason("org.respectively", _said(listed[i]))

    def _org(self, clause: Clause, quantity: Quantity) -> tuple[str | None, Reason]:
        """The organisation right before the number (其中，甘肃12个), or the one the clause is about."""
        discourse, place = self.discourse, quantity.start - clause.start
        for begin in range(max(0, place - 12), place - 1):
            if begin and (clause.text[begin - 1] not in "、和及与：（(中" or _NOT_OF.search(clause.text[:begin])):
                continue
            mention = mention_at(clause.text, begin)
            if (
                begin
                and clause.text[begin - 1] in "、和"
                and _COUNTS_PLACES.match(clause.text, quantity.end - clause.start)
            ):
                break  # 北京、浙江、重庆3个省: the list itself is counted
            if mention and mention.kind in ("place", "department") and mention.end == place:
                holder = discourse.resolve(mention)
                if holder:
                    return holder.name, Reason("org.item", mention.name, self.offset + clause.start + begin)
        if discourse.current:
            return discourse.current.name, discourse.reason
        if discourse.main:
            return discourse.main.name, Reason("org.main", discourse.main.name)
        return None, Reason("org.none")

    def _statement(
        self,
        clause: Clause,
        quantity: Quantity,
        what: str,
        org: str | None,
        why_what: Reason,
        why_org: Reason,
        role: Role,
        why_role: Reason,
    ) -> Statement:
        start, end = quantity.start + self.offset, quantity.end + self.offset
        said = self.text[start:end]
        per = _PER.search(clause.text[: quantity.start - clause.start])
        why = Why(
            value=Reason(quantity.value_reason.rule, said, start),
            unit=_moved(quantity.unit_reason, self.offset),
            kind=_kind_reason(quantity.kind, quantity.unit),
            approx=_moved(quantity.approx_reason, self.offset),
            what=_moved(why_what, self.offset),
            org=why_org,  # told as a place of the text already: it may be of an earlier paragraph
            role=_moved(why_role, self.offset),
            window=_moved(self.why_window, self.offset),
        )
        return Statement(
            start=start,
            end=end,
            text=said,
            value=quantity.value,
            value_hi=quantity.upper,
            unit=quantity.unit,
            kind=quantity.kind,
            approx=quantity.approx,
            side=quantity.side,
            what=what,
            org=org,
            role=role,
            window=self.window or None,
            per=per.group(1) if per else None,
            why=why,
        )


def _of_cell(text: str, offset: int, cell: Cell, discourse: Discourse) -> Statement:
    """A number of a table: of its row, counting what its column says."""
    start, end = offset + cell.start, offset + cell.end
    mention = mention_at(cell.row, 0) if cell.row else None
    holder = discourse.resolve(mention) if mention else None
    org = holder.name if holder else cell.row or (discourse.main.name if discourse.main else None)
    if cell.row:
        why_org = Reason("org.row", cell.row)
    else:
        why_org = Reason("org.main", org) if org else Reason("org.none")
    return Statement(
        start=start,
        end=end,
        text=text[start:end],
        value=cell.value,
        value_hi=None,
        unit=cell.unit,
        kind=cell.kind,
        approx=None,
        side=None,
        what=cell.head,
        org=org,
        role="done",
        window=None,
        per=None,
        why=Why(
            value=Reason("value.numeral", text[start:end], start),
            unit=Reason("unit.header", cell.unit),
            kind=_kind_reason(cell.kind, cell.unit),
            approx=Reason("approx.none"),
            what=Reason("what.header", cell.head),
            org=why_org,
            role=Reason("role.default"),
            window=_NO_WINDOW,
        ),
    )


def _set_phrase(text: str, offset: int, phrase: SetPhrase) -> SetPhrase:
    """A phrase of a paragraph, with its place in the text."""
    start, end = phrase.start + offset, phrase.end + offset
    return SetPhrase(start, end, text[start:end], _moved(phrase.reason, offset))


def _said(mention: Mention) -> str:
    """The words of a name as they stand in the text."""
    return mention.name


def _moved(reason: Reason, offset: int) -> Reason:
    return reason if reason.start is None else reason._replace(start=reason.start + offset)
