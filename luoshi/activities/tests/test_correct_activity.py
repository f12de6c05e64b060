"""更正、撤回、退回、答复 — what may become of a record, and who may do it: the row, the page and the journal entry each time."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from luoshi.activities.models import Activity, Attendance
from luoshi.activities.operations import (
    answer_activity,
    correct_activity,
    record_activity,
    return_activity,
    withdraw_activity,
)
from luoshi.activities.tests.pages import SUBJECT, PageTestCase
from luoshi.campaigns.models import Fulfilment
from luoshi.campaigns.operations import close_period
from luoshi.gate.errors import Conflict, Refused
from luoshi.journal.models import Change, Entry
from luoshi.testing.cast import TODAY, moment

AT = moment(TODAY)


class Acts(PageTestCase):
    def last(self):
        entry = Entry.objects.latest("position")
        return entry.action, entry.subject

    def page(self, activity, who="zheng"):
        self.sign_in(who)
        return self.client.get(activity.get_absolute_url())


class Correct(Acts):
    def test_the_old_value_is_struck_out_on_the_page_and_the_duty_follows(self):
        activity = self.activity(held_on=date(2023, 10, 20))
        self.assertEqual(Fulfilment.objects.get(ref=activity.ref).occasion.no, 2)
        correct_activity(self.secretary, activity, held=self.held(title="改过的议题"), reason="日期写错", at=AT)
        activity.refresh_from_db()
        self.assertEqual(
            (activity.title, activity.held_on, activity.remark), ("改过的议题", date(2023, 11, 21), "日期写错")
        )
        self.assertEqual(Fulfilment.objects.get(ref=activity.ref).occasion.no, 3)
        self.assertEqual(self.last(), ("activity.correct", activity.ref))
        page = self.page(activity)
        self.assertContains(page, f"<del>{SUBJECT}</del>")
        self.assertContains(page, "<b>改过的议题</b>")

    def test_nobody_corrects_what_was_withdrawn(self):
        activity = self.activity()
        correct_activity(self.secretary, activity, held=self.held(title="甲"), at=AT)
        withdraw_activity(self.secretary, activity, reason="重复", at=AT)
        with self.assertRaisesMessage(Refused, "已撤回"):
            correct_activity(self.secretary, activity, held=self.held(title="乙"), at=AT)
        activity.refresh_from_db()
        self.assertEqual(activity.title, "甲")

    def test_the_second_of_two_sees_what_the_first_one_saved_and_keeps_what_was_typed(self):
        activity = self.activity()
        address = reverse("activities:correct", args=[activity.pk])
        typed = self.sent(title="乙的议题", version=str(activity.version), venue="二楼")
        correct_activity(
            self.secretary, activity, held=self.held(title="甲的议题", absent={self.persons[1].pk: "ill"}), at=AT
        )
        page = self.client.post(address, typed)
        self.assertEqual(page.status_code, 409)
        for words in ("甲的议题", "乙的议题", "方敏之", "二楼"):
            self.assertContains(page, words, status_code=409)
        again = self.client.post(address, typed | {"version": "2"})
        self.assertRedirects(again, activity.get_absolute_url())
        activity.refresh_from_db()
        self.assertEqual((activity.title, activity.venue, activity.version), ("乙的议题", "二楼", 3))

    def test_what_the_unit_corrects_it_confirms_and_what_its_delegate_corrects_it_is_asked_again(self):
        activity = self.by_mandate()
        answer_activity(self.as_user("ma"), activity, answer="objected", remark="少了一人", at=AT)
        corrected = correct_activity(self.delegate, activity, held=self.held(title="甲"), at=AT)
        self.assertEqual((corrected.answer, corrected.objection), ("", ""))
        corrected = correct_activity(self.as_user("ma"), activity, held=self.held(title="乙"), at=AT)
        self.assertEqual(corrected.answer, Activity.Answer.CONFIRMED)

    def test_in_a_closed_period_it_posts_to_the_first_open_day(self):
        close_period(self.office, self.campaign, until=date(2023, 10, 31), at=AT)
        self.assertEqual(self.activity(held_on=date(2023, 10, 20)).posted_on, date(2023, 11, 1))
        activity = self.activity()
        self.assertEqual(activity.posted_on, date(2023, 11, 21))
        moved = correct_activity(self.secretary, activity, held=self.held(held_on=date(2023, 10, 21)), at=AT)
        self.assertEqual(moved.posted_on, date(2023, 11, 1))


class WithdrawAndReturn(Acts):
    def test_withdrawn_it_stays_to_be_read_with_its_reason(self):
        activity = self.activity()
        address = reverse("activities:withdraw", args=[activity.pk])
        empty = self.client.post(address, {"reason": " ", "version": "1"})
        self.assertEqual(empty.status_code, 422)
        self.assertRedirects(
            self.client.post(address, {"reason": "重复记录", "version": "1"}), activity.get_absolute_url()
        )
        activity.refresh_from_db()
        self.assertEqual((activity.state, activity.remark), ("withdrawn", "重复记录"))
        self.assertEqual(self.last(), ("activity.withdraw", activity.ref))
        self.assertFalse(Fulfilment.objects.filter(ref=activity.ref).exists())
        self.assertContains(self.page(activity), "重复记录")
        twice = self.client.post(address, {"reason": "再撤", "version": "2"})
        self.assertContains(twice, "已经撤回", status_code=422)

    def test_a_superior_returns_and_the_unit_reads_why(self):
        activity = self.activity()
        self.sign_in("wu")
        address = reverse("activities:return", args=[activity.pk])
        self.assertRedirects(
            self.client.post(address, {"reason": "补写地点", "version": "1"}), activity.get_absolute_url()
        )
        activity.refresh_from_db()
        self.assertEqual((activity.state, activity.remark), ("returned", "补写地点"))
        self.assertEqual(self.last(), ("activity.return", activity.ref))
        self.assertContains(self.page(activity), "补写地点")
        self.assertContains(self.client.get(reverse("activities:correct", args=[activity.pk])), "补写地点")
        corrected = correct_activity(self.secretary, activity, held=self.held(venue="会议室"), at=AT)
        self.assertEqual((corrected.state, corrected.remark), ("recorded", ""))

    def test_a_comment_on_an_older_version_shows_the_conflict(self):
        activity = self.activity()
        correct_activity(self.secretary, activity, held=self.held(title="甲"), at=AT)
        with self.assertRaises(Conflict):
            return_activity(self.city_office, activity, reason="补写地点", seen=1, at=AT)
        self.sign_in("wu")
        page = self.client.post(
            reverse("activities:return", args=[activity.pk]), {"reason": "补写地点", "version": "1"}
        )
        self.assertContains(page, "补写地点", status_code=409)


class Answer(Acts):
    def test_the_unit_confirms_in_one_tap(self):
        activity = self.by_mandate()
        page = self.page(activity, "ma")
        self.assertContains(page, "代您单位录入")
        answered = self.client.post(
            reverse("activities:answer", args=[activity.pk]), {"answer": "confirmed", "version": "1"}
        )
        self.assertRedirects(answered, activity.get_absolute_url())
        activity.refresh_from_db()
        self.assertEqual(activity.answer, "confirmed")
        self.assertEqual(self.last(), ("activity.answer", activity.ref))
        self.assertNotContains(self.page(activity, "ma"), "代您单位录入")

    def test_an_objection_says_what_is_wrong(self):
        activity = self.by_mandate()
        return_activity(self.city_office, activity, reason="补写地点", at=AT)
        self.sign_in("ma")
        address = reverse("activities:answer", args=[activity.pk])
        self.assertEqual(self.client.post(address, {"reason": "", "version": "2"}).status_code, 422)
        self.client.post(address, {"reason": "当天没有开会", "version": "2"})
        activity.refresh_from_db()
        self.assertEqual(
            (activity.answer, activity.objection, activity.remark), ("objected", "当天没有开会", "补写地点")
        )
        self.assertContains(self.page(activity, "ma"), "当天没有开会")

    def test_only_what_a_delegate_recorded_is_answered_and_only_with_an_answer(self):
        own, foreign = self.activity(), self.by_mandate()
        with self.assertRaisesMessage(Refused, "自己录入"):
            answer_activity(self.secretary, own, answer="confirmed", at=AT)
        for answer in ("", "perhaps"):
            with self.subTest(answer=answer), self.assertRaises(Refused):
                answer_activity(self.as_user("ma"), foreign, answer=answer, at=AT)
        answer_activity(self.as_user("ma"), foreign, answer="confirmed", at=AT)

    def test_several_at_once_from_the_ledger(self):
        first, second, own = self.by_mandate(), self.by_mandate(title="第二次"), self.activity()
        self.sign_in("ma")
        page = self.client.post(reverse("activities:confirm"), {"selected": [first.pk, second.pk, own.pk]}, follow=True)
        self.assertContains(page, "已确认 2 条活动")
        self.assertEqual(Activity.objects.filter(answer="confirmed").count(), 2)
        again = self.client.post(reverse("activities:confirm"), {"selected": [first.pk]}, follow=True)
        self.assertContains(again, "已确认 1 条活动")


class WhoMayDoWhat(Acts):
    """Every role of the cast, at its own unit's record, below it, above it and beside it."""

    #           record correct withdraw return answer attach  — on a record of 柳树村党支部 made by mandate
    MATRIX = {
        "ma": "record correct withdraw answer",  # its secretary
        "feng": "record correct",  # its delegate
        "wu": "return",  # the city's office
        "zhou": "return",  # the province's office
        "sun": "return",  # the province's reviewer
        "wang": "return",  # a supervisor of the city
        "qian": "",  # a leading official
        "li": "",  # a liaison elsewhere in the city
        "zheng": "",  # the secretary of another branch
        "zhao": "",  # a liaison of another city
        "system": "",
        "security": "",
        "audit": "",
    }

    def do(self, action, actor, activity):
        match action:
            case "record":
                record_activity(actor, self.village, campaign=self.campaign, held=self.held(title="另一次"), at=AT)
            case "correct":
                correct_activity(actor, activity, held=self.held(title="改"), at=AT)
            case "withdraw":
                withdraw_activity(actor, activity, reason="原因", at=AT)
            case "return":
                return_activity(actor, activity, reason="原因", at=AT)
            case "answer":
                answer_activity(actor, activity, answer="confirmed", at=AT)

    def test_the_matrix(self):
        for username, allowed in self.MATRIX.items():
            for action in ("record", "correct", "withdraw", "return", "answer"):
                with self.subTest(who=username, action=action):
                    activity = self.by_mandate()
                    entries = Entry.objects.count()
                    if action in allowed.split():
                        self.do(action, self.as_user(username), activity)
                        self.assertEqual(Entry.objects.count(), entries + 1)
                    else:
                        with self.assertRaises((PermissionDenied, Http404)):
                            self.do(action, self.as_user(username), activity)
                        self.assertEqual(Entry.objects.count(), entries)

    def test_out_of_sight_is_404_and_out_of_rank_is_403(self):
        activity = self.by_mandate()
        for username, action, status in (
            ("zhao", "correct", 404),
            ("zheng", "withdraw", 404),
            ("system", "return", 404),
            ("wu", "correct", 403),
            ("qian", "return", 403),
            ("feng", "answer", 403),
            ("ma", "return", 403),
        ):
            with self.subTest(who=username, action=action):
                self.sign_in(username)
                address = reverse(f"activities:{action}", args=[activity.pk])
                self.assertEqual(self.client.get(address).status_code, status)
                self.assertEqual(self.client.post(address, {"reason": "原因"}).status_code, status)

    def test_names_are_for_those_who_may_see_persons_and_the_others_see_how_many(self):
        activity = self.activity(absent={self.persons[1].pk: Attendance.Absence.ILL}, host=self.persons[0])
        for username, named in (("zheng", True), ("wu", True), ("wang", False), ("qian", False), ("sun", False)):
            with self.subTest(who=username):
                page = self.page(activity, username)
                self.assertEqual("方敏之" in page.content.decode(), named)
                self.assertContains(page, "病假")
                self.assertContains(page, "实到 4 / 应到 5")

    def test_the_history_never_names_persons_of_the_roster(self):
        activity = self.activity(host=self.persons[3])
        self.assertIn(f"'host': {self.persons[3].pk}", str(Change.objects.get(subject=activity.ref).data))
        self.assertNotContains(self.page(activity, "wang"), "高予宁")
