"""One record of each kind, for addresses that name one: at 机关第一党支部, or at 东林市民政局 above it."""

from datetime import date
from typing import Any

from luoshi.activities.files import Accepted
from luoshi.activities.operations import Held, attach_file, record_activity
from luoshi.campaigns.models import Audience, Occasion
from luoshi.campaigns.operations import issue_notice, report_zero
from luoshi.figures.operations import declare_figure
from luoshi.gate.actor import Actor
from luoshi.gate.operation import Act, operation
from luoshi.journal.models import Entry
from luoshi.orgs.models import Grant, Membership, Post, Unit
from luoshi.orgs.operations import create_token
from luoshi.reports.models import Report
from luoshi.testing.cast import TODAY, Cast, moment


@operation("report.generate", creates=True)
def make_report(act: Act, unit: Unit, *, campaign: Any) -> Report:
    """A report without the work of making one."""
    report = Report(
        unit=unit, campaign=campaign, number="2023-1", template="summary", title="工作总结", state=Report.State.DRAFT,
        as_of_at=act.at, as_of_on=act.today, position=0, made_at=act.at, made_by=act.actor.pseudonym,
    )  # fmt: skip
    return act.add(report)


def examples(cast: type[Cast]) -> dict[str, str]:
    """What stands in braces in the table of addresses."""
    at = moment(TODAY, 8)
    secretary: Actor = cast.secretary
    held = Held(kind=cast.kind("meeting"), held_on=date(2023, 11, 20), title="支部党员大会")
    activity = record_activity(secretary, cast.first, campaign=cast.campaign, held=held, at=at)
    file = attach_file(secretary, activity, file=Accepted("记录.pdf", "application/pdf", b"%PDF-1.4 %%EOF"), at=at)
    declared = declare_figure(
        cast.city_office, cast.city, indicator=cast.indicator("projects"), value=3, as_of_on=TODAY, system="项目库",
        document="甘发改〔2023〕12号", document_on=TODAY, at=at,
    )  # fmt: skip
    weekly = cast.requirement("weekly")
    occasion = Occasion.objects.filter(requirement=weekly, due_on__lte=TODAY).latest("due_on")
    zero = report_zero(secretary, cast.first, requirement=weekly, no=occasion.no, at=at)
    audience = Audience.objects.get(campaign=cast.campaign, code="branches")
    notice = issue_notice(
        cast.office, cast.province, campaign=cast.campaign, audience=audience, title="通知", text="请认真落实。", at=at
    )
    token = create_token(
        cast.liaison, cast.bureau, name="平台", actions=["activity.see"], expires_on=date(2024, 1, 1), at=at
    )
    return {
        "unit": cast.bureau.code,
        "branch": cast.first.code,
        "unit_key": str(cast.bureau.pk),
        "person": str(cast.persons[0].pk),
        "membership": str(Membership.objects.get(person=cast.persons[0]).pk),
        "post": str(Post.objects.get().pk),
        "account": str(cast.users["zheng"].pk),
        "grant": str(Grant.objects.get(user=cast.users["li"]).pk),
        "mandate": str(Grant.objects.get(user=cast.users["feng"]).pk),
        "token": str(token.token.pk),
        "activity": str(activity.pk),
        "file": str(file.pk),
        "declaration": str(declared.pk),
        "zero": str(zero.pk),
        "notice": str(notice.pk),
        "report": str(make_report(cast.liaison, cast.bureau, campaign=cast.campaign, at=at).pk),
        "entry": str(Entry.objects.latest("position").position),
    }
