"""谁欠什么 as an Excel file: the same cells in words."""

from collections.abc import Callable

from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luoshi.campaigns.matrix import Cell, Matrix, Row
from luoshi.sheets import export
from luoshi.sheets.columns import Column, Number, Text
from luoshi.sheets.sheet import Sheet
from luoshi.sheets.export import XLSX_TYPE
from luoshi.sheets.views import file_title


def exported(found: Matrix, *, as_of: str) -> FileResponse:
    columns: list[Column] = [Text("unit", _("Unit"), source=lambda row: row.unit.name)]
    for at, column in enumerate(found.columns):
        occasion = column.occasion
        label = f"{pgettext('occasion', 'no. %(number)d') % {'number': occasion.no}} {occasion.due_on}"
        columns.append(Text(f"c{occasion.no}", label, source=_sign(at), width=12))
    sums: tuple[tuple[str, str, Callable[[Row], int]], ...] = (
        ("done", _("Done"), lambda row: row.sums.done),
        ("asked", _("Asked"), lambda row: row.sums.done + row.sums.overdue),
        ("made_up", _("Made up late"), lambda row: row.sums.met_late),
        ("zero", _("Zero reports"), lambda row: row.sums.zero),
        ("overdue", _("Overdue"), lambda row: row.sums.overdue),
    )
    columns += [Number(name, label, source=source) for name, label, source in sums]
    title = str(found.requirement)
    frame = export.Frame(title=title, unit=found.unit.name, as_of=as_of, size="A3")
    file = export.xlsx(Sheet("duties", title=title, columns=columns), found.rows, frame=frame)
    return FileResponse(file, as_attachment=True, filename=f"{file_title(title)}.xlsx", content_type=XLSX_TYPE)


def _sign(at: int) -> Callable[[Row], str]:
    return lambda row: _words(row.cells[at])


def _words(cell: Cell) -> str:
    if cell.share is not None:
        return f"{cell.share[0]} / {cell.share[1]}"
    return {
        "met": pgettext("duty", "met"),
        "made-up": pgettext("duty", "met late"),
        "zero": pgettext("duty", "nothing to report"),
        "waived": pgettext("duty", "waived"),
        "owed": pgettext("duty", "overdue"),
        "none": "—",
    }.get(cell.kind, "")
