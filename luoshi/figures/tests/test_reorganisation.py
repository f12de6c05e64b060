"""划转与合并 — a branch moves, two units merge: the past stays, the new sums are right."""

from datetime import date, timedelta

from luoshi.activities.operations import Held, record_activity
from luoshi.figures.queries import figures_as_of
from luoshi.gate.actor import Actor, Grant
from luoshi.gate.errors import Refused
from luoshi.gate.rules import Role
from luoshi.journal.log import head
from luoshi.orgs.models import Unit
from luoshi.orgs.operations import merge_units, move_unit
from luoshi.orgs.tree import tree
from luoshi.testing.cast import TODAY, LedgerTestCase, moment


class Reorganisation(LedgerTestCase):
    def setUp(self):
        super().setUp()
        for unit, day in ((self.first, 20), (self.second, 21), (self.village, 22)):
            self.record(unit, date(2023, 11, day))
        self.position = head()
        self.later = TODAY + timedelta(days=5)

    def record(self, unit, held_on, at=None):
        unit.refresh_from_db()
        secretary = Actor(pseudonym="s", grants=(Grant(Role.SECRETARY, unit.pk, unit.no, unit.last),))
        held = Held(kind=self.kind("meeting"), held_on=held_on, title="会议")
        return record_activity(secretary, unit, campaign=self.campaign, held=held, at=at or moment(TODAY))

    def meetings(self, unit, *, on, position=None, since=None):
        found = figures_as_of(
            self.campaign, ["meetings"], [unit.pk], on=on, position=position or head(), at=moment(on), since=since
        )
        return found[("meetings", unit.pk)].value

    def test_a_moved_branch_counts_at_its_new_parent_and_the_past_stays(self):
        self.assertEqual(
            [self.meetings(u, on=TODAY) for u in (self.city, self.other_city, self.province)], [3, None, 3]
        )
        move_unit(self.office, self.bureau, parent=self.other_city, at=moment(self.later))
        self.assertEqual(self.meetings(self.city, on=TODAY, position=self.position), 3)
        self.assertEqual(self.meetings(self.city, on=TODAY), 3)
        self.assertEqual(
            [self.meetings(u, on=self.later) for u in (self.city, self.other_city, self.province)], [1, 2, 3]
        )
        self.assertEqual(
            [self.value("meetings", u, on=self.later) for u in (self.city, self.other_city, self.province)], [1, 2, 3]
        )

    def test_a_window_across_the_move_uses_the_tree_of_its_end(self):
        move_unit(self.office, self.bureau, parent=self.other_city, at=moment(self.later))
        window = {"since": date(2023, 11, 21), "on": self.later}
        self.assertEqual([self.meetings(u, **window) for u in (self.city, self.other_city)], [1, 1])

    def test_a_merged_unit_hands_its_past_to_its_successor(self):
        merge_units(self.liaison_above(), self.second, into=self.first, at=moment(self.later))
        self.assertEqual(self.value("meetings", self.first, on=self.later), 2)
        self.assertEqual(self.value("meetings", self.first), 1)
        self.assertIsNone(self.value("meetings", self.second, on=self.later))
        self.assertEqual(self.value("meetings", self.province, on=self.later), 3)

    def liaison_above(self):
        return self.city_office

    def test_scope_follows_the_move(self):
        move_unit(self.office, self.bureau, parent=self.other_city, at=moment(self.later))
        stands = Unit.objects.get(pk=self.first.pk)
        other = Unit.objects.get(pk=self.other_city.pk)
        self.assertTrue(other.no <= stands.no <= other.last)

    def test_a_unit_cannot_stand_in_its_own_branch(self):
        with self.assertRaises(Refused):
            move_unit(self.office, self.city, parent=self.bureau, at=moment(self.later))

    def test_the_stored_numbers_are_those_of_the_tree(self):
        for on in (TODAY, self.later):
            if on == self.later:
                move_unit(self.office, self.bureau, parent=self.other_city, at=moment(self.later))
            current = tree(on)
            stored = list(Unit.objects.filter(no__gt=0).order_by("no").values_list("pk", flat=True))
            self.assertEqual(stored, [int(unit) for unit in current.units])
            for unit in Unit.objects.filter(no__gt=0):
                first, stop = current.branch(unit.pk)
                inside = set(Unit.objects.filter(no__range=(unit.no, unit.last)).values_list("pk", flat=True))
                self.assertEqual(inside, {int(pk) for pk in current.units[first:stop]}, unit.name)
