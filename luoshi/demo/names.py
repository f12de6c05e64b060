"""姓名 — people who do not exist: surnames as common as in life, given names of the usual characters.

The lists are data (data/names.yaml). Names of people in public office, past or present, are refused.
"""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import yaml

from luoshi.demo.cast import CAST
from luoshi.demo.dice import Dice, Weighted

_LISTS: dict[str, str] = yaml.safe_load((Path(__file__).parent / "data" / "names.yaml").read_text(encoding="utf-8"))


def _weighed(word: str) -> tuple[str, float]:
    surname = word.rstrip("0123456789")
    return surname, float(word.removeprefix(surname))


SURNAMES = Weighted([_weighed(word) for word in _LISTS["surnames"].split()])
_GIVEN = {
    False: (tuple(_LISTS["short_male"]), tuple(_LISTS["male"].split())),
    True: (tuple(_LISTS["short_female"]), tuple(_LISTS["female"].split())),
}
REFUSED = frozenset(_LISTS["refused"].split())
NAMES_OF_THE_CAST = frozenset(player.name for player in CAST)


class Identity(NamedTuple):
    """Who somebody is: name, sex, and the month of birth as YYYY-MM."""

    name: str
    female: bool
    birth_month: str


def identity(dice: Dice, *, on: date, youngest: int = 19, oldest: int = 84, female: float = 0.31) -> Identity:
    """An invented person between two ages on a day; three of ten are women, as among the members of the Party."""
    woman = dice.chance(female)
    age = youngest + min(dice.below(oldest - youngest + 1), dice.below(oldest - youngest + 13))
    month = dice.between(1, 12)
    return Identity(full_name(dice, female=woman), woman, f"{on.year - age:04d}-{month:02d}")


def full_name(dice: Dice, *, female: bool) -> str:
    """Surname and given name, thrown again while it is a name that nobody here may bear."""
    short, usual = _GIVEN[female]
    while True:
        surname = SURNAMES.pick(dice)
        given = dice.pick(short) if dice.chance(0.15) else dice.pick(usual)
        name = f"{surname}{given}"
        if name not in REFUSED and name not in NAMES_OF_THE_CAST:
            return name
