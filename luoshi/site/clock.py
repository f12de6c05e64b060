"""The clock: jobs that are due at instants, each done by one process however many are running.

A job is taken by compare-and-set on its row: the update that names the due instant and no live holder wins, every other
changes nothing. The claim of a process that died is free again as soon as that process has not been seen for a while.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day
from itertools import count
from zoneinfo import ZoneInfo

from django.db.models import Q

from luoshi.site.models import DueJob, Worker

logger = logging.getLogger("luoshi.work")

Schedule = Callable[[datetime], datetime]  # the first due instant after the given one

UNSEEN = timedelta(minutes=2)  # a live worker is seen every twenty seconds; beyond this its claims are free
RESULT_CHARACTERS = 2_000


@dataclass(frozen=True)
class Job:
    """One job: its name, when it is due, and what it does at that instant, returning what to tell of it."""

    name: str
    schedule: Schedule
    run: Callable[[datetime], str]


def every(interval: timedelta) -> Schedule:
    """Due at whole multiples of the interval, so that a restart neither skips nor repeats one."""
    seconds = int(interval.total_seconds())
    if seconds < 1:
        raise ValueError("An interval is at least one second.")

    def next_due(at: datetime) -> datetime:
        passed = int(at.timestamp()) // seconds
        return datetime.fromtimestamp((passed + 1) * seconds, tz=at.tzinfo)

    return next_due


def daily(at_time: time_of_day, zone: ZoneInfo) -> Schedule:
    """Due once a day at that time on the wall."""

    def next_due(at: datetime) -> datetime:
        local = at.astimezone(zone)
        days = (local.date() + timedelta(days=ahead) for ahead in count())
        moments = (datetime.combine(day, at_time, tzinfo=zone) for day in days)
        return next(moment for moment in moments if moment > local)

    return next_due


def claim(job: Job, *, worker: str, at: datetime) -> bool:
    """Whether this worker, and no other, is to do the job now. A new job is due at its next instant."""
    row, _made = DueJob.objects.get_or_create(name=job.name, defaults={"due_at": job.schedule(at)})
    if row.due_at > at:
        return False
    live = Worker.objects.filter(seen_at__gte=at - UNSEEN).values("name")
    free = Q(claimed_by="") | ~Q(claimed_by__in=live)
    taken = DueJob.objects.filter(free, pk=row.pk, due_at=row.due_at).update(claimed_by=worker, claimed_at=at)
    return taken == 1


def finish(job: Job, *, worker: str, at: datetime, result: str, failed: bool) -> None:
    """Keep the result and the next due instant, unless the claim has passed to another meanwhile."""
    DueJob.objects.filter(name=job.name, claimed_by=worker).update(
        due_at=job.schedule(at),
        claimed_by="",
        claimed_at=None,
        ended_at=at,
        failed=failed,
        last_result=result[:RESULT_CHARACTERS],
    )


def run_due(jobs: Iterable[Job], *, worker: str, now: Callable[[], datetime]) -> int:
    """Do every job that is due and free; how many were done. One that fails is logged and tried when next due."""
    done = 0
    for job in jobs:
        at = now()
        if not claim(job, worker=worker, at=at):
            continue
        began = time.monotonic()
        try:
            result, failed = job.run(at), False
        except Exception as error:
            logger.exception("%s failed", job.name)
            result, failed = f"{type(error).__name__}: {error}", True
        finish(job, worker=worker, at=now(), result=result, failed=failed)
        logger.info("%s: %s (%.1f s)", job.name, result, time.monotonic() - began)
        done += 1
    return done
