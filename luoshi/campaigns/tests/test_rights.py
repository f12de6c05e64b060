"""The permission matrix of this room: who may do each operation at the first branch, its bureau, its city, and elsewhere."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import override

from luoshi.campaigns.models import Fulfilment, Requirement, ZeroReport
from luoshi.campaigns.operations import (
    close_period,
    end_requirement,
    issue_notice,
    publish_requirement,
    rebuild,
    remind,
    report_zero,
    sign_notice,
    waive,
    withdraw_zero,
)
from luoshi.gate.actor import Actor
from luoshi.gate.errors import Refused
from luoshi.journal.models import Entry
from luoshi.testing.cast import TODAY, LedgerTestCase, moment

AT = moment(TODAY)
EVERYBODY = ["zhou", "qian", "sun", "wang", "wu", "li", "zheng", "ma", "feng", "zhao", "system", "security", "audit"]


class Rights(LedgerTestCase):
    """Every operation is tried by every member of the cast on the same set-up; only those named succeed."""

    def only(self, users: str, write: Callable[[Actor], Any]) -> None:
        for username in EVERYBODY:
            with self.subTest(username):
                head = Entry.objects.count()
                may = username in users.split()
                try:
                    with transaction.atomic():
                        write(self.as_user(username))
                        self.assertTrue(may, f"{username} may not")
                        self.assertGreater(Entry.objects.count(), head)
                        raise transaction.TransactionManagementError  # roll back: each tries on the same set-up
                except (PermissionDenied, Http404):
                    self.assertFalse(may, f"{username} may")
                    self.assertEqual(Entry.objects.count(), head)
                except transaction.TransactionManagementError:
                    pass

    def weekly(self) -> Requirement:
        return self.requirement("weekly")

    def zero(self) -> ZeroReport:
        return report_zero(self.secretary, self.first, requirement=self.weekly(), no=12, at=AT)

    def notice(self) -> Any:
        return issue_notice(
            self.city_office, self.city, campaign=self.campaign, audience=self.weekly().audience, title="通知", text="内容",
            sign_by=date(2023, 11, 27), at=AT,
        )  # fmt: skip

    def test_a_requirement_is_published_by_the_office_that_leads_the_campaign(self):
        weekly = self.weekly()
        values: dict[str, Any] = {"batch": weekly.batch, "workstream": weekly.workstream, "audience": weekly.audience,
                  "by": date(2023, 12, 1), "kinds": ["meeting"]}  # fmt: skip
        self.only(
            "zhou", lambda actor: publish_requirement(actor, self.campaign, code="new", title="新", at=AT, **values)
        )

    def test_a_requirement_is_ended_by_the_office_that_leads_the_campaign(self):
        self.only("zhou", lambda actor: end_requirement(actor, self.weekly(), at=AT))

    def test_zero_is_stated_by_the_unit_itself(self):
        self.only("zheng", lambda actor: report_zero(actor, self.first, requirement=self.weekly(), no=12, at=AT))

    def test_zero_is_stated_by_the_delegate_of_the_unit_too(self):
        self.only("ma feng", lambda actor: report_zero(actor, self.village, requirement=self.weekly(), no=12, at=AT))

    def test_a_zero_report_is_withdrawn_by_the_unit_itself(self):
        report = self.zero()
        self.only("zheng", lambda actor: withdraw_zero(actor, report, at=AT))

    def test_a_duty_is_waived_by_the_offices_above(self):
        self.only(
            "zhou wu", lambda actor: waive(actor, self.first, requirement=self.weekly(), no=5, reason="防汛", at=AT)
        )

    def test_units_are_reminded_by_the_offices_above(self):
        self.only("zhou wu", lambda actor: remind(actor, self.bureau, requirement=self.weekly(), no=12, at=AT))

    def test_a_period_is_closed_by_the_office_that_leads_the_campaign(self):
        self.only("zhou", lambda actor: close_period(actor, self.campaign, until=date(2023, 10, 31), at=AT))

    def test_a_notice_is_issued_by_the_offices(self):
        self.only("zhou wu", lambda actor: issue_notice(
            actor, self.city, campaign=self.campaign, audience=self.weekly().audience, title="通知", text="内容", at=AT
        ))  # fmt: skip

    def test_a_notice_is_signed_for_by_the_unit_itself(self):
        notice = self.notice()
        self.only("zheng", lambda actor: sign_notice(actor, self.first, notice=notice, at=AT))

    def test_duties_are_rebuilt_by_the_system_administrator(self):
        self.zero()
        Fulfilment.objects.all().delete()  # something to mend, without which nothing is journalled
        self.only("system", lambda actor: rebuild(actor, self.province, at=AT))


class Refusals(LedgerTestCase):
    """What the rules of the work refuse, whoever asks; nothing is half-stored."""

    def refused(self, words: str, write: Callable[[], Any]) -> None:
        head = Entry.objects.count()
        with override("en"), self.assertRaises(Refused) as caught:
            write()
        self.assertIn(words, str(caught.exception))
        self.assertEqual(Entry.objects.count(), head)

    def setUp(self):
        super().setUp()
        self.weekly, self.monthly = self.requirement("weekly"), self.requirement("monthly")
        self.values: dict[str, Any] = {
            "batch": self.monthly.batch, "workstream": self.monthly.workstream, "audience": self.monthly.audience,
            "kinds": ["meeting"],
        }  # fmt: skip

    def publish(self, **values: Any) -> Any:
        return publish_requirement(
            self.office, self.campaign, **({"code": "new", "title": "新"} | self.values | values), at=AT
        )

    def test_a_requirement_needs_a_free_code_one_rhythm_and_something_that_fulfils_it(self):
        self.refused("weekly", lambda: self.publish(code="weekly", by=date(2023, 12, 1)))
        self.refused("either", lambda: self.publish())
        self.refused("either", lambda: self.publish(by=date(2023, 12, 1), rule="FREQ=DAILY"))
        self.refused("over", lambda: self.publish(by=date(2023, 11, 1)))
        self.refused("fulfils", lambda: self.publish(by=date(2023, 12, 1), kinds=[]))
        self.refused("dance", lambda: self.publish(by=date(2023, 12, 1), kinds=["dance"]))
        self.refused("cannot be kept", lambda: self.publish(rule="FREQ=SOMETIMES"))

    def test_zero_is_stated_once_for_an_open_occasion_that_allows_it(self):
        def state(requirement: Requirement, no: int) -> Any:
            return report_zero(self.secretary, self.first, requirement=requirement, no=no, at=AT)

        self.refused("not provided", lambda: state(self.monthly, 3))
        self.refused("opens on", lambda: state(self.weekly, 14))
        self.refused("no such occasion", lambda: state(self.weekly, 99))
        state(self.weekly, 12)
        self.refused("already stated", lambda: state(self.weekly, 12))

    def test_a_withdrawn_zero_report_is_not_withdrawn_again_and_can_be_stated_anew(self):
        report = report_zero(self.secretary, self.first, requirement=self.weekly, no=12, at=AT)
        withdraw_zero(self.secretary, report, at=AT)
        self.refused("already", lambda: withdraw_zero(self.secretary, report, at=AT))
        report_zero(self.secretary, self.first, requirement=self.weekly, no=12, at=AT)

    def test_a_waiver_needs_a_reason_and_an_extension_a_later_day(self):
        self.refused("why", lambda: waive(self.office, self.city, requirement=self.weekly, no=5, reason=" ", at=AT))
        early = date(2023, 10, 1)
        self.refused("after", lambda: waive(
            self.office, self.city, requirement=self.weekly, no=5, reason="防汛", until=early, at=AT
        ))  # fmt: skip

    def test_nobody_waives_what_the_own_unit_owes(self):
        bodies = self.requirement("class")
        waive(self.city_office, self.city, requirement=bodies, no=1, reason="换届", at=AT)
        self.assertFalse(bodies.waivers.filter(unit=self.city).exists())
        self.assertTrue(bodies.waivers.filter(unit=self.bureau).exists())

    def test_an_occasion_that_nobody_owes_any_more_is_not_reminded_of(self):
        waive(self.office, self.province, requirement=self.weekly, no=12, reason="防汛", at=AT)
        self.refused("Nobody", lambda: remind(self.office, self.province, requirement=self.weekly, no=12, at=AT))

    def test_an_ended_requirement_is_not_ended_again(self):
        end_requirement(self.office, self.weekly, at=AT)
        self.refused("already", lambda: end_requirement(self.office, self.weekly, at=AT))

    def test_a_notice_needs_somebody_addressed_and_a_day_to_come(self):
        def issue(**more: Any) -> Any:
            values: dict[str, Any] = {"audience": self.requirement("class").audience, "title": "通知", "text": "内容"} | more
            return issue_notice(self.city_office, self.township, campaign=self.campaign, at=AT, **values)

        self.refused("Nobody", issue)
        self.refused("over", lambda: issue(audience=self.weekly.audience, sign_by=date(2023, 11, 1)))

    def test_a_notice_is_signed_for_once_and_by_those_addressed(self):
        notice = issue_notice(
            self.city_office,
            self.city,
            campaign=self.campaign,
            audience=self.weekly.audience,
            title="通知",
            text="内容",
            at=AT,
        )
        sign_notice(self.secretary, self.first, notice=notice, at=AT)
        self.refused("already", lambda: sign_notice(self.secretary, self.first, notice=notice, at=AT))
        self.refused("not addressed", lambda: sign_notice(self.liaison, self.bureau, notice=notice, at=AT))
