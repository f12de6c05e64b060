"""公开核验 — what anybody may learn of an issued report: does it still hold? Nothing that the report does not print."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.core.cache import cache

from luoshi.journal import log, merkle, note
from luoshi.journal.models import Checkpoint, Entry
from luoshi.reports.models import Correction, Report
from luoshi.reports.rechecking import recheck
from luoshi.reports.seal import Sealed, parse_code, seal_in
from luoshi.reports.verification import Finding, check_seal, check_text
from luoshi.reports.word.package import opened

KEPT_SECONDS = 3600
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class PublicCheck:
    """The three reasons of a verdict, and what is told beside it."""

    report: Report
    sealed: Sealed
    signed: bool
    from_ledger: bool
    not_rewritten: bool
    checkpoints_since: int
    corrections: tuple[tuple[Correction, str], ...]
    at: datetime

    @property
    def holds(self) -> bool:
        return self.signed and self.from_ledger and self.not_rewritten


def issued_under(code: str) -> Report | None:
    """The report with this code; None when there is none. ValueError tells what is wrong with what was typed."""
    reports = Report.objects.filter(code=parse_code(code), state=Report.State.ISSUED).exclude(file="")
    found: Report | None = reports.select_related("unit", "campaign").first()
    return found


def check_report(report: Report, *, at: datetime) -> PublicCheck:
    sealed = Sealed.model_validate(report.seal)
    findings = check_seal(sealed, [log.signer().key.verifier])
    titles = {quote.n: quote.title for quote in sealed.content.figures}
    return PublicCheck(
        report=report,
        sealed=sealed,
        signed=not any(finding.kind == "checkpoint" for finding in findings),
        from_ledger=not findings and _as_sealed(report, sealed) and all(each.holds for each in recheck(report)),
        not_rewritten=_entry_stands(sealed) and not_rewritten(note.parse(sealed.checkpoint).checkpoint),
        checkpoints_since=Checkpoint.objects.filter(number__gt=sealed.checkpoint_number).count(),
        corrections=tuple((each, titles.get(each.quote, "")) for each in report.corrections.order_by("pk")),
        at=at,
    )


@dataclass(frozen=True, slots=True)
class FileCheck:
    """比对文件 — a file that somebody holds against what was sealed. same: it is the issued one, bit by bit."""

    name: str
    same: bool
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        return self.same or not self.findings

    @property
    def told(self) -> tuple[Finding, ...]:
        return self.findings[:MOST_TOLD]

    @property
    def more(self) -> int:
        return len(self.findings) - len(self.told)


def code_in(data: bytes) -> str:
    """The code of the report whose seal a file bears. NotReadable or Unsealed tell why there is none."""
    return seal_in(opened(data)).code


def check_file(report: Report, data: bytes, *, name: str) -> FileCheck:
    """Does the file print what was sealed? NotReadable for what is no Word file."""
    if sha256(data).hexdigest() == report.file_sha256:
        return FileCheck(name, same=True, findings=())
    return FileCheck(name, same=False, findings=check_text(Sealed.model_validate(report.seal), data))


def _as_sealed(report: Report, sealed: Sealed) -> bool:
    """The row still tells the content that its own seal is of."""
    return report.content_sha256 == sealed.content.digest.hex() and report.code == sealed.code


def _entry_stands(sealed: Sealed) -> bool:
    if sealed.entry is None:
        return False
    return Entry.objects.filter(position=sealed.entry.index + 1, body=sealed.entry.body).exists()


def not_rewritten(earlier: note.Checkpoint) -> bool:
    """Does the newest checkpoint's tree begin with the tree of an earlier one? Carried on from its frontier, leaf by leaf."""
    newest = log.last_checkpoint()
    if newest is None or newest.size < earlier.size:
        return False
    key = f"luoshi-log-{earlier.size}-{earlier.root.hex()}-{newest.number}-{bytes(newest.root).hex()}"
    known: bool | None = cache.get(key)
    if known is None:
        known = _leads_to(earlier, newest)
        cache.set(key, known, KEPT_SECONDS)
    return known


def _leads_to(earlier: note.Checkpoint, newest: Checkpoint) -> bool:
    kept = Checkpoint.objects.filter(size=earlier.size).first()
    tree = merkle.Range.from_bytes(bytes(kept.frontier)) if kept else merkle.Range()
    tree.extend(log.leaves(start=tree.size, stop=earlier.size))
    if (tree.size, tree.root()) != (earlier.size, earlier.root):
        return False
    tree.extend(log.leaves(start=tree.size, stop=newest.size))
    if (tree.size, tree.root()) != (newest.size, bytes(newest.root)):
        return False
    try:
        signed = note.verify(newest.note, [log.signer().key.verifier])
    except note.BadNote:
        return False
    return (signed.size, signed.root) == (newest.size, bytes(newest.root))
