"""What changes between two versions of a pack."""

from datetime import date

from django.utils import translation

from luoshi.packs.diff import Difference, FieldChange, What, differences, field_in_words, in_words
from luoshi.packs.loading import load
from luoshi.packs.schema import Pack
from luoshi.packs.tests.marked import whole
from luoshi.packs.vocabulary import offered


def pack(text: str) -> Pack:
    loaded = load(text.encode(), offered())
    assert loaded.pack is not None
    assert not loaded.flaws
    return loaded.pack


def test_a_pack_does_not_differ_from_itself():
    assert differences(pack(whole("")), pack(whole(""))) == ()


def test_a_later_day_is_one_changed_field():
    (found,) = differences(pack(whole("")), pack(whole("").replace("by: 2023-10-31", "by: 2023-11-30")))
    assert found == Difference(
        "requirements", "class", What.CHANGED, "办班", (FieldChange("by", date(2023, 10, 31), date(2023, 11, 30)),)
    )
    with translation.override("en"):
        assert in_words(found) == "requirement class (办班): changed"
        assert field_in_words(found.fields[0]) == "by: 2023-10-31 → 2023-11-30"


def test_what_comes_and_what_goes_is_named():
    renamed = whole("").replace("- code: class", "- code: course")
    assert [(each.section, each.code, each.what) for each in differences(pack(whole("")), pack(renamed))] == [
        ("requirements", "course", What.ADDED),
        ("requirements", "class", What.REMOVED),
    ]


def test_a_rule_shows_what_it_was_and_what_it_is():
    changed = whole("").replace("{column: leading_body, eq: true}", "{all: [{column: kind, in: [branch, group]}]}")
    (found,) = differences(pack(whole("")), pack(changed))
    with translation.override("en"):
        lines = [field_in_words(each) for each in found.fields]
    assert "rule.column: leading_body → nothing" in lines
    assert "rule.all[1].in: nothing → branch, group" in lines
