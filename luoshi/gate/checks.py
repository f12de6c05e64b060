"""System checks: the house rules of ledgered models, seen to at every start."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db import models

from luoshi.gate.ledgered import Guarded, ledgered_models


@register("models")
def check_ledgered(**_: Any) -> list[CheckMessage]:
    """Ledgered models: guarded base manager, PROTECT instead of CASCADE, explicit through tables, a code of their own."""
    flaws: list[CheckMessage] = []
    codes: dict[str, str] = {}
    for model in ledgered_models():
        if not model.ledger_code:
            flaws.append(Error(f"{model.__name__} has no ledger_code.", obj=model, id="luoshi.E001"))
        if other := codes.get(model.ledger_code):
            flaws.append(
                Error(
                    f"{model.__name__} and {other} share the code {model.ledger_code!r}.", obj=model, id="luoshi.E002"
                )
            )
        codes[model.ledger_code] = model.__name__
        flaws += _guard_flaws(model) + _relation_flaws(model)
    return flaws


def _guard_flaws(model: type[Guarded]) -> list[CheckMessage]:
    if model._meta.base_manager_name != "objects" or not hasattr(model._base_manager.all(), "_raw_delete"):
        hint = "class Meta(Ledgered.Meta): keeps base_manager_name."
        return [Error(f"{model.__name__} has an unguarded base manager.", hint=hint, obj=model, id="luoshi.E003")]
    return []


def _relation_flaws(model: type[models.Model]) -> list[CheckMessage]:
    flaws: list[CheckMessage] = []
    for field in model._meta.get_fields():
        on_delete = getattr(getattr(field, "remote_field", None), "on_delete", None)
        if isinstance(field, models.ForeignKey) and on_delete is not models.PROTECT:
            flaws.append(
                Error(f"{model.__name__}.{field.name} must PROTECT what it refers to.", obj=model, id="luoshi.E004")
            )
        through = field.remote_field.through if isinstance(field, models.ManyToManyField) else None
        if through is not None and through._meta.auto_created:
            flaws.append(
                Error(f"{model.__name__}.{field.name} needs an explicit through model.", obj=model, id="luoshi.E005")
            )
    return flaws


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
        if (
            not named
            and not issubclass(model, Guarded)
            and not getattr(model, "derived_table", "")
            and not getattr(model, "exempt", "")
        ):
            hint = "Derive it from Ledgered, or say why not: derived_table = '…' or exempt = '…'."
            flaws.append(Error(f"{model._meta.label} is not ledgered.", hint=hint, obj=model, id="luoshi.E006"))
    return flaws
