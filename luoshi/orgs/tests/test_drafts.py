"""Drafts on the server: one's own, within limits, for a month."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from luoshi.orgs.drafts import KEPT, MOST_BYTES, MOST_DRAFTS, draft_url, drafts_of, forget_drafts
from luoshi.orgs.models import Draft
from luoshi.orgs.tests.today import TodayTestCase
from luoshi.testing.cast import TODAY, moment

ADDRESS = "/drafts/activity-record/"
SAVED = "2023-11-23T01:12:00.000Z"
PAGE = {"Referer": "http://testserver/activities/record/?unit=6201-mz-1"}


class Drafts(TodayTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.zheng = self.signed_in("zheng")

    def drafts(self) -> int:
        return Draft.objects.count()

    def test_what_was_typed_comes_back_with_its_instant(self) -> None:
        assert self.zheng.get(ADDRESS).status_code == 204
        saved = self.zheng.post(ADDRESS, {"title": "十一月支部党员大会", "absent": ["3", "5"]}, headers=PAGE)
        assert saved.json() == {"at": SAVED}
        fields = {"title": ["十一月支部党员大会"], "absent": ["3", "5"]}
        assert self.zheng.get(ADDRESS).json() == {"at": SAVED, "fields": fields}

    def test_a_second_save_takes_the_place_of_the_first(self) -> None:
        for title in ("一", "二"):
            self.zheng.post(ADDRESS, {"title": title})
        assert self.drafts() == 1
        assert self.zheng.get(ADDRESS).json()["fields"] == {"title": ["二"]}

    def test_each_record_has_its_own_draft(self) -> None:
        self.zheng.post(ADDRESS, {"title": "新"})
        self.zheng.post("/drafts/activity-correct/7/", {"title": "七"})
        assert self.zheng.get("/drafts/activity-correct/8/").status_code == 204
        assert self.zheng.get("/drafts/activity-correct/7/").json()["fields"] == {"title": ["七"]}

    def test_nobody_reaches_the_draft_of_another(self) -> None:
        self.zheng.post(ADDRESS, {"title": "郑的草稿"})
        others = self.signed_in("zhou")
        assert others.get(ADDRESS).status_code == 204
        assert others.delete(ADDRESS).status_code == 204
        assert self.zheng.get(ADDRESS).json()["fields"] == {"title": ["郑的草稿"]}

    def test_a_discarded_draft_is_gone(self) -> None:
        self.zheng.post(ADDRESS, {"title": "一"})
        assert self.zheng.delete(ADDRESS).status_code == 204
        assert self.drafts() == 0

    def test_the_workbench_knows_what_it_is_and_where_it_is_continued(self) -> None:
        self.zheng.post(f"{ADDRESS}?title=记录活动", {"title": "党课"}, headers=PAGE)
        kept = drafts_of(self.users["zheng"], at=moment(TODAY)).get()
        assert (kept.title, kept.url) == ("记录活动 · 党课", "/activities/record/?unit=6201-mz-1")

    def test_another_houses_page_is_never_kept_as_the_place_to_continue(self) -> None:
        for page in ("http://elsewhere.example/x", "http://testserver//elsewhere.example/x", "javascript:alert(1)"):
            self.zheng.post(ADDRESS, {"title": "一"}, headers={"Referer": page})
            assert Draft.objects.get().url == "/", page

    def test_what_is_too_long_is_refused_in_words_and_the_earlier_draft_stays(self) -> None:
        self.zheng.post(ADDRESS, {"title": "短"})
        answer = self.zheng.post(ADDRESS, {"summary": "长" * MOST_BYTES})
        assert answer.status_code == 413
        assert answer.json()["detail"]
        assert self.zheng.get(ADDRESS).json()["fields"] == {"title": ["短"]}

    def test_a_user_keeps_at_most_fifty_and_may_still_change_those(self) -> None:
        for number in range(MOST_DRAFTS):
            self.zheng.post(f"/drafts/activity-correct/{number}/", {"title": str(number)})
        assert self.zheng.post(ADDRESS, {"title": "多了"}).status_code == 409
        assert self.zheng.post("/drafts/activity-correct/3/", {"title": "仍可改"}).status_code == 200
        assert self.drafts() == MOST_DRAFTS

    def test_after_a_month_a_draft_is_neither_shown_nor_kept(self) -> None:
        self.zheng.post(ADDRESS, {"title": "旧"})
        Draft.objects.update(saved_at=moment(TODAY) - KEPT)
        assert self.zheng.get(ADDRESS).status_code == 204
        assert forget_drafts(moment(TODAY) - timedelta(seconds=1)) == "0 drafts"
        assert forget_drafts(moment(TODAY)) == "1 drafts"
        assert self.drafts() == 0

    def test_characters_that_no_database_keeps_are_left_out(self) -> None:
        assert self.zheng.post(ADDRESS, {"title": "a\x00b", "c\x00": "d"}).status_code == 200
        assert self.zheng.get(ADDRESS).json()["fields"] == {"title": ["ab"], "c": ["d"]}

    def test_a_name_that_does_not_fit_is_not_found(self) -> None:
        assert self.zheng.get(f"/drafts/{'x' * 81}/").status_code == 404

    def test_a_draft_needs_the_forms_token_and_a_login(self) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(self.users["zheng"])
        assert strict.post(ADDRESS, {"title": "一"}).status_code == 403
        assert Client().post(ADDRESS, {"title": "一"}, headers={"Accept": "application/json"}).status_code == 401
        assert self.drafts() == 0

    def test_a_form_that_was_taken_leaves_no_draft_behind(self) -> None:
        office = self.signed_in("wu")
        address = draft_url("unit-new", "6201-mz")
        office.post(address, {"name": "机关第三党支部"})
        page = office.get(reverse("orgs:unit-new", args=["6201-mz"]))
        self.assertContains(page, f'data-draft-url="{address}?title=')
        data = {
            "code": "6201-mz-3",
            "name": "机关第三党支部",
            "kind": "branch",
            "rank": "5",
            "founded_on": "2023-11-01",
        }
        refused = office.post(page.request["PATH_INFO"], {**data, "name": "", "key": page.context["form"].key})
        self.assertContains(refused, "data-sent-back", status_code=refused.status_code)
        assert self.drafts() == 1
        office.post(page.request["PATH_INFO"], {**data, "key": page.context["form"].key})
        assert self.drafts() == 0
