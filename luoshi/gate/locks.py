"""Locks for derived rows: two writers that touch the same thing wait for each other. PostgreSQL only; SQLite has one writer."""

import zlib
from collections.abc import Collection

from django.db import connection

MOST_SINGLE = 400  # beyond that one lock for all, since the server has room for a few thousand locks only
LARGEST = 2**31 - 1


def lock_all_of(name: str, things: Collection[object]) -> None:
    """Lock some things of one kind until the transaction ends, in an order that all writers share.

    A write of very many things takes the one lock of their kind instead, against everybody else.
    """
    if connection.vendor != "postgresql" or not things:
        return
    key = zlib.crc32(name.encode()) % LARGEST
    wholesale = len(things) > MOST_SINGLE
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{'' if wholesale else '_shared'}(%s, 0)", [key])
        if not wholesale:
            numbers = sorted({zlib.crc32(str(thing).encode()) % (LARGEST - 1) + 1 for thing in things})
            cursor.execute("SELECT pg_advisory_xact_lock(%s, n) FROM unnest(%s::int[]) AS n", [key, numbers])
