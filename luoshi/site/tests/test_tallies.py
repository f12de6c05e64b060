"""The sums that a process keeps in memory follow every write. Here, since records of activities take part."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from luoshi.activities.operations import Held, correct_activity, record_activity, withdraw_activity
from luoshi.campaigns import tallies
from luoshi.campaigns.duties import owed, stated
from luoshi.campaigns.models import DutyChange, Occasion, Requirement
from luoshi.campaigns.operations import end_requirement, publish_requirement, report_zero, waive, withdraw_zero
from luoshi.gate.operation import Act
from luoshi.journal.models import Entry
from luoshi.orgs.models import Unit
from luoshi.orgs.operations import change_unit, close_unit, create_unit, merge_units, move_unit
from luoshi.testing.cast import BEGINNING, TODAY, LedgerTestCase, moment

STATES = ("met", "met_late", "zero", "waived", "open", "overdue", "coming")


class Kept(LedgerTestCase):
    def counted(self) -> dict[tuple[str, int], Counter[str]]:
        """(unit code, occasion) → states, by counting the duties of today's tree one by one."""
        duties = stated(owed(until=date.max).filter(requirement__campaign=self.campaign), on=TODAY)
        found: dict[tuple[str, int], Counter[str]] = {}
        for top in Unit.objects.filter(no__gt=0):
            below = set(Unit.objects.filter(no__range=(top.no, top.last)).values_list("pk", flat=True))
            for duty in duties:
                if duty.unit in below:
                    found.setdefault((top.code, duty.occasion), Counter())[duty.state.value] += 1
        return found

    def kept(self) -> dict[tuple[str, int], Counter[str]]:
        """The same from what the process keeps."""
        requirements = list(Requirement.objects.filter(campaign=self.campaign))
        occasions = list(Occasion.objects.filter(requirement__campaign=self.campaign))
        units = list(Unit.objects.filter(no__gt=0))
        branches = [(unit.no, unit.last) for unit in units]
        sums = tallies.tallies(requirements, branches, on=TODAY, occasions=occasions)
        return {
            (units[at].code, occasion): Counter(
                {state: getattr(each, state) for state in STATES if getattr(each, state)}
            )
            for (at, occasion), each in sums.items()
            if each.due
        }

    def after(self, *writes: Callable[[], Any]) -> None:
        """What is kept from before the first write agrees with the duties after each of them."""
        self.assertEqual(self.kept(), self.counted())
        for number, write in enumerate(writes):
            before = self.counted()
            write()
            now = self.counted()
            with self.subTest(number=number):
                self.assertTrue(now != before, "the write changes nothing: the test would prove nothing")
                self.assertEqual(self.kept(), now)

    def meeting(self, held_on: date, **more: Any) -> Any:
        held = Held(kind=self.kind("meeting"), held_on=held_on, title="党员大会", **more)
        return record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(TODAY))

    def test_they_follow_records_corrections_and_withdrawals(self):
        made: list[Any] = []
        moved = Held(kind=self.kind("meeting"), held_on=date(2023, 10, 20), title="党员大会")
        self.after(
            lambda: made.append(self.meeting(date(2023, 9, 20))),
            lambda: correct_activity(self.secretary, made[0], held=moved, reason="日期有误", at=moment(TODAY)),
            lambda: made.append(self.meeting(date(2023, 11, 3), makes_up="monthly#1")),
            lambda: withdraw_activity(self.secretary, made[0], reason="没有召开", at=moment(TODAY)),
        )

    def test_they_follow_zero_reports_waivers_and_extensions(self):
        weekly, made = self.requirement("weekly"), list[Any]()
        later = TODAY + timedelta(days=6)
        self.after(
            lambda: made.append(report_zero(self.secretary, self.first, requirement=weekly, no=11, at=moment(TODAY))),
            lambda: waive(self.city_office, self.bureau, requirement=weekly, no=11, reason="防汛", at=moment(TODAY)),
            lambda: waive(
                self.city_office, self.county, requirement=weekly, no=11, reason="防汛", until=later, at=moment(TODAY)
            ),
            lambda: made.append(report_zero(self.secretary, self.first, requirement=weekly, no=10, at=moment(TODAY))),
            lambda: withdraw_zero(self.secretary, made[1], at=moment(TODAY)),
        )

    def test_they_follow_the_tree(self):
        def unit(code: str) -> Unit:
            return Unit.objects.get(code=code)

        new: dict[str, Any] = {
            "code": "6201-mz-3",
            "name": "机关第三党支部",
            "kind": Unit.Kind.BRANCH,
            "rank": 5,
            "founded_on": BEGINNING,
        }
        self.meeting(date(2023, 9, 20))
        self.after(
            lambda: create_unit(self.city_office, unit("6201-mz"), **new, at=moment(TODAY)),
            lambda: move_unit(self.city_office, unit("6201-mz-1"), parent=unit("620122"), at=moment(TODAY)),
            lambda: change_unit(self.city_office, unit("6201-mz-2"), kind=Unit.Kind.DEPARTMENT, at=moment(TODAY)),
            lambda: merge_units(self.city_office, unit("620122101201"), into=unit("620122101202"), at=moment(TODAY)),
            lambda: close_unit(self.city_office, unit("6201-mz-3"), at=moment(TODAY)),
        )

    def test_they_follow_requirements(self):
        monthly = self.requirement("monthly")
        new: dict[str, Any] = {"code": "weekend", "title": "周末", "by": TODAY, "kinds": ["meeting"], "published_on": BEGINNING,
               "batch": monthly.batch, "workstream": monthly.workstream, "audience": monthly.audience}  # fmt: skip
        self.after(
            lambda: publish_requirement(self.office, self.campaign, **new, at=moment(TODAY)),
            lambda: end_requirement(self.office, self.requirement("weekly"), at=moment(TODAY)),
        )

    def test_a_write_names_the_units_to_be_read_again(self):
        report_zero(self.secretary, self.first, requirement=self.requirement("weekly"), no=11, at=moment(TODAY))
        self.assertEqual(DutyChange.objects.latest("position").unit, self.first.pk)

    def test_a_write_of_very_many_units_lets_everything_be_read_again(self):
        act = Act(actor=self.office, action="duty.waive", at=moment(TODAY))
        for pk in range(1, tallies.REREAD + 2):
            act.touch("due", pk, TODAY)
        note = tallies.follow_changes(act)
        assert note is not None
        note(Entry.objects.latest("position").position)
        self.assertEqual(DutyChange.objects.latest("position").unit, DutyChange.EVERYBODY)
        self.assertEqual(self.kept(), self.counted())

    def test_what_was_read_once_is_not_read_again(self):
        tallies.roll(self.campaign.pk)
        with self.assertNumQueries(1):
            tallies.roll(self.campaign.pk)
