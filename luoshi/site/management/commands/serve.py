import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.utils.translation import gettext as _

from luoshi.site import home
from luoshi.site.commandline import CANNOT_WORK_HERE, NOT_AS_IT_SHOULD_BE
from luoshi.site.jobs import timetable
from luoshi.site.server import PortTaken, address_of, serve, take_address
from luoshi.site.setup import unapplied_migrations
from luoshi.site.worker import Background


class Command(BaseCommand):
    help = _("Serve the pages, the API and the background work of this home until it is told to stop.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_server_arguments(parser)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if missing := unapplied_migrations():
            says = _(
                "The database lacks %(count)s steps of this version. Run “luoshi up” or “luoshi django migrate” first."
            )
            raise CommandError(says % {"count": len(missing)}, returncode=CANNOT_WORK_HERE)
        run_server(self, options)


def add_server_arguments(parser: ArgumentParser) -> None:
    port = os.environ.get("PORT", "8000")
    parser.add_argument("--host", default="127.0.0.1", help=_("address to listen on (default: %(default)s)"))
    parser.add_argument("--port", type=int, default=port, help=_("port to listen on (default: PORT or 8000)"))
    parser.add_argument("--threads", type=int, default=8, help=_("requests answered at once (default: %(default)s)"))
    parser.add_argument(
        "--no-work", action="store_true", help=_("leave background work to “luoshi work” in another process")
    )


def run_server(command: BaseCommand, options: dict[str, Any], *, set_up: Any = None, tell: Any = None) -> None:
    """Take the address, set up, serve; every obstacle is told with what to do about it."""
    if holder := home.held_by():
        raise CommandError(in_use(holder), returncode=CANNOT_WORK_HERE)
    try:
        listener = take_address(options["host"], options["port"])
    except PortTaken as error:
        says = _("Port %(port)s cannot be used (%(cause)s). Choose another, for example: PORT=%(other)s make run")
        values = {"port": options["port"], "cause": error, "other": options["port"] % 60_000 + 1}
        raise CommandError(says % values, returncode=CANNOT_WORK_HERE) from error
    address = address_of(listener)
    if set_up:
        set_up()

    def ready() -> None:
        command.stdout.write(_("Luoshi answers on %(address)s   (Ctrl+C stops it)") % {"address": address})
        if tell:
            tell()
        command.stdout.flush()

    try:
        ended = serve(
            get_wsgi_application(),
            listener=listener,
            threads=max(options["threads"], 1),
            background=None if options["no_work"] else Background(timetable()),
            ready=ready,
        )
    except home.InUse as error:  # two that started at the same moment
        raise CommandError(in_use(error.holder), returncode=CANNOT_WORK_HERE) from error
    if not ended:
        command.stderr.write(_("A background task was still running; it will be taken up again at the next start."))
        sys.exit(NOT_AS_IT_SHOULD_BE)
    command.stdout.write(_("Stopped."))


def in_use(holder: home.Holder) -> str:
    says = _(
        "%(home)s is already served by process %(pid)s on %(address)s. "
        "Open that address, stop that process (kill %(pid)s), or set LUOSHI_HOME to another folder."
    )
    return says % {"home": home.place(), "pid": holder.pid or "?", "address": holder.address or "?"}
