"""One page for several branches: what was held is said once, then one row a branch; each row is its own record."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from luoshi.activities.forms import ManyForm, RowForm
from luoshi.activities.models import Activity
from luoshi.activities.operations import record_activity
from luoshi.activities.queries import activities, recordable_units
from luoshi.activities.roster import rosters
from luoshi.activities.views.found import campaign_or_404
from luoshi.campaigns.models import Kind
from luoshi.campaigns.scope import ScopedRequest
from luoshi.orgs.models import Unit

MOST_ROWS = 60


@dataclass
class Line:
    """One branch of the page: its form, or what became of it."""

    unit: Unit
    form: RowForm
    done: Activity | None = None


@require_http_methods(["GET", "HEAD", "POST"])
def many(request: ScopedRequest) -> HttpResponse:
    """The branches that the reader records for, twenty or so at a time; done rows stay done, refused ones say why."""
    units = units_of(request)
    if not units:
        raise PermissionDenied(_("You record for no unit. A unit gives a mandate to a named person for that."))
    data = request.POST if request.method == "POST" else None
    form = ManyForm(data, campaign=campaign_or_404(request), unit=units[0], today=request.today)
    lines = lines_of(request, units, form, data)
    if data is None:
        return page(request, form, lines)
    if "refresh" in request.GET or data.get("act") == "refresh":
        form.unjudged()
        return page(request, form, [Line(line.unit, line.form.unjudged(), line.done) for line in lines])
    if form.is_valid():
        record_lines(request, form, lines)
        if all(line.done is not None or not line.form.is_wanted for line in lines):
            return finished(request, lines)
    return page(request, form, lines)


def units_of(request: ScopedRequest) -> list[Unit]:
    """The branches of the page's unit where the page's unit has several; else all for which the reader records."""
    unit, recordable = request.scope.unit, recordable_units(request.actor)
    here = list(recordable.filter(no__range=(unit.no, unit.last))[:MOST_ROWS])
    return here if len(here) > 1 else list(recordable[:MOST_ROWS])


def lines_of(request: ScopedRequest, units: list[Unit], form: ManyForm, data: QueryDict | None) -> list[Line]:
    expected = rosters(units, form.chosen_kind.roster, on=form.day)
    hosts = rosters(units, Kind.Roster.STAFF, on=form.day)
    lines = [
        Line(unit, RowForm(data, unit=unit, expected=expected[unit.pk], hosts=hosts[unit.pk], common=form))
        for unit in units
    ]
    done = {line.unit.pk: pk for line in lines if (pk := line.form.done_before) is not None}
    known = activities(request.actor).select_related("unit").in_bulk(list(done.values()))
    for line in lines:
        earlier = known.get(done.get(line.unit.pk, 0))
        line.done = earlier if earlier is not None and earlier.unit_id == line.unit.pk else None
    return lines


def record_lines(request: ScopedRequest, form: ManyForm, lines: list[Line]) -> None:
    """Each row its own operation with its own key: one that is refused does not hold the others back."""
    for line in lines:
        row = line.form
        if line.done is not None or not row.is_wanted or not row.is_valid():
            continue
        try:
            with row.refusals():
                line.done = record_activity(
                    request.actor, line.unit, campaign=form.campaign, held=row.held, key=row.key, at=request.now
                )
        except PermissionDenied as denied:
            row.add_error(None, str(denied))


def finished(request: ScopedRequest, lines: list[Line]) -> HttpResponse:
    count = sum(line.done is not None for line in lines)
    words = ngettext("%(count)d activity was recorded.", "%(count)d activities were recorded.", count)
    messages.success(request, words % {"count": count})
    return redirect(reverse("activities:ledger"))


def page(request: ScopedRequest, form: ManyForm, lines: list[Line]) -> HttpResponse:
    status = 422 if form.errors or any(line.form.is_wanted and line.form.errors for line in lines) else 200
    context: dict[str, Any] = {
        "form": form,
        "lines": lines,
        "done": sum(line.done is not None for line in lines),
        "refused": sum(bool(line.form.errors) and line.form.is_wanted and line.done is None for line in lines),
    }
    return render(request, "activities/many.html", context, status=status)
