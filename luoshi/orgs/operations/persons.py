"""What can be written about persons: rosters, posts, and their erasure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from luoshi.gate.errors import Refused
from luoshi.gate.operation import Act, operation
from luoshi.gate.policy import may
from luoshi.lib.pinyin import pinyin_keys
from luoshi.orgs import traces
from luoshi.orgs.models import Grant, Membership, Person, Post, Token, Unit, User, during

REVEALED = ("phone", "birth_month")
CORRECTABLE = frozenset({"name", "birth_month", "phone", "id_digest", "id_last4"})


def transfer(act: Act, old: Membership, into: Unit) -> Membership:
    old.valid_until = act.today
    act.save(old)
    if old.counts:
        old.person.unit = into
        act.save(old.person)
    return act.add(Membership(person=old.person, unit=into, kind=old.kind, counts=old.counts, valid_from=act.today))


@operation("person.create", creates=True)
def create_person(
    act: Act,
    unit: Unit,
    *,
    name: str,
    kind: str = Membership.Kind.MEMBER,
    since: date | None = None,
    birth_month: str = "",
    phone: str = "",
    id_digest: str = "",
    id_last4: str = "",
) -> Person:
    """入册 — put a person on a unit's roster. Who is already on one comes by transfer, or as a floating member."""
    if since and since > act.today:
        raise Refused(_("This day lies in the future."))
    if kind == Membership.Kind.FLOATING_IN:
        raise Refused(_("A member who comes from elsewhere stays on the roster at home: take them in as floating."))
    if not id_digest and Person.objects.filter(unit=unit, name=name, birth_month=birth_month, erased_at=None).exists():
        raise Refused(
            _("%(name)s is on this roster already. If this is another person, give the ID number.") % {"name": name}
        )
    person = act.add(
        Person(
            name=name,
            pinyin=pinyin_keys(name, person=True),
            unit=unit,
            member=kind != Membership.Kind.STAFF,
            birth_month=birth_month,
            phone=phone,
            id_digest=id_digest,
            id_last4=id_last4,
        )
    )
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
    if fixed := values.keys() - CORRECTABLE:
        raise TypeError(f"not correctable: {sorted(fixed)}")
    _check_there(person)
    for name, value in values.items():
        setattr(person, name, value)
    person.pinyin = pinyin_keys(person.name, person=True)
    return act.save(person)


def _check_there(person: Person) -> None:
    if person.erased_at is not None:
        raise Refused(_("This person was erased; nothing can be recorded any more."))


def _check_unit_open(unit: Unit) -> None:
    if unit.closed_on is not None:
        raise Refused(_("%(unit)s was closed on %(day)s.") % {"unit": unit, "day": unit.closed_on})


@operation("person.transfer")
def transfer_person(act: Act, person: Person, *, unit: Unit) -> Membership:
    """转接组织关系 — from today on the person is counted at another unit."""
    _check_there(person)
    _check_unit_open(unit)
    old = Membership.objects.filter(person=person, counts=True, valid_until__isnull=True).first()
    if old is None:
        raise Refused(_("The person has left every roster."))
    if old.unit_id == unit.pk:
        raise Refused(_("The person is on that roster already."))
    return transfer(act, old, unit)


@operation("person.create", creates=True)
def receive_floating(act: Act, unit: Unit, *, person: Person) -> Membership:
    """接收流动党员 — a member who is counted at home takes part here; the roster at home shows that they are away."""
    _check_there(person)
    if not person.member:
        raise Refused(_("Only Party members are floating members."))
    if Membership.objects.filter(person=person, unit=unit, valid_until__isnull=True).exists():
        raise Refused(_("The person is on that roster already."))
    return act.add(
        Membership(person=person, unit=unit, kind=Membership.Kind.FLOATING_IN, counts=False, valid_from=act.today)
    )


@operation("person.change")
def change_membership(act: Act, membership: Membership, *, kind: str) -> Membership:
    """变更类别 — member, staff, gone elsewhere; from today on, so that the roster of yesterday stays as it was."""
    _check_there(membership.person)
    if membership.valid_until is not None:
        raise Refused(_("This membership has ended. Record the person anew."))
    if Membership.Kind.FLOATING_IN in (kind, membership.kind) or kind == membership.kind:
        raise Refused(_("Choose another kind."))
    person = membership.person
    if person.member != (kind != Membership.Kind.STAFF):
        person.member = kind != Membership.Kind.STAFF
        act.save(person)
    if membership.valid_from == act.today:
        membership.kind = kind
        return act.save(membership)
    membership.valid_until = act.today
    act.save(membership)
    return act.add(
        Membership(person=person, unit=membership.unit, kind=kind, counts=membership.counts, valid_from=act.today)
    )


@operation("person.change")
def end_membership(act: Act, membership: Membership) -> Membership:
    """离册 — the person leaves this roster today; what they took part in stays."""
    if membership.valid_until is not None:
        raise Refused(_("This membership has ended already."))
    membership.valid_until = act.today
    return act.save(membership)


@operation("post.change", creates=True)
def give_post(
    act: Act,
    unit: Unit,
    *,
    person: Person,
    kind: str,
    title: str = "",
    duty_area: str = "",
    since: date | None = None,
) -> Post:
    """任职 — a person holds a post at a unit."""
    _check_there(person)
    _check_unit_open(unit)
    if since and since > act.today:
        raise Refused(_("This day lies in the future."))
    if not may(act.actor, "person.see", person.place()) and not may(act.actor, "person.create", person.place()):
        raise Refused(_("This person is not on a roster that you may see."))
    return act.add(
        Post(person=person, unit=unit, kind=kind, title=title, duty_area=duty_area, valid_from=since or act.today)
    )


@operation("post.change")
def end_post(act: Act, post: Post) -> Post:
    """免职 — a post ends today."""
    if post.valid_until is not None:
        raise Refused(_("This post has ended already."))
    post.valid_until = act.today
    return act.save(post)


@operation("person.reveal")
def reveal_person(act: Act, person: Person, *, field: str) -> str:
    """查看脱敏信息 — one masked value is shown to one reader, and the journal says that it was."""
    if field not in REVEALED:
        raise Refused(_("This value is not kept, or not shown to anybody."))
    act.say(person.ref, {"event": f"shown_{field}"})
    found: str = getattr(person, field)
    return found


@operation("person.erase")
def erase_person(act: Act, person: Person) -> Person:
    """抹除 — everything that says who this was is taken away for ever: row, account, history, drafts, keys, uploads.

    What was done stays: sessions attended, posts held, entries written under the pseudonym. The log still verifies.
    """
    _check_there(person)
    users = list(User.objects.filter(person=person))
    if any(user.pk == act.actor.user for user in users):
        raise Refused(_("Nobody erases himself. Ask another account of the office."))
    known = traces.Known(person.name, person.phone, tuple(user.username for user in users))
    _end_everything(act, person, users)
    for user in users:
        _blank_user(act, user)
    person.name = person.pinyin = person.birth_month = person.phone = person.id_digest = person.id_last4 = ""
    person.erased_at = act.at
    act.save(person)
    refs = [person.ref, *(user.ref for user in users)]
    act.erase(*refs)
    traces.remove(known, refs=refs, users=users)
    transaction.on_commit(lambda: traces.remove_outside(users))
    return person


def _end_everything(act: Act, person: Person, users: list[User]) -> None:
    held: list[Any] = [
        *Membership.objects.filter(person=person, valid_until__isnull=True),
        *Post.objects.filter(during(act.today), person=person),
        *Grant.objects.filter(during(act.today), user__in=users),
    ]
    for row in held:
        row.valid_until = act.today
        act.save(row)
    for token in Token.objects.filter(user__in=users, ended_at__isnull=True):
        token.ended_at = act.at
        act.save(token)


def _blank_user(act: Act, user: User) -> None:
    user.name, user.username = "", f"erased-{user.pk}"
    user.password, user.code_digest, user.code_expires_at = make_password(None), "", None
    user.language = user.theme = ""
    user.frozen, user.session_epoch = True, user.session_epoch + 1
    act.save(user)
