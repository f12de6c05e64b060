"""核验 — does a file that came back still say what was sealed, and does the journal know of it?"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _

from luoshi.journal import merkle, note, proof
from luoshi.lib import canonical
from luoshi.reports.last_pages import WORDS, closing_lines
from luoshi.reports.seal import Content, Entry, Proof, Sealed, fingerprint
from luoshi.reports.word.package import opened
from luoshi.reports.word.reading import normalized, printed_lines

_MOST_COMPARISONS = 4_000_000  # of differing lines; beyond, a table full of dashes would take minutes


@dataclass(frozen=True)
class Finding:
    """What a check found, in the reader's words. `kind` is for programs."""

    kind: Literal["figure", "line", "code", "checkpoint", "entry", "file"]
    text: str


def check_seal(sealed: Sealed, verifiers: Iterable[note.Verifier]) -> tuple[Finding, ...]:
    """Is the checkpoint signed by the log, does it cover the figures, and does the journal name this very content?"""
    verifiers = tuple(verifiers)
    try:
        checkpoint = note.verify(sealed.checkpoint, verifiers)
    except note.BadNote:
        return (Finding("checkpoint", _("The checkpoint is not signed with the published key of the log.")),)
    found = []
    if sealed.content.position > checkpoint.size:
        found.append(Finding("checkpoint", _("The checkpoint is older than the figures of the report.")))
    if sealed.entry is None:
        text = _("The file does not carry the journal entry of its seal. Look the code up on the verification page.")
        found.append(Finding("entry", text))
    elif not (_names(sealed.entry, sealed.content) and _included(sealed, sealed.entry, verifiers)):
        text = _("The journal does not contain this content: it was sealed with other figures or words.")
        found.append(Finding("entry", text))
    return tuple(found)


def _names(entry: Entry, content: Content) -> bool:
    """The change names the content as a whole JSON string, and the entry commits to the change."""
    try:
        digests = [bytes.fromhex(digest) for digest in entry.digests]
        body = canonical.loads(entry.body)
    except ValueError:
        return False
    change = merkle.leaf_hash(bytes.fromhex(entry.salt) + entry.change.encode())
    committed = isinstance(body, dict) and body.get("changes_root") == merkle.root(digests).hex()
    return f'"{content.digest.hex()}"' in entry.change and change in digests and committed


def _included(sealed: Sealed, entry: Entry, verifiers: Iterable[note.Verifier]) -> bool:
    try:
        proof.verify(sealed.tlog_proof, entry.leaf, verifiers)
    except note.BadNote:
        return False
    return True


def check_file(issued: Proof, data: bytes) -> tuple[Finding, ...]:
    """Is this the very file, bit by bit? A file that was only saved again differs; `check_text` then says what."""
    if hashlib.sha256(data).hexdigest() == issued.file_sha256 and issued.code == issued.sealed.code:
        return ()
    return (Finding("file", _("This is not the very file that was issued; it was changed or saved again.")),)


def check_text(sealed: Sealed, source: bytes | Path | str) -> tuple[Finding, ...]:
    """Does the file still print what was sealed? First the figures that differ, then the lines."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    return check_lines(sealed, printed_lines(opened(data)))


def check_lines(sealed: Sealed, found: Sequence[str]) -> tuple[Finding, ...]:
    """The same for lines that were read already, one for each paragraph."""
    return (
        *_figure_findings(sealed.content, found),
        *_gone_findings(sealed.content, found),
        *_line_findings(sealed, found),
    )


_MENTION = re.compile(r"(?P<printed>(?:(?:(?<!\d)-)?\d[\d.,]*(?:万亿|万|亿)?[%‰]?)?)\[(?P<n>\d+)\]")


def _figure_findings(content: Content, found: Sequence[str]) -> list[Finding]:
    by_number = {figure.n: figure for figure in content.figures}
    printed: dict[int, list[str]] = {}
    findings = []
    for line in found:
        for mention in _mentions(line):
            number = int(mention["n"])
            printed.setdefault(number, []).append(mention["printed"])
            if number not in by_number:
                findings.append(
                    Finding(
                        "figure",
                        _("“%(printed)s” refers to figure [%(n)d], which was not sealed.")
                        % {"printed": mention["printed"], "n": number},
                    )
                )
    for number, figure in by_number.items():
        findings += [
            Finding(
                "figure",
                _("Figure [%(n)d] (%(title)s, %(unit)s): the file prints %(printed)s, sealed is %(sealed)s.")
                % {
                    "n": number,
                    "title": figure.title,
                    "unit": figure.whose,
                    "printed": text or _("no number"),
                    "sealed": figure.printed,
                },
            )
            for text in dict.fromkeys(printed.get(number, ()))
            if text != figure.printed
        ]
    return findings


def _gone_findings(content: Content, found: Sequence[str]) -> list[Finding]:
    """Figures that stand in the list of sources, and no more in the text above it."""
    heading = normalized(WORDS[content.language].sources)
    ends = [at for at, line in enumerate(found) if normalized(line) == heading]
    standing = {int(mention["n"]) for line in found[: ends[-1] if ends else None] for mention in _mentions(line)}
    says = _("Figure [%(n)d] (%(title)s, %(unit)s), sealed as %(sealed)s, no longer stands in the text.")
    return [
        Finding("figure", says % {"n": each.n, "title": each.title, "unit": each.whose, "sealed": each.printed})
        for each in content.figures
        if each.n not in standing
    ]


def _mentions(line: str) -> Iterable[re.Match[str]]:
    return _MENTION.finditer(normalized(line))


def _line_findings(sealed: Sealed, found: Sequence[str]) -> list[Finding]:
    content = sealed.content
    expected = [*content.text, *(fingerprint(line) for line in closing_lines(sealed))]
    actual = [fingerprint(_with_sealed_figures(content, line)) for line in found]
    same = _common(expected, actual)
    tail = _common(expected[same:][::-1], actual[same:][::-1])
    missing, added = expected[same : len(expected) - tail], actual[same : len(actual) - tail]
    before, lines = found[same - 1] if same else "", found[same : len(found) - tail]
    if len(missing) * len(added) > _MOST_COMPARISONS:
        return [_another_text(lines)]
    findings = []
    for what, start, end, first, last in SequenceMatcher(None, missing, added, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        for line in lines[first:last]:
            text = _("The file has a line that was not sealed in this form: “%(line)s”.") % {"line": _short(line)}
            findings.append(Finding("line", text))
        if first == last:
            after = _short(lines[first - 1] if first else before)
            text = _("After “%(line)s” %(count)d sealed lines are missing.") % {"line": after, "count": end - start}
            findings.append(Finding("line", text))
    return findings


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many entries both begin with."""
    return next(
        (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right),
        min(len(one), len(other)),
    )


def _another_text(lines: Sequence[str]) -> Finding:
    text = _("From “%(line)s” on %(count)d lines of the file are another text than the sealed one.")
    return Finding("line", text % {"line": _short(lines[0]), "count": len(lines)})


def _with_sealed_figures(content: Content, line: str) -> str:
    """A line with the sealed figures put back, so that a changed figure is told once, as a figure."""
    by_number = {figure.n: figure.printed for figure in content.figures}

    def put_back(mention: re.Match[str]) -> str:
        printed = by_number.get(int(mention["n"]), mention["printed"])
        return f"{printed}[{mention['n']}]"

    return _MENTION.sub(put_back, normalized(line))


def _short(line: str) -> str:
    return line if len(line) <= 40 else f"{line[:39]}…"
