"""谁欠什么 — one requirement, its occasions × units; waiving, extending, reminding, zero reports."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from luoshi.campaigns.audiences import units_of
from luoshi.campaigns.duties import standing_waivers
from luoshi.campaigns.forms import TakeBackForm, WaiveForm, ZeroForm
from luoshi.campaigns.matrix import counters, matrix, units_of_rows
from luoshi.campaigns.matrix_export import exported
from luoshi.campaigns.models import Kind, Requirement, ZeroReport
from luoshi.campaigns.operations import remind, report_zero, waive, withdraw_waivers, withdraw_zero
from luoshi.campaigns.queries import check_reader, check_sight, excused, withdrawable
from luoshi.campaigns.scope import ScopedRequest
from luoshi.campaigns.wording import audience_words, class_words, fulfilment_words, recurrence_words
from luoshi.gate.errors import Elsewhere, Refused
from luoshi.gate.policy import may
from luoshi.gate.scope import within
from luoshi.orgs.models import Sector, Unit
from luoshi.page.paginator import page_of, positive
from luoshi.page.views import way_back

ROWS = 100


def requirement_or_404(request: ScopedRequest, campaign: str, code: str) -> Requirement:
    check_reader(request.actor)
    rows = Requirement.objects.select_related(
        "campaign__unit", "batch", "workstream", "audience__campaign__unit", "notice"
    )
    return get_object_or_404(rows, campaign__code=campaign, code=code)


def requirement(request: ScopedRequest, campaign: str, code: str) -> HttpResponseBase:
    found, unit = requirement_or_404(request, campaign, code), request.scope.unit
    check_sight(request.actor, unit)
    first = positive(request.GET.get("first"), default=0) or None
    if request.GET.get("below"):
        return _below(request, found, first)
    only_owing = request.GET.get("show") == "owing"
    units = units_of_rows(found, unit)
    page = page_of(units, request, size=ROWS)
    if request.GET.get("export") == "xlsx":
        whole = matrix(request.actor, found, unit, units, on=request.today, first=first, only_owing=only_owing)
        return exported(whole, as_of=_("as of %(on)s") % {"on": request.today})
    table = matrix(
        request.actor,
        found,
        unit,
        page.rows,
        on=request.today,
        first=first,
        only_owing=only_owing,
        numbered_from=page.first,
    )
    context = {
        "requirement": found,
        "unit": unit,
        "matrix": table,
        "page": page,
        "now": request.now,
        "counters": counters(found, unit, on=request.today),
        "only_owing": only_owing,
        **_words(found, unit),
        **_acts(request, found, unit),
    }
    return render(request, "campaigns/requirement.html", context)


def _below(request: ScopedRequest, found: Requirement, first: int | None) -> HttpResponse:
    """The rows of the units below one row, for htmx to put behind it."""
    parent = get_object_or_404(Unit, code=request.GET["below"], no__gt=0)
    check_sight(request.actor, parent)
    units = [each for each in units_of_rows(found, parent) if each.pk != parent.pk][:ROWS]
    prefix = f"{positive(request.GET.get('at'), default=1)}."
    table = matrix(request.actor, found, parent, units, on=request.today, first=first, prefix=prefix)
    return render(request, "campaigns/requirement_rows.html", {"matrix": table, "requirement": found, "child": True})


def _words(found: Requirement, unit: Unit) -> dict[str, Any]:
    kinds = {kind.code: str(kind) for kind in Kind.objects.filter(campaign=found.campaign_id)}
    sectors = dict(Sector.objects.values_list("code", "name"))
    return {
        "often": recurrence_words(found),
        "ways": fulfilment_words(found, kinds),
        "class_words": class_words(found),
        "addressed": audience_words(found.audience.rule, sectors=sectors),
        "units": units_of(found.audience, below=unit).count(),
        "waivers": standing_waivers()
        .filter(requirement=found, unit__no__range=(unit.no, unit.last))
        .values("occasion_no", "reason", "until")
        .distinct()
        .order_by("-occasion_no")[:5],
    }


def _acts(request: ScopedRequest, found: Requirement, unit: Unit) -> dict[str, bool]:
    return {
        "may_remind": may(request.actor, "duty.remind", unit.place()),
        "may_waive": may(request.actor, "duty.waive", unit.place()),
        "may_end": found.ended_on is None and may(request.actor, "requirement.publish", found.place()),
    }


def excuse(request: ScopedRequest, campaign: str, code: str) -> HttpResponse:
    """免报与延期 — for the unit in scope and all below it."""
    found, unit = requirement_or_404(request, campaign, code), request.scope.unit
    if not may(request.actor, "duty.waive", unit.place()):
        raise Elsewhere(_("Duties are waived by the office of a unit above."), action="duty.waive")
    form = WaiveForm(request.POST or None, requirement=found, initial={"no": request.GET.get("no")})
    if form.is_valid():
        with form.refusals():
            waive(request.actor, unit, requirement=found, key=form.key, at=request.now, **form.cleaned_data)
            messages.success(request, _("Done. The reason stands beside each of these duties."))
            return redirect(found)
    return render(
        request,
        "campaigns/form.html",
        {
            "form": form,
            "title": _("Waive or extend"),
            "label": _("Waive or extend"),
            "campaign": found.campaign,
            "about": _("%(requirement)s, for %(unit)s and all units below it") % {"requirement": found, "unit": unit},
        },
        status=form.status,
    )


def waivers(request: ScopedRequest, campaign: str, code: str) -> HttpResponse:
    """What was waived and extended in the branch in scope, and what was taken back."""
    found, unit = requirement_or_404(request, campaign, code), request.scope.unit
    check_sight(request.actor, unit)
    offered = {each.no for each in withdrawable(request.actor, found, unit)}
    context = {
        "requirement": found,
        "unit": unit,
        "page": page_of(excused(found, unit), request, size=ROWS),
        "offered": offered,
        "may_waive": may(request.actor, "duty.waive", unit.place()),
    }
    return render(request, "campaigns/waivers.html", context)


def take_back(request: ScopedRequest, campaign: str, code: str) -> HttpResponse:
    """收回免报与延期 — for the unit in scope and all below it."""
    found, unit = requirement_or_404(request, campaign, code), request.scope.unit
    if not may(request.actor, "duty.withdraw_waiver", unit.place()):
        raise Elsewhere(_("Waivers are taken back by a campaign office."), action="duty.withdraw_waiver")
    offered = withdrawable(request.actor, found, unit)
    form = TakeBackForm(request.POST or None, offered=offered, initial={"no": request.GET.get("no")})
    if form.is_valid():
        with form.refusals():
            data = form.cleaned_data
            count = withdraw_waivers(request.actor, unit, requirement=found, key=form.key, at=request.now, **data)
            words = ngettext("%(count)d unit owes it again.", "%(count)d units owe it again.", count)
            messages.success(request, words % {"count": count})
            return redirect("campaigns:waivers", campaign, code)
    context = {
        "form": form,
        "title": _("Take waivers back"),
        "label": _("Take back"),
        "campaign": found.campaign,
        "about": _("%(requirement)s, for %(unit)s and all units below it") % {"requirement": found, "unit": unit},
    }
    return render(request, "campaigns/form.html", context, status=form.status)


@require_POST
def reminding(request: ScopedRequest, campaign: str, code: str) -> HttpResponse:
    """催办 — one line on the workbench of whoever still owes it."""
    found, unit = requirement_or_404(request, campaign, code), request.scope.unit
    try:
        made = remind(
            request.actor,
            unit,
            requirement=found,
            no=positive(request.POST.get("no"), default=0),
            key=request.POST.get("key", "")[:64],
            at=request.now,
        )
        words = ngettext("%(count)d unit is reminded.", "%(count)d units are reminded.", made.units)
        messages.success(request, words % {"count": made.units})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(found)


@require_POST
def zero(request: ScopedRequest) -> HttpResponse:
    """零报告 — one confirmation, from the workbench."""
    form = ZeroForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This button is out of date. Open the workbench again."))
        return redirect(way_back(request))
    data = form.cleaned_data
    unit = get_object_or_404(Unit, code=data["unit"], no__gt=0)
    found = get_object_or_404(Requirement, pk=data["requirement"])
    try:
        made = report_zero(
            request.actor,
            unit,
            requirement=found,
            no=data["no"],
            statement=data["statement"],
            key=form.key,
            at=request.now,
        )
        words = _("Stated and signed: nothing to report for “%(requirement)s”.")
        messages.success(request, words % {"requirement": made.requirement})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(way_back(request))


def zero_report(request: ScopedRequest, pk: int) -> HttpResponse:
    """One zero report: who stated what, when; and its withdrawal."""
    rows = ZeroReport.objects.filter(within(request.actor, "duty.see"))
    found = get_object_or_404(rows.select_related("unit", "requirement__campaign", "mandate"), pk=pk)
    may_withdraw = found.withdrawn_on is None and may(request.actor, "duty.withdraw_zero", found.unit.place())
    context = {"report": found, "requirement": found.requirement, "may_withdraw": may_withdraw}
    return render(request, "campaigns/zero_report.html", context)


@require_POST
def withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    rows = ZeroReport.objects.filter(within(request.actor, "duty.see"))
    found = get_object_or_404(rows, pk=pk)
    try:
        withdraw_zero(request.actor, found, at=request.now)
        messages.success(request, _("Withdrawn. The duty is open again."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:zero", pk=pk)
