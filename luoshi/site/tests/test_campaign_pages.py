"""Pages of the campaigns room. Here, since records of activities take part."""

from datetime import date
from typing import Any

from luoshi.activities.operations import Held, record_activity
from luoshi.campaigns.models import ClosedPeriod, Notice, Reminder, Requirement, Signature, Waiver, ZeroReport
from luoshi.campaigns.operations import issue_notice, report_zero, waive
from luoshi.testing.cast import TODAY, LedgerTestCase, moment

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Pages(LedgerTestCase):
    """The clock of a request is today's; the campaign of the cast lies behind it, so that everything open is overdue."""

    def as_(self, user: str):
        self.client.force_login(self.users[user], backend=BACKEND)
        return self.client

    def page(self, url: str, user: str = "zhou", **data: Any):
        return self.as_(user).get(url, data)


class Plan(Pages):
    def test_the_plan_says_in_words_whom_each_requirement_addresses_how_often_and_what_fulfils_it(self):
        response = self.as_("zhou").get("/plan/", headers={"accept-language": "en"})
        for words in ("Monthly meeting", "every month, by the last day of the month", "a record of Members"):
            self.assertContains(response, words)

    def test_an_administrator_sees_no_plan(self):
        for user in ("system", "security", "audit"):
            self.assertEqual(self.page("/plan/", user).status_code, 403)

    def test_a_requirement_is_published_in_mid_campaign(self):
        client = self.as_("zhou")
        form = client.get("/plan/publish/").context["form"]
        monthly = self.requirement("monthly")
        data = {"title": "警示教育", "code": "warning", "required": "on", "batch": monthly.batch.pk,
                "workstream": monthly.workstream.pk, "audience": monthly.audience.pk, "by": "2099-01-01", "rule": "",
                "shift": "none", "kinds": ["meeting"], "document": "", "title_en": "", "key": form.key}  # fmt: skip
        response = client.post("/plan/publish/", data)
        made = Requirement.objects.get(code="warning")
        self.assertRedirects(response, made.get_absolute_url())
        self.assertEqual(made.owes.count(), 5)

    def test_a_liaison_publishes_nothing(self):
        self.assertEqual(self.page("/plan/publish/", "li").status_code, 403)

    def test_a_period_is_closed(self):
        client = self.as_("zhou")
        client.post("/plan/close/", {"until": "2023-10-31", "note": "十月"})
        self.assertEqual(ClosedPeriod.objects.get().until, date(2023, 10, 31))
        self.assertContains(client.get("/plan/"), "2023-10-31")

    def test_the_plan_needs_few_queries(self):
        self.page("/plan/")
        with self.assertNumQueries(21):
            self.client.get("/plan/")


class WhoOwesWhat(Pages):
    url = "/plan/study/weekly/"

    def setUp(self):
        super().setUp()
        weekly = self.requirement("weekly")
        report_zero(self.secretary, self.first, requirement=weekly, no=11, at=moment(date(2023, 11, 15)))
        waive(self.city_office, self.bureau, requirement=weekly, no=5, reason="国庆假期", at=moment(TODAY))

    def row(self, response: Any, name: str):
        return next(row for row in response.context["matrix"].rows if row.unit.name == name)

    def test_children_that_owe_nothing_themselves_show_how_many_below_them_have_done_it(self):
        row = self.row(self.page(self.url, first="1"), "东林市委")
        shares = {cell.column.occasion.no: cell.share for cell in row.cells}
        self.assertEqual((shares[11], shares[5]), ((1, 4), (0, 2)))

    def test_units_that_are_addressed_show_the_state_of_each_duty(self):
        response = self.page(self.url, unit=self.bureau.code, first="1")
        signs = {cell.column.occasion.no: cell.kind for cell in self.row(response, "机关第一党支部").cells}
        self.assertEqual([signs[no] for no in (4, 5, 11)], ["owed", "waived", "zero"])
        report = ZeroReport.objects.get()
        self.assertContains(response, f"/plan/zero/{report.pk}/")

    def test_a_row_opens_into_the_units_below(self):
        self.as_("zhou")
        response = self.client.get(self.url, {"below": self.city.code, "at": "1"}, HTTP_HX_REQUEST="true")
        self.assertContains(response, "1.1")
        self.assertContains(response, "东林市民政局")
        self.assertNotContains(response, "<html")

    def test_a_reader_sees_only_units_of_the_own_branch(self):
        self.assertEqual(self.page(self.url, "zhao", unit=self.city.code).status_code, 403)
        self.as_("zhao")
        self.assertEqual(self.client.get(self.url, {"below": self.city.code}).status_code, 403)

    def test_only_what_is_owed_can_be_shown(self):
        response = self.page(self.url, unit=self.bureau.code, show="owing")
        self.assertTrue(all(row.sums.overdue or row.sums.open for row in response.context["matrix"].rows))

    def test_the_table_leaves_as_an_excel_file(self):
        response = self.page(self.url, unit=self.bureau.code, export="xlsx")
        self.assertEqual(response["Content-Type"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")

    def test_the_office_reminds_those_who_owe_and_the_reminder_is_told_once(self):
        client = self.as_("zhou")
        client.post(f"{self.url}remind/", {"no": "12"})
        reminder = Reminder.objects.get()
        self.assertEqual((reminder.occasion_no, reminder.units), (12, 5))
        response = client.post(f"{self.url}remind/", {"no": "12"}, follow=True)
        self.assertContains(response, "error-message")
        self.assertEqual(Reminder.objects.count(), 1)

    def test_a_duty_is_waived_with_a_reason_for_a_unit_and_all_below(self):
        client = self.as_("zhou")
        response = client.post(f"{self.url}waive/?unit={self.city.code}", {"no": "6", "until": "", "reason": ""})
        self.assertEqual(response.status_code, 422)
        client.post(f"{self.url}waive/?unit={self.city.code}", {"no": "6", "until": "", "reason": "防汛"})
        self.assertEqual(Waiver.objects.filter(occasion_no=6, reason="防汛").count(), 4)

    def test_a_requirement_is_ended(self):
        self.as_("zhou").post(f"{self.url}end/")
        self.assertIsNotNone(self.requirement("weekly").ended_on)

    def test_the_table_needs_few_queries(self):
        self.page(self.url)
        with self.assertNumQueries(21):
            self.client.get(self.url)


class ZeroReports(Pages):
    def test_one_confirmation_states_and_signs_it(self):
        client = self.as_("zheng")
        data = {"unit": self.first.code, "requirement": self.requirement("weekly").pk, "no": 12, "next": "/plan/"}
        self.assertRedirects(client.post("/plan/zero/", data), "/plan/")
        self.assertEqual(ZeroReport.objects.get().signed_by, "郑卫东")

    def test_it_can_be_withdrawn_and_stays_to_be_read(self):
        made = report_zero(self.secretary, self.first, requirement=self.requirement("weekly"), no=12, at=moment(TODAY))
        client = self.as_("zheng")
        client.post(f"/plan/zero/{made.pk}/withdraw/")
        made.refresh_from_db()
        self.assertIsNotNone(made.withdrawn_on)
        self.assertContains(client.get(f"/plan/zero/{made.pk}/"), "郑卫东")

    def test_an_outsider_does_not_see_it(self):
        made = report_zero(self.secretary, self.first, requirement=self.requirement("weekly"), no=12, at=moment(TODAY))
        self.assertEqual(self.page(f"/plan/zero/{made.pk}/", "zhao").status_code, 404)
        self.assertEqual(self.as_("zhao").post(f"/plan/zero/{made.pk}/withdraw/").status_code, 404)

    def test_where_something_was_recorded_there_was_something_to_report(self):
        held = Held(kind=self.kind("meeting"), held_on=date(2023, 11, 20), title="党员大会")
        record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(TODAY))
        monthly = self.requirement("monthly")
        data = {"unit": self.first.code, "requirement": monthly.pk, "no": 3, "next": "/plan/"}
        response = self.as_("zheng").post("/plan/zero/", data, follow=True)
        self.assertContains(response, "error-message")
        self.assertEqual(ZeroReport.objects.count(), 0)

    def test_a_button_that_is_out_of_date_does_nothing(self):
        response = self.as_("zheng").post("/plan/zero/", {"unit": "", "next": "/plan/"}, follow=True)
        self.assertContains(response, "error-message")
        self.assertEqual(ZeroReport.objects.count(), 0)


class Notices(Pages):
    def issued(self, **more: Any) -> Notice:
        branches = self.requirement("weekly").audience
        return issue_notice(
            self.city_office, self.city, campaign=self.campaign, audience=branches, title="关于流动党员的通知",
            text="请于本周内核对名册。", sign_by=date(2023, 11, 27), at=moment(TODAY), **more,
        )  # fmt: skip

    def test_the_office_issues_a_notice(self):
        client = self.as_("wu")
        audience = self.requirement("weekly").audience
        data = {"title": "关于元旦的通知", "text": "照常。", "audience": audience.pk, "sign_by": "", "document": ""}
        response = client.post("/plan/notices/issue/", data)
        self.assertRedirects(response, Notice.objects.get().get_absolute_url())

    def test_a_marked_text_is_refused_with_a_reason(self):
        client = self.as_("wu")
        audience = self.requirement("weekly").audience
        data = {"title": "通知", "text": "机密★一年\n内容", "audience": audience.pk, "sign_by": "", "document": ""}
        response = client.post("/plan/notices/issue/", data)
        self.assertContains(response, "机密", status_code=422)
        self.assertEqual(Notice.objects.count(), 0)

    def test_the_unit_signs_and_the_office_sees_who_has_not(self):
        notice = self.issued()
        client = self.as_("zheng")
        client.post(f"/plan/notices/{notice.pk}/sign/", {"unit": self.first.code})
        self.assertEqual(Signature.objects.get().signed_by, "郑卫东")
        response = self.page(notice.get_absolute_url(), "wu")
        self.assertEqual((response.context["signed_count"], response.context["asked_count"]), (1, 4))
        self.assertContains(response, "柳树村党支部")

    def test_who_has_not_signed_is_shown_within_the_readers_sight_only(self):
        notice = self.issued()
        response = self.page(notice.get_absolute_url(), "zheng")
        self.assertEqual(response.context["asked_count"], 1)
        self.assertNotContains(response, "柳树村党支部")

    def test_a_notice_of_another_city_is_out_of_sight(self):
        notice = self.issued()
        self.assertEqual(self.page(notice.get_absolute_url(), "zhao").status_code, 404)
        self.assertNotContains(self.page("/plan/notices/", "zhao"), "关于流动党员的通知")
        self.assertEqual(
            self.as_("zhao").post(f"/plan/notices/{notice.pk}/sign/", {"unit": self.first.code}).status_code, 404
        )

    def test_the_pages_need_few_queries(self):
        notice = self.issued()
        for url, count in (("/plan/notices/", 11), (notice.get_absolute_url(), 18)):
            self.page(url, "wu")
            with self.subTest(url), self.assertNumQueries(count):
                self.client.get(url)
