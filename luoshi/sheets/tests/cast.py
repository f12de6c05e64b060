"""A sheet with every kind of column, and workbooks made by hand: the fixtures of this room's tests."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from luoshi.sheets.columns import Ambiguous, Choice, Code, Day, Money, Number, Ref, Text, YesNo
from luoshi.sheets.sheet import Sheet

KINDS = [("branch", _("Yes")), ("office", _("No"))]
KNOWN = {"620000": "Gansu", "白银市": "Baiyin", "城关区": Ambiguous(("620102 城关区", "540102 城关区"))}


def known(texts: set[str]) -> Mapping[str, object]:
    return {text: KNOWN[text] for text in texts if text in KNOWN}


PEOPLE = Sheet(
    "people",
    title="花名册",
    columns=[
        Code("code", "编号", required=True, unique=True, sample="001", hint="文本格式"),
        Text("name", "姓名", required=True, max_length=20, sample="张三", group="本人"),
        Code("identity", "身份证号", text_only=True, pattern=r"\d{17}[\dX]", group="本人"),
        Number("size", "人数", min=0, max=100_000),
        Money("amount", "金额"),
        Day("joined_on", "加入日期"),
        Choice("kind", "类别", choices=[("branch", "党支部"), ("office", "办公室")]),
        YesNo("active", "在岗"),
        Ref("parent", "上级", lookup=known, within="code", show=str),
    ],
    max_rows=1_000,
)
HEADINGS = [str(column.label) for column in PEOPLE.columns]


def row(**values: Any) -> dict[str, Any]:
    return {"code": "001", "name": "张三"} | values


def workbook(
    rows: Iterable[Iterable[Any]] = (), *, headings: Iterable[Any] = HEADINGS, options: Mapping[str, Any] | None = None
) -> bytes:
    """Headings in the first row, data below; a callable in a row is called with (worksheet, row, column)."""
    result = io.BytesIO()
    book = xlsxwriter.Workbook(result, {"in_memory": True, "strings_to_formulas": False, **(options or {})})
    page = book.add_worksheet("数据")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, values in enumerate([headings, *rows]):
        for index, value in enumerate(values):
            if callable(value):
                value(page, number, index)
            elif isinstance(value, date):
                page.write_datetime(number, index, value, day)
            elif value is not None:
                page.write(number, index, value)
    book.close()
    return result.getvalue()


def people(*rows: Mapping[str, Any]) -> bytes:
    return workbook([[values.get(column.name) for column in PEOPLE.columns] for values in rows])


def repacked(content: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """The workbook with some parts replaced, added, or (None) left out."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, part in changes.items():
            if part is not None:
                new.writestr(name, part)
    return result.getvalue()


def part(content: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)
