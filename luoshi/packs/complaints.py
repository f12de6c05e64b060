"""Complaints — pydantic's errors in the reader's words: what is wrong, what was written, what to write instead."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from luoshi.packs.flaws import Path
from luoshi.packs.schema import OPERATORS, json_schema
from luoshi.reports.hints import meant, with_hint


def telling(error: ValidationError) -> list[ErrorDetails]:
    """The errors without those that only follow from others: a list whose entries are wrong is also called too short."""
    details = error.errors(include_url=False)
    places = [detail["loc"] for detail in details]

    def follows(detail: ErrorDetails) -> bool:
        loc = detail["loc"]
        inner = any(len(other) > len(loc) and other[: len(loc)] == loc for other in places)
        return inner and detail["type"] in ("too_short", "one_operator", "rule_or_by")

    return [detail for detail in details if not follows(detail)]


def path_of(detail: ErrorDetails) -> Path:
    """Where in the file: pydantic's path without its names for the members of a union."""
    return tuple(step for step in detail["loc"] if not (isinstance(step, str) and step.startswith("<")))


def said(detail: ErrorDetails) -> str:
    """The error in the reader's words. What has none is given as pydantic says it."""
    say = _SAID.get(detail["type"])
    return say(detail) if say else str(detail["msg"])


def _shown(value: Any) -> str:
    """What was written, short enough for a line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _missing(detail: ErrorDetails) -> str:
    return _("“{key}” is missing. Add it.").format(key=detail["loc"][-1])


def _extra(detail: ErrorDetails) -> str:
    path = path_of(detail)
    message = _("There is no key “{key}” here.").format(key=_shown(path[-1]))
    return with_hint(message, meant(str(path[-1]), keys_at(path[:-1])))


def _text(detail: ErrorDetails) -> str:
    written = detail["input"]
    if written is None:
        return _("Nothing is written here. Give a text.")
    if isinstance(written, (dict, list)):
        return _("A text is wanted here, not a list or a group.")
    return _('{value} is not read as a text. Put it in quotes: "{value}".').format(value=_shown(written))


def _pattern(detail: ErrorDetails) -> str:
    written = _shown(detail["input"])
    name = str(path_of(detail)[-1])
    pattern = detail["ctx"]["pattern"]
    if "distinct" in pattern:
        return _("“{value}” is no measure. Write count, sum:COLUMN, distinct:unit or distinct:person.").format(
            value=written
        )
    if name == "version":
        return _("“{value}” is no version. Write numbers with points, such as 1.2.").format(value=written)
    if pattern == r"^\S+$":
        return _("“{value}” is no word: it has spaces in it.").format(value=written)
    if r"\S" in pattern:
        return _("This text is one line without spaces at its ends.")
    message = _("“{value}” is no code. Use small letters a–z, digits, - and _, beginning with a letter.")
    return message.format(value=written)


def _day(detail: ErrorDetails) -> str:
    return _("“{value}” is no date. Write it without quotes as 2023-09-04.").format(value=_shown(detail["input"]))


def _switch(detail: ErrorDetails) -> str:
    return _("“{value}” is a word here. Write true or false.").format(value=_shown(detail["input"]))


def _number(detail: ErrorDetails) -> str:
    return _("“{value}” is no whole number. Write it in digits, without quotes.").format(value=_shown(detail["input"]))


def _bounds(detail: ErrorDetails) -> str:
    limit = detail["ctx"]
    if "ge" in limit:
        return _("{value} is too small; at least {limit}.").format(value=_shown(detail["input"]), limit=limit["ge"])
    return _("{value} is too large; at most {limit}.").format(value=_shown(detail["input"]), limit=limit["le"])


def _one_of(detail: ErrorDetails) -> str:
    words = [word.strip(" '") for word in detail["ctx"]["expected"].replace(" or ", ", ").split(",")]
    message = _("“{value}” cannot stand here.").format(value=_shown(detail["input"]))
    return with_hint(message, meant(_shown(detail["input"]), words))


def _group(detail: ErrorDetails) -> str:
    written = detail["input"]
    if isinstance(written, str) and "：" in written:
        return _("A full-width colon (：) separates nothing in YAML. Write a colon and a space.")
    if not detail["loc"]:
        return _("A pack is a list of sections such as “pack:”, “title:”, “campaign:”.")
    known = ", ".join(sorted(keys_at(path_of(detail))))
    return _("A group of keys is wanted here: {keys}.").format(keys=known)


def _list(_detail: ErrorDetails) -> str:
    return _("A list is wanted here: one entry a line, each begun with “- ”.")


def _short(detail: ErrorDetails) -> str:
    least = detail["ctx"]["min_length"]
    return ngettext(
        "At least {count} entry is wanted here.", "At least {count} entries are wanted here.", least
    ).format(count=least)


def _long(detail: ErrorDetails) -> str:
    most = detail["ctx"]["max_length"]
    return ngettext("At most {count} entry is allowed here.", "At most {count} entries are allowed here.", most).format(
        count=most
    )


def _empty_text(_detail: ErrorDetails) -> str:
    return _("Nothing is written here. Give a text.")


def _long_text(detail: ErrorDetails) -> str:
    return _("The text is longer than {most} characters. Shorten it.").format(most=detail["ctx"]["max_length"])


def _one_operator(_detail: ErrorDetails) -> str:
    return _("A condition has exactly one comparison beside its column: {operators}.").format(
        operators=", ".join(OPERATORS)
    )


def _rule_or_by(_detail: ErrorDetails) -> str:
    return _(
        "A requirement is due either by a rule (rule: FREQ=…) or by one day (by: 2023-10-31): give one of the two."
    )


def _scalar(_detail: ErrorDetails) -> str:
    return _("One value is compared here: a text, a whole number, a date, true or false.")


_SAID: Mapping[str, Callable[[ErrorDetails], str]] = {
    "missing": _missing,
    "extra_forbidden": _extra,
    "string_type": _text,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _empty_text,
    "string_too_long": _long_text,
    "date_type": _day,
    "bool_type": _switch,
    "int_type": _number,
    "greater_than_equal": _bounds,
    "less_than_equal": _bounds,
    "literal_error": _one_of,
    "model_type": _group,
    "model_attributes_type": _group,
    "dict_type": _group,
    "tuple_type": _list,
    "too_short": _short,
    "too_long": _long,
    "one_operator": _one_operator,
    "rule_or_by": _rule_or_by,
    "scalar_type": _scalar,
}


# ── Which keys a place has ────────────────────────────────────────────────────────────────────────────────────────


@cache
def _schema() -> dict[str, Any]:
    return json_schema()


def keys_at(path: Path) -> set[str]:
    """The keys that the group at this path can have, read from the JSON Schema."""
    nodes = [_schema()]
    for step in path:
        nodes = [inner for node in nodes for inner in _inside(node, step)]
    return {key for node in nodes for each in _members(node) for key in each.get("properties", {})}


def _inside(node: dict[str, Any], step: str | int) -> Iterator[dict[str, Any]]:
    for member in _members(node):
        if isinstance(step, int) and "items" in member:
            yield member["items"]
        elif isinstance(step, str) and step in member.get("properties", {}):
            yield member["properties"][step]


def _members(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The node itself with references followed, or each member of the union that it is."""
    if "$ref" in node:
        yield from _members(_schema()["$defs"][node["$ref"].rsplit("/", 1)[-1]])
    elif union := node.get("anyOf") or node.get("oneOf"):
        for member in union:
            yield from _members(member)
    else:
        yield node
