"""模板语言 — the one language of report templates, in a pack, in a text file and in a Word file (docs/templates.md).

    {{ figure: reading_class_units }}       2659个      each word has a Chinese twin: {{ 数字：举办读书班的领导班子 }}
    {{ number: pledges of 武威市 }}          1791        the number alone, of another unit
    {{ wan: floating since 2023-09-01 }}     2.4万名      in a window; also: from 2023-09-01 to 2023-10-31
    {{ share: reading_class_units }}         92.3%       of its denominator
    {{ unit }}  {{ as_of }}                  names
    [[ … ]]   [[ … || … ]]                   left out while a figure in it is unknown; the second text takes its place

It can only quote: there are no loops, no arithmetic and no code. Everything here is text in, data out; nothing is looked up.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Literal, cast

from django.utils.translation import gettext as _

from luoshi.reports.hints import meant, with_hint

Form = Literal["figure", "number", "wan", "share"]

FORMS: Mapping[str, str] = {"figure": "数字", "number": "数值", "wan": "约数", "share": "占比"}
NAMES: Mapping[str, str] = {"unit": "单位", "as_of": "日期", "campaign": "活动", "batch": "批次", "title": "标题"}
REPEATING: Mapping[str, str] = {"territory": "地区", "sector": "行业", "below": "下级单位"}
COUNTING: Mapping[str, str] = {"no": "序号"}  # numbers the rows of a repeating row

_KNOWN = {
    written: word
    for words in (FORMS, NAMES, REPEATING, COUNTING)
    for word, twin in words.items()
    for written in (word, twin)
}
_DEEPEST = 8

_TOKEN = re.compile(
    r"\{\{(?P<inside>[^{}\n]*)\}\}|(?P<mark>\[\[|\]\]|\|\||\{\{|\}\}|｛｛|｝｝|【【|】】)|(?P<reference>\[\d+\])"
)
_QUOTE = re.compile(r"(?P<form>[^\s:：]+)\s*[:：]\s*(?P<what>[^\s:：]+)(?P<more>.*)")
_MORE = re.compile(
    r"(?:\s+(?:of|在)\s+(?P<unit>\S.*?))?"
    r"(?:\s+(?:since|自)\s*(?P<since>\d\S*)|\s+(?:from|从)\s*(?P<first>\d\S*)\s*(?:to|到)\s*(?P<last>\d\S*))?\s*"
)
_DAY = re.compile(r"(\d{4})(?:-|年)(\d{1,2})(?:-|月)(\d{1,2})日?")
_OPEN_NUMBER = re.compile(r"[0-9０-９][.,]?$")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong. `at` counts characters of the paragraph; `unknown` is the figure that does not exist."""

    at: int
    message: str
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they stand."""

    text: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """The name of the unit, the campaign and so on; in a repeating row also that of the row."""

    of: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted figure, by its code or one of its names. unit "": the report's own, or the row's; days None: the campaign's."""

    form: Form
    what: str
    unit: str = ""
    first_on: date | None = None
    last_on: date | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Clause:
    """Text that stands only while the figures that it quotes itself are known; `otherwise` takes its place."""

    pieces: "tuple[Piece, ...]"
    otherwise: "tuple[Piece, ...]" = ()
    at: int = 0


Plain = Text | Name | Quote
Piece = Plain | Clause
Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A paragraph and everything that is wrong with it, in reading order."""

    pieces: Pieces
    flaws: tuple[Flaw, ...]


def parse(text: str, *, offset: int = 0) -> Parsed:
    """The pieces of one paragraph. `offset` is added to every place."""
    return _Parser(text, offset).parsed()


class _Clause:
    """A clause that is being read: its text and, after ||, its alternative."""

    def __init__(self, at: int, flaws: int) -> None:
        self.at = at
        self.flaws = flaws  # how many were found before it
        self.texts: list[list[Piece]] = [[]]


class _Parser:
    def __init__(self, text: str, offset: int) -> None:
        self.text, self.offset = text, offset
        self.pieces: list[Piece] = []
        self.open: list[_Clause] = []
        self.flaws: list[Flaw] = []

    def parsed(self) -> Parsed:
        end = 0
        for token in _TOKEN.finditer(self.text):
            self._put_text(end, token.start())
            end = token.end()
            if token["inside"] is not None:
                self._put_tag(token["inside"], token.start())
            elif token["reference"]:
                self._flaw(token.start(), reserved_reference())
                self._put_text(token.start(), end)
            else:
                self._put_mark(token["mark"], token.start())
        self._put_text(end, len(self.text))
        while self.open:  # what stands in it is checked all the same
            clause = self.open.pop()
            self._flaw(clause.at - self.offset, _("This “[[” is not closed with “]]”."))
            for piece in chain(*clause.texts):
                self._put(piece)
        self._check_digits(tuple(self.pieces))
        return Parsed(tuple(self.pieces), tuple(sorted(self.flaws, key=lambda flaw: flaw.at)))

    def _flaw(self, at: int, message: str) -> None:
        self.flaws.append(Flaw(at + self.offset, message))

    def _put(self, piece: Piece) -> None:
        (self.open[-1].texts[-1] if self.open else self.pieces).append(piece)

    def _put_text(self, start: int, stop: int) -> None:
        if start < stop:
            self._put(Text(self.text[start:stop], start + self.offset))

    def _put_mark(self, mark: str, at: int) -> None:
        if mark == "[[":
            if len(self.open) == _DEEPEST:
                self._flaw(at, _("Clauses stand inside each other more than %(most)d deep.") % {"most": _DEEPEST})
            self.open.append(_Clause(at + self.offset, len(self.flaws)))
        elif mark == "||" and self.open and len(self.open[-1].texts) == 1:
            self.open[-1].texts.append([])
        elif mark == "]]" and self.open:
            self._close(self.open.pop())
        else:
            self._flaw(at, _stray(mark, inside=bool(self.open)))

    def _close(self, clause: _Clause) -> None:
        pieces, otherwise = tuple(clause.texts[0]), tuple(clause.texts[1]) if len(clause.texts) == 2 else ()
        if not any(isinstance(piece, Quote) for piece in pieces) and len(self.flaws) == clause.flaws:
            message = _("A clause in [[ ]] depends on a figure that it quotes; this one quotes none.")
            self.flaws.append(Flaw(clause.at, message))
        self._put(Clause(pieces, otherwise, clause.at))

    def _put_tag(self, inside: str, at: int) -> None:
        written = inside.strip()
        name = _KNOWN.get(written, "")
        if name and name not in FORMS:
            self._put(Name(name, at + self.offset))
            return
        found = _QUOTE.fullmatch(written)
        if found is None:
            self._flaw(at, with_hint(_not_understood(written), _hint(written)))
            return
        form = _KNOWN.get(found["form"], "")
        more = _MORE.fullmatch(found["more"])
        if form not in FORMS:
            message = _("“%(word)s” is no way to quote a figure.") % {"word": found["form"][:60]}
            self._flaw(at, with_hint(message, meant(found["form"], [*FORMS, *FORMS.values()])))
        elif more is None:
            says = _(
                "“%(words)s” is not understood. After the figure may stand: of UNIT, since DAY, or from DAY to DAY."
            )
            self._flaw(at, says % {"words": found["more"].strip()[:60]})
        else:
            self._put_quote(cast("Form", form), found["what"], more, at)

    def _put_quote(self, form: Form, what: str, more: re.Match[str], at: int) -> None:
        days = [self._day(more[name], at) for name in ("since", "first", "last")]
        first_on, last_on = days[0] or days[1], days[2]
        if first_on and last_on and last_on < first_on:
            self._flaw(at, _("The window ends before it begins."))
        self._put(Quote(form, what, more["unit"] or "", first_on, last_on, at + self.offset))

    def _day(self, written: str | None, at: int) -> date | None:
        if written is None:
            return None
        found = _DAY.fullmatch(written)
        try:
            if found:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass  # a day that no calendar has
        self._flaw(at, _("“%(words)s” is no day. Write it as 2023-09-01.") % {"words": written[:60]})
        return None

    def _check_digits(self, pieces: Pieces) -> None:
        """A digit right before a figure would read as one number with it."""
        before = ""
        for piece in pieces:
            if isinstance(piece, Quote) and _OPEN_NUMBER.search(before):
                says = _("“%(text)s” ends in a digit right before a figure; the two would read as one number.")
                self.flaws.append(Flaw(piece.at, says % {"text": before[-12:]}))
            elif isinstance(piece, Clause):
                self._check_digits((Text(before), *piece.pieces))
                self._check_digits((Text(before), *piece.otherwise))
            before = piece.text if isinstance(piece, Text) else ""


def reserved_reference() -> str:
    return _("Square brackets around a number mark the reference of a figure; write 〔1〕 or （1）.")


def _stray(mark: str, *, inside: bool) -> str:
    if mark in "｛｛｝｝【【】】":
        plain = mark.translate(str.maketrans("｛｝【】", "{}[]"))
        return _("“%(mark)s” is full-width. Write “%(plain)s”.") % {"mark": mark, "plain": plain}
    if mark == "||" and inside:
        return _("A clause has at most one “||”.")
    return {
        "{{": _("“{{” is not closed by “}}” in the same paragraph."),
        "}}": _("“}}” stands here without “{{” before it."),
        "]]": _("“]]” stands here without “[[” before it."),
        "||": _("“||” stands inside [[ … ]] only."),
    }[mark]


def _not_understood(written: str) -> str:
    if not written:
        return _("Nothing stands between “{{” and “}}”. Write {{ figure: CODE }}.")
    return _("“%(words)s” is not understood. A figure is quoted as {{ figure: CODE }}.") % {"words": written[:60]}


def _hint(written: str) -> str:
    names = [each for words in (NAMES, REPEATING, COUNTING) for pair in words.items() for each in pair]
    near = meant(written, names)
    return near if len(written) < 20 else ""


# ---- what stands when the figures are known


def quotes(pieces: Iterable[Piece]) -> Iterator[Quote]:
    """Every figure that the text quotes, alternatives included, in reading order."""
    for piece in pieces:
        if isinstance(piece, Quote):
            yield piece
        elif isinstance(piece, Clause):
            yield from quotes((*piece.pieces, *piece.otherwise))


def names(pieces: Iterable[Piece]) -> Iterator[Name]:
    for piece in pieces:
        if isinstance(piece, Name):
            yield piece
        elif isinstance(piece, Clause):
            yield from names((*piece.pieces, *piece.otherwise))


def standing(
    pieces: Iterable[Piece], known: Callable[[Quote], bool], left_out: Callable[[Pieces], None] = lambda _pieces: None
) -> Iterator[Plain]:
    """The pieces that stand when these figures are known: each clause is settled, nothing is left to decide."""
    for piece in pieces:
        if not isinstance(piece, Clause):
            yield piece
        elif all(known(each) for each in piece.pieces if isinstance(each, Quote)):
            yield from standing(piece.pieces, known, left_out)
        else:
            left_out(piece.pieces)
            yield from standing(piece.otherwise, known, left_out)


def as_written(pieces: Iterable[Piece]) -> str:
    """A passage as the template has it, to tell what was left out."""
    return "".join(map(_as_written, pieces)).strip()


def _as_written(piece: Piece) -> str:
    if isinstance(piece, Text):
        return piece.text
    if isinstance(piece, Clause):
        return as_written(piece.pieces)
    return f"〈{piece.of}〉" if isinstance(piece, Name) else f"〈{piece.what}〉"


def without_tags(text: str) -> str:
    """The words of a text alone: what a translator sees."""
    return _TOKEN.sub("", text)


# ---- what a template may quote


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures that can be quoted. shares: code → whether it has a denominator; called: every name → code."""

    shares: Mapping[str, bool]
    called: Mapping[str, str]

    def code(self, what: str) -> str | None:
        return what if what in self.shares else self.called.get(what)

    @property
    def words(self) -> list[str]:
        return [*self.shares, *self.called]


def check_quotes(
    pieces: Pieces, figures: Figures, *, no_unit: Callable[[str], str] = lambda _name: ""
) -> Iterator[Flaw]:
    """What is quoted exists and has the share that is asked for. no_unit: what speaks against a unit's name, "" for nothing."""
    for quote in quotes(pieces):
        code = figures.code(quote.what)
        if code is None:
            message = _("There is no figure “%(what)s”.") % {"what": quote.what[:60]}
            yield Flaw(quote.at, with_hint(message, meant(quote.what, figures.words)), unknown=quote.what)
        elif quote.form == "share" and not figures.shares[code]:
            yield Flaw(quote.at, _("“%(what)s” has no denominator, so it has no share.") % {"what": quote.what})
        if quote.unit and (says := no_unit(quote.unit)):
            yield Flaw(quote.at, says)
