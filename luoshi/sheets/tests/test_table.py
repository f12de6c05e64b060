"""The web table: what the URL asks for, what is queried, and what the page shows."""

import io
from datetime import date
from typing import ClassVar

import openpyxl
import pytest
from django.apps.registry import Apps
from django.db import connection, models
from django.db.models import Q, Sum
from django.http import HttpResponse, QueryDict
from django.template import Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from luoshi.sheets.columns import Choice, Code, Day, Money, Number, Text
from luoshi.sheets.filters import ChoiceFilter, DayRange, TextFilter, UnitFilter
from luoshi.sheets.table import Batch, SavedView, Show, Table, selected
from luoshi.sheets.views import list_page

KINDS = [("stock", "存量"), ("new", "增量")]


class Finding(models.Model):
    """A model of this test alone: kept out of the product's registry, its table made and dropped here."""

    number = models.CharField(max_length=20)
    title = models.CharField(max_length=100)
    pinyin = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    unit = models.IntegerField()
    amount = models.BigIntegerField(null=True)
    due_on = models.DateField(null=True)

    objects: ClassVar[models.Manager["Finding"]] = models.Manager()

    class Meta:
        app_label = "sheets"
        apps = Apps()


@pytest.fixture(scope="module")
def _finding_table(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Finding)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Finding)


@pytest.fixture
def rows(_finding_table, db):
    Finding.objects.bulk_create(
        Finding(
            number=f"BY-{number:04}",
            title="老旧小区" if number % 2 else "<b>饮水</b>",
            pinyin="laojiuxiaoqu" if number % 2 else "yinshui",
            kind="stock" if number % 3 == 0 else "new",
            unit=number % 5,
            amount=None if number == 1 else number * 100,
            due_on=None if number == 2 else date(2023, 11, 1 + number % 28),
        )
        for number in range(1, 61)
    )
    return Finding.objects.all()


TABLE = Table(
    "findings",
    title="问题台账",
    columns=[
        Show(Code("number", "编号"), sort="number", indexed=True, link=lambda finding: f"/p/{finding.pk}/"),
        Show(Text("title", "问题", group="基本"), css="ls-name", sort="title"),
        Show(Choice("kind", "来源", choices=KINDS, group="基本")),
        Show(Money("amount", "金额"), sort="amount", total=Sum("amount"), link=lambda finding: "/a/"),
        Show(Day("due_on", "期限"), sort="due_on"),
        Show(Number("unit", "单位号"), hidden=True),
    ],
    filters=[
        ChoiceFilter("kind", "来源", choices=KINDS),
        TextFilter("title", "问题"),
        DayRange("due", "期限", lookup="due_on"),
        UnitFilter(
            "unit",
            "单位",
            find=lambda text: int(text) if text in "01234" else None,
            narrow=lambda unit: Q(unit__gte=unit),
            named=lambda unit: f"第{unit}单位",
        ),
    ],
    search=["title__icontains", "number__startswith", "pinyin__startswith"],
    views=[SavedView("all", "全部"), SavedView("stock", "存量", Q(kind="stock"))],
    order="number",
    batch=[Batch("remind", "催办", "/remind/")],
)
BASE = Template("<main>{% block content %}{% endblock %}</main>")
PAGE = "sheets/table.html"


def bound(rows, query=""):
    return TABLE.bound(QueryDict(query), rows, path="/findings/")


def numbers(table):
    return [line.subject.number for line in table.lines]


def get(rows, query="", **headers):
    request = RequestFactory().get(f"/findings/?{query}", headers=headers)
    return list_page(request, TABLE, rows, template=PAGE, base=BASE, as_of="2023-11-23", unit="白银市")


def html(rows, query=""):
    return get(rows, query).content.decode()


def test_the_first_visit_shows_the_first_page_in_the_usual_order(rows):
    table = bound(rows)
    assert numbers(table) == [f"BY-{number:04}" for number in range(1, 21)]
    assert (table.count, table.pages, table.page) == (60, 3, 1)
    assert [tab.count for tab in table.tabs] == [60, 20]


def test_any_state_takes_three_queries(rows):
    with CaptureQueriesContext(connection) as queries:
        html(rows, "q=lao&kind=stock&sort=-due_on&page=1&cols=number,title,amount&due_from=2023-11-02")
    assert len(queries) == 3


@pytest.mark.parametrize(
    ("query", "count"), [("老旧", 30), ("laojiu", 30), ("LAOJIU", 30), ("BY-0007", 1), ("老旧 BY-0007", 1), ("无", 0)]
)
def test_search_takes_words_codes_and_pinyin(rows, query, count):
    assert bound(rows, f"q={query}").count == count


def test_filters_narrow_together(rows):
    table = bound(rows, "kind=stock&title=老旧&due_from=2023-11-05&due_to=2023-11-20&unit=3")
    found = list(table.rows)
    assert found
    assert all(f.kind == "stock" and f.title == "老旧小区" and f.unit >= 3 for f in found)
    assert all(date(2023, 11, 5) <= f.due_on <= date(2023, 11, 20) for f in found)


@pytest.mark.parametrize("query", ["kind=x", "due_from=tomorrow", "due_from=2023-12-01&due_to=2023-11-01", "unit=99"])
def test_a_filter_without_sense_is_told_and_shows_nothing(rows, query):
    page = html(rows, query)
    assert 'role="alert"' in page
    assert bound(rows, query).count == 0


@pytest.mark.parametrize(
    "query", ["page=99", "page=-1", "page=x", "sort=evil__lookup", "per=7", "view=x", "cols=x", "q=%00", "per=９"]
)
def test_a_state_without_sense_falls_back(rows, query):
    assert len(bound(rows, query).lines) == 20


def test_sorting_puts_what_is_unknown_last_both_ways(rows):
    assert bound(rows, "sort=due_on&per=100").lines[-1].subject.due_on is None
    assert bound(rows, "sort=-due_on&per=100").lines[-1].subject.due_on is None
    head = next(head for head in bound(rows, "sort=due_on").heads if head.label == "期限")
    assert (head.sorted, head.url) == ("ascending", "/findings/?sort=-due_on")


def test_the_total_covers_all_rows_and_an_empty_total_is_unknown(rows):
    assert "182,900.00" not in html(rows, "page=2")
    assert "1,829.00" in html(rows, "page=2")
    assert [text for show, text, _label in bound(rows, "q=BY-0001").totals if show.total] == ["—"]


def test_what_is_unknown_is_no_link_and_text_is_escaped(rows):
    page = html(rows, "q=BY-0001")
    assert "/a/" not in page
    assert "—" in page
    assert "&lt;b&gt;饮水" in html(rows, "q=BY-0002")


def test_columns_are_chosen_and_the_choice_is_kept_in_every_link(rows):
    table = bound(rows, "cols=number&cols=unit")
    assert [show.name for show in table.shows] == ["number", "unit"]
    assert "cols=number%2Cunit" in table.next_url
    assert "cols" not in bound(rows, "cols=number,title,kind,amount,due_on").next_url


def test_links_carry_the_state_and_go_back_to_page_one(rows):
    table = bound(rows, "kind=new&page=2&sort=-amount")
    assert table.url(per="50") == "/findings/?sort=-amount&kind=new&per=50"
    assert table.cleared_url == "/findings/?sort=-amount"
    assert [link and link.number for link in bound(rows, "per=20&page=3").page_links] == [1, 2, 3]


def test_the_page_has_groups_labels_for_phones_and_a_batch_form(rows):
    page = html(rows)
    assert '<th scope="colgroup" colspan="2">基本</th>' in page
    assert 'data-label="问题"' in page
    assert 'form="ls-findings-batch"' in page
    assert 'formaction="/remind/"' in page
    assert "style=" not in page
    assert "<script" not in page


def test_an_empty_list_says_why_and_what_next(rows):
    assert 'class="ls-empty"' in html(rows, "q=无此")
    assert 'class="ls-empty"' in html(rows.none())


def test_htmx_gets_the_fragment_alone(rows):
    request_page = "sheets/print.html"
    request = RequestFactory().get("/findings/", headers={"HX-Request": "true", "HX-Target": "section#ls-findings"})
    response = list_page(request, TABLE, rows, template=request_page, base=BASE)
    assert isinstance(response, HttpResponse)
    fragment = response.content.decode()
    assert fragment.lstrip().startswith('<section id="ls-findings"')
    assert "<main>" not in fragment


def test_the_print_has_all_rows_and_no_links(rows):
    page = html(rows, "print=1&per=20")
    assert page.count("<tr>") == 61
    assert "白银市" in page
    assert "<a " not in page


def test_the_export_has_the_same_state_and_all_pages(rows):
    response = get(rows, "kind=stock&export=xlsx&sort=-number&cols=number,amount")
    page = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
    column = [cell.value for cell in page["B"]]
    assert column[3:23] == [f"BY-{number:04}" for number in range(60, 0, -3)]
    assert page["C24"].value == sum(range(3, 61, 3))
    response = get(rows, "kind=stock&export=gb18030")
    assert b"".join(response.streaming_content).decode("gb18030").count("\r\n") == 21
    assert "filename*=" in response["Content-Disposition"]


def test_what_is_selected_comes_as_numbers():
    assert selected(QueryDict("selected=3&selected=x&selected=5")) == [3, 5]


def test_a_cell_template_gets_the_row_and_the_value(rows):
    table = Table(
        "one", title="x", columns=[Show(Choice("kind", "来源", choices=KINDS), template="sheets/filter_text.html")]
    )
    page = render_to_string("sheets/grid.html", {"table": table.bound(QueryDict(), rows)})
    assert page.count('<input type="text"') == 20


@pytest.fixture
def ten_at_most(monkeypatch):
    """Ten rows make a ledger large."""
    monkeypatch.setattr("luoshi.sheets.table.MOST", 10)


@pytest.mark.usefixtures("ten_at_most")
class TestLargeLedger:
    def test_only_the_first_rows_are_counted_and_turned_over(self, rows):
        table = bound(rows, "per=20")
        assert (table.large, table.count, table.pages) == (True, 10, 1)
        assert [(tab.count, tab.more) for tab in table.tabs] == [(10, True), (10, True)]

    def test_the_page_says_that_there_is_more_and_adds_nothing_up(self, rows):
        page = html(rows)
        assert "超过 10 条" in page
        assert "1,829.00" not in page
        assert "ls-total" not in page

    def test_a_narrower_list_is_counted_and_added_up_again(self, rows):
        table = bound(rows, "due_from=2023-11-10&due_to=2023-11-12")
        assert (table.large, table.count) == (False, 6)
        assert table.totals is not None

    def test_the_order_goes_by_an_index_only(self, rows):
        assert numbers(bound(rows, "sort=-amount")) == numbers(bound(rows))
        assert numbers(bound(rows, "sort=-number"))[0] == "BY-0060"
        assert [head.url != "" for head in bound(rows).heads] == [True, False, False, False, False]

    def test_the_first_rows_are_searched_and_the_page_says_so(self, rows):
        assert numbers(bound(rows, "q=老旧")) == [f"BY-{number:04}" for number in range(1, 11, 2)]
        assert "仅在本清单的前 10 条中查找" in html(rows, "q=老旧")
        assert "条中查找" not in html(rows, "q=老旧&due_from=2023-11-10&due_to=2023-11-12")

    def test_an_export_has_everything_in_any_order_with_its_total(self, rows):
        response = get(rows, "export=xlsx&sort=-amount&q=老旧&cols=number,amount")
        page = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
        assert [cell.value for cell in page["B"]][3:33] == [f"BY-{number:04}" for number in (*range(59, 1, -2), 1)]
        assert page["C34"].value == sum(range(3, 61, 2))

    def test_the_way_along_the_index_is_taken_where_much_is_asked_for(self, rows, monkeypatch):
        """The second way of asking stands in for one that an index serves; here it shows itself by a row that it leaves out."""
        monkeypatch.setattr("luoshi.sheets.table.MOST", 12)  # as many as unit 4 has
        along = rows.exclude(number="BY-0004")

        def asked(query):
            return numbers(TABLE.bound(QueryDict(query), rows, path="/findings/", along=along))

        assert "BY-0004" not in asked("")
        assert "BY-0004" not in asked("kind=new")
        assert "BY-0004" in asked("unit=4")
        assert "BY-0004" in asked("unit=4&kind=new")

    def test_any_state_takes_few_queries(self, rows):
        with CaptureQueriesContext(connection) as queries:
            html(rows, "q=lao&kind=stock&sort=-due_on&page=1&cols=number,title,amount")
        assert len(queries) == 3
