"""Statements of one text that cannot all be true."""

import pytest

from luoshi.reports.textcheck import read


def found(text):
    return [(c.kind, c.stated, c.found) for c in read(text).contradictions]


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        (
            "全市查处问题58件，其中党政机关20件、国有企业43件。",
            "全市查处问题58件，其中党政机关20件、国有企业38件。",
            ("parts and total", 58, 63),
        ),
        ("甲县20件、乙县30件，合计58件。", "甲县20件、乙县38件，合计58件。", ("parts and total", 58, 50)),
        (
            "全省共完成120件，其中兰州市50件、天水市80件。",
            "全省共完成120件，其中兰州市50件、天水市60件。",
            ("parts and total", 120, 130),
        ),
        (
            "排查隐患200个，整改隐患180个，整改率95%。",
            "排查隐患200个，整改隐患180个，整改率90%。",
            ("percent and counts", 95, 90),
        ),
        (
            "受理线索386件，其中立案142件，占46.8%。",
            "受理线索386件，其中立案142件，占36.8%。",
            ("percent and counts", 46.8, 36.79),
        ),
        (
            "青榆县选派驻村干部45名。会议通报，青榆县选派驻村干部54名。",
            "青榆县选派驻村干部45名。会议通报，石桥县选派驻村干部54名。",
            ("said twice", 45, 54),
        ),
        ("覆盖天津、湖北、四川4个省。", "覆盖天津、湖北、四川3个省。", ("list and number", 4, 3)),
        ("覆盖天津、湖北、四川等2个省。", "覆盖天津、湖北、四川等12个省。", ("list and number", 2, 3)),
    ],
)
def test_a_contradiction_is_found_and_its_true_twin_is_not(wrong, right, expected):
    assert found(wrong) == [expected]
    assert found(right) == []


def test_rounding_is_no_contradiction():
    assert found("受理诉求1.2万件，其中咨询7000件、投诉5040件。") == []
    assert found("排查隐患3.33万处，整改隐患3.30万处，整改率99.1%。") == []
    assert found("青榆县选派驻村干部1.2万名。会议通报，青榆县选派驻村干部11980名。") == []


def test_a_change_from_one_value_to_another_is_no_contradiction():
    assert found("将补助标准由每人3000元提高到3300元。") == []
    assert found("全区学科类培训机构由217家压减至19家，压减率91.2%。") == []


def test_the_same_thing_at_another_time_is_no_contradiction():
    assert found("2022年，青榆县选派驻村干部45名。2023年，青榆县选派驻村干部54名。") == []


def test_a_contradiction_names_its_statements():
    reading = read("受理120件。甲县20件、乙县30件，合计58件。")
    (contradiction,) = reading.contradictions
    assert [reading.statements[n].text for n in contradiction.statements] == ["20件", "30件", "58件"]
    assert contradiction.evidence == "20件 + 30件 ≠ 58件"
