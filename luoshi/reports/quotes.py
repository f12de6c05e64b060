"""引用 — the small language in which a report's paragraphs quote figures, so that none is ever typed.

    {{ figure: reading_class_units }}            2,659 with its unit word: 2659个
    {{ number: reading_class_units }}            the number alone
    {{ share: reading_class_units }}             its percentage of its denominator
    {{ figure: pledges of 武威市 }}               of another unit than the report's own
    {{ figure: sessions since 2023-09-01 }}      from a day on; also: from 2023-09-01 to 2023-10-31
    {{ unit }}  {{ as_of }}  {{ campaign }}      names
    [[ … ]]                                      left out while a figure in it is unknown
    [[ … || … ]]                                 the second text takes its place then

A clause in [[ ]] cannot hold another one. Braces and double square brackets have no other use and cannot be escaped.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

NAMES = ("unit", "as_of", "campaign", "batch")
FORMS = ("figure", "number", "share")
UNKNOWN = "—"


class QuoteFlaw(Exception):
    """A quotation that cannot be read; `offset` counts characters of the text."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they stand."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """The name of the unit, the campaign or the batch, or the as-of day."""

    of: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted figure. unit "" is the report's own; days None are the campaign's own."""

    form: Literal["figure", "number", "share"]
    code: str
    unit: str = ""
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """Text that stands only while all its figures are known; `otherwise` takes its place."""

    pieces: tuple[Text | Name | Quote, ...]
    otherwise: tuple[Text | Name | Quote, ...] = ()


Plain = Text | Name | Quote
Piece = Plain | Clause

_TOKEN = re.compile(r"\{\{(?P<inside>[^{}]*)\}\}|(?P<mark>\[\[|\]\]|\|\||\{\{|\}\})")
_QUOTE = re.compile(
    r"(?P<form>\w+)\s*:\s*(?P<code>[a-z][a-z0-9_-]*)"
    r"(?:\s+of\s+(?P<unit>\S.*?))?"
    r"(?:\s+since\s+(?P<since>\S+)|\s+from\s+(?P<first>\S+)\s+to\s+(?P<last>\S+))?"
)


def parse(text: str) -> tuple[Piece, ...]:
    """The pieces of a paragraph. Raises QuoteFlaw at the first place that cannot be read."""
    pieces: list[Piece] = []
    inside: list[list[Plain]] | None = None  # the clause being read: its text, then its alternative
    opened = end = 0
    for token in _TOKEN.finditer(text):
        current: list[Piece] | list[Plain] = pieces if inside is None else inside[-1]
        if token.start() > end:
            current.append(Text(text[end : token.start()]))
        end = token.end()
        mark = token["mark"]
        if mark is None:
            current.append(_quotation(token["inside"], token.start()))
        elif mark == "[[" and inside is None:
            inside, opened = [[]], token.start()
        elif mark == "||" and inside is not None and len(inside) == 1:
            inside.append([])
        elif mark == "]]" and inside is not None:
            pieces.append(_clause(inside, opened))
            inside = None
        else:
            raise QuoteFlaw(_("{mark} has no partner here.").format(mark=mark), token.start())
    if inside is not None:
        raise QuoteFlaw(_("The clause that begins with [[ is not closed with ]]."), opened)
    if end < len(text):
        pieces.append(Text(text[end:]))
    return tuple(pieces)


def _clause(inside: list[list[Plain]], offset: int) -> Clause:
    if not any(isinstance(piece, Quote) for piece in inside[0]):
        raise QuoteFlaw(_("A clause in [[ ]] quotes at least one figure; this one quotes none."), offset)
    return Clause(tuple(inside[0]), tuple(inside[1]) if len(inside) == 2 else ())


def _quotation(inside: str, offset: int) -> Name | Quote:
    words = inside.strip()
    if words in NAMES:
        return Name(words)
    found = _QUOTE.fullmatch(words)
    if not found or found["form"] not in FORMS:
        raise QuoteFlaw(
            _(
                "“{words}” is no quotation. Write {{{{ figure: code }}}}, {{{{ number: code }}}} or {{{{ share: code }}}}."
            ).format(words=words),
            offset,
        )
    first_on = _day(found["since"] or found["first"], offset)
    last_on = _day(found["last"], offset)
    if first_on and last_on and last_on < first_on:
        raise QuoteFlaw(_("The window ends before it begins."), offset)
    form: Literal["figure", "number", "share"] = found["form"]  # type: ignore[assignment]  # in FORMS
    return Quote(form, found["code"], found["unit"] or "", first_on, last_on)


def _day(words: str | None, offset: int) -> date | None:
    if words is None:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError as error:
        raise QuoteFlaw(_("“{words}” is no day. Write it as 2023-09-01.").format(words=words), offset) from error


def quotes(pieces: tuple[Piece, ...]) -> Iterator[Quote]:
    """Every figure that the text quotes, alternatives included, in reading order."""
    for piece in pieces:
        if isinstance(piece, Quote):
            yield piece
        elif isinstance(piece, Clause):
            yield from quotes((*piece.pieces, *piece.otherwise))


def standing(pieces: tuple[Piece, ...], known: Callable[[Quote], bool]) -> Iterator[Plain]:
    """The pieces that stand when these figures are known: each clause is settled, nothing is left to decide."""
    for piece in pieces:
        if not isinstance(piece, Clause):
            yield piece
        elif all(known(quote) for quote in quotes(piece.pieces)):
            yield from piece.pieces
        else:
            yield from piece.otherwise


def rendered(pieces: tuple[Piece, ...], *, figure: Callable[[Quote], str | None], name: Callable[[str], str]) -> str:
    """The paragraph as text. A figure that is unknown and stands outside a clause reads —, never 0."""
    words: list[str] = []
    for piece in standing(pieces, lambda quote: figure(quote) is not None):
        if isinstance(piece, Text):
            words.append(piece.text)
        elif isinstance(piece, Name):
            words.append(name(piece.of))
        else:
            words.append(figure(piece) or UNKNOWN)
    return "".join(words)
