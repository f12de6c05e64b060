import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luoshi.site.commandline import NOT_AS_IT_SHOULD_BE
from luoshi.site.examination import Finding, State, examine


class Command(BaseCommand):
    help = _("Look over this installation: home, disk, database, keys, clock, background work, fonts.")
    requires_system_checks: list[str] = []

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        signs = {
            State.WELL: self.style.SUCCESS("✓ " + pgettext("health", "well")),
            State.MIND: self.style.WARNING("! " + pgettext("health", "mind")),
            State.ILL: self.style.ERROR("✗ " + pgettext("health", "ill")),
        }
        findings: list[Finding] = []
        for finding in examine(at=timezone.now()):
            findings.append(finding)
            self.stdout.write(f"{signs[finding.state]}  {finding.what}: {finding.found}")
            if finding.advice:
                self.stdout.write(f"        → {finding.advice}")
        if any(finding.state is State.ILL for finding in findings):
            sys.exit(NOT_AS_IT_SHOULD_BE)
