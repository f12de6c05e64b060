"""Numbers of persons and organisations: checked as typed; of a person's only keyed digest and last four are kept."""

import hmac
import re
from datetime import date
from hashlib import sha256

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from luoshi.lib.text import clean

SHOWN = 4
SHORTEST_KEY = 32
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")


class BadIdentity(ValueError):
    """A number that cannot be right. Neither `code` nor text repeats it: the message may end up in a log."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def id_number(text: str) -> str:
    """The 18 signs of a resident identity card (GB 11643-1999), narrow and with a capital X.

    BadIdentity codes: "length" (also for the 15 digits of before 1999), "signs", "rounded" (typed into a spreadsheet as
    a number, of which it keeps 15 digits), "place", "birth-date", "check-digit".
    """
    number = _compact(text)
    if "E+" in number:
        raise BadIdentity("rounded")
    if len(number) != 18:
        raise BadIdentity("length")
    if not (number.isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        raise BadIdentity("signs")
    if not _PROVINCE.match(number):  # no further: the library's list of counties ends before the newest ones
        raise BadIdentity("place")
    _check_birth(number)
    if number[17] != ric.calc_check_digit(number):
        raise BadIdentity("rounded" if number.endswith("000") else "check-digit")
    return number


def birth_on(number: str) -> date:
    """The date of birth that a valid number states."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def last_four(number: str) -> str:
    return number[-SHOWN:]


def mask(number: str) -> str:
    """**************1234: as much as is stored. The first six would tell the birthplace, the next eight the age."""
    return "*" * (len(number) - SHOWN) + number[-SHOWN:]


def identity_digest(number: str, key: bytes) -> bytes:
    """HMAC-SHA-256 under a key from outside the database: 32 bytes, equal for equal numbers.

    A plain hash would be no secret: there are few enough numbers to try them all.
    """
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"the key has {len(key)} bytes, {SHORTEST_KEY} are needed")
    return hmac.new(key, b"luoshi/identity\0" + id_number(number).encode(), sha256).digest()


def credit_code(text: str) -> str:
    """The 18 signs of a unified social credit code (GB 32100-2015). BadIdentity "credit-code" if it is none."""
    number = _compact(text)
    try:
        return str(uscc.validate(number))
    except ValidationError as error:
        raise BadIdentity("credit-code") from error


def _compact(text: str) -> str:
    return clean(text).replace(" ", "").replace("-", "").upper()


def _check_birth(number: str) -> None:
    try:
        born_on = birth_on(number)
    except ValueError as error:
        raise BadIdentity("birth-date") from error
    if born_on.year < 1850:
        raise BadIdentity("birth-date")
