"""The list of reports."""

from django.utils.translation import gettext_lazy as _

from luoshi.reports.models import Report
from luoshi.sheets.columns import Choice, Code, Day, Text
from luoshi.sheets.filters import ChoiceFilter, DayRange
from luoshi.sheets.table import SavedView, Show, Table

REPORTS = Table(
    "reports",
    title=_("Reports"),
    columns=[
        Show(Text("title", _("Report")), sort="title", link=lambda row: row.get_absolute_url(), css="ls-name"),
        Show(Code("number", _("Number")), sort="number"),
        Show(Text("unit", _("Unit"), source="unit.name"), sort="unit__no"),
        Show(Day("as_of_on", _("Figures as of")), sort="as_of_on"),
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
    views=[SavedView("all", _("All"))],
    order="",
    empty=_("No report yet."),
)
