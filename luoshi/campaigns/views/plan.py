"""方案 — the campaign as it was set up: batches, workstreams, requirements, curriculum, notices, closed periods."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from luoshi.campaigns.audiences import sizes
from luoshi.campaigns.forms import CloseForm, PublishForm
from luoshi.campaigns.models import (
    Audience,
    Batch,
    Campaign,
    ClosedPeriod,
    Kind,
    Notice,
    Owes,
    Requirement,
    Topic,
    Workstream,
)
from luoshi.campaigns.operations import close_period, end_requirement, publish_requirement
from luoshi.campaigns.queries import check_reader, coverage, notices
from luoshi.campaigns.scope import ScopedRequest
from luoshi.campaigns.tallies import Tally
from luoshi.campaigns.wording import audience_words, fulfilment_words, recurrence_words
from luoshi.gate.errors import Refused
from luoshi.gate.policy import may
from luoshi.orgs.models import Sector
from luoshi.page.forms import Form

NEWEST = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement in words. sums: what the branch of the scope owed so far; None where the reader may not see it.

    ours: some unit of the branch owes it, or owed it once.
    """

    requirement: Requirement
    often: str
    ways: str
    sums: Tally | None
    ours: bool


@dataclass(frozen=True, slots=True)
class Addressed:
    audience: Audience
    words: str
    units: int


def campaign_or_404(request: ScopedRequest) -> Campaign:
    check_reader(request.actor)
    if request.scope.campaign is None:
        raise Http404
    return request.scope.campaign


def plan(request: ScopedRequest) -> HttpResponse:
    check_reader(request.actor)
    campaign, unit = request.scope.campaign, request.scope.unit
    if campaign is None:
        return render(request, "campaigns/none.html", {})
    below = Owes.objects.filter(requirement=OuterRef("pk"), unit__no__range=(unit.no, unit.last))
    requirements = list(
        Requirement.objects.filter(campaign=campaign)
        .annotate(ours=Exists(below))
        .select_related("batch", "workstream", "audience", "campaign")
        .order_by("workstream__order", "order", "pk")
    )
    lines = _lines(request, campaign, requirements)
    context = {
        "campaign": campaign,
        "unit": unit,
        "batches": Batch.objects.filter(campaign=campaign).order_by("starts_on", "pk"),
        "streams": _streams(campaign, lines),
        "others": [line for line in lines if not line.ours],
        "audiences": _audiences(request, campaign),
        "topics": Topic.objects.filter(campaign=campaign, ended_on__isnull=True).order_by("order", "pk"),
        "notices": notices(request.actor).filter(campaign=campaign)[:NEWEST],
        "periods": ClosedPeriod.objects.filter(campaign=campaign).order_by("-until")[:NEWEST],
        "may_publish": may(request.actor, "requirement.publish", campaign.place()),
        "may_close": may(request.actor, "period.close", campaign.place()),
        "may_issue": may(request.actor, "notice.issue", unit.place()),
    }
    return render(request, "campaigns/plan.html", context)


def _lines(request: ScopedRequest, campaign: Campaign, requirements: Sequence[Requirement]) -> list[Line]:
    kinds = {kind.code: str(kind) for kind in Kind.objects.filter(campaign=campaign)}
    unit = request.scope.unit
    seen = may(request.actor, "duty.see", unit.place())
    sums = coverage(unit, requirements, on=request.today) if seen else {}
    return [
        Line(
            each,
            recurrence_words(each),
            fulfilment_words(each, kinds),
            sums.get(each.pk, Tally()) if seen else None,
            each.ours,  # type: ignore[attr-defined] # annotated
        )
        for each in requirements
    ]


def _streams(campaign: Campaign, lines: Sequence[Line]) -> list[tuple[Workstream, list[Line], list[Line]]]:
    """Each workstream with its required and its optional actions, which are never mixed (规定动作、自选动作)."""
    found = []
    for stream in Workstream.objects.filter(campaign=campaign).order_by("order", "pk"):
        own = [line for line in lines if line.ours and line.requirement.workstream_id == stream.pk]
        required = [line for line in own if line.requirement.required]
        found.append((stream, required, [line for line in own if not line.requirement.required]))
    return [each for each in found if each[1] or each[2]]


def _audiences(request: ScopedRequest, campaign: Campaign) -> list[Addressed]:
    sectors = dict(Sector.objects.values_list("code", "name"))
    rows = list(Audience.objects.filter(campaign=campaign, ended_on__isnull=True).order_by("order", "pk"))
    units = sizes(rows, request.scope.unit)
    return [Addressed(each, audience_words(each.rule, sectors=sectors), units[each.pk]) for each in rows]


def publish(request: ScopedRequest) -> HttpResponse:
    """发布规定动作."""
    campaign = campaign_or_404(request)
    if not may(request.actor, "requirement.publish", campaign.place()):
        raise PermissionDenied(_("Requirements are published by the office that leads the campaign."))
    form = PublishForm(request.POST or None, campaign=campaign, initial=_asked_for_by(request, campaign))
    if form.is_valid():
        with form.refusals():
            made = publish_requirement(request.actor, campaign, key=form.key, at=request.now, **form.cleaned_data)
            messages.success(request, _("Published. It stands on the workbench of every unit addressed."))
            return redirect(made)
    title, label = _("Publish a requirement"), _("Publish")
    return _form_page(request, form, title=title, label=label)


def _asked_for_by(request: ScopedRequest, campaign: Campaign) -> dict[str, Any]:
    """What a notice says already of the requirement that it asks for: ?notice=."""
    asked = request.GET.get("notice", "")
    notice = Notice.objects.filter(campaign=campaign, pk=int(asked)).first() if asked.isdecimal() else None
    if notice is None:
        return {}
    return {"notice": notice.pk, "audience": notice.audience_id, "document": notice.document or notice.title}


@require_POST
def end(request: ScopedRequest, campaign: str, code: str) -> HttpResponse:
    """停止规定动作."""
    check_reader(request.actor)
    found = get_object_or_404(Requirement.objects.select_related("campaign"), campaign__code=campaign, code=code)
    try:
        end_requirement(request.actor, found, at=request.now)
        messages.success(request, _("Ended. What was owed before stays."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(found)


def close(request: ScopedRequest) -> HttpResponse:
    """关账."""
    campaign = campaign_or_404(request)
    if not may(request.actor, "period.close", campaign.place()):
        raise PermissionDenied(_("Periods are closed by the office that leads the campaign."))
    form = CloseForm(request.POST or None)
    if form.is_valid():
        with form.refusals():
            close_period(request.actor, campaign, key=form.key, at=request.now, **form.cleaned_data)
            messages.success(
                request, _("Closed. What is recorded later counts on the first open day and shows its own.")
            )
            return redirect("campaigns:plan")
    return _form_page(request, form, title=_("Close the period"), label=_("Close the period"))


def _form_page(request: ScopedRequest, form: Form, *, title: str, label: str) -> HttpResponse:
    context = {"form": form, "title": title, "label": label, "campaign": request.scope.campaign}
    return render(request, "campaigns/form.html", context, status=form.status)
