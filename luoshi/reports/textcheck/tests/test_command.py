"""The command reads a file and prints JSON or a table; it needs neither Django nor a database."""

import json
import subprocess
import sys

import pytest

from luoshi.reports.textcheck import read
from luoshi.reports.textcheck.__main__ import main
from luoshi.reports.textcheck.reasons import RULES
from luoshi.reports.textcheck.speech import speak_with

TEXT = "青榆县受理线索386件，其中立案142件，占46.8%。"


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "总结.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_json_has_every_statement_with_its_place(path, capsys):
    assert main([str(path), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    first = printed["statements"][0]
    assert TEXT[first["start"] : first["end"]] == first["text"] == "386件"
    assert {
        "value",
        "value_hi",
        "unit",
        "kind",
        "approx",
        "what",
        "org",
        "role",
        "verdict",
        "indicator",
        "ledger_value",
    } <= first.keys()
    assert first["verdict"] is None
    (contradiction,) = printed["contradictions"]
    assert [s["text"] for s in contradiction["statements"]] == ["386件", "142件", "46.8%"]


def test_without_json_a_table_is_printed(path, capsys):
    assert main([str(path)]) == 0
    printed = capsys.readouterr().out
    assert "386件" in printed
    assert "青榆县" in printed
    assert "! percent and counts (1, 2, 3): 142件 ÷ 386件 = 36.79% ≠ 46.8%" in printed


def test_a_file_that_cannot_be_read_is_told_on_the_error_stream(tmp_path, capsys):
    assert main([str(tmp_path / "无.txt")]) == 2
    assert "There is no file" in capsys.readouterr().err


def test_the_package_does_not_import_django():
    code = "import sys, luoshi.reports.textcheck.__main__; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_reason_that_is_given_is_said_in_a_sentence_that_can_be_translated():
    reading = read(TEXT + "2023年，“七个贴近”。每周至少安排一个单位。共救助1.2万余人，每人每月680元。")
    spoken = []

    def note(message):
        spoken.append(message)
        return message

    speak_with(note)
    for statement in reading.statements:
        assert all("%(" not in reason.sentence for reason in statement.why)
    assert set(spoken) <= set(RULES.values())
