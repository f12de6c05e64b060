"""One page, several branches: each row its own record; what is refused says why, and nothing is lost."""

from datetime import date
from urllib.parse import urlencode

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.activities.models import Activity
from luoshi.activities.tests.pages import SUBJECT, PageTestCase
from luoshi.gate.rules import Role
from luoshi.journal.models import Entry
from luoshi.orgs.operations import create_person, end_mandate, give_mandate
from luoshi.testing.cast import BEGINNING, TODAY, moment

MANY = reverse("activities:many")
AT = moment(TODAY)


class Many(PageTestCase):
    """冯 holds the mandates of both villages."""

    def setUp(self):
        super().setUp()
        other = self._holding(self.other_village, Role.SECRETARY)
        give_mandate(other, self.other_village, user=self.users["feng"], until=date(2024, 1, 31), at=moment(BEGINNING))
        self.neighbour = create_person(other, self.other_village, name="何大河", since=BEGINNING, at=moment(BEGINNING))
        self.sign_in("feng")

    def sent(self, **rows):
        sent = {"kind": "meeting", "held_on": "2023-11-21", "title": SUBJECT}
        for number, unit in enumerate((self.village, self.other_village), 1):
            sent[f"unit-{unit.pk}-wanted"] = "on"
            sent[f"unit-{unit.pk}-key"] = f"0e5b1f0e-58c0-4f2b-9f0a-00000000000{number}"
        for name, value in rows.items():
            where, _dash, field = name.partition("_")
            unit = self.village if where == "first" else self.other_village
            if where not in ("first", "second"):
                sent[name] = value
            elif value is None:
                sent.pop(f"unit-{unit.pk}-{field}", None)
            else:
                sent[f"unit-{unit.pk}-{field}"] = value
        return sent

    def test_a_row_a_branch_with_its_roster(self):
        page = self.client.get(MANY)
        for words in ("柳树村党支部", "河湾村党支部", "马得水", "何大河"):
            self.assertContains(page, words)
        self.assertNotContains(page, "机关第一党支部")

    def test_each_row_becomes_a_record_of_its_unit_with_its_own_entry(self):
        entries = Entry.objects.count()
        page = self.client.post(
            MANY,
            self.sent(first_absent=str(self.villager.pk), second_title="河湾村自己的议题", topics="first"),
            follow=True,
        )
        self.assertContains(page, "已记录 2 条活动")
        self.assertEqual(Entry.objects.count(), entries + 2)
        first, second = Activity.objects.order_by("pk")
        self.assertEqual((first.unit, first.title, first.present, first.expected), (self.village, SUBJECT, 0, 1))
        self.assertEqual((second.unit, second.title, second.present), (self.other_village, "河湾村自己的议题", 1))
        self.assertEqual({each.mandate and each.mandate.user for each in (first, second)}, {self.users["feng"]})
        self.assertEqual(first.coverage.count(), 1)

    def test_what_is_refused_says_why_the_others_are_done_and_a_second_sending_adds_only_what_was_open(self):
        sent = self.sent(second_title="机密★10年", venue="各村会议室")
        page = self.client.post(MANY, sent)
        self.assertEqual(page.status_code, 422)
        for words in ("已记录 1 条，未通过 1 条", "涉密内容", "机密★10年", "各村会议室"):
            self.assertContains(page, words, status_code=422)
        done = Activity.objects.get()
        self.assertContains(page, f'name="unit-{self.village.pk}-done" value="{done.pk}"', status_code=422)
        again = self.sent(
            second_title="改好的议题", first_wanted=None, first_done=str(done.pk), title="后来改的共同议题"
        )
        self.assertRedirects(self.client.post(MANY, again), reverse("activities:ledger"))
        self.assertEqual(set(Activity.objects.values_list("title", flat=True)), {SUBJECT, "改好的议题"})

    def test_the_whole_page_sent_twice_records_once(self):
        self.client.post(MANY, self.sent())
        self.client.post(MANY, self.sent())
        self.assertEqual(Activity.objects.count(), 2)

    def test_a_row_that_was_not_held_is_left_out(self):
        self.client.post(MANY, self.sent(second_wanted=None))
        self.assertEqual(Activity.objects.get().unit, self.village)

    def test_errors_of_what_is_said_once_record_nothing(self):
        for change in ({"title": ""}, {"held_on": "2023-12-24"}, {"kind": "no-such"}, {"called": "lecture|2023-11-21"}):
            with self.subTest(change=change):
                self.assertEqual(self.client.post(MANY, self.sent(**change)).status_code, 422)
        self.assertFalse(Activity.objects.exists())

    def test_a_foreign_row_cannot_be_slipped_in(self):
        sent = self.sent() | {f"unit-{self.first.pk}-wanted": "on"}
        sent |= {f"unit-{self.village.pk}-done": "1", f"unit-{self.other_village.pk}-absent": str(self.villager.pk)}
        page = self.client.post(MANY, sent)
        self.assertEqual(page.status_code, 422)
        self.assertEqual(Activity.objects.get().unit, self.village)

    def test_a_mandate_that_ended_is_gone_from_the_page(self):
        held = self.users["feng"].grants.get(unit=self.village)
        end_mandate(self.as_user("ma"), held, at=AT)
        page = self.client.get(MANY)
        self.assertNotContains(page, "柳树村党支部")
        self.client.post(MANY, self.sent())
        self.assertEqual(Activity.objects.get().unit, self.other_village)

    def test_the_rosters_follow_kind_and_date(self):
        page = self.client.post(f"{MANY}?refresh=1", self.sent(title="写到一半", held_on="2023-09-01"))
        self.assertContains(page, "写到一半")
        self.assertNotContains(page, "何大河")  # came to the roster on 4 September
        self.assertFalse(Activity.objects.exists())

    def test_who_records_for_no_unit_is_told_so(self):
        self.sign_in("wang")
        self.assertEqual(self.client.get(f"{MANY}?{urlencode({'unit': '6201'})}").status_code, 403)

    def test_the_number_of_queries_does_not_grow_with_the_branches(self):
        self.client.get(MANY)
        with CaptureQueriesContext(connection) as two:
            self.client.get(MANY)
        end_mandate(self.as_user("ma"), self.users["feng"].grants.get(unit=self.village), at=AT)
        with CaptureQueriesContext(connection) as one:
            self.client.get(MANY)
        self.assertEqual(len(two), len(one))
        self.assertLessEqual(len(two), 20)
