"""Tokens and sessions: deny by default, a token is never more than its owner, a session keeps CSRF."""

from datetime import date
from unittest import mock

from django.test import Client

from luoshi.activities.models import Activity
from luoshi.orgs.operations import create_token, end_token
from luoshi.orgs.tests.today import TodayTestCase
from luoshi.testing.cast import DAY, TODAY, moment

RECORD = {
    "campaign": "study",
    "unit": "6201-mz",
    "kind": "meeting",
    "held_on": "2023-11-20",
    "title": "支部党员大会",
    "roster_kept": False,
}


class Rights(TodayTestCase):
    def issue(self, *actions: str, until: date = date(2024, 1, 1)):
        return create_token(
            self.liaison, self.bureau, name="平台", actions=list(actions), expires_on=until, at=moment(TODAY, 8)
        )

    def call(self, secret: str, address: str = "/api/activities", body: object = None):
        client, headers = Client(enforce_csrf_checks=True), {"Authorization": f"Bearer {secret}"}
        if body is None:
            return client.get(address, headers=headers)
        return client.post(address, body, content_type="application/json", headers=headers)

    def test_nobody_gets_anything_without_a_sign_in(self):
        for address in ("/api/activities", "/api/units", "/api/campaigns/study/figures/62"):
            answer = Client().get(address)
            assert answer.status_code == 401
            assert answer["Content-Type"] == "application/problem+json"

    def test_a_token_does_what_it_names_and_its_owner_may_without_a_cookie_and_without_csrf(self):
        issued = self.issue("activity.see", "activity.record")
        assert self.call(issued.secret, body=RECORD).status_code == 201
        assert len(self.call(issued.secret).json()["items"]) == 1

    def test_a_token_does_nothing_that_it_does_not_name_though_its_owner_may(self):
        issued = self.issue("activity.see")
        assert self.call(issued.secret, body=RECORD).status_code in (403, 404)
        assert not Activity.objects.exists()
        assert self.call(issued.secret, "/api/campaigns/study/figures/6201-mz").status_code == 403

    def test_a_token_reaches_no_further_than_its_owner(self):
        issued = self.issue("activity.see", "activity.record")
        assert self.call(issued.secret, body=RECORD | {"unit": "6202"}).status_code in (403, 404)
        assert not Activity.objects.exists()

    def test_an_ended_an_expired_and_an_invented_token_are_all_the_same(self):
        ended = self.issue("activity.see")
        end_token(self.liaison, ended.token, at=moment(TODAY, 8))
        assert self.call(ended.secret).status_code == 401
        assert self.call("invented").status_code == 401
        short = self.issue("activity.see", until=TODAY + DAY)
        assert self.call(short.secret).status_code == 200
        with mock.patch("django.utils.timezone.now", return_value=moment(TODAY + 2 * DAY)):
            assert self.call(short.secret).status_code == 401

    def test_a_session_needs_the_csrf_token_to_write_and_not_to_read(self):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(self.users["li"])
        assert strict.get("/api/activities").status_code == 200
        refused = strict.post("/api/activities", RECORD, content_type="application/json")
        assert refused.status_code == 403
        assert not Activity.objects.exists()
        strict.get("/units/")
        token = strict.cookies["luoshi_csrf"].value
        taken = strict.post("/api/activities", RECORD, content_type="application/json", headers={"X-CSRFToken": token})
        assert taken.status_code == 201
