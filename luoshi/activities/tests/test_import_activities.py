"""三会一课 from the platform's export: dry run, flaws by cell, all or nothing, and never the same activity twice."""

import io
from datetime import date, datetime

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from luoshi.activities.branch_life import absences
from luoshi.activities.models import Activity, Attendance
from luoshi.activities.tests.pages import PageTestCase
from luoshi.campaigns.models import Fulfilment
from luoshi.journal.models import Entry

IMPORT = reverse("activities:import")
HEADINGS = [
    "序号",
    "党组织名称",
    "会议类型",
    "会议时间",
    "会议主题",
    "会议地点",
    "主持人",
    "应到人数",
    "实到人数",
    "缺席人员",
]


def workbook(*rows, headings=HEADINGS) -> SimpleUploadedFile:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"default_date_format": "yyyy-mm-dd hh:mm"})
    page = book.add_worksheet()
    page.write_row(0, 0, ["三会一课开展情况统计表"])
    for number, row in enumerate([headings, *rows], 1):
        for column, value in enumerate(row):
            page.write(number, column, value)
    book.close()
    return SimpleUploadedFile("三会一课.xlsx", written.getvalue())


class ImportActivities(PageTestCase):
    GOOD = [
        1,
        "机关第一党支部",
        "支部党员大会",
        datetime(2023, 11, 3, 9, 30),  # noqa: DTZ001 a cell of Excel knows no zone
        "学习报告第一部分",
        "会议室",
        "郑卫东",
        5,
        4,
        "方敏之（病假）",
    ]

    def setUp(self):
        super().setUp()
        self.sign_in("li")

    def check(self, *rows, **more):
        return self.client.post(IMPORT, {"act": "check", "file": workbook(*rows, **more)})

    def confirm(self, page):
        return self.client.post(IMPORT, {"act": "confirm", "token": page.context["upload"].token}, follow=True)

    def test_the_platforms_own_file_comes_in_as_it_is(self):
        """M11: the branch-life platform's export, never re-keyed."""
        counts_only = [2, "机关第二党支部", "上党课", "2023-11-10 15:00", "讲党课", "", "外请老师", 12, 11, ""]
        page = self.check(self.GOOD, counts_only)
        self.assertEqual(page.context["summary"].new, 2, page.context["flaws"])
        self.assertContains(page, "外请老师不在该支部名册上")
        self.assertFalse(Activity.objects.exists())
        entries = Entry.objects.count()
        self.assertContains(self.confirm(page), "已导入 2 条活动")
        self.assertEqual(Entry.objects.count(), entries + 1)
        first, second = Activity.objects.order_by("pk")
        self.assertEqual(
            (first.held_on, first.present, first.expected, first.host), (date(2023, 11, 3), 4, 5, self.persons[0])
        )
        self.assertEqual(first.attendance.get(person=self.persons[1]).absence, Attendance.Absence.ILL)
        self.assertEqual((second.present, second.expected, second.attendance.count(), second.host), (11, 12, 0, None))
        self.assertEqual(Fulfilment.objects.get(ref=first.ref).occasion.no, 3)
        self.assertContains(self.client.get(first.get_absolute_url()), "学习报告第一部分")

    def test_what_is_recorded_already_is_refused_by_row(self):
        self.confirm(self.check(self.GOOD))
        page = self.check(self.GOOD, [2, *self.GOOD[1:4], "别的议题", *self.GOOD[5:]])
        self.assertEqual(page.status_code, 422)
        self.assertEqual([(flaw.row, flaw.column) for flaw in page.context["flaws"]], [(3, "议题")])
        self.assertContains(page, "已经记录过", status_code=422)
        self.confirm(page)
        self.assertEqual(Activity.objects.count(), 1)

    def test_every_flaw_stands_at_its_cell(self):
        def row(**change):
            named = dict(zip(HEADINGS, self.GOOD, strict=True)) | change
            return [named[heading] for heading in HEADINGS]

        for change, column, words in (
            ({"党组织名称": "没有这个支部"}, "党支部", ""),
            ({"党组织名称": "柳树村党支部"}, "党支部", ""),
            ({"会议类型": "联欢会"}, "活动类型", ""),
            ({"会议时间": "2023-12-24"}, "活动日期", "还没有到"),
            ({"会议时间": "昨天"}, "活动日期", ""),
            ({"会议主题": ""}, "议题", ""),
            ({"会议主题": "绝密"}, "议题", "涉密"),
            ({"会议主题": "学" * 300}, "议题", "200"),
            ({"应到人数": -1}, "应到", ""),
            ({"实到人数": 6, "缺席人员": ""}, "实到", "多于应到"),
            ({"缺席人员": "马得水"}, "缺席人员", "不在当日名册上"),
            ({"实到人数": 3}, "实到", "应为 4 人"),
        ):
            with self.subTest(change=str(change)[:40]):
                page = self.check(row(**change))
                self.assertEqual(page.status_code, 422)
                flaw = page.context["flaws"][0]
                self.assertEqual((flaw.row, flaw.column), (3, column))
                self.assertIn(words, flaw.message)
                self.confirm(page)
        self.assertFalse(Activity.objects.exists())
        self.assertEqual(self.check(row()).status_code, 200)

    def test_one_file_does_not_say_the_same_twice(self):
        self.assertEqual(self.check(self.GOOD, self.GOOD).status_code, 422)

    def test_everybody_came(self):
        self.confirm(self.check([1, *self.GOOD[1:7], 5, 5, ""]))
        self.assertEqual(Attendance.objects.filter(absence="").count(), 5)

    def test_only_who_answers_for_a_unit_imports(self):
        for username, status in (
            ("li", 200),
            ("zheng", 200),
            ("wu", 200),
            ("feng", 403),
            ("wang", 403),
            ("qian", 403),
            ("system", 403),
        ):
            with self.subTest(who=username):
                self.sign_in(username)
                self.assertEqual(self.client.get(IMPORT).status_code, status)
        self.sign_in("zheng")
        page = self.check([1, "机关第二党支部", *self.GOOD[2:]])
        self.assertEqual(page.status_code, 422)

    def test_the_template_is_a_workbook(self):
        self.assertIn("spreadsheet", self.client.get(f"{IMPORT}?template")["Content-Type"])

    def test_names_and_reasons_as_people_write_them(self):
        for text, found in (
            ("", {}),
            ("方敏之（出差）、段知行", {"方敏之": "travel", "段知行": "other"}),
            (
                "方敏之(病假),高予宁；丁一舟 请假",
                {"方敏之": "ill", "高予宁": "other", "丁一舟": "other", "请假": "other"},
            ),
        ):
            with self.subTest(text=text):
                self.assertEqual(absences(text), found)
