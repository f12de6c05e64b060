"""What the clock does, and when. Rooms have the functions; this page has the timetable."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.sessions.models import Session
from django_tasks_db.models import DBTaskResult

from luoshi.orgs.drafts import forget_drafts
from luoshi.site.clock import Job, daily, every

KEEP_RESULTS = timedelta(days=30)


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
        Job("sessions.forget", every(timedelta(hours=1)), forget_sessions),
        Job("drafts.forget", daily(time(3, 20), zone), forget_drafts),
        Job("tasks.forget", daily(time(3, 10), zone), forget_task_results),
    )
