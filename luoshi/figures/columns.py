"""Campaign-to-date columns in memory: any unit's figure as the difference of two prefix sums.

Every process keeps its own. Before it answers it catches up with the journal's head by one query, in memory only.
"""

import threading
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from luoshi.orgs.seats import Seats, seats
from luoshi.orgs.tree import Tree, tree

FOLD_AFTER = 256  # tail deltas that are added one by one before they are folded into the prefix sums
KEPT_DAYS = 4


@dataclass(slots=True)
class Columns:
    """All indicators' tallies of one day's tree, as of one journal position.

    sums, seen: one row an indicator, one column a unit in pre-order, shifted by one so that a branch i … j is sums[j] - sums[i];
    `seen` counts tally entries, so that "nothing recorded" can be told from zero.
    tail: what came after the fold, as (indicator row, unit place, delta).
    """

    on: date
    position: int
    tree: Tree
    seats: Seats
    rows: dict[int, int]
    sums: NDArray[np.int64]
    seen: NDArray[np.int64]
    tail: list[tuple[int, int, int]] = field(default_factory=list)

    def value(self, indicator: int, unit: int) -> int | None:
        """The tally of the unit's branch; None when nothing was ever recorded, or the unit is not on the roster."""
        row = self.rows.get(indicator)
        first, stop = self.tree.branch(unit)
        if row is None or first == stop:
            return None
        total = int(self.sums[row, stop] - self.sums[row, first])
        seen = int(self.seen[row, stop] - self.seen[row, first])
        for other, at, delta in self.tail:
            if other == row and first <= at < stop:
                total, seen = total + delta, seen + 1
        return total if seen else None

    def table(self, indicators: list[int], units: list[int]) -> list[list[int | None]]:
        """Values of several indicators (columns) for several units (rows)."""
        return [[self.value(indicator, unit) for indicator in indicators] for unit in units]

    def every_unit(self, indicator: int) -> NDArray[np.int64]:
        """The branch totals of all units in tree order."""
        row = self.rows[indicator]
        self.fold()
        return self.sums[row, self.tree.end] - self.sums[row, :-1]

    def fold(self) -> None:
        for row, at, delta in self.tail:
            self.sums[row, at + 1 :] += delta
            self.seen[row, at + 1 :] += 1
        self.tail = []

    def add(self, indicator: int, unit: int, delta: int) -> None:
        at = self.seats.place(unit)
        if at < 0:
            return
        row = self.rows.get(indicator)
        if row is None:
            row = self.rows[indicator] = len(self.rows)
            blank = np.zeros((1, len(self.tree) + 1), np.int64)
            self.sums, self.seen = np.vstack([self.sums, blank]), np.vstack([self.seen, blank])
        self.tail.append((row, at, delta))


HEAD_AND_TAIL = """
SELECT head.position, state.version, d.indicator_id, d.unit, d."on", d.delta
FROM (SELECT coalesce(max(position), 0) AS position FROM journal_entry) AS head
CROSS JOIN (SELECT coalesce(max(version), 0) AS version FROM orgs_treestate) AS state
LEFT JOIN figures_delta AS d ON d.position > %s AND d.position <= head.position
"""
TOTALS = 'SELECT indicator_id, unit, sum(delta), count(*) FROM figures_delta WHERE position <= %s AND "on" <= %s GROUP BY 1, 2'

_kept: dict[date, Columns] = {}
_lock = threading.Lock()


def columns(on: date) -> Columns:
    """The columns of a day, caught up with the journal's head."""
    with _lock:
        found = _kept.get(on)
        with connection.cursor() as cursor:
            cursor.execute(HEAD_AND_TAIL, [found.position if found else 2**62])
            rows = cursor.fetchall()
        head, version = rows[0][0], rows[0][1]
        if found is None or found.tree.version != version or head < found.position:
            found = _load(on, head, version)
            for old in list(_kept)[: max(0, len(_kept) - KEPT_DAYS + 1)]:
                del _kept[old]
            _kept[on] = found
            return found
        for _head, _version, indicator, unit, day, delta in rows:
            if indicator is not None and _day(day) <= on:
                found.add(indicator, unit, int(delta))
        found.position = head
        if len(found.tail) > FOLD_AFTER:
            found.fold()
        return found


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _load(on: date, position: int, version: int) -> Columns:
    current = tree(on, version=version)
    placed = seats(current)
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, [position, on])
        totals = cursor.fetchall()
    rows = {indicator: row for row, indicator in enumerate(sorted({each[0] for each in totals}))}
    sums = np.zeros((len(rows), len(current) + 1), np.int64)
    seen = np.zeros_like(sums)
    for indicator, unit, total, count in totals:
        at = placed.place(unit)
        if at >= 0:
            sums[rows[indicator], at + 1] += int(total)
            seen[rows[indicator], at + 1] += count
    np.cumsum(sums, axis=1, out=sums)
    np.cumsum(seen, axis=1, out=seen)
    return Columns(on, position, current, placed, rows, sums, seen)


def forget() -> None:
    """Drop all columns of this process; they load again when asked for."""
    with _lock:
        _kept.clear()
