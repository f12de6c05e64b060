"""机构 — which bodies stand at a province, a city and a county; the lists are data (data/offices.yaml)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Office:
    """A body that stands in the same way at every city or county; `name` follows the short name of its division."""

    code: str
    name: str
    sector: str
    city: bool
    county: bool


@dataclass(frozen=True, slots=True)
class System:
    """A line of the province or an enterprise group, with its members of county rank."""

    code: str
    name: str
    sector: str
    members: tuple[str, ...]


def _offices(table: str) -> tuple[Office, ...]:
    rows = [line.split() for line in table.splitlines()]
    return tuple(Office(code, name, sector, "市" in where, "县" in where) for code, name, sector, where in rows)


def _systems(table: dict[str, str], sector: str = "") -> tuple[System, ...]:
    systems = []
    for heading, members in table.items():
        code, name, own_sector = [*heading.split(), sector][:3]
        systems.append(System(code, name, own_sector, tuple(members.split())))
    return tuple(systems)


_LISTS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "offices.yaml").read_text(encoding="utf-8"))

SECTORS: dict[str, str] = _LISTS["sectors"]
BODIES = _offices(_LISTS["bodies"])
DEPARTMENTS = _offices(_LISTS["departments"])
CITY_INSTITUTIONS = _offices(_LISTS["city_institutions"])
CITY_ENTERPRISES = _offices(_LISTS["city_enterprises"])
COUNTY_ZONES = _offices(_LISTS["county_zones"])
COUNTY_INSTITUTIONS = _offices(_LISTS["county_institutions"])
COUNTY_ENTERPRISES = _offices(_LISTS["county_enterprises"])
ZONE_DEPARTMENTS = _offices(_LISTS["zone_departments"])
TOWNSHIP_BRANCHES: tuple[str, ...] = tuple(_LISTS["township_branches"].split())
PROVINCIAL_SYSTEMS = _systems(_LISTS["provincial_systems"])
PROVINCIAL_ENTERPRISES = _systems(_LISTS["provincial_enterprises"], "enterprise")
UNIVERSITIES: dict[str, int] = _LISTS["universities"]
COLLEGES: tuple[str, ...] = tuple(_LISTS["colleges"].split())
SPECIALITIES = {tuple(words.split()): tuple(found.split()) for words, found in _LISTS["specialities"].items()}
STEELWORKS = "JGJT"  # of the provincial enterprises, the one that stands in Jiayuguan's tree
PEOPLES: tuple[str, ...] = tuple(_LISTS["peoples"].split())
PRIVATE: dict[str, tuple[str, ...]] = {key: tuple(words.split()) for key, words in _LISTS["private"].items()}
