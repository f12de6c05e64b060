"""Many rows at once, by the fastest way that each database has (docs/benchmarks.md): COPY on PostgreSQL, executemany on SQLite."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection, connections
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    TextField,
)

BATCH = 20_000


def insert_many(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows, each a sequence of values in the order of `fields` (attribute names); returns how many.

    The values must be what the columns hold: int, str, bool, date, datetime, bytes, what a JSON column takes, or None. Primary keys are
    given by the database unless "id" is among the fields. A model whose rows are guarded says so itself: `check_open`.
    """
    if (check_open := getattr(model, "check_open", None)) is not None:
        check_open()
    concrete = {field.attname: field for field in model._meta.concrete_fields}
    columns = [concrete[name] for name in fields]
    names = [connection.ops.quote_name(str(column.column)) for column in columns]
    table = connection.ops.quote_name(model._meta.db_table)
    ready = _converted(columns, rows)
    if connection.vendor == "postgresql":
        return _copy(table, names, ready)
    return _insert(table, names, ready)


def _converted(columns: Sequence[Field[Any, Any]], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows as the driver takes them. Most values go as they are: asking every field about every value costs more than the insert."""
    conversions = [(at, convert) for at, column in enumerate(columns) if (convert := _conversion(column)) is not None]
    for row in rows:
        values = list(row)
        if len(values) != len(columns):
            raise ValueError(f"A row has {len(values)} values for {len(columns)} columns.")
        for at, convert in conversions:
            if values[at] is not None:
                values[at] = convert(values[at])
        yield values


def _conversion(column: Field[Any, Any]) -> Callable[[Any], Any] | None:
    """What a column does to its values; None where the driver takes them as they are."""
    held = column.target_field if isinstance(column, ForeignKey) else column
    if isinstance(held, CharField | TextField | IntegerField | BooleanField):
        return None
    if isinstance(held, DateField) and not isinstance(held, DateTimeField):
        return date.isoformat if connection.vendor == "sqlite" else None
    own = connections[connection.alias]  # the connection itself: the proxy would be asked anew for every value
    return lambda value: held.get_db_prep_save(value, own)


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
