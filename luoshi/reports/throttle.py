"""A simple brake for pages without login: so many calls a minute from one address, counted in each process's memory."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.module_loading import import_string

A_MINUTE = 60  # calls; a whole county sits behind one address, and nobody types codes faster
A_FILE = 5  # calls that reading an uploaded file is worth

View = Callable[..., HttpResponse]


def too_many(request: HttpRequest, *, cost: int = 1) -> bool:
    """Counts this call, by the machine's clock, or several at once for one that is dear; is it one too many?"""
    address = import_string(settings.AXES_CLIENT_IP_CALLABLE)(request)
    key = f"luoshi-verify-{address.replace(':', '.')}-{int(timezone.now().timestamp()) // 60}"
    cache.add(key, 0, 120)
    return bool(cache.incr(key, cost) > A_MINUTE)


def throttled(view: View) -> View:
    """Too many calls are answered calmly, with 429."""

    @wraps(view)
    def braked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if too_many(request, cost=A_FILE if request.method == "POST" else 1):
            response = render(request, "reports/too_many.html", status=429)
            response["Retry-After"] = "60"
            return response
        return view(request, *args, **kwargs)

    return braked
