"""作废 — a draft that will not be issued goes out of the way and stays told."""

import pytest
from django.core.exceptions import PermissionDenied

from luoshi.gate.errors import Refused
from luoshi.journal.models import Entry
from luoshi.reports.models import Report
from luoshi.reports.operations import discard_report, issue_report
from luoshi.reports.tests.issued import ReportTestCase
from luoshi.testing.cast import TODAY, moment


class DiscardReport(ReportTestCase):
    def test_a_draft_is_discarded_with_its_reason_and_never_issued(self):
        report = discard_report(self.office, self.draft(), reason="数字不全", at=moment(TODAY))
        self.assertEqual((report.state, report.discarded_because), (Report.State.DISCARDED, "数字不全"))
        self.assertEqual(Entry.objects.latest("position").action, "report.discard")
        with pytest.raises(Refused):
            issue_report(self.office, report, at=moment(TODAY))

    def test_only_a_draft_with_a_reason_and_by_its_own_unit(self):
        draft = self.draft()
        for report, reason in ((draft, " "), (self.issued(language="en"), "不要了")):
            with self.subTest(report.state), pytest.raises(Refused):
                discard_report(self.office, report, reason=reason, at=moment(TODAY))
        with pytest.raises(PermissionDenied):
            discard_report(self.reviewer, draft, reason="不要了", at=moment(TODAY))

    def test_in_the_browser_it_leaves_the_list_and_is_found_among_the_discarded(self):
        report = self.draft()
        form = self.page(report.get_absolute_url()).context["discard"]
        sent = {"key": form.key, "version": report.version}
        self.assertContains(self.client.post(f"/reports/{report.pk}/discard/", sent), "", status_code=422)
        done = self.client.post(f"/reports/{report.pk}/discard/", sent | {"reason": "数字不全"})
        self.assertRedirects(done, "/reports/")
        self.assertNotContains(self.client.get("/reports/"), report.number)
        self.assertContains(self.client.get("/reports/?view=discarded"), report.number)
        page = self.client.get(report.get_absolute_url())
        self.assertContains(page, "数字不全")
        self.assertIsNone(page.context["issue"])
