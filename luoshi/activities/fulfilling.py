"""What activities offer to fulfil: read again when duties are rebuilt."""

from collections.abc import Iterator

from luoshi.activities.models import Activity
from luoshi.campaigns.derive import Record
from luoshi.campaigns.models import Campaign


def fulfilling_activities(campaign: Campaign) -> Iterator[Record]:
    """The standing activities of a campaign, as records that may fulfil its requirements."""
    rows = Activity.objects.filter(campaign=campaign).exclude(state=Activity.State.WITHDRAWN)
    fields = ("pk", "unit_id", "kind__code", "held_on", "entered_on", "makes_up")
    for pk, *rest in rows.values_list(*fields).iterator():
        yield Record(f"activity:{pk}", *rest)
