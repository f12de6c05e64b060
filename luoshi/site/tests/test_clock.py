from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.site.clock import UNSEEN, Job, claim, daily, every, finish, run_due
from luoshi.site.models import DueJob, Worker

AT = datetime(2024, 3, 1, 10, 7, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENTS = st.integers(1_577_836_800, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, tz=UTC))


@given(MOMENTS, st.integers(1, 90_000))
def test_an_interval_is_due_next_within_itself_and_never_now(at, seconds):
    due = every(timedelta(seconds=seconds))(at)
    assert timedelta(0) < due - at <= timedelta(seconds=seconds)
    assert int(due.timestamp()) % seconds == 0


@given(MOMENTS, st.times())
def test_a_daily_job_is_due_within_a_day_at_its_time_on_the_wall(at, wall):
    due = daily(wall.replace(tzinfo=None), SHANGHAI)(at)
    assert timedelta(0) < due - at <= timedelta(days=1)
    assert due.time() == wall


def job(run=lambda at: "done", schedule=None):
    return Job("figures.close", schedule or every(timedelta(hours=1)), run)


def live(name, *, at=AT):
    return Worker.objects.create(name=name, started_at=at, seen_at=at)


def due(at=AT, **values):
    return DueJob.objects.create(name="figures.close", due_at=at, **values)


@pytest.mark.django_db
def test_a_new_job_waits_for_its_first_instant():
    live("one")
    assert not claim(job(), worker="one", at=AT)
    assert DueJob.objects.get().due_at == AT.replace(hour=11, minute=0)


@pytest.mark.django_db
def test_a_due_job_is_claimed_by_one_of_two():
    live("one")
    live("two")
    due()
    assert claim(job(), worker="one", at=AT)
    assert not claim(job(), worker="two", at=AT)
    assert DueJob.objects.get().claimed_by == "one"


@pytest.mark.django_db
def test_what_a_dead_worker_claimed_is_free_when_it_was_not_seen_for_a_while():
    live("dead")
    due()
    assert claim(job(), worker="dead", at=AT)
    later = AT + UNSEEN + timedelta(seconds=1)
    live("two", at=later)
    assert not claim(job(), worker="two", at=AT + UNSEEN)
    assert claim(job(), worker="two", at=later)


@pytest.mark.django_db
def test_a_worker_that_lost_its_claim_cannot_finish_for_the_other():
    due(claimed_by="two", claimed_at=AT)
    finish(job(), worker="one", at=AT, result="late", failed=False)
    row = DueJob.objects.get()
    assert (row.claimed_by, row.last_result) == ("two", "")


@pytest.mark.django_db
def test_a_job_that_was_missed_for_days_is_done_once():
    live("one")
    due(AT - timedelta(days=3))
    done = []

    def close(at):
        done.append(at)
        return "closed"

    for _ in range(3):
        run_due([job(close)], worker="one", now=lambda: AT)
    row = DueJob.objects.get()
    assert done == [AT]
    assert (row.last_result, row.failed, row.claimed_by) == ("closed", False, "")
    assert row.due_at == AT.replace(hour=11, minute=0)


@pytest.mark.django_db
def test_a_job_that_fails_is_kept_as_failed_and_does_not_stop_the_next():
    live("one")
    due()
    DueJob.objects.create(name="other", due_at=AT)

    def fail(at):
        raise ValueError("no such day")

    jobs = [job(fail), Job("other", daily(time(3), SHANGHAI), lambda at: "well")]
    assert run_due(jobs, worker="one", now=lambda: AT) == 2
    failed, other = DueJob.objects.order_by("name")
    assert (failed.failed, failed.last_result, failed.claimed_by) == (True, "ValueError: no such day", "")
    assert (other.failed, other.last_result) == (False, "well")
