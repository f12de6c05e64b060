"""Recording and correcting: one form, its roster fragment, and the drafts that it keeps."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.activities.forms import CorrectForm, HeldForm, RecordForm, prefilled
from luoshi.activities.models import Activity
from luoshi.activities.operations import correct_activity, record_activity
from luoshi.activities.queries import fulfilled_by, recordable_units
from luoshi.activities.views.found import activity_or_404, campaign_or_404
from luoshi.campaigns.desk import occasion_title
from luoshi.campaigns.scope import ScopedRequest
from luoshi.gate.policy import may
from luoshi.orgs.drafts import draft_of, draft_url, drop_draft, fields_of
from luoshi.orgs.models import Draft, Unit

NEW, CORRECTION = "activity-record", "activity-correct"  # their drafts


def units_or_403(request: ScopedRequest) -> list[Unit]:
    """The units for which the reader records, that of the page first."""
    units = list(recordable_units(request.actor))
    if not units:
        raise PermissionDenied(
            _("An activity is recorded by the unit that held it, or by whom it has given a mandate.")
        )
    return sorted(units, key=lambda unit: unit.pk != request.scope.unit.pk)


def record_form(request: ScopedRequest, data: QueryDict | None, initial: Mapping[str, Any] | None = None) -> RecordForm:
    units = units_or_403(request)
    return RecordForm(
        data, campaign=campaign_or_404(request), units=units, today=request.today, initial=dict(initial or {})
    )


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: ScopedRequest) -> HttpResponse:
    """The form of a new activity. ?kind=, ?occasion=code#number and ?unit= fill it in; ?draft=1 goes on with the draft."""
    if request.method == "POST":
        return recorded(request)
    units, campaign = units_or_403(request), campaign_or_404(request)
    draft = draft_of(request.user, NEW, at=request.now)
    asked = any(name in request.GET for name in ("kind", "occasion"))
    if draft is not None and (not asked or "draft" in request.GET):
        form: HeldForm = record_form(request, fields_of(draft)).unjudged()
        return form_page(request, form, draft=draft, restored=True)
    form = record_form(request, None, prefilled(request.GET, unit=units[0], campaign=campaign))
    return form_page(request, form, draft=draft)


def recorded(request: ScopedRequest) -> HttpResponse:
    form = record_form(request, request.POST)
    if request.POST.get("act") == "refresh":
        return form_page(request, form.unjudged())
    if form.is_valid():
        with form.refusals():
            activity = record_activity(
                request.actor, form.held_by, campaign=form.campaign, held=form.held, key=form.key, at=request.now
            )
            drop_draft(request.user, NEW)
            tell_what_it_met(request, activity)
            return redirect(activity)
    return form_page(request, form)


def tell_what_it_met(request: HttpRequest, activity: Activity) -> None:
    met = [each for each in fulfilled_by(activity) if each.counts]
    for each in met:
        title = occasion_title(each.occasion.requirement, each.occasion.no, each.occasion.nominal_on)
        messages.success(request, _("Recorded. “%(title)s” is met.") % {"title": title})
    if not met:
        messages.success(request, _("Recorded."))


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: ScopedRequest, pk: int) -> HttpResponse:
    """The same form for an activity that is recorded; only the unit and its delegate come here."""
    activity = activity_or_404(request, pk)
    if not may(request.actor, "activity.correct", activity.place()):
        raise PermissionDenied(_("Only the unit itself corrects its records. You can return it with a comment."))
    form = CorrectForm(request.POST if request.method == "POST" else None, activity=activity, today=request.today)
    if request.method == "POST" and request.POST.get("act") == "refresh":
        return form_page(request, form.unjudged())
    if form.is_valid():
        with form.refusals():
            reason = form.cleaned_data["reason"]
            correct_activity(
                request.actor, activity, held=form.held, reason=reason, seen=form.version, key=form.key, at=request.now
            )
            drop_draft(request.user, CORRECTION, str(pk))
            messages.success(request, _("Corrected. The old values stay in the history."))
            return redirect(activity)
    return form_page(request, form)


def form_page(
    request: ScopedRequest, form: HeldForm, *, draft: Draft | None = None, restored: bool = False
) -> HttpResponse:
    activity = getattr(form, "activity", None)
    context = {
        "form": form,
        "activity": activity,
        "draft": draft,
        "restored": restored,
        "draft_url": _draft_url(activity),
    }
    return render(request, "activities/record.html", context, status=form.status)


def _draft_url(activity: Activity | None) -> str:
    if activity is not None:
        return draft_url(CORRECTION, str(activity.pk), title=_("Correct an activity"))
    return draft_url(NEW, title=_("Record an activity"), page=f"{reverse('activities:record')}?draft=1")


@require_POST
def roster(request: ScopedRequest) -> HttpResponse:
    """The inside of the form for the unit, kind and date just chosen, with everything that was typed; writes nothing."""
    asked = request.GET.get("activity", "")
    form: HeldForm
    if asked.isdecimal():
        activity = activity_or_404(request, int(asked))
        form = CorrectForm(request.POST, activity=activity, today=request.today)
    else:
        form = record_form(request, request.POST)
    return render(request, "activities/record_body.html", {"form": form.unjudged()})
