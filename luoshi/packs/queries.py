"""Which packs there are, and what one that is about to be installed would do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from luoshi.campaigns.models import Campaign
from luoshi.gate.actor import Actor
from luoshi.gate.rules import Role
from luoshi.orgs.models import Unit
from luoshi.packs.diff import Difference, differences
from luoshi.packs.flaws import Flaw
from luoshi.packs.loading import Loaded, library, load
from luoshi.packs.models import Installed
from luoshi.packs.operations import pack_in_force, upgrade_flaws
from luoshi.packs.schema import Pack
from luoshi.packs.upgrade import version_number
from luoshi.packs.vocabulary import offered

LONGEST_EXCERPT = 80


@dataclass(frozen=True, slots=True)
class Shelved:
    """A pack that comes with the product. in_force: the version of it that is installed, "" for none."""

    pack: Pack
    in_force: str

    @property
    def newer(self) -> bool:
        return bool(self.in_force) and version_number(self.pack.pack.version) > version_number(self.in_force)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a pack would do: all its flaws, those of the upgrade included, and what it would change."""

    loaded: Loaded
    flaws: tuple[Flaw, ...]
    campaign: Campaign | None
    changes: tuple[Difference, ...]

    def told(self) -> list[tuple[Flaw, str]]:
        """Each flaw with the text of its line."""
        return with_lines(self.flaws, self.loaded.source.decode("utf-8-sig", "replace"))

    @property
    def unchanged(self) -> bool:
        return self.campaign is not None and self.campaign.pack_sha256 == self.loaded.sha256


def with_lines(flaws: Iterable[Flaw], text: str) -> list[tuple[Flaw, str]]:
    """Each flaw with the text of its line, or of a long line the part around it."""
    lines = dict(enumerate(text.split("\n"), 1))
    return [(flaw, _excerpt(lines.get(flaw.mark.line, ""), flaw.mark.column) if flaw.mark else "") for flaw in flaws]


def _excerpt(line: str, column: int) -> str:
    if column <= LONGEST_EXCERPT:
        return line.strip()[:LONGEST_EXCERPT]
    before = column - 1 - LONGEST_EXCERPT // 4
    return f"…{line[before : before + LONGEST_EXCERPT].strip()}"


def installed_packs() -> QuerySet[Installed]:
    """Every installed version, the newest of each campaign first."""
    found: QuerySet[Installed] = Installed.objects.select_related("campaign__unit").order_by("campaign", "-pk")
    return found


def packs_in_force() -> list[Installed]:
    """The newest version of each campaign's pack."""
    newest: dict[int, Installed] = {}
    for installed in installed_packs():
        newest.setdefault(installed.campaign_id, installed)
    return list(newest.values())


def shelf() -> list[Shelved]:
    """The packs that come with the product."""
    versions = dict(Campaign.objects.values_list("code", "pack_version"))
    return [Shelved(pack, versions.get(pack.pack.code, "")) for pack in map(pack_of_library, library())]


def library_text(code: str) -> str:
    """The file of a pack that comes with the product; Http404 if there is none of this code."""
    file = library().get(code)
    if file is None:
        raise Http404
    return file.read_text(encoding="utf-8")


def pack_of_library(code: str) -> Pack:
    """A pack that comes with the product; they are sound, which a test sees to."""
    pack = load(library_text(code).encode(), offered()).pack
    assert pack is not None
    return pack


def installed_version(code: str, version: str) -> Installed:
    """One installed version of a campaign's pack, "" for the one in force; Http404 otherwise."""
    campaign = get_object_or_404(Campaign, code=code)
    versions = installed_packs().filter(campaign=campaign)
    found = (versions.filter(pack_version=version) if version else versions).first()
    if found is None:
        raise Http404
    return found


def preview(loaded: Loaded, *, on: date) -> Preview:
    """What installing the pack on a day would do; nothing is written."""
    pack = loaded.pack
    campaign = Campaign.objects.filter(code=pack.pack.code).first() if pack else None
    before = pack_in_force(campaign) if campaign else None
    if pack is None or campaign is None or before is None or campaign.pack_sha256 == loaded.sha256:
        return Preview(loaded, loaded.flaws, campaign, ())
    flaws = loaded.flaws or tuple(upgrade_flaws(campaign, loaded, on=on))
    return Preview(loaded, flaws, campaign, differences(before, pack))


def leading_unit(actor: Actor, campaign: Campaign | None) -> Unit | None:
    """Where a campaign is led from: where it is already, or the widest unit whose campaign office the actor is in."""
    if campaign is not None:
        return campaign.unit
    grants = sorted(actor.holding(Role.OFFICE), key=lambda grant: grant.first - grant.last)
    return Unit.objects.get(pk=grants[0].unit) if grants else None
