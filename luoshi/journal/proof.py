"""Proof that an entry is in the journal, as a file that outside tools read (c2sp.org/tlog-proof@v1, `*.tlog-proof`).

c2sp.org/tlog-proof@v1
index 812
<one hash of the path a line, from the leaf's neighbour upward, in base64>

<the signed checkpoint, word for word>
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from luoshi.journal import merkle, note
from luoshi.journal.note import BadNote, Checkpoint, Verifier

HEADER = "c2sp.org/tlog-proof@v1"
LONGEST_PATH = 63  # of a tree with 2**63 leaves

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)


class BadProof(BadNote):
    """A proof that does not hold. Its checkpoint may be a BadNote of its own; `except BadNote` has both."""


@dataclass(frozen=True)
class Proof:
    """That the entry `index` stands in the tree of a signed checkpoint. Nobody signed what is in `extra`."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""


def write(proof: Proof) -> str:
    extra = [f"extra {note.encoded(proof.extra)}"] if proof.extra else []
    lines = [HEADER, *extra, f"index {proof.index}", *map(note.encoded, proof.path)]
    return "\n".join(lines) + "\n\n" + proof.checkpoint


def parse(text: str) -> Proof:
    """BadProof or BadNote if the text is no proof file. Whether the proof holds is for `verify` to say."""
    if "\r" in text:
        raise BadProof("line-ends", "the lines end as on Windows (CR LF); keep the proof as it was given")
    head, blank, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    if not blank or first != HEADER:
        raise BadProof("shape", f"a proof begins with the line {HEADER} and holds a checkpoint after an empty line")
    extra = _extra(lines.pop(0)) if lines and lines[0].startswith("extra ") else b""
    match = _INDEX.fullmatch(lines[0]) if lines else None
    if match is None:
        raise BadProof("index", "the proof does not say which entry it is about")
    note.parse(checkpoint)
    return Proof(int(match[1]), _path(lines[1:]), checkpoint, extra)


def verify(text: str, leaf_hash: bytes, verifiers: Iterable[Verifier]) -> Checkpoint:
    """The checkpoint that this leaf is proved to be under.

    BadNote if no given key of the log signed it, BadProof if the path does not lead from this leaf to its root.
    """
    proof = parse(text)
    checkpoint = note.verify(proof.checkpoint, verifiers)
    if not merkle.verify_inclusion(leaf_hash, proof.index, checkpoint.size, proof.path, checkpoint.root):
        raise BadProof("path", f"this is not entry {proof.index} of {checkpoint.origin}, or the proof was altered")
    return checkpoint


def _extra(line: str) -> bytes:
    extra = note.decoded(line.removeprefix("extra "))
    if not extra:
        raise BadProof("extra", "the line of extra data is no base64")
    return extra


def _path(lines: list[str]) -> tuple[bytes, ...]:
    path = [note.decoded(line) or b"" for line in lines]
    if len(path) > LONGEST_PATH or any(len(one) != merkle.HASH_BYTES for one in path):
        raise BadProof("path", "the proof holds a line that is no hash, or too many lines")
    return tuple(path)
