"""What can be written about accounts, grants, mandates and tokens."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luoshi.gate.actor import Actor
from luoshi.gate.errors import Refused
from luoshi.gate.operation import Act, operation
from luoshi.gate.policy import may
from luoshi.gate.rules import ADMINISTRATORS, BUSINESS, RULES, Role
from luoshi.journal import clock
from luoshi.orgs.models import Draft, Grant, Person, Sector, Session, Token, Unit, User, during

CODE_DAYS = 14
UNKNOWN_CODE = gettext_lazy("The code is wrong, used or older than 14 days. Ask the unit above for a new one.")
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Slip:
    """开户条 — an account with its one-time code: printed once, stored nowhere."""

    user: User
    code: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A token with its secret, shown once."""

    token: Token
    secret: str


def one_time_code() -> str:
    """Ten characters without look-alikes, in two groups: 49 bits, too many to be tried in the fortnight that it holds."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _each in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def code_digest(pseudonym: str, code: str) -> str:
    """Keyed from outside the database. Not a slow password hash: the code is random, and slips are made by the hundred."""
    typed = "".join(code.upper().split()).replace("-", "")
    return salted_hmac("luoshi.orgs.one-time-code", pseudonym + typed, algorithm="sha256").hexdigest()


# ── Opening and closing accounts ──────────────────────────────────────────────────────────────────────────────────


@operation("user.create", creates=True)
def create_user(
    act: Act, unit: Unit, *, username: str, name: str, person: Person | None = None, code: str = "", password: str = ""
) -> User:
    """开户 — an account at a unit, opened by the unit above, with a one-time code that the holder turns into a password."""
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(_("The account name %(name)s is taken.") % {"name": username})
    return _opened(act, unit, username=username, name=name, person=person, code=code, password=password)


def _opened(act: Act, unit: Unit, *, username: str, name: str, code: str, **more: Any) -> User:
    password = more.pop("password", "")
    user = User(username=username, name=name, unit=unit, pseudonym=secrets.token_hex(12), **more)
    user.password = make_password(password or None)
    if code:
        user.code_digest, user.code_expires_at = code_digest(user.pseudonym, code), _end_of_code(act)
    user.must_change_password = not password
    return act.add(user)


def _end_of_code(act: Act) -> datetime:
    return clock.machine(act.at) + timedelta(days=CODE_DAYS)


@operation("user.create", creates=True, anywhere=True)
def create_accounts(act: Act, above: Unit, *, units: Sequence[Unit]) -> list[Slip]:
    """批量开户 — one account for each unit, with its role there and a one-time code. The codes are in the answer only."""
    if not units:
        raise Refused(_("Tick at least one unit."))
    units = list(Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("no"))
    for unit in units:
        if not may(act.actor, act.action, unit.place()):
            raise PermissionDenied(_("%(unit)s is not below your unit.") % {"unit": unit})
        if not above.no <= unit.no <= above.last or unit.closed_on is not None:
            raise Refused(_("%(unit)s is closed, or not below %(above)s.") % {"unit": unit, "above": above})
    taken = {name.lower() for name in User.objects.values_list("username", flat=True)}
    # A system administrator opens accounts, the security administrator gives them their roles.
    with_role = bool(act.actor.roles() & BUSINESS)
    slips = []
    for unit in units:
        code = one_time_code()
        user = _opened(act, unit, username=_free_name(unit, taken), name=unit.title[:40], code=code)
        if with_role:
            act.add(Grant(user=user, role=usual_role(unit), unit=unit, valid_from=act.today))
        slips.append(Slip(user, code))
    return slips


def usual_role(unit: Unit) -> Role:
    return Role.SECRETARY if unit.kind == Unit.Kind.BRANCH else Role.LIAISON


def _free_name(unit: Unit, taken: set[str]) -> str:
    """The unit's code, which everybody there knows; with a number behind it for the second account."""
    base, number = unit.code.lower(), 1
    name = base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    taken.add(name)
    return name


@operation("user.reset")
def reset_user(act: Act, user: User) -> Slip:
    """重置 — the password ends, a one-time code takes its place; the second factor goes too, for the telephone may be lost."""
    _check_not_oneself(act, user)
    if user.frozen:
        raise Refused(_("The account is frozen. Thaw it first."))
    code = one_time_code()
    user.password, user.must_change_password = make_password(None), True
    user.code_digest, user.code_expires_at = code_digest(user.pseudonym, code), _end_of_code(act)
    Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)
    return Slip(act.save(user), code)


@operation("user.freeze")
def freeze_user(act: Act, user: User) -> User:
    """冻结 — nobody can sign in with this account, and who is signed in is out."""
    _check_not_oneself(act, user)
    if user.frozen:
        raise Refused(_("The account is frozen already."))
    user.frozen = True
    _end_sessions(user)
    return act.save(user)


@operation("user.freeze")
def thaw_user(act: Act, user: User) -> User:
    """解冻 — the account can be used again."""
    if not user.frozen:
        raise Refused(_("The account is not frozen."))
    if user.person is not None and user.person.erased_at is not None:
        raise Refused(_("The person was erased; open a new account."))
    user.frozen = False
    return act.save(user)


def _check_not_oneself(act: Act, user: User) -> None:
    if user.pk == act.actor.user:
        raise Refused(_("This is your own account. Somebody else has to do it."))


def _end_sessions(user: User) -> None:
    user.session_epoch += 1
    Session.objects.filter(user=user).delete()


@operation("user.hand_over")
def hand_over(act: Act, user: User, *, to: User) -> User:
    """工作交接 — roles, mandates and drafts pass to another account; tasks belong to the unit and stay there. The old account is frozen."""
    _check_not_oneself(act, user)
    if to.pk in (user.pk, act.actor.user):
        raise Refused(_("Choose another account to receive the work."))
    to = User.objects.select_related("unit").get(pk=to.pk)
    if to.frozen or not may(act.actor, act.action, to.place()):
        raise Refused(_("The receiving account is frozen, or not below your unit."))
    for grant in Grant.objects.filter(during(act.today), user=user).select_related("unit", "sector"):
        _hand_grant(act, grant, to)
    for token in Token.objects.filter(user=user, ended_at__isnull=True):
        token.ended_at = act.at
        act.save(token)
    kept = set(Draft.objects.filter(user=to).values_list("form", flat=True))
    Draft.objects.filter(user=user).exclude(form__in=kept).update(user=to)
    user.frozen = True
    _end_sessions(user)
    return act.save(user)


def _hand_grant(act: Act, grant: Grant, to: User) -> None:
    role = Role(grant.role)
    if role in ADMINISTRATORS or (role != Role.DELEGATE and not may(act.actor, act.action, grant.unit.place())):
        raise Refused(
            _("The role %(role)s at %(unit)s is not yours to pass on; ask the unit above it.")
            % {"role": grant.get_role_display(), "unit": grant.unit}
        )
    _check_roles(to, role, act.today)
    grant.valid_until = act.today
    act.save(grant)
    held = Grant.objects.filter(during(act.today), user=to, role=role, unit=grant.unit, sector=grant.sector)
    if not held.exists():
        act.add(
            Grant(
                user=to,
                role=role,
                unit=grant.unit,
                sector=grant.sector,
                valid_from=act.today,
                valid_until=_later(grant, act),
                reason=_("taken over from another account"),
            )
        )


def _later(grant: Grant, act: Act) -> date | None:
    """The end that the grant had before it was handed over today."""
    before = next(written.before for written in reversed(act.written) if written.pk == grant.pk)
    return None if before is None else before["valid_until"]


# ── One's own account ─────────────────────────────────────────────────────────────────────────────────────────────


def holder(user: User) -> Actor:
    """Who holds an account and nothing else: enough to turn a one-time code into a password, or to sign in."""
    return Actor(pseudonym=user.pseudonym, user=user.pk, name=user.name, unit=user.unit_id)


def _check_own(act: Act, user: User) -> None:
    if user.pk != act.actor.user:
        raise PermissionDenied(_("This is somebody else's account."))


@operation("user.activate", anywhere=True)
def activate_user(act: Act, user: User, *, code: str, password: str, name: str = "") -> User:
    """启用账号 — the holder turns the one-time code into a password of his own."""
    _check_own(act, user)
    valid = bool(user.code_digest) and user.code_expires_at is not None and user.code_expires_at > clock.machine(act.at)
    if user.frozen or not valid or not constant_time_compare(user.code_digest, code_digest(user.pseudonym, code)):
        raise Refused(UNKNOWN_CODE)
    user.name = name or user.name
    user.password, user.code_digest, user.code_expires_at = make_password(password), "", None
    user.must_change_password = False
    _end_sessions(user)
    return act.save(user)


@operation("user.change_password", anywhere=True)
def change_password(act: Act, user: User, *, password: str) -> User:
    """改密码 — one's own; other sessions of the account end."""
    _check_own(act, user)
    user.password, user.must_change_password = make_password(password), False
    return act.save(user)


@operation("user.set_language", anywhere=True)
def set_preferences(act: Act, user: User, *, language: str, theme: str) -> User:
    """语言与外观 — how the pages look to oneself."""
    _check_own(act, user)
    user.language, user.theme = language, theme
    return act.save(user)


@operation("user.login", anywhere=True)
def note_login(act: Act, user: User, *, event: str) -> None:
    """登录 — somebody signed in or out; nothing else is kept of it."""
    _check_own(act, user)
    act.say(user.ref, {"event": event})


# ── Grants and mandates ───────────────────────────────────────────────────────────────────────────────────────────


def _check_roles(user: User, role: Role, on: date) -> None:
    """三员分立 — no administrator holds a second administrator's role or any business role."""
    held = {Role(each) for each in Grant.objects.filter(during(on), user=user).values_list("role", flat=True)}
    if (role in ADMINISTRATORS and held - {role}) or (role in BUSINESS and held & ADMINISTRATORS):
        raise Refused(_("An administrator holds no other role; give it to another account."))


@operation("grant.give", creates=True)
def give_grant(
    act: Act,
    unit: Unit,
    *,
    user: User,
    role: str,
    sector: Sector | None = None,
    until: date | None = None,
    reason: str = "",
) -> Grant:
    """授权 — give a user a role over the branch of a unit."""
    if role == Role.DELEGATE:
        raise Refused(_("A unit gives its own mandate; nobody above can."))
    if role in ADMINISTRATORS and Role.SECURITY_ADMIN not in act.actor.roles():
        raise Refused(_("Only the security administrator names administrators."))
    if user.pk == act.actor.user:
        raise Refused(_("Nobody gives a role to himself."))
    if until is not None and until <= act.today:
        raise Refused(_("The role would end before it begins."))
    _check_reach(act, unit, sector)
    _check_roles(user, Role(role), act.today)
    if Grant.objects.filter(during(act.today), user=user, role=role, unit=unit, sector=sector).exists():
        raise Refused(_("The account holds this role there already."))
    return act.add(
        Grant(user=user, role=role, unit=unit, sector=sector, valid_from=act.today, valid_until=until, reason=reason)
    )


def _check_reach(act: Act, unit: Unit, sector: Sector | None) -> None:
    """Who leads one sector gives roles in that sector only: a role without a sector reaches all of them."""
    covering = [
        grant
        for grant in act.actor.holding(Role.OFFICE, Role.SECURITY_ADMIN)
        if grant.role == Role.SECURITY_ADMIN or grant.first <= unit.no <= grant.last
    ]
    if covering and not any(each.sector in (None, sector.pk if sector else 0) for each in covering):
        raise Refused(_("Your own role covers one sector; choose the same sector here."))


@operation("grant.end")
def end_grant(act: Act, grant: Grant, *, reason: str = "") -> Grant:
    """收回授权 — a role ends today."""
    if grant.valid_until is not None and grant.valid_until <= act.today:
        raise Refused(_("This role has ended already."))
    if grant.role in ADMINISTRATORS:
        if Role.SECURITY_ADMIN not in act.actor.roles():
            raise Refused(_("Only the security administrator names administrators."))
        if not Grant.objects.filter(during(act.today), role=grant.role).exclude(pk=grant.pk).exists():
            raise Refused(_("This is the last account with this role. Name its successor first."))
    grant.valid_until, grant.reason = act.today, reason or grant.reason
    return act.save(grant)


LONGEST_MANDATE = timedelta(days=366)


@operation("mandate.give", creates=True)
def give_mandate(act: Act, unit: Unit, *, user: User, until: date, reason: str = "") -> Grant:
    """代录 — the unit lets a named person record for it until a day; every such record says so."""
    if not act.today < until <= act.today + LONGEST_MANDATE:
        raise Refused(_("A mandate ends within one year from today."))
    if user.unit_id == unit.pk:
        raise Refused(_("Accounts of the unit itself record for it anyway."))
    _check_roles(user, Role.DELEGATE, act.today)
    return act.add(
        Grant(user=user, role=Role.DELEGATE, unit=unit, valid_from=act.today, valid_until=until, reason=reason)
    )


@operation("mandate.end")
def end_mandate(act: Act, grant: Grant) -> Grant:
    """收回代录 — the unit takes its mandate back today."""
    if grant.role != Role.DELEGATE:
        raise Refused(_("This is a role, not a mandate; the office ends it."))
    if grant.valid_until is not None and grant.valid_until <= act.today:
        raise Refused(_("This mandate has ended already."))
    grant.valid_until = act.today
    return act.save(grant)


@operation("home.prepare", anywhere=True)
def first_grant(act: Act, user: User, *, role: str, unit: Unit) -> Grant:
    """初始授权 — the grants of an empty installation, before anybody could give any."""
    _check_roles(user, Role(role), act.today)
    return act.add(Grant(user=user, role=role, unit=unit, valid_from=act.today))


# ── Integration tokens ────────────────────────────────────────────────────────────────────────────────────────────

LONGEST_TOKEN = timedelta(days=366)
SECRET_PREFIX = "luoshi_"  # noqa: S105 so that a secret that leaked into a file can be found there
NEVER_BY_TOKEN = ("user.", "grant.", "mandate.", "token.", "home.", "demo.", "person.reveal", "person.erase")


def token_digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def grantable_actions(actor: Actor) -> list[str]:
    """What a token of this actor may be allowed: his own actions, without those that govern accounts or unmask persons."""
    return [action for action in RULES if may(actor, action) and not action.startswith(NEVER_BY_TOKEN)]


@operation("token.create", creates=True)
def create_token(act: Act, unit: Unit, *, name: str, actions: Sequence[str], expires_on: date) -> Issued:
    """接口令牌 — another system acts for this account, in some of what it may do, until a day. The secret is in the answer only."""
    if not actions or set(actions) - set(grantable_actions(act.actor)):
        raise Refused(_("Choose at least one action, and only such as you may do yourself."))
    if not act.today < expires_on <= act.today + LONGEST_TOKEN:
        raise Refused(_("A token expires within one year from today."))
    if act.actor.user is None or act.actor.unit != unit.pk:
        raise Refused(_("A token belongs to an account of this unit."))
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    token = act.add(
        Token(
            user_id=act.actor.user,
            name=name,
            digest=token_digest(secret),
            actions=sorted(set(actions)),
            expires_on=expires_on,
        )
    )
    return Issued(token, secret)


@operation("token.end")
def end_token(act: Act, token: Token) -> Token:
    """停用令牌 — from now on the other system is refused."""
    if token.ended_at is not None:
        raise Refused(_("This token has ended already."))
    token.ended_at = act.at
    return act.save(token)
