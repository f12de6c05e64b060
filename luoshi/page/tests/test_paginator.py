import pytest
from django.test import RequestFactory

from luoshi.page.paginator import page_links, page_of


@pytest.mark.parametrize(
    ("number", "pages", "links"),
    [
        (1, 1, [1]),
        (1, 11, [1, 2, 3, None, 11]),
        (2, 11, [1, 2, 3, None, 11]),
        (4, 11, [1, 2, 3, 4, 5, None, 11]),
        (6, 11, [1, None, 5, 6, 7, None, 11]),
        (11, 11, [1, None, 10, 11]),
        (2, 3, [1, 2, 3]),
        (1, 2, [1, 2]),
    ],
)
def test_links_show_the_ends_and_the_neighbours(number: int, pages: int, links: list[int | None]) -> None:
    assert page_links(number, pages) == links


@pytest.mark.parametrize(
    ("asked", "number"), [("2", 2), ("0", 1), ("-1", 1), ("x", 1), ("²", 1), ("３", 1), ("9" * 5000, 1), ("99", 3)]
)
def test_a_page_that_does_not_exist_becomes_the_nearest(asked: str, number: int) -> None:
    page = page_of(list(range(45)), RequestFactory().get("/", {"page": asked}))
    assert page.number == number


def test_a_page_knows_its_place() -> None:
    page = page_of(list(range(45)), RequestFactory().get("/", {"page": "3"}))
    assert (page.first, list(page.rows), page.pages, page.previous, page.next) == (41, [40, 41, 42, 43, 44], 3, 2, None)


def test_only_offered_sizes_are_taken() -> None:
    assert page_of(list(range(99)), RequestFactory().get("/", {"size": "50"})).size == 50
    assert page_of(list(range(99)), RequestFactory().get("/", {"size": "100000"})).size == 20


def test_an_empty_list_has_one_empty_page() -> None:
    page = page_of([], RequestFactory().get("/"))
    assert (page.pages, page.number, page.rows, page.links) == (1, 1, [], [1])
