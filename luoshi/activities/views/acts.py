"""The acts on one record: withdraw, return, answer. Each is a small form with one reason; conflicts and refusals stand in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.activities.forms import ReasonForm
from luoshi.activities.models import Activity
from luoshi.activities.operations import answer_activity, return_activity, withdraw_activity
from luoshi.activities.queries import activities
from luoshi.activities.views.found import activity_or_404
from luoshi.campaigns.scope import ScopedRequest
from luoshi.gate.errors import Conflict, Refused
from luoshi.gate.policy import may
from luoshi.page.views import conflict
from luoshi.sheets.table import selected

Label = Any
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class ReasonPage:
    """How the page of one act with a reason reads."""

    action: str
    heading: Label
    words: Label
    label: Label
    submit: Label
    done: Label


WITHDRAW = ReasonPage(
    "activity.withdraw",
    gettext_lazy("Withdraw an activity"),
    gettext_lazy("It counts no longer, and what it fulfilled is open again. The record stays to be read."),
    gettext_lazy("Why it is withdrawn"),
    gettext_lazy("Withdraw"),
    gettext_lazy("Withdrawn. It counts no longer."),
)
RETURN = ReasonPage(
    "activity.return",
    gettext_lazy("Return an activity"),
    gettext_lazy("The unit reads your comment and corrects the record itself. It counts as it is until then."),
    gettext_lazy("What is to be corrected"),
    gettext_lazy("Return"),
    gettext_lazy("Returned. The unit sees your comment on its workbench."),
)
OBJECT = ReasonPage(
    "activity.answer",
    gettext_lazy("Object to what was recorded for your unit"),
    gettext_lazy("The record shows your objection. You or the delegate can correct it, and you can withdraw it."),
    gettext_lazy("What is wrong with it"),
    gettext_lazy("Object"),
    gettext_lazy("Your objection stands in the record."),
)


def withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    return reason_page(request, pk, WITHDRAW, lambda activity, form, **how: withdraw_activity(
        request.actor, activity, reason=form.cleaned_data["reason"], **how
    ))  # fmt: skip


def send_back(request: ScopedRequest, pk: int) -> HttpResponse:
    return reason_page(request, pk, RETURN, lambda activity, form, **how: return_activity(
        request.actor, activity, reason=form.cleaned_data["reason"], **how
    ))  # fmt: skip


def answer(request: ScopedRequest, pk: int) -> HttpResponse:
    """Confirming is one tap on the record's page; objecting says why."""
    if request.method == "POST" and request.POST.get("answer") == Activity.Answer.CONFIRMED:
        return confirm(request, pk)
    return reason_page(request, pk, OBJECT, lambda activity, form, **how: answer_activity(
        request.actor, activity, answer=Activity.Answer.OBJECTED, remark=form.cleaned_data["reason"], **how
    ))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def reason_page(request: ScopedRequest, pk: int, page: ReasonPage, act: Callable[..., Activity]) -> HttpResponse:
    activity = activity_or_404(request, pk)
    if not may(request.actor, page.action, activity.place()):
        raise PermissionDenied(_("Your role does not allow this."))
    form = ReasonForm(request.POST if request.method == "POST" else None, version=activity.version)
    form.fields["reason"].label = page.label
    if form.is_valid():
        with form.refusals():
            act(activity, form, seen=form.version, key=form.key, at=request.now)
            messages.success(request, str(page.done))
            return redirect(activity)
    context = {"form": form, "activity": activity, "reason_page": page}
    return render(request, "activities/reason.html", context, status=form.status)


@require_POST
def confirm(request: ScopedRequest, pk: int) -> HttpResponse:
    activity = activity_or_404(request, pk)
    version = request.POST.get("version", "")
    try:
        answer_activity(
            request.actor,
            activity,
            answer=Activity.Answer.CONFIRMED,
            seen=int(version) if version.isdecimal() and len(version) < 10 else None,
            at=request.now,
        )
    except Refused as refused:
        messages.error(request, str(refused))
    except Conflict as changed:
        return conflict(request, reason=str(changed))
    else:
        messages.success(request, _("Confirmed for your unit."))
    return redirect(activity)


@require_POST
def confirm_several(request: ScopedRequest) -> HttpResponse:
    """Confirm the selected ones of the ledger, each by its own operation; what cannot be confirmed is told with its reason."""
    chosen = activities(request.actor).filter(pk__in=selected(request.POST)[:MOST_AT_ONCE])
    done = 0
    for activity in chosen.select_related("unit"):
        try:
            answer_activity(
                request.actor, activity, answer=Activity.Answer.CONFIRMED, seen=activity.version, at=request.now
            )
            done += 1
        except (Refused, Conflict, PermissionDenied) as refused:
            messages.error(request, _("%(activity)s: %(reason)s") % {"activity": activity, "reason": refused})
    if done:
        words = ngettext("%(count)d activity was confirmed.", "%(count)d activities were confirmed.", done)
        messages.success(request, words % {"count": done})
    return redirect("activities:ledger")
