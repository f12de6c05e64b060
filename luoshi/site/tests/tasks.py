"""Tasks for the tests of the worker."""

from django_tasks import task

DONE: list[str] = []


@task()
def note(text: str) -> str:
    DONE.append(text)
    return text
