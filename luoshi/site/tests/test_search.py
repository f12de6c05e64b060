"""The search box: every room through its own scoped query, grouped, a few of each."""

from datetime import date

from django.test import Client

from luoshi.activities.models import Activity
from luoshi.activities.operations import Held, record_activity, withdraw_activity
from luoshi.orgs.models import Unit
from luoshi.orgs.tests.today import TodayTestCase
from luoshi.site.search import FEW
from luoshi.testing.cast import TODAY, moment


class Search(TodayTestCase):
    def record(self, unit: Unit, title: str, *, by: str) -> Activity:
        held = Held(kind=self.kind("meeting"), held_on=date(2023, 11, 20), title=title, roster_kept=False)
        return record_activity(self.as_user(by), unit, campaign=self.campaign, held=held, at=moment(TODAY))

    def found(self, username: str, text: str, **more: str) -> dict[str, list[str]]:
        response = self.signed_in(username).get("/search/", {"q": text, **more})
        assert response.status_code == 200
        return {str(group.title): [hit.label for hit in group.hits] for group in response.context["groups"]}

    def test_a_title_finds_records_of_every_room_in_their_groups(self) -> None:
        self.record(self.first, "读书班动员", by="zheng")
        found = self.found("zhou", "读书班")
        assert list(found.values()) == [
            ["读书班动员"], ["举办读书班"], ["应办读书班的班子", "举办读书班的班子"]
        ]  # fmt: skip

    def test_units_are_found_by_pinyin_and_code_by_everybody(self) -> None:
        for text in ("dlsmzj", "6201-mz", "民政局"):
            assert "东林市民政局" in next(iter(self.found("zhao", text).values())), text

    def test_nobody_finds_a_record_out_of_sight(self) -> None:
        self.record(self.first, "机关学习", by="zheng")
        self.record(self.village, "村里学习", by="ma")
        for username, titles in (
            ("zhou", {"机关学习", "村里学习"}),
            ("li", {"机关学习"}),
            ("feng", {"村里学习"}),
            ("zhao", set()),
            ("system", set()),
        ):
            found = self.found(username, "学习", **{"in": "activities"})
            assert set().union(*found.values()) == titles, username

    def test_who_may_not_see_campaigns_finds_no_requirement_and_no_indicator(self) -> None:
        assert self.found("audit", "读书班") == {}

    def test_a_withdrawn_record_is_not_found(self) -> None:
        made = self.record(self.first, "误录", by="zheng")
        withdraw_activity(self.secretary, made, reason="误录", at=moment(TODAY))
        assert self.found("zhou", "误录") == {}

    def test_all_words_must_fit(self) -> None:
        self.record(self.first, "专题学习 一", by="zheng")
        assert self.found("zhou", "学习 一")
        assert self.found("zhou", "学习 二") == {}

    def test_more_of_one_room_is_one_click_away(self) -> None:
        for number in range(FEW + 2):
            self.record(self.first, f"学习{number}", by="zheng")
        client = self.signed_in("zhou")
        group = client.get("/search/", {"q": "学习"}).context["groups"][0]
        assert len(group.hits) == FEW
        more = client.get(group.more).context["groups"]
        assert [len(each.hits) for each in more] == [FEW + 2]
        assert more[0].more == ""

    def test_nothing_typed_and_nothing_found_say_so(self) -> None:
        client = self.signed_in("zhou")
        self.assertNotContains(client.get("/search/"), "<table")
        self.assertContains(client.get("/search/", {"q": "没有这样的题目"}), 'class="nothing"')

    def test_signs_with_a_meaning_elsewhere_are_only_text(self) -> None:
        for text in ("%", "_", "'; --", "\\", "\u0000学", "<script>", "x" * 500):
            response = self.signed_in("zhou").get("/search/", {"q": text})
            assert response.status_code in (200, 400), text
            self.assertNotContains(response, "<script>", status_code=response.status_code)

    def test_a_stranger_is_sent_to_the_login(self) -> None:
        assert Client().get("/search/?q=学").status_code == 302

    def test_the_box_at_the_top_leads_here(self) -> None:
        self.assertContains(self.signed_in("zheng").get("/units/"), 'action="/search/" role="search"')
