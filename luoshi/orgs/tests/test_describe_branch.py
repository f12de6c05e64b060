"""支部设置: the branch itself says whether it has a committee and Party groups; what it owes follows from that."""

from datetime import date
from typing import Any

from luoshi.campaigns.models import Audience, Owes
from luoshi.campaigns.operations import publish_requirement
from luoshi.gate.errors import Refused
from luoshi.gate.operation import Act, operation
from luoshi.journal.models import Entry
from luoshi.orgs.models import Unit
from luoshi.orgs.operations import change_unit, describe_branch
from luoshi.orgs.tests.today import TodayTestCase
from luoshi.testing.cast import BEGINNING, TODAY, moment

AT = moment(TODAY)


@operation("campaign.install", anywhere=True)
def _add_audience(act: Act, audience: Audience) -> Audience:
    return act.add(audience)


class Describing(TodayTestCase):
    def described(self, **more: Any) -> Unit:
        values: dict[str, Any] = {"branch_committee": True, "party_groups": 2} | more
        return describe_branch(self.secretary, self.first, at=AT, **values)

    def test_the_secretary_says_it_and_the_history_tells(self) -> None:
        unit = self.described()
        assert (unit.branch_committee, unit.party_groups) == (True, 2)
        self.assertContains(self.signed_in("zheng").get(unit.get_absolute_url()), "党小组")
        assert Entry.objects.latest("position").action == "unit.describe"

    def test_only_a_branch_has_groups_and_only_so_many(self) -> None:
        head = Entry.objects.count()
        for unit, groups in ((self.bureau, 1), (self.first, 100), (self.first, -1)):
            with self.assertRaises(Refused):
                describe_branch(self.office, unit, branch_committee=None, party_groups=groups, at=AT)
        assert Entry.objects.count() == head

    def test_what_is_no_branch_any_more_has_neither(self) -> None:
        unit = change_unit(self.city_office, self.described(), kind=Unit.Kind.GROUP, at=AT)
        assert (unit.branch_committee, unit.party_groups) == (None, None)

    def test_a_branch_owes_group_meetings_from_the_day_on_which_it_has_groups(self) -> None:
        monthly = self.requirement("monthly")
        rule = {"all": [{"column": "kind", "eq": "branch"}, {"column": "party_groups", "ge": 1}]}
        audience = _add_audience(
            self.office,
            Audience(campaign=self.campaign, code="grouped", title="设党小组的党支部", rule=rule),
            at=moment(BEGINNING),
        )
        asked = publish_requirement(
            self.office, self.campaign, code="groups", title="党小组会", batch=monthly.batch, workstream=monthly.workstream,
            audience=audience, rule="FREQ=MONTHLY;BYMONTHDAY=-1", kinds=["meeting"], at=moment(BEGINNING),
        )  # fmt: skip
        assert not Owes.objects.filter(requirement=asked).exists()
        self.described(party_groups=0)
        assert not Owes.objects.filter(requirement=asked).exists()
        self.described(party_groups=2)
        spans = Owes.objects.filter(requirement=asked).values_list("unit", "valid_from", "valid_until")
        assert list(spans) == [(self.first.pk, TODAY, None)]
        later = date(2023, 12, 4)
        describe_branch(self.secretary, self.first, branch_committee=True, party_groups=0, at=moment(later))
        assert list(spans.all()) == [(self.first.pk, TODAY, later)]

    def test_the_page_keeps_what_is_not_said_apart_from_no(self) -> None:
        zheng = self.signed_in("zheng")
        address = f"/units/{self.first.code}/branch/"
        form = zheng.get(address).context["form"]
        sent = {"branch_committee": "unknown", "party_groups": "", "key": form.key, "version": str(form.version)}
        self.assertRedirects(zheng.post(address, sent), self.first.get_absolute_url())
        form = zheng.get(address).context["form"]
        sent = {"branch_committee": "false", "party_groups": "0", "key": form.key, "version": str(form.version)}
        zheng.post(address, sent)
        self.first.refresh_from_db()
        assert (self.first.branch_committee, self.first.party_groups) == (False, 0)
        assert zheng.get(f"/units/{self.bureau.code}/branch/").status_code == 403
        assert self.signed_in("wu").get(f"/units/{self.bureau.code}/branch/").status_code == 404

    def test_the_api_says_and_states_it(self) -> None:
        wu = self.signed_in("wu")
        body = {"branch_committee": False, "party_groups": 3, "seen": self.first.version, "key": "say-how-it-is-set-up"}
        answer = wu.post(f"/api/units/{self.first.code}/branch", body, content_type="application/json")
        assert (answer.status_code, answer.json()["party_groups"], answer.json()["branch_committee"]) == (200, 3, False)
