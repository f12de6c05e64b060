"""A page that the chosen unit does not open says which unit is chosen and where the reader may; places that are closed are not offered."""

from django.test import Client

from luoshi.orgs.tests.today import TodayTestCase


class Refusals(TodayTestCase):
    def page(self, client: Client, address: str) -> tuple[int, str]:
        response = client.get(address, headers={"Accept-Language": "zh-CN"})
        return response.status_code, response.content.decode()

    def test_an_act_that_the_chosen_unit_does_not_allow_offers_the_units_that_do(self) -> None:
        li = self.signed_in("li")
        for address in ("/figures/declare/", "/reports/generate/"):
            with self.subTest(address):
                self.assertEqual(self.page(li, f"{address}?unit={self.bureau.code}")[0], 200)
                self.page(li, f"/units/?unit={self.county.code}")  # chosen elsewhere, and remembered
                status, text = self.page(li, f"{address}?figure=7")
                self.assertEqual(status, 403)
                self.assertIn("石桥县委", text)
                self.assertIn(f'href="{address}?figure=7&amp;unit={self.bureau.code}"', text)
                self.assertEqual(self.page(li, f"{address}?figure=7&unit={self.bureau.code}")[0], 200)

    def test_figures_and_duties_of_a_unit_out_of_sight_offer_the_readers_own(self) -> None:
        li = self.signed_in("li")
        for address in ("/figures/", "/cockpit/", "/plan/study/weekly/", "/check/"):
            with self.subTest(address):
                status, text = self.page(li, f"{address}?unit={self.other_city.code}")
                self.assertEqual(status, 403)
                self.assertIn("西原市委", text)
                self.assertIn(f"unit={self.bureau.code}", text)

    def test_whoever_may_nowhere_is_offered_nothing(self) -> None:
        status, text = self.page(self.signed_in("zheng"), "/figures/declare/")
        self.assertEqual(status, 403)
        self.assertNotIn("?unit=", text)

    def test_the_office_is_offered_the_top_of_its_branch(self) -> None:
        status, text = self.page(self.signed_in("wu"), f"/plan/notices/issue/?unit={self.other_city.code}")
        self.assertEqual(status, 403)
        self.assertIn(f"unit={self.city.code}", text)

    def test_a_secretary_is_told_that_reports_are_not_open_and_is_not_led_there(self) -> None:
        zheng = self.signed_in("zheng")
        status, text = self.page(zheng, "/reports/")
        self.assertEqual(status, 403)
        self.assertIn("看不到报告", text)
        self.assertNotIn('href="/reports/"', self.page(zheng, "/")[1])
        self.assertIn('href="/reports/"', self.page(self.signed_in("li"), "/")[1])

    def test_an_official_looks_where_others_record(self) -> None:
        bar = self.page(self.signed_in("qian"), "/")[1].partition('<nav class="bar"')[2].partition("</nav>")[0]
        self.assertIn('href="/cockpit/"', bar)
        self.assertNotIn("/activities/record/", bar)
