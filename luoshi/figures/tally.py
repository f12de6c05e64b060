"""Tallies: cells (indicator, unit, day) that follow the journal.

An entry's act says which (source, unit, day) cells it touched. Only these are recounted, inside the same transaction, and the difference is
appended as a Delta with the entry's position. So a figure as of a position is a sum of deltas, and is never stale.

Two writers that touch the same cell wait for each other (one advisory lock a cell, in sorted order): each recount sees the other's rows.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from itertools import islice

from django.db.models import Min, Sum

from luoshi.figures.measures import Measure, measure
from luoshi.figures.models import Delta, First, Indicator
from luoshi.figures.sources import DECLARED, SOURCES
from luoshi.gate.facts import Cell, Facts
from luoshi.gate.locks import lock_all_of
from luoshi.gate.operation import Act
from luoshi.journal.bulk import insert_many

Row = tuple[int, int, date, int]  # indicator, unit, day, delta
CHUNK = 400  # SQLite binds at most 32,766 parameters in one statement
MEMBERS = 5_000

_aside: ContextVar[bool] = ContextVar("luoshi_figures_aside", default=False)


@contextmanager
def aside() -> Iterator[None]:
    """Leave the tallies aside during a bulk load of millions of rows; `recount_figures` must follow, as the last operation."""
    token = _aside.set(True)
    try:
        yield
    finally:
        _aside.reset(token)


def follow(act: Act) -> Callable[[int], None] | None:
    """The follower of operations: recounts what an act touched; the deltas are written once the position is known."""
    rows = [] if _aside.get() else list(_changed(act))
    if not rows:
        return None

    def finish(position: int) -> None:
        append(position, rows)

    return finish


def append(position: int, rows: Iterable[Row]) -> int:
    fields = ["position", "indicator_id", "unit", "on", "delta"]
    given = [(position, *row) for row in rows]
    if len(given) < 50:
        Delta.objects.bulk_create(Delta(**dict(zip(fields, row, strict=True))) for row in given)
        return len(given)
    return insert_many(Delta, fields, given)


def _changed(act: Act) -> Iterator[Row]:
    fresh = _fresh_indicators(act)
    touched = {code: cells for code, facts in SOURCES.items() if (cells := set(facts.touched(act)))}
    whole = act.recounted & SOURCES.keys()
    if not fresh and not touched and not whole:
        return
    _lock_cells(touched, whole | fresh.keys())
    concerned = Indicator.objects.filter(source__in={*touched, *whole, *fresh}, ended_on__isnull=True)
    by_source: dict[str, list[Measure]] = defaultdict(list)
    for indicator in concerned.exclude(source=DECLARED):
        by_source[indicator.source].append(measure(indicator))
    for code, measures in sorted(by_source.items()):
        entire = [each for each in measures if code in whole or each.indicator.pk in fresh.get(code, ())]
        yield from differences(entire)
        if code in touched and (partly := [each for each in measures if each not in entire]):
            yield from _cell_differences(SOURCES[code], [m for m in partly if m.additive], touched[code])
            yield from _first_differences([m for m in partly if not m.additive], act, touched[code])


def _fresh_indicators(act: Act) -> dict[str, set[int]]:
    """The indicators that the act itself has made or changed, by their source: what they count now is to be counted as a whole."""
    keys = {written.pk for written in act.written if written.model is Indicator}
    for bulk in act.wholesale:
        if bulk.model is Indicator:
            keys |= set(range(bulk.first, bulk.last + 1))
    fresh: dict[str, set[int]] = defaultdict(set)
    for source, pk in Indicator.objects.filter(pk__in=keys).values_list("source", "pk") if keys else ():
        fresh[source].add(pk)
    return fresh


def _lock_cells(touched: dict[str, set[Cell]], entire: Collection[str]) -> None:
    """One lock a cell, source by source in one order; of sources that are counted as a whole one lock for all cells.

    Taken before the indicators are read: one that somebody else is just defining is seen by who waited for it.
    """
    for code in sorted({*touched, *entire}):
        lock_all_of(f"cells of {code}", None if code in entire else touched[code])


def _chunks(cells: Iterable[Cell]) -> Iterator[list[Cell]]:
    rest = iter(sorted(cells))
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _cell_differences(facts: Facts, measures: list[Measure], cells: set[Cell]) -> Iterator[Row]:
    """New tally − old tally of additive indicators in some cells."""
    if not measures:
        return
    for chunk in _chunks(cells):
        units, days = {unit for unit, _on in chunk}, {on for _unit, on in chunk}
        new = tallies(facts, measures, units, days)
        old = _kept([m.indicator.pk for m in measures], units, days)
        wanted = set(chunk)
        for key in new.keys() | old.keys():
            if (key[1], key[2]) in wanted and (delta := new.get(key, 0) - old.get(key, 0)):
                yield (*key, delta)


def tallies(
    facts: Facts, measures: list[Measure], units: set[int] | None = None, days: set[date] | None = None
) -> dict[tuple[int, int, date], int]:
    """What the records say: tallies of additive indicators per unit and day, counted from the rows."""
    found: dict[tuple[int, int, date], int] = defaultdict(int)
    for day, sign in ((facts.day, 1), (facts.until, -1)):
        if day is None:
            continue
        rows = facts.rows().filter(**{f"{day}__isnull": False})
        if units is not None:
            rows = rows.filter(**{f"{facts.unit}__in": units})
        if days is not None:
            rows = rows.filter(**{f"{day}__in": days})
        rows = rows.order_by().values_list(facts.unit, day)
        rows = rows.annotate(**{f"i{m.indicator.pk}": m.aggregate() for m in measures})
        for unit, on, *values in rows.iterator():
            for each, value in zip(measures, values, strict=True):
                if value:
                    found[(each.indicator.pk, unit, on)] += sign * value
    return found


def _kept(
    indicators: list[int], units: set[int] | None = None, days: set[date] | None = None
) -> dict[tuple[int, int, date], int]:
    """What the deltas say so far."""
    rows = Delta.objects.filter(indicator__in=indicators)
    if units is not None:
        rows = rows.filter(unit__in=units)
    if days is not None:
        rows = rows.filter(on__in=days)
    summed = rows.order_by().values_list("indicator", "unit", "on").annotate(tally=Sum("delta"))
    return {(indicator, unit, on): tally for indicator, unit, on, tally in summed.iterator() if tally}


def _first_differences(measures: list[Measure], act: Act, cells: set[Cell]) -> Iterator[Row]:
    """For distinct counts: each touched member's first qualifying day before and after."""
    days = {on for _unit, on in cells}
    for kind in sorted({each.of for each in measures}):
        some = [each for each in measures if each.of == kind]
        facts = some[0].facts
        members = set(facts.members(act)) if kind == "person" else {unit for unit, _on in cells}
        # A member's first day is one row for all its cells, and two writers may touch different ones.
        lock_all_of(f"{kind} of {facts.code}", members)
        for each in some if members else ():
            yield from _moved(each, members, days)


def _moved(each: Measure, members: set[int] | None = None, days: set[date] | None = None) -> Iterator[Row]:
    """Rewrite the First rows of some members (None: all) to what the records say; yields what that changes in the cells.

    days: those whose records may have changed. Only they are read, and all of a member's days where its first one is gone, so that
    the thousandth record of a unit costs no more than the first.
    """
    indicator = each.indicator.pk
    kept = First.objects.filter(indicator=indicator)
    if members is not None:
        kept = kept.filter(member__in=members)
    old = {member: (on, unit) for member, on, unit in kept.values_list("member", "on", "unit")}
    new = _firsts(each, members, days)
    if days is not None:
        stands = {member for member, (on, _unit) in old.items() if on not in days}
        new |= {member: min(old[member], new.get(member, old[member])) for member in stands}
        gone = {member for member in old.keys() - stands if member not in new or new[member] > old[member]}
        new |= _firsts(each, gone) if gone else {}
    changed = {member for member in old.keys() | new.keys() if old.get(member) != new.get(member)}
    for member in changed:
        for cell, delta in ((old.get(member), -1), (new.get(member), 1)):
            if cell is not None:
                yield (indicator, cell[1], cell[0], delta)
    for chunk in _groups(sorted(changed & old.keys()), MEMBERS):
        First.objects.filter(indicator=indicator, member__in=chunk).delete()
    fresh = [(indicator, member, unit, on) for member in sorted(changed & new.keys()) for on, unit in [new[member]]]
    insert_many(First, ["indicator_id", "member", "unit", "on"], fresh)


def _firsts(
    each: Measure, members: set[int] | None = None, days: set[date] | None = None
) -> dict[int, tuple[date, int]]:
    """Each member's first qualifying day and the unit where it counts; of two units on one day the lower key, so that a recount agrees.

    days: no other days are looked at. Of very many days the read would not be shorter for it.
    """
    rows = each.rows()
    if days is not None and len(days) <= CHUNK:
        rows = rows.filter(**{f"{each.facts.day}__in": days})
    found: dict[int, tuple[date, int]] = {}
    for some in [None] if members is None else _groups(sorted(members), MEMBERS):
        asked = rows if some is None else rows.filter(**{f"{each.member}__in": some})
        firsts = asked.order_by().values_list(each.member, each.facts.unit).annotate(first=Min(each.facts.day))
        for member, unit, on in firsts.iterator():
            found[member] = min(found.get(member, (date.max, 0)), (on, unit))
    return found


def _groups(values: list[int], size: int) -> Iterator[list[int]]:
    yield from (values[start : start + size] for start in range(0, len(values), size))


def differences(measures: list[Measure]) -> Iterator[Row]:
    """Full recount: what the records say of whole indicators − what the deltas say. Nothing, when all is well.

    The First rows of distinct counts are rewritten to what the records say.
    """
    additive: dict[str, list[Measure]] = defaultdict(list)
    for each in measures:
        if each.additive:
            additive[each.facts.code].append(each)
        else:
            yield from _moved(each)
    for code, some in additive.items():
        new, old = tallies(SOURCES[code], some), _kept([each.indicator.pk for each in some])
        for key in new.keys() | old.keys():
            if delta := new.get(key, 0) - old.get(key, 0):
                yield (*key, delta)


def flaws(measures: list[Measure]) -> Iterator[tuple[Measure, int, date, int, int]]:
    """For verify, writing nothing: cells where the deltas differ from the records, as (measure, unit, day, deltas, records)."""
    for each in measures:
        if each.additive:
            new = {(unit, on): n for (_i, unit, on), n in tallies(each.facts, [each]).items() if n}
        else:
            new = defaultdict(int)
            for on, unit in _firsts(each).values():
                new[(unit, on)] += 1
        old = {(unit, on): n for (_i, unit, on), n in _kept([each.indicator.pk]).items()}
        for cell in sorted(new.keys() | old.keys()):
            if new.get(cell, 0) != old.get(cell, 0):
                yield each, *cell, old.get(cell, 0), new.get(cell, 0)
