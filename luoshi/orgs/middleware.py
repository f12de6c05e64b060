"""Whoever came in with a password that others know changes it before anything else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from luoshi.orgs.models import User

OPEN_NAMES = frozenset({"orgs:password", "account_logout", "page:language", "page:theme"})


def password_first(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Stands behind authentication."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.must_change_password and request.path not in _open_paths():
            return HttpResponseRedirect(reverse("orgs:password"))
        return get_response(request)

    return middleware


def _open_paths() -> set[str]:
    return {reverse(name) for name in OPEN_NAMES}
