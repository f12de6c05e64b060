"""What a stored report says: its outline or filled Word file, what there is to seal of it, and its file."""

from datetime import UTC
from hashlib import sha256
from typing import Any

from luoshi.journal.models import Change, Entry
from luoshi.reports.composing import language_of
from luoshi.reports.models import Report
from luoshi.reports.outline import Outline, Quote, Unknown, figures, unknowns
from luoshi.reports.seal import Content, Sealed, content_of
from luoshi.reports.word.document import write_report
from luoshi.reports.word.template import Filled, write_filled


def outline_of(report: Report) -> Outline | None:
    return Outline.model_validate(report.outline) if report.outline else None


def filled_of(report: Report) -> Filled | None:
    if not report.filled:
        return None
    with report.body.open("rb") as file:
        docx = file.read()
    return _filled(report, docx)


def _filled(report: Report, docx: bytes) -> Filled:
    told: dict[str, Any] = report.filled
    return Filled(
        docx=docx,
        language=language_of(report.language),
        title=report.title,
        figures=tuple(map(Quote.model_validate, told["figures"])),
        unknowns=tuple(map(Unknown.model_validate, told["unknowns"])),
        text=tuple(told["text"]),
    )


def quoted(report: Report) -> tuple[Quote, ...]:
    """The figures that a report quotes, by their numbers."""
    outline = outline_of(report)
    if outline is not None:
        return figures(outline)
    return tuple(map(Quote.model_validate, report.filled.get("figures", ())))


def unknown_in(report: Report) -> tuple[Unknown, ...]:
    outline = outline_of(report)
    if outline is not None:
        return unknowns(outline)
    return tuple(map(Unknown.model_validate, report.filled.get("unknowns", ())))


def content_of_report(report: Report) -> Content:
    """What there is to seal. ValueError for a report without a text."""
    place: dict[str, Any] = {
        "unit": report.unit.name,
        "unit_code": report.unit.code,
        "as_of": report.as_of_at.astimezone(UTC),
        "position": report.position,
    }
    if report.seal:  # as it was sealed, whatever the unit is called by now
        return Sealed.model_validate(report.seal).content
    outline = outline_of(report)
    if outline is not None:
        return content_of(outline, **place)
    if not report.filled:
        raise ValueError(f"{report.ref} has no text yet.")
    return _filled(report, b"").content(**place)


def document_of(report: Report, sealed: Sealed | None = None) -> tuple[bytes, str]:
    """The Word file and its SHA-256; without a seal it says that it is a draft."""
    outline = outline_of(report)
    if outline is not None:
        data = write_report(outline, sealed)
    elif (filled := filled_of(report)) is not None:
        data = write_filled(filled, sealed)
    else:
        raise ValueError(f"{report.ref} has no text yet.")
    return data, sha256(data).hexdigest()


def issued_file(report: Report) -> bytes:
    """The issued file, bit by bit. One that was lost is made again from the row and its seal.

    FileNotFoundError where what is made again is not the same, so that nothing else is ever handed out under the code.
    """
    try:
        with report.file.open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        data, digest = document_of(report, Sealed.model_validate(report.seal))
        if digest != report.file_sha256:
            raise
        return data


def sealing_entry(report: Report) -> Entry:
    """The journal entry that named the report's content."""
    named = Change.objects.filter(subject=report.ref, body__contains=report.content_sha256, entry__action="report.seal")
    return Entry.objects.get(pk=named.order_by("entry").values("entry")[:1])
