"""What can be written about figures: declarations of other systems' figures, and the recount."""

from datetime import date

from django.utils.translation import gettext as _

from luoshi.figures.measures import measure
from luoshi.figures.models import LARGEST_VALUE, Declaration, Indicator
from luoshi.figures.sources import DECLARED
from luoshi.figures.tally import append, differences
from luoshi.gate.errors import Refused
from luoshi.gate.operation import Act, operation
from luoshi.orgs.models import Unit


def _check_declared(
    act: Act, indicator: Indicator, *, value: int, as_of_on: date, document: str, document_on: date
) -> None:
    if indicator.source != DECLARED:
        raise Refused(_("This figure is computed from records; nobody declares it."))
    if not 0 <= value <= LARGEST_VALUE:
        raise Refused(_("A declared figure is a whole number from 0 to %(most)d.") % {"most": LARGEST_VALUE})
    if as_of_on > act.today or document_on > act.today:
        raise Refused(_("A figure and its document cannot be of a day in the future."))
    if not document.strip():
        raise Refused(_("Name the document that the figure stands in."))


@operation("figure.declare", creates=True)
def declare_figure(
    act: Act,
    unit: Unit,
    *,
    indicator: Indicator,
    value: int,
    as_of_on: date,
    system: str,
    document: str,
    document_on: date,
    note: str = "",
) -> Declaration:
    """填报 — a figure that another system counts, declared once by the unit that answers for it, with document and date."""
    _check_declared(act, indicator, value=value, as_of_on=as_of_on, document=document, document_on=document_on)
    known = Declaration.objects.filter(unit=unit, indicator=indicator, as_of_on=as_of_on)
    if known.exists():
        raise Refused(_("This figure was already declared for this day. Correct that declaration instead."))
    return act.add(
        Declaration(
            unit=unit,
            indicator=indicator,
            value=value,
            as_of_on=as_of_on,
            system=system,
            document=document,
            document_on=document_on,
            note=note,
            declared_on=act.today,
        )
    )


@operation("figure.correct")
def correct_declaration(act: Act, declaration: Declaration, *, value: int, note: str) -> Declaration:
    """更正填报数 — a correction is a new figure with a note; the old one stays to be read."""
    if not note.strip():
        raise Refused(_("Say why it is corrected."))
    if Declaration.objects.filter(supersedes=declaration).exists():
        raise Refused(_("This declaration was corrected already; correct the newer one."))
    old = declaration
    _check_declared(
        act,
        old.indicator,
        value=value,
        as_of_on=old.as_of_on,
        document=old.document,
        document_on=old.document_on,
    )
    return act.add(
        Declaration(
            unit=old.unit,
            indicator=old.indicator,
            value=value,
            as_of_on=old.as_of_on,
            system=old.system,
            document=old.document,
            document_on=old.document_on,
            note=note,
            declared_on=act.today,
            supersedes=old,
        )
    )


@operation("figure.recount", anywhere=True)
def recount_figures(act: Act, unit: Unit) -> int:
    """重算 — recount all tallies from the records and book what differs under one entry. Returns how many cells differed.

    After a bulk load that left the tallies aside (figures/tally.py: aside); `luoshi verify` says whether it is needed.
    """
    measures = [measure(each) for each in Indicator.objects.exclude(source=DECLARED).select_related("campaign")]
    rows = list(differences(measures))
    if rows:
        act.say(unit.ref, {"recounted": len(rows)})
        act.later.append(lambda position: append(position, rows))
    return len(rows)
