"""角色 — is a number a result, a plan, a norm of policy, or background?"""

import re
from functools import cache

from luoshi.reports.textcheck.lexicon import lines
from luoshi.reports.textcheck.quantities import Quantity
from luoshi.reports.textcheck.statement import Reason, Role


@cache
def _pattern(label: str) -> re.Pattern[str]:
    return re.compile("|".join(line.partition(":")[2].strip() for line in lines("roles") if line.startswith(label + ":")))


_FROM_TO = re.compile(r"由.{0,14}$|从.{0,14}$")
_STANDARD_CONTEXT = re.compile(r"标准|覆盖面|名额|补贴|补助|额度|比例|限额")
_RESULT = re.compile(r"累计|已|共(?!同)|完成|发放|查处|办结|惠及|实现")


def role_of(q: Quantity, clause: str, sentence: str, offset: int, *, person: bool, planned: bool) -> tuple[Role, Reason]:
    """The role of a quantity in its clause and sentence. `planned`: the section is headed as a plan."""
    start = q.start - offset
    before = clause[:start]
    if person:
        return "context", Reason("role.story", clause[:12], offset)
    if m := _pattern("story").search(clause):
        if q.unit in ("岁", "周岁") or m.start() < start:
            return ("standard", Reason("role.standard", m.group(), offset)) if re.search(r"年满|以上|满", clause) and q.unit in ("岁", "周岁") and not re.search("老|他|她", clause) else ("context", Reason("role.story", m.group(), offset + m.start()))
    if q.kind == "frequency":
        pass
    elif m := _pattern("standard").search(before + clause[start:]):
        if m.start() <= start + 14 and not (_RESULT.search(before) and not re.search(r"标准", clause)):
            return "standard", Reason("role.standard", m.group(), offset + m.start())
    if re.search(_FROM_TO, before) and _STANDARD_CONTEXT.search(sentence):
        return "standard", Reason("role.standard", before[-8:], offset)
    if planned:
        return "plan", Reason("role.plan section")
    if m := _pattern("plan").search(clause):
        if m.start() <= start:
            return "plan", Reason("role.plan", m.group(), offset + m.start())
    if m := _pattern("context").search(clause):
        if m.start() <= start:
            return "context", Reason("role.context", m.group(), offset + m.start())
    return "done", Reason("role.default")
