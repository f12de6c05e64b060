"""条条 — the same figures for each sector in a unit's branch."""

from datetime import date, timedelta
from typing import Any

from luoshi.activities.operations import Held, record_activity
from luoshi.figures.operations import declare_figure
from luoshi.figures.queries import Figure, figures_by_sector
from luoshi.gate.actor import Actor, Grant
from luoshi.gate.rules import Role
from luoshi.journal.log import head
from luoshi.orgs.models import Sector, Unit
from luoshi.orgs.operations import merge_units
from luoshi.testing.cast import TODAY, LedgerTestCase, moment


class BySector(LedgerTestCase):
    """Two companies with a branch each in the sector of enterprises, one meeting each; one meeting in a village."""

    enterprise: Sector
    mill: Unit
    mill_branch: Unit
    mine: Unit

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.enterprise = Sector.objects.get(code="enterprise")
        company = Unit.Kind.ENTERPRISE
        cls.mill = cls.unit(cls.city, "6201-q1", "东林面粉厂", company, 3, sector=cls.enterprise)
        cls.mill_branch = cls.unit(cls.mill, "6201-q1-1", "面粉厂党支部", Unit.Kind.BRANCH, 5)
        cls.mine = cls.unit(cls.other_city, "6202-q1", "西原煤矿", company, 3, sector=cls.enterprise)
        for unit, day in ((cls.mill_branch, 20), (cls.mine, 21), (cls.village, 22)):
            cls.record(unit, date(2023, 11, day))

    @classmethod
    def record(cls, unit: Unit, held_on: date) -> None:
        unit.refresh_from_db()
        secretary = Actor(pseudonym="s", grants=(Grant(Role.SECRETARY, unit.pk, unit.no, unit.last),))
        held = Held(kind=cls.kind("meeting"), held_on=held_on, title="会议")
        record_activity(secretary, unit, campaign=cls.campaign, held=held, at=moment(TODAY))

    def figure(self, code: str, unit: Unit, **more: Any) -> Figure | None:
        asked: dict[str, Any] = {"on": TODAY, "position": head(), "at": moment(TODAY)} | more
        found = figures_by_sector(self.campaign, [code], unit.pk, **asked)
        return found.get((code, self.enterprise.pk))

    def value(self, code: str, unit: Unit, **more: Any) -> int | None:
        figure = self.figure(code, unit, **more)
        return figure.value if figure else None

    def test_a_sector_counts_what_its_units_did_wherever_they_stand(self):
        self.assertEqual([self.value("meetings", unit) for unit in (self.province, self.city)], [2, 1])
        self.assertEqual(self.value("meetings", self.province, since=date(2023, 11, 21)), 1)
        self.assertEqual(self.value("meetings", self.province, position=0), None)

    def test_a_unit_without_units_of_a_sector_has_no_figure_of_it(self):
        self.assertIsNone(self.figure("meetings", self.county))

    def test_what_is_asked_and_not_done_is_zero(self):
        figure = self.figure("met", self.city)
        assert figure is not None
        self.assertEqual((figure.value, figure.out_of is not None and figure.out_of > 0), (0, True))

    def test_declared_figures_are_those_of_the_units_of_the_sector(self):
        self.mill.refresh_from_db()
        owner = Actor(pseudonym="o", grants=(Grant(Role.OFFICE, self.mill.pk, self.mill.no, self.mill.last),))
        declared: dict[str, Any] = {
            "system": "项目系统",
            "document": "厂发〔2023〕1号",
            "document_on": TODAY,
            "as_of_on": TODAY,
        }
        declare_figure(owner, self.mill, indicator=self.indicator("projects"), value=7, at=moment(TODAY), **declared)
        self.assertEqual([self.value("projects", unit) for unit in (self.province, self.other_city)], [7, None])

    def test_a_merged_unit_counts_in_the_sector_of_its_successor(self):
        later = TODAY + timedelta(days=5)
        merge_units(self.city_office, self.mill_branch, into=self.first, at=moment(later))
        self.assertEqual(self.value("meetings", self.city, on=later, at=moment(later)), None)
        self.assertEqual(self.value("meetings", self.city), 1)

    def test_the_figure_opens_to_the_records_of_the_sector(self):
        figure = self.figure("meetings", self.province)
        assert figure is not None
        self.client.force_login(self.users["zhou"], backend="allauth.account.auth_backends.AuthenticationBackend")
        page = self.client.get(figure.url)
        self.assertContains(page, self.enterprise.name)
        self.assertContains(page, self.mill_branch.name)
        self.assertContains(page, self.mine.name)
        self.assertNotContains(page, self.village.name)
        self.assertEqual(self.client.get(figure.url.replace("enterprise", "nothing")).status_code, 404)
