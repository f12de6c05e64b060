from collections import Counter
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest

from luoshi.demo.life import (
    DECLARED,
    FIRST_DAY,
    LAST_DAY,
    REORGANISATIONS,
    care,
    on_roster,
    rhythms,
    trainings,
    work,
    zero_statement,
)
from luoshi.demo.people import roster
from luoshi.demo.province import FULL, SECRETARIES_OF_JIAYUGUAN, SMALL, units
from luoshi.orgs.models import Unit


@pytest.fixture(scope="module")
def sample():
    """Every twentieth unit of the small province with its people and its work."""
    found = [(unit, roster(unit)) for unit in units(SMALL)[::20]]
    return [(unit, people, work(unit, people)) for unit, people in found]


@pytest.fixture(scope="module")
def sessions(sample):
    return [session for _unit, _people, made in sample for session in made]


def digest(made: object) -> str:
    return sha256(repr(made).encode()).hexdigest()


def test_the_same_seed_gives_the_same_work_and_another_seed_another(sample):
    again = [work(unit, people) for unit, people, _made in sample[:80]]
    assert digest(again) == digest([made for _unit, _people, made in sample[:80]])
    assert digest(again) != digest([work(unit, people, seed=99) for unit, people, _made in sample[:80]])


def test_a_unit_works_alike_at_every_scale():
    small = next(unit for unit in units(SMALL) if unit.code == "6201-MZ-01")
    full = next(unit for unit in units(FULL) if unit.code == "6201-MZ-01")
    assert work(small, roster(small)) == work(full, roster(full))


def test_nothing_is_entered_before_it_was_held_or_after_the_last_day(sessions):
    for session in sessions:
        assert FIRST_DAY <= session.held_on <= session.entered_at.date() <= LAST_DAY


def test_everything_that_befalls_a_record_comes_after_its_entry(sessions):
    for session in sessions:
        for at in (session.returned_at, session.withdrawn_at, session.correction and session.correction.at):
            assert at is None or session.entered_at <= at
            assert at is None or at.date() <= LAST_DAY


def test_absent_are_some_of_those_who_were_called_and_never_who_chaired(sample):
    for _unit, people, made in sample:
        for session in made:
            called = on_roster(people, session.who)
            absent = {no for no, _reason in session.absent}
            assert absent < set(called)
            assert session.host in called
            assert session.host not in absent


def test_life_is_not_perfect(sessions):
    late = sum((session.entered_at.date() - session.held_on).days > 2 for session in sessions) / len(sessions)
    made_up = sum(session.makes_up is not None for session in sessions) / len(sessions)
    assert 0.02 < late < 0.15
    assert 0.01 < made_up < 0.06
    assert any(session.correction for session in sessions)
    assert any(session.withdrawn_at for session in sessions)
    assert any(session.returned_at for session in sessions)
    assert any(session.others for session in sessions)


def test_some_sessions_are_missing(sample):
    due = held = 0
    for unit, _people, made in sample:
        if unit.kind == Unit.Kind.BRANCH:
            due += 6
            held += len({session.held_on.month for session in made if session.kind == "theme_day"})
    assert 0.85 < held / due < 0.995


def test_every_leading_body_holds_its_reading_class():
    for unit in units(SMALL):
        if unit.leading_body and unit.code.startswith(("6203", "62-GX-0")):
            kinds = Counter(session.kind for session in work(unit, roster(unit)) if not session.withdrawn_at)
            assert kinds["reading_class"] == 1


def test_what_is_due_depends_on_what_a_unit_is(sample):
    for unit, people, _made in sample:
        kinds = {rhythm.kind for rhythm in rhythms(unit, people)}
        if unit.kind == Unit.Kind.BRANCH:
            assert {"members_meeting", "party_class", "theme_day"} <= kinds
            assert "reading_class" not in kinds
        elif unit.leading_body:
            assert {"reading_class", "study_group", "warning_education"} == kinds
        elif unit.kind in {Unit.Kind.GROUP, Unit.Kind.NEW_ECONOMY, Unit.Kind.SOCIAL}:
            assert not kinds


def test_careful_units_are_later_less_often(sample):
    late: dict[bool, list[bool]] = {True: [], False: []}
    for unit, _people, made in sample:
        careful = care(unit) > 0.8
        late[careful] += [(session.entered_at.date() - session.held_on).days > 2 for session in made]
    assert sum(late[True]) / len(late[True]) < sum(late[False]) / len(late[False])


def test_all_886_secretaries_of_jiayuguan_are_reached():
    sessions = [training for training in trainings(units(SMALL)) if training.unit == "6202-ZZ"]
    reached = {branch for one in sessions for branch in set(one.called) - {branch for branch, _reason in one.absent}}
    assert len(reached) == SECRETARIES_OF_JIAYUGUAN == 886
    assert sum(len(one.called) for one in sessions) > 886  # some had to come again


def test_trainings_are_called_by_units_that_exist_for_branches_that_exist():
    codes = {unit.code for unit in units(SMALL)}
    for training in trainings(units(SMALL)):
        assert training.unit in codes
        assert set(training.called) <= codes
        assert training.held_on <= training.entered_at.date() <= LAST_DAY


def test_zero_is_stated_often_but_not_always():
    townships = [unit for unit in units(SMALL) if unit.rank == Unit.Rank.TOWNSHIP and unit.kind == Unit.Kind.COMMITTEE]
    stated = [zero_statement(unit, date(2023, 10, 9), date(2023, 10, 13)) for unit in townships]
    late = [one for one in stated if one and one.at.date() > date(2023, 10, 13)]
    assert 0.85 < sum(one is not None for one in stated) / len(stated) < 1
    assert 0 < len(late) < len(stated) / 5


def test_reorganisations_and_declared_figures_name_units_of_the_small_province():
    codes = {unit.code for unit in units(SMALL)}
    for change in REORGANISATIONS:
        assert {change.unit, change.into} <= codes
    for declared in DECLARED:
        assert declared.unit in codes
        assert declared.document


def test_a_reorganisation_does_not_touch_a_leading_body():
    by_code = {unit.code: unit for unit in units(SMALL)}
    assert not any(by_code[change.unit].leading_body for change in REORGANISATIONS)


def test_another_name_of_a_unit_changes_nothing(sample):
    unit, people, made = next(each for each in sample if each[2])
    assert work(replace(unit, name="改名后的单位"), people) == made
