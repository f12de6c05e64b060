"""A boolean tree over allow-listed columns, as packs write it, rendered as a query filter with bound parameters.

    {"all": [{"column": "kind", "eq": "committee"}, {"not": {"column": "rank", "gt": 3}}]}

One tree serves both databases, since it becomes Django's own expressions; a column outside the allow-list never reaches a query.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

Tree = Mapping[str, Any]

LOOKUPS = {
    "eq": "exact",
    "in": "in",
    "lt": "lt",
    "le": "lte",
    "gt": "gt",
    "ge": "gte",
    "between": "range",
    "null": "isnull",
}


class UnknownColumn(ValueError):
    """The tree names a column that its source does not offer."""


def condition(tree: Tree | None, columns: Mapping[str, str]) -> Q:
    """The filter of a tree; columns maps each allowed column to its lookup. No tree, no restriction."""
    if not tree:
        return Q()
    match tree:
        case {"all": parts}:
            return _joined(parts, columns, Q.AND)
        case {"any": parts}:
            return _joined(parts, columns, Q.OR)
        case {"not": part}:
            return ~condition(part, columns)
        case {"column": name, **comparison}:
            return _comparison(name, comparison, columns)
    raise ValueError(f"No condition: {tree!r}")


def _joined(parts: list[Tree], columns: Mapping[str, str], connector: str) -> Q:
    found = Q(_connector=connector)
    for part in parts:
        found.add(condition(part, columns), connector)
    return found


def _comparison(name: str, comparison: Mapping[str, Any], columns: Mapping[str, str]) -> Q:
    if name not in columns:
        raise UnknownColumn(f"The column {name!r} is not offered; there are {', '.join(sorted(columns))}.")
    (operator, value), *more = comparison.items()
    if more:
        raise ValueError(f"One comparison at a time: {comparison!r}")
    path = columns[name]
    if operator == "ne":
        # SQL's <> is unknown for NULL; "not equal" to a reader includes "not there".
        return ~Q(**{f"{path}__exact": value}) | Q(**{f"{path}__isnull": True})
    if operator not in LOOKUPS:
        raise ValueError(f"Unknown comparison {operator!r}.")
    return Q(**{f"{path}__{LOOKUPS[operator]}": value})
