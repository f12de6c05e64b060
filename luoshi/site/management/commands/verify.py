"""`luoshi verify` — is everything still as it was recorded? In words, with an exit code."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from luoshi.gate.policy import may
from luoshi.journal import clock, note
from luoshi.journal.log import last_checkpoint, signer
from luoshi.journal.verify import Finding
from luoshi.lib.progress import Progress
from luoshi.orgs.actors import actor_of
from luoshi.orgs.models import User
from luoshi.site.commandline import NOT_AS_IT_SHOULD_BE, USED_WRONGLY
from luoshi.site.verification import Evidence, Unusable, check_against, check_evidence, evidence, parts

TEACHING = gettext_lazy("""\
Verify the whole ledger, or a report that came back.

  1. Everything: journal, records, figures:      luoshi verify
  2. Against a checkpoint, proof or report that
     somebody kept (finds a log that was
     rewritten even with its key):               luoshi verify --against report.docx
  3. One file, for itself:                       luoshi verify report.docx
  4. The same without this database, with the
     published key:                              luoshi verify report.docx --key "VKEY"

What differs is told in words. Exit code: 0 all agrees, 1 something differs.""")

SHOWN = 200  # findings told one by one; a rewritten journal has millions


class Command(BaseCommand):
    help = TEACHING  # type: ignore[assignment]

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, metavar="FILE", help=_("a report, proof or checkpoint to check for itself")
        )
        parser.add_argument(
            "--against",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help=_(
                "verify the ledger against a kept checkpoint, .tlog-proof, luoshi-proof.json or report; may be repeated"
            ),
        )
        parser.add_argument(
            "--key", default="", metavar="VKEY", help=_("the published key of the log: check FILE without the database")
        )
        for name, says in (
            ("log", _("only the journal against its root and its checkpoints")),
            ("rows", _("only the records against the journal")),
            ("files", _("only the files of issued reports against the journal")),
            ("figures", _("only the figures, recomputed from the records")),
        ):
            parser.add_argument(f"--{name}", action="append_const", dest="only", const=name, help=says)
        parser.add_argument("--json", action="store_true", help=_("print the result as JSON"))
        parser.add_argument(
            "--as",
            dest="user",
            default="",
            metavar="USER",
            help=_("act and see as this user; otherwise values of persons are not shown"),
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        try:
            files = [evidence(path) for path in options["files"]]
            against = [evidence(path) for path in options["against"]]
        except Unusable as error:
            raise CommandError(str(error), returncode=USED_WRONGLY) from error
        found = self.check_files(files, options["key"]) if files else {}
        if not files or against or options["only"]:
            if options["key"]:
                raise CommandError(_("--key is for a FILE alone, without the database."), returncode=USED_WRONGLY)
            found |= self.check_ledger(against, options)
        self.tell(found, files + against, as_json=options["json"], offline=bool(options["key"]))
        if any(found.values()):
            sys.exit(NOT_AS_IT_SHOULD_BE)

    def check_files(self, files: list[Evidence], key: str) -> dict[str, list[Finding]]:
        if key:
            try:
                verifier = note.Verifier.from_vkey(key)
            except note.BadNote as bad:
                raise CommandError(
                    _("This is no verifier key: %(reason)s") % {"reason": bad}, returncode=USED_WRONGLY
                ) from bad
            return {one.source: list(check_evidence(one, [verifier])) for one in files}
        own = signer().key.verifier
        return {one.source: [*check_evidence(one, [own]), *check_against(one)] for one in files}

    def check_ledger(self, against: list[Evidence], options: dict[str, Any]) -> dict[str, list[Finding]]:
        open_values = sees_values(options["user"])
        found: dict[str, list[Finding]] = {}
        if against:
            own = signer().key.verifier
            said = [[*check_evidence(one, [own]), *check_against(one)] for one in against]
            found["against"] = [finding for some in said for finding in some]
        # A checkpoint of another log says nothing of this one.
        kept = [one.kept for one in against if one.checkpoint.origin == signer().origin]
        for part in parts(kept):
            if options["only"] and part.name not in options["only"] and not (part.name == "log" and against):
                continue
            with Progress(
                part.says, total=part.total(), quiet=options["json"] or options["verbosity"] == 0
            ) as progress:
                findings = list(part.check(lambda done, progress=progress: progress.step(done - progress.done)))  # type: ignore[misc]
            found[part.name] = findings if open_values else [discreet(each) for each in findings]
        return found

    def tell(self, found: dict[str, list[Finding]], files: list[Evidence], *, as_json: bool, offline: bool) -> None:
        total = sum(map(len, found.values()))
        if as_json:
            told = {name: [{"where": each.where, "says": each.says} for each in some] for name, some in found.items()}
            self.stdout.write(json.dumps({"agrees": not total, "findings": told}, ensure_ascii=False, indent=2))
            return
        titles = {part.name: part.says for part in parts()} | {"against": _("kept files")}
        for name, some in found.items():
            sign = self.style.SUCCESS("✓") if not some else self.style.ERROR("✗")
            says = (
                _("agrees")
                if not some
                else ngettext("%(count)d difference", "%(count)d differences", len(some)) % {"count": len(some)}
            )
            self.stdout.write(f"{sign} {titles.get(name, name)}: {says}")
            for each in some[:SHOWN]:
                self.stdout.write(f"    {each.where}: {each.says}")
            if len(some) > SHOWN:
                self.stdout.write("    " + _("… and %(count)d more") % {"count": len(some) - SHOWN})
        for one in files:
            self.stdout.write(
                _("%(file)s: checkpoint over %(size)s entries of %(origin)s")
                % {"file": one.source, "size": f"{one.checkpoint.size:,}", "origin": one.checkpoint.origin}
            )
        if not offline and (last := last_checkpoint()) is not None and not total:
            self.stdout.write(
                _("Newest checkpoint: no. %(number)d over %(size)s entries.")
                % {"number": last.number, "size": f"{last.size:,}"}
            )
        if total:
            self.stdout.write(
                _(
                    "Keep this output and the files. Do not restore or correct anything before somebody has looked into it."
                )
            )


def sees_values(username: str) -> bool:
    """Whether recorded values may be printed: they can be of persons, so only to a user who may see the roster."""
    if not username:
        return False
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(_("There is no user “%(name)s”.") % {"name": username}, returncode=USED_WRONGLY)
    return may(actor_of(user, on=clock.today()), "person.see")


def discreet(finding: Finding) -> Finding:
    """The same without recorded values."""
    return Finding(finding.where, finding.discreetly or finding.says)
