"""What is remembered of checked texts."""

from django.utils.translation import gettext as _

from luoshi.figures.models import Indicator
from luoshi.gate.errors import Refused
from luoshi.gate.operation import Act, operation
from luoshi.orgs.models import Unit
from luoshi.reports.models import Match


@operation("text.remember", creates=True)
def remember_match(
    act: Act, unit: Unit, *, phrase: str, indicator: Indicator | None, subject: Unit | None = None
) -> Match:
    """记住比对 — from now on a phrase in this unit's texts means one indicator (or none); for the unit itself or for another one."""
    if not phrase.strip():
        raise Refused(_("There is no phrase to remember."))
    match = Match.objects.filter(unit=unit, phrase=phrase).first() or Match(unit=unit, phrase=phrase)
    match.indicator, match.subject, match.confirmed_at = indicator, subject, act.at
    return act.save(match)
