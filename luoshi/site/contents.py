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
    more: tuple[tuple[str, str], ...] = ()  # further examples, with what they do


GROUPS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    (
        _("To start"),
        (
            Command(
                "up",
                _("set up everything that is missing, then serve: the one command for a first look"),
                "luoshi up",
                (
                    ("LUOSHI_HOME=/srv/luoshi luoshi up --no-demo", _("a home of your own, without the demo province")),
                    ("luoshi up --port 8001", _("when another program uses port 8000")),
                ),
            ),
            Command(
                "serve",
                _("serve the pages, the API and the background work of this home"),
                "luoshi serve --port 8001",
                (
                    ("luoshi serve --host 0.0.0.0 --port 80", _("so that other machines reach it")),
                    ("luoshi serve --no-work", _("with “luoshi work” in a process of its own")),
                ),
            ),
            Command(
                "work",
                _("do background work only: the queue and the clock"),
                "luoshi work",
                (("luoshi work --once", _("do what is due and end, for cron")),),
            ),
        ),
    ),
    (
        _("To look"),
        (
            Command(
                "demo",
                _("load the demo province, list its accounts, or begin its day anew"),
                "luoshi demo load --scale small",
            ),
            Command(
                "divisions",
                _("print the divisions of a province, to the villages"),
                "luoshi divisions 甘肃 --level county",
            ),
        ),
    ),
    (
        _("To check"),
        (
            Command(
                "check",
                _("check each number of a finished text against the ledger"),
                "luoshi check summary.docx --unit 62",
                (
                    ("luoshi check summary.txt --unit 6206 --as zhou", _("as one account, with what it may see")),
                    ("luoshi check summary.docx --json > checked.json", _("for another program")),
                    ("luoshi check summary.docx --read-only", _("only read the numbers; needs no database")),
                ),
            ),
            Command(
                "verify",
                _("recompute figures, replay the journal, compare records; check a report that came back"),
                "luoshi verify --against report.docx",
            ),
            Command(
                "checkpoint",
                _("sign the journal as it is now, and print what to keep"),
                "luoshi checkpoint",
                (
                    ("luoshi checkpoint --out checkpoint.txt", _("into a file, for whoever keeps it")),
                    ("luoshi checkpoint --key", _("the public key, to publish")),
                ),
            ),
            Command("doctor", _("look over this installation and say what to do"), "luoshi doctor"),
        ),
    ),
    (
        _("Data in and out"),
        (
            Command(
                "pack",
                _("check, compare and install campaign packs: who is asked for what, and what is counted"),
                "luoshi pack check mine.yaml",
            ),
        ),
    ),
    (
        _("To administer"),
        (
            Command(
                "backup",
                _("copy the database and the files while the product runs"),
                "luoshi backup /mnt/backup",
                (("luoshi backup /mnt/safe --with-keys", _("with the keys, for a safe")),),
            ),
            Command("restore", _("put a backup back; what was there is set aside"), "luoshi restore var/backups/NAME"),
            Command("rebuild", _("derive what units owe again from the records"), "luoshi rebuild"),
        ),
    ),
)


# `check` is a command of Django's own, which our tests and migrations call; ours lies under another name.
FILES = {"check": "check_text"}


def commands() -> dict[str, Command]:
    return {command.name: command for _group, entries in GROUPS for command in entries}


def own_commands() -> set[str]:
    """The names of the rooms' own commands, as they lie in the tree."""
    names = {file: name for name, file in FILES.items()}
    stems = {path.stem for path in PACKAGE.glob("*/management/commands/*.py") if not path.stem.startswith("_")}
    return {names.get(stem, stem) for stem in stems}
