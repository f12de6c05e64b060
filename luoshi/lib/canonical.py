"""One value, one sequence of bytes: JSON in the canonical form of RFC 8785, for the types that the journal hashes.

Keys are sorted by their UTF-16 code units, nothing is padded with spaces, and only what JSON demands is escaped, so
that any other program with an RFC 8785 writer gets the same bytes and therefore the same SHA-256.

Two additions: a date is written as "2023-10-09", an aware instant as "2023-10-09T00:30:00Z" (UTC, microseconds only
where there are any). They read back as strings, since JSON has no dates.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from json.encoder import encode_basestring as quoted
from typing import Any

LARGEST_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 7493, section 2.2); write a larger one as a string."""


def dumps(value: object) -> bytes:
    """The canonical JSON of str, int, bool, None, date, aware datetime, and lists, tuples and dicts (str keys) of them.

    TypeError for any other type. A float has several decimal spellings and none of them is the number that was typed;
    a Decimal takes 1.0 and 1.00 for equal, and they would hash differently. So money is given in fen, a share as
    numerator and denominator. ValueError for an instant without time zone, an integer beyond ±(2**53 - 1) and text that
    is not Unicode (half a surrogate pair).
    """
    return _text(value).encode()


def digest(value: object) -> bytes:
    """SHA-256 of the canonical JSON: 32 bytes."""
    return hashlib.sha256(dumps(value)).digest()


def loads(data: bytes | str) -> Any:
    """What `dumps` wrote. ValueError for what it never writes: fractions, NaN, a key given twice, bytes not UTF-8."""
    text = data if isinstance(data, str) else data.decode()
    return json.loads(text, parse_float=_refuse_number, parse_constant=_refuse_number, object_pairs_hook=_object)


def _text(value: object) -> str:
    writer = _WRITERS.get(type(value))
    return _text_of_kin(value) if writer is None else writer(value)


def _text_of_kin(value: object) -> str:
    """What is not exactly one of the known types, but may be derived from one (an enumeration member)."""
    if isinstance(value, str):
        return quoted(value)  # of an enumeration member, its value
    if value is None:
        return "null"
    if isinstance(value, bool):  # before int: both are integers to Python
        return "true" if value else "false"
    if isinstance(value, int):
        return _integer(int(value))
    if isinstance(value, datetime):  # before date: every datetime is one
        return f'"{_instant(value)}"'
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, list | tuple):
        return _array(value)
    if isinstance(value, Mapping):
        return _structure(value)
    if isinstance(value, float | Decimal):
        raise TypeError(f"{value!r} has more than one spelling: give an integer (fen, or numerator and denominator)")
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _integer(value: int) -> str:
    if abs(value) > LARGEST_INTEGER:
        raise ValueError(f"{value} is too large for a JSON number: give it as a string")
    return str(value)


def _instant(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _array(value: Sequence[object]) -> str:
    return f"[{','.join(map(_text, value))}]"


def _structure(value: Mapping[str, object]) -> str:
    return f"{{{','.join(f'{quoted(key)}:{_text(value[key])}' for key in _sorted_keys(value))}}}"


# A journal entry of a roster has thousands of values: one look at the exact type costs less than a row of questions.
_WRITERS: dict[type, Callable[[Any], str]] = {
    str: quoted,
    int: _integer,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _value: "null",
    date: lambda value: f'"{value.isoformat()}"',
    datetime: lambda value: f'"{_instant(value)}"',
    list: _array,
    tuple: _array,
    dict: _structure,
}


def _sorted_keys(value: Mapping[str, object]) -> list[str]:
    together = "".join(value)  # TypeError for a key that is no string
    return sorted(value) if together.isascii() else sorted(value, key=_utf16)


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _refuse_number(literal: str) -> None:
    raise ValueError(f"{literal} is not a whole number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key is given twice")
    return value
