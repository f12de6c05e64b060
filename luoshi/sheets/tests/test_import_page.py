"""Upload → dry run → confirm, as a browser goes through it."""

import io
import re

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Template
from django.test import RequestFactory

from luoshi.sheets import uploads
from luoshi.sheets.reading import Outcome
from luoshi.sheets.tests.cast import PEOPLE, people, row
from luoshi.sheets.views import Import, import_page


class NotNow(Exception):
    pass


class Desk:
    """A reader at a browser, and the room that imports what is confirmed."""

    def __init__(self):
        self.imported, self.existing, self.refuses = [], {"002"}, False
        self.job = Import(
            PEOPLE,
            prepare=self.prepare,
            apply=self.apply,
            refusals=(NotNow,),
            base=Template("{% block content %}{% endblock %}"),
        )
        self.user = AnonymousUser()

    def prepare(self, request, parsed):
        return lambda row: Outcome.CHANGED if row["code"] in self.existing else Outcome.NEW

    def apply(self, request, parsed, summary):
        if self.refuses:
            raise NotNow("期间已封账。")
        self.imported.extend(row.values for row in parsed.rows)
        return "/done/"

    def post(self, **data):
        return self.send(RequestFactory().post("/people/import/", data))

    def get(self, query=""):
        return self.send(RequestFactory().get("/people/import/" + query))

    def send(self, request):
        request.user = self.user
        return import_page(request, self.job)

    def upload(self, content, **data):
        return self.post(act="check", file=SimpleUploadedFile("花名册.xlsx", content), **data)


@pytest.fixture
def desk(settings, tmp_path):
    settings.LUOSHI_FILES = tmp_path
    return Desk()


def token_in(response):
    (token, *_others) = re.findall(r'name="token" value="([^"]+)"', response.content.decode())
    return token


def waiting():
    return list(uploads.folder().iterdir())


def test_a_good_file_is_shown_first_and_imported_on_confirmation(desk):
    response = desk.upload(people(row(), row(code="002", name="李四")))
    page = response.content.decode()
    assert response.status_code == 200
    assert "张三" in page
    assert "李四" in page
    assert desk.imported == []
    answer = desk.post(act="confirm", token=token_in(response))
    assert (answer.status_code, answer["Location"]) == (302, "/done/")
    assert [values["code"] for values in desk.imported] == ["001", "002"]
    assert waiting() == []


def test_a_flawed_file_cannot_be_confirmed_and_comes_back_marked(desk):
    response = desk.upload(people(row(size="很多")))
    assert response.status_code == 422
    assert "D2" in response.content.decode()
    token = token_in(response)
    assert desk.post(act="confirm", token=token).status_code == 422
    assert desk.imported == []
    marked = desk.post(act="marked", token=token)
    assert openpyxl.load_workbook(io.BytesIO(marked.content))["数据"]["D2"].comment is not None
    corrected = desk.upload(people(row(size=3)), token=token)
    assert corrected.status_code == 200
    assert len(waiting()) == 1


def test_the_confirmation_judges_by_what_holds_then(desk):
    response = desk.upload(people(row()))
    desk.prepare = None
    desk.job = Import(
        PEOPLE,
        prepare=lambda request, parsed: lambda row: {"code": "已被他人登记。"},
        apply=desk.apply,
        base=desk.job.base,
    )
    answer = desk.post(act="confirm", token=token_in(response))
    assert answer.status_code == 422
    assert "已被他人登记。" in answer.content.decode()
    assert desk.imported == []


def test_a_refusal_of_the_operation_is_shown_and_the_file_kept(desk):
    response = desk.upload(people(row()))
    desk.refuses = True
    answer = desk.post(act="confirm", token=token_in(response))
    assert "期间已封账。" in answer.content.decode()
    desk.refuses = False
    assert desk.post(act="confirm", token=token_in(answer)).status_code == 302


def test_another_user_cannot_confirm_and_discarding_deletes(desk):
    token = token_in(desk.upload(people(row())))
    desk.user = type("User", (), {"pk": 8})()
    assert desk.post(act="confirm", token=token).status_code == 422
    assert desk.imported == []
    desk.user = AnonymousUser()
    assert desk.post(act="cancel", token=token).status_code == 302
    assert waiting() == []


def test_a_rejected_file_is_told_and_not_kept(desk):
    response = desk.upload(b"%PDF-1.7\x00")
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert desk.post(act="check").status_code == 422
    assert desk.upload(people()).status_code == 422
    assert waiting() == []


def test_the_template_is_offered_and_works(desk):
    assert "?template" in desk.get().content.decode()
    content = desk.get("?template").content
    assert desk.upload(content).status_code == 422  # nothing filled in yet
    book = openpyxl.load_workbook(io.BytesIO(content))
    for cell, value in {"B7": "009", "C7": "王五"}.items():
        book.worksheets[0][cell] = value
    result = io.BytesIO()
    book.save(result)
    assert desk.upload(result.getvalue()).status_code == 200
