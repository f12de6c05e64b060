"""Many rows at once, by the fastest way that each database has (docs/benchmarks.md): COPY on PostgreSQL, executemany on SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model

BATCH = 20_000


def insert_many(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows, each a sequence of values in the order of `fields` (attribute names); returns how many.

    Values go through the fields' own conversion; primary keys are given by the database unless "id" is among the fields.
    """
    concrete = {field.attname: field for field in model._meta.concrete_fields}
    columns = [concrete[name] for name in fields]
    ready = (
        [column.get_db_prep_save(value, connection) for column, value in zip(columns, row, strict=True)] for row in rows
    )
    names = [connection.ops.quote_name(str(column.column)) for column in columns]
    table = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        return _copy(table, names, ready)
    return _insert(table, names, ready)


def _copy(table: str, names: list[str], rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _insert(table: str, names: list[str], rows: Iterable[Sequence[Any]]) -> int:
    sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608 quoted names
    count = 0
    with connection.cursor() as cursor:
        for batch in _batches(rows):
            cursor.executemany(sql, batch)
            count += len(batch)
    return count


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def next_ids(model: type[Model], count: int) -> range:
    """`count` fresh primary keys, for rows that must know their key before they are inserted.

    PostgreSQL: taken from the table's sequence. SQLite: above the highest, which is safe since a writer there is alone.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [table])
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            first = int(cursor.fetchone()[0])
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count - 1])
        else:
            cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {connection.ops.quote_name(table)}")  # noqa: S608 quoted name
            first = int(cursor.fetchone()[0])
    return range(first, first + count)
