"""Signing in and out as a browser does: journal, lockout, first password, second factor."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.test import Client

from luoshi.gate.ledgered import gate_open
from luoshi.journal.models import Change, Entry
from luoshi.orgs.models import Session, User
from luoshi.orgs.operations import change_password, freeze_user, reset_user
from luoshi.orgs.tests.today import first_in
from luoshi.testing.cast import PASSWORD, LedgerTestCase

NEW = "neun-Schafe-am-Deich"


class Door(LedgerTestCase):
    def setUp(self):
        super().setUp()
        self.client = Client()

    def log_in(self, username="li", password=PASSWORD, **more):
        return self.client.post("/login/", {"login": username, "password": password, **more})

    def signed_in(self, username):
        client = Client()
        client.force_login(User.objects.get(username=username))
        return client

    def is_in(self, client=None):
        return (client or self.client).get("/account/").status_code == 200

    def test_pages_for_strangers_open_without_login(self):
        for address in ("/login/", "/logout/", "/forgotten/", "/activate/nobody/", "/login/frozen/"):
            assert self.client.get(address).status_code == 200, address
        assert self.client.get("/units/")["Location"] == "/login/?next=/units/"

    def test_login_and_logout_stand_in_the_journal_without_personal_data(self):
        assert self.log_in(remember="on").status_code == 302
        assert self.is_in()
        self.client.post("/logout/")
        assert not self.is_in()
        user = self.users["li"]
        entries = Entry.objects.filter(action="user.login", subject=user.ref).order_by("position")
        assert [change.data for change in Change.objects.filter(entry__in=entries).order_by("entry")] == [
            {"event": "in"},
            {"event": "out"},
        ]
        assert all(user.username not in entry.body and user.name not in entry.body for entry in entries)

    def test_a_wrong_password_says_what_to_do_and_writes_no_entry(self):
        response = self.log_in(password="wrong")
        assert "one-time code" in response.content.decode() or "一次性" in response.content.decode()
        assert not Entry.objects.filter(action="user.login").exists()

    def test_five_wrong_passwords_lock_one_account_and_not_its_neighbours(self):
        for _try in range(5):
            response = self.log_in(password="wrong")
        assert response.status_code == 429
        assert AccessAttempt.objects.get().username == "li"
        assert self.log_in().status_code == 429
        assert self.log_in("LI ").status_code == 429
        assert self.log_in("zheng").status_code == 302

    def test_a_session_lasts_eight_hours_where_the_device_is_ones_own(self):
        self.log_in(remember="on")
        assert self.client.session.get_expiry_age() == 8 * 3600
        other = Client()
        other.post("/login/", {"login": "zheng", "password": PASSWORD})
        assert other.session.get_expire_at_browser_close()

    def test_a_password_that_others_know_is_changed_first(self):
        with gate_open():
            User.objects.filter(username="li").update(must_change_password=True)
        self.log_in()
        assert self.client.get("/units/")["Location"] == "/account/password/"
        assert self.client.get("/account/password/").status_code == 200
        short = self.client.post("/account/password/", {"old": PASSWORD, "password": "short", "again": "short"})
        assert short.status_code == 422
        wrong = self.client.post("/account/password/", {"old": "wrong", "password": NEW, "again": NEW})
        assert wrong.status_code == 422
        done = self.client.post("/account/password/", {"old": PASSWORD, "password": NEW, "again": NEW})
        assert done.status_code == 302
        assert self.is_in(), "the session that changed it goes on"
        assert User.objects.get(username="li").check_password(NEW)
        change = Change.objects.filter(entry__action="user.change_password").get()
        assert change.data["unlogged"] == ["password"]

    def test_changing_the_password_of_another_account_is_refused(self):
        with self.assertRaises(PermissionDenied):
            change_password(self.liaison, self.users["zheng"], password=NEW)

    def test_freezing_and_resetting_end_open_sessions(self):
        for act in (freeze_user, reset_user):
            user, client = User.objects.get(username="zheng"), self.signed_in("zheng")
            assert self.is_in(client)
            act(self.city_office, user)
            assert not self.is_in(client), act.action
            with gate_open():
                User.objects.filter(pk=user.pk).update(frozen=False, password=make_password(PASSWORD))

    def test_a_frozen_account_cannot_sign_in(self):
        freeze_user(self.city_office, self.users["zheng"])
        self.log_in("zheng")
        assert not self.is_in()

    def test_ones_own_devices_are_listed_and_can_be_signed_out(self):
        self.log_in(remember="on")
        other = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/120.0"})
        other.post("/login/", {"login": "li", "password": PASSWORD})
        page = self.client.get("/account/").content.decode()
        assert "Firefox · Windows" in page
        key = Session.objects.get(device="Firefox · Windows").session_key
        stranger = self.signed_in("zheng")
        stranger.post("/account/sessions/end/", {"session": key})
        assert self.is_in(other)
        self.client.post("/account/sessions/end/", {"session": key})
        assert not self.is_in(other)
        assert self.is_in()

    def test_language_and_theme_come_along_to_the_next_device(self):
        client = self.signed_in("li")
        page = client.get("/account/").content.decode()
        key = first_in(page, r'name="key" value="([^"]+)"')
        client.post("/account/", {"language": "en", "theme": "dark", "key": key, "version": "1"})
        response = self.log_in()
        assert response.cookies["django_language"].value == "en"
        assert response.cookies["luoshi_theme"].value == "dark"

    def test_the_second_factor_is_switched_on_with_a_code_and_asked_at_the_next_login(self):
        self.log_in()
        assert self.client.get("/account/second-factor/on/")["Location"].startswith("/account/confirm/")
        assert self.client.get("/account/confirm/").status_code == 200
        self.client.post("/account/confirm/", {"password": PASSWORD})
        page = self.client.get("/account/second-factor/on/").content.decode()
        assert "data:image/svg+xml;base64," in page
        secret = first_in(page, r'<code class="secret">([A-Z2-7]+)</code>')
        assert self.client.post("/account/second-factor/on/", {"code": "000000"}).status_code == 200
        assert not Authenticator.objects.exists()
        code = self.code(secret)
        answer = self.client.post("/account/second-factor/on/", {"code": code})
        assert answer["Location"] == "/account/recovery-codes/"
        assert self.client.get("/account/recovery-codes/").status_code == 200
        stored = Authenticator.objects.get(type="totp").data["secret"]
        assert secret not in stored
        self.client.post("/logout/")
        assert self.log_in()["Location"].startswith("/login/code/")
        assert self.client.get("/login/code/").status_code == 200
        assert not self.is_in()
        reset_user(self.city_office, self.users["li"])
        assert not Authenticator.objects.exists()

    @staticmethod
    def code(secret: str) -> str:
        code: str = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
        return code
