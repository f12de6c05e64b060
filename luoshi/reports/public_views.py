"""核验页 — for anybody with a code or a file: no login, no personal data, nothing that the report does not print."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from luoshi.gate.request import Request
from luoshi.reports.models import Report
from luoshi.reports.public_check import FileCheck, check_file, check_report, code_in, issued_under
from luoshi.reports.seal import Unsealed
from luoshi.reports.throttle import throttled
from luoshi.reports.views import handed_out, proof_bytes
from luoshi.reports.word.package import LARGEST_FILE, NotReadable


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def verify(request: Request) -> HttpResponse:
    """Type the code, or choose the file that bears it."""
    if request.method == "POST":
        return _checked(request)
    typed = request.GET.get("code", "").strip()[:60]
    return redirect("reports:verified", typed.replace("/", "-")) if typed else _page(request)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def verified(request: Request, code: str) -> HttpResponse:
    """The verdict in one line, then its reasons; of a file that is sent along, what in it differs."""
    code = code[:60]
    try:
        found = issued_under(code)
    except ValueError as wrong:
        return _page(request, code=code, problem=str(wrong), status=404)
    if found is None:
        return _page(request, code=code, problem=_not_issued(), status=404)
    if request.method == "POST":
        return _checked(request, found)
    return _result(request, found)


def _not_issued() -> str:
    return _("No report was issued under this code. Compare it with the last page of the report.")


def _checked(request: Request, found: Report | None = None) -> HttpResponse:
    """A file against the report whose code was typed, or else against the one whose seal it bears. Nothing of it is kept."""
    code = found.code if found else ""
    try:
        name, data = _uploaded(request)
        found = found or issued_under(code_in(data))
        if found is None:
            problem = _(
                "The seal in this file was not issued here, or it was altered. Type the code on its last page instead."
            )
            return _page(request, problem=problem, status=422)
        return _result(request, found, file=check_file(found, data, name=name))
    except (NotReadable, Unsealed) as unreadable:
        return _page(request, code=code, problem=str(unreadable), status=422)


def _uploaded(request: Request) -> tuple[str, bytes]:
    file = request.FILES.get("file")
    if file is None:
        raise NotReadable(_("Choose the Word file of the report."))
    if (file.size or 0) > LARGEST_FILE:
        raise NotReadable(_("The file is larger than %(limit)d MB.") % {"limit": LARGEST_FILE // 2**20})
    return file.name or "", file.read()


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
        raise Http404(_not_issued())
    return handed_out(
        proof_bytes(found, check_report(found, at=request.now).sealed), "luoshi-proof.json", "application/json"
    )


def _result(request: Request, found: Report, *, file: FileCheck | None = None) -> HttpResponse:
    return _page(request, code=found.code, check=check_report(found, at=request.now), file=file)


def _page(request: Request, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, "reports/verify.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
