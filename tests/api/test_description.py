"""The API as it was agreed on: OpenAPI 3.1, and no change that nobody meant."""

from django.test import Client

from luoshi.orgs.tests.today import TodayTestCase
from luoshi.testing.openapi import SNAPSHOT, described, rendered


def test_the_api_is_the_one_that_was_agreed_on():
    assert rendered() == SNAPSHOT.read_text(encoding="utf-8"), "if the change is meant: make openapi"


def test_it_is_openapi_3_1_and_every_operation_has_a_name_a_summary_and_a_way_to_sign_in():
    schema = described()
    assert schema["openapi"].startswith("3.1")
    operations = [each for path in schema["paths"].values() for each in path.values()]
    assert operations
    for each in operations:
        assert each["summary"], each["operationId"]
    assert len({each["operationId"] for each in operations}) == len(operations)


def test_only_the_public_verification_needs_no_sign_in():
    schema = described()
    unprotected = [
        path for path, methods in schema["paths"].items() for each in methods.values() if not each.get("security")
    ]
    assert unprotected == ["/api/verify/{code}", "/api/verify"]


class Pages(TodayTestCase):
    def test_the_description_opens_behind_the_login_for_people_and_for_machines(self):
        for address in ("/api/", "/api/openapi.json"):
            assert Client().get(address).status_code == 302, address
            assert self.signed_in("zheng").get(address).status_code == 200, address
