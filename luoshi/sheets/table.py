"""The web table: columns, filters, search, sort, totals, saved views and pages, all of it kept in the URL.

    PROBLEMS = Table("problems", title=_("Problems"), columns=[Show(Code("number", _("Code")), sort="number"), …])
    table = PROBLEMS.bound(request.GET, problems(actor), path=request.path)     # nothing is queried yet
    {% include "sheets/table.html" %}                                           # the same file answers htmx

`?q=&view=&kind=…&sort=-due_on&cols=number,title&per=20&page=2` and, of the same state, `&export=xlsx`, `&print=1`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Aggregate, Count, F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict

from luoshi.sheets.cells import one_line
from luoshi.sheets.columns import NOTHING, Column, Label
from luoshi.sheets.filters import BadFilter, Filter
from luoshi.sheets.sheet import Sheet

SIZES = (20, 50, 100, 200)
PRINT_LIMIT = 5_000
SEARCH_LIMIT = 100
RESERVED = {"q", "view", "sort", "page", "per", "cols", "export", "print"}


@dataclass(frozen=True, eq=False)
class Show:
    """A column as a table shows it.

    sort: the lookup to sort by, "" for none. link: object → address. template: draws the cell from `row` and `value`.
    hidden: shown only when chosen. css: added to the cell's class (ls-name, ls-state). total: an aggregate for the
    last row.
    """

    column: Column
    _: KW_ONLY
    sort: str = ""
    link: Callable[[Any], str | None] | None = None
    template: str = ""
    hidden: bool = False
    css: str = ""
    total: Aggregate | None = None

    @property
    def name(self) -> str:
        return self.column.name

    @cached_property
    def classes(self) -> str:
        return " ".join(text for text in ("ls-num" if self.column.align == "end" else "", self.css) if text)


@dataclass(frozen=True, eq=False)
class SavedView:
    """A tab: a name in the URL, a label, and which rows it shows; it carries their number."""

    name: str
    label: Label
    where: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Batch:
    """An act on the selected rows: posted to `url` as `selected`, with `act` = name."""

    name: str
    label: Label
    url: str


@dataclass(frozen=True, eq=False)
class Table:
    """清单 — the declaration; `bound` joins it with rows and a URL.

    search: lookups of which one must fit each word, such as name__icontains, pinyin__startswith.
    order: sort of the first visit, "-due_on" for downwards. batch_template: stands in the foot instead of `batch`.
    """

    name: str
    _: KW_ONLY
    title: Label
    columns: Sequence[Show]
    filters: Sequence[Filter] = ()
    search: Sequence[str] = ()
    search_hint: Label = ""
    views: Sequence[SavedView] = ()
    order: str = ""
    per: int = 20
    batch: Sequence[Batch] = ()
    batch_template: str = ""
    empty: Label = ""

    def __post_init__(self) -> None:
        taken = [parameter for each in self.filters for parameter in each.parameters]
        names = [show.name for show in self.columns]
        if len(set(names)) != len(names) or len(set(taken)) != len(taken) or RESERVED & set(taken):
            raise ImproperlyConfigured(f"{self.name}: a column or filter name occurs twice or is reserved")

    def bound(self, params: QueryDict, rows: QuerySet[Any], *, path: str = "") -> "Bound":
        return Bound(self, params, rows, path)


@dataclass(frozen=True)
class Cell:
    text: str
    value: Any
    link: str | None
    show: Show
    label: str
    is_zero: bool


@dataclass(frozen=True)
class Line:
    number: int
    subject: Any
    cells: list[Cell]


@dataclass(frozen=True)
class Head:
    """One heading: its label, where a click leads, and how the rows are sorted now."""

    label: str
    classes: str
    url: str
    sorted: str


@dataclass(frozen=True)
class Group:
    label: str
    span: int


@dataclass(frozen=True)
class Tab:
    label: Label
    count: int
    url: str
    current: bool


@dataclass(frozen=True)
class PageLink:
    number: int
    url: str
    current: bool


@dataclass(frozen=True)
class FilterBox:
    """A filter with its present state, for its template."""

    filter: Filter
    context: dict[str, Any]
    on: bool
    error: str

    @property
    def template(self) -> str:
        return self.filter.template


class Bound:
    """A table with its rows and one state of the URL. Queries run when the page asks: tabs, count with totals, rows."""

    def __init__(self, table: Table, params: QueryDict, rows: QuerySet[Any], path: str) -> None:
        self.table, self.params, self.scope, self.path = table, params, rows, path
        self.errors: dict[str, str] = {}

    # The state, read leniently: what makes no sense is left out, so that an old link still opens.

    @cached_property
    def search_text(self) -> str:
        return one_line(self.params.get("q", "").replace("\x00", ""))[:SEARCH_LIMIT] if self.table.search else ""

    @cached_property
    def view(self) -> SavedView | None:
        asked = self.params.get("view", "")
        return next((view for view in self.table.views if view.name == asked), next(iter(self.table.views), None))

    @cached_property
    def sort(self) -> str:
        asked = self.params.get("sort", "")
        sortable = {show.name for show in self.table.columns if show.sort}
        return asked if asked.removeprefix("-") in sortable else self.table.order

    @cached_property
    def sizes(self) -> list[int]:
        return sorted({*SIZES, self.table.per})

    @cached_property
    def per(self) -> int:
        asked = number_in(self.params.get("per", ""))
        return asked if asked in self.sizes else self.table.per

    @cached_property
    def shows(self) -> list[Show]:
        """The columns on view."""
        asked = {name for text in self.params.getlist("cols") for name in text.split(",")}
        return [show for show in self.table.columns if show.name in asked] or self.usual_shows

    @property
    def usual_shows(self) -> list[Show]:
        return [show for show in self.table.columns if not show.hidden]

    @cached_property
    def printing(self) -> bool:
        return self.params.get("print") == "1"

    def given(self, each: Filter) -> dict[str, str]:
        values = {name: self.params.get(name, "").replace("\x00", "").strip() for name in each.parameters}
        return {name: value for name, value in values.items() if value}

    def state(self) -> dict[str, str]:
        """What the URL must carry, without what is as on the first visit."""
        state = {"q": self.search_text, "per": str(self.per) if self.per != self.table.per else ""}
        state["view"] = self.view.name if self.view and self.view is not self.table.views[0] else ""
        state["sort"] = self.sort if self.sort != self.table.order else ""
        state["cols"] = ",".join(show.name for show in self.shows) if self.shows != self.usual_shows else ""
        for each in self.table.filters:
            state |= self.given(each)
        return {name: value for name, value in state.items() if value}

    def url(self, **changes: str | None) -> str:
        """This address with some parameters changed; a change other than of the page goes back to the first one."""
        state = {name: value for name, value in (self.state() | changes).items() if value}
        return f"{self.path}?{urlencode(state)}"

    # The rows.

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """All rows of this state, sorted: what is counted, paged, printed and exported."""
        return self.narrowed.order_by(*self.ordering())

    @cached_property
    def narrowed(self) -> QuerySet[Any]:
        rows = self.scope.filter(self.view.where) if self.view else self.scope
        for word in self.search_text.split():
            rows = rows.filter(any_of(self.table.search, word))
        for each in self.table.filters:
            if given := self.given(each):
                try:
                    rows = each.applied(rows, given)
                except BadFilter as bad:
                    self.errors[each.name] = str(bad)
        # A filter that cannot be understood shows nothing rather than everything.
        return rows.none() if self.errors else rows

    def ordering(self) -> list[OrderBy | str]:
        name = self.sort.removeprefix("-")
        lookup = next((show.sort for show in self.table.columns if show.name == name and show.sort), name)
        if not lookup:
            return ["pk"] if not self.scope.query.order_by else [str(name) for name in self.scope.query.order_by]
        expression = F(lookup)
        down = self.sort.startswith("-")
        return [expression.desc(nulls_last=True) if down else expression.asc(nulls_last=True), "pk"]

    @cached_property
    def figures(self) -> dict[str, Any]:
        """The count and the totals, in one query."""
        totals = {f"total_{show.name}": show.total for show in self.table.columns if show.total is not None}
        return self.narrowed.order_by().aggregate(rows_counted=Count("pk"), **totals)

    @property
    def count(self) -> int:
        return int(self.figures["rows_counted"] or 0)

    @cached_property
    def pages(self) -> int:
        return 1 if self.printing else max(1, -(-self.count // self.per))

    @cached_property
    def page(self) -> int:
        return min(max(number_in(self.params.get("page", "")) or 1, 1), self.pages)

    @cached_property
    def first_number(self) -> int:
        return (self.page - 1) * self.per + 1

    @cached_property
    def lines(self) -> list[Line]:
        size = PRINT_LIMIT if self.printing else self.per
        start = self.first_number - 1
        labels = [str(show.column.label) for show in self.shows]
        return [
            Line(number, subject, [cell(show, subject, label) for show, label in zip(self.shows, labels, strict=True)])
            for number, subject in enumerate(self.rows[start : start + size], start=self.first_number)
        ]

    @property
    def cut(self) -> bool:
        """Does the print leave rows out?"""
        return self.printing and self.count > PRINT_LIMIT

    @property
    def print_limit(self) -> int:
        return PRINT_LIMIT

    @cached_property
    def totals(self) -> list[tuple[Show, str, str]] | None:
        """The last row: column, text and label; None where nothing is added up."""
        if not any(show.total is not None for show in self.shows) or not self.count:
            return None
        return [(show, self.total_text(show), str(show.column.label)) for show in self.shows]

    def total_text(self, show: Show) -> str:
        if show.total is None:
            return ""
        value = self.figures[f"total_{show.name}"]
        return NOTHING if value is None else show.column.text(value)

    # What stands around the rows.

    @cached_property
    def heads(self) -> list[Head]:
        return [self.head(show) for show in self.shows]

    def head(self, show: Show) -> Head:
        state = {show.name: "ascending", f"-{show.name}": "descending"}.get(self.sort, "none") if show.sort else ""
        target = f"-{show.name}" if state == "ascending" else show.name
        return Head(show.column.heading, show.classes, self.url(sort=target) if show.sort else "", state)

    @cached_property
    def groups(self) -> list[Group]:
        """The upper heading row, empty when no column on view has a group."""
        if not any(show.column.group for show in self.shows):
            return []
        groups: list[Group] = []
        for show in self.shows:
            label = str(show.column.group)
            if label and groups and groups[-1].label == label:
                groups[-1] = Group(label, groups[-1].span + 1)
            else:
                groups.append(Group(label, 1))
        return groups

    @cached_property
    def tabs(self) -> list[Tab]:
        if not self.table.views:
            return []
        counts = self.scope.order_by().aggregate(
            **{f"view_{place}": Count("pk", filter=view.where or None) for place, view in enumerate(self.table.views)}
        )
        first = self.table.views[0]
        return [
            Tab(
                view.label,
                counts[f"view_{place}"],
                self.url(view=None if view is first else view.name),
                view is self.view,
            )
            for place, view in enumerate(self.table.views)
        ]

    @cached_property
    def filter_boxes(self) -> list[FilterBox]:
        _ = self.narrowed  # finds the errors
        boxes = []
        for each in self.table.filters:
            given = self.given(each)
            boxes.append(FilterBox(each, each.context(given), bool(given), self.errors.get(each.name, "")))
        return boxes

    @property
    def is_filtered(self) -> bool:
        return bool(self.search_text or any(self.given(each) for each in self.table.filters))

    @property
    def cleared_url(self) -> str:
        nothing = {parameter: None for each in self.table.filters for parameter in each.parameters}
        return self.url(q=None, **nothing)

    @property
    def kept_state(self) -> list[tuple[str, str]]:
        """What the filter form carries along unseen."""
        state = self.state()
        return [(name, state[name]) for name in ("view", "sort") if name in state]

    @cached_property
    def columns_offered(self) -> list[tuple[str, Label, bool]]:
        return [(show.name, show.column.label, show in self.shows) for show in self.table.columns]

    @property
    def page_links(self) -> list[PageLink | None]:
        """1 2 3 … 11, None for the gap."""
        near = {1, self.pages, *range(max(1, self.page - 2), min(self.pages, self.page + 2) + 1)}
        links: list[PageLink | None] = []
        for number in sorted(near):
            previous = links[-1] if links else None
            if previous is not None and number > previous.number + 1:
                links.append(None)
            links.append(PageLink(number, self.page_url(number), number == self.page))
        return links

    def page_url(self, number: int) -> str:
        return self.url(page=str(number) if number > 1 else None)

    @property
    def previous_url(self) -> str:
        return self.page_url(self.page - 1) if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        return self.page_url(self.page + 1) if self.page < self.pages else ""

    @property
    def xlsx_url(self) -> str:
        return self.url(export="xlsx")

    @property
    def csv_url(self) -> str:
        return self.url(export="csv")

    @property
    def print_url(self) -> str:
        return self.url(print="1")

    @property
    def span(self) -> int:
        """Columns of the HTML table, with 序号 and the tick box."""
        return len(self.shows) + 1 + int(self.selects)

    @property
    def selects(self) -> bool:
        return bool(self.table.batch or self.table.batch_template) and not self.printing

    # The way out.

    @property
    def sheet(self) -> Sheet:
        """The columns on view as a sheet, for the export."""
        return Sheet(self.table.name, title=self.table.title, columns=[show.column for show in self.shows])

    def exported(self) -> Iterator[Any]:
        """All rows of this state, not only those of the page, a chunk at a time."""
        return iter(self.rows.iterator(chunk_size=2_000))

    def exported_totals(self) -> dict[str, Any] | None:
        if not any(show.total is not None for show in self.shows):
            return None
        return {show.name: self.figures[f"total_{show.name}"] for show in self.shows if show.total is not None}


def number_in(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def any_of(lookups: Iterable[str], word: str) -> Q:
    condition = Q()
    for lookup in lookups:
        condition |= Q(**{lookup: word.lower() if "pinyin" in lookup else word})
    return condition


def cell(show: Show, subject: Any, label: str) -> Cell:
    value = show.column.value(subject)
    text = show.column.text(value)
    # Nothing recorded is never a link; a zero is a figure like any other.
    link = show.link(subject) if show.link is not None and value is not None else None
    is_zero = value == 0 and not isinstance(value, bool)
    return Cell(text, value, link, show, label, is_zero)


def selected(posted: Mapping[str, Any] | QueryDict) -> list[int]:
    """The primary keys that a batch act was posted with."""
    values = posted.getlist("selected") if isinstance(posted, QueryDict) else posted.get("selected", [])
    return [number for number in (number_in(str(value)) for value in values) if number is not None]
