from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest

from luoshi.demo.life import (
    LAST_DAY,
    LAUNCH,
    REORGANISATIONS,
    SURE,
    Asked,
    KindPlan,
    Session,
    Training,
    ZeroStatement,
    care,
    care_visits,
    extras,
    trainings,
    work,
)
from luoshi.demo.people import roster
from luoshi.demo.province import FULL, SECRETARIES_OF_JIAYUGUAN, SMALL, UnitPlan, units
from luoshi.orgs.models import Unit

THEME_DAY = KindPlan("theme_day", "主题党日", "members")
STUDY = KindPlan("collective_study", "集中学习", "members")
READING = KindPlan("reading_class", "读书班", "leaders", ("reading", "discussion"), topical=True)
CONTACT = KindPlan("floating_contact", "流动党员联系", "members")
PROGRESS = KindPlan("progress_report", "工作进展", "none")
YOUTH = KindPlan("youth_study", "青年学习", "staff")

MONTHS = tuple((no, date(2023, 8 + no, 5), date(2023, 8 + no, 28)) for no in range(1, 5))
FORTNIGHTS = tuple((no, LAUNCH + timedelta(14 * no - 14), LAUNCH + timedelta(14 * no - 3)) for no in range(1, 11))

OF_BRANCHES = (
    Asked("theme_day", (THEME_DAY,), MONTHS),
    Asked("collective_study", (STUDY, THEME_DAY), FORTNIGHTS),
    Asked("floating_contact", (CONTACT,), MONTHS, zero=True),
    Asked("youth_study", (YOUTH,), ((1, LAUNCH, date(2024, 1, 20)),), required=False),
)
OF_BODIES = (
    Asked("reading_class", (READING,), ((1, LAUNCH, date(2023, 11, 30)),)),
    Asked("weekly_progress", (PROGRESS,), FORTNIGHTS, zero=True),
    Asked("signed", (), MONTHS),
)


def asked_of(unit: UnitPlan) -> tuple[Asked, ...]:
    if unit.kind == Unit.Kind.BRANCH:
        return OF_BRANCHES
    return OF_BODIES if unit.leading_body else ()


@pytest.fixture(scope="module")
def sample():
    """Every twentieth unit of the small province with its people and its work."""
    found = [(unit, roster(unit)) for unit in units(SMALL)[::20]]
    return [(unit, people, work(unit, people, asked_of(unit))) for unit, people in found]


@pytest.fixture(scope="module")
def facts(sample):
    return [fact for _unit, _people, made in sample for fact in made]


@pytest.fixture(scope="module")
def sessions(facts):
    return [fact for fact in facts if isinstance(fact, Session)]


def digest(made: object) -> str:
    return sha256(repr(made).encode()).hexdigest()


def test_the_same_seed_gives_the_same_work_and_another_seed_another(sample):
    some = sample[:80]
    made = digest([facts for _unit, _people, facts in some])
    assert digest([work(unit, people, asked_of(unit)) for unit, people, _made in some]) == made
    assert digest([work(unit, people, asked_of(unit), seed=99) for unit, people, _made in some]) != made


def test_a_unit_works_alike_at_every_scale():
    small = next(unit for unit in units(SMALL) if unit.code == "6201-MZ-01")
    full = next(unit for unit in units(FULL) if unit.code == "6201-MZ-01")
    assert work(small, roster(small), OF_BRANCHES) == work(full, roster(full), OF_BRANCHES)


def test_a_further_requirement_does_not_change_what_was_held_for_the_others(sample):
    unit, people, made = next(each for each in sample if each[0].kind == Unit.Kind.BRANCH)
    further = Asked("party_lecture", (KindPlan("party_lecture", "党课", "members"),), MONTHS)
    assert set(map(repr, made)) <= set(map(repr, work(unit, people, (*OF_BRANCHES, further))))


def test_nothing_is_entered_before_it_was_held_or_after_the_last_day(sessions):
    for session in sessions:
        assert LAUNCH <= session.held_on <= session.entered_at.date() <= LAST_DAY


def test_a_session_lies_in_its_window_or_makes_up_for_it(sessions):
    windows = {one.code: {no: (first, last) for no, first, last in one.windows} for one in OF_BRANCHES + OF_BODIES}
    for session in sessions:
        spans = windows[session.requirement]
        if session.makes_up is None:
            assert any(first <= session.held_on <= last for first, last in spans.values())
        else:
            assert session.held_on > spans[session.makes_up][1]


def test_what_another_session_fulfils_is_not_held_again(sample):
    for _unit, _people, made in sample:
        days = [fact.held_on for fact in made if isinstance(fact, Session) and fact.requirement == "theme_day"]
        for fact in made:
            if isinstance(fact, Session) and fact.requirement == "collective_study" and fact.makes_up is None:
                first, last = next((a, b) for _no, a, b in FORTNIGHTS if a <= fact.held_on <= b)
                assert not any(first <= day <= last for day in days)


def test_everything_that_befalls_a_record_comes_after_its_entry(sessions):
    for session in sessions:
        for at in (session.returned_at, session.withdrawn_at, session.correction and session.correction.at):
            assert at is None or session.entered_at <= at
            assert at is None or at.date() <= LAST_DAY


def test_absent_are_some_of_those_who_were_called_and_never_the_first(sessions):
    for session in sessions:
        if session.called is None:
            assert not session.absent
        else:
            assert set(session.absent) < set(session.called)
            assert session.called[0] not in session.absent


def test_who_is_called_follows_the_roster_of_the_kind(sample):
    for unit, people, made in sample:
        for fact in made:
            if isinstance(fact, Session) and fact.kind == "reading_class":
                assert fact.called == tuple(person.no for person in people if person.post)
                assert fact.topics
                assert set(fact.agenda) <= {"reading", "discussion"}
            elif isinstance(fact, Session) and fact.kind == "progress_report":
                assert fact.called is None
                assert fact.summary
            elif isinstance(fact, Session) and fact.kind == "theme_day":
                assert fact.called == tuple(person.no for person in people if person.kind != "staff")
                assert unit.kind == Unit.Kind.BRANCH


def test_a_branch_without_floating_members_states_zero_and_others_contact_them(sample):
    for _unit, people, made in sample:
        floating = tuple(person.no for person in people if person.kind == "floating_out")
        for fact in made:
            if fact.requirement == "floating_contact":
                assert isinstance(fact, Session) == bool(floating)
                assert not isinstance(fact, Session) or fact.called == floating


def test_life_is_not_perfect(sessions, facts):
    late = sum((session.entered_at.date() - session.held_on).days > 2 for session in sessions) / len(sessions)
    made_up = sum(session.makes_up is not None for session in sessions) / len(sessions)
    assert 0.02 < late < 0.15
    assert 0.01 < made_up < 0.06
    assert any(session.correction for session in sessions)
    assert any(session.withdrawn_at for session in sessions)
    assert any(session.returned_at for session in sessions)
    assert any(session.others for session in sessions)
    assert any(isinstance(fact, ZeroStatement) for fact in facts)


def test_some_sessions_are_missing_but_never_a_reading_class(sample):
    due, held, classes, bodies = 0, 0, 0, 0
    for unit, _people, made in sample:
        kinds = Counter(fact.requirement for fact in made if isinstance(fact, Session) and not fact.withdrawn_at)
        if unit.kind == Unit.Kind.BRANCH:
            due, held = due + len(MONTHS), held + kinds["theme_day"]
        elif unit.leading_body:
            bodies, classes = bodies + 1, classes + kinds["reading_class"]
    assert 0.9 < held / due < 0.998
    assert "reading_class" in SURE
    assert classes == bodies


def test_an_own_choice_is_made_by_some(sample):
    branches = [made for unit, _people, made in sample if unit.kind == Unit.Kind.BRANCH]
    chose = sum(any(fact.requirement == "youth_study" for fact in made) for made in branches)
    assert 0.1 < chose / len(branches) < 0.35


def test_careful_units_are_late_less_often(sample):
    late: dict[bool, list[bool]] = {True: [], False: []}
    for unit, _people, made in sample:
        late[care(unit) > 0.8] += [
            (fact.entered_at.date() - fact.held_on).days > 2 for fact in made if isinstance(fact, Session)
        ]
    assert sum(late[True]) / len(late[True]) < sum(late[False]) / len(late[False])


def test_all_886_secretaries_of_jiayuguan_are_reached():
    called = [training for training in trainings(units(SMALL)) if training.unit == "6202"]
    reached = {branch for training in called for branch in set(training.called) - set(training.absent)}
    assert len(reached) == SECRETARIES_OF_JIAYUGUAN == 886
    assert sum(len(training.called) for training in called) > 886  # some had to come again


def test_counties_do_not_reach_everybody():
    reached, branches = 0, 0
    for training in trainings(units(SMALL)):
        if training.unit != "6202":
            branches += len(training.called)
            reached += len(training.called) - len(training.absent)
    assert 0.9 < reached / branches < 0.99


def test_trainings_are_called_by_committees_for_branches_that_exist():
    by_code = {unit.code: unit for unit in units(SMALL)}
    for training in trainings(units(SMALL)):
        assert isinstance(training, Training)
        assert by_code[training.unit].kind == Unit.Kind.COMMITTEE
        assert set(training.called) <= by_code.keys()
        assert training.held_on <= training.entered_at.date() <= LAST_DAY


def test_every_week_one_department_of_dongxiang_pays_a_care_visit():
    people = {unit.code: roster(unit) for unit in units(SMALL) if unit.code.startswith("622926-")}
    visits = list(care_visits(units(SMALL), people))
    weeks = {(visit.held_on - LAUNCH).days // 7 for visit in visits}
    assert len(visits) == len(weeks) == 25
    assert all(visit.unit.startswith("622926-") for visit in visits)


def test_extras_are_recorded_only_where_the_campaign_has_the_kind(sample):
    service = KindPlan("volunteer_service", "志愿服务", "members")
    branches = [(unit, people) for unit, people, _made in sample if unit.kind == Unit.Kind.BRANCH]
    made = [session for unit, people in branches for session in extras(unit, people, {service.code: service})]
    assert made
    assert {session.kind for session in made} == {"volunteer_service"}
    assert not [session for unit, people in branches for session in extras(unit, people, {})]


def test_reorganisations_name_units_of_the_small_province_and_no_leading_body():
    by_code = {unit.code: unit for unit in units(SMALL)}
    for change in REORGANISATIONS:
        assert change.into in by_code
        assert not by_code[change.unit].leading_body


def test_another_name_of_a_unit_changes_nothing(sample):
    unit, people, made = next(each for each in sample if each[2])
    assert work(replace(unit, name="改名后的单位"), people, asked_of(unit)) == made
