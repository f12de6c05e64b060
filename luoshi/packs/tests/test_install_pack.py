"""Installing a pack: the rows it makes, the entry it writes, what an upgrade changes and what it refuses."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.utils import translation

from luoshi.campaigns.models import Audience, Batch, Campaign, Kind, Occasion, Owes, Requirement, Topic, Workstream
from luoshi.figures.models import Delta, Indicator
from luoshi.figures.verify import check_figures
from luoshi.gate.errors import Refused
from luoshi.gate.rules import RULES, Role
from luoshi.gate.verify import check_rows
from luoshi.journal.models import Change, Entry
from luoshi.packs.loading import Loaded, library, load
from luoshi.packs.models import Installed
from luoshi.packs.operations import Unsound, install_pack, pack_in_force, standing
from luoshi.packs.tests.marked import whole
from luoshi.packs.vocabulary import offered
from luoshi.reports.composing import templates
from luoshi.reports.contents import outline_of
from luoshi.reports.operations import generate_report
from luoshi.reports.outline import lines
from luoshi.testing.cast import TODAY, LedgerTestCase, moment

BEGINNING = date(2023, 9, 4)

SMALL = """\
indicators:
  - code: bodies_share
    title: {zh-hans: 办班班子, en: Bodies with a class}
    definition: {zh-hans: 办过班的班子, en: Bodies that held a class}
    workstream: study
    source: activities
    where: {column: kind, eq: class}
    measure: distinct:unit
    unit_word: {zh-hans: 个, en: bodies}
    denominator: bodies_all
    names: [举办读书班的班子]
  - code: bodies_all
    title: {zh-hans: 全部班子, en: All bodies}
    definition: {zh-hans: 名册上的班子, en: Bodies on the roster}
    workstream: study
    source: units
    where: {column: leading_body, eq: true}
    measure: count
    unit_word: {zh-hans: 个, en: bodies}
declared:
  - code: projects
    title: {zh-hans: 开工项目, en: Projects}
    definition: {zh-hans: 开工的项目, en: Projects started}
    workstream: study
    level: prefecture
    unit_word: {zh-hans: 个, en: projects}
topics: [{code: first, title: {zh-hans: 第一专题, en: First topic}}]
"""
PACK = whole(SMALL)


def loaded(text: str) -> Loaded:
    with translation.override("en"):
        return load(text.encode(), offered())


def later(text: str, *changes: tuple[str, str], version: str = "2") -> Loaded:
    """A higher version of the pack with some of its text changed."""
    for before, after in (("version: '1'", f"version: '{version}'"), *changes):
        assert before in text, before
        text = text.replace(before, after, 1)
    return loaded(text)


class PackTestCase(LedgerTestCase):
    def install(self, pack: Loaded | None = None, *, on: date = BEGINNING) -> Campaign:
        return install_pack(self.office, self.province, loaded=pack or loaded(PACK), at=moment(on))

    def refusal(self, pack: Loaded, *, on: date) -> list[str]:
        """The flaws with which the pack is refused; nothing is stored then."""
        before = Installed.objects.count(), Entry.objects.count()
        with translation.override("en"), self.assertRaises(Unsound) as refused:
            self.install(pack, on=on)
        self.assertEqual((Installed.objects.count(), Entry.objects.count()), before)
        return [flaw.line("f") for flaw in refused.exception.flaws]


class InstallPack(PackTestCase):
    def test_one_entry_makes_everything_that_the_file_says(self):
        entries = Entry.objects.count()
        campaign = self.install()
        self.assertEqual(Entry.objects.count(), entries + 1)
        entry = Entry.objects.latest("position")
        self.assertEqual((entry.action, entry.unit), ("campaign.install", self.province.pk))
        refs = Change.objects.filter(entry=entry).values_list("subject", flat=True)
        words = {ref.partition(":")[0] for ref in refs}
        self.assertEqual(
            words, {"campaign", "pack", "workstream", "batch", "kind", "topic", "audience", "requirement", "indicator"}
        )
        self.assertEqual((campaign.title, campaign.title_en, campaign.pack_version), ("小活动", "Small campaign", "1"))
        self.assertEqual(campaign.settings["root_closes"], "reviewer")
        for model in (Workstream, Batch, Kind, Topic, Audience, Requirement):
            self.assertEqual(model.objects.filter(campaign=campaign).count(), 1, model)

    def test_duties_and_figures_follow_at_once(self):
        campaign = self.install()
        requirement = Requirement.objects.get(campaign=campaign)
        self.assertEqual(requirement.kinds, ["class"])
        self.assertEqual(
            list(requirement.occasions.values_list("opens_on", "due_on")), [(BEGINNING, date(2023, 10, 31))]
        )
        bodies = {self.province, self.city, self.other_city, self.bureau, self.county}
        self.assertEqual(set(requirement.owes.values_list("unit", flat=True)), {unit.pk for unit in bodies})
        share = Indicator.objects.get(campaign=campaign, code="bodies_share")
        self.assertEqual(share.denominator, Indicator.objects.get(campaign=campaign, code="bodies_all"))
        self.assertEqual((share.unit_word, share.unit_word_en, share.names), ("个", "bodies", ["举办读书班的班子"]))
        projects = Indicator.objects.get(campaign=campaign, code="projects")
        self.assertTrue(projects.declared)
        self.assertEqual(projects.level, "prefecture")

    def test_the_order_of_the_file_is_the_order_of_the_rows(self):
        campaign = self.install()
        codes = Indicator.objects.filter(campaign=campaign).order_by("order").values_list("code", flat=True)
        self.assertEqual(list(codes), ["bodies_share", "bodies_all", "projects"])

    def test_the_file_is_kept_as_it_was(self):
        campaign = self.install()
        installed = Installed.objects.get(campaign=campaign)
        self.assertEqual(standing(campaign), installed)
        self.assertEqual(installed.source, PACK)
        self.assertEqual(installed.sha256, loaded(PACK).sha256)
        self.assertEqual((installed.installed_on, installed.installed_by), (BEGINNING, "周知远"))
        self.assertEqual(pack_in_force(campaign), loaded(PACK).pack)

    def test_the_same_file_again_changes_nothing(self):
        campaign = self.install()
        entries = Entry.objects.count()
        self.assertEqual(self.install(), campaign)
        self.assertEqual(Entry.objects.count(), entries)

    def test_the_same_key_again_has_one_effect(self):
        pack = loaded(PACK)
        first = install_pack(self.office, self.province, loaded=pack, at=moment(BEGINNING), key="k1")
        self.assertEqual(install_pack(self.office, self.province, loaded=pack, key="k1"), first)

    def test_only_the_campaign_office_above_the_unit_can(self):
        self.assertEqual(set(RULES["campaign.install"].reach), {Role.OFFICE})
        allowed = {("zhou", self.province), ("zhou", self.city), ("wu", self.city)}
        for username in ("zhou", "wu", "li", "zheng", "wang", "system"):
            for unit in (self.province, self.city):
                with self.subTest(username=username, unit=unit.code):
                    pack = loaded(PACK.replace("code: small", f"code: {username}-{unit.code}".replace("-62", "-n62")))
                    if (username, unit) in allowed:
                        install_pack(self.as_user(username), unit, loaded=pack, at=moment(BEGINNING))
                    else:
                        with self.assertRaises(PermissionDenied):
                            install_pack(self.as_user(username), unit, loaded=pack, at=moment(BEGINNING))

    def test_figures_and_journal_agree_with_the_records_after_every_version(self):
        self.install()
        self.install(later(PACK, ("measure: distinct:unit", "measure: count")), on=date(2023, 11, 1))
        self.install(load(library()["theme-education-2"].read_bytes(), offered()))
        self.assertEqual(list(check_figures()), [])
        self.assertEqual(list(check_rows()), [])
        self.assertGreater(Delta.objects.filter(indicator__campaign__code="small").count(), 0)

    def test_a_pack_with_flaws_is_refused_with_all_of_them(self):
        told = self.refusal(loaded(PACK.replace("by: 2023-10-31", "buy: 2023-10-31")), on=BEGINNING)
        self.assertEqual(len(told), 1)
        self.assertIn("There is no key “buy” here", told[0])
        self.assertFalse(Campaign.objects.filter(code="small").exists())

    def test_the_packs_of_the_library_can_be_installed(self):
        for code, file in library().items():
            with self.subTest(code):
                campaign = self.install(load(file.read_bytes(), offered()))
                self.assertEqual(campaign.code, code)
                self.assertTrue(Owes.objects.filter(requirement__campaign=campaign).exists())
                self.assertTrue(Occasion.objects.filter(requirement__campaign=campaign).exists())

    def test_the_reports_of_the_library_are_written_from_the_ledger(self):
        for code, file in library().items():
            campaign = self.install(load(file.read_bytes(), offered()))
            for template in templates(campaign):
                for language in ("zh-hans", "en"):
                    with self.subTest(code=code, template=template, language=language):
                        report = generate_report(
                            self.office,
                            self.province,
                            campaign=campaign,
                            template=template,
                            language=language,
                            at=moment(TODAY),
                        )
                        outline = outline_of(report)
                        assert outline is not None
                        text = "\n".join(lines(outline))
                        self.assertNotIn("{{", text)
                        self.assertNotIn("[[", text)
                        self.assertEqual(report.language, language)
                        if language == "zh-hans":
                            self.assertIn("—", text, "what is unknown is a dash, never 0")


class UpgradePack(PackTestCase):
    """The second version, before and after the campaign has begun."""

    def setUp(self) -> None:
        super().setUp()
        self.campaign = self.install()
        self.asked = Requirement.objects.get(campaign=self.campaign)

    def test_a_title_changes_one_row(self):
        self.install(
            later(PACK, ("zh-hans: 读书班, en: Class}", "zh-hans: 读书班（集中）, en: Class}")), on=date(2023, 11, 1)
        )
        self.assertEqual(Kind.objects.get(campaign=self.campaign).title, "读书班（集中）")
        entry = Entry.objects.latest("position")
        subjects = Change.objects.filter(entry=entry).values_list("subject", flat=True)
        self.assertEqual({ref.partition(":")[0] for ref in subjects}, {"campaign", "pack", "kind"})

    def test_a_day_to_come_moves_with_its_occasion(self):
        self.install(later(PACK, ("by: 2023-10-31", "by: 2023-11-30")), on=date(2023, 10, 1))
        self.assertEqual(Occasion.objects.get(requirement=self.asked).due_on, date(2023, 11, 30))

    def test_a_requirement_that_is_taken_out_ends_today_and_what_was_owed_stays(self):
        other = (
            "    fulfilled_by: [class]",
            "    fulfilled_by: [class]\n  - {code: more, title: {zh-hans: 再办, en: Another}, workstream: study, audience: bodies, "
            "batch: second, by: 2023-12-31, fulfilled_by: [class]}",
        )
        second = later(PACK, other)
        self.install(second, on=date(2023, 10, 1))
        more = Requirement.objects.get(campaign=self.campaign, code="more")
        self.assertEqual(more.published_on, date(2023, 10, 1))
        self.install(later(PACK, version="3"), on=date(2023, 11, 1))
        more.refresh_from_db()
        self.assertEqual(more.ended_on, date(2023, 11, 1))
        self.assertEqual(
            set(more.owes.values_list("valid_from", "valid_until")), {(date(2023, 10, 1), date(2023, 11, 1))}
        )
        with self.assertRaises(Refused):
            self.install(loaded(second.source.decode().replace("version: '2'", "version: '4'")), on=date(2023, 11, 2))

    def test_a_new_definition_is_a_new_edition(self):
        self.install(
            later(PACK, ("where: {column: kind, eq: class}", "where: {column: leading_body, eq: true}")),
            on=date(2023, 11, 1),
        )
        editions = dict(Indicator.objects.filter(campaign=self.campaign).values_list("code", "edition"))
        self.assertEqual(editions, {"bodies_share": 2, "bodies_all": 1, "projects": 1})

    def test_before_the_campaign_begins_everything_may_still_change(self):
        other = loaded(
            PACK.replace("code: small", "code: next").replace("2023-09-04", "2024-09-04").replace("2024-01-31", "2025-01-31")
            .replace("by: 2023-10-31", "by: 2024-10-31")
        )  # fmt: skip
        campaign = self.install(other, on=date(2024, 8, 1))
        changed = later(
            other.source.decode(),
            ("starts_on: 2024-09-04, ends_on: 2025-01-31}", "starts_on: 2024-10-07, ends_on: 2025-01-31}"),
            ("rule: {column: leading_body, eq: true}", "rule: {column: kind, eq: branch}"),
            ("by: 2024-10-31", "rule: FREQ=MONTHLY;BYMONTHDAY=-1"),
        )
        self.install(changed, on=date(2024, 8, 2))
        requirement = Requirement.objects.get(campaign=campaign)
        due = list(requirement.occasions.order_by("no").values_list("due_on", flat=True))
        self.assertEqual(due, [date(2024, 10, 31), date(2024, 11, 30), date(2024, 12, 31), date(2025, 1, 31)])
        owing = requirement.owes.exclude(valid_until__lte=date(2024, 10, 7)).values_list("unit__kind", flat=True)
        self.assertEqual(set(owing), {"branch"})

    def test_what_has_begun_is_not_rewritten(self):
        cases = {
            ("by: 2023-10-31", "by: 2023-12-31"): "Waive or extend",
            ("by: 2023-10-31", "rule: FREQ=MONTHLY;BYMONTHDAY=-1"): "This is owed since 2023-09-04",
            (
                "    fulfilled_by: [class]",
                "    fulfilled_by: [class]\n    required: false",
            ): "This is owed since 2023-09-04",
            (
                "rule: {column: leading_body, eq: true}",
                "rule: {column: kind, eq: branch}",
            ): "Add an audience with a new code",
            (
                "starts_on: 2023-09-04, ends_on: 2024-01-31}",
                "starts_on: 2023-09-11, ends_on: 2024-01-31}",
            ): "The first day",
            (
                "starts_on: 2023-09-04, ends_on: 2024-01-31}",
                "starts_on: 2023-09-04, ends_on: 2023-11-01}",
            ): "The last day",
            ("zh-hans: 第二批, en: Second batch}", "zh-hans: 第二批, en: Batch two}"): None,
        }
        for change, words in cases.items():
            with self.subTest(change):
                if words is None:
                    self.install(later(PACK, change), on=date(2023, 11, 23))
                else:
                    self.assertIn(words, "\n".join(self.refusal(later(PACK, change), on=date(2023, 11, 23))))

    def test_a_refusal_names_the_line_of_the_new_file(self):
        changed = later(PACK, ("by: 2023-10-31", "by: 2023-12-31"))
        line = changed.source.decode().splitlines().index("    by: 2023-12-31") + 1
        (told,) = self.refusal(changed, on=date(2023, 11, 23))
        self.assertTrue(told.startswith(f"f:{line}: requirements.class.by: "), told)

    def test_the_version_goes_up(self):
        self.assertIn("Give the changed pack a higher one", self.refusal(loaded(PACK + "\n"), on=BEGINNING)[0])
        self.install(later(PACK, version="1.10"))
        self.assertIn("Version 1.10 is installed", self.refusal(later(PACK, version="1.9"), on=BEGINNING)[0])

    def test_a_campaign_is_upgraded_where_it_is_led_from(self):
        with self.assertRaises(Refused), translation.override("en"):
            install_pack(self.office, self.city, loaded=later(PACK), at=moment(BEGINNING + timedelta(days=1)))
