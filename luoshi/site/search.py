"""搜索 — one box for units, activities, requirements, indicators and reports, each through its own room's scoped query."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from luoshi.activities.models import Activity
from luoshi.activities.queries import WITHDRAWN, activities
from luoshi.campaigns.models import Requirement
from luoshi.campaigns.scope import ScopedRequest
from luoshi.figures.models import Indicator
from luoshi.gate.actor import Actor
from luoshi.gate.policy import may
from luoshi.gate.scope import visible
from luoshi.lib.text import clean
from luoshi.orgs.models import Unit
from luoshi.orgs.queries import units_named
from luoshi.reports.models import Report

FEW, MANY = 6, 100
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that fits: its name, what tells it from others of that name, and its page."""

    label: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one room. more: where the rest of them stands, "" where these are all."""

    title: str | Promise
    hits: list[Hit] = field(default_factory=list)
    more: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What can be searched. rows: those that fit the words, as far as this reader may see them."""

    code: str
    title: str | Promise
    rows: Callable[[Actor, str], QuerySet[Any]]
    hit: Callable[[Any], Hit]


def titled(text: str, *lookups: str) -> Q:
    """Every word in one of the titles."""
    found = Q()
    for word in text.split():
        one = Q()
        for lookup in lookups:
            one |= Q(**{f"{lookup}__icontains": word})
        found &= one
    return found


def _units(_actor: Actor, text: str) -> QuerySet[Unit]:
    return units_named(text)


def _activities(actor: Actor, text: str) -> QuerySet[Activity]:
    rows = activities(actor).exclude(WITHDRAWN).filter(titled(text, "title"))
    return rows.select_related("unit", "kind__campaign").order_by("-held_on", "-pk")


def _requirements(actor: Actor, text: str) -> QuerySet[Requirement]:
    rows = Requirement.objects.filter(titled(text, "title", "title_en"), ended_on__isnull=True)
    return (rows if may(actor, "campaign.see") else rows.none()).select_related("campaign").order_by("order", "pk")


def _indicators(actor: Actor, text: str) -> QuerySet[Indicator]:
    rows = Indicator.objects.filter(titled(text, "title", "title_en"), ended_on__isnull=True)
    return (rows if may(actor, "campaign.see") else rows.none()).select_related("campaign").order_by("order", "pk")


def _reports(actor: Actor, text: str) -> QuerySet[Report]:
    rows = Report.objects.filter(titled(text, "title")).select_related("unit")
    return visible(actor, "report.see", rows).order_by("-made_at", "-pk")


def _unit_hit(unit: Unit) -> Hit:
    return Hit(unit.name, f"{unit.parent.title if unit.parent else ''} {unit.code}".strip(), unit.get_absolute_url())


def _activity_hit(activity: Activity) -> Hit:
    note = f"{activity.unit.title} · {activity.kind} · {activity.held_on}"
    return Hit(activity.title, note, activity.get_absolute_url())


def _campaign_hit(row: Requirement | Indicator) -> Hit:
    return Hit(str(row), str(row.campaign), row.get_absolute_url())


def _report_hit(report: Report) -> Hit:
    return Hit(report.title, f"{report.unit.title} · {report.get_state_display()}", report.get_absolute_url())


SOURCES = (
    Source("units", _("Units"), _units, _unit_hit),
    Source("activities", _("Activities"), _activities, _activity_hit),
    Source("requirements", _("Requirements"), _requirements, _campaign_hit),
    Source("indicators", _("Indicators"), _indicators, _campaign_hit),
    Source("reports", _("Reports"), _reports, _report_hit),
)


def found(actor: Actor, text: str, sources: Iterable[Source] = SOURCES, *, most: int = FEW) -> list[Group]:
    """What fits, by room; rooms where nothing fits are left out."""
    groups = []
    for source in sources:
        rows = list(source.rows(actor, text)[: most + 1])
        if rows:
            more = _more(source, text) if len(rows) > most else ""
            groups.append(Group(source.title, [source.hit(row) for row in rows[:most]], more))
    return groups


def _more(source: Source, text: str) -> str:
    return f"{reverse('site:search')}?{urlencode({'q': text, 'in': source.code})}"


@require_safe
def search(request: ScopedRequest) -> HttpResponse:
    """What the box at the top finds; `in` asks for more of one room."""
    text = clean(request.GET.get("q", "")[:LONGEST])
    only = [source for source in SOURCES if source.code == request.GET.get("in")]
    groups = found(request.actor, text, only or SOURCES, most=MANY if only else FEW) if text else []
    context = {
        "text": text,
        "groups": groups,
        "all_url": f"{reverse('site:search')}?{urlencode({'q': text})}" if only else "",
        "cut": bool(only and groups and groups[0].more),
        "most": MANY,
        "narrow": bool(only),
    }
    return render(request, "site/search.html", context)
