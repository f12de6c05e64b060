"""填报数 — declared once, with its document and date; marked wherever it shows; never added to computed figures."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied

from luoshi.figures.models import Declaration
from luoshi.figures.operations import correct_declaration, declare_figure
from luoshi.figures.queries import board, figures_as_of
from luoshi.gate.errors import Refused
from luoshi.journal.log import head
from luoshi.journal.models import Entry
from luoshi.testing.cast import TODAY, LedgerTestCase, moment


class DeclareFigure(LedgerTestCase):
    def declare(self, actor=None, unit=None, **more: Any) -> Declaration:
        values: dict[str, Any] = {
            "indicator": self.indicator("projects"),
            "value": 173,
            "as_of_on": date(2023, 11, 20),
            "system": "重大项目库",
            "document": "甘发改〔2023〕12号",
            "document_on": date(2023, 11, 20),
        } | more
        return declare_figure(actor or self.city_office, unit or self.city, at=moment(TODAY), **values)

    def shown(self, unit):
        return board(self.office, self.campaign, [unit], on=TODAY).figure("projects", unit.pk)

    def test_it_shows_as_declared_at_the_unit_and_above(self):
        self.declare()
        for unit in (self.city, self.province):
            figure = self.shown(unit)
            self.assertEqual((figure.value, figure.declared), (173, True))
        self.assertIsNone(self.shown(self.other_city).value)
        self.assertEqual(Entry.objects.latest("position").action, "figure.declare")

    def test_a_correction_stands_and_the_old_one_is_kept(self):
        old, position = self.declare(), head()
        correct_declaration(self.city_office, old, value=171, note="两个项目重复", seen=old.version, at=moment(TODAY))
        self.assertEqual(self.shown(self.province).value, 171)
        self.assertEqual(Declaration.objects.count(), 2)
        then = figures_as_of(
            self.campaign, ["projects"], [self.province.pk], on=TODAY, position=position, at=moment(TODAY)
        )
        self.assertEqual(then[("projects", self.province.pk)].value, 173)

    def test_refusals_share_the_setting_of_success(self):
        refused: list[tuple[dict[str, Any], type[Exception]]] = [
            ({"indicator": self.indicator("meetings")}, Refused),
            ({"value": -1}, Refused),
            ({"value": 10**16}, Refused),
            ({"as_of_on": date(2024, 1, 1)}, Refused),
            ({"document": " "}, Refused),
            ({"actor": self.office}, PermissionDenied),
            ({"actor": self.outsider}, PermissionDenied),
        ]
        for change, error in refused:
            with self.subTest(change=str(change)), self.assertRaises(error):
                self.declare(**change)
        self.assertEqual(Declaration.objects.count(), 0)
        self.declare()
        with self.assertRaises(Refused):
            self.declare(value=174)
