"""Vocabulary — what a pack may name: the fact sources with their columns, the fields of an audience rule, and a few closed lists.

The rooms say what they offer; a pack is checked against it, and nothing outside it reaches a query.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from luoshi.campaigns import audiences
from luoshi.figures.sources import SOURCES
from luoshi.gate import facts
from luoshi.gate.facts import Facts, Type

# What a kind can ask for: the words of activities.operations.Held, and attendance for a kept roster.
NEEDS = ("venue", "host", "summary", "agenda", "attendance", "others", "topics")


@dataclass(frozen=True, slots=True)
class Column:
    """One column that a rule may compare.

    choices: the only words that a pack can write; empty: any value of the type.
    section: the section of the pack whose codes are the column's values ("kinds", "requirements", …).
    """

    type: Type = Type.TEXT
    choices: tuple[str, ...] = ()
    section: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One fact source: what its rows can be filtered by, which columns can be summed, whether rows name a person."""

    code: str
    columns: Mapping[str, Column] = field(default_factory=dict)
    sums: tuple[str, ...] = ()
    persons: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that a pack may name and does not define itself.

    needs: the fields that a kind of activity can ask for; levels: the words for the ranks of units, from the highest down.
    """

    sources: Mapping[str, Source]
    audience: Mapping[str, Column]
    needs: tuple[str, ...]
    levels: tuple[str, ...]


@cache
def offered() -> Vocabulary:
    """What the rooms of this installation offer."""
    return Vocabulary(
        sources={code: _source(source) for code, source in SOURCES.items()},
        audience=_columns(audiences.COLUMNS),
        needs=NEEDS,
        levels=tuple(audiences.RANKS),
    )


def _source(source: Facts) -> Source:
    return Source(source.code, _columns(source.columns), tuple(source.sums), persons=source.person is not None)


def _columns(columns: Mapping[str, facts.Column]) -> dict[str, Column]:
    return {
        name: Column(column.type, tuple(str(value) for value, _title in column.choices), column.section)
        for name, column in columns.items()
    }
