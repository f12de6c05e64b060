"""The log itself: append, erase, sign, prove.

Position = commit order. An entry is appended by the last statements of its transaction: first the lock, then, in a separate statement, the
highest position (one statement would read a snapshot older than the lock). Position n is leaf n - 1 of the Merkle tree.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from luoshi.journal import merkle, note, proof
from luoshi.journal.bulk import insert_many
from luoshi.journal.models import Change, Checkpoint, Entry
from luoshi.lib import canonical

LOCK = 0x4C554F5348  # "LUOSH": the advisory lock under which positions are given
SALT_BYTES = 16
LARGEST_ENTRY = 65_535
BEGINNING = datetime.min.replace(tzinfo=UTC)  # before any entry


@dataclass(frozen=True, slots=True)
class Draft:
    """A change on its way into the log."""

    subject: str
    salt: bytes
    body: bytes
    digest: bytes


def drafted(subject: str, change: dict[str, Any]) -> Draft:
    body, salt = canonical.dumps(change), secrets.token_bytes(SALT_BYTES)
    return Draft(subject, salt, body, merkle.leaf_hash(salt + body))


def append(
    *,
    action: str,
    subject: str,
    unit: int | None,
    actor: str,
    at: datetime,
    changes: Sequence[tuple[str, dict[str, Any]]],
) -> Entry:
    """Append one entry with its changes; the transaction must end right after.

    An entry is never earlier than the one before it, whatever a clock says that was set back: closing values go by it.
    """
    drafts = [drafted(ref, change) for ref, change in changes]
    root = merkle.root([draft.digest for draft in drafts])
    position, earliest = _next_place()
    at = max(at, earliest)
    body = canonical.dumps(
        {
            "action": action,
            "actor": actor,
            "at": at,
            "changes": len(drafts),
            "changes_root": root.hex(),
            "position": position,
            "subject": subject,
            "unit": unit,
        }
    )
    if len(body) > LARGEST_ENTRY:
        raise ValueError(f"An entry has at most {LARGEST_ENTRY} bytes, this one {len(body)}.")
    entry = Entry(
        position=position,
        action=action,
        subject=subject,
        unit=unit,
        actor=actor,
        at=at,
        body=body.decode(),
        leaf=merkle.leaf_hash(body),
    )
    entry.save(force_insert=True)
    _store(position, drafts)
    return entry


def _next_place() -> tuple[int, datetime]:
    """The next position, and the instant of the entry before it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    position, at = Entry.objects.order_by("-position").values_list("position", "at").first() or (0, BEGINNING)
    return position + 1, at


def _store(position: int, drafts: Sequence[Draft]) -> None:
    if len(drafts) < 50:
        Change.objects.bulk_create(
            Change(entry_id=position, no=no, subject=d.subject, digest=d.digest, salt=d.salt, body=d.body.decode())
            for no, d in enumerate(drafts)
        )
    else:
        fields = ["entry_id", "no", "subject", "digest", "salt", "body"]
        rows = ((position, no, d.subject, d.digest, d.salt, d.body.decode()) for no, d in enumerate(drafts))
        insert_many(Change, fields, rows)


def head() -> int:
    """The position of the last entry; 0 for an empty log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(position), 0) FROM journal_entry")
        return int(cursor.fetchone()[0])


def erase(subjects: Sequence[str], *, by: Entry) -> int:
    """抹去 — take salt and values out of all changes of the subjects, for ever; the digests stay, and the log still verifies."""
    table, column = Change._meta.db_table, connection.ops.quote_name
    marks = ", ".join(["%s"] * len(subjects))
    sql = (
        f"UPDATE {column(table)} SET body = NULL, salt = NULL, erased_by_id = %s "  # noqa: S608 quoted names, bound values
        f"WHERE subject IN ({marks}) AND body IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [by.position, *subjects])
        return int(cursor.rowcount)


def leaves(*, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The leaf hashes of the log in order, of the leaves start … stop - 1."""
    rows = Entry.objects.filter(position__gt=start).order_by("position").values_list("leaf", flat=True)
    if stop is not None:
        rows = rows.filter(position__lte=stop)
    for leaf in rows.iterator(chunk_size=10_000):
        yield bytes(leaf)


def last_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-number").first()


def checkpoint(*, at: datetime) -> Checkpoint:
    """存证 — sign the root of the log as it is now. The same checkpoint again when nothing was written since."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + 1])
        last = last_checkpoint()
        size = head()
        if last is not None and last.size == size:
            return last
        tree = merkle.Range.from_bytes(bytes(last.frontier)) if last else merkle.Range()
        tree.extend(leaves(start=tree.size, stop=size))
        root = tree.root()
        signed = signer().sign(note.Checkpoint(settings.LUOSHI_ORIGIN, size, root))
        made = Checkpoint(size=size, root=root, frontier=tree.to_bytes(), note=signed, at=at)
        made.save(force_insert=True)
        return made


def prove(position: int, checkpoint: Checkpoint) -> str:
    """That the entry at this position is under the checkpoint, as a proof file. ValueError if it came later.

    The hashes to the left are the frontier of an earlier checkpoint, carried on to the entry: only what was written since
    that one is read, not the log from its beginning.
    """
    index = position - 1
    spans = merkle.inclusion_spans(index, checkpoint.size)
    earlier = Checkpoint.objects.filter(size__lte=index).order_by("-size").first()
    before = merkle.Range.from_bytes(bytes(earlier.frontier)) if earlier else merkle.Range()
    before.extend(leaves(start=before.size, stop=index))
    left = reversed(before.hashes)
    path = tuple(
        next(left) if end <= index else merkle.root(list(leaves(start=start, stop=end))) for start, end in spans
    )
    return proof.write(proof.Proof(index, path, checkpoint.note))


class Signer:
    """Holds the log's key, which lies outside the database, and refuses to go back.

    A size below the last one signed means that an old backup was restored or entries were taken away: until a person starts a new
    origin, nothing is signed.
    """

    def __init__(self, folder: Path, origin: str) -> None:
        self.folder, self.origin = folder, origin
        self.name = f"log-{sha256(origin.encode()).hexdigest()[:12]}"  # a new origin has a new key and begins anew

    @property
    def key(self) -> note.SigningKey:
        path = self.folder / f"{self.name}.pem"
        if not path.exists():
            _write_private(path, note.SigningKey.generate(self.origin).to_pem())
        return note.SigningKey.from_pem(path.read_bytes())

    @property
    def published(self) -> int:
        path = self.folder / f"{self.name}.size"
        return int(path.read_text(encoding="ascii")) if path.exists() else 0

    def sign(self, checkpoint: note.Checkpoint) -> str:
        if checkpoint.size < self.published:
            raise WentBack(self.published, checkpoint.size)
        signed = note.sign(checkpoint, self.key)
        _write_private(self.folder / f"{self.name}.size", str(checkpoint.size).encode())
        return signed


class WentBack(RuntimeError):
    """The log is shorter than what was signed before."""

    def __init__(self, published: int, size: int) -> None:
        super().__init__(
            f"The log has {size} entries, but {published} were signed already: an old backup was restored, or entries were removed. "
            "Nothing is signed until you start a new origin (LUOSHI_LOG_ORIGIN) or restore the newer database."
        )
        self.published, self.size = published, size


def _write_private(path: Path, data: bytes) -> None:
    draft = path.with_name(f"{path.name}.new")
    draft.touch(mode=0o600)
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def signer() -> Signer:
    return Signer(settings.LUOSHI_KEYS, settings.LUOSHI_ORIGIN)
