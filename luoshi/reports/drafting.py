"""起草 — the text of a report template becomes paragraphs in which the ledger has filled in the figures.

# 理论学习                                              a heading; ##, ### and #### for the levels below
全省{{ figure: reading.units }}个班子举办了读书班。      a line is a paragraph
{{ wan: floating.managed }}名流动党员                   2.4万
覆盖率{{ percent: reading.coverage of 平凉市 }}         of another unit than the report's own
{{ if known: ideas.adopted }}采纳金点子{{ figure: ideas.adopted }}条。{{ end }}
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from luoshi.reports.outline import Block, Form, Heading, Paragraph, Quote, Quoter, Run, Text, Unknown, runs_text

_TAG = re.compile(r"\{\{(.*?)\}\}|\{\{|\}\}", re.DOTALL)
_MENTION = re.compile(
    r"(?P<what>figure|percent|wan|if\s+known)\s*[:：]\s*(?P<code>[\w.\-]+)(?:\s+of\s+(?P<unit>\S.*?))?", re.DOTALL
)
_HEADING = re.compile(r"(#{1,6})\s*(.*)")
_SENTENCE = re.compile(r"[^。！？；]*[。！？；]+[”’）]*|[^。！？；]+$")
_LONGEST = 500_000


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a template, and where: line and column count from 1."""

    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return _("Line %(line)d, column %(column)d: %(text)s") % vars(self)


class BadTemplate(ValueError):
    """A template with flaws; `flaws` are all of them."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__("\n".join(map(str, flaws)))
        self.flaws = tuple(flaws)


@dataclass(frozen=True)
class Mention:
    """A figure that the template asks for. `unit` is None for the report's own unit."""

    form: Form
    code: str
    unit: str | None
    line: int
    column: int


@dataclass(frozen=True)
class IfKnown:
    mention: Mention
    inside: "tuple[Node, ...]"


Node = str | Mention | IfKnown


@dataclass(frozen=True)
class Draft:
    """What came of a template: its blocks, the figures that the ledger could not give, and the sentences left out."""

    blocks: tuple[Block, ...]
    unknown: tuple[Mention, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Template:
    nodes: tuple[Node, ...]

    @property
    def mentions(self) -> tuple[Mention, ...]:
        return tuple(_mentions(self.nodes))


def parse_template(text: str) -> Template:
    """BadTemplate with every flaw and its place."""
    if len(text) > _LONGEST:
        raise BadTemplate([Flaw(1, 1, _("The template is longer than %(limit)d characters.") % {"limit": _LONGEST})])
    parser = _Parser(text.replace("\r\n", "\n"))
    nodes = parser.nodes()
    if parser.flaws:
        raise BadTemplate(sorted(parser.flaws, key=lambda flaw: (flaw.line, flaw.column)))
    return Template(nodes)


def check_codes(template: Template, known: Collection[str]) -> tuple[Flaw, ...]:
    """The mentions of indicators that do not exist."""
    return tuple(
        Flaw(mention.line, mention.column, _("There is no indicator “%(code)s”.") % {"code": mention.code})
        for mention in template.mentions
        if mention.code not in known
    )


def draft(template: Template, quote: Quoter, *, unknown: Literal["dash", "drop"] = "dash") -> Draft:
    """The paragraphs, with the figures of the moment.

    What the ledger does not know is never 0: "dash" prints — (and the list of figures explains it), "drop" leaves the
    sentence out; both are reported.
    """
    filler = _Filler(quote)
    filler.fill(template.nodes)
    blocks: list[Block] = []
    left_out: list[str] = filler.left_out
    for line in filler.lines():
        kept = _without_unknown(line, left_out) if unknown == "drop" else line
        block = _block(kept)
        if block is not None:
            blocks.append(block)
    return Draft(tuple(blocks), tuple(filler.unknown), tuple(left_out))


def _mentions(nodes: Sequence[Node]) -> Iterator[Mention]:
    for node in nodes:
        if isinstance(node, Mention):
            yield node
        elif isinstance(node, IfKnown):
            yield node.mention
            yield from _mentions(node.inside)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.flaws: list[Flaw] = []

    def nodes(self) -> tuple[Node, ...]:
        finished: list[list[Node]] = [[]]
        opened: list[Mention] = []
        at = 0
        for tag in _TAG.finditer(self.text):
            finished[-1].append(self.text[at : tag.start()])
            at = tag.end()
            if tag[1] is None:
                self._flaw(tag.start(), self._half(tag[0]))
            elif tag[1].strip() == "end":
                if opened:
                    inside = tuple(finished.pop())
                    finished[-1].append(IfKnown(opened.pop(), inside))
                else:
                    self._flaw(tag.start(), _("“end” without an “if known” before it."))
            else:
                self._open_or_mention(tag, finished, opened)
        finished[-1].append(self.text[at:])
        for mention in opened:
            self.flaws.append(Flaw(mention.line, mention.column, _("This “if known” has no “{{ end }}”.")))
        return tuple(finished[0])

    def _open_or_mention(self, tag: re.Match[str], finished: list[list[Node]], opened: list[Mention]) -> None:
        content = tag[1].strip()
        found = _MENTION.fullmatch(content)
        if found is None:
            self._flaw(tag.start(), self._wrong(content))
            return
        conditional = found["what"].startswith("if")
        line, column = self._place(tag.start())
        form = Form.FIGURE if conditional else Form(found["what"])
        mention = Mention(form, found["code"], found["unit"], line, column)
        if conditional:
            opened.append(mention)
            finished.append([])
        else:
            if self._line_of(tag.start()).startswith("#"):
                self._flaw(tag.start(), _("A heading cannot hold a figure; put it into the paragraph below."))
            finished[-1].append(mention)

    def _half(self, brackets: str) -> str:
        if brackets == "{{":
            return _("“{{” is not closed by “}}”.")
        return _("“}}” without “{{” before it.")

    def _wrong(self, content: str) -> str:
        return _(
            "“%(content)s” is not understood. Write {{ figure: CODE }}, {{ wan: CODE }} or {{ percent: CODE }}, "
            "each with “of UNIT” if need be, {{ if known: CODE }} or {{ end }}."
        ) % {"content": content[:60]}

    def _line_of(self, offset: int) -> str:
        return self.text[self.text.rfind("\n", 0, offset) + 1 :].lstrip()

    def _place(self, offset: int) -> tuple[int, int]:
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)

    def _flaw(self, offset: int, text: str) -> None:
        self.flaws.append(Flaw(*self._place(offset), text))


class _Filler:
    def __init__(self, quote: Quoter) -> None:
        self.quote = quote
        self.runs: list[Run] = []
        self.unknown: list[Mention] = []
        self.left_out: list[str] = []

    def fill(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            if isinstance(node, str):
                self.runs.append(Text(text=node))
            elif isinstance(node, Mention):
                self.runs.append(self._figure(node) or Unknown(code=node.code, unit=node.unit or ""))
            elif self._figure(node.mention) is not None:
                self.fill(node.inside)
            else:
                self.left_out.append(_source(node.inside))

    def _figure(self, mention: Mention) -> Quote | None:
        found = self.quote(mention.code, mention.unit, form=mention.form)
        if found is None:
            self.unknown.append(mention)
        return found

    def lines(self) -> Iterator[list[Run]]:
        line: list[Run] = []
        for run in self.runs:
            if not isinstance(run, Text):
                line.append(run)
                continue
            first, *others = run.text.split("\n")
            line.append(Text(text=first))
            for other in others:
                yield line
                line = [Text(text=other)]
        yield line


def _source(nodes: Sequence[Node]) -> str:
    """A passage as the template has it, to tell what was left out."""
    written = []
    for node in nodes:
        if isinstance(node, str):
            written.append(node)
        else:
            written.append(f"〈{node.code}〉" if isinstance(node, Mention) else _source(node.inside))
    return "".join(written).strip()


def _without_unknown(line: list[Run], left_out: list[str]) -> list[Run]:
    kept: list[Run] = []
    for sentence in _sentences(line):
        if any(isinstance(run, Unknown) for run in sentence):
            left_out.append(runs_text(sentence).strip())
        else:
            kept += sentence
    if kept and isinstance(last := kept[-1], Text) and last.text.endswith("；"):  # what came after it is gone
        kept[-1] = Text(text=f"{last.text[:-1]}。")
    return kept


def _sentences(line: list[Run]) -> Iterator[list[Run]]:
    sentence: list[Run] = []
    for run in line:
        if not isinstance(run, Text):
            sentence.append(run)
            continue
        for piece in _SENTENCE.findall(run.text):
            sentence.append(Text(text=piece))
            if re.search(r"[。！？；][”’）]*$", piece):
                yield sentence
                sentence = []
    if sentence:
        yield sentence


def _block(line: list[Run]) -> Block | None:
    runs = _joined(line)
    if not runs_text(runs).strip():
        return None
    heading = _HEADING.fullmatch(runs_text(runs).strip()) if all(isinstance(run, Text) for run in runs) else None
    if heading and heading[2]:
        return Heading(level=min(4, len(heading[1])), text=heading[2])
    return Paragraph(runs=runs)


def _joined(line: list[Run]) -> tuple[Run, ...]:
    """Neighbouring texts as one, without the white space at both ends of the line."""
    runs: list[Run] = []
    for run in line:
        if isinstance(run, Text) and runs and isinstance(before := runs[-1], Text):
            runs[-1] = Text(text=before.text + run.text)
        else:
            runs.append(run)
    if runs and isinstance(first := runs[0], Text):
        runs[0] = Text(text=first.text.lstrip())
    if runs and isinstance(last := runs[-1], Text):
        runs[-1] = Text(text=last.text.rstrip())
    return tuple(run for run in runs if not isinstance(run, Text) or run.text)
