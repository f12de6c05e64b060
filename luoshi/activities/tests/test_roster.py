"""Who is expected at an activity of a kind."""

from datetime import date

from luoshi.activities.roster import roster
from luoshi.campaigns.models import Kind
from luoshi.orgs.operations import create_person
from luoshi.testing.cast import TODAY, LedgerTestCase, moment


class Rosters(LedgerTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.away = create_person(
            self.secretary, self.first, name="安远行", kind="floating_out", since=date(2023, 9, 1), at=moment(TODAY)
        )

    def expected(self, kind: Kind.Roster) -> set[int]:
        return {expected.person for expected in roster(self.first, kind, on=TODAY)}

    def test_contact_with_floating_members_expects_only_them(self):
        self.assertEqual(self.expected(Kind.Roster.FLOATING), {self.away.pk})

    def test_floating_members_belong_to_the_members_of_their_branch(self):
        self.assertEqual(self.expected(Kind.Roster.MEMBERS), {self.away.pk, *(person.pk for person in self.persons)})
