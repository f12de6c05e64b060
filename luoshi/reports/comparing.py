"""比较 — two reports side by side: each figure then and later, and by how much it changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from luoshi.gate.actor import Actor
from luoshi.reports.contents import quoted
from luoshi.reports.models import Report
from luoshi.reports.outline import Quote
from luoshi.reports.queries import reports

MOST_OFFERED = 100

Key = tuple[str, str, str, bool, date | None]


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of either report; None where the other one does not quote it."""

    earlier: Quote | None
    later: Quote | None

    @property
    def quote(self) -> Quote:
        quote = self.later or self.earlier
        assert quote is not None
        return quote

    @property
    def change(self) -> Decimal | None:
        if self.earlier is None or self.later is None:
            return None
        return self.later.exact - self.earlier.exact

    @property
    def changed(self) -> bool:
        return self.change != 0

    @property
    def words(self) -> str:
        """+12, or +1.2 percentage points."""
        if self.change is None:
            return ""
        if self.quote.denominator is None:
            return f"{self.change:+,.10g}" if self.change else "0"
        return _("%(points)s percentage points") % {"points": f"{100 * self.change:+.1f}" if self.change else "0"}


def comparable(actor: Actor, report: Report) -> QuerySet[Report]:
    """Other reports on the same campaign that the actor may see: those of the same unit and template first."""
    alike = Case(
        When(unit=report.unit_id, template=report.template, then=Value(0)),
        When(template=report.template, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = reports(actor).filter(campaign=report.campaign, state__in=(Report.State.DRAFT, Report.State.ISSUED))
    return found.exclude(pk=report.pk).alias(alike=alike).order_by("alike", "-made_at", "-pk")


def compared(earlier: Report, later: Report) -> list[Compared]:
    """Figure by figure, in the order of the later report; what only the earlier one quotes comes last."""
    before, after = _by_key(earlier), _by_key(later)
    return [Compared(before.get(key), after.get(key)) for key in (*after, *(key for key in before if key not in after))]


def in_order(one: Report, other: Report) -> tuple[Report, Report]:
    """The earlier one first, by the moment of their figures."""
    first, second = sorted((one, other), key=lambda report: (report.as_of_at, report.pk))
    return first, second


def _by_key(report: Report) -> dict[Key, Quote]:
    found: dict[Key, Quote] = {}
    for key, quote in _keyed(report):
        found.setdefault(key, quote)
    return found


def _keyed(report: Report) -> Iterator[tuple[Key, Quote]]:
    """Figures of the report's own unit are alike whichever unit that is, so that two counties can be compared."""
    for quote in quoted(report):
        unit = "" if quote.unit_code == report.unit.code else quote.unit_code
        yield (quote.code, unit, quote.sector_code, quote.denominator is not None, quote.first_on), quote
