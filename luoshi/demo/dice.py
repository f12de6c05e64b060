"""Dice — chance that belongs to one unit: the same seed and names give the same throws, whatever else is generated.

A generator shared by a whole province would give a unit other people as soon as one unit before it is left out. Here
every unit, person and week has dice of its own, so that the small and the full province agree wherever they overlap.
"""

from bisect import bisect
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1
_WEYL = 0x9E3779B97F4A7C15


class Dice:
    """SplitMix64 (Steele, Lea, Flood 2014), started from the digest of the seed and the names."""

    __slots__ = ("_state",)

    def __init__(self, seed: int, *names: object) -> None:
        text = "\x1f".join([str(seed), *map(str, names)])
        self._state = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")

    def bits(self) -> int:
        """64 random bits."""
        self._state = (self._state + _WEYL) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def share(self) -> float:
        """A number from 0 up to, but never, 1."""
        return (self.bits() >> 11) / (1 << 53)

    def chance(self, probability: float) -> bool:
        return self.share() < probability

    def below(self, stop: int) -> int:
        """A number from 0 to stop - 1; the bias of 64 bits is far below what a demo could show."""
        return (self.bits() * stop) >> 64

    def between(self, first: int, last: int) -> int:
        """A number from first to last, both included."""
        return first + self.below(last - first + 1)

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different items, in the order in which they stand (all of them when there are fewer)."""
        rest = list(range(len(items)))
        chosen = [rest.pop(self.below(len(rest))) for _ in range(min(count, len(items)))]
        return [items[at] for at in sorted(chosen)]


class Weighted(Generic[T]):
    """Items that come up as often as their weights say."""

    def __init__(self, items: Sequence[tuple[T, float]]) -> None:
        self.items = [item for item, _weight in items]
        self._sums = list(accumulate(weight for _item, weight in items))

    def pick(self, dice: Dice) -> T:
        return self.items[bisect(self._sums, dice.share() * self._sums[-1])]
