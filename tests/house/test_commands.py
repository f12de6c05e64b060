"""Every command can be found, teaches what it does, and shows an example."""

import json
import os
import re
import subprocess
import sys
from functools import cache

import pytest
from django.core.management import load_command_class

from luoshi.site import contents
from tests.house.tree import PACKAGE, ROOT

COMMANDS = contents.commands()
ALL_HELPS = """
import contextlib, io, json, sys
from luoshi.site import commandline, contents
told = {}
for name in contents.commands():
    with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):
        commandline.run(["--lang", sys.argv[1], "help", name])
    told[name] = shown.getvalue()
print(json.dumps(told))
"""


@cache
def helps(language: str) -> dict[str, str]:
    """What `luoshi help NAME` prints, for every command."""
    told = subprocess.run(
        [sys.executable, "-c", ALL_HELPS, language],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "COLUMNS": "80"},
        capture_output=True,
        check=True,
    )
    found: dict[str, str] = json.loads(told.stdout)
    return found


def own_commands() -> list[tuple[str, str]]:
    paths = PACKAGE.glob("*/management/commands/*.py")
    return sorted((path.stem, f"luoshi.{path.parts[-4]}") for path in paths if not path.stem.startswith("_"))


def test_every_command_stands_in_the_table_of_contents():
    assert contents.own_commands() == set(COMMANDS)


def test_no_two_rooms_have_a_command_of_the_same_name():
    names = [name for name, _room in own_commands()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("name", "room"), own_commands())
def test_every_command_says_what_it_does_and_what_each_argument_means(name, room):
    command = load_command_class(room, name)
    assert command.help
    parser = command.create_parser("luoshi", name)
    assert not [action.dest for action in parser._actions if not action.help]


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_every_example_is_a_call_of_its_own_command(command):
    assert command.example.split()[:2] == ["luoshi", command.name]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_bears_the_name_that_is_typed_and_an_example_of_it(name, language):
    told = helps(language)[name]
    usage, _blank, rest = told.partition("\n\n")
    assert re.match(rf"\S+? ?luoshi {name}\b", usage), usage
    assert f"luoshi {name}" in rest
    assert not set(contents.FILES.values()) & set(re.findall(r"\w+", told))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_is_in_the_readers_language(name):
    chinese, english = helps("zh")[name], helps("en")[name]
    assert not re.search(r"usage|options|show this help|positional", chinese)
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"^ +luoshi .*|\(.*?[\u4e00-\u9fff].*?\)", "", english, flags=re.M))


@pytest.mark.parametrize("name", COMMANDS)
def test_no_help_lists_the_switches_of_django(name):
    assert not re.search(r"--(settings|pythonpath|traceback|no-color|skip-checks)", helps("en")[name])
