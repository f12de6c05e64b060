"""Is this file a workbook that is safe to open, and what does its XML say that a reader of values does not?

A reader of values (calamine) lays the cells out as one rectangle: a single cell at XFD1048576 would ask for 17 thousand
million places. So the XML of each sheet is looked through first, in pieces and with a limit on what it may unpack to;
the same pass finds hidden rows and columns, error cells and formulas without a stored result.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

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

ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


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
    cells: int = 0  # with the empty formatted ones


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
        try:
            with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
                return look_through(archive, worksheet.part)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise damaged() from error


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
    except (ParseError, expat.ExpatError, DefusedXmlException, LookupError) as error:
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
        size = 0
        for piece in pieces(archive, entry.filename):
            if size == 0:
                check_root(piece, entry)
            size += len(piece)
            if total + size > UNPACKED_LIMIT:
                raise too_large_unpacked()
        total += size


def check_root(piece: bytes, entry: zipfile.ZipInfo) -> None:
    """No document type, hence no entities; and no claim of more shared strings than the part has bytes.

    calamine reserves memory for the claimed number, and the process is gone when there is not as much.
    """
    roots: list[dict[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = lambda _name, attributes: roots.append(attributes) if not roots else None
    parser.Parse(piece, False)
    claims = [int(roots[0].get(name, 0)) for name in ("count", "uniqueCount")] if roots else [entry.file_size + 1]
    if max(claims) > entry.file_size:
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
    looker = Looker()
    for piece in pieces(archive, part):
        looker.parser.Parse(piece, False)
    looker.parser.Parse(b"", True)
    looker.finish_cell()
    return looker.look


class Looker:
    """Reads a worksheet's XML as a stream. What it takes for a filled cell is never less than what calamine takes for one:
    on that rests that no workbook can ask for more memory than `check_rectangle` allows."""

    def __init__(self) -> None:
        self.look = Look()
        self.row, self.row_hidden = 0, False
        self.column = -1
        self.kind, self.filled, self.has_formula, self.text = "", False, False, ""
        self.in_value = False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = refuse_doctype

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.in_value = False
        tag = name.rpartition(" ")[2]
        if tag in ("v", "t", "is"):
            self.filled = True
            self.in_value = tag != "is"
        elif tag == "c":
            self.finish_cell()
            self.place(attributes.get("r"))
            self.kind = attributes.get("t", "")
        elif tag == "row":
            self.finish_cell()
            self.start_row(attributes)
        elif tag == "f":
            self.has_formula = True
        elif tag == "col" and is_true(attributes.get("hidden")):
            first, last = int(attributes.get("min", 1)), int(attributes.get("max", 1))
            self.look.hidden_columns.update(range(first - 1, min(last, LAST_COLUMN)))

    def start_row(self, attributes: dict[str, str]) -> None:
        self.row = int(attributes.get("r", self.row + 1))
        self.row_hidden = is_true(attributes.get("hidden"))
        self.column = -1
        if not 1 <= self.row <= LAST_ROW:
            raise damaged()

    def place(self, address: str | None) -> None:
        """Where the cell stands: by its own address, which may differ from its row's; the next one without an address."""
        self.look.cells += 1
        if address is None:
            self.column += 1
        else:
            match = ADDRESS.fullmatch(address)
            if match is None:
                raise damaged()
            self.column, self.row = column_index(match[1]), int(match[2])
        if not (0 <= self.column < LAST_COLUMN and 1 <= self.row <= LAST_ROW):
            raise damaged()

    def characters(self, text: str) -> None:
        if self.in_value:
            self.text += text[:20]

    def finish_cell(self) -> None:
        """Note the cell that ends here; formats alone make no filled cell."""
        if self.filled:
            look = self.look
            look.first_row = min(look.first_row or self.row, self.row)
            look.last_row = max(look.last_row, self.row)
            look.last_column = max(look.last_column, self.column)
            if self.row_hidden:
                look.hidden_rows.add(self.row)
            if self.kind == "e":
                look.errors[self.row, self.column] = self.text or "#VALUE!"
        # A formula may well have the empty text (kind "str") as its stored result.
        if self.has_formula and not self.text and not (self.filled and self.kind == "str"):
            self.look.unfinished.add((self.row, self.column))
        self.kind, self.filled, self.has_formula, self.text = "", False, False, ""


def refuse_doctype(*_declaration: object) -> None:
    raise damaged()


def is_true(text: str | None) -> bool:
    return text in ("1", "true")


def column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
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
