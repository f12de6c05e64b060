"""docs/roles.md says what the table of rules says, in both languages."""

from django.utils import translation

from luoshi.gate.rules import RULES, Role
from luoshi.testing import roles


def test_the_page_is_what_the_table_says_now():
    assert roles.PAGE.read_text(encoding="utf-8") == roles.rendered(), "make roles"


def test_a_rule_that_changes_changes_the_page(monkeypatch):
    before = roles.rendered()
    monkeypatch.delitem(RULES, "activity.record")
    assert roles.rendered() != before


def test_every_role_says_something_of_every_action_in_both_languages():
    chapters = dict(zip(("zh-hans", "en"), roles.rendered().split("## English"), strict=True))
    for language, chapter in chapters.items():
        with translation.override(language):
            for rule in RULES.values():
                assert chapter.count(str(rule.title)) >= (1 if rule.anyone else len(Role)), rule.title
