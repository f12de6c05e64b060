"""The web table: columns, filters, search, sort, totals, saved views and pages, all of it kept in the URL.

    PROBLEMS = Table("problems", title=_("Problems"), columns=[Show(Code("number", _("Code")), sort="number"), …])
    table = PROBLEMS.bound(request.GET, problems(actor), path=request.path)     # nothing is queried yet
    {% include "sheets/table.html" %}                                           # the same file answers htmx

`?q=&view=&kind=…&sort=-due_on&cols=number,title&per=20&page=2` and, of the same state, `&export=xlsx`, `&print=1`.

A ledger may hold millions of rows. Of more than MOST a page counts, adds up, turns over and searches only the first MOST, goes by indexed
orders only, and says so; an export has everything.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist, ImproperlyConfigured
from django.db import connections
from django.db.models import Aggregate, Count, F, Field, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from luoshi.sheets.cells import one_line
from luoshi.sheets.columns import NOTHING, Column, Label
from luoshi.sheets.filters import BadFilter, Filter
from luoshi.sheets.sheet import Sheet

SIZES = (20, 50, 100, 200)
MOST = 10_000
PRINT_LIMIT = 5_000
SEARCH_LIMIT = 100
RESERVED = {"q", "view", "sort", "page", "per", "cols", "export", "print"}


@dataclass(frozen=True, eq=False)
class Show:
    """A column as a table shows it.

    sort: the lookup to sort by, "" for none. indexed: an index serves that order, even in the largest ledger.
    link: object → address. draw: object and value → what stands in the cell; template: the same by a template, from `row` and
    `value`, which takes longer. hidden: shown only when chosen. css: added to the cell's class (ls-name, ls-state). total: an
    aggregate for the last row.
    """

    column: Column
    _: KW_ONLY
    sort: str = ""
    indexed: bool = False
    link: Callable[[Any], str | None] | None = None
    draw: Callable[[Any, Any], str] | None = None
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
    """A tab: a name in the URL, a label, and which rows it shows; it carries their number, as far as it is counted."""

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
    order: sort of the first visit, "-due_on" for downwards; of a large ledger one that an index serves.
    batch_template: stands in the foot instead of `batch`.
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

    def bound(
        self, params: QueryDict, rows: QuerySet[Any], *, path: str = "", along: QuerySet[Any] | None = None
    ) -> "Bound":
        """along: the same rows, asked for in a way that goes along the index of the usual order: for large ledgers."""
        return Bound(self, params, rows, path, along)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the page shows it: `attributes` of its tag, and what is `drawn` inside."""

    text: str
    value: Any
    link: str | None
    show: Show
    label: str
    attributes: SafeString
    drawn: str


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
    more: bool  # than were counted
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

    def __init__(
        self, table: Table, params: QueryDict, rows: QuerySet[Any], path: str, along: QuerySet[Any] | None = None
    ) -> None:
        self.table, self.params, self.scope, self.path, self.along = table, params, rows, path, along
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
        sortable = {show.name for show in self.table.columns if self.sorts(show)}
        return asked if asked.removeprefix("-") in sortable else self.table.order

    def sorts(self, show: Show) -> bool:
        """May this column give the order? In a large ledger only an index makes that quick."""
        return bool(show.sort) and (show.indexed or not self.large)

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
        """All rows of this state, sorted: what is paged, printed and exported."""
        rows = self.filtered(along=True) if self.large else self.narrowed
        return rows.order_by(*self.ordering(self.sort))

    @cached_property
    def narrowed(self) -> QuerySet[Any]:
        """The rows of this state: what is counted. Of a large ledger the first rows are searched, and the others are not."""
        rows = self.filtered(along=self.goes_along)
        if self.searched_in_part:
            first = self.filtered(along=True).order_by(*self.ordering(self.table.order))[:MOST]
            rows = rows.filter(pk__in=first.values("pk"))
        for word in self.search_text.split():
            rows = rows.filter(any_of(self.table.search, word))
        return rows

    def filtered(self, *, along: bool = False) -> QuerySet[Any]:
        """The rows of the view and the filters, not searched yet."""
        rows = self.along if along and self.along is not None else self.scope
        rows = rows.filter(self.view.where) if self.view else rows
        for each in self.table.filters:
            rows = self.passing(each, rows, along=along)
        # A filter that cannot be understood shows nothing rather than everything.
        return rows.none() if self.errors else rows

    def passing(self, each: Filter, rows: QuerySet[Any], *, along: bool) -> QuerySet[Any]:
        if given := self.given(each):
            try:
                return rows.filter(each.along(given) if along else each.condition(given))
            except BadFilter as bad:
                self.errors[each.name] = str(bad)
        return rows

    @cached_property
    def extents(self) -> tuple[int, int]:
        """The rows of the whole ledger, and of the unit that is asked for: none where there is one way only to ask for them."""
        if self.along is None:
            return 0, 0
        place = next((each for each in self.table.filters if each.is_place and self.given(each)), None)
        if place is None:
            return (counted([self.scope])[0],) * 2
        whole, within = counted([self.scope, self.passing(place, self.scope, along=False)])
        return whole, within

    @cached_property
    def goes_along(self) -> bool:
        """Of a large ledger, a view or a filter is found by its own index; the first visit counts what comes first."""
        first = self.view is None or self.view is self.table.views[0]
        return self.extents[1] > MOST and (self.is_filtered or not first)

    @cached_property
    def searched_in_part(self) -> bool:
        """Is there more to search than a page searches? An export searches everything."""
        return bool(self.search_text) and not self.exporting and self.counts[-1] > MOST

    @cached_property
    def counts(self) -> list[int]:
        """The rows of each view and, where something is searched, of this state before the search: in one query."""
        rest = self.scope if self.along is None or self.extents[0] <= MOST else self.along
        views = [(rest if at else self.scope).filter(view.where) for at, view in enumerate(self.table.views)]
        if self.search_text:
            return counted([*views, self.filtered(along=self.goes_along)])
        if self.is_filtered or self.view is None:
            return counted(views)
        here = self.table.views.index(self.view)  # is counted with the totals
        found = counted([each for at, each in enumerate(views) if at != here])
        return [*found[:here], int(self.figures["rows_counted"] or 0), *found[here:]]

    @property
    def exporting(self) -> bool:
        return "export" in self.params

    def ordering(self, sort: str) -> list[OrderBy | str]:
        name = sort.removeprefix("-")
        lookup = next((show.sort for show in self.table.columns if show.name == name and show.sort), name)
        if not lookup:
            return ["pk"] if not self.scope.query.order_by else [str(name) for name in self.scope.query.order_by]
        down, last = sort.startswith("-"), may_be_null(self.scope.model, lookup) or None
        order = F(lookup).desc(nulls_last=last) if down else F(lookup).asc(nulls_last=last)
        return [order, "-pk" if down else "pk"]  # the way of the order, so that an index can serve both

    @cached_property
    def figures(self) -> dict[str, Any]:
        """The count and the totals of the first rows, in one query."""
        return self.narrowed.order_by()[: MOST + 1].aggregate(rows_counted=Count("pk"), **self.aggregates)

    @property
    def aggregates(self) -> dict[str, Aggregate]:
        return {f"total_{show.name}": show.total for show in self.table.columns if show.total is not None}

    @cached_property
    def large(self) -> bool:
        """Are there more rows than are counted? An export asks for all of them anyway."""
        return not self.exporting and int(self.figures["rows_counted"] or 0) > MOST

    @property
    def count(self) -> int:
        return min(int(self.figures["rows_counted"] or 0), MOST)

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
        cells = [self.cell_of(show) for show in self.shows]
        return [
            Line(number, subject, [cell(subject) for cell in cells])
            for number, subject in enumerate(self.rows[start : start + size], start=self.first_number)
        ]

    def cell_of(self, show: Show) -> Callable[[Any], Cell]:
        """Makes the cells of one column."""
        label = str(show.column.label)
        usual, zero = attributes(show.classes, label), attributes(f"{show.classes} is-zero", label)

        def cell(subject: Any) -> Cell:
            value = show.column.value(subject)
            text = show.column.text(value)
            # Nothing recorded is never a link; a zero is a figure like any other.
            link = show.link(subject) if show.link is not None and value is not None else None
            is_zero = value == 0 and not isinstance(value, bool) and bool(show.classes)
            drawn = text
            if show.draw is not None:
                drawn = show.draw(subject, value)
            elif link and not self.printing:
                drawn = format_html('<a href="{}">{}</a>', link, text)
            return Cell(text, value, link, show, label, zero if is_zero else usual, drawn)

        return cell

    @property
    def cut(self) -> bool:
        """Does the print leave rows out?"""
        return self.printing and self.count > PRINT_LIMIT

    @property
    def most(self) -> int:
        return MOST

    @property
    def print_limit(self) -> int:
        return PRINT_LIMIT

    @cached_property
    def totals(self) -> list[tuple[Show, str, str]] | None:
        """The last row: column, text and label; None where nothing is added up, or too much."""
        if not any(show.total is not None for show in self.shows) or not self.count or self.large:
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
        if not self.sorts(show):
            return Head(show.column.heading, show.classes, "", "")
        state = {show.name: "ascending", f"-{show.name}": "descending"}.get(self.sort, "none")
        target = f"-{show.name}" if state == "ascending" else show.name
        return Head(show.column.heading, show.classes, self.url(sort=target), state)

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
        first = self.table.views[0]
        return [
            Tab(
                view.label,
                min(count, MOST),
                count > MOST,
                self.url(view=None if view is first else view.name),
                view is self.view,
            )
            for view, count in zip(self.table.views, self.counts, strict=False)
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
        whole = self.narrowed.order_by().aggregate(**self.aggregates)
        return {show.name: whole[f"total_{show.name}"] for show in self.shows if show.total is not None}


def number_in(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def counted(some: Sequence[QuerySet[Any]]) -> list[int]:
    """How many rows each has, none counted further than one beyond MOST: one query, however many there are."""
    parts, values = [], list[Any]()
    for number, rows in enumerate(some):
        with suppress(EmptyResultSet):
            sql, given = rows.order_by().values("pk")[: MOST + 1].query.sql_with_params()
            parts.append(f"SELECT {number}, count(*) FROM ({sql}) AS part")  # noqa: S608 of the ORM, with its parameters
            values += given
    if not parts:
        return [0] * len(some)
    with connections[some[0].db].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        found = dict(cursor.fetchall())
    return [found.get(number, 0) for number in range(len(some))]


def may_be_null(model: type[Model], lookup: str) -> bool:
    """May the column that a lookup leads to be empty? True also for what is no column, such as an annotation."""
    try:
        for name in lookup.split("__"):
            held = model._meta.pk if name == "pk" else model._meta.get_field(name)
            if not isinstance(held, Field) or held.null:
                return True
            model = held.related_model if isinstance(held.related_model, type) else model
    except FieldDoesNotExist:
        return True
    return False


def any_of(lookups: Iterable[str], word: str) -> Q:
    condition = Q()
    for lookup in lookups:
        condition |= Q(**{lookup: word.lower() if "pinyin" in lookup else word})
    return condition


def attributes(classes: str, label: str) -> SafeString:
    if not classes:
        return format_html(' data-label="{}"', label)
    return format_html(' class="{}" data-label="{}"', classes, label)


def selected(posted: Mapping[str, Any] | QueryDict) -> list[int]:
    """The primary keys that a batch act was posted with."""
    values = posted.getlist("selected") if isinstance(posted, QueryDict) else posted.get("selected", [])
    return [number for number in (number_in(str(value)) for value in values) if number is not None]
