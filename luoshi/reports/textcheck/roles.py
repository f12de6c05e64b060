"""角色 — is a number a result (done), a plan, a norm of policy (standard), or background (context)?"""

import re
from functools import cache
from typing import NamedTuple

from luoshi.reports.textcheck.lexicon import lines
from luoshi.reports.textcheck.quantities import Quantity
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
_TARGET_OF_SHARE = re.compile(r"(?:的)?(?:目标|任务|计划)的")
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
) -> tuple[Role, Reason]:
    """The role of a quantity. `earlier`: the words of its sentence before the clause; `before`: the number "
    "before it in the sentence."""
    start, end = q.start - offset, q.end - offset
    ahead, behind = clause[:start], clause[end:]
    result = _pattern("result").search(ahead)
    if q.unit in _AGE:
        norm = re.match(r"以上|以下|及以上", behind) or re.search(r"年?满$|低于$|不超过$", ahead)
        return (
            ("standard", _because("standard", norm, offset))
            if norm and not person
            else ("context", Reason("role.story", q.unit, q.start))
        )
    if person:
        return "context", Reason("role.story", clause[:12], offset)
    if found := _standard(q, ahead, behind, earlier, offset, result) or _background(q, ahead, behind, offset, result):
        return found
    if before and before.role == "standard" and before.end >= offset and _TO.match(clause[before.end - offset : start]):
        return "standard", Reason("role.carried", clause[before.end - offset : start], before.end)
    if before and before.role == "standard" and q.unit in ("档", "级", "类", "种"):
        return "standard", Reason("role.carried", ahead[-6:])
    if planned:
        return "plan", Reason("role.plan section")
    if q.kind == "duration" and ahead.endswith("为期"):
        if m := re.search("计划|规划|方案|行动$", behind):
            return "plan", Reason("role.plan", "为期" + m.group(), q.start - 2)
        return "done", _DEFAULT
    if (m := _TARGET_OF_SHARE.match(behind)) or (ahead.endswith(("目标", "任务")) and re.match("的", behind)):
        return "plan", Reason("role.plan", m.group() if m else ahead[-2:])
    if (m := _plan(ahead)) and not (_GOAL.search(m.group()) and _REACHED.search(clause)):
        return "plan", _because("plan", m, offset)
    if before and before.role == "plan" and not result and not new_subject:
        return "plan", Reason("role.carried", earlier[-12:])
    if not before and not result and (m := _plan(earlier)) and not new_subject:
        return "plan", Reason("role.plan", m.group())
    if before and before.end >= offset and _REACHES.search(clause[before.end - offset : start]):
        return "done", Reason("role.result", clause[before.end - offset : start], before.end)
    if not result and (m := _pattern("plan_until").search(earlier)):
        return "plan", Reason("role.plan", m.group())
    if before and before.role != "done" and not result and _PART_OF.match(ahead):
        return before.role, Reason("role.carried", ahead[:6], offset)
    if not result and not before and (m := _pattern("described").search(earlier)):
        return "context", Reason("role.context", m.group())
    if m := _pattern("context").search(ahead) or (
        _pattern("context_after").match(behind) if q.kind != "money" else None
    ):
        return "context", _because("context", m, offset)
    if (
        before
        and before.role == "context"
        and not result
        and not new_subject
        and (before.end >= offset or _pattern("context").search(ahead))
    ):
        return "context", Reason("role.carried", ahead[-12:])
    return "done", Reason("role.result", result.group(), offset + result.start()) if result else _DEFAULT


# 比去年90.78万件减少12.64万件
_COMPARED_WITH = re.compile(r"(?:比|较)(?:去年|上年|上届|同期|前年|\d{4}年)(?:同期)?的?$")
_PART_OF = re.compile(r"其中|含|包括|其他|其余")
_PROBLEM_CLAUSE = re.compile(r"(?:的|等)问题$")
_HANDED_OVER = re.compile(
    r"(?:反映|反馈|移交|交办|指出|通报|转交|转办|点名)(?:我[省市县区州]|我[局厅委院校])?的?(?:第[一二三四五六七八九十]+批|\d+批)?$"
)
_DONE_WITH_IT = re.compile(
    r"进行|已|均|全部|办结|查处|解决|处理|化解|完成|落实|销号|办理|发现|推动|回应|核查|调查|排查|梳理"
)
# 5万元以上的村占62%: what the class is, before how many are in it.
_BOUND_OF_A_CLASS = re.compile(r"(?:及?以上|及?以下|以内|以外)的?[^，。；、\d]{1,12}(?:\d|占|有|达)")
_MEASURES = re.compile(r"[率比度](?:在|为|达到?)?$")


def _background(
    q: Quantity, ahead: str, behind: str, offset: int, result: re.Match[str] | None
) -> tuple[Role, Reason] | None:
    """What was before, what an audit found, and what only bounds a class."""
    if _FROM_TO.search(ahead) and not _NORM_WORDS_OF_CHANGE.search(ahead) and (m := _pattern("former").match(behind)):
        return "context", Reason("role.former", m.group(), q.end)
    if m := _COMPARED_WITH.search(ahead):
        return "context", _because("former", m, offset)
    if _PROBLEM_CLAUSE.search(behind) and len(behind) > 4 and not _DONE_WITH_IT.search(ahead):
        return "context", Reason("role.problem", behind[-8:], q.end + len(behind) - len(behind[-8:]))
    if (m := _HANDED_OVER.search(ahead)) and not _DONE_WITH_IT.search(behind):
        return "context", _because("problem", m, offset)
    if (m := _BOUND_OF_A_CLASS.match(behind)) and not result and (q.kind == "money" or _MEASURES.search(ahead)):
        return "context", Reason("role.bound", m.group(), q.end)
    return None


def _plan(text: str) -> re.Match[str] | None:
    return _pattern("plan").search(text)


def _standard(
    q: Quantity, ahead: str, behind: str, earlier: str, offset: int, result: re.Match[str] | None
) -> tuple[Role, Reason] | None:
    if q.kind == "frequency":
        m = _said_before(earlier)
        return ("standard", Reason("role.standard", m.group())) if m else None
    if q.kind in ("money", "percent") and (m := _PER_ANY.search(ahead)) and not re.search(r"均|平均", ahead):
        return "standard", _because("standard", m, offset)
    if _FROM_TO.search(ahead) and (
        m := _NORM_WORDS_OF_CHANGE.search(ahead) or _NORM_WORDS_OF_CHANGE.search(earlier[-24:])
    ):
        return "standard", _because("standard", m, offset)
    if (m := _pattern("standard").search(ahead)) and (not result or "标准" in m.group()):
        return "standard", _because("standard", m, offset)
    if (
        q.side in ("at most", "at least")
        and q.kind in ("money", "percent")
        and not result
        and (m := _NORM_WORDS.search(ahead))
    ):
        return "standard", _because("standard", m, offset)
    if m := _pattern("standard_after").match(behind):
        return "standard", Reason("role.standard", m.group(), q.end)
    if (
        q.kind == "duration"
        and not result
        and (_WITHIN.match(behind) or _pattern("norm_limit").search(ahead))
        and not _plan(ahead)
    ):
        return "standard", Reason("role.limit", ahead[-6:] + q.unit + behind[:4], q.start)
    if m := _said_before(earlier):
        return "standard", Reason("role.standard", m.group())
    if _NORM_WORDS.search(ahead) and "每" not in ahead and re.search(r"提高$|扩大$", ahead) and not result:
        return "standard", Reason("role.standard", ahead[-6:], q.start)
    return None


def _said_before(earlier: str) -> re.Match[str] | None:
    """区里规定，…: a norm follows; not 根据 … 规定，…."""
    last = earlier.rpartition("，")[2]
    return None if _ACCORDING.match(last) else _pattern("standard_earlier").search(last)


def _because(rule: str, match: re.Match[str] | None, offset: int) -> Reason:
    return Reason(f"role.{rule}", match.group(), offset + match.start()) if match else Reason(f"role.{rule}")
