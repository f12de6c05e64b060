"""How a figure is shown: a percentage or a count, its link, its mark."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from luoshi.figures.queries import Board, Figure
from luoshi.gate.actor import Actor, Place
from luoshi.gate.policy import may
from luoshi.orgs.models import Unit


@dataclass(frozen=True, slots=True)
class Shown:
    """What the figure tag of a template needs. `url` is empty where the reader may not see what is behind."""

    figure: Figure
    value: int | None
    url: str
    of: int | None
    declared: str

    @property
    def percent(self) -> str | None:
        share = self.figure.percent
        return None if share is None else f"{share:.1f}%"


def shown(figure: Figure, *, open_to: bool = True) -> Shown:
    declared = _("Counted by another system and declared with its document.") if figure.declared else ""
    return Shown(figure, figure.value, figure.url if open_to else "", figure.out_of, declared)


@dataclass(frozen=True, slots=True)
class Line:
    """One unit's figures. lagging: codes of shares below the bound."""

    unit: Unit
    cells: Sequence[Shown]
    url: str = ""


def lines(board: Board, codes: Sequence[str], units: Sequence[Unit], actor: Actor) -> list[Line]:
    """The figures of several units, in the order given (tree order)."""
    found = []
    for unit in units:
        seen = may(actor, "figure.see", Place(unit.pk, unit.no, unit.sector_id))
        found.append(Line(unit, [shown(board.figure(code, unit.pk), open_to=seen) for code in codes]))
    return found
