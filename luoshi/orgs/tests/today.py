"""The cast on its own day: pages ask the clock what day it is."""

import re
from unittest import mock

from django.test import Client

from luoshi.journal.models import Change
from luoshi.testing.cast import TODAY, LedgerTestCase, moment


def first_in(page: str, pattern: str) -> str:
    """The first group (or the whole) of the first match on a page; fails when there is none."""
    match = re.search(pattern, page)
    assert match is not None, pattern
    return match[match.lastindex or 0]


def all_told() -> str:
    """Everything that the Changes of the journal say, in one text."""
    return " ".join(filter(None, Change.objects.values_list("body", flat=True)))


class TodayTestCase(LedgerTestCase):
    """Requests happen on the day of the cast."""

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(mock.patch("django.utils.timezone.now", return_value=moment(TODAY)))

    def signed_in(self, username: str) -> Client:
        client = Client()
        client.force_login(self.users[username])
        return client
