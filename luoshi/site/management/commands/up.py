from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from luoshi.site import home
from luoshi.site.management.commands.serve import add_server_arguments, run_server
from luoshi.site.setup import bring_up_to_date, has_demo, is_empty, is_half_loaded


class Command(BaseCommand):
    help = _("Set up whatever is missing (folder, tables, demo province), then serve.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_server_arguments(parser)
        parser.add_argument("--no-demo", action="store_true", help=_("leave an empty database empty"))

    def handle(self, *_arguments: Any, **options: Any) -> None:
        def set_up() -> None:
            self.stdout.write(_("Home: %(home)s") % {"home": home.folder()})
            if count := bring_up_to_date():
                self.stdout.write(_("Database: %(count)s steps applied.") % {"count": count})
            if options["no_demo"] or not has_demo():
                return
            if is_empty():
                self.stdout.write(_("The database is empty: loading the demo province (once) …"))
                call_command("demo", "load")
            elif is_half_loaded():
                self.stdout.write(_("The demo province was not loaded to its end: going on with it …"))
                call_command("demo", "load")

        def tell() -> None:
            if has_demo() and not options["no_demo"]:
                call_command("demo", "accounts", stdout=self.stdout)

        run_server(self, options, set_up=set_up, tell=tell)
