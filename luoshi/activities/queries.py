"""What pages and API ask about activities: which are in sight, where one may record, which duty a record would meet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.lookups import Exact

from luoshi.activities.models import Activity
from luoshi.campaigns.desk import occasion_title
from luoshi.campaigns.duties import State, occasion_on, open_requirements, owed, stated
from luoshi.campaigns.models import Campaign, Fulfilment, Kind, Occasion, Requirement
from luoshi.campaigns.scope import Scope
from luoshi.gate.actor import Actor
from luoshi.gate.policy import may, sees_all
from luoshi.gate.scope import Aside, in_branch, within
from luoshi.orgs.models import Membership, Person, Unit, during

WITHDRAWN = Q(state=Activity.State.WITHDRAWN)
EARLIER_OFFERED = 6


def activities(actor: Actor) -> QuerySet[Activity]:
    """All activities that the actor may see, withdrawn ones included."""
    return Activity.objects.filter(within(actor, "activity.see"))


def activities_in(scope: Scope, actor: Actor, *, along: bool = False) -> QuerySet[Activity]:
    """Those of the page's campaign in the branch of the page's unit. along: to be read by date, not unit by unit."""
    first, last = scope.unit.no, scope.unit.last
    campaign = scope.campaign.pk if scope.campaign else None
    here = Q(campaign=campaign) if along else Q(Exact(Aside(F("campaign")), campaign))
    rows = Activity.objects.filter(here, in_branch(first, last, along=along))
    if not sees_all(actor, "activity.see", first, last):
        rows = rows.filter(within(actor, "activity.see", along=along))
    return rows.select_related("unit", "kind")


def recordable_units(actor: Actor, action: str = "activity.record") -> QuerySet[Unit]:
    """The units for which the actor records, in tree order: the own one, and those whose mandate the actor holds."""
    return Unit.objects.filter(within(actor, action, ""), no__gt=0).order_by("no")


def kinds_for(campaign: Campaign, unit: Unit, *, on: date) -> list[Kind]:
    """The campaign's kinds, those that the unit owes on that day first."""
    kinds = Kind.objects.filter(campaign=campaign, ended_on__isnull=True).order_by("order", "pk")
    owing = _requirements_owed(campaign, unit, on=on)
    codes = {code for requirement in owing for code in requirement.kinds}
    return sorted(kinds.select_related("campaign"), key=lambda kind: kind.code not in codes)


def _requirements_owed(campaign: Campaign, unit: Unit, *, on: date) -> QuerySet[Requirement]:
    days = during(on, start="owes__valid_from", end="owes__valid_until")
    return Requirement.objects.filter(days, campaign=campaign, owes__unit=unit).distinct()


@dataclass(frozen=True, slots=True)
class Meets:
    """One duty that a record fulfils or would fulfil. by: the record that has fulfilled it already, "" where it is open."""

    requirement: Requirement
    occasion: Occasion
    making_up: bool
    by: str = ""

    @property
    def title(self) -> str:
        return occasion_title(self.requirement, self.occasion.no, self.occasion.nominal_on)


def would_meet(
    campaign: Campaign, unit: Unit, kind: Kind, *, on: date, makes_up: str = "", ref: str = ""
) -> list[Meets]:
    """What a record of this kind on that day would fulfil. ref: the record itself, where it exists already."""
    found = []
    for requirement in open_requirements(campaign, unit.pk, kind.code, on=on):
        code, _sharp, no = makes_up.partition("#")
        making_up = code == requirement.code and no.isdecimal()
        occasion = requirement.occasions.filter(no=int(no)).first() if making_up else occasion_on(requirement, on)
        if occasion is not None:
            found.append(Meets(requirement, occasion, making_up, _met_by(occasion, unit, ref)))
    return found


def _met_by(occasion: Occasion, unit: Unit, ref: str) -> str:
    counting = Fulfilment.objects.filter(occasion=occasion, unit=unit, counts=True).exclude(ref=ref)
    return counting.values_list("ref", flat=True).first() or ""


def earlier_open(
    campaign: Campaign, unit: Unit, kind: Kind, *, on: date, chosen: str = ""
) -> list[tuple[str, date, str]]:
    """Earlier occasions that this record could make up for, newest first: (title, due day, "code#number").

    chosen: an occasion that the record makes up for already; it is offered though it is met.
    """
    requirements = {each.pk: each for each in open_requirements(campaign, unit.pk, kind.code, on=on)}
    rows: QuerySet[Any] = owed(until=on - timedelta(days=1)).filter(unit=unit, requirement__in=requirements)
    found = []
    for duty in stated(rows.filter(closes_on__lt=on), on=on):
        requirement = requirements[duty.requirement]
        code = f"{requirement.code}#{duty.no}"
        if duty.state == State.OVERDUE or code == chosen:
            found.append((occasion_title(requirement, duty.no, duty.nominal_on), duty.due_on, code))
    return sorted(found, key=lambda offered: offered[1], reverse=True)[:EARLIER_OFFERED]


def fulfilled_by(activity: Activity) -> list[Fulfilment]:
    rows = Fulfilment.objects.filter(ref=activity.ref).select_related("occasion__requirement__campaign")
    return list(rows.order_by("occasion__due_on"))


def possible_hosts(unit: Unit, *, on: date) -> QuerySet[Person]:
    """Who is counted at the unit on that day."""
    here = Membership.objects.filter(during(on), unit=unit, counts=True)
    return Person.objects.filter(pk__in=here.values("person"), erased_at__isnull=True).order_by("pinyin", "pk")


def sees_names(actor: Actor, unit: Unit) -> bool:
    """May the actor read who was there, or only how many?"""
    return may(actor, "person.see", unit.place())


def agenda_titles(kind: Kind, codes: Iterable[str], language: str) -> list[str]:
    """The items of a kind's agenda by their titles, in the order of the agenda."""
    return [title for code, title in agenda_choices(kind, language) if code in set(codes)]


def agenda_choices(kind: Kind, language: str) -> list[tuple[str, str]]:
    return [(item["code"], _title(item, language)) for item in kind.agenda]


def _title(item: dict[str, object], language: str) -> str:
    title = item.get("title", item["code"])
    if isinstance(title, dict):
        return str(title.get(language) or title.get("zh-hans") or item["code"])
    return str(title)
