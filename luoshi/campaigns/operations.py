"""What can be written about campaigns, requirements and duties."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from luoshi.campaigns.audiences import units_of
from luoshi.campaigns.derive import (
    Rebuilt,
    add_fulfilment,
    derive_occasions,
    derive_owes,
    rebuild_all,
    recurrence_of,
    take_back,
)
from luoshi.campaigns.duties import standing_waivers
from luoshi.campaigns.models import (
    Audience,
    Campaign,
    ClosedPeriod,
    Fulfilment,
    Kind,
    Notice,
    Occasion,
    Owes,
    Reminder,
    Requirement,
    Signature,
    Waiver,
    ZeroReport,
)
from luoshi.campaigns.queries import may_be_withdrawn_by
from luoshi.campaigns.tallies import tally
from luoshi.gate.actor import Actor
from luoshi.gate.errors import Refused
from luoshi.gate.operation import Act, operation
from luoshi.gate.rules import Role
from luoshi.lib.recurrence import BadRecurrence
from luoshi.lib.text import clean_lines, marking
from luoshi.orgs.models import Grant, Unit, during


def publish(act: Act, requirement: Requirement) -> Requirement:
    """Save a requirement and derive what follows from it; used by operations that make requirements (packs, notices)."""
    act.save(requirement)
    derive_occasions(requirement)
    derive_owes(requirement, on=act.today)
    act.recount("owes")
    act.recount("due")
    return requirement


@operation("requirement.publish", creates=True)
def publish_requirement(act: Act, campaign: Campaign, *, code: str, title: str, **values: Any) -> Requirement:
    """发布规定动作 — from today on an audience owes something more; it stands in everybody's workbench at once."""
    if Requirement.objects.filter(campaign=campaign, code=code).exists():
        raise Refused(_("There is already a requirement with the code %(code)s.") % {"code": code})
    requirement = Requirement(campaign=campaign, code=code, title=title, **({"published_on": act.today} | dict(values)))
    _check_requirement(requirement)
    return publish(act, requirement)


def _check_requirement(requirement: Requirement) -> None:
    campaign, batch, notice = requirement.campaign, requirement.batch, requirement.notice
    if notice is not None and (notice.campaign_id, notice.unit_id) != (campaign.pk, campaign.unit_id):
        raise Refused(_("A requirement follows from a notice of the unit that leads the campaign."))
    if {batch.campaign_id, requirement.workstream.campaign_id, requirement.audience.campaign_id} != {campaign.pk}:
        raise Refused(_("Batch, workstream and audience must be of this campaign."))
    known = set(Kind.objects.filter(campaign=campaign, code__in=requirement.kinds).values_list("code", flat=True))
    if unknown := sorted(set(requirement.kinds) - known):
        raise Refused(_("The campaign has no such kind of activity: %(codes)s.") % {"codes": ", ".join(unknown)})
    if not requirement.kinds and not requirement.zero_report:
        raise Refused(_("Say what fulfils it: a kind of activity, or a zero report."))
    if bool(requirement.rule) == (requirement.by is not None):
        raise Refused(_("Say either how often it is due, or by which day."))
    if requirement.by is not None and requirement.by < requirement.published_on:
        raise Refused(_("The day by which it is due is over."))
    if requirement.rule:
        try:
            recurrence = recurrence_of(requirement)
        except BadRecurrence as error:
            raise Refused(_("This recurrence cannot be kept (%(why)s).") % {"why": error}) from error
        if not recurrence.occasions(batch.starts_on, batch.ends_on):
            raise Refused(_("It would never be due within its batch."))


@operation("requirement.publish")
def end_requirement(act: Act, requirement: Requirement) -> Requirement:
    """停止规定动作 — from today on nobody owes it; what was owed before stays."""
    if requirement.ended_on is not None:
        raise Refused(_("This requirement was ended already."))
    requirement.ended_on = act.today
    act.save(requirement)
    derive_owes(requirement, on=act.today)
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
    if ZeroReport.objects.filter(
        unit=unit, requirement=requirement, occasion_no=no, withdrawn_on__isnull=True
    ).exists():
        raise Refused(_("Nothing to report was already stated for this occasion."))
    if Fulfilment.objects.filter(occasion=occasion, unit=unit, zero=False).exists():
        raise Refused(_("There is a record for this occasion, so there was something to report."))
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


@operation("duty.withdraw_zero")
def withdraw_zero(act: Act, report: ZeroReport) -> ZeroReport:
    """撤回零报告 — stated by mistake; the duty is open again, and the statement stays to be read."""
    if report.withdrawn_on is not None:
        raise Refused(_("This zero report was withdrawn already."))
    report.withdrawn_on = act.today
    take_back(act, report.ref)
    return act.save(report)


@operation("duty.waive", creates=True)
def waive(act: Act, below: Unit, *, requirement: Requirement, no: int, reason: str, until: date | None = None) -> int:
    """免报与延期 — all that owe an occasion in a branch need not do it, or have until a later day. Returns how many.

    Nobody waives what the own unit owes: that is for the unit above.
    """
    if not reason.strip():
        raise Refused(_("Say why."))
    occasion = Occasion.objects.filter(requirement=requirement, no=no).first()
    if occasion is None:
        raise Refused(_("The requirement has no such occasion."))
    if until is not None and until <= occasion.due_on:
        raise Refused(_("An extension ends after the due day %(day)s.") % {"day": occasion.due_on})
    waived = standing_waivers().filter(requirement=requirement, occasion_no=no).values("unit")
    owing = Owes.objects.filter(during(occasion.due_on), requirement=requirement).exclude(unit__in=waived)
    owing = owing.exclude(unit__in=[grant.unit for grant in act.actor.holding(Role.OFFICE)])
    units = list(owing.filter(unit__no__range=(below.no, below.last)).values_list("unit", flat=True))
    if not units:
        raise Refused(_("No unit there owes this occasion any more: it was waived or extended already."))
    fields = [
        "unit_id",
        "requirement_id",
        "occasion_no",
        "until",
        "reason",
        "granted_on",
        "granted_by_id",
        "withdrawn_because",
    ]
    office = _granting(act.actor, below)
    rows = [(unit, requirement.pk, no, until, reason.strip(), act.today, office, "") for unit in units]
    act.add_many(Waiver, fields, rows)
    for unit in units:
        act.touch("due", unit, occasion.due_on)
    return len(units)


def _granting(actor: Actor, below: Unit) -> int | None:
    """The unit whose office waives for a branch: of several that the actor speaks for, the one nearest to the branch."""
    offices = [grant for grant in actor.holding(Role.OFFICE) if grant.first <= below.no <= grant.last]
    return min(offices, key=lambda grant: grant.last - grant.first).unit if offices else None


@operation("duty.withdraw_waiver", creates=True)
def withdraw_waivers(act: Act, below: Unit, *, requirement: Requirement, no: int, reason: str) -> int:
    """收回免报与延期 — whoever was excused from an occasion in a branch owes it again, by its own day. Returns how many.

    What was granted from above is taken back from there, and nobody takes back what the own unit was granted.
    """
    if not reason.strip():
        raise Refused(_("Say why."))
    occasion = Occasion.objects.filter(requirement=requirement, no=no).first()
    if occasion is None:
        raise Refused(_("The requirement has no such occasion."))
    standing = standing_waivers().filter(requirement=requirement, occasion_no=no)
    standing = standing.filter(unit__no__range=(below.no, below.last))
    if not standing.exists():
        raise Refused(_("No unit there is excused from this occasion."))
    rows = list(standing.filter(may_be_withdrawn_by(act.actor)).select_for_update(of=("self",)))
    if not rows:
        raise Refused(_("This was granted from above. The office that granted it, or one above that, takes it back."))
    act.change_many(rows, withdrawn_on=act.today, withdrawn_because=reason.strip())
    for row in rows:
        act.touch("due", row.unit_id, occasion.due_on)
    return len(rows)


@operation("duty.remind", creates=True)
def remind(act: Act, unit: Unit, *, requirement: Requirement, no: int) -> Reminder:
    """催办 — whoever below the unit still owes an occasion sees on the workbench that it was reminded, by whom and when."""
    occasion = Occasion.objects.filter(requirement=requirement, no=no).first()
    if occasion is None:
        raise Refused(_("The requirement has no such occasion."))
    if occasion.opens_on > act.today:
        raise Refused(_("This occasion opens on %(day)s.") % {"day": occasion.opens_on})
    found = tally(requirement, [(unit.no, unit.last)], on=act.today, occasions=[occasion])[0][no]
    missing = found.overdue + found.open
    if not missing:
        raise Refused(_("Nobody owes this occasion any more."))
    if Reminder.objects.filter(unit=unit, requirement=requirement, occasion_no=no, reminded_on=act.today).exists():
        raise Refused(_("These units were reminded today already."))
    return act.add(Reminder(unit=unit, requirement=requirement, occasion_no=no, reminded_on=act.today, units=missing))


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
    act: Act,
    unit: Unit,
    *,
    campaign: Campaign,
    audience: Audience,
    title: str,
    text: str,
    document: str = "",
    sign_by: date | None = None,
) -> Notice:
    """印发通知 — each addressed unit signs for it, where a day to sign by is given."""
    if (mark := marking(f"{title}\n{text}\n{document}")) is not None:
        raise Refused(
            _("The text bears the mark “%(mark)s”. Classified content must not be entered here; take it out.")
            % {"mark": mark}
        )
    if audience.campaign_id != campaign.pk:
        raise Refused(_("Batch, workstream and audience must be of this campaign."))
    if sign_by is not None and sign_by < act.today:
        raise Refused(_("The day to sign by is over."))
    if not units_of(audience, below=unit).exists():
        raise Refused(_("Nobody below your unit is addressed."))
    return act.add(
        Notice(
            unit=unit,
            campaign=campaign,
            audience=audience,
            title=title.strip(),
            document=document.strip(),
            text=clean_lines(text),
            issued_at=act.at,
            sign_by=sign_by,
        )
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


@operation("duty.rebuild", anywhere=True)
def rebuild(act: Act, root: Unit) -> Rebuilt:
    """重建 — derive what units owe and what was met again from the records; the journal says when that changed something."""
    found = rebuild_all(act)
    if found.changed:
        act.say(root.ref, {"rebuilt": {"occasions": found.occasions, "owes": found.owes, "changed": found.changed}})
    return found
