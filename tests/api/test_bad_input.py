"""Bad input through the API and the addresses: a clear answer, and nothing half-stored."""

from luoshi.activities.models import Activity
from luoshi.journal.models import Entry
from luoshi.orgs.models import Person
from luoshi.orgs.tests.today import TodayTestCase

RECORD = {"campaign": "study", "unit": "6201-mz-1", "kind": "meeting", "held_on": "2023-11-20", "title": "支部党员大会"}


class BadInput(TodayTestCase):
    def refused(self, changes: dict[str, object], *, by: str = "zheng", statuses: tuple[int, ...] = (422,)) -> str:
        """Send a record with something wrong; returns what the answer says."""
        before = Entry.objects.count()
        answer = self.signed_in(by).post("/api/activities", RECORD | changes, content_type="application/json")
        assert answer.status_code in statuses, answer.content.decode()
        assert answer["Content-Type"] == "application/problem+json"
        assert not Activity.objects.exists()
        assert Entry.objects.count() == before
        said = answer.json()
        return f"{said['title']} {said['detail']} {said.get('flaws', '')}"

    def test_the_record_itself_is_good(self) -> None:
        answer = self.signed_in("zheng").post("/api/activities", RECORD, content_type="application/json")
        assert answer.status_code == 201

    def test_an_activity_in_the_future_names_the_day(self) -> None:
        assert "2023-11-24" in self.refused({"held_on": "2023-11-24"})

    def test_an_activity_before_the_unit_was_founded(self) -> None:
        self.refused({"held_on": "1999-01-01"})

    def test_an_activity_of_a_unit_outside_of_ones_scope(self) -> None:
        self.refused({"unit": "6202-1"}, statuses=(403, 404))
        self.refused({"unit": "6201-mz-1"}, by="zhao", statuses=(403, 404))
        self.refused({"unit": "no-such-unit"}, statuses=(404,))

    def test_persons_of_another_unit(self) -> None:
        self.refused({"absent": {str(self.villager.pk): "ill"}})

    def test_a_host_of_another_unit(self) -> None:
        self.refused({"host": self.villager.pk})

    def test_codes_that_do_not_exist_are_named(self) -> None:
        assert "no-such-kind" in self.refused({"kind": "no-such-kind"})
        assert "no-such-topic" in self.refused({"topics": ["no-such-topic"]})

    def test_values_of_the_wrong_kind_say_where(self) -> None:
        assert "held_on" in self.refused({"held_on": "yesterday"})
        assert "title" in self.refused({"title": "长" * 201})
        assert "others" in self.refused({"others": -1})
        assert "others" in self.refused({"others": 10**30})

    def test_a_classification_mark_is_refused(self) -> None:
        assert "机密" in self.refused({"summary": "机密★10年"})

    def test_a_character_that_no_database_keeps_is_refused(self) -> None:
        assert "NUL" in self.refused({"title": "支部\x00大会"}, statuses=(400,))

    def test_what_is_no_json_is_refused(self) -> None:
        client = self.signed_in("zheng")
        for body in (b"{", b"\xff\xfe", b"[]", b"null", b""):
            answer = client.post("/api/activities", body, content_type="application/json")
            assert answer.status_code in (400, 422), body
            assert answer["Content-Type"] == "application/problem+json", body
        assert not Activity.objects.exists()

    def test_an_id_number_that_is_none_is_explained_and_not_repeated(self) -> None:
        before = Person.objects.count()
        body = {"name": "新人", "id_number": "620102199001011239"}
        answer = self.signed_in("zheng").post("/api/units/6201-mz-1/persons", body, content_type="application/json")
        assert answer.status_code == 422
        assert "620102199001011239" not in answer.content.decode()
        assert Person.objects.count() == before

    def test_an_address_with_a_character_that_no_database_keeps(self) -> None:
        client = self.signed_in("zhou")
        for address in (
            "/units/%00/",
            "/units/?q=%00",
            "/units/?unit=%00",
            "/search/?q=%00",
            "/api/units/%00",
            "/activities/?q=%00",
        ):
            assert client.get(address).status_code == 400, address

    def test_a_number_beyond_every_key_is_not_found(self) -> None:
        client, huge = self.signed_in("zhou"), 10**30
        for address in (
            "activities",
            "persons",
            "accounts",
            "reports",
            "figures/declarations",
            "plan/notices",
            "journal",
        ):
            assert client.get(f"/{address}/{huge}/").status_code == 404, address

    def test_parameters_that_make_no_sense_still_open_the_page(self) -> None:
        client = self.signed_in("zhou")
        for query in (
            "page=-1",
            "page=9" * 9,
            "per=x",
            "sort=;drop",
            "cols=none",
            "unit=nowhere",
            "campaign=none",
            "export=exe",
        ):
            assert client.get(f"/activities/?{query}").status_code == 200, query

    def test_an_unknown_address_and_a_wrong_method_of_the_api_are_problems_too(self) -> None:
        client = self.signed_in("zhou")
        for answer, status in ((client.get("/api/nothing"), 404), (client.delete("/api/activities"), 405)):
            assert answer.status_code == status
            assert answer["Content-Type"] == "application/problem+json"
            assert answer.json()["title"]
