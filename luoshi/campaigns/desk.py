"""案头 — what stands before one reader: duties in the order of their limit, with the one act that each needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from luoshi.campaigns.duties import Duty, State, owed, stated, unmet
from luoshi.campaigns.models import Campaign, Occasion, Reminder, Requirement, Waiver
from luoshi.campaigns.queries import own_units, reminders, withdrawn_waivers
from luoshi.campaigns.tallies import Tally, tallies
from luoshi.campaigns.wording import class_words
from luoshi.gate.actor import Actor
from luoshi.gate.policy import Span, spans
from luoshi.gate.scope import within
from luoshi.lib.periods import monday_of, week_of
from luoshi.lib.recurrence import Frequency
from luoshi.lib.workdays import workdays_between
from luoshi.orgs.models import Unit

WEEK = timedelta(weeks=1)
SHOWN = 200  # of one's own duties at once
QUARTERLY = "3,6,9,12"  # BYMONTH of what is due once in each quarter
MANY_UNITS = 200  # a larger branch is told in sums, not in rows


@dataclass(frozen=True, slots=True)
class Task:
    """One duty as a line: light, words, title, and its one act."""

    duty: Duty
    requirement: Requirement
    unit: Unit
    title: str
    class_words: str
    workdays_left: int
    left: str
    record_url: str
    may_zero: bool
    reminders: Sequence[Reminder]
    taken_back: Waiver | None  # the waiver that was withdrawn, where there was one

    @property
    def act(self) -> str:
        return _("Make up") if self.workdays_left < 0 else _("Record")

    @property
    def key(self) -> str:
        return f"{self.duty.requirement}-{self.duty.unit}-{self.duty.no}"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many duties of this and the next week are overdue, near their limit, and on course."""

    overdue: int
    near: int
    on_course: int

    @property
    def all(self) -> int:
        return self.overdue + self.near + self.on_course


def until_next_sunday(on: date) -> date:
    """The last day of the next week: what falls due later is not shown yet."""
    return monday_of(on) + 2 * WEEK - timedelta(days=1)


def pending(actor: Actor, campaign: Campaign, *, on: date, units: Sequence[int] | None = None) -> QuerySet[Any]:
    """What is still owed and falls due by the end of the next week, in the order of due days. units: only these."""
    rows: QuerySet[Any] = unmet(owed(until=until_next_sunday(on))).filter(requirement__campaign=campaign)
    rows = rows.filter(opens_on__lte=on)
    rows = rows.filter(unit__in=units) if units is not None else rows.filter(within(actor, "duty.see"))
    return rows.order_by("due_on", "unit__no", "requirement")


def waiting(actor: Actor, campaign: Campaign, *, on: date) -> int:
    """How many of the reader's own duties are open or overdue: one query, for the count in the navigation."""
    own = own_units(actor)
    return pending(actor, campaign, on=on, units=own).count() if own else 0


def tasks(actor: Actor, rows: QuerySet[Any], *, on: date) -> list[Task]:
    """Rows of `pending` as lines, what is due first on top; an extension moves a duty to its later day."""
    duties = [duty for duty in stated(rows, on=on) if duty.state in (State.OPEN, State.OVERDUE)]
    duties.sort(key=lambda duty: (duty.limit_on, duty.requirement, duty.unit))
    requirements = Requirement.objects.select_related("campaign").in_bulk({duty.requirement for duty in duties})
    units = Unit.objects.in_bulk({duty.unit for duty in duties})
    reminded = reminders((duty.requirement, duty.no) for duty in duties) if duties else {}
    withdrawn = withdrawn_waivers(duty.key for duty in duties) if duties else {}
    may_record = _places(actor, "activity.record")
    return [
        _task(
            duty,
            requirements[duty.requirement],
            units[duty.unit],
            reminded,
            withdrawn.get(duty.key),
            duty.unit in may_record,
            on,
        )
        for duty in duties
    ]


def _places(actor: Actor, action: str) -> set[int]:
    return {span.unit for span in spans(actor, action) if span.unit is not None}


def _task(
    duty: Duty,
    requirement: Requirement,
    unit: Unit,
    reminded: Mapping[tuple[int, int], Sequence[Reminder]],
    taken_back: Waiver | None,
    may_record: bool,
    on: date,
) -> Task:
    left = workdays_between(on, duty.limit_on)
    if left >= 0 and on > duty.limit_on:
        left = -1  # over, though only days off lie between
    own = [each for each in reminded.get((duty.requirement, duty.no), ()) if each.unit.no <= unit.no <= each.unit.last]
    return Task(
        duty=duty,
        requirement=requirement,
        unit=unit,
        title=occasion_title(requirement, duty.no, duty.nominal_on),
        class_words=class_words(requirement),
        workdays_left=left,
        left=left_words(left),
        record_url=_record_url(requirement, unit, duty.no) if may_record and requirement.kinds else "",
        may_zero=may_record and requirement.zero_report,
        reminders=own,
        taken_back=taken_back,
    )


def left_words(left: int) -> str:
    """剩 2 个工作日, 今日到期, 逾期 1 个工作日."""
    if left < 0:
        return ngettext("%(count)d workday overdue", "%(count)d workdays overdue", -left) % {"count": -left}
    if left == 0:
        return _("due today")
    return ngettext("%(count)d workday left", "%(count)d workdays left", left) % {"count": left}


def occasion_title(requirement: Requirement, no: int, nominal_on: date) -> str:
    """主题党日（11 月）, 党课（第 4 季度）, 进展周报（第 12 期）; a one-off has its title alone.

    nominal_on: the due day before any shift, so that what is put off to October still is September's.
    """
    if requirement.by is not None:
        return str(requirement)
    rule = dict(part.partition("=")[::2] for part in requirement.rule.upper().split(";"))
    once_a_month = "," not in rule.get("BYMONTHDAY", "") + rule.get("BYDAY", "")
    if rule.get("FREQ") == Frequency.MONTHLY.upper() and once_a_month:
        if rule.get("BYMONTH") == QUARTERLY:
            quarter = (nominal_on.month + 2) // 3
            return _("%(title)s (quarter %(quarter)d)") % {"title": requirement, "quarter": quarter}
        return _("%(title)s (month %(month)d)") % {"title": requirement, "month": nominal_on.month}
    return _("%(title)s (no. %(number)d)") % {"title": requirement, "number": no}


def _record_url(requirement: Requirement, unit: Unit, no: int) -> str:
    try:
        address = reverse("activities:record")
    except NoReverseMatch:
        return ""
    asked = {"kind": requirement.kinds[0], "occasion": f"{requirement.code}#{no}", "unit": unit.code}
    return f"{address}?{urlencode(asked)}"


def counted(some: Sequence[Task]) -> Counts:
    overdue = sum(task.workdays_left < 0 for task in some)
    near = sum(0 <= task.workdays_left <= 3 for task in some)
    return Counts(overdue, near, len(some) - overdue - near)


@dataclass(frozen=True, slots=True)
class LastWeek:
    """What fell due last week and how it went."""

    due: int
    on_time: int
    made_up: int
    missing: int

    def __str__(self) -> str:
        words = [
            ngettext("%(count)d duty fell due last week", "%(count)d duties fell due last week", self.due)
            % {"count": self.due},
            _("%(count)d done in time") % {"count": self.on_time},
        ]
        if self.made_up:
            words.append(_("%(count)d made up") % {"count": self.made_up})
        if self.missing:
            words.append(_("%(count)d still owed") % {"count": self.missing})
        return pgettext("parts of a sentence", ", ").join(words)


def last_week(campaign: Campaign, units: Sequence[int], *, on: date) -> LastWeek | None:
    """The outcome of last week for some units; None when nothing fell due."""
    week = week_of(on).preceding()
    rows = owed(since=week.first_on, until=week.last_on).filter(requirement__campaign=campaign, unit__in=units)
    states = [duty.state for duty in stated(rows, on=on) if duty.state != State.WAIVED]
    if not states:
        return None
    on_time = states.count(State.MET) + states.count(State.ZERO)
    missing = states.count(State.OVERDUE) + states.count(State.OPEN)
    return LastWeek(len(states), on_time, states.count(State.MET_LATE), missing)


@dataclass(frozen=True, slots=True)
class Progress:
    """One occasion of this week or the next for a whole branch, in sums."""

    occasion: Occasion
    title: str
    sums: Tally
    workdays_left: int
    left: str


def wide_branches(actor: Actor) -> list[Span]:
    """The branches, not single units, in which the reader sees who owes what."""
    return [span for span in spans(actor, "duty.see") if span.unit is None]


def progress(campaign: Campaign, branch: Span, *, on: date) -> list[Progress]:
    """What falls due around today in a branch, each occasion in one line: for those who cannot read thousands of rows."""
    occasions = list(
        Occasion.objects.filter(
            requirement__campaign=campaign, due_on__gte=on - WEEK, due_on__lte=until_next_sunday(on), opens_on__lte=on
        )
        .select_related("requirement__campaign")
        .order_by("due_on", "requirement__order", "requirement")
    )
    requirements = list({each.requirement_id: each.requirement for each in occasions}.values())
    sums = tallies(requirements, [(branch.first, branch.last)], on=on, occasions=occasions) if occasions else {}
    found = []
    for each in occasions:
        tally = sums[(0, each.pk)]
        if tally.asked:
            left = workdays_between(on, each.due_on)
            left = -1 if left >= 0 and on > each.due_on else left
            title = occasion_title(each.requirement, each.no, each.nominal_on)
            words = left_words(left) if tally.open or tally.overdue else _("all done")
            found.append(Progress(each, title, tally, left, words))
    return found
