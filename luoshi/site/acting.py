"""Who acts in a request. Apart from middleware.py, which logging needs before the models are there."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from luoshi.campaigns.scope import scope_of
from luoshi.gate.actor import NOBODY, Actor
from luoshi.journal import clock
from luoshi.orgs.actors import actor_of
from luoshi.orgs.models import User
from luoshi.site.middleware import GetResponse


def actors(get_response: GetResponse) -> GetResponse:
    """Every request knows who acts (request.actor), the clock (now, today) and its scope; worked out when first asked for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        now = clock.now()
        on = timezone.localdate(now)
        request.now, request.today = now, on  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: _actor(request, on))  # type: ignore[attr-defined]
        request.scope = SimpleLazyObject(lambda: scope_of(request, request.actor, on=on))  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def _actor(request: HttpRequest, on: date) -> Actor:
    return actor_of(request.user, on=on) if isinstance(request.user, User) else NOBODY
