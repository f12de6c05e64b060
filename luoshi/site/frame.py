"""What the frame around every page shows: navigation, campaign, unit, account, last checkpoint."""

from datetime import date
from functools import partial
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from luoshi import __version__
from luoshi.campaigns.desk import waiting
from luoshi.campaigns.models import Campaign
from luoshi.campaigns.scope import Scope
from luoshi.gate.actor import Actor
from luoshi.gate.policy import may
from luoshi.gate.rules import ADMINISTRATORS, ROLE_NAMES
from luoshi.journal import clock
from luoshi.journal.log import last_checkpoint
from luoshi.orgs.models import Unit, User
from luoshi.page.frame import Account, Chooser, Crumb, Footnote, NavGroup, NavItem


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of page/base.html, and of what visitors see; fragments get nothing, error pages without a session only the demo's day."""
    if getattr(request, "htmx", False):
        return {}
    user = getattr(request, "user", None)
    demo_day = getattr(request, "today", None) if clock.is_demo() else None
    if isinstance(user, AnonymousUser) and hasattr(request, "today"):
        return {"demo_day": demo_day} | _for_visitors(request)
    if not isinstance(user, User) or not hasattr(request, "scope"):
        return {"demo_day": demo_day}
    actor, scope = request.actor, request.scope  # type: ignore[attr-defined]
    return {
        "demo_day": demo_day,
        "nav": _navigation(request, actor),
        "bar": _bar(request, actor),
        "chooser": _chooser(scope),
        "crumbs": _crumbs(request, scope.unit),
        "scope_url": _address("orgs:units"),
        "search_url": _address("site:search"),
        "account": _account(user, actor),
        "checkpoint": _footnote(actor),
    }


def _for_visitors(request: HttpRequest) -> dict[str, Any]:
    """Asked by the templates that show it, so that the others cost nothing."""
    return {
        "installation": partial(_installation, on=request.today),  # type: ignore[attr-defined]
        "public_places": _public_places,
        "last_signed": _last_signed,
        "version": __version__,
    }


def _installation(*, on: date) -> str:
    """Whose installation this is: the unit at its root, and the campaign where only one is on."""
    root = Unit.objects.filter(no__gt=0).order_by("no").first()
    if root is None:
        return ""
    running = Campaign.objects.filter(starts_on__lte=on, ends_on__gte=on) or Campaign.objects.order_by("-starts_on")[:1]
    if len(running) != 1:
        return root.title
    return pgettext("whose installation", "%(unit)s, %(campaign)s") % {"unit": root.title, "campaign": running[0]}


def _public_places() -> list[dict[str, str]]:
    """What needs no login."""
    places = [
        (
            "reports:verify",
            _("Verify a report"),
            _("Type the code on the report or choose its file, and see whether it agrees with the ledger."),
        )
    ]
    return [{"url": url, "label": label, "words": words} for name, label, words in places if (url := _address(name))]


def _item(request: HttpRequest, label: str, name: str, count: int | None = None) -> NavItem:
    url = reverse(name)
    current = request.path == url or (url != "/" and request.path.startswith(url))
    return NavItem(label=label, url=url, count=count, current=current)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _waiting(request: HttpRequest, actor: Actor) -> int | None:
    """How many of the reader's own duties are open or overdue; nothing is shown where none is."""
    campaign = request.scope.campaign  # type: ignore[attr-defined]
    return waiting(actor, campaign, on=request.today) or None if campaign else None  # type: ignore[attr-defined]


def _items(request: HttpRequest, *entries: tuple[str, str, str], count: int | None = None) -> list[NavItem]:
    """Entries are (label, name of the address, action that opens it, "" for everybody); what leads nowhere is left out."""
    found = []
    for label, name, action in entries:
        if action and not may(request.actor, action):  # type: ignore[attr-defined]
            continue
        try:
            found.append(_item(request, label, name, count))
        except NoReverseMatch:
            continue
    return found


def _navigation(request: HttpRequest, actor: Actor) -> list[NavGroup]:
    administration = NavGroup(
        label=_("Administration"),
        items=_items(
            request,
            (_("Units and people"), "orgs:units", ""),
            (_("Packs"), "packs:index", "campaign.see"),
            (_("Journal"), "site:journal", "journal.see"),
            (_("Settings"), "orgs:settings", ""),
        ),
    )
    if actor.roles() and actor.roles() <= ADMINISTRATORS:
        return [NavGroup(items=_items(request, (_("Workbench"), "site:workbench", ""))), administration]
    groups = [
        NavGroup(
            items=[
                *_items(request, (_("Workbench"), "site:workbench", ""), count=_waiting(request, actor)),
                *_items(
                    request,
                    (_("Cockpit"), "site:cockpit", "figure.see"),
                    (_("Plan"), "campaigns:plan", "campaign.see"),
                ),
            ]
        ),
        NavGroup(label=_("Work"), items=_items(request, (_("Study"), "activities:ledger", "activity.see"))),
        NavGroup(
            label=_("Figures and reports"),
            items=_items(
                request,
                (_("Figures"), "figures:index", "figure.see"),
                (_("Reports"), "reports:index", "report.see"),
                (_("Text check"), "textcheck:check", "text.check"),
            ),
        ),
        administration,
    ]
    return [group for group in groups if group.items]


def _bar(request: HttpRequest, actor: Actor) -> list[NavItem]:
    """Whoever records nothing looks instead."""
    recording = (_("Record"), "activities:record", "activity.record")
    looking = (_("Cockpit"), "site:cockpit", "figure.see")
    return _items(
        request,
        (_("Workbench"), "site:workbench", ""),
        recording if may(actor, "activity.record") else looking,
        (_("Ledger"), "activities:ledger", "activity.see"),
        (_("Me"), "orgs:me", ""),
    )


def _chooser(scope: Scope) -> Chooser | None:
    if scope.campaign is None:
        return None
    campaigns = Campaign.objects.order_by("-starts_on")
    return Chooser(
        label=str(scope.campaign),
        note=_("%(start)s to %(end)s") % {"start": scope.campaign.starts_on, "end": scope.campaign.ends_on},
        choices=[
            NavItem(label=str(each), url=f"?campaign={each.code}", current=each.pk == scope.campaign.pk)
            for each in campaigns
        ],
    )


def _crumbs(request: HttpRequest, unit: Unit) -> list[Crumb]:
    above = Unit.objects.filter(no__lt=unit.no, last__gte=unit.last, no__gt=0).order_by("no")
    crumbs = [Crumb(label=each.title, url=f"{request.path}?unit={each.code}") for each in above]
    return [*crumbs, Crumb(label=unit.title, url=f"{request.path}?unit={unit.code}")]


def _account(user: User, actor: Actor) -> Account:
    roles = [str(ROLE_NAMES[grant.role]) for grant in actor.grants]
    items = [NavItem(label=_("My account"), url=_address("orgs:me"))]
    return Account(
        name=user.name,
        role=roles[0] if roles else _("no role"),
        logout_url="/logout/",
        items=items,
        key=user.pseudonym,
    )


def _footnote(actor: Actor) -> Footnote | None:
    return _last_signed() if actor.grants else None


def _last_signed() -> Footnote | None:
    last = last_checkpoint()
    if last is None:
        return None
    return Footnote(
        label=_("Checkpoint %(number)s") % {"number": f"{last.number:,}"},
        note=_("signed %(at)s") % {"at": date_format(timezone.localtime(last.at), "Y-m-d H:i")},
    )
