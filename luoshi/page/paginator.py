"""Pages of a long list. The count stops at a cap: page 400 of a ledger is never read, and counting to it is dear."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

T = TypeVar("T")

SIZES = (20, 50, 100)
COUNT_CAP = 10_000


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list: its rows, its place, and the links to the others."""

    rows: Sequence[T]
    number: int
    size: int
    count: int
    capped: bool  # there are more than `count`

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // self.size))

    @property
    def first(self) -> int:
        """序号 of the first row."""
        return (self.number - 1) * self.size + 1

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None

    @property
    def links(self) -> list[int | None]:
        """1 2 3 … 11: the first, the last, the neighbours, and None where some are left out."""
        return page_links(self.number, self.pages)

    @property
    def sizes(self) -> tuple[int, ...]:
        return SIZES


def page_links(number: int, pages: int) -> list[int | None]:
    shown = sorted({1, pages, *range(number - 1, number + 2)} | ({2, 3} if number <= 2 else set()))
    shown = [page for page in shown if 1 <= page <= pages]
    links: list[int | None] = []
    for before, page in zip([0, *shown], shown, strict=False):
        if page - before == 2:
            links.append(page - 1)  # a gap of one page is that page
        elif page - before > 2:
            links.append(None)
        links.append(page)
    return links


def page_of(rows: QuerySet[Any] | Sequence[Any], request: HttpRequest, *, size: int = SIZES[0]) -> Page[Any]:
    """The page that ?page= and ?size= ask for; whatever cannot be read or does not exist becomes the nearest page."""
    wanted = positive(request.GET.get("size"), default=size)
    size = wanted if wanted in SIZES else size
    # One more than the cap, in no order: LIMIT ends the scan.
    counted = rows.order_by()[: COUNT_CAP + 1].count() if isinstance(rows, QuerySet) else len(rows)
    count = min(counted, COUNT_CAP)
    number = min(positive(request.GET.get("page"), default=1), max(1, -(-count // size)))
    start = (number - 1) * size
    shown = list(rows[start : min(start + size, count)])
    return Page(rows=shown, number=number, size=size, count=count, capped=counted > COUNT_CAP)


def positive(text: str | None, *, default: int) -> int:
    """The number in a query; the default where it is none (also for ten thousand digits or ² and ３)."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return default
    return int(text) or default
