"""文稿 — the text of a .txt or .docx file, and by name whatever of it was not read.

A Word file is untrusted input: no entity is expanded, nothing is unpacked beyond a limit, no macro, field or link is followed.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Protocol
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from luoshi.reports.textcheck.speech import gettext_noop, spoken

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 80 * 1024 * 1024
MOST_ENTRIES = 5_000
DEEPEST = 150


MESSAGES = {
    "absent": gettext_noop("There is no file %(name)s."),
    "too large": gettext_noop("%(name)s is larger than %(megabytes)d MB. Split it and check the parts."),
    "empty": gettext_noop("%(name)s holds no text."),
    "encoding": gettext_noop("%(name)s is neither UTF-8 nor GB18030 text. Save it as UTF-8 and try again."),
    "binary": gettext_noop("%(name)s is not a text. Give a .txt or .docx file."),
    "pdf": gettext_noop("%(name)s is a PDF. Give the Word file or the text it was made from."),
    "rtf": gettext_noop("%(name)s is an RTF file. Save it in Word as .docx and try again."),
    "old word": gettext_noop("%(name)s is in the old Word format (.doc). Save it as .docx and try again."),
    "encrypted": gettext_noop("%(name)s is protected by a password. Save it without the password and try again."),
    "not word": gettext_noop("%(name)s is not a Word document. Give a .txt or .docx file."),
    "damaged": gettext_noop(
        "%(name)s is damaged and cannot be read. Open it in Word, save it again and try once more."
    ),
    "unsafe": gettext_noop("%(name)s holds XML entities, which no Word file needs. It was not read."),
    "unpacks too large": gettext_noop("%(name)s unpacks to more than %(megabytes)d MB. It was not read."),
}

NOT_READ = {
    "deletions": gettext_noop("tracked deletions"),
    "comments": gettext_noop("comments"),
    "images": gettext_noop("pictures"),
    "charts": gettext_noop("charts"),
    "diagrams": gettext_noop("diagrams"),
    "embedded": gettext_noop("embedded files"),
    "equations": gettext_noop("equations"),
    "hidden": gettext_noop("hidden text"),
    "numbering": gettext_noop("automatic numbering"),
    "macros": gettext_noop("macros"),
    "chunks": gettext_noop("parts inserted from other files"),
}


_NOT_READ_NOTE = gettext_noop("Not read: %(thing)s (%(count)d).")


class Unreadable(Exception):
    """不能读 — a file that cannot be read: `code` of MESSAGES, and what its message names."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code, self.params = code, params
        super().__init__(MESSAGES[code] % params)

    @property
    def msgid(self) -> str:
        """The message before translation; fill it with `params`."""
        return MESSAGES[self.code]

    def message(self) -> str:
        """The message in the reader's language."""
        return spoken(self.msgid, self.params)


@dataclass(frozen=True, slots=True)
class Part:
    """部分 — a stretch of the text and where in the file it came from: body, footnotes, endnotes, header, footer."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """文稿 — the text, the parts it was put together from, and how often each thing that was not read occurred."""

    text: str
    parts: tuple[Part, ...]
    not_read: tuple[tuple[str, int], ...] = ()
    name: str = ""

    @property
    def notes(self) -> list[str]:
        """What was not read, a sentence each, in the reader's language."""
        return [
            spoken(_NOT_READ_NOTE, {"thing": spoken(NOT_READ[thing], {}), "count": count})
            for thing, count in self.not_read
        ]


class Upload(Protocol):
    """上传 — what Django's uploaded files and open binary files have in common."""

    name: str | None

    def read(self) -> bytes: ...


def opened(upload: Upload) -> Document:
    """The text of an uploaded or open file. Raises Unreadable."""
    return open_document(upload.read(), name=(upload.name or "").rpartition("/")[2])


def open_document(data: bytes, *, name: str) -> Document:
    """The text of a file's bytes. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable("too large", name=name, megabytes=MOST_BYTES // 1024 // 1024)
    if not data.strip():
        raise Unreadable("empty", name=name)
    if data.startswith(b"PK\x03\x04"):
        return _word(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Unreadable("encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "old word", name=name)
    if data.startswith(b"%PDF"):
        raise Unreadable("pdf", name=name)
    if data.startswith(b"{\\rtf"):
        raise Unreadable("rtf", name=name)
    text = _decoded(data, name)
    if not text.strip():
        raise Unreadable("empty", name=name)
    return Document(text, (Part("body", 0, len(text)),), name=name)


# Python's codec still gives 19 characters of GB 18030 their places in the old private-use area.
_FROM_PRIVATE_USE = str.maketrans(
    dict(zip(range(0xE78D, 0xE797), "︐︒︑︓︔︕︖︗︘︙", strict=True))
    | {
        0xE7C7: "ḿ",
        0xE81E: "龴",
        0xE826: "龵",
        0xE82B: "龶",
        0xE82C: "龷",
        0xE832: "龸",
        0xE843: "龹",
        0xE854: "龺",
        0xE864: "龻",
    }
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif data.startswith(b"\xef\xbb\xbf"):
        encodings = ("utf-8-sig",)
    else:
        encodings = ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_CONTROL.findall(text[:100_000])) > len(text[:100_000]) // 500:
            raise Unreadable("binary", name=name)
        return text.translate(_FROM_PRIVATE_USE) if encoding == "gb18030" else text
    raise Unreadable("binary" if _CONTROL.search(data[:4096].decode("latin-1")) else "encoding", name=name)


def _word(data: bytes, name: str) -> Document:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _WordFile(package, name).document()
    except (zipfile.BadZipFile, ParseError, KeyError, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, DefusedXmlException):
            raise Unreadable("unsafe", name=name) from error
        raise Unreadable("damaged", name=name) from error
    except RuntimeError as error:  # zipfile: the entry needs a password
        raise Unreadable("encrypted", name=name) from error


_SKIPPED = {
    "del": "deletions",
    "moveFrom": "deletions",
    "oMath": "equations",
    "oMathPara": "equations",
    "object": "embedded",
    "altChunk": "chunks",
    "instrText": "",
    "delText": "",
    "rPr": "",
    "pPr": "",
    "tblPr": "",
    "trPr": "",
    "tcPr": "",
    "sectPr": "",
    "Fallback": "",
    "annotationRef": "",
    "commentReference": "comments",
}
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_GRAPHICS = {"/picture": "images", "/chart": "charts", "/diagram": "diagrams"}


class _WordFile:
    """One .docx on its way to text."""

    def __init__(self, package: zipfile.ZipFile, name: str) -> None:
        self.package, self.name = package, name
        self.left = MOST_UNPACKED
        self.not_read: Counter[str] = Counter()
        self.lines: list[str] = []
        self.boxes: list[Element] = []

    def document(self) -> Document:
        entries = self.package.namelist()
        if len(entries) > MOST_ENTRIES:
            raise Unreadable("unpacks too large", name=self.name, megabytes=MOST_UNPACKED // 1024 // 1024)
        if "word/document.xml" not in entries:
            raise Unreadable("not word", name=self.name)
        if any(entry.endswith("vbaProject.bin") for entry in entries):
            self.not_read["macros"] += 1
        parts, texts, place = [], [], 0
        for part, entry in self._text_entries(entries):
            self.lines = []
            self._blocks(self._root(entry), 0)
            text = "\n".join(self.lines)
            if not text.strip():
                continue
            texts.append(text)
            parts.append(Part(part, place, place + len(text)))
            place += len(text) + 1
        if not texts:
            raise Unreadable("empty", name=self.name)
        return Document("\n".join(texts), tuple(parts), tuple(sorted(self.not_read.items())), self.name)

    def _text_entries(self, entries: list[str]) -> list[tuple[str, str]]:
        """Body first, then what stands around it."""
        found = [("body", "word/document.xml")]
        for part, pattern in (
            ("footnotes", "footnotes"),
            ("endnotes", "endnotes"),
            ("header", r"header\d*"),
            ("footer", r"footer\d*"),
        ):
            found += [(part, entry) for entry in sorted(entries) if re.fullmatch(rf"word/{pattern}\.xml", entry)]
        return found

    def _root(self, entry: str) -> Element:
        with self.package.open(entry) as stream:
            return fromstring(self._limited(stream), forbid_dtd=True)

    def _limited(self, stream: IO[bytes]) -> bytes:
        """What unpacks, up to the limit: the sizes that the archive tells are not believed."""
        data = stream.read(self.left + 1)
        if len(data) > self.left:
            raise Unreadable("unpacks too large", name=self.name, megabytes=MOST_UNPACKED // 1024 // 1024)
        self.left -= len(data)
        return data

    def _blocks(self, element: Element, depth: int) -> None:
        """Paragraphs and tables, one line each paragraph or row."""
        if depth > DEEPEST:
            raise Unreadable("damaged", name=self.name)
        for child in element:
            kind = _local(child)
            if kind == "p":
                self._paragraph(child, depth)
            elif kind == "tbl":
                self._table(child, depth)
            elif kind in _SKIPPED:
                self._skip(child, kind)
            elif kind in _BLOCK_HOLDERS:
                self._blocks(child, depth + 1)

    def _paragraph(self, paragraph: Element, depth: int) -> None:
        if any(_local(e) == "numPr" for e in paragraph.iter()):
            self.not_read["numbering"] += 1
        boxes, self.boxes = self.boxes, []
        pieces: list[str] = []
        self._inline(paragraph, pieces, depth)
        self.lines.append("".join(pieces))
        mine, self.boxes = self.boxes, boxes
        for box in mine:
            self._blocks(box, depth + 1)

    def _table(self, table: Element, depth: int) -> None:
        for row in _within(table, "tr"):
            cells = []
            for cell in _within(row, "tc"):
                outer, self.lines = self.lines, []
                self._blocks(cell, depth + 1)
                cells.append(" ".join(line.replace("\n", " ") for line in self.lines if line))
                self.lines = outer
            if _is_deleted_row(row):
                self.not_read["deletions"] += 1
            else:
                self.lines.append("\t".join(cells))

    def _inline(self, element: Element, pieces: list[str], depth: int) -> None:
        if depth > DEEPEST:
            raise Unreadable("damaged", name=self.name)
        for child in element:
            kind = _local(child)
            if kind == "t":
                pieces.append(child.text or "")
            elif kind in _MARKS:
                pieces.append(_MARKS[kind])
            elif kind == "txbxContent":
                self.boxes.append(child)
            elif kind == "graphicData":
                self._graphic(child, pieces, depth)
            elif kind == "r" and _is_hidden(child):
                self.not_read["hidden"] += 1
            elif kind in _SKIPPED:
                self._skip(child, kind)
            elif kind == "imagedata":
                self.not_read["images"] += 1
            else:
                self._inline(child, pieces, depth + 1)

    def _graphic(self, data: Element, pieces: list[str], depth: int) -> None:
        for ending, thing in _GRAPHICS.items():
            if ending in data.get("uri", ""):
                self.not_read[thing] += 1
        self._inline(data, pieces, depth + 1)

    def _skip(self, element: Element, kind: str) -> None:
        if _SKIPPED[kind] and (
            kind not in ("del", "moveFrom") or any(_local(e) in ("t", "delText") for e in element.iter())
        ):
            self.not_read[_SKIPPED[kind]] += 1


def _local(element: Element) -> str:
    """A tag without its namespace, so that transitional and strict files read alike."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _within(element: Element, kind: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, also those inside content controls; not those of tables within."""
    for child in element:
        if _local(child) == kind:
            yield child
        elif _local(child) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _within(child, kind)


_BLOCK_HOLDERS = frozenset(
    {"body", "sdt", "sdtContent", "customXml", "ins", "moveTo", "footnote", "endnote", "AlternateContent", "Choice"}
)


def _is_hidden(run: Element) -> bool:
    return any(
        _local(e) == "vanish" and next(iter(e.attrib.values()), "1") not in ("0", "false")
        for p in run
        if _local(p) == "rPr"
        for e in p
    )


def _is_deleted_row(row: Element) -> bool:
    return any(_local(e) == "del" for p in row if _local(p) == "trPr" for e in p)
