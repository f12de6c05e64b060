"""The campaign pack: what a campaign is, as data. One class for each section of the YAML file.

Every key is known or refused: a new section is a new field here, with its check and its line in docs/packs.md. Values are taken as
they are written (no "5" for 5, no "yes" for true), so that the file, its sha256 and what is installed say the same.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    StrictBool,
    StrictInt,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

Code = Annotated[
    str, Strict(), StringConstraints(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=60), Field(title="code")
]
ColumnName = Annotated[str, Strict(), StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
MeasureName = Annotated[
    str, Strict(), StringConstraints(pattern=r"^(count|sum:[a-z][a-z0-9_]*|distinct:(unit|person))$", max_length=60)
]
Line = Annotated[str, Strict(), StringConstraints(min_length=1, max_length=200, pattern=r"^\S([^\n]*\S)?$")]
Prose = Annotated[str, Strict(), StringConstraints(min_length=1, max_length=4000)]
Manuscript = Annotated[str, Strict(), StringConstraints(min_length=1, max_length=100_000)]
Day = Annotated[date, Strict()]
Shift = Literal["before", "after", "none"]


class Part(BaseModel):
    """What all parts of a pack have in common: no unknown keys, never changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)


class Entry(Part):
    """An entry of a section: its code is its identity in every later version of the pack."""

    code: Code


class Words(Part):
    """A short text in both languages of the product."""

    zh_hans: Line = Field(alias="zh-hans")
    en: Line


class UnitWord(Part):
    """What is counted in: 个, 名, 次 and so on, which texts and the text check read after the number."""

    zh_hans: Annotated[str, Strict(), StringConstraints(min_length=1, max_length=20, pattern=r"^\S+$")] = Field(
        alias="zh-hans"
    )
    en: Annotated[str, Strict(), StringConstraints(min_length=1, max_length=40, pattern=r"^\S([^\n]*\S)?$")]


class Passage(Part):
    """A text of one or more sentences in both languages."""

    zh_hans: Prose = Field(alias="zh-hans")
    en: Prose


# ── Conditions ────────────────────────────────────────────────────────────────────────────────────────────────────


def _scalar(value: Any) -> Any:
    if isinstance(value, (str, bool, int, date)):
        return value
    raise PydanticCustomError("scalar_type", "a text, a whole number, a date, true or false")


Scalar = Annotated[Any, BeforeValidator(_scalar), WithJsonSchema({"type": ["string", "integer", "boolean"]})]


class Condition(Part):
    """One comparison of an allow-listed column: {column: kind, eq: reading_class}."""

    column: ColumnName
    eq: Scalar = None
    ne: Scalar = None
    among: tuple[Scalar, ...] | None = Field(None, alias="in", min_length=1, max_length=200)
    lt: Scalar = None
    le: Scalar = None
    gt: Scalar = None
    ge: Scalar = None
    between: tuple[Scalar, ...] | None = Field(None, min_length=2, max_length=2)
    null: StrictBool | None = None

    @model_validator(mode="after")
    def _compares_once(self) -> Self:
        if len(self.model_fields_set - {"column"}) != 1:
            raise PydanticCustomError("one_operator", "exactly one comparison")
        return self

    @property
    def operator(self) -> str:
        name = next(iter(self.model_fields_set - {"column"}))
        return "in" if name == "among" else name

    @property
    def literals(self) -> tuple[Any, ...]:
        value = self.among if self.operator == "in" else getattr(self, self.operator)
        return value if isinstance(value, tuple) else (value,)


class AllOf(Part):
    """Every one of the rules holds."""

    all: tuple["Rule", ...] = Field(min_length=1, max_length=50)


class AnyOf(Part):
    """At least one of the rules holds."""

    any: tuple["Rule", ...] = Field(min_length=1, max_length=50)


class Not(Part):
    """The rule does not hold."""

    negated: "Rule" = Field(alias="not")


def _shape(value: Any) -> str:
    keys = value.keys() if isinstance(value, dict) else getattr(type(value), "model_fields", {}).keys()
    if "all" in keys:
        return "<all>"
    if "any" in keys:
        return "<any>"
    return "<not>" if "not" in keys or "negated" in keys else "<condition>"


# The tags stand in pydantic's error paths; their angle brackets keep them apart from keys of the file.
Rule = Annotated[
    Annotated[AllOf, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[Not, Tag("<not>")]
    | Annotated[Condition, Tag("<condition>")],
    Discriminator(_shape),
]


OPERATORS = ("eq", "ne", "in", "lt", "le", "gt", "ge", "between", "null")


def conditions(rule: "AllOf | AnyOf | Not | Condition") -> Iterator[tuple[tuple[str | int, ...], Condition]]:
    """Every comparison in the rule, with its path inside it."""
    if isinstance(rule, Condition):
        yield (), rule
    elif isinstance(rule, Not):
        for path, inner in conditions(rule.negated):
            yield ("not", *path), inner
    else:
        name, rules = ("all", rule.all) if isinstance(rule, AllOf) else ("any", rule.any)
        for number, each in enumerate(rules):
            for path, inner in conditions(each):
                yield (name, number, *path), inner


# ── The campaign and whom it concerns ─────────────────────────────────────────────────────────────────────────────


class PackHead(Part):
    """活动包 — which pack this is, and which version of it."""

    code: Code
    version: Annotated[str, Strict(), StringConstraints(pattern=r"^[0-9]+(\.[0-9]+){0,2}$", max_length=20)]


class CampaignPart(Part):
    """专项活动 — the campaign itself: when, on what ground, and who closes the problems of the root unit."""

    starts_on: Day
    ends_on: Day
    document: Line
    root_closes: Literal["reviewer", "supervisor"] = Field(
        description="Nobody stands above the root unit: the role that closes its problems."
    )


class BatchPart(Entry):
    """批次 — one run of the campaign over some of the units."""

    title: Words
    starts_on: Day
    ends_on: Day


class WorkstreamPart(Entry):
    """工作版块 — one strand of the work; pages and reports are ordered by it."""

    title: Words


class AudiencePart(Entry):
    """分类对象 — units described by a rule over the roster; nobody is counted twice where audiences overlap."""

    title: Words
    rule: Rule


# ── What is done ──────────────────────────────────────────────────────────────────────────────────────────────────


class AgendaItem(Entry):
    """议程 — a standing item of a kind of activity."""

    title: Words


class KindPart(Entry):
    """活动种类 — what can be recorded, with whom on the roster and what a record must at least say."""

    title: Words
    workstream: Code
    roster: Literal["members", "leaders", "secretaries", "staff", "floating", "none"]
    agenda: tuple[AgendaItem, ...] = Field((), max_length=30)
    needs: tuple[Code, ...] = Field((), max_length=20, description="What a record of this kind must at least say.")
    hint: Passage | None = None


class TopicPart(Entry):
    """学习专题 — one topic of the curriculum; who has studied it is read from the activities that name it."""

    title: Words
    document: Line | None = None


class RequirementPart(Entry):
    """规定动作 — what an audience owes, how often or by when, and what fulfils it."""

    title: Words
    workstream: Code
    audience: Code
    batch: Code
    rule: Annotated[str, Strict(), StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="RFC 5545 recurrence, counted from the first day of the batch: FREQ=WEEKLY;BYDAY=TH"
    )
    by: Day | None = Field(None, description="The one day by which it is due.")
    shift: Shift = Field("none", description="Where a due day that is no workday goes.")
    fulfilled_by: tuple[Code, ...] = Field((), max_length=20, description="Kinds of activity, any of which fulfils it.")
    zero_report: StrictBool = Field(False, description="“Nothing this time” may be stated and signed.")
    required: StrictBool = Field(True, description="false: the unit's own choice, kept apart in all figures.")
    document: Line | None = None

    @model_validator(mode="after")
    def _due_in_one_way(self) -> Self:
        if (self.rule is None) == (self.by is None):
            raise PydanticCustomError("rule_or_by", "either rule or by")
        return self


# ── Figures ───────────────────────────────────────────────────────────────────────────────────────────────────────


class IndicatorPart(Entry):
    """指标 — a figure computed from records: which source, which of its rows, counted how."""

    title: Words
    definition: Passage
    workstream: Code
    source: ColumnName
    where: Rule | None = None
    measure: MeasureName
    unit_word: UnitWord
    denominator: Code | None = Field(None, description="The indicator that this one is a part of.")
    good: Literal["up", "down"] = "up"
    names: tuple[Line, ...] = Field(
        (), max_length=50, description="What texts call it; the text check matches by these."
    )

    @property
    def summed(self) -> str | None:
        """The column that is added up, where the measure is a sum."""
        return self.measure.removeprefix("sum:") if self.measure.startswith("sum:") else None


class DeclaredPart(Entry):
    """填报数 — a figure that another system counts, declared once by the unit that answers for it."""

    title: Words
    definition: Passage
    workstream: Code
    unit_word: UnitWord
    level: Code = Field(description="The level of units that declare it.")
    good: Literal["up", "down"] = "up"
    names: tuple[Line, ...] = Field((), max_length=50)


class CockpitStream(Part):
    """One workstream on the cockpit: a hero figure and up to three rows below it."""

    workstream: Code
    hero: Code
    rows: tuple[Code, ...] = Field((), max_length=3)


class CockpitColumns(Part):
    """A group of columns of the cockpit's table of units."""

    title: Words
    indicators: tuple[Code, ...] = Field(min_length=1, max_length=8)


class CockpitChart(Part):
    """A chart of one indicator: tiles of the units below, or its trend."""

    kind: Literal["tiles", "trend"]
    indicator: Code
    bound: Annotated[StrictInt, Field(ge=0, le=100)] | None = Field(
        None, description="Percent below which a unit is marked."
    )


class CockpitPart(Part):
    """总览 — which figures the cockpit shows, and where."""

    streams: tuple[CockpitStream, ...] = Field(min_length=1, max_length=8)
    columns: tuple[CockpitColumns, ...] = Field((), max_length=8)
    charts: tuple[CockpitChart, ...] = Field((), max_length=4)


# ── Reports ───────────────────────────────────────────────────────────────────────────────────────────────────────


class TemplateText(Part):
    """A template in both languages, written as docs/templates.md says: a line is a paragraph, # begins a heading, | a row."""

    zh_hans: Manuscript = Field(alias="zh-hans")
    en: Manuscript


class ReportPart(Entry):
    """报告 — a template of a work summary; every figure in it is quoted, none is typed."""

    title: Words
    text: TemplateText


class FloatingPart(Part):
    """流动党员 — where a floating member counts, and how old the last contact may be for “managed”."""

    counted_at: Literal["out", "in"] = Field(description="out: the branch they left; in: the branch they live with.")
    contact_days: Annotated[StrictInt, Field(ge=1, le=366)]
    definition: Passage


class Pack(Part):
    """A whole campaign."""

    pack: PackHead
    title: Words
    campaign: CampaignPart
    batches: tuple[BatchPart, ...] = Field(json_schema_extra={"minItems": 1}, max_length=20)
    workstreams: tuple[WorkstreamPart, ...] = Field(json_schema_extra={"minItems": 1}, max_length=12)
    kinds: tuple[KindPart, ...] = Field((), max_length=200)
    topics: tuple[TopicPart, ...] = Field((), max_length=200)
    audiences: tuple[AudiencePart, ...] = Field(json_schema_extra={"minItems": 1}, max_length=100)
    requirements: tuple[RequirementPart, ...] = Field((), max_length=500)
    indicators: tuple[IndicatorPart, ...] = Field((), max_length=500)
    declared: tuple[DeclaredPart, ...] = Field((), max_length=200)
    floating: FloatingPart | None = None
    cockpit: CockpitPart | None = None
    reports: tuple[ReportPart, ...] = Field((), max_length=20)


# Sections whose entries have codes, in the order of the file.
SECTIONS = (
    "batches",
    "workstreams",
    "kinds",
    "topics",
    "audiences",
    "requirements",
    "indicators",
    "declared",
    "reports",
)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a pack, for editors that complete and check while one types."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Pack.model_json_schema(by_alias=True)}
