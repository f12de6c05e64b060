"""allauth's addresses, as far as accounts without e-mail need them, under the names that allauth looks for."""

from typing import Any

from allauth.account.views import LoginView, LogoutView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateWithCodeView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path
from django.views.generic import TemplateView


class Logout(LogoutView):  # type: ignore[misc]
    """Asks before it signs out; tells those whose session has ended already that they are out."""

    template_name = "orgs/logout.html"

    def get(self, *_args: Any, **_more: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data())  # type: ignore[no-any-return]


urlpatterns = [
    path("login/", LoginView.as_view(template_name="orgs/login.html"), name="account_login"),
    path("logout/", login_not_required(Logout.as_view()), name="account_logout"),
    path(
        "login/frozen/",
        login_not_required(TemplateView.as_view(template_name="orgs/frozen.html")),
        name="account_inactive",
    ),
    path(
        "login/code/",
        login_not_required(AuthenticateView.as_view(template_name="orgs/login_code.html")),
        name="mfa_authenticate",
    ),
    path(
        "account/confirm/",
        ReauthenticateView.as_view(template_name="orgs/confirm_password.html"),
        name="account_reauthenticate",
    ),
    path(
        "account/confirm/code/",
        ReauthenticateWithCodeView.as_view(template_name="orgs/confirm_code.html"),
        name="mfa_reauthenticate",
    ),
    path("account/second-factor/", IndexView.as_view(template_name="orgs/second_factor.html"), name="mfa_index"),
    path(
        "account/second-factor/on/",
        ActivateTOTPView.as_view(template_name="orgs/second_factor_on.html"),
        name="mfa_activate_totp",
    ),
    path(
        "account/second-factor/off/",
        DeactivateTOTPView.as_view(template_name="orgs/second_factor_off.html"),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/recovery-codes/",
        ViewRecoveryCodesView.as_view(template_name="orgs/recovery_codes.html"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/recovery-codes/new/",
        GenerateRecoveryCodesView.as_view(template_name="orgs/recovery_codes_new.html"),
        name="mfa_generate_recovery_codes",
    ),
]
