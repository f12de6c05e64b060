"""The table of contents of `luoshi --help`: every command, its group, one sentence and one example.

The rooms own the commands themselves (`luoshi/<room>/management/commands/NAME.py`); this page is read without starting
Django, so that help comes at once and on a machine where nothing else works yet. A house test keeps both in step.
"""

from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def _(msgid: str) -> str:
    """Marks a sentence for the catalogue; the command line translates it when it speaks."""
    return msgid


@dataclass(frozen=True)
class Command:
    name: str
    says: str
    example: str


GROUPS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    (
        _("To start"),
        (
            Command(
                "up", _("set up everything that is missing, then serve: the one command for a first look"), "luoshi up"
            ),
            Command(
                "serve", _("serve the pages, the API and the background work of this home"), "luoshi serve --port 8001"
            ),
            Command("work", _("do background work only: the queue and the clock"), "luoshi work"),
        ),
    ),
    (_("To look"), ()),
    (_("To check"), (Command("doctor", _("look over this installation and say what to do"), "luoshi doctor"),)),
    (_("Data in and out"), ()),
    (
        _("To administer"),
        (
            Command("backup", _("copy the database and the files while the product runs"), "luoshi backup /mnt/backup"),
            Command("restore", _("put a backup back; what was there is set aside"), "luoshi restore var/backups/NAME"),
            Command("rebuild", _("derive what units owe again from the records"), "luoshi rebuild"),
        ),
    ),
)


def commands() -> dict[str, Command]:
    return {command.name: command for _group, entries in GROUPS for command in entries}


def own_commands() -> set[str]:
    """The names of the rooms' own commands, as they lie in the tree."""
    return {path.stem for path in PACKAGE.glob("*/management/commands/*.py") if not path.stem.startswith("_")}
