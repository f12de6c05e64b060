"""总览 — the workstreams of a campaign for one unit: figures, the units below, trend; what it shows is data of the pack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from luoshi.campaigns.models import Workstream, in_language
from luoshi.campaigns.scope import ScopedRequest
from luoshi.figures.queries import Board, board, trend
from luoshi.figures.showing import Shown, shown
from luoshi.orgs.models import Sector, Unit
from luoshi.site.cockpit_export import exported

ROWS = 3
COLUMNS = 8
TREND_WEEKS = 12
BEHIND = 90  # percent below which a share is called behind, where the pack names no bound of its own


@dataclass(frozen=True, slots=True)
class Stream:
    """One workstream: a hero figure, three rows, one light."""

    title: str
    hero: Shown
    rows: Sequence[Shown]
    light: str
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Row:
    unit: Unit
    cells: Sequence[Shown]
    light: str
    words: str


def cockpit(request: ScopedRequest) -> HttpResponseBase:
    """The cockpit of the unit in scope, by territory or by sector."""
    campaign, unit = request.scope.campaign, request.scope.unit
    if campaign is None:
        return render(request, "site/cockpit_none.html", {})
    plan: Mapping[str, Any] = campaign.settings.get("cockpit") or {}
    by_sector = request.GET.get("by") == "sector"
    below = list(Unit.objects.filter(parent=unit).select_related("sector").order_by("no"))
    seen = board(request.actor, campaign, [unit, *below], on=request.today, at=request.now)
    groups = _groups(plan, seen)
    rows = _rows(seen, groups, below)
    if request.GET.get("export") == "xlsx":
        return exported(unit, campaign, groups, rows, seen)
    context = {
        "unit": unit,
        "below": len(below),
        "moment": seen.as_of,
        "streams": _streams(plan, seen, unit, campaign.pk),
        "groups": groups,
        "rows": _by_sector(rows) if by_sector else [("", rows)],
        "columns": [seen.by_code[code] for group in groups for code in group.codes],
        "starts": {group.codes[0] for group in groups},
        "total": [shown(seen.figure(code, unit.pk)) for group in groups for code in group.codes],
        "switch": [
            {"label": _("By territory"), "url": "?", "current": not by_sector},
            {"label": _("By sector"), "url": "?by=sector", "current": by_sector},
        ],
        **_charts(plan, seen, unit, below),
    }
    return _answer(request, context)


def _answer(request: ScopedRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "site/cockpit.html", context)


def _groups(plan: Mapping[str, Any], seen: Board) -> list[Group]:
    """The columns of the table, from the pack, or else the first figures of all."""
    found = [
        Group(_words(group["title"]), [code for code in group["indicators"] if code in seen.by_code])
        for group in plan.get("columns", ())
    ]
    return [group for group in found if group.codes] or [Group("", list(seen.by_code)[:COLUMNS])]


def _words(title: Mapping[str, str]) -> str:
    return in_language(title.get("zh-hans", ""), title.get("en", ""))


def _streams(plan: Mapping[str, Any], seen: Board, unit: Unit, campaign: int) -> list[Stream]:
    titles = {each.code: str(each) for each in Workstream.objects.filter(campaign=campaign).order_by("order")}
    planned = plan.get("streams") or _first_of_each(seen, titles)
    found = []
    for part in planned:
        codes = [code for code in (part["hero"], *part.get("rows", ())) if code in seen.by_code]
        if codes:
            cells = [shown(seen.figure(code, unit.pk)) for code in codes]
            light, words = _light(cells)
            title = titles.get(part["workstream"], part["workstream"])
            found.append(Stream(title, cells[0], cells[1 : 1 + ROWS], light, words))
    return found


def _first_of_each(seen: Board, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    planned = []
    for stream in titles:
        codes = [code for code, each in seen.by_code.items() if each.workstream == stream]
        if codes:
            planned.append({"workstream": stream, "hero": codes[0], "rows": codes[1 : 1 + ROWS]})
    return planned


def _light(cells: Sequence[Shown]) -> tuple[str, str]:
    """One light for some figures: by the lowest share that is meant to rise. Nothing recorded gives no light."""
    shares = [
        cell.figure.percent
        for cell in cells
        if cell.figure.percent is not None and cell.figure.indicator.good == "up" and not cell.figure.declared
    ]
    if not shares:
        return "none", _("nothing due")
    if min(shares) >= BEHIND:
        return "ok", _("on course")
    return "warn", _("behind")


def _rows(seen: Board, groups: Sequence[Group], units: Sequence[Unit]) -> list[Row]:
    codes = [code for group in groups for code in group.codes]
    found = []
    for unit in units:
        cells = [shown(seen.figure(code, unit.pk)) for code in codes]
        found.append(Row(unit, cells, *_light(cells)))
    return found


def _by_sector(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """The same rows under their sectors (条条); units without a sector come last."""
    names = dict(Sector.objects.order_by("order").values_list("pk", "name"))
    found: dict[int | None, list[Row]] = {pk: [] for pk in (*names, None)}
    for row in rows:
        found[row.unit.sector_id].append(row)
    return [(names.get(pk, _("no sector")) if pk else _("no sector"), some) for pk, some in found.items() if some]


def _charts(plan: Mapping[str, Any], seen: Board, unit: Unit, below: Sequence[Unit]) -> dict[str, Any]:
    charts = {chart["kind"]: chart for chart in plan.get("charts", ()) if chart["indicator"] in seen.by_code}
    shares = [code for code, each in seen.by_code.items() if each.denominator_id]
    tile = charts.get("tiles") or ({"indicator": shares[0]} if shares else None)
    line = charts.get("trend") or ({"indicator": shares[0]} if shares else None)
    context: dict[str, Any] = {}
    if tile and below:
        context["tile_title"] = seen.by_code[tile["indicator"]]
        context["tiles"], context["legend"] = _tiles(seen, tile["indicator"], below, tile.get("bound") or BEHIND)
    if line:
        context["trend_title"] = seen.by_code[line["indicator"]]
        context["trend"] = _trend(seen, line["indicator"], unit, line.get("bound"))
    return context


def _tiles(
    seen: Board, code: str, units: Sequence[Unit], bound: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    tiles = []
    for unit in units:
        figure = seen.figure(code, unit.pk)
        percent = figure.percent
        level = 0 if percent is None else _level(percent, bound)
        tiles.append(
            {
                "label": unit.title,
                "value": "—" if percent is None else f"{percent:.1f}%",
                "level": level,
                "below": percent is not None and percent < bound,
                "url": f"?unit={unit.code}",
            }
        )
    middle = bound + (100 - bound) // 2
    legend = [
        {"level": 1, "words": _("below %(bound)d%%") % {"bound": bound}, "below": True},
        {"level": 3, "words": f"{bound}–{middle}%", "below": False},
        {"level": 4, "words": _("%(bound)d%% and more") % {"bound": middle}, "below": False},
    ]
    return tiles, legend


def _level(percent: float, bound: int) -> int:
    if percent < bound:
        return 1
    return 3 if percent < bound + (100 - bound) // 2 else 4


def _trend(seen: Board, code: str, unit: Unit, bound: int | None) -> dict[str, Any]:
    weeks = trend(seen, code, unit.pk, weeks=TREND_WEEKS)
    share = bool(seen.by_code[code].denominator_id)
    values = [figure.percent if share else figure.value for _day, figure in weeks]
    return {
        "kind": "line",
        "categories": [f"{day:%m-%d}" for day, _figure in weeks],
        "series": [
            {"name": unit.title, "values": [round(v, 1) if isinstance(v, float) else v for v in values], "shade": 4}
        ],
        "unit": "%" if share else "",
        **({"bound": {"name": _("required"), "value": bound}} if bound and share else {}),
    }
