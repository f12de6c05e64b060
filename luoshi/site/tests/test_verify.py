"""`luoshi verify` — every kind of tampering is found and told in words; an untouched ledger agrees."""

import json
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import translation

from luoshi.gate.ledgered import gate_open
from luoshi.journal import log, merkle, note
from luoshi.journal.models import Change, Checkpoint, Entry
from luoshi.orgs.models import Person
from luoshi.reports.tests.issued import ReportTestCase
from luoshi.reports.word.package import opened, pack


class Verify(ReportTestCase):
    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.enterContext(translation.override("en"))

    def verify(self, *arguments: str) -> tuple[int, str]:
        out, code = StringIO(), 0
        try:
            call_command("verify", *arguments, stdout=out, verbosity=0)
        except SystemExit as ended:
            code = int(ended.code or 0)
        return code, out.getvalue()

    def sql(self, statement: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, list(values))

    def kept(self) -> str:
        path = self.folder / "kept.txt"
        call_command("checkpoint", "--out", str(path), stdout=StringIO())
        return str(path)

    def report_file(self) -> Path:
        self.report = self.issued()
        path = self.folder / "report.docx"
        with self.report.file.open("rb") as file:
            path.write_bytes(file.read())
        return path

    def rewrite(self) -> None:
        """The whole log anew, with the key: another word in the first entry, new leaves, new checkpoints."""
        first = Entry.objects.earliest("position")
        body = first.body.replace(f'"{first.actor}"', '"somebody-else"')
        self.sql("UPDATE journal_entry SET body = %s, leaf = %s, actor = %s WHERE position = %s",
                 body, merkle.leaf_hash(body.encode()), "somebody-else", first.position)  # fmt: skip
        for each in Checkpoint.objects.order_by("number"):
            tree = merkle.Range()
            tree.extend(log.leaves(stop=each.size))
            told = note.Checkpoint(log.signer().origin, each.size, tree.root())
            self.sql("UPDATE journal_checkpoint SET root = %s, frontier = %s, note = %s WHERE number = %s",
                     tree.root(), tree.to_bytes(), note.sign(told, log.signer().key), each.number)  # fmt: skip

    def test_an_untouched_ledger_agrees(self):
        self.report_file()
        code, said = self.verify()
        self.assertEqual((code, said.count("✓")), (0, 3), said)

    def test_the_log_rewritten_with_its_key_agrees_with_itself_but_not_with_an_earlier_report(self):
        path = self.report_file()
        self.rewrite()
        self.assertEqual(self.verify("--log")[0], 0)
        code, said = self.verify("--log", "--against", str(path))
        self.assertEqual(code, 1)
        self.assertIn("rewritten", said)
        self.assertIn("report.docx", said)

    def test_the_rewritten_log_is_found_by_every_kind_of_kept_file(self):
        report = self.report_file()
        kept = self.kept()
        position = Entry.objects.filter(action="report.seal").earliest("position").position
        proof = self.folder / "entry.tlog-proof"
        checkpoint = log.last_checkpoint()
        assert checkpoint is not None
        proof.write_text(log.prove(position, checkpoint), encoding="utf-8")
        bundle = self.folder / "luoshi-proof.json"
        bundle.write_bytes(self.page(f"/reports/{self.report.pk}/proof/").content)
        files = [str(report), kept, str(proof), str(bundle)]
        for file in files:
            self.assertEqual(self.verify("--against", file)[0], 0, file)
        self.rewrite()
        for file in files:
            with self.subTest(file):
                code, said = self.verify("--log", "--against", file)
                self.assertEqual(code, 1, said)

    def test_one_byte_of_an_entry_is_found(self):
        entry = Entry.objects.latest("position")
        self.sql(
            "UPDATE journal_entry SET body = %s WHERE position = %s",
            entry.body.replace("activity", "activitx"),
            entry.pk,
        )
        code, said = self.verify("--log")
        self.assertEqual(code, 1)
        self.assertIn(f"entry {entry.position}", said)

    def test_a_changed_value_behind_an_entry_is_found(self):
        change = Change.objects.filter(subject__startswith="activity:").latest("pk")
        assert change.body is not None
        self.sql("UPDATE journal_change SET body = %s WHERE id = %s", change.body.replace("22", "23", 1), change.pk)
        self.assertIn("altered", self.verify("--log")[1])

    def test_a_removed_entry_is_found(self):
        kept = self.kept()
        last = log.head()
        self.sql("DELETE FROM journal_change WHERE entry_id = %s", last)
        self.sql("DELETE FROM journal_entry WHERE position = %s", last)
        code, said = self.verify("--log", "--against", kept)
        self.assertEqual(code, 1)
        self.assertIn("removed", said)

    def test_a_forged_checkpoint_is_found(self):
        self.kept()
        self.sql("UPDATE journal_checkpoint SET note = %s", log.last_checkpoint().note.replace("\n", "\nx", 1))
        self.assertEqual(self.verify("--log")[0], 1)

    def test_a_row_changed_behind_the_journal_is_found_and_names_stay_unsaid(self):
        with gate_open():
            Person.objects.filter(pk=self.persons[0].pk).update(name="张冠李")
        code, said = self.verify("--rows")
        self.assertEqual(code, 1)
        self.assertIn(self.persons[0].ref, said)
        self.assertNotIn("张冠李", said)
        self.assertNotIn("郑卫东", said)
        self.assertIn("张冠李", self.verify("--rows", "--as", "zhou")[1])
        self.assertNotIn("张冠李", self.verify("--rows", "--as", "audit")[1])

    def test_a_row_put_in_and_a_row_taken_away_are_found(self):
        self.sql("DELETE FROM reports_report WHERE id = %s", self.draft().pk)
        self.assertIn("missing in the database", self.verify("--rows")[1])

    def test_a_changed_tally_is_found(self):
        self.sql("UPDATE figures_delta SET delta = delta + 1 WHERE id = (SELECT max(id) FROM figures_delta)")
        code, said = self.verify("--figures")
        self.assertEqual(code, 1)
        self.assertIn("the records say", said)

    def test_a_report_is_checked_for_itself_and_offline(self):
        path = self.report_file()
        self.assertEqual(self.verify(str(path))[0], 0)
        with self.assertNumQueries(0):
            code, _said = self.verify(str(path), "--key", log.signer().key.vkey)
        self.assertEqual(code, 0)
        stranger = note.SigningKey.generate(log.signer().origin).vkey
        self.assertEqual(self.verify(str(path), "--key", stranger)[0], 1)

    def test_a_figure_changed_in_the_file_is_told_by_its_number(self):
        path = self.report_file()
        parts = dict(opened(path.read_bytes()))
        text = parts["word/document.xml"].decode().replace(">3<", ">9<", 1)
        path.write_bytes(pack(parts | {"word/document.xml": text}))
        code, said = self.verify(str(path))
        self.assertEqual(code, 1)
        self.assertIn("[1]", said)

    def test_the_result_can_be_read_by_programs(self):
        told = json.loads(self.verify("--log", "--json")[1])
        self.assertEqual(told, {"agrees": True, "findings": {"log": []}})

    def test_files_that_are_nothing_of_ours_are_refused_with_a_reason(self):
        for name, content in (
            ("a.docx", b"PK nothing"),
            ("a.json", b"{}"),
            ("a.txt", b"hello"),
            ("a.bin", b"\xff\xfe\x00"),
        ):
            path = self.folder / name
            path.write_bytes(content)
            with self.subTest(name), pytest.raises(CommandError, match=name) as refused:
                self.verify("--against", str(path))
            self.assertEqual(refused.value.returncode, 2)
        with pytest.raises(CommandError, match="nowhere"):
            self.verify("--against", str(self.folder / "nowhere.txt"))

    def test_a_checkpoint_of_an_empty_log_is_no_proof_of_anything_but_no_error(self):
        empty = self.folder / "empty.txt"
        told = note.Checkpoint(log.signer().origin, 0, merkle.EMPTY_ROOT)
        empty.write_text(note.sign(told, log.signer().key), encoding="utf-8")
        self.assertEqual(self.verify("--log", "--against", str(empty))[0], 0)

    def test_a_checkpoint_of_another_log_is_told(self):
        with override_settings(LUOSHI_ORIGIN="elsewhere.example/log"):
            kept = self.kept()
        self.assertEqual(self.verify("--log", "--against", kept)[0], 1)

    def test_a_journal_that_went_back_is_not_signed(self):
        signer = log.signer()
        signer.sign(note.Checkpoint(signer.origin, log.head() + 5, bytes(32)))
        with pytest.raises(CommandError):
            call_command("checkpoint", stdout=StringIO())

    def test_the_public_key_can_be_printed(self):
        out = StringIO()
        call_command("checkpoint", "--key", stdout=out)
        self.assertEqual(out.getvalue().strip(), log.signer().key.vkey)
