"""Language, theme, error pages, and the gallery of everything that page offers."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.i18n import set_language

from luoshi.journal import clock
from luoshi.page import gallery as samples
from luoshi.page import themes
from luoshi.page.frame import NavItem


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language and come back; a cookie remembers it."""
    return set_language(request)


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Change the theme and come back; a cookie remembers it."""
    return themes.remember(HttpResponseRedirect(way_back(request)), request.POST.get("theme", ""))


def way_back(request: HttpRequest) -> str:
    """Where the form was, if that is one of our own pages."""
    address = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if own else "/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400; what was refused for its size says so, with the limit."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return too_large(request, limit=filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0))
    return render(request, "400.html", status=400)


def too_large(request: HttpRequest, *, limit: str = "") -> HttpResponse:
    return render(request, "page/413.html", {"limit": limit}, status=413)


def conflict(request: HttpRequest, *, reason: str = "") -> HttpResponse:
    """For an act without a form to show the conflict in: somebody else changed the record meanwhile."""
    return render(request, "page/409.html", {"reason": reason}, status=409)


def forbidden(
    request: HttpRequest, exception: Exception, *, chosen: str = "", choices: Sequence[NavItem] = ()
) -> HttpResponse:
    """handler403; shows the reason where the rule gave one. chosen, choices: what the page is about, and where the reader may."""
    context = {"reason": str(exception), "chosen": chosen, "choices": choices}
    return render(request, "403.html", context, status=403)


@login_not_required
@require_GET
def gallery(request: HttpRequest, name: str = "parts") -> HttpResponse:
    """Every part with sample data, for those who build pages and for the browser tests. Never on a live site."""
    if not gallery_is_open() or name not in samples.PAGES:
        raise Http404
    return render(request, f"page/gallery/{name}.html", samples.context(name))


@login_not_required
@require_http_methods(["GET", "POST", "DELETE"])
def gallery_draft(request: HttpRequest) -> HttpResponse:
    """Answers as a keeper of drafts does, and keeps nothing."""
    if not gallery_is_open():
        raise Http404
    if request.method == "POST":
        return JsonResponse({"at": clock.now()})
    return HttpResponse(status=204)


def gallery_is_open() -> bool:
    return bool(settings.DEBUG or getattr(settings, "LUOSHI_GALLERY", False))
