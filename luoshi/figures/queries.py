"""Figures for a reader: value, unit, moment, edition of the definition, computed or declared, and the way to the records."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luoshi.campaigns.models import Campaign
from luoshi.figures.closings import closings
from luoshi.figures.columns import Columns, columns
from luoshi.figures.measures import Measure, measure
from luoshi.figures.models import Declaration, Delta, First, Indicator
from luoshi.figures.sources import SOURCES
from luoshi.gate.actor import Actor, Place
from luoshi.gate.errors import Elsewhere
from luoshi.gate.policy import may
from luoshi.gate.scope import within
from luoshi.journal import clock
from luoshi.journal.history import born
from luoshi.journal.models import Entry
from luoshi.orgs.models import Sector, Unit
from luoshi.orgs.seats import Seats, seats
from luoshi.orgs.tree import Tree, tree


@dataclass(frozen=True, slots=True)
class AsOf:
    """截至 — the moment of a figure: the day up to which it counts, and the journal position up to which it knows."""

    on: date
    position: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """数字 — one value of one indicator for one unit.

    value     None: nothing recorded (shown as —), or the unit is not on the roster
    out_of    the denominator's value, where the indicator is a share of another
    declared  counted by another system and declared with a document; never added to computed figures
    sector    of the unit's branch only the units of this sector
    """

    indicator: Indicator
    unit: int
    value: int | None
    as_of: AsOf
    out_of: int | None = None
    declared: bool = False
    since: date | None = None
    sector: Sector | None = None

    @property
    def share(self) -> tuple[int, int] | None:
        """Numerator and denominator; None where there is no denominator, or nothing is asked."""
        return None if self.value is None or not self.out_of else (self.value, self.out_of)

    @property
    def percent(self) -> float | None:
        """The share in percent, for display only; every calculation uses numerator and denominator."""
        return None if self.share is None else 100 * self.share[0] / self.share[1]

    @property
    def url(self) -> str:
        """The records behind it."""
        address = reverse("figures:records", args=[self.indicator.campaign.code, self.indicator.code, self.unit])
        window = f"since={self.since}&" if self.since else ""
        window += f"sector={self.sector.code}&" if self.sector else ""
        return f"{address}?{window}on={self.as_of.on}&position={self.as_of.position}"


def indicators(campaign: Campaign) -> dict[str, Indicator]:
    """The indicators of a campaign by their code, in their order, with their denominators."""
    rows = Indicator.objects.filter(campaign=campaign, ended_on__isnull=True).select_related("denominator", "campaign")
    return {each.code: each for each in rows.order_by("order", "pk")}


def check_sight(actor: Actor, unit: Unit) -> None:
    """The reader may see figures of this unit; PermissionDenied otherwise (units themselves are visible to everybody)."""
    if not may(actor, "figure.see", Place(unit.pk, unit.no, unit.sector_id)):
        raise Elsewhere(_("The figures of this unit are not open to you."), action="figure.see")


@dataclass(frozen=True, slots=True)
class Board:
    """一屏数字 — figures of several indicators and units, campaign to date, all as of one moment.

    Computed values come from the columns in memory, declared ones from one query.
    """

    campaign: Campaign
    by_code: Mapping[str, Indicator]
    current: Columns
    as_of: AsOf
    declarations: Mapping[tuple[int, int], int]

    def figure(self, code: str, unit: int) -> Figure:
        indicator = self.by_code[code]
        if indicator.declared:
            return Figure(indicator, unit, self.declarations.get((indicator.pk, unit)), self.as_of, declared=True)
        value = self.current.value(indicator.pk, unit)
        out_of = None
        if indicator.denominator_id is not None:
            out_of = self.current.value(indicator.denominator_id, unit)
            if out_of and value is None:
                value = 0  # what is asked of the unit is known, and none of it is there
        return Figure(indicator, unit, value, self.as_of, out_of)

    @property
    def tree(self) -> Tree:
        return self.current.tree


def board(actor: Actor, campaign: Campaign, units: Sequence[Unit], *, on: date, at: datetime | None = None) -> Board:
    """The figures of some units, fresh as of the last committed entry.

    Raises PermissionDenied for a unit whose figures the reader may not see.
    """
    for unit in units:
        check_sight(actor, unit)
    by_code = indicators(campaign)
    current = columns(on)
    moment = AsOf(on, current.position, at or clock.now())
    declared = [each for each in by_code.values() if each.declared]
    values = _declared_sums(declared, [unit.pk for unit in units], current.tree, on=on) if declared else {}
    return Board(campaign, by_code, current, moment, values)


def standing_declarations(wanted: Iterable[Indicator], *, on: date) -> QuerySet[Declaration]:
    """The newest declaration of each figure by each unit on a day; superseded ones are kept but do not stand."""
    known = Declaration.objects.filter(indicator__in=list(wanted), as_of_on__lte=on, superseded_by__isnull=True)
    later = known.filter(indicator=OuterRef("indicator"), unit=OuterRef("unit"), as_of_on__gt=OuterRef("as_of_on"))
    found: QuerySet[Declaration] = known.exclude(Exists(later))
    return found


def _declared_sums(
    wanted: list[Indicator], units: Sequence[int], current: Tree, *, on: date
) -> dict[tuple[int, int], int]:
    """A unit's declared figure: its own declaration, or else the sum of those below it."""
    rows = list(standing_declarations(wanted, on=on).values_list("indicator", "unit", "value"))
    own = {(indicator, unit): value for indicator, unit, value in rows}
    placed: dict[int, list[tuple[int, int]]] = {}
    for indicator, unit, value in rows:
        placed.setdefault(indicator, []).append((current.index.get(unit, -1), value))
    found: dict[tuple[int, int], int] = {}
    for each, values in placed.items():
        at = np.array(sorted(place for place, _value in values))
        sums = np.cumsum([0, *(value for _place, value in sorted(values))])
        for unit in units:
            first, stop = np.searchsorted(at, current.branch(unit))
            if (each, unit) in own:
                found[(each, unit)] = own[(each, unit)]
            elif first < stop:
                found[(each, unit)] = int(sums[stop] - sums[first])
    return found


def figures_as_of(
    campaign: Campaign,
    codes: Iterable[str],
    units: Iterable[int],
    *,
    on: date,
    position: int,
    at: datetime,
    since: date | None = None,
) -> dict[tuple[str, int], Figure]:
    """Figures as the ledger said at a journal position, over any window of days, summed in the tree of the window's end.

    For reports and verification. Rights are the caller's business.
    """
    by_code = indicators(campaign)
    wanted, units = [by_code[code] for code in codes], list(units)
    then = _Then(wanted, on=on, position=position, since=since)
    declared = _declared_as_of([each for each in wanted if each.declared], units, then.tree, on=on, position=position)
    moment = AsOf(on, position, at)
    found = {}
    for each in wanted:
        for unit in units:
            if each.declared:
                value = declared.get((each.pk, unit))
                found[(each.code, unit)] = Figure(each, unit, value, moment, declared=True, since=since)
            else:
                found[(each.code, unit)] = _computed(each, unit, then.of_unit, moment, since)
    return found


def figures_by_sector(
    campaign: Campaign,
    codes: Iterable[str],
    unit: int,
    *,
    on: date,
    position: int,
    at: datetime,
    since: date | None = None,
) -> dict[tuple[str, int], Figure]:
    """条条 — the same for each sector in one unit's branch: (code, sector) → figure of the branch's units of that sector.

    Sectors stand in their order. Rights are the caller's business.
    """
    by_code = indicators(campaign)
    wanted = [by_code[code] for code in codes]
    then = _Then(wanted, on=on, position=position, since=since)
    branch = then.tree.branch(unit)
    present = {int(pk) for pk in np.unique(then.tree.sector[slice(*branch)])} - {0}
    sectors = list(Sector.objects.filter(pk__in=present).order_by("order", "pk"))
    values = {indicator: then.of_sectors(indicator, branch) for indicator in then.indicators}
    declared = _declared_by_sector(wanted, then.tree, branch, on=on, position=position)
    moment = AsOf(on, position, at)

    def value(indicator: int, sector: int) -> int | None:
        return values[indicator].get(sector)

    found = {}
    for each in wanted:
        for sector in sectors:
            if each.declared:
                figure = Figure(each, unit, declared.get((each.pk, sector.pk)), moment, declared=True, since=since)
            else:
                figure = replace(_computed(each, sector.pk, value, moment, since), unit=unit)
            found[(each.code, sector.pk)] = replace(figure, sector=sector)
    return found


Sums = np.ndarray[Any, np.dtype[np.int64]]


class _Then:
    """What the tallies said at a journal position, by place in the tree of the day.

    Campaign to date, it is what the columns say now without what came later, so that a report of today costs little; a
    window is summed in the database.
    """

    def __init__(self, wanted: Iterable[Indicator], *, on: date, position: int, since: date | None) -> None:
        self.indicators = {each.pk for each in wanted if not each.declared}
        self.indicators |= {each.denominator_id for each in wanted if each.denominator_id}
        rows = Delta.objects.filter(on__lte=on)
        self._now: Columns | None = None
        if since is None:
            self._now = columns(on).folded()
            self.tree = self._now.tree
            # Whichever indicator: by position there are few, by indicator there would be many.
            rows = rows.filter(position__gt=position, position__lte=self._now.position)
        else:
            self.tree = tree(on)
            rows = rows.filter(Q(on__gte=since) | Q(indicator__source__in=STOCKS), position__lte=position)
            rows = rows.filter(indicator__in=self.indicators)
        self._rest = _prefix_sums(rows, self.tree)

    def between(self, indicator: int, first: int, stop: int) -> Sums:
        """Prefix sums from place to place: of the totals, and of how many cells stand behind them."""
        found = np.zeros((2, stop + 1 - first), np.int64)
        if self._now is not None and (row := self._now.rows.get(indicator)) is not None:
            found += self._now.sums[row, first : stop + 1], self._now.seen[row, first : stop + 1]
        if (rest := self._rest.get(indicator)) is not None:
            found += rest[:, first : stop + 1] if self._now is None else -rest[:, first : stop + 1]
        return found

    def of_unit(self, indicator: int, unit: int) -> int | None:
        first, stop = self.tree.branch(unit)
        (total, cells) = self.at(indicator, stop) - self.at(indicator, first)
        return int(total) if cells else None

    def at(self, indicator: int, place: int) -> Sums:
        return self.between(indicator, place, place)[:, 0]

    def of_sectors(self, indicator: int, branch: tuple[int, int]) -> dict[int, int]:
        """Sector → total, where anything was recorded."""
        first, stop = branch
        sector = self.tree.sector[first:stop]
        totals, cells = (np.bincount(sector, row) for row in np.diff(self.between(indicator, first, stop)))
        return {int(pk): round(float(totals[pk])) for pk in np.flatnonzero(cells)}


def _prefix_sums(rows: QuerySet[Delta], current: Tree) -> dict[int, Sums]:
    """Indicator → totals and numbers of cells, each summed up along the tree."""
    per_unit = rows.order_by().values_list("indicator", "unit").annotate(total=Sum("delta"), cells=Count("pk"))
    placed = seats(current)
    found: dict[int, Sums] = {}
    for indicator, unit, total, cells in per_unit.iterator():
        place = placed.place(unit)
        if place >= 0:
            sums = found.setdefault(indicator, np.zeros((2, len(current) + 1), np.int64))
            sums[:, place + 1] += int(total), cells
    for sums in found.values():
        np.cumsum(sums, axis=1, out=sums)
    return found


def _computed(
    each: Indicator, place: int, value: Callable[[int, int], int | None], moment: AsOf, since: date | None
) -> Figure:
    own = value(each.pk, place)
    out_of = value(each.denominator_id, place) if each.denominator_id else None
    return Figure(each, place, 0 if out_of and own is None else own, moment, out_of, since=since)


# A roster does not begin with the window: what stood before it stands in it too.
STOCKS = tuple(code for code, facts in SOURCES.items() if facts.until is not None)


def _declared_as_of(
    wanted: list[Indicator], units: Sequence[int], current: Tree, *, on: date, position: int
) -> dict[tuple[int, int], int]:
    """Declared figures as of a position: what was entered later is not yet known."""
    newest = _newest_declarations(wanted, on=on, position=position)
    found: dict[tuple[int, int], int] = {}
    for unit in units:
        first, stop = current.branch(unit)
        for each in wanted:
            below = [
                v for (i, u), (_d, v) in newest.items() if i == each.pk and first <= current.index.get(u, -1) < stop
            ]
            own = newest.get((each.pk, unit))
            if own or below:
                found[(each.pk, unit)] = own[1] if own else sum(below)
    return found


def _declared_by_sector(
    wanted: Iterable[Indicator], current: Tree, branch: tuple[int, int], *, on: date, position: int
) -> dict[tuple[int, int], int]:
    """Sums of what the units of a sector have declared; what a whole branch declares has no sectors."""
    declared = [each for each in wanted if each.declared]
    first, stop = branch
    found: dict[tuple[int, int], int] = {}
    for (indicator, unit), (_on, value) in _newest_declarations(declared, on=on, position=position).items():
        place = current.index.get(unit, -1)
        sector = int(current.sector[place]) if first <= place < stop else 0
        if sector:
            found[(indicator, sector)] = found.get((indicator, sector), 0) + value
    return found


def _newest_declarations(
    wanted: Sequence[Indicator], *, on: date, position: int
) -> dict[tuple[int, int], tuple[date, int]]:
    """(indicator, unit) → day and value of what stood at a journal position."""
    if not wanted:
        return {}
    rows = Declaration.objects.filter(indicator__in=wanted, as_of_on__lte=on).values_list(
        "pk", "indicator", "unit", "value", "as_of_on", "supersedes"
    )
    refs = {f"declaration:{row[0]}": row for row in rows}
    made = born(refs)
    known = [row for ref, row in refs.items() if made.get(ref, 0) <= position]
    replaced = {row[5] for row in known if row[5]}
    newest: dict[tuple[int, int], tuple[date, int]] = {}
    for pk, indicator, unit, value, as_of_on, _supersedes in known:
        if pk not in replaced:
            newest[(indicator, unit)] = max(newest.get((indicator, unit), (date.min, 0)), (as_of_on, value))
    return newest


def records(actor: Actor, figure: Figure) -> "Records":
    """The records that a figure counted: those in the reader's sight as rows, the others as one number for each unit."""
    each = measure(figure.indicator)
    unit = Unit.objects.get(pk=figure.unit)
    rows = _counted_rows(each, unit, figure)
    seen = rows.filter(within(actor, each.facts.see, each.facts.unit))
    return Records(each, seen, rows)


@dataclass(frozen=True, slots=True)
class Records:
    """来源 — what stands behind a figure."""

    measure: Measure
    seen: QuerySet[Any]
    every: QuerySet[Any]

    def unseen(self) -> list[tuple[int, int]]:
        """(unit, how many) of the records out of sight; nothing but the recording unit is told."""
        hidden = self.every.exclude(pk__in=self.seen.values("pk"))
        path = self.measure.facts.unit
        return list(hidden.order_by(path).values_list(path).annotate(n=self.measure.aggregate()))


def _counted_rows(each: Measure, unit: Unit, figure: Figure) -> QuerySet[Any]:
    """Rows of the unit's branch on the tree of the figure's day, up to that day."""
    current = tree(figure.as_of.on)
    first, stop = current.branch(unit.pk)
    placed = seats(current)
    rows = each.rows().filter(**{f"{each.facts.day}__lte": figure.as_of.on})
    if figure.since is not None and each.facts.until is None:
        rows = rows.filter(**{f"{each.facts.day}__gte": figure.since})
    if each.facts.until is not None:
        until = each.facts.until
        rows = rows.filter(Q(**{f"{until}__gt": figure.as_of.on}) | Q(**{f"{until}__isnull": True}))
    path = each.facts.unit
    if first > 0 or stop < len(current):
        today = Q(**{f"{path}__no__range": (unit.no, unit.last)})
        here = {int(pk) for pk in current.units[first:stop]}
        now = set(Unit.objects.filter(no__range=(unit.no, unit.last)).values_list("pk", flat=True))
        heirs = {gone for gone in placed.heirs if first <= placed.place(gone) < stop}
        came, went = (here | heirs) - now, now - here
        rows = rows.filter((today & ~Q(**{f"{path}__in": went})) | Q(**{f"{path}__in": came}))
    if figure.sector is not None:
        rows = rows.filter(_of_sector(path, figure.sector, placed))
    if each.kind == "distinct":
        rows = rows.filter(Exists(_first_rows(each)))
    return rows


def _of_sector(path: str, sector: Sector, placed: Seats) -> Q:
    """Rows of units that counted in the sector on the day of the tree: today's, put right by what has changed since."""
    current = placed.tree
    then = {int(pk) for pk in current.units[current.sector == sector.pk]}
    seated = ((gone, placed.place(gone)) for gone in placed.heirs)
    then |= {gone for gone, place in seated if place >= 0 and int(current.sector[place]) == sector.pk}
    now = set(Unit.objects.filter(sector=sector).values_list("pk", flat=True))
    return (Q(**{f"{path}__sector": sector.pk}) & ~Q(**{f"{path}__in": now - then})) | Q(**{f"{path}__in": then - now})


def _first_rows(each: Measure) -> QuerySet[First]:
    """Only the row by which a member first qualified counts."""
    return First.objects.filter(
        indicator=each.indicator,
        member=OuterRef(each.member),
        unit=OuterRef(each.facts.unit),
        on=OuterRef(each.facts.day),
    )


def trend(seen: Board, code: str, unit: int, *, weeks: int = 12) -> list[tuple[date, Figure]]:
    """What the ledger said at the end of each week: closing values, which never change.

    The last one is that of the board's own day or, once the campaign is over, of its last day.
    """
    until = min(seen.as_of.on, seen.campaign.ends_on)
    days = [until - timedelta(days=7 * back) for back in range(weeks - 1, -1, -1)]
    indicator = seen.by_code[code]
    if indicator.declared:
        return [(day, _closed(seen.campaign, code, unit, day)) for day in days]
    found = _trend_of(indicator, unit, days)
    return [*found[:-1], (until, seen.figure(code, unit))] if until == seen.as_of.on else found


def _closed(campaign: Campaign, code: str, unit: int, day: date) -> Figure:
    position, at = closing_position(day), evening(day)
    return figures_as_of(campaign, [code], [unit], on=day, position=position, at=at)[(code, unit)]


def _trend_of(indicator: Indicator, unit: int, days: Sequence[date]) -> list[tuple[date, Figure]]:
    moments = list(zip(days, closing_positions(days), strict=True))
    own = [each.value(unit) for each in closings(indicator.pk, moments)]
    asked: Sequence[int | None] = [None] * len(days)
    if indicator.denominator_id is not None:
        asked = [each.value(unit) for each in closings(indicator.denominator_id, moments)]
    return [
        (day, Figure(indicator, unit, 0 if value is None and out_of else value, AsOf(day, known, evening(day)), out_of))
        for (day, known), value, out_of in zip(moments, own, asked, strict=True)
    ]


def evening(day: date) -> datetime:
    """The instant at which a day ends, in the installation's own time zone."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone())


def closing_positions(days: Sequence[date]) -> list[int]:
    """The last journal position of each day, by one query; 0 before the first entry."""
    last = {
        f"day_{n}": Subquery(
            Entry.objects.filter(at__lt=evening(day)).order_by("-at", "-position").values("position")[:1]
        )
        for n, day in enumerate(days)
    }
    row = Entry.objects.order_by("position").annotate(**last).values_list(*last)[:1]
    return [position or 0 for position in next(iter(row), [0] * len(days))]


def closing_position(day: date) -> int:
    """The last journal position of a day; 0 before the first."""
    return closing_positions([day])[0]
