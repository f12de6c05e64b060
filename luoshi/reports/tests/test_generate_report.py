"""生成报告 — every figure is quoted from the ledger as of one moment; what it does not know is — or left out, never 0."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from luoshi.figures.models import Indicator
from luoshi.gate.errors import Refused
from luoshi.gate.verify import check_rows
from luoshi.journal.log import head
from luoshi.journal.models import Entry
from luoshi.orgs.models import Unit
from luoshi.reports.contents import outline_of, quoted, unknown_in
from luoshi.reports.drafting import check_template, read_template
from luoshi.reports.models import Making, Report
from luoshi.reports.operations import generate_report
from luoshi.reports.outline import lines
from luoshi.reports.own_template import FlawedTemplate
from luoshi.reports.quoting import quotable
from luoshi.reports.tests.issued import ReportTestCase
from luoshi.reports.tests.test_template import word as word_file
from luoshi.testing.cast import TODAY, moment


class GenerateReport(ReportTestCase):
    def text(self, report: Report) -> str:
        outline = outline_of(report)
        assert outline is not None
        return "\n".join(lines(outline))

    def test_the_figures_are_those_of_the_ledger_at_this_moment(self):
        report = self.draft()
        self.assertIn("召开党员大会3[1]次", self.text(report))
        self.assertIn("其中东林市3[4]次，11月21日以来2[5]次", self.text(report))
        self.assertEqual(quoted(report)[0].numerator, 3)
        self.assertEqual((report.position, report.as_of_on), (head() - 1, TODAY))
        self.assertEqual(Entry.objects.get(position=head()).action, "report.generate")

    def test_an_earlier_day_is_told_as_its_closing_knew_it(self):
        self.hold_meeting(23)
        self.assertIn("党员大会3[1]次", self.text(self.draft(closing_of=date(2023, 11, 22))))
        self.assertIn("党员大会4[1]次", self.text(self.draft()))

    def test_what_the_ledger_does_not_know_is_a_dash_or_left_out_and_told(self):
        report = self.draft()
        text = self.text(report)
        self.assertIn("开工项目—", text)
        self.assertNotIn("集中开工项目", text)
        self.assertNotIn("项目0", text)
        self.assertEqual([each.code for each in unknown_in(report)], ["projects"])
        self.assertIn("，集中开工项目〈projects〉个", report.left_out)

    def test_numbers_count_in_each_unit_and_year(self):
        numbers = [self.draft().number, self.draft().number, self.draft(unit=self.city, actor=self.city_office).number]
        self.assertEqual(numbers, ["BG-2023-001", "BG-2023-002", "BG-2023-001"])

    def test_the_english_text_has_english_words(self):
        report = self.draft(language="en")
        self.assertIn("By 2023-11-23 there were 3[1] 次 meetings.", self.text(report))
        self.assertEqual(report.title, "Report on the study campaign")

    def test_only_the_own_unit_makes_its_report(self):
        for actor, unit in (
            (self.liaison, self.city),
            (self.outsider, self.bureau),
            (self.reviewer, self.province),
        ):
            with self.subTest(actor.name), pytest.raises((PermissionDenied, Http404)):
                self.draft(actor=actor, unit=unit)
        self.assertFalse(Report.objects.exists())

    def test_a_template_cannot_quote_what_its_writer_may_not_see(self):
        with pytest.raises(FlawedTemplate) as refused:
            self.draft(
                actor=self.liaison,
                unit=self.bureau,
                template="mine.txt",
                title="试写",
                file="外地{{ figure: meetings of 西原市委 }}次。".encode(),
            )
        self.assertIn("西原市委", refused.value.flaws[0])

    def test_a_text_of_ones_own_is_a_template(self):
        text = "# 学习\n开会{{ figure: meetings }}次，项目{{ figure: projects }}个；参加{{ wan: attendances }}。"
        report = self.draft(template="mine.txt", title="试写", file=text.encode("gb18030"), drop_unknown=True)
        self.assertIn("一、学习", self.text(report))
        self.assertNotIn("项目", self.text(report))

    def test_flaws_of_a_template_are_told_all_at_once(self):
        with pytest.raises(FlawedTemplate) as refused:
            self.draft(template="m.txt", title="试写", file=b"{{ figure: nothing }} {{ share: nowhere }}")
        self.assertEqual(["nothing" in flaw or "nowhere" in flaw for flaw in refused.value.flaws], [True, True])
        self.assertFalse(Report.objects.exists())

    def test_a_pack_a_text_and_a_word_file_are_told_the_same_of_the_same_flaw(self):
        flawed = "开会{{ figur: meetings }}次，占{{ share: meetings }}，[[共{{ figure: meeting }}次。"
        with pytest.raises(FlawedTemplate) as text:
            self.draft(template="own.txt", title="试写", file=f"第一段\n{flawed}".encode())
        with pytest.raises(FlawedTemplate) as word:
            self.draft(template="own.docx", title="试写", file=word_file("第一段", flawed))
        told = [
            flaw.message
            for flaw in check_template(
                read_template(flawed), quotable(Indicator.objects.filter(campaign=self.campaign))
            )
        ]
        self.assertEqual(len(told), 4)
        for flaws in (text.value.flaws, word.value.flaws):
            self.assertEqual([flaw.partition("：")[2] for flaw in flaws], told)

    def test_the_dress_of_a_report_is_that_of_its_form_or_of_its_template(self):
        report = self.draft(addressee="省委", signed_by="省委办公厅")
        self.assertEqual(self.text(report).splitlines()[1], "省委：")
        self.assertIn("省委办公厅", self.text(report))
        text = "各市州党委：\n开会{{ figure: meetings }}。".encode()
        own = self.text(self.draft(template="own.txt", title="试写", file=text)).splitlines()
        self.assertEqual((own[1], own[-2]), ("各市州党委：", self.province.name))

    def test_territories_and_sectors_have_rows_and_a_branch_has_no_such_table(self):
        text = (
            "# 各地\n| 地区 | 会议 |\n| {{ 地区 }} | {{ 数值：meetings }} |\n| 合计 | {{ 数值：meetings }} |\n"
            "# 下级\n| 单位 | 会议 |\n| {{ 下级单位 }} | {{ 数值：meetings }} |"
        ).encode()
        made = self.text(self.draft(template="own.txt", title="试写", file=text))
        self.assertIn("东林市委\n3[1]\n西原市委\n—", made)
        self.assertIn("合计\n3[2]", made)
        bureau = self.draft(template="own.txt", title="试写", file=text, actor=self.liaison, unit=self.bureau)
        self.assertNotIn("各地", self.text(bureau))
        self.assertIn("机关第一党支部\n3[1]\n机关第二党支部\n—", self.text(bureau))

    def test_a_day_to_come_and_a_day_before_the_ledger_are_refused(self):
        for day in (date(2023, 12, 1), date(2019, 1, 1)):
            with self.subTest(day), pytest.raises(Refused):
                self.draft(closing_of=day)

    def test_a_compilation_has_a_part_for_each_unit_in_tree_order(self):
        """M66: several units' summaries in one document."""
        report = self.draft(covers=[self.city, self.other_city])
        headings = [line for line in self.text(report).splitlines() if line.startswith(("一、", "二、"))]
        self.assertEqual(headings, ["一、东林市委", "二、西原市委"])
        self.assertEqual(report.covers, ["6201", "6202"])

    def test_a_large_compilation_is_made_in_the_background(self):
        units = list(Unit.objects.filter(parent__isnull=False).order_by("no")[:9])
        with self.captureOnCommitCallbacks(execute=True):
            report = self.draft(covers=units)
            self.assertEqual(report.state, Report.State.WAITING)
        report.refresh_from_db()
        self.assertEqual((report.state, report.failure), (Report.State.DRAFT, ""))
        self.assertEqual(Making.objects.get().done, 9)

    def test_the_same_key_makes_one_report(self):
        make: dict[str, Any] = {"campaign": self.campaign, "template": "summary", "at": moment(TODAY), "key": "a" * 36}
        self.assertEqual(
            generate_report(self.office, self.province, **make), generate_report(self.office, self.province, **make)
        )
        self.assertEqual(Report.objects.count(), 1)

    def test_the_rows_agree_with_the_journal(self):
        self.draft()
        self.assertEqual(list(check_rows()), [])
