"""Background work of one process: the queue, the clock, and a heartbeat by which other processes know that it lives."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import close_old_connections, connection, transaction
from django.db.models import Q
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult

from luoshi.site import clock
from luoshi.site.models import DueJob, Worker

logger = logging.getLogger("luoshi.work")

BEAT_SECONDS = 20.0
QUEUE_SECONDS = 1.0
CLOCK_SECONDS = 5.0
OUTAGE_SECONDS = 10.0  # how long to wait when the database does not answer
ATTEMPTS = 3
FORGET = timedelta(days=7)


class Background:
    """Three threads: `start()` them, `stop()` them; what has begun is finished first."""

    def __init__(self, jobs: Iterable[clock.Job]) -> None:
        self.jobs = tuple(jobs)
        self.started_at = timezone.now()
        self.name = f"{socket.gethostname()[:24]}:{os.getpid()}:{self.started_at:%Y%m%d%H%M%S%f}"
        self.started = False
        self.stopping = threading.Event()
        self.threads = [
            threading.Thread(target=self._repeat, args=(step, seconds), name=name, daemon=True)
            for name, step, seconds in (
                ("beat", self.beat, BEAT_SECONDS),
                ("queue", self.run_queue, QUEUE_SECONDS),
                ("clock", self.run_clock, CLOCK_SECONDS),
            )
        ]

    def start(self) -> None:
        self.beat()
        self.started = True
        for thread in self.threads:
            thread.start()

    def stop(self, *, patience_seconds: float = 60.0) -> bool:
        """Whether all work had ended within the patience; what has not is taken up by the next process."""
        self.stopping.set()
        waiting_since = timezone.now()
        for thread in self.threads if self.started else ():
            left = patience_seconds - (timezone.now() - waiting_since).total_seconds()
            thread.join(max(left, 0.1))
        ended = not any(thread.is_alive() for thread in self.threads)
        if ended:
            Worker.objects.filter(name=self.name).delete()
        return ended

    def beat(self) -> None:
        at = timezone.now()
        Worker.objects.update_or_create(
            name=self.name, defaults={"seen_at": at}, create_defaults={"seen_at": at, "started_at": self.started_at}
        )
        Worker.objects.filter(seen_at__lt=at - FORGET).delete()
        take_back_orphans(at=at)

    def run_queue(self) -> None:
        while not self.stopping.is_set() and DBTaskResult.objects.ready().exists():
            # The library's own loop, for one task: it claims, runs and records; only signals and waiting are ours.
            QueueWorker(
                queue_names=["*"],
                interval=QUEUE_SECONDS,
                batch=True,
                backend_name="default",
                startup_delay=False,
                max_tasks=1,
                worker_id=self.name,
                excluded_queue_names=[],
            ).run()

    def run_clock(self) -> None:
        for job in self.jobs:
            if self.stopping.is_set():
                return
            clock.run_due([job], worker=self.name, now=timezone.now)

    def _repeat(self, step: Callable[[], None], seconds: float) -> None:
        try:
            while not self.stopping.is_set():
                close_old_connections()
                try:
                    step()
                    self.stopping.wait(seconds)
                except (OperationalError, InterfaceError) as error:
                    logger.warning("The database does not answer (%s); trying again.", str(error).strip())
                    connection.close()
                    self.stopping.wait(OUTAGE_SECONDS)
        finally:
            connection.close()


def take_back_orphans(*, at: datetime) -> int:
    """Tasks whose worker died go back into the queue, and fail for good after three attempts; how many there were.

    A task may thus run twice. Tasks call operations with a key, so that the second run finds its own effect.
    """
    live = set(Worker.objects.filter(seen_at__gte=at - clock.UNSEEN).values_list("name", flat=True))
    running = DBTaskResult.objects.running().filter(started_at__lt=at - clock.UNSEEN)
    orphans = [task for task in running if not task.worker_ids or task.worker_ids[-1] not in live]
    for task in orphans:
        again = len(task.worker_ids) < ATTEMPTS
        with transaction.atomic():
            changes = (
                {"status": "READY", "started_at": None}
                if again
                else {"status": "FAILED", "finished_at": at, "exception_class_path": "luoshi.site.worker.WorkerDied"}
            )
            DBTaskResult.objects.filter(pk=task.pk, status="RUNNING", worker_ids=task.worker_ids).update(**changes)
        logger.warning("%s was left by a worker that died; %s", task.task_path, "queued again" if again else "given up")
    return len(orphans)


def live_workers(*, at: datetime) -> list[str]:
    return list(Worker.objects.filter(seen_at__gte=at - clock.UNSEEN).order_by("name").values_list("name", flat=True))


def troubled_jobs(*, at: datetime) -> list[DueJob]:
    """Jobs that failed last time or have waited for more than an hour."""
    late = Q(due_at__lt=at - timedelta(hours=1))
    return list(DueJob.objects.filter(late | Q(failed=True)).order_by("name"))
