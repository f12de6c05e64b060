"""The API: the same rights, refusals and idempotency as the pages, as problem+json."""

import json

from luoshi.activities.models import Activity
from luoshi.activities.tests.pages import SUBJECT, PageTestCase
from luoshi.journal.models import Entry

API = "/api/activities"


class Api(PageTestCase):
    def send(self, method, address, **given):
        return self.client.generic(method, address, json.dumps(given), content_type="application/json")

    def given(self, **more):
        return {
            "campaign": "study",
            "unit": self.first.code,
            "kind": "meeting",
            "held_on": "2023-11-21",
            "title": SUBJECT,
        } | more

    def test_record_read_correct_and_withdraw(self):
        made = self.send("POST", API, **self.given(absent={str(self.persons[1].pk): "ill"}, topics=["first"], key="k1"))
        self.assertEqual(made.status_code, 201, made.content)
        body = made.json()
        self.assertEqual((body["present"], body["expected"], body["topics"], body["late"]), (4, 5, ["first"], False))
        self.assertEqual(body["absent"], {str(self.persons[1].pk): "ill"})
        self.assertEqual([each["requirement"] for each in body["fulfils"]], ["monthly"])
        self.assertEqual(Entry.objects.latest("position").action, "activity.record")
        again = self.send(
            "POST", API, **self.given(absent={str(self.persons[1].pk): "ill"}, topics=["first"], key="k1")
        )
        self.assertEqual((again.status_code, again.json()["id"]), (201, body["id"]))
        one = f"{API}/{body['id']}"
        given = {name: value for name, value in self.given(title="改").items() if name not in ("campaign", "unit")}
        corrected = self.send("PUT", one, **given, version=1)
        self.assertEqual((corrected.json()["title"], corrected.json()["version"]), ("改", 2))
        late = self.send("PUT", one, **given, version=1)
        self.assertEqual((late.status_code, late.json()["version"]), (409, 2))
        self.assertEqual(self.send("POST", f"{one}/withdraw", reason="重复").json()["state"], "withdrawn")
        self.assertEqual(self.client.get(one).json()["fulfils"], [])

    def test_what_is_refused_says_so(self):
        for change, status in (
            ({"held_on": "2023-12-24"}, 422),
            ({"title": ""}, 422),
            ({"title": "绝密"}, 422),
            ({"title": "学" * 100_000}, 422),
            ({"kind": "no-such"}, 422),
            ({"topics": ["no-such"]}, 422),
            ({"host": self.villager.pk}, 422),
            ({"host": 2**70}, 422),
            ({"absent": {str(self.villager.pk): "ill"}}, 422),
            ({"absent": {"1": "no-such-reason"}}, 422),
            ({"makes_up": "monthly#³"}, 422),
            ({"others": -1}, 422),
            ({"campaign": "no-such"}, 404),
            ({"unit": "no-such"}, 404),
            ({"unit": self.village.code}, 403),
        ):
            with self.subTest(change=str(change)[:40]):
                answer = self.send("POST", API, **self.given(**change))
                self.assertEqual(answer.status_code, status, answer.content)
                self.assertEqual(answer["Content-Type"], "application/problem+json")
        self.assertFalse(Activity.objects.exists())
        self.assertEqual(self.send("POST", API, **self.given()).status_code, 201)

    def test_the_list_shows_what_is_in_sight_page_by_page(self):
        for number in range(3):
            self.activity(title=f"第 {number} 次")
        self.by_mandate()
        first = self.client.get(f"{API}?limit=2").json()
        self.assertEqual([each["title"] for each in first["items"]], ["第 2 次", "第 1 次"])
        second = self.client.get(f"{API}?limit=2&before={first['next']}").json()
        self.assertEqual(([each["title"] for each in second["items"]], second["next"]), (["第 0 次"], None))
        self.sign_in("wu")
        self.assertEqual(len(self.client.get(f"{API}?unit=620122").json()["items"]), 1)
        self.assertEqual(len(self.client.get(f"{API}?kind=lecture&since=2023-01-01").json()["items"]), 0)
        with self.assertNumQueries(4):
            self.client.get(API)
        self.sign_in("zhao")
        self.assertEqual(self.client.get(API).json()["items"], [])

    def test_return_and_answer(self):
        activity = self.by_mandate(host=self.villager)
        one = f"{API}/{activity.pk}"
        self.assertEqual(self.client.get(one).status_code, 404)
        self.sign_in("wang")
        returned = self.send("POST", f"{one}/return", reason="补地点")
        self.assertEqual(
            (returned.json()["state"], returned.json()["absent"], returned.json()["host"]), ("returned", None, None)
        )
        self.assertEqual(self.send("POST", f"{one}/answer", answer="confirmed").status_code, 403)
        self.sign_in("ma")
        self.assertEqual(self.send("POST", f"{one}/answer", answer="perhaps").status_code, 422)
        self.assertEqual(self.send("POST", f"{one}/answer", answer="confirmed").json()["answer"], "confirmed")
