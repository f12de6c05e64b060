"""陈述 — one number of a text with all that the text says of it, and the reading that holds them.

Everything here is a plain frozen value: it can be compared, pickled and printed, and knows no database.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from luoshi.reports.textcheck.reasons import Reason

Kind = Literal["count", "percent", "money", "duration", "frequency"]
Role = Literal["done", "plan", "standard", "context"]
Side = Literal["about", "over", "under", "at least", "at most"]
Number = int | float


class Why(NamedTuple):
    """逐项依据 — one reason for each field that had to be judged."""

    value: Reason
    unit: Reason
    kind: Reason
    approx: Reason
    what: Reason
    org: Reason
    role: Reason
    window: Reason


@dataclass(frozen=True, slots=True)
class Statement:
    """陈述 — a number in its place: how much, of what, of whom, when, and whether it is a result at all."""

    start: int
    end: int
    text: str
    value: Number | None  # None: a quantity that the text leaves open (几十, 数百)
    value_hi: Number | None  # the upper end of a range
    unit: str  # "" where the text gives no classifier; money is always in its base unit (万元 → 元)
    kind: Kind
    approx: str | None  # the word that makes it approximate: 余, 近, 超过 …
    side: Side | None  # on which side of `value` the truth may lie
    what: str
    org: str | None
    role: Role
    window: str | None  # the time it is said of, in the text's words
    per: str | None  # 每人, 每生每年: the number holds for each of these
    why: Why


@dataclass(frozen=True, slots=True)
class SetPhrase:
    """固定说法 — a numeral that states nothing: a slogan, a date, an ordinal, the article 一个."""

    start: int
    end: int
    text: str
    reason: Reason


ContradictionKind = Literal["parts and total", "said twice", "list and number", "percent and counts"]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """前后不一 — statements of one text that cannot all be true. `statements` are positions in `Reading.statements`."""

    kind: ContradictionKind
    statements: tuple[int, ...]
    stated: Number
    found: Number
    evidence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """读数 — what a text states in numbers."""

    text: str
    statements: tuple[Statement, ...]
    set_phrases: tuple[SetPhrase, ...]
    contradictions: tuple[Contradiction, ...]
