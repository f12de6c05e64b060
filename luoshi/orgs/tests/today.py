"""The cast on its own day: pages ask the clock what day it is."""

from unittest import mock

from django.test import Client

from luoshi.testing.cast import TODAY, LedgerTestCase, moment


class TodayTestCase(LedgerTestCase):
    """Requests happen on the day of the cast."""

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(mock.patch("django.utils.timezone.now", return_value=moment(TODAY)))

    def signed_in(self, username: str) -> Client:
        client = Client()
        client.force_login(self.users[username])
        return client
