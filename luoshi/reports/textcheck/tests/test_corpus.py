"""The scores never fall: on the texts used while building, on those put aside, and on the samples where"
" they are at hand."""

import os
from pathlib import Path

import pytest

from luoshi.reports.textcheck import read
from luoshi.reports.textcheck.tests.scoring import body, corpus, gold, scores

REPOSITORY = Path(__file__).parents[4]
SAMPLES = Path(os.environ.get("LUOSHI_SAMPLES", REPOSITORY.parent / "shared" / "samples")) / "summaries"

# What issue 3 asks for on unseen texts, and what the two parts of the corpus have reached. Raise them when the reading gets better.
GOAL = {
    "spans": 0.96,
    "value": 0.98,
    "kind": 0.98,
    "role": 0.93,
    "approx": 0.95,
    "org": 0.82,
    "what": 0.85,
    "full": 0.68,
}
BUILT_WITH = {
    "spans": 1.0,
    "value": 1.0,
    "kind": 0.99,
    "role": 0.99,
    "approx": 0.995,
    "org": 0.985,
    "what": 0.95,
    "full": 0.94,
}
PUT_ASIDE = {
    "spans": 0.98,
    "value": 1.0,
    "kind": 1.0,
    "role": 0.93,
    "approx": 0.99,
    "org": 0.945,
    "what": 0.88,
    "full": 0.83,
}
SAMPLE = {"spans": 1.0, "value": 1.0, "kind": 1.0, "role": 0.98, "approx": 1.0, "org": 0.98, "what": 0.97, "full": 0.96}


def assert_at_least(reached, wanted):
    assert {name: score for name, score in reached.items() if score < wanted[name]} == {}


@pytest.mark.parametrize("goal", [GOAL, BUILT_WITH], ids=["goal", "ratchet"])
def test_the_texts_used_while_building_score_at_least_so_much(goal):
    assert_at_least(scores(corpus(aside=False)), goal)


@pytest.mark.parametrize("goal", [GOAL, PUT_ASIDE], ids=["goal", "ratchet"])
def test_the_texts_put_aside_score_at_least_so_much(goal):
    assert_at_least(scores(corpus(aside=True)), goal)


def test_half_of_the_corpus_is_put_aside():
    assert len(corpus(aside=True)) == len(corpus(aside=False)) == 20


def test_every_annotation_of_the_corpus_stands_where_it_says():
    for path in [*corpus(aside=True), *corpus(aside=False)]:
        text = body(path)
        for claim in gold(path):
            assert text[claim["start"] :].startswith(claim["span"]), (path.name, claim)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not at hand")
def test_the_samples_score_at_least_so_much():
    paths = sorted(SAMPLES.glob("*.txt"))
    assert len(paths) == 6
    assert_at_least(scores(paths), SAMPLE)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not at hand")
@pytest.mark.parametrize("name", ["S1", "S2"])
def test_of_two_sample_articles_every_statement_is_found_and_no_set_phrase(name):
    path = SAMPLES / f"{name}.txt"
    found = {(s.start, s.end) for s in read(body(path)).statements}
    assert found == {(c["start"], c["start"] + len(c["span"])) for c in gold(path)}
