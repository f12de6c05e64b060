"""The ledger, and the page of one record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from luoshi.activities.models import Activity, Attendance
from luoshi.activities.queries import activities_in, agenda_titles, fulfilled_by, sees_names
from luoshi.activities.tables import ledger_table, state_pill, state_words
from luoshi.activities.views.found import activity_or_404, campaign_or_404
from luoshi.campaigns.desk import occasion_title
from luoshi.campaigns.models import Fulfilment
from luoshi.campaigns.scope import ScopedRequest
from luoshi.gate.actor import Actor
from luoshi.gate.history import events
from luoshi.gate.policy import may, spans
from luoshi.orgs.queries import names_of
from luoshi.page.frame import Crumb
from luoshi.page.wording import short_day
from luoshi.sheets.views import list_page


@require_safe
def ledger(request: ScopedRequest) -> HttpResponseBase:
    """活动台账 — what the page's unit and all below it have held, as far as the reader may see."""
    if not may(request.actor, "activity.see"):
        raise PermissionDenied(_("Your role sees no activities."))
    confirms = may(request.actor, "activity.answer")
    table = ledger_table(campaign=campaign_or_404(request), today=request.today, confirms=confirms)
    context = {
        "now": request.now,
        "records": may(request.actor, "activity.record"),
        "imports": may(request.actor, "activity.import"),
        "several": len({span.unit for span in spans(request.actor, "activity.record")}) > 1,
    }
    return list_page(
        request,
        table,
        activities_in(request.scope, request.actor),
        along=activities_in(request.scope, request.actor, along=True),
        template="activities/ledger.html",
        context=context,
        unit=request.scope.unit.name,
        as_of=f"{timezone.localtime(request.now):%Y-%m-%d %H:%M}",
    )


@dataclass(frozen=True)
class Deed:
    """An act that stands on the page; where it is not open to this reader, `why` says what is."""

    label: str
    url: str
    why: str = ""
    main: bool = False


@require_safe
def activity(request: ScopedRequest, pk: int) -> HttpResponse:
    """One activity: what was held, who was there, what it fulfils, and everything that happened to the record."""
    found = activity_or_404(request, pk)
    names = sees_names(request.actor, found.unit)
    context = {
        "activity": found,
        "pill": state_pill(found),
        "state": state_words(found),
        "trail": trail(found),
        "steps": steps(found),
        "deeds": deeds(request.actor, found),
        "names": names,
        "attendance": attendance_lines(found) if names else [],
        "absences": absence_counts(found),
        "topics": list(found.coverage.select_related("topic__campaign").order_by("topic__order", "topic")),
        "agenda": agenda_titles(found.kind, found.agenda, get_language() or ""),
        "fulfilments": [(each, title_of(each), light_of(each)) for each in fulfilled_by(found)],
        "files": list(found.attachments.filter(removed_on__isnull=True).order_by("pk")),
        "attaches": may(request.actor, "activity.attach", found.place()) and found.state != Activity.State.WITHDRAWN,
        "answers": may(request.actor, "activity.answer", found.place()) and found.awaits_answer,
        "history": events(found.ref, *attachment_refs(found), names=names_of),
        "now": request.now,
    }
    return render(request, "activities/activity.html", context)


def attachment_refs(activity: Activity) -> list[str]:
    return [f"attachment:{pk}" for pk in activity.attachments.order_by("pk").values_list("pk", flat=True)]


def trail(activity: Activity) -> list[Crumb]:
    ledger_url = reverse("activities:ledger")
    return [
        Crumb(label=_("Ledger of activities"), url=ledger_url),
        Crumb(label=activity.unit.title, url=f"{ledger_url}?below={activity.unit.code}"),
        Crumb(label=activity.ref),
    ]


def steps(activity: Activity) -> list[dict[str, Any]]:
    """The way of the record: held, entered, answered where a delegate entered it, counted."""
    withdrawn = activity.state == Activity.State.WITHDRAWN
    returned = activity.state == Activity.State.RETURNED
    late = (activity.entered_on - activity.held_on).days
    entered = short_day(activity.entered_on)
    if activity.late:
        entered += " " + ngettext("%(count)d day later", "%(count)d days later", late) % {"count": late}
    way: list[dict[str, Any]] = [
        {"label": pgettext("step", "Held"), "note": short_day(activity.held_on), "done": True},
        {"label": pgettext("step", "Entered"), "note": entered, "done": True},
    ]
    if activity.mandate_id is not None:
        answered = activity.answer == Activity.Answer.CONFIRMED
        note = activity.get_answer_display()
        way.append(
            {
                "label": pgettext("step", "Answer of the unit"),
                "note": note,
                "done": answered,
                "current": not answered and not withdrawn,
            }
        )
    if returned:
        way.append({"label": pgettext("step", "Correction"), "note": _("asked for"), "current": True})
    if withdrawn:
        way.append({"label": pgettext("step", "Withdrawn"), "note": _("counts no longer"), "current": True})
    else:
        counts = {"label": pgettext("step", "Counts"), "note": _("on %(day)s") % {"day": short_day(activity.posted_on)}}
        way.append(counts | {"done": True, "current": not any(step.get("current") for step in way)})
    return way


def deeds(actor: Actor, activity: Activity) -> list[Deed]:
    """The acts in the head of the page. Who cannot do one, and might look for it, reads why."""
    place, withdrawn = activity.place(), activity.state == Activity.State.WITHDRAWN
    gone = _("It was withdrawn; record it anew if it was held.") if withdrawn else ""
    corrects, returns = may(actor, "activity.correct", place), may(actor, "activity.return", place)
    found: list[Deed] = []
    if returns:
        found.append(Deed(_("Return with a comment"), address("return", activity), gone, main=not corrects))
    if may(actor, "activity.withdraw", place):
        found.append(Deed(_("Withdraw"), address("withdraw", activity), gone))
    elif corrects:
        found.append(Deed(_("Withdraw"), "", _("Only the unit itself withdraws; its delegate corrects.")))
    if corrects:
        found.append(Deed(_("Correct"), address("correct", activity), gone, main=True))
    elif returns:
        found.append(Deed(_("Correct"), "", _("Only the unit corrects its records; you can return it with a comment.")))
    return found


def address(act: str, activity: Activity) -> str:
    return reverse(f"activities:{act}", args=[activity.pk])


def attendance_lines(activity: Activity) -> Sequence[Attendance]:
    """Everybody of the roster with their names, the absent first."""
    rows = activity.attendance.select_related("person", "unit").order_by("person__pinyin", "person")
    return sorted(rows, key=lambda line: not line.absence)


def absence_counts(activity: Activity) -> list[tuple[str, int]]:
    """How many were absent for which reason: what everybody who sees the activity may know."""
    absent = list(activity.attendance.exclude(absence="").values_list("absence", flat=True))
    return [(str(label), absent.count(value)) for value, label in Attendance.Absence.choices if value in absent]


def title_of(fulfilment: Fulfilment) -> str:
    occasion = fulfilment.occasion
    return occasion_title(occasion.requirement, occasion.no, occasion.nominal_on)


def light_of(fulfilment: Fulfilment) -> tuple[str, str]:
    """The light beside what a record fulfils, and its word."""
    if not fulfilment.counts:
        return "none", _("met by an earlier record; this one counts as a further activity")
    if fulfilment.held_on > fulfilment.occasion.due_on:
        return "warn", _("made up")
    if fulfilment.entered_on > fulfilment.occasion.due_on:
        return "warn", _("held in time, entered after the limit")
    return "ok", _("met in time")
