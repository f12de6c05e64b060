import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from luoshi.campaigns.models import Campaign
from luoshi.gate.actor import Actor
from luoshi.journal import clock
from luoshi.orgs.actors import operator
from luoshi.orgs.models import Unit
from luoshi.reports.matching import VERDICT_NAMES, Check, Verdict, check_text
from luoshi.reports.textcheck import read
from luoshi.reports.textcheck.documents import Unreadable, open_document
from luoshi.reports.textcheck.listing import contradiction_record, statement_record

USED_WRONGLY, DIFFERS = 2, 1


class Command(BaseCommand):
    help = _(
        "Check each number of a finished text against the ledger. Exit code 1 when one differs or the text contradicts itself. "
        "With --read-only the numbers are read and not compared; that needs no database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=_("a .docx or .txt file"))
        parser.add_argument("--unit", metavar="CODE", help=_("the unit whose text it is; the root unit otherwise"))
        parser.add_argument("--campaign", metavar="CODE", help=_("the campaign; the newest otherwise"))
        parser.add_argument(
            "--as", dest="user", metavar="USER", help=_("check as this user; otherwise figures of all units are open")
        )
        parser.add_argument("--json", action="store_true", help=_("print JSON instead of a table"))
        parser.add_argument("--read-only", action="store_true", help=_("only read the numbers; needs no database"))

    def handle(self, *, file: Path, unit: str | None, campaign: str | None, user: str | None, **options: Any) -> None:
        try:
            document = open_document(file.read_bytes(), name=file.name)
        except OSError as error:
            raise CommandError(_("There is no file %(name)s.") % {"name": file}, returncode=USED_WRONGLY) from error
        except Unreadable as unreadable:
            raise CommandError(unreadable.message(), returncode=USED_WRONGLY) from unreadable
        now = clock.now()
        found = check_text(
            self._actor(user, now),
            read(document.text),
            campaign=self._campaign(campaign),
            unit=self._unit(unit),
            on=timezone.localdate(now),
            at=now,
        )
        for note in document.notes:
            self.stderr.write(note)
        self._print(found, as_json=options["json"])
        if found.reading.contradictions or any(each.verdict is Verdict.DIFFERS for each in found.results):
            sys.exit(DIFFERS)

    @staticmethod
    def _actor(user: str | None, now: datetime) -> Actor:
        try:
            return operator(user, on=timezone.localdate(now))
        except LookupError as error:
            raise CommandError(_("There is no account %(name)s.") % {"name": user}, returncode=USED_WRONGLY) from error

    @staticmethod
    def _campaign(code: str | None) -> Campaign | None:
        campaigns = Campaign.objects.select_related("unit")
        if code is None:
            return campaigns.order_by("-starts_on").first()
        found = campaigns.filter(code=code).first()
        if found is None:
            raise CommandError(_("There is no campaign %(code)s.") % {"code": code}, returncode=USED_WRONGLY)
        return found

    @staticmethod
    def _unit(code: str | None) -> Unit:
        standing = Unit.objects.filter(no__gt=0)
        found = standing.filter(code=code).first() if code else standing.order_by("no").first()
        if found is None:
            missing = code or _("(no unit at all; load the demo or import your units first)")
            raise CommandError(_("There is no unit %(code)s.") % {"code": missing}, returncode=USED_WRONGLY)
        return found

    def _print(self, found: Check, *, as_json: bool) -> None:
        if as_json:
            records = [
                statement_record(
                    each.statement,
                    verdict=each.verdict.value,
                    indicator=each.indicator.code if each.indicator else None,
                    ledger_value=None if each.ledger_value is None else float(each.ledger_value),
                )
                for each in found.results
            ]
            flaws = [contradiction_record(each, found.reading) for each in found.reading.contradictions]
            json.dump({"statements": records, "contradictions": flaws}, self.stdout, ensure_ascii=False, indent=1)
            self.stdout.write("")
            return
        for number, each in enumerate(found.results, 1):
            ledger = "—" if each.ledger_value is None else f"{each.ledger_value:,.10g}"
            unit = each.unit.title if each.unit else each.statement.org or "—"
            title = each.indicator or each.statement.what
            self.stdout.write(
                f"{number:>4}  {each.statement.text:<12} {VERDICT_NAMES[each.verdict]}  {ledger}  {unit}  {title}"
            )
        for flaw in found.reading.contradictions:
            self.stdout.write(_("The text contradicts itself: %(evidence)s") % {"evidence": flaw.evidence})
        counts = [f"{VERDICT_NAMES[verdict]} {count}" for verdict, count in found.counts().items() if count]
        self.stdout.write(", ".join(counts) or _("No numeric statement was found."))
