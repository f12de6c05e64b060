"""角色 — is a number a result (done), a plan, a norm of policy (standard), or background (context)?"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from luoshi.reports.textcheck.lexicon import lines
from luoshi.reports.textcheck.phrasing import says_a_verb
from luoshi.reports.textcheck.quantity import Quantity
from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.statement import Role

_PER_ANY = re.compile(
    r"每(?!.{0,4}(?:工资|收入|增收|产|挣|赚|领))[^，。；每、\d]{1,5}(?:每[^，。；每、\d]{1,2})?(?:最高|不低于|不超过|补助|补贴|奖励|发放|约|分别)*(?:为)?$"
)
_NORM_WORDS_OF_CHANGE = re.compile(r"标准|覆盖面|名额|补贴|补助|保障线")
_FROM_TO = re.compile(r"(?:由|从)[^，。；]{0,14}$")
_NORM_WORDS = re.compile(r"标准|覆盖面|名额|补贴|补助|额度|比例|限额|保障线")
_TO = re.compile(
    r"^[^，。；、]{0,6}(?:提高|增加|调整|上调|下调|降|降低|升|扩大|增)?(?:到|至|为)$|^(?:[、和至到或]|以及)$"
)
_REACHES = re.compile(r"(?:提高|提升|增加|上升|下降|降低|减少|压减|压缩|缩短|降|升|增)(?:到|至|为)$")
_WITHIN = re.compile(
    r"(?:内|之内|以内)(?:到|办|答|回|反馈|处|完成|响应|审|受理|报|给|兑|拨|送|解决|联系|答复|上门|赶到|签)"
)
# 完成年度目标任务的97%: a goal that was reached is a result.
_GOAL = re.compile("目标|计划|预期|规划")
_TARGET = re.compile(r"的?(?:年度|全年)?(?:目标任务|目标|任务|计划)(?!书|清单)")
_TOWARDS = re.compile(r"(?:(?<!未)完成|达到|实现|占)(?:[^，。；]{0,5}[^，。；的])?$")
_REACHED = re.compile(r"完成|达到|实现|超额|为$|占")
_ACCORDING = re.compile(r".{0,6}?(?:根据|按照|按|依据|依照|落实|围绕|对照|遵照)")
_DEFAULT = Reason("role.default")
_AGE = ("岁", "周岁")


@cache
def _pattern(label: str) -> re.Pattern[str]:
    return re.compile(
        "|".join(line.partition(":")[2].strip() for line in lines("roles") if line.startswith(label + ":"))
    )


class Before(NamedTuple):
    """前数 — the number before this one in its sentence: what role it had, and where it ended."""

    role: Role
    sentence: int
    end: int


def plans_ahead(heading: str) -> bool:
    """Does a paragraph begin as one about what is still to be done (下一步工作打算)?"""
    m = _pattern("plan_section").search(heading)
    return bool(m and m.start() < 10)


Judgement = tuple[Role, Reason]

# 比去年90.78万件减少12.64万件
_COMPARED_WITH = re.compile(r"(?:比|较)(?:去年|上年|上届|同期|前年|\d{4}年)(?:同期)?的?$")
_PART_OF = re.compile(r"其中|含|包括|其他|其余")
_PROBLEM_CLAUSE = re.compile(r"(?:的|等)问题$")
_HANDED_OVER = re.compile(
    r"(?:反映|反馈|移交|交办|指出|通报|转交|转办|点名)(?:我[省市县区州]|我[局厅委院校])?的?"
    r"(?:第[一二三四五六七八九十]+批|\d+批)?$"
)
_DONE_WITH_IT = re.compile(
    r"进行|已|均|全部|办结|查处|解决|处理|化解|完成|落实|销号|办理|发现|推动|回应|核查|调查|排查|梳理"
)
# 5万元以上的村占62%: what the class is, before how many are in it.
_BOUND_OF_A_CLASS = re.compile(r"(?:及?以上|及?以下|以内|以外)的?[^，。；、\d]{1,12}(?:\d|占|有|达)")
_MEASURES = re.compile(r"[率比度](?:在|为|达到?)?$")
_GOES_ON = re.compile(r"[到向对把被]|已|均|全部")
_STEPS_OF_A_NORM = ("档", "级", "类", "种")


@dataclass(slots=True)
class _Case:
    """案 — a quantity with the words around it, as the rules look at it."""

    q: Quantity
    clause: str
    offset: int
    earlier: str  # the words of the sentence before the clause
    person: bool  # the clause is told of a person
    planned: bool  # the section is about what is still to be done
    new_subject: bool
    before: Before | None  # the number before it in the sentence

    @property
    def ahead(self) -> str:
        return self.clause[: self.q.start - self.offset]

    @property
    def behind(self) -> str:
        return self.clause[self.q.end - self.offset :]

    @property
    def result(self) -> re.Match[str] | None:
        """The words that tell of a result."""
        return _pattern("result").search(self.ahead)

    @property
    def between(self) -> str | None:
        """The words since the number before it; None where that stands in another clause."""
        if self.before is None or self.before.end < self.offset:
            return None
        return self.clause[self.before.end - self.offset : self.q.start - self.offset]

    def because(self, rule: str, match: re.Match[str]) -> Reason:
        """A reason from the words before the number."""
        return Reason(f"role.{rule}", match.group(), self.offset + match.start())

    def after(self, rule: str, match: re.Match[str]) -> Reason:
        """A reason from the words behind the number."""
        return Reason(f"role.{rule}", match.group(), self.q.end + match.start())


def role_of(
    q: Quantity,
    clause: str,
    offset: int,
    earlier: str,
    *,
    person: bool,
    planned: bool,
    new_subject: bool,
    before: Before | None,
) -> Judgement:
    """The role of a quantity: the first rule that has something to say decides; without one it is a result."""
    case = _Case(q, clause, offset, earlier, person, planned, new_subject, before)
    for rule in _RULES:
        if judgement := rule(case):
            return judgement
    result = case.result
    return "done", case.because("result", result) if result else _DEFAULT


def _age(c: _Case) -> Judgement | None:
    """60岁以上: whom a norm is for; otherwise how old somebody is."""
    if c.q.unit not in _AGE:
        return None
    if not c.person:
        if m := re.match(r"以上|以下|及以上", c.behind):
            return "standard", c.after("standard", m)
        if m := re.search(r"年?满$|低于$|不超过$", c.ahead):
            return "standard", c.because("standard", m)
    return "context", Reason("role.story", c.q.unit, c.q.start)


def _story(c: _Case) -> Judgement | None:
    return ("context", Reason("role.story", c.clause[:12], c.offset)) if c.person else None


def _norm_of_frequency(c: _Case) -> Judgement | None:
    if c.q.kind == "frequency" and (m := _said_before(c.earlier)):
        return "standard", Reason("role.standard", m.group())
    return None


def _norm_per_head(c: _Case) -> Judgement | None:
    """每人每月720元; not an average."""
    if c.q.kind in ("money", "percent") and (m := _PER_ANY.search(c.ahead)) and not re.search(r"均|平均", c.ahead):
        return "standard", c.because("standard", m)
    return None


def _norm_changed(c: _Case) -> Judgement | None:
    """标准由3000元提高到3300元"""
    if not _FROM_TO.search(c.ahead):
        return None
    if m := _NORM_WORDS_OF_CHANGE.search(c.ahead):
        return "standard", c.because("standard", m)
    if m := _NORM_WORDS_OF_CHANGE.search(c.earlier[-24:]):
        return "standard", Reason("role.standard", m.group())
    return None


def _norm_words(c: _Case) -> Judgement | None:
    """标准为, 最高, 不得超过 before the number; 的标准, 以内的 behind it; a bound of something that norms bound."""
    if (m := _pattern("standard").search(c.ahead)) and (not c.result or "标准" in m.group()):
        return "standard", c.because("standard", m)
    bounded = c.q.side in ("at most", "at least") and c.q.kind in ("money", "percent") and not c.result
    if bounded and (m := _NORM_WORDS.search(c.ahead)):
        return "standard", c.because("standard", m)
    if m := _pattern("standard_after").match(c.behind):
        return "standard", c.after("standard", m)
    return None


def _time_limit(c: _Case) -> Judgement | None:
    """3个工作日内办结, 时限为2小时"""
    if c.q.kind != "duration" or c.result or _plan(c.ahead):
        return None
    if _WITHIN.match(c.behind) or _pattern("norm_limit").search(c.ahead):
        return "standard", Reason("role.limit", c.ahead[-6:] + c.q.unit + c.behind[:4], c.q.start)
    return None


def _norm_announced(c: _Case) -> Judgement | None:
    """区里规定，…; 覆盖面提高10%"""
    if c.q.kind != "frequency" and (m := _said_before(c.earlier)):
        return "standard", Reason("role.standard", m.group())
    raised = _NORM_WORDS.search(c.ahead) and re.search(r"提高$|扩大$", c.ahead)
    if raised and "每" not in c.ahead and not c.result and c.q.kind != "frequency":
        return "standard", Reason("role.standard", c.ahead[-6:], c.q.start)
    return None


def _former(c: _Case) -> Judgement | None:
    """由5.2天缩短至1.8天, 比去年90.78万件: what was before."""
    changing = _FROM_TO.search(c.ahead) and not _NORM_WORDS_OF_CHANGE.search(c.ahead)
    if changing and (m := _pattern("former").match(c.behind)):
        return "context", c.after("former", m)
    if m := _COMPARED_WITH.search(c.ahead):
        return "context", c.because("former", m)
    return None


def _problem(c: _Case) -> Judgement | None:
    """6个部门预算偏大的问题, 督察组移交的58项任务: what was found, not what was done."""
    if (m := _PROBLEM_CLAUSE.search(c.behind)) and len(c.behind) > 4 and not _DONE_WITH_IT.search(c.ahead):
        return "context", c.after("problem", m)
    if (m := _HANDED_OVER.search(c.ahead)) and not _DONE_WITH_IT.search(c.behind):
        return "context", c.because("problem", m)
    return None


def _bound(c: _Case) -> Judgement | None:
    m = _BOUND_OF_A_CLASS.match(c.behind)
    if m and not c.result and (c.q.kind == "money" or _MEASURES.search(c.ahead)):
        return "context", c.after("bound", m)
    return None


def _norm_continued(c: _Case) -> Judgement | None:
    """500元、625元, 分三档: the same norm goes on."""
    if c.before is None or c.before.role != "standard":
        return None
    if c.between is not None and _TO.match(c.between):
        return "standard", Reason("role.carried", c.between, c.before.end)
    return ("standard", Reason("role.carried", c.ahead[-6:])) if c.q.unit in _STEPS_OF_A_NORM else None


def _section(c: _Case) -> Judgement | None:
    return ("plan", Reason("role.plan section")) if c.planned else None


def _lasting(c: _Case) -> Judgement | None:
    """为期3年的计划 is still to be done, 为期7天的读书班 was held."""
    if c.q.kind != "duration" or not c.ahead.endswith("为期"):
        return None
    if m := re.search("计划|规划|方案|行动$", c.behind):
        return "plan", Reason("role.plan", "为期" + m.group(), c.q.start - 2)
    return "done", _DEFAULT


def _target(c: _Case) -> Judgement | None:
    """完成全年900万人目标的73%: what was aimed at."""
    if (m := _TARGET.match(c.behind)) and (_TOWARDS.search(c.ahead) or c.behind[m.end() :].startswith("的")):
        return "plan", c.after("plan", m)
    if c.ahead.endswith(("目标", "任务")) and c.behind.startswith("的"):
        return "plan", Reason("role.plan", c.ahead[-2:], c.q.start - 2)
    return None


def _planned(c: _Case) -> Judgement | None:
    """计划, 力争 in the clause, or in the sentence before it."""
    if (m := _plan(c.ahead)) and not (_GOAL.search(m.group()) and _REACHED.search(c.clause)):
        return "plan", c.because("plan", m)
    if c.result or c.new_subject:
        return None
    if c.before:
        return ("plan", Reason("role.carried", c.earlier[-12:])) if c.before.role == "plan" else None
    return ("plan", Reason("role.plan", m.group())) if (m := _plan(c.earlier)) else None


def _reached(c: _Case) -> Judgement | None:
    """减少到317万人"""
    if c.before and c.between is not None and _REACHES.search(c.between):
        return "done", Reason("role.result", c.between, c.before.end)
    return None


def _by_then(c: _Case) -> Judgement | None:
    """到2025年，建成…"""
    if not c.result and (m := _pattern("plan_until").search(c.earlier)):
        return "plan", Reason("role.plan", m.group())
    return None


def _part(c: _Case) -> Judgement | None:
    """其中 …: as the whole."""
    if c.before and c.before.role != "done" and not c.result and _PART_OF.match(c.ahead):
        return c.before.role, Reason("role.carried", c.ahead[:6], c.offset)
    return None


def _described(c: _Case) -> Judgement | None:
    """位于, 现有, 受灾: what is only told to place the rest."""
    if not c.result and not c.before and (m := _pattern("described").search(c.earlier)):
        return "context", Reason("role.context", m.group())
    m = _pattern("context").search(c.ahead)
    if m and not (
        m.group().endswith("有") and (_GOES_ON.search(c.behind) or says_a_verb(c.behind))
    ):  # 该市有3300名党员到社区报到 is a result
        return "context", c.because("context", m)
    if c.q.kind != "money" and (m := _pattern("context_after").match(c.behind)):
        return "context", c.after("context", m)
    return None


def _description_continued(c: _Case) -> Judgement | None:
    if c.before is None or c.before.role != "context" or c.result or c.new_subject or c.between is None:
        return None
    return "context", Reason("role.carried", c.ahead[-12:])


# Norms before plans, plans before background; within each, what stands at the number before what stands further off.
_RULES: tuple[Callable[[_Case], Judgement | None], ...] = (
    _age,
    _story,
    _norm_of_frequency,
    _norm_per_head,
    _norm_changed,
    _norm_words,
    _time_limit,
    _norm_announced,
    _former,
    _problem,
    _bound,
    _norm_continued,
    _section,
    _lasting,
    _target,
    _planned,
    _reached,
    _by_then,
    _part,
    _described,
    _description_continued,
)


def _plan(text: str) -> re.Match[str] | None:
    return _pattern("plan").search(text)


def _said_before(earlier: str) -> re.Match[str] | None:
    """区里规定，…: a norm follows; not 根据 … 规定，…."""
    last = earlier.rpartition("，")[2]
    return None if _ACCORDING.match(last) else _pattern("standard_earlier").search(last)
