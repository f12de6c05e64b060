import logging
import signal
import sys
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from luoshi.site.commandline import CANNOT_WORK_HERE, NOT_AS_IT_SHOULD_BE
from luoshi.site.jobs import timetable
from luoshi.site.setup import unapplied_migrations
from luoshi.site.worker import Background


class Command(BaseCommand):
    help = _(
        "Do the background work: the queue (reports, imports, notices) and the clock (checkpoints, closing values, "
        "reminders). Any number of these may run at once; each task is done by one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help=_("do what is waiting and due now, then end (for cron or a look)")
        )
        parser.add_argument(
            "--patience", type=float, default=60.0, help=_("seconds to let running work end when told to stop")
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if unapplied_migrations():
            says = _("The database lacks steps of this version. Run “luoshi django migrate” first.")
            raise CommandError(says, returncode=CANNOT_WORK_HERE)
        logging.getLogger("luoshi.work").setLevel(logging.INFO)
        background = Background(timetable())
        if options["once"]:
            background.beat()
            background.run_queue()
            background.run_clock()
            background.stop()
            return

        told = threading.Event()

        def stop(number: int, _frame: FrameType | None) -> None:
            signal.signal(number, signal.SIG_DFL)  # a second signal ends at once
            told.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        background.start()
        self.stdout.write(_("Working as %(name)s   (Ctrl+C stops it)") % {"name": background.name})
        self.stdout.flush()
        told.wait()
        self.stdout.write(_("Stopping when what has begun has ended …"))
        self.stdout.flush()
        if not background.stop(patience_seconds=options["patience"]):
            self.stderr.write(_("A background task was still running; it will be taken up again at the next start."))
            sys.exit(NOT_AS_IT_SHOULD_BE)
        self.stdout.write(_("Stopped."))
