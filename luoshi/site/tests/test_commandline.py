import os
import subprocess
import sys

import pytest

from luoshi.site import commandline


def luoshi(*arguments, home, **variables):
    environment = {**os.environ, "LUOSHI_HOME": str(home), "LANG": "en_US.UTF-8", "LC_ALL": "", **variables}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "luoshi.site.settings",
        "PYTHONIOENCODING": "utf-8",
        "LUOSHI_DATABASE_URL": "",
    }
    command = [sys.executable, "-m", "luoshi", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, encoding="utf-8")


def test_help_teaches_without_making_a_home(tmp_path):
    told = luoshi("--help", home=tmp_path / "home")
    assert told.returncode == 0
    assert "$ luoshi up" in told.stdout
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("variables", "arguments", "word"),
    [
        ({"LANG": "zh_CN.UTF-8"}, (), "启动"),
        ({"LANG": "en_GB.UTF-8"}, (), "To start"),
        ({"LANG": "de_DE.UTF-8"}, (), "启动"),
        ({"LANG": "en_GB.UTF-8"}, ("--lang", "zh"), "启动"),
        ({"LANG": "zh_CN.UTF-8"}, ("--lang=en",), "To start"),
        ({"LANG": "zh_CN.UTF-8", "PYTHONIOENCODING": "ascii"}, (), "To start"),
    ],
)
def test_help_speaks_the_terminals_language_or_the_one_asked_for(monkeypatch, variables, arguments, word):
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", variables["LANG"])
    monkeypatch.setattr(commandline, "shows_chinese", lambda: variables.get("PYTHONIOENCODING") != "ascii")
    language, rest = commandline.chosen_language([*arguments, "--help"])
    assert rest == ["--help"]
    assert word in commandline.teach(commandline.translation(language))


def test_an_unknown_command_is_answered_with_the_nearest_ones(tmp_path):
    told = luoshi("docter", home=tmp_path / "home")
    assert told.returncode == commandline.USED_WRONGLY
    assert "Did you mean: doctor" in told.stderr


def test_a_command_explains_itself(tmp_path):
    told = luoshi("help", "backup", home=tmp_path / "home")
    assert told.returncode == 0
    assert "--with-keys" in told.stdout


def test_a_wrong_argument_is_used_wrongly(tmp_path):
    assert luoshi("serve", "--port", "much", home=tmp_path / "home").returncode == commandline.USED_WRONGLY


def test_a_database_without_tables_is_told_in_words(tmp_path):
    told = luoshi("serve", "--port", "0", home=tmp_path / "home")
    assert told.returncode == commandline.CANNOT_WORK_HERE
    assert "luoshi up" in told.stderr
    assert "Traceback" not in told.stderr


def test_an_unusable_home_is_told_in_words(tmp_path):
    (tmp_path / "home").write_text("")
    told = luoshi("doctor", home=tmp_path / "home")
    assert told.returncode == commandline.CANNOT_WORK_HERE
    assert "Set LUOSHI_HOME" in told.stderr


def test_djangos_own_commands_are_behind_their_own_name(tmp_path):
    assert luoshi("shell", home=tmp_path / "home").returncode == commandline.USED_WRONGLY
    assert "usage: luoshi django check" in luoshi("django", "check", "--help", home=tmp_path / "home").stdout
