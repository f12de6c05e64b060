"""核验日志 — the whole log against its entries, changes and checkpoints, and against what somebody kept outside.

Everything that differs is told in words. The same check can be made by outside tools: docs/formats.md.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from luoshi.journal import merkle, note
from luoshi.journal.log import signer
from luoshi.journal.models import Change, Checkpoint, Entry

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Finding:
    """不符 — one thing that does not hold. `where` names the entry, record or file; `says` tells what is wrong, in words.

    `discreetly` says the same without recorded values, which may be somebody's name; "" where `says` has none.
    """

    where: str
    says: str
    discreetly: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint that somebody kept: from a file, a print, a sealed report."""

    source: str
    checkpoint: note.Checkpoint


def no_progress(_done: int) -> None:
    pass


def check_log(kept: Iterable[Kept] = (), *, progress: Callable[[int], None] = no_progress) -> Iterator[Finding]:
    """Every entry, every change, every checkpoint; then the kept checkpoints against the recomputed root."""
    kept = list(kept)
    own = list(Checkpoint.objects.order_by("size", "number"))
    wanted = {each.size for each in own} | {each.checkpoint.size for each in kept}
    roots: dict[int, bytes] = {0: merkle.EMPTY_ROOT}
    tree = merkle.Range()
    for entry, changes in _entries():
        yield from _check_entry(entry, changes, expected=tree.size + 1)
        tree.append(merkle.leaf_hash(entry.body.encode()))
        if tree.size in wanted:
            roots[tree.size] = tree.root()
        if tree.size % CHUNK == 0:
            progress(tree.size)
    progress(tree.size)
    yield from _check_strays()
    for each in own:
        yield from _check_checkpoint(each, roots)
    for one in kept:
        yield from _check_kept(one, roots, size=tree.size)


def _entries() -> Iterator[tuple[Entry, list[Change]]]:
    """All entries in order, each with its changes, in chunks of bounded memory."""
    start = 0
    while entries := list(Entry.objects.filter(position__gt=start).order_by("position")[:CHUNK]):
        start = entries[-1].position
        rows = Change.objects.filter(entry__gte=entries[0].position, entry__lte=start).order_by("entry", "no")
        changes = {number: list(some) for number, some in groupby(rows.iterator(), lambda row: row.entry_id)}
        for entry in entries:
            yield entry, changes.get(entry.position, [])


def _check_entry(entry: Entry, changes: list[Change], *, expected: int) -> Iterator[Finding]:
    where = _("entry %(position)d") % {"position": entry.position}
    if entry.position != expected:
        yield Finding(
            where, _("stands where entry %(expected)d should be: entries are missing.") % {"expected": expected}
        )
    if bytes(entry.leaf) != merkle.leaf_hash(entry.body.encode()):
        yield Finding(where, _("its text is not the one that was hashed into the log."))
    try:
        told = entry.data
    except ValueError:
        yield Finding(where, _("its text cannot be read."))
        return
    columns = {
        "position": entry.position,
        "action": entry.action,
        "subject": entry.subject,
        "unit": entry.unit,
        "actor": entry.actor,
    }
    wrong = [name for name, value in columns.items() if told.get(name) != value]
    if wrong:
        yield Finding(where, _("its columns differ from its text: %(names)s.") % {"names": ", ".join(wrong)})
    if told.get("changes") != len(changes):
        yield Finding(
            where,
            _("%(told)s changes were journalled, %(found)d are there.")
            % {"told": told.get("changes"), "found": len(changes)},
        )
    elif told.get("changes_root") != merkle.root([bytes(change.digest) for change in changes]).hex():
        yield Finding(where, _("its changes are not those that were journalled."))
    for change in changes:
        yield from _check_change(change)


def _check_change(change: Change) -> Iterator[Finding]:
    if change.body is None or change.salt is None:
        return  # erased: the digest is checked as a part of its entry
    if bytes(change.digest) != merkle.leaf_hash(bytes(change.salt) + change.body.encode()):
        where = _("entry %(position)d, %(subject)s") % {"position": change.entry_id, "subject": change.subject}
        yield Finding(where, _("the recorded values were altered after they were journalled."))


def _check_strays() -> Iterator[Finding]:
    strays = Change.objects.exclude(entry__in=Entry.objects.values("position"))
    for change in strays[:20]:
        yield Finding(change.subject, _("a change without an entry."))


def _check_checkpoint(each: Checkpoint, roots: dict[int, bytes]) -> Iterator[Finding]:
    where = _("checkpoint %(number)d") % {"number": each.number}
    root = roots.get(each.size)
    if root is None:
        yield Finding(where, _("was signed over %(size)d entries, which are not there any more.") % {"size": each.size})
    elif root != bytes(each.root):
        yield Finding(where, _("was signed over other entries than the log now holds."))
    try:
        signed = note.verify(each.note, [signer().key.verifier])
    except note.BadNote as bad:
        yield Finding(where, _("its signature does not hold: %(reason)s.") % {"reason": bad})
        return
    if (signed.size, signed.root) != (each.size, bytes(each.root)):
        yield Finding(where, _("its signed text says another size or root than its columns."))


def _check_kept(one: Kept, roots: dict[int, bytes], *, size: int) -> Iterator[Finding]:
    if one.checkpoint.size > size:
        yield Finding(
            one.source,
            _(
                "was signed over %(kept)d entries; the log now has %(size)d: entries were removed or an old backup was restored."
            )
            % {"kept": one.checkpoint.size, "size": size},
        )
    elif roots.get(one.checkpoint.size) != one.checkpoint.root:
        yield Finding(
            one.source,
            _("was signed over other entries than the log now holds: the first %(size)d entries were rewritten.")
            % {"size": one.checkpoint.size},
        )
