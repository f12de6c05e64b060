"""Import of the branch-life platform's export: upload, dry run, confirm."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from luoshi.activities.branch_life import Known, held, judged, sheet
from luoshi.activities.operations import import_activities
from luoshi.activities.queries import recordable_units
from luoshi.activities.views.found import campaign_or_404
from luoshi.campaigns.scope import ScopedRequest
from luoshi.gate.errors import Refused
from luoshi.orgs.models import Unit
from luoshi.sheets.reading import Parsed, Resolve, Summary
from luoshi.sheets.views import Import, import_page


def imports(request: ScopedRequest) -> HttpResponseBase:
    """三会一课导入 — all or nothing, after a dry run; what is recorded already is refused by row."""
    campaign, below = campaign_or_404(request), unit_or_403(request)
    known: dict[str, Known] = {}

    def prepare(_request: HttpRequest, parsed: Parsed) -> Resolve:
        known[parsed.digest] = Known.of(parsed, campaign, today=request.today)
        known[parsed.digest].tell_unknown_hosts(parsed)
        return judged(known[parsed.digest])

    def apply(_request: HttpRequest, parsed: Parsed, _summary: Summary) -> str:
        rows = [held(row, known[parsed.digest]) for row in parsed.rows]
        made = import_activities(request.actor, below, campaign=campaign, rows=rows, at=request.now)
        words = ngettext("%(count)d activity was imported.", "%(count)d activities were imported.", len(made))
        messages.success(request, words % {"count": len(made)})
        return reverse("activities:ledger")

    job = Import(
        sheet(campaign, below),
        prepare=prepare,
        apply=apply,
        refusals=(Refused,),
        title=gettext_lazy("Import activities from the branch-life platform"),
        back=reverse("activities:ledger"),
    )
    return import_page(request, job)


def unit_or_403(request: ScopedRequest) -> Unit:
    """The unit under whose name is imported: that of the page where the reader may, else the reader's own."""
    units = list(recordable_units(request.actor, "activity.import"))
    if not units:
        raise PermissionDenied(_("A unit imports what it and the units below it have held."))
    return next((unit for unit in units if unit.pk == request.scope.unit.pk), units[0])
