"""The same decision as a query filter: which rows may this actor do this action on?"""

from typing import Any, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, Model, Q, QuerySet
from django.db.models.lookups import Range
from django.db.models.sql.compiler import SQLCompiler

from luoshi.gate.actor import Actor
from luoshi.gate.models import Party
from luoshi.gate.policy import EVERYWHERE, Span, spans

M = TypeVar("M", bound=Model)

NOTHING = Q(pk__in=[])


class Aside(Func):
    """A column that a filter looks at in rows found otherwise, and does not search by.

    SQLite knows too little of its tables: told of a range of units, it begins with these, and sorts whatever they have.
    """

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **more)


def in_branch(first: int, last: int, path: str = "unit", *, along: bool = False) -> Q:
    """The rows of the units that stand between two pre-order numbers.

    along: of a great part of the tree, and asked for in another order, which an index gives: the units only decide on each row.
    """
    number = f"{path}__no" if path else "no"
    return Q(Range(Aside(F(number)), (first, last))) if along else Q(**{f"{number}__range": (first, last)})


def _piece(piece: Span, path: str, along: bool) -> Q:
    dot = f"{path}__" if path else ""
    if piece.unit is not None:
        return Q(**{f"{path or 'pk'}": piece.unit})
    here = in_branch(piece.first, piece.last, path, along=along)
    if piece.sector is not None:
        here &= Q(**{f"{dot}sector": piece.sector})
    if piece.without is not None:
        here &= ~Q(**{f"{path or 'pk'}": piece.without})
    return here


def _any(pieces: list[Span], path: str, along: bool = False) -> Q:
    found = NOTHING
    for piece in pieces:
        found |= _piece(piece, path, along)
    return found


def within(
    actor: Actor, action: str, path: str = "unit", *, parties: type[Model] | None = None, along: bool = False
) -> Q:
    """The rows on which `actor` may do `action`, as a filter.

    path: lookup from the row to its unit ("" when the row is the unit itself).
    parties: the model whose rows may also belong to further units through Party; a party in range counts as well.
    along: as of `in_branch`.
    """
    pieces = spans(actor, action)
    if EVERYWHERE in pieces:
        return Q()
    found = _any(pieces, path, along)
    if parties is not None and pieces:
        named = Party.objects.filter(_any(pieces, "unit"), subject_type=parties._meta.label_lower)
        found |= Q(pk__in=named.values("subject_id"))
    return found


def visible(actor: Actor, action: str, rows: QuerySet[M], path: str = "unit", **more: Any) -> QuerySet[M]:
    """`rows`, as far as the actor may do the action on them."""
    return rows.filter(within(actor, action, path, **more))
