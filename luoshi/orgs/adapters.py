"""allauth's two adapters: accounts without e-mail, journalled logins, secrets encrypted, QR codes without a further library."""

import base64
import io
from hashlib import sha256
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luoshi.orgs.models import User
from luoshi.orgs.operations import note_login
from luoshi.orgs.operations.accounts import holder
from luoshi.orgs.sessions import DEVICE
from luoshi.page import themes

BROWSERS = (
    ("Edg", "Edge"),
    ("MicroMessenger", "WeChat"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up, nothing is sent; a login stands in the journal, a failed one with axes."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy(
            "Account or password is wrong. If you forgot the password, ask the unit above for a one-time code."
        ),
        "incorrect_password": gettext_lazy("The password is wrong."),
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session[DEVICE] = device_of(request)
        note_login(holder(user), user, event="in")

    def logout(self, request: HttpRequest) -> None:
        user = User.objects.filter(pk=request.user.pk).first()
        super().logout(request)
        if user is not None:
            note_login(holder(user), user, event="out")

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Take language and theme along to this device."""
        response: HttpResponse = super().post_login(request, user, **more)
        if user.language:
            remember_language(response, user.language)
        if user.theme:
            themes.remember(response, user.theme)
        return response

    def add_message(self, *_args: Any, **_more: Any) -> None:
        """A page that opens says enough."""

    def send_notification_mail(self, *_args: Any, **_more: Any) -> None:
        """There are no addresses."""


def remember_language(response: HttpResponse, language: str) -> None:
    if translation.check_for_language(language):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )


def device_of(request: HttpRequest) -> str:
    """Firefox · Windows: enough to recognise one's own device, too little to recognise somebody."""
    agent = request.headers.get("User-Agent", "")
    found = [next((word for mark, word in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second factor: its secret lies encrypted in the database, under a key from outside it."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "The code is wrong. It changes every 30 seconds; check the clock of the telephone."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return _("Luoshi")

    def build_totp_svg(self, url: str) -> str:
        return qr_svg(url)

    def send_notification_mail(self, *_args: Any, **_more: Any) -> None:
        """There are no addresses."""


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(b"luoshi.orgs.mfa" + settings.SECRET_KEY.encode()).digest()))


def qr_svg(text: str, *, scale: int = 4) -> str:
    """A QR code as SVG without inline styles, for <img src="data:…">."""
    file = io.BytesIO()
    segno.make(text, error="m").save(file, kind="svg", scale=scale, border=2, xmldecl=False, svgns=True)
    return file.getvalue().decode()


def qr_address(text: str) -> str:
    """The same as a data address."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr_svg(text).encode()).decode()
