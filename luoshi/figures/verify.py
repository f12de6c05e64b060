"""核验数字 — every figure recounted from the records, and compared with its tallies."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from luoshi.figures.measures import measure
from luoshi.figures.models import Indicator
from luoshi.figures.sources import DECLARED
from luoshi.figures.tally import flaws
from luoshi.journal.verify import Finding, no_progress
from luoshi.orgs.models import Unit


def check_figures(*, progress: Callable[[int], None] = no_progress) -> Iterator[Finding]:
    """Recount all indicators from the records; tells every cell that differs."""
    names = dict(Unit.objects.values_list("pk", "name"))
    for done, indicator in enumerate(Indicator.objects.exclude(source=DECLARED).select_related("campaign"), 1):
        for each, unit, on, kept, counted in flaws([measure(indicator)]):
            where = f"{each.indicator.code}, {names.get(unit, unit)}, {on}"
            yield Finding(
                where, _("the tally says %(kept)d, the records say %(counted)d.") % {"kept": kept, "counted": counted}
            )
        progress(done)
