"""Runs, paragraphs, tables and pictures as WordprocessingML text.

Word refuses a file whose elements stand in another order than the schema's; the order is kept here, in one place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from luoshi.reports.outline import Align, Quote, Run, Text, printable, run_text

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)

MARKED = '<w:highlight w:val="yellow"/>'  # what the ledger does not know, in a draft
_EMU_PER_MM = 36_000


def written(text: str) -> str:
    """Text inside an element."""
    return escape(printable(text))


def run(text: str, properties: str = "") -> str:
    r"""A run; "\n" is a line break."""
    pieces = "<w:br/>".join(f'<w:t xml:space="preserve">{written(piece)}</w:t>' for piece in text.split("\n"))
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{pieces}</w:r>"


def reference(text: str) -> str:
    return run(text, '<w:vertAlign w:val="superscript"/>')


def printed(each: Run) -> str:
    if isinstance(each, Quote):
        return run(each.printed) + (reference(each.reference) if each.reference else "")
    if isinstance(each, Text):
        return run(each.text)
    return run(run_text(each), MARKED)


def paragraph(style: str, content: str, properties: str = "") -> str:
    """`properties` in the order of CT_PPr, between pStyle and rPr."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def ending_section(paragraph: str, section: str) -> str:
    """The last paragraph of a section bears the section's page."""
    return paragraph.replace("</w:pPr>", f"{section}</w:pPr>", 1)


@dataclass(frozen=True)
class Cell:
    content: str
    style: str
    align: Align = Align.LEFT
    span: int = 1
    merge: str = ""  # "restart" on top of a merged column of cells, "continue" below
    kept: bool = False  # on the page of what follows

    def xml(self, width: int) -> str:
        span = f'<w:gridSpan w:val="{self.span}"/>' if self.span > 1 else ""
        merge = f'<w:vMerge w:val="{self.merge}"/>' if self.merge else ""
        keep = "<w:keepNext/>" if self.kept else ""
        inner = paragraph(self.style, self.content, f'{keep}<w:jc w:val="{self.align}"/>')
        properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/>'
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]
    head: bool = False
    splits: bool = False  # a long row may go on on the next page

    def xml(self, widths: Sequence[int]) -> str:
        repeated = "<w:tblHeader/>" if self.head else ""
        cells, at = [], 0
        for cell in self.cells:
            cells.append(cell.xml(sum(widths[at : at + cell.span])))
            at += cell.span
        whole = "" if self.splits else "<w:cantSplit/>"
        return f"<w:tr><w:trPr>{whole}{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def table(rows: Iterable[Row], widths: Sequence[int], *, lined: bool = True) -> str:
    edge = "single" if lined else "none"
    sides = "".join(
        f'<w:{side} w:val="{edge}" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    margins = '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{sides}</w:tblBorders><w:tblLayout w:type="fixed"/>{margins}</w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(row.xml(widths) for row in rows)}</w:tbl>"
    )


def picture(relationship: str, *, at: int, millimetres: int, described: str) -> str:
    side = millimetres * _EMU_PER_MM
    name = quoteattr(described)
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{side}" cy="{side}"/>'
        f'<wp:docPr id="{at}" name="QR {at}" descr={name}/><wp:cNvGraphicFramePr/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{at}" name="QR {at}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relationship}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{side}" cy="{side}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )
