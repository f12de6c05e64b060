"""签发存证 — an issued report never changes; whoever holds it can check it against the journal, without us."""

import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from docx import Document

from luoshi.figures.queries import figures_as_of
from luoshi.gate.errors import Conflict, Refused
from luoshi.gate.ledgered import gate_open
from luoshi.gate.verify import check_rows
from luoshi.journal import log
from luoshi.journal.models import Checkpoint, Entry
from luoshi.orgs.operations import merge_units, move_unit
from luoshi.reports.models import Report
from luoshi.reports.operations import correct_report, issue_report, seal_report
from luoshi.reports.rechecking import Verdict, recheck
from luoshi.reports.seal import read_seal
from luoshi.reports.tests.issued import URL, ReportTestCase
from luoshi.reports.verification import check_seal, check_text
from luoshi.testing.cast import TODAY, moment


class IssueReport(ReportTestCase):
    def data(self, report: Report) -> bytes:
        with report.file.open("rb") as file:
            return bytes(file.read())

    def verifiers(self):
        return [log.signer().key.verifier]

    def test_the_file_vouches_for_itself_and_the_journal_knows_it(self):
        report = self.issued()
        sealed = read_seal(self.data(report))
        self.assertEqual(check_seal(sealed, self.verifiers()), ())
        self.assertEqual(check_text(sealed, self.data(report)), ())
        self.assertEqual((sealed.code, sealed.url), (report.code, URL))
        self.assertEqual(
            list(Entry.objects.filter(subject=report.ref).order_by("position").values_list("action", flat=True)),
            ["report.seal", "report.seal"],
        )
        self.assertEqual(list(check_rows()), [])

    def test_the_checkpoint_covers_the_entry_that_names_the_content(self):
        report = self.issued()
        checkpoint = Checkpoint.objects.get(number=report.checkpoint or 0)
        named = Entry.objects.filter(subject=report.ref, action="report.seal").earliest("position")
        self.assertGreaterEqual(checkpoint.size, named.position)

    def test_one_byte_changed_is_found(self):
        report = self.issued()
        data = self.data(report)
        sealed = read_seal(data)
        content = sealed.content.model_copy(update={"title": sealed.content.title + "。"})
        self.assertTrue(check_seal(sealed.model_copy(update={"content": content}), self.verifiers()))

    def test_an_issued_report_never_changes(self):
        report = self.issued()
        again = issue_report(self.office, report, at=moment(TODAY, 11))
        self.assertEqual((again.file, again.file_sha256), (report.file, report.file_sha256))
        with pytest.raises(Refused):
            seal_report(self.office, report)

    def test_a_report_is_the_same_after_a_move_and_a_merge(self):
        """划转与合并: the old report stays, and its figures are found again at their own position."""
        report = self.issued()
        before = (self.data(report), report.file_sha256)
        later = TODAY + timedelta(days=5)
        move_unit(self.office, self.bureau, parent=self.other_city, at=moment(later))
        for unit in (self.first, self.second):
            unit.refresh_from_db()
        merge_units(self.office, self.second, into=self.first, at=moment(later))
        report = Report.objects.get(pk=report.pk)
        self.assertEqual((self.data(report), report.file_sha256), before)
        self.assertEqual(check_text(read_seal(self.data(report)), self.data(report)), ())
        self.assertEqual({each.verdict for each in recheck(report)} - {Verdict.AGREES, Verdict.ABOUT}, set())
        sums = figures_as_of(
            self.campaign,
            ["meetings"],
            [self.city.pk, self.other_city.pk],
            on=later,
            position=log.head(),
            at=moment(later),
        )
        self.assertEqual([sums["meetings", unit.pk].value for unit in (self.city, self.other_city)], [None, 3])

    def test_a_move_later_on_the_same_day_is_no_false_alarm(self):
        report = self.issued()
        move_unit(self.office, self.bureau, parent=self.other_city, at=moment(TODAY, 15))
        self.assertNotIn(Verdict.DIFFERS, {each.verdict for each in recheck(report)})

    def test_what_is_entered_later_is_told_beside_the_report(self):
        report = self.issued()
        self.hold_meeting(20)
        changed = {each.quote.code: each for each in recheck(report) if each.changed}
        self.assertEqual((changed["meetings"].then, changed["meetings"].now), ("3", "4"))
        self.assertIs(changed["meetings"].verdict, Verdict.CORRECTED)

    def test_a_correction_needs_a_reason_and_another_value(self):
        report = self.issued()
        for now, reason in (("", "补录"), ("4", ""), ("3", "补录")):
            with self.subTest(now=now), pytest.raises(Refused):
                correct_report(self.office, report, quote=1, now=now, reason=reason)
        with pytest.raises(Refused):
            correct_report(self.office, report, quote=99, now="4", reason="补录")
        with pytest.raises(Refused):
            correct_report(self.office, self.draft(), quote=1, now="4", reason="补录")
        made = correct_report(self.office, report, quote=1, now="4", reason="11月20日补录一次", at=moment(TODAY, 12))
        self.assertEqual((made.was, made.now), ("3", "4"))

    def test_others_neither_issue_nor_correct(self):
        draft = self.draft()
        for actor in (self.reviewer, self.supervisor, self.outsider, self.secretary):
            with self.subTest(actor.name), pytest.raises((PermissionDenied, Http404)):
                seal_report(actor, draft)
        report = self.issued()
        with pytest.raises((PermissionDenied, Http404)):
            correct_report(self.official, report, quote=1, now="4", reason="试")

    def test_who_saw_an_older_draft_does_not_issue_it(self):
        draft = self.draft()
        with pytest.raises(Conflict):
            issue_report(self.office, draft, seen=draft.version - 1, at=moment(TODAY))

    def test_the_same_text_is_issued_once(self):
        report = self.issued()
        with gate_open():
            twin = self.draft()
            Report.objects.filter(pk=twin.pk).update(position=report.position, outline=report.outline)
        with pytest.raises(Refused, match=report.number):
            issue_report(self.office, twin, at=moment(TODAY))

    def test_a_users_word_file_is_filled_and_sealed(self):
        report = issue_report(
            self.office, self.draft(template="自备.docx", title="自备报告", file=word_file()), at=moment(TODAY)
        )
        data = self.data(report)
        sealed = read_seal(data)
        self.assertEqual((check_seal(sealed, self.verifiers()), check_text(sealed, data)), ((), ()))
        self.assertEqual(list(check_rows()), [])

    def test_a_journal_that_went_back_issues_nothing(self):
        draft = self.draft()
        signer = log.signer()
        (signer.folder / f"{signer.name}.size").write_text(str(log.head() + 100), encoding="ascii")
        self.addCleanup((signer.folder / f"{signer.name}.size").unlink)
        with pytest.raises(Refused):
            issue_report(self.office, draft, at=moment(TODAY))
        draft.refresh_from_db()
        self.assertEqual(draft.state, Report.State.DRAFT)


def word_file() -> bytes:
    document = Document()
    document.add_paragraph("{{ title }}")
    document.add_paragraph("召开党员大会{{ figure: meetings }}，项目{{ figure: projects }}。")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
