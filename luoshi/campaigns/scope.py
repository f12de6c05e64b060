"""What a page is about: one campaign, one unit, one day."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from luoshi.campaigns.models import Campaign
from luoshi.gate.actor import Actor
from luoshi.gate.request import Request
from luoshi.orgs.models import Unit

CAMPAIGN_KEY, UNIT_KEY = "campaign", "unit"


@dataclass(frozen=True, slots=True)
class Scope:
    """页面范围 — the campaign chosen at the side, the unit chosen at the top, the day of the request.

    campaign: None while no pack is installed. unit: the chosen one, or the one where the reader's widest grant stands.
    """

    campaign: Campaign | None
    unit: Unit
    on: date


class ScopedRequest(Request):
    scope: Scope


def scope_of(request: HttpRequest, actor: Actor, *, on: date) -> Scope:
    """The scope of a request: what its address names (?campaign=, ?unit=), or what was chosen last in this session."""
    return Scope(_campaign(request), _unit(request, actor), on)


def _campaign(request: HttpRequest) -> Campaign | None:
    code = _chosen(request, CAMPAIGN_KEY)
    campaigns = Campaign.objects.select_related("unit").order_by("-starts_on", "-pk")
    return (campaigns.filter(code=code).first() if code else None) or campaigns.first()


def _unit(request: HttpRequest, actor: Actor) -> Unit:
    code = _chosen(request, UNIT_KEY)
    units = Unit.objects.select_related("parent", "sector")
    found = units.filter(code=code, no__gt=0).first() if code else None
    if found is not None:
        return found
    widest = max(actor.grants, key=lambda grant: grant.last - grant.first, default=None)
    pk = widest.unit if widest is not None else actor.unit
    return units.get(pk=pk) if pk is not None else units.filter(no__gt=0).earliest("no")


def _chosen(request: HttpRequest, key: str) -> str:
    if (given := request.GET.get(key)) is not None:
        request.session[key] = given
        return given
    remembered: str = request.session.get(key, "")
    return remembered
