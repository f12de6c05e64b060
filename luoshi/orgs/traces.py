"""痕迹 — where a person's values may lie beside the records: drafts, keys, sessions, lockouts, uploads, the database's own journal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import connection
from django.db.models import Q

from luoshi.gate.models import Key
from luoshi.journal.models import Change
from luoshi.orgs.models import Draft, Session, User
from luoshi.sheets import uploads


@dataclass(frozen=True, slots=True)
class Known:
    """What others may have typed of a person."""

    name: str
    phone: str
    usernames: tuple[str, ...]

    def is_in(self, text: str) -> bool:
        return any(value in text for value in (self.name, self.phone) if value)


def remove(known: Known, *, refs: Sequence[str], users: Sequence[User]) -> None:
    """Take away what no record needs, in the transaction that erases the person."""
    _remove_drafts(known, users)
    _remove_keys(refs, users)
    Session.objects.filter(user__in=users).delete()
    Authenticator.objects.filter(user__in=users).delete()
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(username__in=[name.lower() for name in known.usernames]).delete()


def _remove_drafts(known: Known, users: Sequence[User]) -> None:
    # JSON escapes Chinese characters on one database and not on the other, so that no filter finds them on both.
    typed = (draft for draft in Draft.objects.iterator() if known.is_in(draft.title) or _holds(draft.data, known))
    Draft.objects.filter(Q(user__in=users) | Q(pk__in=[draft.pk for draft in typed])).delete()


def _holds(data: Any, known: Known) -> bool:
    match data:
        case str():
            return known.is_in(data)
        case dict():
            return any(_holds(each, known) for each in (*data.keys(), *data.values()))
        case list():
            return any(_holds(each, known) for each in data)
    return False


def _remove_keys(refs: Sequence[str], users: Sequence[User]) -> None:
    """A key's digest is of the typed values: few enough persons to try them all."""
    positions = Change.objects.filter(subject__in=refs).values("entry")
    Key.objects.filter(Q(position__in=positions) | Q(actor__in=[user.pseudonym for user in users])).delete()


def remove_outside(users: Iterable[User]) -> None:
    """After the commit: lists of persons that wait for a confirmation, and what the database keeps of earlier pages.

    Any waiting list may name the person; whoever uploaded one is told to upload it again.
    """
    owners = {str(user.pk) for user in users}
    for place in uploads.folder().iterdir():
        upload = uploads.read_about(place.name)
        if upload is not None and (upload.owner in owners or upload.purpose == "persons"):
            uploads.discard(upload)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
