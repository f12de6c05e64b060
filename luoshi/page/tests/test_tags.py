from datetime import date

from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation


def render(text: str, **context: object) -> str:
    with translation.override("zh-hans"):
        return Template("{% load page %}" + text).render(Context(context))


def test_a_figure_is_a_link_to_its_records() -> None:
    assert '<a class="fig" href="/records/">2,659</a><span class="fig-of"> / 2,700</span>' in render(
        '{% figure 2659 "/records/" of=2700 %}'
    )


def test_a_zero_figure_is_grey_and_still_a_link() -> None:
    assert '<a class="fig fig-zero" href="/records/">0</a>' in render('{% figure 0 "/records/" late=True %}')


def test_nothing_recorded_is_a_dash_and_never_a_link() -> None:
    html = render('{% figure None "/records/" of=12 %}')
    assert "—" in html
    assert "href" not in html
    assert "0" not in html


def test_an_unknown_value_from_the_context_is_a_dash_too() -> None:
    assert "—" in render(
        "{% figure value %}{{ value|day }}{{ value|stamp }}{{ value|wan }}{{ value|dash }}", value=None
    )


def test_zero_is_a_value_for_dash() -> None:
    assert render("{{ value|dash }}", value=0) == "0"


def test_a_short_figure_has_its_exact_value_on_hover() -> None:
    assert '<abbr class="exact" title="24,017">2.4 万</abbr>' in render('{% figure 24017 "#" short=True %}')


def test_a_declared_figure_says_so_with_its_document() -> None:
    html = render("{% figure 173 '#' declared=document %}", document='<厅> "文"')
    assert "填报" in html
    assert "&lt;厅&gt; &quot;文&quot;" in html


def test_a_light_has_a_shape_and_its_word() -> None:
    html = render('{% light "late" "逾期 2 个工作日" %}')
    assert 'class="light light-late"' in html
    assert "<svg" in html
    assert "逾期 2 个工作日" in html


def test_a_pill_escapes_its_words() -> None:
    assert "&lt;b&gt;" in render("{% pill 'doing' words %}", words="<b>")


def test_a_cell_says_in_full_what_its_sign_means() -> None:
    html = render('{% cell "owed" "逾期 2 个工作日" %}')
    assert '<span aria-hidden="true">欠</span>' in html
    assert '<span class="unseen">逾期 2 个工作日</span>' in html


def test_yellow_begins_three_workdays_before_the_limit() -> None:
    kinds = render(
        "{{ a|light_kind }} {{ b|light_kind }} {{ c|light_kind }} {{ d|light_kind }} {{ e|light_kind }}",
        a=4,
        b=3,
        c=0,
        d=-1,
        e=None,
    )
    assert kinds == "ok warn warn late none"


def test_a_day_carries_the_date_for_machines() -> None:
    on = date(1999, 12, 31)
    assert render("{{ on|day }}", on=on) == '<time datetime="1999-12-31" title="1999-12-31">1999-12-31 周五</time>'


def test_query_changes_one_value_and_keeps_the_others() -> None:
    request = RequestFactory().get("/", {"q": "白银", "page": "4"})
    assert render("{% query page=2 %}", request=request) == "?q=%E7%99%BD%E9%93%B6&amp;page=2"
    assert render("{% query page=None q=None %}", request=request) == "?"


def test_an_icon_is_hidden_from_screen_readers() -> None:
    assert 'aria-hidden="true"' in render('{% icon "search" %}')
