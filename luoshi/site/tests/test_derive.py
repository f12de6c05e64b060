"""Who owes what follows the units; everything derived can be derived again. Here, since records of activities take part."""

from datetime import date, timedelta

from luoshi.activities.operations import Held, correct_activity, record_activity
from luoshi.campaigns.derive import rebuild_all
from luoshi.campaigns.models import Fulfilment, Occasion, Owes
from luoshi.campaigns.operations import end_requirement, rebuild, report_zero, withdraw_zero
from luoshi.gate.actor import SYSTEM
from luoshi.gate.ledgered import derived_write
from luoshi.gate.operation import Act
from luoshi.journal.models import Entry
from luoshi.orgs.models import Unit
from luoshi.orgs.operations import change_unit, close_unit, create_unit, merge_units, move_unit
from luoshi.testing.cast import BEGINNING, DAY, TODAY, LedgerTestCase, moment


class FollowingUnits(LedgerTestCase):
    def spans(self, unit: Unit, code: str = "weekly") -> list[tuple[date, date | None]]:
        rows = Owes.objects.filter(unit=unit, requirement__code=code).order_by("valid_from")
        return list(rows.values_list("valid_from", "valid_until"))

    def test_a_unit_that_is_founded_in_mid_batch_owes_from_then_on(self):
        unit = create_unit(
            self.city_office, self.township, code="620122101203", name="新村党支部", kind=Unit.Kind.BRANCH, rank=5,
            founded_on=date(2023, 11, 1), at=moment(TODAY),
        )  # fmt: skip
        self.assertEqual(self.spans(unit), [(date(2023, 11, 1), None)])

    def test_a_unit_that_is_closed_owes_until_then(self):
        close_unit(self.city_office, self.other_village, at=moment(TODAY))
        self.assertEqual(self.spans(self.other_village), [(BEGINNING, TODAY)])

    def test_a_unit_that_is_merged_owes_until_then_and_its_successor_goes_on(self):
        merge_units(self.city_office, self.second, into=self.first, at=moment(TODAY))
        self.assertEqual(self.spans(self.second), [(BEGINNING, TODAY)])
        self.assertEqual(self.spans(self.first), [(BEGINNING, None)])

    def test_a_unit_that_moves_goes_on_owing(self):
        move_unit(self.city_office, self.village, parent=self.county, at=moment(TODAY))
        self.assertEqual(self.spans(self.village), [(BEGINNING, None)])

    def test_a_unit_that_leaves_the_audience_and_comes_back_owes_nothing_in_between(self):
        change_unit(self.city_office, self.village, kind=Unit.Kind.GROUP, at=moment(TODAY))
        self.assertEqual(self.spans(self.village), [(BEGINNING, TODAY)])
        back = TODAY + 7 * DAY
        change_unit(self.city_office, self.village, kind=Unit.Kind.BRANCH, at=moment(back))
        self.assertEqual(self.spans(self.village), [(BEGINNING, TODAY), (back, None)])

    def test_a_unit_that_becomes_part_of_the_audience_owes_from_that_day(self):
        change_unit(self.city_office, self.township, kind=Unit.Kind.BRANCH, at=moment(TODAY))
        self.assertEqual(self.spans(self.township), [(TODAY, None)])

    def test_a_changed_name_changes_nothing_that_is_owed(self):
        before = set(Owes.objects.values_list("pk", "valid_from", "valid_until"))
        change_unit(self.city_office, self.village, name="柳树村党总支", at=moment(TODAY))
        self.assertEqual(set(Owes.objects.values_list("pk", "valid_from", "valid_until")), before)


class Rebuilding(LedgerTestCase):
    def rows(self) -> list[set[tuple[object, ...]]]:
        return [
            set(Occasion.objects.values_list("requirement", "no", "opens_on", "due_on")),
            set(Owes.objects.values_list("requirement", "unit", "valid_from", "valid_until")),
            set(Fulfilment.objects.values_list(
                "occasion__requirement", "occasion__no", "unit", "held_on", "entered_on", "zero", "counts", "ref"
            )),
        ]  # fmt: skip

    def meeting(self, held_on: date, entered_on: date, makes_up: str = ""):
        held = Held(kind=self.kind("meeting"), held_on=held_on, title="党员大会", makes_up=makes_up)
        return record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(entered_on))

    def history(self) -> None:
        """Records of every sort: late, made up, corrected, twice the same, zero, withdrawn; units closed and changed."""
        first = self.meeting(date(2023, 9, 20), date(2023, 9, 21))
        self.meeting(date(2023, 9, 25), date(2023, 9, 26))
        moved = Held(kind=self.kind("meeting"), held_on=date(2023, 9, 19), title="党员大会（更正）")
        correct_activity(self.secretary, first, held=moved, reason="日期写错", at=moment(date(2023, 10, 8)))
        self.meeting(date(2023, 11, 3), date(2023, 11, 5), makes_up="monthly#2")
        weekly = self.requirement("weekly")
        for no in (1, 2, 12):
            report_zero(self.secretary, self.first, requirement=weekly, no=no, at=moment(TODAY))
        mistaken = report_zero(self.secretary, self.first, requirement=weekly, no=3, at=moment(TODAY))
        withdraw_zero(self.secretary, mistaken, at=moment(TODAY))
        close_unit(self.city_office, self.other_village, at=moment(TODAY))
        change_unit(self.city_office, self.township, kind=Unit.Kind.BRANCH, at=moment(TODAY))
        end_requirement(self.office, self.requirement("class"), at=moment(TODAY))

    def test_a_rebuild_changes_nothing(self):
        self.history()
        before, head = self.rows(), Entry.objects.count()
        found = rebuild(SYSTEM, self.province, at=moment(TODAY))
        self.assertEqual(found.changed, 0)
        self.assertEqual(self.rows(), before)
        self.assertEqual(Entry.objects.count(), head)  # nothing was changed, so nothing is journalled

    def test_what_was_lost_comes_back(self):
        self.history()
        before = self.rows()
        keep = Owes.objects.filter(unit=self.township)  # since when it is a branch stands in no other row
        Fulfilment.objects.all().delete()
        Owes.objects.exclude(pk__in=keep.values("pk")).delete()
        Occasion.objects.filter(no__gt=2).delete()
        found = rebuild(SYSTEM, self.province, at=moment(TODAY))
        self.assertEqual(self.rows(), before)
        self.assertGreater(found.changed, 0)
        self.assertEqual(Entry.objects.latest("position").action, "duty.rebuild")

    def test_a_corrected_record_was_not_entered_late_for_it(self):
        self.history()
        entered = Fulfilment.objects.get(counts=True, occasion__requirement__code="monthly", occasion__no=1).entered_on
        self.assertEqual(entered, date(2023, 9, 21))

    def test_one_campaign_can_be_rebuilt_alone(self):
        self.history()
        before = self.rows()
        with derived_write():
            rebuild_all(Act(SYSTEM, "duty.rebuild", moment(TODAY)), campaigns=[self.campaign])
        self.assertEqual(self.rows(), before)

    def test_the_day_before_it_ended_a_requirement_was_still_owed(self):
        end_requirement(self.office, self.requirement("weekly"), at=moment(TODAY))
        ends = set(Owes.objects.filter(requirement__code="weekly").values_list("valid_until", flat=True))
        self.assertEqual(ends, {TODAY})
        self.assertTrue(Owes.objects.filter(requirement__code="weekly", valid_from__lte=TODAY - timedelta(1)).exists())
