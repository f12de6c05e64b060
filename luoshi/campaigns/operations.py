"""What can be written about campaigns, requirements and duties."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from luoshi.campaigns.audiences import units_of
from luoshi.campaigns.derive import add_fulfilment, derive_occasions, derive_owes
from luoshi.campaigns.models import (
    Audience,
    Campaign,
    ClosedPeriod,
    Notice,
    Occasion,
    Owes,
    Requirement,
    Signature,
    Waiver,
    ZeroReport,
)
from luoshi.gate.errors import Refused
from luoshi.gate.operation import Act, operation
from luoshi.gate.rules import Role
from luoshi.orgs.models import Grant, Unit, during


def publish(act: Act, requirement: Requirement) -> Requirement:
    """Save a requirement and derive what follows from it; used by operations that make requirements (packs, notices)."""
    act.save(requirement)
    derive_occasions(requirement)
    derive_owes(requirement)
    act.recount("owes")
    act.recount("due")
    return requirement


@operation("requirement.publish", creates=True)
def publish_requirement(act: Act, campaign: Campaign, *, code: str, title: str, **values: Any) -> Requirement:
    """发布规定动作 — from today on an audience owes something more; it stands in everybody's workbench at once."""
    if Requirement.objects.filter(campaign=campaign, code=code).exists():
        raise Refused(_("There is already a requirement with the code %(code)s.") % {"code": code})
    return publish(
        act, Requirement(campaign=campaign, code=code, title=title, **({"published_on": act.today} | dict(values)))
    )


@operation("requirement.publish")
def end_requirement(act: Act, requirement: Requirement) -> Requirement:
    """停止规定动作 — from today on nobody owes it; what was owed before stays."""
    requirement.ended_on = act.today
    act.save(requirement)
    derive_owes(requirement)
    act.recount("owes")
    act.recount("due")
    return requirement


def owed_occasion(unit: Unit, requirement: Requirement, no: int) -> Occasion:
    """The occasion, when the unit owes it; Refused otherwise."""
    occasion = Occasion.objects.filter(requirement=requirement, no=no).first()
    if occasion is None:
        raise Refused(_("The requirement has no such occasion."))
    if not Owes.objects.filter(during(occasion.due_on), requirement=requirement, unit=unit).exists():
        raise Refused(_("%(unit)s does not owe this.") % {"unit": unit})
    return occasion


@operation("duty.report_zero", creates=True)
def report_zero(act: Act, unit: Unit, *, requirement: Requirement, no: int, statement: str = "") -> ZeroReport:
    """零报告 — the unit states and signs that there was nothing in this occasion."""
    if not requirement.zero_report:
        raise Refused(_("A zero report is not provided for here."))
    occasion = owed_occasion(unit, requirement, no)
    if occasion.opens_on > act.today:
        raise Refused(_("This occasion opens on %(day)s.") % {"day": occasion.opens_on})
    own = [grant for grant in act.actor.grants if grant.unit == unit.pk and grant.role != Role.DELEGATE]
    mandate = None
    if not own:
        mandate = Grant.objects.filter(during(act.today), user=act.actor.user, unit=unit, role=Role.DELEGATE).first()
    report = act.add(
        ZeroReport(
            unit=unit,
            requirement=requirement,
            occasion_no=no,
            due_on=occasion.due_on,
            stated_on=act.today,
            statement=statement,
            signed_by=act.actor.name,
            mandate=mandate,
        )
    )
    add_fulfilment(act, occasion, unit=unit.pk, on=act.today, ref=report.ref, zero=True)
    return report


@operation("duty.waive", creates=True)
def waive(act: Act, below: Unit, *, requirement: Requirement, no: int, reason: str, until: date | None = None) -> int:
    """免报与延期 — the unit and all below it that owe an occasion need not do it, or have until a later day. Returns how many."""
    if not reason.strip():
        raise Refused(_("Say why."))
    occasion = Occasion.objects.filter(requirement=requirement, no=no).first()
    if occasion is None:
        raise Refused(_("The requirement has no such occasion."))
    if until is not None and until <= occasion.due_on:
        raise Refused(_("An extension ends after the due day %(day)s.") % {"day": occasion.due_on})
    waived = Waiver.objects.filter(requirement=requirement, occasion_no=no).values("unit")
    owing = Owes.objects.filter(during(occasion.due_on), requirement=requirement).exclude(unit__in=waived)
    units = owing.filter(unit__no__range=(below.no, below.last)).values_list("unit", flat=True)
    fields = ["unit_id", "requirement_id", "occasion_no", "until", "reason", "granted_on"]
    rows = [(unit, requirement.pk, no, until, reason, act.today) for unit in units]
    act.add_many(Waiver, fields, rows)
    for unit, *_rest in rows:
        act.touch("due", unit, occasion.due_on)
    return len(rows)


@operation("period.close", creates=True)
def close_period(act: Act, campaign: Campaign, *, until: date, note: str = "") -> ClosedPeriod:
    """关账 — up to a day nothing is posted any more; what comes later counts on the first open day and shows its own date."""
    if until >= act.today:
        raise Refused(_("Only days that are over can be closed."))
    later = ClosedPeriod.objects.filter(campaign=campaign, until__gte=until).first()
    if later is not None:
        raise Refused(_("The period up to %(day)s is closed already.") % {"day": later.until})
    return act.add(ClosedPeriod(unit=campaign.unit, campaign=campaign, until=until, closed_on=act.today, note=note))


@operation("notice.issue", creates=True)
def issue_notice(
    act: Act, unit: Unit, *, campaign: Campaign, audience: Audience, title: str, text: str, **more: Any
) -> Notice:
    """印发通知 — each addressed unit signs for it."""
    if not units_of(audience, below=unit).exists():
        raise Refused(_("Nobody below your unit is addressed."))
    return act.add(
        Notice(unit=unit, campaign=campaign, audience=audience, title=title, text=text, issued_at=act.at, **more)
    )


@operation("notice.sign", creates=True)
def sign_notice(act: Act, unit: Unit, *, notice: Notice) -> Signature:
    """签收 — the unit has received the notice."""
    if not units_of(notice.audience, below=notice.unit).filter(pk=unit.pk).exists():
        raise Refused(_("The notice is not addressed to this unit."))
    earlier = Signature.objects.filter(notice=notice, unit=unit).first()
    if earlier is not None:
        raise Refused(_("The unit has signed for it already."))
    return act.add(Signature(notice=notice, unit=unit, signed_by=act.actor.name, signed_at=act.at))
