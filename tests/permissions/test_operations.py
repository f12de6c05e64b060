"""Every role × every operation × every place: the operation answers as the hand-written table says."""

from typing import Any
from unittest import mock

from luoshi.gate.operation import Operation
from luoshi.gate.rules import Role
from luoshi.orgs.models import Unit
from luoshi.testing.cast import LedgerTestCase
from luoshi.testing.matrix import Answer, answer, holder, operations_of_the_product
from tests.permissions.expected import AT_A_PLACE, EVERYBODY, WITHOUT_A_PLACE

ROLES: tuple[Role | None, ...] = (*Role, None)


class Matrix(LedgerTestCase):
    """All grants stand at the city: there is something above, below, beside and elsewhere."""

    def places(self) -> dict[str, tuple[int, list[Unit]]]:
        """The column of the table, and the units that it speaks of."""
        return {
            "its own unit": (0, [self.city]),
            "below": (1, [self.bureau, self.first, self.village]),
            "above": (2, [self.province]),
            "beside": (2, [self.other_city]),
            "in another city": (2, [self.other_branch]),
        }

    def wrong_at_places(self, name: str, each: Operation[Any, Any]) -> list[str]:
        wrong = []
        for role in ROLES:
            actor = holder(role, self.city)
            for place, (column, units) in self.places().items():
                expected = role is not None and role.value in AT_A_PLACE[name][column].split()
                wrong += [
                    f"{role} {name} {place} ({unit}): {said}, expected {'does' if expected else 'a refusal'}"
                    for unit in units
                    if ((said := answer(each, actor, unit)) == Answer.DOES) != expected
                ]
        return wrong

    def test_every_operation_stands_in_the_table(self) -> None:
        assert set(operations_of_the_product()) == set(AT_A_PLACE) | set(WITHOUT_A_PLACE)

    def test_operations_answer_by_role_and_place(self) -> None:
        for name, each in operations_of_the_product().items():
            if name in AT_A_PLACE:
                with self.subTest(name):
                    assert self.wrong_at_places(name, each) == []

    def test_operations_without_a_place_answer_by_role(self) -> None:
        for name, each in operations_of_the_product().items():
            if name not in WITHOUT_A_PLACE:
                continue
            allowed = WITHOUT_A_PLACE[name]
            for role in ROLES:
                with self.subTest(name, role=role):
                    expected = allowed == EVERYBODY or (role is not None and role.value in allowed.split())
                    assert (answer(each, holder(role, self.city), self.city) == Answer.DOES) is expected

    def test_a_record_out_of_sight_is_not_there_and_one_in_sight_is_refused(self) -> None:
        correct = operations_of_the_product()["correct_activity"]
        reviewer = holder(Role.REVIEWER, self.city)
        assert answer(correct, reviewer, self.first) == Answer.REFUSED
        assert answer(correct, reviewer, self.other_branch) == Answer.UNSEEN

    def test_a_grant_for_one_sector_reaches_no_unit_of_another(self) -> None:
        waive = operations_of_the_product()["waive"]
        office = holder(Role.OFFICE, self.city, sector=1)
        assert self.bureau.sector_id is None
        assert answer(waive, office, self.bureau) == Answer.REFUSED

    def test_an_operation_that_does_not_look_at_its_place_is_caught(self) -> None:
        with mock.patch.object(Operation, "_check_right", return_value=None):
            record = operations_of_the_product()["record_activity"]
            found = self.wrong_at_places("record_activity", record)
        assert any("secretary record_activity in another city" in line for line in found)

    def test_a_rule_that_reaches_too_far_is_caught(self) -> None:
        with mock.patch("luoshi.gate.policy.Span.holds", return_value=True):
            found = self.wrong_at_places("return_activity", operations_of_the_product()["return_activity"])
        assert any("supervisor return_activity its own unit" in line for line in found)
