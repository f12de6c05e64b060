"""成文 — a template becomes an outline whose figures come from the ledger; several units' texts become one compilation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import ValidationError

from luoshi.campaigns.models import Batch, Campaign
from luoshi.gate.errors import Refused
from luoshi.orgs.models import Sector, Unit
from luoshi.orgs.tree import tree
from luoshi.reports import language
from luoshi.reports.drafting import MOST_ROWS, Row, Template, draft, read_template
from luoshi.reports.outline import (
    Block,
    Form,
    Heading,
    Outline,
    Paragraph,
    Quote,
    Signature,
    Text,
    date_text,
    numbered,
)
from luoshi.reports.quoting import Ledger

FORMS = {"figure": Form.FIGURE, "number": Form.FIGURE, "wan": Form.WAN, "share": Form.PERCENT}

Offered = Mapping[str, Any]  # a report of a pack, as luoshi.packs.schema.ReportPart is dumped


@dataclass(frozen=True)
class Composed:
    outline: Outline
    left_out: tuple[str, ...]


def templates(campaign: Campaign) -> dict[str, Offered]:
    """The reports that the campaign's pack offers, by code."""
    return {each["code"]: each for each in campaign.settings.get("reports", ())}


def title_of(offered: Offered, language: str) -> str:
    return words_in(offered["title"], language)


def template_of(offered: Offered, language: str) -> Template:
    """The text of a pack's report, read. Refused where it has flaws: the pack was checked, but by an older grammar."""
    template = read_template(words_in(offered["text"], language))
    if template.flaws:
        raise Refused(_("The template does not hold together: %(reason)s") % {"reason": template.flaws[0]})
    return template


def words_in(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or words["zh-hans"]


class Answers:
    """Answers a template for one unit; see `drafting.Teller`."""

    def __init__(self, ledger: Ledger, unit: Unit, *, title: str) -> None:
        self.ledger, self.unit, self.title = ledger, unit, title
        self.written_in = ledger.source.language
        self._names = self._known_names()
        self._rows: dict[str, list[Row]] = {}

    def figure(self, quote: language.Quote, row: Row | None) -> Quote | None:
        place, sector = self.unit, None
        if quote.unit:
            place = self.ledger.named(quote.unit)
        elif row is not None and isinstance(row.of, Sector):
            sector = row.of
        elif row is not None:
            place = row.of
        return self.ledger.quote(
            quote.what,
            place,
            sector=sector,
            form=self._form(quote),
            first_on=quote.first_on,
            last_on=quote.last_on,
        )

    def _form(self, quote: language.Quote) -> Form:
        form = FORMS[quote.form]
        return Form.FIGURE if form is Form.WAN and self.written_in != "zh-hans" else form

    def indicator(self, what: str) -> tuple[str, str]:
        found = self.ledger.indicator(what)
        if found is None:
            return what, ""
        with translation.override(self.written_in):
            return str(found), found.counter

    def name(self, of: str) -> str:
        return self._names[of]

    def rows(self, of: str) -> list[Row]:
        if of not in self._rows:
            self._rows[of] = self._found_rows(of)
        if len(self._rows[of]) > MOST_ROWS:
            raise Refused(_("A table would have more than %(most)d rows. Take it out.") % {"most": MOST_ROWS})
        return self._rows[of]

    def _found_rows(self, of: str) -> list[Row]:
        if of == "sector":
            return [Row(sector.name, sector) for sector in self.ledger.sectors(self.unit)]
        below = tree(self.ledger.source.moment.on).children(self.unit.pk)
        units = Unit.objects.in_bulk(below)
        found = [units[pk] for pk in below if of == "below" or _is_territory(units[pk], self.unit)]
        self.ledger.expect(found[: MOST_ROWS + 1])
        return [Row(unit.title, unit) for unit in found]

    def _known_names(self) -> dict[str, str]:
        campaign, on = self.ledger.source.campaign, self.ledger.source.moment.on
        batches = Batch.objects.filter(campaign=campaign).order_by("starts_on", "pk")
        begun = [batch for batch in batches if batch.starts_on <= on] or list(batches[:1])
        with translation.override(self.written_in):
            return {
                "title": self.title,
                "unit": self.unit.title,
                "as_of": date_text(on, language=self.written_in),
                "campaign": str(campaign),
                "batch": str(begun[-1]) if begun else str(campaign),
            }


def _is_territory(unit: Unit, above: Unit) -> bool:
    """块块 — the committee of a division below; one for the offices of the same division is none."""
    return unit.kind == Unit.Kind.COMMITTEE and (not unit.division or unit.division != above.division)


@dataclass(frozen=True)
class Dress:
    """What stands around a text: its title, to whom it goes, who signs it and when."""

    title: str
    addressee: str
    signed_by: str
    signed_on: date

    def outline(self, blocks: Sequence[Block], language: str, **more: Any) -> Outline:
        signature = Signature(units=(self.signed_by,), on=self.signed_on)
        more["addressee"] = self.addressee or more.get("addressee", "")
        return numbered(
            Outline(language=language_of(language), title=self.title, blocks=tuple(blocks), signature=signature, **more)
        )


def compose(template: Template, ledger: Ledger, dress: Dress, *, drop_unknown: bool = False) -> Composed:
    """The report of one unit. Refused where the template does not hold together."""
    source = ledger.source
    try:
        made = draft(template, Answers(ledger, source.unit, title=dress.title), drop_unknown=drop_unknown)
        outline = dress.outline(made.blocks, source.language, addressee=made.addressee, annexes=made.annexes)
    except ValidationError as error:
        raise unsound(error) from error
    return Composed(outline, made.left_out)


def compiled(template: Template, ledger: Ledger, units: Sequence[Unit], dress: Dress) -> Iterator[Composed | None]:
    """汇编 — the reports of several units in one document, each under a heading of its own; None for each step but the last."""
    source = ledger.source
    blocks: list[Block] = [_contents(units, source.language)]
    left_out: list[str] = []
    try:
        for unit in units:
            made = draft(template, Answers(ledger, unit, title=dress.title), level=2)
            blocks += [Heading(level=1, text=unit.name), *made.blocks]
            left_out += made.left_out
            yield None
        outline = dress.outline(blocks, source.language)
    except ValidationError as error:
        raise unsound(error) from error
    yield Composed(outline, tuple(dict.fromkeys(left_out)))


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
