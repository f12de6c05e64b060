"""记录活动 — one fact, recorded once, by the unit that held it; every figure above changes with that entry."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied

from luoshi.activities.models import Activity, Attendance
from luoshi.activities.operations import Held, correct_activity, record_activity, withdraw_activity
from luoshi.campaigns.duties import State, duties
from luoshi.gate.errors import AlreadyRecorded, Conflict, Refused, WrittenOutside
from luoshi.journal.models import Change, Entry
from luoshi.testing.cast import TODAY, LedgerTestCase, moment


class RecordActivity(LedgerTestCase):
    def held(self, **more):
        values: dict[str, Any] = {
            "kind": self.kind("meeting"),
            "held_on": date(2023, 11, 21),
            "title": "学习报告第四部分",
        } | more
        return Held(**values)

    def record(self, actor=None, unit=None, at=None, key="", **more):
        return record_activity(
            actor or self.secretary,
            unit or self.first,
            campaign=self.campaign,
            held=self.held(**more),
            key=key,
            at=at or moment(TODAY),
        )

    def test_the_row_the_entry_and_every_figure_above(self):
        before = Entry.objects.count()
        activity = self.record(absent={self.persons[0].pk: Attendance.Absence.LEAVE})
        self.assertEqual((activity.expected, activity.present), (5, 4))
        entry = Entry.objects.latest("position")
        self.assertEqual(Entry.objects.count(), before + 1)
        self.assertEqual((entry.action, entry.subject), ("activity.record", self.first.ref))
        change = Change.objects.get(subject=activity.ref)
        told = change.data or {}
        self.assertEqual(told["to"]["title"], "学习报告第四部分")
        self.assertEqual(len(told["parts"]["attendance"]), 5)
        for unit in (self.first, self.bureau, self.city, self.province):
            self.assertEqual(self.value("meetings", unit), 1, unit.name)
            self.assertEqual(self.value("attendances", unit), 4)
            self.assertEqual(self.value("reached", unit), 4)
        self.assertIsNone(self.value("meetings", self.county))

    def test_a_second_session_reaches_no_new_persons(self):
        self.record()
        self.record(held_on=date(2023, 11, 22), title="学习第五部分")
        self.assertEqual(self.value("meetings", self.city), 2)
        self.assertEqual(self.value("attendances", self.city), 10)
        self.assertEqual(self.value("reached", self.city), 5)

    def test_it_meets_the_duty_whose_window_holds_its_day(self):
        def state(no):
            found = duties(self.secretary, on=TODAY, until=date(2023, 12, 31), units=[self.first.pk])
            return {(d.requirement, d.no): d.state for d in found}[(self.requirement("monthly").pk, no)]

        self.assertEqual(state(3), State.OPEN)
        self.record()
        self.assertEqual(state(3), State.MET)
        self.assertEqual(state(1), State.OVERDUE)

    def test_withdrawn_it_counts_no_longer_and_the_duty_is_open_again(self):
        activity = self.record()
        withdraw_activity(self.secretary, activity, reason="重复记录", seen=activity.version, at=moment(TODAY))
        self.assertEqual(self.value("meetings", self.city), 0)
        self.assertEqual(self.value("reached", self.city), 0)

    def test_a_correction_keeps_the_old_value_and_moves_the_figure(self):
        activity = self.record()
        held = self.held(absent={p.pk: Attendance.Absence.ILL for p in self.persons[:2]})
        correct_activity(self.secretary, activity, held=held, seen=activity.version, at=moment(TODAY))
        self.assertEqual(self.value("attendances", self.province), 3)
        change = Change.objects.filter(subject=activity.ref).latest("entry")
        told = change.data or {}
        self.assertEqual((told["from"]["present"], told["to"]["present"]), (5, 3))

    def test_two_people_editing_the_second_sees_the_conflict(self):
        activity = self.record()
        correct_activity(self.secretary, activity, held=self.held(title="甲"), seen=activity.version, at=moment(TODAY))
        with self.assertRaises(Conflict) as caught:
            correct_activity(
                self.secretary, activity, held=self.held(title="乙"), seen=activity.version, at=moment(TODAY)
            )
        self.assertEqual(caught.exception.current.title, "甲")

    def test_the_same_key_has_one_effect_and_one_answer(self):
        first = self.record(key="k1")
        self.assertEqual(self.record(key="k1").pk, first.pk)
        self.assertEqual(Activity.objects.count(), 1)
        with self.assertRaises(AlreadyRecorded):
            self.record(key="k1", title="别的事")

    def test_a_failed_validation_does_not_use_the_key_up(self):
        with self.assertRaises(Refused):
            self.record(key="k1", held_on=date(2023, 12, 24))
        self.assertEqual(self.record(key="k1").title, "学习报告第四部分")

    def test_refusals_and_success_share_their_setting(self):
        refused: list[tuple[dict[str, Any], type[Exception]]] = [
            ({"held_on": date(2023, 12, 24)}, Refused),
            ({"absent": {self.villager.pk: "leave"}}, Refused),
            ({"title": "  "}, Refused),
            ({"actor": self.outsider}, PermissionDenied),
            ({"actor": self.office}, PermissionDenied),
            ({"actor": self.supervisor}, PermissionDenied),
            ({"actor": self.delegate}, PermissionDenied),
        ]
        entries = Entry.objects.count()
        for change, error in refused:
            with self.subTest(change=str(change)), self.assertRaises(error):
                self.record(**change)
        self.assertEqual((Activity.objects.count(), Entry.objects.count()), (0, entries))
        self.record()

    def test_a_delegate_records_by_mandate_and_the_record_says_so(self):
        activity = self.record(actor=self.delegate, unit=self.village)
        self.assertEqual(activity.mandate.user, self.users["feng"])
        self.assertIsNone(self.record().mandate)

    def test_nobody_writes_past_the_gate(self):
        activity = self.record()
        for write in (
            activity.save,
            activity.delete,
            Activity.objects.all().delete,
            lambda: Activity.objects.update(title="x"),
        ):
            with self.assertRaises(WrittenOutside):
                write()
