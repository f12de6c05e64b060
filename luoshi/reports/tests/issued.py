"""What the tests of the room share: a campaign with a report template, some meetings, and reports made of them."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.test import override_settings

from luoshi.activities.operations import Held, record_activity
from luoshi.campaigns.models import Campaign
from luoshi.gate.actor import Actor
from luoshi.gate.operation import Act, operation
from luoshi.orgs.models import Unit
from luoshi.reports.models import Report
from luoshi.reports.operations import generate_report, issue_report
from luoshi.testing.cast import TODAY, LedgerTestCase, moment

URL = "https://ledger.example/verify/"


def words(chinese: str, english: str = "") -> dict[str, str]:
    return {"zh-hans": chinese, "en": english or chinese}


TEMPLATE: dict[str, Any] = {
    "code": "summary",
    "title": words("学习教育推进情况的报告", "Report on the study campaign"),
    "text": words(
        "# 总体情况\n"
        "{{ unit }}截至{{ as_of }}召开党员大会{{ figure: meetings }}，完成{{ share: met }}"
        "[[，集中开工项目{{ number: projects }}个]]。\n"
        "[[参加学习的党员{{ figure: reached }}。||参加学习的党员待各支部记录后汇总。]]\n"
        "# 理论学习\n"
        "其中东林市{{ figure: meetings of 东林市委 }}，11月21日以来{{ figure: meetings since 2023-11-21 }}，"
        "开工项目{{ figure: projects }}。\n",
        "# Overview\n"
        "By {{ as_of }} there were {{ figure: meetings }} meetings[[ and {{ number: projects }} projects]].\n"
        "# Study\n"
        "{{ figure: reached }} took part.\n",
    ),
}


@operation("campaign.install", anywhere=True)
def offer_reports(act: Act, campaign: Campaign) -> Campaign:
    """The campaign's pack offers a report."""
    campaign.settings = {"reports": [TEMPLATE]}
    return act.save(campaign)


class ReportTestCase(LedgerTestCase):
    """The cast with three meetings of 机关第一党支部 on three days, and a template."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.campaign = offer_reports(cls.office, cls.campaign, at=moment(date(2023, 9, 5)))
        for day in (20, 21, 22):
            cls.hold_meeting(day)

    @classmethod
    def hold_meeting(cls, day: int, unit: Unit | None = None, actor: Actor | None = None) -> Any:
        held = Held(kind=cls.kind("meeting"), held_on=date(2023, 11, day), title=f"{day}日党员大会")
        at = moment(date(2023, 11, max(day, 22)), 10, day)
        return record_activity(actor or cls.secretary, unit or cls.first, campaign=cls.campaign, held=held, at=at)

    def setUp(self) -> None:
        super().setUp()
        # Each test rolls the journal back, which a signer that remembers would refuse to follow.
        folder = self.enterContext(TemporaryDirectory())
        self.enterContext(override_settings(LUOSHI_KEYS=Path(folder)))

    def draft(self, *, actor: Actor | None = None, unit: Unit | None = None, **more: Any) -> Report:
        asked: dict[str, Any] = {"template": "summary", "at": moment(TODAY)} | more
        return generate_report(actor or self.office, unit or self.province, campaign=self.campaign, **asked)

    def issued(self, **more: Any) -> Report:
        return issue_report(self.office, self.draft(**more), url=URL, at=moment(TODAY, 9, 40))

    def page(self, url: str, user: str = "zhou", **data: Any) -> Any:
        self.login(user)
        return self.client.get(url, data)

    def login(self, user: str) -> None:
        self.client.force_login(self.users[user], backend="allauth.account.auth_backends.AuthenticationBackend")
