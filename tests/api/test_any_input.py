"""Whatever is sent, the API answers in its own words: no breakdown, and every refusal is problem+json."""

import json
from typing import Any
from urllib.parse import urlencode

import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core import NOT_SET

from luoshi.orgs.tests.today import TodayTestCase
from luoshi.testing.openapi import described
from tests.house.url_examples import examples

EXAMPLES = 12
FOUND: Any = schemathesis.openapi.from_dict(described()).get_all_operations()
OPERATIONS = {each.ok().label: each.ok() for each in FOUND}


class AnyInput(TodayTestCase):
    """Examples are made from the API's own description, the same ones at every run."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        examples(cls)

    def send(self, case: Any) -> Any:
        """One made-up request by the office of the province; what it writes is undone."""
        nothing = case.body is NOT_SET
        body = b"" if nothing else json.dumps(case.body).encode()
        query = {} if case.query is NOT_SET else case.query
        with transaction.atomic():
            answer = self.client.generic(
                case.method,
                case.formatted_path,
                body,
                "" if nothing else "application/json",
                QUERY_STRING=urlencode(query or {}, doseq=True),
            )
            transaction.set_rollback(True)
        return answer

    def test_no_input_breaks_it_and_every_refusal_is_a_problem(self) -> None:
        self.client.force_login(self.users["zhou"])
        for label, operation in OPERATIONS.items():
            with self.subTest(label):
                self.tried(operation)

    def tried(self, operation: Any) -> None:
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def one(case: Any) -> None:
            answer = self.send(case)
            assert answer.status_code < 500
            if answer.status_code >= 400:
                assert answer["Content-Type"] == "application/problem+json", (answer.status_code, answer.content[:200])

        one()
