"""数量 — a numeral with its classifier, before anyone asked what it is said of."""

from dataclasses import dataclass

from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.statement import Kind, Number, Side

_EXACT = Reason("approx.none")


@dataclass(slots=True)
class Quantity:
    """数量 — a numeral with its classifier, before anyone asked what it is said of."""

    start: int
    end: int
    value: Number | None
    upper: Number | None
    unit: str
    kind: Kind
    approx: str | None
    side: Side | None
    value_reason: Reason
    unit_reason: Reason
    approx_reason: Reason


def made(
    folded: str,
    start: int,
    stop: int,
    value: Number | None,
    upper: Number | None,
    unit: str,
    kind: Kind,
    approx: str | None,
    rule: str,
) -> Quantity:
    open_value = value is None
    return Quantity(
        start,
        stop,
        value,
        upper,
        unit,
        kind,
        approx,
        "about" if approx in ("几", "来") or open_value else "over" if approx else None,
        Reason(
            "value.open" if open_value else "value.range" if upper is not None else "value.numeral",
            folded[start:stop],
            start,
        ),
        Reason(f"unit.{rule}", unit, start),
        Reason("approx.inside", approx, start) if approx else _EXACT,
    )
