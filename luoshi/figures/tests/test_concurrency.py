"""Many at once: no stale figure, no lost entry, one effect for one key, on both databases."""

import os
import threading
from datetime import date

import pytest
from django.db import connection, connections

from luoshi.activities.models import Activity
from luoshi.activities.operations import Held, record_activity
from luoshi.campaigns.models import Kind
from luoshi.figures.columns import columns
from luoshi.figures.models import Delta
from luoshi.figures.verify import check_figures
from luoshi.gate.actor import Actor, Grant
from luoshi.gate.rules import Role
from luoshi.journal.log import head
from luoshi.journal.models import Entry
from luoshi.journal.verify import check_log
from luoshi.orgs.models import Unit
from luoshi.testing.cast import TODAY, LedgerTransactionTestCase, moment

WRITERS = 8
WRITES = int(os.environ.get("LUOSHI_TEST_WRITES", "2000"))  # 10,000 take some minutes on two cores


class Concurrency(LedgerTransactionTestCase):
    def held(self, title: str = "会议") -> Held:
        return Held(kind=self.meeting, held_on=date(2023, 11, 21), title=title, roster_kept=False)

    def setUp(self):
        super().setUp()
        self.meeting: Kind = self.kind("meeting")
        self.tally = self.indicator("meetings").pk
        self.errors: list[BaseException] = []

    def together(self, *bodies):
        """Run bodies in threads of their own, all started at once; the first error fails the test."""
        barrier = threading.Barrier(len(bodies))

        def run(body):
            try:
                barrier.wait()
                body()
            except BaseException as error:  # noqa: BLE001 told to the test below
                self.errors.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    @pytest.mark.slow
    def test_eight_writers_and_readers_lose_nothing_and_read_nothing_stale(self):
        """Thousands of writes; after each, its writer sees it, and no reader sees less than was acknowledged before it asked."""
        branches = [self.unit(self.township, f"b{n}", f"第{n}党支部", "branch", 5) for n in range(WRITERS)]
        branches = list(Unit.objects.filter(pk__in=[branch.pk for branch in branches]))
        before, acknowledged, finished = head(), [0] * WRITERS, threading.Event()
        stale: list[str] = []

        def writer(number):
            branch = branches[number]
            actor = Actor(f"w{number}", grants=(Grant(Role.SECRETARY, branch.pk, branch.no, branch.last),))
            for done in range(1, WRITES // WRITERS + 1):
                record_activity(
                    actor, branch, campaign=self.campaign, held=self.held(f"{number}-{done}"), at=moment(TODAY)
                )
                acknowledged[number] = done
                if done % 10 == 0 and columns(TODAY).value(self.tally, branch.pk) != done:
                    stale.append(f"writer {number} after {done}")

        def reader():
            read()
            connections.close_all()

        def read():
            while not finished.is_set():
                known = sum(acknowledged)
                if (columns(TODAY).value(self.tally, self.province.pk) or 0) < known:
                    stale.append(f"reader below {known}")
                finished.wait(0.02)  # a pause, or the readers take the processor from the writers

        readers = [threading.Thread(target=reader) for _each in range(2)]
        for thread in readers:
            thread.start()
        try:
            self.together(*[lambda n=number: writer(n) for number in range(WRITERS)])
        finally:
            finished.set()
            for thread in readers:
                thread.join()
        self.assertEqual(stale, [])
        self.assertEqual(head(), before + WRITES)
        self.assertEqual(Activity.objects.count(), WRITES)
        self.assertEqual(columns(TODAY).value(self.tally, self.province.pk), WRITES)
        self.assertEqual([f.says for f in (*check_log(), *check_figures())], [])

    def test_the_same_key_three_times_at_once_has_one_effect_and_one_answer(self):
        answers: list[int] = []

        def send():
            made = record_activity(
                self.secretary, self.first, campaign=self.campaign, held=self.held(), key="k", at=moment(TODAY)
            )
            answers.append(made.pk)

        self.together(send, send, send)
        self.assertEqual(Activity.objects.count(), 1)
        self.assertEqual(len(answers), 3)
        self.assertEqual(len(set(answers)), 1)

    def test_two_writers_of_one_cell_are_both_counted(self):
        """The same unit and day: each recount waits for the other's rows."""

        def record(title):
            record_activity(self.secretary, self.first, campaign=self.campaign, held=self.held(title), at=moment(TODAY))

        self.together(*[lambda n=n: [record(f"{n}-{i}") for i in range(10)] for n in range(4)])
        self.assertEqual(columns(TODAY).value(self.tally, self.first.pk), 40)
        self.assertEqual(sum(Delta.objects.filter(indicator=self.tally).values_list("delta", flat=True)), 40)

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
            self.together(*[lambda n=n: record(n) for n in range(4)])
        finally:
            finished.set()
            thread.join()
        self.assertEqual(seen, list(range(begin + 1, begin + 101)))
        self.assertIn(connection.vendor, ("sqlite", "postgresql"))
