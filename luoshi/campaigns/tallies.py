"""任务汇总 — how many units of any branch owe each occasion, and how many have met it, counted in memory.

Every process keeps, for each campaign that is asked about, who owes what and what became of it, in the order of the tree. Before it answers
it learns by one query whose duties the journal's newest entries have changed, and reads these units again (docs/decisions/0010).
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from luoshi.campaigns.duties import State, settled, standing_waivers, state_of
from luoshi.campaigns.models import DutyChange, Fulfilment, Occasion, Owes, Requirement
from luoshi.gate.operation import Act
from luoshi.orgs.models import Unit

SOURCES = frozenset({"owes", "due", "met"})  # the fact sources that duties are made of
SPAN = 2**32  # more than there are pre-order numbers: group × SPAN + number is one sorted key
REREAD = 1_000  # units; of more than these everything is read again


@dataclass(slots=True)
class Tally:
    """How many units of a branch owe one occasion, by the state of their duty on a day."""

    due: int = 0
    met: int = 0
    met_late: int = 0
    zero: int = 0
    waived: int = 0
    open: int = 0
    overdue: int = 0
    coming: int = 0

    @property
    def done(self) -> int:
        """Met in time, met late or reported as nothing."""
        return self.met + self.met_late + self.zero

    @property
    def asked(self) -> int:
        """Those who owe it and are not waived: what `done` is out of."""
        return self.due - self.waived

    @property
    def settled(self) -> int:
        """Done or missed: what `done` is out of while the present occasion is still open."""
        return self.done + self.overdue

    def add(self, state: State, count: int = 1) -> None:
        setattr(self, state.value, getattr(self, state.value) + count)


Branch = tuple[int, int]  # first and last pre-order number


def tally(
    requirement: Requirement, branches: Sequence[Branch], *, on: date, occasions: Iterable[Occasion]
) -> list[dict[int, Tally]]:
    """For each branch and occasion number the units by state: the same as counting `stated`."""
    chosen = list(occasions)
    found = tallies([requirement], branches, on=on, occasions=chosen)
    return [{each.no: found[(at, each.pk)] for each in chosen} for at in range(len(branches))]


def tallies(
    requirements: Sequence[Requirement], branches: Sequence[Branch], *, on: date, occasions: Sequence[Occasion]
) -> dict[tuple[int, int], Tally]:
    """(index of the branch, occasion) → the units of the branch by state, fresh as of the last committed entry.

    Today's tree: what units owed that were closed since does not show.
    """
    rolls = {campaign: roll(campaign) for campaign in {each.campaign_id for each in requirements}}
    campaigns = {each.pk: each.campaign_id for each in requirements}
    found = {}
    for at, branch in enumerate(branches):
        owing = {each.pk: rolls[each.campaign_id].owing.counted(each.pk, branch) for each in requirements}
        for each in occasions:
            outcomes = rolls[campaigns[each.requirement_id]].outcomes.counted(each.pk, branch)
            found[(at, each.pk)] = _summed(each, owing[each.requirement_id], outcomes, on)
    return found


class Spell(NamedTuple):
    """From when to when a unit owes a requirement; the end is exclusive."""

    valid_from: date
    valid_until: date | None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


class Outcome(NamedTuple):
    """What became of a duty: how it was settled, when that was entered, and the later day to which it was extended."""

    settled: State | None
    entered_on: date | None = None
    extended_until: date | None = None

    def state(self, occasion: Occasion, on: date) -> State:
        known = self.settled is not None and (self.entered_on is None or self.entered_on <= on)
        if known and self.settled is not None:
            return self.settled
        return state_of(occasion.opens_on, self.extended_until or occasion.due_on, on=on)


def _summed(occasion: Occasion, spells: dict[Spell, int], outcomes: dict[Outcome, int], on: date) -> Tally:
    sums = Tally(due=sum(count for spell, count in spells.items() if spell.holds(occasion.due_on)))
    rest = sums.due
    for outcome, count in outcomes.items():
        sums.add(outcome.state(occasion, on), count)
        rest -= count
    sums.add(state_of(occasion.opens_on, occasion.due_on, on=on), rest)
    return sums


# ── What a process keeps ──────────────────────────────────────────────────────────────────────────────────────────

Row = tuple[int, int, Any]  # group (a requirement, an occasion), unit, label
Numbers = NDArray[np.int64]  # unit → its pre-order number in today's tree, 0 for one that stands nowhere
ROW = np.dtype([("group", np.int64), ("unit", np.int32), ("label", np.int32)])


@dataclass(frozen=True, slots=True)
class Sheaf:
    """Labels of units in groups, in the order of the tree, so that a branch is one stretch of each group.

    key: group × SPAN + number, ascending; beside each key stand its unit and its label. Groups and labels are numbered as they come.
    A sheaf never changes, so that threads can share it.
    """

    numbers: Numbers
    groups: dict[int, int]
    labels: tuple[Any, ...]
    key: NDArray[np.int64]
    unit: NDArray[np.int32]
    label: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Iterable[Row], numbers: Numbers) -> "Sheaf":
        nothing = np.zeros(0, np.int32)
        return cls(numbers, {}, (), np.zeros(0, np.int64), nothing, nothing).having(rows)

    def counted(self, group: int, branch: Branch) -> dict[Any, int]:
        """Label → how many units of the branch bear it in this group."""
        counts = np.bincount(self.label[self._stretch(group, *branch)])
        return {self.labels[at]: int(counts[at]) for at in np.flatnonzero(counts)}

    def bearing(self, group: int, holds: Callable[[Any], bool]) -> NDArray[np.int32]:
        """The units of a group whose label holds."""
        stretch = self._stretch(group)
        good = np.array([holds(label) for label in self.labels] or [False])
        units: NDArray[np.int32] = self.unit[stretch][good[self.label[stretch]]]
        return units

    def among(self, group: int, units: NDArray[np.int32]) -> "Sheaf":
        """Without the rows of this group that belong to other units."""
        stretch = self._stretch(group)
        among = np.isin(self.unit[stretch], units)
        if among.all():
            return self
        wanted = np.ones(len(self.key), bool)
        wanted[stretch] = among
        return self._only(wanted)

    def without(self, units: Iterable[int]) -> "Sheaf":
        return self._only(~np.isin(self.unit, list(units)))

    def having(self, rows: Iterable[Row]) -> "Sheaf":
        """With further rows."""
        groups, labels = dict(self.groups), {label: at for at, label in enumerate(self.labels)}
        coded = (
            (groups.setdefault(group, len(groups)), unit, labels.setdefault(label, len(labels)))
            for group, unit, label in rows
        )
        fresh = np.fromiter(coded, ROW)
        key = fresh["group"] * SPAN + _places(fresh["unit"], self.numbers)
        order = np.argsort(key, kind="stable")
        at = np.searchsorted(self.key, key[order])
        return replace(
            self,
            groups=groups,
            labels=tuple(labels),
            key=np.insert(self.key, at, key[order]),
            unit=np.insert(self.unit, at, fresh["unit"][order]),
            label=np.insert(self.label, at, fresh["label"][order]),
        )

    def placed(self, numbers: Numbers) -> "Sheaf":
        """The same rows in another tree."""
        key = self.key // SPAN * SPAN + _places(self.unit, numbers)
        order = np.argsort(key, kind="stable")
        return replace(self, numbers=numbers, key=key[order], unit=self.unit[order], label=self.label[order])

    def rows(self) -> Iterator[Row]:
        groups = list(self.groups)
        for at, unit, label in zip(self.key // SPAN, self.unit, self.label, strict=True):
            yield groups[at], int(unit), self.labels[label]

    def _stretch(self, group: int, first: int = 0, last: int = SPAN - 1) -> slice:
        at = self.groups.get(group)
        if at is None:
            return slice(0, 0)
        start, stop = np.searchsorted(self.key, [at * SPAN + first, at * SPAN + last + 1])
        return slice(int(start), int(stop))

    def _only(self, wanted: NDArray[np.bool_]) -> "Sheaf":
        return replace(self, key=self.key[wanted], unit=self.unit[wanted], label=self.label[wanted])


def _places(units: NDArray[np.int32], numbers: Numbers) -> NDArray[np.int64]:
    known = units < len(numbers)
    return np.where(known, numbers[np.where(known, units, 0)], 0)


def _numbers() -> Numbers:
    rows = list(Unit.objects.filter(no__gt=0).values_list("pk", "no"))
    numbers = np.zeros(max((pk for pk, _no in rows), default=0) + 1, np.int64)
    for pk, no in rows:
        numbers[pk] = no
    return numbers


@dataclass(frozen=True, slots=True)
class Roll:
    """任务册 — who owes the requirements of a campaign, and what became of each duty, as of one journal position."""

    campaign: int
    position: int
    version: int  # of the tree
    owing: Sheaf  # requirement → Spell
    outcomes: Sheaf  # occasion → Outcome, only of those who owe it on its due day

    @classmethod
    def read(cls, campaign: int, position: int, version: int) -> "Roll":
        owing, outcomes = _read(campaign, _numbers())
        return cls(campaign, position, version, owing, outcomes)

    def caught_up(self, position: int, version: int, changed: Sequence[int]) -> "Roll":
        """As of a later position, where the duties of some units have changed since."""
        owing, outcomes = self.owing, self.outcomes
        if version != self.version:
            numbers = _numbers()
            owing, outcomes = owing.placed(numbers), outcomes.placed(numbers)
        if changed:
            now = _read(self.campaign, owing.numbers, units=changed)
            owing = owing.without(changed).having(now[0].rows())
            outcomes = outcomes.without(changed).having(now[1].rows())
        return replace(self, position=position, version=version, owing=owing, outcomes=outcomes)


def _read(campaign: int, numbers: Numbers, units: Sequence[int] | None = None) -> tuple[Sheaf, Sheaf]:
    """The owing and the outcomes of a campaign, of all units or of some."""
    few = {} if units is None else {"unit__in": units}
    occasions = {
        each.pk: each
        for each in Occasion.objects.filter(requirement__campaign=campaign).only("requirement", "no", "due_on")
    }
    spells = Owes.objects.filter(requirement__campaign=campaign, **few)
    owing = Sheaf.of(
        (
            (requirement, unit, Spell(start, end))
            for requirement, unit, start, end in spells.values_list(
                "requirement", "unit", "valid_from", "valid_until"
            ).iterator()
        ),
        numbers,
    )
    outcomes = Sheaf.of(_outcomes(campaign, occasions, few), numbers)
    for each in occasions.values():
        outcomes = outcomes.among(each.pk, owing.bearing(each.requirement_id, _holding(each.due_on)))
    return owing, outcomes


def _holding(on: date) -> Callable[[Spell], bool]:
    return lambda spell: spell.holds(on)


def _outcomes(campaign: int, occasions: dict[int, Occasion], few: dict[str, Any]) -> Iterator[Row]:
    """The duties that were met, waived or extended."""
    numbered = {(each.requirement_id, each.no): pk for pk, each in occasions.items()}
    waivers = standing_waivers().filter(requirement__campaign=campaign, **few)
    excused = {
        (numbered[(requirement, no)], unit): until
        for requirement, no, unit, until in waivers.values_list("requirement", "occasion_no", "unit", "until")
        if (requirement, no) in numbered
    }
    met = Fulfilment.objects.filter(occasion__in=list(occasions), counts=True, **few)
    columns = met.values_list("occasion", "unit", "held_on", "entered_on", "zero")
    for occasion, unit, held_on, entered_on, zero in columns.iterator(chunk_size=10_000):
        until = excused.pop((occasion, unit), NEVER) if excused else NEVER
        if until is None:
            yield occasion, unit, Outcome(State.WAIVED)
            continue
        limit_on = occasions[occasion].due_on if until is NEVER else until
        state = settled(held_on, limit_on, zero=zero)
        yield occasion, unit, Outcome(state, entered_on, None if until is NEVER else until)
    for (occasion, unit), until in excused.items():
        yield occasion, unit, Outcome(State.WAIVED) if until is None else Outcome(None, None, until)


NEVER: Any = object()  # was waived or extended

NEWS = """
SELECT head.position, state.version, changed.unit
FROM (SELECT coalesce(max(position), 0) AS position FROM journal_entry) AS head
CROSS JOIN (SELECT coalesce(max(version), 0) AS version FROM orgs_treestate) AS state
LEFT JOIN campaigns_dutychange AS changed ON changed.position > %s
"""
KEPT = 4  # campaigns

_kept: dict[int, Roll] = {}
_lock = threading.Lock()


def roll(campaign: int) -> Roll:
    """A campaign's roll, caught up with the journal's head."""
    with _lock:
        found = _kept.pop(campaign, None)
        with connection.cursor() as cursor:
            cursor.execute(NEWS, [found.position if found else 2**62])
            rows = cursor.fetchall()
        position, version = rows[0][0], rows[0][1]
        changed = [row[2] for row in rows if row[2] is not None]
        if found is None or position < found.position or DutyChange.EVERYBODY in changed or len(changed) > REREAD:
            found = Roll.read(campaign, position, version)
        elif (position, version) != (found.position, found.version):
            found = found.caught_up(position, version, changed)
        for old in list(_kept)[: max(0, len(_kept) - KEPT + 1)]:
            del _kept[old]
        _kept[campaign] = found
        return found


def follow_changes(act: Act) -> Callable[[int], None] | None:
    """A follower: notes with the entry's position whose duties it has changed."""
    units = {unit for source in SOURCES for unit, _on in act.touched.get(source, ())}
    if len(units) > REREAD or (not units and act.recounted & SOURCES):
        units = {DutyChange.EVERYBODY}
    if not units:
        return None

    def note(position: int) -> None:
        changes = [DutyChange(unit=unit, position=position) for unit in sorted(units)]
        DutyChange.objects.bulk_create(
            changes, update_conflicts=True, unique_fields=["unit"], update_fields=["position"]
        )

    return note


def forget() -> None:
    """Drop all rolls of this process, as another database begins; they are read again when asked for."""
    with _lock:
        _kept.clear()
