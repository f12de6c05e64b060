"""核验文件 — anybody can hold a file against what was sealed; nothing of it is kept, and only what the report prints is told."""

from typing import Any
from unittest.mock import patch

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.journal.models import Entry
from luoshi.reports.models import Report
from luoshi.reports.tests import sample
from luoshi.reports.tests.issued import ReportTestCase
from luoshi.reports.tests.test_issue_report import word_file
from luoshi.reports.throttle import A_FILE
from luoshi.reports.word.document import write_report
from luoshi.reports.word.package import opened, pack


class PublicFile(ReportTestCase):
    def setUp(self):
        super().setUp()
        cache.clear()
        self.report = self.issued()
        with self.report.file.open("rb") as file:
            self.data = file.read()

    def send(self, data: bytes, address: str = "/verify/", **more: Any) -> Any:
        return self.client.post(address, {"file": SimpleUploadedFile("报告.docx", data)}, **more)

    def changed(self, old: str, new: str) -> bytes:
        parts = opened(self.data)
        document = parts["word/document.xml"]
        self.assertIn(old.encode(), document)
        return pack(parts | {"word/document.xml": document.replace(old.encode(), new.encode(), 1)})

    def test_the_issued_file_is_known_by_the_seal_that_it_bears(self):
        entries = Entry.objects.count()
        page = self.send(self.data)
        self.assertTrue(page.context["file"].same)
        self.assertContains(page, self.report.title)
        self.assertContains(page, self.report.code)
        self.assertEqual(Entry.objects.count(), entries)

    def test_a_file_that_was_only_saved_again_says_what_was_sealed(self):
        page = self.send(pack(dict(reversed(opened(self.data).items()))))
        self.assertEqual((page.context["file"].same, page.context["file"].holds), (False, True))

    def test_an_altered_figure_and_an_altered_line_are_told(self):
        page = self.send(self.changed(">3</w:t>", ">33</w:t>"), f"/verify/{self.report.code}/")
        self.assertContains(page, "33")
        self.assertEqual([each.kind for each in page.context["file"].findings], ["figure"])
        page = self.send(self.changed("召开党员大会", "召开动员大会"))
        self.assertEqual([each.kind for each in page.context["file"].findings], ["line"])

    def test_a_file_that_lost_its_seal_is_compared_by_the_typed_code(self):
        bare = {name: part for name, part in opened(self.data).items() if not name.startswith("customXml/")}
        self.assertEqual(self.send(pack(bare)).status_code, 422)
        page = self.send(pack(bare), f"/verify/{self.report.code}/")
        self.assertTrue(page.context["file"].holds)

    def test_another_report_under_this_code_is_told(self):
        other = self.draft(template="own.docx", title="另一份报告", file=word_file())
        data = self.client_file(other)
        self.assertFalse(self.send(data, f"/verify/{self.report.code}/").context["file"].holds)

    def client_file(self, report: Report) -> bytes:
        self.login("zhou")
        data: bytes = self.client.get(f"/reports/{report.pk}/word/").content
        self.client.logout()
        return data

    def test_a_draft_bears_no_seal_and_the_seal_of_another_installation_is_not_ours(self):
        self.assertEqual(self.send(self.client_file(self.draft(language="en"))).status_code, 422)
        page = self.send(write_report(sample.REPORT, sample.sealed()))
        self.assertEqual(page.status_code, 422)
        self.assertNotContains(page, sample.REPORT.title, status_code=422)

    def test_what_is_no_word_file_is_told_and_not_stored(self):
        for data in (b"", b"no word file", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)):
            with self.subTest(data[:8]):
                self.assertContains(self.send(data), "", status_code=422)
        self.assertEqual(self.client.post("/verify/").status_code, 422)

    def test_the_sealed_figures_can_be_compared_with_paper(self):
        page = self.client.get(f"/verify/{self.report.code}/")
        for quote in page.context["check"].sealed.content.figures:
            self.assertContains(page, f"<b>{quote.printed}</b> {quote.title}")

    def test_files_are_braked_sooner_than_codes(self):
        with patch("luoshi.reports.throttle.A_MINUTE", A_FILE):
            self.assertEqual(self.send(b"x").status_code, 422)
            self.assertEqual(self.client.get("/verify/").status_code, 429)
            self.assertEqual(self.send(b"x", REMOTE_ADDR="192.0.2.9").status_code, 422)
