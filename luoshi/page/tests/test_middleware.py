import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from luoshi.page.middleware import ExpiredLoginMiddleware

PAGE = "http://testserver/problems/?page=2"


def answer(response: HttpResponse, **headers: str) -> HttpResponse:
    def respond(_request: HttpRequest) -> HttpResponse:
        return response

    return ExpiredLoginMiddleware(respond)(RequestFactory().get("/problems/rows/", headers=headers))


def to_login() -> HttpResponse:
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?next=/problems/rows/")


def way_back(address: str) -> str:
    return parse_qs(urlsplit(address).query)["next"][0]


def test_htmx_is_led_to_the_login_as_a_whole_and_back_to_its_page() -> None:
    response = answer(to_login(), **{"hx-request": "true", "hx-current-url": PAGE})
    assert response.status_code == 200
    assert way_back(response["HX-Redirect"]) == "/problems/?page=2"


def test_a_script_gets_401_and_the_address_of_the_login() -> None:
    response = answer(to_login(), accept="application/json", referer=PAGE)
    assert response.status_code == 401
    assert way_back(json.loads(response.content)["login"]) == "/problems/?page=2"


def test_a_browser_is_redirected_as_before() -> None:
    assert answer(to_login(), accept="text/html").status_code == 302


@pytest.mark.parametrize("address", ["https://elsewhere.example/x", "", "not a url"])
def test_the_way_back_never_leaves_the_site(address: str) -> None:
    assert way_back(answer(to_login(), **{"hx-request": "true", "hx-current-url": address})["HX-Redirect"]) == "/"


def test_other_redirects_pass() -> None:
    response = HttpResponseRedirect("/problems/7/")
    assert answer(response, **{"hx-request": "true"}) is response
