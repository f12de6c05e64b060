"""Every command can be found, teaches what it does, and shows an example."""

import pytest
from django.core.management import load_command_class

from luoshi.site import contents
from tests.house.tree import PACKAGE

COMMANDS = contents.commands()


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
