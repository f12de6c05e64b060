"""Pages of reports: list, generate, one report with its figures recomputed, downloads, corrections."""

from collections import Counter
from typing import Any

import segno
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from luoshi.campaigns.scope import ScopedRequest
from luoshi.gate.errors import Elsewhere
from luoshi.gate.policy import may
from luoshi.journal import log, note
from luoshi.orgs.models import Unit, User
from luoshi.page.frame import Crumb, NavItem
from luoshi.reports.annex import write_annex
from luoshi.reports.comparing import MOST_OFFERED, comparable, compared, in_order
from luoshi.reports.composing import templates, title_of
from luoshi.reports.contents import document_of, issued_file, quoted, unknown_in
from luoshi.reports.forms import CorrectForm, DiscardForm, GenerateForm, IssueForm
from luoshi.reports.models import Making, Report
from luoshi.reports.operations import correct_report, discard_report, generate_report, issue_report
from luoshi.reports.outline import named_unknowns
from luoshi.reports.own_template import FlawedTemplate
from luoshi.reports.preview import preview
from luoshi.reports.queries import names_behind, reports
from luoshi.reports.rechecking import recheck
from luoshi.reports.seal import Sealed, proof_of
from luoshi.reports.tables import REPORTS
from luoshi.sheets.export import XLSX_TYPE
from luoshi.sheets.views import list_page

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BELOW_AT_MOST = 100
MOST_FLAWS = 50


def index(request: ScopedRequest) -> HttpResponseBase:
    """报告 — the reports of the unit in scope and those below it."""
    if not may(request.actor, "report.see"):
        raise PermissionDenied(_("Your role sees no reports."))
    unit = request.scope.unit
    rows = reports(request.actor).filter(unit__no__range=(unit.no, unit.last)).order_by("-made_at", "-pk")
    rows = rows.annotate(issuer_name=Subquery(User.objects.filter(pseudonym=OuterRef("issued_by")).values("name")[:1]))
    context = {"unit": unit, "may_generate": may(request.actor, "report.generate", unit.place())}
    return list_page(request, REPORTS, rows, template="reports/index.html", context=context, unit=unit.name)


def generate(request: ScopedRequest) -> HttpResponse:
    """生成 — choose template and moment; the figures come by themselves."""
    campaign, unit = request.scope.campaign, request.scope.unit
    if campaign is None:
        raise Http404
    if not may(request.actor, "report.generate", unit.place()):
        raise Elsewhere(_("Only the unit itself makes its reports."), action="report.generate")
    language = (request.LANGUAGE_CODE or "zh-hans").lower()
    offered = {code: title_of(each, language) for code, each in templates(campaign).items()}
    form = GenerateForm(
        request.POST or None,
        request.FILES or None,
        offered=offered,
        below=_below(unit),
        initial={"template": next(iter(offered), None), "language": language} | _like(request),
    )
    flaws: tuple[str, ...] = ()
    if form.is_valid():
        with form.refusals():
            try:
                made = generate_report(
                    request.actor, unit, campaign=campaign, key=form.key, at=request.now, **form.asked
                )
            except FlawedTemplate as flawed:
                flaws = flawed.flaws
                raise
            return redirect(made)
    context = {"form": form, "unit": unit, "flaws": flaws[:MOST_FLAWS], "more": max(0, len(flaws) - MOST_FLAWS)}
    return render(request, "reports/generate.html", context, status=form.status)


def _like(request: ScopedRequest) -> dict[str, Any]:
    """?like=7 begins with what an earlier report was made with."""
    asked = request.GET.get("like", "")
    earlier = reports(request.actor).filter(pk=asked).first() if asked.isascii() and asked.isdigit() else None
    if earlier is None:
        return {}
    return {
        "template": earlier.template,
        "title": earlier.title,
        "addressee": earlier.addressee,
        "signed_by": earlier.signed_by,
        "language": earlier.language,
        "covers": list(Unit.objects.filter(code__in=earlier.covers).values_list("pk", flat=True)),
    }


def _below(unit: Unit) -> QuerySet[Unit]:
    found = Unit.objects.filter(parent=unit, no__gt=0).order_by("no").values("pk")[:BELOW_AT_MOST]
    return Unit.objects.filter(pk__in=list(found.values_list("pk", flat=True))).order_by("no")


def report(request: ScopedRequest, pk: int) -> HttpResponse:
    """One report: the page as it will print, its figures recomputed, seal, downloads, corrections."""
    found = get_object_or_404(reports(request.actor), pk=pk)
    if found.state == Report.State.WAITING:
        return render(request, "reports/waiting.html", _waiting(found) | _head(found))
    marked = request.GET.get("face") != "print"
    rechecked = recheck(found)
    context = _head(found) | {
        "lines": preview(found),
        "marked": marked,
        "faces": [
            NavItem(label=_("Mark figures"), url=found.get_absolute_url(), current=marked),
            NavItem(label=_("As printed"), url=f"{found.get_absolute_url()}?face=print", current=not marked),
        ],
        "rechecked": rechecked,
        "by_number": {each.quote.n: each for each in rechecked},
        "differing": [each for each in rechecked if not each.holds],
        "changed": [each for each in rechecked if each.changed and each.correction is None],
        "unknown": named_unknowns(unknown_in(found)),
        "corrections": [each.correction for each in rechecked if each.correction is not None],
        "seal": _seal(found),
        "issue": _issue_form(request, found),
        "discard": _discard_form(request, found),
        "may_correct": found.issued and may(request.actor, "report.correct", found.place()),
        "may_generate": may(request.actor, "report.generate", found.place()),
        "own": _own(request, found),
        "verdicts": Counter(each.words for each in rechecked).most_common(),
    }
    return render(request, "reports/report.html", context)


def _own(request: ScopedRequest, found: Report) -> Unit | None:
    """The unit in scope, where it is another one than the report's and the reader makes its reports."""
    unit = request.scope.unit
    return unit if unit.pk != found.unit_id and may(request.actor, "report.generate", unit.place()) else None


def _head(found: Report) -> dict[str, Any]:
    names = names_behind(found.made_by, found.issued_by)
    return {
        "report": found,
        "made_by": names.get(found.made_by, found.made_by),
        "issued_by": names.get(found.issued_by, found.issued_by),
        "trail": [Crumb(label=_("Reports"), url=reverse("reports:index")), Crumb(label=found.number)],
    }


def _waiting(found: Report) -> dict[str, Any]:
    making = Making.objects.filter(report=found).first() or Making(report=found)
    words = _("Making part %(done)d of %(total)d") % {"done": making.done, "total": making.total}
    return {
        "job": {"words": words, "done": making.done, "total": making.total},
        "progress_url": reverse("reports:progress", args=[found.pk]),
    }


def progress(request: ScopedRequest, pk: int) -> HttpResponse:
    """How far a report in the making is, asked by its page every two seconds."""
    found = get_object_or_404(reports(request.actor), pk=pk)
    if found.state == Report.State.WAITING:
        return render(request, "page/parts/progress.html", _waiting(found))
    response = HttpResponse(status=200)
    response["HX-Redirect"] = found.get_absolute_url()
    return response


def _seal(found: Report) -> dict[str, Any] | None:
    if not found.seal:
        return None
    sealed = Sealed.model_validate(found.seal)
    signed = note.parse(sealed.checkpoint).checkpoint
    return {
        "code": sealed.code,
        "checkpoint": sealed.checkpoint_number,
        "size": signed.size,
        "qr": qr_svg(f"{sealed.url}{sealed.code}" if sealed.url else sealed.checkpoint),
        "url": reverse("reports:verified", args=[sealed.code]),
        "file": found.file.size if found.file.name and found.file.storage.exists(found.file.name) else None,
    }


def qr_svg(payload: str) -> SafeString:
    """A QR code as inline SVG: no style attribute, no picture to fetch."""
    drawn = segno.make(payload, error="m", micro=False)
    return mark_safe(drawn.svg_inline(scale=1, border=0, omitsize=True, svgclass="seal-qr", lineclass=None))  # noqa: S308 drawn by segno, of digits only


def _issue_form(request: ScopedRequest, found: Report) -> IssueForm | None:
    unfinished = found.state == Report.State.DRAFT or (found.issued and not found.file)
    if not unfinished or not may(request.actor, "report.seal", found.place()):
        return None
    return IssueForm(version=found.version)


def _discard_form(request: ScopedRequest, found: Report) -> DiscardForm | None:
    unissued = found.state in (Report.State.DRAFT, Report.State.FAILED)
    if not unissued or not may(request.actor, "report.discard", found.place()):
        return None
    return DiscardForm(version=found.version)


@require_POST
def discard(request: ScopedRequest, pk: int) -> HttpResponse:
    """作废."""
    found = get_object_or_404(reports(request.actor), pk=pk)
    form = DiscardForm(request.POST, version=found.version)
    if form.is_valid():
        with form.refusals():
            discard_report(request.actor, found, at=request.now, seen=form.version, key=form.key, **form.cleaned_data)
            return redirect("reports:index")
    context = {"form": form, "report": found, "trail": _head(found)["trail"]}
    return render(request, "reports/refused.html", context, status=form.status)


def compare(request: ScopedRequest, pk: int) -> HttpResponse:
    """比较 — this report and another one, figure by figure."""
    found = get_object_or_404(reports(request.actor), pk=pk)
    offered = comparable(request.actor, found)
    asked = request.GET.get("with", "")
    other = get_object_or_404(offered, pk=asked) if asked.isascii() and asked.isdigit() else offered.first()
    context = _head(found) | {"offered": offered[:MOST_OFFERED], "other": other}
    if other is not None:
        earlier, later = in_order(found, other)
        rows = compared(earlier, later)
        only = request.GET.get("only") == "changed"
        here = f"{reverse('reports:compare', args=[found.pk])}?with={other.pk}"
        context |= {
            "earlier": earlier,
            "later": later,
            "rows": [row for row in rows if row.changed or not only],
            "count": len(rows),
            "changed_count": sum(row.changed for row in rows),
            "faces": [
                NavItem(label=_("All figures"), url=here, current=not only),
                NavItem(label=_("Changed ones"), url=f"{here}&only=changed", current=only),
            ],
        }
    return render(request, "reports/compare.html", context)


@require_POST
def issue(request: ScopedRequest, pk: int) -> HttpResponse:
    """签发存证."""
    found = get_object_or_404(reports(request.actor), pk=pk)
    form = IssueForm(request.POST, version=found.version)
    form.is_valid()
    with form.refusals():
        issue_report(
            request.actor, found, url=verification_url(request), at=request.now, seen=form.version, key=form.key
        )
        return redirect(found)
    context = {"form": form, "report": found, "trail": _head(found)["trail"]}
    return render(request, "reports/refused.html", context, status=form.status)


def verification_url(request: HttpRequest) -> str:
    """Where the public looks a code up, with a closing slash."""
    return request.build_absolute_uri(reverse("reports:verify"))


def correct(request: ScopedRequest, pk: int) -> HttpResponse:
    """更正 — told beside the issued report; the report itself stays."""
    found = get_object_or_404(reports(request.actor).filter(state=Report.State.ISSUED), pk=pk)
    if not may(request.actor, "report.correct", found.place()):
        raise PermissionDenied(_("Only the unit itself corrects its reports."))
    number = request.GET.get("quote", "")
    now = {str(each.quote.n): each.now for each in recheck(found) if each.changed}
    initial = {"quote": number, "now": (now.get(number) or "").replace(",", "")}
    form = CorrectForm(request.POST or None, quotes=quoted(found), initial=initial)
    if form.is_valid():
        with form.refusals():
            correct_report(request.actor, found, key=form.key, at=request.now, **form.cleaned_data)
            return redirect(found)
    return render(request, "reports/correct.html", _head(found) | {"form": form}, status=form.status)


# ---- downloads


def word(request: ScopedRequest, pk: int) -> HttpResponse:
    """The issued file as it was issued; of a draft, one that says that it is a draft."""
    found = get_object_or_404(reports(request.actor), pk=pk)
    if found.file:
        data = _file(found)
    elif found.has_text:
        data, _digest = document_of(found)
    else:
        raise Http404
    return handed_out(data, file_name(found), DOCX_TYPE)


def file_name(found: Report) -> str:
    return f"{found.number} {found.title}.docx"


def annex(request: ScopedRequest, pk: int) -> HttpResponse:
    """数字附表."""
    found, sealed = _issued(request, pk)
    return handed_out(write_annex(sealed), f"{found.number} {_('figures')}.xlsx", XLSX_TYPE)


def proof(request: ScopedRequest, pk: int) -> HttpResponse:
    """存证证明 — luoshi-proof.json, for a check without network."""
    found, sealed = _issued(request, pk)
    return handed_out(proof_bytes(found, sealed), "luoshi-proof.json", "application/json")


def proof_bytes(found: Report, sealed: Sealed) -> bytes:
    return proof_of(sealed, _file(found), file_name=file_name(found), vkey=log.signer().key.vkey).to_json()


def _file(found: Report) -> bytes:
    try:
        return issued_file(found)
    except FileNotFoundError as lost:
        raise Http404(_("The issued file is missing. The administrator restores it from a backup.")) from lost


def _issued(request: ScopedRequest, pk: int) -> tuple[Report, Sealed]:
    found = get_object_or_404(reports(request.actor), pk=pk)
    if not found.seal or not found.file:
        raise Http404(_("Only an issued report has these."))
    return found, Sealed.model_validate(found.seal)


def handed_out(data: bytes, name: str, kind: str) -> HttpResponse:
    disposition = content_disposition_header(True, name.replace("/", "-"))
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": disposition or "attachment"})
