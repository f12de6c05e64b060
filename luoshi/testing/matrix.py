"""The permission matrix: what an operation answers to a role at a place, and what a user is shown beyond what is theirs.

Neither half asks luoshi/gate/rules.py. `answer` tries the operation itself; `leaks` (surfaces.py) compares what the product
shows with an account of the cast written by hand. tests/permissions says what both must be.
"""

from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints
from unittest import mock

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404

from luoshi.gate.actor import Actor, Grant
from luoshi.gate.ledgered import Ledgered
from luoshi.gate.operation import OPERATIONS, Operation
from luoshi.gate.rules import Role
from luoshi.orgs.models import Unit, User

PACKAGE = Path(__file__).resolve().parent.parent


class Answer(StrEnum):
    DOES = "does"
    REFUSED = "refused"
    UNSEEN = "unseen"


@cache
def _import_all() -> None:
    """Every module that makes an operation: one that nobody had imported would be left out of the matrix in silence."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if "tests" not in parts and "testing" not in parts and "@operation(" in path.read_text(encoding="utf-8"):
            import_module(".".join(parts).removesuffix(".__init__"))


def operations_of_the_product() -> dict[str, Operation[Any, Any]]:
    """All operations by the name of their function, but those that only tests have."""
    _import_all()
    found = [each for each in OPERATIONS.values() if not is_of_tests(each)]
    named = {each.body.__name__: each for each in found}
    if len(named) != len(found):
        raise AssertionError("two operations share the name of their function")
    return named


def is_of_tests(each: Operation[Any, Any]) -> bool:
    module = each.body.__module__
    return module.startswith(("luoshi.testing.", "tests.")) or ".tests" in module


def holder(role: Role | None, unit: Unit, **more: Any) -> Actor:
    """Somebody with one role at one unit; nobody's account for None."""
    unit.refresh_from_db()
    grants = () if role is None else (Grant(role, unit.pk, unit.no, unit.last, **more),)
    user = User.objects.order_by("pk").values_list("pk", flat=True).first()
    return Actor(pseudonym=f"matrix-{role}", user=user, unit=unit.pk, grants=grants)


def subject_at(each: Operation[Any, Any], unit: Unit) -> Any:
    """What the operation works on, standing at a unit: the unit itself, or an unsaved record of its kind that belongs there."""
    kind = _subject_kind(each)
    if kind is type(None):
        return None
    today = Unit.objects.get(pk=unit.pk)  # with its number in the tree as it is now
    return today if kind is Unit else _record_at(kind, today)


def _subject_kind(each: Operation[Any, Any]) -> type:
    hints = get_type_hints(each.body)
    name = [name for name in hints if name != "return"][1]
    kind: type = hints[name]
    return kind


def _record_at(kind: type[models.Model], unit: Unit) -> models.Model:
    path = kind.owner_path if issubclass(kind, Ledgered) else None
    if path is None:
        return kind()
    step, _dots, rest = path.partition("__")
    if not rest:
        return kind(**{step: unit})
    between: Any = kind._meta.get_field(step).related_model
    return kind(**{step: _record_at(between, unit)})


def answer(each: Operation[Any, Any], actor: Actor, unit: Unit) -> Answer:
    """What the operation answers to the actor at the unit. Its body does not run: what it decides besides is its own test."""
    subject, reached = subject_at(each, unit), mock.Mock(return_value=None)
    with mock.patch.object(each, "body", reached):
        try:
            each(actor, subject)
        except PermissionDenied:
            return Answer.REFUSED
        except Http404:
            return Answer.UNSEEN
    if not reached.called:
        raise AssertionError(f"{each.action} neither ran nor refused")
    return Answer.DOES
