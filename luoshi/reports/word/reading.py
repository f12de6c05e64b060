"""A Word file → the lines that a reader sees: hidden and struck-out text is not there, inserted text is.

python-docx returns '' for a paragraph with tracked changes, so the XML is read here.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from luoshi.reports.word.package import NotReadable, Parts, parsed

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
UNSEEN = {
    f"{W}del",
    f"{W}moveFrom",
    f"{W}pPr",
    f"{W}rPr",
    f"{W}sdtPr",
    f"{W}tblPr",
    f"{W}instrText",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_DEEPEST = 200
_OFF = {"0", "false", "off"}
_BLANK = re.compile(r"\s+")


def printed_lines(parts: Parts) -> tuple[str, ...]:
    """Each non-empty paragraph of the body from top to bottom, table cells included."""
    lines: list[list[str]] = []
    _collect(parsed(parts["word/document.xml"]), lines, [])
    return tuple(line for pieces in lines if (line := "".join(pieces)).strip())


Grid = tuple[tuple[tuple[str, ...], ...], ...]  # rows of cells of lines


def printed_blocks(parts: Parts) -> Iterator[str | Grid]:
    """The same with each table of the body as a grid, for a preview; tables inside tables stand as lines in their cell."""
    body = parsed(parts["word/document.xml"]).find(f"{W}body")
    for block in () if body is None else body:
        if block.tag == f"{W}tbl":
            yield tuple(tuple(_lines_of(cell) for cell in row.iter(f"{W}tc")) for row in block.findall(f"{W}tr"))
        else:
            yield from _lines_of(block, within=block.tag != f"{W}p")


def _lines_of(element: Element, *, within: bool = True) -> tuple[str, ...]:
    lines: list[list[str]] = []
    first: list[str] = []
    _collect(element, lines, first)
    found = ["".join(first), *map("".join, lines)] if not within else map("".join, lines)
    return tuple(line for line in found if line.strip())


def normalized(line: str) -> str:
    """Without white space: Word, WPS and LibreOffice each keep it in their own way."""
    return _BLANK.sub("", line)


def _collect(element: Element, lines: list[list[str]], line: list[str], depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise NotReadable(_("A part of the Word file is damaged or holds what Word does not write."))
    for child in element:
        tag = child.tag
        if tag in UNSEEN or (tag == f"{W}r" and _hidden(child)):
            continue
        if tag == f"{W}p":  # a text box stands as paragraphs inside a paragraph
            inner: list[str] = []
            lines.append(inner)
            _collect(child, lines, inner, depth + 1)
        elif tag == f"{W}t":
            line.append(child.text or "")
        elif tag in (f"{W}tab", f"{W}br", f"{W}cr"):
            line.append(" ")
        elif tag == f"{W}noBreakHyphen":
            line.append("-")
        else:
            _collect(child, lines, line, depth + 1)


def _hidden(run: Element) -> bool:
    marks = _marks(run)
    return any(mark.get(f"{W}val", "1") not in _OFF for mark in marks)


def _marks(run: Element) -> Iterator[Element]:
    properties = run.find(f"{W}rPr")
    if properties is not None:
        for name in ("vanish", "webHidden", "specVanish"):
            mark = properties.find(f"{W}{name}")
            if mark is not None:
                yield mark
