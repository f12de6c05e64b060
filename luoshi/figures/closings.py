"""Closing values: what the ledger said of an indicator at the end of a day. They never change, so a process reads each but once."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Case, Count, IntegerField, Q, Sum, Value, When
from numpy.typing import NDArray

from luoshi.figures.models import Delta
from luoshi.orgs.seats import seats
from luoshi.orgs.tree import Tree, tree, tree_version

KEPT = 240  # closings a process keeps: a quarter of weeks for some twenty indicators

Sums = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Closing:
    """One indicator at the end of one day: prefix sums over that day's tree, and how many tally entries they hold."""

    tree: Tree
    sums: Sums
    seen: Sums

    def value(self, unit: int) -> int | None:
        """The unit's value with all below it; None where nothing was recorded."""
        first, stop = self.tree.branch(unit)
        if self.seen[stop] == self.seen[first]:
            return None
        return int(self.sums[stop] - self.sums[first])


_Key = tuple[int, date, int, int]
_kept: dict[_Key, Closing] = {}
_lock = threading.Lock()


def closings(indicator: int, moments: Sequence[tuple[date, int]]) -> list[Closing]:
    """The indicator at each (day, last journal position of that day); days ascend. One query for all that are not yet known."""
    version = tree_version()
    with _lock:
        missing = [moment for moment in moments if (indicator, *moment, version) not in _kept]
        if missing:
            read = _read(indicator, missing, version)
            for key in list(_kept)[: max(0, len(_kept) + len(read) - KEPT)]:
                del _kept[key]
            _kept.update(read)
        return [_kept[(indicator, *moment, version)] for moment in moments]


def _read(indicator: int, moments: Sequence[tuple[date, int]], version: int) -> dict[_Key, Closing]:
    """Each delta belongs to the first of the moments that knows it, and to all after that."""
    first_known = Case(
        *(When(on__lte=on, position__lte=position, then=Value(n)) for n, (on, position) in enumerate(moments)),
        output_field=IntegerField(),
    )
    known = Q(on__lte=moments[-1][0], position__lte=moments[-1][1])
    rows = (
        Delta.objects.filter(known, indicator=indicator)
        .order_by()
        .annotate(first_known=first_known)
        .values_list("first_known", "unit")
        .annotate(total=Sum("delta"), entries=Count("pk"))
    )
    news: list[list[tuple[int, int, int]]] = [[] for _ in moments]
    for number, unit, total, entries in rows:
        news[number].append((unit, int(total), entries))
    so_far: dict[int, tuple[int, int]] = {}
    found: dict[_Key, Closing] = {}
    for (on, position), some in zip(moments, news, strict=True):
        for unit, total, entries in some:
            before = so_far.get(unit, (0, 0))
            so_far[unit] = (before[0] + total, before[1] + entries)
        found[(indicator, on, position, version)] = _placed(tree(on, version=version), so_far)
    return found


def _placed(standing: Tree, tallies: dict[int, tuple[int, int]]) -> Closing:
    sums, seen = np.zeros(len(standing) + 1, np.int64), np.zeros(len(standing) + 1, np.int64)
    placed = seats(standing)
    for unit, (total, entries) in tallies.items():
        at = placed.place(unit)
        if at >= 0:
            sums[at + 1] += total
            seen[at + 1] += entries
    return Closing(standing, np.cumsum(sums), np.cumsum(seen))


def forget() -> None:
    """Drop all closings of this process; they are read again when asked for."""
    with _lock:
        _kept.clear()
