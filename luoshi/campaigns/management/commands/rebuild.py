"""`luoshi rebuild` — derive what units owe, and what was met, again from the records."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luoshi.campaigns.operations import rebuild
from luoshi.gate.actor import SYSTEM
from luoshi.journal import clock
from luoshi.orgs.models import Unit


class Command(BaseCommand):
    help = gettext_lazy(  # type: ignore[assignment]
        "Derive occasions, owing units and fulfilments again from requirements, units and records. Nothing is typed into these "
        "tables, so a rebuild changes nothing unless they were damaged; then the journal says so."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        root = Unit.objects.filter(no__gt=0).order_by("no").first()
        if root is None:
            raise CommandError(_("There is no unit yet. Begin with: luoshi up"))
        found = rebuild(SYSTEM, root, at=clock.now())
        self.stdout.write(
            _("%(occasions)s occasions, %(owes)s owing units, %(fulfilments)s fulfilments.")
            % {
                "occasions": f"{found.occasions:,}",
                "owes": f"{found.owes:,}",
                "fulfilments": f"{found.fulfilments:,}",
            }
        )
        if found.changed:
            self.stdout.write(
                _("%(count)s rows were not as the records say; they are now.") % {"count": f"{found.changed:,}"}
            )
        else:
            self.stdout.write(_("Everything was as the records say."))
