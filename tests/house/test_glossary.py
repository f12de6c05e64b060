"""One term, one word, both ways: every model has its place in docs/glossary.md."""

import re

import pytest
from django.apps import apps
from django.db.models import Model

from tests.house.tree import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"


def models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("luoshi.")]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_model_begins_with_its_chinese_term_and_one_sentence(model):
    first = (model.__doc__ or "").splitlines()[0]
    assert re.match(r"[\u4e00-\u9fff（）、/ ]+ — \S", first), first


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_model_stands_in_the_glossary_with_its_chinese_term(model):
    term = (model.__doc__ or "").split(" — ")[0]
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if f"`{model.__name__}`" in line]
    assert rows, model.__name__
    assert any(term in row for row in rows), rows
