"""From bytes to a pack or its flaws, whatever the bytes are."""

import hashlib

import pytest
import yaml
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from luoshi.packs.complaints import _SAID, telling
from luoshi.packs.loading import MOST_FLAWS, library, load
from luoshi.packs.schema import Pack
from luoshi.packs.tests.marked import whole
from luoshi.packs.vocabulary import offered

SAFETY = library()["safety-inspection"].read_text(encoding="utf-8")

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.dates() | st.floats(allow_nan=False)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*Pack.model_fields, "code", "all", "x"]), inner, max_size=5)
    ),
    max_leaves=20,
)


def test_a_pack_is_known_by_the_sha256_of_its_file():
    source = whole("").encode()
    assert load(source, offered()).sha256 == hashlib.sha256(source).hexdigest()
    assert load(source + b"\n", offered()).sha256 != load(source, offered()).sha256


def test_flaws_are_in_the_order_of_the_file():
    lines = [flaw.mark.line for flaw in load(b"a: 1\nb: 2\ntitle: 3\n", offered()).flaws if flaw.mark]
    assert lines == sorted(lines)


def test_a_flaw_names_its_entry_by_the_code():
    source = SAFETY.replace("by: 2024-04-15", "by: 2034-04-15")
    (flaw,) = load(source.encode(), offered()).flaws
    line = source[: source.index("by: 2034")].count("\n") + 1
    assert flaw.line("safety.yaml").startswith(
        f"safety.yaml:{line}: requirements.responsibility_meeting.by: 2034-04-15"
    )


def test_a_file_full_of_flaws_is_told_in_portions():
    with translation.override("en"):
        flaws = load(b"a: 1\n" * 1_000, offered()).flaws
    assert len(flaws) == MOST_FLAWS + 1
    assert "more flaws follow. Correct these first." in flaws[-1].message


@given(trees)
@settings(max_examples=200, deadline=None)
def test_every_complaint_about_any_tree_has_words(tree):
    with pytest.raises(ValidationError) as told:  # no such tree is a whole pack
        Pack.model_validate(tree)
    assert {detail["type"] for detail in telling(told.value)} <= set(_SAID)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_pack_with_one_line_changed_is_sound_or_told(data):
    lines = SAFETY.splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    lines[number] = data.draw(
        st.sampled_from(
            ["", "x: y", "- z", lines[number].replace("a", "b"), lines[number].replace(":", ""), lines[number][1:]]
        )
        | st.text(max_size=20)
    )
    loaded = load("\n".join(lines).encode("utf-8", "replace"), offered())
    assert loaded.sound or loaded.flaws
    assert all(flaw.message for flaw in loaded.flaws)


@given(st.dictionaries(st.sampled_from(list(Pack.model_fields)), trees, max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_yaml_is_sound_or_told(sections):
    loaded = load(yaml.safe_dump(sections, allow_unicode=True).encode(), offered())
    assert loaded.flaws
