"""导入 — units and persons from Excel: the columns, what is wrong with a row, and the operation that takes them all."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from luoshi.gate.errors import Refused
from luoshi.gate.request import Request
from luoshi.lib.identity import SHOWN, BadIdentity, id_number
from luoshi.orgs.identity import flaw_words, known_by, masked_id
from luoshi.orgs.models import MOST_GROUPS, Membership, Person, Sector, Unit
from luoshi.orgs.operations import CODE, codes_in_a_loop, create_persons, create_units
from luoshi.orgs.queries import units_to
from luoshi.sheets.cells import Raw
from luoshi.sheets.columns import Ambiguous, Choice, Code, Day, InFile, Number, Reading, Ref, Text, YesNo
from luoshi.sheets.flaws import Bad
from luoshi.sheets.reading import Outcome, Parsed, Resolve, Row, Summary
from luoshi.sheets.sheet import Sheet
from luoshi.sheets.views import Import


def units_by_text(texts: set[str]) -> Mapping[str, object]:
    """Units of today's tree by code or by full name."""
    rows = Unit.objects.filter(no__gt=0)
    found: dict[str, object] = {}
    for unit in rows.filter(name__in=texts).order_by("no"):
        other = found.get(unit.name)
        if other is None:
            found[unit.name] = unit
        else:
            before = other.candidates if isinstance(other, Ambiguous) else (_candidate(other),)
            found[unit.name] = Ambiguous((*before, _candidate(unit)))
    return found | {unit.code: unit for unit in rows.filter(code__in=texts)}


def _candidate(unit: Any) -> str:
    return f"{unit.code} {unit.name}"


def sectors_by_text(texts: set[str]) -> Mapping[str, object]:
    return {text: sector for sector in Sector.objects.all() for text in (sector.code, sector.name) if text in texts}


def sector_names() -> list[str]:
    return list(Sector.objects.order_by("order").values_list("name", flat=True))


def unit_code(value: Any) -> str:
    if isinstance(value, str):  # the sample of a template
        return value
    return value.text if isinstance(value, InFile) else str(value.code)


@dataclass(frozen=True, eq=False)
class IdNumber(Code):
    """身份证号 — read and checked, but shown masked: a preview stands on a screen that others see."""

    max_length: int = 24
    text_only: bool = True

    def parse(self, raw: Raw, reading: Reading) -> Any:
        text = super().parse(raw, reading)
        try:
            return id_number(text)
        except BadIdentity as bad:
            raise Bad("id_number", flaw_words(bad)) from bad

    def text(self, value: Any) -> str:
        return masked_id(value[-SHOWN:]) if value else super().text(value)


UNITS = Sheet(
    "units",
    title=gettext_lazy("Units"),
    instructions=gettext_lazy(
        "Above before below is not needed: a parent may stand anywhere in this file, or be known."
    ),
    columns=[
        Code(
            "code",
            gettext_lazy("code"),
            required=True,
            unique=True,
            max_length=32,
            pattern=CODE.pattern,
            pattern_hint=gettext_lazy("A code consists of letters, digits, dots and hyphens."),
            sample="620102-mz",
        ),
        Text("name", gettext_lazy("name"), required=True, max_length=100, sample="城关区民政局"),
        Text("short_name", gettext_lazy("short name"), max_length=40, sample="区民政局"),
        Ref(
            "parent",
            gettext_lazy("parent"),
            required=True,
            within="code",
            lookup=units_by_text,
            show=unit_code,
            hint=gettext_lazy("code or full name"),
            sample="620102",
        ),
        Choice("kind", gettext_lazy("kind"), required=True, choices=Unit.Kind.choices, sample=Unit.Kind.DEPARTMENT),
        Choice("rank", gettext_lazy("rank"), required=True, choices=Unit.Rank.choices, sample=Unit.Rank.TOWNSHIP),
        Ref(
            "sector",
            gettext_lazy("sector"),
            lookup=sectors_by_text,
            show=lambda sector: str(sector.name),
            offered=sector_names,
            hint=gettext_lazy("empty: as the parent"),
        ),
        YesNo("leading_body", gettext_lazy("leading body at county rank or above")),
        Code("division", gettext_lazy("division code"), max_length=12, pattern=r"\d{2,12}"),
        YesNo("branch_committee", gettext_lazy("branch committee"), hint=gettext_lazy("branches only")),
        Number(
            "party_groups", gettext_lazy("Party groups"), min=0, max=MOST_GROUPS, hint=gettext_lazy("branches only")
        ),
        Day("founded_on", gettext_lazy("founded on")),
    ],
    max_rows=200_000,
)

PERSONS = Sheet(
    "persons",
    title=gettext_lazy("Persons"),
    instructions=gettext_lazy(
        "ID numbers are not stored: only a keyed digest and the last four signs. Without one, give the month of birth."
    ),
    columns=[
        Text("name", pgettext_lazy("of a person", "name"), required=True, max_length=40, sample="张三"),
        Ref(
            "unit",
            pgettext_lazy("of a person", "unit"),
            required=True,
            lookup=units_by_text,
            show=unit_code,
            hint=gettext_lazy("code or full name"),
            sample="620102-mz-1",
        ),
        Choice(
            "kind",
            gettext_lazy("membership kind"),
            choices=[each for each in Membership.Kind.choices if each[0] != Membership.Kind.FLOATING_IN],
            hint=gettext_lazy("empty: member"),
            sample=Membership.Kind.MEMBER,
        ),
        IdNumber("id_number", gettext_lazy("ID number"), unique=True, hint=gettext_lazy("format the column as Text")),
        Code(
            "birth_month",
            gettext_lazy("month of birth"),
            max_length=7,
            pattern=r"(19|20)\d\d-(0[1-9]|1[0-2])",
            pattern_hint=gettext_lazy("Write the month like 1985-07."),
            sample="1985-07",
            hint=gettext_lazy("as text, like 1985-07"),
        ),
        Code("phone", gettext_lazy("telephone"), max_length=20, pattern=r"\+?[\d-]{7,20}", text_only=False),
        Day("since", gettext_lazy("on the roster since"), hint=gettext_lazy("empty: today")),
    ],
    max_rows=200_000,
)


# ── Units ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class UnitRows:
    """What the database knows beside the rows of a file of units."""

    request: Request
    below: Unit
    taken: frozenset[str]
    loop: frozenset[str]

    def judge(self, row: Row) -> Outcome | dict[str, str]:
        flaws: dict[str, str] = {}
        if row["code"] in self.taken:
            flaws["code"] = _("There is a unit with this code already. Imports only add; change it on its own page.")
        parent = row["parent"]
        if isinstance(parent, Unit) and not self.below.no <= parent.no <= self.below.last:
            flaws["parent"] = _("%(unit)s is not among your units.") % {"unit": parent}
        elif row["code"] in self.loop:
            flaws["parent"] = _("This unit would stand under itself. Correct the parent here or in the rows above it.")
        if row["kind"] != Unit.Kind.BRANCH:
            for name in ("branch_committee", "party_groups"):
                if row[name] is not None:
                    flaws[name] = _("Only a branch has a committee and Party groups.")
        if row["founded_on"] and row["founded_on"] > self.request.today:
            flaws["founded_on"] = _("This day lies in the future.")
        return flaws or Outcome.NEW


def unit_import(below: Unit) -> Import:
    """Units under `below`: new ones only, all or nothing."""

    def prepare(request: HttpRequest, parsed: Parsed) -> Resolve:
        codes = [row["code"] for row in parsed.rows if row["code"]]
        taken = Unit.objects.filter(code__in=codes).values_list("code", flat=True)
        in_file = {row["code"]: unit_code(row["parent"]) for row in parsed.rows if row["code"] and row["parent"]}
        return UnitRows(request, below, frozenset(taken), frozenset(codes_in_a_loop(in_file))).judge  # type: ignore[arg-type]

    def apply(request: HttpRequest, parsed: Parsed, _summary: Summary) -> str:
        rows = [
            row.values | {"parent": unit_code(row["parent"]), "sector": row["sector"].code if row["sector"] else ""}
            for row in parsed.rows
        ]
        create_units(request.actor, below, rows=rows, key=parsed.digest)  # type: ignore[attr-defined]
        return below.get_absolute_url()

    return Import(
        UNITS,
        prepare=prepare,
        apply=apply,
        refusals=(Refused,),
        title=_("Import units under %(unit)s") % {"unit": below},
        back=below.get_absolute_url(),
    )


# ── Persons ───────────────────────────────────────────────────────────────────────────────────────────────────────

Nameless = tuple[str, int, str]  # name, unit, month of birth: who somebody is without an ID number


@dataclass(frozen=True)
class PersonRows:
    """What the database knows beside the rows of a file of persons."""

    request: Request
    units: frozenset[int]
    digests: Mapping[str, Person]
    nameless: frozenset[Nameless]
    twice: frozenset[Nameless]

    def judge(self, row: Row) -> Outcome | dict[str, str]:
        flaws: dict[str, str] = {}
        if row["unit"].pk not in self.units:
            flaws["unit"] = _("The roster of %(unit)s is not yours to fill.") % {"unit": row["unit"]}
        if row["since"] and row["since"] > self.request.today:
            flaws["since"] = _("This day lies in the future.")
        return flaws or (self._with_number(row) if row["id_number"] else self._without_number(row))

    def _with_number(self, row: Row) -> Outcome | dict[str, str]:
        known = known_by(row["id_number"])
        if row["birth_month"] and row["birth_month"] != known["birth_month"]:
            return {"birth_month": _("The ID number says another month of birth. Correct one of the two.")}
        person = self.digests.get(known["id_digest"])
        if person is None:
            return Outcome.NEW
        if person.unit_id == row["unit"].pk and person.name == row["name"]:
            return Outcome.UNCHANGED
        return {"id_number": _("Somebody with this ID number is on a roster already. Ask for a transfer instead.")}

    def _without_number(self, row: Row) -> Outcome | dict[str, str]:
        if not row["birth_month"]:
            return {"birth_month": _("Give the month of birth, or the ID number.")}
        same = (row["name"], row["unit"].pk, row["birth_month"])
        if same in self.nameless:
            return {
                "name": _(
                    "%(name)s of this month of birth is on that roster already. The same person: take the row out. "
                    "Another person: give the ID number."
                )
                % {"name": row["name"]}
            }
        if same in self.twice:
            return {"name": _("This name with this month of birth stands twice in the file. Give the ID numbers.")}
        return Outcome.NEW


def _nameless(row: Row) -> Nameless:
    return (row["name"], row["unit"].pk, row["birth_month"] or "")


def person_import(below: Unit) -> Import:
    """Persons for the rosters of `below` and of the units below it; who is known already is left as is."""

    def prepare(request: HttpRequest, parsed: Parsed) -> Resolve:
        good = [row for row in parsed.rows if not row.bad]
        digests = [known_by(row["id_number"])["id_digest"] for row in good if row["id_number"]]
        units = {row["unit"].pk for row in good}
        known = Person.objects.filter(unit__in=units, erased_at__isnull=True)
        months = Counter(_nameless(row) for row in good if not row["id_number"])
        allowed = units_to(request.actor, "person.import").filter(no__range=(below.no, below.last))  # type: ignore[attr-defined]
        return PersonRows(
            request,  # type: ignore[arg-type]
            frozenset(allowed.values_list("pk", flat=True)),
            {person.id_digest: person for person in Person.objects.filter(id_digest__in=digests)},
            frozenset(known.values_list("name", "unit", "birth_month")),
            frozenset(same for same, count in months.items() if count > 1),
        ).judge

    def apply(request: HttpRequest, parsed: Parsed, summary: Summary) -> str:
        new = [row for row in parsed.rows if summary.outcomes[row.number] == Outcome.NEW]
        if new:
            create_persons(request.actor, below, rows=[person_row(row) for row in new], key=parsed.digest)  # type: ignore[attr-defined]
        return reverse("orgs:roster", args=[below.code])

    return Import(
        PERSONS,
        prepare=prepare,
        apply=apply,
        refusals=(Refused,),
        title=_("Import persons of %(unit)s and below") % {"unit": below},
        back=reverse("orgs:roster", args=[below.code]),
    )


def person_row(row: Row) -> dict[str, Any]:
    """The row as the operation takes it; the ID number ends here."""
    kind = row["kind"] or Membership.Kind.MEMBER
    known = known_by(row["id_number"] or "")
    return {
        "name": row["name"],
        "unit_id": row["unit"].pk,
        "kind": kind,
        "member": kind != Membership.Kind.STAFF,
        "phone": row["phone"] or "",
        "since": row["since"],
        "birth_month": row["birth_month"] or known.get("birth_month", ""),
        "id_digest": known.get("id_digest", ""),
        "id_last4": known.get("id_last4", ""),
    }
