"""核验 — everything that `luoshi verify` can look at: figures, journal, rows, and what somebody kept outside."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from pydantic import ValidationError

from luoshi.figures.models import Indicator
from luoshi.figures.sources import DECLARED
from luoshi.figures.verify import check_figures
from luoshi.gate.ledgered import ledgered_models
from luoshi.gate.verify import check_rows
from luoshi.journal import note, proof
from luoshi.journal.log import head, signer
from luoshi.journal.models import Entry
from luoshi.journal.verify import Finding, Kept, check_log
from luoshi.reports.seal import Proof, Sealed, Unsealed, read_seal
from luoshi.reports.verification import check_seal, check_text
from luoshi.reports.word.package import NotReadable

LARGEST_FILE = 64 * 2**20


class Unusable(ValueError):
    """A file that nothing can be compared with; the message says why and what would do."""


@dataclass(frozen=True)
class Part:
    """One part of the verification: what it is called, how much there is, and the check itself."""

    name: str
    says: str
    total: Callable[[], int]
    check: Callable[[Callable[[int], None]], Iterator[Finding]]


def parts(kept: Iterable[Kept] = ()) -> tuple[Part, ...]:
    kept = list(kept)
    return (
        Part("log", _("journal"), head, lambda progress: check_log(kept, progress=progress)),
        Part("rows", _("records"), _rows, lambda progress: check_rows(progress=progress)),
        Part("figures", _("figures"), _indicators, lambda progress: check_figures(progress=progress)),
    )


def _rows() -> int:
    return sum(model._base_manager.count() for model in ledgered_models())


def _indicators() -> int:
    return Indicator.objects.exclude(source=DECLARED).count()


# ---- what somebody kept


@dataclass(frozen=True)
class Evidence:
    """证物 — a file that was kept: its checkpoint, the seal of a report, the entry it speaks of."""

    source: str
    checkpoint: note.Checkpoint
    text: str  # the signed checkpoint, word for word
    sealed: Sealed | None = None
    data: bytes = b""  # of a Word file
    vkey: str = ""  # told by a proof bundle; to be compared, not trusted
    told: proof.Proof | None = None  # that an entry stands in the journal

    @property
    def kept(self) -> Kept:
        return Kept(self.source, self.checkpoint)


def evidence(path: Path) -> Evidence:
    """Reads a checkpoint, a .tlog-proof, a luoshi-proof.json or a report. Unusable says what is wrong with the file."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Unusable(_("%(file)s is too large to be a checkpoint, a proof or a report.") % {"file": path})
        data = path.read_bytes()
    except OSError as error:
        raise Unusable(_("%(file)s cannot be read: %(cause)s") % {"file": path, "cause": error.strerror}) from error
    try:
        return _understood(path.name, data)
    except (NotReadable, Unsealed, note.BadNote, ValidationError, UnicodeDecodeError, json.JSONDecodeError) as error:
        says = _("%(file)s is no checkpoint, no .tlog-proof, no luoshi-proof.json and no sealed report: %(cause)s")
        cause = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise Unusable(says % {"file": path, "cause": cause}) from error


def _understood(name: str, data: bytes) -> Evidence:
    if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0":
        sealed = read_seal(data)
        return Evidence(name, note.parse(sealed.checkpoint).checkpoint, sealed.checkpoint, sealed, data)
    text = data.decode()
    if text.lstrip().startswith("{"):
        bundle = Proof.model_validate_json(text)
        signed = bundle.sealed.checkpoint
        return Evidence(name, note.parse(signed).checkpoint, signed, bundle.sealed, vkey=bundle.vkey)
    if text.startswith(proof.HEADER):
        told = proof.parse(text)
        return Evidence(name, note.parse(told.checkpoint).checkpoint, told.checkpoint, told=told)
    return Evidence(name, note.parse(text).checkpoint, text)


def check_evidence(one: Evidence, verifiers: Iterable[note.Verifier]) -> Iterator[Finding]:
    """Is it signed by the log's key, does its seal hold, does the file still print what was sealed? No database is asked."""
    verifiers = tuple(verifiers)
    try:
        note.verify(one.text, verifiers)
    except note.BadNote:
        says = _("its checkpoint is not signed with the key of the log (%(origin)s).")
        yield Finding(one.source, says % {"origin": one.checkpoint.origin})
        return
    if one.vkey and one.vkey not in {verifier.vkey for verifier in verifiers}:
        yield Finding(one.source, _("it tells another public key than the log's."))
    if one.sealed is not None:
        yield from (Finding(one.source, finding.text) for finding in check_seal(one.sealed, verifiers))
        if one.data:
            yield from (Finding(one.source, finding.text) for finding in check_text(one.sealed, one.data))


def check_against(one: Evidence) -> Iterator[Finding]:
    """Does the journal of this database still hold the entry that the file speaks of?"""
    if one.checkpoint.origin != signer().origin:
        says = _("is of another log (%(origin)s) than this one (%(own)s).")
        yield Finding(one.source, says % {"origin": one.checkpoint.origin, "own": signer().origin})
        return
    if one.sealed is not None and one.sealed.entry is not None:
        yield from _check_entry(one.source, one.sealed.entry.index + 1, one.sealed.entry.body)
    if one.told is not None:
        yield from _check_proof(one)


def _check_entry(source: str, position: int, body: str) -> Iterator[Finding]:
    own = Entry.objects.filter(position=position).values_list("body", flat=True).first()
    if own is None:
        yield Finding(source, _("entry %(position)d, in which it was sealed, is missing.") % {"position": position})
    elif own != body:
        says = _("entry %(position)d, in which it was sealed, says something else now: the journal was rewritten.")
        yield Finding(source, says % {"position": position})


def _check_proof(one: Evidence) -> Iterator[Finding]:
    assert one.told is not None
    position = one.told.index + 1
    leaf = Entry.objects.filter(position=position).values_list("leaf", flat=True).first()
    try:
        if leaf is None:
            raise proof.BadProof("missing", "no such entry")
        proof.verify(proof.write(one.told), bytes(leaf), [signer().key.verifier])
    except note.BadNote:
        says = _("entry %(position)d is not the one that this proof is about: the journal was rewritten.")
        yield Finding(one.source, says % {"position": position})
