from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from luoshi.site.clock import UNSEEN
from luoshi.site.models import Worker
from luoshi.site.tests.tasks import DONE, note
from luoshi.site.worker import ATTEMPTS, Background, live_workers, take_back_orphans

QUEUE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture(autouse=True)
def queue(settings):
    settings.TASKS = QUEUE
    DONE.clear()


def running(*workers, minutes=10):
    result = note.enqueue("left")
    DBTaskResult.objects.filter(pk=result.id).update(
        status="RUNNING", started_at=timezone.now() - timedelta(minutes=minutes), worker_ids=list(workers)
    )
    return DBTaskResult.objects.get(pk=result.id)


@pytest.mark.django_db(transaction=True)
def test_the_queue_is_worked_off_and_the_results_are_kept():
    note.enqueue("one")
    note.enqueue("two")
    background = Background(())
    background.beat()
    background.run_queue()
    assert sorted(DONE) == ["one", "two"]
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}


@pytest.mark.django_db(transaction=True)
def test_threads_work_until_they_are_stopped_and_leave_no_sign_of_life():
    note.enqueue("three")
    background = Background(())
    background.start()
    assert live_workers(at=timezone.now()) == [background.name]
    while not DBTaskResult.objects.filter(status="SUCCESSFUL").exists():
        background.stopping.wait(0.05)
    assert background.stop()
    assert DONE == ["three"]
    assert not Worker.objects.exists()


@pytest.mark.django_db
def test_a_task_of_a_dead_worker_goes_back_into_the_queue():
    task = running("dead")
    assert take_back_orphans(at=timezone.now()) == 1
    task.refresh_from_db()
    assert (task.status, task.started_at) == ("READY", None)


@pytest.mark.django_db
def test_a_task_of_a_live_worker_is_left_alone():
    now = timezone.now()
    Worker.objects.create(name="live", started_at=now, seen_at=now - UNSEEN / 2)
    task = running("live")
    assert take_back_orphans(at=now) == 0
    task.refresh_from_db()
    assert task.status == "RUNNING"


@pytest.mark.django_db
def test_a_task_that_killed_its_workers_is_given_up():
    task = running(*["dead"] * ATTEMPTS)
    take_back_orphans(at=timezone.now())
    task.refresh_from_db()
    assert (task.status, task.exception_class_path) == ("FAILED", "luoshi.site.worker.WorkerDied")
