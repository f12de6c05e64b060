"""What the tests of this room's pages share: the cast signed in on the day on which it plays."""

from datetime import date
from typing import Any
from unittest.mock import patch

from django.test import Client

from luoshi.activities.models import Activity
from luoshi.activities.operations import Held, record_activity
from luoshi.testing.cast import TODAY, Cast, LedgerTestCase, moment

KEY = "0e5b1f0e-58c0-4f2b-9f0a-000000000001"
SUBJECT = "学习报告第四部分"


class Pages(Cast):
    """The clock stands at the cast's own morning; 郑 has just held a meeting."""

    client: Client

    def stop_the_clock(self) -> Any:
        return patch("django.utils.timezone.now", return_value=moment(TODAY))

    def held(self, **more: Any) -> Held:
        values: dict[str, Any] = {"kind": self.kind("meeting"), "held_on": date(2023, 11, 21), "title": SUBJECT}
        return Held(**values | more)

    def activity(self, actor: Any = None, unit: Any = None, **more: Any) -> Activity:
        return record_activity(
            actor or self.secretary,
            unit or self.first,
            campaign=self.campaign,
            held=self.held(**more),
            at=moment(TODAY),
        )

    def by_mandate(self, **more: Any) -> Activity:
        return self.activity(self.delegate, self.village, **more)

    def sent(self, **more: Any) -> dict[str, Any]:
        """What the form of a new activity sends when nothing but the subject was typed."""
        values: dict[str, Any] = {
            "unit": self.first.code,
            "kind": "meeting",
            "held_on": "2023-11-21",
            "title": SUBJECT,
            "key": KEY,
        }
        return values | more

    def sign_in(self, username: str) -> None:
        self.client.force_login(self.users[username])


class PageTestCase(Pages, LedgerTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.enterContext(self.stop_the_clock())
        self.sign_in("zheng")
