"""用户模板 — a user's own Word file as a template, checked before anything in it runs, and filled.

    全省{{ figure("reading.units") }}个班子，{{ wan("floating.managed") }}名流动党员
    覆盖率{{ percent("reading.coverage", unit="平凉市") }}
    {%p if known("ideas.adopted") %} … {%p endif %}          paragraphs that stand only if the ledger knows the figure
    {{ title }} {{ unit }} {{ as_of }}                       words that the report brings along

A template comes from a stranger. Three fences, each enough alone: the file may hold no macros, outside references or
embedded objects; of Jinja only what stands above is allowed, by kind of node; and it runs in Jinja's sandbox, escaped.
"""

import copy
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as OpenDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment
from pydantic import AwareDatetime

from luoshi.reports.last_pages import WORDS
from luoshi.reports.outline import UNKNOWN, Form, Quote, Quoter, Unknown, printable
from luoshi.reports.seal import NAMESPACE, Content, Sealed, fingerprint
from luoshi.reports.word import layout
from luoshi.reports.word.document import closing, qr_pictures, seal_parts
from luoshi.reports.word.markup import NAMESPACES
from luoshi.reports.word.package import NotReadable, Parts, opened, pack, parsed
from luoshi.reports.word.reading import W, printed_lines

FIGURES = tuple(form.value for form in Form)
FUNCTIONS = (*FIGURES, "known")
REPORT_WORDS = ("title", "unit", "as_of")

_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Not, nodes.And, nodes.Or)
_TAGS = ("{{", "{%", "{#")
_REFERENCE = re.compile(r"\[\d+\]")
# Around a reference while the template is being filled: it becomes a superscript of its own afterwards.
_RAISED, _LEVEL = "\ue000", "\ue001"
_MARKED = re.compile(f"({_RAISED}[^{_LEVEL}]*{_LEVEL})")

_RELATIONS_REFUSED = re.compile(
    r"/(oleObject|package|control|activeXControl\w*|aFChunk|attachedTemplate|subDocument|frame|vbaProject)$"
)
_FIELDS_REFUSED = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|RD|DATABASE|MACROBUTTON)\b", re.I)


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a template. `paragraph` counts from 1; 0: the file as a whole."""

    paragraph: int
    text: str

    def __str__(self) -> str:
        return _("Paragraph %(paragraph)d: %(text)s") % vars(self) if self.paragraph else self.text


class BadTemplate(ValueError):
    def __init__(self, flaws: Collection[Flaw]) -> None:
        super().__init__("\n".join(map(str, flaws)))
        self.flaws = tuple(flaws)


@dataclass(frozen=True)
class Filled:
    """A template with its figures, before the pages that `seal` adds."""

    docx: bytes
    language: Literal["zh-hans", "en"]
    title: str
    figures: tuple[Quote, ...]
    unknowns: tuple[Unknown, ...]
    text: tuple[str, ...]

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


def check_template(data: bytes, *, codes: Collection[str] | None = None) -> tuple[Flaw, ...]:
    """All flaws of a user's template. With `codes`, the indicators that exist, unknown ones are flaws too."""
    try:
        parts = opened(data)
        flaws = [*_part_flaws(parts)]
    except NotReadable as error:
        return (Flaw(0, str(error)),)
    return tuple(flaws or _tag_flaws(data, codes))


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
        if name != "word/document.xml" and any(tag in _everything(root) for tag in _TAGS):
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


def _everything(root: Any) -> str:
    return "".join(root.itertext()) + "\n".join(value for element in root.iter() for value in element.attrib.values())


def _tag_flaws(data: bytes, codes: Collection[str] | None) -> Iterator[Flaw]:
    # What is checked is the very text that docxtpl compiles, one paragraph a line.
    template = DocxTemplate(io.BytesIO(data))
    template.render_init()
    source = re.sub(r"<w:p([ >])", r"\n<w:p\1", template.patch_xml(template.get_xml()))
    for at, line in enumerate(source.split("\n")):
        if _REFERENCE.search(re.sub(r"<[^>]*>", "", line)):
            yield Flaw(at, _("Square brackets around a number mark the reference of a figure; write 〔1〕 or （1）."))
    try:
        tree = _environment().parse(source)
    except TemplateSyntaxError as error:
        yield Flaw(error.lineno - 1, _("The tag is not complete or misspelt: %(error)s") % {"error": error.message})
        return
    yield from _node_flaws(tree, codes)


def _node_flaws(node: nodes.Node, codes: Collection[str] | None) -> Iterator[Flaw]:
    at = node.lineno - 1
    if isinstance(node, nodes.Call):
        yield from _call_flaws(node, codes)
    elif isinstance(node, nodes.Name):
        if node.name not in REPORT_WORDS:
            yield Flaw(at, _("“%(name)s” is not known. Words are: %(words)s.") % _choices(node.name))
    elif not isinstance(node, _ALLOWED):
        yield Flaw(
            at, _("This is more than a template may do. Use only %(functions)s, %(words)s and if.") % _choices("")
        )
    else:
        for child in node.iter_child_nodes():
            yield from _node_flaws(child, codes)


def _call_flaws(node: nodes.Call, codes: Collection[str] | None) -> Iterator[Flaw]:
    at = node.lineno - 1
    name = node.node.name if isinstance(node.node, nodes.Name) else ""
    if name not in FUNCTIONS:
        yield Flaw(at, _("“%(name)s” is not known. Functions are: %(functions)s.") % _choices(name or "?"))
        return
    values = [*node.args, *(keyword.value for keyword in node.kwargs)]
    constant = [value.value for value in values if isinstance(value, nodes.Const) and isinstance(value.value, str)]
    keywords = {keyword.key for keyword in node.kwargs}
    plain = len(constant) == len(values) and not node.dyn_args and not node.dyn_kwargs
    if not plain or not 1 <= len(values) <= 2 or not node.args or not keywords <= {"unit"}:
        text = _("Write %(name)s(\"CODE\") or %(name)s(\"CODE\", unit=\"UNIT\").")  # fmt: skip
        yield Flaw(at, text % {"name": name})
    elif codes is not None and constant[0] not in codes:
        yield Flaw(at, _("There is no indicator “%(code)s”.") % {"code": constant[0]})


def _choices(name: str) -> dict[str, str]:
    return {"name": name, "functions": ", ".join(FUNCTIONS), "words": ", ".join(REPORT_WORDS)}


def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    environment.globals.clear()
    environment.filters.clear()
    return environment


# ---- fill


def fill_template(
    data: bytes, quote: Quoter, *, words: Mapping[str, str], language: Literal["zh-hans", "en"] = "zh-hans"
) -> Filled:
    """The template with the figures of the moment, numbered in reading order. BadTemplate with its flaws.

    `words` gives title, unit and as_of.
    """
    flaws = check_template(data)
    if flaws:
        raise BadTemplate(flaws)
    numbering = _Numbering(quote)
    template = DocxTemplate(io.BytesIO(data))
    template.render(numbering.functions() | {word: printable(words[word]) for word in REPORT_WORDS}, _environment())
    document = template.docx
    assert document is not None
    _raise_references(document)
    filled = _saved(document)
    return Filled(
        docx=filled,
        language=language,
        title=words["title"],
        figures=numbering.figures,
        unknowns=tuple(numbering.unknown),
        text=tuple(fingerprint(line) for line in printed_lines(opened(filled))),
    )


class _Numbering:
    def __init__(self, quote: Quoter) -> None:
        self.quote = quote
        self.given: dict[Quote, int] = {}
        self.unknown: dict[Unknown, None] = {}

    @property
    def figures(self) -> tuple[Quote, ...]:
        return tuple(quote.model_copy(update={"n": n}) for quote, n in self.given.items())

    def functions(self) -> dict[str, Callable[..., object]]:
        return {form.value: self._printing(form) for form in Form} | {"known": self._known}

    def _printing(self, form: Form) -> Callable[..., str]:
        def printed(code: str, unit: str | None = None) -> str:
            found = self.quote(code, unit, form=form)
            if found is None:
                self.unknown[Unknown(code=code, unit=unit or "")] = None
                return UNKNOWN
            n = self.given.setdefault(found.model_copy(update={"n": 0}), len(self.given) + 1)
            return f"{found.printed}{_RAISED}[{n}]{_LEVEL}"

        return printed

    def _known(self, code: str, unit: str | None = None) -> bool:
        return self.quote(code, unit) is not None


def _raise_references(document: OpenDocument) -> None:
    """Give each reference a run of its own, with the looks of the run that it stood in, raised."""
    for text in [each for each in document.element.body.iter(qn("w:t")) if _RAISED in (each.text or "")]:
        run = text.getparent()
        pieces = [piece for piece in _MARKED.split(text.text) if piece]
        following = list(text.itersiblings())
        last = run
        for piece in pieces:
            fresh = copy.deepcopy(run)
            for child in list(fresh):
                if child.tag != qn("w:rPr"):
                    fresh.remove(child)
            fresh.text = piece.strip(_RAISED + _LEVEL)
            if piece.startswith(_RAISED):
                fresh.get_or_add_rPr().superscript = True
            last.addnext(fresh)
            last = fresh
        for sibling in following:
            last.append(sibling)
        run.remove(text)


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
