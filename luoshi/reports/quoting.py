"""出数 — the ledger answers a template: each figure as of one moment, as a quote that can be found again years later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date
from hashlib import sha256

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from luoshi.campaigns.models import Campaign
from luoshi.figures.models import Declaration, Indicator
from luoshi.figures.queries import AsOf, Figure, figures_as_of, figures_by_sector, indicators
from luoshi.gate.actor import Actor, Place
from luoshi.gate.errors import Refused
from luoshi.gate.policy import may
from luoshi.journal.history import born
from luoshi.lib import canonical
from luoshi.orgs.models import Sector, Unit
from luoshi.orgs.tree import tree
from luoshi.reports.language import Figures
from luoshi.reports.outline import Declared, Form, Quote, print_number

Window = tuple[date | None, date]  # first and last day
Values = dict[tuple[str, int], Figure]


def fingerprint_of(indicator: Indicator) -> str:
    """SHA-256 of what an indicator counts: another definition is another figure."""
    denominator = indicator.denominator.code if indicator.denominator else None
    defined = [indicator.code, indicator.source, indicator.where, indicator.measure, denominator, indicator.edition]
    return sha256(canonical.dumps(defined)).hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures of one report come from."""

    actor: Actor
    campaign: Campaign
    unit: Unit
    moment: AsOf
    language: str


class Ledger:
    """台账答数 — quotes figures of one campaign as of one moment.

    Refused for a unit that does not exist or whose figures the actor may not see. A figure that the ledger does not
    hold is None, never 0.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.by_code = indicators(source.campaign)
        self.figures = quotable(self.by_code.values())
        self._values: dict[tuple[int, Window], Values] = {}
        self._by_sector: dict[tuple[int, Window], Values] = {}
        self._units: dict[str, Unit] = {}

    def expect(self, units: Iterable[Unit]) -> None:
        """Fetch the figures of many units at once, before they are asked for one by one."""
        window = (None, self.source.moment.on)
        wanted = [unit for unit in units if (unit.pk, window) not in self._values]
        for unit in wanted:
            self._check_sight(unit)
        values = self._figures([unit.pk for unit in wanted], window)
        self._values |= {(unit.pk, window): values for unit in wanted}

    def indicator(self, what: str) -> Indicator | None:
        """The indicator of this code, or that texts call by this name."""
        code = self.figures.code(what)
        return None if code is None else self.by_code[code]

    def quote(
        self,
        what: str,
        place: Unit,
        *,
        sector: Sector | None = None,
        form: Form = Form.FIGURE,
        first_on: date | None = None,
        last_on: date | None = None,
    ) -> Quote | None:
        indicator = self.indicator(what)
        if indicator is None:
            return None
        window = (first_on, min(last_on or self.source.moment.on, self.source.moment.on))
        if sector is None:
            figure = self._of_unit(place, window)[indicator.code, place.pk]
        else:
            found = self._of_sectors(place, window).get((indicator.code, sector.pk))
            if found is None:
                return None
            figure = found
        return self._quote(figure, place, window, form)

    def _of_unit(self, place: Unit, window: Window) -> Values:
        if (place.pk, window) not in self._values:
            self._check_sight(place)
            self._values[place.pk, window] = self._figures([place.pk], window)
        return self._values[place.pk, window]

    def _of_sectors(self, place: Unit, window: Window) -> Values:
        if (place.pk, window) not in self._by_sector:
            self._check_sight(place)
            first_on, last_on = window
            moment = self.source.moment
            self._by_sector[place.pk, window] = figures_by_sector(
                self.source.campaign,
                self.by_code,
                place.pk,
                on=last_on,
                position=moment.position,
                at=moment.at,
                since=first_on,
            )
        return self._by_sector[place.pk, window]

    def sectors(self, place: Unit) -> list[Sector]:
        """The sectors that have units in a unit's branch, in their order."""
        found = self._of_sectors(place, (None, self.source.moment.on))
        return list(dict.fromkeys(figure.sector for figure in found.values() if figure.sector is not None))

    def named(self, name: str) -> Unit:
        """The unit that a template means by a name, short name or code: the report's own branch goes first."""
        if name not in self._units:
            self._units[name] = self._found(name)
        return self._units[name]

    def no_unit(self, name: str) -> str:
        """What speaks against quoting figures of a unit by this name; "" for nothing."""
        try:
            self._check_sight(self.named(name))
        except Refused as refused:
            return str(refused)
        return ""

    def _found(self, name: str) -> Unit:
        own = self.source.unit
        found = list(Unit.objects.filter(Q(name=name) | Q(short_name=name) | Q(code=name)))
        near = [unit for unit in found if own.no <= unit.no <= own.last] or found
        if len(near) != 1:
            says = (
                _("There is no unit “%(name)s”. Write its name or code as the list of units has it.")
                if not near
                else _("Several units are called “%(name)s”. Write the code of the one that is meant.")
            )
            raise Refused(says % {"name": name})
        return near[0]

    def _check_sight(self, unit: Unit) -> None:
        if not may(self.source.actor, "figure.see", Place(unit.pk, unit.no, unit.sector_id)):
            raise Refused(_("The figures of %(unit)s are not open to you.") % {"unit": unit.name})

    def _figures(self, units: list[int], window: Window) -> Values:
        first_on, last_on = window
        moment = self.source.moment
        return figures_as_of(
            self.source.campaign,
            self.by_code,
            units,
            on=last_on,
            position=moment.position,
            at=moment.at,
            since=first_on,
        )

    def _quote(self, figure: Figure, unit: Unit, window: Window, form: Form) -> Quote | None:
        share = figure.share if form is Form.PERCENT else None
        if figure.value is None or (form is Form.PERCENT and share is None):
            return None
        numerator, denominator = share or (figure.value, None)
        moment, indicator, sector = self.source.moment, figure.indicator, figure.sector
        first_on, last_on = window
        with translation.override(self.source.language):
            return Quote(
                printed=print_number(numerator, denominator, form=form),
                code=indicator.code,
                title=str(indicator),
                definition=_definition(indicator, window, moment.on),
                unit_code=unit.code,
                unit=unit.title,
                sector_code=sector.code if sector else "",
                sector=sector.name if sector else "",
                numerator=numerator,
                denominator=denominator,
                indicator_sha256=fingerprint_of(indicator),
                as_of=moment.at.astimezone(UTC),
                position=moment.position,
                declared=_declared(indicator, unit, sector, last_on, moment.position) if figure.declared else None,
                first_on=first_on,
                last_on=None if last_on == moment.on else last_on,
            )


def quotable(found: Iterable[Indicator]) -> Figures:
    """What a template may quote: every indicator by its code, its title and what else texts call it."""
    rows = list(found)
    called: dict[str, str] = {}
    for each in rows:
        for name in (each.title, each.title_en, *each.names):
            called.setdefault(name, each.code)
    return Figures({each.code: each.denominator_id is not None for each in rows}, called)


def _definition(indicator: Indicator, window: Window, on: date) -> str:
    first_on, last_on = window
    if first_on is None and last_on == on:
        return indicator.words
    if first_on is None:
        return _("%(definition)s Until %(last)s.") % {"definition": indicator.words, "last": last_on}
    values = {"definition": indicator.words, "first": first_on, "last": last_on}
    return _("%(definition)s From %(first)s to %(last)s.") % values


def _declared(indicator: Indicator, unit: Unit, sector: Sector | None, on: date, position: int) -> Declared:
    """The documents that a declared figure stands on: its own, or the newest of those below and how many there are."""
    known = declarations_as_of(indicator, on=on, position=position)
    current = tree(on)
    first, stop = current.branch(unit.pk)
    below = [each for each in known if first <= current.index.get(each.unit_id, -1) < stop]
    if sector is None:
        standing = [each for each in known if each.unit_id == unit.pk] or below
    else:
        standing = [each for each in below if current.sector[current.index[each.unit_id]] == sector.pk]
    newest = max(standing, key=lambda each: (each.document_on, each.pk))
    if len(standing) == 1:
        return Declared(document=newest.document, on=newest.document_on)
    words = _("%(document)s and %(count)d more") % {"document": newest.document, "count": len(standing) - 1}
    return Declared(document=words, on=newest.document_on)


def declarations_as_of(indicator: Indicator, *, on: date, position: int) -> list[Declaration]:
    """The newest declaration of each unit that stood at a journal position."""
    rows = Declaration.objects.filter(indicator=indicator, as_of_on__lte=on)
    made = born(row.ref for row in rows)
    known = [row for row in rows if made.get(row.ref, 0) <= position]
    replaced = {row.supersedes_id for row in known}
    newest: dict[int, Declaration] = {}
    for row in sorted(known, key=lambda each: (each.as_of_on, each.pk)):
        if row.pk not in replaced:
            newest[row.unit_id] = row
    return list(newest.values())
