"""The cockpit's table as an Excel file: the same figures, with title, unit and as-of line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import FileResponse
from django.utils.translation import gettext as _

from luoshi.campaigns.models import Campaign
from luoshi.figures.queries import Board
from luoshi.orgs.models import Unit
from luoshi.sheets import export
from luoshi.sheets.columns import Column, Number, Text
from luoshi.sheets.sheet import Sheet
from luoshi.sheets.views import file_title

if TYPE_CHECKING:
    from luoshi.site.cockpit import Group, Row


def exported(
    unit: Unit, campaign: Campaign, groups: "Sequence[Group]", rows: "Sequence[Row]", seen: Board
) -> FileResponse:
    """One line a unit, two columns a figure that is a share: the value and what it is out of."""
    columns: list[Column] = [Text("unit", _("Unit"), source=lambda row: row.unit.name)]
    at = 0
    for group in groups:
        for code in group.codes:
            columns += _columns(
                str(seen.by_code[code]), group.title, at, shares=bool(seen.by_code[code].denominator_id)
            )
            at += 1
    title = f"{unit.name} {campaign}"
    frame = export.Frame(
        title=title,
        unit=unit.name,
        as_of=_("as of %(on)s, journal %(position)d") % {"on": seen.as_of.on, "position": seen.as_of.position},
    )
    file = export.xlsx(Sheet("cockpit", title=title, columns=columns), rows, frame=frame)
    return FileResponse(file, as_attachment=True, filename=f"{file_title(title)}.xlsx", content_type=export.XLSX_TYPE)


def _columns(label: str, group: str, at: int, *, shares: bool) -> list[Column]:
    def value(row: Any) -> int | None:
        found: int | None = row.cells[at].value
        return found

    def out_of(row: Any) -> int | None:
        found: int | None = row.cells[at].of
        return found

    columns: list[Column] = [Number(f"c{at}", label, source=value, group=group)]
    if shares:
        columns.append(Number(f"c{at}_of", _("%(label)s, out of") % {"label": label}, source=out_of, group=group))
    return columns
