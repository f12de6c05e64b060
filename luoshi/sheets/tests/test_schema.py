"""The API's view of a sheet: the same limits as in the file."""

from datetime import date

import pytest
from pydantic import ValidationError

from luoshi.sheets.tests.cast import PEOPLE

GOOD = {
    "code": "001",
    "name": "张三",
    "size": 5,
    "amount": 120_050,
    "joined_on": "2023-09-04",
    "kind": "branch",
    "active": True,
}


def test_a_good_row_passes_with_its_types():
    row = PEOPLE.schema().model_validate(GOOD)
    assert row.joined_on == date(2023, 9, 4)
    assert row.amount == 120_050
    assert row.identity is None


@pytest.mark.parametrize(
    "change",
    [
        {"size": -1},
        {"size": 1.5},
        {"amount": 0.5},
        {"kind": "x"},
        {"joined_on": "2023年9月"},
        {"name": "长" * 21},
        {"nmae": "x"},
    ]
    + [{"code": ""}, {"name": None}, {"identity": "12"}, {"active": "vielleicht"}],
)
def test_what_a_file_may_not_hold_the_api_may_not_hold_either(change):
    with pytest.raises(ValidationError):
        PEOPLE.schema().model_validate(GOOD | change)


def test_descriptions_say_the_label_the_hint_and_the_unit():
    properties = PEOPLE.schema().model_json_schema()["properties"]
    assert properties["code"]["description"] == "编号 文本格式"
    assert "fen" in properties["amount"]["description"] or "分" in properties["amount"]["description"]
    assert properties["kind"]["anyOf"][0]["enum"] == ["branch", "office"]
