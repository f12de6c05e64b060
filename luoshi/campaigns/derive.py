"""Occasions, Owes and Fulfilment are derived: this is how. All of it can be rebuilt from requirements, units and records."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Q

from luoshi.campaigns.audiences import units_by, units_of
from luoshi.campaigns.duties import open_requirements
from luoshi.campaigns.models import Campaign, Fulfilment, Occasion, Owes, Requirement, ZeroReport
from luoshi.gate.locks import lock_all_of
from luoshi.gate.operation import Act
from luoshi.journal.bulk import insert_many
from luoshi.lib.recurrence import Occasion as Window
from luoshi.lib.recurrence import Recurrence
from luoshi.lib.workdays import Direction
from luoshi.orgs.models import Placement, Unit
from luoshi.orgs.tree import tree

BATCH = 5_000
ONE_DAY = timedelta(days=1)


def derive_occasions(requirement: Requirement) -> int:
    """应办期次 — the occasions of a requirement within its batch; returns how many there are."""
    windows = _windows_of(requirement)
    existing = dict(requirement.occasions.values_list("no", "pk"))
    for no, window in enumerate(windows, 1):
        Occasion.objects.update_or_create(requirement=requirement, no=no, defaults=asdict(window))
    Occasion.objects.filter(pk__in=[pk for no, pk in existing.items() if no > len(windows)]).delete()
    return len(windows)


def _windows_of(requirement: Requirement) -> list[Window]:
    """Where there is no next occasion that a late record could belong to, the window stays open until the batch ends."""
    batch = requirement.batch
    if requirement.by is None:
        return recurrence_of(requirement).occasions(batch.starts_on, batch.ends_on)
    due_on = max(requirement.by, batch.starts_on)
    return [Window(batch.starts_on, due_on, due_on, closes_on=max(due_on, batch.ends_on))]


def recurrence_of(requirement: Requirement) -> Recurrence:
    """How often it is due. BadRecurrence where its rule cannot be kept."""
    batch = requirement.batch
    return Recurrence.parse(requirement.rule, anchor=batch.starts_on, shift=_shift(requirement), until=batch.ends_on)


def _shift(requirement: Requirement) -> Direction:
    match requirement.shift:
        case "after" | "before" as direction:
            return direction
    return "none"


def derive_owes(
    requirement: Requirement, units: Iterable[int] | None = None, *, on: date, since: date | None = None
) -> int:
    """应办单位 — who owes a requirement: its audience on the roster, each from its founding to its closing.

    units: only these are looked at (after a unit was created, changed or closed). on: today; whoever has left the audience owes
    until then. since: whoever is new in the audience owes from this day, because the unit was changed, not founded.
    Returns how many rows were written.
    """
    wanted = _addressed(requirement, units, since)
    held: dict[int, list[Owes]] = defaultdict(list)
    rows = Owes.objects.filter(requirement=requirement).order_by("valid_from")
    for row in rows if units is None else rows.filter(unit__in=units):
        held[row.unit_id].append(row)
    fresh: list[tuple[int, int, date, date | None]] = []
    changed = []
    for unit, (start, end) in wanted.items():
        last = held[unit][-1] if held[unit] else None
        if last is None or _comes_back(last, start, end, since):
            if end is None or end > start:
                fresh.append((requirement.pk, unit, start, end))
        elif last.valid_until != end and (last.valid_until is None or end is not None or last.valid_from == since):
            last.valid_until = None if end is None else max(end, last.valid_from)
            changed.append(last)
    changed += _ended([rows[-1] for unit, rows in held.items() if rows and unit not in wanted], on)
    insert_many(Owes, ["requirement_id", "unit_id", "valid_from", "valid_until"], fresh)
    Owes.objects.bulk_update(changed, ["valid_until"], batch_size=BATCH)
    return len(fresh) + len(changed)


def _comes_back(last: Owes, start: date, end: date | None, since: date | None) -> bool:
    """The unit had left the audience and belongs to it again: a second row, so that the days between stay free."""
    left = since is not None and last.valid_until is not None and last.valid_until <= since
    return left and last.valid_from != start and (end is None or end > start)


def _addressed(
    requirement: Requirement, units: Iterable[int] | None, since: date | None
) -> dict[int, tuple[date, date | None]]:
    """The audience with the days from and until which each unit owes; units closed by now among them, until their closing."""
    start = max(requirement.published_on, requirement.batch.starts_on, since or date.min)
    standing, closed = units_of(requirement.audience), _closed_units(requirement, since=start)
    if units is not None:
        standing, closed = standing.filter(pk__in=units), [row for row in closed if row[0] in set(units)]
    found: dict[int, tuple[date, date | None]] = {}
    for unit, founded_on, closed_on in (*standing.values_list("pk", "founded_on", "closed_on"), *closed):
        found[unit] = (max(start, founded_on), min(filter(None, (requirement.ended_on, closed_on)), default=None))
    return found


def _closed_units(requirement: Requirement, *, since: date) -> list[tuple[int, date, date]]:
    """Units of the audience that were closed after the requirement began: they stand in today's tree no longer."""
    root = requirement.audience.campaign.unit_id
    gone = units_by(requirement.audience.rule, standing=False).filter(closed_on__gt=since)
    return [
        (unit, founded_on, closed_on)
        for unit, founded_on, closed_on in gone.values_list("pk", "founded_on", "closed_on")
        if closed_on is not None and tree(closed_on - ONE_DAY).holds(root, unit)
    ]


def _ended(rows: Iterable[Owes], on: date) -> list[Owes]:
    """Rows of units that are in the audience no longer: they owe until they closed, or until today's change."""
    rows = list(rows)
    closed = dict(Unit.objects.filter(pk__in=[row.unit_id for row in rows]).values_list("pk", "closed_on"))
    ended = []
    for row in rows:
        end = max(closed.get(row.unit_id) or on, row.valid_from)
        if row.valid_until is None or row.valid_until > end:
            row.valid_until = end
            ended.append(row)
    return ended


def follow_units(act: Act) -> None:
    """A follower: when units come, change or go, so does what they owe."""
    made, changed = _units_written(act)
    if not made and not changed:
        return
    for requirement in Requirement.objects.filter(ended_on__isnull=True).select_related(
        "audience__campaign__unit", "batch"
    ):
        written = derive_owes(requirement, made, on=act.today) if made else 0
        written += derive_owes(requirement, changed, on=act.today, since=act.today) if changed else 0
        if written:
            act.recount("owes")
            act.recount("due")
            for unit in made | changed:
                act.touch("owes", unit, act.today)


def _units_written(act: Act) -> tuple[set[int], set[int]]:
    """The units that an act has made, and those that it has changed or moved."""
    made = {written.pk for written in act.written if written.model is Unit and written.before is None}
    changed = {written.pk for written in act.written if written.model is Unit}
    changed |= {written.after["unit"] for written in act.written if written.model is Placement and written.after}
    for bulk in act.wholesale:
        if bulk.model is Unit:
            made |= set(range(bulk.first, bulk.last + 1))
    return made, changed - made


class Record(NamedTuple):
    """A record that may fulfil requirements: its reference, whose it is, its kind, when it was held and when entered.

    makes_up: "requirement code#number" of an earlier occasion that the person who recorded it chose.
    """

    ref: str
    unit: int
    kind: str
    held_on: date
    entered_on: date
    makes_up: str = ""

    @property
    def rank(self) -> tuple[date, int]:
        """The first entered comes first; of one day's records the one with the lower number."""
        return self.entered_on, int(self.ref.partition(":")[2])


# What the rooms above offer to `rebuild_all`: all standing records of a campaign. A room's apps.py adds its own.
RecordSource = Callable[[Campaign], Iterable[Record]]
record_sources: list[RecordSource] = []


def fulfil(
    act: Act,
    *,
    campaign: Campaign,
    unit: int,
    kind: str,
    on: date,
    ref: str,
    makes_up: str = "",
    entered_on: date | None = None,
) -> list[Fulfilment]:
    """完成 — let a record fulfil what it can: for each requirement the occasion whose window holds the day, or the one it makes up for.

    makes_up: "requirement code#number", chosen by the person who records. entered_on: when it was first recorded, where that was
    not today: a corrected record was not entered late for it.
    """
    made = []
    for requirement in open_requirements(campaign, unit, kind, on=on):
        code, _sharp, no = makes_up.partition("#")
        windows = requirement.occasions.filter(
            Q(no=no) if code == requirement.code else Q(opens_on__lte=on, closes_on__gte=on)
        )
        if (occasion := windows.order_by("no").first()) is not None:
            made.append(add_fulfilment(act, occasion, unit=unit, on=on, ref=ref, entered_on=entered_on))
    return made


def fulfil_many(act: Act, campaign: Campaign, records: Sequence[tuple[Any, ...]]) -> int:
    """The same for many records at once, each as the fields of a Record: a few queries whatever their number.

    Returns how many fulfilments were made.
    """
    given = [Record(*record) for record in records]
    lock_all_of("fulfilments", {record.unit for record in given})
    found = _matches(campaign, given)
    taken = set(
        Fulfilment.objects.filter(occasion__requirement__campaign=campaign, counts=True)
        .filter(occasion__in={row[0] for row in found})
        .values_list("occasion", "unit")
    )
    rows = _inserted(found, taken)
    due_days = dict(Occasion.objects.filter(requirement__campaign=campaign).values_list("pk", "due_on"))
    for occasion, unit, *_rest in rows:
        act.touch("met", unit, due_days[occasion])
    return len(rows)


Match = tuple[int, int, date, date, bool, str]  # occasion, unit, held_on, entered_on, zero, ref


def _matches(campaign: Campaign, records: Sequence[Record]) -> list[Match]:
    """Which occasion of which requirement each record fulfils, in the order in which they were entered."""
    wanted: dict[str, list[int]] = defaultdict(list)  # kind → requirements
    windows, numbered, codes = _windows(campaign, wanted)
    owing = _spans_of_owing(campaign, {record.unit for record in records})
    found: list[Match] = []
    for record in sorted(records, key=lambda record: record.rank):
        ref, unit, kind, held_on, entered_on, makes_up = record
        code, _sharp, no = makes_up.partition("#")
        for requirement in wanted.get(kind, ()):
            spans = owing.get((requirement, unit), ())
            if not any(start <= held_on and (end is None or held_on < end) for start, end in spans):
                continue
            if code == codes[requirement]:
                occasion = numbered.get((requirement, int(no))) if no.isdecimal() else None
            else:
                occasion = _window_of(windows[requirement], held_on)
            if occasion is not None:
                found.append((occasion, unit, held_on, entered_on, False, ref))
    return found


Windows = tuple[list[date], list[tuple[date, int]]]  # last days in order; beside each (opening day, occasion)


def _windows(
    campaign: Campaign, wanted: dict[str, list[int]]
) -> tuple[dict[int, Windows], dict[tuple[int, int], int], dict[int, str]]:
    """The windows of each requirement, its occasions by number, its code; and, into `wanted`, the requirements of each kind."""
    windows: dict[int, Windows] = {}
    numbered: dict[tuple[int, int], int] = {}
    codes: dict[int, str] = {}
    for requirement in Requirement.objects.filter(campaign=campaign):
        for kind in requirement.kinds:
            wanted[kind].append(requirement.pk)
        codes[requirement.pk], windows[requirement.pk] = requirement.code, ([], [])
    occasions = Occasion.objects.filter(requirement__campaign=campaign).order_by("closes_on")
    for number, no, opens_on, closes_on, pk in occasions.values_list(
        "requirement", "no", "opens_on", "closes_on", "pk"
    ):
        numbered[(number, no)] = pk
        windows[number][0].append(closes_on)
        windows[number][1].append((opens_on, pk))
    return windows, numbered, codes


def _window_of(windows: Windows, day: date) -> int | None:
    ends, rest = windows
    at = bisect_left(ends, day)
    return rest[at][1] if at < len(ends) and rest[at][0] <= day else None


def _inserted(found: Iterable[Match], taken: set[tuple[int, int]]) -> list[tuple[Any, ...]]:
    """Write the matches; the first one of an occasion and unit counts, unless one counts already."""
    rows: list[tuple[Any, ...]] = []
    for occasion, unit, held_on, entered_on, zero, ref in found:
        rows.append((occasion, unit, held_on, entered_on, zero, (occasion, unit) not in taken, ref))
        taken.add((occasion, unit))
    insert_many(Fulfilment, ["occasion_id", "unit_id", "held_on", "entered_on", "zero", "counts", "ref"], rows)
    return rows


def _spans_of_owing(campaign: Campaign, units: set[int]) -> dict[tuple[int, int], list[tuple[date, date | None]]]:
    spans: dict[tuple[int, int], list[tuple[date, date | None]]] = defaultdict(list)
    rows = Owes.objects.filter(requirement__campaign=campaign)
    if len(units) < 5_000:
        rows = rows.filter(unit__in=units)
    for requirement, unit, start, end in rows.values_list(
        "requirement", "unit", "valid_from", "valid_until"
    ).iterator():
        spans[(requirement, unit)].append((start, end))
    return spans


def add_fulfilment(
    act: Act, occasion: Occasion, *, unit: int, on: date, ref: str, zero: bool = False, entered_on: date | None = None
) -> Fulfilment:
    lock_all_of("fulfilments", {unit})
    act.touch("met", unit, occasion.due_on)
    made = Fulfilment.objects.create(
        occasion=occasion,
        unit_id=unit,
        held_on=on,
        entered_on=entered_on or act.today,
        zero=zero,
        counts=False,
        ref=ref,
    )
    _let_the_first_count(occasion, unit)
    made.refresh_from_db(fields=["counts"])
    return made


def take_back(act: Act, ref: str) -> None:
    """A record was corrected or withdrawn: what it fulfilled is open again, unless another record fulfils it too."""
    lock_all_of("fulfilments", set(Fulfilment.objects.filter(ref=ref).values_list("unit", flat=True)))
    for gone in Fulfilment.objects.filter(ref=ref).select_related("occasion"):
        act.touch("met", gone.unit_id, gone.occasion.due_on)
        gone.delete()
        _let_the_first_count(gone.occasion, gone.unit_id)


def _let_the_first_count(occasion: Occasion, unit: int) -> None:
    """A duty is met once: by the record that was entered first; of one day a zero report goes before what came after it."""
    rows = list(Fulfilment.objects.filter(occasion=occasion, unit=unit))
    rows.sort(key=lambda row: (row.entered_on, not row.zero, int(row.ref.partition(":")[2])))
    for row in [*rows[1:], *rows[:1]]:  # the others step back before one steps forward: only one may count at a time
        if row.counts != (row is rows[0]):
            row.counts = row is rows[0]
            row.save(update_fields=["counts"])


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild has found: how many rows there are now, and how many of them are not as they were."""

    occasions: int
    owes: int
    fulfilments: int
    changed: int


def rebuild_all(act: Act, *, campaigns: Iterable[Campaign] | None = None) -> Rebuilt:
    """重建 — derive occasions, owing units and fulfilments again from requirements, units and records.

    From when to when a unit belonged to an audience that it has left again is known from the rows of Owes only: these are kept.
    """
    before = _derived_rows()
    for campaign in Campaign.objects.select_related("unit") if campaigns is None else campaigns:
        for requirement in Requirement.objects.filter(campaign=campaign).select_related(
            "audience__campaign__unit", "batch"
        ):
            derive_occasions(requirement)
            derive_owes(requirement, on=act.today)
        Fulfilment.objects.filter(occasion__requirement__campaign=campaign).delete()
        records = [record for source in record_sources for record in source(campaign)]
        found = [(True, match) for match in _zero_matches(campaign)]
        found += [(False, match) for match in _matches(campaign, records)]
        found.sort(key=lambda each: (each[1][3], not each[0], int(each[1][5].partition(":")[2])))
        _inserted([match for _zero, match in found], set())
    after = _derived_rows()
    changed = len(before ^ after)
    if changed:
        for source in ("owes", "due", "met"):
            act.recount(source)
    return Rebuilt(Occasion.objects.count(), Owes.objects.count(), Fulfilment.objects.count(), changed)


def _zero_matches(campaign: Campaign) -> list[Match]:
    numbered = {
        (requirement, no): pk
        for requirement, no, pk in Occasion.objects.filter(requirement__campaign=campaign).values_list(
            "requirement", "no", "pk"
        )
    }
    standing = ZeroReport.objects.filter(requirement__campaign=campaign, withdrawn_on__isnull=True)
    return [
        (
            numbered[(zero.requirement_id, zero.occasion_no)],
            zero.unit_id,
            zero.stated_on,
            zero.stated_on,
            True,
            zero.ref,
        )
        for zero in standing
        if (zero.requirement_id, zero.occasion_no) in numbered
    ]


def _derived_rows() -> set[tuple[Any, ...]]:
    """All derived rows by their content, to tell what a rebuild has changed."""
    days = ("opens_on", "due_on", "nominal_on", "closes_on")
    rows: set[tuple[Any, ...]] = set(Occasion.objects.values_list("requirement", "no", *days).iterator())
    rows |= set(Owes.objects.values_list("requirement", "unit", "valid_from", "valid_until").iterator())
    rows |= set(
        Fulfilment.objects.values_list(
            "occasion__requirement", "occasion__no", "unit", "held_on", "entered_on", "zero", "counts", "ref"
        ).iterator()
    )
    return rows
