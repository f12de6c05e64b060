from collections import Counter
from dataclasses import replace
from hashlib import sha256

import pytest

from luoshi.demo.divisions import divisions
from luoshi.demo.province import FULL, LEADING_BODIES, SMALL, UnitPlan, check, short_name, units
from luoshi.orgs.models import Unit

Kind, Rank = Unit.Kind, Unit.Rank
WIDTHS = {field.name: field.max_length or 0 for field in Unit._meta.concrete_fields}


def digest(made: tuple[UnitPlan, ...]) -> str:
    return sha256("\n".join(map(repr, made)).encode()).hexdigest()


@pytest.mark.parametrize("scale", [SMALL, FULL])
def test_the_same_seed_gives_the_same_units(scale):
    first = digest(units(scale, seed=7))
    units.cache_clear()
    assert digest(units(scale, seed=7)) == first
    assert digest(units(scale, seed=8)) != first


def test_the_small_province_is_a_part_of_the_full_one():
    full = {unit.code: unit for unit in units(FULL)}
    assert all(full[unit.code] == unit for unit in units(SMALL))


@pytest.mark.parametrize("scale", [SMALL, FULL])
def test_there_are_2659_leading_bodies_at_county_rank_and_above(scale):
    leading = [unit for unit in units(scale) if unit.leading_body]
    assert len(leading) == LEADING_BODIES == 2_659
    assert all(unit.rank <= Rank.COUNTY and unit.kind not in {Kind.GROUP, Kind.BRANCH} for unit in leading)


@pytest.mark.parametrize("scale", [SMALL, FULL])
def test_every_level_has_the_committees_of_its_divisions(scale):
    committees = [
        unit
        for unit in units(scale)
        if unit.kind == Kind.COMMITTEE and unit.name.startswith("中共") and not unit.code.startswith("62-")
    ]
    by_rank = Counter(unit.rank for unit in committees)
    assert by_rank[Rank.PREFECTURE] == 14
    assert by_rank[Rank.COUNTY] == 86 + 1  # 兰州新区
    assert by_rank[Rank.TOWNSHIP] == 1_361


@pytest.mark.parametrize(("scale", "low", "high"), [(SMALL, 6_000, 9_000), (FULL, 120_000, 135_000)])
def test_the_province_has_the_size_it_promises(scale, low, high):
    assert low <= len(units(scale)) <= high


@pytest.mark.parametrize("scale", [SMALL, FULL])
def test_every_unit_has_one_parent_that_comes_before_it(scale):
    seen: set[str] = set()
    for unit in units(scale):
        assert unit.code not in seen
        assert unit.parent in seen or (unit.parent is None and not seen)
        seen.add(unit.code)


def test_every_city_county_and_township_has_a_branch_even_in_outline():
    made = units(SMALL)
    parents = {unit.code: unit.parent for unit in made}
    alive = set()
    for branch in (unit for unit in made if unit.kind == Kind.BRANCH):
        above = branch.parent
        while above and above not in alive:
            alive.add(above)
            above = parents[above]
    silent = [
        unit.code
        for unit in made
        if unit.kind == Kind.COMMITTEE
        and unit.rank <= Rank.TOWNSHIP
        and not unit.code.startswith("62-")
        and unit.code not in alive
    ]
    assert silent == []


def test_jiayuguan_has_886_branch_secretaries_at_every_scale():
    for scale in (SMALL, FULL):
        branches = [unit for unit in units(scale) if unit.kind == Kind.BRANCH and unit.division.startswith("6202")]
        assert len(branches) == 886


def test_no_unit_stands_for_a_place_of_the_statistics():
    statistical = {division.digits for division in divisions("62") if division.statistical} - {"620171"}
    assert not [unit for unit in units(FULL) if unit.code in statistical]
    assert not [unit for unit in units(FULL) if "虚拟" in unit.name or "直辖" in unit.name]


def test_every_unit_stands_in_a_division_and_fits_its_columns():
    codes = {division.code for division in divisions("62")}
    for unit in units(FULL):
        assert unit.division in codes
        assert len(unit.code) <= WIDTHS["code"]
        assert len(unit.name) <= WIDTHS["name"]
        assert len(unit.short_name) <= WIDTHS["short_name"]
        assert unit.kind in Kind.values
        assert unit.rank in Rank.values


def test_a_list_that_comes_to_another_number_is_refused():
    made = list(units(SMALL))
    with pytest.raises(ValueError, match="2658 leading bodies"):
        check([replace(unit, leading_body=False) if unit.code == "6201" else unit for unit in made])
    with pytest.raises(ValueError, match="stands twice"):
        check([*made, made[-1]])
    with pytest.raises(ValueError, match="before its parent"):
        check(made[1:])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("622900000000", "临夏州"),
        ("622926000000", "东乡县"),
        ("622927000000", "积石山县"),
        ("620924000000", "阿克塞县"),
        ("620721000000", "肃南县"),
        ("620102000000", "城关区"),
        ("622926100001", "城南社区"),
    ],
)
def test_divisions_are_called_as_people_call_them(code, expected):
    assert next(short_name(division) for division in divisions("62") if division.code == code) == expected
