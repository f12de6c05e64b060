"""Pages of reports: list, generate, the report as it will print, downloads; and the public verification page."""

import io
import json
from unittest.mock import patch

import openpyxl
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luoshi.gate.ledgered import gate_open
from luoshi.journal import log, merkle
from luoshi.journal.models import Entry
from luoshi.reports.models import Report
from luoshi.reports.operations import correct_report
from luoshi.reports.seal import Proof, code_for
from luoshi.reports.tests.issued import ReportTestCase
from luoshi.reports.tests.test_issue_report import word_file
from luoshi.reports.verification import check_file, check_seal
from luoshi.testing.cast import TODAY, moment


class Pages(ReportTestCase):
    def generate(self, user: str = "zhou", **data):
        self.login(user)
        form = self.client.get("/reports/generate/").context["form"]
        asked = {"template": "summary", "language": "zh-hans", "title": "", "closing_of": "", "key": form.key}
        return self.client.post("/reports/generate/", asked | data)

    def test_a_report_is_generated_and_issued_in_the_browser(self):
        response = self.generate()
        report = Report.objects.get()
        self.assertRedirects(response, report.get_absolute_url())
        page = self.client.get(report.get_absolute_url())
        self.assertContains(page, "召开党员大会")
        self.assertContains(page, 'href="#figure-1"')
        self.assertContains(page, "开工项目")
        form = page.context["issue"]
        posted = self.client.post(f"/reports/{report.pk}/issue/", {"key": form.key, "version": report.version})
        self.assertRedirects(posted, report.get_absolute_url())
        report.refresh_from_db()
        self.assertTrue(report.issued)
        self.assertContains(self.client.get(report.get_absolute_url()), report.code)
        self.assertEqual(report.seal["url"], "http://testserver/verify/")

    def test_no_page_has_inline_script_or_style(self):
        report = self.issued()
        for url in ("/reports/", "/reports/generate/", report.get_absolute_url(), f"/verify/{report.code}/"):
            page = self.page(url)
            self.assertNotContains(page, "style=", msg_prefix=url)
            self.assertNotContains(page, "<style", msg_prefix=url)

    def test_a_file_of_ones_own_is_used_and_its_flaws_are_told(self):
        own = {"template": "own", "title": "自备报告"}
        self.assertEqual(self.generate(**own).status_code, 422)
        bad = SimpleUploadedFile("坏.docx", b"no word file")
        self.assertEqual(self.generate(**own, file=bad).status_code, 422)
        self.assertFalse(Report.objects.exists())
        response = self.generate(**own, file=SimpleUploadedFile("好.docx", word_file()))
        report = Report.objects.get()
        self.assertRedirects(response, report.get_absolute_url())
        self.assertContains(self.client.get(report.get_absolute_url()), "召开党员大会")

    def test_the_list_shows_what_is_in_sight_with_few_queries(self):
        report = self.issued()
        page = self.page("/reports/")
        self.assertContains(page, report.title)
        self.assertContains(page, f"<span>{self.province.name}</span>")
        self.assertNotContains(self.page("/reports/", "li"), report.title)
        self.assertEqual(self.page(report.get_absolute_url(), "li").status_code, 404)
        self.assertEqual(self.page(f"/reports/{report.pk}/word/", "zhao").status_code, 404)
        self.assertEqual(self.page("/reports/generate/", "wang").status_code, 403)
        self.login("zhou")
        with CaptureQueriesContext(connection) as queries:
            self.client.get(report.get_absolute_url())
        self.assertLessEqual(len(queries), 25 + 5)  # the template names one window of days, which is five of them

    def test_the_downloads_hold_what_was_sealed(self):
        report = self.issued()
        word = self.page(f"/reports/{report.pk}/word/")
        issued = Proof.model_validate_json(self.page(f"/reports/{report.pk}/proof/").content)
        self.assertEqual(check_file(issued, word.content), ())
        self.assertEqual(check_seal(issued.sealed, [log.signer().key.verifier]), ())
        book = openpyxl.load_workbook(io.BytesIO(self.page(f"/reports/{report.pk}/annex/").content))
        self.assertEqual(book.worksheets[0]["C2"].value, 3)

    def test_a_draft_can_be_read_as_word_but_has_no_proof(self):
        report = self.draft()
        self.assertEqual(self.page(f"/reports/{report.pk}/word/").status_code, 200)
        self.assertEqual(self.page(f"/reports/{report.pk}/proof/").status_code, 404)

    def test_what_changed_since_is_offered_as_a_correction(self):
        report = self.issued()
        self.hold_meeting(20)
        self.assertContains(self.page(report.get_absolute_url()), f"/reports/{report.pk}/correct/?quote=1")
        form = self.page(f"/reports/{report.pk}/correct/", quote="1").context["form"]
        self.assertEqual(form["now"].value(), "4")
        data = {"quote": "1", "now": "4", "reason": "11月20日补录一次", "key": form.key}
        self.assertRedirects(self.client.post(f"/reports/{report.pk}/correct/", data), report.get_absolute_url())
        self.assertContains(self.client.get(report.get_absolute_url()), "11月20日补录一次")


class PublicPage(ReportTestCase):
    def setUp(self):
        super().setUp()
        cache.clear()

    def test_a_good_report_is_confirmed_without_login(self):
        report = self.issued()
        page = self.client.get(f"/verify/{report.code.lower()}/")
        self.assertTrue(page.context["check"].holds)
        self.assertContains(page, report.title)
        self.assertContains(page, report.file_sha256)
        self.assertNotContains(page, "周知远")

    def test_the_code_may_be_typed_as_people_type(self):
        report = self.issued()
        response = self.client.get("/verify/", {"code": report.code.replace("-", " ").lower()}, follow=True)
        self.assertTrue(response.context["check"].holds)

    def test_an_unknown_or_mistyped_code_is_answered_calmly(self):
        for code in (code_for(b"another report"), "LS-0000", "x" * 300):
            with self.subTest(code):
                self.assertContains(self.client.get(f"/verify/{code}/"), "LS-7K3M-94QX-2D", status_code=404)

    def test_a_draft_is_not_found_by_anything(self):
        report = self.draft()
        self.assertEqual(self.client.get("/verify/").status_code, 200)
        self.assertNotContains(self.client.get("/verify/"), report.title)

    def test_a_correction_is_told(self):
        report = self.issued()
        correct_report(self.office, report, quote=1, now="4", reason="11月20日补录一次", at=moment(TODAY, 12))
        self.assertContains(self.client.get(f"/verify/{report.code}/"), "11月20日补录一次")

    def test_a_rewritten_journal_is_seen(self):
        report = self.issued()
        entry = Entry.objects.get(position=report.seal["entry"]["index"] + 1)
        forge_entry(entry)
        check = self.client.get(f"/verify/{report.code}/").context["check"]
        self.assertEqual((check.signed, check.not_rewritten, check.holds), (True, False, False))

    def test_a_figure_changed_in_the_row_is_seen(self):
        report = self.issued()
        report.outline["blocks"][1]["runs"][1]["printed"] = "9"
        report.outline["blocks"][1]["runs"][1]["numerator"] = 9
        with gate_open():
            Report.objects.filter(pk=report.pk).update(outline=report.outline)
        check = self.client.get(f"/verify/{report.code}/").context["check"]
        self.assertEqual((check.signed, check.from_ledger), (True, False))

    def test_the_proof_can_be_had_without_login(self):
        report = self.issued()
        told = json.loads(self.client.get(f"/verify/{report.code}/proof/").content)
        self.assertEqual((told["code"], told["file_sha256"]), (report.code, report.file_sha256))

    def test_codes_cannot_be_tried_by_the_thousand(self):
        with patch("luoshi.reports.throttle.A_MINUTE", 1):
            self.assertEqual(self.client.get("/verify/LS-0000/").status_code, 404)
            self.assertEqual(self.client.get("/verify/LS-0000/").status_code, 429)
            self.assertEqual(self.client.get("/verify/", REMOTE_ADDR="192.0.2.7").status_code, 200)


def forge_entry(entry: Entry) -> None:
    """Rewrites an entry behind the program's back, as somebody with the database could."""
    body = entry.body.replace(entry.actor, "someone-else")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_entry SET body = %s, leaf = %s WHERE position = %s",
            [body, merkle.leaf_hash(body.encode()), entry.position],
        )
