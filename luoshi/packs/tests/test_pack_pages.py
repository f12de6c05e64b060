"""The pages of packs, as the campaign office, a reader and an administrator meet them."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from luoshi.campaigns.models import Campaign
from luoshi.journal.models import Entry
from luoshi.packs.loading import library, load
from luoshi.packs.models import Installed
from luoshi.packs.operations import install_pack
from luoshi.packs.tests.test_install_pack import PACK, PackTestCase, loaded
from luoshi.packs.vocabulary import offered

DESK = "/packs/desk/"


class PackPages(PackTestCase):
    def sign_in(self, username: str, language: str = "en") -> None:
        self.client.force_login(self.users[username], backend="allauth.account.auth_backends.AuthenticationBackend")
        self.client.cookies["django_language"] = language

    def setUp(self) -> None:
        super().setUp()
        self.sign_in("zhou")

    def test_the_index_says_what_is_in_force_and_what_comes_with_the_product(self):
        self.install()
        page = self.client.get(reverse("packs:index"))
        self.assertContains(page, "Small campaign")
        self.assertContains(page, loaded(PACK).sha256[:12])
        self.assertContains(page, "Second batch of the theme education")
        self.assertContains(page, "not installed", count=len(library()))

    def test_a_pack_is_shown_in_words(self):
        self.install()
        page = self.client.get(reverse("packs:installed", args=["small"]))
        self.assertContains(page, "once, by 2023-10-31")
        self.assertContains(page, "different units among activities, where kind: Class")
        self.assertContains(page, loaded(PACK).sha256)

    def test_every_pack_of_the_product_can_be_read_in_both_languages(self):
        for code in library():
            for language in ("en", "zh-hans"):
                with self.subTest(code=code, language=language):
                    self.sign_in("zhou", language)
                    self.assertEqual(self.client.get(reverse("packs:shelved", args=[code])).status_code, 200)

    def test_an_earlier_version_stays_readable(self):
        self.install()
        self.install(loaded(PACK.replace("version: '1'", "version: '2'").replace("en: Class}", "en: Course}", 1)))
        address = reverse("packs:installed", args=["small"])
        self.assertContains(self.client.get(address), "Course")
        self.assertNotContains(self.client.get(address, {"version": "1"}), "Course")
        self.assertEqual(self.client.get(address, {"version": "9"}).status_code, 404)

    def test_the_desk_shows_every_flaw_with_its_line_and_keeps_what_was_typed(self):
        text = PACK.replace("by: 2023-10-31", "buy: 2023-10-31")
        page = self.client.post(DESK, {"source": text, "install": "1"})
        line = text.splitlines().index("    buy: 2023-10-31") + 1
        self.assertEqual(page.status_code, 422)
        self.assertContains(page, "There is no key “buy” here", status_code=422)
        self.assertContains(page, f'data-label="Line">{line}<', status_code=422)
        self.assertContains(
            page, '<td class="code" data-label="Text of the line">buy: 2023-10-31</td>', status_code=422
        )
        self.assertContains(page, "buy: 2023-10-31", status_code=422)
        self.assertFalse(Campaign.objects.filter(code="small").exists())

    def test_checking_writes_nothing_and_installing_does(self):
        entries = Entry.objects.count()
        page = self.client.post(DESK, {"source": PACK, "check": "1"})
        self.assertContains(page, "A new campaign with 1 requirements and 2 indicators.")
        self.assertContains(page, "It would be led from 甘河省委.")
        self.assertEqual(Entry.objects.count(), entries)
        done = self.client.post(DESK, {"source": PACK, "install": "1"})
        self.assertRedirects(done, reverse("packs:installed", args=["small"]))
        self.assertEqual(Installed.objects.get().sha256, loaded(PACK).sha256)
        self.assertEqual(Entry.objects.latest("position").action, "campaign.install")

    def test_an_uploaded_file_is_taken_and_its_text_shown(self):
        page = self.client.post(
            DESK, {"file": SimpleUploadedFile("mine.yaml", PACK.encode()), "source": "", "check": "1"}
        )
        self.assertContains(page, "No flaws")
        self.assertContains(page, "bodies_share")

    def test_what_a_browser_sends_back_with_other_line_ends_is_the_same_file(self):
        self.client.post(DESK, {"source": PACK.replace("\n", "\r\n"), "install": "1"})
        self.assertEqual(Installed.objects.get().source, PACK)

    def test_a_new_version_says_what_it_would_change(self):
        self.install()
        changed = PACK.replace("version: '1'", "version: '2'").replace("en: Hold a class}", "en: Hold one class}")
        page = self.client.post(DESK, {"source": changed, "check": "1"})
        self.assertContains(page, "requirement class (办班): changed")
        self.assertContains(page, "title.en: Hold a class → Hold one class")

    def test_a_version_that_would_rewrite_the_past_cannot_be_installed(self):
        self.install()
        changed = PACK.replace("version: '1'", "version: '2'").replace("by: 2023-10-31", "by: 2023-09-30")
        page = self.client.post(DESK, {"source": changed, "install": "1"})
        self.assertContains(page, "Waive or extend", status_code=422)
        self.assertEqual(Installed.objects.count(), 1)

    def test_nothing_sent_is_an_error_that_says_what_to_do(self):
        page = self.client.post(DESK, {"source": " ", "check": "1"})
        self.assertContains(page, "Choose a file, or paste the text of a pack.", status_code=422)

    def test_bytes_that_are_no_text_are_told(self):
        upload = SimpleUploadedFile("mine.yaml", "主题".encode("gb18030"))
        self.assertContains(self.client.post(DESK, {"file": upload, "check": "1"}), "UTF-8", status_code=422)

    def test_who_may_not_install_may_check_and_is_refused_the_rest(self):
        self.sign_in("li")
        page = self.client.post(DESK, {"source": PACK, "check": "1"})
        self.assertContains(page, "No flaws")
        self.assertNotContains(page, 'name="install"')
        self.assertEqual(self.client.post(DESK, {"source": PACK, "install": "1"}).status_code, 403)
        self.assertFalse(Installed.objects.exists())

    def test_administrators_see_no_campaigns(self):
        self.install()
        self.sign_in("system")
        for address in ("/packs/", DESK, "/packs/small/", "/packs/library/safety-inspection/"):
            self.assertEqual(self.client.get(address).status_code, 403, address)

    def test_a_city_office_cannot_change_the_campaign_of_the_province(self):
        install_pack(self.office, self.province, loaded=load(PACK.encode(), offered()))
        self.sign_in("wu")
        changed = PACK.replace("version: '1'", "version: '2'")
        self.assertEqual(self.client.post(DESK, {"source": changed, "install": "1"}).status_code, 403)

    def test_pages_ask_few_questions(self):
        self.install(on=date(2023, 9, 4))
        self.client.get("/packs/")
        for address in ("/packs/", "/packs/small/", "/packs/library/theme-education-2/"):
            with self.subTest(address), self.assertNumQueries(FewerThan(25)):
                self.client.get(address)


class FewerThan(int):
    """Equal to every number that is not larger."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and other <= int(self)

    __hash__ = int.__hash__
