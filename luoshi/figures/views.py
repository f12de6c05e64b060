"""Pages of figures: all indicators of a unit, one indicator, the records behind a figure, declarations."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from luoshi.campaigns.models import Campaign, Workstream
from luoshi.campaigns.scope import ScopedRequest
from luoshi.figures.forms import CorrectForm, DeclareForm
from luoshi.figures.models import Declaration, Indicator
from luoshi.figures.operations import correct_declaration, declare_figure
from luoshi.figures.queries import (
    AsOf,
    Figure,
    board,
    check_sight,
    figures_as_of,
    figures_by_sector,
    records,
    standing_declarations,
    trend,
)
from luoshi.figures.showing import lines, shown
from luoshi.figures.sources import DECLARED, source
from luoshi.figures.tables import RECORDS
from luoshi.gate.actor import Place
from luoshi.gate.errors import Elsewhere
from luoshi.gate.policy import may
from luoshi.gate.scope import within
from luoshi.orgs.models import Sector, Unit
from luoshi.sheets.views import list_page

TREND_WEEKS = 12


def campaign_or_404(request: ScopedRequest, code: str) -> Campaign:
    if not may(request.actor, "campaign.see"):
        raise PermissionDenied
    return get_object_or_404(Campaign.objects.select_related("unit"), code=code)


def index(request: ScopedRequest) -> HttpResponse:
    """数字 — every indicator of the campaign for the unit in scope, by workstream."""
    campaign, unit = request.scope.campaign, request.scope.unit
    if campaign is None:
        return render(request, "figures/none.html", {})
    seen = board(request.actor, campaign, [unit], on=request.today, at=request.now)
    titles = {each.code: str(each) for each in Workstream.objects.filter(campaign=campaign).order_by("order")}
    groups: dict[str, list[Any]] = {title: [] for title in titles.values()}
    for code, indicator in seen.by_code.items():
        title = titles.get(indicator.workstream, indicator.workstream)
        groups.setdefault(title, []).append((indicator, shown(seen.figure(code, unit.pk))))
    may_declare = may(request.actor, "figure.declare", unit.place())
    context = {
        "unit": unit,
        "moment": seen.as_of,
        "groups": [(title, some) for title, some in groups.items() if some],
        "may_declare": may_declare and any(each.declared for each in seen.by_code.values()),
    }
    return render(request, "figures/index.html", context)


def indicator(request: ScopedRequest, campaign: str, code: str) -> HttpResponse:
    """One indicator: what it counts, in words; its value for the unit in scope and those below; its trend."""
    chosen = campaign_or_404(request, campaign)
    unit = request.scope.unit
    each = get_object_or_404(Indicator.objects.select_related("denominator", "campaign"), campaign=chosen, code=code)
    below = list(Unit.objects.filter(parent=unit).order_by("no"))
    seen = board(request.actor, chosen, [unit, *below], on=request.today, at=request.now)
    weeks = trend(seen, code, unit.pk, weeks=TREND_WEEKS)
    values = [figure.percent if each.denominator_id else figure.value for _day, figure in weeks]
    chart = {
        "kind": "line",
        "categories": [f"{day:%m-%d}" for day, _figure in weeks],
        "series": [
            {"name": unit.title, "values": [round(v, 1) if isinstance(v, float) else v for v in values], "shade": 4}
        ],
        "unit": "%" if each.denominator_id else "",
    }
    context = {
        "indicator": each,
        "unit": unit,
        "moment": seen.as_of,
        "own": shown(seen.figure(code, unit.pk)),
        "lines": lines(seen, [code], below, request.actor),
        "chart": chart,
        "source": None if each.declared else source(each.source),
        "trail": [{"label": _("Figures"), "url": "/figures/"}, {"label": each.code}],
    }
    return render(request, "figures/indicator.html", context)


def figure_records(request: ScopedRequest, campaign: str, code: str, unit: int) -> HttpResponseBase:
    """来源 — the records behind one figure, as a list that can be filtered, exported and printed."""
    chosen = campaign_or_404(request, campaign)
    each = get_object_or_404(Indicator.objects.select_related("denominator", "campaign"), campaign=chosen, code=code)
    place = get_object_or_404(Unit, pk=unit)
    check_sight(request.actor, place)
    on, since, position = _day(request, "on") or request.today, _day(request, "since"), _number(request, "position")
    sector = get_object_or_404(Sector, code=request.GET["sector"]) if request.GET.get("sector") else None
    figure = _figure(request, chosen, each, place, on=on, since=since, position=position, sector=sector)
    table, joins = RECORDS[each.source]
    rows, unseen = _rows(request, figure)
    names = {found.pk: found for found in Unit.objects.filter(pk__in=[pk for pk, _count in unseen[:200]])}
    context = {
        "indicator": each,
        "unit": place,
        "sector": sector,
        "figure": shown(figure),
        "moment": figure.as_of,
        "since": since,
        "on": on,
        "unseen": [(names.get(pk), count) for pk, count in unseen[:200]],
        "unseen_count": sum(count for _pk, count in unseen),
        "trail": [{"label": _("Figures"), "url": "/figures/"}, {"label": str(each), "url": each.get_absolute_url()}],
    }
    return list_page(
        request,
        table,
        rows.select_related(*joins),
        template="figures/records.html",
        context=context,
        unit=place.name,
        as_of=_("%(title)s, as of %(on)s") % {"title": each, "on": on},
    )


def _figure(
    request: ScopedRequest,
    campaign: Campaign,
    each: Indicator,
    unit: Unit,
    *,
    on: date,
    since: date | None,
    position: int,
    sector: Sector | None,
) -> Figure:
    """The figure that the link meant: the present one from the columns, a past one from the deltas."""
    current = board(request.actor, campaign, [unit], on=on, at=request.now)
    if since is None and sector is None and position in (0, current.as_of.position):
        return current.figure(each.code, unit.pk)
    known = min(position or current.as_of.position, current.as_of.position)
    if sector is not None:
        of_sectors = figures_by_sector(
            campaign, [each.code], unit.pk, on=on, position=known, at=request.now, since=since
        )
        moment = AsOf(on, known, request.now)
        return of_sectors.get((each.code, sector.pk)) or Figure(each, unit.pk, None, moment, sector=sector)
    found = figures_as_of(campaign, [each.code], [unit.pk], on=on, position=known, at=request.now, since=since)
    return found[(each.code, unit.pk)]


def _rows(request: ScopedRequest, figure: Figure) -> tuple[QuerySet[Any], list[tuple[int, int]]]:
    if not figure.indicator.declared:
        found = records(request.actor, figure)
        return found.seen, found.unseen()
    standing = standing_declarations([figure.indicator], on=figure.as_of.on)
    top = Unit.objects.get(pk=figure.unit)
    if figure.sector is None and (own := standing.filter(unit=top)):
        return own, []
    below = standing.filter(unit__no__range=(top.no, top.last))
    if figure.sector is not None:
        below = below.filter(unit__sector=figure.sector)
    seen = below.filter(within(request.actor, "figure.see"))
    hidden = below.exclude(pk__in=seen.values("pk")).values_list("unit", flat=True)
    return seen, [(pk, 1) for pk in hidden]


def _day(request: ScopedRequest, name: str) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def _number(request: ScopedRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def declare(request: ScopedRequest) -> HttpResponse:
    """填报 — declare a figure that another system counts."""
    campaign, unit = request.scope.campaign, request.scope.unit
    if campaign is None:
        raise Http404
    if not may(request.actor, "figure.declare", unit.place()):
        raise Elsewhere(_("Only the unit that answers for a figure declares it."), action="figure.declare")
    form = DeclareForm(
        request.POST or None, initial={"indicator": request.GET.get("figure"), "as_of_on": request.today}
    )
    declared = Indicator.objects.filter(campaign=campaign, source=DECLARED, ended_on__isnull=True).order_by("order")
    form.fields["indicator"].queryset = declared  # type: ignore[attr-defined]
    if form.is_valid():
        with form.refusals():
            made = declare_figure(request.actor, unit, key=form.key, at=request.now, **form.cleaned_data)
            messages.success(request, _("Declared. It shows as declared wherever it is quoted."))
            return redirect(made)
    return render(request, "figures/declare.html", {"form": form, "unit": unit}, status=form.status)


def declaration(request: ScopedRequest, pk: int) -> HttpResponse:
    """One declaration with its correction."""
    shown_rows = Declaration.objects.filter(within(request.actor, "figure.see"))
    found = get_object_or_404(shown_rows.select_related("indicator", "unit", "indicator__campaign"), pk=pk)
    earlier = []
    older = found.supersedes
    while older is not None:
        earlier.append(older)
        older = older.supersedes
    newer = Declaration.objects.filter(supersedes=found).first()
    place = Place(found.unit.pk, found.unit.no, found.unit.sector_id)
    may_correct = newer is None and may(request.actor, "figure.correct", place)
    form = CorrectForm(request.POST or None, version=found.version, initial={"value": found.value})
    if may_correct and form.is_valid():
        with form.refusals():
            made = correct_declaration(
                request.actor, found, seen=form.version, key=form.key, at=request.now, **form.cleaned_data
            )
            return redirect(made)
    context = {
        "declaration": found,
        "earlier": earlier,
        "newer": newer,
        "form": form if may_correct else None,
        "trail": [
            {"label": _("Figures"), "url": "/figures/"},
            {"label": str(found.indicator), "url": found.indicator.get_absolute_url()},
        ],
    }
    return render(request, "figures/declaration.html", context, status=form.status)
