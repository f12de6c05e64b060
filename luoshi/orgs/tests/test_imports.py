"""Units and persons from Excel: what is wrong is told cell by cell, and nothing is half-stored."""

import io
import re
import tempfile
from pathlib import Path

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from luoshi.journal.models import Change, Entry
from luoshi.orgs.identity import known_by
from luoshi.orgs.imports import PERSONS, UNITS
from luoshi.orgs.models import Membership, Person, Sector, Unit
from luoshi.orgs.operations import create_person
from luoshi.orgs.tests.test_erase_person import check_digit
from luoshi.orgs.tests.today import TodayTestCase, all_told, first_in

ID_NUMBER = "62010219700315127" + check_digit("62010219700315127")


def workbook(headings, *rows):
    result = io.BytesIO()
    book = xlsxwriter.Workbook(result, {"in_memory": True})
    page = book.add_worksheet("数据")
    for number, values in enumerate([headings, *rows]):
        for index, value in enumerate(values):
            page.write(number, index, value)
    book.close()
    return result.getvalue()


class ImportTestCase(TodayTestCase):
    address = ""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.enterContext(override_settings(LUOSHI_FILES=Path(folder.name)))

    def check(self, content, *, username):
        client = self.signed_in(username)
        answer = client.post(self.address, {"act": "check", "file": SimpleUploadedFile("表.xlsx", content)})
        self.client = client
        return answer

    def confirm(self, answer):
        token = first_in(answer.content.decode(), r'name="token" value="([^"]+)"')
        return self.client.post(self.address, {"act": "confirm", "token": token})

    def cells(self, answer):
        """The cells that the page names as flawed."""
        assert answer.status_code == 422, answer.content.decode()[:2000]
        return set(re.findall(r'<td data-label="[^"]*">([A-Z]{1,2}\d+)</td>', answer.content.decode()))


class Units(ImportTestCase):
    address = "/units/6201/import/"
    headings = ("code", "name", "parent", "kind", "rank", "sector", "founded_on")

    def unit_file(self, *rows):
        return workbook(self.headings, *rows)

    def test_children_may_stand_before_their_parents(self):
        content = self.unit_file(
            ("6201-jy-1", "教育局第一党支部", "6201-jy", "branch", 5, "", ""),
            ("6201-jy", "东林市教育局", "东林市委", "department", 3, "organ", "2021-05-01"),
        )
        answer = self.check(content, username="wu")
        assert answer.status_code == 200
        assert not Unit.objects.filter(code__startswith="6201-jy").exists()
        assert self.confirm(answer)["Location"] == "/units/6201/"
        office, branch = Unit.objects.get(code="6201-jy"), Unit.objects.get(code="6201-jy-1")
        assert (office.parent, branch.parent) == (self.city, office)
        assert branch.sector == Sector.objects.get(code="organ")
        entry = Entry.objects.get(action="unit.import")
        assert (entry.unit, Change.objects.filter(entry=entry).count()) == (self.city.pk, 4)

    def test_each_flaw_is_told_at_its_cell(self):
        content = self.unit_file(
            ("6201-mz", "另一个局", "6201", "department", 3, "", ""),
            ("6201-a", "甲", "6201-b", "department", 3, "", ""),
            ("6201-b", "乙", "6201-a", "department", 3, "", ""),
            ("6201-c", "丙", "没有的单位", "department", 3, "", ""),
            ("6201-d", "丁", "6202", "department", 3, "", ""),
            ("6201-e", "戊", "6201", "moon", 3, "organs", "2030-01-01"),
            ("6201-f", "己", "6201", "department", 3, "", ""),
            ("6201-f", "庚", "6201", "department", 3, "", ""),
        )
        cells = self.cells(self.check(content, username="wu"))
        assert cells >= {"A2", "C3", "C4", "C5", "C6", "D7", "F7", "A9"}
        assert not Unit.objects.filter(code__in=["6201-a", "6201-c", "6201-f"]).exists()

    def test_the_template_names_kinds_and_opens_for_the_office_only(self):
        assert self.signed_in("wu").get(self.address + "?template").status_code == 200
        assert self.signed_in("li").get(self.address).status_code == 403
        assert {column.name for column in UNITS.columns} >= {"code", "parent"}


class Persons(ImportTestCase):
    address = "/units/6201-mz/roster/import/"
    headings = ("name", "unit", "kind", "id_number", "birth_month", "phone", "since")

    def person_file(self, *rows):
        return workbook(self.headings, *rows)

    def test_the_id_number_goes_in_and_only_its_digest_is_kept(self):
        content = self.person_file(
            ("章若愚", "6201-mz-1", "member", ID_NUMBER, "", "13993105827", "2023-09-01"),
            ("何其真", "机关第二党支部", "staff", "", "1985-07", "", ""),
        )
        answer = self.check(content, username="wu")
        assert answer.status_code == 200
        assert ID_NUMBER not in answer.content.decode()
        assert self.confirm(answer).status_code == 302
        first, second = Person.objects.get(name="章若愚"), Person.objects.get(name="何其真")
        assert (first.id_last4, first.birth_month, first.unit) == (ID_NUMBER[-4:], "1970-03", self.first)
        assert first.id_digest == known_by(ID_NUMBER)["id_digest"]
        assert (second.member, second.unit) == (False, self.second)
        assert Membership.objects.get(person=second).kind == Membership.Kind.STAFF
        assert ID_NUMBER not in all_told()
        again = self.check(content, username="wu")
        assert self.cells(again) == {"A3"}, "without an ID number the same row cannot be told from a namesake"

    def test_ambiguous_persons_come_back_to_the_user(self):
        create_person(self.secretary, self.first, name="章若愚", birth_month="1970-03")
        content = self.person_file(
            ("章若愚", "6201-mz-1", "", "", "1970-03", "", ""),
            ("何其真", "6201-mz-2", "", "", "", "", ""),
            ("方圆", "6201-mz-2", "", "", "1980-01", "", ""),
            ("方圆", "6201-mz-2", "", "", "1980-01", "", ""),
        )
        assert self.cells(self.check(content, username="wu")) == {"A2", "E3", "A4", "A5"}

    def test_somebody_known_elsewhere_needs_a_transfer(self):
        create_person(self.secretary, self.first, name="章若愚", id_digest=known_by(ID_NUMBER)["id_digest"])
        content = self.person_file(("章若愚", "6201-mz-2", "", ID_NUMBER, "", "", ""))
        assert self.cells(self.check(content, username="wu")) == {"D2"}

    def test_wrong_numbers_are_told_without_being_repeated(self):
        wrong = ID_NUMBER[:16] + ("0" if ID_NUMBER[16] != "0" else "1") + ID_NUMBER[17]
        content = self.person_file(
            ("甲一", "6201-mz-1", "", wrong, "", "", ""),
            ("乙二", "6201-mz-1", "", 620102197003151200, "", "", ""),
            ("丙三", "6201-mz-1", "", ID_NUMBER, "1971-01", "", ""),
            ("丁四", "6202-1", "", "", "1980-01", "", ""),
            ("戊五", "6201-mz-1", "", "", "1980-13", "", "2030-01-01"),
        )
        answer = self.check(content, username="wu")
        assert self.cells(answer) >= {"D2", "D3", "E4", "B5", "E6"}
        assert wrong not in answer.content.decode()
        assert not Person.objects.filter(name="甲一").exists()

    def test_a_liaison_fills_the_roster_of_the_own_unit_only(self):
        row = ("何其真", "6201-mz-1", "", "", "1985-07", "", "")
        assert self.cells(self.check(self.person_file(row), username="li")) == {"B2"}
        own = ("何其真", "6201-mz", "", "", "1985-07", "", "")
        answer = self.check(self.person_file(own), username="li")
        assert self.confirm(answer).status_code == 302
        assert PERSONS["id_number"].text(ID_NUMBER).endswith(ID_NUMBER[-4:])
