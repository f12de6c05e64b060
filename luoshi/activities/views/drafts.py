"""Drafts, as static/page/drafts.js asks for them: POST keeps, GET gives back, DELETE forgets."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from luoshi.activities.drafts import draft_of, drop_draft, keep_draft
from luoshi.campaigns.scope import ScopedRequest


@require_http_methods(["GET", "POST", "DELETE"])
def draft(request: ScopedRequest, pk: int | None = None) -> HttpResponse:
    """Everybody's own: no other user's draft can be named."""
    activity = str(pk or "")
    if request.method == "DELETE":
        drop_draft(request.user, activity)
        return HttpResponse(status=204)
    if request.method == "POST":
        kept = keep_draft(request.user, activity, request.POST, at=request.now)
        return HttpResponse(status=413) if kept is None else JsonResponse({"at": kept.saved_at.isoformat()})
    found = draft_of(request.user, activity)
    if found is None:
        return HttpResponse(status=204)
    return JsonResponse({"at": found.saved_at.isoformat(), "fields": found.data.get("fields", {})})
