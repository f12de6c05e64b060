"""Reports over the API: the same rights, operations and files as the pages; verification for everybody."""

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, File, Query, Router, Schema, Status
from ninja.errors import HttpError
from ninja.files import UploadedFile

from luoshi.campaigns.models import Campaign
from luoshi.gate.actor import Actor
from luoshi.gate.errors import Refused
from luoshi.orgs.models import Unit
from luoshi.reports.contents import document_of, issued_file
from luoshi.reports.models import Report
from luoshi.reports.operations import correct_report, discard_report, generate_report, issue_report
from luoshi.reports.public_check import check_file, check_report, code_in, issued_under
from luoshi.reports.queries import reports
from luoshi.reports.rechecking import recheck
from luoshi.reports.seal import Unsealed
from luoshi.reports.throttle import A_FILE, too_many
from luoshi.reports.views import DOCX_TYPE, file_name, handed_out, verification_url
from luoshi.reports.word.package import LARGEST_FILE, NotReadable

router = Router(tags=["reports"])
WORD_FILE: UploadedFile = File(..., description="The Word file of an issued report; it is read and not kept")  # type: ignore[type-arg]


class ReportOut(Schema):
    id: int
    number: str = Field(description="Counted in each unit and year")
    unit: str
    campaign: str
    template: str
    title: str
    state: str = Field(description="waiting, draft, issued, failed or discarded")
    failure: str
    as_of_at: datetime
    as_of_on: date
    position: int = Field(description="Journal position up to which its figures know")
    code: str = Field(description="Verification code; empty until it is issued")
    file_sha256: str
    checkpoint: int | None
    issued_at: datetime | None
    version: int


class QuoteOut(Schema):
    n: int
    printed: str
    indicator: str
    title: str
    unit: str
    value: str = Field(description="Exact value that was sealed")
    recomputed: str | None = Field(description="As of the report's own position; null where the ledger cannot say")
    now: str | None = Field(description="For the same day, with all that was entered since")
    verdict: str = Field(description="agrees, about, corrected, differs or gone")
    declared: bool


class GenerateIn(Schema):
    campaign: str
    unit: str
    template: str = Field(description="Code of a report of the campaign's pack")
    title: str = Field("", max_length=200)
    addressee: str = Field("", max_length=100, description="To whom it goes; the template's own by default")
    signed_by: str = Field("", max_length=100, description="The unit's name by default")
    language: str = "zh-hans"
    closing_of: date | None = Field(None, description="As the ledger stood at the end of this day; now by default")
    covers: list[str] = Field([], description="Codes of units to compile into one document")
    key: str = Field("", max_length=64, description="Idempotency key: the same key twice has one effect")


class IssueIn(Schema):
    version: int | None = Field(None, description="Version that was seen; 409 when it is another by now")
    key: str = Field("", max_length=64)


class DiscardIn(Schema):
    reason: str = Field(min_length=1, max_length=200)
    version: int | None = Field(None, description="Version that was seen; 409 when it is another by now")
    key: str = Field("", max_length=64)


class CorrectionIn(Schema):
    quote: int = Field(description="Number of the figure in the report")
    now: str = Field(min_length=1, max_length=40)
    reason: str = Field(min_length=1, max_length=500)
    key: str = Field("", max_length=64)


class CorrectionOut(Schema):
    quote: int
    was: str
    now: str
    reason: str
    made_at: datetime


class VerdictOut(Schema):
    code: str
    holds: bool
    signed: bool = Field(description="The checkpoint is signed with the published key of the journal")
    from_ledger: bool = Field(description="Every figure, recomputed from the records as of then, agrees")
    not_rewritten: bool = Field(description="What the journal holds now continues the report's checkpoint")
    title: str
    unit: str
    issued_at: datetime | None
    as_of_at: datetime
    figures: int
    file_sha256: str
    checkpoint: str = Field(description="The signed checkpoint, word for word")
    corrections: list[CorrectionOut]


class FileVerdictOut(Schema):
    """A file against what was sealed; `report` is the verdict on the report itself."""

    same: bool = Field(description="The very file that was issued, bit by bit")
    holds: bool = Field(description="It prints what was sealed")
    findings: list[str] = Field(description="What differs, in words")
    report: VerdictOut


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _out(row: Report) -> ReportOut:
    same = {name: getattr(row, name) for name in ReportOut.model_fields if name not in ("unit", "campaign")}
    return ReportOut(unit=row.unit.code, campaign=row.campaign.code, **same)


@router.get("/reports", response=list[ReportOut], summary="Reports in sight, newest first")
def list_reports(
    request: HttpRequest,
    unit: str = "",
    offset: int = Query(0, ge=0, le=1_000_000),  # type: ignore[type-arg]
    limit: int = Query(100, ge=1, le=500),  # type: ignore[type-arg]
) -> list[ReportOut]:
    rows = reports(_actor(request)).order_by("-made_at", "-pk")
    if unit:
        rows = rows.filter(unit__code=unit)
    return [_out(row) for row in rows[offset : offset + limit]]


@router.get("/reports/{pk}", response=ReportOut, summary="One report")
def one_report(request: HttpRequest, pk: int) -> ReportOut:
    return _out(get_object_or_404(reports(_actor(request)), pk=pk))


@router.get("/reports/{pk}/figures", response=list[QuoteOut], summary="Its quoted figures, recomputed")
def list_quotes(request: HttpRequest, pk: int) -> list[QuoteOut]:
    found = get_object_or_404(reports(_actor(request)), pk=pk)
    return [
        QuoteOut(
            n=each.quote.n,
            printed=each.quote.printed,
            indicator=each.quote.code,
            title=each.quote.title,
            unit=each.quote.unit_code,
            value=each.quote.exact_text,
            recomputed=each.then,
            now=each.now,
            verdict=str(each.verdict),
            declared=each.quote.declared is not None,
        )
        for each in recheck(found)
    ]


@router.post("/reports", response={201: ReportOut}, summary="Generate a report")
def generate(request: HttpRequest, data: GenerateIn) -> Status[ReportOut]:
    covers = list(Unit.objects.filter(code__in=data.covers, no__gt=0).order_by("no"))
    if missing := set(data.covers) - {each.code for each in covers}:
        raise Refused(_("There is no unit with the code %(code)s.") % {"code": min(missing)})
    made = generate_report(
        _actor(request),
        get_object_or_404(Unit, code=data.unit),
        campaign=get_object_or_404(Campaign, code=data.campaign),
        covers=covers,
        key=data.key,
        at=request.now,  # type: ignore[attr-defined]
        **data.model_dump(include={"template", "title", "addressee", "signed_by", "language", "closing_of"}),
    )
    return Status(201, _out(made))


@router.post("/reports/{pk}/issue", response=ReportOut, summary="Issue and seal a draft")
def issue(request: HttpRequest, pk: int, data: IssueIn) -> ReportOut:
    found = get_object_or_404(reports(_actor(request)), pk=pk)
    url, at = verification_url(request), request.now  # type: ignore[attr-defined]
    return _out(issue_report(_actor(request), found, url=url, at=at, seen=data.version, key=data.key))


@router.post("/reports/{pk}/discard", response=ReportOut, summary="Discard a draft")
def discard(request: HttpRequest, pk: int, data: DiscardIn) -> ReportOut:
    found = get_object_or_404(reports(_actor(request)), pk=pk)
    at = request.now  # type: ignore[attr-defined]
    return _out(discard_report(_actor(request), found, reason=data.reason, at=at, seen=data.version, key=data.key))


@router.post("/reports/{pk}/corrections", response={201: CorrectionOut}, summary="Tell a correction beside a report")
def correct(request: HttpRequest, pk: int, data: CorrectionIn) -> Status[CorrectionOut]:
    found = get_object_or_404(reports(_actor(request)), pk=pk)
    at = request.now  # type: ignore[attr-defined]
    told = data.model_dump(include={"quote", "now", "reason"})
    made = correct_report(_actor(request), found, key=data.key, at=at, **told)
    return Status(201, CorrectionOut.from_orm(made))


@router.get("/reports/{pk}/word", summary="The Word file", response={200: None})
def word(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(reports(_actor(request)), pk=pk)
    if not found.outline and not found.filled:
        raise Refused(_("The report has no text yet."))
    if not found.file:
        return handed_out(document_of(found)[0], file_name(found), DOCX_TYPE)
    return handed_out(issued_file(found), file_name(found), DOCX_TYPE)


@router.get("/verify/{code}", response=VerdictOut, auth=None, summary="Verify a report by its code; no token needed")
def verify(request: HttpRequest, code: str) -> VerdictOut:
    _brake(request)
    try:
        found = issued_under(code[:60])
    except ValueError as wrong:
        raise HttpError(404, str(wrong)) from wrong
    if found is None:
        raise HttpError(404, _("No report was issued under this code. Compare it with the last page of the report."))
    return _verdict(request, found)


@router.post(
    "/verify",
    response=FileVerdictOut,
    auth=None,
    summary="Verify a Word file by the seal that it bears; no token needed",
)
def verify_file(request: HttpRequest, file: UploadedFile = WORD_FILE) -> FileVerdictOut:
    _brake(request, cost=A_FILE)
    if (file.size or 0) > LARGEST_FILE:
        raise HttpError(422, _("The file is larger than %(limit)d MB.") % {"limit": LARGEST_FILE // 2**20})
    data = file.read()
    try:
        found = issued_under(code_in(data))
        if found is None:
            raise Unsealed(_("The seal in this file was not issued here, or it was altered."))
        checked = check_file(found, data, name=file.name or "")
    except (NotReadable, Unsealed) as unreadable:
        raise HttpError(422, str(unreadable)) from unreadable
    return FileVerdictOut(
        same=checked.same,
        holds=checked.holds,
        findings=[finding.text for finding in checked.findings],
        report=_verdict(request, found),
    )


def _brake(request: HttpRequest, *, cost: int = 1) -> None:
    if too_many(request, cost=cost):
        raise HttpError(429, _("Too many codes were looked up from this address. Try again in a minute."))


def _verdict(request: HttpRequest, found: Report) -> VerdictOut:
    check = check_report(found, at=request.now)  # type: ignore[attr-defined]
    content = check.sealed.content
    return VerdictOut(
        code=found.code,
        holds=check.holds,
        signed=check.signed,
        from_ledger=check.from_ledger,
        not_rewritten=check.not_rewritten,
        title=content.title,
        unit=content.unit,
        issued_at=found.issued_at,
        as_of_at=content.as_of,
        figures=len(content.figures),
        file_sha256=found.file_sha256,
        checkpoint=check.sealed.checkpoint,
        corrections=[CorrectionOut.from_orm(each) for each, _title in check.corrections],
    )
