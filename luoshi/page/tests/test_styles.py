import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent / "static"
CSS = (STATIC / "page" / "luoshi.css").read_text(encoding="utf-8")
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)

# Names of Tabler's that are meant: our rules dress the same thing.
MEANT = {"btn", "icon", "visually-hidden"}


def tokens(selector: str) -> dict[str, str]:
    block = re.search(re.escape(selector) + r" \{(.*?)\}", CSS, flags=re.S)
    assert block
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block.group(1)))


LIGHT, DARK = tokens("\n:root"), tokens('\n:root[data-bs-theme="dark"]')


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("token", "light", "dark"),
    [
        ("ink", 16.4, 14.2),
        ("ink2", 7.7, 8.6),
        ("ink3", 5.0, 6.0),
        ("rule", 3.6, 3.9),
        ("accent", 7.5, 5.8),
        ("ok", 5.7, 7.7),
        ("warn", 6.3, 8.2),
        ("warn-shape", 3.6, 8.2),
        ("late", 5.9, 6.7),
        ("prog", 7.5, 8.0),
    ],
)
def test_a_colour_keeps_its_contrast_on_the_sheet(token: str, light: float, dark: float) -> None:
    assert contrast(LIGHT[token], LIGHT["surface"]) >= light - 0.06
    assert contrast(DARK[token], DARK["surface"]) >= dark - 0.06


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_keeps_its_contrast_on_tints_and_fills(theme: dict[str, str]) -> None:
    pairs = [("ok", "ok-tint"), ("warn", "warn-tint"), ("late", "late-tint"), ("prog", "prog-tint")]
    pairs += [("ink", tint) for _text, tint in pairs] + [("ink2", "sunken"), ("ink2", "canvas")]
    assert {
        pair: contrast(theme[pair[0]], theme[pair[1]])
        for pair in pairs
        if contrast(theme[pair[0]], theme[pair[1]]) < 4.9
    } == {}
    fills = [("on-accent", "accent"), ("on-late", "late-fill"), ("ink3", "canvas"), ("ink3", "sunken")]
    fills += [(f"on-data-{shade}", f"data-{shade}") for shade in range(1, 6)]
    assert {
        pair: contrast(theme[pair[0]], theme[pair[1]])
        for pair in fills
        if contrast(theme[pair[0]], theme[pair[1]]) < 4.5
    } == {}


def test_the_systems_dark_is_the_chosen_dark() -> None:
    assert tokens("\n  :root:not([data-bs-theme])") == DARK


def test_both_themes_have_the_same_tokens() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_colours_are_named_once() -> None:
    """A colour elsewhere than among the tokens would not follow the theme; paper is the exception."""
    body = RULES.split("--tblr-heading-color", 1)[1].split("@media print", 1)[0]
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", body)) <= {"#ffffff", "#000000"}


def test_nothing_is_forced() -> None:
    assert "!important" not in RULES


def test_every_variable_exists() -> None:
    used = set(re.findall(r"var\(--([a-z0-9-]+)", RULES))
    assert used <= set(re.findall(r"--([a-z0-9-]+):", RULES))


def test_no_class_name_is_tablers_by_accident() -> None:
    tabler = (STATIC / "vendor" / "tabler" / "tabler.min.css").read_text(encoding="utf-8")
    theirs = set(re.findall(r"\.([a-zA-Z][\w-]*)", tabler))
    ours = set(re.findall(r"\.([a-zA-Z][\w-]*)", RULES)) - {"css"}
    assert {name for name in ours & theirs if name not in MEANT and not name.startswith(("ts-", "tom"))} <= {
        "active", "item", "option", "focus", "single", "multi", "no-results", "tabler", "min",
    }  # fmt: skip


def test_no_rule_asks_another_host() -> None:
    assert "http:" not in RULES
    assert "https:" not in RULES
