"""Installing a pack: one operation makes or changes everything that the campaign's file says."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import BaseModel

from luoshi.campaigns.derive import derive_occasions, derive_owes
from luoshi.campaigns.models import (
    Audience,
    Batch,
    Campaign,
    Kind,
    OfCampaign,
    Requirement,
    Topic,
    Workstream,
)
from luoshi.campaigns.operations import publish
from luoshi.figures.models import Indicator
from luoshi.figures.sources import DECLARED
from luoshi.gate.errors import Refused
from luoshi.gate.ledgered import Ledgered
from luoshi.gate.operation import Act, operation
from luoshi.orgs.models import Unit
from luoshi.packs.flaws import Flaw
from luoshi.packs.loading import Loaded, load
from luoshi.packs.models import Installed
from luoshi.packs.schema import BatchPart, DeclaredPart, IndicatorPart, KindPart, Pack, RequirementPart, Words
from luoshi.packs.upgrade import check_upgrade
from luoshi.packs.vocabulary import offered

E = TypeVar("E", bound=OfCampaign)

# Fields whose change makes another figure of the same indicator: a new edition.
DEFINING = ("source", "where", "measure", "denominator_id", "definition")
# Fields whose change moves what is owed: occasions and who owes them are derived anew.
OWING = {"rule", "by", "shift", "batch_id", "audience_id"}


class Unsound(Refused):
    """The pack has flaws; they are all here, each with its place in the file."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(flaws)
        first = self.flaws[0].line("") if self.flaws else ""
        super().__init__(
            ngettext(
                "The pack cannot be installed: it has {count} flaw. {first}",
                "The pack cannot be installed: it has {count} flaws. {first}",
                len(self.flaws),
            ).format(count=len(self.flaws), first=first.removeprefix(":"))
        )


def standing(campaign: Campaign) -> Installed | None:
    """The version in force."""
    found: Installed | None = Installed.objects.filter(campaign=campaign).order_by("-pk").first()
    return found


def pack_in_force(campaign: Campaign) -> Pack | None:
    """What the version in force says, read from its file as it was installed."""
    installed = standing(campaign)
    return load(installed.source.encode(), offered()).pack if installed else None


@operation("campaign.install", creates=True)
def install_pack(act: Act, unit: Unit, *, loaded: Loaded) -> Campaign:
    """安装活动包 — a campaign led from the unit becomes what the file says; what has begun is not rewritten.

    loaded: from `load(bytes, offered())`. The same file again changes nothing. Raises Unsound with all flaws, among them whatever
    would rewrite the past. Removed entries are ended today, never deleted.
    """
    pack = loaded.pack
    if pack is None or loaded.flaws:
        raise Unsound(loaded.flaws)
    campaign = Campaign.objects.filter(code=pack.pack.code).select_related("unit").first()
    if campaign is None:
        campaign = Campaign(code=pack.pack.code, unit=unit)
    elif campaign.pack_sha256 == loaded.sha256:
        return campaign
    else:
        _check_upgrade(act, campaign, unit, loaded)
    _saved(act, campaign, _campaign_values(pack) | {"pack_version": pack.pack.version, "pack_sha256": loaded.sha256})
    act.add(
        Installed(
            campaign=campaign,
            pack_version=pack.pack.version,
            sha256=loaded.sha256,
            source=loaded.source.decode(),
            installed_on=act.today,
            installed_by=act.actor.name,
        )
    )
    _Installation(act, campaign, pack).run()
    return campaign


def _check_upgrade(act: Act, campaign: Campaign, unit: Unit, loaded: Loaded) -> None:
    if campaign.unit_id != unit.pk:
        raise Refused(_("This campaign is led from %(unit)s. Install the new version there.") % {"unit": campaign.unit})
    if flaws := upgrade_flaws(campaign, loaded, on=act.today):
        raise Unsound(flaws)


def upgrade_flaws(campaign: Campaign, loaded: Loaded, *, on: date) -> list[Flaw]:
    """What stands against installing this version over the one in force, with the places in its file."""
    before = pack_in_force(campaign)
    if before is None or loaded.pack is None:
        return []
    return loaded.placed(check_upgrade(before, loaded.pack, on=on))


def _campaign_values(pack: Pack) -> dict[str, Any]:
    return {
        **_titled(pack.title),
        "starts_on": pack.campaign.starts_on,
        "ends_on": pack.campaign.ends_on,
        "document": pack.campaign.document,
        "settings": {
            "root_closes": pack.campaign.root_closes,
            "floating": _plain(pack.floating),
            "cockpit": _plain(pack.cockpit),
            "reports": [_plain(report) for report in pack.reports],
        },
    }


def _titled(title: Words) -> dict[str, Any]:
    return {"title": title.zh_hans, "title_en": title.en}


def _plain(part: BaseModel | None) -> Any:
    """A part as JSON holds it, with the keys of the file and nothing that the file does not say."""
    return None if part is None else part.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _saved(act: Act, row: Ledgered, values: Mapping[str, Any]) -> set[str]:
    """Writes the row if it is new or a value differs; says which values did."""
    changed = {name for name, value in values.items() if row._state.adding or getattr(row, name) != value}
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        act.save(row)
    return changed


class _Installation:
    """One run of the operation: section after section, each entry known by its code."""

    def __init__(self, act: Act, campaign: Campaign, pack: Pack) -> None:
        self.act, self.campaign, self.pack = act, campaign, pack
        self.changed: dict[tuple[type[OfCampaign], str], set[str]] = {}

    def run(self) -> None:
        pack = self.pack
        self.workstreams = self._put(Workstream, [(entry, {}) for entry in pack.workstreams])
        self.batches = self._put(Batch, [(entry, _days(entry)) for entry in pack.batches])
        self._put(Kind, [(entry, self._kind(entry)) for entry in pack.kinds])
        self._put(Topic, [(entry, {"document": entry.document or ""}) for entry in pack.topics])
        self.audiences = self._put(Audience, [(entry, {"rule": _plain(entry.rule)}) for entry in pack.audiences])
        self._put_requirements()
        self._put_indicators()

    def _put(self, model: type[E], entries: list[tuple[Any, dict[str, Any]]]) -> dict[str, E]:
        """Rows of one section as the pack says them; what the pack says no longer is ended today."""
        known = self._known(model)
        rows = {}
        for order, (entry, values) in enumerate(entries):
            row = known.pop(entry.code, None) or model(campaign=self.campaign, code=entry.code)
            rows[entry.code] = self._written(row, {**_titled(entry.title), "order": order, "ended_on": None, **values})
        for row in known.values():
            self._end(row)
        return rows

    def _known(self, model: type[E]) -> dict[str, E]:
        rows: QuerySet[E] = model._default_manager.filter(campaign=self.campaign)  # type: ignore[assignment]
        return {row.code: row for row in rows}

    def _written(self, row: E, values: Mapping[str, Any]) -> E:
        self.changed[(type(row), row.code)] = _saved(self.act, row, values)
        return row

    def _end(self, row: OfCampaign) -> bool:
        """Ends the row today; False if it had ended before."""
        if row.ended_on is not None:
            return False
        row.ended_on = self.act.today
        self.act.save(row)
        return True

    def _kind(self, kind: KindPart) -> dict[str, Any]:
        return {
            "workstream_id": self.workstreams[kind.workstream].pk,
            "roster": kind.roster,
            "agenda": [_plain(item) for item in kind.agenda],
            "needs": list(kind.needs),
            "hint": kind.hint.zh_hans if kind.hint else "",
            "hint_en": kind.hint.en if kind.hint else "",
        }

    # Requirements: what is owed follows from them, and is derived anew where that changes.

    def _put_requirements(self) -> None:
        known = self._known(Requirement)
        for order, entry in enumerate(self.pack.requirements):
            row = known.pop(entry.code, None)
            values = {**self._requirement(entry), "order": order}
            if row is None:
                new = Requirement(campaign=self.campaign, code=entry.code, published_on=self.act.today, **values)
                publish(self.act, new)
            elif row.ended_on is not None:
                raise Refused(_("The requirement %(code)s was ended. Add it with a new code.") % {"code": entry.code})
            elif self._owed_otherwise(self._written(row, values), entry):
                derive_occasions(row)
                self._derive_owes(row)
        for row in known.values():
            if self._end(row):
                self._derive_owes(row)

    def _requirement(self, entry: RequirementPart) -> dict[str, Any]:
        return {
            **_titled(entry.title),
            "batch_id": self.batches[entry.batch].pk,
            "workstream_id": self.workstreams[entry.workstream].pk,
            "audience_id": self.audiences[entry.audience].pk,
            "rule": entry.rule or "",
            "by": entry.by,
            "shift": entry.shift,
            "kinds": list(entry.fulfilled_by),
            "zero_report": entry.zero_report,
            "required": entry.required,
            "document": entry.document or "",
        }

    def _owed_otherwise(self, row: Requirement, entry: RequirementPart) -> bool:
        """Does it differ who owes it, or when?"""
        return bool(
            self.changed[(Requirement, row.code)] & OWING
            or self.changed[(Batch, entry.batch)] & {"starts_on", "ends_on"}
            or self.changed[(Audience, entry.audience)] & {"rule"}
        )

    def _derive_owes(self, row: Requirement) -> None:
        derive_owes(row, on=self.act.today)
        self.act.recount("owes")
        self.act.recount("due")

    # Indicators: denominators before what they divide.

    def _put_indicators(self) -> None:
        known = self._known(Indicator)
        rows: dict[str, Indicator] = {}
        for order, entry in self._denominators_first():
            row = known.pop(entry.code, None) or Indicator(campaign=self.campaign, code=entry.code)
            values = {**_figure(entry), "order": order}
            if isinstance(entry, IndicatorPart):
                values |= _computed(entry, rows)
            rows[entry.code] = self._written(row, values | _edition(row, values))
        for row in known.values():
            self._end(row)

    def _denominators_first(self) -> list[tuple[int, IndicatorPart | DeclaredPart]]:
        """All figures with their place in the pack, each after the one that it divides by."""
        places = {entry.code: place for place, entry in enumerate((*self.pack.indicators, *self.pack.declared))}
        by_code = {entry.code: entry for entry in self.pack.indicators}
        found: dict[str, IndicatorPart | DeclaredPart] = {}
        for indicator in self.pack.indicators:
            chain = [indicator]
            while (code := chain[-1].denominator) is not None:
                chain.append(by_code[code])
            found.update((each.code, each) for each in reversed(chain))
        found.update((each.code, each) for each in self.pack.declared)
        return [(places[code], entry) for code, entry in found.items()]


def _days(batch: BatchPart) -> dict[str, Any]:
    return {"starts_on": batch.starts_on, "ends_on": batch.ends_on}


def _figure(entry: IndicatorPart | DeclaredPart) -> dict[str, Any]:
    return {
        **_titled(entry.title),
        "ended_on": None,
        "definition": entry.definition.zh_hans,
        "definition_en": entry.definition.en,
        "workstream": entry.workstream,
        "source": DECLARED,
        "where": {},
        "measure": "count",
        "denominator_id": None,
        "unit_word": entry.unit_word.zh_hans,
        "unit_word_en": entry.unit_word.en,
        "good": entry.good,
        "names": list(entry.names),
        "level": entry.level if isinstance(entry, DeclaredPart) else "",
    }


def _computed(entry: IndicatorPart, rows: Mapping[str, Indicator]) -> dict[str, Any]:
    return {
        "source": entry.source,
        "where": _plain(entry.where) or {},
        "measure": entry.measure,
        "denominator_id": rows[entry.denominator].pk if entry.denominator else None,
    }


def _edition(row: Indicator, values: Mapping[str, Any]) -> dict[str, int]:
    """A further edition where the definition of an indicator that exists is another now."""
    if row._state.adding or all(getattr(row, name) == values[name] for name in DEFINING):
        return {}
    return {"edition": row.edition + 1}
