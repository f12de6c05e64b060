"""The same decision as a query filter: which rows may this actor do this action on?"""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from luoshi.gate.actor import Actor
from luoshi.gate.models import Party
from luoshi.gate.policy import EVERYWHERE, Span, spans

M = TypeVar("M", bound=Model)

NOTHING = Q(pk__in=[])


def _piece(piece: Span, path: str) -> Q:
    dot = f"{path}__" if path else ""
    if piece.unit is not None:
        return Q(**{f"{path or 'pk'}": piece.unit})
    here = Q(**{f"{dot}no__range": (piece.first, piece.last)})
    if piece.sector is not None:
        here &= Q(**{f"{dot}sector": piece.sector})
    if piece.without is not None:
        here &= ~Q(**{f"{path or 'pk'}": piece.without})
    return here


def _any(pieces: list[Span], path: str) -> Q:
    found = NOTHING
    for piece in pieces:
        found |= _piece(piece, path)
    return found


def within(actor: Actor, action: str, path: str = "unit", *, parties: type[Model] | None = None) -> Q:
    """The rows on which `actor` may do `action`, as a filter.

    path: lookup from the row to its unit ("" when the row is the unit itself).
    parties: the model whose rows may also belong to further units through Party; a party in range counts as well.
    """
    pieces = spans(actor, action)
    if EVERYWHERE in pieces:
        return Q()
    found = _any(pieces, path)
    if parties is not None and pieces:
        named = Party.objects.filter(_any(pieces, "unit"), subject_type=parties._meta.label_lower)
        found |= Q(pk__in=named.values("subject_id"))
    return found


def visible(actor: Actor, action: str, rows: QuerySet[M], path: str = "unit", **more: Any) -> QuerySet[M]:
    """`rows`, as far as the actor may do the action on them."""
    return rows.filter(within(actor, action, path, **more))
