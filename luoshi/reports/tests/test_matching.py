"""核数的比对 — a text's statements against the ledger: agreeing, differing with the figure, or not known."""

from datetime import date

from luoshi.activities.operations import Held, record_activity
from luoshi.figures.operations import declare_figure
from luoshi.reports.matching import Verdict, bare, check_text, find_unit
from luoshi.reports.textcheck import read
from luoshi.testing.cast import TODAY, LedgerTestCase, moment


class Matching(LedgerTestCase):
    def setUp(self):
        super().setUp()
        for day in (20, 21, 22):
            held = Held(kind=self.kind("meeting"), held_on=date(2023, 11, day), title="会议")
            record_activity(self.secretary, self.first, campaign=self.campaign, held=held, at=moment(TODAY))

    def verdicts(self, text: str, actor=None, unit=None) -> list[tuple[str, Verdict]]:
        check = check_text(
            actor or self.office,
            read(text),
            campaign=self.campaign,
            unit=unit or self.province,
            on=TODAY,
            at=moment(TODAY),
        )
        return [(each.statement.text, each.verdict) for each in check.results]

    def test_a_number_that_the_ledger_has_agrees(self):
        self.assertEqual(self.verdicts("东林市召开党员大会3次。"), [("3次", Verdict.AGREES)])

    def test_another_number_differs_and_the_ledger_says_by_how_much(self):
        check = check_text(
            self.office,
            read("东林市召开党员大会5次。"),
            campaign=self.campaign,
            unit=self.province,
            on=TODAY,
            at=moment(TODAY),
        )
        found = check.results[0]
        self.assertEqual((found.verdict, found.ledger_value, found.difference), (Verdict.DIFFERS, 3, 2))

    def test_what_the_ledger_does_not_count_is_not_known(self):
        self.assertEqual(self.verdicts("东林市植树1200棵。"), [("1200棵", Verdict.UNKNOWN)])

    def test_nothing_recorded_is_not_zero(self):
        self.assertEqual(self.verdicts("西原市召开党员大会2次。"), [("2次", Verdict.UNKNOWN)])

    def test_a_plan_is_not_checked(self):
        self.assertEqual(self.verdicts("下一步，东林市计划召开党员大会9次。"), [("9次", Verdict.NOT_CHECKED)])

    def test_a_declared_figure_is_said_to_be_one(self):
        declare_figure(
            self.city_office, self.city, indicator=self.indicator("projects"), value=173, as_of_on=date(2023, 11, 20),
            system="项目库", document="一号文", document_on=date(2023, 11, 20), at=moment(TODAY),
        )  # fmt: skip
        self.assertEqual(self.verdicts("东林市集中开工项目173个。"), [("173个", Verdict.DECLARED)])

    def test_out_of_sight_is_not_known(self):
        text = "东林市召开党员大会3次。"
        self.assertEqual(self.verdicts(text, actor=self.outsider, unit=self.other_city), [("3次", Verdict.UNKNOWN)])

    def test_rounding_and_sides(self):
        for text, verdict in (
            ("东林市召开党员大会近4次。", Verdict.ABOUT),
            ("东林市召开党员大会约3次。", Verdict.AGREES),
            ("东林市召开党员大会3次以上。", Verdict.AGREES),
        ):
            with self.subTest(text):
                self.assertEqual([v for _t, v in self.verdicts(text)], [verdict])

    def test_names_of_units_are_found_with_and_without_their_endings(self):
        for name in ("东林市", "东林市委", "中共东林市委员会"):
            self.assertEqual(find_unit(name, self.province), self.city, name)
        self.assertEqual(find_unit("石桥县", self.province), self.county)
        self.assertEqual(find_unit("东林市石桥县", self.province), self.county)
        self.assertEqual(find_unit(None, self.bureau), self.bureau)
        self.assertIsNone(find_unit("月球委员会", self.province))
        self.assertEqual(bare("中共张掖市委员会"), "张掖市")
