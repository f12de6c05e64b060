"""`luoshi demo` — load the demo province, and show its accounts."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luoshi.demo.cast import PASSWORD
from luoshi.demo.loading import Loader
from luoshi.demo.province import SCALES, SEED
from luoshi.demo.stage import players
from luoshi.gate.errors import Refused
from luoshi.gate.rules import ROLE_NAMES


class Command(BaseCommand):
    help = gettext_lazy(  # type: ignore[assignment]
        """Load the demo province into an empty installation, or show its accounts.

  luoshi demo load                  the small province, in about a minute: all divisions down to the townships, all leading
                                    bodies, and one county, one city and one bureau whole
  luoshi demo load --scale full     the whole province: 128,000 units, 1.8 million persons, 20 million rows of attendance
  luoshi demo load --seed 7         another province of the same kind; the same seed gives the same data
  luoshi demo accounts              one account for each role, with the password that all of them have

A load that was interrupted goes on where it stopped when it is started again. People and their work are invented;
the divisions are real (luoshi divisions). docs/demo.md tells the rules."""
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "action", choices=["load", "accounts"], help=_("load: put the province in; accounts: list its accounts")
        )
        parser.add_argument("--scale", choices=list(SCALES), default="small", help=_("how much of the province"))
        parser.add_argument("--seed", type=int, default=SEED, help=_("any number; the same number gives the same data"))

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["action"] == "load":
            self._load(**options)
        self._show_accounts()

    def _load(self, *, scale: str, seed: int, verbosity: int, **_options: Any) -> None:
        try:
            Loader(SCALES[scale], seed=seed, quiet=not verbosity).run()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _show_accounts(self) -> None:
        known = list(players())
        if not known:
            raise CommandError(_("The demo is not loaded here. Load it: luoshi demo load"))
        self.stdout.write(
            _("Accounts of the demo; the password of all of them is %(password)s") % {"password": PASSWORD}
        )
        for player, over in known:
            self.stdout.write(f"  {player.account:<10} {player.name}  {ROLE_NAMES[player.role]}  {over.title}")
