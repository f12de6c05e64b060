"""日志页 — who sees which entries; the audit administrator sees all of them, and no business value."""

from datetime import timedelta

from luoshi.gate.models import Key
from luoshi.journal import log, note, proof
from luoshi.journal.models import Checkpoint, Entry
from luoshi.reports.tests.issued import ReportTestCase
from luoshi.site.jobs import forget_keys, forget_uploads, sign_checkpoint, timetable
from luoshi.testing.cast import TODAY, moment


class JournalPage(ReportTestCase):
    def test_the_office_sees_its_branch_and_the_audit_administrator_everything(self):
        everything = Entry.objects.count()
        self.assertEqual(self.page("/journal/", "audit").context["table"].count, everything)
        seen = self.page("/journal/", "wu").context["table"].count
        self.assertTrue(0 < seen < everything)
        self.assertEqual(self.page("/journal/", "wang").status_code, 403)

    def test_an_entry_of_another_branch_is_not_found(self):
        entry = Entry.objects.filter(unit=self.first.pk).latest("position")
        self.assertEqual(self.page(f"/journal/{entry.pk}/", "zheng").status_code, 200)
        self.assertEqual(self.page(f"/journal/{entry.pk}/", "zhao").status_code, 404)

    def test_no_business_value_stands_on_the_page(self):
        entry = Entry.objects.filter(action="activity.record").latest("position")
        for url in ("/journal/", f"/journal/{entry.pk}/"):
            page = self.page(url, "audit")
            for value in ("党员大会", "郑卫东"):
                self.assertNotContains(page, value)

    def test_a_checkpoint_and_a_proof_can_be_taken_along(self):
        made = sign_checkpoint(moment(TODAY))
        self.assertIn(str(log.head()), made)
        checkpoint = Checkpoint.objects.get()
        kept = self.page(f"/journal/checkpoints/{checkpoint.number}/", "audit").content.decode()
        self.assertEqual(note.verify(kept, [log.signer().key.verifier]).size, log.head())
        entry = Entry.objects.latest("position")
        told = self.page(f"/journal/{entry.pk}/proof/", "audit").content.decode()
        self.assertEqual(proof.verify(told, bytes(entry.leaf), [log.signer().key.verifier]).size, log.head())

    def test_the_list_can_be_filtered(self):
        table = self.page("/journal/", "audit", action="activity.record").context["table"]
        self.assertEqual(table.count, Entry.objects.filter(action="activity.record").count())


class ClockJobs(ReportTestCase):
    def test_every_job_of_the_timetable_runs(self):
        for job in timetable():
            with self.subTest(job.name):
                self.assertTrue(job.run(moment(TODAY)))

    def test_the_same_checkpoint_stands_while_nothing_is_written(self):
        sign_checkpoint(moment(TODAY))
        sign_checkpoint(moment(TODAY, 11))
        self.assertEqual(Checkpoint.objects.count(), 1)
        self.hold_meeting(23)
        sign_checkpoint(moment(TODAY, 12))
        self.assertEqual(Checkpoint.objects.count(), 2)

    def test_keys_are_forgotten_after_a_month(self):
        Key.objects.create(actor="a", key="k", action="x", content=b"", used_at=moment(TODAY) - timedelta(days=31))
        Key.objects.create(actor="a", key="l", action="x", content=b"", used_at=moment(TODAY))
        forget_keys(moment(TODAY))
        self.assertEqual(list(Key.objects.values_list("key", flat=True)), ["l"])

    def test_files_that_no_report_names_are_deleted_after_a_day(self):
        report = self.issued()
        stray = report.file.storage.path("reports/stray.docx")
        with open(stray, "wb") as file:  # noqa: PTH123 the storage tells a string
            file.write(b"PK")
        modified = report.file.storage.get_modified_time("reports/stray.docx")
        forget_uploads(modified + timedelta(hours=1))
        self.assertTrue(report.file.storage.exists("reports/stray.docx"))
        forget_uploads(modified + timedelta(days=2))
        self.assertFalse(report.file.storage.exists("reports/stray.docx"))
        self.assertTrue(report.file.storage.exists(report.file.name))
