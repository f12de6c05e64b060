"""Drafts for scripts: POST keeps, GET gives back, DELETE forgets. Only ever one's own: no other user can be named."""

from datetime import UTC, datetime

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from luoshi.gate.errors import Refused
from luoshi.gate.request import Request
from luoshi.orgs.drafts import LONGEST_NAME, TooLarge, draft_name, draft_of, drop_draft, keep_draft, page_of
from luoshi.orgs.models import User

NAMING_FIELDS = ("title", "name")


@never_cache
@require_http_methods(["GET", "POST", "DELETE"])
def draft(request: Request, form: str, record: str = "") -> HttpResponse:
    user, name = request.user, draft_name(form, record)
    if not isinstance(user, User) or len(name) > LONGEST_NAME:
        raise Http404(_("This record does not exist."))
    match request.method:
        case "POST":
            return _keep(request, user, name)
        case "DELETE":
            drop_draft(user, form, record)
            return HttpResponse(status=204)
    found = draft_of(user, form, record, at=request.now)
    if found is None:
        return HttpResponse(status=204)
    return JsonResponse({"at": _instant(found.saved_at), "fields": found.data.get("fields", {})})


def _keep(request: Request, user: User, name: str) -> HttpResponse:
    try:
        kept = keep_draft(user, name, request.POST, title=_title(request), url=page_of(request), at=request.now)
    except Refused as refused:
        return JsonResponse({"detail": str(refused)}, status=413 if isinstance(refused, TooLarge) else 409)
    return JsonResponse({"at": _instant(kept.saved_at)})


def _instant(at: datetime) -> str:
    """As scripts write it: they compare it, as a text, with the copy on the device."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _title(request: Request) -> str:
    """What the form is for, and what it names so far."""
    typed = next((text for field in NAMING_FIELDS if (text := request.POST.get(field, "").strip())), "")
    return " · ".join(filter(None, (request.GET.get("title", "").strip(), typed.replace("\x00", ""))))
