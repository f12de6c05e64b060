"""What the pages of one record begin with: the record, if the reader may know of it."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from luoshi.activities.models import Activity
from luoshi.activities.queries import activities
from luoshi.campaigns.models import Campaign
from luoshi.campaigns.scope import ScopedRequest


def activity_or_404(request: ScopedRequest, pk: int) -> Activity:
    rows = activities(request.actor).select_related(
        "unit", "unit__sector", "kind", "campaign", "campaign__unit", "host", "mandate__user"
    )
    return get_object_or_404(rows, pk=pk)


def campaign_or_404(request: ScopedRequest) -> Campaign:
    campaign = request.scope.campaign
    if campaign is None:
        raise Http404(_("There is no campaign yet. An office installs a campaign pack first."))
    return campaign
