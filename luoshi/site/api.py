"""The API: the rooms' routers under one roof, deny by default, errors as problem+json (RFC 9457).

It is mounted past the login page (a valid token would otherwise be sent there), so every route asks for a token or a session itself.
"""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required, login_required
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as FieldError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer, SessionAuth

from luoshi import __version__
from luoshi.activities.api import router as activities
from luoshi.campaigns.api import router as campaigns
from luoshi.figures.api import router as figures
from luoshi.gate.actor import Actor
from luoshi.gate.errors import AlreadyRecorded, Conflict, Refused
from luoshi.journal import clock
from luoshi.lib import canonical
from luoshi.orgs.actors import actor_of_token
from luoshi.orgs.api import router as units
from luoshi.orgs.models import User
from luoshi.packs.api import router as packs
from luoshi.reports.api import router as reports
from luoshi.site.problems import PROBLEM


class Bearer(HttpBearer):
    """An integration token: its owner, narrowed to the token's actions. No cookie, hence no CSRF."""

    openapi_name = "token"

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        actor = actor_of_token(token, on=clock.today())
        if actor is not None:
            request.actor = actor  # type: ignore[attr-defined]
        return actor


class Session(SessionAuth):
    """Whoever is signed in; with CSRF protection."""

    openapi_name = "session"

    def authenticate(self, request: HttpRequest, _key: str | None) -> User | None:
        user = request.user
        return user if isinstance(user, User) and user.is_authenticated else None


class PlainParser(Parser):
    """JSON without NUL: no text of ours holds one, and PostgreSQL keeps none."""

    def parse_body(self, request: HttpRequest) -> Any:
        body = super().parse_body(request)
        if holds_nul(body):
            raise ValueError("NUL in a text")
        return body


def holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(holds_nul(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return any(map(holds_nul, value))
    return isinstance(value, str) and "\x00" in value


api = NinjaAPI(
    title="落实 Luoshi",
    version=__version__,
    description="Facts, figures, duties and reports; the same rights as the pages, the same operations behind them.",
    auth=[Bearer(), Session()],
    docs_url=None,
    openapi_url="/openapi.json",
    docs_decorator=login_required,
    urls_namespace="api",
    parser=PlainParser(),
)
api.add_router("", activities)
api.add_router("", units)
api.add_router("", campaigns)
api.add_router("", figures)
api.add_router("", reports)
api.add_router("", packs)


def past_the_login_page() -> Any:
    """The API's addresses, exempt from the redirect to the login page: a caller with a token has no session to log in to."""
    patterns, _app, _namespace = addresses = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name != "openapi-json":
            login_not_required(pattern.callback)
    return addresses


def problem(status: int, title: str, detail: str = "", **more: Any) -> HttpResponse:
    """One problem; `title` says what kind it is, `detail` what to do."""
    body = {"type": "about:blank", "status": status, "title": title, "detail": detail, **more}
    return HttpResponse(canonical.dumps(body), content_type=PROBLEM, status=status)


@api.exception_handler(AuthenticationError)
def not_signed_in(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return problem(401, _("Sign in, or send a valid token."))


@api.exception_handler(PermissionDenied)
def out_of_rank(_request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem(403, _("Your role does not allow this."), str(error))


@api.exception_handler(Http404)
def out_of_sight(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(404, _("This does not exist, or is not open to you."))


@api.exception_handler(Conflict)
def conflict(_request: HttpRequest, error: Conflict) -> HttpResponse:
    return problem(409, _("Somebody else was faster."), str(error), version=getattr(error.current, "version", None))


@api.exception_handler(AlreadyRecorded)
def already_recorded(_request: HttpRequest, error: AlreadyRecorded) -> HttpResponse:
    return problem(409, _("Already recorded."), str(error))


@api.exception_handler(Refused)
def refused(_request: HttpRequest, error: Refused) -> HttpResponse:
    return problem(422, _("This cannot be recorded so."), str(error))


@api.exception_handler(FieldError)
def not_well_formed(_request: HttpRequest, error: FieldError) -> HttpResponse:
    return problem(422, _("This cannot be recorded so."), "; ".join(error.messages))


@api.exception_handler(ValidationError)
def not_understood(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    flaws = [{"where": ".".join(map(str, flaw["loc"])), "says": _said(flaw)} for flaw in error.errors]
    return problem(422, _("Some of the values cannot be used."), flaws=flaws)


@api.exception_handler(HttpError)
def other(_request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return problem(400, _("The request cannot be read."), _("Its body must be JSON, without NUL characters."))
    return problem(error.status_code, str(error))


def _said(flaw: dict[str, Any]) -> str:
    """pydantic's commonest complaints in the reader's language; the rest as it says them."""
    context = flaw.get("ctx", {})
    words = {
        "missing": _("This is needed."),
        "int_parsing": _("A whole number is needed."),
        "int_type": _("A whole number is needed."),
        "date_from_datetime_parsing": _("A date such as 2023-11-23 is needed."),
        "date_parsing": _("A date such as 2023-11-23 is needed."),
        "string_type": _("A text is needed."),
        "string_too_long": _("At most %(most)s characters.") % {"most": context.get("max_length")},
        "string_too_short": _("At least %(least)s characters.") % {"least": context.get("min_length")},
        "greater_than_equal": _("Not less than %(least)s.") % {"least": context.get("ge")},
        "less_than_equal": _("Not more than %(most)s.") % {"most": context.get("le")},
        "bool_parsing": _("true or false is needed."),
    }
    return words.get(flaw["type"], str(flaw["msg"]))


def described(request: HttpRequest) -> HttpResponse:
    """接口说明 — what the API offers, as a page; the machine's version is openapi.json."""
    schema = api.get_openapi_schema(path_prefix="/api/")
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, offered in methods.items():
            tag = (offered.get("tags") or [""])[0]
            groups.setdefault(tag, []).append(
                {"method": method.upper(), "path": path, "summary": offered.get("summary", "")}
            )
    return render(request, "site/api.html", {"groups": groups})
