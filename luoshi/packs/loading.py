"""Loading — from the bytes of a file to a pack, or to all of its flaws at once.

An entry that does not fit the schema is reported and put aside, and the rest is checked without it, so that one misspelt key does not
hide ten other mistakes.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path as File
from typing import Any

from django.utils.translation import ngettext
from pydantic import ValidationError

from luoshi.packs.checks import CHECKS, CHECKS_OF_WHOLE
from luoshi.packs.complaints import path_of, said, telling
from luoshi.packs.flaws import Flaw, Path, Tree
from luoshi.packs.reading import read
from luoshi.packs.schema import Pack
from luoshi.packs.vocabulary import Vocabulary

LIBRARY = File(__file__).parent / "library"
EXTENSION = ".yaml"
MOST_FLAWS = 200


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file holds. `pack` is whole and may be installed only when there are no flaws."""

    pack: Pack | None
    flaws: tuple[Flaw, ...]
    source: bytes
    tree: Tree

    def __str__(self) -> str:
        return self.sha256

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.source).hexdigest()

    @property
    def sound(self) -> bool:
        return self.pack is not None and not self.flaws

    def placed(self, flaws: Iterable[Flaw]) -> list[Flaw]:
        """Further flaws of this file with their places in it."""
        return self.tree.placed(flaws)


def library() -> dict[str, File]:
    """The packs that come with the product: code → file."""
    return {file.stem: file for file in sorted(LIBRARY.glob(f"*{EXTENSION}"))}


def load(source: bytes, vocabulary: Vocabulary) -> Loaded:
    """The pack and all flaws of it, in the order of the file."""
    tree = read(source)
    if tree.data is None:
        return Loaded(None, _first(tree.placed(tree.flaws)), source, tree)
    pack, flaws, aside = _fitted(tree)
    if pack is not None:
        checks = CHECKS if flaws else (*CHECKS, *CHECKS_OF_WHOLE)
        flaws += aside.restored(flaw for check in checks for flaw in check(pack, vocabulary))
    return Loaded(pack, _first(tree.placed([*tree.flaws, *flaws])), source, tree)


def _first(flaws: list[Flaw]) -> tuple[Flaw, ...]:
    """As many flaws as somebody can work through at a time; the last line says how many more there are."""
    if len(flaws) <= MOST_FLAWS:
        return tuple(flaws)
    more = len(flaws) - MOST_FLAWS
    message = ngettext(
        "{count} more flaw follows. Correct these first.", "{count} more flaws follow. Correct these first.", more
    )
    last = flaws[MOST_FLAWS]
    return (*flaws[:MOST_FLAWS], Flaw((), message.format(count=f"{more:,}"), last.mark))


# Stands in for a section that cannot be read, so that the others can still be checked.
_STAND_INS: Mapping[str, Any] = {
    "pack": {"code": "pack", "version": "0"},
    "title": {"zh-hans": "活动", "en": "Campaign"},
    "campaign": {"starts_on": date.min, "ends_on": date.max, "document": "-", "root_closes": "reviewer"},
}


class _Aside:
    """What was put aside, so that paths and codes of the rest are still those of the file."""

    def __init__(self) -> None:
        self.codes: set[str] = set()
        self.sections: set[str] = set()
        self.indexes: dict[str, list[int]] = {}

    def section(self, data: dict[str, Any], section: str) -> None:
        entries = data.pop(section, None)
        self.sections.add(section)
        self.codes |= {code for entry in entries for code in _codes_in(entry)} if isinstance(entries, list) else set()
        if section in Pack.model_fields and Pack.model_fields[section].is_required():
            data[section] = _copied(_STAND_INS.get(section, []))

    def entry(self, entries: list[Any], section: str, index: int) -> None:
        self.indexes.setdefault(section, []).append(self._original(section, index))
        self.codes |= _codes_in(entries.pop(index))

    def _original(self, section: str, index: int) -> int:
        """The index in the file of the entry that stands at `index` in what is left."""
        for gone in sorted(self.indexes.get(section, [])):
            if gone <= index:
                index += 1
        return index

    def path(self, path: Path) -> Path:
        """The path in the file of a path in what is left."""
        if len(path) > 1 and isinstance(path[0], str) and isinstance(path[1], int):
            return (path[0], self._original(path[0], path[1]), *path[2:])
        return path

    def restored(self, flaws: Iterable[Flaw]) -> list[Flaw]:
        """The flaws of what is left, without those that only follow from what was put aside."""
        return [
            replace(flaw, path=self.path(flaw.path))
            for flaw in flaws
            if flaw.unknown not in self.codes and not (flaw.path and flaw.path[0] in self.sections)
        ]


def _codes_in(entry: Any) -> set[str]:
    return {entry["code"]} if isinstance(entry, dict) and isinstance(entry.get("code"), str) else set()


def _copied(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _copied(inner) for key, inner in node.items()}
    if isinstance(node, list):
        return [_copied(inner) for inner in node]
    return node


def _fitted(tree: Tree) -> tuple[Pack | None, list[Flaw], _Aside]:
    """The pack made of what fits the schema, a flaw for everything that does not, and what was put aside."""
    aside = _Aside()
    flaws: list[Flaw] = []
    told = {flaw.path for flaw in tree.flaws}
    data = _copied(tree.data)
    while True:
        try:
            return Pack.model_validate(data), flaws, aside
        except ValidationError as error:
            wrong = [(path_of(detail), detail) for detail in telling(error)]
        for path, detail in wrong:
            place = aside.path(path)
            if place not in told:
                told.add(place)
                flaws.append(Flaw(place, said(detail)))
        if not _put_aside(data, {path for path, _detail in wrong}, aside):
            return None, flaws, aside


def _put_aside(data: Any, paths: set[Path], aside: _Aside) -> bool:
    """Takes the entries and sections in which the paths lie out of the data; False where there is nothing to take."""
    if not isinstance(data, dict) or () in paths:
        return False
    entries: set[tuple[str, int]] = set()
    sections: set[str] = set()
    for path in paths:
        section = str(path[0])
        if len(path) > 1 and isinstance(path[1], int) and isinstance(data.get(section), list):
            entries.add((section, path[1]))
        else:
            sections.add(section)
    for section, index in sorted(entries, reverse=True):
        aside.entry(data[section], section, index)
    for section in sections:
        aside.section(data, section)
    return True
