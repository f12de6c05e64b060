"""Checks — what the schema cannot say: that a pack holds together and names only what exists.

Each check is a pure function of the pack and the vocabulary; `CHECKS` is all of them. A flaw says what to do, with a likely meaning
where a word is misspelt.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel

from luoshi.gate.facts import Type
from luoshi.lib.recurrence import BadRecurrence, Recurrence
from luoshi.lib.workdays import Direction
from luoshi.packs.flaws import Flaw, Path
from luoshi.packs.schema import (
    SECTIONS,
    AllOf,
    AnyOf,
    BatchPart,
    Condition,
    DeclaredPart,
    IndicatorPart,
    Not,
    Pack,
    Passage,
    TemplateText,
    UnitWord,
    Words,
    conditions,
)
from luoshi.packs.vocabulary import Column, Source, Vocabulary
from luoshi.reports.drafting import check_template, read_template
from luoshi.reports.hints import meant, with_hint
from luoshi.reports.language import Figures, without_tags

Check = Callable[[Pack, Vocabulary], list[Flaw]]
AnyRule = AllOf | AnyOf | Not | Condition

_FOLDED = re.compile(
    "(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef}\\]]) +(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef{\\[])"
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def _unknown(path: Path, code: str, known: Iterable[str], message: str) -> Flaw:
    return Flaw(path, with_hint(message.format(code=code), meant(code, known)), unknown=code)


def _codes(pack: Pack, section: str) -> set[str]:
    return {entry.code for entry in getattr(pack, section)}


def _figures(pack: Pack) -> set[str]:
    return _codes(pack, "indicators") | _codes(pack, "declared")


# ── Codes and references ──────────────────────────────────────────────────────────────────────────────────────────


def check_codes(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """A code stands once in its section; computed and declared figures share one list of codes, as reports quote both."""
    flaws: list[Flaw] = []
    spaces = [[section] for section in SECTIONS if section not in ("indicators", "declared")] + [
        ["indicators", "declared"]
    ]
    for space in spaces:
        entries = [
            (section, number, entry.code) for section in space for number, entry in enumerate(getattr(pack, section))
        ]
        flaws += _repeated([((section, number, "code"), code) for section, number, code in entries])
    for number, kind in enumerate(pack.kinds):
        flaws += _repeated(
            [(("kinds", number, "agenda", item, "code"), each.code) for item, each in enumerate(kind.agenda)]
        )
    return flaws


def _repeated(places: Iterable[tuple[Path, str]]) -> list[Flaw]:
    first: dict[str, Path] = {}
    flaws = []
    for path, code in places:
        if code in first:
            flaws.append(
                Flaw(path, _("“{code}” is the code of an earlier entry already. Choose another.").format(code=code))
            )
        first.setdefault(code, path)
    return flaws


def check_references(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """What an entry names exists in the pack."""
    messages = {
        "workstreams": _("There is no workstream “{code}” in this pack."),
        "audiences": _("There is no audience “{code}” in this pack."),
        "batches": _("There is no batch “{code}” in this pack."),
        "kinds": _("There is no kind of activity “{code}” in this pack."),
    }
    known = {section: _codes(pack, section) for section in messages}
    return [
        _unknown(path, code, known[section], messages[section])
        for path, code, section in _references(pack)
        if code not in known[section]
    ]


def _references(pack: Pack) -> Iterator[tuple[Path, str, str]]:
    for section in ("kinds", "requirements", "indicators", "declared"):
        for number, entry in enumerate(getattr(pack, section)):
            yield (section, number, "workstream"), entry.workstream, "workstreams"
    for number, requirement in enumerate(pack.requirements):
        yield ("requirements", number, "audience"), requirement.audience, "audiences"
        yield ("requirements", number, "batch"), requirement.batch, "batches"
        for place, kind in enumerate(requirement.fulfilled_by):
            yield ("requirements", number, "fulfilled_by", place), kind, "kinds"
    for number, stream in enumerate(pack.cockpit.streams if pack.cockpit else ()):
        yield ("cockpit", "streams", number, "workstream"), stream.workstream, "workstreams"


def check_unused(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """An audience that nothing is asked of and a workstream without work are leftovers or misspelt."""
    asked = {requirement.audience for requirement in pack.requirements}
    flaws = [
        Flaw(
            ("audiences", number, "code"),
            _("Nothing is asked of this audience. Use it or remove it."),
        )
        for number, audience in enumerate(pack.audiences)
        if audience.code not in asked
    ]
    at_work = {code for path, code, section in _references(pack) if section == "workstreams" and path[0] != "cockpit"}
    return flaws + [
        Flaw(
            ("workstreams", number, "code"),
            _("This workstream has no activities, requirements or figures. Use it or remove it."),
        )
        for number, workstream in enumerate(pack.workstreams)
        if workstream.code not in at_work
    ]


def check_sections(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """A campaign has a batch, a workstream and somebody whom it concerns. (No schema rule: an only entry may be broken.)"""
    message = _("This section is empty. A campaign needs at least one entry here.")
    return [
        Flaw((section,), message) for section in ("batches", "workstreams", "audiences") if not getattr(pack, section)
    ]


# ── Dates and recurrences ─────────────────────────────────────────────────────────────────────────────────────────


def check_dates(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """Campaign, batches and due days lie inside each other."""
    flaws: list[Flaw] = []
    campaign = pack.campaign
    if campaign.ends_on < campaign.starts_on:
        flaws.append(Flaw(("campaign", "ends_on"), _("The campaign ends before it begins.")))
    if campaign.ends_on - campaign.starts_on > timedelta(days=3660):
        flaws.append(Flaw(("campaign", "ends_on"), _("The campaign lasts more than ten years. Check the years.")))
    for number, batch in enumerate(pack.batches):
        if batch.ends_on < batch.starts_on:
            flaws.append(Flaw(("batches", number, "ends_on"), _("The batch ends before it begins.")))
        flaws += _outside(("batches", number), batch, campaign.starts_on, campaign.ends_on)
    spans = {batch.code: (batch.starts_on, batch.ends_on) for batch in pack.batches}
    for number, requirement in enumerate(pack.requirements):
        if requirement.by is None or requirement.batch not in spans:
            continue
        first, last = spans[requirement.batch]
        if not first <= requirement.by <= last:
            message = _("{day} lies outside the batch ({first} to {last}).")
            flaws.append(
                Flaw(("requirements", number, "by"), message.format(day=requirement.by, first=first, last=last))
            )
    return flaws


def _outside(path: Path, batch: Any, first: date, last: date) -> list[Flaw]:
    message = _("{day} lies outside the campaign ({first} to {last}).")
    return [
        Flaw((*path, name), message.format(day=getattr(batch, name), first=first, last=last))
        for name in ("starts_on", "ends_on")
        if not first <= getattr(batch, name) <= last
    ]


def check_recurrences(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """A rule can be kept: it is due at least once, and not absurdly often, inside its batch."""
    flaws: list[Flaw] = []
    batches = {batch.code: batch for batch in pack.batches}
    for number, requirement in enumerate(pack.requirements):
        batch = batches.get(requirement.batch)
        if requirement.rule is None or batch is None or batch.ends_on < batch.starts_on:
            continue
        path: Path = ("requirements", number, "rule")
        try:
            recurrence(requirement.rule, batch, requirement.shift)
        except BadRecurrence as bad:
            flaws.append(Flaw(path, bad_recurrence(bad)))
    return flaws


def recurrence(rule: str, batch: BatchPart, shift: Direction) -> Recurrence:
    """The rule, counted from the batch's first day to its last; weeks begin on Monday."""
    return Recurrence.parse(rule, anchor=batch.starts_on, shift=shift, until=batch.ends_on)


def bad_recurrence(bad: BadRecurrence) -> str:
    """Why a rule cannot be kept, and what to write instead."""
    said = {
        "ends-before-it-begins": _("The rule ends on {until}, before the batch begins on {anchor}."),
        "unknown-shift": _("The shift “{shift}” is not known. Write before, after or none."),
        "too-many-occasions": _("This would be due more than {most} times. Ask less often."),
        "never-due": _("This is never due inside the batch. Correct the day, the month or the batch."),
        "finer-than-a-day": _("“{part}” is finer than a day. Duties are due by the day."),
        "unknown-part": _("“{part}” is no part of a recurrence rule. Rules look like FREQ=WEEKLY;INTERVAL=2;BYDAY=FR."),
        "part-given-twice": _("{part} stands twice in the rule. Keep one."),
        "unknown-frequency": _("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, not “{frequency}”."),
        "weeks-begin-on-monday": _("Weeks begin on Monday here; remove {part}."),
        "count-and-until": _("COUNT and UNTIL exclude each other. Keep one."),
        "nth-weekday-of-what": _(
            "“{part}”: the first or last weekday is that of a month or year. Use FREQ=MONTHLY, or no number."
        ),
        "month-day-in-a-week": _("“{part}”: a weekly rule has no days of the month. Use FREQ=MONTHLY or BYDAY."),
        "position-of-what": _("“{part}” picks from days that the rule does not name. Add BYDAY or BYMONTHDAY."),
        "out-of-range": _("{part} cannot be “{given}”."),
        "no-date": _("“{given}” in {part} is no date. Write it as 20231031."),
    }.get(bad.code)
    return said.format(**bad.params) if said else _("This rule cannot be kept ({code}).").format(code=bad.code)


# ── Fulfilment ────────────────────────────────────────────────────────────────────────────────────────────────────


def check_fulfilment(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """A requirement can be met by a kind of activity, perhaps by a zero report; to sign for its notice is not to do it."""
    flaws: list[Flaw] = []
    for number, requirement in enumerate(pack.requirements):
        if not requirement.fulfilled_by and not requirement.zero_report:
            message = _("Nothing can fulfil this. Name the kinds of activity that do in fulfilled_by.")
            flaws.append(Flaw(("requirements", number), message))
        flaws += [
            Flaw(("requirements", number, "fulfilled_by"), _("“{code}” is named twice.").format(code=code))
            for code, times in Counter(requirement.fulfilled_by).items()
            if times > 1
        ]
        if requirement.zero_report and not requirement.fulfilled_by and requirement.required:
            message = _("Only “nothing” could be reported here. Name the kinds of activity that fulfil it as well.")
            flaws.append(Flaw(("requirements", number, "zero_report"), message))
    return flaws


def check_kinds(pack: Pack, vocabulary: Vocabulary) -> list[Flaw]:
    """A kind asks only for what a record can say."""
    flaws = [
        _unknown(("kinds", number, "needs", place), need, vocabulary.needs, _("A record has no field “{code}”."))
        for number, kind in enumerate(pack.kinds)
        for place, need in enumerate(kind.needs)
        if need not in vocabulary.needs
    ]
    for number, kind in enumerate(pack.kinds):
        if "attendance" in kind.needs and kind.roster == "none":
            message = _("Attendance is asked for, but there is no roster. Set roster, or do not ask for attendance.")
            flaws.append(Flaw(("kinds", number, "roster"), message))
        if "agenda" in kind.needs and not kind.agenda:
            message = _("The agenda is asked for, but this kind has no agenda items. Add some, or do not ask for it.")
            flaws.append(Flaw(("kinds", number, "needs"), message))
    return flaws


# ── Conditions ────────────────────────────────────────────────────────────────────────────────────────────────────


def check_audience_rules(pack: Pack, vocabulary: Vocabulary) -> list[Flaw]:
    """Audience rules compare allow-listed fields of units, posts and persons with values of the right type."""
    return [
        flaw
        for number, audience in enumerate(pack.audiences)
        for flaw in _rule_flaws(pack, audience.rule, ("audiences", number, "rule"), vocabulary.audience)
    ]


def check_indicators(pack: Pack, vocabulary: Vocabulary) -> list[Flaw]:
    """Indicators count rows of sources that exist, by columns that they have."""
    flaws: list[Flaw] = []
    for number, indicator in enumerate(pack.indicators):
        path: Path = ("indicators", number)
        source = vocabulary.sources.get(indicator.source)
        if source is None:
            message = _("There is no source of facts “{code}”.")
            flaws.append(_unknown((*path, "source"), indicator.source, vocabulary.sources, message))
            continue
        if indicator.where:
            flaws += _rule_flaws(pack, indicator.where, (*path, "where"), source.columns)
        flaws += _measure_flaws((*path, "measure"), indicator.measure, source)
    return flaws


def _measure_flaws(path: Path, measure: str, source: Source) -> list[Flaw]:
    if measure == "distinct:person" and not source.persons:
        message = _("The rows of “{source}” name no persons, so persons cannot be counted there.")
        return [Flaw(path, message.format(source=source.code))]
    if not measure.startswith("sum:"):
        return []
    name = measure.removeprefix("sum:")
    if name in source.sums:
        return []
    if name in source.columns:
        return [Flaw(path, _("The column “{code}” can be compared, but not summed.").format(code=name))]
    return [_unknown(path, name, source.sums, _("There is no column “{code}” to sum here."))]


def _rule_flaws(pack: Pack, rule: AnyRule, path: Path, columns: Mapping[str, Column]) -> Iterator[Flaw]:
    for inner, condition in conditions(rule):
        here = (*path, *inner)
        column = columns.get(condition.column)
        if column is None:
            yield _unknown((*here, "column"), condition.column, columns, _("There is no column “{code}” here."))
        else:
            yield from _condition_flaws(pack, condition, column, (*here, condition.operator))


def _condition_flaws(pack: Pack, condition: Condition, column: Column, path: Path) -> Iterator[Flaw]:
    operator = condition.operator
    if operator == "null":
        return
    ordered = column.type in (Type.NUMBER, Type.DATE)
    if operator in ("lt", "le", "gt", "ge", "between") and not ordered:
        message = _("“{column}” has no order: use eq, ne or in.")
        yield Flaw(path, message.format(column=condition.column))
        return
    wrong = [flaw for literal in condition.literals if (flaw := _literal_flaw(pack, literal, column, path))]
    yield from wrong
    if operator == "between" and not wrong:
        low, high = condition.literals
        if low > high:
            yield Flaw(path, _("The first value of between is the smaller one."))
    if operator == "in" and len(set(map(repr, condition.literals))) < len(condition.literals):
        yield Flaw(path, _("A value stands twice in this list."))


_TYPES: dict[Type, type] = {Type.TEXT: str, Type.NUMBER: int, Type.DATE: date, Type.FLAG: bool}


def _literal_flaw(pack: Pack, literal: Any, column: Column, path: Path) -> Flaw | None:
    if type(literal) is not _TYPES[column.type]:  # True is an int to isinstance
        wanted = {
            Type.TEXT: _("a text"),
            Type.NUMBER: _("a whole number"),
            Type.DATE: _("a date such as 2023-09-04"),
            Type.FLAG: _("true or false"),
        }[column.type]
        return Flaw(
            path, _("“{value}” is of the wrong type: {wanted} is compared here.").format(value=literal, wanted=wanted)
        )
    word = str(literal)
    if column.section in SECTIONS:
        known = _codes(pack, column.section)
        if word not in known:
            message = _("The section {section} has no “{code}”.").format(section=column.section, code=word)
            return Flaw(path, with_hint(message, meant(word, known)), unknown=word)
    elif column.choices and word not in column.choices:
        return _unknown(path, word, column.choices, _("“{code}” is no value of this column."))
    return None


# ── Figures ───────────────────────────────────────────────────────────────────────────────────────────────────────


def check_denominators(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """A denominator is another computed indicator, and no chain of them comes back to its beginning."""
    known = {indicator.code: indicator.denominator for indicator in pack.indicators}
    flaws: list[Flaw] = []
    for number, indicator in enumerate(pack.indicators):
        path: Path = ("indicators", number, "denominator")
        if indicator.denominator is None:
            continue
        if indicator.denominator not in known:
            flaws.append(
                _unknown(path, indicator.denominator, known, _("There is no indicator “{code}” to divide by."))
            )
        elif indicator.code in (ring := _denominators_of(indicator.code, known)):
            chain_ = " → ".join((indicator.code, *ring))
            flaws.append(Flaw(path, _("Denominators run in a circle: {chain}. Break it.").format(chain=chain_)))
    return flaws


def _denominators_of(code: str, known: Mapping[str, str | None]) -> list[str]:
    """The chain of denominators, up to its end or its first repetition."""
    found: list[str] = []
    step = known.get(code)
    while step is not None and step not in found:
        found.append(step)
        step = known.get(step)
    return found


def check_levels(pack: Pack, vocabulary: Vocabulary) -> list[Flaw]:
    """A declared figure is owed by units of a level that exists."""
    return [
        _unknown(("declared", number, "level"), figure.level, vocabulary.levels, _("There is no level “{code}”."))
        for number, figure in enumerate(pack.declared)
        if figure.level not in vocabulary.levels
    ]


def check_names(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """No two figures answer to the same words: the text check could not tell them apart."""
    owner: dict[str, str] = {}
    flaws: list[Flaw] = []
    for section in ("indicators", "declared"):
        for number, figure in enumerate(getattr(pack, section)):
            here: Path = (section, number)
            names = [((*here, "names", place), name) for place, name in enumerate(figure.names)]
            for path, name in [((*here, "title", "zh-hans"), figure.title.zh_hans), *names]:
                if owner.setdefault(name, figure.code) != figure.code:
                    message = _("“{name}” is also what “{other}” is called. The text check needs different words.")
                    flaws.append(Flaw(path, message.format(name=name, other=owner[name])))
    return flaws


def check_cockpit(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """The cockpit shows figures that exist, each workstream once."""
    if pack.cockpit is None:
        return []
    figures = _figures(pack)
    flaws = [
        _unknown(path, code, figures, _("There is no figure “{code}” in this pack."))
        for path, code in _shown(pack)
        if code not in figures
    ]
    flaws += _repeated(
        (("cockpit", "streams", number, "workstream"), stream.workstream)
        for number, stream in enumerate(pack.cockpit.streams)
    )
    ratios = {indicator.code for indicator in pack.indicators if indicator.denominator}
    for number, chart in enumerate(pack.cockpit.charts):
        if chart.bound is not None and chart.indicator in figures and chart.indicator not in ratios:
            message = _("A bound is a percentage, and “{code}” has no denominator.")
            flaws.append(Flaw(("cockpit", "charts", number, "bound"), message.format(code=chart.indicator)))
    return flaws


def _shown(pack: Pack) -> Iterator[tuple[Path, str]]:
    if pack.cockpit is None:
        return
    for number, stream in enumerate(pack.cockpit.streams):
        yield ("cockpit", "streams", number, "hero"), stream.hero
        for row, code in enumerate(stream.rows):
            yield ("cockpit", "streams", number, "rows", row), code
    for number, group in enumerate(pack.cockpit.columns):
        for place, code in enumerate(group.indicators):
            yield ("cockpit", "columns", number, "indicators", place), code
    for number, chart in enumerate(pack.cockpit.charts):
        yield ("cockpit", "charts", number, "indicator"), chart.indicator


# ── Words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def check_translations(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """Chinese is Chinese and English is English; a copied or missing translation shows at once."""
    flaws: list[Flaw] = []
    for path, words in _texts(pack, ()):
        chinese = without_tags(words.zh_hans)
        if not _HAN.search(chinese) and chinese.strip():
            flaws.append(Flaw((*path, "zh-hans"), _("This text has no Chinese in it. Translate it.")))
        if folded := _FOLDED.search(words.zh_hans):
            message = _(
                "A space stands inside the Chinese text. A line break under >- becomes one: write the text in one line."
            )
            flaws.append(Flaw((*path, "zh-hans"), message, within=_place(words.zh_hans, folded.start())))
        if found := _HAN.search(without_tags(words.en)):
            message = _("There is Chinese in the English text. Translate it.")
            flaws.append(Flaw((*path, "en"), message, within=_place(words.en, words.en.find(found.group()))))
    return flaws


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of a place in a text, from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _texts(node: Any, path: Path) -> Iterator[tuple[Path, Words | UnitWord | Passage | TemplateText]]:
    """Every two-language text of the pack, with its path."""
    if isinstance(node, (Words, UnitWord, Passage, TemplateText)):
        yield path, node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _texts(getattr(node, name), (*path, name))
    elif isinstance(node, tuple):
        for number, each in enumerate(node):
            yield from _texts(each, (*path, number))


def quotable(pack: Pack) -> Figures:
    """What the pack's reports may quote, as `luoshi.reports.quoting.quotable` says it of an installed campaign."""
    called: dict[str, str] = {}
    entries: list[IndicatorPart | DeclaredPart] = [*pack.indicators, *pack.declared]
    for entry in entries:
        for name in (entry.title.zh_hans, entry.title.en, *entry.names):
            called.setdefault(name, entry.code)
    shares = {entry.code: isinstance(entry, IndicatorPart) and entry.denominator is not None for entry in entries}
    return Figures(shares, called)


def check_reports(pack: Pack, _vocabulary: Vocabulary) -> list[Flaw]:
    """Reports are written in the language of templates, quote figures that exist, and both languages quote the same ones."""
    figures = quotable(pack)
    return [
        flaw
        for number, report in enumerate(pack.reports)
        for flaw in _template_flaws(("reports", number, "text"), report.text, figures)
    ]


def _template_flaws(path: Path, text: TemplateText, figures: Figures) -> Iterator[Flaw]:
    quoted: dict[str, Counter[str]] = {}
    flawed = False
    for language, written in (("zh-hans", text.zh_hans), ("en", text.en)):
        template = read_template(written)
        for flaw in check_template(template, figures):
            flawed = True
            yield Flaw((*path, language), flaw.message, unknown=flaw.unknown, within=(flaw.line, flaw.column))
        quoted[language] = Counter(figures.code(quote.what) or quote.what for quote in template.quotes)
    differ = (quoted["zh-hans"] - quoted["en"]) + (quoted["en"] - quoted["zh-hans"])
    if differ and not flawed:
        message = _("The two languages do not quote the same figures equally often: {codes}.")
        yield Flaw((*path, "en"), message.format(codes=", ".join(sorted(differ))))


CHECKS: tuple[Check, ...] = (
    check_codes,
    check_references,
    check_dates,
    check_recurrences,
    check_fulfilment,
    check_kinds,
    check_audience_rules,
    check_indicators,
    check_denominators,
    check_levels,
    check_names,
    check_cockpit,
    check_translations,
    check_reports,
)

# What only a whole pack can show: an entry that could not be read might be what uses the others.
CHECKS_OF_WHOLE: tuple[Check, ...] = (check_sections, check_unused)
