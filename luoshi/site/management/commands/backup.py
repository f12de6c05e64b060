from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from luoshi.site import home
from luoshi.site.backup import Damaged, back_up
from luoshi.site.commandline import CANNOT_WORK_HERE


class Command(BaseCommand):
    help = _("Copy the database and the files into a new folder, while the product runs.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("into", nargs="?", type=Path, help=_("where the copy goes (default: LUOSHI_HOME/backups)"))
        parser.add_argument(
            "--with-keys", action="store_true", help=_("copy the keys too; keep such a copy as carefully as the keys")
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(postgresql_hint(), returncode=CANNOT_WORK_HERE)
        folder = home.folder()
        if not (folder / "luoshi.db").exists():
            raise CommandError(
                _("There is no database in %(home)s yet.") % {"home": folder}, returncode=CANNOT_WORK_HERE
            )
        try:
            made = back_up(
                folder,
                into=options["into"] or folder / "backups",
                at=timezone.localtime(),
                with_keys=options["with_keys"],
                quiet=options["verbosity"] == 0,
            )
        except (OSError, Damaged) as error:
            says = _("No backup was made (%(cause)s). Check the free space and the right to write there.")
            raise CommandError(says % {"cause": error}) from error
        says = _("%(folder)s: %(files)s files, %(megabytes)s MB, each with its SHA-256 in manifest.json.")
        values = {"folder": made.folder, "files": made.files, "megabytes": f"{made.bytes / 1e6:,.1f}"}
        self.stdout.write(says % values)
        if not options["with_keys"]:
            says = _(
                "The keys are not in it: keep %(keys)s elsewhere, safely; without them the journal cannot be signed."
            )
            self.stdout.write(says % {"keys": folder / "keys"})


def postgresql_hint() -> str:
    return _(
        "This installation uses PostgreSQL: its own tools make a better copy.\n"
        '  pg_dump --format=custom --file=luoshi.dump "$LUOSHI_DATABASE_URL"\n'
        '  pg_restore --clean --if-exists --dbname="$LUOSHI_DATABASE_URL" luoshi.dump\n'
        "Copy the folders files and keys of %(home)s beside it, the keys to another place."
    ) % {"home": home.place()}
