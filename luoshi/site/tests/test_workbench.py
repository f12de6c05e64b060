"""The workbench: what the reader owes and what waits, with the clock held at 2023-11-23 09:12."""

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from luoshi.activities.models import Activity
from luoshi.activities.operations import Held, record_activity, return_activity
from luoshi.campaigns.desk import last_week, pending, tasks, waiting
from luoshi.campaigns.operations import issue_notice, publish_requirement, remind, report_zero, waive
from luoshi.orgs.models import Draft
from luoshi.site import workbench
from luoshi.testing.cast import TODAY, LedgerTestCase, moment

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NOW = moment(TODAY)


class Workbench(LedgerTestCase):
    def page(self, user: str, **data: Any):
        with patch.object(timezone, "now", return_value=NOW):
            self.client.force_login(self.users[user], backend=BACKEND)
            return self.client.get("/", data)

    def titles(self, response: Any) -> list[str]:
        return [task.title for task in response.context["board"].tasks]

    def test_duties_stand_in_the_order_of_their_limit_each_with_its_act(self):
        tasks_shown = self.page("zheng").context["board"].tasks
        limits = [task.duty.limit_on for task in tasks_shown]
        self.assertEqual(limits, sorted(limits))
        monthly = next(task for task in tasks_shown if task.requirement.code == "monthly")
        self.assertIn("occasion=monthly%231", monthly.record_url)
        self.assertIn("unit=6201-mz-1", monthly.record_url)
        weekly = next(task for task in tasks_shown if task.requirement.code == "weekly")
        self.assertTrue(weekly.may_zero)

    def test_lights_count_workdays(self):
        shown = {(task.requirement.code, task.duty.no): task for task in self.page("zheng").context["board"].tasks}
        self.assertEqual(shown[("weekly", 12)].workdays_left, 0)
        self.assertEqual(shown[("weekly", 11)].workdays_left, -5)
        self.assertEqual(shown[("monthly", 3)].workdays_left, 5)

    def test_what_ended_on_a_day_off_is_overdue_on_the_next_day_off(self):
        saturday = date(2023, 11, 25)
        published = publish_requirement(
            self.office, self.campaign, code="weekend", title="周末", batch=self.requirement("monthly").batch,
            workstream=self.requirement("monthly").workstream, audience=self.requirement("monthly").audience,
            by=saturday, kinds=["meeting"], at=NOW,
        )  # fmt: skip
        rows = pending(self.secretary, self.campaign, on=saturday + timedelta(days=1), units=[self.first.pk])
        found = tasks(self.secretary, rows.filter(requirement=published), on=saturday + timedelta(days=1))
        self.assertEqual([task.workdays_left for task in found], [-1])

    def test_what_is_done_or_waived_is_off_the_list_and_what_is_extended_moves_down(self):
        weekly = self.requirement("weekly")
        report_zero(self.secretary, self.first, requirement=weekly, no=12, at=NOW)
        waive(self.city_office, self.first, requirement=weekly, no=11, reason="防汛", at=NOW)
        waive(self.city_office, self.first, requirement=weekly, no=10, reason="防汛", until=date(2023, 11, 29), at=NOW)
        shown = {task.duty.no: task for task in self.page("zheng").context["board"].tasks if task.requirement == weekly}
        self.assertNotIn(12, shown)
        self.assertNotIn(11, shown)
        self.assertEqual((shown[10].workdays_left, shown[10].duty.due_on), (4, date(2023, 11, 9)))

    def test_the_count_in_the_navigation_is_that_of_the_list(self):
        own = len(self.page("zheng").context["board"].tasks)
        self.assertEqual(waiting(self.secretary, self.campaign, on=TODAY), own)
        with self.assertNumQueries(1):
            waiting(self.secretary, self.campaign, on=TODAY)

    def test_the_whole_unit_can_be_shown(self):
        mine, whole = self.page("li"), self.page("li", whose="all")
        self.assertEqual({task.unit for task in mine.context["board"].tasks}, {self.bureau})
        self.assertEqual({task.unit for task in whole.context["board"].tasks}, {self.bureau, self.first, self.second})

    def test_a_large_branch_is_told_in_sums_and_not_in_rows(self):
        with patch.object(workbench, "MANY_UNITS", 5):
            response = self.page("zhou", whose="all")
        board = response.context["board"]
        self.assertEqual((list(board.tasks), board.units), ([], 11))
        weekly = next(each for each in board.sums if each.occasion.requirement.code == "weekly")
        self.assertEqual((weekly.sums.done, weekly.sums.asked), (0, 5))

    def test_a_delegate_sees_what_the_mandating_units_owe(self):
        self.assertEqual({task.unit for task in self.page("feng").context["board"].tasks}, {self.village})

    def test_an_official_sees_the_whole_branch_and_no_act(self):
        board = self.page("qian").context["board"]
        self.assertTrue(board.tasks)
        self.assertFalse([task for task in board.tasks if task.record_url or task.may_zero])

    def test_what_was_returned_stands_there_with_its_reason_in_full(self):
        held = Held(kind=self.kind("lecture"), held_on=date(2023, 11, 20), title="支部书记讲党课")
        activity = record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=NOW)
        return_activity(self.reviewer, activity, reason="没有写明主讲人和到会人数，请补充后再报。", at=NOW)
        self.assertContains(self.page("zheng"), "没有写明主讲人和到会人数，请补充后再报。")
        self.assertNotContains(self.page("ma"), "没有写明主讲人")

    def test_what_a_delegate_recorded_is_confirmed_by_one_tap(self):
        held = Held(kind=self.kind("lecture"), held_on=date(2023, 11, 20), title="田间党课")
        activity = record_activity(self.delegate, self.village, campaign=self.campaign, held=held, at=NOW)
        self.assertContains(self.page("ma"), "冯小满")
        with patch.object(timezone, "now", return_value=NOW):
            self.client.post(f"/activities/{activity.pk}/answer/", {"answer": "confirmed", "version": activity.version})
        activity.refresh_from_db()
        self.assertEqual(activity.answer, Activity.Answer.CONFIRMED)
        self.assertEqual(len(self.page("ma").context["inbox"]), 0)

    def test_notices_wait_until_the_unit_has_signed(self):
        notice = issue_notice(
            self.city_office, self.city, campaign=self.campaign, audience=self.requirement("weekly").audience,
            title="关于名册的通知", text="内容", sign_by=date(2023, 11, 27), at=NOW,
        )  # fmt: skip
        self.assertEqual(self.page("zheng").context["inbox"].to_sign, [(notice, self.first)])
        self.assertNotContains(self.page("zhao"), "关于名册的通知")
        with patch.object(timezone, "now", return_value=NOW):
            self.client.force_login(self.users["zheng"], backend=BACKEND)
            self.client.post(f"/plan/notices/{notice.pk}/sign/", {"unit": self.first.code, "next": "/"})
        self.assertEqual(self.page("zheng").context["inbox"].to_sign, [])

    def test_a_reminder_stands_beside_its_duty_and_nowhere_else(self):
        remind(self.city_office, self.city, requirement=self.requirement("weekly"), no=12, at=NOW)
        marked = [
            (task.requirement.code, task.duty.no)
            for task in self.page("zheng").context["board"].tasks
            if task.reminders
        ]
        self.assertEqual(marked, [("weekly", 12)])
        self.client.logout()
        held = [task for task in tasks(self.office, pending(self.office, self.campaign, on=TODAY, units=[self.other_branch.pk]),
                                       on=TODAY) if task.reminders]  # fmt: skip
        self.assertEqual(held, [])

    def test_last_weeks_outcome_is_told_in_one_sentence(self):
        report_zero(
            self.secretary, self.first, requirement=self.requirement("weekly"), no=11, at=moment(date(2023, 11, 15))
        )
        found = last_week(self.campaign, [self.first.pk, self.second.pk], on=TODAY)
        assert found is not None
        self.assertEqual((found.due, found.on_time, found.missing), (2, 1, 1))
        self.assertIsNone(last_week(self.campaign, [self.county.pk], on=TODAY))

    def test_drafts_show_when_they_were_saved(self):
        Draft.objects.create(
            user=self.users["zheng"], form="a", title="没写完的党课", url="/activities/record/", saved_at=NOW
        )
        old = NOW - timedelta(days=31)
        Draft.objects.create(user=self.users["zheng"], form="b", title="太旧的草稿", url="/", saved_at=old)
        response = self.page("zheng")
        self.assertContains(response, "没写完的党课")
        self.assertNotContains(response, "太旧的草稿")
        self.assertNotContains(self.page("ma"), "没写完的党课")

    def test_administrators_see_the_way_to_their_work_and_no_business_data(self):
        for user in ("system", "security", "audit"):
            response = self.page(user)
            self.assertTemplateUsed(response, "site/workbench_administration.html")
            self.assertNotContains(response, "每月党员大会")

    def test_the_workbench_needs_few_queries_whoever_reads_it(self):
        for user, count in (("zheng", 19), ("li", 19), ("zhou", 19), ("feng", 18), ("wang", 23)):
            self.page(user)
            with self.subTest(user=user), patch.object(timezone, "now", return_value=NOW), self.assertNumQueries(count):
                self.client.get("/")
