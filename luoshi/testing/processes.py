"""Processes of their own for tests that need several: each starts afresh and works on the database of the test that started it."""

import multiprocessing
from collections.abc import Sequence
from multiprocessing.context import SpawnContext
from typing import Any

import django
from django.db import connection, connections
from django.utils.module_loading import import_string

SPAWN: SpawnContext = multiprocessing.get_context(
    "spawn"
)  # a forked process would share sockets and locks with the test


def started(function: str, calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    """One process for each call of a function, given by its dotted name, that is already running."""
    database = connection.settings_dict["NAME"]
    processes = [SPAWN.Process(target=_run, args=(database, function, *arguments)) for arguments in calls]
    for process in processes:
        process.start()
    return processes


def _run(database: str, function: str, *arguments: Any) -> None:
    connections.databases["default"]["NAME"] = database
    django.setup()
    import_string(function)(*arguments)
