"""Every address × every account of the cast: the status is the one that tests/house/url_roles.py says."""

from luoshi.orgs.tests.today import TodayTestCase
from tests.house.test_urls import SITE
from tests.house.url_examples import examples
from tests.house.url_roles import EVERYBODY, STATUSES, THE_REST


def expected(accounts: list[str], statuses: dict[int, str]) -> dict[str, int]:
    """Account → status, from a line of the table."""
    named = {
        name: status
        for status, names in statuses.items()
        if names not in (EVERYBODY, THE_REST)
        for name in names.split()
    }
    rest = [status for status, names in statuses.items() if names in (EVERYBODY, THE_REST)]
    return {account: named.get(account, *rest) for account in accounts}


def test_every_address_has_its_line_of_statuses():
    """The API answers by its own rules: tests/api."""
    assert {route for route in SITE if not route.startswith("api/")} == set(STATUSES)


class Addresses(TodayTestCase):
    records: dict[str, str]

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.records = examples(cls)

    def test_every_account_gets_what_the_table_says(self) -> None:
        clients = {username: self.signed_in(username) for username in self.users}
        for route, (address, statuses) in STATUSES.items():
            with self.subTest(route):
                real = address.format(**self.records)
                got = {username: client.get(real).status_code for username, client in clients.items()}
                assert got == expected(list(clients), statuses)
