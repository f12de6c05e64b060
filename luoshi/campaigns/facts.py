"""What campaigns offer to be counted: who owes what, and what was met."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.fields import BooleanField
from django.utils.translation import gettext_lazy as _

from luoshi.campaigns.duties import owed, waived
from luoshi.campaigns.models import Fulfilment, Owes, ZeroReport
from luoshi.gate.facts import Cell, Column, Facts, Type, cells_of
from luoshi.gate.operation import Act

FAR = date(9999, 12, 31)


def _derived(source: str) -> Any:
    def touched(act: Act) -> Iterable[Cell]:
        return act.touched.get(source, ())

    return touched


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def met_rows() -> QuerySet[Fulfilment]:
    return Fulfilment.objects.filter(counts=True).annotate(
        held_late=_flag(Q(held_on__gt=F("occasion__due_on"))),
        entered_late=_flag(Q(entered_on__gt=F("occasion__due_on"))),
    )


def due_rows() -> QuerySet[Owes]:
    return owed(until=FAR).exclude(waived())


REQUIREMENT = {
    "requirement": Column("requirement__code", _("requirement"), section="requirements"),
    "workstream": Column("requirement__workstream__code", _("workstream"), section="workstreams"),
    "required": Column("requirement__required", _("required"), type=Type.FLAG),
    "unit_kind": Column("unit__kind", _("kind of unit")),
}

owes = Facts(
    code="owes",
    title=_("units that owe a requirement"),
    rows=Owes.objects.all,
    day="valid_from",
    until="valid_until",
    campaign="requirement__campaign",
    see="duty.see",
    columns=REQUIREMENT,
    touched=_derived("owes"),
)

due = Facts(
    code="due",
    title=_("duties that fell due"),
    rows=due_rows,
    day="due_on",
    campaign="requirement__campaign",
    see="duty.see",
    columns=REQUIREMENT,
    touched=_derived("due"),
)

met = Facts(
    code="met",
    title=_("duties that were met"),
    rows=met_rows,
    day="occasion__due_on",
    campaign="occasion__requirement__campaign",
    see="duty.see",
    columns={
        name: Column(
            f"occasion__{column.lookup}" if column.lookup.startswith("requirement") else column.lookup,
            column.title,
            column.type,
            column.choices,
            column.section,
        )
        for name, column in REQUIREMENT.items()
    }
    | {
        "zero": Column("zero", _("zero report"), type=Type.FLAG),
        "held_late": Column("held_late", _("held late"), type=Type.FLAG),
        "entered_late": Column("entered_late", _("entered late"), type=Type.FLAG),
    },
    touched=_derived("met"),
)

zero_reports = Facts(
    code="zero_reports",
    title=_("zero reports"),
    rows=lambda: ZeroReport.objects.filter(withdrawn_on__isnull=True),
    day="stated_on",
    campaign="requirement__campaign",
    see="duty.see",
    columns=REQUIREMENT,
    touched=cells_of(ZeroReport, "stated_on"),
)

SOURCES = (owes, due, met, zero_reports)
