"""A pack in words: rules, recurrences and measures as a reader without YAML understands them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luoshi.figures.sources import SOURCES
from luoshi.gate import facts
from luoshi.lib.recurrence import Frequency, Recurrence, Rule
from luoshi.packs.checks import AnyRule, recurrence
from luoshi.packs.schema import (
    SECTIONS,
    AllOf,
    AnyOf,
    Condition,
    IndicatorPart,
    Not,
    Pack,
    Passage,
    RequirementPart,
    TemplateText,
    Words,
)

Columns = Mapping[str, facts.Column]


def in_language(words: Words | Passage | TemplateText, language: str) -> str:
    return words.en if language.startswith("en") else words.zh_hans


# ── Conditions ────────────────────────────────────────────────────────────────────────────────────────────────────


def rule_in_words(rule: AnyRule, columns: Columns, pack: Pack, language: str) -> str:
    """kind: branch, and not (rank: county or township)."""
    match rule:
        case AllOf():
            return _joined(rule.all, pgettext("between conditions", ", and "), columns, pack, language)
        case AnyOf():
            return _joined(rule.any, pgettext("between conditions", ", or "), columns, pack, language)
        case Not():
            return _("not ({condition})").format(condition=rule_in_words(rule.negated, columns, pack, language))
        case Condition():
            return _comparison(rule, columns[rule.column], pack, language)


def _joined(rules: tuple[AnyRule, ...], between: str, columns: Columns, pack: Pack, language: str) -> str:
    parts = []
    for rule in rules:
        words = rule_in_words(rule, columns, pack, language)
        inside = isinstance(rule, (AllOf, AnyOf)) and len(rules) > 1
        parts.append(
            pgettext("a condition inside another", "({condition})").format(condition=words) if inside else words
        )
    return between.join(parts)


def _comparison(condition: Condition, column: facts.Column, pack: Pack, language: str) -> str:
    if condition.operator == "eq" and condition.eq is True:
        return str(column.title)
    if condition.operator == "eq" and condition.eq is False:
        return _("not ({condition})").format(condition=column.title)
    words = [_value(literal, column, pack, language) for literal in condition.literals]
    shape = {
        "eq": _("{column}: {values}"),
        "in": _("{column}: {values}"),
        "ne": _("{column}: not {values}"),
        "lt": _("{column} < {values}"),
        "le": _("{column} ≤ {values}"),
        "gt": _("{column} > {values}"),
        "ge": _("{column} ≥ {values}"),
        "between": _("{column}: {first} to {last}"),
        "null": _("{column}: not given") if condition.null else _("{column}: given"),
    }[condition.operator]
    values = pgettext("between values", ", ").join(words)
    return shape.format(column=column.title, values=values, first=words[0], last=words[-1])


def _value(literal: Any, column: facts.Column, pack: Pack, language: str) -> str:
    if literal is True or literal is False:
        return pgettext("value of a condition", "yes") if literal else pgettext("value of a condition", "no")
    if column.section in SECTIONS:
        titles = {entry.code: entry.title for entry in getattr(pack, column.section)}
        return in_language(titles[literal], language) if literal in titles else str(literal)
    return str(dict(column.choices).get(literal, literal))


# ── When ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def due_in_words(requirement: RequirementPart, pack: Pack) -> str:
    """every 2 weeks on Friday, on the workday before a holiday."""
    if requirement.by is not None:
        return _("once, by {day}").format(day=requirement.by.isoformat())
    batch = next(batch for batch in pack.batches if batch.code == requirement.batch)
    rule = recurrence(requirement.rule or "", batch, requirement.shift)
    shift = {
        "before": _("the workday before a holiday"),
        "after": _("the workday after a holiday"),
        "none": "",
    }[requirement.shift]
    return pgettext("between parts of a recurrence", ", ").join(filter(None, [_often(rule), _days(rule.rule), shift]))


def _often(kept: Recurrence) -> str:
    every, many = {
        Frequency.DAILY: (_("every day"), _("every {count} days")),
        Frequency.WEEKLY: (_("every week"), _("every {count} weeks")),
        Frequency.MONTHLY: (_("every month"), _("every {count} months")),
        Frequency.YEARLY: (_("every year"), _("every {count} years")),
        Frequency.ONCE: (kept.text, kept.text),
    }[kept.rule.frequency]
    return every if kept.rule.interval == 1 else many.format(count=kept.rule.interval)


def _days(rule: Rule) -> str:
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    words = [_weekday(names[day.number - 1], day.nth) for day in rule.weekdays]
    words += [_("the last day") if day == -1 else _("day {day}").format(day=day) for day in rule.month_days]
    if rule.months:
        words.append(_("in months {months}").format(months=", ".join(map(str, rule.months))))
    return pgettext("between values", ", ").join(words)


def _weekday(name: str, nth: int | None) -> str:
    if nth is None:
        return name
    if nth == -1:
        return _("the last {weekday}").format(weekday=name)
    return _("{weekday} number {nth}").format(weekday=name, nth=nth)


# ── What is counted ───────────────────────────────────────────────────────────────────────────────────────────────


def measure_in_words(indicator: IndicatorPart, pack: Pack, language: str) -> str:
    """different units among activities, where kind: reading class."""
    source = SOURCES[indicator.source]
    if indicator.summed:
        said = _("sum of {column} over {source}").format(column=indicator.summed, source=source.title)
    else:
        said = {
            "count": _("number of {source}"),
            "distinct:unit": _("different units among {source}"),
            "distinct:person": _("different persons among {source}"),
        }[indicator.measure].format(source=source.title)
    if indicator.where is None:
        return said
    condition = rule_in_words(indicator.where, source.columns, pack, language)
    return _("{measure}, where {condition}").format(measure=said, condition=condition)
