"""Units: set up, changed, moved, merged, closed — by operation, page and API."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied

from luoshi.gate.errors import Conflict, Refused
from luoshi.gate.history import events
from luoshi.gate.verify import check_rows
from luoshi.orgs.models import Unit
from luoshi.orgs.operations import change_unit, close_unit, create_token, create_unit, merge_units, move_unit
from luoshi.orgs.operations.units import codes_in_a_loop
from luoshi.orgs.queries import ancestors_of, names_of, units_named
from luoshi.orgs.tests.today import TodayTestCase
from luoshi.testing.cast import TODAY, moment

AT = moment(TODAY)
NEW: dict[str, Any] = {"name": "东林市教育局", "kind": "department", "rank": 3}


class Units(TodayTestCase):
    def setUp(self):
        super().setUp()
        self.bureau.refresh_from_db()

    def test_create_unit(self):
        unit = create_unit(self.city_office, self.city, code="6201-jy", **NEW, at=AT)
        assert [each.code for each in ancestors_of(unit)] == ["62", "6201"]
        bad: list[dict[str, Any]] = [
            {"code": "6201-mz"},
            {"code": "a/b"},
            {"code": "6201-x", "founded_on": date(2030, 1, 1)},
        ]
        for values in bad:
            with self.subTest(values), self.assertRaises(Refused):
                create_unit(self.city_office, self.city, **NEW | values, at=AT)
        with self.assertRaises(PermissionDenied):
            create_unit(self.city_office, self.other_city, code="6202-jy", **NEW, at=AT)

    def test_change_unit_tells_from_what_to_what(self):
        unit = change_unit(self.city_office, self.bureau, name="东林市民政与养老局", seen=self.bureau.version, at=AT)
        told = events(unit.ref, names=names_of)[0].words
        assert "吴青山" in told
        assert "<b>东林市民政局</b>" in told
        assert "<b>东林市民政与养老局</b>" in told
        assert unit in units_named("dlsmzyylj")
        with self.assertRaises(Conflict):
            change_unit(self.city_office, self.bureau, name="又改", seen=self.bureau.version, at=AT)
        with self.assertRaises(PermissionDenied):
            change_unit(self.liaison, unit, name="又改", at=AT)

    def test_a_conflict_shows_what_the_record_says_now(self):
        change_unit(self.city_office, self.bureau, name="民政局甲", at=AT)
        form = {"name": "民政局乙", "kind": "department", "rank": "3", "version": str(self.bureau.version)}
        answer = self.signed_in("wu").post("/units/6201-mz/change/", form)
        assert answer.status_code == 409
        assert "民政局甲" in answer.content.decode()
        assert "民政局乙" in answer.content.decode()

    def test_move_unit_only_within_what_one_leads(self):
        move_unit(self.city_office, self.bureau, parent=self.county, document="东编〔2023〕7号", at=AT)
        self.bureau.refresh_from_db()
        assert self.bureau.parent == self.county
        with self.assertRaises(Refused):
            move_unit(self.city_office, self.township, parent=self.other_city, at=AT)
        with self.assertRaises(Refused):
            move_unit(self.office, self.city, parent=self.county, at=AT)
        with self.assertRaises(PermissionDenied):
            move_unit(self.city_office, self.city, parent=self.province, at=AT)

    def test_merge_units_takes_persons_and_children_along(self):
        merge_units(self.city_office, self.first, into=self.second, document="东编〔2023〕8号", at=AT)
        first = Unit.objects.get(pk=self.first.pk)
        assert (first.closed_on, first.successor, first.no) == (TODAY, self.second, 0)
        assert {person.unit for person in self.fresh(self.persons)} == {self.second}
        assert self.signed_in("wu").get("/units/6201-mz-1/").status_code == 200
        with self.assertRaises(Refused):
            merge_units(self.city_office, self.second, into=first, at=AT)
        assert list(check_rows()) == []

    @staticmethod
    def fresh(rows):
        return [type(row).objects.get(pk=row.pk) for row in rows]

    def test_close_unit_wants_it_empty(self):
        for unit in (self.first, self.bureau):
            with self.subTest(unit.name), self.assertRaises(Refused):
                close_unit(self.city_office, unit, at=AT)
        closed = close_unit(self.city_office, self.second, at=AT)
        assert closed.closed_on == TODAY
        with self.assertRaises(PermissionDenied):
            change_unit(self.city_office, closed, name="又开", at=AT)
        with self.assertRaises(Refused):
            change_unit(self.as_user("system"), closed, name="又开", at=AT)
        with self.assertRaises(Refused):
            create_unit(self.as_user("system"), closed, code="x", **NEW, at=AT)

    def test_the_pages_write_through_the_operations(self):
        client = self.signed_in("wu")
        made = client.post(
            "/units/6201/new/", {"code": "6201-jy", "name": "东林市教育局", "kind": "department", "rank": "3"}
        )
        assert made["Location"] == "/units/6201-jy/"
        unit = Unit.objects.get(code="6201-jy")
        moved = client.post("/units/6201-jy/move/", {"parent": self.county.pk, "version": unit.version})
        assert moved.status_code == 422, "it was placed there today"
        assert client.post("/units/6201-jy/close/", {"version": unit.version})["Location"] == "/units/6201-jy/"
        assert client.post("/units/6201/new/", {"code": "6201-mz", "name": "x"}).status_code == 422

    def test_codes_in_a_loop(self):
        assert codes_in_a_loop({"a": "b", "b": "c", "c": "root"}) == []
        assert codes_in_a_loop({"a": "b", "b": "a", "c": "a", "d": "root"}) == ["a", "b", "c"]
        assert codes_in_a_loop({"a": "a"}) == ["a"]


class Api(TodayTestCase):
    def setUp(self):
        super().setUp()
        actions = ["unit.see", "unit.create", "unit.change", "person.see"]
        issued = create_token(
            self.city_office, self.city, name="x", actions=actions, expires_on=date(2024, 3, 1), at=AT
        )
        self.headers = {"Authorization": f"Bearer {issued.secret}"}

    def get(self, path):
        return self.client.get(f"/api{path}", headers=self.headers)

    def send(self, method, path, **body):
        send = getattr(self.client, method)
        return send(f"/api{path}", body, content_type="application/json", headers=self.headers)

    def test_units_are_listed_shown_and_searched(self):
        assert self.client.get("/api/units").status_code == 401
        assert self.get("/units?limit=3").json()["count"] == 11
        detail = self.get("/units/6201-mz").json()
        assert (detail["above"], detail["parent"]) == (["62", "6201"], "6201")
        assert [each["code"] for each in self.get("/units?q=minzheng").json()["items"]] == []
        assert [each["code"] for each in self.get("/units?q=dlsmzj").json()["items"]] == ["6201-mz"]
        assert [each["code"] for each in self.get("/units/6201-mz/children").json()] == ["6201-mz-1", "6201-mz-2"]
        assert self.get("/units/nowhere").status_code == 404

    def test_persons_are_masked_and_within_sight(self):
        rows = self.get("/units/6201-mz-1/persons").json()["items"]
        assert [row["name"] for row in rows] == ["丁一舟", "段知行", "方敏之", "高予宁", "郑卫东"]
        assert self.get("/units/6202-1/persons").json()["items"] == []

    def test_writes_are_the_same_operations_with_the_same_refusals(self):
        body = {"code": "6201-jy", "name": "教育局", "kind": "department", "rank": 3}
        assert self.send("post", "/units/6201/children", **body).status_code == 201
        assert self.send("post", "/units/6201/children", **body).status_code == 422
        assert self.send("post", "/units/6201/children", **body | {"nane": 1}).status_code == 422
        assert self.send("post", "/units/6202/children", **body | {"code": "6202-jy"}).status_code == 403
        assert self.send("patch", "/units/6201-jy", name="教体局", seen=1).json()["name"] == "教体局"
        assert self.send("patch", "/units/6201-jy", name="教科局", seen=1).status_code == 409
        assert self.send("post", "/units/6201-jy/move", parent="620122").status_code == 403, (
            "not among the token's actions"
        )
