"""The clock of the work: the machine's in an ordinary installation, a day of its own in a demonstration."""

from datetime import UTC, datetime, timedelta
from time import monotonic
from unittest import mock

from django.db import OperationalError
from django.test import TestCase, TransactionTestCase

from luoshi.journal import clock, log
from luoshi.journal.models import Clock, Entry

LOADED = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
MORNING = datetime(2024, 2, 28, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class ClockTestCase(TestCase):
    def setUp(self):
        clock.forget()
        self.machine = self.enterContext(mock.patch("django.utils.timezone.now", return_value=LOADED))

    def passes(self, time: timedelta) -> None:
        self.machine.return_value += time

    def write(self) -> Entry:
        return log.append(action="note", subject="", unit=None, actor="x", at=clock.now(), changes=[("note:1", {})])


class Ordinary(ClockTestCase):
    def test_its_clock_is_the_machines(self):
        assert not clock.is_demo()
        assert clock.now() == LOADED
        assert clock.told(MORNING) == clock.machine(MORNING) == MORNING

    def test_nobody_sets_it(self):
        with self.assertRaises(clock.NoDemo):
            clock.put_back()
        assert not Clock.objects.exists()


class Demonstration(ClockTestCase):
    def setUp(self):
        super().setUp()
        clock.begin(MORNING)

    def test_it_is_the_demo_morning_when_it_begins_and_the_next_day_a_day_later(self):
        assert clock.is_demo()
        assert clock.now() == MORNING
        self.passes(timedelta(days=1))
        assert clock.now() == MORNING + timedelta(days=1)
        assert str(clock.today()) == "2024-02-29"

    def test_an_instant_of_the_machine_is_told_and_found_again(self):
        assert clock.told(LOADED + HOUR) == MORNING + HOUR
        assert clock.machine(MORNING + HOUR) == LOADED + HOUR

    def test_beginning_again_does_not_turn_it_back(self):
        self.passes(HOUR)
        clock.begin(MORNING)
        assert clock.now() == MORNING + HOUR

    def test_it_is_put_back_to_the_morning_where_nobody_has_written(self):
        self.passes(timedelta(days=20))
        assert clock.put_back() == MORNING
        assert clock.now() == MORNING

    def test_it_is_not_put_back_behind_the_last_entry(self):
        self.passes(timedelta(days=3))
        last = self.write()
        self.passes(timedelta(days=20))
        assert clock.put_back() == last.at == MORNING + timedelta(days=3)

    def test_what_another_process_sets_is_seen_within_seconds(self):
        assert clock.now() == MORNING
        Clock.objects.update(told_at=MORNING + HOUR)
        assert clock.now() == MORNING
        with mock.patch("luoshi.journal.clock.monotonic", return_value=monotonic() + clock.KEPT_SECONDS):
            assert clock.now() == MORNING + HOUR

    def test_asking_again_costs_no_query(self):
        clock.now()
        with self.assertNumQueries(0):
            clock.now()
            clock.today()

    def test_without_a_database_it_goes_on_as_it_went(self):
        clock.now()
        clock.forget()
        with mock.patch.object(Clock.objects, "filter", side_effect=OperationalError):
            assert clock.now() == MORNING


class Order(TransactionTestCase):
    def test_an_entry_is_never_earlier_than_the_one_before_it(self):
        for at in (MORNING + HOUR, MORNING):
            log.append(action="note", subject="", unit=None, actor="x", at=at, changes=[("note:1", {})])
        first, second = Entry.objects.order_by("position")
        assert second.at == first.at == MORNING + HOUR
        assert second.data["at"] == first.data["at"]
