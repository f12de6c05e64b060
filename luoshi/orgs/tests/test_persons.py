"""Rosters: entered, corrected, transferred, floating; posts; masked values shown one at a time."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404

from luoshi.gate.errors import Conflict, Refused
from luoshi.gate.history import events
from luoshi.journal.models import Change, Entry
from luoshi.orgs.models import Membership, Person
from luoshi.orgs.operations import (
    change_membership,
    change_person,
    create_person,
    end_membership,
    end_post,
    give_post,
    receive_floating,
    reveal_person,
    transfer_person,
)
from luoshi.orgs.queries import names_of, persons, roster
from luoshi.orgs.tests.today import TodayTestCase
from luoshi.testing.cast import TODAY, moment

AT = moment(TODAY)


class Persons(TodayTestCase):
    def names(self, actor, unit, on=TODAY):
        return set(roster(actor, unit, on=on).values_list("person__name", flat=True))

    def test_create_person_puts_somebody_on_the_roster(self):
        person = create_person(
            self.secretary, self.first, name="单晓", birth_month="1985-07", phone="13993105827", at=AT
        )
        assert person.pinyin.startswith("shanxiao")
        assert "单晓" in self.names(self.liaison, self.first)
        with self.assertRaises(Refused):
            create_person(self.secretary, self.first, name="单晓", birth_month="1985-07", at=AT)
        with self.assertRaises(PermissionDenied):
            create_person(self.city_office, self.first, name="某某", at=AT)

    def test_change_person_sees_that_somebody_was_faster(self):
        person = self.persons[0]
        change_person(self.secretary, person, name="郑卫冬", seen=person.version, at=AT)
        with self.assertRaises(Conflict):
            change_person(self.secretary, person, name="郑卫栋", seen=person.version, at=AT)
        told = events(person.ref, names=names_of)[0].words
        assert "<b>郑卫东</b>" in told
        assert "<b>郑卫冬</b>" in told
        assert "郑卫东（" in told or "郑卫东 (" in told

    def test_a_history_never_tells_masked_values(self):
        person = change_person(self.secretary, self.persons[0], phone="13993105827", at=AT)
        assert "139" not in events(person.ref, names=names_of)[0].words

    def test_transfer_person_moves_from_today_on_and_leaves_yesterday(self):
        person = self.persons[0]
        transfer_person(self.secretary, person, unit=self.village, at=AT)
        assert person.name not in self.names(self.office, self.first)
        assert person.name in self.names(self.office, self.village)
        assert person.name in self.names(self.office, self.first, on=TODAY - timedelta(days=1))
        with self.assertRaises(Http404):
            transfer_person(self.outsider, self.persons[1], unit=self.other_branch, at=AT)

    def test_a_floating_member_takes_part_here_and_counts_at_home(self):
        person = self.villager
        receive_floating(self.secretary, self.first, person=person, at=AT)
        assert set(roster(self.secretary, self.first, on=TODAY).values_list("kind", "counts")) >= {
            ("floating_in", False)
        }
        assert person in persons(self.secretary)
        with self.assertRaises(Refused):
            receive_floating(self.secretary, self.first, person=person, at=AT)
        home = Membership.objects.get(person=person, counts=True)
        away = change_membership(self.as_user("ma"), home, kind="floating_out", at=AT)
        assert (away.unit, away.kind, away.valid_from) == (self.village, "floating_out", TODAY)
        assert Membership.objects.get(pk=home.pk).valid_until == TODAY
        with self.assertRaises(Http404):
            change_membership(self.secretary, away, kind="member", at=AT)

    def test_the_page_finds_a_floating_member_by_name_and_month(self):
        change_person(self.as_user("ma"), self.villager, birth_month="1990-02", at=AT)
        client = self.signed_in("zheng")
        address = "/units/6201-mz-1/roster/floating/"
        assert client.post(address, {"name": "马得水", "birth_month": "1990-03"}).status_code == 422
        assert client.post(address, {"name": "马得水", "birth_month": "1990-02"}).status_code == 302
        assert "马得水" in self.names(self.secretary, self.first)

    def test_end_membership_takes_off_the_roster(self):
        membership = Membership.objects.get(person=self.persons[0])
        end_membership(self.secretary, membership, at=AT)
        assert self.persons[0].name not in self.names(self.liaison, self.first)
        with self.assertRaises(Refused):
            end_membership(self.secretary, membership, at=AT)

    def test_give_post_and_end_post(self):
        post = give_post(self.liaison, self.bureau, person=self.persons[1], kind="leader", title="副局长", at=AT)
        assert end_post(self.liaison, post, at=AT).valid_until == TODAY
        with self.assertRaises(Refused):
            give_post(self.liaison, self.bureau, person=self.villager, kind="leader", at=AT)
        with self.assertRaises(PermissionDenied):
            give_post(self.secretary, self.bureau, person=self.persons[1], kind="leader", at=AT)

    def test_reveal_person_shows_one_value_and_the_journal_says_so(self):
        person = change_person(self.secretary, self.persons[0], phone="13993105827", at=AT)
        client = self.signed_in("zheng")
        page = client.get(f"/persons/{person.pk}/").content.decode()
        assert "139****5827" in page
        assert "13993105827" not in page
        assert "13993105827" in client.post(f"/persons/{person.pk}/reveal/", {"field": "phone"}).content.decode()
        entry = Entry.objects.get(action="person.reveal")
        assert Change.objects.get(entry=entry).data == {"event": "shown_phone"}
        assert client.post(f"/persons/{person.pk}/reveal/", {"field": "id_digest"}).status_code == 422
        with self.assertRaises(PermissionDenied):
            reveal_person(self.as_user("li"), person, field="phone", at=AT)
        assert client.get(f"/persons/{person.pk}/reveal/").status_code == 405

    def test_the_roster_of_a_past_day_and_its_export(self):
        client = self.signed_in("zheng")
        end_membership(self.secretary, Membership.objects.get(person=self.persons[0]), at=AT)
        assert "郑卫东</a>" not in client.get("/units/6201-mz-1/roster/").content.decode()
        assert "郑卫东</a>" in client.get("/units/6201-mz-1/roster/?on=2023-10-01").content.decode()
        assert client.get("/units/6201-mz-1/roster/?export=xlsx").status_code == 200
        assert client.get("/units/6201-mz-1/roster/?on=nonsense").status_code == 200

    def test_the_form_keeps_what_is_left_empty(self):
        person = change_person(self.secretary, self.persons[0], phone="13993105827", at=AT)
        client = self.signed_in("zheng")
        answer = client.post(f"/persons/{person.pk}/change/", {"name": "郑卫冬", "version": person.version})
        assert answer.status_code == 302
        person = Person.objects.get(pk=person.pk)
        assert (person.name, person.phone) == ("郑卫冬", "13993105827")
