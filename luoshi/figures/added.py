"""Tallies of rows that were only added: how a bulk load of millions keeps every entry's figures while the follower is left aside.

The follower recounts each touched cell from all of its records. Where an entry has only added rows, the difference is what these rows
count, and nothing else needs to be read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Min

from luoshi.figures.measures import Measure, measure
from luoshi.figures.models import First, Indicator
from luoshi.figures.sources import DECLARED, SOURCES
from luoshi.figures.tally import Row, tallies
from luoshi.journal.bulk import insert_many

CHUNK = 5_000

Firsts = dict[int, tuple[date, int]]  # member → first qualifying day and the unit where it counts


class Added:
    """折入 — turns the rows that one entry has added into deltas.

    Keeps the members of distinct counts in memory from entry to entry, about 200 bytes each; `forget` those that another way of
    writing has counted meanwhile.
    """

    def __init__(self) -> None:
        standing = Indicator.objects.exclude(source=DECLARED).filter(ended_on__isnull=True).select_related("campaign")
        self._measures = [measure(indicator) for indicator in standing]
        self._firsts: dict[int, Firsts] = {}

    def rows(self, source: str, **only: Any) -> Iterator[Row]:
        """The deltas of a source's new rows, which the lookups in `only` pick out."""
        facts = SOURCES[source]
        fresh = replace(facts, rows=lambda: facts.rows().filter(**only))
        measures = [replace(each, facts=fresh) for each in self._measures if each.facts.code == source]
        additive = [each for each in measures if each.additive]
        if additive:
            yield from ((*cell, count) for cell, count in tallies(fresh, additive).items() if count)
        for each in measures:
            if not each.additive:
                yield from self._moved(each)

    def forget(self, members: Iterable[int]) -> None:
        gone = set(members)
        for firsts in self._firsts.values():
            for member in gone & firsts.keys():
                del firsts[member]

    def _moved(self, each: Measure) -> Iterator[Row]:
        """Members that qualify for the first time, or on an earlier day than was known."""
        indicator, known = each.indicator.pk, self._firsts.setdefault(each.indicator.pk, {})
        found = _firsts(each)
        _learn(known, indicator, found.keys() - known.keys())
        earlier = {member: cell for member, cell in found.items() if member not in known or cell < known[member]}
        before = [member for member in earlier if member in known]
        for member in before:
            on, unit = known[member]
            yield (indicator, unit, on, -1)
        for on, unit in earlier.values():
            yield (indicator, unit, on, 1)
        for chunk in _chunks(before):
            First.objects.filter(indicator=indicator, member__in=chunk).delete()
        fields = ["indicator_id", "member", "unit", "on"]
        insert_many(First, fields, ((indicator, member, unit, on) for member, (on, unit) in earlier.items()))
        known |= earlier


def _firsts(each: Measure) -> Firsts:
    """Each member's first qualifying day among the new rows; of two units on one day the lower key, as in a recount."""
    found: Firsts = {}
    rows = each.rows().order_by().values_list(each.member, each.facts.unit).annotate(first=Min(each.facts.day))
    for member, unit, on in rows.iterator():
        if member not in found or (on, unit) < found[member]:
            found[member] = (on, unit)
    return found


def _learn(known: Firsts, indicator: int, members: Iterable[int]) -> None:
    for chunk in _chunks(list(members)):
        rows = First.objects.filter(indicator=indicator, member__in=chunk).values_list("member", "on", "unit")
        known |= {member: (on, unit) for member, on, unit in rows}


def _chunks(members: list[int]) -> Iterator[list[int]]:
    yield from (members[start : start + CHUNK] for start in range(0, len(members), CHUNK))
