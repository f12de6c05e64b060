"""What can be written about units, persons, posts, accounts and grants."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from luoshi.gate.errors import Refused
from luoshi.gate.operation import Act, operation
from luoshi.gate.rules import ADMINISTRATORS, BUSINESS, Role
from luoshi.lib.pinyin import pinyin_keys
from luoshi.orgs.models import Grant, Membership, Person, Placement, Post, Sector, Unit, User, during
from luoshi.orgs.tree import place_last, renumber, tree, tree_changed

# ── Units ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@operation("home.prepare", anywhere=True)
def create_root(act: Act, _nothing: None, *, code: str, name: str, rank: int, founded_on: date, **more: Any) -> Unit:
    """建树 — the unit at the top, of which there is one."""
    if Unit.objects.filter(parent__isnull=True, no__gt=0).exists():
        raise Refused(_("There is a root unit already."))
    values = {"kind": Unit.Kind.COMMITTEE, "founded_on": founded_on, **more}
    unit = act.add(Unit(code=code, name=name, rank=rank, pinyin=pinyin_keys(name), **values))
    act.add(Placement(unit=unit, parent=None, valid_from=founded_on))
    tree_changed()
    renumber(act.today)
    unit.refresh_from_db()
    return unit


@operation("home.prepare", anywhere=True)
def create_sectors(act: Act, _nothing: None, *, sectors: Sequence[tuple[str, str]]) -> None:
    """条条 — the list of sectors, as (code, name) in their order."""
    known = set(Sector.objects.values_list("code", flat=True))
    for order, (code, name) in enumerate(sectors):
        if code not in known:
            act.add(Sector(code=code, name=name, order=order))


@operation("unit.create", creates=True)
def create_unit(
    act: Act, parent: Unit, *, code: str, name: str, kind: str, rank: int, sector: Sector | None = None, **more: Any
) -> Unit:
    """建立单位 — a new unit, last among the units below its parent."""
    if Unit.objects.filter(code=code).exists():
        raise Refused(_("There is already a unit with the code %(code)s.") % {"code": code})
    values = {"founded_on": act.today, **more}
    unit = act.add(Unit(code=code, name=name, kind=kind, rank=rank, pinyin=pinyin_keys(name), **values))
    order = Placement.objects.filter(parent=parent, valid_until__isnull=True).count()
    act.add(Placement(unit=unit, parent=parent, sector=sector, order=order, valid_from=unit.founded_on))
    tree_changed()
    place_last(unit, parent, sector.pk if sector else None, act.today)
    return unit


UNIT_FIELDS = ("code", "name", "short_name", "kind", "rank", "leading_body", "division", "founded_on")


@operation("unit.import", creates=True)
def create_units(act: Act, below: Unit, *, rows: Sequence[Mapping[str, Any]]) -> None:
    """导入单位 — many units at once, all or nothing. Each row: UNIT_FIELDS, "parent" (a code, of the file or known), "sector" (a code).

    The rows are validated by the caller; what only the database knows is refused here.
    """
    keys = ("parent", "sector", *UNIT_FIELDS)
    given: list[dict[str, Any]] = [{key: row.get(key) for key in keys} for row in rows]
    taken = set(Unit.objects.filter(code__in=[row["code"] for row in given]).values_list("code", flat=True))
    if taken:
        raise Refused(
            _("There are already units with these codes: %(codes)s.") % {"codes": ", ".join(sorted(taken)[:5])}
        )
    values = [
        (
            row["code"],
            row["name"],
            row["short_name"] or "",
            row["kind"],
            row["rank"],
            bool(row["leading_body"]),
            row["division"] or "",
            row["founded_on"] or act.today,
            pinyin_keys(row["name"]),
            0,
            -1,
            0,
        )
        for row in given
    ]
    ids = act.add_many(Unit, [*UNIT_FIELDS, "pinyin", "no", "last", "depth"], values)
    known = dict(zip([row["code"] for row in given], ids, strict=True))
    outside = {row["parent"] for row in given} - known.keys()
    known |= dict(Unit.objects.filter(code__in=outside, no__range=(below.no, below.last)).values_list("code", "pk"))
    if missing := sorted(str(code) for code in outside - known.keys()):
        raise Refused(_("These parents are not in your units: %(codes)s.") % {"codes": ", ".join(missing[:5])})
    sectors = dict(Sector.objects.values_list("code", "pk"))
    orders: dict[int, int] = {}
    placements = []
    for row, unit in zip(given, ids, strict=True):
        parent = known[row["parent"]]
        orders[parent] = (
            orders.get(parent, Placement.objects.filter(parent=parent).count() if parent not in ids else 0) + 1
        )
        sector = sectors.get(row["sector"]) if row["sector"] else None
        placements.append((unit, parent, sector, orders[parent], row["founded_on"] or act.today, ""))
    act.add_many(Placement, ["unit_id", "parent_id", "sector_id", "order", "valid_from", "document"], placements)
    tree_changed()
    renumber(act.today)


@operation("unit.change")
def change_unit(act: Act, unit: Unit, **values: Any) -> Unit:
    """改名 — change name, short name, kind, rank; the old values stay in the history."""
    for name, value in values.items():
        setattr(unit, name, value)
    unit.pinyin = pinyin_keys(unit.name)
    return act.save(unit)


def _open_placement(unit: Unit) -> Placement:
    return Placement.objects.get(unit=unit, valid_until__isnull=True)


@operation("unit.move")
def move_unit(act: Act, unit: Unit, *, parent: Unit, document: str = "", sector: Sector | None = None) -> Unit:
    """划转 — put a unit under another parent from today on; what was before stays as it was."""
    if tree(act.today).holds(unit.pk, parent.pk):
        raise Refused(_("A unit cannot stand under itself or under a unit of its own branch."))
    old = _open_placement(unit)
    if old.parent_id == parent.pk:
        raise Refused(_("The unit stands there already."))
    if old.valid_from >= act.today:
        raise Refused(_("The unit was placed there today; a second move counts from tomorrow on."))
    old.valid_until = act.today
    act.save(old)
    order = Placement.objects.filter(parent=parent, valid_until__isnull=True).count()
    act.add(
        Placement(
            unit=unit, parent=parent, sector=sector or old.sector, order=order, valid_from=act.today, document=document
        )
    )
    tree_changed()
    renumber(act.today)
    unit.refresh_from_db()
    return unit


@operation("unit.merge")
def merge_units(act: Act, unit: Unit, *, into: Unit, document: str = "") -> Unit:
    """合并 — a unit ends today; its persons and the units below it go to the successor, and its past counts there."""
    if unit.pk == into.pk or tree(act.today).holds(unit.pk, into.pk):
        raise Refused(_("A unit cannot be merged into itself or into a unit of its own branch."))
    for child in Placement.objects.filter(parent=unit, valid_until__isnull=True):
        child.valid_until = act.today
        act.save(child)
        act.add(
            Placement(
                unit=child.unit,
                parent=into,
                sector=child.sector,
                order=child.order,
                valid_from=act.today,
                document=document,
            )
        )
    _move_roster(act, unit, into)
    return _end(act, unit, successor=into, document=document)


@operation("unit.close")
def close_unit(act: Act, unit: Unit, *, document: str = "") -> Unit:
    """撤销单位 — a unit without units below it and without persons ends today."""
    if Placement.objects.filter(parent=unit, valid_until__isnull=True).exists():
        raise Refused(_("There are units below it. Move or merge them first."))
    if Membership.objects.filter(unit=unit, valid_until__isnull=True).exists():
        raise Refused(_("There are persons on its roster. Transfer them first."))
    return _end(act, unit, successor=None, document=document)


def _end(act: Act, unit: Unit, *, successor: Unit | None, document: str) -> Unit:
    placement = _open_placement(unit)
    placement.valid_until, placement.document = act.today, document or placement.document
    act.save(placement)
    for grant in Grant.objects.filter(during(act.today), unit=unit):
        grant.valid_until = act.today
        act.save(grant)
    unit.closed_on, unit.successor = act.today, successor
    act.save(unit)
    tree_changed()
    renumber(act.today)
    unit.refresh_from_db()
    return unit


def _move_roster(act: Act, unit: Unit, into: Unit) -> None:
    for old in Membership.objects.filter(unit=unit, valid_until__isnull=True).select_related("person"):
        _transfer(act, old, into)
    for user in User.objects.filter(unit=unit):
        user.unit = into
        act.save(user)


# ── Persons ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _transfer(act: Act, old: Membership, into: Unit) -> Membership:
    old.valid_until = act.today
    act.save(old)
    if old.counts:
        old.person.unit = into
        act.save(old.person)
    return act.add(Membership(person=old.person, unit=into, kind=old.kind, counts=old.counts, valid_from=act.today))


@operation("person.create", creates=True)
def create_person(
    act: Act, unit: Unit, *, name: str, kind: str = Membership.Kind.MEMBER, since: date | None = None, **more: Any
) -> Person:
    """入册 — put a person on a unit's roster."""
    if since and since > act.today:
        raise Refused(_("This day lies in the future."))
    member = kind != Membership.Kind.STAFF
    person = act.add(Person(name=name, pinyin=pinyin_keys(name, person=True), unit=unit, member=member, **more))
    act.add(Membership(person=person, unit=unit, kind=kind, valid_from=since or act.today))
    return person


PERSON_FIELDS = ("name", "birth_month", "id_digest", "id_last4", "phone", "member", "unit_id")


@operation("person.import", creates=True)
def create_persons(act: Act, below: Unit, *, rows: Iterable[Mapping[str, Any]]) -> range:
    """导入人员 — many persons at once, all or nothing. Each row: PERSON_FIELDS, "kind", "since"; units are keys within `below`.

    Returns the persons' keys in the order of the rows.
    """
    given = list(rows)
    units = {row["unit_id"] for row in given}
    inside = set(Unit.objects.filter(pk__in=units, no__range=(below.no, below.last)).values_list("pk", flat=True))
    if units - inside:
        raise Refused(_("Some persons are listed at units that are not yours."))
    values = [
        (
            *(row.get(name, True if name == "member" else "") for name in PERSON_FIELDS),
            pinyin_keys(row["name"], person=True),
        )
        for row in given
    ]
    ids = act.add_many(Person, [*PERSON_FIELDS, "pinyin"], values)
    act.add_many(
        Membership,
        ["person_id", "unit_id", "kind", "counts", "valid_from"],
        [
            (pk, row["unit_id"], row.get("kind", Membership.Kind.MEMBER), True, row.get("since") or act.today)
            for pk, row in zip(ids, given, strict=True)
        ],
    )
    return ids


@operation("person.change")
def change_person(act: Act, person: Person, **values: Any) -> Person:
    """更正 — correct a person's entry on the roster."""
    for name, value in values.items():
        setattr(person, name, value)
    person.pinyin = pinyin_keys(person.name, person=True)
    return act.save(person)


@operation("person.transfer")
def transfer_person(act: Act, person: Person, *, unit: Unit) -> Membership:
    """转接组织关系 — from today on the person is counted at another unit."""
    old = Membership.objects.get(person=person, counts=True, valid_until__isnull=True)
    if old.unit_id == unit.pk:
        raise Refused(_("The person is on that roster already."))
    return _transfer(act, old, unit)


@operation("post.change", creates=True)
def give_post(act: Act, unit: Unit, *, person: Person, kind: str, title: str = "", since: date | None = None) -> Post:
    """任职 — a person holds a post at a unit."""
    return act.add(Post(person=person, unit=unit, kind=kind, title=title, valid_from=since or act.today))


# ── Accounts and grants ───────────────────────────────────────────────────────────────────────────────────────────

CODE_DAYS = 14
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def one_time_code() -> str:
    """Ten characters without look-alikes, in two groups."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _each in range(10))
    return f"{letters[:5]}-{letters[5:]}"


@operation("user.create", creates=True)
def create_user(
    act: Act, unit: Unit, *, username: str, name: str, person: Person | None = None, code: str = "", password: str = ""
) -> User:
    """开户 — an account at a unit, opened by the unit above, with a one-time code that the holder turns into a password."""
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(_("The account name %(name)s is taken.") % {"name": username})
    user = User(username=username, name=name, person=person, unit=unit, pseudonym=secrets.token_hex(12))
    user.password = make_password(password or None)
    if code:
        user.code_digest, user.code_expires_at = make_password(code), act.at + timedelta(days=CODE_DAYS)
    user.must_change_password = not password
    return act.add(user)


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
    _check_roles(user, Role(role), act.today)
    return act.add(
        Grant(user=user, role=role, unit=unit, sector=sector, valid_from=act.today, valid_until=until, reason=reason)
    )


@operation("grant.end")
def end_grant(act: Act, grant: Grant, *, reason: str = "") -> Grant:
    """收回授权 — a role ends today."""
    grant.valid_until, grant.reason = act.today, reason or grant.reason
    return act.save(grant)


LONGEST_MANDATE = timedelta(days=366)


@operation("mandate.give", creates=True)
def give_mandate(act: Act, unit: Unit, *, user: User, until: date, reason: str = "") -> Grant:
    """代录 — the unit lets a named person record for it until a day; every such record says so."""
    if not act.today < until <= act.today + LONGEST_MANDATE:
        raise Refused(_("A mandate ends within one year from today."))
    _check_roles(user, Role.DELEGATE, act.today)
    return act.add(
        Grant(user=user, role=Role.DELEGATE, unit=unit, valid_from=act.today, valid_until=until, reason=reason)
    )


@operation("home.prepare", anywhere=True)
def first_grant(act: Act, user: User, *, role: str, unit: Unit) -> Grant:
    """初始授权 — the grants of an empty installation, before anybody could give any."""
    _check_roles(user, Role(role), act.today)
    return act.add(Grant(user=user, role=role, unit=unit, valid_from=act.today))
