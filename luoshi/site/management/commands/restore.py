from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.utils import timezone
from django.utils.translation import gettext as _

from luoshi.site import home
from luoshi.site.backup import Damaged, put_back
from luoshi.site.commandline import CANNOT_WORK_HERE
from luoshi.site.management.commands.backup import postgresql_hint
from luoshi.site.management.commands.serve import in_use


class Command(BaseCommand):
    help = _("Put a backup back into this home; what was there is set aside, nothing is deleted.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help=_("the folder that “luoshi backup” made"))

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(postgresql_hint(), returncode=CANNOT_WORK_HERE)
        folder = home.folder()
        if holder := home.held_by():
            raise CommandError(in_use(holder), returncode=CANNOT_WORK_HERE)
        connections.close_all()
        try:
            with home.hold("restore"):
                aside = put_back(options["folder"], home=folder, at=timezone.localtime())
        except Damaged as error:
            says = _("Nothing was changed: “%(name)s” is missing from this backup, was added to it, or has changed.")
            raise CommandError(says % {"name": error}) from error
        except home.InUse as error:
            raise CommandError(in_use(error.holder), returncode=CANNOT_WORK_HERE) from error
        self.stdout.write(_("Restored. What was there before: %(aside)s") % {"aside": aside})
        self.stdout.write(
            _(
                "Next: “luoshi django migrate”, then “luoshi verify”. The journal now ends earlier than it did: "
                "if a later checkpoint was published, its signer refuses to go on until an administrator "
                "starts a new origin."
            )
        )
