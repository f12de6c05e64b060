"""The unit tree: past and present, as arrays in memory.

A tree is a pre-order list of units. The branch of a unit is a contiguous stretch of it, so a roll-up is the difference of two prefix sums.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Max
from numpy.typing import NDArray

from luoshi.gate.ledgered import derived_write
from luoshi.orgs.models import Placement, TreeState, Unit, during

SLACK = 16  # numbers kept free at the end of each branch, so that a new unit seldom renumbers the rest
NEWCOMER = 3  # how many of them a new unit takes for its own children
KEPT_TREES = 16


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree on one day: `units` in pre-order; unit i's branch is the stretch i … end[i] - 1; `parent` is an index, -1 for a root.

    index maps a unit's key to its place; a unit that stood nowhere on that day is not in it (不在库、不出数).
    """

    on: date
    version: int
    units: NDArray[np.int64]
    end: NDArray[np.int64]
    parent: NDArray[np.int64]
    depth: NDArray[np.int16]
    sector: NDArray[np.int64]
    index: dict[int, int] = field(repr=False)

    def __len__(self) -> int:
        return len(self.units)

    def branch(self, unit: int) -> tuple[int, int]:
        """First and one past the last index of the unit's branch; (0, 0) for a unit that is not in the tree."""
        place = self.index.get(unit)
        return (0, 0) if place is None else (place, int(self.end[place]))

    def children(self, unit: int) -> list[int]:
        """The units directly below, in tree order."""
        place = self.index.get(unit)
        if place is None:
            return []
        found, at, stop = [], place + 1, int(self.end[place])
        while at < stop:
            found.append(int(self.units[at]))
            at = int(self.end[at])
        return found

    def ancestors(self, unit: int) -> list[int]:
        """The units above, from the root down."""
        place = self.index.get(unit)
        found: list[int] = []
        while place is not None and (above := int(self.parent[place])) >= 0:
            found.append(int(self.units[above]))
            place = above
        return found[::-1]

    def holds(self, above: int, below: int) -> bool:
        """Is `below` in the branch of `above` (or the same unit)?"""
        first, stop = self.branch(above)
        return first <= self.index.get(below, -1) < stop


def build(on: date, version: int, rows: Sequence[tuple[int, int | None, int | None, int]]) -> Tree:
    """A tree of (unit, parent, sector or None, order) rows. A unit whose parent stands nowhere is a root; a loop raises ValueError.

    The sector is one effective code per unit, inherited down.
    """
    present = {row[0] for row in rows}
    below: dict[int | None, list[tuple[int, int, int | None]]] = {}
    for unit, parent, sector, order in rows:
        below.setdefault(parent if parent in present else None, []).append((order, unit, sector))
    for siblings in below.values():
        siblings.sort(key=lambda sibling: (sibling[0], sibling[1]))
    size = len(rows)
    units, end = np.zeros(size, np.int64), np.zeros(size, np.int64)
    above, depth, sectors = np.full(size, -1, np.int64), np.zeros(size, np.int16), np.zeros(size, np.int64)
    index: dict[int, int] = {}
    stack = [(unit, sector or 0, -1, 0) for _order, unit, sector in reversed(below.get(None, []))]
    while stack:
        unit, sector, parent_at, level = stack.pop()
        at = len(index)
        index[unit] = at
        units[at], sectors[at], above[at], depth[at] = unit, sector, parent_at, level
        stack += [(child, own or sector, at, level + 1) for _order, child, own in reversed(below.get(unit, []))]
    if len(index) != size:
        loop = sorted(present - index.keys())
        raise ValueError(f"Units stand in a loop: {loop[:5]}")
    end[:] = np.arange(1, size + 1)
    for at in range(size - 1, 0, -1):
        if above[at] >= 0:
            end[above[at]] = max(end[above[at]], end[at])
    return Tree(on, version, units, end, above, depth, sectors, index)


_cache: dict[tuple[int, date], Tree] = {}
_lock = threading.Lock()


def tree_version() -> int:
    return TreeState.objects.values_list("version", flat=True).first() or 0


def tree(on: date, *, version: int | None = None) -> Tree:
    """The tree of a day, from the cache while no placement has changed."""
    version = tree_version() if version is None else version
    with _lock:
        found = _cache.get((version, on))
    if found is None:
        rows = list(Placement.objects.filter(during(on)).values_list("unit_id", "parent_id", "sector_id", "order"))
        found = build(on, version, rows)
        with _lock:
            for old in [key for key in _cache if key[0] != version] or list(_cache)[
                : max(0, len(_cache) - KEPT_TREES + 1)
            ]:
                del _cache[old]
            _cache[(version, on)] = found
    return found


def forget() -> None:
    """Drop all trees of this process; they are built again when asked for."""
    with _lock:
        _cache.clear()


def tree_changed() -> None:
    """Raise the tree's version; called inside every operation that changes a placement."""
    state, _new = TreeState.objects.select_for_update().get_or_create(pk=1)
    state.version += 1
    state.save()


def renumber(on: date) -> None:
    """Write today's tree into the units' derived columns."""
    current = tree(on, version=-1 - tree_version())
    with _lock:
        _cache.pop((current.version, on), None)
    entered, depths = np.arange(len(current)), current.depth.astype(np.int64)
    numbers = entered + 1 + SLACK * (entered - depths)  # before unit i stand i others, all closed but its ancestors
    lasts = current.end + SLACK * (current.end - depths)
    parents = [None if at < 0 else int(current.units[at]) for at in current.parent]
    fresh = [
        (int(no), int(last), int(depth), parent, int(sector) or None, int(unit))
        for no, last, depth, parent, sector, unit in zip(
            numbers, lasts, current.depth, parents, current.sector, current.units, strict=True
        )
    ]
    stored = set(Unit.objects.values_list("no", "last", "depth", "parent_id", "sector_id", "pk"))
    _write_numbers([row for row in fresh if row not in stored])
    _retire(set(Unit.objects.filter(no__gt=0).values_list("pk", flat=True)) - current.index.keys())


def _write_numbers(rows: list[tuple[Any, ...]]) -> None:
    table = connection.ops.quote_name(Unit._meta.db_table)
    sql = f"UPDATE {table} SET no = %s, last = %s, depth = %s, parent_id = %s, sector_id = %s WHERE id = %s"  # noqa: S608 quoted name
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _retire(units: set[int]) -> None:
    """Units that stand nowhere any more leave the numbering, and with it every branch."""
    with derived_write():
        Unit.objects.filter(pk__in=units).update(no=0, last=-1)


def place_last(unit: Unit, parent: Unit | None, sector: int | None, on: date) -> None:
    """Give a new childless unit its numbers behind its siblings; renumbers the tree where there is no room left."""
    if parent is None or not _room_below(unit, parent, sector):
        renumber(on)
    unit.refresh_from_db(fields=["no", "last", "depth", "parent", "sector"])


def _room_below(unit: Unit, parent: Unit, sector: int | None) -> bool:
    parent.refresh_from_db(fields=["no", "last", "depth", "sector"])
    inside = Unit.objects.filter(no__gt=parent.no, no__lte=parent.last).aggregate(last=Max("last"))["last"]
    free = (inside or parent.no) + 1
    if free > parent.last or parent.no <= 0:
        return False
    with derived_write():
        Unit.objects.filter(pk=unit.pk).update(
            no=free,
            last=min(free + NEWCOMER, parent.last),
            depth=parent.depth + 1,
            parent=parent,
            sector=sector or parent.sector_id,
        )
    return True
