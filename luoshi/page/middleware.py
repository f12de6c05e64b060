"""An expired login, said in a way that a script understands.

LoginRequiredMiddleware answers with a redirect. A browser follows it; htmx would swap the login form into the middle
of a page, and a draft being saved would take it for success. So htmx is told to go there as a whole, and a script
that asked for JSON gets 401 with the address; what was typed stays on the device until then.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect


class ExpiredLoginMiddleware:
    """Stands before LoginRequiredMiddleware in the list, so that it sees its answer."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        if response.status_code != 302 or not leads_to_login(response):
            return response
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(login_url(page_address(request)))
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"login": login_url(page_address(request))}, status=401)
        return response


def leads_to_login(response: HttpResponse) -> bool:
    return urlsplit(response["Location"]).path == urlsplit(resolve_url(settings.LOGIN_URL)).path


def page_address(request: HttpRequest) -> str:
    """Where the reader is: the page that sent the fragment's request, not the fragment."""
    current = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    parts = urlsplit(current)
    if parts.netloc != request.get_host():
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def login_url(back_to: str) -> str:
    return redirect_to_login(back_to).url
