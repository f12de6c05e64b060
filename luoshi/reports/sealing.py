"""存证入档 — the journal entry that named a content, opened from the database so that it can travel with the report."""

from luoshi.journal import log, models, note, proof
from luoshi.reports.seal import Content, Entry, Sealed


def sealed_in_journal(
    content: Content, *, entry: models.Entry, subject: str, checkpoint: models.Checkpoint, url: str = ""
) -> Sealed:
    """A content with its entry and the checkpoint above it.

    `subject` is the reference of the report whose change names the content's SHA-256. ValueError if that change was
    erased, does not name the content, or the entry is younger than the checkpoint.
    """
    changes = list(entry.changes.order_by("no"))
    change = next((each for each in changes if each.subject == subject), None)
    if change is None or change.body is None or change.salt is None or content.digest.hex() not in change.body:
        raise ValueError(f"Entry {entry.position} does not name this content in a change of {subject}.")
    placed = proof.parse(log.prove(entry.position, checkpoint))
    return Sealed(
        content=content,
        checkpoint=checkpoint.note,
        checkpoint_number=checkpoint.number,
        url=url,
        entry=Entry(
            body=entry.body,
            change=change.body,
            salt=bytes(change.salt).hex(),
            digests=tuple(bytes(each.digest).hex() for each in changes),
            index=placed.index,
            path=tuple(map(note.encoded, placed.path)),
        ),
    )
