"""House rules for the templates of the whole package: what a strict policy would silently break is found here."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import luoshi

PACKAGE = Path(luoshi.__file__).parent
TEMPLATES = sorted(path for path in PACKAGE.glob("**/templates/**/*.html"))
SCRIPTS = sorted((PACKAGE / "page" / "static" / "page").glob("*.js"))
TAGS = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.S)


class Inline(HTMLParser):
    """Collects what a policy of script-src 'self'; style-src 'self' refuses, and what asks another host."""

    def __init__(self) -> None:
        super().__init__()
        self.flaws: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or "style" in names:
            self.flaws.append(f"style at line {self.getpos()[0]}")
        if tag == "script" and "src" not in names and names.get("type") != "application/json":
            self.flaws.append(f"script without src at line {self.getpos()[0]}")
        for name, value in attrs:
            if re.fullmatch(r"on[a-z]+", name) or name.startswith(("hx-on", "@", "x-on:style")):
                self.flaws.append(f"{name} at line {self.getpos()[0]}")
            if name in {"src", "href", "action"} and re.match(r"(https?:)?//|javascript:", value or ""):
                self.flaws.append(f"{name}={value} at line {self.getpos()[0]}")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_template_has_nothing_inline_and_asks_no_other_host(path: Path) -> None:
    parser = Inline()
    parser.feed(TAGS.sub("", path.read_text(encoding="utf-8")))
    assert parser.flaws == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_makes_no_code_from_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for forbidden in (
        "eval(",
        "new Function",
        "innerHTML",
        "outerHTML =",
        "document.write",
        "insertAdjacentHTML",
        'setAttribute("style"',
    ):
        assert forbidden not in text
    assert not re.search(r"https?://", text)


def test_inline_code_would_be_found() -> None:
    parser = Inline()
    parser.feed('<p style="x"></p><a onclick="y" href="https://elsewhere.example/">z</a><script>1</script>')
    assert len(parser.flaws) == 4


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_one_line_comment_stays_on_its_line(path: Path) -> None:
    """Django prints {# … #} that spans two lines into the page."""
    for line in path.read_text(encoding="utf-8").splitlines():
        assert line.count("{#") == line.count("#}")
