"""The way through the whole house in Chromium: look and drill, record, state nothing, declare, report, verify, check a text."""

import io
import os
import re
import shutil
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import docx
import pytest
from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.core.management import call_command
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, expect, sync_playwright

from luoshi.activities.operations import Held, record_activity
from luoshi.campaigns.models import Fulfilment
from luoshi.gate.rules import Role
from luoshi.orgs.operations import give_mandate
from luoshi.reports.models import Report
from luoshi.reports.tests.issued import offer_reports
from luoshi.testing.cast import BEGINNING, TODAY, LedgerTransactionTestCase, moment

CHROMIUM = os.environ.get("LUOSHI_TEST_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
SUBJECT = "学习报告第四部分"


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
class Steps(LedgerTransactionTestCase, StaticLiveServerTestCase):
    playwright: Playwright
    browser: Browser

    @classmethod
    def setUpClass(cls):
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's own loop runs in this thread
        super().setUpClass()
        cls.playwright = sync_playwright().start()
        cls.browser = cls.playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.playwright.stop()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        type(self).campaign = offer_reports(self.office, self.campaign, at=moment(date(2023, 9, 5)))
        self.enterContext(patch("django.utils.timezone.now", return_value=moment(TODAY)))
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.enterContext(override_settings(LUOSHI_KEYS=self.folder))
        self.complaints: list[str] = []

    def context(self, viewport: ViewportSize, language: str) -> BrowserContext:
        context = self.browser.new_context(viewport=viewport, base_url=self.live_server_url, locale=language,
                                           has_touch=viewport is PHONE, accept_downloads=True)  # fmt: skip
        context.set_default_timeout(15_000)
        self.addCleanup(context.close)
        return context

    def open(self, username: str, address: str, viewport=DESKTOP, language: str = "zh-CN") -> Page:
        """A page of a signed-in account, or of nobody."""
        context = self.context(viewport, language)
        if username:
            client = Client()  # one for each page: a client that signs another account in ends the session before
            client.force_login(self.users[username], backend="allauth.account.auth_backends.AuthenticationBackend")
            cookie = client.cookies["luoshi_session"].value
            context.add_cookies([{"name": "luoshi_session", "value": cookie, "url": self.live_server_url}])
        page = context.new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(address)
        return page

    def sound(self, page: Page) -> None:
        """No complaint of the browser, and nothing wider than the window."""
        self.assertEqual(self.complaints, [], page.url)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.assertLessEqual(wide, 0, page.url)

    def meeting(self, title: str = SUBJECT) -> None:
        held = Held(kind=self.kind("meeting"), held_on=date(2023, 11, 21), title=title)
        record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(TODAY))

    def meetings(self, page: Page, code: str) -> str:
        """The figure of the members' meetings as the page of a unit's figures shows it."""
        page.goto(f"/figures/?unit={code}")
        row = page.locator("tr", has=page.get_by_role("link", name="党员大会次数", exact=True))
        return row.locator(".ls-num").first.inner_text()

    def test_the_office_drills_from_the_province_to_a_branch(self):
        page = self.open("zhou", "/cockpit/?unit=62")
        for name in ("东林市", "石桥县", "柳树镇", "柳树村"):
            page.locator("tbody .ls-name a", has_text=name).first.click()
            expect(page.get_by_role("heading", level=1)).to_contain_text(name)
            self.sound(page)

    def test_a_number_opens_to_its_records_which_go_to_excel(self):
        self.meeting()
        page = self.open("zhou", "/figures/?unit=62")
        page.locator("tr", has_text="党员大会次数").locator("a.fig, .ls-num a").first.click()
        expect(page).to_have_url(re.compile(r"/figures/study/meetings/\d+/records/"))
        expect(page.locator("main")).to_contain_text(SUBJECT)
        self.sound(page)
        with page.expect_download() as download:
            page.locator("main a[href*='export=xlsx']").first.click()
        self.assertTrue(download.value.suggested_filename.endswith(".xlsx"))

    def test_one_session_recorded_on_a_phone_changes_the_figure_of_every_level(self):
        office = self.open("zhou", "/")
        levels = [unit.code for unit in (self.province, self.city, self.bureau, self.first)]
        for code in levels:
            self.assertRegex(self.meetings(office, code), "^—")
        phone = self.open("zheng", "/activities/record/", PHONE)
        phone.get_by_label("议题").fill(SUBJECT)
        self.sound(phone)
        phone.get_by_role("button", name="保存记录").tap()
        phone.wait_for_url(re.compile(r"/activities/\d+/$"))
        self.sound(phone)
        for code in levels:
            self.assertRegex(self.meetings(office, code), r"^1(?!\d)")

    def test_a_delegate_records_for_several_branches_on_one_page(self):
        other = self._holding(self.other_village, Role.SECRETARY)
        give_mandate(other, self.other_village, user=self.users["feng"], until=date(2024, 1, 31), at=moment(BEGINNING))
        page = self.open("feng", "/activities/many/")
        page.get_by_label("议题", exact=True).first.fill(SUBJECT)
        for name in ("柳树村党支部", "河湾村党支部"):
            page.get_by_label(name).check()
        self.sound(page)
        page.get_by_role("button", name="保存各行").click()
        expect(page.locator("body")).to_contain_text("已记录 2 条活动")
        self.assertRegex(self.meetings(self.open("zhou", "/"), self.township.code), r"^2(?!\d)")

    def test_nothing_this_week_is_stated_and_stands_in_the_matrix(self):
        phone = self.open("zheng", "/", PHONE)
        phone.get_by_role("button", name="零报告").first.tap()
        phone.locator("dialog[open] button.btn-main").tap()
        expect(phone.locator("dialog[open]")).to_have_count(0)
        self.sound(phone)
        self.assertTrue(Fulfilment.objects.get().zero)
        matrix = self.open("zhou", f"/plan/study/weekly/?unit={self.bureau.code}")
        expect(
            matrix.locator("tbody tr", has_text="第一党支部").locator(".cell-zero, [class*=zero]").first
        ).to_be_visible()
        self.sound(matrix)

    def test_a_declared_figure_is_marked_wherever_it_shows(self):
        page = self.open("wu", f"/figures/declare/?unit={self.city.code}")
        page.locator("[name=indicator]").evaluate("each => { if (each.tomselect) each.tomselect.setValue(each.options[1].value);"
                                                  " else each.value = each.options[each.options.length - 1].value }")  # fmt: skip
        page.locator("[name=value]").fill("173")
        page.locator("[name=system]").fill("项目调度平台")
        page.locator("[name=document]").fill("项目调度通报第 8 期")
        page.locator("[name=document_on]").fill("2023-11-20")
        page.locator("main form button.btn-main").click()
        expect(page).to_have_url(re.compile(r"/figures/declarations/\d+/"))
        self.sound(page)
        office = self.open("zhou", "/figures/?unit=62")
        row = office.locator("tr", has_text="开工项目")
        expect(row).to_contain_text("173")
        expect(row).to_contain_text("填报")

    def issued(self) -> tuple[Report, Path]:
        """The province's summary, made and issued in the browser, and its Word file."""
        page = self.open("zhou", "/reports/generate/?unit=62")
        page.get_by_role("button", name="生成").click()
        page.wait_for_url(re.compile(r"/reports/\d+/$"))
        page.get_by_role("button", name="签发").first.click()
        page.locator("dialog#issue button.btn-main").click()
        expect(page.locator(".seal-line")).to_be_visible()
        self.sound(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="下载 Word").first.click()
        file = self.folder / "summary.docx"
        download.value.save_as(file)
        return Report.objects.get(), file

    def test_a_report_is_issued_and_verified_by_anybody_and_on_the_command_line(self):
        self.meeting("不外传的议题")
        report, file = self.issued()
        public = self.open("", f"/verify/{report.code}/", PHONE)
        expect(public.get_by_role("heading", level=1)).to_have_text("与存证一致")
        expect(public.locator("main")).to_contain_text(report.title)
        expect(public.locator("body")).not_to_contain_text("不外传的议题")
        public.locator("#own-file").set_input_files(file)
        expect(public.locator(".compare-same")).to_be_visible()
        self.sound(public)
        said = io.StringIO()
        call_command("verify", str(file), stdout=said)
        self.assertIn("✓ summary.docx", said.getvalue())

    def test_a_text_is_checked_number_by_number_pasted_or_as_a_word_file(self):
        self.meeting()
        text = "东林市召开党员大会1次。东林市召开党员大会5次。"
        document = docx.Document()
        document.add_paragraph(text)
        document.save(str(self.folder / "text.docx"))
        page = self.open("zhou", "/check/?unit=62")
        page.locator("textarea").first.fill(text)
        self.checked(page)
        page.goto("/check/")
        page.locator("input[type=file]").set_input_files(self.folder / "text.docx")
        self.checked(page)

    def checked(self, page: Page) -> None:
        page.get_by_role("button", name="核对文稿").click()
        for verdict in ("agrees", "differs"):
            expect(page.locator(f".said-{verdict}")).to_have_count(1)
        self.sound(page)

    def test_every_desk_is_sound_on_desktop_and_phone_in_both_languages(self):
        self.meeting()
        desks = ("/", "/cockpit/", "/plan/", "/plan/study/monthly/", "/activities/", "/figures/", "/reports/", "/check/",
                 "/units/", "/units/62/", "/packs/", "/account/")  # fmt: skip
        for viewport, language in ((DESKTOP, "zh-CN"), (PHONE, "zh-CN"), (DESKTOP, "en-GB"), (PHONE, "en-GB")):
            page = self.open("zhou", desks[0], viewport, language)
            for desk in desks:
                with self.subTest(desk, width=viewport["width"], language=language):
                    answer = page.goto(desk)
                    self.assertEqual(answer.status if answer else 0, 200)
                    expect(page.get_by_role("heading", level=1)).to_be_visible()
                    self.sound(page)

    def test_a_mistyped_form_says_what_to_do_and_keeps_what_was_typed(self):
        phone = self.open("zheng", "/activities/record/", PHONE)
        phone.get_by_label("议题").fill("机密★10年")
        phone.get_by_role("button", name="保存记录").tap()
        expect(phone.locator("body")).to_contain_text("涉密")
        expect(phone.get_by_label("议题")).to_have_value("机密★10年")
