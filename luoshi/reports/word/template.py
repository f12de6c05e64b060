"""用户模板 — a user's own Word file as a template: checked before anything is done with it, and filled; docs/templates.md.

Its paragraphs speak the language of `reports.language`; a figure takes the looks of the place where its quotation begins. A row of a
table that names territory, sector or below is repeated for each. A paragraph whose words all fell away goes, and a heading
below which nothing is left goes with it.

A template comes from a stranger: the file may hold no macros, outside references or embedded objects. Nothing in it is run;
its quotations are read as text and replaced.
"""

import copy
import io
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Any, Literal

from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as OpenDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from pydantic import AwareDatetime

from luoshi.reports import drafting, language
from luoshi.reports.drafting import Row, Said, Teller
from luoshi.reports.language import Figures, Pieces
from luoshi.reports.last_pages import WORDS
from luoshi.reports.outline import Quote, Run, Unknown, run_text
from luoshi.reports.seal import NAMESPACE, Content, Sealed, fingerprint
from luoshi.reports.word import layout
from luoshi.reports.word.document import closing, qr_pictures, seal_parts
from luoshi.reports.word.markup import NAMESPACES
from luoshi.reports.word.package import NotReadable, Parts, opened, pack, parsed
from luoshi.reports.word.reading import UNSEEN, W, printed_lines

LONGEST_EXCERPT = 16
NO_LEVEL = 9  # as Word counts outline levels from 0, the text itself

_RELATIONS_REFUSED = re.compile(
    r"/(oleObject|package|control|activeXControl\w*|aFChunk|attachedTemplate|subDocument|frame|vbaProject)$"
)
_FIELDS_REFUSED = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|RD|DATABASE|MACROBUTTON)\b", re.I)
_PRINTED_PARTS = re.compile(r"(word/(header|footer|footnotes|endnotes|comments)\d*|docProps/\w+)\.xml")
# Headings that bear their number as text: 一、 （一） 1. （1）, the levels of GB/T 9704.
_LABELS = (r"[一二三四五六七八九十]+、", r"（[一二三四五六七八九十]+）", r"\d+[.．](?!\d)", r"（\d+）")
_LABELLED = [re.compile(label + r"[^。；]{1,40}") for label in _LABELS]


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a template. `paragraph` counts from 1, table cells included; 0: the file as a whole."""

    paragraph: int
    message: str
    excerpt: str = ""
    unknown: str = ""

    def __str__(self) -> str:
        if not self.paragraph:
            return self.message
        return _("Paragraph %(paragraph)d (“%(excerpt)s”): %(message)s") % {
            "paragraph": self.paragraph,
            "excerpt": self.excerpt,
            "message": self.message,
        }


@dataclass(frozen=True)
class Filled:
    """A template with its figures, before the pages that `seal` adds."""

    docx: bytes
    language: Literal["zh-hans", "en"]
    title: str
    figures: tuple[Quote, ...]
    unknowns: tuple[Unknown, ...]
    text: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    def content(self, *, unit: str, unit_code: str = "", as_of: AwareDatetime, position: int) -> Content:
        return Content(
            language=self.language,
            title=self.title,
            unit=unit,
            unit_code=unit_code,
            as_of=as_of,
            position=position,
            figures=self.figures,
            unknowns=self.unknowns,
            text=self.text,
        )


# ---- check


def check_template(
    data: bytes, figures: Figures, *, no_unit: Callable[[str], str] = lambda _name: ""
) -> tuple[Flaw, ...]:
    """All flaws of a user's template, in its order."""
    try:
        parts = opened(data)
        flaws = [*_part_flaws(parts)]
        body = _body(Document(io.BytesIO(data))) if not flaws else None
    except (NotReadable, KeyError, ValueError) as error:
        return (Flaw(0, str(error) if isinstance(error, NotReadable) else _damaged()),)
    return tuple(flaws) if body is None else tuple(_body_flaws(body, figures, no_unit))


def _damaged() -> str:
    return _("This is not a Word file (.docx), or it is damaged.")


def _part_flaws(parts: Parts) -> Iterator[Flaw]:
    for name, content in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        if NAMESPACE.encode() in content and name.startswith("customXml/"):
            yield Flaw(0, _("This is a sealed report, not a template. Take the template that it was made from."))
        root = parsed(content)
        if name.endswith(".rels"):
            yield from _relation_flaws(name, root)
        yield from _field_flaws(root)
        if _PRINTED_PARTS.fullmatch(name) and "{{" in "".join(root.itertext()):
            yield Flaw(0, _("Figures and words go into the body only; %(part)s also has a tag.") % {"part": name})


def _relation_flaws(name: str, root: Any) -> Iterator[Flaw]:
    for relation in root:
        if relation.get("TargetMode") == "External":
            target = relation.get("Target", "")[:80]
            text = _("The file refers to something outside: %(target)s. Remove the link, or embed the picture.")
            yield Flaw(0, text % {"target": target})
        elif _RELATIONS_REFUSED.search(relation.get("Type", "")):
            yield Flaw(0, _("The file holds an embedded object or program (%(part)s). Remove it.") % {"part": name})


def _field_flaws(root: Any) -> Iterator[Flaw]:
    # Word may spread one command over several runs.
    commands = "".join(element.text or "" for element in root.iter(f"{W}instrText"))
    simple = " ".join(element.get(f"{W}instr", "") for element in root.iter(f"{W}fldSimple"))
    for found in dict.fromkeys(_FIELDS_REFUSED.findall(f"{commands} {simple}".upper())):
        text = _("The field %(field)s fetches something from outside. Remove it.")
        yield Flaw(0, text % {"field": found})


def _body_flaws(body: Any, figures: Figures, no_unit: Callable[[str], str]) -> Iterator[Flaw]:
    repeated = {
        paragraph: of for row in body.iter(qn("w:tr")) if (of := _repeats(row)) for paragraph in _paragraphs(row)
    }
    for at, paragraph in enumerate(_paragraphs(body), start=1):
        text = _text(paragraph)
        parsed_text = language.parse(text)
        found = [
            *parsed_text.flaws,
            *language.check_quotes(parsed_text.pieces, figures, no_unit=no_unit),
            *_misplaced(paragraph, parsed_text.pieces, repeated.get(paragraph, "")),
        ]
        for flaw in sorted(found, key=lambda each: each.at):
            yield Flaw(at, flaw.message, _excerpt(text, flaw.at), flaw.unknown)


def _misplaced(paragraph: Any, pieces: Pieces, repeated_for: str) -> Iterator[language.Flaw]:
    in_table = any(True for _row in paragraph.iterancestors(qn("w:tr")))
    for name in language.names(pieces):
        if in_table:
            yield from drafting.row_flaws([name], repeated_for)
        elif name.of in language.REPEATING or name.of in language.COUNTING:
            yield language.Flaw(name.at, drafting.only_in_a_row(name.of))


def _excerpt(text: str, at: int) -> str:
    """What stands at a place, short enough for a line."""
    words = text[at : at + LONGEST_EXCERPT].strip()
    return f"{words}…" if len(text) > at + LONGEST_EXCERPT else words


# ---- the body: its paragraphs and their words


def _body(document: OpenDocument) -> Any:
    return document.element.body


def _paragraphs(element: Any) -> Iterator[Any]:
    yield from element.iter(qn("w:p"))


def _words(paragraph: Any) -> Iterator[tuple[Any, str]]:
    """The elements that print something, with what they print; what stands in a text box is another paragraph's."""
    for child in paragraph:
        if child.tag == qn("w:p") or child.tag in UNSEEN:
            continue
        if child.tag == qn("w:t"):
            yield child, child.text or ""
        elif child.tag == qn("w:tab"):
            yield child, "\t"
        elif child.tag in (qn("w:br"), qn("w:cr")):
            yield child, "\n"
        else:
            yield from _words(child)


def _text(paragraph: Any) -> str:
    return "" if paragraph is None else "".join(text for _element, text in _words(paragraph))


def _pieces(element: Any) -> Pieces:
    return tuple(chain.from_iterable(language.parse(_text(paragraph)).pieces for paragraph in _paragraphs(element)))


def _repeats(row: Any) -> str:
    """What a row of a table is repeated for; a row that holds a table of its own stands once."""
    if row.find(".//" + qn("w:tbl")) is not None:
        return ""
    return next((name.of for name in language.names(_pieces(row)) if name.of in language.REPEATING), "")


# ---- fill


def fill_template(
    data: bytes,
    teller: Teller,
    *,
    title: str,
    language: Literal["zh-hans", "en"] = "zh-hans",
    drop_unknown: bool = False,
) -> Filled:
    """A checked template with the figures of the moment, numbered in reading order."""
    document = Document(io.BytesIO(data))
    filling = _Filling(teller, drop_unknown=drop_unknown, levels=_outline_levels(document))
    filling.fill(_body(document))
    filled = _saved(document)
    return Filled(
        docx=filled,
        language=language,
        title=title,
        figures=tuple(quote.model_copy(update={"n": n}) for quote, n in filling.given.items()),
        unknowns=tuple(filling.unknown),
        text=tuple(fingerprint(line) for line in printed_lines(opened(filled))),
        left_out=tuple(dict.fromkeys(filling.left_out)),
    )


@dataclass
class _Filling:
    teller: Teller
    drop_unknown: bool
    levels: dict[str, int]
    given: dict[Quote, int] = field(default_factory=dict)
    unknown: dict[Unknown, None] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    rows: dict[Any, tuple[Row, int]] = field(default_factory=dict)  # the copies of repeated rows
    told: list[Run] = field(default_factory=list)  # the runs of the table at hand

    def fill(self, body: Any) -> None:
        entries = []
        for block in list(body):
            if block.tag == qn("w:p") and not _text(block).strip() and not _holds_more(block):
                continue  # an empty line is neither there nor away
            level = self._level(block)
            entries.append((block, level, self._stands(block)))
        kept = drafting.standing_headings([(level, there) for _block, level, there in entries])
        for (block, _level_of, _there), stays in zip(entries, kept, strict=True):
            if not stays and block.getparent() is not None:
                body.remove(block)

    def _level(self, block: Any) -> int:
        """1 to 4 for a heading, by its outline level or by the number that it bears; 0 for anything else."""
        if block.tag != qn("w:p"):
            return 0
        own = block.xpath("./w:pPr/w:outlineLvl/@w:val")
        style = next(iter(block.xpath("./w:pPr/w:pStyle/@w:val")), "")
        level = int(own[0]) if own else self.levels.get(style, NO_LEVEL)
        if level < NO_LEVEL:
            return min(4, level + 1)
        text = _text(block).strip()
        return next((at for at, label in enumerate(_LABELLED, start=1) if label.fullmatch(text)), 0)

    def _stands(self, block: Any) -> bool:
        """Fills a block of the body in; is anything left of it?"""
        if block.tag == qn("w:p"):
            return self._fill_paragraph(block)
        first = _text(next(_paragraphs(block), None)) if block.tag == qn("w:tbl") else ""
        stands = all(self._repeat_rows(table) for table in block.iter(qn("w:tbl")))
        self.told, unknown = [], dict(self.unknown)
        for paragraph in list(_paragraphs(block)) if stands else ():
            self._fill_paragraph(paragraph, self._row_of(paragraph))
        if not stands or not drafting.says_something(self.told):
            self.left_out.append(first)
            self.unknown = unknown
            return False
        return True

    def _repeat_rows(self, table: Any) -> bool:
        """Puts a copy of a repeated row for each of what it is repeated for; False for a table that has none to repeat for."""
        repeated = [(row, _repeats(row)) for row in table.findall(qn("w:tr"))]
        wanted = [(row, self.teller.rows(of)) for row, of in repeated if of]
        if wanted and not any(rows for _row, rows in wanted):
            return False
        for row, rows in wanted:
            for number, of in enumerate(rows, start=1):
                fresh = copy.deepcopy(row)
                row.addprevious(fresh)
                self.rows[fresh] = (of, number)
            table.remove(row)
        return True

    def _row_of(self, paragraph: Any) -> tuple[Row | None, int]:
        found = next((self.rows[row] for row in paragraph.iterancestors(qn("w:tr")) if row in self.rows), None)
        return found or (None, 0)

    def _fill_paragraph(self, paragraph: Any, of: tuple[Row | None, int] = (None, 0)) -> bool:
        """Puts figures and words in; is anything left of the paragraph? One that is empty, in a cell, stays."""
        words = list(_words(paragraph))
        pieces = language.parse("".join(text for _element, text in words)).pieces
        if all(isinstance(piece, language.Text) for piece in pieces):
            return True
        row, number = of
        found = drafting.said(pieces, self.teller, row, number=number, left_out=self._leave_out)
        if self.drop_unknown and row is None:
            found = drafting.without_unknown(found, self.left_out)
        _replace(words, [(each, self._numbered(each.run)) for each in found])
        return bool(_text(paragraph).strip()) or _holds_more(paragraph)

    def _leave_out(self, pieces: Pieces) -> None:
        self.left_out.append(language.as_written(pieces))

    def _numbered(self, run: Run) -> Run:
        self.told.append(run)
        if isinstance(run, Quote):
            n = self.given.setdefault(run.model_copy(update={"n": 0}), len(self.given) + 1)
            return run.model_copy(update={"n": n})
        if isinstance(run, Unknown):
            self.unknown[run] = None
        return run


def _holds_more(paragraph: Any) -> bool:
    """Does it hold a picture, or the end of a section?"""
    return any(True for _each in paragraph.iter(qn("w:drawing"), qn("w:pict"), qn("w:sectPr"), qn("w:object")))


def _outline_levels(document: OpenDocument) -> dict[str, int]:
    """Style → the outline level that it has or inherits, from 0."""
    styles = {style.get(qn("w:styleId")): style for style in document.styles.element.findall(qn("w:style"))}

    def level(name: str, seen: tuple[str, ...] = ()) -> int:
        style = styles.get(name)
        if style is None or name in seen:
            return NO_LEVEL
        own = style.xpath("./w:pPr/w:outlineLvl/@w:val")
        return int(own[0]) if own else level(next(iter(style.xpath("./w:basedOn/@w:val")), ""), (*seen, name))

    return {name: level(name) for name in styles}


def _replace(words: Sequence[tuple[Any, str]], found: Sequence[tuple[Said, Run]]) -> None:
    """Writes the runs over the words that they come from, each with the looks of its place."""
    starts = [0, *accumulate(len(text) for _element, text in words)]
    fresh: list[list[tuple[str, bool]]] = [[] for _word in words]
    for each, run in found:
        at = bisect_right(starts, each.at, hi=len(words)) - 1
        if isinstance(run, Quote):
            fresh[at] += [(run.printed, False), (run.reference, True)]
        elif not each.literal:
            fresh[at].append((run_text(run), False))
        else:
            text, place = run_text(run), each.at
            while text:
                own = starts[at + 1] - place
                fresh[at].append((text[:own], False))
                text, place, at = text[own:], place + own, at + 1
    for (element, before), fragments in zip(words, fresh, strict=True):
        _rewrite(element, before, fragments)


def _rewrite(element: Any, before: str, fragments: Sequence[tuple[str, bool]]) -> None:
    """Gives each fragment a run of its own, with the looks of the run that the element stood in; (text, raised)."""
    if "".join(text for text, _raised in fragments) == before and not any(raised for _text, raised in fragments):
        return
    run = element.getparent()
    following, last = list(element.itersiblings()), run
    for text, raised in fragments:
        if not text:
            continue
        made = copy.deepcopy(run)
        for child in list(made):
            if child.tag != qn("w:rPr"):
                made.remove(child)
        made.text = text
        if raised:
            made.get_or_add_rPr().superscript = True
        last.addnext(made)
        last = made
    if last is not run:
        for sibling in following:
            last.append(sibling)
    run.remove(element)


def _saved(document: OpenDocument) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return pack(dict(sorted(opened(buffer.getvalue()).items())))


def write_filled(filled: Filled, sealed: Sealed | None = None) -> bytes:
    """The filled template with the list of its figures, and its seal where there is one."""
    if sealed is not None and (sealed.content.text, sealed.content.figures) != (filled.text, filled.figures):
        raise ValueError(_("The seal belongs to another text than the one to be written."))
    document = Document(io.BytesIO(filled.docx))
    links = []
    if sealed is not None:
        _add_seal(document, sealed)
        links = [
            document.part.get_or_add_image(io.BytesIO(bytes(png)))[0]  # type: ignore[arg-type]
            for png in qr_pictures(sealed).values()
        ]
    _add_styles(document)
    section = document.sections[-1]
    width = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    words = WORDS[filled.language]
    blocks = closing(sealed, filled.figures, filled.unknowns, words, int(width / 635), pictures=links, new_page=True)
    body = document.element.body
    end = body.find(qn("w:sectPr"))
    for block in parse_xml(f"<w:body {NAMESPACES}>{''.join(blocks)}</w:body>"):
        end.addprevious(block) if end is not None else body.append(block)
    return _saved(document)


def _add_seal(document: OpenDocument, sealed: Sealed) -> None:
    package = document.part.package
    assert package is not None
    item, properties, _relations = (str(part).encode() for part in seal_parts(sealed).values())
    part = Part(PackURI("/customXml/luoshi.xml"), "application/xml", item, package)
    described = Part(PackURI("/customXml/luoshiProps.xml"), layout.CUSTOM_PROPERTIES_TYPE, properties, package)
    part.relate_to(described, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def _add_styles(document: OpenDocument) -> None:
    styles = document.styles.element
    there = {style.get(qn("w:styleId")) for style in styles.findall(qn("w:style"))}
    for style in parse_xml(layout.styles_part().encode()).findall(qn("w:style")):
        name = style.get(qn("w:styleId"))
        if name.startswith(layout.STYLE) and name not in there:
            styles.append(style)
