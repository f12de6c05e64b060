"""What the clock does, and when. Rooms have the functions; this page has the timetable.

Jobs are due by the machine's clock; `clock.told` says what time that is in the work.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.sessions.models import Session
from django_tasks_db.models import DBTaskResult

from luoshi.gate.models import Key
from luoshi.journal import clock, log
from luoshi.orgs.drafts import forget_drafts
from luoshi.reports import files
from luoshi.sheets import uploads
from luoshi.site.clock import Job, daily, every

KEEP_RESULTS = timedelta(days=30)
KEEP_KEYS = timedelta(days=30)


def sign_checkpoint(at: datetime) -> str:
    """存证点 — the journal is signed every hour; the same checkpoint stands while nothing is written."""
    made = log.checkpoint(at=clock.told(at))
    return f"checkpoint {made.number} over {made.size} entries"


def forget_uploads(at: datetime) -> str:
    """Uploads that nobody confirmed hold personal data; and files of reports whose write did not come through."""
    return f"{uploads.sweep(at=at)} uploads, {files.sweep(at=at)} files of reports"


def forget_keys(at: datetime) -> str:
    """Nobody sends the same write again after a month."""
    count, _by_model = Key.objects.filter(used_at__lt=clock.told(at) - KEEP_KEYS).delete()
    return f"{count} keys"


def forget_sessions(at: datetime) -> str:
    """Sign-ins that ended by themselves leave a row behind."""
    count, _by_model = Session.objects.filter(expire_date__lt=at).delete()
    return f"{count} sessions"


def forget_task_results(at: datetime) -> str:
    """Results of finished background tasks are kept for a month."""
    count, _by_model = DBTaskResult.objects.finished().filter(finished_at__lt=at - KEEP_RESULTS).delete()
    return f"{count} results"


def timetable() -> tuple[Job, ...]:
    zone = ZoneInfo(settings.TIME_ZONE)
    return (
        Job("checkpoint.sign", every(timedelta(hours=1)), sign_checkpoint),
        Job("uploads.forget", every(timedelta(hours=1)), forget_uploads),
        Job("keys.forget", daily(time(3, 30), zone), forget_keys),
        Job("sessions.forget", every(timedelta(hours=1)), forget_sessions),
        Job("drafts.forget", daily(time(3, 20), zone), forget_drafts),
        Job("tasks.forget", daily(time(3, 10), zone), forget_task_results),
    )
