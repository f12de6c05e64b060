"""The list of reports."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luoshi.reports.models import Report
from luoshi.sheets.columns import Choice, Code, Day, Text
from luoshi.sheets.filters import ChoiceFilter, DayRange
from luoshi.sheets.table import SavedView, Show, Table

UNISSUED = (Report.State.WAITING, Report.State.DRAFT, Report.State.FAILED)

REPORTS = Table(
    "reports",
    title=_("Reports"),
    columns=[
        Show(Text("title", _("Report")), sort="title", link=lambda row: row.get_absolute_url(), css="ls-name"),
        Show(Code("number", _("Number")), sort="number"),
        Show(Text("unit", _("Unit"), source="unit.name"), sort="unit__no"),
        Show(Day("as_of_on", _("Figures as of")), sort="as_of_on"),
        Show(Day("issued_on", pgettext_lazy("report", "Issued on")), sort="issued_at"),
        Show(Text("issuer", pgettext_lazy("report", "Issued by")), sort="issuer_name"),
        Show(Code("code", _("Verification code"))),
        Show(
            Choice("state", _("State"), choices=Report.State.choices),
            sort="state",
            template="reports/parts/state.html",
            css="ls-state",
        ),
    ],
    filters=[
        ChoiceFilter("state", _("State"), choices=Report.State.choices),
        DayRange("as_of_on", _("Figures as of")),
    ],
    search=[
        "title__icontains",
        "number__icontains",
        "code__icontains",
        "unit__name__icontains",
        "unit__pinyin__icontains",
    ],
    views=[
        SavedView("all", _("All"), ~Q(state=Report.State.DISCARDED)),
        SavedView("drafts", pgettext_lazy("view of reports", "Drafts"), Q(state__in=UNISSUED)),
        SavedView("issued", pgettext_lazy("view of reports", "Issued"), Q(state=Report.State.ISSUED)),
        SavedView("discarded", pgettext_lazy("view of reports", "Discarded"), Q(state=Report.State.DISCARDED)),
    ],
    order="",
    empty=_("No report yet."),
)
