"""收回免报与延期: the duty is owed again by its own days, and both entries stay to be read."""

from datetime import date, timedelta

from django.utils.translation import override

from luoshi.campaigns.desk import pending, tasks
from luoshi.campaigns.duties import State
from luoshi.campaigns.models import Waiver
from luoshi.campaigns.operations import waive, withdraw_waivers
from luoshi.campaigns.queries import excused, withdrawable
from luoshi.campaigns.tallies import tally
from luoshi.campaigns.tests.recording import RecordingTestCase
from luoshi.gate.actor import Actor
from luoshi.gate.errors import Refused
from luoshi.gate.history import events
from luoshi.journal.models import Change, Entry
from luoshi.orgs.models import Unit
from luoshi.orgs.queries import names_of
from luoshi.orgs.tests.today import TodayTestCase
from luoshi.testing.cast import TODAY, moment

AT = moment(TODAY)
LATER = moment(TODAY + timedelta(days=1))


class Waivers(RecordingTestCase):
    def setUp(self):
        super().setUp()
        self.weekly = self.requirement("weekly")
        for unit in (self.city, self.other_city, self.bureau):
            unit.refresh_from_db()

    def waived(self, unit: Unit, no: int = 11, actor: Actor | None = None, **more):
        return waive(actor or self.city_office, unit, requirement=self.weekly, no=no, reason="防汛", at=AT, **more)

    def withdrawn(self, unit: Unit, no: int = 11, actor: Actor | None = None, reason: str = "汛期已过"):
        actor = actor or self.city_office
        return withdraw_waivers(actor, unit, requirement=self.weekly, no=no, reason=reason, at=LATER)

    def refused(self, words: str, write) -> None:
        head = Entry.objects.count()
        with override("en"), self.assertRaises(Refused) as caught:
            write()
        self.assertIn(words, str(caught.exception))
        self.assertEqual(Entry.objects.count(), head)


class Withdrawing(Waivers):
    def test_a_waived_duty_is_overdue_again_and_an_extended_one_by_its_first_day(self):
        self.waived(self.first, 11)
        self.waived(self.first, 12, until=date(2023, 11, 30))
        on = date(2023, 11, 24)
        states = [self.duty(self.weekly, no, on=on).state for no in (11, 12)]
        self.assertEqual(states, [State.WAIVED, State.OPEN])
        for no in (11, 12):
            self.assertEqual(self.withdrawn(self.first, no), 1)
        found = [self.duty(self.weekly, no, on=on) for no in (11, 12)]
        self.assertEqual([duty.state for duty in found], [State.OVERDUE, State.OVERDUE])
        self.assertEqual([duty.limit_on for duty in found], [date(2023, 11, 16), date(2023, 11, 23)])

    def test_a_duty_that_is_not_due_yet_is_open_again(self):
        self.waived(self.first, 12)
        self.withdrawn(self.first, 12)
        self.assertEqual(self.duty(self.weekly, 12, on=TODAY).state, State.OPEN)

    def test_the_figure_of_duties_that_fell_due_goes_down_and_up_again(self):
        before = self.value("due", self.city)
        assert before is not None
        self.waived(self.city)
        self.assertEqual(self.value("due", self.city), before - 4)
        self.withdrawn(self.bureau)
        self.assertEqual(self.value("due", self.city), before - 2)

    def test_the_tally_of_a_branch_counts_what_is_owed_again(self):
        self.waived(self.city)
        self.withdrawn(self.bureau)
        occasion = self.weekly.occasions.get(no=11)
        sums = tally(self.weekly, [(self.city.no, self.city.last)], on=TODAY, occasions=[occasion])[0][11]
        self.assertEqual((sums.due, sums.waived, sums.overdue), (4, 2, 2))

    def test_only_the_branch_in_question_owes_again(self):
        self.waived(self.city)
        self.assertEqual(self.withdrawn(self.bureau), 2)
        self.assertEqual(self.duty(self.weekly, 11, unit=self.village).state, State.WAIVED)

    def test_both_entries_stay_and_the_row_keeps_why_it_was_granted_and_why_it_was_taken_back(self):
        self.waived(self.first)
        self.withdrawn(self.first)
        row = Waiver.objects.get()
        self.assertEqual((row.reason, row.withdrawn_because, row.withdrawn_on), ("防汛", "汛期已过", LATER.date()))
        self.assertEqual(row.granted_by, self.city)
        actions = [each.entry.action for each in Change.objects.filter(subject=row.ref).order_by("entry")]
        self.assertEqual(actions, ["duty.waive", "duty.withdraw_waiver"])
        with override("en"):
            told = [str(event.words) for event in events(row.ref, names=names_of)]
        self.assertIn("汛期已过", told[0])
        self.assertIn("防汛", told[1])

    def test_what_was_taken_back_can_be_granted_anew(self):
        self.waived(self.first)
        self.withdrawn(self.first)
        self.waived(self.first)
        self.assertEqual(self.duty(self.weekly, 11).state, State.WAIVED)
        self.assertEqual(Waiver.objects.count(), 2)

    def test_a_record_that_was_made_all_the_same_counts(self):
        monthly = self.requirement("monthly")
        self.recorded(date(2023, 10, 20))
        waive(self.city_office, self.first, requirement=monthly, no=2, reason="防汛", at=AT)
        self.assertEqual(self.duty(monthly, 2).state, State.WAIVED)
        withdraw_waivers(self.city_office, self.first, requirement=monthly, no=2, reason="误免", at=LATER)
        self.assertEqual(self.duty(monthly, 2).state, State.MET)

    def test_the_workbench_says_that_it_was_taken_back_and_why(self):
        self.waived(self.first)
        self.withdrawn(self.first)
        rows = pending(self.secretary, self.campaign, on=TODAY, units=[self.first.pk])
        found = {task.duty.no: task.taken_back for task in tasks(self.secretary, rows, on=TODAY)
                 if task.requirement == self.weekly}  # fmt: skip
        assert found[11] is not None
        self.assertEqual(found[11].withdrawn_because, "汛期已过")
        self.assertIsNone(found[10])


class Refusing(Waivers):
    def test_it_needs_a_reason_and_something_that_was_granted(self):
        self.refused("why", lambda: self.withdrawn(self.first, reason=" "))
        self.refused("No unit there is excused", lambda: self.withdrawn(self.first))
        self.refused("no such occasion", lambda: self.withdrawn(self.first, no=99))

    def test_it_is_taken_back_once(self):
        self.waived(self.first)
        self.withdrawn(self.first)
        self.refused("No unit there is excused", lambda: self.withdrawn(self.first))

    def test_what_was_granted_from_above_is_taken_back_from_there(self):
        self.waived(self.city, actor=self.office)
        self.refused("granted from above", lambda: self.withdrawn(self.bureau))
        self.assertEqual(self.withdrawn(self.bureau, actor=self.office), 2)

    def test_an_office_above_takes_back_what_one_below_it_granted(self):
        self.waived(self.first)
        self.assertEqual(self.withdrawn(self.first, actor=self.office), 1)

    def test_nobody_takes_back_what_the_own_unit_was_granted(self):
        bodies = self.requirement("class")
        waive(self.office, self.city, requirement=bodies, no=1, reason="换届", at=AT)
        self.refused(
            "granted from above",
            lambda: withdraw_waivers(self.city_office, self.city, requirement=bodies, no=1, reason="误", at=AT),
        )


class Listing(Waivers):
    def test_what_was_granted_together_is_one_line_and_what_was_taken_back_another(self):
        self.waived(self.city)
        self.withdrawn(self.first)
        found = [(each.units, each.unit, each.withdrawn_on) for each in excused(self.weekly, self.city)]
        self.assertCountEqual(found, [(3, None, None), (1, self.first, LATER.date())])
        self.assertEqual(excused(self.weekly, self.other_city), [])

    def test_only_occasions_are_offered_of_which_the_reader_can_take_back_something(self):
        self.waived(self.first, 11)
        self.waived(self.first, 10, actor=self.office)
        self.assertEqual([each.no for each in withdrawable(self.city_office, self.weekly, self.city)], [11])
        self.assertEqual([each.no for each in withdrawable(self.office, self.weekly, self.city)], [11, 10])
        self.assertEqual(withdrawable(self.secretary, self.weekly, self.first), [])


class Pages(Waivers, TodayTestCase):
    url = "/plan/study/weekly/waivers/"

    def test_the_office_takes_a_waiver_back_on_its_page(self):
        self.waived(self.bureau)
        wu = self.signed_in("wu")
        page = wu.get(self.url)
        self.assertContains(page, "防汛")
        self.assertContains(page, f"{self.url}withdraw/?no=11")
        asked = wu.get(f"{self.url}withdraw/?no=11&unit={self.first.code}")
        self.assertEqual(wu.post(f"{self.url}withdraw/", {"no": "11", "reason": ""}).status_code, 422)
        sent = {"no": "11", "reason": "汛期已过", "key": asked.context["form"].key}
        self.assertRedirects(wu.post(f"{self.url}withdraw/", sent), self.url)
        self.assertEqual(Waiver.objects.filter(withdrawn_on__isnull=False).get().unit, self.first)
        self.assertContains(wu.get(self.url), "汛期已过")

    def test_a_secretary_reads_what_the_own_branch_was_granted_and_takes_nothing_back(self):
        self.waived(self.bureau)
        zheng = self.signed_in("zheng")
        page = zheng.get(self.url)
        self.assertContains(page, "机关第一党支部")
        self.assertNotContains(page, "withdraw/")
        self.assertEqual(zheng.get(f"{self.url}withdraw/").status_code, 403)

    def test_a_waived_cell_of_the_table_leads_to_the_waiver(self):
        self.waived(self.first)
        page = self.signed_in("wu").get("/plan/study/weekly/", {"unit": self.bureau.code, "first": "1"})
        self.assertContains(page, f"{self.url}?unit={self.first.code}")

    def test_the_page_needs_few_queries_however_much_was_waived(self):
        wu = self.signed_in("wu")
        self.waived(self.city, 3)
        wu.get(self.url)
        with self.assertNumQueries(14):
            wu.get(self.url)
        for no in (4, 5, 6):
            self.waived(self.city, no)
        with self.assertNumQueries(14):
            wu.get(self.url)
