"""Locks for derived rows: two writers that touch the same thing wait for each other. PostgreSQL only; SQLite has one writer."""

import zlib
from collections.abc import Collection

from django.db import connection

MOST_SINGLE = 400  # beyond that one lock for all, since the server has room for a few thousand locks only
LARGEST = 2**31 - 1


def lock_all_of(name: str, things: Collection[object] | None) -> None:
    """Lock some things of one kind until the transaction ends, in an order that all writers share; None: every thing of that kind.

    A write of very many things takes the one lock of their kind instead, against everybody else.
    """
    if connection.vendor != "postgresql" or (things is not None and not things):
        return
    kind = zlib.crc32(name.encode()) % LARGEST
    with connection.cursor() as cursor:
        if things is None or len(things) > MOST_SINGLE:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [kind])
            return
        numbers = sorted({zlib.crc32(str(thing).encode()) % (LARGEST - 1) + 1 for thing in things})
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%(kind)s, 0), pg_advisory_xact_lock(%(kind)s, n) "
            "FROM unnest(%(numbers)s::int[]) AS n",
            {"kind": kind, "numbers": numbers},
        )
