"""No account of the cast is shown anything beyond its own; and a leak of each kind, planted, is found."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest import mock

from django.db.models import Q, QuerySet, Sum

from luoshi.activities.models import Activity
from luoshi.gate.operation import Operation
from luoshi.orgs.tests.today import TodayTestCase
from luoshi.sheets.filters import Filter
from luoshi.sheets.table import Bound
from luoshi.testing.cast import TODAY, moment
from luoshi.testing.surfaces import KINDS, LEDGER, RECORDS, SIGHT, Leak, Plant, leaks


def everything(_actor: object) -> Any:
    """What a query gives that forgot to ask who is reading."""
    return Activity.objects.select_related("unit", "kind", "campaign")


@contextmanager
def added_up_unscoped(*, count: bool) -> Iterator[None]:
    """The foot of the table is computed over all rows there are: only their number, or only their sum."""
    true = Bound.__dict__["figures"].func

    def figures(self: Bound) -> dict[str, Any]:
        told: dict[str, Any] = true(self)
        if self.table.name != "activities":
            return told
        whole = Activity.objects.aggregate(total_others=Sum("others"))
        return {**told, **({"rows_counted": Activity.objects.count()} if count else whole)}

    with mock.patch.object(Bound, "figures", property(figures)):
        yield


def exported_unscoped(self: Bound) -> Iterator[Any]:
    return iter(self.scope.model._default_manager.all())


def filtered_unscoped(self: Bound, each: Filter, rows: QuerySet[Any], *, along: bool) -> QuerySet[Any]:
    """The filter begins anew, with all rows, and forgets what the reader may see."""
    given = self.given(each)
    return self.scope.model._default_manager.filter(each.condition(given)) if given else rows


# One bug for each kind of leak, as somebody in a hurry would make it, and whom it would serve.
BUGS: dict[str, tuple[str, AbstractContextManager[Any]]] = {
    "list": ("zhao", mock.patch("luoshi.activities.queries.within", return_value=Q())),
    "count": ("zhao", added_up_unscoped(count=True)),
    "sum": ("zhao", added_up_unscoped(count=False)),
    "sort": (
        "zhou",
        mock.patch.object(Bound, "sort", property(lambda self: self.params.get("sort") or self.table.order)),
    ),
    "filter": ("zhao", mock.patch.object(Bound, "passing", filtered_unscoped)),
    "detail": ("zhao", mock.patch("luoshi.activities.views.found.activities", everything)),
    "create": ("zhao", mock.patch.object(Operation, "_check_right", return_value=None)),
    "move": ("wu", mock.patch("luoshi.orgs.operations.units._check_target", return_value=None)),
    "export": ("zhao", mock.patch.object(Bound, "exported", exported_unscoped)),
    "search": ("zhao", mock.patch("luoshi.site.search.activities", everything)),
    "API": ("zhao", mock.patch("luoshi.activities.api.activities", everything)),
}


class Leaks(TodayTestCase):
    plant: Plant

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        with mock.patch("django.utils.timezone.now", return_value=moment(TODAY)):
            cls.plant = Plant(cls)

    def found(self, username: str, *kinds: str) -> list[Leak]:
        return leaks(self.plant, username, kinds or KINDS)

    def test_no_account_of_the_cast_is_shown_anything_beyond_its_own(self) -> None:
        for username in self.users:
            with self.subTest(username):
                assert self.found(username) == []

    def test_everybody_is_shown_all_that_is_their_own(self) -> None:
        for username, names in SIGHT["activity"].items():
            with self.subTest(username):
                page = self.signed_in(username).get(LEDGER, {"unit": "62", "per": "50"}).content.decode()
                assert self.plant.marks_in(page) == set(names.split())

    def test_everybody_may_record_for_the_own_unit(self) -> None:
        """Otherwise a product that refuses everything would have no leak either."""
        with mock.patch.dict(RECORDS, clear=True):
            for username, unit in dict(RECORDS_OF_ALL).items():
                assert {leak.what for leak in self.found(username, "create")} == {f"an activity of {unit}"}, username

    def test_the_walk_reads_every_surface(self) -> None:
        """An account of the cast that ought to see nothing shows what the walk can see at all."""
        with mock.patch.dict(SIGHT, {noun: {} for noun in SIGHT}):
            found = self.found("zhou", *(kind for kind in KINDS if kind not in ("sort", "create", "move")))
        assert {leak.kind for leak in found} == {"list", "count", "sum", "filter", "detail", "export", "search", "API"}
        surfaces = {(leak.kind, leak.what.split()[0]) for leak in found}
        for noun in SIGHT:
            assert any(what == noun for _kind, what in surfaces), noun

    def test_every_kind_of_leak_has_a_bug(self) -> None:
        assert set(BUGS) == set(KINDS)

    def caught(self, kind: str) -> None:
        username, bug = BUGS[kind]  # without the bug there is none: the first test
        with bug:
            found = self.found(username, kind)
        assert found
        assert {leak.kind for leak in found} == {kind}

    def test_a_leak_in_a_list_is_caught(self) -> None:
        self.caught("list")

    def test_a_leak_in_a_count_is_caught(self) -> None:
        self.caught("count")

    def test_a_leak_in_a_sum_is_caught(self) -> None:
        self.caught("sum")

    def test_a_leak_by_sorting_is_caught(self) -> None:
        self.caught("sort")

    def test_a_leak_by_filtering_is_caught(self) -> None:
        self.caught("filter")

    def test_a_leak_of_a_single_page_is_caught(self) -> None:
        self.caught("detail")

    def test_a_leak_by_creating_is_caught(self) -> None:
        self.caught("create")

    def test_a_leak_by_moving_is_caught(self) -> None:
        self.caught("move")

    def test_a_leak_in_an_export_is_caught(self) -> None:
        self.caught("export")

    def test_a_leak_in_a_search_is_caught(self) -> None:
        self.caught("search")

    def test_a_leak_in_the_api_is_caught(self) -> None:
        self.caught("API")


RECORDS_OF_ALL = tuple(RECORDS.items())
