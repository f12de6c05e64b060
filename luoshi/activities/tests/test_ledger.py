"""The ledger: scope, views, filters, totals, what leaves it; and how many questions it asks of the database."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.activities.operations import return_activity, withdraw_activity
from luoshi.activities.tests.pages import PageTestCase
from luoshi.testing.cast import TODAY, moment

LEDGER = reverse("activities:ledger")
AT = moment(TODAY)


class Ledger(PageTestCase):
    def setUp(self):
        super().setUp()
        self.activity(title="学习甲")
        self.activity(title="学习乙", held_on=date(2023, 10, 20))
        self.by_mandate(title="村里学习", held_on=date(2023, 11, 22))
        gone = self.activity(title="记错的一条")
        withdraw_activity(self.secretary, gone, reason="重复", at=AT)
        self.sign_in("wu")

    def queries(self, address):
        """How many questions a page asks, once the caches are warm."""
        self.client.get(address)
        with CaptureQueriesContext(connection) as asked:
            self.assertEqual(self.client.get(address).status_code, 200)
        return len(asked)

    def rows(self, query="", who=None):
        if who:
            self.sign_in(who)
        table = self.client.get(LEDGER + query).context["table"]
        return {line.subject.title for line in table.lines}

    def test_views_and_filters(self):
        for query, titles in (
            ("", {"学习甲", "学习乙", "村里学习"}),
            ("?view=month", {"学习甲", "村里学习"}),
            ("?view=late", {"学习乙"}),
            ("?view=mandate", {"村里学习"}),
            ("?view=withdrawn", {"记错的一条"}),
            ("?view=returned", set()),
            ("?q=liushucun", {"村里学习"}),
            ("?q=学习甲", {"学习甲"}),
            ("?below=620122", {"村里学习"}),
            ("?below=机关第一党支部", {"学习甲", "学习乙"}),
            ("?below=jgdyd", {"学习甲", "学习乙"}),
            ("?kind=lecture", set()),
            ("?held_on_from=2023-11-22", {"村里学习"}),
            ("?held_on_to=2023-10-31", {"学习乙"}),
            ("?state=returned", set()),
            ("?state=no-such", set()),
            ("?unit=620122", {"村里学习"}),
        ):
            with self.subTest(query=query):
                self.assertEqual(self.rows(query), titles)
                self.client.session.flush()
                self.sign_in("wu")

    def test_returned_ones_have_their_view(self):
        again = self.activity(title="要补的")
        return_activity(self.city_office, again, reason="补地点", at=AT)
        self.assertEqual(self.rows("?view=returned"), {"要补的"})

    def test_everybody_sees_their_own_part(self):
        everything = {"学习甲", "学习乙", "村里学习"}
        for who, titles in (
            ("zhou", everything),
            ("wang", everything),
            ("li", {"学习甲", "学习乙"}),
            ("zheng", {"学习甲", "学习乙"}),
            ("ma", {"村里学习"}),
            ("feng", {"村里学习"}),
            ("zhao", set()),
        ):
            with self.subTest(who=who):
                self.client.logout()
                self.assertEqual(self.rows("" if who != "feng" else f"?unit={self.village.code}", who), titles)
        self.sign_in("system")
        self.assertEqual(self.client.get(LEDGER).status_code, 403)

    def test_a_unit_above_ones_own_shows_no_more(self):
        self.sign_in("zhao")
        self.assertEqual(self.rows("?unit=62"), set())

    def test_totals_are_those_of_the_rows_on_view(self):
        table = self.client.get(LEDGER).context["table"]
        self.assertEqual((table.figures["total_expected"], table.figures["total_present"]), (11, 11))

    def test_it_leaves_as_excel_as_csv_and_on_paper(self):
        self.assertIn("spreadsheet", self.client.get(LEDGER + "?export=xlsx")["Content-Type"])
        text = b"".join(self.client.get(LEDGER + "?export=csv")).decode("utf-8-sig")
        self.assertIn("学习甲", text)
        self.assertNotIn("记错的一条", text)
        self.assertContains(self.client.get(LEDGER + "?print=1"), "村里学习")

    def test_the_number_of_queries_does_not_grow_with_the_rows(self):
        few = self.queries(LEDGER)
        for number in range(12):
            self.activity(title=f"又一次 {number}")
        self.assertEqual(self.queries(LEDGER), few)
        # Five are the ledger's own (tabs, kinds, totals, rows, scope); the rest is who, where and the frame.
        self.assertLessEqual(few, 16)

    def test_one_record_takes_few_queries_whatever_its_roster(self):
        one, five = self.by_mandate(title="再学一次"), self.activity(title="五个人的会")
        few = self.queries(one.get_absolute_url())
        self.assertLessEqual(self.queries(five.get_absolute_url()), few)
        self.assertLessEqual(few, 25)

    def test_an_address_that_makes_no_sense_still_opens(self):
        page = self.client.get(LEDGER + "?page=99999999999&per=x&sort=-nothing&cols=,&held_on_from=abc")
        self.assertEqual(page.status_code, 200)
