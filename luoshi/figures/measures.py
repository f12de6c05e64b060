"""An indicator as a query: its source's rows, its filter, its measure, all with bound parameters."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from luoshi.campaigns.audiences import ranked
from luoshi.campaigns.conditions import condition
from luoshi.figures.models import Indicator
from luoshi.figures.sources import source
from luoshi.gate.facts import Facts


@dataclass(frozen=True, slots=True)
class Measure:
    """How an indicator counts.

    kind: "count", "sum" or "distinct"; of: the summed lookup, or what is distinct ("unit", "person").
    """

    indicator: Indicator
    facts: Facts
    where: Q
    kind: str
    of: str = ""

    @property
    def additive(self) -> bool:
        return self.kind != "distinct"

    def rows(self) -> QuerySet[Any]:
        """The rows that the indicator counts, of all units and days."""
        return self.facts.rows().filter(self.where)

    def aggregate(self) -> Any:
        """The measure as an aggregate over the source's rows, filtered, so that many indicators share one query."""
        if self.kind == "sum":
            return Coalesce(Sum(self.of, filter=self.where), 0)
        return Count("pk", filter=self.where)

    @property
    def member(self) -> str:
        """For a distinct count: the lookup of what is counted once."""
        if self.of == "person":
            if self.facts.person is None:
                raise ValueError(f"{self.facts.code} has no persons to count.")
            return self.facts.person
        return self.facts.unit


def measure(indicator: Indicator) -> Measure:
    facts = source(indicator.source)
    where = condition(ranked(indicator.where), facts.lookups()) if indicator.where else Q()
    if facts.campaign is not None:
        where &= Q(**{facts.campaign: indicator.campaign_id})
    kind, _colon, of = indicator.measure.partition(":")
    return Measure(indicator, facts, where, kind, facts.sums[of] if kind == "sum" else of)
