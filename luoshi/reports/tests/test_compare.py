"""比较报告 — two reports side by side: what changed, and by how much."""

from datetime import date

from luoshi.reports.comparing import comparable, compared, in_order
from luoshi.reports.tests.issued import ReportTestCase


class CompareReports(ReportTestCase):
    def test_each_figure_stands_with_its_change(self):
        before = self.draft(closing_of=date(2023, 11, 22))
        self.hold_meeting(23)
        after = self.draft()
        rows = compared(*in_order(after, before))
        meetings = rows[0]
        assert meetings.earlier is not None
        assert meetings.later is not None
        self.assertEqual((meetings.earlier.printed, meetings.later.printed, meetings.words), ("3", "4", "+1"))
        self.assertTrue(any(not row.changed for row in rows))

    def test_own_figures_of_two_units_are_compared(self):
        province, city = self.draft(), self.draft(actor=self.city_office, unit=self.city)
        rows = compared(province, city)
        self.assertEqual(rows[0].quote.code, "meetings")
        self.assertEqual(rows[0].change, 0)

    def test_what_only_one_of_them_quotes_has_no_change(self):
        full, short = (
            self.draft(),
            self.draft(template="own.txt", title="短", file="开会{{ 数字：meetings }}。".encode()),
        )
        rows = compared(full, short)
        self.assertEqual([row.words for row in rows if row.later is None], [""] * (len(rows) - 1))

    def test_reports_of_the_same_unit_and_template_are_offered_first(self):
        report = self.draft()
        city, again, other = (
            self.draft(actor=self.city_office, unit=self.city),
            self.draft(),
            self.draft(template="own.txt", title="短", file=b"text"),
        )
        self.assertEqual(list(comparable(self.office, report)), [again, city, other])
        self.assertEqual(list(comparable(self.liaison, report)), [])

    def test_the_page_compares_with_the_nearest_or_the_chosen_one(self):
        report = self.draft()
        self.assertContains(self.page(f"/reports/{report.pk}/compare/"), "还只有这一份")
        self.hold_meeting(23)
        later = self.draft()
        page = self.page(f"/reports/{report.pk}/compare/")
        self.assertEqual((page.context["earlier"], page.context["later"]), (report, later))
        self.assertContains(page, "+1")
        only = self.page(f"/reports/{report.pk}/compare/?with={later.pk}&only=changed")
        self.assertTrue(all(row.changed for row in only.context["rows"]))
        for wrong in ("999999", str(report.pk)):
            self.assertEqual(self.page(f"/reports/{report.pk}/compare/?with={wrong}").status_code, 404)
        self.assertEqual(self.page(f"/reports/{report.pk}/compare/", "li").status_code, 404)
