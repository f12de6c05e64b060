"""What lies in the tree: nothing of the machine it was written on, nothing of the samples, no dead link."""

import re
import tomllib
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

import pytest

from luoshi import __version__
from luoshi.site import contents
from tests.house.tree import PACKAGE, ROOT, name, texts

THIS = ROOT / "tests" / "house" / "test_tree.py"
SAMPLES = ROOT.parent / "shared" / "samples"
SHINGLE = 12
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Written so that this file does not hold what it looks for.
FORBIDDEN = {
    "a machine's path": re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/"),
    "a registry's address": re.compile(
        r"--(?:extra-)?index-url[ =]\S|\b(?:registry\.npm|files\.python|pypi\.)\w*\.\w+"
    ),
    "a key": re.compile("-----BEGIN " + "(?:[A-Z]+ )?PRIVATE KEY-----"),
    "a conflict": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
}


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_text_of_ours_holds(kind):
    found = {
        name(path): match[0]
        for path in texts()
        if path != THIS and (match := FORBIDDEN[kind].search(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert not found


def shingles(text: str) -> set[str]:
    """Every run of twelve characters, two thirds of them Chinese; spaces and line ends do not count."""
    dense = re.sub(r"\s+", "", text)
    runs = (dense[start : start + SHINGLE] for start in range(len(dense) - SHINGLE + 1))
    return {run for run in runs if len(CHINESE.findall(run)) * 3 >= SHINGLE * 2}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample texts are not here")
def test_no_sentence_of_the_samples_is_in_the_tree():
    samples = sorted(SAMPLES.rglob("*.txt"))
    foreign = set(chain.from_iterable(shingles(path.read_text(encoding="utf-8")) for path in samples))
    found = {
        name(path): sorted(common)[:3]
        for path in texts()
        if (common := foreign & shingles(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert not found


def documents() -> list[Path]:
    return [path for path in texts() if path.suffix == ".md"]


@pytest.mark.parametrize("path", documents(), ids=name)
def test_links_between_documents_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text) + re.findall(r"<img[^>]+src=\"([^\"]+)\"", text)
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert not [target for target in local if not (path.parent / unquote(target)).exists()]


def code_in(text: str) -> str:
    """What a document shows as code: spans, fenced blocks, and lines indented by four."""
    fenced = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    rest = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return "\n".join([*fenced, *re.findall(r"^ {4,}(.*)$", rest, re.MULTILINE), *re.findall(r"`([^`\n]+)`", rest)])


@pytest.mark.parametrize("path", documents(), ids=name)
def test_commands_in_documents_exist(path):
    code = code_in(path.read_text(encoding="utf-8"))
    before = r"^(?:\$ )?(?:\w+=\S+ )*"
    called = set(re.findall(before + r"(?:[^\s=]*/)?luoshi ([a-z]+)", code, re.MULTILINE))
    assert not called - contents.own_commands() - {"django", "help"}
    made = set(re.findall(before + r"make ([a-z]+)", code, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not made - set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_the_change_log_has_an_entry_for_this_version():
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == __version__
    assert re.search(
        rf"^## {re.escape(__version__)}\b", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )


def test_pages_hold_no_inline_script_or_style():
    inline = re.compile(
        r"<style\b|\sstyle=|<script(?![^>]*\b(?:src|type=\"application/json\"))[^>]*>|\son[a-z]+=\"", re.IGNORECASE
    )
    found = {
        name(path): match[0]
        for path in PACKAGE.glob("*/templates/**/*.html")
        if (match := inline.search(path.read_text(encoding="utf-8")))
    }
    assert not found


def test_pages_and_styles_name_no_outside_host():
    outside = re.compile(
        r"(?:src|href|action)=\"(?:https?:)?//|(?:@import |url\()[\"'(url]*(?:https?:)?//", re.IGNORECASE
    )
    shown = [path for path in texts() if path.suffix in (".html", ".css")]
    assert not {name(path): match[0] for path in shown if (match := outside.search(path.read_text(encoding="utf-8")))}
