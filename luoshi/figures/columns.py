"""Campaign-to-date columns in memory: any unit's figure as the difference of two prefix sums.

Every process keeps its own. Before it answers it catches up with the journal's head by one query, in memory only.
"""

import threading
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from luoshi.figures import closings
from luoshi.orgs import tree as tree_module
from luoshi.orgs.seats import Seats, seats
from luoshi.orgs.tree import Tree, tree

FOLD_AFTER = 256  # tail deltas that are added one by one before they are folded into the prefix sums
KEPT_DAYS = 4


@dataclass(frozen=True, slots=True)
class Columns:
    """All indicators' tallies of one day's tree, as of one journal position.

    sums, seen: one row an indicator, one column a unit in pre-order, shifted by one so that a branch i … j is sums[j] - sums[i];
    `seen` counts tally entries, so that "nothing recorded" can be told from zero.
    tail: what came after the fold, as (indicator, unit place, delta). A snapshot never changes, so that threads can share it.
    """

    on: date
    position: int
    tree: Tree
    seats: Seats
    rows: dict[int, int]
    sums: NDArray[np.int64]
    seen: NDArray[np.int64]
    tail: tuple[tuple[int, int, int], ...] = ()

    def value(self, indicator: int, unit: int) -> int | None:
        """The tally of the unit's branch; None when nothing was ever recorded, or the unit is not on the roster."""
        first, stop = self.tree.branch(unit)
        if first == stop:
            return None
        row, total, seen = self.rows.get(indicator), 0, 0
        if row is not None:
            total = int(self.sums[row, stop] - self.sums[row, first])
            seen = int(self.seen[row, stop] - self.seen[row, first])
        for other, at, delta in self.tail:
            if other == indicator and first <= at < stop:
                total, seen = total + delta, seen + 1
        return total if seen else None

    def table(self, indicators: list[int], units: list[int]) -> list[list[int | None]]:
        """Values of several indicators (columns) for several units (rows)."""
        return [[self.value(indicator, unit) for indicator in indicators] for unit in units]

    def every_unit(self, indicator: int) -> NDArray[np.int64]:
        """The branch totals of all units in tree order."""
        folded = self.folded()
        row = folded.rows[indicator]
        totals: NDArray[np.int64] = folded.sums[row, self.tree.end] - folded.sums[row, :-1]
        return totals

    def every_unit_of_all(self, out: NDArray[np.int64]) -> NDArray[np.int64]:
        """The branch totals of all indicators (rows, in the order of `rows`) and all units (columns, in tree order), into `out`."""
        folded = self.folded() if self.tail else self
        for row in range(len(folded.rows)):
            np.take(folded.sums[row], self.tree.end, out=out[row], mode="clip")
            np.subtract(out[row], folded.sums[row, :-1], out=out[row])
        return out

    def caught_up(self, position: int, news: list[tuple[int, int, int]]) -> "Columns":
        """The same columns as of a later position, with (indicator, unit, delta) news behind."""
        placed = [(indicator, at, delta) for indicator, unit, delta in news if (at := self.seats.place(unit)) >= 0]
        later = replace(self, position=position, tail=(*self.tail, *placed))
        return later.folded() if len(later.tail) > FOLD_AFTER else later

    def folded(self) -> "Columns":
        """The same columns with the tail inside the prefix sums."""
        rows = dict(self.rows)
        for indicator, _at, _delta in self.tail:
            rows.setdefault(indicator, len(rows))
        more = np.zeros((len(rows) - len(self.rows), self.sums.shape[1]), np.int64)
        sums, seen = np.vstack([self.sums, more]), np.vstack([self.seen, more])
        for indicator, at, delta in self.tail:
            sums[rows[indicator], at + 1 :] += delta
            seen[rows[indicator], at + 1 :] += 1
        return replace(self, rows=rows, sums=sums, seen=seen, tail=())


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
        news = [(row[2], row[3], int(row[5])) for row in rows if row[2] is not None and _day(row[4]) <= on]
        if news or head != found.position:
            found = _kept[on] = found.caught_up(head, news)
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
    """Drop all columns and trees of this process, as another database begins; they load again when asked for."""
    with _lock:
        _kept.clear()
    tree_module.forget()
    closings.forget()
