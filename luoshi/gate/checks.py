"""System checks: the house rules of ledgered models, seen to at every start."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from luoshi.gate.ledgered import Guarded, GuardedQuerySet, Ledgered, Part, guarded_models
from luoshi.gate.rules import RULES


@register("models")
def check_guarded(**_: Any) -> list[CheckMessage]:
    """Ledgered models and their parts: guarded managers, PROTECT instead of CASCADE, explicit through tables; and what each must say."""
    flaws: list[CheckMessage] = []
    for model in guarded_models():
        flaws += [*_manager_flaws(model), *_relation_flaws(model)]
        if issubclass(model, Ledgered):
            flaws += _sight_flaws(model)
        if issubclass(model, Part):
            flaws += _part_flaws(model)
    return flaws + list(_code_flaws([model for model in guarded_models() if issubclass(model, Ledgered)]))


def _code_flaws(ledgered: list[type[Ledgered]]) -> Iterator[CheckMessage]:
    codes: dict[str, str] = {}
    for model in ledgered:
        if not model.ledger_code:
            yield Error(f"{model.__name__} has no ledger_code.", obj=model, id="luoshi.E001")
        elif other := codes.get(model.ledger_code):
            says = f"{model.__name__} and {other} share the code {model.ledger_code!r}."
            yield Error(says, obj=model, id="luoshi.E002")
        codes[model.ledger_code] = model.__name__


def _manager_flaws(model: type[Guarded]) -> Iterator[CheckMessage]:
    """Relations and deletions go by the base manager, everybody else by the default one."""
    for manager in {model._base_manager, model._default_manager}:
        if not isinstance(manager.get_queryset(), GuardedQuerySet):
            hint = "class Meta(Ledgered.Meta): keeps base_manager_name; a manager of one's own is made from GuardedQuerySet."
            yield Error(f"{model.__name__}.{manager.name} is unguarded.", hint=hint, obj=model, id="luoshi.E003")


def _relation_flaws(model: type[Guarded]) -> Iterator[CheckMessage]:
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT:
            says = f"{model.__name__}.{field.name} must PROTECT what it refers to."
            yield Error(says, obj=model, id="luoshi.E004")
        through = field.remote_field.through if isinstance(field, models.ManyToManyField) else None
        if through is not None and through._meta.auto_created:
            says = f"{model.__name__}.{field.name} needs an explicit through model."
            yield Error(says, obj=model, id="luoshi.E005")


def _sight_flaws(model: type[Ledgered]) -> Iterator[CheckMessage]:
    """Without a rule nobody could be told a record that is out of sight from one that is out of rank."""
    if model.seen_by() not in RULES:
        hint = 'Name the action that shows it: see_action = "unit.see".'
        yield Error(f"No rule says who sees {model.__name__}.", hint=hint, obj=model, id="luoshi.E007")


def _part_flaws(model: type[Part]) -> Iterator[CheckMessage]:
    """A part belongs to one ledgered record, and its fields can be told in that record's Change."""
    try:
        above = model._meta.get_field(model.part_of)
        for name in model.part_fields:
            model._meta.get_field(name.removesuffix("_id"))
    except FieldDoesNotExist as error:
        yield Error(f"{model.__name__}: {error}.", hint="part_of, part_fields", obj=model, id="luoshi.E008")
        return
    if not isinstance(above, models.ForeignKey) or not issubclass(above.related_model, Ledgered):
        says = f"{model.__name__}.{model.part_of} leads to no ledgered record."
        yield Error(says, hint="part_of", obj=model, id="luoshi.E008")


# Models that are no facts: written freely, never journalled.
EXEMPT = frozenset(
    {
        "sessions.session",
        "contenttypes.contenttype",
        "auth.permission",
        "auth.group",
        "gate.key",
        "gate.party",
        "journal.entry",
        "journal.change",
        "journal.checkpoint",
    }
)
EXEMPT_APPS = frozenset({"axes", "account", "mfa", "django_tasks_database", "django_tasks_db"})


@register("models")
def check_exempt(**_: Any) -> list[CheckMessage]:
    """Every model is ledgered, a part, a derived table, or named here as exempt."""
    flaws: list[CheckMessage] = []
    for model in apps.get_models():
        named = model._meta.label_lower in EXEMPT or model._meta.app_label in EXEMPT_APPS
        said = getattr(model, "derived_table", "") or getattr(model, "exempt", "")
        if not named and not said and not issubclass(model, Guarded):
            hint = "Derive it from Ledgered, or say why not: derived_table = '…' or exempt = '…'."
            flaws.append(Error(f"{model._meta.label} is not ledgered.", hint=hint, obj=model, id="luoshi.E006"))
    return flaws
