"""工作台 — what the reader owes, what waits for an answer, what is late; each one click from done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luoshi.activities.models import Activity
from luoshi.campaigns.desk import (
    MANY_UNITS,
    SHOWN,
    Counts,
    LastWeek,
    Progress,
    Task,
    counted,
    last_week,
    pending,
    progress,
    tasks,
    wide_branches,
)
from luoshi.campaigns.models import Campaign, Notice
from luoshi.campaigns.queries import notices, own_units, unsigned
from luoshi.campaigns.scope import ScopedRequest
from luoshi.gate.actor import Actor
from luoshi.gate.rules import ADMINISTRATORS
from luoshi.gate.scope import within
from luoshi.lib.periods import monday_of, week_of
from luoshi.orgs.drafts import drafts_of
from luoshi.orgs.models import Unit
from luoshi.page.frame import NavItem
from luoshi.page.paginator import Page, page_of

ROWS = 50
NEWEST = 5
TABS = ("duties", "inbox", "drafts", "notices")


@dataclass(frozen=True, slots=True)
class Inbox:
    """待我处理 — what waits for an answer of the reader's units: returned, recorded by a delegate, to be signed for."""

    returned: Sequence[Activity]
    delegated: Sequence[Activity]
    to_sign: Sequence[tuple[Notice, Unit]]

    def __len__(self) -> int:
        return len(self.returned) + len(self.delegated) + len(self.to_sign)


@dataclass(frozen=True, slots=True)
class Board:
    """应办 — the reader's own duties, or those of the whole branch: as rows, or in sums where the branch is large."""

    tasks: Sequence[Task]
    counts: Counts
    page: Page[Any] | None
    sums: Sequence[Progress]
    more: int  # duties beyond those shown
    units: int  # of the branch, where it is told in sums


def workbench(request: ScopedRequest) -> HttpResponse:
    roles = request.actor.roles()
    if not roles or roles <= ADMINISTRATORS:
        return render(request, "site/workbench_administration.html", {"nobody": not roles})
    campaign = request.scope.campaign
    if campaign is None:
        return render(request, "site/workbench_none.html", {})
    own = own_units(request.actor)
    branch = _branch(request.actor)
    board, whole = _board(request, campaign, own, wide=branch is not None)
    latest = list(notices(request.actor).filter(campaign=campaign)[: NEWEST * 4])
    inbox = _inbox(request.actor, own, latest)
    drafts = drafts_of(request.user, at=request.now)[:NEWEST]
    context = {
        "unit": request.scope.unit,
        "now": request.now,
        "today": request.today,
        "week": _week(request, campaign),
        "board": board,
        "whole": whole,
        "whose": _whose(own, branch is not None, whole),
        "last_week": _last_week(request, campaign, own),
        "inbox": inbox,
        "waiting": {(notice.pk) for notice, _unit in inbox.to_sign},
        "notices": latest[:NEWEST],
        "drafts": drafts,
    }
    return render(request, "site/workbench.html", context | _tabs(request, board, len(inbox), len(drafts)))


def _branch(actor: Actor) -> Any:
    """The widest branch in which the reader sees who owes what; None for those who see single units only."""
    return max(wide_branches(actor), key=lambda span: span.last - span.first, default=None)


def _board(request: ScopedRequest, campaign: Campaign, own: Sequence[int], *, wide: bool) -> tuple[Board, bool]:
    """What was chosen; at first one's own duties, or those of the branch where one has none of one's own."""
    chosen = request.GET.get("whose", "")
    if not wide or (own and chosen != "all"):
        mine = _own(request, campaign, own)
        if not wide or chosen == "mine" or mine.tasks:
            return mine, False
    return _whole(request, campaign), True


def _own(request: ScopedRequest, campaign: Campaign, own: Sequence[int]) -> Board:
    rows = pending(request.actor, campaign, on=request.today, units=own)
    found = tasks(request.actor, rows[:SHOWN], on=request.today)
    more = max(0, rows.count() - SHOWN) if len(found) >= SHOWN else 0
    return Board(found, counted(found), None, (), more, 0)


def _whole(request: ScopedRequest, campaign: Campaign) -> Board:
    """The whole branch; where it is large, each occasion in one line with how many have done it."""
    branch = _branch(request.actor)
    units = Unit.objects.filter(no__range=(branch.first, branch.last)).count()
    if units > MANY_UNITS:
        sums = progress(campaign, branch, on=request.today)
        return Board((), _sum_counts(sums), None, sums, 0, units)
    rows: QuerySet[Any] = pending(request.actor, campaign, on=request.today)
    page = page_of(rows, request, size=ROWS)
    found = tasks(request.actor, rows[page.first - 1 : page.first - 1 + page.size], on=request.today)
    counts = counted(found if page.pages == 1 else tasks(request.actor, rows, on=request.today))
    return Board(found, counts, page, (), 0, 0)


def _sum_counts(sums: Sequence[Progress]) -> Counts:
    overdue = sum(each.sums.overdue for each in sums)
    near = sum(each.sums.open for each in sums if each.workdays_left <= 3)
    return Counts(overdue, near, sum(each.sums.open for each in sums if each.workdays_left > 3))


def _whose(own: Sequence[int], wide: bool, whole: bool) -> list[NavItem]:
    if not own or not wide:
        return []
    return [
        NavItem(label=_("Mine"), url="?whose=mine", current=not whole),
        NavItem(label=_("The whole unit"), url="?whose=all", current=whole),
    ]


def _last_week(request: ScopedRequest, campaign: Campaign, own: Sequence[int]) -> LastWeek | None:
    return last_week(campaign, own[:SHOWN], on=request.today) if own else None


def _week(request: ScopedRequest, campaign: Campaign) -> int | None:
    if request.today > campaign.ends_on:
        return None
    return week_of(request.today, anchor=monday_of(campaign.starts_on)).number


def _inbox(actor: Actor, own: Sequence[int], latest: Sequence[Notice]) -> Inbox:
    rows = Activity.objects.select_related("unit", "kind", "mandate__user").order_by("-entered_on", "-pk")
    mine = rows.filter(unit__in=own)
    returned = mine.filter(within(actor, "activity.correct"), state=Activity.State.RETURNED)[:NEWEST]
    delegated = mine.filter(
        within(actor, "activity.answer"),
        mandate__isnull=False,
        answer=Activity.Answer.NONE,
        state=Activity.State.RECORDED,
    )[:NEWEST]
    return Inbox(list(returned), list(delegated), unsigned(latest, own) if own else [])


def _tabs(request: ScopedRequest, board: Board, inbox: int, drafts: int) -> dict[str, Any]:
    """On a phone one of the four parts is shown at a time."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    counts = (board.counts.all, inbox, drafts, None)
    labels = (
        _("Due"),
        _("Waiting"),
        _("Drafts"),
        pgettext("tab of the workbench", "Notices"),
    )
    views = [
        NavItem(label=label, url=f"?tab={name}", count=count, current=name == tab)
        for name, label, count in zip(TABS, labels, counts, strict=True)
    ]
    return {"tab": tab, "views": views}
