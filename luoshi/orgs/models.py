"""单位与人 — units and where they stand, persons and where they are counted, users and what they may do."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from luoshi.gate.actor import Place
from luoshi.gate.ledgered import GuardedQuerySet, Ledgered
from luoshi.gate.rules import ROLE_NAMES, Role

MOST_GROUPS = 99  # Party groups of one branch


def during(on: date, *, start: str = "valid_from", end: str = "valid_until") -> Q:
    """Rows that hold on a day; the end is exclusive, so that a row ends on the day on which its successor begins."""
    return Q(**{f"{start}__lte": on}) & (Q(**{f"{end}__gt": on}) | Q(**{f"{end}__isnull": True}))


class Sector(Ledgered):
    """条条 — a line of work that runs across the territories: education, health, state-owned enterprises."""

    ledger_code = "sector"
    owner_path = None
    see_action = "unit.see"

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=60)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta(Ledgered.Meta):
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")

    def __str__(self) -> str:
        return self.name


class Unit(Ledgered):
    """单位 — an organisation that does the work: a committee, a department, an enterprise, a branch.

    parent, sector, no, last, depth are derived from today's placements: the branch of a unit is the range no … last. They stand in no
    other table, journal entry, API or grant; past trees are rebuilt from placements (orgs/tree.py).
    """

    class Kind(models.TextChoices):
        COMMITTEE = "committee", _("Party committee")
        DEPARTMENT = "department", _("department")
        ENTERPRISE = "enterprise", _("state-owned enterprise")
        INSTITUTION = "institution", _("public institution")
        NEW_ECONOMY = "new_economy", _("new-economy organisation")
        SOCIAL = "social", _("social organisation")
        BRANCH = "branch", _("branch")
        GROUP = "group", _("group of units")

    class Rank(models.IntegerChoices):
        PROVINCE = 1, pgettext_lazy("rank", "province")
        PREFECTURE = 2, pgettext_lazy("rank", "city or prefecture")
        COUNTY = 3, pgettext_lazy("rank", "county")
        TOWNSHIP = 4, pgettext_lazy("rank", "township")
        GRASSROOTS = 5, pgettext_lazy("rank", "grassroots")

    ledger_code = "unit"
    owner_path = ""
    derived = frozenset({"parent", "sector", "no", "last", "depth"})

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    pinyin = models.CharField(max_length=240, blank=True, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    rank = models.PositiveSmallIntegerField(_("rank"), choices=Rank.choices)
    leading_body = models.BooleanField(_("has a leading body at county rank or above"), default=False)
    division = models.CharField(_("division code"), max_length=12, blank=True)
    # How a branch is set up, as it says itself; None: not stated. What it owes depends on it (党小组会, 支部委员会会议).
    branch_committee = models.BooleanField(_("has a branch committee"), null=True, blank=True)
    party_groups = models.PositiveSmallIntegerField(
        _("Party groups"), null=True, blank=True, validators=[MaxValueValidator(MOST_GROUPS)]
    )
    founded_on = models.DateField(_("founded on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="children", db_index=False
    )
    sector = models.ForeignKey(
        Sector, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+", db_index=False
    )
    no = models.BigIntegerField(default=0, editable=False)
    last = models.BigIntegerField(default=0, editable=False)
    depth = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta(Ledgered.Meta):
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("founded_on")),
                name="unit_closes_after_its_founding",
            ),
            models.CheckConstraint(
                condition=Q(kind="branch") | Q(branch_committee__isnull=True, party_groups__isnull=True),
                name="only_a_branch_has_a_committee_and_groups",
            ),
            models.CheckConstraint(
                condition=Q(party_groups__isnull=True) | Q(party_groups__lte=MOST_GROUPS),
                name="branch_has_a_plausible_number_of_groups",
            ),
        ]
        indexes = [
            # Scope and roll-up: a branch is a range.
            models.Index(fields=["no"]),
            # The children of a unit in tree order.
            models.Index(fields=["parent", "no"]),
            # Search in pickers.
            models.Index(fields=["name"]),
            # A sector across the territories.
            models.Index(fields=["sector", "no"]),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("orgs:unit", args=[self.code])

    @property
    def title(self) -> str:
        """The name for narrow places."""
        return self.short_name or self.name

    def place(self) -> Place:
        return Place(self.pk, self.no, self.sector_id)


class Placement(Ledgered):
    """隶属 — under which parent, and in which sector, a unit stands from one day to another: the truth about the tree."""

    ledger_code = "placement"
    see_action = "unit.see"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="placements")
    parent = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("parent")
    )
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    order = models.PositiveIntegerField(_("order among its siblings"), default=0)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    document = models.CharField(_("document"), max_length=100, blank=True)

    class Meta(Ledgered.Meta):
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="placement_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(valid_until__isnull=True), name="unit_has_one_open_placement"
            ),
        ]
        # A past tree: what held on a day.
        indexes = [models.Index(fields=["valid_from", "valid_until"])]

    def __str__(self) -> str:
        return f"{self.unit_id} < {self.parent_id}"


class TreeState(models.Model):
    """单位树版本 — counts the changes of placements, so that caches of trees know when they are old; one row."""

    derived_table = "counts the operations that changed placements"

    version = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.version)


class Person(Ledgered):
    """人员 — a person on a unit's roster. Persons are never scored or ranked.

    An ID number is never stored: `id_digest` is its keyed HMAC, `id_last4` its last four characters.
    """

    ledger_code = "person"
    masked = frozenset({"birth_month", "phone", "id_digest"})
    events = {
        "shown_phone": _("the telephone number was shown"),
        "shown_birth_month": _("the month of birth was shown"),
    }

    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=40)
    pinyin = models.CharField(max_length=120, blank=True, editable=False)
    birth_month = models.CharField(_("month of birth"), max_length=7, blank=True)
    id_digest = models.CharField(_("ID number"), max_length=64, blank=True, editable=False)
    id_last4 = models.CharField(max_length=4, blank=True, editable=False)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    member = models.BooleanField(_("Party member"), default=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="persons", verbose_name=_("counted at"), db_index=False
    )
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta(Ledgered.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        constraints = [
            models.UniqueConstraint(
                fields=["id_digest"],
                condition=~Q(id_digest=""),
                name="person_is_known_by_one_id_number",
                violation_error_message=_(
                    "Somebody with this ID number is on a roster already. Ask for a transfer instead."
                ),
            ),
        ]
        indexes = [
            # The roster of a unit.
            models.Index(fields=["unit", "name"]),
            # Finding the same person without an ID number: name + unit + month of birth.
            models.Index(fields=["name", "birth_month"]),
        ]

    def __str__(self) -> str:
        return self.name or pgettext("person", "(erased)")


class Membership(Ledgered):
    """组织关系 — at which unit a person is counted, from one day to another; the dated roster."""

    class Kind(models.TextChoices):
        MEMBER = "member", _("member")
        STAFF = "staff", _("staff, not a member")
        FLOATING_OUT = "floating_out", _("floating, gone elsewhere")
        FLOATING_IN = "floating_in", _("floating, come from elsewhere")

    ledger_code = "membership"
    see_action = "person.see"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.MEMBER)
    counts = models.BooleanField(_("counted here"), default=True)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)

    class Meta(Ledgered.Meta):
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="membership_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(valid_until__isnull=True, counts=True),
                name="person_is_counted_at_one_unit",
            ),
        ]
        indexes = [
            # The roster of a unit on a day.
            models.Index(fields=["unit", "valid_from"]),
            # Where a person was counted on a day.
            models.Index(fields=["person", "valid_from"]),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.unit_id}"


class Post(Ledgered):
    """职务 — what a person holds at a unit, from one day to another."""

    class Kind(models.TextChoices):
        HEAD = "head", _("head of the leading body")
        LEADER = "leader", _("member of the leading body")
        SECRETARY = "secretary", _("branch secretary")
        COMMITTEE = "committee", _("branch committee member")
        CONTACT = "contact", _("contact")

    ledger_code = "post"
    see_action = "unit.see"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts", db_index=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    title = models.CharField(pgettext_lazy("of a post", "title"), max_length=60, blank=True)
    duty_area = models.CharField(_("duty area"), max_length=200, blank=True)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)

    class Meta(Ledgered.Meta):
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="post_ends_after_it_begins",
            ),
        ]
        indexes = [
            # Who leads a unit on a day.
            models.Index(fields=["unit", "kind", "valid_from"]),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()


class UserManager(BaseUserManager["User"].from_queryset(GuardedQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        found: User = self.get(username__iexact=username)
        return found


class User(Ledgered, AbstractBaseUser):
    """账号 — somebody who signs in. The journal knows the pseudonym only."""

    ledger_code = "user"
    unlogged = frozenset({"password", "code_digest"})
    events = {"in": _("signed in"), "out": _("signed out")}

    last_login = None
    username = models.CharField(_("account"), max_length=60, unique=True)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=40)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="users", verbose_name=_("unit"))
    pseudonym = models.CharField(max_length=40, unique=True, editable=False)
    code_digest = models.CharField(max_length=128, blank=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, editable=False)
    frozen = models.BooleanField(_("frozen"), default=False)
    must_change_password = models.BooleanField(default=False, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("theme"), max_length=10, blank=True)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta(Ledgered.Meta):
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return not self.frozen

    def check_password(self, raw_password: str | None) -> bool:
        # Without Django's silent re-hash on login: an account is written by operations only.
        return raw_password is not None and check_password(raw_password, self.password)

    async def acheck_password(self, raw_password: str | None) -> bool:
        return self.check_password(raw_password)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Freezing, resetting and handing over raise the epoch, which ends every open session.
        found: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        return f"{found}{self.session_epoch}"


class Grant(Ledgered):
    """授权 — a role over the branch of a unit, from one day to another. A mandate (代录) is the role delegate, given by the unit itself."""

    ledger_code = "grant"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants", db_index=False)
    role = models.CharField(_("role"), max_length=20, choices=[(role.value, ROLE_NAMES[role]) for role in Role])
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="grants", db_index=False)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta(Ledgered.Meta):
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="grant_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(role="delegate") | Q(valid_until__isnull=False), name="mandate_has_an_end"
            ),
        ]
        indexes = [
            # What a user may do today.
            models.Index(fields=["user", "valid_from"]),
            # Who holds which role at a unit.
            models.Index(fields=["unit", "role"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} @ {self.unit_id}"


class Token(Ledgered):
    """接口令牌 — lets another system act for its owner, in a subset of what the owner may do."""

    ledger_code = "token"
    owner_path = "user__unit"
    see_action = "user.see"
    unlogged = frozenset({"digest"})

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    actions = models.JSONField(_("actions"), default=list)
    expires_on = models.DateField(_("expires on"))
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta(Ledgered.Meta):
        verbose_name = _("integration token")
        verbose_name_plural = _("integration tokens")

    def __str__(self) -> str:
        return self.name


class Session(AbstractBaseSession):
    """会话 — somebody is signed in on one device; kept until it expires, no fact."""

    exempt = "a session is no fact"

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=80, blank=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.device

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_string("luoshi.orgs.sessions.SessionStore")


class Draft(models.Model):
    """草稿 — what somebody has typed so far in a form; kept 30 days, no fact."""

    exempt = "typed text on its way to an operation"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    form = models.CharField(max_length=80)
    title = models.CharField(max_length=120, blank=True)
    url = models.CharField(max_length=300)
    data: Any = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="draft_is_one_a_form")]
        indexes = [models.Index(fields=["saved_at"])]

    def __str__(self) -> str:
        return self.title or self.form
