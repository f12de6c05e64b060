"""谁欠什么 — one requirement as a table: its occasions × the units of a branch, each cell the state of a duty."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from luoshi.campaigns.duties import STATE_NAMES, Duty, State, requirement_duties
from luoshi.campaigns.models import Occasion, Owes, Requirement
from luoshi.campaigns.tallies import Tally, tally
from luoshi.gate.actor import Actor
from luoshi.gate.policy import may
from luoshi.orgs.models import Unit
from luoshi.page.wording import day_words

WIDTH = 16  # occasions shown at once
AHEAD = 4  # of them after the present one

SIGNS = {
    State.MET: "met",
    State.MET_LATE: "made-up",
    State.ZERO: "zero",
    State.WAIVED: "waived",
    State.OPEN: "open",
    State.COMING: "open",
    State.OVERDUE: "owed",
}
# Where a record is shown, by the word before the colon of its reference.
RECORD_PAGES = {"activity": "activities:activity", "zero_report": "campaigns:zero"}


@dataclass(frozen=True, slots=True)
class Column:
    """One occasion. now: today lies in its window. month: the month's number where the column begins a new one, else 0."""

    occasion: Occasion
    now: bool
    due_today: bool
    month: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit's duty, or how many units of a branch have done it (`share`: done, asked)."""

    column: Column
    kind: str
    words: str
    url: str = ""
    share: tuple[int, int] | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One unit. opens: there are units below it that owe the requirement too. addressed: the unit owes it itself."""

    unit: Unit
    cells: Sequence[Cell]
    sums: Tally
    opens: bool
    addressed: bool
    number: str


@dataclass(frozen=True, slots=True)
class Matrix:
    requirement: Requirement
    unit: Unit
    columns: Sequence[Column]
    rows: Sequence[Row]
    done: Sequence[
        int | None
    ]  # below each column: how many of the rows' units have done it; None where nobody is asked
    sums: Tally
    earlier: int | None  # first occasion of the page before
    later: int | None


def units_of_rows(requirement: Requirement, unit: Unit) -> list[Unit]:
    """The unit itself, if it owes the requirement, and those units below it that owe it or have units below that do."""
    children = list(Unit.objects.filter(parent=unit, no__gt=0).order_by("no"))
    owing = set(
        Owes.objects.filter(requirement=requirement, unit__in=[unit.pk, *(child.pk for child in children)])
        .values_list("unit", flat=True)
        .distinct()
    )
    rows = [unit] if unit.pk in owing else []
    return rows + [child for child in children if child.pk in owing or child.last > child.no]


def matrix(
    actor: Actor,
    requirement: Requirement,
    unit: Unit,
    units: Sequence[Unit],
    *,
    on: date,
    first: int | None = None,
    only_owing: bool = False,
    numbered_from: int = 1,
    prefix: str = "",
) -> Matrix:
    """The table of some units as `units_of_rows` gives them. first: the number of the first occasion to be shown."""
    occasions = list(requirement.occasions.order_by("no"))
    columns = _columns(occasions, on, first)
    seen = [each for each in units if may(actor, "duty.see", each.place())]
    rows = _rows(actor, requirement, unit, seen, occasions, columns, on)
    if only_owing:
        rows = [row for row in rows if row.sums.overdue or row.sums.open]
    numbered = [
        Row(row.unit, row.cells, row.sums, row.opens, row.addressed, f"{prefix}{no}")
        for no, row in enumerate(rows, numbered_from)
    ]
    at = occasions.index(columns[0].occasion) if columns else 0
    return Matrix(
        requirement=requirement,
        unit=unit,
        columns=columns,
        rows=numbered,
        done=_done(numbered, columns, on),
        sums=_total(row.sums for row in numbered),
        earlier=occasions[max(0, at - WIDTH)].no if at > 0 else None,
        later=occasions[at + WIDTH].no if at + WIDTH < len(occasions) else None,
    )


def _columns(occasions: Sequence[Occasion], on: date, first: int | None) -> list[Column]:
    """A page of occasions; without a wish the one with the present occasion near its end."""
    if first is None:
        present = next((at for at, each in enumerate(occasions) if each.closes_on >= on), len(occasions) - 1)
        start = max(0, min(present + AHEAD + 1, len(occasions)) - WIDTH)
    else:
        start = next((at for at, each in enumerate(occasions) if each.no >= first), 0)
    found, month = [], 0
    for each in occasions[start : start + WIDTH]:
        begins = each.due_on.month if each.due_on.month != month else 0
        month = each.due_on.month
        found.append(Column(each, each.opens_on <= on <= each.closes_on, each.due_on == on, begins))
    return found


def _rows(
    actor: Actor,
    requirement: Requirement,
    top: Unit,
    units: Sequence[Unit],
    occasions: Sequence[Occasion],
    columns: Sequence[Column],
    on: date,
) -> list[Row]:
    own: dict[int, dict[int, Duty]] = defaultdict(dict)
    for duty in requirement_duties(actor, requirement, on=on, units=[unit.pk for unit in units]):
        own[duty.unit][duty.no] = duty
    branches = [unit for unit in units if unit.pk != top.pk and unit.last > unit.no]
    below: dict[int, dict[int, Tally]] = {}
    if branches:
        spans = [(unit.no, unit.last) for unit in branches]
        tallies = tally(requirement, spans, on=on, occasions=occasions)
        below = {unit.pk: sums for unit, sums in zip(branches, tallies, strict=True)}
    rows = []
    waivers = reverse("campaigns:waivers", args=[requirement.campaign.code, requirement.code])
    for unit in units:
        duties, sums = own.get(unit.pk, {}), below.get(unit.pk, {})
        owed_below = sum(each.due for each in sums.values()) > len(duties)
        if duties:
            cells = [_cell(unit, column, duties.get(column.occasion.no), waivers) for column in columns]
            rows.append(Row(unit, cells, _counted(duties.values()), owed_below, addressed=True, number=""))
        elif owed_below:
            cells = [_share(unit, column, sums[column.occasion.no], on) for column in columns]
            rows.append(Row(unit, cells, _total(sums.values()), True, addressed=False, number=""))
    return rows


def _counted(duties: Iterable[Duty]) -> Tally:
    sums = Tally()
    for duty in duties:
        sums.due += 1
        sums.add(duty.state)
    return sums


def _total(all_sums: Iterable[Tally]) -> Tally:
    total = Tally()
    for sums in all_sums:
        total.due += sums.due
        for state in State:
            total.add(state, getattr(sums, state.value))
    return total


def _cell(unit: Unit, column: Column, duty: Duty | None, waivers: str) -> Cell:
    if duty is None:
        return Cell(column, "none", _("%(unit)s: not owed") % {"unit": unit.title})
    words = _("%(unit)s, due %(day)s: %(state)s") % {
        "unit": unit.title,
        "day": day_words(duty.due_on),
        "state": ", ".join(duty_words(duty)),
    }
    url = f"{waivers}?unit={unit.code}" if duty.state == State.WAIVED else record_url(duty.ref)
    return Cell(column, SIGNS[duty.state], words, url)


def duty_words(duty: Duty) -> list[str]:
    """The state of a duty with everything that is to be said of it: extension, day of the work, day of the entry."""
    words = [str(STATE_NAMES[duty.state])]
    if duty.limit_on != duty.due_on:
        words.append(_("extended until %(day)s") % {"day": day_words(duty.limit_on)})
    if duty.held_on is not None and duty.state != State.WAIVED:
        words.append(_("on %(day)s") % {"day": day_words(duty.held_on)})
    if duty.entered_late and duty.entered_on is not None:
        words.append(_("entered late, on %(day)s") % {"day": day_words(duty.entered_on)})
    return words


def record_url(ref: str) -> str:
    """The page of the record that a reference names; "" where there is none."""
    word, _colon, number = ref.partition(":")
    try:
        return reverse(RECORD_PAGES[word], args=[int(number)])
    except (KeyError, NoReverseMatch):
        return ""


def _share(unit: Unit, column: Column, sums: Tally, on: date) -> Cell:
    url = f"?unit={unit.code}"
    if not sums.asked:
        kind, state = ("waived", STATE_NAMES[State.WAIVED]) if sums.waived else ("none", _("nobody owes it"))
        return Cell(column, kind, _("%(unit)s: %(state)s") % {"unit": unit.title, "state": state}, url)
    words = _("%(unit)s, due %(day)s: %(done)d of %(asked)d done") % {
        "unit": unit.title,
        "day": day_words(column.occasion.due_on),
        "done": sums.done,
        "asked": sums.asked,
    }
    if not sums.done and column.occasion.opens_on > on:
        return Cell(column, "open", words, url)
    return Cell(column, "share", words, url, (sums.done, sums.asked), late=bool(sums.overdue))


def _done(rows: Sequence[Row], columns: Sequence[Column], on: date) -> list[int | None]:
    found: list[int | None] = []
    for at, column in enumerate(columns):
        cells = [row.cells[at] for row in rows]
        asked = any(cell.kind in ("met", "made-up", "zero", "owed", "share") for cell in cells)
        count = sum(cell.share[0] if cell.share else cell.kind in ("met", "made-up", "zero") for cell in cells)
        begun = column.occasion.opens_on <= on and any(cell.kind not in ("waived", "none") for cell in cells)
        found.append(count if asked or begun else None)
    return found


@dataclass(frozen=True, slots=True)
class Counters:
    """The sentence above the table, for the whole branch: the present occasion, and what is left of those before."""

    present: Occasion | None
    sums: Tally
    overdue: int  # duties of earlier occasions that are still owed
    missing: int  # units that a reminder for `reminded` would reach
    reminded: Occasion | None


def counters(requirement: Requirement, unit: Unit, *, on: date) -> Counters:
    occasions = list(requirement.occasions.filter(opens_on__lte=on).order_by("no"))
    if not occasions:
        return Counters(None, Tally(), 0, 0, None)
    sums = tally(requirement, [(unit.no, unit.last)], on=on, occasions=occasions)[0]
    present = occasions[-1]
    left = [each for each in reversed(occasions) if sums[each.no].open + sums[each.no].overdue]
    reminded = left[0] if left else None
    missing = sums[reminded.no].open + sums[reminded.no].overdue if reminded else 0
    overdue = sum(sums[each.no].overdue for each in occasions[:-1])
    return Counters(present, sums[present.no], overdue, missing, reminded)
