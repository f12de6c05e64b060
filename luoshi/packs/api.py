"""Packs over the API: the same rights, checks and operation as the pages."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from luoshi.gate.actor import Actor
from luoshi.gate.policy import may
from luoshi.orgs.models import Unit
from luoshi.packs.diff import field_in_words, in_words
from luoshi.packs.flaws import Flaw
from luoshi.packs.loading import load
from luoshi.packs.models import Installed
from luoshi.packs.operations import install_pack, standing
from luoshi.packs.queries import installed_version, packs_in_force, preview
from luoshi.packs.reading import LARGEST_FILE
from luoshi.packs.vocabulary import offered

router = Router(tags=["packs"])


class PackOut(Schema):
    code: str = Field(description="Code of the pack, and of its campaign")
    title: str
    unit: str = Field(description="Code of the unit that leads the campaign")
    version: str
    sha256: str = Field(description="Of the file as it was installed")
    installed_on: date
    installed_by: str


class PackFileOut(PackOut):
    source: str = Field(description="The YAML file as it was installed")


class FlawOut(Schema):
    line: int = Field(description="Line of the file, counted from 1")
    place: str = Field(description="Path in the file, entries by their code")
    says: str = Field(description="What to do, in the reader's language")


class CheckIn(Schema):
    source: str = Field(max_length=LARGEST_FILE, description="The YAML text of a pack")


class CheckOut(Schema):
    sound: bool = Field(description="true: it may be installed as it is")
    flaws: list[FlawOut] = Field(description="All of them, in the order of the file")
    changes: list[str] = Field(description="What it would change in the campaign that is in force")


class InstallIn(CheckIn):
    unit: str = Field(description="Code of the unit that leads the campaign")
    key: str = Field("", max_length=64, description="Idempotency key: the same key twice has one effect")


def _reader(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not may(actor, "campaign.see"):
        raise PermissionDenied(_("Campaigns are not open to you."))
    return actor


def _out(installed: Installed) -> dict[str, object]:
    return {
        "code": installed.campaign.code,
        "title": str(installed.campaign),
        "unit": installed.campaign.unit.code,
        "version": installed.pack_version,
        "sha256": installed.sha256,
        "installed_on": installed.installed_on,
        "installed_by": installed.installed_by,
    }


def _flaw(flaw: Flaw) -> FlawOut:
    return FlawOut(line=flaw.mark.line if flaw.mark else 1, place=flaw.shown, says=flaw.message)


@router.get("/packs", response=list[PackOut], summary="Packs in force")
def list_packs(request: HttpRequest) -> list[dict[str, object]]:
    _reader(request)
    return [_out(installed) for installed in packs_in_force()]


@router.get("/packs/{code}", response=PackFileOut, summary="A pack with its file")
def one_pack(request: HttpRequest, code: str, version: str = "") -> dict[str, object]:
    """`version`: an earlier one; the one in force by default."""
    _reader(request)
    installed = installed_version(code, version)
    return {**_out(installed), "source": installed.source}


@router.post("/pack-checks", response=CheckOut, summary="Check a pack; nothing is written")
def check_pack(request: HttpRequest, data: CheckIn) -> CheckOut:
    _reader(request)
    seen = preview(load(data.source.encode("utf-8", "replace"), offered()), on=request.today)  # type: ignore[attr-defined]
    changes = [line for each in seen.changes for line in (in_words(each), *map(field_in_words, each.fields))]
    return CheckOut(sound=not seen.flaws, flaws=list(map(_flaw, seen.flaws)), changes=changes)


@router.post("/packs", response={201: PackOut}, summary="Install a pack, or a new version of it")
def install(request: HttpRequest, data: InstallIn) -> Status[dict[str, object]]:
    """Refused with the first flaw; `POST /pack-checks` tells all of them."""
    actor = _reader(request)
    loaded = load(data.source.encode("utf-8", "replace"), offered())
    unit = get_object_or_404(Unit, code=data.unit)
    campaign = install_pack(actor, unit, loaded=loaded, key=data.key, at=request.now)  # type: ignore[attr-defined]
    installed = standing(campaign)
    assert installed is not None
    return Status(201, _out(installed))
