"""A constraint that the database saw broken, in words."""

import re
from dataclasses import dataclass

from django.apps import apps
from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from luoshi.gate.errors import Refused

_SQLITE_COLUMNS = re.compile(r"UNIQUE constraint failed: (?!index )(.+)")
_SQLITE_NAME = re.compile(r"(?:CHECK constraint failed:|UNIQUE constraint failed: index) '?(\w+)'?")
_POSTGRESQL_COLUMNS = re.compile(r"Key \((.+?)\)=")


@dataclass(frozen=True, slots=True)
class Broken:
    """What the database says: the constraint's name, or the table and columns that were to be unique."""

    table: str = ""
    columns: frozenset[str] = frozenset()
    name: str = ""


def readable(error: IntegrityError) -> Exception:
    """The error as a refusal, where a model has words for what was broken; else the error itself."""
    broken = _broken(error)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if _is_meant(constraint, model, broken):
                return Refused(constraint.get_violation_error_message())
        for field in model._meta.concrete_fields:
            if field.unique and model._meta.db_table == broken.table and broken.columns == {field.column}:
                return Refused(_("There is already one with this %(field)s.") % {"field": field.verbose_name})
    return error


def _broken(error: IntegrityError) -> Broken:
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:  # PostgreSQL tells the parts one by one
        found = _POSTGRESQL_COLUMNS.match(diagnosis.message_detail or "")
        return Broken(diagnosis.table_name or "", _names(found), diagnosis.constraint_name or "")
    if found := _SQLITE_COLUMNS.match(str(error)):
        table = found[1].partition(".")[0]
        return Broken(table, frozenset(each.removeprefix(f"{table}.") for each in _names(found)))
    found = _SQLITE_NAME.match(str(error))
    return Broken(name=found[1]) if found else Broken()


def _names(found: re.Match[str] | None) -> frozenset[str]:
    return frozenset(each.strip('" ') for each in found[1].split(",")) if found else frozenset()


def _is_meant(constraint: models.BaseConstraint, model: type[models.Model], broken: Broken) -> bool:
    if broken.name:
        return constraint.name == broken.name
    if not isinstance(constraint, models.UniqueConstraint) or model._meta.db_table != broken.table:
        return False
    columns = {model._meta.get_field(name).column for name in constraint.fields}  # type: ignore[union-attr]
    return columns == broken.columns
