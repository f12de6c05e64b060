"""The API of campaigns: the same operations and rights as the pages."""

from datetime import date
from typing import Any

from luoshi.campaigns.models import Signature, ZeroReport
from luoshi.campaigns.operations import issue_notice, report_zero
from luoshi.testing.cast import TODAY, LedgerTestCase, moment

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Api(LedgerTestCase):
    def ask(self, user: str, path: str, **data: Any):
        self.client.force_login(self.users[user], backend=BACKEND)
        return self.client.get(f"/api/{path}", data)

    def send(self, user: str, path: str, **data: Any):
        self.client.force_login(self.users[user], backend=BACKEND)
        return self.client.post(f"/api/{path}", data, content_type="application/json")

    def test_requirements_say_how_often_they_are_due(self):
        found = {each["code"]: each for each in self.ask("li", "campaigns/study/requirements").json()}
        self.assertEqual(found["weekly"]["rule"], "FREQ=WEEKLY;BYDAY=TH")
        self.assertEqual(found["class"]["by"], "2023-10-31")
        self.assertEqual(self.ask("li", "campaigns").json()[0]["code"], "study")

    def test_an_administrator_is_told_that_the_role_does_not_allow_it(self):
        self.assertEqual(self.ask("system", "campaigns").status_code, 403)

    def test_the_duties_of_a_unit_come_with_their_states(self):
        report_zero(self.secretary, self.first, requirement=self.requirement("weekly"), no=12, at=moment(TODAY))
        found = self.ask("zheng", "campaigns/study/duties/6201-mz-1", until="2023-11-30").json()
        states = {(each["requirement"], each["no"]): each["state"] for each in found}
        self.assertEqual((states[("weekly", 12)], states[("weekly", 11)]), ("zero", "overdue"))

    def test_the_duties_of_another_city_are_out_of_sight(self):
        self.assertEqual(self.ask("zhao", "campaigns/study/duties/6201-mz-1").status_code, 403)

    def test_a_zero_report_sent_twice_with_one_key_has_one_effect(self):
        data = {"unit": "6201-mz-1", "requirement": "weekly", "no": 12, "key": "a-key-of-one-statement"}
        first = self.send("zheng", "campaigns/study/zero-reports", **data)
        again = self.send("zheng", "campaigns/study/zero-reports", **data)
        self.assertEqual((first.status_code, again.json()["id"]), (201, first.json()["id"]))
        withdrawn = self.send("zheng", f"zero-reports/{first.json()['id']}/withdraw")
        self.assertIsNotNone(withdrawn.json()["withdrawn_on"])
        self.assertEqual(ZeroReport.objects.count(), 1)

    def test_nobody_states_zero_for_another_unit(self):
        data = {"unit": "6201-mz-1", "requirement": "weekly", "no": 12}
        self.assertEqual(self.send("zhao", "campaigns/study/zero-reports", **data).status_code, 403)
        self.assertEqual(self.send("zhou", "campaigns/study/zero-reports", **data).status_code, 403)
        self.assertEqual(ZeroReport.objects.count(), 0)

    def test_a_duty_is_waived_for_a_branch(self):
        data = {"unit": "6201", "requirement": "weekly", "no": 5, "reason": "国庆假期"}
        self.assertEqual(self.send("zhou", "campaigns/study/waivers", **data).json(), {"units": 4})
        self.assertEqual(self.send("zhou", "campaigns/study/waivers", **data).status_code, 422)

    def test_notices_are_read_and_signed_for(self):
        notice = issue_notice(
            self.city_office, self.city, campaign=self.campaign, audience=self.requirement("weekly").audience,
            title="通知", text="内容", sign_by=date(2023, 11, 27), at=moment(TODAY),
        )  # fmt: skip
        self.assertEqual([each["id"] for each in self.ask("zheng", "campaigns/study/notices").json()], [notice.pk])
        self.assertEqual(self.ask("zhao", "campaigns/study/notices").json(), [])
        self.assertEqual(self.send("zheng", f"notices/{notice.pk}/sign", unit="6201-mz-1").status_code, 201)
        self.assertEqual(self.send("zhao", f"notices/{notice.pk}/sign", unit="6202-1").status_code, 404)
        self.assertEqual(Signature.objects.count(), 1)
