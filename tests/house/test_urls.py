"""Every address of the site is in the table, and answers a stranger as the table says."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.url_roles import ANYBODY, MIDWAY, TOKEN, URL_ROLES

DOTS = "…"


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


SITE = dict(reversed(list(patterns(get_resolver()))))  # of two patterns for one address the first answers


def line_for(route: str) -> str | None:
    """The line of the table that speaks of this address: its own, else the longest that ends in dots, else None."""
    if route in URL_ROLES:
        return route
    wider = [line for line in URL_ROLES if line.endswith(DOTS) and route.startswith(line.removesuffix(DOTS))]
    return max(wider, key=len, default=None)


@pytest.mark.parametrize("route", SITE)
def test_every_address_stands_in_the_table(route):
    assert line_for(route) is not None, f"{route}: say in tests/house/url_roles.py who may open it"


@pytest.mark.parametrize("line", URL_ROLES)
def test_every_line_of_the_table_speaks_of_an_address(line):
    assert any(line_for(route) == line for route in SITE)


def access(route: str) -> str:
    line = line_for(route)
    assert line is not None
    return URL_ROLES[line]


def takes_no_argument(route: str) -> bool:
    return not set("<(^") & set(route)


def allowed_methods(response):
    """An address for POST only says so before it asks who is there; tests/api tries those as they are meant."""
    return response.get("Allow", "GET")


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in SITE if line_for(route) is not None and takes_no_argument(route)])
def test_a_stranger_sees_what_the_table_says(client, route):
    allowed = access(route)
    response = client.get(f"/{route}")
    to_login = response.status_code == 302 and response["Location"].startswith(settings.LOGIN_URL)
    if allowed == ANYBODY:
        assert not to_login
        assert response.status_code not in (401, 403)
    elif allowed == TOKEN:
        assert response.status_code == (401 if "GET" in allowed_methods(response) else 405)
    else:
        assert to_login


@pytest.mark.parametrize("route", [route for route in SITE if line_for(route) is not None])
def test_only_what_anybody_may_open_is_exempt_from_signing_in(route):
    needs_login = getattr(SITE[route].callback, "login_required", True)
    assert needs_login is (access(route) not in (ANYBODY, MIDWAY, TOKEN))
