"""Many at once: no stale figure, no lost entry, one effect for one key, on both databases."""

import os
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from luoshi.activities.models import Activity
from luoshi.activities.operations import Held, record_activity
from luoshi.campaigns.models import Campaign, Kind
from luoshi.campaigns.operations import waive
from luoshi.figures.columns import columns
from luoshi.figures.models import Delta, First, Indicator
from luoshi.figures.verify import check_figures
from luoshi.gate.actor import SYSTEM, Actor, Grant
from luoshi.gate.operation import Act, operation
from luoshi.gate.rules import Role
from luoshi.gate.verify import check_rows
from luoshi.journal.log import head
from luoshi.journal.models import Entry
from luoshi.journal.verify import check_log
from luoshi.orgs.models import Person, Unit
from luoshi.orgs.operations import create_person, create_unit
from luoshi.testing.cast import BEGINNING, TODAY, LedgerTransactionTestCase, moment
from luoshi.testing.matrix import holder
from luoshi.testing.processes import SPAWN, started

WRITES = int(os.environ.get("LUOSHI_TEST_WRITES", "10000"))
PROCESSES, THREADS = 2, 4  # eight writers; those of one number in the two processes write for the same branch
DAYS = 77  # on which they write, one after the other
OWN_LOOK = 10  # after so many writes a writer looks whether the figures know them
PAUSE_SECONDS = 0.02  # of a reader, or it takes the processor from the writers


def together(*bodies: Callable[[], object]) -> None:
    """Run bodies in threads of their own, all started at once, and raise the first error."""
    barrier, errors = threading.Barrier(len(bodies)), list[BaseException]()

    def run(body: Callable[[], object]) -> None:
        try:
            barrier.wait()
            body()
        except BaseException as error:  # noqa: BLE001 raised below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@operation("figure.define", anywhere=True)
def _count_all(act: Act, campaign: Campaign) -> Indicator:
    return act.add(
        Indicator(campaign=campaign, code="held", title="活动", source="activities", where={}, measure="count",
                  definition="活动", unit_word="次", workstream="study")
    )  # fmt: skip


def counted(unit: int) -> int:
    """What the figures say now of all that the writers write: activities and persons."""
    current = columns(TODAY)
    keys = Indicator.objects.filter(campaign__code="study", code__in=("held", "members")).values_list("pk", flat=True)
    return sum(current.value(each, unit) or 0 for each in keys)


class Many:
    """One process of writers: each its share of the writes, and a look at the figures now and then."""

    def __init__(self, number: int, branches: list[int], writes: int, acknowledged: Any, stale: Any) -> None:
        self.number, self.branches, self.writes = number, branches, writes
        self.acknowledged, self.stale = acknowledged, stale
        self.campaign = Campaign.objects.get(code="study")
        self.kinds = {each.code: each for each in Kind.objects.filter(campaign=self.campaign)}

    def run(self) -> None:
        together(*[lambda n=n: self.write(n) for n in range(THREADS)])

    def write(self, thread: int) -> None:
        branch, writer = Unit.objects.get(pk=self.branches[thread]), self.number * THREADS + thread
        actor = Actor(f"w{writer}", grants=(Grant(Role.SECRETARY, branch.pk, branch.no, branch.last),))
        for done in range(1, self.writes + 1):
            on, name = BEGINNING + timedelta(days=done % DAYS), f"{writer}-{done}"
            if done % 2:
                create_person(actor, branch, name=name, since=on, at=moment(TODAY))
            else:
                kind = self.kinds["lecture" if done % 10 else "meeting"]  # a meeting fulfils a duty
                held = Held(kind=kind, held_on=on, title=name, roster_kept=False)
                record_activity(actor, branch, campaign=self.campaign, held=held, at=moment(TODAY))
            self.acknowledged[writer] = done
            if done % OWN_LOOK == 0 and counted(branch.pk) < done:
                self.stale.put(f"writer {writer} after {done}")
                return


def write_many(*arguments: Any) -> None:
    Many(*arguments).run()


class Concurrency(LedgerTransactionTestCase):
    def held(self, title: str = "会议") -> Held:
        return Held(kind=self.meeting, held_on=date(2023, 11, 21), title=title, roster_kept=False)

    def setUp(self):
        super().setUp()
        self.meeting: Kind = self.kind("meeting")
        self.tally = self.indicator("meetings").pk

    @pytest.mark.slow
    @pytest.mark.xdist_group("concurrency")
    def test_eight_writers_and_readers_lose_nothing_and_read_nothing_stale(self):
        """Thousands of writes from several processes; each writer sees its own at once, and no reader sees less than was acknowledged
        before it asked."""
        _count_all(self.office, self.campaign, at=moment(TODAY))
        branches = [self.unit(self.township, f"b{n}", f"第{n}党支部", "branch", 5).pk for n in range(THREADS)]
        before, roster, share = head(), counted(self.province.pk), WRITES // (PROCESSES * THREADS)
        acknowledged, stale = SPAWN.Array("q", PROCESSES * THREADS, lock=False), SPAWN.SimpleQueue()
        connections.close_all()
        writers = started(
            "luoshi.figures.tests.test_concurrency.write_many",
            [(number, branches, share, acknowledged, stale) for number in range(PROCESSES)],
        )

        def writing() -> bool:
            writers[0].join(PAUSE_SECONDS)
            return any(writer.is_alive() for writer in writers)

        def read_figures() -> None:
            while writing():
                known = sum(acknowledged)
                if counted(self.province.pk) - roster < known:
                    stale.put(f"a reader of figures below {known}")
                    return

        def follow_journal() -> None:
            last, positions = before, Entry.objects.order_by("position").values_list("position", flat=True)
            while writing():
                found = list(positions.filter(position__gt=last))
                if found != list(range(last + 1, last + 1 + len(found))):
                    stale.put(f"a follower of the journal who misses entries after {last}")
                    return
                last += len(found)

        together(read_figures, follow_journal)
        self.assertEqual([writer.exitcode for writer in writers], [0] * PROCESSES)
        self.assertTrue(stale.empty(), stale.empty() or stale.get())
        written = share * PROCESSES * THREADS
        self.assertEqual((head(), counted(self.province.pk)), (before + written, roster + written))
        self.assertEqual(Activity.objects.count() + Person.objects.count(), roster + written)
        self.assertEqual([f.says for f in (*check_log(), *check_rows(), *check_figures())], [])

    def test_the_same_key_three_times_at_once_has_one_effect_and_one_answer(self):
        answers: list[int] = []

        def send():
            made = record_activity(
                self.secretary, self.first, campaign=self.campaign, held=self.held(), key="k", at=moment(TODAY)
            )
            answers.append(made.pk)

        together(send, send, send)
        self.assertEqual(Activity.objects.count(), 1)
        self.assertEqual(len(answers), 3)
        self.assertEqual(len(set(answers)), 1)

    def test_two_writers_of_one_cell_are_both_counted(self):
        """The same unit and day: each recount waits for the other's rows."""

        def record(title):
            record_activity(self.secretary, self.first, campaign=self.campaign, held=self.held(title), at=moment(TODAY))

        together(*[lambda n=n: [record(f"{n}-{i}") for i in range(10)] for n in range(4)])
        self.assertEqual(columns(TODAY).value(self.tally, self.first.pk), 40)
        self.assertEqual(sum(Delta.objects.filter(indicator=self.tally).values_list("delta", flat=True)), 40)

    def assert_figures_are_those_of_the_records(self):
        self.assertEqual([f"{f.where}: {f.says}" for f in check_figures()], [])

    def test_a_unit_that_qualifies_several_times_at_once_counts_once(self):
        """Different days are different cells; the unit's first day is one row all the same. The duty was due before: no lock of its own."""
        units = [self.city, self.bureau, self.county, self.other_city]
        liaisons = {each.pk: holder(Role.LIAISON, each) for each in units}
        days = [date(2023, 11, day) for day in (21, 7, 14, 9)]

        def record(day: date) -> None:
            for unit in units:
                held = Held(kind=self.kind("reading-class"), held_on=day, title="读书班", roster_kept=False)
                record_activity(liaisons[unit.pk], unit, campaign=self.campaign, held=held, at=moment(TODAY))

        together(*[lambda day=day: record(day) for day in days])
        self.assertEqual([self.value("bodies", unit) for unit in (self.bureau, self.province)], [1, 4])
        firsts = First.objects.filter(indicator=self.indicator("bodies")).values_list("on", flat=True)
        self.assertEqual(set(firsts), {min(days)})
        self.assert_figures_are_those_of_the_records()

    def test_persons_who_take_part_in_several_activities_at_once_count_once(self):
        def record(day: int) -> None:
            held = Held(kind=self.kind("lecture"), held_on=date(2023, 11, day), title="党课")
            record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(TODAY))

        together(*[lambda day=day: record(day) for day in (22, 20, 21, 19, 23)])
        self.assertEqual(self.value("reached", self.first), len(self.persons))
        self.assert_figures_are_those_of_the_records()

    def test_an_indicator_that_is_defined_while_others_record_counts_what_they_record(self):
        def record() -> None:
            for number in range(12):
                record_activity(
                    self.secretary, self.first, campaign=self.campaign, held=self.held(f"{number}"), at=moment(TODAY)
                )

        together(record, record, lambda: _count_all(self.office, self.campaign, at=moment(TODAY)))
        self.assertEqual(self.value("held", self.first), 24)
        self.assert_figures_are_those_of_the_records()

    def test_units_that_come_while_duties_are_met_and_waived_leave_the_figures_exact(self):
        monthly, branches = self.requirement("monthly"), [self.first, self.second, self.village, self.other_village]

        def found(number: int) -> None:
            for each in range(4):
                code = f"{number}-{each}"
                create_unit(
                    SYSTEM, self.township, code=code, name=f"{code}支部", kind="branch", rank=5,
                    founded_on=date(2023, 9, 5), at=moment(TODAY),
                )  # fmt: skip

        def exempt() -> None:
            for branch in branches:
                waive(self.office, branch, requirement=monthly, no=1, reason="新建", at=moment(TODAY))

        def meet() -> None:
            for branch in branches:
                record_activity(
                    holder(Role.SECRETARY, branch), branch, campaign=self.campaign, held=self.held(), at=moment(TODAY)
                )

        together(lambda: found(1), lambda: found(2), exempt, meet)
        self.assert_figures_are_those_of_the_records()

    def test_positions_are_given_in_the_order_of_commits(self):
        """A reader that follows positions misses none: the tail above what it has seen holds all later entries."""
        seen: list[int] = []
        finished = threading.Event()

        def follower():
            last = head()
            while not finished.is_set() or head() > last:
                found = list(
                    Entry.objects.filter(position__gt=last).order_by("position").values_list("position", flat=True)
                )
                seen.extend(found)
                last = found[-1] if found else last
            connections.close_all()

        begin = head()
        thread = threading.Thread(target=follower)
        thread.start()

        def record(number):
            for i in range(25):
                held = self.held(f"{number}-{i}")
                record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(TODAY))

        try:
            together(*[lambda n=n: record(n) for n in range(4)])
        finally:
            finished.set()
            thread.join()
        self.assertEqual(seen, list(range(begin + 1, begin + 101)))
        self.assertIn(connection.vendor, ("sqlite", "postgresql"))
