"""Pages of packs: which there are, one in full, and the desk where a pack is checked and installed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from luoshi.campaigns.models import Campaign
from luoshi.campaigns.scope import ScopedRequest
from luoshi.gate.policy import may
from luoshi.packs.diff import field_in_words, in_words
from luoshi.packs.forms import PackForm
from luoshi.packs.loading import load
from luoshi.packs.operations import install_pack
from luoshi.packs.queries import (
    Preview,
    installed_packs,
    installed_version,
    leading_unit,
    library_text,
    pack_of_library,
    packs_in_force,
    preview,
    shelf,
    with_lines,
)
from luoshi.packs.showing import sections
from luoshi.packs.vocabulary import offered


def check_reader(request: ScopedRequest) -> None:
    if not may(request.actor, "campaign.see"):
        raise PermissionDenied(_("Campaigns are not open to you."))


@require_GET
def index(request: ScopedRequest) -> HttpResponse:
    """活动包 — what is installed, and what comes with the product."""
    check_reader(request)
    context = {"installed": packs_in_force(), "shelf": shelf(), "may_install": may(request.actor, "campaign.install")}
    return render(request, "packs/index.html", context)


@require_GET
def installed(request: ScopedRequest, code: str) -> HttpResponse:
    """One installed pack as it was written; ?version= opens an earlier one."""
    check_reader(request)
    version = installed_version(code, request.GET.get("version", ""))
    loaded = load(version.source.encode(), offered())
    context = {
        "version": version,
        "versions": installed_packs().filter(campaign=version.campaign),
        "pack": loaded.pack,
        "told": with_lines(loaded.flaws, version.source),
        "sections": sections(loaded.pack, get_language() or "") if loaded.pack and not loaded.flaws else [],
    }
    return render(request, "packs/pack.html", context)


@require_GET
def shelved(request: ScopedRequest, code: str) -> HttpResponse:
    """One pack that comes with the product."""
    check_reader(request)
    pack = pack_of_library(code)
    context = {
        "pack": pack,
        "campaign": Campaign.objects.filter(code=code).first(),
        "sections": sections(pack, get_language() or ""),
        "may_install": may(request.actor, "campaign.install"),
    }
    return render(request, "packs/pack.html", context)


@require_http_methods(["GET", "POST"])
def desk(request: ScopedRequest) -> HttpResponse:
    """Check a pack: all flaws with their lines, or what it would change; then install it."""
    check_reader(request)
    form = PackForm(request.POST or None, request.FILES or None, initial={"source": _beginning(request)})
    seen: Preview | None = None
    if form.is_valid():
        seen = preview(form.loaded, on=request.today)
        if seen.flaws:
            form.status = 422
        elif "install" in request.POST:
            with form.refusals():
                return _install(request, form, seen)
    context = {
        "form": form,
        "seen": seen,
        "changes": [(in_words(change), list(map(field_in_words, change.fields))) for change in seen.changes]
        if seen
        else [],
        "unit": leading_unit(request.actor, seen.campaign if seen else None),
        "may_install": may(request.actor, "campaign.install"),
    }
    return render(request, "packs/desk.html", context, status=form.status)


def _beginning(request: ScopedRequest) -> str:
    """?take=CODE begins with a pack of the product."""
    code = request.GET.get("take", "")
    return library_text(code) if code else ""


def _install(request: ScopedRequest, form: PackForm, seen: Preview) -> HttpResponse:
    unit = leading_unit(request.actor, seen.campaign)
    if unit is None:
        raise PermissionDenied(_("Only a campaign office installs a pack."))
    campaign = install_pack(request.actor, unit, loaded=form.loaded, key=form.key, at=request.now)
    messages.success(request, _("Version {version} is in force.").format(version=campaign.pack_version))
    return redirect("packs:installed", campaign.code)
