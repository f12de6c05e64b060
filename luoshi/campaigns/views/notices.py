"""通知 — issued to an audience, signed for by each unit addressed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from luoshi.campaigns.forms import NoticeForm
from luoshi.campaigns.models import Notice, Signature
from luoshi.campaigns.operations import issue_notice, sign_notice
from luoshi.campaigns.queries import addressed, check_reader, notices, own_units, signing
from luoshi.campaigns.scope import ScopedRequest
from luoshi.campaigns.views.plan import campaign_or_404
from luoshi.campaigns.wording import audience_words, recurrence_words
from luoshi.gate.errors import Elsewhere, Refused
from luoshi.gate.policy import may
from luoshi.orgs.models import Sector, Unit
from luoshi.page.paginator import page_of
from luoshi.page.views import way_back

ROWS = 100


def index(request: ScopedRequest) -> HttpResponse:
    campaign = campaign_or_404(request)
    page = page_of(notices(request.actor).filter(campaign=campaign), request)
    context = {
        "page": page,
        "now": request.now,
        "campaign": campaign,
        "may_issue": may(request.actor, "notice.issue", request.scope.unit.place()),
    }
    return render(request, "campaigns/notices.html", context)


def notice(request: ScopedRequest, pk: int) -> HttpResponse:
    """One notice, what the reader's units have to sign, and who has not signed yet, as far as the reader may see."""
    check_reader(request.actor)
    found = get_object_or_404(notices(request.actor).select_related("campaign"), pk=pk)
    context: dict[str, Any] = {
        "notice": found,
        "now": request.now,
        "addressed": audience_words(found.audience.rule, sectors=dict(Sector.objects.values_list("code", "name"))),
        "waiting": _waiting(request, found),
        "requirements": [
            (each, recurrence_words(each))
            for each in found.requirements.select_related("campaign", "batch", "audience").order_by("order", "pk")
        ],
        "may_publish": found.unit_id == found.campaign.unit_id
        and may(request.actor, "requirement.publish", found.place()),
    }
    if found.sign_by is not None:
        rows = signing(request.actor, found)
        signed = Signature.objects.filter(notice=found, unit__in=rows.values("pk")).select_related("unit")
        missing = rows.exclude(pk__in=signed.values("unit"))
        context |= {
            "asked_count": rows.count(),
            "signed_count": signed.count(),
            "signed": signed.order_by("-signed_at")[:ROWS],
            "page": page_of(missing, request, size=ROWS),
        }
    return render(request, "campaigns/notice.html", context)


def _waiting(request: ScopedRequest, found: Notice) -> list[Unit]:
    if found.sign_by is None:
        return []
    own = addressed([found], own_units(request.actor))[found.pk]
    signed = set(Signature.objects.filter(notice=found, unit__in=own).values_list("unit", flat=True))
    return [unit for unit in own if unit.pk not in signed]


def issue(request: ScopedRequest) -> HttpResponse:
    """印发通知."""
    campaign, unit = campaign_or_404(request), request.scope.unit
    if not may(request.actor, "notice.issue", unit.place()):
        raise Elsewhere(_("Notices are issued by a campaign office."), action="notice.issue")
    form = NoticeForm(request.POST or None, campaign=campaign)
    if form.is_valid():
        with form.refusals():
            made = issue_notice(
                request.actor, unit, campaign=campaign, key=form.key, at=request.now, **form.cleaned_data
            )
            return redirect(made)
    context = {
        "form": form,
        "title": _("Issue a notice"),
        "label": _("Issue"),
        "campaign": campaign,
        "about": _("issued by %(unit)s, to units below it") % {"unit": unit},
    }
    return render(request, "campaigns/form.html", context, status=form.status)


@require_POST
def sign(request: ScopedRequest, pk: int) -> HttpResponse:
    """签收 — for one of the reader's units."""
    check_reader(request.actor)
    found = get_object_or_404(notices(request.actor), pk=pk)
    unit = get_object_or_404(Unit, code=request.POST.get("unit", ""), no__gt=0)
    try:
        sign_notice(request.actor, unit, notice=found, at=request.now)
        messages.success(request, _("Signed for on behalf of %(unit)s.") % {"unit": unit})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(way_back(request) if "next" in request.POST else found)
