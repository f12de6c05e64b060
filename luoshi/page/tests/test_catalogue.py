import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOM = Path(__file__).parent.parent
CATALOGUE = ROOM / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def gettext_tools() -> None:
    if shutil.which("msgfmt") is None:
        pytest.fail("gettext is not installed: apt-get install gettext")


@pytest.mark.usefixtures("gettext_tools")
def test_the_chinese_catalogue_has_no_gap_and_nothing_fuzzy() -> None:
    report = subprocess.run(
        ["msgfmt", "--check", "--statistics", "-o", "/dev/null", str(CATALOGUE)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "untranslated" not in report.stderr
    assert "fuzzy" not in report.stderr


@pytest.mark.usefixtures("gettext_tools")
def test_every_word_of_the_room_is_in_the_catalogue(tmp_path: Path) -> None:
    copy = tmp_path / "page"
    shutil.copytree(ROOM, copy, ignore=shutil.ignore_patterns("static", "tests", "__pycache__"))
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-location", "--no-obsolete"],
        cwd=copy, env=environment, check=True, capture_output=True,
    )  # fmt: skip
    fresh = subprocess.run(
        ["msgattrib", "--untranslated", str(copy / "locale/zh_Hans/LC_MESSAGES/django.po")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "msgid" not in fresh.stdout


@pytest.mark.usefixtures("gettext_tools")
def test_the_compiled_catalogue_is_of_the_same_words(tmp_path: Path) -> None:
    fresh = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "-o", str(fresh), str(CATALOGUE)], check=True)
    assert fresh.read_bytes() == CATALOGUE.with_suffix(".mo").read_bytes()
