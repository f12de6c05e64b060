"""Diff — what changes between two versions of a pack, entry by entry and field by field, and in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import BaseModel

from luoshi.packs.schema import SECTIONS, Pack

SECTION_NAMES: Mapping[str, Any] = {
    "pack": gettext_lazy("pack"),
    "title": gettext_lazy("title"),
    "campaign": gettext_lazy("campaign"),
    "batches": gettext_lazy("batch"),
    "workstreams": gettext_lazy("workstream"),
    "kinds": gettext_lazy("kind of activity"),
    "topics": gettext_lazy("curriculum topic"),
    "audiences": gettext_lazy("audience"),
    "requirements": gettext_lazy("requirement"),
    "indicators": gettext_lazy("indicator"),
    "declared": gettext_lazy("declared figure"),
    "floating": gettext_lazy("floating members"),
    "cockpit": gettext_lazy("cockpit"),
    "reports": gettext_lazy("report outline"),
}


class What(StrEnum):
    """What happened to an entry."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, by its path inside the entry: None where it is not there."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry of a section, or (code "") a section without entries."""

    section: str
    code: str
    what: What
    title: str = ""
    fields: tuple[FieldChange, ...] = ()


def differences(before: Pack, after: Pack) -> tuple[Difference, ...]:
    """All differences in the order of the sections, entries in the order of the newer pack, removed ones last."""
    return tuple(found for section in Pack.model_fields for found in _of_section(section, before, after))


def _of_section(section: str, before: Pack, after: Pack) -> Iterator[Difference]:
    if section not in SECTIONS:
        fields = _field_changes(getattr(before, section), getattr(after, section))
        if fields:
            yield Difference(section, "", What.CHANGED, fields=fields)
        return
    old = {entry.code: entry for entry in getattr(before, section)}
    new = {entry.code: entry for entry in getattr(after, section)}
    for code, entry in new.items():
        if code not in old:
            yield Difference(section, code, What.ADDED, entry.title.zh_hans)
        elif fields := _field_changes(old[code], entry):
            yield Difference(section, code, What.CHANGED, entry.title.zh_hans, fields)
    for code, entry in old.items():
        if code not in new:
            yield Difference(section, code, What.REMOVED, entry.title.zh_hans)


def _field_changes(before: BaseModel | None, after: BaseModel | None) -> tuple[FieldChange, ...]:
    old, new = dict(_flat(before)), dict(_flat(after))
    return tuple(
        FieldChange(path, old.get(path), new.get(path)) for path in {**old, **new} if old.get(path) != new.get(path)
    )


def _flat(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar of a part under its path; entries of lists by their code where they have one."""
    if isinstance(part, BaseModel):
        for name, value in part.model_dump(by_alias=True).items():
            yield from _flat(value, f"{path}.{name}" if path else name)
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from _flat(value, f"{path}.{name}")
    elif isinstance(part, (tuple, list)) and any(isinstance(each, dict) for each in part):
        for number, each in enumerate(part):
            yield from _flat(each, f"{path}[{each.get('code', number + 1)}]")
    elif part not in (None, (), []):
        yield path, tuple(part) if isinstance(part, list) else part


def in_words(difference: Difference) -> str:
    """One line for the entry, such as: requirement theme_day (主题党日): changed."""
    name = SECTION_NAMES[difference.section]
    if not difference.code:
        return _("{section}: changed").format(section=name)
    said = {
        What.ADDED: _("{section} {code} ({title}): new"),
        What.REMOVED: _("{section} {code} ({title}): removed"),
        What.CHANGED: _("{section} {code} ({title}): changed"),
    }[difference.what]
    return said.format(section=name, code=difference.code, title=difference.title)


def field_in_words(change: FieldChange) -> str:
    """One line for the field: shift: none → before."""
    return f"{change.path}: {_shown(change.before)} → {_shown(change.after)}"


NOTHING = pgettext_lazy("a field without a value", "nothing")


def _shown(value: Any) -> str:
    if value is None:
        return str(NOTHING)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(_shown(each) for each in value)
    return value.isoformat() if isinstance(value, date) else str(value)
