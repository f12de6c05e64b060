"""Every kind of bad file that people send, and what they are told."""

import io
import tracemalloc
import zipfile
from datetime import date

import pytest
from django.utils import translation

from luoshi.sheets.columns import InFile
from luoshi.sheets.flaws import Rejected
from luoshi.sheets.reading import Outcome, Parsed, read_workbook
from luoshi.sheets.tests.cast import HEADINGS, PEOPLE, part, people, repacked, row, workbook


def read(content: bytes) -> Parsed:
    return read_workbook(io.BytesIO(content), PEOPLE)


def only_flaw(content: bytes) -> tuple[str, str]:
    (flaw,) = read(content).flaws
    assert flaw.message
    return flaw.cell, flaw.code


def code_of(content: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        read(content)
    assert caught.value.message
    return caught.value.code


def value(name: str, raw: object) -> object:
    parsed = read(people(row(**{name: raw})))
    assert parsed.flaws == []
    return parsed.rows[0][name]


def flaw_of(name: str, raw: object) -> str:
    cell, code = only_flaw(people(row(**{name: raw})))
    assert cell == f"{chr(65 + [column.name for column in PEOPLE.columns].index(name))}2"
    return code


@pytest.mark.parametrize(
    ("raw", "number"), [("１２", 12), ("12 ", 12), ("1,200", 1200), ("１，２００", 1200), (7.0, 7), (" +5", 5)]
)
def test_numbers_typed_as_text_are_read(raw, number):
    assert value("size", raw) == number


@pytest.mark.parametrize("raw", ["十二", "12个", "1,20", "1e5", "(12)", "1.2.3", "--3", "٣x"])
def test_text_that_is_no_number_is_told(raw):
    assert flaw_of("size", raw) == "not_a_number"


@pytest.mark.parametrize(
    ("raw", "code"),
    [(-1, "out_of_range"), (100_001, "out_of_range"), (1.5, "too_many_decimals"), (True, "not_a_number")],
)
def test_numbers_outside_their_bounds_are_told(raw, code):
    assert flaw_of("size", raw) == code


@pytest.mark.parametrize(
    ("raw", "fen"),
    [
        (1200.5, 120_050),
        ("1,200.50元", 120_050),
        ("3.5万元", 3_500_000),
        ("￥12", 1_200),
        ("2亿元", 20_000_000_000),
        (0.1 + 0.2, 30),
    ],
)
def test_money_is_read_in_yuan_and_in_wan(raw, fen):
    assert value("amount", raw) == fen


def test_a_unit_in_the_heading_counts_for_the_whole_column():
    parsed = read(workbook([["001", "张三", 3.5]], headings=["编号", "姓名", "金额（万元）"]))
    assert parsed.rows[0]["amount"] == 3_500_000


def test_less_than_a_fen_is_told():
    assert flaw_of("amount", 0.001) == "too_many_decimals"


@pytest.mark.parametrize(
    "raw",
    [
        "2023.9.4",
        "2023年9月4日",
        "2023/9/4",
        "2023-09-04",
        "２０２３．９．４",
        "20230904",
        20230904,
        45173,
        date(2023, 9, 4),
    ],
)
def test_a_day_is_read_as_people_write_it(raw):
    assert value("joined_on", raw) == date(2023, 9, 4)


@pytest.mark.parametrize("raw", ["2023年9月", "2023-02-30", "长期", "30天", "9/4/2023", 45173.5, 3_000_000])
def test_what_is_no_day_is_told(raw):
    assert flaw_of("joined_on", raw) == "not_a_day"


def test_the_1904_date_system_is_respected_for_dates_and_for_bare_serial_numbers():
    content = workbook(
        [["001", "甲", date(2023, 9, 4)], ["002", "乙", 45173 - 1462]],
        headings=["编号", "姓名", "加入日期"],
        options={"date_1904": True},
    )
    assert [found["joined_on"] for found in read(content).rows] == [date(2023, 9, 4)] * 2


def test_an_identity_number_typed_as_a_number_is_refused():
    assert flaw_of("identity", 620102199001011234) == "number_as_code"
    assert flaw_of("code", 620102199001011234) == "number_as_code"
    assert flaw_of("identity", "6.20102E+17") == "number_as_code"
    assert flaw_of("identity", 12) == "number_as_code"
    assert value("identity", "62010219900101123X") == "62010219900101123X"


def test_a_short_code_typed_as_a_number_keeps_its_digits():
    assert value("code", 620102) == "620102"


def test_invisible_characters_go_and_deceptive_ones_are_told():
    assert value("name", "\u200b张\ufeff三\u3000\u00a0") == "张三"
    assert value("name", "张\u3000三") == "张\u3000三"
    assert flaw_of("name", "张\u202e三") == "invisible_characters"


def test_an_over_long_text_is_told_with_both_lengths():
    parsed = read(people(row(name="长" * 21)))
    assert parsed.flaws[0].code == "too_long"
    assert "21" in parsed.flaws[0].message
    assert "20" in parsed.flaws[0].message


def test_choices_are_read_by_label_or_value_and_others_are_told():
    assert value("kind", "党 支部") == "branch"
    assert value("kind", "OFFICE") == "office"
    assert flaw_of("kind", "党委") == "not_a_choice"


@pytest.mark.parametrize(
    ("raw", "answer"), [("是", True), ("否", False), ("√", True), ("No", False), (True, True), (0, False)]
)
def test_yes_and_no_have_many_faces(raw, answer):
    assert value("active", raw) is answer


def test_references_are_found_in_the_ledger_or_in_the_file():
    parsed = read(people(row(parent="620000"), row(code="002", parent="001")))
    assert [found["parent"] for found in parsed.rows] == ["Gansu", InFile("001")]


def test_a_missing_or_ambiguous_parent_is_told():
    assert flaw_of("parent", "不存在的单位") == "unknown"
    assert flaw_of("parent", "城关区") == "ambiguous"


def test_an_empty_required_cell_is_told():
    assert only_flaw(people(row(name=" "))) == ("B2", "required")


def test_a_duplicate_key_names_the_first_row():
    parsed = read(people(row(), row(code="002"), row(name="李四")))
    assert [(flaw.cell, flaw.code) for flaw in parsed.flaws] == [("A4", "duplicate")]
    assert "2" in parsed.flaws[0].message
    assert [found.bad for found in parsed.rows] == [False, False, True]


def test_merged_cells_among_the_data_are_told_and_in_the_title_they_are_fine():
    merge = lambda page, number, index: page.merge_range(number, index, number + 1, index, "张三")  # noqa: E731
    parsed = read(workbook([["001", merge], ["002"]]))
    assert ("B2", "merged") in [(flaw.cell, flaw.code) for flaw in parsed.flaws]
    title = lambda page, number, index: page.merge_range(0, 0, 0, 8, "花名册")  # noqa: E731
    parsed = read(workbook([HEADINGS, ["001", "张三"]], headings=[title]))
    assert parsed.flaws == []
    assert len(parsed.rows) == 1


def test_a_formula_without_stored_value_is_told_and_with_one_it_is_read():
    unfinished = lambda page, number, index: page.write_formula(number, index, "=1+1", None, "")  # noqa: E731
    finished = lambda page, number, index: page.write_formula(number, index, "=1+1", None, 2)  # noqa: E731
    assert only_flaw(workbook([["001", "张三", None, unfinished]])) == ("D2", "formula_without_value")
    assert read(workbook([["001", "张三", None, finished]])).rows[0]["size"] == 2


def test_a_formula_whose_result_is_empty_text_is_an_empty_cell():
    content = workbook(
        [["001", "张三", None, lambda page, number, index: page.write_formula(number, index, '=""', None, "x")]]
    )
    xml = part(content).replace(b"<v>x</v>", b"<v></v>")
    assert b'"str"' in xml
    parsed = read(repacked(content, {"xl/worksheets/sheet1.xml": xml}))
    assert parsed.flaws == []
    assert parsed.rows[0]["size"] is None


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A"])
def test_error_cells_are_told_even_in_an_optional_column(error):
    broken = lambda page, number, index: page.write_formula(number, index, "=A1", None, error)  # noqa: E731
    parsed = read(workbook([["001", "张三", None, broken]]))
    assert [(flaw.cell, flaw.code) for flaw in parsed.flaws] == [("D2", "error_cell")]
    assert error in parsed.flaws[0].message


def test_a_row_that_holds_nothing_but_an_error_is_not_lost():
    broken = lambda page, number, index: page.write_formula(number, index, "=A1", None, "#REF!")  # noqa: E731
    parsed = read(workbook([["001", "张三"], [broken]]))
    assert ("A3", "error_cell") in [(flaw.cell, flaw.code) for flaw in parsed.flaws]


def test_hidden_rows_and_columns_are_read_and_reported():
    def hide(page, number, index):
        page.set_row(number, None, None, {"hidden": True})
        page.set_column(3, 3, None, None, {"hidden": True})
        page.write_string(number, index, "002")

    parsed = read(workbook([["001", "张三", None, 1], [hide, "李四", None, 2]]))
    assert [found["size"] for found in parsed.rows] == [1, 2]
    assert {note.code for note in parsed.notes} == {"hidden_rows", "hidden_column"}
    assert parsed.flaws == []


def test_columns_may_stand_in_any_order_and_unknown_ones_are_reported():
    parsed = read(workbook([["备注一", "张三", "001"]], headings=["备注", "姓名", "编号*"]))
    assert parsed.rows[0].values["code"] == "001"
    assert [(note.code, note.cell) for note in parsed.notes] == [("unknown_column", "A1")]


def test_a_missing_required_column_and_a_repeated_one_reject_the_file():
    assert code_of(workbook([["001"]], headings=["编号", "人数"])) == "missing_columns"
    assert code_of(workbook([["001"]], headings=["编号", "姓名", "姓名"])) == "repeated_heading"
    assert code_of(workbook([["a", "b"]], headings=["甲", "乙"])) == "no_header"


def test_headings_are_understood_in_either_language():
    from luoshi.sheets.sheet import SEQUENCE

    with translation.override("en"):
        english = str(SEQUENCE)
    with translation.override("zh-hans"):
        assert read(workbook([[1, "001", "张三"]], headings=[english, "编号", "姓名"])).notes == []


def test_too_many_rows_reject_the_file_at_the_limit_given():
    with pytest.raises(Rejected) as caught:
        read_workbook(people(*(row(code=str(number)) for number in range(12))), PEOPLE, max_rows=10)
    assert caught.value.code == "too_many_rows"


def test_a_million_formatted_empty_rows_are_no_rows():
    content = people(row())
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (number, number) for number in range(3, 1_048_577, 4))
    xml = part(content).replace(b"</sheetData>", rows + b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>')
    parsed = read(repacked(content, {"xl/worksheets/sheet1.xml": xml}))
    assert len(parsed.rows) == 1
    assert parsed.flaws == []


def test_a_far_away_cell_is_named_before_anything_is_laid_out():
    content = workbook([["001", "张三"], [lambda page, number, index: page.write_string(1_048_575, 16_383, "x")]])
    tracemalloc.start()
    with pytest.raises(Rejected) as caught:
        read(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.code == "far_away_cell"
    assert "XFD1048576" in caught.value.message
    assert peak < 50_000_000


def test_a_far_away_cell_cannot_hide_behind_its_row_or_a_strange_attribute():
    content = people(row())
    for cell in (b'<c r="XFD1048576" t="str"><v>x</v></c>', b'<c x=">" r = "XFD1048576" t="str"><v> </v></c>'):
        xml = part(content).replace(b"</row></sheetData>", cell + b"</row></sheetData>")
        assert cell in xml
        assert code_of(repacked(content, {"xl/worksheets/sheet1.xml": xml})) == "far_away_cell"


def test_a_claim_of_a_million_million_shared_strings_is_damage():
    content = people(row())
    xml = part(content, "xl/sharedStrings.xml")
    for claim in (b'uniqueCount="999999999999"', b'uniqueCount = "999999999999"'):
        start = xml.index(b"uniqueCount=")
        lying = xml[:start] + claim + xml[xml.index(b'"', start + 14) + 1 :]
        assert code_of(repacked(content, {"xl/sharedStrings.xml": lying})) == "damaged"


def test_a_zip_bomb_is_refused_within_bounded_memory():
    content = people(row())
    bomb = repacked(content, {"xl/worksheets/sheet2.xml": b"<worksheet>" + b" " * 300_000_000})
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    code = code_of(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code == "unpacks_too_large"
    assert peak < 50_000_000


def test_a_zip_whose_directory_lies_about_sizes_is_damaged():
    content = bytearray(people(row()))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        true_size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    start = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/worksheets/sheet1.xml"))
    assert int.from_bytes(content[start + 24 : start + 28], "little") == true_size
    content[start + 24 : start + 28] = (10).to_bytes(4, "little")
    assert code_of(bytes(content)) == "damaged"


def test_entities_and_truncated_files_are_damaged():
    content = people(row())
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + part(content, "xl/sharedStrings.xml")
    assert code_of(repacked(content, {"xl/sharedStrings.xml": evil})) == "damaged"
    assert code_of(content[: len(content) // 2]) == "damaged"
    assert code_of(repacked(content, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r='1'><c"})) in (
        "damaged",
        "no_header",
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7\x00\x00", "not_a_workbook"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04 and nothing else", "damaged"),
        ("只有一句话".encode(), "no_header"),
    ],
)
def test_what_is_no_workbook_is_told_apart(content, code):
    assert code_of(content) == code


def test_macros_other_zips_and_binary_workbooks_are_refused():
    content = people(row())
    assert code_of(repacked(content, {"xl/vbaProject.bin": b"macro"})) == "macros"
    assert code_of(repacked(content, {"xl/workbook.xml": None})) == "not_a_workbook"
    assert code_of(repacked(content, {"xl/workbook.bin": b"x"})) == "old_format"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_every_encoding_that_excel_writes(encoding):
    content = '编号,姓名,人数\r\n001,张三,"1,200"\r\n002,\'=1+1,\r\n'.encode(encoding)
    parsed = read(content)
    assert [found.values["name"] for found in parsed.rows] == ["张三", "=1+1"]
    assert parsed.rows[0]["size"] == 1200
    assert parsed.rows[0].number == 2


def test_the_private_use_characters_of_the_old_gb18030_get_their_places():
    content = "编号,姓名\n001,".encode("gb18030") + b"\xfe\x59\xa6\xd9"
    assert read(content).rows[0]["name"] == "\u9fb4\ufe10"


def test_hidden_and_further_worksheets_are_reported_and_not_read():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(people(row())))
    book.create_sheet("旧名单")["A1"] = "x"
    hidden = book.create_sheet("藏", 0)
    hidden["A1"] = "编号"
    hidden.sheet_state = "hidden"
    book.active = 1
    result = io.BytesIO()
    book.save(result)
    parsed = read(result.getvalue())
    assert len(parsed.rows) == 1
    (note,) = parsed.notes
    assert "藏" in note.message
    assert "旧名单" in note.message


def test_the_summary_counts_what_confirming_would_do():
    parsed = read(people(row(), row(code="002"), row(code="003"), row(code="004"), row(code="005", size="x")))
    answers: dict[str, Outcome | dict[str, str]] = {
        "001": Outcome.NEW,
        "002": Outcome.CHANGED,
        "003": Outcome.UNCHANGED,
        "004": {"parent": "不能这样"},
    }
    summary = parsed.summary(lambda found: answers[found["code"]])
    assert (summary.new, summary.changed, summary.unchanged, summary.bad) == (1, 1, 1, 2)
    assert [(flaw.cell, flaw.code) for flaw in parsed.flaws] == [("I5", "refused"), ("D6", "not_a_number")]
    assert not parsed.good
