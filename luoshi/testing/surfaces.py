"""Leaks: what the product shows a user beyond what the cast says is theirs.

`Plant` puts one marked record of each kind at every unit. `SIGHT` says by hand, unit by unit, whose records each account may
see. `leaks(plant, username)` walks through the product as that user (lists, counts, sums, sorting, filters, single pages, forms,
moves, exports, search, API) and names everything that shows a mark it should not show.
"""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from openpyxl import load_workbook

from luoshi.activities.models import Activity
from luoshi.activities.operations import Held, record_activity
from luoshi.figures.models import Declaration
from luoshi.gate.operation import Act, operation
from luoshi.gate.rules import Role
from luoshi.orgs.models import Grant, Membership, Person, Unit, User
from luoshi.reports.models import Report
from luoshi.testing.cast import TODAY, Cast, moment
from luoshi.testing.matrix import holder

EVERYWHERE = "province city other_city bureau first second county township village other_village other_branch"
THE_CITY = "city bureau first second county township village other_village"
THE_BUREAU = "bureau first second"
ELSEWHERE = "other_city other_branch"

# Whose records each account may see, written down from the cast. Who is not named sees none.
SIGHT: dict[str, dict[str, str]] = {
    "activity": {
        "zhou": EVERYWHERE, "qian": EVERYWHERE, "sun": EVERYWHERE, "wang": THE_CITY, "wu": THE_CITY, "li": THE_BUREAU,
        "zheng": "first", "ma": "village", "feng": "village", "zhao": ELSEWHERE,
    },
    "declaration": {
        "zhou": EVERYWHERE, "qian": EVERYWHERE, "sun": EVERYWHERE, "wang": THE_CITY, "wu": THE_CITY, "li": THE_BUREAU,
        "zheng": "first", "ma": "village", "feng": "village", "zhao": ELSEWHERE,
    },
    "report": {
        "zhou": EVERYWHERE, "qian": EVERYWHERE, "sun": EVERYWHERE, "wang": THE_CITY, "wu": THE_CITY, "li": THE_BUREAU,
        "zhao": ELSEWHERE,
    },
    "person": {
        "zhou": EVERYWHERE, "wu": THE_CITY, "li": THE_BUREAU, "zheng": "first", "ma": "village", "feng": "village",
        "zhao": ELSEWHERE,
    },
    "account": {
        "zhou": EVERYWHERE, "wu": THE_CITY, "li": THE_BUREAU, "zhao": ELSEWHERE, "system": EVERYWHERE,
        "security": EVERYWHERE,
    },
    "role": {"zhou": EVERYWHERE, "wu": THE_CITY, "security": EVERYWHERE, "audit": EVERYWHERE},
}  # fmt: skip
# For which units each account records itself, and under which units an office may put one of its own.
RECORDS = {
    "zhou": "province", "wu": "city", "li": "bureau", "zheng": "first", "ma": "village", "feng": "village", "zhao": "other_city",
}  # fmt: skip
MOVES_UNDER = {"zhou": EVERYWHERE, "wu": THE_CITY}

KINDS = ("list", "count", "sum", "sort", "filter", "detail", "create", "move", "export", "search", "API")


@dataclass(frozen=True, slots=True)
class Leak:
    """Something of a unit that the user may not see, or may not do, and where it showed."""

    kind: str
    surface: str
    user: str
    what: str


class Plant:
    """One marked activity, declaration, report and person at every unit of the cast.

    The marks are unlike each other, and each unit's activity counts another power of two, so that any sum says whose records
    are in it.
    """

    def __init__(self, cast: type[Cast]) -> None:
        self.cast = cast
        self.units: dict[str, Unit] = {name: getattr(cast, name) for name in EVERYWHERE.split()}
        at = moment(TODAY, 8)
        self.activities: dict[str, int] = {}
        self.declarations: dict[str, int] = {}
        self.reports: dict[str, int] = {}
        self.persons: dict[str, int] = {}
        for place, (name, unit) in enumerate(self.units.items()):
            recorder = holder(Role.LIAISON, unit)
            held = Held(
                kind=cast.kind("meeting"), held_on=date(2023, 11, 1 + place), title=f"会议{self.mark(name)}",
                summary=chr(ord("a") + (7 * place) % 11), others=1 << place, roster_kept=False,
            )  # fmt: skip
            made = record_activity(recorder, unit, campaign=cast.campaign, held=held, at=at)
            self.activities[name] = made.pk
            self.declarations[name] = self._declare(name, unit, 1 << place, at=at)
            self.reports[name] = _plant_report(
                recorder, unit, title=f"总结{self.mark(name)}", campaign=cast.campaign, at=at
            ).pk
            self.persons[name] = self._person(name, unit, at=at)

    def mark(self, name: str) -> str:
        return f"〔{self.units[name].code}〕"

    def marks_in(self, text: str) -> set[str]:
        return {name for name in self.units if self.mark(name) in text}

    def _declare(self, name: str, unit: Unit, value: int, *, at: datetime) -> int:
        made: Declaration = _plant_declaration(
            holder(Role.LIAISON, unit),
            unit,
            indicator=self.cast.indicator("projects"),
            value=value,
            document=self.mark(name),
            at=at,
        )
        return made.pk

    def _person(self, name: str, unit: Unit, *, at: datetime) -> int:
        made: Person = _plant_person(holder(Role.LIAISON, unit), unit, name=f"人{self.mark(name)}", at=at)
        return made.pk


@operation("report.generate", creates=True)
def _plant_report(act: Act, unit: Unit, *, title: str, campaign: Any) -> Report:
    """A report without the work of making one."""
    return act.add(
        Report(unit=unit, campaign=campaign, number=unit.code, template="plant", title=title, state=Report.State.DRAFT,
               as_of_at=act.at, as_of_on=act.today, position=0, made_at=act.at, made_by=act.actor.pseudonym)
    )  # fmt: skip


@operation("figure.declare", creates=True)
def _plant_declaration(act: Act, unit: Unit, *, indicator: Any, value: int, document: str) -> Declaration:
    """A declaration at any level: the product asks one level only."""
    return act.add(
        Declaration(unit=unit, indicator=indicator, value=value, as_of_on=act.today, system="项目库", document=document,
                    document_on=act.today, declared_on=act.today)
    )  # fmt: skip


@operation("person.create", creates=True)
def _plant_person(act: Act, unit: Unit, *, name: str) -> Person:
    person = act.add(Person(name=name, unit=unit))
    act.add(Membership(person=person, unit=unit, valid_from=act.today))
    return person


@dataclass
class Walk:
    """One user on the way through the product."""

    plant: Plant
    username: str
    client: Client

    def sight(self, noun: str) -> set[str]:
        return set(SIGHT[noun].get(self.username, "").split())

    def get(self, address: str, **params: Any) -> Any:
        return self.client.get(address, {"unit": self.plant.units["province"].code, **params})

    def shows(self, kind: str, surface: str, noun: str, text: str) -> Iterator[Leak]:
        """Marks in a text that are not this user's to see."""
        for name in sorted(self.plant.marks_in(text) - self.sight(noun)):
            yield Leak(kind, surface, self.username, f"{noun} of {name}")

    def at_most(self, kind: str, surface: str, noun: str, number: int) -> Iterator[Leak]:
        if number > len(self.sight(noun)):
            yield Leak(kind, surface, self.username, f"{number} of {noun}, {len(self.sight(noun))} in sight")

    def bits(self, kind: str, surface: str, noun: str, total: int) -> Iterator[Leak]:
        """A sum of powers of two names the units whose records are in it."""
        for place, name in enumerate(self.plant.units):
            if total >> place & 1 and name not in self.sight(noun):
                yield Leak(kind, surface, self.username, f"{noun} of {name} in the sum {total}")


LEDGER = "/activities/"


def lists(walk: Walk) -> Iterator[Leak]:
    yield from walk.shows("list", LEDGER, "activity", text_of(walk.get(LEDGER, per=50)))
    for address, noun in (("/accounts/", "account"), ("/roles/", "role")):
        yield from _accounts_shown(walk, address, noun)
    for name, unit in walk.plant.units.items():
        address = f"/figures/study/meetings/{unit.pk}/records/"
        yield from walk.shows("list", f"{address} of {name}", "activity", text_of(walk.get(address, per=50)))
        roster = f"/units/{unit.code}/roster/"
        yield from walk.shows("list", roster, "person", text_of(walk.get(roster)))
    yield from walk.shows("list", "/reports/", "report", text_of(walk.get("/reports/", per=50)))


def _accounts_shown(walk: Walk, address: str, noun: str) -> Iterator[Leak]:
    response = walk.get(address, per=200)
    if response.status_code != 200 or not response.context or "table" not in response.context:
        return
    for line in response.context["table"].lines:
        subject = line.subject
        unit = subject.unit if isinstance(subject, User | Grant) else None
        name = next((name for name, each in walk.plant.units.items() if unit is not None and each.pk == unit.pk), "")
        if name and name not in walk.sight(noun):
            yield Leak("list", address, walk.username, f"{noun} {subject} of {name}")


def counts(walk: Walk) -> Iterator[Leak]:
    for address, noun in ((LEDGER, "activity"), ("/reports/", "report")):
        table = table_of(walk.get(address))
        if table is not None:
            yield from walk.at_most("count", address, noun, table.count)
            for tab in table.tabs:
                yield from walk.at_most("count", f"{address} tab {tab.label}", noun, tab.count)
    for unit in walk.plant.units.values():
        address = f"/figures/study/meetings/{unit.pk}/records/"
        if (table := table_of(walk.get(address))) is not None:
            yield from walk.at_most("count", address, "activity", table.count)


def sums(walk: Walk) -> Iterator[Leak]:
    table = table_of(walk.get(LEDGER, cols="title,others"))
    if table is not None:
        yield from walk.bits("sum", LEDGER, "activity", table.figures["total_others"] or 0)


def sorting(walk: Walk) -> Iterator[Leak]:
    """Sorting shows no more rows, and never goes by a column that is not on offer: its order would tell what it holds."""
    table = table_of(walk.get(LEDGER, per=50))
    if table is None:
        return
    usual = [line.subject.pk for line in table.lines]
    for show in table.table.columns:
        if show.sort:
            yield from walk.shows(
                "sort", f"{LEDGER}?sort={show.name}", "activity", text_of(walk.get(LEDGER, sort=show.name, per=50))
            )
    for hidden in ("summary", "-summary", "unit__users__password", "host__id_digest", "attendance__person__name"):
        other = table_of(walk.get(LEDGER, sort=hidden, per=50))
        if other is None or [line.subject.pk for line in other.lines] != usual:
            yield Leak("sort", f"{LEDGER}?sort={hidden}", walk.username, f"the order goes by {hidden}")


def filtering(walk: Walk) -> Iterator[Leak]:
    """A filter only narrows; a parameter that is no filter does nothing."""
    for name, unit in walk.plant.units.items():
        for params in ({"below": unit.code}, {"below": str(unit.pk)}, {"below": unit.code, "state": "recorded"}):
            answer = walk.get(LEDGER, per=50, **params)
            yield from walk.shows("filter", f"{LEDGER}?below={name}", "activity", text_of(answer))
            if (table := table_of(answer)) is not None:
                yield from walk.at_most("filter", f"{LEDGER}?below={name}", "activity", table.count)
    usual = table_of(walk.get(LEDGER, per=50))
    for hidden in ("summary", "unit__name", "summary__startswith", "host__phone__startswith"):
        table = table_of(walk.get(LEDGER, per=50, **{hidden: "x"}))
        if usual is not None and table is not None and table.count != usual.count:
            yield Leak("filter", f"{LEDGER}?{hidden}=", walk.username, f"{hidden} narrows the list")


def details(walk: Walk) -> Iterator[Leak]:
    plant = walk.plant
    pages: list[tuple[str, str, dict[str, int]]] = [
        ("activity", "/activities/{}/", plant.activities),
        ("declaration", "/figures/declarations/{}/", plant.declarations),
        ("person", "/persons/{}/", plant.persons),
        ("report", "/reports/{}/", plant.reports),
        ("account", "/accounts/{}/", _accounts_by_unit(plant)),
    ]
    for noun, address, keys in pages:
        for name, pk in keys.items():
            if name not in walk.sight(noun) and walk.get(address.format(pk)).status_code not in (403, 404):
                yield Leak("detail", address.format(pk), walk.username, f"{noun} of {name}")


def _accounts_by_unit(plant: Plant) -> dict[str, int]:
    return {
        name: pk
        for name, unit in plant.units.items()
        if (pk := User.objects.filter(unit=unit).values_list("pk", flat=True).first())
    }


def creating(walk: Walk) -> Iterator[Leak]:
    """Whoever records for a unit that is not theirs must be refused, and nothing may be left behind."""
    own = set(RECORDS.get(walk.username, "").split())
    for name, unit in walk.plant.units.items():
        body = {
            "campaign": "study",
            "unit": unit.code,
            "kind": "meeting",
            "held_on": "2023-11-20",
            "title": "代人记录",
            "roster_kept": False,
        }
        with _undone():
            walk.client.post("/api/activities", body, content_type="application/json")
            if name not in own and Activity.objects.filter(unit=unit, title="代人记录").exists():
                yield Leak("create", "POST /api/activities", walk.username, f"an activity of {name}")


def moving(walk: Walk) -> Iterator[Leak]:
    """No unit is moved away from, or under, a unit that one does not lead."""
    units, under = walk.plant.units, set(MOVES_UNDER.get(walk.username, "").split())
    for source, target in (
        ("bureau", "other_city"),
        ("other_branch", "city"),
        ("county", "bureau"),
        ("bureau", "province"),
    ):
        address = f"/units/{units[source].code}/move/"
        with _undone():
            form = walk.client.get(address)
            key = (
                form.context["form"].key if form.status_code == 200 and form.context and "form" in form.context else "k"
            )
            walk.client.post(address, {"parent": units[target].pk, "document": "", "sector": "", "key": key})
            moved = Unit.objects.get(pk=units[source].pk).parent_id == units[target].pk
        if moved and not {source, target} <= under:
            yield Leak("move", address, walk.username, f"{source} under {target}")


def exports(walk: Walk) -> Iterator[Leak]:
    for address, noun in ((LEDGER, "activity"), ("/reports/", "report")):
        for kind in ("xlsx", "csv"):
            answer = walk.get(address, export=kind)
            if answer.status_code == 200:
                yield from walk.shows("export", f"{address}?export={kind}", noun, exported(answer, kind))
    for name, unit in walk.plant.units.items():
        address = f"/figures/study/meetings/{unit.pk}/records/"
        answer = walk.get(address, export="csv")
        if answer.status_code == 200:
            yield from walk.shows("export", f"{address} of {name}", "activity", exported(answer, "csv"))


def searches(walk: Walk) -> Iterator[Leak]:
    for word, noun, only in (("会议", "activity", "activities"), ("总结", "report", "reports")):
        answer = walk.get("/search/", **{"q": word, "in": only})
        yield from walk.shows("search", f"/search/?q={word}", noun, text_of(answer))
    yield from walk.shows("search", "/persons/pick/?q=人", "person", text_of(walk.get("/persons/pick/", q="人")))
    yield from walk.shows("search", f"{LEDGER}?q=会议", "activity", text_of(walk.get(LEDGER, q="会议", per=50)))


def api(walk: Walk) -> Iterator[Leak]:
    answer = walk.client.get("/api/activities", {"limit": 200})
    yield from walk.shows("API", "/api/activities", "activity", text_of(answer))
    declared = walk.client.get("/api/campaigns/study/declarations", {"limit": 200})
    yield from walk.shows("API", "/api/campaigns/study/declarations", "declaration", text_of(declared))
    for name, pk in walk.plant.activities.items():
        found = walk.client.get(f"/api/activities/{pk}")
        yield from walk.shows("API", f"/api/activities/{pk} of {name}", "activity", text_of(found))
    for name, unit in walk.plant.units.items():
        figure = walk.client.get(f"/api/campaigns/study/figures/{unit.code}")
        if figure.status_code == 200 and name not in walk.sight("declaration"):
            yield Leak("API", f"/api/campaigns/study/figures/{unit.code}", walk.username, f"figures of {name}")


WALKS: dict[str, Callable[[Walk], Iterator[Leak]]] = {
    "list": lists, "count": counts, "sum": sums, "sort": sorting, "filter": filtering, "detail": details, "create": creating,
    "move": moving, "export": exports, "search": searches, "API": api,
}  # fmt: skip


def leaks(plant: Plant, username: str, kinds: Collection[str] = KINDS) -> list[Leak]:
    """Everything that the product shows or lets this user do beyond what the cast says; empty is right."""
    client = Client()  # a page that breaks must break the walk: an error shows no marks
    client.force_login(plant.cast.users[username])
    walk = Walk(plant, username, client)
    return [leak for kind in kinds for leak in WALKS[kind](walk)]


class _undone:  # noqa: N801 — reads as a word of the sentence: with _undone():
    """Whatever is written inside is gone afterwards."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error: Any) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(*error)


def table_of(response: Any) -> Any:
    if response.status_code != 200 or not response.context or "table" not in response.context:
        return None
    return response.context["table"]


def text_of(response: Any) -> str:
    if response.status_code != 200:
        return ""
    if response["Content-Type"].startswith("application/json"):
        return json.dumps(response.json(), ensure_ascii=False)  # JSON may write a mark in escapes
    text: str = response.content.decode()
    return text


def exported(response: HttpResponseBase, kind: str) -> str:
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    if kind == "csv":
        return " ".join(cell for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in line)
    book = load_workbook(io.BytesIO(content), read_only=True)
    return " ".join(
        str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row if cell
    )
