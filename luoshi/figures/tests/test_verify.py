"""核验 — what differs is found and told in words, whoever changed it and however."""

from datetime import date

from django.db import connection
from django.utils.translation import override

from luoshi.activities.models import Activity
from luoshi.activities.operations import Held, record_activity
from luoshi.figures.verify import check_figures
from luoshi.gate.verify import check_rows
from luoshi.journal import log, merkle, note
from luoshi.journal.models import Change, Checkpoint, Entry
from luoshi.journal.verify import Kept, check_log
from luoshi.lib import canonical
from luoshi.testing.cast import TODAY, LedgerTestCase, moment


class Verify(LedgerTestCase):
    def setUp(self):
        super().setUp()
        held = Held(kind=self.kind("meeting"), held_on=date(2023, 11, 21), title="会议")
        self.activity = record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(TODAY))
        self.kept = log.checkpoint(at=moment(TODAY))

    def run_sql(self, sql, *values):
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    def findings(self, *, kept=()):
        return [f"{f.where}: {f.says}" for f in (*check_log(kept), *check_rows(), *check_figures())]

    def test_an_untouched_ledger_has_no_findings(self):
        self.assertEqual(self.findings(kept=[Kept("kept.txt", note.parse(self.kept.note).checkpoint)]), [])

    def test_one_changed_byte_of_an_entry_is_found(self):
        self.run_sql(
            "UPDATE journal_entry SET body = replace(body, 'activity.record', 'activity.recorD') WHERE action = 'activity.record'"
        )
        with override("en"):
            found = self.findings()
        self.assertTrue(any("not the one that was hashed" in each for each in found), found)

    def test_a_changed_value_of_a_change_is_found(self):
        self.run_sql(
            "UPDATE journal_change SET body = replace(body, '会议', '会艺') WHERE subject = %s", self.activity.ref
        )
        self.assertEqual(len([f for f in self.findings() if self.activity.ref in f]), 2)

    def test_a_row_changed_behind_the_ledger_is_found(self):
        self.run_sql("UPDATE activities_activity SET present = 1 WHERE id = %s", self.activity.pk)
        found = self.findings()
        self.assertTrue(any("activity:" in each and "present" in each for each in found), found)
        self.assertTrue(any("attendances" in each for each in found), found)

    def test_a_lost_attendance_row_is_found(self):
        self.run_sql("DELETE FROM activities_attendance WHERE person_id = %s", self.persons[0].pk)
        self.assertTrue(any("attendance" in each for each in self.findings()))

    def test_a_removed_entry_is_found(self):
        position = log.head() - 3
        self.run_sql("DELETE FROM journal_change WHERE entry_id = %s", position)
        self.run_sql("DELETE FROM journal_entry WHERE position = %s", position)
        self.assertTrue(any(str(position) in each for each in self.findings()))

    def test_the_whole_log_rewritten_with_the_key_is_found_by_who_kept_a_checkpoint(self):
        """An attacker with database and key rewrites everything consistently; only the kept checkpoint tells."""
        change = Change.objects.get(subject=self.activity.ref)
        body = (change.body or "").replace("会议", "大会")
        digest = merkle.leaf_hash(bytes(change.salt or b"") + body.encode())
        self.run_sql("UPDATE journal_change SET body = %s, digest = %s WHERE id = %s", body, digest, change.pk)
        self.run_sql("UPDATE activities_activity SET title = '大会' WHERE id = %s", self.activity.pk)
        entry = Entry.objects.get(position=change.entry_id)
        root = merkle.root(
            [bytes(d) for d in Change.objects.filter(entry=entry).order_by("no").values_list("digest", flat=True)]
        )
        text = canonical.dumps(entry.data | {"changes_root": root.hex()}).decode()
        leaf = merkle.leaf_hash(text.encode())
        self.run_sql("UPDATE journal_entry SET body = %s, leaf = %s WHERE position = %s", text, leaf, entry.position)
        tree = merkle.Range()
        tree.extend(log.leaves())
        forged = note.sign(note.Checkpoint(log.signer().origin, tree.size, tree.root()), log.signer().key)
        own = Checkpoint.objects.get()
        self.run_sql("UPDATE journal_checkpoint SET root = %s, note = %s, frontier = %s WHERE number = %s",
                     tree.root(), forged, tree.to_bytes(), own.pk)  # fmt: skip
        self.assertEqual(self.findings(), [])
        found = self.findings(kept=[Kept("report.docx", note.parse(self.kept.note).checkpoint)])
        self.assertEqual(len(found), 1)
        self.assertIn("report.docx", found[0])
        self.assertEqual(Activity.objects.get().title, "大会")
