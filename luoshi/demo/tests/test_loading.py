"""The way into the database, with a province of a few hundred units; the whole one is loaded by `luoshi demo load`."""

import tempfile
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings
from django.utils import timezone

from luoshi.activities.models import Activity, Attendance
from luoshi.campaigns import tallies
from luoshi.campaigns.duties import State, owed, stated
from luoshi.campaigns.models import Fulfilment, Signature, Waiver, ZeroReport
from luoshi.demo.cast import CAST, PASSWORD
from luoshi.demo.diary import MANDATED, MANDATES_UNTIL, Diary
from luoshi.demo.life import LAST_DAY
from luoshi.demo.loading import DEMO_MORNING, Loader, begun
from luoshi.demo.province import OFFICE, ROOT, SEED, SMALL, UnitPlan, units
from luoshi.figures import columns
from luoshi.figures.measures import measure
from luoshi.figures.models import Declaration, Delta, Indicator
from luoshi.figures.sources import DECLARED
from luoshi.figures.tally import flaws
from luoshi.gate.errors import Refused
from luoshi.gate.rules import Role
from luoshi.journal import clock
from luoshi.journal.models import Change, Clock, Entry
from luoshi.orgs.models import Grant, Membership, Person, Placement, Post, Unit, User, during

KEPT = ("622926100", "622926-LG", "622926-XZ", "622926-NY", "622926-MZ", "6201-MZ", "6201-ZS", "622926-ZS")
ABOVE = {ROOT, OFFICE, "6201", "6229", "622926"}


def some_units() -> tuple[UnitPlan, ...]:
    """The units where the cast is at home, what stands above them, and what is reorganised."""
    return tuple(unit for unit in units(SMALL) if unit.code in ABOVE or unit.code.startswith(KEPT))


def own_keys() -> override_settings:
    """A folder for the log's key: the signer would not sign the shorter log of the next test with the same one."""
    return override_settings(LUOSHI_KEYS=Path(tempfile.mkdtemp(prefix="luoshi-demo-keys-")))


@own_keys()
class Loading(TestCase):
    plans: tuple[UnitPlan, ...]

    @classmethod
    def setUpTestData(cls):
        columns.forget()
        tallies.forget()
        cls.plans = some_units()
        Loader(SMALL, plans=cls.plans, quiet=True).run()

    def test_every_planned_unit_stands_where_it_was_planned(self):
        stored = {
            unit.code: unit for unit in Unit.objects.select_related("parent", "sector", "successor").order_by("no")
        }
        assert stored.keys() == {plan.code for plan in self.plans}
        moved = {"622926-XZ", "622926-XZ-01", "622926-XZ-02", "622926-XZ-03", "622926100-06"}
        for plan in self.plans:
            unit = stored[plan.code]
            assert (unit.name, unit.kind, unit.rank) == (plan.name, plan.kind, plan.rank)
            assert unit.leading_body == plan.leading_body
            if plan.code not in moved:
                assert (unit.parent.code if unit.parent else None) == plan.parent

    def test_the_reorganisations_are_seen_in_the_placements(self):
        branch = Placement.objects.get(unit__code="622926100-06", valid_until__isnull=True)
        assert branch.parent is not None
        assert branch.parent.code == "622926-LG"
        merged = Unit.objects.get(code="622926-XZ")
        assert merged.successor is not None
        assert merged.successor.code == "622926-NY"
        assert Person.objects.filter(unit=merged).count() == 0

    def test_the_figures_are_what_a_recount_of_the_records_finds(self):
        measures = [measure(each) for each in Indicator.objects.exclude(source=DECLARED).select_related("campaign")]
        assert Delta.objects.exists()
        assert list(flaws(measures)) == []

    def test_deltas_lie_at_the_positions_of_the_weeks_and_not_all_at_the_end(self):
        indicator = Indicator.objects.get(code="theme_days")
        positions = Delta.objects.filter(indicator=indicator).values("position").distinct().count()
        assert positions >= 20

    def test_entries_follow_the_clock_of_the_demo(self):
        moments = list(Entry.objects.order_by("position").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert (moments[0].year, moments[0].month) == (2023, 8)
        assert timezone.localdate(moments[-1]) == LAST_DAY < timezone.localdate(DEMO_MORNING)

    def test_when_all_is_in_the_demo_morning_begins(self):
        clock.forget()
        assert clock.is_demo()
        assert DEMO_MORNING <= clock.now() < DEMO_MORNING + timedelta(hours=1)
        assert begun() is None

    def test_each_person_is_counted_once_and_leaders_hold_posts(self):
        assert Membership.objects.filter(valid_until__isnull=True, counts=True).count() == Person.objects.count()
        heads = Post.objects.filter(kind=Post.Kind.HEAD, unit__leading_body=True)
        assert heads.count() == sum(plan.leading_body for plan in self.plans)

    def test_life_shows_in_every_state(self):
        states = set(Activity.objects.values_list("state", flat=True))
        assert states == set(Activity.State.values)
        assert Activity.objects.filter(mandate__isnull=False).exists()
        assert Activity.objects.filter(answer=Activity.Answer.CONFIRMED).exists()
        assert any(activity.late for activity in Activity.objects.all()[:3_000])
        assert Activity.objects.exclude(makes_up="").exists()
        assert ZeroReport.objects.exists()
        assert Signature.objects.exists()
        assert Waiver.objects.exists()
        assert Declaration.objects.filter(unit__code="6201", value=1_345).exists()
        assert Attendance.objects.exclude(absence="").exists()

    def test_a_made_up_session_fulfils_the_occasion_that_was_missed(self):
        late = Activity.objects.exclude(makes_up="").filter(state=Activity.State.RECORDED).first()
        assert late is not None
        code, _sharp, no = late.makes_up.partition("#")
        fulfilled = Fulfilment.objects.filter(ref=late.ref, occasion__requirement__code=code)
        assert [met.occasion.no for met in fulfilled] == [int(no)]

    def test_the_cast_can_sign_in_and_holds_its_roles(self):
        for player in CAST:
            user = User.objects.get(username=player.account)
            assert user.check_password(PASSWORD)
            roles = set(Grant.objects.filter(user=user).values_list("role", flat=True))
            assert roles == {player.role}
        mandates = Grant.objects.filter(user__username="ma", role=Role.DELEGATE)
        assert mandates.filter(valid_until=MANDATES_UNTIL).count() == MANDATED
        assert mandates.filter(during(timezone.localdate(DEMO_MORNING))).count() == MANDATED

    def test_nothing_but_accounts_of_the_cast_has_a_password(self):
        others = User.objects.exclude(username__in=[player.account for player in CAST])
        assert others.exists()
        assert not any(user.check_password(PASSWORD) for user in others[:3])
        assert not any(user.has_usable_password() for user in others)

    def test_loading_again_writes_nothing(self):
        before = (Entry.objects.count(), Change.objects.count(), Activity.objects.count())
        Loader(SMALL, plans=self.plans, quiet=True).run()
        assert (Entry.objects.count(), Change.objects.count(), Activity.objects.count()) == before

    def test_another_seed_is_refused_where_data_are(self):
        with self.assertRaises(Refused):
            Loader(SMALL, seed=7, plans=self.plans, quiet=True).run()

    def test_the_command_sets_the_clock_back_and_says_what_time_it_is(self):
        Clock.objects.update(told_at=DEMO_MORNING + timedelta(days=40))
        told = StringIO()
        call_command("demo", "day", stdout=told)
        assert timezone.localdate(DEMO_MORNING).isoformat() in told.getvalue()
        assert clock.today() == timezone.localdate(DEMO_MORNING)

    def test_every_state_of_a_duty_is_seen_on_the_demo_day(self):
        on = timezone.localdate(DEMO_MORNING)
        states = {
            duty.state for duty in stated(owed(since=on - timedelta(days=21), until=on + timedelta(days=7)), on=on)
        }
        assert states >= {State.MET, State.MET_LATE, State.ZERO, State.WAIVED, State.OPEN, State.OVERDUE}

    def test_the_command_shows_one_account_for_each_role(self):
        shown = StringIO()
        call_command("demo", "accounts", stdout=shown)
        assert PASSWORD in shown.getvalue()
        assert all(player.account in shown.getvalue() for player in CAST)


@own_keys()
class Interrupted(TestCase):
    def test_a_load_goes_on_where_it_was_interrupted(self):
        plans = some_units()
        whole = Loader(SMALL, plans=plans, quiet=True)
        run = Diary._load_week
        done: list[date] = []

        class PowerCut(Exception):
            pass

        def cut(diary, week, of_plans):
            if len(done) == 3:
                raise PowerCut
            done.append(week)
            run(diary, week, of_plans)

        Diary._load_week = cut  # type: ignore[method-assign]
        try:
            with self.assertRaises(PowerCut):
                whole.run()
        finally:
            Diary._load_week = run  # type: ignore[method-assign]
        assert begun() == (SMALL.name, SEED)
        cut_at = Entry.objects.count()
        Loader(SMALL, plans=plans, quiet=True).run()
        assert Entry.objects.count() > cut_at
        measures = [measure(each) for each in Indicator.objects.exclude(source=DECLARED).select_related("campaign")]
        assert list(flaws(measures)) == []
        assert Activity.objects.values("unit", "kind", "held_on", "entered_on", "title").distinct().count() > 1_000


class Empty(TestCase):
    def test_an_installation_without_the_demo_has_no_accounts_to_show(self):
        with self.assertRaises(CommandError):
            call_command("demo", "accounts")

    def test_the_clock_of_real_work_is_not_set(self):
        with self.assertRaises(CommandError):
            call_command("demo", "day")
        assert not Clock.objects.exists()
