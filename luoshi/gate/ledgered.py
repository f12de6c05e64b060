"""Ledgered models: rows that are written by operations only, and whose every change is journalled."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models.fields.files import FieldFile

from luoshi.gate.actor import Place
from luoshi.gate.errors import WrittenOutside

_open: ContextVar[bool] = ContextVar("luoshi_gate_open", default=False)


@contextmanager
def gate_open() -> Iterator[None]:
    """Let ledgered rows be written; used by the gate itself, and for derived columns through `derived_write`."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


# A derived column (Unit.no, Unit.last …) can be rebuilt from ledgered rows at any time, so writing it is no fact.
derived_write = gate_open


def check_open(model: type[models.Model]) -> None:
    if not _open.get():
        raise WrittenOutside(f"{model.__name__} is written by operations only (luoshi/gate/operation.py).")


M = TypeVar("M", bound=models.Model)


class GuardedQuerySet(models.QuerySet[M]):
    """A query set that reads freely and refuses to write outside an operation."""

    def create(self, **values: Any) -> M:
        check_open(self.model)
        return super().create(**values)

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[M]:
        check_open(self.model)
        return super().bulk_create(*args, **kwargs)

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        check_open(self.model)
        return super().bulk_update(*args, **kwargs)

    def update(self, **values: Any) -> int:
        check_open(self.model)
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        check_open(self.model)
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _raw_delete(self, using: str | None) -> int:
        check_open(self.model)
        return super()._raw_delete(using)


GuardedManager = models.Manager.from_queryset(GuardedQuerySet)


class Guarded(models.Model):
    """A model that refuses every write outside an operation."""

    objects = GuardedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        check_open(type(self))
        super().save(*args, **kwargs)

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        check_open(type(self))
        super().save_base(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        check_open(type(self))
        return super().delete(*args, **kwargs)

    @classmethod
    def check_open(cls) -> None:
        """WrittenOutside unless an operation is writing; journal/bulk.py asks this before it goes by the query set."""
        check_open(cls)


class Ledgered(Guarded):
    """台账行 — a record whose every change stands in the journal.

    ledger_code   the word before the colon of its reference: "activity:81"
    owner_path    the attribute that leads to its unit; "" for a unit itself, None for what belongs to no unit
    see_action    the action that shows a record to a reader; "" for the one with its own code, "activity.see"
    unlogged      fields whose value is never written to a Change (only that it changed): secrets
    derived       fields that can be rebuilt from ledgered rows; never in a Change
    masked        fields of which a history tells only that they changed: personal values
    events        words for what happened to a record without changing it: {"in": _("signed in")}
    """

    ledger_code: ClassVar[str] = ""
    owner_path: ClassVar[str | None] = "unit"
    see_action: ClassVar[str] = ""
    unlogged: ClassVar[frozenset[str]] = frozenset()
    derived: ClassVar[frozenset[str]] = frozenset()
    masked: ClassVar[frozenset[str]] = frozenset()
    events: ClassVar[Mapping[str, Any]] = {}

    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta(Guarded.Meta):
        abstract = True

    @classmethod
    def seen_by(cls) -> str:
        """The action that shows a record of this kind to a reader."""
        return cls.see_action or f"{cls.ledger_code}.see"

    @property
    def ref(self) -> str:
        return f"{self.ledger_code}:{self.pk}"

    def owner(self) -> Any:
        """The unit that this record belongs to, or None."""
        if self.owner_path is None:
            return None
        found: Any = self
        for step in filter(None, self.owner_path.split("__")):
            found = getattr(found, step)
        return found

    def place(self) -> Place | None:
        unit = self.owner()
        return None if unit is None else Place(unit.pk, unit.no, unit.sector_id)


class Part(Guarded):
    """分行 — rows that belong to one ledgered record and are journalled inside its Change (attendance, parties, measures of a list).

    part_of   the attribute that leads to the record
    part_fields  what the record's Change says of each row
    """

    part_of: ClassVar[str] = ""
    part_fields: ClassVar[tuple[str, ...]] = ()

    class Meta(Guarded.Meta):
        abstract = True


def plain(value: Any) -> Any:
    """A field's value in the few types that canonical JSON knows."""
    match value:
        case None | bool() | int() | str():
            return value
        case models.Model():
            return f"{value._meta.label_lower}:{value.pk}"
        case datetime() | date():
            return value
        case UUID():
            return str(value)
        case bytes() | memoryview():
            return bytes(value).hex()
        case FieldFile():
            return value.name or ""
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case set() | frozenset():
            return sorted(plain(each) for each in value)
        case list() | tuple():
            return [plain(each) for each in value]
    if is_dataclass(value) and type(value).__str__ is object.__str__:  # one with a text of its own is told by it
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    return str(value)


def image(row: Ledgered) -> dict[str, Any]:
    """What a Change says of a row: every stored field but its key, its version and the derived ones."""
    values = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name == "version" or field.name in row.derived:
            continue
        values[field.name] = plain(getattr(row, field.attname))
    return values


def part_image(part: Part) -> list[Any]:
    return [plain(getattr(part, name)) for name in part.part_fields]


def ledgered_models() -> list[type[Ledgered]]:
    return [model for model in apps.get_models() if issubclass(model, Ledgered)]


def guarded_models() -> list[type[Guarded]]:
    """Ledgered models and their parts."""
    return [model for model in apps.get_models() if issubclass(model, Guarded)]


def model_of(code: str) -> type[Ledgered]:
    """The model whose references begin with `code`; LookupError when there is none."""
    for model in ledgered_models():
        if model.ledger_code == code:
            return model
    raise LookupError(f"No ledgered model has the code {code!r}.")
