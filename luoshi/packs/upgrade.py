"""Upgrade — what a new version of a pack may change once the campaign has begun.

What was asked of people, and what counted as done, stays as it was: whoever wants something else from now on ends the old entry and adds
one with a new code. Titles, hints, reports, the cockpit and definitions of indicators may change at any time (a changed definition is a
new edition of its indicator, and earlier figures stay readable as of their moment).
"""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from luoshi.packs.flaws import Flaw, Path
from luoshi.packs.schema import BatchPart, Pack, RequirementPart

# Fields of a requirement that say what is owed, when, and what meets it.
OWED = ("workstream", "audience", "batch", "rule", "shift", "fulfilled_by", "required")


def version_number(version: str) -> tuple[int, ...]:
    """ "1.10" is later than "1.9"."""
    return tuple(map(int, version.split(".")))


def check_upgrade(before: Pack, after: Pack, *, on: date) -> list[Flaw]:
    """What stands against installing `after` over `before` on a day: it would rewrite the past."""
    return [
        *_head(before, after),
        *_campaign(before, after, on),
        *_batches(before, after, on),
        *_kinds(before, after, on),
        *_audiences(before, after, on),
        *_requirements(before, after, on),
        *_figures(before, after),
        *_floating(before, after, on),
    ]


def _head(before: Pack, after: Pack) -> Iterator[Flaw]:
    if before.pack.code != after.pack.code:
        message = _("This is another pack: “{other}”, not “{code}”.")
        yield Flaw(("pack", "code"), message.format(other=after.pack.code, code=before.pack.code))
    elif version_number(after.pack.version) <= version_number(before.pack.version):
        message = _("Version {version} is installed. Give the changed pack a higher one.")
        yield Flaw(("pack", "version"), message.format(version=before.pack.version))


def _campaign(before: Pack, after: Pack, on: date) -> Iterator[Flaw]:
    old, new = before.campaign, after.campaign
    yield from _dates(("campaign",), (old.starts_on, old.ends_on), (new.starts_on, new.ends_on), on)


def _batches(before: Pack, after: Pack, on: date) -> Iterator[Flaw]:
    kept = {batch.code: (number, batch) for number, batch in enumerate(after.batches)}
    for batch in before.batches:
        if batch.code in kept:
            number, new = kept[batch.code]
            old_days, new_days = (batch.starts_on, batch.ends_on), (new.starts_on, new.ends_on)
            yield from _dates(("batches", number), old_days, new_days, on)
        elif batch.starts_on <= on:
            message = _("The batch “{code}” has begun and cannot be taken out.")
            yield Flaw(("batches",), message.format(code=batch.code))


def _dates(path: Path, old: tuple[date, date], new: tuple[date, date], on: date) -> Iterator[Flaw]:
    """The first day stays once it has come; the last day moves between today and later only."""
    if new[0] != old[0] and min(old[0], new[0]) <= on:
        message = _("The first day, {day}, is past or would be. It stays.")
        yield Flaw((*path, "starts_on"), message.format(day=min(old[0], new[0])))
    if new[1] != old[1] and min(old[1], new[1]) < on:
        message = _("The last day, {day}, is past or would be. It stays.")
        yield Flaw((*path, "ends_on"), message.format(day=min(old[1], new[1])))


def _kinds(before: Pack, after: Pack, on: date) -> Iterator[Flaw]:
    if on < before.campaign.starts_on:
        return
    old = {kind.code: kind for kind in before.kinds}
    for number, kind in enumerate(after.kinds):
        if kind.code in old and kind.workstream != old[kind.code].workstream:
            message = _("Activities of this kind would move to another workstream. Add a kind with a new code instead.")
            yield Flaw(("kinds", number, "workstream"), message)


def _audiences(before: Pack, after: Pack, on: date) -> Iterator[Flaw]:
    """An audience whose units owe something already keeps its rule."""
    begun = {each.audience for each in before.requirements if _begun(each, before, on)}
    old = {audience.code: audience for audience in before.audiences}
    for number, audience in enumerate(after.audiences):
        if audience.code in begun and audience.rule != old[audience.code].rule:
            message = _("Units of this audience owe something already. Add an audience with a new code instead.")
            yield Flaw(("audiences", number, "rule"), message)


def _requirements(before: Pack, after: Pack, on: date) -> Iterator[Flaw]:
    old = {requirement.code: requirement for requirement in before.requirements}
    for number, requirement in enumerate(after.requirements):
        earlier = old.get(requirement.code)
        if earlier is None or not _begun(earlier, before, on):
            continue
        for name in OWED:
            if getattr(requirement, name) != getattr(earlier, name):
                message = _("This is owed since {day}. End this requirement and add one with a new code instead.")
                yield Flaw(("requirements", number, name), message.format(day=_batch(earlier, before).starts_on))
        if requirement.by != earlier.by and not _due_later(earlier, requirement, on):
            message = _("The day has passed or would have. Waive or extend the duties of single units instead.")
            yield Flaw(("requirements", number, "by"), message)
        if earlier.zero_report and not requirement.zero_report:
            message = _("Zero reports may have been signed. End this requirement and add one with a new code instead.")
            yield Flaw(("requirements", number, "zero_report"), message)


def _due_later(earlier: RequirementPart, requirement: RequirementPart, on: date) -> bool:
    """A day that is still to come may move to another one that is."""
    return earlier.by is not None and requirement.by is not None and min(earlier.by, requirement.by) >= on


def _begun(requirement: RequirementPart, pack: Pack, on: date) -> bool:
    return _batch(requirement, pack).starts_on <= on


def _batch(requirement: RequirementPart, pack: Pack) -> BatchPart:
    return next(batch for batch in pack.batches if batch.code == requirement.batch)


def _figures(before: Pack, after: Pack) -> Iterator[Flaw]:
    message = _("“{code}” changes between computed and declared. Give the new figure a new code.")
    for section, other in (("indicators", before.declared), ("declared", before.indicators)):
        known = {figure.code for figure in other}
        for number, figure in enumerate(getattr(after, section)):
            if figure.code in known:
                yield Flaw((section, number, "code"), message.format(code=figure.code))


def _floating(before: Pack, after: Pack, on: date) -> Iterator[Flaw]:
    if before.floating is None or on < before.campaign.starts_on:
        return
    if after.floating is None or after.floating.counted_at != before.floating.counted_at:
        message = _(
            "Floating members would count elsewhere than in the figures so far. Change it with the next campaign."
        )
        yield Flaw(("floating", "counted_at"), message)
