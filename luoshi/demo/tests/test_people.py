from collections import Counter
from datetime import date

from luoshi.demo.cast import CAST
from luoshi.demo.dice import Dice
from luoshi.demo.names import REFUSED, full_name, identity
from luoshi.demo.people import COMMITTEE_FROM, COUNTED_ON, roster
from luoshi.demo.province import FULL, SMALL, units
from luoshi.gate.rules import Role
from luoshi.orgs.models import Membership, Post, Unit

Kind = Unit.Kind


def by_code():
    return {unit.code: unit for unit in units(SMALL)}


def test_the_same_unit_has_the_same_people_at_every_scale_and_others_with_another_seed():
    small = by_code()
    full = {unit.code: unit for unit in units(FULL)}
    for code in ("6201-MZ", "622926100-01", "620102001-01"):
        assert roster(small[code]) == roster(full[code])
    branch = small["622926100-01"]
    assert roster(branch, seed=1) != roster(branch, seed=2)


def test_nobody_bears_the_name_of_an_official_or_of_the_cast():
    dice = Dice(3)
    names = {full_name(dice, female=False) for _ in range(30_000)}
    assert not names & REFUSED
    assert not names & {player.name for player in CAST}


def test_a_refused_name_is_thrown_again(monkeypatch):
    def some_names() -> Counter[str]:
        dice = Dice(3)
        return Counter(full_name(dice, female=False) for _ in range(5_000))

    common = {name for name, _times in some_names().most_common(20)}
    monkeypatch.setattr("luoshi.demo.names.REFUSED", common)
    assert not common & set(some_names())


def test_ages_are_those_of_members():
    dice = Dice(4)
    years = [int(identity(dice, on=COUNTED_ON, oldest=84).birth_month[:4]) for _ in range(2_000)]
    assert date(2023, 8, 1).year - max(years) >= 19
    assert date(2023, 8, 1).year - min(years) <= 84


def test_every_branch_has_a_secretary_and_a_committee_from_seven_members():
    for unit in units(SMALL)[::7]:
        if unit.kind != Kind.BRANCH:
            continue
        people = roster(unit)
        posts = Counter(person.post for person in people)
        members = sum(person.member for person in people)
        assert posts[Post.Kind.SECRETARY] == 1
        assert (posts[Post.Kind.COMMITTEE] > 0) == (members >= COMMITTEE_FROM)


def test_every_leading_body_has_a_head_and_members_with_duty_areas():
    for unit in units(SMALL):
        if unit.leading_body:
            people = roster(unit)
            assert [person.post for person in people] == [Post.Kind.HEAD] + [Post.Kind.LEADER] * (len(people) - 1)
            assert 5 <= len(people) <= 11
            assert all(person.duty_area and person.title for person in people)


def test_groups_and_general_branches_have_nobody():
    found = by_code()
    assert roster(found["62"]) == ()
    general = next(unit for unit in units(SMALL) if unit.kind == Kind.COMMITTEE and unit.rank == Unit.Rank.GRASSROOTS)
    assert roster(general) == ()


def test_only_villages_and_communities_have_floating_members():
    floating = Membership.Kind.FLOATING_OUT
    for unit in units(SMALL)[::5]:
        if any(person.kind == floating for person in roster(unit)):
            assert not unit.division.endswith("000")


def test_numbers_on_a_roster_count_from_one():
    for unit in units(SMALL)[::11]:
        assert [person.no for person in roster(unit)] == list(range(1, len(roster(unit)) + 1))


def test_the_cast_has_one_account_for_each_role_and_everybody_is_on_a_roster():
    found = by_code()
    assert sorted(player.role for player in CAST) == sorted(Role)
    assert len({player.account for player in CAST}) == len({player.name for player in CAST}) == len(CAST)
    for player in CAST:
        person = roster(found[player.unit])[player.no - 1]
        assert (person.name, person.birth_month) == (player.name, player.birth_month)
        assert player.over in found
