"""What the views of this room share: one page for every form, and who may come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from luoshi.gate.policy import may
from luoshi.gate.request import Request
from luoshi.orgs.models import Unit
from luoshi.orgs.queries import ancestors_of
from luoshi.page.forms import HouseLayout


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the trail above a heading."""

    label: str
    url: str = ""


def trail_of(unit: Unit, *, with_itself: bool = False) -> list[Step]:
    steps = [Step(each.title, each.get_absolute_url()) for each in ancestors_of(unit)]
    if with_itself:
        steps.append(Step(unit.title, unit.get_absolute_url()))
    return [*steps, Step(unit.code)]


def unit_at(code: str) -> Unit:
    return get_object_or_404(Unit.objects.select_related("parent", "sector", "successor"), code=code)


def check_may(request: Request, action: str, unit: Unit | None = None) -> None:
    """Refuse the page where its form would be refused anyway."""
    if not may(request.actor, action, unit.place() if unit is not None else None):
        raise PermissionDenied(_("Your role does not allow this."))


def acts(request: Request, unit: Unit, *offered: tuple[str, str, Any]) -> list[dict[str, str]]:
    """The acts that this reader may do here, of (action, name of the address, label)."""
    return [
        {"url": reverse(name, args=[unit.code]), "label": str(label)}
        for action, name, label in offered
        if may(request.actor, action, unit.place())
    ]


def form_page(
    request: Request,
    form: HouseLayout,
    *,
    title: str,
    submit: str,
    back: str,
    words: str = "",
    warning: str = "",
    trail: Sequence[Step] = (),
    draft: str = "",
) -> HttpResponse:
    """A form in a sheet, with the way back. draft: where its draft is kept, for a form that keeps one."""
    context = {
        "form": form,
        "title": title,
        "submit_label": submit,
        "cancel_url": back,
        "words": words,
        "warning": warning,
        "trail": trail,
        "draft_url": draft,
        "drafts": bool(draft),
    }
    return render(request, "orgs/form.html", context, status=form.status)


def not_there() -> Http404:
    return Http404(_("This record does not exist."))
