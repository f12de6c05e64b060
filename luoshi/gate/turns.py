"""轮次 — the writers of one SQLite file take turns before they open a transaction. PostgreSQL needs none of this.

SQLite has one writer, and lets those who wait try again by chance: under a long queue one of them may wait past its time-out while
others go twice. So threads wait for each other at a lock of their process, and processes at a lock on a file beside the database;
both wake whoever waits as soon as the turn is free.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

SUFFIX = "-turn"  # beside SQLite's own -wal and -shm

_threads = threading.Lock()
_mine = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Wait until no other operation writes this file; nothing to wait for inside a transaction, or inside a turn of one's own."""
    if connection.vendor != "sqlite" or connection.in_atomic_block or getattr(_mine, "held", False):
        yield
        return
    with _threads, _file_beside(str(connection.settings_dict["NAME"])).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # given back as the file is closed, also by a process that is killed
        _mine.held = True
        try:
            yield
        finally:
            _mine.held = False


def _file_beside(database: str) -> Path:
    return Path(f"{database}{SUFFIX}")
