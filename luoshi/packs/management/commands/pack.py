"""`luoshi pack` — check, list, show and compare campaign packs, and print their schema for editors."""

import json
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from luoshi.packs.diff import differences, field_in_words, in_words
from luoshi.packs.loading import Loaded, library, load
from luoshi.packs.schema import SECTIONS, Pack, json_schema
from luoshi.packs.vocabulary import offered

TEACHING = """\
A campaign is a pack: one YAML file that says who is asked for what, how often, what fulfils it, what is counted
and what the report says. A campaign of another kind is another pack; no program is changed for it.

  1. See what comes with the product:            luoshi pack list
  2. Take one as a beginning:                    luoshi pack show theme-education-2 --yaml > mine.yaml
  3. Let your editor complete and check:         luoshi pack schema > pack.schema.json
     (first line of mine.yaml:  # yaml-language-server: $schema=pack.schema.json)
  4. See all mistakes at once, file:line:        luoshi pack check mine.yaml
  5. See what a new version would change:        luoshi pack diff theme-education-2 mine.yaml

A PACK is a file, or the code of a pack that comes with the product. Nothing here writes to the database.
The file is described in docs/packs.md."""

EXAMPLES = {
    "check": "Lists every flaw as file:line: path: message; exits with 1 if there is any.\n\nExample: luoshi pack check mine.yaml",
    "list": "Lists the packs that come with the product.\n\nExample: luoshi pack list",
    "show": "Says what a pack asks and counts; --yaml prints the file itself.\n\nExample: luoshi pack show theme-education-2",
    "diff": "Says what changes from one pack to the other.\n\nExample: luoshi pack diff theme-education-2 mine.yaml",
    "schema": "Prints the JSON Schema of a pack, for editors.\n\nExample: luoshi pack schema > pack.schema.json",
}


class Command(BaseCommand):
    help = TEACHING

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="{" + ",".join(EXAMPLES) + "}")

        def verb(name: str, *packs: str) -> CommandParser:
            first_line = EXAMPLES[name].partition("\n")[0]
            made = verbs.add_parser(
                name, help=first_line, description=EXAMPLES[name], formatter_class=RawDescriptionHelpFormatter
            )
            for pack in packs:
                made.add_argument(
                    pack, metavar="PACK", help="a file, or the code of a pack that comes with the product"
                )
            return made

        verb("check", "pack")
        verb("list")
        verb("show", "pack").add_argument("--yaml", action="store_true", help="print the file itself")
        verb("diff", "before", "after")
        verb("schema")

    def handle(self, *_args: Any, **options: Any) -> None:
        verbs: dict[str, Callable[[dict[str, Any]], None]] = {
            "check": self.check_pack,
            "list": self.list_packs,
            "show": self.show_pack,
            "diff": self.diff_packs,
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
