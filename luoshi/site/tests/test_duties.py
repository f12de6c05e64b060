"""States of duties side by side: derived, never typed. Here, since records of activities take part."""

from datetime import date
from typing import Any

from luoshi.activities.operations import Held, record_activity
from luoshi.campaigns.duties import Duty, State, requirement_duties
from luoshi.campaigns.models import Requirement
from luoshi.campaigns.operations import publish_requirement, report_zero, waive
from luoshi.campaigns.tallies import tally
from luoshi.testing.cast import BEGINNING, TODAY, LedgerTestCase, moment


class States(LedgerTestCase):
    """The weekly report (Thursdays, zero reports allowed) and the monthly meeting of the first branch."""

    def setUp(self):
        super().setUp()
        self.weekly, self.monthly = self.requirement("weekly"), self.requirement("monthly")

    def zero(self, no: int, on: date):
        return report_zero(self.secretary, self.first, requirement=self.weekly, no=no, at=moment(on))

    def meeting(self, held_on: date, entered_on: date, **more: Any):
        held = Held(kind=self.kind("meeting"), held_on=held_on, title="党员大会", **more)
        return record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(entered_on))

    def duty(self, requirement: Requirement, no: int, *, on: date = TODAY) -> Duty:
        found = requirement_duties(self.office, requirement, on=on, units=[self.first.pk])
        return next(duty for duty in found if duty.no == no)

    def test_met_late_zero_waived_open_and_overdue_stand_side_by_side(self):
        self.meeting(date(2023, 9, 20), date(2023, 9, 21))
        self.meeting(date(2023, 11, 3), date(2023, 11, 3), makes_up="monthly#2")
        self.zero(12, date(2023, 11, 23))
        waive(self.city_office, self.first, requirement=self.weekly, no=5, reason="国庆假期", at=moment(TODAY))
        states = [self.duty(self.monthly, no).state for no in (1, 2, 3)]
        self.assertEqual(states, [State.MET, State.MET_LATE, State.OPEN])
        states = [self.duty(self.weekly, no).state for no in (4, 5, 12, 13, 14)]
        self.assertEqual(states, [State.OVERDUE, State.WAIVED, State.ZERO, State.COMING, State.COMING])

    def test_a_duty_turns_overdue_at_midnight_without_any_write(self):
        due_on = self.weekly.occasions.get(no=12).due_on
        self.assertEqual(due_on, date(2023, 11, 23))
        before = self.duty(self.weekly, 12, on=moment(date(2023, 11, 23), 22, 0).date())
        after = self.duty(self.weekly, 12, on=moment(date(2023, 11, 24), 0, 10).date())
        self.assertEqual((before.state, after.state), (State.OPEN, State.OVERDUE))

    def test_held_late_and_entered_late_are_two_things(self):
        self.meeting(date(2023, 9, 28), date(2023, 10, 9))
        entered = self.duty(self.monthly, 1)
        self.assertEqual((entered.state, entered.entered_late, entered.held_late), (State.MET, True, False))
        self.meeting(date(2023, 11, 3), date(2023, 11, 3), makes_up="monthly#2")
        held = self.duty(self.monthly, 2)
        self.assertEqual((held.state, held.entered_late, held.held_late), (State.MET_LATE, False, True))

    def test_what_was_entered_later_was_still_owed_on_the_day_before(self):
        self.meeting(date(2023, 9, 28), date(2023, 10, 9))
        self.assertEqual(self.duty(self.monthly, 1, on=date(2023, 10, 8)).state, State.OVERDUE)

    def test_making_up_for_an_earlier_occasion_leaves_the_present_one_open(self):
        self.meeting(date(2023, 11, 3), date(2023, 11, 3), makes_up="monthly#2")
        self.assertEqual(self.duty(self.monthly, 3).state, State.OPEN)

    def test_an_extension_keeps_the_old_due_day_visible(self):
        until = date(2023, 11, 28)
        waive(
            self.city_office, self.first, requirement=self.weekly, no=12, reason="防汛", until=until, at=moment(TODAY)
        )
        duty = self.duty(self.weekly, 12, on=date(2023, 11, 25))
        self.assertEqual((duty.due_on, duty.limit_on, duty.state), (date(2023, 11, 23), until, State.OPEN))
        self.assertEqual(self.duty(self.weekly, 12, on=date(2023, 11, 29)).state, State.OVERDUE)

    def test_two_requirements_that_share_a_kind_are_met_by_one_record(self):
        other = publish_requirement(
            self.office, self.campaign, code="quarter", title="每季党员大会", batch=self.monthly.batch,
            workstream=self.monthly.workstream, audience=self.monthly.audience, rule="", by=date(2023, 12, 29),
            kinds=["meeting"], published_on=BEGINNING, at=moment(BEGINNING),
        )  # fmt: skip
        self.meeting(date(2023, 9, 20), date(2023, 9, 20))
        self.assertEqual(self.duty(self.monthly, 1).state, State.MET)
        self.assertEqual(self.duty(other, 1).state, State.MET)

    def test_a_due_day_that_is_a_holiday_moves_to_the_next_workday(self):
        shifted = publish_requirement(
            self.office, self.campaign, code="fifth", title="每周四学习", batch=self.monthly.batch,
            workstream=self.monthly.workstream, audience=self.monthly.audience, rule="FREQ=WEEKLY;BYDAY=TH",
            shift="after", kinds=["meeting"], published_on=BEGINNING, at=moment(BEGINNING),
        )  # fmt: skip
        days = [occasion.due_on for occasion in shifted.occasions.order_by("no")]
        self.assertIn(date(2023, 10, 7), days)  # 10-05 lies in the holiday; Saturday 10-07 is worked
        self.assertNotIn(date(2023, 10, 5), days)

    def test_the_tally_of_a_branch_is_the_count_of_its_duties(self):
        self.meeting(date(2023, 9, 20), date(2023, 9, 21))
        self.meeting(date(2023, 11, 3), date(2023, 11, 3), makes_up="monthly#2")
        for no in (3, 7, 12):
            self.zero(no, date(2023, 11, 23))
        waive(self.city_office, self.county, requirement=self.weekly, no=7, reason="防汛", at=moment(TODAY))
        waive(self.city_office, self.bureau, requirement=self.weekly, no=7, reason="防汛", at=moment(TODAY))
        later = date(2023, 11, 30)
        waive(
            self.city_office, self.first, requirement=self.weekly, no=12, reason="防汛", until=later, at=moment(TODAY)
        )
        waive(
            self.city_office, self.second, requirement=self.weekly, no=11, reason="防汛", until=later, at=moment(TODAY)
        )
        branches = [self.city, self.other_city]
        for requirement in (self.weekly, self.monthly, self.requirement("class")):
            found = tally(requirement, [(unit.no, unit.last) for unit in branches], on=TODAY,
                          occasions=requirement.occasions.all())  # fmt: skip
            for unit, sums in zip(branches, found, strict=True):
                below = [row.pk for row in type(unit).objects.filter(no__range=(unit.no, unit.last))]
                counted: dict[tuple[int, str], int] = {}
                for duty in requirement_duties(self.office, requirement, on=TODAY, units=below):
                    counted[(duty.no, duty.state)] = counted.get((duty.no, duty.state), 0) + 1
                told = {(no, state): getattr(each, state) for no, each in sums.items() for state in State}
                self.assertEqual({key: count for key, count in told.items() if count}, counted)
