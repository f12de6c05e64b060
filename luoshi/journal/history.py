"""History of records: what the journal says of one record, and when it was made."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Min

from luoshi.journal.models import Change, Entry


@dataclass(frozen=True, slots=True)
class Step:
    """经过 — one entry as far as it concerns one record. `change` is None once it was erased; then `erased` is the entry that did it."""

    entry: Entry
    change: dict[str, Any] | None
    erased: Entry | None
    subject: str = ""


def history(*refs: str) -> list[Step]:
    """All that was written about one record, or several that belong together, newest first."""
    rows = Change.objects.filter(subject__in=refs).select_related("entry", "erased_by").order_by("-entry", "-no")
    return [Step(row.entry, row.data, row.erased_by, row.subject) for row in rows]


def born(refs: Iterable[str]) -> dict[str, int]:
    """The position at which each record was first written."""
    rows = Change.objects.filter(subject__in=list(refs)).order_by().values_list("subject").annotate(first=Min("entry"))
    return dict(rows)
