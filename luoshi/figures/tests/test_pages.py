"""Pages of figures: every number opens to the very records that it counted."""

from datetime import date
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.activities.operations import Held, record_activity
from luoshi.figures.models import Declaration
from luoshi.figures.queries import board, closing_position, evening, figures_as_of, trend
from luoshi.testing.cast import TODAY, LedgerTestCase, moment


class Pages(LedgerTestCase):
    def setUp(self):
        super().setUp()
        for day in (20, 21, 22):
            held = Held(kind=self.kind("meeting"), held_on=date(2023, 11, day), title=f"{day}日会议")
            record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(TODAY))

    def page(self, url: str, user: str = "zhou", **data: Any):
        self.client.force_login(self.users[user], backend="allauth.account.auth_backends.AuthenticationBackend")
        return self.client.get(url, data)

    def test_the_index_shows_every_indicator_with_a_link_to_its_records(self):
        response = self.page("/figures/")
        self.assertContains(response, "党员大会次数")
        self.assertContains(response, f"/figures/study/meetings/{self.province.pk}/records/")

    def test_the_records_are_those_that_were_counted(self):
        response = self.page(f"/figures/study/meetings/{self.province.pk}/records/")
        self.assertEqual(response.context["table"].count, response.context["figure"].value)
        self.assertContains(response, "20日会议")

    def test_the_records_of_every_computed_indicator_are_as_many_as_it_says(self):
        for code in ("meetings", "bodies_due", "bodies", "due", "met", "members", "reached"):
            with self.subTest(code):
                response = self.page(f"/figures/study/{code}/{self.city.pk}/records/", on="2023-11-23")
                counted = response.context["figure"].value or 0
                unseen = response.context["unseen_count"]
                self.assertEqual(response.context["table"].count + unseen, counted)

    def test_a_reader_sees_only_figures_of_the_own_branch(self):
        self.assertEqual(self.page(f"/figures/study/meetings/{self.city.pk}/records/", user="zhao").status_code, 403)
        self.assertEqual(self.page("/figures/", user="system").status_code, 403)

    def test_an_indicator_shows_the_units_below_and_its_trend(self):
        response = self.page("/figures/study/meetings/")
        self.assertContains(response, "东林市委")
        self.assertContains(response, "data-chart")

    def test_a_trend_is_what_the_ledger_said_each_evening_and_ends_with_the_campaign(self):
        for on in (TODAY, date(2024, 3, 1)):
            for code in ("meetings", "reached"):
                with self.subTest(code, on=on):
                    seen = board(self.office, self.campaign, [self.city], on=on)
                    weeks = trend(seen, code, self.city.pk)
                    self.assertEqual(weeks[-1][0], min(on, self.campaign.ends_on))
                    for day, figure in weeks:
                        known, at = closing_position(day), evening(day)
                        asked = figures_as_of(self.campaign, [code], [self.city.pk], on=day, position=known, at=at)
                        said = asked[(code, self.city.pk)]
                        self.assertEqual((figure.value, figure.out_of), (said.value, said.out_of), day)

    def test_a_declaration_is_made_by_the_form_and_marked(self):
        self.client.force_login(self.users["wu"], backend="allauth.account.auth_backends.AuthenticationBackend")
        form = self.client.get("/figures/declare/").context["form"]
        data = {"indicator": self.indicator("projects").pk, "value": "173", "as_of_on": "2023-11-20", "system": "项目库",
                "document": "甘发改〔2023〕12号", "document_on": "2023-11-20", "note": "", "key": form.key}  # fmt: skip
        response = self.client.post("/figures/declare/", data)
        self.assertRedirects(response, Declaration.objects.get().get_absolute_url())
        self.assertContains(self.page("/figures/"), "declared")

    def test_a_list_of_records_needs_as_many_queries_for_many_rows_as_for_few(self):
        url = f"/figures/study/meetings/{self.province.pk}/records/"
        self.page(url)
        with CaptureQueriesContext(connection) as few:
            self.client.get(url)
        for number in range(15):
            held = Held(kind=self.kind("meeting"), held_on=date(2023, 11, 19), title=f"第{number}次")
            record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(TODAY))
        with CaptureQueriesContext(connection) as many:
            self.client.get(url)
        self.assertEqual(len(many), len(few))
        self.assertLessEqual(len(few), 25)
