"""Operation — the one way in which anything is written.

    @operation("problem.close")
    def close_problem(act: Act, problem: Problem, *, evidence: str) -> Problem: ...

    close_problem(actor, problem, evidence="…", seen=problem.version, key=key)

The call opens a transaction, takes the key, re-reads and locks the subject, asks the rules table, compares the version, runs the body and
appends one journal entry. Pages, API, imports, commands, jobs and packs all call operations and nothing else.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Concatenate, Generic, TypeVar

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, models, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luoshi.gate.actor import Actor, Place
from luoshi.gate.constraints import readable
from luoshi.gate.errors import AlreadyRecorded, Conflict
from luoshi.gate.ledgered import Guarded, Ledgered, Part, gate_open, image, part_image, plain
from luoshi.gate.models import Key
from luoshi.gate.policy import may, rule_of
from luoshi.gate.turns import turn
from luoshi.journal import clock, log
from luoshi.journal.bulk import insert_many, next_ids
from luoshi.journal.models import Entry
from luoshi.lib import canonical

CHANGED_AT_ONCE = 1_000

S = TypeVar("S")
R = TypeVar("R")
L = TypeVar("L", bound=Ledgered)
M = TypeVar("M", bound=models.Model)

NUMBER = "number"  # what a used key says of an answer that is no record but a count
CHANGED_MEANWHILE = gettext_lazy("Somebody else has changed this record since you opened it. Compare, and save again.")


@dataclass(slots=True)
class Written:
    """One row as it was and as it is now: what a follower needs to know of a write."""

    model: type[models.Model]
    pk: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(slots=True)
class Wholesale:
    """Rows written in bulk: their model and the range of their keys, without an image of each."""

    model: type[models.Model]
    first: int
    last: int


@dataclass(slots=True)
class Replaced:
    """The parts of one record as they were and as they are now."""

    record: Ledgered
    name: str
    before: list[Any]
    after: list[Any]


@dataclass(slots=True)
class Act:
    """办理 — one running operation: who, when, and everything written so far."""

    actor: Actor
    action: str
    at: datetime
    subject: Any = None
    note: str = ""
    written: list[Written] = field(default_factory=list)
    wholesale: list[Wholesale] = field(default_factory=list)
    parts: list[Replaced] = field(default_factory=list)
    touched: dict[str, set[tuple[int, date]]] = field(default_factory=dict)
    recounted: set[str] = field(default_factory=set)
    changes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    later: list[Callable[[int], object]] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)
    entry: Entry | None = None

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def add(self, row: L) -> L:
        """Insert a new row."""
        return self.save(row)

    def save(self, row: L, **parts: Iterable[Part]) -> L:
        """Insert or update a row, and replace its parts where they are given: save(activity, attendance=[…])."""
        before = None if row._state.adding else self._as_stored(row)
        row.version = 1 if before is None else row.version + 1
        with gate_open():
            row.save()
        after = image(row)
        self.written.append(Written(type(row), row.pk, before, after))
        change = _difference(before, after, row.unlogged)
        for name, rows in parts.items():
            change["parts"] = change.get("parts", {}) | {
                name: self._replace_parts(row, name, list(rows), new=before is None)
            }
        self.changes.append((row.ref, change))
        return row

    def add_many(self, model: type[L], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> range:
        """Insert many rows by the fast way; one Change each. Returns their keys, in the order of `rows`.

        fields: attribute names ("unit_id"); the values must already be what the columns hold.
        """
        given = [tuple(row) for row in rows]
        if not given:
            return range(0)
        ids = next_ids(model, len(given))
        with gate_open():
            insert_many(model, ["id", "version", *fields], ((pk, 1, *row) for pk, row in zip(ids, given, strict=True)))
        names = [name.removesuffix("_id") for name in fields]
        logged = [i for i, name in enumerate(names) if name not in model.derived and name not in model.unlogged]
        for pk, row in zip(ids, given, strict=True):
            self.changes.append(
                (f"{model.ledger_code}:{pk}", {"to": {names[i]: plain(row[i]) for i in logged if row[i] is not None}})
            )
        self.wholesale.append(Wholesale(model, ids.start, ids.stop - 1))
        return ids

    def change_many(self, rows: Sequence[L], **values: Any) -> None:
        """Give many rows of one model, as they were just read and locked, the same new values by one query; one Change each."""
        for row in rows:
            before = image(row)
            row.version += 1
            for name, value in values.items():
                setattr(row, name, value)
            after = image(row)
            self.written.append(Written(type(row), row.pk, before, after))
            self.changes.append((row.ref, _difference(before, after, row.unlogged)))
        if rows:
            with gate_open():
                type(rows[0])._base_manager.bulk_update(rows, [*values, "version"], batch_size=CHANGED_AT_ONCE)

    def add_parts(self, model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Insert many parts by the fast way. The caller says what they are in the Change of what they belong to."""
        with gate_open():
            return insert_many(model, fields, rows)

    def say(self, ref: str, change: dict[str, Any]) -> None:
        """Put a Change beside those that `save` makes, for instance the parts of rows written in bulk."""
        self.changes.append((ref, change))

    def erase(self, *refs: str) -> None:
        """Take the values out of all Changes of these records, those of this act included, once its entry stands."""
        self.erased.update(refs)

    def touch(self, source: str, unit: int, on: date) -> None:
        """Say that a derived row of a fact source was changed in one cell."""
        self.touched.setdefault(source, set()).add((unit, on))

    def recount(self, source: str) -> None:
        """Say that so many rows of a fact source were changed that all its cells are to be recounted."""
        self.recounted.add(source)

    def _as_stored(self, row: Ledgered) -> dict[str, Any]:
        """What is to be overwritten; Conflict when it is not what the row was read as."""
        stored = _for_update(type(row)._base_manager.all()).get(pk=row.pk)
        if stored.version != row.version:
            raise Conflict(stored, CHANGED_MEANWHILE)
        return image(stored)

    def _replace_parts(self, row: Ledgered, name: str, rows: list[Part], *, new: bool) -> list[Any]:
        model: type[Part] = row._meta.get_field(name).related_model  # type: ignore[assignment]
        old = [] if new else list(model._base_manager.filter(**{model.part_of: row.pk}))
        for part in rows:
            setattr(part, model.part_of, row)
        with gate_open():
            if old:
                model._base_manager.filter(**{model.part_of: row.pk}).delete()
            if rows:
                model._base_manager.bulk_create(rows)
        self.parts.append(Replaced(row, name, old, rows))
        return sorted(part_image(part) for part in rows)


def _difference(before: dict[str, Any] | None, after: dict[str, Any], unlogged: frozenset[str]) -> dict[str, Any]:
    if before is None:
        return {"to": {name: value for name, value in after.items() if value is not None and name not in unlogged}}
    changed = [name for name, value in after.items() if before.get(name) != value]
    told = [name for name in changed if name not in unlogged]
    difference: dict[str, Any] = {
        "from": {name: before.get(name) for name in told},
        "to": {name: after[name] for name in told},
    }
    if kept_back := sorted(set(changed) - set(told)):
        difference["unlogged"] = kept_back
    return difference


# A follower sees an act after its body and before its position is given; what it returns runs once the position is known, in the same
# transaction. This is how figures stay exact to the entry without the gate knowing of them (docs/decisions/0003).
Follower = Callable[[Act], Callable[[int], None] | None]
followers: list[Follower] = []

OPERATIONS: dict[str, "Operation[Any, Any]"] = {}

_running: ContextVar[str] = ContextVar("luoshi_gate_running", default="")


class Operation(Generic[S, R]):
    """A write that is callable; `operation` makes it from its body."""

    def __init__(
        self, action: str, body: Callable[Concatenate[Act, S, ...], R], *, creates: bool, anywhere: bool
    ) -> None:
        rule_of(action)
        functools.update_wrapper(self, body)
        self.action, self.body, self.creates, self.anywhere = action, body, creates, anywhere
        if action in OPERATIONS and OPERATIONS[action].body.__qualname__ != body.__qualname__:
            OPERATIONS[f"{action} ({body.__qualname__})"] = self
        else:
            OPERATIONS[action] = self

    def __call__(
        self,
        actor: Actor,
        subject: S,
        /,
        *,
        seen: int | None = None,
        key: str = "",
        at: datetime | None = None,
        **kwargs: Any,
    ) -> R:
        """Do it.

        seen: the version of the subject that the actor was shown; Conflict when it is another by now.
        key: the write's own key; the same key with the same content gives the earlier answer again, if that is a record or a number.
        Any other (a slip with a secret) is given once; then the answer is None.
        Raises Refused, Conflict, PermissionDenied (out of rank), Http404 (out of sight).
        """
        if outer := _running.get():
            # The position is given last, under a lock of the whole journal: nothing may come after it.
            raise RuntimeError(f"{self.action} was called inside {outer}: an operation calls plain functions only.")
        at = at or clock.now()
        content = canonical.digest([self.action, plain(subject), plain(kwargs)]) if key else b""
        if key and (used := self._used(actor, key)):
            return self._earlier(used, content)
        try:
            with turn(), transaction.atomic():
                if key:
                    used = Key.objects.create(
                        actor=actor.pseudonym, key=key, action=self.action, content=content, used_at=at
                    )
                return self._run(actor, subject, kwargs, seen=seen, at=at, used=used if key else None)
        except IntegrityError as error:
            if key and (used := self._used(actor, key)):
                return self._earlier(used, content)
            raise readable(error) from error

    def _run(
        self, actor: Actor, subject: S, kwargs: dict[str, Any], *, seen: int | None, at: datetime, used: Key | None
    ) -> R:
        subject = self._locked(subject)
        self._check_right(actor, subject)
        if seen is not None and isinstance(subject, Ledgered) and subject.version != seen:
            raise Conflict(subject, CHANGED_MEANWHILE)
        act = Act(actor=actor, action=self.action, at=at, subject=subject)
        outer = _running.set(self.action)
        try:
            result = self.body(act, subject, **kwargs)
            if act.changes:
                act.entry = self._append(act, subject)
        finally:
            _running.reset(outer)
        if used is not None:
            self._remember(used, act, result)
        return result

    def _append(self, act: Act, subject: S) -> Entry:
        finishing: list[Callable[[int], object]] = [
            finish for follower in followers if (finish := follower(act)) is not None
        ]
        place = _place(subject)
        entry = log.append(
            action=act.action,
            subject=subject.ref if isinstance(subject, Ledgered) else "",
            unit=place.unit if place else None,
            actor=act.actor.pseudonym,
            at=act.at,
            changes=act.changes,
        )
        if act.erased:
            log.erase(sorted(act.erased), by=entry)
        for close in (*finishing, *act.later):
            close(entry.position)
        return entry

    def _locked(self, subject: S) -> S:
        """The subject as it is now. It is locked, unless it is only the place where something new is made."""
        if not isinstance(subject, models.Model) or subject._state.adding:
            return subject
        rows = type(subject)._base_manager.all()
        found = (rows if self.creates else _for_update(rows)).filter(pk=subject.pk).first()
        if found is None:
            raise Http404(_("This record does not exist."))
        return found

    def _check_right(self, actor: Actor, subject: S) -> None:
        if self.anywhere:
            if not may(actor, self.action):
                raise PermissionDenied(_("Your role does not allow this."))
            return
        place = _place(subject)
        if may(actor, self.action, place):
            return
        if place is not None and isinstance(subject, Guarded) and not in_sight(actor, subject):
            raise Http404(_("This record does not exist."))
        raise PermissionDenied(_("Your role does not allow this."))

    @staticmethod
    def _used(actor: Actor, key: str) -> Key | None:
        return Key.objects.filter(actor=actor.pseudonym, key=key).first()

    def _earlier(self, used: Key, content: bytes) -> R:
        if bytes(used.content) != content or used.action != self.action:
            raise AlreadyRecorded(
                _("This was already recorded with other content. Correct that record, or record another one.")
            )
        earlier: Any = None
        if used.result_type == NUMBER:
            earlier = used.result_id
        elif used.result_type:
            earlier = apps.get_model(used.result_type)._base_manager.get(pk=used.result_id)
        answer: R = earlier
        return answer

    @staticmethod
    def _remember(used: Key, act: Act, result: R) -> None:
        if isinstance(result, models.Model):
            used.result_type, used.result_id = result._meta.label_lower, result.pk
        elif isinstance(result, int):
            used.result_type, used.result_id = NUMBER, result
        used.position = act.entry.position if act.entry else None
        used.save(update_fields=["result_type", "result_id", "position"])


def operation(
    action: str, *, creates: bool = False, anywhere: bool = False
) -> Callable[[Callable[Concatenate[Act, S, ...], R]], Operation[S, R]]:
    """Make an operation of a body `(act, subject, *, …)`.

    creates: the subject is only the place of a new record, and need not be locked.
    anywhere: the right does not depend on the subject's place (one's own account, the installation).
    """

    def make(body: Callable[Concatenate[Act, S, ...], R]) -> Operation[S, R]:
        return Operation(action, body, creates=creates, anywhere=anywhere)

    return make


def _for_update(rows: models.QuerySet[M]) -> models.QuerySet[M]:
    """Rows that nobody else writes until the transaction ends; on SQLite nobody does anyway."""
    return rows.select_for_update(of=("self",), no_key=True) if connection.features.has_select_for_update else rows


def _place(subject: Any) -> Place | None:
    return subject.place() if isinstance(subject, Ledgered) else None


def in_sight(actor: Actor, row: Guarded) -> bool:
    """May the actor know that the row exists? By the room's own "see" action; a part follows its record."""
    if not isinstance(row, Ledgered):
        return True
    return may(actor, row.seen_by(), row.place())
