"""报告成文 — an outline and its seal as a Word file in the layout of GB/T 9704-2012.

The XML is written directly: python-docx is several times slower, brings a template of its own and numbers its parts by
what it has seen before, while here the same outline must give the same bytes (benchmarks/word.py).
"""

import io
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC
from functools import lru_cache

import segno
from django.utils.translation import gettext as _

from luoshi.reports import outline as text
from luoshi.reports.last_pages import WORDS, Words, about_sources, notes, qr_codes, seal_facts, source_rows
from luoshi.reports.outline import (
    Align,
    Annex,
    Block,
    Column,
    Heading,
    Masthead,
    Outline,
    Paragraph,
    Quote,
    Signature,
    Table,
)
from luoshi.reports.seal import NAMESPACE, Sealed, fingerprint, seal_xml
from luoshi.reports.word import layout
from luoshi.reports.word.layout import PAGES, Page, Style
from luoshi.reports.word.markup import (
    MARKED,
    NAMESPACES,
    Cell,
    Row,
    ending_section,
    paragraph,
    picture,
    printed,
    run,
    table,
    written,
)
from luoshi.reports.word.package import pack

_QR_MM = 30
_QR_IDENTITY = 900_001  # drawings in a file have different numbers; a user's template has its own
_QR_LINKS = (f"{layout.QR_LINK}1", f"{layout.QR_LINK}2")
_KEPT = "<w:keepNext/>"  # so that the signature never stands on a page of its own


def write_report(outline: Outline, sealed: Sealed | None = None) -> bytes:
    """The Word file; without a seal it says that it is a draft.

    ValueError if the seal was made of another outline: a code must never stand under words that it does not vouch for.
    """
    if sealed is not None:
        _check_same(outline, sealed)
    return pack(_parts(outline, sealed))


def _check_same(outline: Outline, sealed: Sealed) -> None:
    content = sealed.content
    same_text = tuple(fingerprint(line) for line in text.lines(outline)) == content.text
    if not same_text or text.figures(outline) != content.figures or outline.language != content.language:
        raise ValueError(_("The seal belongs to another text than the one to be written."))


def _parts(outline: Outline, sealed: Sealed | None) -> dict[str, bytes | str]:
    pictures = qr_pictures(sealed) if sealed else {}
    body = _body(outline, sealed)
    parts: dict[str, bytes | str] = {
        layout.CONTENT_TYPES: layout.content_types(pictures=bool(pictures)),
        **layout.FIXED_PARTS,
        "docProps/core.xml": _core_properties(outline, sealed),
        "word/document.xml": _document(body.replace(MARKED, "") if sealed else body),
        layout.DOCUMENT_RELATIONSHIPS: layout.document_relationships(pictures=len(pictures), sealed=sealed is not None),
        **pictures,
    }
    return parts | seal_parts(sealed) if sealed else parts


def _document(body: str) -> str:
    return f"{layout.XML}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"


def seal_parts(sealed: Sealed) -> dict[str, bytes | str]:
    """The custom XML part with its properties: what makes Word and LibreOffice carry it along when they save."""
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, sealed.code)).upper()
    return {
        "customXml/item1.xml": seal_xml(sealed),
        "customXml/itemProps1.xml": layout.custom_properties(NAMESPACE, identity),
        "customXml/_rels/item1.xml.rels": layout.SEAL_RELATIONSHIPS,
    }


def qr_pictures(sealed: Sealed) -> dict[str, bytes | str]:
    return {f"word/media/qr{at}.png": _qr(payload) for at, (_label, payload) in enumerate(qr_codes(sealed), start=1)}


@lru_cache(maxsize=64)  # all reports under one checkpoint share its picture, which takes longer than the rest
def _qr(payload: str) -> bytes:
    buffer = io.BytesIO()
    segno.make(payload, error="m", micro=False, boost_error=False).save(buffer, kind="png", scale=6, border=2)
    return buffer.getvalue()


def _core_properties(outline: Outline, sealed: Sealed | None) -> str:
    # The moment of the figures, not of writing: the clock would make two files of one report.
    at = f"{sealed.content.as_of.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if sealed else ""
    created = f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>' if at else ""
    code = f"<dc:identifier>{sealed.code}</dc:identifier>" if sealed else ""
    return (
        f'{layout.XML}<cp:coreProperties xmlns:cp="{layout.CORE_PROPERTIES}" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{written(outline.title)}</dc:title>{code}{created}</cp:coreProperties>"
    )


# ---- the body, section by section


def _body(outline: Outline, sealed: Sealed | None) -> str:
    sections = [(_main(outline, PAGES[outline.paper]), PAGES[outline.paper])]
    for at, annex in enumerate(outline.annexes, start=1):
        sections.append((_annex(outline, annex, at), PAGES[annex.paper]))
    portrait = PAGES[text.Paper.A4]
    last_pages = closing(
        sealed, text.figures(outline), text.unknowns(outline), WORDS[outline.language], portrait.text_width
    )
    sections.append((last_pages, portrait))
    *earlier, (last, page) = sections
    return "".join(_section(blocks, of) for blocks, of in earlier) + "".join(last) + page.section()


def _section(blocks: list[str], page: Page) -> str:
    if not blocks[-1].startswith("<w:p>"):
        blocks = [*blocks, paragraph(layout.END.name, "")]
    return "".join(blocks[:-1]) + ending_section(blocks[-1], page.section())


def _main(outline: Outline, page: Page) -> list[str]:
    return [
        *(_masthead(outline.masthead, page) if outline.masthead else ()),
        _paragraph(layout.TITLE, outline.title),
        _paragraph(layout.PLAIN, ""),
        *([_paragraph(layout.PLAIN, text.addressee_text(outline))] if outline.addressee else ()),
        *_blocks(outline.blocks, page, outline.language),
        *([_paragraph(layout.BODY, outline.closing, _KEPT)] if outline.closing else ()),
        *_annex_notes(outline),
        *(_signature(outline, outline.signature) if outline.signature else ()),
    ]


def _paragraph(style: Style, content: str, properties: str = "") -> str:
    return paragraph(style.name, run(content) if content else "", properties)


def _masthead(masthead: Masthead, page: Page) -> list[str]:
    """7.2: the issuer in red, two empty lines, the number (upward also the signer), a red line 4 mm below."""
    size = min(layout.ISSUER_SIZE, int(page.text_width / 10 / max(1.0, _width(masthead.issuer))))
    issuer = run(masthead.issuer, f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>')
    line = f'<w:spacing w:line="{size * 13}" w:lineRule="exact"/>'
    rule = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="{layout.RED}"/></w:pBdr>'
    if masthead.signer:  # 7.2.6: number and signer each one character in from the edge
        tabs = f'<w:tabs><w:tab w:val="right" w:pos="{page.text_width - layout.CHARACTER}"/></w:tabs>'
        signed = f"<w:r><w:tab/></w:r>{run(f'签发人：{masthead.signer}')}"
        number = paragraph(
            layout.NUMBER.name, run(f"　{masthead.number}") + signed, rule + tabs + '<w:jc w:val="left"/>'
        )
    else:
        number = _paragraph(layout.NUMBER, masthead.number, rule)
    return [
        *([_paragraph(layout.ANNEX, masthead.urgency)] if masthead.urgency else ()),
        paragraph(layout.ISSUER.name, issuer, line),
        *[_paragraph(layout.PLAIN, "")] * 2,
        number,
        *[_paragraph(layout.PLAIN, "")] * 2,
    ]


def _annex_notes(outline: Outline) -> list[str]:
    """7.3.4: an empty line, two characters in; the second and later annexes are set under the first one's number."""
    notes = text.annex_notes(outline) if outline.annexes else ()
    under_first = f'<w:ind w:firstLineChars="0" w:firstLine="{5 * layout.CHARACTER}"/>'
    styled = [_paragraph(layout.BODY, line, _KEPT if at == 0 else _KEPT + under_first) for at, line in enumerate(notes)]
    return [_paragraph(layout.PLAIN, "", _KEPT), *styled] if styled else []


def _signature(outline: Outline, signature: Signature) -> list[str]:
    """7.3.5.1: the date four characters from the right edge, the unit's name centred above it, room for its seal."""
    date = text.date_text(signature.on, language=outline.language)
    date_right = 4.0
    blank = _paragraph(layout.SIGNED, "")
    names = [_signed(unit, max(0.0, date_right + (_width(date) - _width(unit)) / 2)) for unit in signature.units]
    # The last line keeps no next: there is none.
    return [blank, blank, *names, _signed(date, date_right, '<w:keepNext w:val="0"/>')]


def _signed(line: str, right: float, before: str = "") -> str:
    return _paragraph(layout.SIGNED, line, f'{before}<w:ind w:right="{int(right * layout.CHARACTER)}"/>')


def _width(line: str) -> float:
    """In full-width characters."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in line)


def _annex(outline: Outline, annex: Annex, at: int) -> list[str]:
    """7.3.8: 附件 with its number on the first line, the title centred on the third."""
    return [
        _paragraph(layout.ANNEX, text.annex_label(outline, at)),
        _paragraph(layout.PLAIN, ""),
        _paragraph(layout.TITLE, annex.title),
        _paragraph(layout.PLAIN, ""),
        *_blocks(annex.blocks, PAGES[annex.paper], outline.language),
    ]


def _blocks(blocks: tuple[Block, ...], page: Page, language: str) -> Iterable[str]:
    for block, label in text.labelled(blocks, language):
        if isinstance(block, Heading):
            yield _paragraph(layout.HEADINGS[block.level - 1], label + block.text)
        elif isinstance(block, Paragraph):
            yield paragraph(layout.BODY.name, "".join(map(printed, block.runs)))
        else:
            if block.caption:
                yield _paragraph(layout.CAPTION, block.caption)
            yield _table(block, page.text_width)


# ---- tables


def _table(block: Table, width: int) -> str:
    rows = [
        *_head(block),
        *(_row(block, row, layout.CELL) for row in block.rows),
        *([_row(block, block.totals, layout.TOTAL_CELL)] if block.totals is not None else ()),
    ]
    return table(rows, layout.widths_for(_needs(block), width))


def _head(block: Table) -> list[Row]:
    rows = text.head_rows(block.columns)
    built = []
    for level, cells in enumerate(rows):
        at, made = 0, []
        for content, span, continues in cells:
            ends_here = len(block.columns[at].heads) - 1 == level and level < len(rows) - 1
            merge = "continue" if continues else "restart" if ends_here else ""
            made.append(Cell(run(content) if content else "", layout.HEAD_CELL.name, Align.CENTER, span, merge))
            at += span
        built.append(Row(tuple(made), head=True))
    return built


def _row(block: Table, cells: Sequence[text.Runs], style: Style) -> Row:
    return Row(
        tuple(
            Cell("".join(map(printed, cell)), style.name, column.align)
            for column, cell in zip(block.columns, cells, strict=True)
        )
    )


def _printed_width(runs: text.Runs) -> float:
    """A raised reference takes little more than half of its width."""
    quoted = sum(_width(run.reference) for run in runs if isinstance(run, Quote))
    return _width(text.runs_text(runs)) - 0.4 * quoted


_CELL_EDGES = 0.6  # what the edges of a cell take


def _needs(block: Table) -> list[int]:
    """What each column needs, in tenths of a character: its given weight, or its widest cell, or its head in two lines."""
    return [column.weight or round(10 * _needed(block, at, column)) for at, column in enumerate(block.columns)]


def _needed(block: Table, at: int, column: Column) -> float:
    head = _width(column.heads[-1])
    widest = max((_printed_width(row[at]) for row in block.all_rows), default=0.0)
    return _CELL_EDGES + min(18.0, max(2.0, widest, head if head <= 4 else head / 2 + 0.5))


# ---- the pages behind the report: where the figures come from, and the seal

_SOURCE_WEIGHTS = (32, 46, 22)


def closing(
    sealed: Sealed | None,
    quotes: tuple[Quote, ...],
    missing: tuple[text.Unknown, ...],
    words: Words,
    width: int,
    *,
    pictures: Sequence[str] = _QR_LINKS,
    new_page: bool = False,
) -> list[str]:
    """数字出处 and 核验. `pictures` are the relationships of the QR codes."""
    return [
        _paragraph(layout.ANNEX, words.sources, "<w:pageBreakBefore/>" if new_page else ""),
        *([_paragraph(layout.NOTE, about_sources(quotes, words)), _sources(quotes, words, width)] if quotes else ()),
        *(_paragraph(layout.NOTE, note) for note in notes(quotes, missing, words)),
        *(_seal(sealed, words, width, pictures) if sealed else [_paragraph(layout.NOTE, words.draft)]),
    ]


def _sources(quotes: tuple[Quote, ...], words: Words, width: int) -> str:
    rows = [Row(tuple(Cell(run(head), layout.HEAD_CELL.name, Align.CENTER) for head in words.heads), head=True)]
    rows += [
        Row(tuple(Cell(run(cell), layout.SOURCE.name) for cell in row), splits=True)
        for row in source_rows(quotes, words)
    ]
    return table(rows, layout.widths_for(list(_SOURCE_WEIGHTS), width))


def _seal(sealed: Sealed, words: Words, width: int, links: Sequence[str]) -> list[str]:
    facts = [
        Row((Cell(run(name), layout.TOTAL_CELL.name, kept=True), Cell(run(value), layout.CELL.name, kept=True)))
        for name, value in seal_facts(sealed)
    ]
    codes = qr_codes(sealed)
    labels = Row(tuple(Cell(run(label), layout.QR.name, Align.CENTER, kept=True) for label, _payload in codes))
    pictures = Row(
        tuple(
            # Auto height: an exact line would cut the picture off.
            Cell(
                picture(link, at=_QR_IDENTITY + at, millimetres=_QR_MM, described=label),
                layout.QR_PICTURE.name,
                Align.CENTER,
                kept=True,
            )
            for at, ((label, _payload), link) in enumerate(zip(codes, links, strict=False))
        )
    )
    return [
        _paragraph(layout.SEAL, words.seal),
        table(facts, layout.widths_for([18, 82], width), lined=False),
        _paragraph(layout.END, "", _KEPT),  # Word joins tables that touch
        table([labels, pictures], layout.widths_for([1] * len(codes), width), lined=False),
        _paragraph(layout.NOTE, words.meaning),
    ]
