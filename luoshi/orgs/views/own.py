"""One's own account, and the way into it: activation, password, sessions, tokens."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.gate.errors import Refused
from luoshi.gate.policy import may
from luoshi.gate.request import Request
from luoshi.gate.rules import ROLE_NAMES, RULES
from luoshi.orgs.adapters import remember_language
from luoshi.orgs.forms import ActivateForm, PasswordForm, PreferencesForm, TokenForm
from luoshi.orgs.models import Grant, Token, Unit, User, during
from luoshi.orgs.operations import activate_user, change_password, create_token, end_token, set_preferences
from luoshi.orgs.operations.accounts import UNKNOWN_CODE, holder
from luoshi.orgs.queries import own_sessions, own_tokens
from luoshi.orgs.views.pages import check_may, form_page
from luoshi.page import themes
from luoshi.page.forms import Form


def own_user(request: Request) -> User:
    """The signed-in account itself; the login middleware has seen to it that there is one."""
    found: User = get_object_or_404(User.objects.select_related("unit", "person"), pk=request.user.pk)
    return found


@require_http_methods(["GET", "POST"])
def me(request: Request) -> HttpResponse:
    """My account: roles, language and theme, password and second factor, devices, tokens."""
    user = own_user(request)
    form = PreferencesForm(
        request.POST or None, initial={"language": user.language, "theme": user.theme}, version=user.version
    )
    if form.is_valid():
        with form.refusals():
            set_preferences(request.actor, user, **form.cleaned_data, seen=form.version, key=form.key)
            return _with_preferences(redirect("orgs:me"), **form.cleaned_data)
    context = {
        "form": form,
        "user_row": user,
        "grants": Grant.objects.filter(during(request.today), user=user).select_related("unit", "sector"),
        "sessions": own_sessions(user, at=timezone.now()),
        "this_session": request.session.session_key,
        "tokens": own_tokens(user),
        "may_tokens": may(request.actor, "token.create", user.unit.place()),
        "second_factor": Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists(),
        "machine_now": timezone.now(),
        "now": request.now,
        "today": request.today,
        "role_names": ROLE_NAMES,
    }
    return render(request, "orgs/me.html", context, status=form.status)


def _with_preferences(response: HttpResponse, *, language: str, theme: str) -> HttpResponse:
    if language:
        remember_language(response, language)
    themes.remember(response, theme)
    return response


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: Request) -> HttpResponse:
    user = own_user(request)
    form = PasswordForm(request.POST or None, user=user)
    if form.is_valid():
        with form.refusals():
            # Without a key: the digest of what was sent would stand beside it.
            user = change_password(request.actor, user, password=form.cleaned_data["password"])
            update_session_auth_hash(request, user)
            messages.success(request, _("The password was changed; other devices were signed out."))
            return redirect("orgs:me")
    words = _("Set a password that only you know. Then you can go on.") if user.must_change_password else ""
    return form_page(
        request, form, title=_("Change password"), submit=_("Change password"), back="/account/", words=words
    )


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest, username: str) -> HttpResponse:
    """The one-time code becomes a password. Whether the account exists is told to nobody without its code."""
    user = User.objects.filter(username__iexact=username).first() or User(username=username)
    form = ActivateForm(request.POST or None, user=user, initial={"name": ""})
    if form.is_valid():
        with form.refusals():
            if user.pk is None:
                raise Refused(UNKNOWN_CODE)
            values = {name: form.cleaned_data[name] for name in ("code", "password", "name")}
            activate_user(holder(user), user, **values)
            messages.success(request, _("Your password is set. Sign in with it now."))
            return redirect("account_login")
    return render(request, "orgs/activate.html", {"form": form, "username": username}, status=form.status)


@require_POST
def end_session(request: Request) -> HttpResponse:
    """Sign one of one's own devices out."""
    own_sessions(own_user(request), at=timezone.now()).filter(session_key=request.POST.get("session", "")).delete()
    return redirect("orgs:me")


@never_cache
@require_http_methods(["GET", "POST"])
def new_token(request: Request) -> HttpResponse:
    unit = get_object_or_404(Unit, pk=request.actor.unit)
    check_may(request, "token.create", unit)
    form = TokenForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        with form.refusals():
            issued = create_token(request.actor, unit, **form.cleaned_data, key=form.key)
            if issued is None:
                messages.warning(
                    request, _("The token was made already and its secret shown then. End it, and make another.")
                )
                return redirect("orgs:me")
            context = {"token": issued.token, "secret": issued.secret, "titles": titles(issued.token)}
            response = render(request, "orgs/token.html", context)
            response["Cache-Control"] = "no-store"
            return response
    title, words = _("New integration token"), _("Another system acts with it in your name. The secret is shown once.")
    return form_page(request, form, title=title, submit=_("Make the token"), back="/account/", words=words)


def titles(token: Token) -> list[str]:
    return [str(RULES[action].title) for action in token.actions if action in RULES]


@require_http_methods(["GET", "POST"])
def leave_token(request: Request, pk: int) -> HttpResponse:
    token = get_object_or_404(Token.objects.select_related("user__unit"), pk=pk, user=request.user.pk)
    form = Form(request.POST or None, version=token.version)
    if form.is_valid():
        with form.refusals():
            end_token(request.actor, token, seen=form.version, key=form.key)
            return redirect("orgs:me")
    title = _("End the token %(name)s") % {"name": token.name}
    words = _("The other system is refused from now on.")
    return form_page(request, form, title=title, submit=_("End it"), back="/account/", words=words)


@login_not_required
@require_GET
def forgotten(request: HttpRequest) -> HttpResponse:
    """There is no e-mail to send a link to: who can help, in words."""
    return render(request, "orgs/forgotten.html")
