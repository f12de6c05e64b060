"""What the rooms' views call: a list page with its exports, and an import from upload to confirmation."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.template import Template
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from luoshi.journal import clock
from luoshi.sheets import blank, export, marking, uploads
from luoshi.sheets.columns import Label
from luoshi.sheets.export import CSV_TYPE, XLSX_TYPE, Frame
from luoshi.sheets.flaws import Rejected
from luoshi.sheets.reading import Outcome, Parsed, Resolve, Row, Summary, read_workbook
from luoshi.sheets.sheet import Sheet
from luoshi.sheets.table import Bound, Table
from luoshi.sheets.uploads import Upload

BASE = "page/base.html"
PREVIEWED = 20
FLAWS_SHOWN = 200


def list_page(
    request: HttpRequest,
    table: Table,
    rows: QuerySet[Any],
    *,
    template: str,
    context: Mapping[str, Any] | None = None,
    as_of: str = "",
    unit: str = "",
    base: str | Template = BASE,
    along: QuerySet[Any] | None = None,
) -> HttpResponseBase:
    """One view for the page, its htmx fragment, its print and its exports.

    The page's template gets `table` and includes "sheets/table.html". unit, as_of: the lines on top of what leaves. along: the same
    rows, as a large ledger asks for them.
    """
    bound = table.bound(request.GET, rows, path=request.path, along=along)
    match request.GET.get("export"):
        case "xlsx":
            return xlsx_response(bound, unit=unit, as_of=as_of)
        case "csv" | "gb18030" as kind:
            return csv_response(bound, encoding="gb18030" if kind == "gb18030" else "utf-8-sig")
    everything = {**(context or {}), "table": bound, "base": base, "as_of": as_of, "unit": unit}
    if bound.printing:
        return render(request, "sheets/print.html", everything)
    is_fragment = request.headers.get("HX-Request") == "true" and fragment_target(request) == f"ls-{table.name}"
    response = render(request, "sheets/table.html" if is_fragment else template, everything)
    response["Vary"] = "HX-Request"
    return response


def fragment_target(request: HttpRequest) -> str:
    """htmx 4 sends "tag#id", htmx 2 the id alone."""
    return request.headers.get("HX-Target", "").rpartition("#")[2]


def xlsx_response(bound: Bound, *, unit: str = "", as_of: str = "") -> HttpResponseBase:
    frame = Frame(unit=unit, as_of=as_of, totals=bound.exported_totals(), signed=True)
    file = export.xlsx(bound.sheet, bound.exported(), frame=frame)
    return FileResponse(
        file, as_attachment=True, filename=f"{file_title(bound.table.title)}.xlsx", content_type=XLSX_TYPE
    )


def csv_response(bound: Bound, *, encoding: export.Encoding) -> HttpResponseBase:
    lines = export.csv_lines(bound.sheet.columns, bound.exported(), encoding=encoding)
    charset = "utf-8" if encoding == "utf-8-sig" else encoding
    disposition = content_disposition_header(True, f"{file_title(bound.table.title)}.csv")
    return StreamingHttpResponse(
        lines,
        content_type=f"{CSV_TYPE}; charset={charset}",
        headers={"Content-Disposition": disposition or "attachment"},
    )


def file_title(title: Label) -> str:
    return f"{title}-{clock.today():%Y%m%d}"


def template_response(sheet: Sheet) -> HttpResponse:
    return download(blank.template(sheet), _("{title} (template).xlsx").format(title=sheet.title))


def download(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(True, name)
    return HttpResponse(content, content_type=XLSX_TYPE, headers={"Content-Disposition": disposition or "attachment"})


@dataclass(frozen=True, eq=False)
class Import:
    """导入 — what a room says about importing one of its sheets.

    prepare: called once per file with the rows read, so that it can fetch what exists in one query; returns the
    judgement of each row. apply: the one operation; returns the address to go to. refusals: exceptions of `apply` whose
    text is shown to the user.
    """

    sheet: Sheet
    _: KW_ONLY
    prepare: Callable[[HttpRequest, Parsed], Resolve]
    apply: Callable[[HttpRequest, Parsed, Summary], str]
    refusals: tuple[type[Exception], ...] = ()
    title: Label = ""
    back: str = ""
    base: str | Template = BASE


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest, job: Import) -> HttpResponseBase:
    """Upload → dry run → confirm under one address; `?template` gives the empty workbook.

    The room's view checks the right to import before it calls this.
    """
    if request.method != "POST":
        return template_response(job.sheet) if "template" in request.GET else form_page(request, job)
    try:
        match request.POST.get("act", "check"):
            case "confirm":
                return confirm(request, job, kept_upload(request, job))
            case "marked":
                return marked_file(request, job, kept_upload(request, job))
            case "cancel":
                uploads.discard(kept_upload(request, job))
                return HttpResponseRedirect(request.path)
        return check(request, job)
    except Rejected as rejected:
        return form_page(request, job, rejected=rejected)


def form_page(request: HttpRequest, job: Import, *, rejected: Rejected | None = None) -> HttpResponse:
    context = {**common(job), "rejected": rejected}
    return render(request, "sheets/import.html", context, status=422 if rejected else 200)


def common(job: Import) -> dict[str, Any]:
    title = job.title or _("Import: {title}").format(title=job.sheet.title)
    return {"base": job.base, "job": job, "title": title, "sheet": job.sheet}


def owner_of(request: HttpRequest) -> str:
    return str(request.user.pk)


def kept_upload(request: HttpRequest, job: Import) -> Upload:
    token = request.POST.get("token", "")
    return uploads.kept(token, owner=owner_of(request), purpose=job.sheet.name, at=timezone.now())


def check(request: HttpRequest, job: Import) -> HttpResponse:
    """The dry run: nothing is written but the upload itself."""
    file = request.FILES.get("file")
    if file is None:
        raise Rejected("no_file", _("Choose a file first."))
    if request.POST.get("token"):
        # The corrected file takes the place of the one that was marked.
        uploads.discard(kept_upload(request, job))
    upload = uploads.keep(
        file, owner=owner_of(request), purpose=job.sheet.name, name=file.name or "", at=timezone.now()
    )
    try:
        parsed, summary = judged(request, job, upload)
    except Rejected:
        uploads.discard(upload)
        raise
    return dry_run_page(request, job, upload, parsed, summary)


def judged(request: HttpRequest, job: Import, upload: Upload) -> tuple[Parsed, Summary]:
    parsed = read_workbook(upload.content(), job.sheet)
    if not parsed.rows:
        raise Rejected("no_rows", _("There are no rows below the headings. Fill in the table and upload it again."))
    return parsed, parsed.summary(job.prepare(request, parsed))


def dry_run_page(
    request: HttpRequest, job: Import, upload: Upload, parsed: Parsed, summary: Summary, *, refusal: str = ""
) -> HttpResponse:
    context = {
        **common(job),
        "upload": upload,
        "parsed": parsed,
        "summary": summary,
        "flaws": parsed.flaws[:FLAWS_SHOWN],
        "flaws_total": len(parsed.flaws) + parsed.flaws_left_out,
        "preview": preview(parsed, summary),
        "columns": [column for column in job.sheet.columns if column.name in parsed.positions],
        "refusal": refusal,
    }
    return render(request, "sheets/dry_run.html", context, status=422 if parsed.flaws or refusal else 200)


@dataclass(frozen=True)
class Previewed:
    """A row of the preview as the page shows it."""

    row: Row
    outcome: Outcome
    texts: list[str]


def preview(parsed: Parsed, summary: Summary) -> list[Previewed]:
    """The first rows that confirming would add or change."""
    columns = [column for column in parsed.sheet.columns if column.name in parsed.positions]
    rows = [row for row in parsed.rows if summary.outcomes[row.number] in (Outcome.NEW, Outcome.CHANGED)]
    return [
        Previewed(row, summary.outcomes[row.number], [column.text(row[column.name]) for column in columns])
        for row in rows[:PREVIEWED]
    ]


def confirm(request: HttpRequest, job: Import, upload: Upload) -> HttpResponse:
    """Read the same bytes again, judge them as things stand now, and import all or nothing."""
    parsed, summary = judged(request, job, upload)
    if parsed.flaws:
        return dry_run_page(request, job, upload, parsed, summary)
    try:
        address = job.apply(request, parsed, summary)
    except job.refusals as refused:
        return dry_run_page(request, job, upload, parsed, summary, refusal=str(refused))
    uploads.discard(upload)
    return HttpResponseRedirect(address)


def marked_file(request: HttpRequest, job: Import, upload: Upload) -> HttpResponse:
    parsed, _summary = judged(request, job, upload)
    stem = upload.name.rpartition(".")[0] or upload.name
    name = _("{name} (to be corrected).xlsx").format(name=stem)
    return download(marking.marked(upload.content(), parsed.flaws, worksheet=parsed.worksheet), name)
