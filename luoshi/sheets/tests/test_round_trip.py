"""Export → import = identity, for XLSX and for CSV in both encodings."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.sheets import cells, export
from luoshi.sheets.columns import SPREADSHEET_ERRORS, InFile
from luoshi.sheets.export import Frame
from luoshi.sheets.reading import read_workbook
from luoshi.sheets.tests.cast import PEOPLE

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Co")), max_size=20)
TRICKY = st.sampled_from(
    ["=1+1", "'=1", "''+x", "+86", "-", "@a", "_x0041_", "007", "1e5", "#N/A!", "a,b", 'a"b', "＝1", "https://x.cn"]
)
NAMES = (TEXT | TRICKY).filter(lambda text: not cells.deceptive(text)).map(cells.one_line)
NAMES = NAMES.filter(lambda text: text and text not in SPREADSHEET_ERRORS)
CODES = st.text("0123456789ABCX-", min_size=1, max_size=18).filter(lambda text: not cells.SCIENTIFIC.fullmatch(text))

ROW = st.fixed_dictionaries(
    {
        "code": CODES,
        "name": NAMES,
        "identity": st.none() | st.from_regex(r"\A[0-9]{17}[0-9X]\Z"),
        "size": st.none() | st.integers(0, 100_000),
        "amount": st.none() | st.integers(-(10**15) + 1, 10**15 - 1),
        "joined_on": st.none() | st.dates(cells.FIRST_DAY.replace(month=3), cells.LAST_DAY),
        "kind": st.sampled_from([None, "branch", "office"]),
        "active": st.sampled_from([None, True, False]),
        "parent": st.none(),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=6, unique_by=lambda row: row["code"])


def check(content, rows):
    parsed = read_workbook(content, PEOPLE)
    assert parsed.flaws == []
    assert [row.values for row in parsed.rows] == rows


@settings(max_examples=60, deadline=None)
@given(ROWS, st.booleans())
def test_what_is_exported_to_excel_is_imported_unchanged(rows, framed):
    frame = Frame(unit="白银市", as_of="2023-11-23", totals={"size": 7}, signed=True) if framed else None
    with export.xlsx(PEOPLE, rows, frame=frame) as file:
        check(file.read(), rows)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.sampled_from(["utf-8-sig", "gb18030"]))
def test_what_is_exported_to_csv_is_imported_unchanged(rows, encoding):
    check(b"".join(export.csv_lines(PEOPLE.columns, rows, encoding=encoding)), rows)


@given(st.text())
def test_the_shield_against_formulas_comes_off_again(text):
    shielded = cells.shielded(text)
    assert cells.unshielded(shielded) == text
    assert not shielded.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_references_within_the_file_come_back_as_such():
    rows = [
        dict.fromkeys((column.name for column in PEOPLE.columns), None) | {"code": code, "name": "甲"} for code in "ab"
    ]
    rows[1]["parent"] = InFile("a")
    with export.xlsx(PEOPLE, rows) as file:
        check(file.read(), rows)


def test_a_leap_day_before_1900_march_is_no_trap():
    assert cells.day_of_serial(61, date1904=False) == date(1900, 3, 1)
