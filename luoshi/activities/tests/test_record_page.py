"""The form: what it fills in, what it refuses, what it keeps; with and without scripts."""

from datetime import date
from urllib.parse import urlencode

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.activities.models import Activity, Attendance
from luoshi.activities.operations import record_activity, withdraw_activity
from luoshi.activities.tests.pages import KEY, SUBJECT, PageTestCase
from luoshi.campaigns.desk import occasion_title
from luoshi.campaigns.models import Fulfilment, Topic
from luoshi.gate.errors import Refused
from luoshi.gate.ledgered import gate_open
from luoshi.journal.models import Entry
from luoshi.orgs.drafts import draft_url
from luoshi.orgs.models import Draft
from luoshi.orgs.operations import create_person
from luoshi.testing.cast import TODAY, moment

RECORD = reverse("activities:record")
ROSTER = reverse("activities:roster")


class RecordPage(PageTestCase):
    def title(self, no):
        """What the campaigns room calls an occasion of the monthly meeting."""
        occasion = self.requirement("monthly").occasions.get(no=no)
        return occasion_title(occasion.requirement, no, occasion.due_on)

    def needing(self, kind, *needs):
        """The kind as a campaign defines it that wants more to be said."""
        with gate_open():
            found = self.kind(kind)
            found.needs = list(needs)
            found.save()

    def test_it_is_filled_in_but_for_the_subject(self):
        page = self.client.get(RECORD)
        for words in ("党员大会", "机关第一党支部", "11-23 周四", "方敏之", "名册取自 11-23，5 人"):
            self.assertContains(page, words)
        self.assertContains(page, f"“{self.title(3)}”就完成了")

    def test_saving_makes_the_row_the_entry_and_the_words(self):
        """M14, M53: the topics of the curriculum that were covered stand in the same record."""
        absent = str(self.persons[1].pk)
        page = self.client.post(
            RECORD,
            self.sent(absent=absent, **{f"absent-reason-{absent}": "ill"}, topics="first", venue="会议室", others="3"),
            follow=True,
        )
        activity = Activity.objects.get()
        self.assertRedirects(page, activity.get_absolute_url())
        self.assertEqual((activity.present, activity.expected, activity.others, activity.venue), (4, 5, 3, "会议室"))
        self.assertEqual(activity.attendance.get(person=self.persons[1]).absence, Attendance.Absence.ILL)
        self.assertEqual([each.topic.code for each in activity.coverage.all()], ["first"])
        self.assertEqual(Entry.objects.latest("position").action, "activity.record")
        self.assertContains(page, f"“{self.title(3)}”已完成")
        self.assertContains(page, "第一专题")

    def test_sent_twice_it_is_recorded_once_and_with_other_content_refused_under_a_fresh_key(self):
        self.client.post(RECORD, self.sent())
        self.client.post(RECORD, self.sent())
        self.assertEqual(Activity.objects.count(), 1)
        page = self.client.post(RECORD, self.sent(title="别的事"))
        self.assertEqual(page.status_code, 422)
        self.assertNotContains(page, KEY, status_code=422)
        self.assertContains(page, "别的事", status_code=422)

    def test_what_was_typed_stays_when_it_is_refused(self):
        page = self.client.post(RECORD, self.sent(title="", venue="会议室", held_on="2023-11-20"))
        self.assertEqual(page.status_code, 422)
        for words in ("会议室", KEY, 'value="2023-11-20"'):
            self.assertContains(page, words, status_code=422)
        self.assertFalse(Activity.objects.exists())

    def test_bad_input_says_what_to_do_and_stores_nothing(self):
        entries = Entry.objects.count()
        for change, words in (
            ({"held_on": "2023-12-24"}, "还没有到"),
            ({"held_on": "2023-02-30"}, ""),
            ({"held_on": "1999-01-01"}, "不存在"),
            ({"title": "绝密"}, "涉密内容"),
            ({"title": "机密★10年"}, "涉密内容"),
            ({"summary": "密级：秘密"}, "涉密内容"),
            ({"title": "学" * 100_000}, "200"),
            ({"summary": "学" * 100_000}, "10000"),
            ({"title": "\x01\x02"}, ""),
            ({"others": "-1"}, ""),
            ({"others": "99999999999999999999"}, ""),
            ({"kind": "no-such-kind"}, ""),
            ({"unit": self.village.code}, ""),
            ({"absent": str(self.villager.pk)}, "名册"),
            ({"absent": "x'"}, "名册"),
            ({"host": str(self.villager.pk)}, ""),
            ({"topics": "no-such-topic"}, ""),
            ({"makes_up": "monthly#99"}, ""),
        ):
            with self.subTest(change=str(change)[:40]):
                page = self.client.post(RECORD, self.sent(**change))
                self.assertContains(page, words, status_code=422)
        self.assertEqual((Activity.objects.count(), Entry.objects.count()), (0, entries))
        self.assertEqual(self.client.post(RECORD, self.sent()).status_code, 302)

    def test_the_operation_itself_refuses_the_same(self):
        """For API, imports and whoever calls without a form."""
        record = lambda **more: record_activity(  # noqa: E731
            self.secretary, self.first, campaign=self.campaign, held=self.held(**more), at=moment(TODAY)
        )
        for change in (
            {"title": "学" * 201},
            {"title": "\u200b\x00"},
            {"title": "绝密"},
            {"venue": "厅" * 101},
            {"summary": "学" * 10_001},
            {"others": 100_001},
            {"host": self.villager},
            {"absent": {self.persons[0].pk: "no-such-reason"}},
            {"makes_up": "monthly#3"},
            {"makes_up": "monthly#x"},
            {"makes_up": "no-such#1"},
            {"agenda": ["no-such-item"]},
        ):
            with self.subTest(change=str(change)[:40]), self.assertRaises(Refused):
                record(**change)
        self.assertFalse(Activity.objects.exists())
        self.assertEqual(record(title="学\u200b习  报告").title, "学习 报告")

    def test_an_earlier_occasion_can_be_made_up_for(self):
        """M10, M52: a series with a minimum per period; what was missed is made up for, by choice."""
        page = self.client.get(RECORD)
        self.assertContains(page, f"补办“{self.title(2)}”，2023-10-31 到期")
        self.client.post(RECORD, self.sent(makes_up="monthly#2"))
        activity = Activity.objects.get()
        self.assertEqual(Fulfilment.objects.get(ref=activity.ref).occasion.no, 2)
        self.assertNotContains(self.client.get(RECORD), f"补办“{self.title(2)}”")
        self.assertContains(self.client.get(activity.get_absolute_url()), "补办")

    def test_a_link_from_the_workbench_fills_in_kind_and_occasion(self):
        page = self.client.get(f"{RECORD}?{urlencode({'occasion': 'monthly#1'})}")
        self.assertContains(page, f"“{self.title(1)}”就补上了")
        page = self.client.get(f"{RECORD}?kind=lecture")
        self.assertContains(page, "按自选动作计")
        for strange in (
            "?kind=no-such",
            "?occasion=no-such%239",
            "?occasion=monthly%2399",
            "?unit=no-such",
        ):
            with self.subTest(strange=strange):
                self.assertEqual(self.client.get(RECORD + strange).status_code, 200)

    def test_a_reading_class_meets_the_duty_of_its_leading_body(self):
        """M8, M51: recorded with its topics and those who were there; counted over any window."""
        self.sign_in("li")
        self.client.post(
            RECORD,
            self.sent(unit=self.bureau.code, kind="reading-class", held_on="2023-10-20", topics="first"),
            follow=True,
        )
        activity = Activity.objects.get()
        self.assertEqual((activity.unit, activity.expected, activity.present), (self.bureau, 1, 1))
        self.assertEqual(Fulfilment.objects.get(ref=activity.ref).occasion.requirement.code, "class")
        self.assertEqual(self.value("bodies", self.city), 1)

    def test_the_agenda_of_a_kind_is_ticked_and_shown(self):
        """M9: the standing first item of each meeting."""
        with gate_open():
            kind = self.kind("meeting")
            kind.agenda = [{"code": "first_item", "title": {"zh-hans": "第一议题", "en": "First item"}}]
            kind.save()
        self.assertContains(self.client.get(RECORD), "第一议题")
        self.assertEqual(self.client.post(RECORD, self.sent(agenda="no-such")).status_code, 422)
        page = self.client.post(RECORD, self.sent(agenda="first_item"), follow=True)
        self.assertEqual(Activity.objects.get().agenda, ["first_item"])
        self.assertContains(page, "第一议题")

    def test_the_roster_fragment_follows_kind_and_date_and_keeps_what_was_typed(self):
        self.sign_in("li")
        sent = self.sent(unit=self.bureau.code, kind="meeting", title="写到一半")
        fragment = self.client.post(ROSTER, sent, headers={"HX-Request": "true"})
        self.assertContains(fragment, "名册取自 11-21")
        self.assertContains(fragment, "写到一半")
        self.assertNotContains(fragment, "<html")
        before_the_roster = self.client.post(ROSTER, sent | {"held_on": "2023-08-01"}, headers={"HX-Request": "true"})
        self.assertContains(before_the_roster, "0 人")
        self.assertFalse(Activity.objects.exists())

    def test_a_roster_that_was_not_on_the_page_is_shown_before_anybody_is_taken_as_present(self):
        stale = self.sent(called=f"{self.first.code}|lecture|2023-11-21")
        page = self.client.post(RECORD, stale)
        self.assertContains(page, "请看过再保存", status_code=422)
        self.assertFalse(Activity.objects.exists())

    def test_without_scripts_a_button_asks_for_the_roster(self):
        page = self.client.post(RECORD, self.sent(act="refresh", title="", held_on="2023-11-20"))
        self.assertContains(page, "名册取自 11-20")
        self.assertNotContains(page, "还没有保存")

    def test_what_the_campaign_needs_stands_unfolded_and_is_asked_for(self):
        self.needing("meeting", "venue", "topics")
        self.assertContains(self.client.get(RECORD), "必填")
        page = self.client.post(RECORD, self.sent())
        self.assertEqual(page.status_code, 422)
        self.assertFalse(Activity.objects.exists())
        with self.assertRaisesMessage(Refused, "地点"):
            record_activity(self.secretary, self.first, campaign=self.campaign, held=self.held(), at=moment(TODAY))
        self.assertEqual(self.client.post(RECORD, self.sent(venue="会议室", topics="first")).status_code, 302)

    def test_nobody_counted_is_not_zero(self):
        self.client.post(RECORD, self.sent(no_roster="on"))
        activity = Activity.objects.get()
        self.assertEqual((activity.expected, activity.present), (None, None))
        self.assertContains(self.client.get(activity.get_absolute_url()), "没有点名")

    def test_who_records_for_no_unit_is_told_so(self):
        for username in ("wang", "qian", "sun", "system"):
            with self.subTest(who=username):
                self.sign_in(username)
                self.assertEqual(self.client.get(RECORD).status_code, 403)
                self.assertEqual(self.client.post(RECORD, self.sent()).status_code, 403)

    def test_the_page_takes_few_queries_whatever_the_roster(self):
        self.client.get(RECORD)
        with CaptureQueriesContext(connection) as five:
            self.client.get(RECORD)
        for number in range(8):
            create_person(self.secretary, self.first, name=f"新来的{number}", since=date(2023, 11, 1), at=moment(TODAY))
        with self.assertNumQueries(len(five)):
            self.client.get(RECORD)
        self.assertLessEqual(len(five), 26)

    def test_a_topic_of_another_campaign_is_not_offered(self):
        self.assertEqual(Topic.objects.count(), 1)
        withdrawn = self.activity(topics=[Topic.objects.get()])
        withdraw_activity(self.secretary, withdrawn, reason="重复", at=moment(TODAY))
        page = self.client.get(withdrawn.get_absolute_url())
        self.assertContains(page, "不再计为完成")


class Drafts(PageTestCase):
    DRAFT = draft_url("activity-record")

    def keep(self, **values):
        """What the page's script sends: to the address that the form itself names."""
        return self.client.post(self.client.get(RECORD).context["draft_url"], self.sent(**values))

    def test_it_is_kept_comes_back_and_goes_with_the_record(self):
        self.assertEqual(self.keep(title="写到一半", held_on="2023-11-20").status_code, 200)
        draft = Draft.objects.get()
        self.assertEqual((draft.user, draft.title), (self.users["zheng"], "记录活动 · 写到一半"))
        self.assertContains(self.client.get(draft.url), "写到一半")
        page = self.client.get(RECORD)
        self.assertContains(page, "写到一半")
        self.assertContains(page, "名册取自 11-20")
        self.assertContains(self.client.get(f"{RECORD}?kind=lecture"), "继续填写")
        self.client.post(RECORD, self.sent())
        self.assertFalse(Draft.objects.exists())

    def test_it_is_everybodys_own(self):
        self.client.post(self.DRAFT, self.sent(title="写到一半"))
        self.sign_in("ma")
        self.assertEqual(self.client.get(self.DRAFT).status_code, 204)
        self.client.delete(self.DRAFT)
        self.assertEqual(Draft.objects.count(), 1)

    def test_more_than_a_form_holds_is_not_kept(self):
        self.assertEqual(self.client.post(self.DRAFT, self.sent(summary="学" * 60_000)).status_code, 413)
        self.assertFalse(Draft.objects.exists())

    def test_a_correction_has_a_draft_of_its_own(self):
        activity = self.activity(held_on=date(2023, 11, 20))
        address = draft_url("activity-correct", str(activity.pk))
        self.client.post(address, self.sent(title="改到一半"))
        self.assertEqual(self.client.get(address).json()["fields"]["title"], ["改到一半"])
        self.assertEqual(self.client.get(self.DRAFT).status_code, 204)
        self.client.post(reverse("activities:correct", args=[activity.pk]), self.sent(version="1"))
        self.assertFalse(Draft.objects.exists())
        activity.refresh_from_db()
        self.assertEqual(activity.title, SUBJECT)
