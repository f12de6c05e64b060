"""数据源 — all fact sources that the rooms offer, under their codes."""

from collections.abc import Mapping

from luoshi.activities import facts as activities
from luoshi.campaigns import facts as campaigns
from luoshi.gate.facts import Facts
from luoshi.orgs import facts as orgs

SOURCES: Mapping[str, Facts] = {
    source.code: source for source in (*orgs.SOURCES, *campaigns.SOURCES, *activities.SOURCES)
}
DECLARED = "declared"


def source(code: str) -> Facts:
    try:
        return SOURCES[code]
    except KeyError:
        raise LookupError(f"No fact source {code!r}; there are {', '.join(sorted(SOURCES))}.") from None
