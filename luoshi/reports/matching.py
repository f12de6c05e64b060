"""核数的比对 — from the statements of a text to units, indicators and verdicts, within what the asker may see."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from django.utils.translation import pgettext_lazy

from luoshi.campaigns.models import Campaign
from luoshi.figures.models import Indicator
from luoshi.figures.queries import Board, Figure, board
from luoshi.gate.actor import Actor, Place
from luoshi.gate.policy import may
from luoshi.orgs.models import Unit
from luoshi.orgs.tree import tree_version
from luoshi.reports.models import Match
from luoshi.reports.textcheck import Reading, Statement


class Verdict(StrEnum):
    AGREES = "agrees"
    ABOUT = "about"
    DIFFERS = "differs"
    DECLARED = "declared"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not_checked"


VERDICT_NAMES = {
    Verdict.AGREES: pgettext_lazy("verdict", "agrees"),
    Verdict.ABOUT: pgettext_lazy("verdict", "agrees within its rounding"),
    Verdict.DIFFERS: pgettext_lazy("verdict", "differs"),
    Verdict.DECLARED: pgettext_lazy("verdict", "agrees with a declared figure"),
    Verdict.UNKNOWN: pgettext_lazy("verdict", "not known to the ledger, or not to you"),
    Verdict.NOT_CHECKED: pgettext_lazy("verdict", "not to be checked"),
}
NEEDS_WORK = (Verdict.DIFFERS, Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Checked:
    """核对结果 — one statement with the unit and the figure that it was compared with.

    score: how well the phrase fits the indicator, 0 to 1; 1 for a match that a person confirmed.
    difference: text minus ledger, in the unit of the figure; None where nothing was compared.
    """

    statement: Statement
    verdict: Verdict
    unit: Unit | None = None
    figure: Figure | None = None
    score: float = 0.0
    difference: Decimal | None = None
    remembered: bool = False

    @property
    def indicator(self) -> Indicator | None:
        return self.figure.indicator if self.figure else None

    @property
    def ledger_value(self) -> Decimal | None:
        return None if self.figure is None else ledger_value(self.figure, self.statement)


@dataclass(frozen=True, slots=True)
class Check:
    """核数 — a text read and compared, all as of one moment."""

    reading: Reading
    results: Sequence[Checked]
    board: Board | None
    unit: Unit | None

    def counts(self) -> dict[Verdict, int]:
        return {verdict: sum(each.verdict is verdict for each in self.results) for verdict in Verdict}


# ── Units ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_ENDINGS = re.compile(r"(?:委员会|工作委员会|党工委|党委|党组|人民政府|政府|委)$")
GRASSROOTS_FROM = Unit.Rank.GRASSROOTS


def bare(name: str) -> str:
    """A name without what differs between text and roster: 中共张掖市委员会, 张掖市委 and 张掖市 are one."""
    short = name.replace("中国共产党", "").removeprefix("中共").strip()
    shorter = _ENDINGS.sub("", short)
    return shorter if len(shorter) >= 2 else short


@lru_cache(maxsize=2)
def _directory(_version: int, _root: int | None) -> Mapping[str, tuple[int, ...]]:
    """Names of all units above the grassroots, in tree order; the grassroots are asked for one by one."""
    found: dict[str, list[int]] = {}
    rows = Unit.objects.filter(no__gt=0, rank__lt=GRASSROOTS_FROM).order_by("no")
    for pk, name, short in rows.values_list("pk", "name", "short_name"):
        for key in {bare(name), bare(short)} - {""}:
            found.setdefault(key, []).append(pk)
    return {key: tuple(keys) for key, keys in found.items()}


def find_unit(org: str | None, base: Unit) -> Unit | None:
    """The unit that a text names: the base where it names none; the one inside the base's branch where several have the name."""
    if not org:
        return base
    key = bare(org)
    if key in (bare(base.name), bare(base.short_name)):
        return base
    names = _directory(
        tree_version(), Unit.objects.filter(parent__isnull=True, no__gt=0).values_list("pk", flat=True).first()
    )
    keys = names.get(key) or _by_ending(key, names)
    if not keys:
        keys = tuple(Unit.objects.filter(no__gt=0, name=org).values_list("pk", flat=True)[:20])
    units = sorted(Unit.objects.filter(pk__in=keys), key=lambda unit: unit.no)
    inside = [unit for unit in units if base.no <= unit.no <= base.last]
    return next(iter(inside or units), None)


def _by_ending(key: str, names: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """临夏州东乡县 names 东乡县; 全省 and 我市 name no one."""
    for start in range(1, max(1, len(key) - 1)):
        if found := names.get(key[start:]):
            return found
    return names.get(f"{key}省") or names.get(f"{key}市") or names.get(f"{key}县") or ()


# ── Indicators ────────────────────────────────────────────────────────────────────────────────────────────────────

LEAST_SCORE = 0.55
_NOISE = re.compile(r"[的了和及与、，“”\"《》（）()\s]|进行|开展|全覆盖|全省|全市|全县|共|累计|已")


@lru_cache(maxsize=4096)
def _pairs(phrase: str) -> frozenset[str]:
    plain = _NOISE.sub("", phrase)
    return frozenset(plain[i : i + 2] for i in range(len(plain) - 1)) or frozenset({plain})


_COUNTING = re.compile(r"(?:次数|人数|个数|数量|总数|数|率)$")
_PERSONS = frozenset("名人位")


def likeness(what: str, name: str) -> float:
    """How well a phrase fits a name, 0 to 1.

    Most of it is how much of the name stands in the phrase, a little how much of the phrase is the name; and since the head of a Chinese
    phrase stands last (召开党员大会 is about meetings, not members), a common end counts extra.
    """
    plain = _COUNTING.sub("", name) or name
    said, named = _pairs(what), _pairs(plain)
    both = len(said & named)
    if not both:
        return 0.0
    head = 0.1 if _NOISE.sub("", what)[-2:] == _NOISE.sub("", plain)[-2:] else 0.0
    return min(1.0, 0.7 * both / len(named) + 0.2 * both / len(said) + head)


def _fits_word(word: str, indicator: Indicator) -> float:
    """Persons are counted with 名, 人, 位; what is counted otherwise is not persons."""
    if not word or not indicator.unit_word:
        return 0.0
    if word == indicator.unit_word:
        return 0.04
    return -0.15 if (word in _PERSONS) != (indicator.unit_word in _PERSONS) else 0.0


def best_indicator(statement: Statement, indicators: Iterable[Indicator]) -> tuple[Indicator | None, float]:
    """The indicator that the phrase fits best, with its score; None below LEAST_SCORE."""
    best, highest = None, 0.0
    for each in indicators:
        if statement.kind == "percent" and each.denominator_id is None:
            continue
        score = max(likeness(statement.what, name) for name in (each.title, *each.names))
        if statement.kind == "count":
            score += _fits_word(statement.unit, each)
        if score > highest:
            best, highest = each, score
    return (best, min(highest, 1.0)) if highest >= LEAST_SCORE else (None, highest)


# ── Verdicts ──────────────────────────────────────────────────────────────────────────────────────────────────────

_DIGITS = re.compile(r"[\d０-９][\d０-９,，]*(?:[.．]([\d０-９]+))?\s*([百千万亿]*)")
_POWERS = {"百": Decimal(100), "千": Decimal(1000), "万": Decimal(10_000), "亿": Decimal(100_000_000)}


def step(statement: Statement) -> Decimal:
    """The place of the last digit that the text writes: 0.1万 for 2.4万, 1 for 886, 100 for 1300余."""
    value = Decimal(str(statement.value))
    written = _DIGITS.search(statement.text)
    if written is None:
        return _last_digit(value)
    power = Decimal(1)
    for sign in written.group(2):
        power *= _POWERS[sign]
    decimals = len(written.group(1) or "")
    smallest: Decimal = power.scaleb(-decimals)
    if statement.side is not None and not decimals:
        return max(smallest, _last_digit(value))
    return smallest


def _last_digit(value: Decimal) -> Decimal:
    place = Decimal(1)
    while value and value % (place * 10) == 0:
        place *= 10
    return place


def ledger_value(figure: Figure, statement: Statement) -> Decimal | None:
    """The ledger's figure in the terms of the statement: a percentage for a percentage, else the count."""
    if statement.kind == "percent":
        share = figure.share
        return None if share is None else Decimal(share[0]) * 100 / Decimal(share[1])
    return None if figure.value is None else Decimal(figure.value)


def compare(statement: Statement, ledger: Decimal) -> tuple[bool, bool]:
    """(agrees exactly, agrees within its rounding or on its side)."""
    value = Decimal(str(statement.value))
    if statement.value_hi is not None:
        return False, value <= ledger <= Decimal(str(statement.value_hi))
    if ledger == value:
        return True, True
    place = step(statement)
    match statement.side:
        case "over":
            return False, value <= ledger < value + place
        case "under":
            return False, value - place <= ledger <= value
        case "about":
            return False, abs(ledger - value) <= place
        case "at least":
            return False, ledger >= value
        case "at most":
            return False, ledger <= value
    rounded_text = place > 1 or statement.kind == "percent"
    return False, rounded_text and abs(ledger - value) <= place / 2


def check_text(
    actor: Actor,
    reading: Reading,
    *,
    campaign: Campaign | None,
    unit: Unit,
    on: date,
    at: datetime,
) -> Check:
    """Compare a reading with the ledger, for a text of `unit`, within what the actor may see. Nothing is written."""
    if campaign is None:
        return Check(reading, [_unmatched(each) for each in reading.statements], None, unit)
    named = {org: find_unit(org, unit) for org in {each.org for each in reading.statements}}
    open_units = [
        each for each in {u.pk: u for u in named.values() if u}.values() if may(actor, "figure.see", _place(each))
    ]
    seen = board(actor, campaign, open_units, on=on, at=at)
    known = {match.phrase: match for match in Match.objects.filter(unit=unit).select_related("indicator", "subject")}
    sight = {each.pk for each in open_units}
    results = [_checked(each, named.get(each.org), seen, sight, known) for each in reading.statements]
    return Check(reading, results, seen, unit)


def _place(unit: Unit) -> Place:
    return Place(unit.pk, unit.no, unit.sector_id)


def _unmatched(statement: Statement) -> Checked:
    return Checked(statement, Verdict.UNKNOWN if statement.role == "done" else Verdict.NOT_CHECKED)


def phrase_of(statement: Statement) -> str:
    """What is remembered of a statement: its phrase without the number."""
    return _NOISE.sub("", statement.what)[:120]


def _checked(
    statement: Statement, unit: Unit | None, seen: Board, sight: set[int], known: Mapping[str, Match]
) -> Checked:
    if statement.role != "done" or statement.value is None or statement.kind not in ("count", "percent"):
        return _unmatched(statement)
    remembered = known.get(phrase_of(statement))
    if remembered is not None:
        indicator, score = remembered.indicator, 1.0
        unit = remembered.subject or unit
    else:
        indicator, score = best_indicator(statement, seen.by_code.values())
    if indicator is None or unit is None or unit.pk not in sight:
        return Checked(statement, Verdict.UNKNOWN, unit if unit and unit.pk in sight else None, None, score)
    figure = seen.figure(indicator.code, unit.pk)
    ledger = ledger_value(figure, statement)
    if ledger is None:
        return Checked(statement, Verdict.UNKNOWN, unit, figure, score, remembered=remembered is not None)
    exact, near = compare(statement, ledger)
    verdict = Verdict.AGREES if exact else Verdict.ABOUT if near else Verdict.DIFFERS
    if figure.declared and near:
        verdict = Verdict.DECLARED
    difference = Decimal(str(statement.value)) - ledger
    return Checked(statement, verdict, unit, figure, score, difference, remembered is not None)
