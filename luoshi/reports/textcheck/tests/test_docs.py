"""The examples of the documentation run, and its scores are those that the corpus gives."""

import doctest
from pathlib import Path

from luoshi.reports.textcheck.tests.scoring import corpus, scores

PAGE = Path(__file__).parents[4] / "docs" / "textcheck.md"


def test_the_examples_of_the_documentation_run():
    assert doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8").failed == 0


def test_the_scores_of_the_documentation_are_those_of_the_corpus():
    page = PAGE.read_text(encoding="utf-8")
    for name, aside in (("twenty texts used while building", False), ("twenty texts put aside", True)):
        row = " | ".join(f"{score:.3f}".lstrip("0") for score in scores(corpus(aside=aside)).values())
        assert f"| {name} | {row} |" in page
