"""Persons: the roster of a unit on a day, one person, posts."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.gate.errors import Refused
from luoshi.gate.history import events
from luoshi.gate.policy import may
from luoshi.gate.request import Request
from luoshi.orgs.forms import (
    FloatingForm,
    MembershipForm,
    PersonChangeForm,
    PersonForm,
    PostForm,
    TransferForm,
    day_in,
)
from luoshi.orgs.identity import masked_id, masked_phone
from luoshi.orgs.imports import person_import
from luoshi.orgs.models import Membership, Person, Post
from luoshi.orgs.operations import (
    change_membership,
    change_person,
    create_person,
    end_membership,
    end_post,
    erase_person,
    give_post,
    receive_floating,
    reveal_person,
    transfer_person,
)
from luoshi.orgs.queries import PICKED, memberships, names_of, persons, roster
from luoshi.orgs.views.pages import acts, check_may, form_page, not_there, trail_of, unit_at
from luoshi.page.forms import Form
from luoshi.sheets.columns import Choice, Code, Day, Text
from luoshi.sheets.filters import BadFilter, ChoiceFilter, Filter, Given
from luoshi.sheets.table import Show, Table
from luoshi.sheets.views import import_page, list_page


@dataclass(frozen=True, eq=False)
class OnDay(Filter):
    """The day of the roster. The view has taken the rows of that day already."""

    template: ClassVar[str] = "orgs/parts/filter_day.html"

    def condition(self, given: Given) -> Q:
        try:
            date.fromisoformat(given[self.name])
        except ValueError as error:
            raise BadFilter(
                _("“%(text)s” is not a date. Write it like 2023-09-04.") % {"text": given[self.name][:20]}
            ) from error
        return Q()

    def context(self, given: Given) -> dict[str, Any]:
        return {"value": given.get(self.name, "")}


def person_address(membership: Membership) -> str:
    return reverse("orgs:person", args=[membership.person_id])


ROSTER = Table(
    "roster",
    title=gettext_lazy("Roster"),
    columns=[
        Show(
            Text("name", pgettext_lazy("of a person", "name"), source="person.name"),
            sort="person__pinyin",
            link=person_address,
            css="ls-name",
        ),
        Show(Choice("kind", gettext_lazy("kind"), choices=Membership.Kind.choices), sort="kind"),
        Show(
            Code("phone", gettext_lazy("telephone"), source=lambda row: masked_phone(row.person.phone) or None),
        ),
        Show(Code("id_number", gettext_lazy("ID number"), source=lambda row: masked_id(row.person.id_last4) or None)),
        Show(Day("since", gettext_lazy("on the roster since"), source="valid_from"), sort="valid_from"),
    ],
    filters=[
        OnDay("on", gettext_lazy("on the day")),
        ChoiceFilter("kind", gettext_lazy("kind"), choices=Membership.Kind.choices),
    ],
    search=("person__name__icontains", "person__pinyin__startswith"),
    search_hint=pgettext_lazy("search box", "Name or pinyin"),
    order="name",
    per=50,
    empty=gettext_lazy("Nobody is on this roster on that day."),
)

ROSTER_ACTS = (
    ("person.import", "orgs:person-import", gettext_lazy("Import persons")),
    ("person.create", "orgs:person-floating", gettext_lazy("Take in a floating member")),
    ("person.create", "orgs:person-new", gettext_lazy("New person")),
)


@require_GET
def unit_roster(request: Request, code: str) -> HttpResponseBase:
    here = unit_at(code)
    check_may(request, "person.see", here)
    on = day_in(request.GET.get("on", ""), otherwise=request.today)
    context = {
        "unit": here,
        "on": on,
        "trail": trail_of(here, with_itself=True),
        "acts": acts(request, here, *ROSTER_ACTS),
    }
    rows = roster(request.actor, here, on=on)
    return list_page(
        request, ROSTER, rows, template="orgs/roster.html", context=context, unit=str(here), as_of=on.isoformat()
    )


def person_at(request: Request, pk: int) -> Person:
    """A person whose roster the reader may see; others do not exist for him."""
    person = persons(request.actor).filter(pk=pk).first()
    if person is None:
        raise not_there()
    return person


@require_GET
def person(request: Request, pk: int) -> HttpResponse:
    who = person_at(request, pk)
    place = who.place()
    rights = {
        name: may(request.actor, f"person.{name}", place) and who.erased_at is None
        for name in ("change", "transfer", "reveal", "erase")
    }
    context = {
        "person": who,
        "phone": masked_phone(who.phone),
        "id_number": masked_id(who.id_last4),
        "rights": rights,
        "trail": trail_of(who.unit, with_itself=True)[:-1],
        "memberships": Membership.objects.filter(person=who).select_related("unit").order_by("-valid_from", "-pk"),
        "posts": Post.objects.filter(person=who).select_related("unit").order_by("-valid_from", "-pk"),
        "history": events(who.ref, names=names_of, most=50)
        if rights["change"] or rights["erase"] or rights["transfer"]
        else [],
        "now": request.now,
    }
    return render(request, "orgs/person.html", context)


@require_GET
def pick_person(request: Request) -> JsonResponse:
    """Persons that the reader may see, by name or pinyin."""
    text = request.GET.get("q", "").strip()[:40]
    rows = memberships(request.actor, on=request.today)
    found = rows.filter(person__name__icontains=text) | rows.filter(person__pinyin__startswith=text.lower())
    results = {
        row.person_id: {"value": row.person_id, "label": row.person.name, "note": row.unit.title}
        for row in (found.order_by("person__pinyin", "pk")[: 2 * PICKED] if text else [])
    }
    return JsonResponse({"results": list(results.values())[:PICKED]})


@require_http_methods(["GET", "POST"])
def new_person(request: Request, code: str) -> HttpResponse:
    here = unit_at(code)
    check_may(request, "person.create", here)
    form = PersonForm(request.POST or None)
    if form.is_valid():
        with form.refusals():
            create_person(request.actor, here, **form.cleaned_data, key=form.key)
            return redirect("orgs:roster", here.code)
    return form_page(
        request,
        form,
        title=_("New person on the roster of %(unit)s") % {"unit": here},
        submit=_("Put on the roster"),
        back=reverse("orgs:roster", args=[here.code]),
        trail=trail_of(here, with_itself=True),
    )


@require_http_methods(["GET", "POST"])
def take_in(request: Request, code: str) -> HttpResponse:
    here = unit_at(code)
    check_may(request, "person.create", here)
    form = FloatingForm(request.POST or None)
    if form.is_valid():
        with form.refusals():
            receive_floating(request.actor, here, **form.cleaned_data, key=form.key)
            return redirect("orgs:roster", here.code)
    return form_page(
        request,
        form,
        title=_("Take in a floating member at %(unit)s") % {"unit": here},
        submit=_("Take in"),
        back=reverse("orgs:roster", args=[here.code]),
        words=_("The member takes part here and is still counted at home, so that nobody is counted twice."),
        trail=trail_of(here, with_itself=True),
    )


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    who = person_at(request, pk)
    check_may(request, "person.change", who.unit)
    form = PersonChangeForm(request.POST or None, person=who)
    if form.is_valid():
        with form.refusals():
            change_person(request.actor, who, **form.cleaned_data, seen=form.version, key=form.key)
            return redirect("orgs:person", who.pk)
    title, back = _("Correct %(person)s") % {"person": who}, reverse("orgs:person", args=[who.pk])
    return form_page(request, form, title=title, submit=_("Save"), back=back)


@require_http_methods(["GET", "POST"])
def transfer(request: Request, pk: int) -> HttpResponse:
    who = person_at(request, pk)
    check_may(request, "person.transfer", who.unit)
    form = TransferForm(request.POST or None, version=who.version)
    if form.is_valid():
        with form.refusals():
            transfer_person(request.actor, who, **form.cleaned_data, seen=form.version, key=form.key)
            messages.success(
                request, _("%(person)s is counted at %(unit)s from today on.") % {"person": who, **form.cleaned_data}
            )
            return redirect("orgs:roster", who.unit.code)
    title, back = _("Transfer %(person)s") % {"person": who}, reverse("orgs:person", args=[who.pk])
    words = _("From today on the person is counted there. Rosters and figures of earlier days stay as they were.")
    return form_page(request, form, title=title, submit=_("Transfer"), back=back, words=words)


def membership_at(request: Request, pk: int) -> Membership:
    row = get_object_or_404(Membership.objects.select_related("person", "unit"), pk=pk)
    if not may(request.actor, "person.see", row.unit.place()):
        raise not_there()
    return row


@require_http_methods(["GET", "POST"])
def change_kind(request: Request, pk: int) -> HttpResponse:
    row = membership_at(request, pk)
    check_may(request, "person.change", row.unit)
    form = MembershipForm(request.POST or None, initial={"kind": row.kind}, version=row.version)
    if form.is_valid():
        with form.refusals():
            change_membership(request.actor, row, **form.cleaned_data, seen=form.version, key=form.key)
            return redirect("orgs:person", row.person_id)
    title = _("%(person)s at %(unit)s: another kind") % {"person": row.person, "unit": row.unit.title}
    return form_page(request, form, title=title, submit=_("Save"), back=reverse("orgs:person", args=[row.person_id]))


@require_http_methods(["GET", "POST"])
def leave(request: Request, pk: int) -> HttpResponse:
    row = membership_at(request, pk)
    check_may(request, "person.change", row.unit)
    form = Form(request.POST or None, version=row.version)
    if form.is_valid():
        with form.refusals():
            end_membership(request.actor, row, seen=form.version, key=form.key)
            return redirect("orgs:roster", row.unit.code)
    return form_page(
        request,
        form,
        title=_("Take %(person)s off the roster of %(unit)s") % {"person": row.person, "unit": row.unit.title},
        submit=_("Take off the roster"),
        back=reverse("orgs:person", args=[row.person_id]),
        words=_("From today on the person is no longer counted here. What the person took part in stays."),
    )


@require_POST
def reveal(request: Request, pk: int) -> HttpResponse:
    """One masked value, once; the journal says who asked for it."""
    who = person_at(request, pk)
    try:
        value = reveal_person(request.actor, who, field=request.POST.get("field", ""))
    except Refused as refused:
        return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
    response = render(request, "orgs/parts/revealed.html", {"value": value})
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
def erase(request: Request, pk: int) -> HttpResponse:
    who = person_at(request, pk)
    check_may(request, "person.erase", who.unit)
    form = Form(request.POST or None, version=who.version)
    if form.is_valid():
        with form.refusals():
            erase_person(request.actor, who, seen=form.version, key=form.key)
            messages.success(request, _("The person was erased."))
            return redirect("orgs:roster", who.unit.code)
    return form_page(
        request,
        form,
        title=_("Erase %(person)s") % {"person": who},
        submit=_("Erase for ever"),
        back=reverse("orgs:person", args=[who.pk]),
        warning=_(
            "Name, month of birth, telephone, ID digest, the account and the history of both are taken away for ever; waiting "
            "uploads of persons and drafts with this name are deleted. Records of what was done stay, without the name. "
            "Backups made before today still hold the values until they are deleted."
        ),
    )


@require_http_methods(["GET", "POST"])
def new_post(request: Request, code: str) -> HttpResponse:
    here = unit_at(code)
    check_may(request, "post.change", here)
    form = PostForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        with form.refusals():
            give_post(request.actor, here, **form.cleaned_data, key=form.key)
            return redirect(here)
    title = _("New post at %(unit)s") % {"unit": here}
    return form_page(
        request,
        form,
        title=title,
        submit=_("Appoint"),
        back=here.get_absolute_url(),
        trail=trail_of(here, with_itself=True),
    )


@require_http_methods(["GET", "POST"])
def leave_post(request: Request, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.select_related("unit", "person"), pk=pk)
    check_may(request, "post.change", post.unit)
    form = Form(request.POST or None, version=post.version)
    if form.is_valid():
        with form.refusals():
            end_post(request.actor, post, seen=form.version, key=form.key)
            return redirect(post.unit)
    title = _("End the post of %(person)s as %(post)s") % {"person": post.person, "post": post}
    return form_page(request, form, title=title, submit=_("End today"), back=post.unit.get_absolute_url())


def imported(request: Request, code: str) -> HttpResponseBase:
    below = unit_at(code)
    check_may(request, "person.import", below)
    job = person_import(below)
    answer = import_page(request, job)
    if answer.status_code == 302 and answer["Location"] == job.back:
        messages.success(request, _("The persons were imported."))
    return answer
