"""登录页 — whose installation it is, what needs no login, and the last checkpoint; the same for a telephone."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import override_settings

from luoshi.journal import log
from luoshi.testing.cast import TODAY, LedgerTestCase, moment


class LoginPage(LedgerTestCase):
    def setUp(self):
        super().setUp()
        self.enterContext(override_settings(LUOSHI_KEYS=Path(self.enterContext(TemporaryDirectory()))))

    def test_it_names_the_installation_and_what_needs_no_login(self):
        log.checkpoint(at=moment(TODAY))
        page = self.client.get("/login/")
        self.assertContains(page, f"{self.province.name} · 学习教育")
        self.assertContains(page, 'href="/verify/"')
        self.assertContains(page, "2023-11-23 09:12")
        self.assertContains(page, "涉密")
        self.assertContains(page, 'name="language" value="en"')

    def test_it_speaks_english_too(self):
        page = self.client.get("/login/", headers={"accept-language": "en"})
        self.assertContains(page, f"{self.province.name}, Study")
        self.assertContains(page, "Verify a report")

    def test_what_needs_no_login_stands_beside_a_forgotten_password_and_a_refused_login(self):
        for page in (self.client.get("/forgotten/"), self.client.post("/login/", {"login": "zhou", "password": "x"})):
            self.assertContains(page, 'href="/verify/"')

    def test_a_signed_in_user_has_the_frame_instead(self):
        self.client.force_login(self.users["zhou"], backend="allauth.account.auth_backends.AuthenticationBackend")
        self.assertNotIn("installation", self.client.get("/").context)


class NamelessInstallation(LedgerTestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        """An empty installation."""

    def test_an_empty_one_has_no_name_and_its_login_page_opens(self):
        self.assertEqual(self.client.get("/login/").status_code, 200)
