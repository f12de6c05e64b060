"""The declaration: columns under a name."""

import re
from collections.abc import Collection, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cache, cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luoshi.sheets import cells
from luoshi.sheets.columns import FEN, Column, Label, in_every_language
from luoshi.sheets.schema import model_of

SEQUENCE = pgettext_lazy("running number", "No.")
TOTAL, HINT, EXAMPLE = (
    _("Total"),
    pgettext_lazy("row of a template", "Note"),
    pgettext_lazy("row of a template", "Example"),
)
# What stands in the 序号 column of rows that are no data.
FURNITURE = {"total": TOTAL, "hint": HINT, "example": EXAMPLE}
SIGNATURES = (_("Filled in by"), _("Checked by"), _("Unit (seal)"))
UNIT_IN_HEADING = re.compile(r"(?P<label>.+?)[(（](?:单位[:：])?(?P<unit>[^()（）]+)[)）]")


@dataclass(frozen=True, eq=False)
class Sheet:
    """表 — one declaration of columns, used by every face.

    key: the columns that together may not occur twice in a file. max_rows: how many rows of data a file may have.
    instructions: what the filler-in must know, one line under the title of the template.
    """

    name: str
    __: KW_ONLY
    title: Label
    columns: Sequence[Column]
    key: Sequence[str] = ()
    max_rows: int = 100_000
    instructions: Label = ""

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        taken: dict[str, str] = {}
        for column in self.columns:
            for heading in {heading_key(text) for text in column.headings}:
                if taken.setdefault(heading, column.name) != column.name:
                    raise ValueError(f"{self.name}: {column.name} and {taken[heading]} share the heading {heading!r}")
        if len(set(names)) != len(names) or not set(self.key) <= set(names):
            raise ValueError(f"{self.name}: a column name occurs twice, or the key names an unknown column")

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @cached_property
    def by_heading(self) -> dict[str, Column]:
        return {heading_key(text): column for column in self.columns for text in column.headings}

    @cached_property
    def keys(self) -> list[tuple[str, ...]]:
        """Every group of columns whose values together are unique within a file."""
        single: list[tuple[str, ...]] = [(column.name,) for column in self.columns if column.unique]
        return [*single, tuple(self.key)] if self.key and tuple(self.key) not in single else single

    @property
    def groups(self) -> bool:
        return any(column.group for column in self.columns)

    def row(self, subject: object) -> dict[str, Any]:
        """The values of an object by column name: the shape in which reading returns a row."""
        return {column.name: column.value(subject) for column in self.columns}

    def schema(self) -> Any:
        """The pydantic model of one row, for the API."""
        return model_of(self.name, str(self.title), tuple(self.columns))


def heading_key(text: str) -> str:
    """Headings are compared without width, case, white space, the star of required columns and a unit in brackets."""
    folded = cells.folded(text).strip("*＊")
    match = UNIT_IN_HEADING.fullmatch(folded)
    return match["label"].strip("*") if match and unit_known(match["unit"]) else folded


def heading_unit(text: str) -> str:
    """The unit in "金额（万元）", "" where there is none."""
    match = UNIT_IN_HEADING.fullmatch(cells.folded(text).strip("*＊"))
    return unit_known(match["unit"]) if match else ""


def unit_known(text: str) -> str:
    return next((unit for unit in FEN if cells.folded(unit) == text), "")


@cache
def words_for(label: Label) -> Collection[str]:
    """A word of ours as it may stand in a file, in every language."""
    return {cells.folded(text) for text in in_every_language(label)}


@cache
def furniture_words() -> dict[str, str]:
    """Word in the 序号 column → what kind of row that is no data."""
    return {word: kind for kind, label in FURNITURE.items() for word in words_for(label)}
