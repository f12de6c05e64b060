"""Is this file a workbook that is safe to open, and what does its XML say that a reader of values does not?

A reader of values (calamine) lays the cells out as one rectangle: a single cell at XFD1048576 would ask for 17 thousand
million places. So the XML of each sheet is looked through first, in pieces and with a limit on what it may unpack to;
the same pass finds hidden rows and columns, error cells and formulas without a stored result.
"""

import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

from luoshi.sheets.cells import cell_name
from luoshi.sheets.flaws import Rejected

FILE_LIMIT = 30 * 1024 * 1024
UNPACKED_LIMIT = 256 * 1024 * 1024
SMALL_PART_LIMIT = 16 * 1024 * 1024
ENTRY_LIMIT = 2_000
RECTANGLE_LIMIT = 6_000_000
PIECE = 1024 * 1024

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

ROW_START = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
ROW_TAG = re.compile(rb"[^>]*")
ROW_NUMBER = re.compile(rb"""\sr=["'](\d{1,7})["']""")
HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
HOLDS_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^>]*)?>[^<]|<(?:\w+:)?f[\s>/]")
CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^>]*?)(/?)>(.*?)(?=<(?:\w+:)?c[\s/>]|</(?:\w+:)?row|$)", re.DOTALL)
CELL_ADDRESS = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']""")
WIDE_ADDRESS = re.compile(rb"""<(?:\w+:)?c\s[^>]*?r=["'][A-Z]{2,3}\d""")
ERROR_TYPE = re.compile(rb"""\st=["']e["']""")
EMPTY_TEXT = re.compile(rb"""\st=["']str["']""")  # a formula whose stored result is the empty text
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)<")
COLUMN_TAG = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
COLUMN_RANGE = re.compile(rb"""\s(min|max)=["'](\d{1,5})["']""")


@dataclass
class Look:
    """What the XML of one worksheet says beside the values. Rows count from 1, columns from 0."""

    last_row: int = 0
    first_row: int = 0
    last_column: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    unfinished: set[tuple[int, int]] = field(default_factory=set)


@dataclass(frozen=True)
class Worksheet:
    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Container:
    """A workbook that passed: its bytes, its date system and its worksheets in order."""

    content: bytes
    date1904: bool
    worksheets: list[Worksheet]

    def look(self, worksheet: Worksheet) -> Look:
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return look_through(archive, worksheet.part)


def bounded(file: IO[bytes] | bytes) -> bytes:
    """The bytes of an upload. Raises Rejected for an empty or oversized one."""
    content = file if isinstance(file, bytes) else file.read(FILE_LIMIT + 1)
    if not content:
        raise Rejected("empty_file", _("The file is empty. Choose the file again, or save it again first."))
    if len(content) > FILE_LIMIT:
        raise Rejected(
            "file_too_large",
            _(
                "The file is larger than {limit} MB. Delete pictures and unused sheets, or split it into several files."
            ).format(limit=FILE_LIMIT // 1024 // 1024),
        )
    return content


def opened(content: bytes) -> Container:
    """Look at a file before any library does. Raises Rejected."""
    if content.startswith(OLE):
        raise old_or_encrypted(content)
    if not content.startswith(ZIP):
        raise Rejected(
            "not_a_workbook", _("This is not an Excel workbook. Use the template, or save the file as .xlsx.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_archive(archive)
            return described(content, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise damaged() from error
    except (ParseError, DefusedXmlException, KeyError) as error:
        raise damaged() from error


def damaged() -> Rejected:
    return Rejected(
        "damaged", _("The workbook is damaged. Open it in Excel or WPS, save it again as .xlsx, and upload that file.")
    )


def old_or_encrypted(content: bytes) -> Rejected:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Rejected(
            "encrypted",
            _("The workbook is protected by a password. Remove the password in Excel, save it, and upload it again."),
        )
    return Rejected(
        "old_format", _("This is an old .xls file. Open it, save it as .xlsx (Excel workbook), and upload that file.")
    )


def check_archive(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(entries) > ENTRY_LIMIT or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise too_large_unpacked()
    if any(entry.flag_bits & 1 for entry in entries):
        raise Rejected("encrypted", _("The file is encrypted. Save it without a password and upload it again."))
    if any(PurePosixPath(name).name.lower() == "vbaproject.bin" for name in names):
        raise Rejected(
            "macros", _("The workbook contains macros. Save it as .xlsx (without macros) and upload that file.")
        )
    if "xl/workbook.bin" in names:
        raise Rejected("old_format", _("This is a binary .xlsb file. Save it as .xlsx and upload that file."))
    if "xl/workbook.xml" not in names:
        raise Rejected(
            "not_a_workbook", _("This is not an Excel workbook. Use the template, or save the file as .xlsx.")
        )
    if len(names) != len(entries):
        raise damaged()
    check_unpacked(archive, entries)


def check_unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Sizes in a zip's directory are claims: every XML part is unpacked once, in pieces, and its check sum verified."""
    total = 0
    for entry in entries:
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        head = b""
        for piece in pieces(archive, entry.filename):
            head = head or piece[:4096]
            total += len(piece)
            if total > UNPACKED_LIMIT:
                raise too_large_unpacked()
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\x00" in head:
            raise damaged()


def too_large_unpacked() -> Rejected:
    return Rejected(
        "unpacks_too_large",
        _(
            "The workbook unpacks to more than {limit} MB. Copy the table alone into the template and upload that file."
        ).format(limit=UNPACKED_LIMIT // 1024 // 1024),
    )


def pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while piece := stream.read(PIECE):
            yield piece


def small_part(archive: zipfile.ZipFile, part: str) -> Element:
    if archive.getinfo(part).file_size > SMALL_PART_LIMIT:
        raise damaged()
    root: Element = ElementTree.fromstring(archive.read(part), forbid_dtd=True)
    return root


def described(content: bytes, archive: zipfile.ZipFile) -> Container:
    workbook = small_part(archive, "xl/workbook.xml")
    targets = {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in small_part(archive, "xl/_rels/workbook.xml.rels")
    }
    properties = next((element for element in workbook if local(element) == "workbookPr"), None)
    date1904 = properties is not None and properties.get("date1904") in ("1", "true")
    sheets = next((element for element in workbook if local(element) == "sheets"), None)
    worksheets = []
    for element in sheets if sheets is not None else []:
        target = targets.get(element.get(RELATION) or element.get(STRICT_RELATION) or "", "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part:
            hidden = element.get("state", "visible") != "visible"
            worksheets.append(Worksheet(element.get("name", ""), archive.getinfo(part).filename, hidden))
    if not worksheets:
        raise Rejected("no_worksheet", _("The workbook has no worksheet. Use the template."))
    return Container(content, date1904, worksheets)


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def look_through(archive: zipfile.ZipFile, part: str) -> Look:
    look = Look()
    rest, number = b"", 0
    for piece in pieces(archive, part):
        rest += piece
        starts = [match.start() for match in ROW_START.finditer(rest)]
        if not number and starts:
            note_columns(rest[: starts[0]], look)
        for start, end in itertools.pairwise(starts):
            number = note_row(rest[start:end], number, look)
        rest = rest[starts[-1] :] if starts else rest
    if ROW_START.match(rest):
        note_row(rest[: rest.find(b"</sheetData") if b"</sheetData" in rest else len(rest)], number, look)
    return look


def note_columns(head: bytes, look: Look) -> None:
    for tag in COLUMN_TAG.findall(head):
        if HIDDEN.search(tag):
            ends = {name: int(value) for name, value in COLUMN_RANGE.findall(tag)}
            look.hidden_columns.update(range(ends.get(b"min", 1) - 1, min(ends.get(b"max", 0), 16_384)))


def note_row(row: bytes, previous: int, look: Look) -> int:
    """Take in one row of XML; returns its number."""
    tag = ROW_TAG.match(row)
    head = tag[0] if tag else b""
    match = ROW_NUMBER.search(head)
    number = int(match[1]) if match else previous + 1
    if not HOLDS_VALUE.search(row):
        return number
    look.first_row = look.first_row or number
    look.last_row = max(look.last_row, number)
    if HIDDEN.search(head):
        look.hidden_rows.add(number)
    suspicious = b'"e"' in row or b"'e'" in row or FORMULA.search(row)
    if suspicious or WIDE_ADDRESS.search(row):
        note_cells(row, number, look)
    else:
        look.last_column = max(look.last_column, 25)
    return number


def note_cells(row: bytes, number: int, look: Look) -> None:
    column = -1
    for match in CELL.finditer(row):
        attributes, content = match[1], match[3]
        address = CELL_ADDRESS.search(attributes)
        column = column_index(address[1]) if address else column + 1
        if not HOLDS_VALUE.search(content):
            continue
        look.last_column = max(look.last_column, column)
        value = VALUE.search(content)
        if ERROR_TYPE.search(attributes):
            look.errors[number, column] = value[1].decode("ascii", "replace") if value else "#VALUE!"
        elif value is None and FORMULA.search(content) and not EMPTY_TEXT.search(attributes):
            look.unfinished.add((number, column))


def column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def check_rectangle(look: Look, *, max_rows: int) -> None:
    """Raises Rejected where laying the cells out would take more memory than any real table."""
    if look.last_row and (look.last_row - look.first_row + 1) * (look.last_column + 1) > RECTANGLE_LIMIT:
        raise Rejected(
            "far_away_cell",
            _(
                "Something stands far away from the table (the last used cell is {cell}). "
                "Delete the rows and columns outside the table, save, and upload again."
            ).format(cell=cell_name(look.last_row, look.last_column)),
        )
    if look.last_row - look.first_row > max_rows + 40:
        raise too_many_rows(look.last_row, max_rows)


def too_many_rows(rows: int, max_rows: int) -> Rejected:
    return Rejected(
        "too_many_rows",
        _(
            "The table reaches down to row {rows}; at most {limit} rows can be imported at once. "
            "Split it into several files."
        ).format(rows=rows, limit=max_rows),
    )
