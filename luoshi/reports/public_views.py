"""核验页 — for anybody with a code: no login, no personal data, nothing that the report does not print."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from luoshi.gate.request import Request
from luoshi.reports.public_check import check_report, issued_under
from luoshi.reports.throttle import throttled
from luoshi.reports.views import handed_out, proof_bytes


@login_not_required
@require_GET
@throttled
def verify(request: Request) -> HttpResponse:
    """Type the code."""
    typed = request.GET.get("code", "").strip()[:60]
    return redirect("reports:verified", typed.replace("/", "-")) if typed else _page(request)


@login_not_required
@require_GET
@throttled
def verified(request: Request, code: str) -> HttpResponse:
    """The verdict in one line, then its reasons."""
    try:
        found = issued_under(code[:60])
    except ValueError as wrong:
        return _page(request, code=code[:60], problem=str(wrong), status=404)
    if found is None:
        problem = _("No report was issued under this code. Compare it with the last page of the report.")
        return _page(request, code=code[:60], problem=problem, status=404)
    return _page(request, code=found.code, check=check_report(found, at=request.now))


@login_not_required
@require_GET
@throttled
def proof(request: Request, code: str) -> HttpResponse:
    """What an outsider needs to check the file without us."""
    try:
        found = issued_under(code[:60])
    except ValueError as wrong:
        raise Http404(str(wrong)) from wrong
    if found is None:
        raise Http404(_("No report was issued under this code. Compare it with the last page of the report."))
    return handed_out(
        proof_bytes(found, check_report(found, at=request.now).sealed), "luoshi-proof.json", "application/json"
    )


def _page(request: Request, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, "reports/verify.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
