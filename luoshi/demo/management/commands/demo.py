"""`luoshi demo` — load the demo province, show its accounts, begin its day anew."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luoshi.demo.cast import PASSWORD
from luoshi.demo.loading import DEMO_MORNING, Loader, begun
from luoshi.demo.province import SCALES, SEED
from luoshi.demo.stage import players
from luoshi.gate.errors import Refused
from luoshi.gate.rules import ROLE_NAMES
from luoshi.journal import clock


class Command(BaseCommand):
    help = gettext_lazy(  # type: ignore[assignment]
        """Load the demo province into an empty installation, show its accounts, or begin its day anew.

  luoshi demo load                  the small province, in about a minute: all divisions down to the townships, all leading
                                    bodies, and one county, one city and one bureau whole
  luoshi demo load --scale full     the whole province: 128,000 units, 1.8 million persons, 20 million rows of attendance
  luoshi demo load --seed 7         another province of the same kind; the same seed gives the same data
  luoshi demo accounts              one account for each role, with the password that all of them have
  luoshi demo day                   back to the morning on which the work as loaded ends: for a demo that was left for weeks

In the demo it is the morning of 28 February 2024 when it has been loaded, and its clock goes on from there.

A load that was interrupted goes on where it stopped when it is started again. People and their work are invented;
the divisions are real (luoshi divisions). docs/demo.md tells the rules."""
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "action",
            choices=["load", "accounts", "day"],
            help=_("load: put the province in; accounts: list its accounts; day: set its clock back to the demo day"),
        )
        parser.add_argument(
            "--scale", choices=list(SCALES), help=_("how much of the province; otherwise what was begun here, or small")
        )
        parser.add_argument("--seed", type=int, help=_("any number; the same number gives the same data"))

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["action"] == "day":
            self._begin_day()
            return
        if options["action"] == "load":
            self._load(**options)
        self._show_accounts()

    def _load(self, *, scale: str | None, seed: int | None, verbosity: int, **_options: Any) -> None:
        begun_scale, begun_seed = begun() or ("small", SEED)
        wanted = SCALES[scale or begun_scale]
        try:
            Loader(wanted, seed=begun_seed if seed is None else seed, quiet=not verbosity).run()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _begin_day(self) -> None:
        try:
            at = clock.put_back()
        except clock.NoDemo as refusal:
            raise CommandError(
                _("This installation is no demonstration: its clock is the machine's, and nobody sets it.")
            ) from refusal
        told = {"at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"}
        self.stdout.write(_("In the demonstration it is now %(at)s.") % told)
        if at > DEMO_MORNING:
            self.stdout.write(
                _(
                    "That is when the last entry was made; time does not go back behind the journal. "
                    "For the demo day itself, load the demo into another folder."
                )
            )

    def _show_accounts(self) -> None:
        known = list(players())
        if not known:
            raise CommandError(_("The demo is not loaded here. Load it: luoshi demo load"))
        self.stdout.write(
            _("Accounts of the demo; the password of all of them is %(password)s") % {"password": PASSWORD}
        )
        for player, over in known:
            self.stdout.write(f"  {player.account:<10} {player.name}  {ROLE_NAMES[player.role]}  {over.title}")
