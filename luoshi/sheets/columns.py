"""The kinds of columns: what a cell may hold, how it is read, shown and written.

A column is declared once and serves the web table, the Excel template, the import, the export and the API schema.
`read` takes what a cell holds and returns the value or raises Bad; `cell` is its inverse for XLSX, `plain` for CSV,
`text` for people.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar, Literal

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from luoshi.sheets import cells
from luoshi.sheets.cells import Raw
from luoshi.sheets.flaws import Bad

Label = str | Promise
NOTHING = "—"
SPREADSHEET_ERRORS = {"#REF!", "#DIV/0!", "#VALUE!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}


def in_every_language(label: Label) -> list[str]:
    """The label as readers of each language see it, without repetition."""
    texts = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts.append(str(label))
    return list(dict.fromkeys(texts))


@dataclass(frozen=True)
class Reading:
    """What a column must know of the file: its date system, and the unit written behind its heading ("万元")."""

    date1904: bool = False
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Column:
    """列 — a name, a label, and the rules of what stands below it.

    source: how the value is taken from an object when exporting or listing: a dotted path, or a function of the object.
    group: the heading above several columns. unique: no two rows of a file share the value.
    """

    name: str
    label: Label
    _: KW_ONLY
    required: bool = False
    unique: bool = False
    hint: Label = ""
    sample: object = None
    group: Label = ""
    aliases: Collection[str] = ()
    width: int | None = None
    source: str | Callable[[Any], object] = ""

    align: ClassVar[Literal["start", "end"]] = "start"

    @property
    def number_format(self) -> str:
        """Excel's format of the cells; "@" is text, which keeps leading zeros and long codes."""
        return "@"

    def value(self, subject: object) -> Any:
        """The value of this column for an object, or for a row given as a mapping."""
        if callable(self.source):
            return self.source(subject)
        value: Any = subject
        for part in (self.source or self.name).replace("__", ".").split("."):
            if value is None:
                return None
            value = value.get(part) if isinstance(value, Mapping) else getattr(value, part)
        return value

    def read(self, raw: Raw, reading: Reading = Reading()) -> Any:
        """The value that a cell holds, None for an empty one. Raises Bad."""
        if raw is None or (isinstance(raw, str) and not raw.translate(cells.WEIGHTLESS).strip()):
            if self.required:
                raise Bad("required", _("This cell must be filled in."))
            return None
        if isinstance(raw, str) and raw.strip() in SPREADSHEET_ERRORS:
            raise error_cell(raw.strip())
        if isinstance(raw, str) and cells.deceptive(raw.translate(cells.WEIGHTLESS)):
            raise Bad(
                "invisible_characters",
                _("The text contains invisible control characters. Delete the cell's content and type it again."),
            )
        return self.parse(raw, reading)

    def parse(self, raw: Raw, reading: Reading) -> Any:
        """The value of a cell that is not empty."""
        raise NotImplementedError

    def cell(self, value: Any) -> str | int | float | date | bool | None:
        """What is written into an XLSX cell."""
        return None if value is None else str(value)

    def plain(self, value: Any) -> str:
        """What is written into a CSV cell."""
        return "" if value is None else cells.shielded(str(self.cell(value)))

    def text(self, value: Any) -> str:
        """What people read."""
        return NOTHING if value is None or value == "" else str(self.cell(value))

    @cached_property
    def headings(self) -> list[str]:
        """Every heading under which a file may bring this column."""
        return [*in_every_language(self.label), *self.aliases, self.name]

    @property
    def unit(self) -> str:
        """The unit written behind the heading of a template or export."""
        return ""

    @property
    def heading(self) -> str:
        unit = self.unit
        return f"{self.label}（{unit}）" if unit else str(self.label)

    def hint_text(self) -> str:
        """The line below the heading in a template."""
        return str(self.hint)

    def options(self) -> list[str]:
        """What a drop-down list offers; empty for free input."""
        return []

    def display_width(self) -> int:
        """Width in Excel's characters, never less than the heading."""
        widest = max(cells.display_width(text) for text in (self.heading + " *", str(self.sample or "")))
        return self.width or min(max(widest + 2, 10), 60)


def error_cell(error: str) -> Bad:
    return Bad("error_cell", _("The cell shows the error {error}. Type the value itself.").format(error=error))


def whole(raw: Raw) -> int | None:
    """The integer in a number cell, None when the cell holds anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    return int(raw) if raw == raw and abs(raw) < cells.EXACT_LIMIT and int(raw) == raw else None


@dataclass(frozen=True, eq=False)
class Text(Column):
    """文字 — free text; spaces at the ends and zero-width characters are taken off."""

    max_length: int = 500
    multiline: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.max_length <= cells.CELL_LIMIT:
            raise ValueError(f"{self.name}: a cell holds at most {cells.CELL_LIMIT} characters")

    def parse(self, raw: Raw, reading: Reading) -> Any:
        del reading
        text = self.tidy(typed(raw))
        if len(text) > self.max_length:
            raise Bad(
                "too_long",
                ngettext(
                    "The text has {length} characters; at most {limit} is allowed.",
                    "The text has {length} characters; at most {limit} are allowed.",
                    self.max_length,
                ).format(length=len(text), limit=self.max_length),
            )
        return text

    def tidy(self, text: str) -> str:
        return cells.weightless_removed(text).strip() if self.multiline else cells.one_line(text)

    def display_width(self) -> int:
        return self.width or max(super().display_width(), min(self.max_length, 24))


def typed(raw: Raw) -> str:
    """The text that a cell shows. Raises Bad for a number that has lost digits."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return _("Yes") if raw else _("No")
    if isinstance(raw, datetime | date):
        return raw.isoformat(" ") if isinstance(raw, datetime) else raw.isoformat()
    if isinstance(raw, int | float):
        number = whole(raw)
        if number is not None:
            return str(number)
        if abs(raw) >= cells.EXACT_LIMIT or raw != raw:
            raise digits_lost(raw)
        return format(cells.decimal_of(raw), "f")
    return str(raw)


def digits_lost(raw: Raw) -> Bad:
    return Bad(
        "number_as_code",
        _(
            "A number of this length loses its last digits in Excel (it became {shown}). "
            "Set the column's format to Text and type it again."
        ).format(shown=raw),
    )


@dataclass(frozen=True, eq=False)
class Code(Text):
    """编号 — digits and letters that are no quantity: unit codes, document numbers, ID numbers.

    text_only: a number cell is refused even when short, because leading zeros may have gone (ID numbers, phones).
    pattern: a regular expression for the whole code; pattern_hint says it in words.
    """

    max_length: int = 64
    pattern: str = ""
    pattern_hint: Label = ""
    text_only: bool = False

    def parse(self, raw: Raw, reading: Reading) -> Any:
        if isinstance(raw, int | float) and not isinstance(raw, bool) and (self.text_only or whole(raw) is None):
            raise digits_lost(raw)
        if isinstance(raw, bool | date):
            raise Bad(
                "not_a_code", _("Excel has changed this code. Set the column's format to Text and type it again.")
            )
        text = super().parse(raw, reading)
        if cells.SCIENTIFIC.fullmatch(text):
            raise digits_lost(text)
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise Bad("pattern", str(self.pattern_hint) or _("“{text}” is not a valid code here.").format(text=text))
        return text

    def tidy(self, text: str) -> str:
        return "".join(cells.half_width(text).split())


@dataclass(frozen=True, eq=False)
class Number(Column):
    """数 — an integer, or a Decimal when decimals are allowed."""

    min: int | None = None
    max: int | None = None
    decimals: int = 0

    align: ClassVar[Literal["start", "end"]] = "end"

    def parse(self, raw: Raw, reading: Reading) -> Any:
        del reading
        number = self.decimal(raw)
        if number != round(number, self.decimals):
            raise Bad("too_many_decimals", self.decimals_message())
        self.check_range(number)
        return int(number) if self.decimals == 0 else round(number, self.decimals)

    def decimal(self, raw: Raw) -> Decimal:
        number: Decimal | None = None
        if isinstance(raw, str):
            number = cells.decimal_in(raw)
        elif isinstance(raw, int | float) and not isinstance(raw, bool):
            number = cells.decimal_of(raw)
        if number is None or not number.is_finite():
            raise Bad(
                "not_a_number",
                _("“{text}” is not a number. Write digits only, such as 1200.").format(text=shortened(raw)),
            )
        return number

    def decimals_message(self) -> str:
        if self.decimals == 0:
            return _("Only whole numbers are allowed here.")
        return ngettext(
            "At most {count} decimal place is allowed.", "At most {count} decimal places are allowed.", self.decimals
        ).format(count=self.decimals)

    def check_range(self, number: Decimal) -> None:
        limit = cells.EXACT_LIMIT // 10**self.decimals
        low = -limit + 1 if self.min is None else self.min
        high = limit - 1 if self.max is None else self.max
        if number < low:
            raise Bad("out_of_range", _("The smallest number allowed here is {limit}.").format(limit=low))
        if number > high:
            raise Bad("out_of_range", _("The largest number allowed here is {limit}.").format(limit=high))

    def cell(self, value: Any) -> str | int | float | date | bool | None:
        return value if value is None or self.decimals == 0 else float(value)

    def plain(self, value: Any) -> str:
        return "" if value is None else str(value)

    def text(self, value: Any) -> str:
        return NOTHING if value is None else f"{value:,}"

    @property
    def number_format(self) -> str:
        return "#,##0" + ("." + "0" * self.decimals if self.decimals else "")


def shortened(raw: Raw, limit: int = 30) -> str:
    text = str(raw)
    return text if len(text) <= limit else text[:limit] + "…"


# Fen in one unit of each name; headings and cells may use any of them.
FEN = {"元": 100, "百元": 10_000, "千元": 100_000, "万元": 1_000_000, "亿元": 10_000_000_000}
FEN |= {"yuan": 100, "10,000 yuan": 1_000_000, "万": 1_000_000, "亿": 10_000_000_000, "rmb": 100, "cny": 100}
AMOUNT = re.compile(r"[¥￥]?\s*(?P<number>[+-]?[\d,]+(?:\.\d+)?)\s*(?P<unit>\D*)")


@dataclass(frozen=True, eq=False)
class Money(Number):
    """金额 — integer fen; read in 元, 万元 or 亿元, shown and written in the column's unit."""

    per: Literal["yuan", "wan"] = "yuan"

    align: ClassVar[Literal["start", "end"]] = "end"

    @property
    def fen_per_unit(self) -> int:
        return 1_000_000 if self.per == "wan" else 100

    @property
    def unit(self) -> str:
        return pgettext("money", "10,000 yuan") if self.per == "wan" else pgettext("money", "yuan")

    def parse(self, raw: Raw, reading: Reading) -> Any:
        fen_per_unit = FEN.get(reading.unit, self.fen_per_unit)
        if isinstance(raw, str):
            match = AMOUNT.fullmatch(cells.half_width(raw))
            unit = match["unit"].strip() if match else ""
            if match and unit in FEN:
                raw, fen_per_unit = match["number"], FEN[unit]
            elif match and not unit:
                raw = match["number"]
        fen = self.decimal(raw) * fen_per_unit
        if fen != int(fen):
            raise Bad(
                "too_many_decimals", _("The amount is not a whole number of fen. Write at most two decimals of a yuan.")
            )
        self.check_range(fen)
        return int(fen)

    def shown(self, value: int) -> Decimal:
        return Decimal(value) / self.fen_per_unit

    def cell(self, value: Any) -> str | int | float | date | bool | None:
        return None if value is None else float(self.shown(value))

    def plain(self, value: Any) -> str:
        return "" if value is None else format(self.shown(value), "f")

    def text(self, value: Any) -> str:
        if value is None:
            return NOTHING
        amount = self.shown(value)
        return f"{amount:,.2f}" if amount == round(amount, 2) else f"{amount:,f}"

    @property
    def number_format(self) -> str:
        return "#,##0.00####" if self.per == "wan" else "#,##0.00"


@dataclass(frozen=True, eq=False)
class Day(Column):
    """日期 — a calendar day; a cell may hold an Excel date, 2023.9.4, 2023年9月4日 or 20230904."""

    earliest: date | None = None
    latest: date | None = None

    def parse(self, raw: Raw, reading: Reading) -> Any:
        day = self.day(raw, reading)
        if day is None:
            raise Bad("not_a_day", _("“{text}” is not a date. Write it like 2023-09-04.").format(text=shortened(raw)))
        earliest, latest = self.earliest or cells.FIRST_DAY, self.latest or cells.LAST_DAY
        if not earliest <= day <= latest:
            raise Bad(
                "out_of_range",
                _("The date {day} does not lie between {earliest} and {latest}.").format(
                    day=day.isoformat(), earliest=earliest.isoformat(), latest=latest.isoformat()
                ),
            )
        return day

    @property
    def number_format(self) -> str:
        return "yyyy-mm-dd"

    def day(self, raw: Raw, reading: Reading) -> date | None:
        if isinstance(raw, datetime):
            if (raw.hour, raw.minute, raw.second) != (0, 0, 0):
                raise Bad("has_time", _("Write the day only, without a time of day."))
            return raw.date()
        if isinstance(raw, date):
            return raw
        if isinstance(raw, str):
            return cells.day_in(raw)
        serial = whole(raw)
        return None if serial is None else cells.day_of_serial(serial, date1904=reading.date1904)

    def cell(self, value: Any) -> str | int | float | date | bool | None:
        return value.date() if isinstance(value, datetime) else value

    def text(self, value: Any) -> str:
        return NOTHING if value is None else str(value.isoformat())

    def plain(self, value: Any) -> str:
        return "" if value is None else str(value.isoformat())

    def hint_text(self) -> str:
        return str(self.hint) or _("e.g. 2023-09-04")

    def display_width(self) -> int:
        return self.width or max(super().display_width(), 12)


@dataclass(frozen=True, eq=False)
class Choice(Column):
    """选项 — one of a list; files may use the label in any language, or the stored value."""

    choices: Collection[tuple[Any, Label]] = ()

    @cached_property
    def by_text(self) -> dict[str, Any]:
        found = {cells.folded(str(value)): value for value, _label in self.choices}
        for value, label in self.choices:
            found |= {cells.folded(text): value for text in in_every_language(label)}
        return found

    def parse(self, raw: Raw, reading: Reading) -> Any:
        del reading
        text = typed(raw)
        if (key := cells.folded(text)) in self.by_text:
            return self.by_text[key]
        raise Bad(
            "not_a_choice",
            _("“{text}” is not in the list. Choose one of: {options}.").format(
                text=shortened(text),
                options=_(", ").join(self.options()[:12]) + ("…" if len(self.options()) > 12 else ""),
            ),
        )

    def cell(self, value: Any) -> str | int | float | date | bool | None:
        return None if value is None else next((str(label) for key, label in self.choices if key == value), str(value))

    def options(self) -> list[str]:
        return [str(label) for _value, label in self.choices]

    def display_width(self) -> int:
        return self.width or max(
            super().display_width(), *(cells.display_width(text) + 4 for text in [*self.options(), ""])
        )


YES = {"是", "有", "对", "√", "✓", "✔", "y", "yes", "true", "1", "1.0"}
NO = {"否", "无", "不是", "没有", "×", "✗", "x", "n", "no", "false", "0", "0.0"}


@dataclass(frozen=True, eq=False)
class YesNo(Column):
    """是否 — yes or no; an empty cell is neither."""

    def parse(self, raw: Raw, reading: Reading) -> Any:
        del reading
        if isinstance(raw, bool):
            return raw
        text = cells.folded(str(raw))
        if text in YES or text in NO:
            return text in YES
        raise Bad("not_yes_or_no", _("“{text}” is neither yes nor no. Write Yes or No.").format(text=shortened(raw)))

    def cell(self, value: Any) -> str | int | float | date | bool | None:
        return None if value is None else (_("Yes") if value else _("No"))

    def options(self) -> list[str]:
        return [_("Yes"), _("No")]


@dataclass(frozen=True)
class InFile:
    """A reference to another row of the same file, by the text of that row's key."""

    text: str


@dataclass(frozen=True)
class Ambiguous:
    """What a lookup returns for a text that fits several records; says which, so that the user can choose."""

    candidates: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Ref(Column):
    """引用 — another record, written by its code or name.

    lookup: all texts of the column at once → {text: record | Ambiguous}; a text left out is unknown. One query a file.
    within: the name of a column of the same sheet; a text standing there is accepted and read as InFile(text).
    show: record → the text that `lookup` understands. offered: the texts of a drop-down list.
    """

    lookup: Callable[[set[str]], Mapping[str, object]] | None = None
    within: str = ""
    show: Callable[[Any], str] = str
    offered: Callable[[], list[str]] | None = None

    def parse(self, raw: Raw, reading: Reading) -> Any:
        """The text as written; `resolved` turns it into the record once all texts of the file are known."""
        del reading
        if isinstance(raw, int | float) and not isinstance(raw, bool) and whole(raw) is None:
            raise digits_lost(raw)
        return cells.one_line(typed(raw))

    def resolved(self, text: str, found: Mapping[str, object], in_file: Collection[str]) -> object:
        """The record for a text. Raises Bad."""
        record = found.get(text)
        if isinstance(record, Ambiguous):
            raise Bad(
                "ambiguous",
                _("“{text}” fits several records: {candidates}. Write the code instead.").format(
                    text=shortened(text), candidates=_(", ").join(record.candidates[:5])
                ),
            )
        if record is not None:
            return record
        if text in in_file:
            return InFile(text)
        raise Bad(
            "unknown",
            _("“{text}” was not found. Check the spelling, or enter that record first.").format(text=shortened(text)),
        )

    def cell(self, value: Any) -> str | int | float | date | bool | None:
        if value is None:
            return None
        return value.text if isinstance(value, InFile) else self.show(value)

    def options(self) -> list[str]:
        return self.offered() if self.offered else []
