"""三会一课 — activities from the export of the branch-life platform: never typed a second time.

The platform names persons; where its list of the absent is there, everybody else of the roster was present. Where it only
counts, its counts are kept and no person is named.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from luoshi.activities.models import MOST_OTHERS, Activity, Attendance
from luoshi.activities.operations import BulkHeld
from luoshi.campaigns.models import Campaign, Kind
from luoshi.lib.text import clean, marking
from luoshi.orgs.models import Membership, Unit
from luoshi.sheets.cells import Raw
from luoshi.sheets.columns import Ambiguous, Day, Label, Number, Reading, Ref, Text
from luoshi.sheets.reading import Outcome, Parsed, Resolve, Row
from luoshi.sheets.sheet import Sheet

BETWEEN_NAMES = re.compile(r"[、,，;；\s]+")
NAME_AND_REASON = re.compile(r"(?P<name>[^()（）]+)(?:[(（](?P<reason>[^()（）]*)[)）])?")
TIME_OF_DAY = re.compile(r"[ T]\s*\d{1,2}[:：]\d{2}([:：]\d{2})?\s*$")
# The platform's words for the kinds that every branch knows → words that may stand in a campaign's own titles.
KNOWN_AS = {
    "支部党员大会": "党员大会",
    "支部委员会": "支委会",
    "支部委员会会议": "支委会",
    "党小组会议": "党小组会",
    "上党课": "党课",
    "主题党日活动": "主题党日",
}
REASONS = {
    "请假": "leave",
    "事假": "leave",
    "出差": "travel",
    "公出": "travel",
    "病假": "ill",
    "生病": "ill",
    "因病": "ill",
}
# The platform's own headings, as they differ from one edition to the next.
HEADINGS = {
    "unit": ("党组织名称", "党组织", "支部名称", "所在党支部", "组织名称"),
    "kind": ("会议类型", "活动类型", "组织生活类型", "会议类别", "活动类别"),
    "held_on": ("会议时间", "活动时间", "开展时间", "会议日期", "召开时间", "开始时间", "活动日期"),
    "title": ("会议主题", "活动主题", "会议议题", "议题", "会议名称", "活动名称", "主题"),
    "venue": ("会议地点", "活动地点", "召开地点"),
    "host": ("主持人", "会议主持人", "主讲人", "授课人"),
    "expected": ("应到人数", "应参加人数", "应到党员数", "应到会人数"),
    "present": ("实到人数", "实际参加人数", "实到党员数", "参加人数", "实到会人数"),
    "absent": ("缺席人员", "请假人员", "未到人员", "缺席党员"),
    "others": ("列席人数", "列席人员数", "其他参加人数"),
}


class DayOfMeeting(Day):
    """A day; the platform writes the time of day behind it, which is left out here."""

    def parse(self, raw: Raw, reading: Reading) -> Any:
        if isinstance(raw, datetime):
            raw = raw.date()
        elif isinstance(raw, str):
            raw = TIME_OF_DAY.sub("", raw)
        elif isinstance(raw, float) and not isinstance(raw, bool):
            raw = int(raw)
        return super().parse(raw, reading)


def sheet(campaign: Campaign, below: Unit) -> Sheet:
    """The columns, under our headings and the platform's. Units are those of the branch of `below`."""
    kinds = list(Kind.objects.filter(campaign=campaign, ended_on__isnull=True).order_by("order", "pk"))

    def found_units(texts: set[str]) -> Mapping[str, object]:
        return units_called(texts, below)

    def found_kinds(texts: set[str]) -> Mapping[str, object]:
        return kinds_called(texts, kinds)

    def offered() -> list[str]:
        return [str(kind) for kind in kinds]

    return Sheet(
        "branch-life",
        title=gettext_lazy("Branch life (three meetings, one lecture)"),
        instructions=gettext_lazy("Paste the platform's export as it is; columns that are not named here are left out."),
        key=("unit", "kind", "held_on", "title"),
        columns=[
            Ref("unit", gettext_lazy("branch"), required=True, lookup=found_units, show=lambda unit: str(unit.code),
                aliases=HEADINGS["unit"], hint=gettext_lazy("name or code")),
            Ref("kind", gettext_lazy("kind of activity"), required=True, lookup=found_kinds, offered=offered,
                aliases=HEADINGS["kind"]),
            DayOfMeeting("held_on", gettext_lazy("day of the activity"), required=True, earliest=date(2000, 1, 1),
                         aliases=HEADINGS["held_on"]),
            Text("title", gettext_lazy("subject"), required=True, max_length=200, aliases=HEADINGS["title"]),
            Text("venue", gettext_lazy("venue"), max_length=100, aliases=HEADINGS["venue"]),
            Text("host", gettext_lazy("chaired by"), max_length=40, aliases=HEADINGS["host"]),
            counted("expected", gettext_lazy("on the roster")),
            counted("present", gettext_lazy("present")),
            Text("absent", pgettext_lazy("names of persons", "absent"), max_length=2_000, aliases=HEADINGS["absent"],
                 hint=gettext_lazy("names, a reason in brackets")),
            counted("others", gettext_lazy("others present")),
        ],
    )  # fmt: skip


def counted(name: str, label: Label) -> Number:
    return Number(name, label, min=0, max=MOST_OTHERS, aliases=HEADINGS[name])


def units_called(texts: set[str], below: Unit) -> Mapping[str, object]:
    """Units of the branch by code, name or short name, in one query."""
    here = Unit.objects.filter(no__range=(below.no, below.last))
    named: dict[str, list[Unit]] = defaultdict(list)
    for unit in here.filter(Q(code__in=texts) | Q(name__in=texts) | Q(short_name__in=texts)):
        for text in {unit.code, unit.name, unit.short_name} & texts:
            named[text].append(unit)
    return {
        text: found[0] if len(found) == 1 else Ambiguous(tuple(f"{unit.code} {unit.name}" for unit in found))
        for text, found in named.items()
    }


def kinds_called(texts: set[str], kinds: Iterable[Kind]) -> Mapping[str, object]:
    """Kinds by code, by title in either language, and by the platform's usual words."""
    named = {word: kind for kind in kinds for word in (kind.code, kind.title, kind.title_en) if word}
    found = {}
    for text in texts:
        usual = KNOWN_AS.get(text, text)
        kind = named.get(text) or named.get(usual)
        if kind is None:
            fitting = [each for word, each in named.items() if usual in word]
            kind = fitting[0] if len({each.pk for each in fitting}) == 1 else None
        if kind is not None:
            found[text] = kind
    return found


@dataclass(frozen=True)
class Member:
    """One stretch of a person's being counted at a unit."""

    person: int
    name: str
    since: date
    until: date | None
    kind: str

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass
class Known:
    """What the ledger knows of the units of a file, fetched once: rosters, and the activities that are recorded already."""

    today: date
    members: dict[int, list[Member]] = field(default_factory=dict)
    recorded: set[tuple[int, int, date, str]] = field(default_factory=set)

    @classmethod
    def of(cls, parsed: Parsed, campaign: Campaign, *, today: date) -> "Known":
        units = {unit.pk for row in parsed.rows if isinstance(unit := row.values.get("unit"), Unit)}
        members: dict[int, list[Member]] = defaultdict(list)
        for unit, person, name, since, until, kind in Membership.objects.filter(
            unit__in=units, counts=True
        ).values_list("unit", "person", "person__name", "valid_from", "valid_until", "kind"):
            members[unit].append(Member(person, name, since, until, kind))
        rows = Activity.objects.filter(campaign=campaign, unit__in=units).exclude(state=Activity.State.WITHDRAWN)
        recorded = set(rows.values_list("unit", "kind", "held_on", "title"))
        return cls(today, members, recorded)

    def tell_unknown_hosts(self, parsed: Parsed) -> None:
        """A guest who chaired is on no roster of ours: the row comes in without that name, and the dry run says so."""
        for row in parsed.rows:
            if not row.bad and row["host"] and not self.called(row["unit"], row["host"], row["held_on"]):
                words = _("%(name)s is not on the roster of the branch; the activity is imported without that name.")
                parsed.note("host_left_out", words % {"name": row["host"]}, row=row.number, column="host")

    def roster(self, unit: Unit, kind: Kind, on: date) -> list[Member] | None:
        """Who is expected, where the branch itself is the roster; None for the others."""
        left_out = {
            Kind.Roster.MEMBERS: {Membership.Kind.STAFF},
            Kind.Roster.STAFF: set(),
            Kind.Roster.FLOATING: {Membership.Kind.MEMBER, Membership.Kind.STAFF},
        }.get(Kind.Roster(kind.roster))
        if left_out is None:
            return None
        here = self.members.get(unit.pk, ())
        return [member for member in here if member.on(on) and member.kind not in left_out]

    def called(self, unit: Unit, name: str, on: date) -> list[int]:
        return [member.person for member in self.members.get(unit.pk, ()) if member.name == name and member.on(on)]


def judged(known: Known) -> Resolve:
    """What confirming would do with each row, or what is wrong with it, by column."""

    def resolve(row: Row) -> Outcome | Mapping[str, str]:
        flaws = flaws_of(row, known)
        return flaws or Outcome.NEW

    return resolve


def flaws_of(row: Row, known: Known) -> dict[str, str]:
    unit, kind, held_on = row["unit"], row["kind"], row["held_on"]
    flaws = {
        column: _("The text bears the mark “%(mark)s”. Classified content must not be imported.") % {"mark": mark}
        for column in ("title", "venue")
        if (mark := marking(row[column] or "")) is not None
    }
    if held_on > known.today:
        flaws["held_on"] = _("This day lies in the future; the activity was not held yet.")
    elif held_on < unit.founded_on or (unit.closed_on and held_on >= unit.closed_on):
        flaws["held_on"] = _("The unit did not exist on this day.")
    if (unit.pk, kind.pk, held_on, clean(row["title"])) in known.recorded:
        flaws["title"] = _("This activity is recorded already. Take the row out, or correct the record.")
    return flaws | presence_flaws(row, known) | host_flaws(row, known)


def host_flaws(row: Row, known: Known) -> dict[str, str]:
    name = row["host"]
    if not name or len(known.called(row["unit"], name, row["held_on"])) < 2:
        return {}
    return {"host": _("There are two persons of this name on the roster. Leave the cell empty and add the host later.")}


def presence_flaws(row: Row, known: Known) -> dict[str, str]:
    expected, present, absent = row["expected"], row["present"], absences(row["absent"] or "")
    if present is not None and expected is not None and present > expected:
        return {"present": _("More persons are present than expected.")}
    roster = known.roster(row["unit"], row["kind"], row["held_on"])
    if not absent:
        return {}
    if roster is None:
        return {"absent": _("This kind of activity has no roster of the branch. Leave the names out.")}
    names = [member.name for member in roster]
    if unknown := [name for name in absent if name not in names]:
        return {"absent": _("Not on the roster of that day: %(names)s.") % {"names": "、".join(unknown[:5])}}
    if twice := [name for name in absent if names.count(name) > 1]:
        return {"absent": _("Two persons are called %(name)s. Record this one by hand.") % {"name": twice[0]}}
    if present is not None and present != len(roster) - len(absent):
        words = _("The roster of that day has %(roster)d persons; without the absent these are %(present)d.")
        return {"present": words % {"roster": len(roster), "present": len(roster) - len(absent)}}
    return {}


def absences(text: str) -> dict[str, str]:
    """Names with the reason of each: 杜衡之（请假）、祝晓岚."""
    found = {}
    for piece in BETWEEN_NAMES.split(text):
        match = NAME_AND_REASON.fullmatch(piece)
        if match:
            found[clean(match["name"])] = REASONS.get((match["reason"] or "").strip(), Attendance.Absence.OTHER.value)
    return found


def held(row: Row, known: Known) -> BulkHeld:
    """A row that was found good, as the operation takes it."""
    unit, kind, held_on = row["unit"], row["kind"], row["held_on"]
    hosts = known.called(unit, row["host"], held_on) if row["host"] else []
    roster, counts = presence(row, known)
    return BulkHeld(
        unit=unit.pk,
        kind=kind.pk,
        held_on=held_on,
        entered_on=known.today,
        title=clean(row["title"]),
        venue=clean(row["venue"] or ""),
        others=row["others"] or 0,
        host=hosts[0] if hosts else None,
        roster=roster,
        counts=counts,
    )


def presence(row: Row, known: Known) -> tuple[list[tuple[int, int, str]] | None, tuple[int, int] | None]:
    """Persons where the file says who was absent or that nobody was; else its counts; else nothing."""
    absent, expected, present = absences(row["absent"] or ""), row["expected"], row["present"]
    unit = row["unit"]
    roster = known.roster(unit, row["kind"], row["held_on"])
    full = present is not None and roster is not None and present == len(roster) and expected in (None, present)
    if roster and (absent or full):
        return [(member.person, unit.pk, absent.get(member.name, "")) for member in roster], None
    return None, None if expected is None or present is None else (expected, present)
