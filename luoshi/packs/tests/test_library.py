"""The packs that come with the product."""

import json

import pytest

from luoshi.packs.loading import library, load
from luoshi.packs.schema import Pack, json_schema
from luoshi.packs.vocabulary import offered


def loaded(code: str) -> Pack:
    found = load(library()[code].read_bytes(), offered())
    assert found.flaws == ()
    assert found.pack is not None
    return found.pack


@pytest.mark.parametrize("code", sorted(library()))
def test_a_pack_of_the_library_has_no_flaw_and_is_called_like_its_file(code):
    assert loaded(code).pack.code == code


def test_the_theme_education_asks_what_its_mechanisms_name():
    pack = loaded("theme-education-2")
    asked = {requirement.code for requirement in pack.requirements}
    assert {
        "launch_meeting", "reading_class", "study_group", "first_agenda", "branch_assembly", "branch_committee", "group_meeting",
        "party_lecture", "theme_day", "collective_study", "weekly_progress", "floating_contact", "secretary_training",
        "warning_education",
    } <= asked  # fmt: skip
    assert len(pack.indicators) >= 40
    weekly = next(each for each in pack.requirements if each.code == "weekly_progress")
    assert weekly.zero_report
    assert any(not each.required for each in pack.requirements), "own choices stand beside what is required"


def test_a_campaign_of_another_kind_shares_no_kind_of_activity():
    theme, safety = loaded("theme-education-2"), loaded("safety-inspection")
    assert not {kind.code for kind in theme.kinds} & {kind.code for kind in safety.kinds}
    assert not {each.code for each in theme.workstreams} & {each.code for each in safety.workstreams}


def test_the_schema_for_editors_is_json_and_knows_every_section():
    schema = json.loads(json.dumps(json_schema()))
    assert set(schema["properties"]) == set(Pack.model_fields)
    assert schema["additionalProperties"] is False
