"""A pack as tables for a page: one for each section, in the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from luoshi.campaigns import audiences
from luoshi.campaigns.models import Kind
from luoshi.orgs.models import Unit
from luoshi.packs.schema import Pack, Words
from luoshi.packs.wording import due_in_words, in_language, measure_in_words, rule_in_words
from luoshi.reports.drafting import read_template
from luoshi.reports.language import as_written

SECTION_TITLES = {
    "batches": gettext_lazy("Batches"),
    "workstreams": gettext_lazy("Workstreams"),
    "audiences": gettext_lazy("Audiences"),
    "requirements": gettext_lazy("Requirements"),
    "kinds": gettext_lazy("Kinds of activity"),
    "topics": gettext_lazy("Curriculum"),
    "indicators": gettext_lazy("Indicators"),
    "declared": gettext_lazy("Declared figures"),
    "reports": gettext_lazy("Report outlines"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    head: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    code: str
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a pack as a table."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def sections(pack: Pack, language: str) -> list[Section]:
    """The sections that have entries, in the order of the file."""
    return [section for section in _Showing(pack, language).sections() if section.rows]


class _Showing:
    def __init__(self, pack: Pack, language: str) -> None:
        self.pack, self.language = pack, language
        names = ("workstreams", "audiences", "kinds", "indicators", "batches")
        self.titles = {(name, entry.code): self.words(entry.title) for name in names for entry in getattr(pack, name)}

    def words(self, words: Words) -> str:
        return in_language(words, self.language)

    def sections(self) -> Iterator[Section]:
        pack = self.pack
        yield self._section(
            "batches", (_("From"), _("Until")), [(str(each.starts_on), str(each.ends_on)) for each in pack.batches]
        )
        yield self._section("workstreams", (), [() for _each in pack.workstreams])
        yield self._section(
            "audiences",
            (_("Units"),),
            [(rule_in_words(each.rule, audiences.COLUMNS, pack, self.language),) for each in pack.audiences],
        )
        yield self._section("requirements", self._requirement_heads(), self._requirements())
        yield self._section(
            "kinds",
            (_("Workstream"), _("Roster")),
            [(self.titles["workstreams", each.workstream], str(Kind.Roster(each.roster).label)) for each in pack.kinds],
        )
        yield self._section("topics", (_("Document"),), [(each.document or "",) for each in pack.topics])
        yield self._section("indicators", (_("What it counts"), _("Share of")), self._indicators())
        yield self._section("declared", (_("What it counts"), _("Declared by")), self._declared())
        yield self._section(
            "reports",
            (_("Parts"),),
            [(self._parts(in_language(each.text, self.language)),) for each in pack.reports],
        )

    def _section(self, name: str, heads: tuple[str, ...], cells: list[tuple[str, ...]]) -> Section:
        rows = tuple(
            Row(each.code, self.words(each.title), tuple(map(Cell, heads, words)))
            for each, words in zip(getattr(self.pack, name), cells, strict=True)
        )
        return Section(str(SECTION_TITLES[name]), heads, rows)

    def _parts(self, text: str) -> str:
        """The headings of a template's first level."""
        headings = [as_written(line.pieces) for line in read_template(text).lines if line.level == 1]
        return pgettext("between values", ", ").join(headings)

    def _requirement_heads(self) -> tuple[str, ...]:
        return _("Who"), _("When"), _("What fulfils it"), pgettext("requirement", "Kind")

    def _requirements(self) -> list[tuple[str, ...]]:
        return [
            (
                self.titles["audiences", each.audience],
                due_in_words(each, self.pack),
                self._fulfilment(each.fulfilled_by, zero=each.zero_report),
                pgettext("requirement", "required") if each.required else pgettext("requirement", "own choice"),
            )
            for each in self.pack.requirements
        ]

    def _fulfilment(self, kinds: tuple[str, ...], *, zero: bool) -> str:
        ways = [self.titles["kinds", code] for code in kinds]
        ways += [_("a signed zero report")] if zero else []
        return pgettext("between values", ", ").join(ways)

    def _indicators(self) -> list[tuple[str, ...]]:
        return [
            (
                measure_in_words(each, self.pack, self.language),
                self.titles["indicators", each.denominator] if each.denominator else "",
            )
            for each in self.pack.indicators
        ]

    def _declared(self) -> list[tuple[str, ...]]:
        ranks = {rank.name.lower(): str(rank.label) for rank in Unit.Rank}
        return [(in_language(each.definition, self.language), ranks[each.level]) for each in self.pack.declared]
