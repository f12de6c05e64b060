"""`luoshi checkpoint` — sign the journal as it is now, and print what somebody else should keep."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from luoshi.journal import clock, log


class Command(BaseCommand):
    help = _(
        "Sign the journal as it is now and print the checkpoint. Whoever keeps it outside can tell later whether anything "
        "before it was rewritten, even by somebody with the key: luoshi verify --against FILE."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, metavar="FILE", help=_("write the checkpoint into this file"))
        parser.add_argument(
            "--key", action="store_true", help=_("print the public key of the log instead (to publish it)")
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["key"]:
            self.stdout.write(log.signer().key.vkey)
            return
        try:
            made = log.checkpoint(at=clock.now())
        except log.WentBack as gone:
            says = _(
                "The journal has %(size)d entries, but %(published)d were signed before: an old backup was restored, or entries "
                "were removed. Nothing is signed until you restore the newer database or begin a new log (LUOSHI_LOG_ORIGIN)."
            )
            raise CommandError(says % {"size": gone.size, "published": gone.published}) from gone
        if options["out"] is None:
            self.stdout.write(made.note, ending="")
            return
        try:
            options["out"].write_text(made.note, encoding="utf-8", newline="\n")
        except OSError as error:
            says = _("%(file)s cannot be written: %(cause)s")
            raise CommandError(says % {"file": options["out"], "cause": error.strerror}) from error
        says = _("Checkpoint no. %(number)d over %(size)s entries: %(file)s. Keep it outside this machine.")
        self.stdout.write(says % {"number": made.number, "size": f"{made.size:,}", "file": options["out"]})
