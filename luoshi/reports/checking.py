"""核数 page: a finished text with a mark on each number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from luoshi.campaigns.scope import ScopedRequest
from luoshi.figures.models import Indicator
from luoshi.gate.errors import Elsewhere
from luoshi.gate.policy import may
from luoshi.orgs.models import Unit
from luoshi.reports.check_forms import CheckForm, RememberForm
from luoshi.reports.matching import NEEDS_WORK, VERDICT_NAMES, Check, Checked, Verdict, check_text, phrase_of
from luoshi.reports.remembering import remember_match
from luoshi.reports.textcheck import read
from luoshi.reports.textcheck.documents import Unreadable, opened

# The names of the marks in page's verdict tag and in the style sheet.
MARKS = {
    Verdict.AGREES: "agrees",
    Verdict.DECLARED: "agrees",
    Verdict.ABOUT: "about",
    Verdict.DIFFERS: "differs",
    Verdict.UNKNOWN: "unknown",
    Verdict.NOT_CHECKED: "not",
}
SIGNS = {"agrees": "✓", "about": "≈", "differs": "≠", "unknown": "?", "not": "–"}
SHOWN_AT_MOST = 2_000  # marks on one page; the command and the export have all


@dataclass(frozen=True, slots=True)
class Mark:
    """One number as the page shows it."""

    number: int
    checked: Checked
    kind: str
    words: str
    sign: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text: plain, or with a mark."""

    text: str
    mark: Mark | None = None


def check(request: ScopedRequest) -> HttpResponse:
    """Paste or upload a text; see each number of it against the ledger."""
    unit = request.scope.unit
    if not may(request.actor, "text.check", unit.place()):
        raise Elsewhere(_("Your role does not check texts of this unit."), action="text.check")
    form = CheckForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form, "unit": unit}
    if form.is_valid():
        try:
            document = opened(form.cleaned_data["file"]) if form.cleaned_data["file"] else None
        except Unreadable as flaw:
            form.add_error("file", flaw.message())
        else:
            text = document.text if document else form.cleaned_data["text"].replace("\r\n", "\n")
            found = check_text(
                request.actor,
                read(text),
                campaign=request.scope.campaign,
                unit=unit,
                on=request.today,
                at=request.now,
            )
            return render(request, "reports/checked.html", {**context, **shown(found), "document": document})
    return render(request, "reports/check.html", context, status=422 if form.errors else 200)


def shown(found: Check) -> dict[str, object]:
    marks = [_mark(number, each) for number, each in enumerate(found.results[:SHOWN_AT_MOST], 1)]
    counts = found.counts()
    return {
        "check": found,
        "paragraphs": list(_paragraphs(found.reading.text, marks)),
        "marks": marks,
        "first": [mark for mark in marks if mark.checked.verdict in NEEDS_WORK],
        "rest": [mark for mark in marks if mark.checked.verdict not in NEEDS_WORK],
        "counts": [(MARKS[verdict], VERDICT_NAMES[verdict], count) for verdict, count in counts.items() if count],
        "moment": found.board.as_of if found.board else None,
        "indicators": list(found.board.by_code.values()) if found.board else [],
    }


def _mark(number: int, each: Checked) -> Mark:
    kind = MARKS[each.verdict]
    return Mark(number, each, kind, str(VERDICT_NAMES[each.verdict]), SIGNS[kind], phrase_of(each.statement))


def _paragraphs(text: str, marks: Sequence[Mark]) -> Iterator[list[Piece]]:
    """The text by paragraphs, each in pieces; marks never overlap."""
    at, start, waiting = 0, 0, list(marks)
    for line in text.split("\n"):
        stop = start + len(line)
        pieces: list[Piece] = []
        at = start
        while waiting and waiting[0].checked.statement.start < stop:
            mark = waiting.pop(0)
            said = mark.checked.statement
            pieces += [Piece(text[at : said.start]), Piece(text[said.start : said.end], mark)]
            at = said.end
        pieces.append(Piece(text[at:stop]))
        if line.strip():
            yield pieces
        start = stop + 1


@require_POST
def remember(request: ScopedRequest) -> HttpResponse:
    """Confirm or correct what a phrase means; it holds for the next text of the unit."""
    unit, campaign = request.scope.unit, request.scope.campaign
    if campaign is None:
        raise Http404
    form = RememberForm(request.POST)
    form.fields["indicator"].queryset = Indicator.objects.filter(campaign=campaign)  # type: ignore[attr-defined]
    form.fields["subject"].queryset = Unit.objects.filter(no__gt=0)  # type: ignore[attr-defined]
    if form.is_valid():
        with form.refusals():
            remember_match(request.actor, unit, key=form.key, at=request.now, **form.cleaned_data)
            if request.headers.get("HX-Request"):
                return HttpResponse(_("Remembered for the next text."))
            return redirect(reverse("textcheck:check"))
    return render(request, "reports/check.html", {"form": CheckForm(), "unit": unit}, status=422)
