"""Which account somebody tries to open: what the lockout counts."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest


def attempted_account(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str | None:
    """The account name in one form. The login form calls it login, Django's backends username; axes asks with either."""
    typed = (credentials or {}).get("username") or (request.POST.get("login") if request is not None else None)
    return str(typed).strip().lower()[:60] if typed else None
