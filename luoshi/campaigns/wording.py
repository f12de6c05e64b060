"""Requirements in words: whom they address, how often they are due, what fulfils them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luoshi.campaigns.audiences import COLUMNS, RANKS
from luoshi.campaigns.conditions import Tree
from luoshi.campaigns.derive import recurrence_of
from luoshi.campaigns.models import Requirement
from luoshi.gate.facts import Type
from luoshi.lib.recurrence import Frequency, Rule, Weekday
from luoshi.orgs.models import Unit
from luoshi.page.wording import weekday

A_MONDAY = date(2024, 1, 1)

# ── Audiences ───────────────────────────────────────────────────────────────────────────────────────────────────────


def audience_words(rule: Tree, *, sectors: Mapping[str, str]) -> str:
    """An audience rule as a sentence part: “kind: branch; rank: county or above”. sectors: their names by code."""
    if not rule:
        return _("all units")
    match rule:
        case {"all": parts}:
            return pgettext("conditions", " and ").join(_nested(part, sectors) for part in parts)
        case {"any": parts}:
            return pgettext("conditions", " or ").join(_nested(part, sectors) for part in parts)
        case {"not": part}:
            return _("not (%(condition)s)") % {"condition": audience_words(part, sectors=sectors)}
        case {"column": str(name), **comparison}:
            (operator, value), *_more = comparison.items()
            return _comparison(name, operator, value, sectors)
    raise ValueError(f"No condition: {rule!r}")


def _nested(rule: Tree, sectors: Mapping[str, str]) -> str:
    words = audience_words(rule, sectors=sectors)
    several = any(len(rule.get(joined, ())) > 1 for joined in ("all", "any"))
    return _("(%(condition)s)") % {"condition": words} if several else words


def _comparison(name: str, operator: str, value: Any, sectors: Mapping[str, str]) -> str:
    title = str(COLUMNS[name].title)
    if isinstance(value, bool) and operator in ("eq", "ne"):
        holds = value is (operator == "eq")
        return title if holds else _("not (%(condition)s)") % {"condition": title}
    if operator == "null":
        return (_("%(column)s not stated") if value else _("%(column)s stated")) % {"column": title}
    said = _said(name, value, sectors)
    if COLUMNS[name].type == Type.NUMBER and operator in BOUNDS:
        return BOUNDS[operator]() % {"column": title, "value": said}
    return OPERATORS[(name == "rank", operator)]() % {"column": title, "value": said}


def _said(name: str, value: Any, sectors: Mapping[str, str]) -> str:
    if isinstance(value, list | tuple):
        return pgettext("list of values", ", ").join(_said(name, each, sectors) for each in value)
    match name:
        case "kind":
            return str(Unit.Kind(value).label)
        case "rank":
            return str(Unit.Rank(RANKS.get(value, value)).label)
        case "sector":
            return sectors.get(value, str(value))
    return str(value)


# A lower number is a higher rank, so its comparisons read the other way round. A function each: the words are in the reader's language.
OPERATORS: Mapping[tuple[bool, str], Callable[[], str]] = {
    **{(rank, "eq"): lambda: _("%(column)s: %(value)s") for rank in (False, True)},
    **{(rank, "ne"): lambda: _("%(column)s: not %(value)s") for rank in (False, True)},
    **{(rank, "in"): lambda: _("%(column)s: one of %(value)s") for rank in (False, True)},
    **{(rank, "between"): lambda: _("%(column)s: between %(value)s") for rank in (False, True)},
    (False, "lt"): lambda: _("%(column)s: before %(value)s"),
    (False, "le"): lambda: _("%(column)s: up to %(value)s"),
    (False, "gt"): lambda: _("%(column)s: after %(value)s"),
    (False, "ge"): lambda: _("%(column)s: from %(value)s on"),
    (True, "lt"): lambda: _("%(column)s: above %(value)s"),
    (True, "le"): lambda: _("%(column)s: %(value)s or above"),
    (True, "gt"): lambda: _("%(column)s: below %(value)s"),
    (True, "ge"): lambda: _("%(column)s: %(value)s or below"),
}

# Of a number, not of a date or a word.
BOUNDS: Mapping[str, Callable[[], str]] = {
    "lt": lambda: _("%(column)s: fewer than %(value)s"),
    "le": lambda: _("%(column)s: at most %(value)s"),
    "gt": lambda: _("%(column)s: more than %(value)s"),
    "ge": lambda: _("%(column)s: at least %(value)s"),
}

# ── Recurrence ──────────────────────────────────────────────────────────────────────────────────────────────────────


def recurrence_words(requirement: Requirement) -> str:
    """How often it is due: “every two weeks, by Thursday; later when that is a day off”."""
    if requirement.by is not None:
        return _("once, by %(day)s") % {"day": requirement.by}
    rule = recurrence_of(requirement).rule
    parts = [_every(rule)]
    if days := _days(rule):
        parts.append(_("by %(days)s") % {"days": days})
    words = pgettext("parts of a recurrence", ", ").join(parts)
    return words + _shift_words(requirement.shift)


def _shift_words(shift: str) -> str:
    match shift:
        case "after":
            return _("; on the next workday when that is a day off")
        case "before":
            return _("; on the workday before when that is a day off")
    return ""


def _every(rule: Rule) -> str:
    """Once a period or every so many of them. (Chinese has no plural to tell 每周 from 每 3 周一次 by, hence no ngettext.)"""
    match (rule.frequency, rule.interval):
        case (Frequency.MONTHLY, 1) if rule.months in EVERY:
            return EVERY[rule.months]()
        case (Frequency.DAILY, 1):
            return _("every day")
        case (Frequency.DAILY, _count):
            words = _("every %(count)d days")
        case (Frequency.WEEKLY, 1):
            return _("every week")
        case (Frequency.WEEKLY, 2):
            return _("every two weeks")
        case (Frequency.WEEKLY, _count):
            words = _("every %(count)d weeks")
        case (Frequency.MONTHLY, 1):
            return _("every month")
        case (Frequency.MONTHLY, 3):
            return _("every quarter")
        case (Frequency.MONTHLY, 6):
            return _("every half year")
        case (Frequency.MONTHLY, _count):
            words = _("every %(count)d months")
        case (Frequency.YEARLY, 1):
            return _("every year")
        case (Frequency.YEARLY, _count):
            words = _("every %(count)d years")
        case _:
            return _("once")
    return words % {"count": rule.interval}


# Months that make up a rhythm of their own: the quarters and the halves of the calendar.
EVERY: Mapping[tuple[int, ...], Callable[[], str]] = {
    (3, 6, 9, 12): lambda: _("every quarter"),
    (6, 12): lambda: _("every half year"),
}


def _days(rule: Rule) -> str:
    """The days within the period: weekdays, days of the month, months."""
    if rule.months in EVERY and rule.month_days == (-1,):
        return pgettext("of a quarter or half year", "its last day")
    comma = pgettext("list of values", ", ")
    named = () if rule.months in EVERY else rule.months
    months = comma.join(_("month %(number)d") % {"number": month} for month in named)
    days = comma.join([*map(_weekday_words, rule.weekdays), *map(_month_day, rule.month_days)])
    if rule.positions and days:
        positions = comma.join(_position(position) for position in rule.positions)
        days = _("%(position)s of %(days)s") % {"position": positions, "days": days}
    if months and days:
        return _("%(days)s of %(months)s") % {"days": days, "months": months}
    return days or months


def _weekday_words(day: Weekday) -> str:
    name = weekday(A_MONDAY.replace(day=day.number))
    if day.nth is None:
        return name
    return _("the %(position)s %(weekday)s") % {"position": _position(day.nth), "weekday": name}


def _position(number: int) -> str:
    if number == -1:
        return pgettext("position", "last")
    if number < 0:
        return pgettext("position", "%(number)d from the end") % {"number": -number}
    return pgettext("position", "no. %(number)d") % {"number": number}


def _month_day(number: int) -> str:
    if number == -1:
        return _("the last day of the month")
    if number < 0:
        return _("day %(number)d from the end of the month") % {"number": -number}
    return _("day %(number)d of the month") % {"number": number}


# ── What fulfils it ─────────────────────────────────────────────────────────────────────────────────────────────────


def fulfilment_words(requirement: Requirement, kinds: Mapping[str, str]) -> str:
    """kinds: the titles of the campaign's kinds of activity by code."""
    ways: Sequence[str] = [kinds.get(code, code) for code in requirement.kinds]
    if ways and requirement.zero_report:
        return _("a record of %(kinds)s, or a signed zero report") % {"kinds": _or(ways)}
    if ways:
        return _("a record of %(kinds)s") % {"kinds": _or(ways)}
    return _("a signed zero report")


def _or(ways: Sequence[str]) -> str:
    return pgettext("list of alternatives", " or ").join(ways)


def class_words(requirement: Requirement) -> str:
    """规定动作 or 自选动作."""
    return _("required action") if requirement.required else _("optional action")
