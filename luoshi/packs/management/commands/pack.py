"""`luoshi pack` — check, list, show, compare and install campaign packs, and print their schema for editors."""

import json
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from luoshi.gate.errors import Refused
from luoshi.journal import clock
from luoshi.orgs.actors import actor_of
from luoshi.orgs.models import Unit, User
from luoshi.packs.diff import differences, field_in_words, in_words
from luoshi.packs.loading import Loaded, library, load
from luoshi.packs.operations import Unsound, install_pack
from luoshi.packs.schema import SECTIONS, Pack, json_schema
from luoshi.packs.vocabulary import offered

TEACHING = gettext_lazy("""\
A campaign is a pack: one YAML file that says who is asked for what, how often, what fulfils it, what is counted
and what the report says. A campaign of another kind is another pack; no program is changed for it.

  1. See what comes with the product:         luoshi pack list
  2. Take one as a beginning:                 luoshi pack show theme-education-2 --yaml > mine.yaml
  3. Let your editor complete and check:      luoshi pack schema > pack.schema.json
     (first line of mine.yaml:  # yaml-language-server: $schema=pack.schema.json)
  4. See all mistakes at once, file:line:     luoshi pack check mine.yaml
  5. See what a new version would change:     luoshi pack diff theme-education-2 mine.yaml
  6. Put it to work, led from a unit:         luoshi pack install mine.yaml --unit 62 --as zhou

A PACK is a file, or the code of a pack that comes with the product. The file is described in docs/packs.md.""")

VERBS: Mapping[str, tuple[Any, str]] = {
    "list": (gettext_lazy("list the packs that come with the product"), "luoshi pack list"),
    "show": (gettext_lazy("say what a pack asks and counts, or print its file"), "luoshi pack show theme-education-2"),
    "check": (gettext_lazy("list every flaw as file:line: path: message"), "luoshi pack check mine.yaml"),
    "diff": (gettext_lazy("say what changes from one pack to another"), "luoshi pack diff theme-education-2 mine.yaml"),
    "install": (
        gettext_lazy("make or change a campaign by one operation"),
        "luoshi pack install mine.yaml --unit 62 --as zhou",
    ),
    "schema": (gettext_lazy("print the JSON Schema of a pack, for editors"), "luoshi pack schema > pack.schema.json"),
}


class Command(BaseCommand):
    help = TEACHING  # type: ignore[assignment]

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(
            dest="verb", required=True, metavar="VERB", help=_("what to do: {verbs}").format(verbs=", ".join(VERBS))
        )
        made = {name: self._verb(verbs, name) for name in VERBS}
        for name in ("show", "check", "install"):
            made[name].add_argument("pack", metavar="PACK", help=_("a file, or the code of a pack of the product"))
        made["diff"].add_argument("before", metavar="BEFORE", help=_("a file, or the code of a pack of the product"))
        made["diff"].add_argument("after", metavar="AFTER", help=_("a file, or the code of a pack of the product"))
        made["show"].add_argument("--yaml", action="store_true", help=_("print the file itself"))
        made["install"].add_argument("--unit", required=True, help=_("code of the unit that leads the campaign"))
        made["install"].add_argument("--as", dest="user", required=True, help=_("account that installs it"))

    def _verb(self, verbs: Any, name: str) -> CommandParser:
        says, example = VERBS[name]
        description = f"{says}\n\n  $ {example}"
        parser: CommandParser = verbs.add_parser(
            name, help=str(says), description=description, formatter_class=RawDescriptionHelpFormatter
        )
        return parser

    def handle(self, *_args: Any, **options: Any) -> None:
        verbs: dict[str, Callable[[dict[str, Any]], None]] = {
            "check": self.check_pack,
            "list": self.list_packs,
            "show": self.show_pack,
            "diff": self.diff_packs,
            "install": self.install,
            "schema": self.print_schema,
        }
        verbs[options["verb"]](options)

    def check_pack(self, options: dict[str, Any]) -> None:
        file = _file(options["pack"])
        loaded = load(_bytes(file), offered())
        self._tell_flaws(file, loaded)
        self.stdout.write(
            _(
                "{file}: no flaws. {requirements} requirements, {indicators} indicators, {declared} declared figures."
            ).format(
                file=file,
                **{name: len(getattr(loaded.pack, name)) for name in ("requirements", "indicators", "declared")},
            )
        )

    def list_packs(self, _options: dict[str, Any]) -> None:
        for code, file in library().items():
            pack = self._sound(file)
            self.stdout.write(f"{code}  {pack.pack.version}  {pack.title.zh_hans} · {pack.title.en}")

    def show_pack(self, options: dict[str, Any]) -> None:
        file = _file(options["pack"])
        if options["yaml"]:
            self.stdout.write(_bytes(file).decode("utf-8-sig"), ending="")
            return
        pack = self._sound(file)
        self.stdout.write(f"{pack.title.zh_hans} · {pack.title.en}  ({pack.pack.code} {pack.pack.version})")
        self.stdout.write(f"{pack.campaign.starts_on} – {pack.campaign.ends_on}  {pack.campaign.document}")
        for section in SECTIONS:
            entries = getattr(pack, section)
            self.stdout.write(f"\n{section} ({len(entries)})")
            for entry in entries:
                self.stdout.write(f"  {entry.code}  {entry.title.zh_hans} · {entry.title.en}")

    def diff_packs(self, options: dict[str, Any]) -> None:
        before, after = (self._sound(_file(options[name])) for name in ("before", "after"))
        found = differences(before, after)
        for difference in found:
            self.stdout.write(in_words(difference))
            for change in difference.fields:
                self.stdout.write(f"  {field_in_words(change)}")
        if not found:
            self.stdout.write(_("No differences."))

    def install(self, options: dict[str, Any]) -> None:
        """Like the page does: with the rights of an account, and nothing stored when it is refused."""
        file = _file(options["pack"])
        loaded = load(_bytes(file), offered())
        self._tell_flaws(file, loaded)
        unit = Unit.objects.filter(code=options["unit"], no__gt=0).first()
        user = User.objects.filter(username__iexact=options["user"]).first()
        if unit is None or user is None:
            unknown = options["unit"] if unit is None else options["user"]
            raise CommandError(_("“{code}” is not known here.").format(code=unknown))
        now = clock.now()
        try:
            campaign = install_pack(actor_of(user, on=timezone.localdate(now)), unit, loaded=loaded, at=now)
        except Unsound as refused:
            self._tell_flaws(file, replace(loaded, flaws=refused.flaws))
        except (Refused, PermissionDenied) as refused:
            raise CommandError(str(refused)) from refused
        else:
            self.stdout.write(_("Version {version} is in force.").format(version=campaign.pack_version))

    def print_schema(self, _options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2))

    def _sound(self, file: Path) -> Pack:
        loaded = load(_bytes(file), offered())
        self._tell_flaws(file, loaded)
        assert loaded.pack is not None  # a file without flaws holds a pack
        return loaded.pack

    def _tell_flaws(self, file: Path, loaded: Loaded) -> None:
        """Lists the flaws and ends the command with 1, if there are any."""
        for flaw in loaded.flaws:
            self.stdout.write(flaw.line(str(file)))
        if count := len(loaded.flaws):
            raise CommandError(ngettext("{count} flaw.", "{count} flaws.", count).format(count=count), returncode=1)


def _file(named: str) -> Path:
    return library().get(named, Path(named))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        known = ", ".join(library())
        message = _("{file} cannot be read ({reason}). Give a file, or one of: {known}.")
        raise CommandError(message.format(file=file, reason=error.strerror, known=known)) from error
