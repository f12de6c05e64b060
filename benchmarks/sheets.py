"""Reading and writing 100,000 rows × 10 columns, and drawing a table of 50 rows: ours against a named alternative.

python benchmarks/sheets.py [ROWS]
"""

import csv
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000


def timed(work: Callable[[], Any], repeat: int = 1) -> tuple[float, Any]:
    best, result = float("inf"), None
    for _round in range(repeat):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def subjects() -> Iterator[dict[str, Any]]:
    first = date(2023, 1, 1)
    for number in range(ROWS):
        yield {
            "code": f"{number:06}",
            "name": f"第{number}党支部",
            "parent": f"{number % 97:06}" if number > 97 else None,
            "kind": "branch",
            "members": number % 300,
            "amount": number * 101,
            "founded_on": first + timedelta(days=number % 300),
            "active": True,
            "address": f"白银市人民路{number}号",
            "phone": f"0943{number:07}",
        }


def compared(what: str, ours: float, other: float, names: tuple[str, str]) -> None:
    print(f"{what:<28} {names[0]} {ours:8.3f} s   {names[1]} {other:8.3f} s   ratio {other / ours:6.1f}", flush=True)


def main() -> None:
    os.environ.setdefault("LUOSHI_HOME", tempfile.mkdtemp(prefix="luoshi-bench-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.site.settings")
    django.setup()
    import openpyxl
    import python_calamine

    from luoshi.sheets import export
    from luoshi.sheets.columns import Choice, Code, Day, Money, Number, Ref, Text, YesNo
    from luoshi.sheets.reading import read_workbook
    from luoshi.sheets.sheet import Sheet

    sheet = Sheet(
        "units",
        title="单位",
        columns=[
            Code("code", "编码", required=True, unique=True),
            Text("name", "名称", required=True),
            Ref("parent", "上级", within="code"),
            Choice("kind", "类别", choices=[("branch", "党支部"), ("office", "办公室")]),
            Number("members", "人数"),
            Money("amount", "金额"),
            Day("founded_on", "成立日期"),
            YesNo("active", "有效"),
            Text("address", "地址"),
            Code("phone", "电话", text_only=True),
        ],
    )
    print(f"{ROWS:,} rows × {len(sheet.columns)} columns, one run each")

    def ours_written() -> bytes:
        with export.xlsx(sheet, subjects()) as file:
            return file.read()

    def openpyxl_written() -> int:
        book = openpyxl.Workbook(write_only=True)
        page = book.create_sheet()
        page.append([column.heading for column in sheet.columns])
        for subject in subjects():
            page.append([column.cell(column.value(subject)) for column in sheet.columns])
        result = io.BytesIO()
        book.save(result)
        return len(result.getvalue())

    def openpyxl_read() -> int:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return sum(1 for _row in book.worksheets[0].iter_rows(values_only=True))

    def calamine_read() -> int:
        with python_calamine.load_workbook(io.BytesIO(content)) as book:
            return len(book.get_sheet_by_index(0).to_python())

    writing, content = timed(ours_written)
    compared(
        "export XLSX, formatted",
        writing,
        timed(openpyxl_written)[0],
        ("ours (XlsxWriter)", "openpyxl write-only, plain"),
    )
    other = timed(openpyxl_read)[0]
    compared("cells out of XLSX", timed(calamine_read)[0], other, ("calamine", "openpyxl read-only"))
    reading, parsed = timed(lambda: read_workbook(content, sheet))
    assert len(parsed.rows) == ROWS, parsed.flaws[:3]
    assert not parsed.flaws, parsed.flaws[:3]
    compared("import with all checks", reading, other, ("ours (calamine)", "openpyxl, cells only"))
    csv_time, lines = timed(lambda: b"".join(export.csv_lines(sheet.columns, subjects())))
    compared("export CSV", csv_time, timed(lambda: plain_csv())[0], ("ours", "csv module, str() of each value"))
    print(f"file: {len(content) / 1e6:.1f} MB XLSX, {len(lines) / 1e6:.1f} MB CSV")


def plain_csv() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plain.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(list(subject.values()) for subject in subjects())
        return path.stat().st_size


if __name__ == "__main__":
    main()
