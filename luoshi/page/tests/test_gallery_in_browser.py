import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from luoshi.page.gallery import PAGES

pytestmark = pytest.mark.browser

VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => {
  window.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}`);
});
"""
SCREENS = {"desktop": (1440, 900), "phone": (390, 844)}


class Watched:
    """A page, and everything it complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.add_init_script(VIOLATIONS)
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def all_complaints(self) -> list[str]:
        violations: list[str] = self.page.evaluate("window.violations")
        return self.complaints + violations


@pytest.fixture
def opened(chromium: Browser, gallery: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    screen, scheme, language = getattr(request, "param", ("desktop", "light", "zh-CN"))
    width, height = SCREENS[screen]
    context = chromium.new_context(
        base_url=gallery,
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale=language,
        is_mobile=screen == "phone",
        has_touch=screen == "phone",
    )
    yield Watched(context.new_page())
    context.close()


@pytest.mark.parametrize(
    "opened",
    [("desktop", "light", "zh-CN"), ("phone", "dark", "zh-CN"), ("desktop", "dark", "en"), ("phone", "light", "en")],
    indirect=True,
    ids="-".join,
)
def test_every_page_keeps_the_policy_and_fits_the_screen(opened: Watched) -> None:
    for name in PAGES:
        opened.page.goto(f"/gallery/{name}/", wait_until="networkidle")
        assert opened.all_complaints() == [], name
        sideways = opened.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert sideways <= 0, name


UNNAMED = """
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")]
  .filter((e) => !(e.labels && e.labels.length) && !(e.getAttribute("aria-label") || "").trim()
    && !e.getAttribute("aria-labelledby") && !(e.textContent || "").trim() && !e.querySelector("[aria-label]"))
  .map((e) => e.outerHTML.slice(0, 120))
"""


def test_every_control_has_a_name_and_every_table_head_a_scope(opened: Watched) -> None:
    for name in PAGES:
        opened.page.goto(f"/gallery/{name}/", wait_until="networkidle")
        assert opened.page.evaluate(UNNAMED) == [], name
        assert opened.page.locator("th:not([scope])").count() == 0, name
        assert opened.page.locator("h1").count() == 1, name
        assert opened.page.locator("main").count() == 1, name


@pytest.mark.parametrize("opened", [("phone", "light", "zh-CN")], indirect=True, ids="-".join)
def test_targets_on_a_phone_are_large_enough(opened: Watched) -> None:
    """44 px for what is tapped to act; words within a sentence are excepted, as WCAG 2.5.8 excepts them."""
    for name in ("desk", "entry", "list"):
        opened.page.goto(f"/gallery/{name}/", wait_until="networkidle")
        small = opened.page.evaluate(
            "() => [...document.querySelectorAll('.btn, .bar a, .chip, .switch > *, .search-link')]"
            ".filter((e) => e.offsetParent !== null && e.getBoundingClientRect().height < 44)"
            ".map((e) => e.outerHTML.slice(0, 90))"
        )
        assert small == [], name


def test_only_the_rows_of_a_ledger_scroll(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/list/", wait_until="networkidle")
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    last = page.locator("#matters tbody tr").last
    last.scroll_into_view_if_needed()
    head, row, foot = (
        page.locator("#matters thead").bounding_box(),
        last.bounding_box(),
        page.locator(".batch").bounding_box(),
    )
    assert head
    assert row
    assert foot
    assert row["y"] >= head["y"] + head["height"]
    assert row["y"] + row["height"] <= foot["y"] + 1


@pytest.mark.parametrize("opened", [("phone", "light", "zh-CN")], indirect=True, ids="-".join)
def test_a_light_keeps_its_shape_and_a_row_its_box_on_a_phone(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/list/", wait_until="networkidle")
    expect(page.locator("tbody .light svg path, tbody .light svg circle").first).to_be_visible()
    expect(page.locator("tbody .ls-select input").first).to_be_visible()
    expect(page.locator("tbody .ls-seq").first).to_be_hidden()


def test_slash_goes_to_the_search_box(opened: Watched) -> None:
    opened.page.goto("/gallery/list/", wait_until="networkidle")
    opened.page.keyboard.press("/")
    expect(opened.page.locator('[data-hotkey="/"]')).to_be_focused()
    opened.page.keyboard.type("j/k")
    expect(opened.page.locator('[data-hotkey="/"]')).to_have_value("j/k")


def test_space_looks_into_a_row_without_covering_it(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/list/", wait_until="networkidle")
    page.keyboard.press("j")
    page.keyboard.press("j")
    row = page.locator("#matters tbody tr").nth(1)
    expect(row).to_be_focused()
    page.keyboard.press(" ")
    look = page.locator(".quick")
    expect(look).to_be_visible()
    box, anchor = look.bounding_box(), row.bounding_box()
    assert box
    assert anchor
    assert box["y"] >= anchor["y"] + anchor["height"]
    page.keyboard.press("Escape")
    expect(look).to_have_count(0)
    assert opened.all_complaints() == []


def test_selecting_all_opens_the_batch_bar(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/list/", wait_until="networkidle")
    chosen = page.locator("[data-batch-chosen]")
    expect(chosen).to_be_hidden()
    page.locator("thead input[type=checkbox]").check()
    expect(chosen).to_be_visible()
    expect(chosen.locator("[data-batch-count]")).to_have_text("已选 14 条")
    page.locator("[data-batch-clear]").click()
    expect(chosen).to_be_hidden()


def test_a_hidden_column_stays_hidden(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/list/", wait_until="networkidle")
    page.locator(".ls-columns summary").click()
    page.locator(".ls-columns label", has_text="责任单位").locator("input").uncheck()
    page.reload(wait_until="networkidle")
    expect(page.locator("#matters thead th", has_text="责任单位")).to_be_hidden()


def test_tapping_a_name_counts_who_is_there(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/entry/", wait_until="networkidle")
    present = page.locator("[data-roster-present]")
    expect(present).to_have_text("10")
    page.locator(".chip label", has_text="李文茵").click()
    expect(present).to_have_text("9")


def test_a_chart_is_drawn_and_offers_the_same_figures_as_a_table(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/overview/", wait_until="networkidle")
    expect(page.locator("[data-chart=trend] canvas")).to_be_visible()
    expect(page.locator("[data-chart=trend]")).to_have_attribute("aria-label", re.compile("96.5%"))
    page.locator(".plot-table summary").first.click()
    expect(page.locator(".plot-table table").first).to_contain_text("96.5%")
    assert opened.all_complaints() == []


def test_the_theme_is_chosen_and_kept(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/parts/", wait_until="networkidle")
    page.locator(".top-tools summary").click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto("/gallery/desk/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_language_is_chosen_and_kept(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/parts/", wait_until="networkidle")
    page.get_by_role("button", name="EN").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_what_is_typed_is_saved_and_comes_back(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/entry/", wait_until="networkidle")
    page.locator("#id_topic").fill("改过的主题")
    expect(page.locator("[data-draft-stamp]")).to_have_text(re.compile(r"\d\d:\d\d 已存草稿"))
    page.reload(wait_until="networkidle")
    expect(page.locator("#id_topic")).to_have_value("改过的主题")
    page.get_by_role("button", name="不用这份草稿").click()
    expect(page.locator("#id_topic")).to_have_value("山与河的写法")


def test_an_expired_login_keeps_what_was_typed(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/entry/", wait_until="networkidle")
    page.route("**/gallery/draft/", lambda route: route.fulfill(status=401, json={"login": "/gallery/login/"}))
    page.locator("#id_topic").fill("还没存上")
    page.get_by_role("link", name="重新登录").click()
    page.wait_for_url("**/gallery/login/")
    page.unroute("**/gallery/draft/")
    page.goto("/gallery/entry/", wait_until="networkidle")
    expect(page.locator("#id_topic")).to_have_value("还没存上")


def test_a_lost_line_keeps_what_was_typed(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/entry/", wait_until="networkidle")
    page.route("**/gallery/draft/", lambda route: route.abort())
    page.locator("#id_topic").fill("断网时写的")
    expect(page.locator("[data-draft-stamp]")).to_have_text(re.compile("草稿存在本机"))


def test_logging_out_leaves_no_draft_behind(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/entry/", wait_until="networkidle")
    page.locator("#id_topic").fill("共用电脑上写的")
    expect(page.locator("[data-draft-stamp]")).to_have_text(re.compile("已存草稿"))
    page.evaluate("document.querySelector('form[data-logout]').addEventListener('submit', (e) => e.preventDefault())")
    page.evaluate("document.querySelector('form[data-logout]').requestSubmit()")
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('luoshi:draft:'))") == []


def test_htmx_sends_the_token_with_every_request(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/parts/", wait_until="networkidle")
    page.evaluate(
        """() => {
          const act = document.createElement("button");
          act.id = "act";
          act.textContent = "act";
          act.setAttribute("hx-post", "/gallery/draft/");
          act.setAttribute("hx-swap", "none");
          document.querySelector("main").append(act);
          htmx.process(act);
        }"""
    )
    with page.expect_response("**/gallery/draft/") as answered:
        page.locator("#act").click()
    assert answered.value.status == 200, "without the token Django answers 403"
    assert answered.value.request.headers["x-csrftoken"]


def test_a_failure_is_told_and_does_not_replace_half_a_page(opened: Watched) -> None:
    page = opened.page
    page.goto("/gallery/parts/", wait_until="networkidle")
    page.evaluate(
        """() => {
          const act = document.createElement("button");
          act.id = "act";
          act.textContent = "act";
          act.setAttribute("hx-get", "/gallery/nowhere/");
          document.querySelector("main").append(act);
          htmx.process(act);
        }"""
    )
    page.locator("#act").click()
    expect(page.locator("[data-offline]")).to_have_text("没有这个页面")
    expect(page.locator("#act")).to_have_text("act")


def test_without_scripts_a_form_still_has_all_its_parts(chromium: Browser, gallery: str) -> None:
    context = chromium.new_context(base_url=gallery, java_script_enabled=False, color_scheme="dark", locale="zh-CN")
    page = context.new_page()
    page.goto("/gallery/entry/")
    expect(page.locator("#id_topic")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 20, 24)"
    context.close()
