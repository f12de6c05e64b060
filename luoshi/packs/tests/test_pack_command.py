"""`luoshi pack` as somebody who writes a pack meets it."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from luoshi.packs.loading import library
from luoshi.packs.tests.marked import whole


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def told(*words: str) -> str:
    out = io.StringIO()
    call_command("pack", *words, stdout=out)
    return out.getvalue()


def test_check_lists_every_flaw_with_file_and_line_and_fails(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(whole("requirments: []\ntitle: {zh-hans: 小活动, en: 小活动}\n"), encoding="utf-8")
    out = io.StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("pack", "check", str(file), stdout=out)
    assert failed.value.returncode == 1
    assert out.getvalue().splitlines() == [
        f"{file}:1: requirments: There is no key “requirments” here. Did you mean “requirements”?",
        f"{file}:2: title.en: There is Chinese in the English text. Translate it.",
    ]
    assert str(failed.value) == "2 flaws."


def test_check_says_that_a_sound_pack_is_sound():
    assert "no flaws. 7 requirements" in told("check", "safety-inspection")


def test_a_file_that_is_not_there_is_told_with_what_is():
    with pytest.raises(CommandError, match="Give a file, or one of: safety-inspection"):
        told("check", "nothing.yaml")


def test_list_names_the_packs_of_the_product():
    assert [line.split()[0] for line in told("list").splitlines()] == sorted(library())


def test_show_prints_a_file_that_can_be_taken_as_a_beginning():
    assert told("show", "safety-inspection", "--yaml") == library()["safety-inspection"].read_text(encoding="utf-8")
    assert "weekly_self_check  每周隐患自查 · Weekly hazard check" in told("show", "safety-inspection")


def test_diff_says_what_a_new_version_changes(tmp_path):
    file = tmp_path / "mine.yaml"
    text = library()["safety-inspection"].read_text(encoding="utf-8")
    file.write_text(text.replace("by: 2024-04-15", "by: 2024-04-30"), encoding="utf-8")
    assert told("diff", "safety-inspection", str(file)).splitlines() == [
        "requirement responsibility_meeting (召开安全责任部署会): changed",
        "  by: 2024-04-15 → 2024-04-30",
    ]
    assert told("diff", str(file), str(file)) == "No differences.\n"


def test_schema_is_printed_for_editors():
    assert "requirements" in json.loads(told("schema"))["properties"]
