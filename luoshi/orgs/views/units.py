"""Units: the tree, one unit, and what can be done with it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from luoshi.gate.history import events
from luoshi.gate.policy import may
from luoshi.gate.request import Request
from luoshi.orgs.drafts import draft_url, drop_draft
from luoshi.orgs.forms import BranchForm, CloseForm, MergeForm, MoveForm, NewUnitForm, UnitForm
from luoshi.orgs.imports import unit_import
from luoshi.orgs.models import Membership, Unit
from luoshi.orgs.operations import change_unit, close_unit, create_unit, describe_branch, merge_units, move_unit
from luoshi.orgs.queries import (
    FOUND,
    PICKED,
    accounts,
    ancestors_of,
    children_of,
    grants,
    names_of,
    placements_of,
    posts_of,
    roster_counts,
    units_named,
)
from luoshi.orgs.views.pages import acts, check_may, form_page, not_there, trail_of, unit_at
from luoshi.sheets.views import import_page

HISTORY = 30

ACTS = (
    ("unit.change", "orgs:unit-change", gettext_lazy("Change")),
    ("unit.create", "orgs:unit-new", gettext_lazy("New unit below")),
    ("unit.import", "orgs:unit-import", gettext_lazy("Import units")),
    ("unit.move", "orgs:unit-move", gettext_lazy("Move")),
    ("unit.merge", "orgs:unit-merge", gettext_lazy("Merge")),
    ("unit.close", "orgs:unit-close", pgettext_lazy("unit", "Close")),
)


@require_GET
def units(request: Request) -> HttpResponse:
    """The tree, open down to the reader's own unit; or what a search finds."""
    text = request.GET.get("q", "").strip()[:60]
    if text:
        found = list(units_named(text)[: FOUND + 1])
        return render(
            request, "orgs/units_found.html", {"text": text, "found": found[:FOUND], "more": len(found) > FOUND}
        )
    at = Unit.objects.filter(code=request.GET.get("at", "")).first()
    own = at or Unit.objects.filter(pk=request.actor.unit or 0, no__gt=0).first()
    opened = [*ancestors_of(own), own] if own is not None else []
    return render(request, "orgs/units.html", {"branches": branches_open_to(opened), "own": own})


def branches_open_to(opened: list[Unit]) -> list[dict[str, object]]:
    """The roots with their children, and so on down the opened units: one query a level."""
    keys = {unit.pk for unit in opened}

    def level(parent: Unit | None) -> list[dict[str, object]]:
        return [
            {"unit": unit, "below": level(unit) if unit.pk in keys and unit.bears else None}
            for unit in children_of(parent)
        ]

    return level(None)


@require_GET
def children(request: HttpRequest, code: str) -> HttpResponse:
    """The units below one, for a branch that the reader opens."""
    branches = [{"unit": unit, "below": None} for unit in children_of(unit_at(code))]
    return render(request, "orgs/parts/branches.html", {"branches": branches})


@require_GET
def pick(request: HttpRequest) -> JsonResponse:
    """What a picker offers: units by name, pinyin or code; names are for everybody who is signed in."""
    text = request.GET.get("q", "").strip()[:60]
    rows = units_named(text)[:PICKED] if text else []
    results = [
        {
            "value": unit.pk,
            "label": unit.name,
            "note": f"{unit.parent.title if unit.parent else ''} {unit.code}".strip(),
        }
        for unit in rows
    ]
    return JsonResponse({"results": results})


@require_GET
def unit(request: Request, code: str) -> HttpResponse:
    here = unit_at(code)
    actor, on = request.actor, request.today
    context = {
        "unit": here,
        "trail": trail_of(here),
        "acts": acts(request, here, *ACTS) if here.closed_on is None else [],
        "children": list(children_of(here)[:201]) if here.no > 0 else [],
        "posts": posts_of(here, on=on),
        "kinds": kinds_on_roster(here, request),
        "may_see_roster": may(actor, "person.see", here.place()),
        "may_give_post": may(actor, "post.change", here.place()),
        "may_describe": here.kind == Unit.Kind.BRANCH
        and here.closed_on is None
        and may(actor, "unit.describe", here.place()),
        "may_mandate": may(actor, "mandate.give", here.place()),
        "placements": placements_of(here),
        "accounts": accounts(actor).filter(unit=here) if may(actor, "user.see", here.place()) else None,
        "grants": grants(actor, on=on).filter(unit=here) if may(actor, "grant.see", here.place()) else None,
        "history": history_of(request, here),
        "now": request.now,
    }
    return render(request, "orgs/unit.html", context)


def kinds_on_roster(unit: Unit, request: Request) -> list[tuple[str, int]]:
    counts = roster_counts(unit, on=request.today)
    return [(str(kind.label), counts[kind.value]) for kind in Membership.Kind if kind.value in counts]


def history_of(request: Request, unit: Unit) -> list[object]:
    """What was done to the unit and its place, for those who may read the journal there."""
    if not may(request.actor, "journal.see", unit.place()):
        return []
    refs = [unit.ref, *(placement.ref for placement in placements_of(unit))]
    return list(events(*refs, names=names_of, most=HISTORY))


@require_http_methods(["GET", "POST"])
def new_unit(request: Request, code: str) -> HttpResponse:
    above = unit_at(code)
    check_may(request, "unit.create", above)
    form = NewUnitForm(request.POST or None)
    if form.is_valid():
        with form.refusals():
            made = create_unit(request.actor, above, **form.cleaned_data, key=form.key)
            drop_draft(request.user, "unit-new", above.code)
            return redirect(made)
    title = _("New unit below %(unit)s") % {"unit": above}
    return form_page(
        request,
        form,
        title=title,
        submit=_("Set up"),
        back=above.get_absolute_url(),
        trail=trail_of(above, with_itself=True),
        draft=draft_url("unit-new", above.code, title=title),
    )


@require_http_methods(["GET", "POST"])
def change(request: Request, code: str) -> HttpResponse:
    here = unit_at(code)
    check_may(request, "unit.change", here)
    form = UnitForm(request.POST or None, instance=here)
    if form.is_valid():
        with form.refusals():
            return redirect(change_unit(request.actor, here, **form.cleaned_data, seen=form.version, key=form.key))
    title = _("Change %(unit)s") % {"unit": here}
    return form_page(request, form, title=title, submit=_("Save"), back=here.get_absolute_url(), trail=trail_of(here))


@require_http_methods(["GET", "POST"])
def branch(request: Request, code: str) -> HttpResponse:
    """支部设置 — what the branch owes depends on it."""
    here = unit_at(code)
    check_may(request, "unit.describe", here)
    if here.kind != Unit.Kind.BRANCH:
        raise not_there()
    form = BranchForm(request.POST or None, instance=here)
    if form.is_valid():
        with form.refusals():
            made = describe_branch(request.actor, here, **form.cleaned_data, seen=form.version, key=form.key)
            messages.success(request, _("Saved. What the branch owes from today on follows from it."))
            return redirect(made)
    title = _("How %(unit)s is set up") % {"unit": here}
    return form_page(request, form, title=title, submit=_("Save"), back=here.get_absolute_url(), trail=trail_of(here))


@require_http_methods(["GET", "POST"])
def move(request: Request, code: str) -> HttpResponse:
    here = unit_at(code)
    check_may(request, "unit.move", here)
    form = MoveForm(request.POST or None, version=here.version)
    if form.is_valid():
        with form.refusals():
            return redirect(move_unit(request.actor, here, **form.cleaned_data, seen=form.version, key=form.key))
    return form_page(
        request,
        form,
        title=_("Move %(unit)s") % {"unit": here},
        submit=_("Move"),
        back=here.get_absolute_url(),
        words=_(
            "From today on the unit and all below it stand under the new parent. Figures of earlier days stay as they were."
        ),
        trail=trail_of(here),
    )


@require_http_methods(["GET", "POST"])
def merge(request: Request, code: str) -> HttpResponse:
    here = unit_at(code)
    check_may(request, "unit.merge", here)
    form = MergeForm(request.POST or None, version=here.version)
    if form.is_valid():
        with form.refusals():
            merge_units(request.actor, here, **form.cleaned_data, seen=form.version, key=form.key)
            return redirect(form.cleaned_data["into"])
    return form_page(
        request,
        form,
        title=_("Merge %(unit)s into another unit") % {"unit": here},
        submit=_("Merge"),
        back=here.get_absolute_url(),
        warning=_(
            "This unit ends today. Its persons, accounts and the units below it go to the successor, "
            "and what it did counts there from now on. This cannot be undone."
        ),
        trail=trail_of(here),
    )


@require_http_methods(["GET", "POST"])
def close(request: Request, code: str) -> HttpResponse:
    here = unit_at(code)
    check_may(request, "unit.close", here)
    form = CloseForm(request.POST or None, version=here.version)
    if form.is_valid():
        with form.refusals():
            return redirect(close_unit(request.actor, here, **form.cleaned_data, seen=form.version, key=form.key))
    return form_page(
        request,
        form,
        title=_("Close %(unit)s") % {"unit": here},
        submit=pgettext("unit", "Close"),
        back=here.get_absolute_url(),
        warning=_(
            "This unit ends today and leaves every roster. What it did stays in the figures. This cannot be undone."
        ),
        trail=trail_of(here),
    )


def imported(request: Request, code: str) -> HttpResponseBase:
    below = unit_at(code)
    check_may(request, "unit.import", below)
    answer = import_page(request, unit_import(below))
    if answer.status_code == 302 and answer["Location"] == below.get_absolute_url():
        messages.success(request, _("The units were imported."))
    return answer
