"""成文 — a template of the campaign's pack becomes an outline whose figures come from the ledger."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import ValidationError

from luoshi.campaigns.models import Batch, Campaign
from luoshi.gate.errors import Refused
from luoshi.orgs.models import Unit
from luoshi.reports import quotes
from luoshi.reports.outline import (
    Block,
    Form,
    Heading,
    Outline,
    Paragraph,
    Quote,
    Run,
    Signature,
    Text,
    Unknown,
    date_text,
    numbered,
)
from luoshi.reports.quoting import Ledger

FORMS = {"figure": Form.FIGURE, "number": Form.FIGURE, "share": Form.PERCENT}
_CHINESE = r"\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”‘’"
_FOLD = re.compile(rf"(?<=[{_CHINESE}}}\]])[ \n]+(?=[{_CHINESE}{{\[])")

Template = Mapping[str, Any]  # a report of a pack, as luoshi.packs.schema.ReportPart is dumped


@dataclass(frozen=True)
class Composed:
    outline: Outline
    left_out: tuple[str, ...]


def templates(campaign: Campaign) -> dict[str, Template]:
    """The reports that the campaign's pack offers, by code."""
    return {each["code"]: each for each in campaign.settings.get("reports", ())}


def title_of(template: Template, language: str) -> str:
    return words_in(template["title"], language)


def words_in(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or words["zh-hans"]


class Composer:
    """Writes one template for one unit."""

    def __init__(self, template: Template, ledger: Ledger, unit: Unit) -> None:
        self.template, self.ledger, self.unit = template, ledger, unit
        self.language = ledger.source.language
        self.left_out: list[str] = []
        self._names = self._known_names()

    def blocks(self, *, level: int = 1) -> Iterator[Block]:
        for section in self.template["sections"]:
            yield Heading(level=level, text=words_in(section["heading"], self.language))
            for paragraph in section["paragraphs"]:
                runs = tuple(self._runs(paragraph))
                if runs:
                    yield Paragraph(runs=runs)

    def _runs(self, paragraph: Mapping[str, Any]) -> Iterator[Run]:
        pieces = quotes.parse(unfolded(words_in(paragraph["text"], self.language), self.language))
        plain = [piece for piece in pieces if isinstance(piece, quotes.Quote)]
        if paragraph.get("otherwise") and not all(map(self._known, plain)):
            self._leave_out(pieces)
            pieces = quotes.parse(unfolded(words_in(paragraph["otherwise"], self.language), self.language))
        for clause in pieces:
            if isinstance(clause, quotes.Clause) and not all(map(self._known, quotes.quotes(clause.pieces))):
                self._leave_out(clause.pieces)
        return joined(run for piece in quotes.standing(pieces, self._known) for run in self._piece(piece))

    def _piece(self, piece: quotes.Plain) -> Iterator[Run]:
        if isinstance(piece, quotes.Text):
            yield Text(text=piece.text)
        elif isinstance(piece, quotes.Name):
            yield Text(text=self._names[piece.of])
        else:
            found = self._quote(piece)
            yield found or Unknown(code=piece.code, unit=piece.unit)
            if piece.form == "figure" and found is not None:
                yield Text(text=self._unit_word(piece.code))

    def _unit_word(self, code: str) -> str:
        with translation.override(self.language):
            word = self.ledger.by_code[code].counter
        return word if self.language == "zh-hans" else f" {word}"

    def _quote(self, piece: quotes.Quote) -> Quote | None:
        return self.ledger(
            piece.code,
            piece.unit or None,
            form=FORMS[piece.form],
            first_on=piece.first_on,
            last_on=piece.last_on,
            of=None if piece.unit else self.unit,
        )

    def _known(self, piece: quotes.Quote) -> bool:
        return self._quote(piece) is not None

    def _leave_out(self, pieces: Sequence[quotes.Piece]) -> None:
        self.left_out.append("".join(map(_as_written, pieces)).strip())

    def _known_names(self) -> dict[str, str]:
        campaign, on = self.ledger.source.campaign, self.ledger.source.moment.on
        batches = Batch.objects.filter(campaign=campaign).order_by("starts_on", "pk")
        begun = [batch for batch in batches if batch.starts_on <= on] or list(batches[:1])
        with translation.override(self.language):
            return {
                "unit": self.unit.name,
                "as_of": date_text(on, language=self.language),
                "campaign": str(campaign),
                "batch": str(begun[-1]) if begun else str(campaign),
            }


def _as_written(piece: quotes.Piece) -> str:
    """A passage as the template has it, to tell what was left out."""
    if isinstance(piece, quotes.Text):
        return piece.text
    if isinstance(piece, quotes.Clause):
        return "".join(map(_as_written, piece.pieces))
    return f"〈{piece.of}〉" if isinstance(piece, quotes.Name) else f"〈{piece.code}〉"


def unfolded(text: str, language: str) -> str:
    """A text that was written over several lines: Chinese knows no space where a line ended."""
    return _FOLD.sub("", text) if language == "zh-hans" else text


def joined(runs: Iterator[Run]) -> Iterator[Run]:
    """Neighbouring texts as one."""
    before: Text | None = None
    for run in runs:
        if isinstance(run, Text):
            before = Text(text=(before.text if before else "") + run.text)
            continue
        if before is not None and before.text:
            yield before
        before = None
        yield run
    if before is not None and before.text:
        yield before


def compose(template: Template, ledger: Ledger, *, title: str, signed_on: date) -> Composed:
    """The report of one unit. Refused where the template does not hold together."""
    source = ledger.source
    composer = Composer(template, ledger, source.unit)
    try:
        outline = numbered(
            Outline(
                language=language_of(source.language),
                title=title,
                blocks=tuple(composer.blocks()),
                signature=Signature(units=(source.unit.name,), on=signed_on),
            )
        )
    except ValidationError as error:
        raise unsound(error) from error
    return Composed(outline, tuple(composer.left_out))


def compiled(
    template: Template, ledger: Ledger, units: Sequence[Unit], *, title: str, signed_on: date
) -> Iterator[Composed | None]:
    """汇编 — the reports of several units in one document, each under a heading of its own; None for each step but the last."""
    source = ledger.source
    blocks: list[Block] = [_contents(units, source.language)]
    left_out: list[str] = []
    try:
        for unit in units:
            composer = Composer(template, ledger, unit)
            blocks.append(Heading(level=1, text=unit.name))
            blocks += composer.blocks(level=2)
            left_out += composer.left_out
            yield None
        outline = Outline(
            language=language_of(source.language),
            title=title,
            blocks=tuple(blocks),
            signature=Signature(units=(source.unit.name,), on=signed_on),
        )
    except ValidationError as error:
        raise unsound(error) from error
    yield Composed(numbered(outline), tuple(dict.fromkeys(left_out)))


def _contents(units: Sequence[Unit], language: str) -> Paragraph:
    """目录 — what is in a compilation, in tree order."""
    with translation.override(language):
        between = "、" if language == "zh-hans" else ", "
        text = _("Contents: %(units)s.") % {"units": between.join(unit.name for unit in units)}
    return Paragraph(runs=(Text(text=text),))


def language_of(language: str) -> Any:
    return "en" if language.startswith("en") else "zh-hans"


def unsound(error: ValidationError) -> Refused:
    first = error.errors()[0]["msg"].removeprefix("Value error, ")
    return Refused(_("The template does not hold together: %(reason)s") % {"reason": first})
