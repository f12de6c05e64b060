"""Reports for a reader."""

from django.db.models import QuerySet

from luoshi.gate.actor import Actor
from luoshi.gate.scope import visible
from luoshi.orgs.models import User
from luoshi.reports.models import Report


def reports(actor: Actor) -> QuerySet[Report]:
    """The reports that the actor may see."""
    rows: QuerySet[Report] = Report.objects.select_related("unit", "campaign")
    return visible(actor, "report.see", rows)


def names_behind(*pseudonyms: str) -> dict[str, str]:
    """Who stands behind pseudonyms of the journal; without those whose account is gone."""
    return dict(User.objects.filter(pseudonym__in=pseudonyms).values_list("pseudonym", "name"))
