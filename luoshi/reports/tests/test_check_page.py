"""核数 page and command — paste or upload a text; each number of it is marked."""

import io
import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from luoshi.activities.operations import Held, record_activity
from luoshi.reports.models import Match
from luoshi.testing.cast import TODAY, LedgerTestCase, moment

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TEXT = "东林市召开党员大会3次。西原市植树1200棵。\n下一步，计划召开党员大会9次。"
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "summaries"


class CheckPage(LedgerTestCase):
    def setUp(self):
        super().setUp()
        for day in (20, 21, 22):
            held = Held(kind=self.kind("meeting"), held_on=date(2023, 11, day), title="会议")
            record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(TODAY))
        self.client.force_login(self.users["zhou"], backend=BACKEND)

    def post(self, **data):
        return self.client.post("/check/", data)

    def verdicts(self, response):
        return [mark.kind for mark in response.context["marks"]]

    def test_a_pasted_text_is_marked_number_by_number(self):
        response = self.post(text=TEXT)
        self.assertEqual(self.verdicts(response), ["agrees", "unknown", "not"])
        self.assertContains(response, "said-agrees")

    def test_a_word_file_is_read(self):
        file = io.BytesIO()
        document = docx.Document()
        document.add_paragraph(TEXT)
        document.save(file)
        upload = SimpleUploadedFile("总结.docx", file.getvalue())
        self.assertEqual(self.verdicts(self.post(file=upload)), ["agrees", "unknown", "not"])

    def test_bad_files_are_told_with_what_to_do(self):
        for name, data in (
            ("a.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600),
            ("a.docx", b"PK\x03\x04nonsense"),
            ("a.txt", b""),
        ):
            with self.subTest(name):
                self.assertEqual(self.post(file=SimpleUploadedFile(name, data)).status_code, 422)

    def test_nothing_given_is_told(self):
        self.assertEqual(self.post(text="  ").status_code, 422)

    def test_gb18030_is_read(self):
        upload = SimpleUploadedFile("a.txt", TEXT.encode("gb18030"))
        self.assertEqual(self.verdicts(self.post(file=upload)), ["agrees", "unknown", "not"])

    def test_a_confirmed_match_is_remembered_for_the_next_text(self):
        text = "东林市碰头3次。"
        first = self.post(text=text)
        self.assertEqual(self.verdicts(first), ["unknown"])
        phrase = first.context["marks"][0].phrase
        self.client.post(
            "/check/remember/", {"phrase": phrase, "indicator": self.indicator("meetings").pk, "key": "k-remember"}
        )
        self.assertEqual(Match.objects.get().phrase, phrase)
        self.assertEqual(self.verdicts(self.post(text=text)), ["agrees"])

    def test_administrators_check_no_texts(self):
        self.client.force_login(self.users["system"], backend=BACKEND)
        self.assertEqual(self.client.get("/check/").status_code, 403)

    def test_the_command_prints_json_with_verdicts(self):
        path = Path(self.enterContext(_folder())) / "text.txt"
        path.write_text(TEXT, encoding="utf-8")
        out = io.StringIO()
        call_command("check_text", path, unit="62", json=True, stdout=out)
        found = json.loads(out.getvalue())["statements"]
        self.assertEqual([each["verdict"] for each in found], ["agrees", "unknown", "not_checked"])
        self.assertEqual((found[0]["indicator"], found[0]["ledger_value"]), ("meetings", 3.0))

    def test_the_command_ends_with_one_when_a_number_differs(self):
        path = Path(self.enterContext(_folder())) / "text.txt"
        path.write_text("东林市召开党员大会5次。", encoding="utf-8")
        with self.assertRaises(SystemExit) as ended:
            call_command("check_text", path, unit="62", stdout=io.StringIO())
        self.assertEqual(ended.exception.code, 1)


def _folder():
    return tempfile.TemporaryDirectory()


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample texts are not here")
@pytest.mark.parametrize("name", ["S1", "S2"])
def test_all_statements_of_the_two_summaries_are_found_and_no_set_phrase(name):
    body = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8").split("\n\n", 1)[1].rstrip("\n")
    gold = [json.loads(line) for line in (SAMPLES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    wanted = {
        (each["start"], each["start"] + len(each["span"])) for each in gold if each["kind"] != "ordinal_or_setphrase"
    }
    folder = _folder()
    path = Path(folder.name) / "body.txt"
    path.write_text(body, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "luoshi", "check", "--read-only", "--json", str(path)], capture_output=True, check=False
    )
    folder.cleanup()
    found = {(each["start"], each["end"]) for each in json.loads(done.stdout)["statements"]}
    assert found == wanted
