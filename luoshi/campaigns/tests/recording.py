"""What this room's tests need of the rooms above: a record that fulfils, without the room that makes such records."""

from datetime import date
from itertools import count
from typing import Any

from luoshi.campaigns.derive import Record, fulfil, take_back
from luoshi.campaigns.duties import Duty, requirement_duties
from luoshi.campaigns.models import Fulfilment, Requirement
from luoshi.campaigns.operations import publish_requirement
from luoshi.gate.actor import SYSTEM
from luoshi.gate.operation import Act
from luoshi.orgs.models import Unit
from luoshi.testing.cast import BEGINNING, TODAY, Cast, LedgerTestCase, moment


class Recording(Cast):
    """The first branch and its duties; records are numbered as they come."""

    numbers: Any

    def recorded(self, held_on: date, *, kind: str = "meeting", unit: Unit | None = None, **more: Any) -> Record:
        """Let a new record fulfil what it can. entered_on: the day of the work, unless another is given."""
        entered_on = more.pop("entered_on", held_on)
        ref, place = f"activity:{next(self.numbers)}", unit or self.first
        act = Act(SYSTEM, "activity.record", moment(entered_on))
        fulfil(act, campaign=self.campaign, unit=place.pk, kind=kind, on=held_on, ref=ref, **more)
        return Record(ref, place.pk, kind, held_on, entered_on, more.get("makes_up", ""))

    def published(self, code: str, **more: Any) -> Requirement:
        monthly = self.requirement("monthly")
        values: dict[str, Any] = {
            "title": code, "batch": monthly.batch, "workstream": monthly.workstream, "audience": monthly.audience,
            "kinds": ["meeting"], "published_on": BEGINNING,
        }  # fmt: skip
        return publish_requirement(self.office, self.campaign, code=code, at=moment(BEGINNING), **values | more)

    def taken_back(self, record: Record) -> None:
        take_back(Act(SYSTEM, "activity.withdraw", moment(TODAY)), record.ref)

    def duty(self, requirement: Requirement, no: int, *, unit: Unit | None = None, on: date = TODAY) -> Duty:
        found = requirement_duties(self.office, requirement, on=on, units=[(unit or self.first).pk])
        return next(duty for duty in found if duty.no == no)

    def met(self) -> set[tuple[str, int, str]]:
        """Requirement, occasion and record of everything that counts."""
        rows = Fulfilment.objects.filter(counts=True)
        return set(rows.values_list("occasion__requirement__code", "occasion__no", "ref"))


class RecordingTestCase(Recording, LedgerTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.numbers = count(1)
