"""越权 — what a reader is told who may not do something: why, and where it might be done instead."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from luoshi.gate.actor import Actor
from luoshi.gate.errors import Elsewhere
from luoshi.gate.policy import EVERYWHERE, spans
from luoshi.orgs.models import Unit
from luoshi.page import views
from luoshi.page.frame import NavItem

OFFERED = 30


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403; where only the chosen unit is wrong, its name and the units at which the reader may."""
    if not isinstance(exception, Elsewhere) or not hasattr(request, "scope"):
        return views.forbidden(request, exception)
    chosen: Unit = request.scope.unit
    places = _places(request.actor, exception.action, besides=chosen)  # type: ignore[attr-defined]
    choices = [_choice(request, each) for each in places]
    return views.forbidden(request, exception, chosen=chosen.name, choices=choices)


def _places(actor: Actor, action: str, *, besides: Unit) -> list[Unit]:
    """The tops of the branches, and the single units, at which the actor may do the action."""
    found = Q(pk__in=[])
    for span in spans(actor, action):
        if span != EVERYWHERE:
            found |= Q(no=span.first) if span.unit is None else Q(pk=span.unit)
    return list(Unit.objects.filter(found, no__gt=0).exclude(pk=besides.pk).order_by("no")[:OFFERED])


def _choice(request: HttpRequest, unit: Unit) -> NavItem:
    asked = request.GET.copy()
    asked["unit"] = unit.code
    return NavItem(label=unit.name, url=f"{request.path}?{asked.urlencode()}")
