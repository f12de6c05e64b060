"""A request that knows who acts and which day it is; site/middleware puts both there."""

from datetime import date, datetime

from django.http import HttpRequest

from luoshi.gate.actor import Actor


class Request(HttpRequest):
    """actor: who acts, with the grants of the day. now, today: the clock of this request, passed on to every rule."""

    actor: Actor
    now: datetime
    today: date
