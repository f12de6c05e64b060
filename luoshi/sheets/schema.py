"""The columns of a sheet as a pydantic model, for django-ninja and for anyone who posts rows as JSON."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, create_model

from luoshi.sheets import cells, columns
from luoshi.sheets.columns import Column

STRICT = ConfigDict(extra="forbid", str_strip_whitespace=True)


def model_of(name: str, title: str, declared: Sequence[Column]) -> type[BaseModel]:
    fields: dict[str, Any] = {column.name: field_of(column) for column in declared}
    model_name = "".join(part.capitalize() for part in name.split("_")) + "Row"
    model: type[BaseModel] = create_model(model_name, __config__=STRICT, __doc__=title, **fields)
    return model


def field_of(column: Column) -> tuple[Any, Any]:
    kind = kind_of(column)
    description = " ".join(text for text in (str(column.label), str(column.hint), measure(column)) if text)
    if column.required:
        return kind, Field(description=description)
    return kind | None, Field(default=None, description=description)


def measure(column: Column) -> str:
    return _("(integer, in fen)") if isinstance(column, columns.Money) else ""


def kind_of(column: Column) -> Any:
    match column:
        case columns.Code():
            pattern = f"^(?:{column.pattern})$" if column.pattern else None
            return Annotated[str, Field(min_length=1, max_length=column.max_length, pattern=pattern)]
        case columns.Text():
            return Annotated[str, Field(min_length=int(column.required), max_length=column.max_length)]
        case columns.Number():
            limit = cells.EXACT_LIMIT // 10**column.decimals - 1
            low = -limit if column.min is None else column.min
            high = limit if column.max is None else column.max
            if column.decimals == 0:
                return Annotated[int, Field(ge=low, le=high)]
            return Annotated[Decimal, Field(ge=low, le=high, decimal_places=column.decimals)]
        case columns.Day():
            earliest, latest = column.earliest or cells.FIRST_DAY, column.latest or cells.LAST_DAY
            return Annotated[date, Field(ge=earliest, le=latest)]
        case columns.Choice():
            return Literal[tuple(value for value, _label in column.choices)]
        case columns.YesNo():
            return bool
        case _:
            return Annotated[str, Field(min_length=1, max_length=200)]
