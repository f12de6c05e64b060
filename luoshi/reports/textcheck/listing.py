"""清单 — a reading as the command prints it: records for programs, a table for people."""

import unicodedata
from collections.abc import Iterable, Iterator

from luoshi.reports.textcheck.statement import Contradiction, Reading, Statement

Record = dict[str, object]


def statement_record(
    statement: Statement, *, verdict: str | None = None, indicator: str | None = None, ledger_value: float | None = None
) -> Record:
    """One statement for `--json`. Verdict, indicator and ledger value come from the matching; without a led"
    "ger they are null."""
    return {
        "start": statement.start,
        "end": statement.end,
        "text": statement.text,
        "value": statement.value,
        "value_hi": statement.value_hi,
        "unit": statement.unit,
        "kind": statement.kind,
        "approx": statement.approx,
        "what": statement.what,
        "org": statement.org,
        "role": statement.role,
        "window": statement.window,
        "per": statement.per,
        "why": why_record(statement),
        "verdict": verdict,
        "indicator": indicator,
        "ledger_value": ledger_value,
    }


def why_record(statement: Statement) -> Record:
    """For each field the rule, the words it rests on with their place, and the reason as a sentence."""
    return {
        field: {"rule": reason.rule, "evidence": reason.evidence, "start": reason.start, "sentence": reason.sentence}
        for field, reason in statement.why._asdict().items()
    }


def contradiction_record(contradiction: Contradiction, reading: Reading) -> Record:
    """One contradiction for `--json`, with the places of its statements."""
    named = [reading.statements[n] for n in contradiction.statements]
    return {
        "kind": contradiction.kind,
        "statements": [{"start": s.start, "end": s.end, "text": s.text} for s in named],
        "stated": contradiction.stated,
        "found": contradiction.found,
        "evidence": contradiction.evidence,
    }


def table(reading: Reading) -> Iterator[str]:
    """The statements as lines of a readable table, then the contradictions."""
    rows = [("", "value", "role", "what", "org")]
    rows += [(str(n), s.text, s.role, s.what, s.org or "—") for n, s in enumerate(reading.statements, 1)]
    widths = [min(40, max(map(_width, column))) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield from _contradictions(reading)


def _contradictions(reading: Reading) -> Iterable[str]:
    for contradiction in reading.contradictions:
        numbers = ", ".join(f"{n + 1}" for n in contradiction.statements)
        yield f"! {contradiction.kind} ({numbers}): {contradiction.evidence}"


def _width(text: str) -> int:
    """Columns on a terminal, where a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    while _width(text) > width:
        text = text[:-2] + "…"
    return text + " " * (width - _width(text))
