"""重算 — every figure of a report computed once more: as the ledger said then, and as it says now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from luoshi.figures.models import Delta, Indicator
from luoshi.figures.queries import Figure, evening, figures_as_of, figures_by_sector
from luoshi.journal.log import head
from luoshi.journal.models import Entry
from luoshi.orgs.models import Unit
from luoshi.reports.contents import quoted
from luoshi.reports.models import Correction, Report
from luoshi.reports.outline import UNKNOWN, Quote


class Verdict(StrEnum):
    AGREES = "agrees"
    ABOUT = "about"
    CORRECTED = "corrected"
    DIFFERS = "differs"
    GONE = "gone"


WORDS = {
    Verdict.AGREES: _("agrees"),
    Verdict.ABOUT: _("rounded"),
    Verdict.CORRECTED: _("corrected"),
    Verdict.DIFFERS: _("differs"),
    Verdict.GONE: _("no longer computed"),
}
LIGHTS = {
    Verdict.AGREES: "ok",
    Verdict.ABOUT: "ok",
    Verdict.CORRECTED: "warn",
    Verdict.DIFFERS: "late",
    Verdict.GONE: "none",
}


@dataclass(frozen=True, slots=True)
class Rechecked:
    """One quoted figure, recomputed.

    then: what the records give at the report's own position; it must be what was printed. now: what they give for the
    same day with all that was entered since. Both are None where the ledger cannot say: the indicator or the unit is
    gone, or units were moved later on that very day; and — where it has no record. correction: the last one told.
    """

    quote: Quote
    verdict: Verdict
    then: str | None
    now: str | None
    correction: Correction | None
    url: str

    @property
    def holds(self) -> bool:
        return self.verdict is not Verdict.DIFFERS

    @property
    def light(self) -> str:
        return LIGHTS[self.verdict]

    @property
    def words(self) -> str:
        return str(WORDS[self.verdict])

    @property
    def changed(self) -> bool:
        """The ledger says something else by now, whether or not a correction was told."""
        return self.now is not None and self.now != self.quote.exact_text


def recheck(report: Report) -> list[Rechecked]:
    """All quoted figures of a report, recomputed from the tallies of the ledger."""
    quotes = quoted(report)
    units = dict(Unit.objects.filter(code__in={each.unit_code for each in quotes}).values_list("code", "pk"))
    then = _computed(report, quotes, units, position=report.position)
    now = _computed(report, quotes, units, position=head()) if _touched_since(report, quotes) else then
    if any(text != quote.exact_text for quote in quotes if (text := then.get(quote.n))) and _moved_that_day(report):
        then = {}
    told = {each.quote: each for each in report.corrections.order_by("pk")}
    return [
        _rechecked(report, quote, then.get(quote.n), now.get(quote.n), told.get(quote.n), units.get(quote.unit_code))
        for quote in quotes
    ]


def _touched_since(report: Report, quotes: Iterable[Quote]) -> bool:
    """Was anything entered since that could change these figures? Most reports never need the second computation."""
    since = Delta.objects.filter(indicator__campaign=report.campaign, position__gt=report.position)
    return (
        since.filter(on__lte=report.as_of_on).exists()
        or (
            any(quote.declared for quote in quotes)
            and _entries_since(report).filter(action__startswith="figure.").exists()
        )
        or _entries_since(report).filter(action__startswith="unit.").exists()
    )


def _moved_that_day(report: Report) -> bool:
    """Units were moved later on the day of the figures: that day's tree is no longer the one that they were summed in."""
    return _entries_since(report).filter(action__startswith="unit.", at__lt=evening(report.as_of_on)).exists()


def _entries_since(report: Report) -> QuerySet[Entry]:
    return Entry.objects.filter(position__gt=report.position)


def _rechecked(
    report: Report, quote: Quote, then: str | None, now: str | None, told: Correction | None, unit: int | None
) -> Rechecked:
    if then is None:
        verdict = Verdict.GONE
    elif then != quote.exact_text:
        verdict = Verdict.DIFFERS
    elif told is not None or (now is not None and now != quote.exact_text):
        verdict = Verdict.CORRECTED
    elif quote.rounded:
        verdict = Verdict.ABOUT
    else:
        verdict = Verdict.AGREES
    url = _records(report, quote, unit) if unit is not None and then is not None else ""
    return Rechecked(quote, verdict, then, now, told, url)


def _records(report: Report, quote: Quote, unit: int) -> str:
    address = reverse("figures:records", args=[report.campaign.code, quote.code, unit])
    window = f"since={quote.first_on}&" if quote.first_on else ""
    window += f"sector={quote.sector_code}&" if quote.sector_code else ""
    return f"{address}?{window}on={quote.last_on or report.as_of_on}&position={report.position}"


def _computed(report: Report, quotes: Iterable[Quote], units: Mapping[str, int], *, position: int) -> dict[int, str]:
    """Number of the figure → its exact value as text; without those that the ledger no longer computes."""
    known = set(
        Indicator.objects.filter(campaign=report.campaign, ended_on__isnull=True).values_list("code", flat=True)
    )
    alike: dict[tuple[date | None, date, int], list[Quote]] = {}  # the last one: the unit, where sectors are asked for
    for quote in quotes:
        if quote.code in known and quote.unit_code in units:
            by_sector = units[quote.unit_code] if quote.sector_code else 0
            alike.setdefault((quote.first_on, quote.last_on or report.as_of_on, by_sector), []).append(quote)
    found: dict[int, str] = {}
    for (first_on, last_on, by_sector), some in alike.items():
        codes = {quote.code for quote in some}
        moment: dict[str, Any] = {"on": last_on, "position": position, "at": report.as_of_at, "since": first_on}
        if by_sector:
            figures = figures_by_sector(report.campaign, codes, by_sector, **moment)
            by_code = {(code, figure.sector.code): figure for (code, _pk), figure in figures.items() if figure.sector}
            found |= {quote.n: _exact(quote, by_code.get((quote.code, quote.sector_code))) for quote in some}
        else:
            figures = figures_as_of(report.campaign, codes, {units[quote.unit_code] for quote in some}, **moment)
            found |= {quote.n: _exact(quote, figures[quote.code, units[quote.unit_code]]) for quote in some}
    return found


def _exact(quote: Quote, figure: Figure | None) -> str:
    """The recomputed value in the form in which the quote tells its own."""
    if figure is None:
        return UNKNOWN
    if quote.denominator is None:
        return UNKNOWN if figure.value is None else f"{figure.value:,}"
    return UNKNOWN if figure.share is None else f"{figure.share[0]:,} / {figure.share[1]:,}"
