"""In Chromium: five taps on a phone, the ledger and the record page on a desktop; nothing scrolls sideways, nothing is blocked."""

import os
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.urls import reverse
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from luoshi.activities.models import Activity
from luoshi.activities.operations import return_activity
from luoshi.activities.tests.pages import SUBJECT, Pages
from luoshi.testing.cast import TODAY, LedgerTransactionTestCase, moment

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
class InTheBrowser(Pages, LedgerTransactionTestCase, StaticLiveServerTestCase):
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
        self.enterContext(self.stop_the_clock())
        self.complaints = []

    def open(self, username: str, address: str, viewport=DESKTOP) -> Page:
        self.sign_in(username)
        context = self.browser.new_context(viewport=viewport, base_url=self.live_server_url, locale="zh-CN",
                                           device_scale_factor=2 if viewport is PHONE else 1, has_touch=viewport is PHONE)  # fmt: skip
        self.addCleanup(context.close)
        cookie = self.client.cookies["luoshi_session"].value
        context.add_cookies([{"name": "luoshi_session", "value": cookie, "url": self.live_server_url}])
        context.set_default_timeout(8_000)
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(address)
        return page

    def looked_at(self, page: Page, name: str) -> None:
        """No complaint of the browser, nothing wider than the window; LUOSHI_PICTURES=folder keeps a picture."""
        self.assertEqual(self.complaints, [])
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.assertLessEqual(wide, 0, name)
        if folder := os.environ.get("LUOSHI_PICTURES"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/{name}.png", full_page=True)

    def test_an_activity_is_recorded_on_a_phone_with_five_taps(self):
        page = self.open("zheng", reverse("activities:record"), PHONE)
        page.locator(".chip label", has_text="方敏之").tap()
        expect(page.locator("[data-roster-present]")).to_have_text("4")
        page.get_by_label("议题").fill(SUBJECT)
        self.looked_at(page, "record-phone")
        page.get_by_role("button", name="保存记录").tap()
        page.wait_for_url(re.compile(r"/activities/\d+/$"))
        recorded = Activity.objects.get()
        self.assertEqual((recorded.title, recorded.present, recorded.expected), (SUBJECT, 4, 5))
        self.looked_at(page, "activity-phone")

    def test_the_roster_follows_the_kind_and_what_was_typed_stays(self):
        page = self.open("li", reverse("activities:record"), DESKTOP)
        page.get_by_label("议题").fill(SUBJECT)
        page.get_by_text("读书班", exact=True).click()
        expect(page.locator("[data-roster-total]")).to_have_text("1")
        expect(page.get_by_label("议题")).to_have_value(SUBJECT)
        self.looked_at(page, "record-desktop")

    def test_a_draft_is_kept_and_comes_back(self):
        page = self.open("zheng", reverse("activities:record"), PHONE)
        page.get_by_label("议题").fill("只写了一半")
        page.get_by_role("button", name="存草稿").tap()
        expect(page.locator("[data-draft-stamp]")).to_contain_text("已存草稿")
        page.goto(reverse("activities:record"))
        expect(page.get_by_label("议题")).to_have_value("只写了一半")
        self.looked_at(page, "draft-phone")

    def test_the_ledger_and_one_record(self):
        for title in ("学习报告第一部分", "学习报告第二部分"):
            self.activity(title=title)
        activity = self.by_mandate(title="集中学习", absent={self.villager.pk: "ill"})
        return_activity(self.city_office, activity, reason="地点没有写", at=moment(TODAY))
        page = self.open("wu", reverse("activities:ledger"))
        self.looked_at(page, "ledger-desktop")
        page.goto(activity.get_absolute_url())
        self.looked_at(page, "activity-desktop")
        phone = self.open("wu", reverse("activities:ledger"), PHONE)
        self.looked_at(phone, "ledger-phone")
        own = self.open("ma", activity.get_absolute_url())
        self.looked_at(own, "activity-own")

    def test_on_a_phone_the_filters_are_folded_away_until_they_are_used(self):
        self.activity(title="十月的会", held_on=date(2023, 10, 20))
        self.activity(title="十一月的会")
        page = self.open("zheng", reverse("activities:ledger"), PHONE)
        first, last = page.get_by_label("日期, 自"), page.get_by_label("日期, 至")
        expect(first).to_be_hidden()
        fold = page.get_by_role("button", name="筛选与列")
        fold.tap()
        expect(fold).to_have_attribute("aria-expanded", "true")
        self.looked_at(page, "ledger-filters-phone")
        last.fill("2023-10-31")
        expect(page.get_by_text("十一月的会")).to_have_count(0)
        expect(page.get_by_text("十月的会")).to_be_visible()
        expect(first).to_be_visible()  # a list that is narrowed says by what

    def test_several_units_on_one_page(self):
        page = self.open("feng", reverse("activities:many"))
        page.get_by_label("议题", exact=True).fill(SUBJECT)
        page.get_by_text("读书班", exact=True).click()
        expect(page.get_by_label("议题", exact=True)).to_have_value(SUBJECT)
        self.looked_at(page, "many-desktop")
