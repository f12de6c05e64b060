"""Accounts of others: opened with slips, reset, frozen, handed over; roles and mandates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from luoshi.gate.history import events
from luoshi.gate.policy import may
from luoshi.gate.request import Request
from luoshi.gate.rules import ADMINISTRATORS, ROLE_NAMES, Role
from luoshi.journal import clock
from luoshi.orgs.adapters import qr_address
from luoshi.orgs.forms import AccountsForm, GrantForm, HandOverForm, MandateForm
from luoshi.orgs.models import Draft, Grant, Token, Unit, User
from luoshi.orgs.operations import (
    CODE_DAYS,
    Slip,
    create_accounts,
    end_grant,
    end_mandate,
    freeze_user,
    give_grant,
    give_mandate,
    hand_over,
    reset_user,
    thaw_user,
)
from luoshi.orgs.queries import (
    PICKED,
    accounts,
    accounts_below,
    administrators,
    grants,
    mandates_of,
    names_of,
    units_for_accounts,
)
from luoshi.orgs.views.pages import check_may, form_page, not_there, trail_of, unit_at
from luoshi.page.forms import Form
from luoshi.sheets.columns import Choice, Code, Day, Text
from luoshi.sheets.filters import ChoiceFilter
from luoshi.sheets.table import Show, Table
from luoshi.sheets.views import list_page

STATES = [
    ("live", pgettext_lazy("account", "in use")),
    ("waiting", gettext_lazy("waiting for its holder")),
    ("frozen", gettext_lazy("frozen")),
]


def state_of(user: User) -> str:
    if user.frozen:
        return "frozen"
    return "waiting" if user.must_change_password else "live"


ACCOUNTS = Table(
    "accounts",
    title=pgettext_lazy("who signs in", "Accounts"),
    columns=[
        Show(
            Code("username", gettext_lazy("account name")),
            sort="username",
            link=lambda user: reverse("orgs:account", args=[user.pk]),
            css="ls-name",
        ),
        Show(Text("name", pgettext_lazy("of a person", "name")), sort="name"),
        Show(Text("unit", pgettext_lazy("of an account", "unit"), source="unit.title"), sort="unit__no"),
        Show(Choice("state", pgettext_lazy("of an account", "state"), choices=STATES, source=state_of), css="ls-state"),
    ],
    filters=[
        ChoiceFilter(
            "frozen", gettext_lazy("frozen"), choices=[(True, gettext_lazy("yes")), (False, gettext_lazy("no"))]
        )
    ],
    search=("username__icontains", "name__icontains", "unit__name__icontains", "unit__pinyin__startswith"),
    search_hint=gettext_lazy("Account, name or unit"),
    order="unit",
    per=50,
    empty=gettext_lazy("There are no accounts here yet."),
)

GRANTS = Table(
    "grants",
    title=gettext_lazy("Roles and mandates"),
    columns=[
        Show(
            Text("user", pgettext_lazy("of a grant", "account"), source="user.name"), sort="user__name", css="ls-name"
        ),
        Show(Text("from", pgettext_lazy("of an account", "belongs to"), source="user.unit.title")),
        Show(
            Choice("role", gettext_lazy("role"), choices=[(role.value, ROLE_NAMES[role]) for role in Role]), sort="role"
        ),
        Show(Text("unit", gettext_lazy("over the branch of"), source="unit.title"), sort="unit__no"),
        Show(Text("sector", gettext_lazy("sector"), source="sector.name")),
        Show(Day("since", gettext_lazy("valid from"), source="valid_from"), sort="valid_from"),
        Show(Day("until", gettext_lazy("until"), source="valid_until"), sort="valid_until"),
        Show(Text("act", pgettext_lazy("column", "act"), source="pk"), template="orgs/parts/end_grant.html"),
    ],
    filters=[ChoiceFilter("role", gettext_lazy("role"), choices=[(role.value, ROLE_NAMES[role]) for role in Role])],
    search=("user__name__icontains", "user__username__icontains", "unit__name__icontains", "unit__pinyin__startswith"),
    search_hint=gettext_lazy("Account or unit"),
    order="unit",
    per=50,
    empty=gettext_lazy("Nobody holds a role here."),
)


@require_GET
def settings_page(request: Request) -> HttpResponse:
    """What there is to set, as far as the reader may."""
    actor = request.actor
    own = Unit.objects.filter(pk=actor.unit or 0).first()
    context = {
        "own": own,
        "may_accounts": may(actor, "user.see"),
        "may_grants": may(actor, "grant.see"),
        "may_mandates": own is not None and may(actor, "mandate.give", own.place()),
        "may_tokens": own is not None and may(actor, "token.create", own.place()),
        "administrators": administrators(on=request.today)
        if actor.roles() & (ADMINISTRATORS | {Role.OFFICE})
        else None,
    }
    return render(request, "orgs/settings.html", context)


# ── Accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────


@require_GET
def all_accounts(request: Request) -> HttpResponseBase:
    check_may(request, "user.see")
    context = {"unit": None, "trail": (), "open_url": _where_to_open(request)}
    return list_page(request, ACCOUNTS, accounts(request.actor), template="orgs/accounts.html", context=context)


def _where_to_open(request: Request) -> str:
    widest = next((grant.unit for grant in request.actor.grants), None)
    unit = Unit.objects.filter(pk=widest or 0).first()
    return (
        reverse("orgs:accounts-new", args=[unit.code]) if unit is not None and may(request.actor, "user.create") else ""
    )


@require_GET
def unit_accounts(request: Request, code: str) -> HttpResponseBase:
    here = unit_at(code)
    check_may(request, "user.see", here)
    offers = may(request.actor, "user.create")
    context = {
        "unit": here,
        "trail": trail_of(here, with_itself=True),
        "open_url": reverse("orgs:accounts-new", args=[here.code]) if offers else "",
    }
    rows = accounts_below(request.actor, here)
    return list_page(request, ACCOUNTS, rows, template="orgs/accounts.html", context=context, unit=str(here))


@never_cache
@require_http_methods(["GET", "POST"])
def new_accounts(request: Request, code: str) -> HttpResponse:
    """Tick units below; the answer is the sheet of slips, which cannot be had a second time."""
    above = unit_at(code)
    offered = units_for_accounts(request.actor, above)
    # A liaison opens accounts below the own unit: the right stands at the units offered, not at the one above them.
    check_may(request, "user.create", None if offered.exists() else above)
    form = AccountsForm(request.POST or None, units=offered)
    if form.is_valid():
        with form.refusals():
            slips = create_accounts(request.actor, above, units=list(form.cleaned_data["units"]), key=form.key)
            if slips is not None:
                return slips_page(request, slips, back=reverse("orgs:unit-accounts", args=[above.code]))
            messages.warning(
                request, _("These accounts were opened already. To print a slip again, reset the account.")
            )
            return redirect("orgs:unit-accounts", above.code)
    ticked = set(request.POST.getlist("units"))
    rows = [{"unit": unit, "ticked": str(unit.pk) in ticked or not (ticked or unit.has_accounts)} for unit in offered]
    context = {"form": form, "rows": rows, "unit": above, "trail": trail_of(above, with_itself=True)}
    return render(request, "orgs/accounts_new.html", context, status=form.status)


@dataclass(frozen=True, slots=True)
class Printed:
    """One slip as it is printed."""

    user: User
    code: str
    url: str
    qr: str


def slips_page(request: Request, slips: Sequence[Slip], *, back: str) -> HttpResponse:
    printed = []
    for slip in slips:
        url = request.build_absolute_uri(reverse("orgs:activate", args=[slip.user.username]))
        printed.append(Printed(slip.user, slip.code, url, qr_address(url)))
    context = {"slips": printed, "back": back, "days": CODE_DAYS}
    response = render(request, "orgs/slips.html", context)
    response["Cache-Control"] = "no-store"
    return response


def account_at(request: Request, pk: int) -> User:
    user = accounts(request.actor).filter(pk=pk).first()
    if user is None:
        raise not_there()
    return user


@require_GET
def account(request: Request, pk: int) -> HttpResponse:
    user = account_at(request, pk)
    place = user.unit.place()
    own = user.pk == request.actor.user
    context = {
        "user_row": user,
        "state": dict(STATES)[state_of(user)],
        "rights": {
            name: may(request.actor, f"user.{name}", place) and not own for name in ("reset", "freeze", "hand_over")
        },
        "grants": Grant.objects.filter(user=user).select_related("unit", "sector").order_by("-valid_from", "-pk"),
        "tokens": Token.objects.filter(user=user, ended_at__isnull=True),
        "drafts": Draft.objects.filter(user=user).count(),
        "code_until": user.code_expires_at and clock.told(user.code_expires_at),
        "trail": trail_of(user.unit, with_itself=True)[:-1],
        "history": events(user.ref, names=names_of, most=30),
        "now": request.now,
    }
    return render(request, "orgs/account.html", context)


@require_GET
def pick_account(request: Request) -> JsonResponse:
    text = request.GET.get("q", "").strip()[:60]
    rows = accounts(request.actor).filter(frozen=False)
    found = (
        rows.filter(username__icontains=text)
        | rows.filter(name__icontains=text)
        | rows.filter(unit__name__icontains=text)
    )
    results: list[dict[str, Any]] = [
        {"value": user.pk, "label": user.name or user.username, "note": f"{user.username} {user.unit.title}"}
        for user in (found[:PICKED] if text else [])
    ]
    return JsonResponse({"results": results})


@never_cache
@require_http_methods(["GET", "POST"])
def reset(request: Request, pk: int) -> HttpResponse:
    user = account_at(request, pk)
    check_may(request, "user.reset", user.unit)
    form = Form(request.POST or None, version=user.version)
    back = reverse("orgs:account", args=[user.pk])
    if form.is_valid():
        with form.refusals():
            slip = reset_user(request.actor, user, seen=form.version, key=form.key)
            if slip is not None:
                return slips_page(request, [slip], back=back)
            messages.warning(
                request, _("The account was reset already; its code was shown then. Reset it again for a new one.")
            )
            return redirect(back)
    words = _(
        "The password and the second factor end, open sessions too. You get a slip with a one-time code to hand over."
    )
    title = _("Reset the account %(name)s") % {"name": user.username}
    return form_page(request, form, title=title, submit=_("Reset"), back=back, words=words)


@require_http_methods(["GET", "POST"])
def freeze(request: Request, pk: int) -> HttpResponse:
    """Freeze an account, or thaw it."""
    user = account_at(request, pk)
    check_may(request, "user.freeze", user.unit)
    form = Form(request.POST or None, version=user.version)
    back = reverse("orgs:account", args=[user.pk])
    if form.is_valid():
        act = thaw_user if user.frozen else freeze_user
        with form.refusals():
            act(request.actor, user, seen=form.version, key=form.key)
            return redirect(back)
    if user.frozen:
        title, submit, words = (
            _("Thaw the account %(name)s"),
            _("Thaw"),
            _("The holder can sign in again with the old password."),
        )
    else:
        title, submit, words = (
            _("Freeze the account %(name)s"),
            _("Freeze"),
            _("Nobody can sign in with it; who is signed in is out."),
        )
    return form_page(request, form, title=title % {"name": user.username}, submit=submit, back=back, words=words)


@require_http_methods(["GET", "POST"])
def hand_on(request: Request, pk: int) -> HttpResponse:
    user = account_at(request, pk)
    check_may(request, "user.hand_over", user.unit)
    form = HandOverForm(request.POST or None, actor=request.actor, version=user.version)
    back = reverse("orgs:account", args=[user.pk])
    if form.is_valid():
        with form.refusals():
            hand_over(request.actor, user, **form.cleaned_data, seen=form.version, key=form.key)
            messages.success(request, _("The work was handed over, and the old account is frozen."))
            return redirect("orgs:account", form.cleaned_data["to"].pk)
    words = _(
        "Roles, mandates and drafts go to the other account; its tokens end. Tasks belong to the unit and stay there."
    )
    title = _("Hand over the work of %(name)s") % {"name": user}
    return form_page(request, form, title=title, submit=_("Hand over"), back=back, words=words)


# ── Roles and mandates ────────────────────────────────────────────────────────────────────────────────────────────


@require_GET
def all_grants(request: Request) -> HttpResponseBase:
    check_may(request, "grant.see")
    return _grants_page(request, None)


@require_GET
def unit_grants(request: Request, code: str) -> HttpResponseBase:
    here = unit_at(code)
    check_may(request, "grant.see", here)
    return _grants_page(request, here)


def _grants_page(request: Request, here: Unit | None) -> HttpResponseBase:
    rows = grants(request.actor, on=request.today)
    if here is not None:
        rows = rows.filter(unit__no__range=(here.no, here.last))
    give = here is not None and may(request.actor, "grant.give", here.place())
    context = {
        "unit": here,
        "trail": trail_of(here, with_itself=True) if here is not None else (),
        "give_url": reverse("orgs:grant-new", args=[here.code]) if give and here is not None else "",
    }
    return list_page(request, GRANTS, rows, template="orgs/grants.html", context=context, unit=str(here or ""))


@require_http_methods(["GET", "POST"])
def new_grant(request: Request, code: str) -> HttpResponse:
    here = unit_at(code)
    check_may(request, "grant.give", here)
    form = GrantForm(request.POST or None, actor=request.actor)
    back = reverse("orgs:unit-grants", args=[here.code])
    if form.is_valid():
        with form.refusals():
            give_grant(request.actor, here, **form.cleaned_data, key=form.key)
            return redirect(back)
    title = _("Give a role over the branch of %(unit)s") % {"unit": here}
    return form_page(request, form, title=title, submit=_("Give"), back=back, trail=trail_of(here, with_itself=True))


@require_http_methods(["GET", "POST"])
def leave_grant(request: Request, pk: int) -> HttpResponse:
    grant = grants(request.actor, on=request.today).filter(pk=pk).first()
    if grant is None:
        raise not_there()
    check_may(request, "grant.end", grant.unit)
    form = Form(request.POST or None, version=grant.version)
    back = reverse("orgs:unit-grants", args=[grant.unit.code])
    if form.is_valid():
        with form.refusals():
            end_grant(request.actor, grant, seen=form.version, key=form.key)
            return redirect(back)
    title = _("End the role of %(name)s: %(role)s at %(unit)s") % {
        "name": grant.user,
        "role": grant.get_role_display(),
        "unit": grant.unit.title,
    }
    return form_page(request, form, title=title, submit=_("End today"), back=back)


@require_http_methods(["GET", "POST"])
def mandates(request: Request, code: str) -> HttpResponse:
    """Who may record for the unit; give and end."""
    here = unit_at(code)
    check_may(request, "mandate.give", here)
    form = MandateForm(request.POST or None)
    if form.is_valid():
        with form.refusals():
            give_mandate(request.actor, here, **form.cleaned_data, key=form.key)
            return redirect("orgs:mandates", here.code)
    context = {
        "form": form,
        "unit": here,
        "rows": mandates_of(here),
        "today": request.today,
        "trail": trail_of(here, with_itself=True),
    }
    return render(request, "orgs/mandates.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
def leave_mandate(request: Request, pk: int) -> HttpResponse:
    mandate = get_object_or_404(Grant.objects.select_related("unit", "user"), pk=pk, role=Role.DELEGATE)
    check_may(request, "mandate.end", mandate.unit)
    form = Form(request.POST or None, version=mandate.version)
    back = reverse("orgs:mandates", args=[mandate.unit.code])
    if form.is_valid():
        with form.refusals():
            end_mandate(request.actor, mandate, seen=form.version, key=form.key)
            return redirect(back)
    title = _("End the mandate of %(name)s for %(unit)s") % {"name": mandate.user, "unit": mandate.unit.title}
    return form_page(request, form, title=title, submit=_("End today"), back=back)
