"""Occasions and what fulfils them: windows of the calendar, lateness, one record that counts."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from luoshi.campaigns.derive import Record, fulfil_many
from luoshi.campaigns.duties import State
from luoshi.campaigns.models import Fulfilment
from luoshi.campaigns.operations import report_zero, withdraw_zero
from luoshi.campaigns.tests.recording import Recording, RecordingTestCase
from luoshi.gate.actor import SYSTEM
from luoshi.gate.operation import Act
from luoshi.testing.cast import BEGINNING, TODAY, moment


class Windows(RecordingTestCase):
    def test_a_weekly_duty_belongs_to_its_calendar_week(self):
        weekly = self.published("each-week", rule="FREQ=WEEKLY;BYDAY=TH")
        for window in weekly.occasions.order_by("no"):
            self.assertEqual((window.opens_on.isoweekday(), window.closes_on.isoweekday()), (1, 7))
            self.assertEqual(window.due_on.isoweekday(), 4)

    def test_what_is_done_on_friday_is_late_for_thursday_and_not_early_for_next_week(self):
        weekly = self.published("each-week", rule="FREQ=WEEKLY;BYDAY=TH")
        self.recorded(date(2023, 11, 17))
        self.assertEqual(self.duty(weekly, 11).state, State.MET_LATE)
        self.assertEqual(self.duty(weekly, 12).state, State.OPEN)

    def test_a_theme_day_after_its_day_is_that_months(self):
        monthly = self.published("theme-day", rule="FREQ=MONTHLY;BYMONTHDAY=20")
        self.recorded(date(2023, 10, 25))
        self.assertEqual(
            [self.duty(monthly, no).state for no in (1, 2, 3)], [State.OVERDUE, State.MET_LATE, State.OVERDUE]
        )

    def test_what_is_due_once_stays_open_for_late_records_until_the_batch_ends(self):
        once = self.published("launch", by=date(2023, 9, 20), rule="")
        window = once.occasions.get()
        self.assertEqual((window.opens_on, window.closes_on), (BEGINNING, once.batch.ends_on))
        self.recorded(date(2023, 10, 9))
        self.assertEqual(self.duty(once, 1).state, State.MET_LATE)

    def test_an_occasion_that_was_put_off_is_named_after_the_month_it_is_for(self):
        monthly = self.published("last-day", rule="FREQ=MONTHLY;BYMONTHDAY=-1", shift="after")
        first = monthly.occasions.get(no=1)
        self.assertEqual((first.nominal_on, first.due_on), (date(2023, 9, 30), date(2023, 10, 7)))

    def test_a_record_of_a_day_on_which_the_unit_owed_nothing_fulfils_nothing(self):
        self.recorded(date(2023, 9, 20), unit=self.bureau)
        self.assertEqual(self.met(), set())


class Counting(RecordingTestCase):
    def test_the_first_entered_counts_and_the_next_takes_its_place_when_it_goes(self):
        first = self.recorded(date(2023, 10, 20), entered_on=date(2023, 10, 20))
        second = self.recorded(date(2023, 10, 10), entered_on=date(2023, 10, 25))
        self.assertEqual(self.met(), {("monthly", 2, first.ref)})
        self.taken_back(first)
        self.assertEqual(self.met(), {("monthly", 2, second.ref)})
        self.taken_back(second)
        self.assertEqual(self.met(), set())

    def test_a_record_makes_up_for_the_earlier_occasion_that_was_chosen(self):
        record = self.recorded(date(2023, 11, 3), makes_up="monthly#2")
        self.assertEqual(self.met(), {("monthly", 2, record.ref)})

    def test_a_withdrawn_zero_report_leaves_the_duty_to_the_record_that_came_after_it(self):
        either = self.published("either", rule="FREQ=MONTHLY;BYMONTHDAY=-1", zero_report=True)
        report = report_zero(self.secretary, self.first, requirement=either, no=3, at=moment(date(2023, 11, 21)))
        record = self.recorded(date(2023, 11, 22))
        self.assertEqual(self.duty(either, 3).state, State.ZERO)
        withdraw_zero(self.secretary, report, at=moment(TODAY))
        self.assertEqual((self.duty(either, 3).state, self.duty(either, 3).ref), (State.MET, record.ref))


days = st.integers(0, 80).map(lambda n: BEGINNING + timedelta(days=n))
records = st.lists(st.tuples(st.sampled_from(["first", "second", "village"]), days, st.integers(0, 9),
                             st.sampled_from(["", "", "monthly#1", "monthly#2", "monthly#99", "class#1"])), max_size=12)  # fmt: skip


class Together(Recording, HypothesisTestCase):
    """Many records at once fulfil what they fulfil one by one."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.build()

    def fulfilled(self) -> set[tuple[Any, ...]]:
        return set(Fulfilment.objects.values_list("occasion", "unit", "held_on", "entered_on", "counts", "ref"))

    @given(records)
    @settings(max_examples=40, deadline=None)
    def test_in_bulk_or_one_by_one(self, drawn):
        Fulfilment.objects.all().delete()
        self.numbers = count(1)
        given = sorted(
            ((held + timedelta(days=later), place, held, makes_up) for place, held, later, makes_up in drawn)
        )
        one_by_one: list[Record] = [
            self.recorded(held, unit=getattr(self, place), entered_on=entered, makes_up=makes_up)
            for entered, place, held, makes_up in given
        ]
        expected = self.fulfilled()
        Fulfilment.objects.all().delete()
        fulfil_many(Act(SYSTEM, "activity.import", moment(TODAY)), self.campaign, one_by_one)
        self.assertEqual(self.fulfilled(), expected)
