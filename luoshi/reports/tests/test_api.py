"""Reports over the API: the same rights and effects as the pages."""

import json
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.reports.models import Report
from luoshi.reports.tests.issued import ReportTestCase
from luoshi.reports.tests.test_issue_report import word_file
from luoshi.reports.word.package import opened, pack


class Api(ReportTestCase):
    def post(self, url: str, user: str = "zhou", **data: Any):
        self.login(user)
        return self.client.post(f"/api{url}", json.dumps(data), content_type="application/json")

    def test_a_report_is_generated_issued_and_read(self):
        made = self.post("/reports", campaign="study", unit="62", template="summary")
        self.assertEqual((made.status_code, made.json()["state"]), (201, "draft"), made.content)
        pk = made.json()["id"]
        issued = self.post(f"/reports/{pk}/issue", version=made.json()["version"]).json()
        self.assertEqual(issued["state"], "issued")
        figures = self.client.get(f"/api/reports/{pk}/figures").json()
        self.assertEqual({each["verdict"] for each in figures} - {"agrees", "about"}, set())
        self.assertEqual(self.client.get(f"/api/reports/{pk}/word").content[:2], b"PK")
        self.assertEqual([each["code"] for each in self.client.get("/api/reports").json()], [issued["code"]])

    def test_what_the_pages_refuse_the_api_refuses(self):
        asked = {"campaign": "study", "template": "summary"}
        self.assertIn(self.post("/reports", "zhao", unit="62", **asked).status_code, (403, 404))
        self.assertEqual(self.post("/reports", unit="62", campaign="study", template="none").status_code, 422)
        self.assertEqual(self.post("/reports", unit="62", covers=["nowhere"], **asked).status_code, 422)
        self.assertFalse(Report.objects.exists())
        pk = self.draft().pk
        self.assertEqual(self.post(f"/reports/{pk}/issue", "qian").status_code, 403)
        self.assertEqual(self.post(f"/reports/{pk}/issue", "zhao").status_code, 404)
        self.assertEqual(self.post(f"/reports/{pk}/issue", version=99).status_code, 409)

    def test_anybody_verifies_by_code(self):
        cache.clear()
        report = self.issued()
        told = self.client.get(f"/api/verify/{report.code}").json()
        self.assertEqual((told["holds"], told["file_sha256"]), (True, report.file_sha256))
        self.assertEqual(self.client.get("/api/verify/LS-0000").status_code, 404)
        self.assertEqual(self.client.get("/api/reports").status_code, 401)

    def test_anybody_verifies_a_file_by_the_seal_that_it_bears(self):
        cache.clear()
        report = self.issued()
        with report.file.open("rb") as file:
            data = file.read()
        self.client.logout()

        def sent(content: bytes) -> Any:
            return self.client.post("/api/verify", {"file": SimpleUploadedFile("报告.docx", content)})

        told = sent(data).json()
        self.assertEqual((told["same"], told["holds"], told["report"]["code"]), (True, True, report.code))
        parts = opened(data)
        altered = parts | {"word/document.xml": parts["word/document.xml"].replace(b">3</w:t>", b">33</w:t>", 1)}
        told = sent(pack(altered)).json()
        self.assertEqual((told["same"], told["holds"], len(told["findings"])), (False, False, 1))
        for wrong in (b"no word file", word_file()):
            self.assertEqual(sent(wrong).status_code, 422)

    def test_a_draft_is_discarded(self):
        report = self.draft()
        self.assertEqual(self.post(f"/reports/{report.pk}/discard", "qian", reason="不要").status_code, 403)
        self.assertEqual(self.post(f"/reports/{report.pk}/discard", reason="不要").json()["state"], "discarded")

    def test_a_correction_is_told(self):
        report = self.issued()
        made = self.post(f"/reports/{report.pk}/corrections", quote=1, now="4", reason="补录一次")
        self.assertEqual((made.status_code, made.json()["was"]), (201, "3"))
